from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

import pytest
from docx import Document as Word
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.document import Document
from knowledge.errors import UnreadableError
from knowledge.readers import docx
from knowledge.readers.format import silent

W = nsdecls("w")
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def saved(document: WordDocument, extra: Iterable[tuple[str, str]] = ()) -> bytes:
    """The file, with parts that python-docx cannot write added: (kind, XML)."""
    stream = io.BytesIO()
    document.save(stream)
    out = io.BytesIO()
    relations = "word/_rels/document.xml.rels"
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == relations:
                added = "".join(f'<Relationship Id="x{k}" Type="{RELATION}{k}" Target="{k}.xml"/>' for k, _ in extra)
                data = data.replace(b"</Relationships>", added.encode() + b"</Relationships>")
            new.writestr(name, data)
        for kind, xml in extra:
            new.writestr(f"word/{kind}.xml", xml)
    return out.getvalue()


def read(data: bytes, name: str = "절차서.docx") -> Document:
    assert docx.FORMAT.claims(data, name)
    return docx.read(data, name, silent)


def put(document: WordDocument, xml: str) -> None:
    """A block before the section properties."""
    document.element.body.insert(
        -1, parse_xml(xml.replace("<w:p>", f"<w:p {W}>", 1).replace("<w:tbl>", f"<w:tbl {W}>", 1))
    )


def text(document: Document) -> str:
    return "\n".join(section.text for section in document.sections)


def test_headings_lists_and_paragraphs() -> None:
    word = Word()
    word.add_heading("점검 절차서", 0)
    word.add_heading("목적", 1)
    word.add_paragraph("설비를 지킨다.")
    word.add_heading("순서", 2)
    for words in ("전원을 끈다", "덮개를 연다"):
        word.add_paragraph(words, style="List Number")
    word.add_paragraph("장갑", style="List Bullet")
    document = read(saved(word))
    assert document.title == "점검 절차서"
    first, second = document.sections
    assert (first.text, first.headings) == ("설비를 지킨다.", ("점검 절차서", "목적"))
    assert second.text == "1. 전원을 끈다\n2. 덮개를 연다\n• 장갑"
    assert second.locator.label == "순서"
    assert document.language == "ko"


def test_korean_style_names_and_outline_levels_are_headings() -> None:
    word = Word()
    style = word.styles.add_style("제목 2", 1)
    word.add_paragraph("안전", style=style)
    word.add_paragraph("장갑을 낀다.")
    put(word, '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>보호구</w:t></w:r></w:p>')
    put(word, "<w:p><w:r><w:t>보안경을 쓴다.</w:t></w:r></w:p>")
    assert [section.headings for section in read(saved(word)).sections] == [("안전",), ("안전", "보호구")]


def test_numbers_of_korean_lists_are_written_out() -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for at, (kind, pattern) in enumerate((("decimal", "제%1장"), ("decimal", "%1.%2"), ("ganada", "%3.")))
    )
    word = Word()
    numbering = word.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {W} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    for level, words in ((0, "총칙"), (1, "목적"), (1, "정의"), (2, "기계"), (2, "사람"), (0, "벌칙"), (1, "과태료")):
        numbers = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="91"/></w:numPr></w:pPr>'
        put(word, f"<w:p>{numbers}<w:r><w:t>{words}</w:t></w:r></w:p>")
    assert read(saved(word)).sections[0].text.split("\n") == [
        "제1장 총칙", "1.1 목적", "1.2 정의", "가. 기계", "나. 사람", "제2장 벌칙", "2.1 과태료",
    ]  # fmt: skip


def test_merged_cells_are_whole_and_a_header_of_two_rows_is_joined() -> None:
    word = Word()
    table = word.add_table(4, 3)
    filled = {
        (0, 0): "구분",
        (0, 1): "지원금",
        (1, 1): "정부",
        (1, 2): "자부담",
        (2, 0): "1차",
        (2, 1): "100",
        (2, 2): "50",
        (3, 1): "7",
        (3, 2): "8",
    }
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 0).merge(table.cell(3, 0))
    for (row, column), words in filled.items():
        table.cell(row, column).text = words
    (section,) = read(saved(word)).sections
    assert [line for line in section.text.split("\n") if line] == [
        "구분 | 지원금 / 정부 | 지원금 / 자부담",
        "1차 | 100 | 50",
        "1차 | 7 | 8",
    ]
    assert section.locator.label == "표 1"


def test_tables_in_tables_and_frames_of_one_cell() -> None:
    word = Word()
    table = word.add_table(2, 2)
    table.cell(0, 0).text = "겉"
    inner = table.cell(1, 1).add_table(2, 2)
    inner.cell(0, 0).text, inner.cell(1, 1).text = "속 머리", "속 값"
    frame = word.add_table(1, 1).cell(0, 0)
    frame.text = "틀 안의 글"
    document = read(saved(word))
    assert "속 머리" in document.sections[1].text
    assert document.sections[1].kind == "table"
    assert (document.sections[2].kind, document.sections[2].text) == ("prose", "틀 안의 글")


def test_footnotes_and_endnotes_are_referred_to_and_cited() -> None:
    word = Word()
    put(
        word,
        '<w:p><w:r><w:t>압력은 5bar다</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r><w:r><w:t>.</w:t></w:r></w:p>',
    )
    put(word, '<w:p><w:r><w:t>끝</w:t></w:r><w:r><w:endnoteReference w:id="2"/></w:r></w:p>')
    notes = [
        (
            f"{kind}s",
            f'<w:{kind}s {W}><w:{kind} w:id="{at}"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:{kind}></w:{kind}s>',
        )
        for kind, at, words in (("footnote", 7, "제조사 권장값"), ("endnote", 2, "문헌"))
    ]
    body, foot, end = read(saved(word, notes)).sections
    assert body.text == "압력은 5bar다(각주 1).\n\n끝(미주 1)"
    assert (foot.locator.label, foot.text) == ("각주 1", "제조사 권장값")
    assert (end.locator.label, end.text) == ("미주 1", "문헌")


def test_changes_are_read_as_accepted_and_hidden_text_and_comments_are_left_out() -> None:
    word = Word()
    put(
        word,
        "<w:p><w:r><w:t>압력은 </w:t></w:r>"
        '<w:del w:id="1" w:author="a"><w:r><w:delText>4</w:delText></w:r><w:r><w:t>4</w:t></w:r></w:del>'
        '<w:ins w:id="2" w:author="a"><w:r><w:t>5</w:t></w:r></w:ins><w:r><w:t>bar</w:t></w:r>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>비밀</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>이다</w:t></w:r></w:p>',
    )
    put(word, "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>가</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>나</w:t></w:r></w:p></w:tc></w:tr>"
        '<w:tr><w:trPr><w:del w:id="3" w:author="a"/></w:trPr><w:tc><w:p><w:r><w:t>지운 줄</w:t></w:r></w:p></w:tc></w:tr></w:tbl>')  # fmt: skip
    word.add_comment(word.paragraphs[0].runs[:1], "댓글", author="a")
    assert text(read(saved(word))) == "압력은 5bar이다\n가 | 나"


def test_text_boxes_headers_and_footers_are_read_once() -> None:
    word = Word()
    box = "<w:txbxContent><w:p><w:r><w:t>상자 글</w:t></w:r></w:p></w:txbxContent>"
    spaces = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    put(
        word,
        f"<w:p><w:r><w:t>본문</w:t></w:r><w:r><mc:AlternateContent {spaces}>"
        f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
    )
    word.sections[0].header.paragraphs[0].text = "대외비"
    word.sections[0].footer.paragraphs[0].text = "- 1 -"
    other = word.add_section()
    other.header.is_linked_to_previous = False
    other.header.paragraphs[0].text = "대외비"
    document = read(saved(word))
    assert text(document) == "본문\n\n상자 글\n대외비"
    assert document.sections[-1].locator.label == "머리글"


def test_a_table_of_contents_is_not_read_twice() -> None:
    word = Word()
    word.add_paragraph("목적\t3", style=word.styles.add_style("toc 1", 1))
    word.add_heading("목적", 1)
    word.add_paragraph("글")
    assert text(read(saved(word))) == "글"


def test_title_and_dates_come_from_the_file() -> None:
    word = Word()
    word.core_properties.title = "작업 표준서"
    word.add_paragraph("글")
    document = read(saved(word))
    assert document.title == "작업 표준서"
    assert document.metadata["created"][:2] == "20"


def test_a_damaged_document_is_said_to_be_damaged() -> None:
    whole = saved(Word())
    for data in (whole[: len(whole) // 2], whole.replace(b"PK\x01\x02", b"PK\x01\x03")):
        with pytest.raises(UnreadableError) as refused:
            docx.read(data, "x.docx", silent)
        assert refused.value.reason == "broken"


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{words}</w:t></w:r>"


def words_of(*runs: str, paragraph: str = "") -> str:
    word = Word()
    put(word, f"<w:p><w:pPr>{paragraph}</w:pPr>{''.join(runs)}</w:p>")
    return text(read(saved(word)))


RAISED, LOWERED = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
WHITE = '<w:color w:val="FFFFFF"/>'


def test_raised_and_lowered_figures_keep_their_sense() -> None:
    assert words_of(run("5×10"), run("-", RAISED), run("3", RAISED), run(" Pa H"), run("2", LOWERED), run("O")) == (
        "5×10⁻³ Pa H₂O"
    )
    assert words_of(run("압력"), run("1", RAISED), run(")", RAISED), run(" 5"), run("th", RAISED)) == "압력1) 5th"


def test_raised_figures_of_a_style_and_of_an_equation() -> None:
    word = Word()
    style = word.styles.add_style("위", 2)
    style.font.superscript = True
    paragraph = word.add_paragraph("10")
    paragraph.add_run("6", style="위")
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    equation = "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    put(word, f"<w:p><m:oMath {math}>{equation}</m:oMath></w:p>")
    assert text(read(saved(word))) == "10⁶\n\nx²"


def test_struck_words_are_left_out() -> None:
    struck = run("9 MPa ", "<w:strike/>"), run("8 MPa ", "<w:dstrike/>")
    assert words_of(run("압력 "), *struck, run("12 MPa", '<w:strike w:val="0"/>')) == "압력 12 MPa"
    word = Word()
    word.styles.add_style("취소", 2).font.strike = True
    paragraph = word.add_paragraph("압력 ")
    paragraph.add_run("9 MPa ", style="취소")
    paragraph.add_run("12 MPa", style="취소").font.strike = False
    assert text(read(saved(word))) == "압력 12 MPa"


def sym(font: str, code: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def test_signs_of_symbol_fonts_are_read() -> None:
    signs = [sym("Symbol", f"F0{code}") for code in ("B1", "B4", "B8", "A3", "B3", "B0", "6D", "57")]
    assert words_of(*signs) == "±×÷≤≥°μΩ"
    assert words_of(run("허용오차 "), sym("Symbol", "00B1"), run("0.5")) == "허용오차 ±0.5"
    assert words_of(sym("Wingdings", "F0FC"), sym("Wingdings 2", "F050"), sym("Wingdings", "F0A8")) == "✓✓□"
    assert words_of(sym("Webdings", "F061"), sym("맑은 고딕", "00B1"), sym("Symbol", "xyz")) == "\ufffd±\ufffd"
    assert words_of(run("\uf0b1 5 \uf0b1", '<w:rFonts w:ascii="Symbol"/>')) == "± 5 ±"


def test_white_words_on_the_white_page_are_left_out() -> None:
    assert words_of(run("압력 "), run("비밀", WHITE), run("12 MPa")) == "압력 12 MPa"


@pytest.mark.parametrize("ground", ['<w:shd w:val="clear" w:fill="1F4E79"/>', '<w:highlight w:val="black"/>'])
def test_white_words_on_a_dark_ground_are_read(ground: str) -> None:
    assert words_of(run("제목", WHITE + ground)) == "제목"


def test_white_words_are_read_where_the_ground_is_not_certain() -> None:
    assert words_of(run("제목", WHITE), paragraph='<w:shd w:val="clear" w:fill="1F4E79"/>') == "제목"
    word = Word()
    put(
        word,
        f"<w:tbl><w:tr><w:tc><w:p>{run('가', WHITE)}</w:p></w:tc><w:tc><w:p>{run('나')}</w:p></w:tc></w:tr></w:tbl>",
    )
    assert text(read(saved(word))) == "가 | 나"
    word = Word()
    put(word, f"<w:p>{run('표지', WHITE)}<w:r><w:pict/></w:r></w:p>")
    assert text(read(saved(word))) == "표지"
