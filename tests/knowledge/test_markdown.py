from __future__ import annotations

import pytest

from knowledge.readers.reader import read


def test_footnotes_are_cited_as_such_and_referred_to_in_the_text() -> None:
    text = "# 점검\n\n압력을 본다[^1]. 온도도 본다[^온도].\n\n[^1]: 12.5 MPa 이하.\n[^온도]: 80도 이하.\n"
    sections = read(text.encode(), "a.md").sections
    assert [(section.locator.label, section.text) for section in sections] == [
        ("점검", "압력을 본다(각주 1). 온도도 본다(각주 온도)."),
        ("각주 1", "12.5 MPa 이하."),
        ("각주 온도", "80도 이하."),
    ]


def test_a_mark_without_its_note_stays_as_written() -> None:
    assert read("# a\n\n글[^9]이다.\n".encode(), "a.md").sections[0].text == "글[^9]이다."


def test_a_table_without_column_names_makes_none_of_its_data() -> None:
    (table,) = read("# a\n\n|  |  |\n|---|---|\n| 전압 | 230 V |\n".encode(), "a.md").sections
    assert (table.text, table.header_rows) == ("전압 | 230 V", 0)


def test_concealed_html_in_markdown_is_not_read() -> None:
    text = '# a\n\n글\n\n<div style="display:none">비밀</div>\n\n<details><summary>더 보기</summary>내용</details>\n'
    found = "\n".join(section.text for section in read(text.encode(), "a.md").sections)
    assert "비밀" not in found
    assert "내용" in found


@pytest.mark.parametrize(
    "line",
    [
        "2026. 3. 5.",
        "2026. 3. 5. ~ 2026. 4. 1.",
        "2026. 3. 5. 점검 완료",
        "2026. 3. 5.\n2026. 4. 1.",
        "200. 볼트를 조인다.",
        "3. 신청방법",
        "3) 신청방법",
        "1. 1. 끈다",
        "[제조사]: 지멘스",
        "100*200*300 mm",
        "1.\n2. 끈다",
    ],
)
def test_no_number_and_no_date_is_lost(line: str) -> None:
    assert read(f"# 점검\n\n{line}\n".encode(), "a.md").sections[0].text.replace("\n\n", "\n") == line


def test_bullets_go_and_numbers_stay_wherever_an_item_lies() -> None:
    text = "- 10. 볼트\n\n1. 끈다\n   1. 식힌다\n   - 연다\n\n2. |a|b|\n   |-|-|\n   |c|d|\n"
    sections = read(text.encode(), "a.md").sections
    assert [s.text for s in sections] == ["10. 볼트\n\n1. 끈다\n\n1. 식힌다\n\n연다\n\n2.", "a | b\nc | d"]


def test_raised_lowered_and_struck_words() -> None:
    text = "5×10<sup>3</sup> Pa, H<sub>2</sub>O, **12**MPa <del>9 MPa</del>끝 <s>열림\n\n<p>10<sup>-2</sup> <s>옛</s>새</p>\n"
    words = read(text.encode(), "a.md").sections[0].text
    assert "5×10³ Pa, H₂O, 12MPa" in words
    assert "열림" in words
    assert "10⁻² " in words
    assert "9 MPa" not in words
    assert "옛" not in words
