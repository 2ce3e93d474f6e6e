from __future__ import annotations

import pytest

from knowledge.document import Document
from knowledge.errors import UnreadableError
from knowledge.readers import html
from knowledge.readers.reader import format_of, read


def page(body: str, head: str = "") -> Document:
    return read(
        f"<!doctype html><html><head><title>t</title>{head}</head><body>{body}</body></html>".encode(), "x.html"
    )


def text_of(document: Document) -> str:
    return "\n".join(section.text for section in document.sections)


def test_words_stand_as_a_browser_sets_them() -> None:
    assert text_of(page("<p>최대 2<b>억</b>\n  원<br>현금 <i>50</i>%</p>tail")) == "최대 2억 원\n현금 50%\n\ntail"


def test_merged_cells_and_steps_of_header_rows() -> None:
    table = """<table><caption>지원금</caption><thead><tr><th rowspan=2>구분</th><th colspan=2>금액</th></tr>
    <tr><th>정부</th><th>자부담</th></tr></thead><tbody><tr><td rowspan=2>기본</td><td>1억</td><td>0.5억</td></tr>
    <tr><td colspan=2>협의</td></tr></tbody></table>"""
    caption, rows = page(table).sections
    assert caption.text == "지원금"
    assert rows.text == "구분 | 금액 / 정부 | 금액 / 자부담\n기본 | 1억 | 0.5억\n기본 | 협의 | 협의"
    assert rows.header_rows == 1


def test_a_table_that_names_only_its_first_column_has_no_header_row() -> None:
    (rows,) = page("<table><tr><th>기관</th><td>중기부</td></tr><tr><th>기간</th><td>3월</td></tr></table>").sections
    assert (rows.kind, rows.header_rows, rows.text) == ("table", 0, "기관 | 중기부\n기간 | 3월")


def test_tables_that_lay_out_the_page_are_walked_and_the_inner_one_is_kept() -> None:
    inner = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    sections = page(f"<table><tr><td><h2>제목</h2><p>글</p>{inner}</td><td>옆</td></tr></table>").sections
    assert [(section.kind, section.text) for section in sections] == [
        ("prose", "글"),
        ("table", "a | b\nc | d"),
        ("prose", "옆"),
    ]


def test_a_cell_of_a_data_table_may_hold_a_table() -> None:
    inner = "<table><tr><td>x</td><td>y</td></tr></table>"
    (rows,) = page(f"<table><tr><th>가</th><th>나</th></tr><tr><td>1</td><td>{inner}</td></tr></table>").sections
    assert rows.text == "가 | 나\n1 | x y"


def test_ordered_lists_keep_their_numbers() -> None:
    steps = "<ol start=3><li>끈다<ul><li>주전원</li></ul></li><li value=7><p>식힌다</p></li><li>연다</li></ol>"
    assert text_of(page(steps)).split("\n\n") == ["3. 끈다", "주전원", "7. 식힌다", "8. 연다"]


def test_a_list_of_terms_keeps_each_with_its_meaning() -> None:
    assert text_of(page("<dl><dt>도입기업</dt><dd>들이는 기업</dd><dt>공급기업</dt><dd>파는 기업</dd></dl>")) == (
        "도입기업\n들이는 기업\n\n공급기업\n파는 기업"
    )


def test_footnotes_are_cited_as_such() -> None:
    note = '<p>한도는 2억 원<sup><a href="#n1" id="r1">1)</a></sup>이다.</p><ol><li id="n1">부가세 제외 <a href="#r1">↩</a></li></ol>'
    text, footnote = page(note).sections
    assert text.text == "한도는 2억 원(각주 1)이다."
    assert (footnote.locator.label, footnote.text) == ("각주 1", "부가세 제외")


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>비밀</p>",
        "<p aria-hidden=true>비밀</p>",
        "<p style='DISPLAY : none'>비밀</p>",
        "<div style='visibility:hidden'><p>비밀</p></div>",
        "<span style='font-size:0'>비밀</span>",
        "<span style='font-size: 0px; x:y'>비밀</span>",
        "<span style='opacity:0'>비밀</span>",
        "<span style='position:absolute;left:-9999px'>비밀</span>",
        "<p style='color:#fff;background:#FFFFFF'>비밀</p>",
        "<p style='color:white;background-color:#fff'>비밀</p>",
        "<p class='a blind'>비밀</p>",
        "<p id=gone>비밀</p>",
        "<!-- 비밀 --><script>비밀</script><template>비밀</template><noscript>비밀</noscript>",
        "<table><tr><td>a</td><td hidden>비밀</td></tr><tr><td>b</td><td>c</td></tr></table>",
    ],
)
def test_what_a_person_does_not_see_is_not_read(hidden: str) -> None:
    style = "<style>/* x */ .blind, p.none { display: none } #gone{visibility:hidden} @media print{.seen{display:none}}</style>"
    document = page(f"<p class=seen>보이는 글</p>{hidden}", style)
    assert "보이는 글" in text_of(document)
    assert "비밀" not in text_of(document)


def test_small_and_pale_text_is_still_seen() -> None:
    words = "<p style='font-size:0.8em'>작게</p><p style='opacity:0.5'>옅게</p><p style='background-color:#fff;color:#000'>진하게</p>"
    assert text_of(page(words)) == "작게\n\n옅게\n\n진하게"


def test_the_main_part_is_preferred_over_what_surrounds_it() -> None:
    long = "이 장비는 매일 아침 점검한다. " * 10
    document = page(
        f"<header>회사</header><div>메뉴 링크</div><main><h1>점검</h1><p>{long}</p></main><footer>저작권</footer>"
    )
    assert text_of(document).startswith("이 장비는")
    assert "메뉴" not in text_of(document)
    assert "저작권" not in text_of(document)


def test_the_head_and_foot_of_a_site_are_left_unless_they_are_all_there_is_or_name_the_page() -> None:
    assert text_of(page("<header>회사 메뉴</header><p>본문</p><footer>저작권</footer>")) == "본문"
    named = page("<header><h1>공고</h1><p>3월 2일</p></header><p>본문</p>")
    assert [section.headings for section in named.sections] == [("공고",)]
    assert text_of(page("<header>메뉴</header><footer>담당 02-123-4567</footer>")) == "메뉴\n\n담당 02-123-4567"


def test_an_empty_main_part_does_not_hide_the_page() -> None:
    assert text_of(page("<main></main><p>본문은 여기 있다</p>")) == "본문은 여기 있다"


def test_pages_inside_one_form_are_read() -> None:
    assert (
        text_of(page("<form><p>공고 내용</p><input value=x><select><option>선택</option></select></form>"))
        == "공고 내용"
    )


def test_dates_come_from_the_page_itself() -> None:
    meta = '<meta property="article:published_time" content="2026-03-02T09:00:00+09:00">'
    linked = '<script type="application/ld+json">{"@graph":[{"datePublished":"2025-01-01","dateModified":"2026.4.5"}]}</script>'
    assert page("<p>글</p>", meta + linked).metadata == {"created": "2026-03-02", "modified": "2026-04-05"}
    assert (
        page(
            "<p>글</p>", '<meta name="date" content="2026-13-45"><script type="application/ld+json">{</script>'
        ).metadata
        == {}
    )


@pytest.mark.parametrize("declared", ["euc-kr", "ks_c_5601-1987", "utf-8", ""])
def test_korean_pages_are_read_whatever_they_declare(declared: str) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    words = "<p>똠방각하 설비의 점검 기록을 남기고 보전팀에 알린다</p>"
    data = f"<html><head>{meta}</head><body>{words}</body></html>".encode("cp949")
    assert "똠방각하 설비" in text_of(read(data, "x.html"))


def test_a_table_exported_as_xls_is_a_page() -> None:
    exported = (
        "<meta charset=utf-8><table><tr><th>품번</th><th>수량</th></tr><tr><td>A-1</td><td>3</td></tr></table>".encode()
    )
    assert format_of(exported, "재고.xls") is html.FORMAT
    assert text_of(read(exported, "재고.xls")) == "품번 | 수량\nA-1 | 3"
    assert format_of(b"<table>\n\n# a\n\n# b\n", "x.md") is not html.FORMAT


def test_tags_that_are_never_closed_do_not_take_forever() -> None:
    with pytest.raises(UnreadableError) as refused:
        read(b"<!doctype html><html><body>" + b"<h1><b>x" * 20_000, "x.html")
    assert refused.value.reason == "broken"


def test_spans_without_end_do_not_fill_the_memory() -> None:
    wide = "<table>" + "<tr><th rowspan=99999 colspan=99999>가</th><td>나</td></tr>" * 50 + "</table>"
    assert "가" in text_of(page(wide))


def test_raised_and_lowered_figures_keep_their_sense() -> None:
    body = "<p>5×10<sup>3</sup> Pa, 10<sup>−2</sup>, H<sub>2</sub>O, a<sup>n+1</sup>, 2<sup>0.5</sup></p><table><tr><th>m<sup>2</sup></th><th>b</th></tr></table>"
    assert text_of(page(body)) == "5×10³ Pa, 10⁻², H₂O, aⁿ⁺¹, 2^0.5\nm² | b"


def test_marks_of_notes_are_no_powers() -> None:
    body = '<p>압력<sup>1)</sup> 온도<sup><a href="#n">2</a></sup> 5<sup>th</sup></p><p id="n">2 80도 이하</p>'
    assert page(body).sections[0].text == "압력1) 온도(각주 2) 5th"


@pytest.mark.parametrize(
    "struck",
    [
        "<s>9 MPa</s>",
        "<del>9 MPa</del>",
        "<strike>9 MPa</strike>",
        '<span style="text-decoration: line-through">9 MPa</span>',
        '<span style="color: red; text-decoration-line:underline line-through">9 MPa</span>',
        '<span class="old">9 MPa</span>',
    ],
)
def test_struck_words_are_left_out(struck: str) -> None:
    assert (
        text_of(page(f"<p>압력 {struck} 12 MPa</p>", "<style>.old {text-decoration:line-through}</style>"))
        == "압력 12 MPa"
    )


def test_labels_with_their_values_have_no_header_unless_the_page_names_one() -> None:
    lines = ("모델명", "PR-200"), ("제조사", "한빛"), ("중량", "5 t")
    bare = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in lines)
    assert page(f"<table>{bare}</table>").sections[0].header_rows == 0
    named = bare.replace("td>", "th>", 4)
    assert page(f"<table>{named}</table>").sections[0].header_rows == 1
