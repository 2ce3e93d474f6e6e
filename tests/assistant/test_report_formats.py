"""The report as a page, a PDF and a DOCX: what stands in each of them, and what never does."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import pairwise
from zipfile import ZipFile

import pypdfium2
import pytest
from docx import Document
from lxml import html as markup

import assistant.text
from assistant.report import docx, html, page, pdf
from assistant.report import fonts as fonts_module
from assistant.report.blocks import Span, Table, clean, line
from assistant.report.errors import NoFontError
from assistant.report.fonts import drawable, faces
from assistant.report.text import SENTENCES
from assistant.text import Language
from knowledge.instrument import instrument
from tests.assistant.report_material import NOTICE, bare, hostile, report

pytestmark = pytest.mark.proof

MAKERS = {"full": report, "bare": bare, "hostile": hostile}
MARK = SENTENCES["mark"]


@cache
def pdf_pages(name: str, language: Language = "ko") -> tuple[str, ...]:
    document = pypdfium2.PdfDocument(pdf(MAKERS[name](), language))
    texts = []
    for each in document:
        text = each.get_textpage()
        texts.append(text.get_text_range())
        text.close()
        each.close()
    document.close()
    return tuple(texts)


@cache
def docx_bytes(name: str, language: Language = "ko") -> bytes:
    return docx(MAKERS[name](), language)


def docx_text(name: str, language: Language = "ko") -> str:
    document = Document(BytesIO(docx_bytes(name, language)))
    return " ".join(text.text or "" for text in document.element.body.iter("{*}t"))


@cache
def html_tree(name: str, language: Language = "ko") -> markup.HtmlElement:
    return markup.fromstring(html(MAKERS[name](), language))


def text_of(form: str, name: str, language: Language = "ko") -> str:
    """Without spaces: where a line breaks is not what is asked."""
    whole = {
        "html": lambda: html_tree(name, language).text_content(),
        "pdf": lambda: "".join(pdf_pages(name, language)),
        "docx": lambda: docx_text(name, language),
    }[form]()
    return re.sub(r"[\s\ufffe\x02-]+", "", whole)


def packed(text: str) -> str:
    return re.sub(r"[\s-]+", "", text)


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
def test_everything_that_the_report_says_is_in_every_format(form: str) -> None:
    whole, found = report(), text_of(form, "full")
    wanted = [NOTICE, MARK["ko"], whole.company, whole.sector, *whole.goals, *whole.losses, *whole.unknown]
    wanted += [*whole.safety, *whole.environment, *whole.vendor_questions, *(doubt.say for doubt in whole.doubts)]
    wanted += [each.text for each in (*whole.strengths, *whole.system.reasons, *whole.roadmap.quick_wins)]
    for gap in whole.gaps:
        wanted += [gap.name, gap.text, *gap.because, *(title for _, title in (*gap.funding, *gap.training))]
        for case in gap.use_cases:
            wanted += [case.name, case.summary, case.fits, case.effort, *case.pitfalls, *case.vendor_questions]
            wanted += [need.text for need in case.needs]
            wanted += [part for data in case.datasets for part in (data.name, data.terms, data.source, data.url)]
    wanted += [each.question for each in whole.answers] + [title for each in whole.answers for title in each.evidence]
    wanted += [part for each in whole.previous.changes for part in (each.before, each.after, each.why)]
    assert [each for each in wanted if packed(each) not in found] == []


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
@pytest.mark.parametrize("name", ["full", "bare", "hostile"])
def test_the_two_outputs_the_notice_and_the_mark_are_always_there(form: str, name: str) -> None:
    found = text_of(form, name)
    for wanted in (NOTICE, MARK["ko"], "시스템 스마트화 수준", "AI 준비도", SENTENCES["apart"]["ko"]):
        assert packed(wanted) in found


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
def test_labels_are_english_where_asked(form: str) -> None:
    found = text_of(form, "full", "en")
    assert packed(MARK["en"]) in found
    assert packed("Quick wins within 90 days") in found
    assert packed(NOTICE) in found


def test_page_one_of_the_pdf_is_the_whole_summary() -> None:
    for name in ("full", "bare", "hostile"):
        first, second, *_ = pdf_pages(name)
        for key in ("summary", "strengths", "gaps_first", "quick_wins", "mark"):
            assert packed(SENTENCES[key]["ko"]) in packed(first)
        assert packed(SENTENCES["detail"]["ko"]) in packed(second)


def test_pages_of_the_pdf_are_numbered() -> None:
    pages = pdf_pages("full")
    assert all(f"{number} / {len(pages)}쪽" in text for number, text in enumerate(pages, 1))


def test_one_page_stays_one_page_however_long_its_words() -> None:
    long = replace(report().gaps[0], because=("아주 긴 까닭입니다. " * 60,))
    crowded = replace(report(), gaps=(long, long, long))
    document = pypdfium2.PdfDocument(pdf(crowded, "ko"))
    first = document[0].get_textpage()
    assert packed(MARK["ko"]) in packed(first.get_text_range())
    first.close()
    document.close()


def test_metadata_carry_the_mark_and_the_notice() -> None:
    document = pypdfium2.PdfDocument(pdf(report(), "ko"))
    about = document.get_metadata_dict()
    document.close()
    assert MARK["ko"] in about["Subject"]
    assert NOTICE in about["Subject"]
    assert "AI-generated" in about["Keywords"]
    assert about["CreationDate"].startswith("D:20261120")
    core = Document(BytesIO(docx_bytes("full"))).core_properties
    assert (core.comments, core.subject, core.category) == (MARK["ko"], NOTICE, "AI-generated")
    assert core.created.date() == report().day
    whole = markup.document_fromstring(page(report(), "ko"))
    metas = {each.get("name"): each.get("content") for each in whole.iter("meta")}
    assert MARK["ko"] in metas["generator"]
    assert metas["description"] == NOTICE


@pytest.mark.parametrize("name", ["full", "bare", "hostile"])
def test_the_fragment_has_no_inline_style_and_fetches_nothing(name: str) -> None:
    tree = html_tree(name)
    for element in tree.iter():
        assert element.tag not in {"style", "script", "img", "link", "iframe", "object"}
        assert not {"style", "src", "srcset"} & set(element.attrib)
        assert not any(attribute.startswith("on") for attribute in element.attrib)
    links = {each.get("href") for each in tree.iter("a")}
    assert links == {data.url for gap in MAKERS[name]().gaps for case in gap.use_cases for data in case.datasets}


def test_the_file_asks_for_nothing_from_outside() -> None:
    whole = page(report(), "ko")
    assert "default-src 'none'" in whole
    assert not re.search(r"@import|url\(|<script|<link|<img", whole)


@pytest.mark.parametrize("name", ["full", "bare", "hostile"])
def test_headings_go_down_one_by_one_and_tables_are_headed(name: str) -> None:
    for tree, top in ((html_tree(name), 2), (markup.document_fromstring(page(MAKERS[name](), "ko")), 1)):
        levels = [int(each.tag[1]) for each in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == top
        assert all(after - before <= 1 for before, after in pairwise(levels))
        for table in tree.iter("table"):
            assert table.find("caption").text_content()
            assert all(each.get("scope") == "col" for each in table.find("thead").iter("th"))
            assert all(row.find("th").get("scope") == "row" for row in table.find("tbody").iter("tr"))


def test_hostile_words_are_words() -> None:
    whole = html(hostile(), "ko")
    assert "<script" not in whole
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &lt;b&gt;" in whole
    assert '<script>alert("x")</script>&<b>굵게</b>[U+1F3ED]' in text_of("pdf", "hostile")
    assert '<script>alert("x")</script>&<b>굵게</b>🏭' in text_of("docx", "hostile")
    for form in ("html", "pdf", "docx"):
        assert not re.search("[\u202e\x07]", text_of(form, "hostile"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://example.org", "https://a b", "https://a\u202eb"])
def test_only_clean_https_is_a_link(url: str) -> None:
    assert not Span("자료", url=url).url
    assert Span("자료", url="https://example.org/a?b=1&c").url


def test_what_is_not_known_is_never_nought() -> None:
    scores = html_tree("bare").find_class("gj-report-scores")[0]
    assert {cell.text for cell in scores.iter("td")} == {"모름"}
    assert "0.0" not in text_of("pdf", "bare")
    assert "0.0" not in text_of("docx", "bare")


@pytest.mark.parametrize("name", ["full", "bare", "hostile"])
def test_each_section_of_the_detail_is_folded_and_the_one_page_is_not(name: str) -> None:
    tree = html_tree(name)
    first, detail = tree.find_class("gj-report-first")[0], tree.find_class("gj-report-detail")[0]
    assert not list(first.iter("details"))
    assert all(each.getparent().tag == "summary" for each in detail.find_class("gj-report-h3"))
    assert all(each.getparent().tag == "summary" for each in detail.find_class("gj-report-h5"))
    folded = list(detail.iter("details"))
    assert all(each.get("open") is None and len(each) > 1 for each in folded)
    assert len({each.get("id") for each in folded}) == len(folded)
    assert html(MAKERS[name](), "ko").count("<details") == html(MAKERS[name](), "ko").count("</details>")


def test_printing_opens_what_is_folded() -> None:
    _, printed = page(report(), "ko").split("@media print")
    assert "details::details-content { display: block; content-visibility: visible;" in printed


def test_documents_are_buttons_in_the_page_and_words_in_the_file() -> None:
    buttons = list(html_tree("full").iter("button"))
    assert {each.get("data-document") for each in buttons} == {
        "programme-government",
        "data-basics",
        "usecase-vision-inspection",
    }
    assert all(each.get("type") == "button" and each.text for each in buttons)
    assert "<button" not in page(report(), "ko")
    assert "비전 검사 길잡이" in page(report(), "ko")


def test_answers_are_counted_as_the_diagnosis_counts_them() -> None:
    shown = report().answers
    known = sum(each.score is not None for each in shown)
    every = replace(report(), items=len(shown), answered=known)
    some = replace(every, items=len(shown) + 4)
    assert f"{len(shown)}문항 모두 답함 (모름 {len(shown) - known})" in html(every, "ko")
    assert f"{len(shown) + 4}문항 가운데 {len(shown)}문항 답함 (모름 {len(shown) - known})" in html(some, "ko")
    sure = replace(every, answers=tuple(each for each in shown if each.score is not None), items=known)
    assert f"{known}문항 모두 답함<" in html(sure, "ko")


def test_no_strength_is_not_said_to_be_a_lack_of_answers() -> None:
    low = html(replace(report(), strengths=()), "ko")
    assert SENTENCES["no_strengths"]["ko"] not in low
    assert "3.5점에 이른 영역이 없습니다" in low


def test_a_range_is_told_only_where_its_ends_differ() -> None:
    sure = replace(report(), system=replace(report().system, lowest="basic", highest="basic"))
    assert "있을 수 있는 범위" in html(report(), "ko")
    assert "있을 수 있는 범위" not in html(sure, "ko")
    assert SENTENCES["range_one"]["ko"] in html(sure, "ko")
    assert SENTENCES["range_one"]["ko"] not in html(replace(sure, unknown=()), "ko")


def test_missing_parts_say_so() -> None:
    for form in ("html", "pdf", "docx"):
        found = text_of(form, "bare")
        for key in (
            "no_strengths",
            "no_gaps",
            "no_quick_wins",
            "no_previous",
            "no_doubts",
            "no_answers",
            "no_unknowns",
        ):
            assert packed(SENTENCES[key]["ko"]) in found


def test_a_word_opens_in_word() -> None:
    document = Document(BytesIO(docx_bytes("full")))
    headings = [each.style.name for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert headings[0] == "Heading 1"
    assert {"Heading 2", "Heading 3", "Heading 4", "Heading 5"} <= set(headings)
    assert any(each.style.name == "List Bullet" for each in document.paragraphs)
    assert all(table.rows[0].cells[0].text for table in document.tables)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert {value for name, value in fonts.attrib.items()} == {"맑은 고딕"}
    descriptions = [each.get("descr") for each in document.element.body.iter("{*}docPr")]
    assert len(descriptions) == 1
    assert "전략과 리더십 2.0" in descriptions[0]
    with ZipFile(BytesIO(docx_bytes("full"))) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}


def test_names_of_levels_are_the_instruments() -> None:
    for rule in instrument().frame.levels:
        assert SENTENCES[rule.level]["ko"] == rule.name


def test_every_sentence_is_there_twice_with_the_same_places() -> None:
    places = re.compile(r"\{(\w+)\}")
    for key, said in SENTENCES.items():
        assert set(places.findall(said["ko"])) == set(places.findall(said["en"])), key


def test_text_is_cleaned_for_every_format() -> None:
    assert clean("  가\u1100\u1161\n\x00나\ud800\ufffe\u202e다 ") == "가가 나 다"
    assert Span(" 앞뒤 ").text == " 앞뒤 "


def test_letters_that_the_font_lacks_are_named() -> None:
    assert drawable("가A漢🏭\u200d") == "가A漢[U+1F3ED]"


def test_no_font_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_module, "PACKAGE", "no-such-package-of-fonts")
    with pytest.raises(NoFontError) as raised:
        faces()
    assert raised.value.reason in assistant.text.SENTENCES


def test_a_table_has_a_cell_for_each_heading() -> None:
    with pytest.raises(ValueError, match="cell"):
        Table("표", ("가", "나"), ((line("하나"),),), (0.5, 0.5))
