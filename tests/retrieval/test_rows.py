from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.document import Document, Locator, Section
from retrieval.chunk import Chunk, split
from retrieval.rows import narrowed, row_numbers


def table(text: str, header_rows: int = 1, first_row: int = 1) -> Section:
    return Section(0, Locator("사양 표"), text, (), "table", header_rows, first_row)


def chunks(section: Section) -> list[Chunk]:
    return split("d", Document("사양", "text/csv", (section,)))


def cited(section: Section, quote: str) -> list[str]:
    """What the quote is cited as in each chunk that holds it."""
    return [
        narrowed(chunk.locator, row_numbers(section, chunk.text, chunk.locator), chunk.text, quote)
        for chunk in chunks(section)
        if quote in chunk.text
    ]


SPECIFICATION = table("모델명 | 한빛 PR-200 프레스\n중량 | 5 t\n전압 | 220 V\n용량 | 12 L")


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("모델명 | 한빛 PR-200 프레스", "사양 표 1행"),
        ("한빛 PR-200 프레스", "사양 표 1행"),
        ("전압 | 220 V", "사양 표 3행"),
        ("중량 | 5 t\n전압 | 220 V", "사양 표 2–3행"),
        ("모델명 | 한빛 PR-200 프레스\n중량 | 5 t", "사양 표 1–2행"),
    ],
)
def test_a_quote_is_cited_by_the_row_it_stands_in(quote: str, place: str) -> None:
    assert cited(SPECIFICATION, quote) == [place]
    assert cited(replace(SPECIFICATION, header_rows=0), quote) == [place]


def test_rows_that_are_far_from_their_header_and_empty_ones() -> None:
    lines = [f"E-{n} | 과열을 알리는 경보 {n}" if n % 3 else "" for n in range(1, 60)]
    section = table("\n".join(["코드 | 뜻", "", *lines]), first_row=4)
    for n in (1, 2, 20, 58):
        assert cited(section, f"E-{n} | 과열을 알리는 경보 {n}") == [f"사양 표 {n + 5}행"]
    assert set(cited(section, "코드 | 뜻")) == {"사양 표 4행"}
    last = chunks(section)[-1]
    header, first = last.text.split("\n")[:2]
    assert cited(section, f"{header}\n{first}") == [cited(section, first)[0]]


def test_where_it_is_unsure_the_range_stays() -> None:
    twice = table("코드 | 뜻\nE-1 | 과열\nE-1 | 과열\nE-11 | 과열")
    assert cited(twice, "E-1 | 과열") == ["사양 표 2–4행"]
    assert cited(twice, "과열") == ["사양 표 2–4행"]
    assert cited(table("코드 | 뜻\nE-1 | 과열\nXE-1 | 과열"), "E-1 | 과열") == ["사양 표 2행"]
    assert narrowed("제2조", (1,), "글", "글") == "제2조"
    assert narrowed("표 1 2–3행", (), "가\n나", "나") == "표 1 2–3행"


def test_a_wide_table_cites_its_header_and_no_wrong_row() -> None:
    names = ["설비", *(f"측정 항목 {n}번" for n in range(1, 60))]
    rows = [" | ".join([f"프레스 {r}호", *(f"{r}.{n}" for n in range(1, 60))]) for r in range(1, 9)]
    section = table("\n".join([" | ".join(names), *rows]))
    for chunk in chunks(section):
        numbers = row_numbers(section, chunk.text, chunk.locator)
        header, *lines = chunk.text.split("\n")
        assert narrowed(chunk.locator, numbers, chunk.text, header) == "사양 표 1행"
        assert {narrowed(chunk.locator, numbers, chunk.text, line) for line in lines} == {chunk.locator}


CELL = st.sampled_from(["", "가", "나 다", "E-1", "12"])


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=40), st.integers(0, 1), st.integers(1, 9))
def test_no_quote_is_cited_by_a_row_that_does_not_hold_it(rows: list[tuple[str, str]], header: int, first: int) -> None:
    lines = [" | ".join(row) if any(row) else "" for row in rows]
    section = table("\n".join(lines), header, first)
    for chunk in chunks(section):
        numbers = row_numbers(section, chunk.text, chunk.locator)
        for line in chunk.text.split("\n"):
            place = narrowed(chunk.locator, numbers, chunk.text, line)
            start, _, end = place.removeprefix("사양 표 ").removesuffix("행").partition("–")
            assert any(line in lines[at - first] for at in range(int(start), int(end or start) + 1))
