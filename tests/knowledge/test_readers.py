from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import UnreadableError, UnsupportedError
from knowledge.readers.outline import Outline
from knowledge.readers.reader import format_of, read

LAW = """---
제목: 시험 법률
법령ID: '1'
법령구분: 법률
소관부처:
- 시험부
공포일자: 2026-01-02
시행일자: 2027-01-01
출처: https://example.org/law
---

# 시험 법률

##### 제2조 (정의)

**①** 이 법에서 쓰는 말은 다음과 같다.

  1\\. "공장"이란 만드는 곳을 말한다.

##### 제12조의3 (기술자료)

**①** 요구하여서는 아니 된다.
"""


def test_markdown_law_is_cited_by_article_and_keeps_its_dates() -> None:
    law = read(LAW.encode(), "법률.md")
    assert [section.locator.label for section in law.sections] == ["제2조", "제12조의3"]
    assert law.title == "시험 법률"
    assert law.kind == "law"
    assert law.effective == date(2027, 1, 1)
    assert law.sources[0].published == date(2026, 1, 2)
    assert law.sections[0].text.startswith("① 이 법에서 쓰는 말은")
    assert '1. "공장"이란' in law.sections[0].text


def test_rows_keep_their_number_over_empty_rows_and_joined_headers() -> None:
    outline = Outline()
    outline.table([["지원금", "지원금"], ["정부", "자부담"], ["1", "2"], ["", ""], ["3", "4"]], header_rows=2)
    outline.table([["", ""], ["이름", "값"], ["압력", "5"]])
    joined, late = outline.sections()
    assert joined.text == "지원금 / 정부 | 지원금 / 자부담\n1 | 2\n\n3 | 4"
    assert joined.first_row == 2  # so that `1 | 2` is row 3 and `3 | 4` row 5, as in the file
    assert (late.text, late.first_row) == ("이름 | 값\n압력 | 5", 2)


def test_markdown_table_is_a_section_with_its_header_first() -> None:
    table = (
        "# 매뉴얼\n\n## 알람\n\n앞글\n\n| 코드 | 원인 | 조치 |\n|---|---|---|\n| E-217 | 과열 | 냉각수 확인 |\n\n뒷글\n"
    )
    before, rows, after = read(table.encode(), "m.md").sections
    assert rows.kind == "table"
    assert rows.text == "코드 | 원인 | 조치\nE-217 | 과열 | 냉각수 확인"
    assert rows.locator.label == "표 1"
    assert rows.headings == ("매뉴얼", "알람")
    assert (before.text, after.text) == ("앞글", "뒷글")


def test_html_keeps_headings_and_tables_and_drops_scripts() -> None:
    page = """<!doctype html><html lang="ko"><head><title>공고</title><script>훔치기()</script></head>
    <body><nav>메뉴</nav><h1>지원</h1><p>최대 <b>2억</b> 원</p><ul><li>첫째</li></ul>
    <table><tr><th>구분</th><th>금액</th></tr><tr><td>기본</td><td>1억</td></tr></table></body></html>"""
    document = read(page.encode(), "x")
    text = "\n".join(section.text for section in document.sections)
    assert document.title == "공고"
    assert "최대 2억 원" in text
    assert "구분 | 금액\n기본 | 1억" in text
    assert "훔치기" not in text
    assert "메뉴" not in text


def test_html_nested_far_too_deep_is_read_without_recursion() -> None:
    page = "<html><body>" + "<div>" * 3000 + "바닥" + "</div>" * 3000 + "</body></html>"
    assert "바닥" in read(page.encode(), "deep.html").sections[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_text_is_read_in_the_encodings_of_korean_offices(encoding: str) -> None:
    text = "프레스 점검 기록\n\n" + "유압 펌프의 압력을 확인하고 기록한다. 이상이 있으면 보전팀에 알린다.\n" * 8
    document = read(text.encode(encoding), "기록.txt")
    assert document.title == "프레스 점검 기록"
    assert "유압 펌프의 압력" in document.sections[0].text


def test_long_text_is_placed_by_lines() -> None:
    text = "\n".join(f"줄 {n}" for n in range(1, 101))
    sections = read(text.encode(), "긴 글.txt").sections
    assert [section.locator.label for section in sections] == ["1–40행", "41–80행", "81–100행"]
    assert sections[1].text.startswith("줄 41\n")


@pytest.mark.parametrize(
    ("data", "error", "reason"),
    [
        (b"", UnreadableError, "empty"),
        (b"  \n ", UnreadableError, "empty"),
        (b"PK\x03\x04 anything", UnreadableError, "broken"),
        (b"\xd0\xcf\x11\xe0 hwp", UnsupportedError, "old_office"),
        (b"abc\x00\x01\x02", UnreadableError, "encoding"),
        (b"---\na: [\n---\n# t\n", UnreadableError, "front_matter"),
        (b"<html><body><script>x</script></body></html>", UnreadableError, "no_text"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(data: bytes, error: type[Exception], reason: str) -> None:
    with pytest.raises(error) as refused:
        read(data, "x.md")
    assert refused.value.reason == reason  # type: ignore[attr-defined]


def test_type_is_told_from_the_bytes_not_the_name() -> None:
    assert format_of(b"%PDF-1.4", "x.txt").media_type == "application/pdf"
    assert format_of(b"<!DOCTYPE html><html></html>", "x.md").media_type == "text/html"
    assert format_of("# 하나\n\n글\n\n## 둘\n".encode(), "x.txt").media_type == "text/markdown"
    assert format_of("그냥 글".encode(), "x.txt").media_type == "text/plain"


def test_every_reference_law_and_the_press_release_are_read(reference: Path) -> None:
    files = [*reference.glob("laws/*/*.md"), *reference.glob("policy/*.txt")]
    assert len(files) == 42
    for path in files:
        document = read(path.read_bytes(), path.name)
        assert document.sections, path
        assert document.language == "ko"
