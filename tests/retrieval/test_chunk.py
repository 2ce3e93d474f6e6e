from __future__ import annotations

from dataclasses import replace

from retrieval.chunk import LONGEST, split
from tests.retrieval.material import ALARMS, FACTORY, MANUAL, document

CLAUSE = "원사업자는 수급사업자의 기술자료를 본인 또는 제3자에게 제공하도록 요구하여서는 아니 된다. 다만, 정당한 사유를 입증한 경우에는 요구할 수 있다. "
ARTICLE = "\n\n".join(f"**{mark}** {CLAUSE * 2}".strip() for mark in "①②③④⑤")


def test_a_short_section_is_one_chunk_with_its_place() -> None:
    (chunk,) = split("d", FACTORY)
    assert chunk.text == FACTORY.sections[0].text
    assert (chunk.locator, chunk.page, chunk.section, chunk.ordinal) == ("본문", 1, 0, 0)
    assert chunk.context == "자율형공장 안내"
    assert chunk.passage.startswith("자율형공장 안내\n")


def test_prose_is_cut_verbatim_within_the_limit_and_nothing_is_lost() -> None:
    text = " ".join(f"{i}번째 문장은 설비 점검 주기를 적는다." for i in range(200))
    chunks = split("d", document("점검", text))
    assert all(chunk.text in text and len(chunk.text) <= LONGEST for chunk in chunks)
    assert "".join("".join(chunk.text for chunk in chunks).split()) == "".join(text.split())
    assert all(chunk.text.endswith(".") for chunk in chunks)
    assert min(len(chunk.text) for chunk in chunks) > 150


def test_law_is_cut_at_its_clauses() -> None:
    chunks = split("d", document("하도급법", ARTICLE, label="제12조의3"))
    assert len(chunks) > 1
    assert all(chunk.text.startswith("**") for chunk in chunks)
    assert {chunk.locator for chunk in chunks} == {"제12조의3"}


def test_no_chunk_crosses_a_section() -> None:
    chunks = split("d", document("둘", "첫 절이다.", "둘째 절이다."))
    assert [(chunk.text, chunk.section, chunk.ordinal) for chunk in chunks] == [
        ("첫 절이다.", 0, 0),
        ("둘째 절이다.", 1, 1),
    ]


def test_a_text_without_borders_is_still_cut() -> None:
    text = "가" * 3000
    chunks = split("d", document("글자", text))
    assert "".join(chunk.text for chunk in chunks) == text
    assert all(len(chunk.text) <= LONGEST for chunk in chunks)


def test_every_group_of_rows_carries_the_header() -> None:
    chunks = split("d", MANUAL)
    lines = ALARMS.splitlines()
    assert len(chunks) > 1
    assert all(chunk.text.splitlines()[0] == lines[0] for chunk in chunks)
    assert [line for chunk in chunks for line in chunk.text.splitlines()[1:]] == lines[1:]
    assert chunks[0].locator.startswith("표 1 2–")
    assert chunks[-1].locator.endswith("41행")


def test_one_row_and_a_label_that_is_no_table() -> None:
    (chunk,) = split("d", document("표", "코드 | 뜻\nE-1 | 과열", kind="table", label="p. 3"))
    assert chunk.locator == "p. 3 표 2행"
    (alone,) = split("d", document("표", "코드 | 뜻", kind="table", label="표 2"))
    assert (alone.text, alone.locator) == ("코드 | 뜻", "표 2 1행")


def test_a_row_longer_than_the_embedder_reads_is_cut() -> None:
    row = "E-1 | " + "냉각수 밸브를 확인한다. " * 200
    chunks = split("d", document("표", f"코드 | 조치\n{row}", kind="table", label="표 1"))
    assert len(chunks) > 3
    assert all(chunk.text.splitlines()[1] in row for chunk in chunks)
    assert {chunk.locator for chunk in chunks} == {"표 1 2행"}


def test_rows_keep_their_numbers_over_empty_ones_and_under_a_title() -> None:
    text = "설비 | 압력\n\n" + "\n".join("" if n % 10 == 3 else f"프레스 {n}호 작업장 | {n}" for n in range(60))
    base = document("대장", text, kind="table", label="설비목록 표")
    chunks = split("d", replace(base, sections=(replace(base.sections[0], first_row=4),)))
    assert len(chunks) > 1
    assert all(chunk.text.startswith("설비 | 압력\n프레스 ") for chunk in chunks)
    for chunk in chunks:
        first, last = chunk.locator.removeprefix("설비목록 표 ").removesuffix("행").split("–")
        assert chunk.text.splitlines()[1] == f"프레스 {int(first) - 6}호 작업장 | {int(first) - 6}"
        assert chunk.text.splitlines()[-1] == f"프레스 {int(last) - 6}호 작업장 | {int(last) - 6}"


def test_a_table_of_many_columns_keeps_names_and_first_column_beside_every_value() -> None:
    names = ["설비", *(f"측정 항목 {n}번" for n in range(1, 60))]
    lines = [
        " | ".join(names),
        *(" | ".join([f"프레스 {r}호", *(f"{r}.{n}" for n in range(1, 60))]) for r in range(1, 9)),
    ]
    chunks = split("d", document("측정", "\n".join(lines), kind="table", label="표 1"))
    assert all(len(chunk.text) <= LONGEST for chunk in chunks)
    found = set()
    for chunk in chunks:
        header, *rows = (line.split(" | ") for line in chunk.text.splitlines())
        assert header[0] == "설비"
        for row in rows:
            found |= {(row[0], name, value) for name, value in zip(header[1:], row[1:], strict=True)}
    assert found == {(f"프레스 {r}호", names[n], f"{r}.{n}") for r in range(1, 9) for n in range(1, 60)}


def test_a_first_row_of_long_sentences_is_content() -> None:
    row = " | ".join(f"{n}번 설비는 매일 아침 작업을 시작하기 전에 점검한다." for n in range(8))
    text = "\n".join([row, *["가 | 나 | 다"] * 3])
    chunks = split("d", document("점검", text, kind="table", label="표 1"))
    assert "\n".join(chunk.text for chunk in chunks).splitlines() == text.splitlines()


def test_ids_are_stable_and_tell_repeated_text_and_changed_context_apart() -> None:
    twice = document("둘", "같은 문장이다.", "같은 문장이다.")
    ids = [chunk.chunk_id for chunk in split("d", twice)]
    assert ids == [chunk.chunk_id for chunk in split("d", twice)]
    assert len(set(ids)) == 2
    assert not set(ids) & {chunk.chunk_id for chunk in split("e", twice)}
    assert not set(ids) & {chunk.chunk_id for chunk in split("d", replace(twice, title="새 제목"))}


def test_megabytes_of_white_space_cost_no_more_than_their_length() -> None:
    blank = document("t", f"처음{' ' * 3_000_000}끝")
    assert [chunk.text for chunk in split("d", blank)] == ["처음", "끝"]
