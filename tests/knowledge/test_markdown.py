from __future__ import annotations

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
