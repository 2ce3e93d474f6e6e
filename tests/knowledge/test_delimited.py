from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.document import Document
from knowledge.errors import KnowledgeError, TooLargeError
from knowledge.readers import delimited
from knowledge.readers.format import silent
from knowledge.text import sentence
from retrieval.chunk import split

LOTS = "LOT,설비,온도,날짜\n" + "".join(
    f"L-{n},프레스 {n % 7}호,{20 + n % 9},2026-11-{n % 28 + 1:02}\n" for n in range(60)
)
PROSE = """이 지침은 설비, 금형, 원자재의 관리를 정한다.
작업자는 안전모, 장갑, 보안경을 쓴다.
점검은 매일, 매주, 매월 한다.
이상이 있으면 기계를 멈추고, 반장에게 알리고, 기록한다.
기록은 날짜, 설비, 증상을 적는다.
보관은 삼 년, 오 년, 십 년으로 나눈다.
"""


def read(data: bytes, name: str = "실적.csv") -> Document:
    assert delimited.FORMAT.claims(data, name)
    return delimited.read(data, name, silent)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_are_found_whatever_parts_and_encodes_them(encoding: str, delimiter: str) -> None:
    (section,) = read(LOTS.replace(",", delimiter).encode(encoding)).sections
    assert section.text.splitlines()[:2] == ["LOT | 설비 | 온도 | 날짜", "L-0 | 프레스 0호 | 20 | 2026-11-01"]
    assert (section.kind, section.header_rows, section.first_row) == ("table", 1, 1)


def test_a_row_is_cited_by_its_number_with_the_header() -> None:
    chunks = split("d", read(LOTS.encode()))
    last = chunks[-1]
    assert last.text.splitlines()[0] == "LOT | 설비 | 온도 | 날짜"
    assert last.text.splitlines()[-1].startswith("L-59 | ")
    assert last.locator.endswith("61행")


def test_a_file_may_say_what_parts_its_columns() -> None:
    (section,) = read("sep=;\n설비;값\n가,나;1,5\n다,라;2,5\n".encode()).sections
    assert (section.text, section.first_row) == ("설비 | 값\n가,나 | 1,5\n다,라 | 2,5", 2)


def test_quoted_cells_keep_commas_and_lines() -> None:
    text = '코드,조치\nE-1,"멈춘다, 그리고\n알린다"\nE-2,"""주의""를 단다"\n'
    assert read(text.encode()).sections[0].text == '코드 | 조치\nE-1 | 멈춘다, 그리고 알린다\nE-2 | "주의"를 단다'


def test_ragged_rows_and_a_title_line_are_read() -> None:
    text = "점검 결과\n\n설비,압력,비고\nA,10\nB,20,누유,더 있음\n"
    (section,) = read(text.encode()).sections
    assert section.text == "설비 | 압력 | 비고 | \nA | 10 |  | \nB | 20 | 누유 | 더 있음"
    assert (section.headings, section.first_row) == (("점검 결과",), 3)


def test_a_table_without_a_name_that_says_so_is_known_by_its_columns() -> None:
    assert delimited.claims(LOTS.encode(), "download")
    assert delimited.claims(LOTS.replace(",", "\t").encode("cp949"), "실적.txt")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (PROSE, "지침.txt"),
        ("한 줄, 둘, 셋\n" * 3, "짧은 글.txt"),
        ("첫째 문단이다.\n\n둘째 문단이다, 그리고 길다.\n" * 20, "글"),
        ("# 제목\n\n| a | b | c |\n|---|---|---|\n" + "| 1 | 2 | 3 |\n" * 9, "표.md"),
        ("2026-11-23 10:00:01 INFO 시작\n" * 30, "기록.log"),
        ("사과, 배, 감이 있다\n" * 10, "노래.txt"),
    ],
)
def test_prose_is_left_alone(text: str, name: str) -> None:
    assert not delimited.claims(text.encode(), name)


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_CELLS", 100)
    with pytest.raises(TooLargeError) as refused:
        read(LOTS.encode())
    assert refused.value.reason == "too_many_cells"


@settings(max_examples=100)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "b.tsv", "c"]))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes, name: str) -> None:
    try:
        delimited.claims(data, name)
        outcome = delimited.read(data, name, silent).media_type
    except KnowledgeError as refused:
        outcome = sentence(refused.reason, "ko", refused.details)
    assert outcome


def test_laws_and_notices_are_no_tables() -> None:
    folder = Path(__file__).parents[3] / "shared" / "reference" / "laws"
    if not folder.is_dir():
        pytest.skip("the reference files are not here")
    laws = sorted(folder.rglob("*.md"))
    assert not [
        law for law in random.Random(5).sample(laws, min(12, len(laws))) if delimited.claims(law.read_bytes(), law.stem)
    ]
