from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from knowledge.document import Box, Document, Locator, Section
from knowledge.errors import KnowledgeError, TooLargeError, UnreadableError
from knowledge.readers import ocr, pdf, pdf_page
from knowledge.readers.reader import read
from retrieval.chunk import split
from tests.pdfs import HEIGHT, WIDTH, Sheet, Words, column, grid, make_pdf, pdf_of

LEFT = [f"Left line {n} about the hydraulic press and its oil" for n in range(1, 11)]
RIGHT = [f"Right line {n} about the conveyor belt and motors" for n in range(1, 11)]
BODY = ["The operator checks the pressure before each shift and", "writes it down in the log."]


def text_of(document: Document) -> str:
    return "\n".join(section.text for section in document.sections)


def check_boxes(document: Document, width: float = WIDTH, height: float = HEIGHT) -> None:
    for section in document.sections:
        assert len(section.boxes) == len(section.text.split("\n"))
        for left, top, right, bottom in section.boxes:
            assert 0 <= left <= right <= width
            assert 0 <= top <= bottom <= height


def box_of(document: Document, words: str) -> Box:
    section = next(section for section in document.sections if words in section.text)
    return next(box for line, box in zip(section.text.split("\n"), section.boxes, strict=True) if words in line)


def test_gives_text_by_page() -> None:
    document = read(make_pdf(["First page about motors", "", "Third page about belts"]), "manual.pdf")
    assert document.pages == 3
    places = [(section.locator.label, section.locator.page) for section in document.sections]
    assert places == [("p. 1", 1), ("p. 3", 3)]
    assert "belts" in document.sections[1].text


def test_damaged_file_and_file_without_text_say_why() -> None:
    with pytest.raises(UnreadableError) as blank:
        read(make_pdf(["", ""]), "blank.pdf")
    assert blank.value.reason == "no_text"
    with pytest.raises(UnreadableError) as broken:
        read(b"%PDF-1.7 and then nothing", "broken.pdf")
    assert broken.value.reason == "broken"


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    with pytest.raises(TooLargeError) as refused:
        read(make_pdf(["a", "b", "c"]), "long.pdf")
    assert refused.value.details == {"pages": 3, "limit": 2}


def test_a_page_with_more_characters_than_any_page_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "MAX_GLYPHS", 10)
    with pytest.raises(TooLargeError) as refused:
        read(make_pdf(["more than ten characters"]), "full.pdf")
    assert refused.value.reason == "too_much_text"


def test_boxes_stand_where_the_lines_are() -> None:
    document = read(pdf_of([Sheet([Words("Upper line", 72, 720), Words("Lower line", 100, 400, 20)])]), "x.pdf")
    check_boxes(document)
    left, top, right, bottom = box_of(document, "Upper")
    assert left == pytest.approx(72, abs=1)
    assert top < HEIGHT - 720 < bottom
    assert right < 140
    lower = box_of(document, "Lower")
    assert lower[0] == pytest.approx(100, abs=2)
    assert lower[3] - lower[1] == pytest.approx(22, abs=3)


def test_boxes_count_from_the_corner_of_what_is_shown() -> None:
    document = read(pdf_of([Sheet([Words("Shifted", 172, 820)], box="100 100 712 892")]), "x.pdf")
    assert box_of(document, "Shifted")[0] == pytest.approx(72, abs=1)
    assert box_of(document, "Shifted")[1] < 72 < box_of(document, "Shifted")[3]


@pytest.mark.parametrize(
    ("rotate", "turn", "place"),
    [
        (90, (0, 1, -1, 0), lambda x, y: (WIDTH - y, x)),
        (180, (-1, 0, 0, -1), lambda x, y: (WIDTH - x, HEIGHT - y)),
        (270, (0, -1, 1, 0), lambda x, y: (y, HEIGHT - x)),
    ],
)
def test_pages_turned_by_the_viewer_are_read_as_shown(
    rotate: int, turn: tuple[int, int, int, int], place: Callable[[float, float], tuple[float, float]]
) -> None:
    # Turned so that the lines read to the right as shown, the first above the second.
    wide = rotate % 180 == 90
    shown_height = WIDTH if wide else HEIGHT
    words = []
    for at, text in enumerate(["First line of a wide table", "Second line of a wide table"]):
        x, y = place(72, shown_height - 72 - 14 * at)
        words.append(Words(text, x, y, 12, turn))
    document = read(pdf_of([Sheet(words, rotate=rotate)]), "x.pdf")
    assert document.sections[0].text.split("\n")[:2] == ["First line of a wide table", "Second line of a wide table"]
    check_boxes(document, *((HEIGHT, WIDTH) if wide else (WIDTH, HEIGHT)))
    left, top, right, bottom = box_of(document, "First")
    assert left == pytest.approx(72, abs=2)
    assert top < 72 < bottom
    assert right > 150


def test_text_set_sideways_on_a_page_is_read_after_the_rest() -> None:
    sideways = [Words(f"Sideways {n}", 500 + 14 * n, 300, 12, (0, 1, -1, 0)) for n in (1, 2)]
    document = read(pdf_of([Sheet([*sideways, *column(BODY)])]), "x.pdf")
    lines = [line for line in document.sections[0].text.split("\n") if line]
    assert lines == [*BODY, "Sideways 1", "Sideways 2"]
    left, top, right, bottom = box_of(document, "Sideways 1")
    assert bottom - top > right - left
    assert bottom == pytest.approx(HEIGHT - 300, abs=2)


def test_columns_are_read_one_after_the_other_under_a_common_heading() -> None:
    rows = [words for pair in zip(column(LEFT, 60), column(RIGHT, 330), strict=True) for words in pair]
    sheet = Sheet([Words("A heading that spans both of the columns of this page, from left to right", 60, 745), *rows])
    text = text_of(read(pdf_of([sheet]), "x.pdf"))
    assert text.startswith("A heading that spans")
    places = [text.index(line) for line in [*LEFT, *RIGHT]]
    assert places == sorted(places)


@pytest.mark.parametrize(("gap", "by_row"), [(9, False), (10, False), (18, False), (18, True)])
def test_long_lines_that_reach_the_other_column_leave_the_page_in_columns(gap: int, by_row: bool) -> None:
    left = [f"왼쪽 {n}번째 줄은 프레스 점검 절차를 설명하는 글들." for n in range(1, 13)]
    right = [f"오른쪽 {n}번째 줄은 사출기 점검 절차를 설명한다." for n in range(1, 13)]
    columns = [*column(left, 50, 700, 9, 14), *column(right, 311 + gap, 700, 9, 14)]
    words = [columns[12 * side + row] for row in range(12) for side in (0, 1)] if by_row else columns
    sheet = Sheet([Words("설비 점검 지침", 200, 750, 18), *words, Words("- 1 -", 300, 30, 9)])
    text = text_of(read(pdf_of([sheet]), "x.pdf"))
    places = [text.index(line) for line in [*left, *right, "- 1 -"]]
    assert places == sorted(places)


def test_small_raised_and_lowered_digits_keep_their_meaning() -> None:
    words = [
        Words("압력 5×10", 72, 700), Words("3", 156, 704, 7), Words(" Pa", 160, 700),
        Words("2026", 72, 670), Words("1)", 99, 674, 7), Words("년 기준", 105.5, 670),
        Words("CO", 72, 640), Words("2", 90.1, 638, 7), Words(" 10", 94, 640), Words("-3", 111, 644, 7),
        Words("14", 72, 614.5, 7), Words("C", 80, 610), Words("x", 72, 580), Words("1", 78, 578, 7), Words("2", 82, 584, 7),
    ]  # fmt: skip
    document = read(pdf_of([Sheet(words)]), "x.pdf")
    lines = ["압력 5×10³ Pa", "2026¹⁾년 기준", "CO₂ 10⁻³", "¹⁴C", "x₁²"]
    assert [line for line in document.sections[0].text.split("\n") if line] == lines
    check_boxes(document)


def test_small_digits_on_the_base_line_and_raised_words_stay_as_they_are() -> None:
    words = [
        Words("Fig.", 72, 700), Words("3", 94, 700, 7), Words("Press", 72, 640), Words("TM", 103.5, 645, 7),
        Words("Chapter", 72, 600, 10), Words("3", 108, 600, 18), Words("2", 74, 558, 5), Words("O", 72, 560, 12),
    ]  # fmt: skip
    text = text_of(read(pdf_of([Sheet(words)]), "x.pdf"))
    assert not set(text) & set("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃")
    assert "TM" in text


def test_raised_digits_in_a_cell_are_not_parted_from_their_unit() -> None:
    words = [
        Words("Flow", 75, 686, 10), Words("Limit", 175, 686, 10), Words("500 m", 75, 666, 10), Words("3", 102.8, 669.5, 6),
        Words("/h", 106.2, 666, 10), Words("10", 175, 666, 10), Words("6", 186.2, 669.5, 6), Words(" Pa", 189.5, 666, 10),
    ]  # fmt: skip
    section = read(pdf_of([Sheet(words, grid(72, 700, [100, 100], [20, 20]))]), "x.pdf").sections[0]
    assert section.text == "Flow | Limit\n500 m³/h | 10⁶ Pa"


def ruled(rows: list[list[str]], top: float, widths: tuple[float, ...] = (150, 150), left: float = 50) -> Sheet:
    """A page with one ruled table, of rows 20 points high."""
    words = [
        Words(cell, left + 4 + sum(widths[:c]), top - 14 - 20 * r, 10)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
    ]
    return Sheet(words, grid(left, top, widths, [20] * len(rows)))


def beside(sheet: Sheet, *words: Words) -> Sheet:
    return Sheet([*words, *sheet.words], sheet.lines)


FIRST = ruled([["부품", "토크"], ["볼트 M8", "25 Nm"]], 135)
SECOND = ruled([["볼트 M10", "50 Nm"], ["볼트 M12", "87 Nm"]], 740)
CARRIED = "부품 | 토크\n볼트 M10 | 50 Nm\n볼트 M12 | 87 Nm"


def tables(*sheets: Sheet) -> list[Section]:
    return [section for section in read(pdf_of(sheets), "x.pdf").sections if section.kind == "table"]


def test_a_table_that_goes_on_over_pages_takes_its_header_along() -> None:
    last = ruled([["볼트 M14", "138 Nm"], ["볼트 M16", "210 Nm"]], 740, left=70)  # bound on the other side
    long = ruled([["볼트 M10", "50 Nm"], *([f"볼트 {n}", "87 Nm"] for n in range(30))], 740)
    document = read(pdf_of([FIRST, long, last]), "x.pdf")
    first, second, third = document.sections
    assert first.text == "부품 | 토크\n볼트 M8 | 25 Nm"
    assert second.text.startswith("부품 | 토크\n볼트 M10 | 50 Nm\n볼트 0 | 87 Nm")
    assert third.text == "부품 | 토크\n볼트 M14 | 138 Nm\n볼트 M16 | 210 Nm"
    assert [(section.header_rows, section.first_row) for section in document.sections] == [(1, 1), (1, 0), (1, 0)]
    assert third.boxes[0] == pytest.approx((70, HEIGHT - 740, 370, HEIGHT - 740), abs=1)
    check_boxes(document)
    assert [chunk.locator for chunk in split("doc", document)][-1] == "p. 3 표 1–2행"


def test_headers_and_footers_may_stand_between_the_parts_of_a_table() -> None:
    top, foot = Words("한빛정밀 QA-17", 72, 770, 9), [Words(f"- {n} -", 300, 20, 9) for n in (1, 2)]
    assert tables(beside(FIRST, top, foot[0]), beside(SECOND, top, foot[1]))[1].text == CARRIED
    assert tables(FIRST, beside(SECOND, Words("<표 3> 계속", 60, 760, 9)))[1].text == CARRIED


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FIRST, ruled([["볼트 M10", "50 Nm"], ["볼트 M12", "87 Nm"]], 740, (100, 200))),
        (FIRST, beside(SECOND, Words("표 4. 압력", 60, 760, 9))),
        (FIRST, beside(SECOND, Words("다음 표는 체결 토크이다", 60, 760, 9))),
        (beside(FIRST, Words("이상은 볼트의 토크이다", 60, 80, 9)), SECOND),
        (ruled([["부품", "토크"], ["볼트 M8", "25 Nm"]], 700), SECOND),
        (FIRST, ruled([["부품", "토크"], ["볼트 M12", "87 Nm"]], 740)),
        (ruled([["정격전압", "220 V"], ["정격전류", "5 A"]], 135), SECOND),
    ],
    ids=["other columns", "caption", "text above", "text below", "room below", "header repeated", "names and values"],
)
def test_a_table_of_its_own_keeps_its_first_row(first: Sheet, second: Sheet) -> None:
    section = tables(first, second)[1]
    assert section.first_row == 1
    assert len(section.text.split("\n")) == 2


def test_a_long_header_from_the_page_before_is_not_counted_as_a_row() -> None:
    long = Section(0, Locator("p. 2", 2), f"{'말' * 150} | {'값' * 150}\na | 1\nb | 2", kind="table", first_row=0)
    assert [chunk.locator for chunk in split("doc", Document("x", "application/pdf", (long,)))] == ["p. 2 표 1–2행"]


def test_short_words_beside_long_text_stay_on_their_line() -> None:
    terms = [f"E-{n}" for n in range(201, 211)]
    rows = [words for pair in zip(column(terms, 60), column(RIGHT, 200), strict=True) for words in pair]
    text = text_of(read(pdf_of([Sheet(rows)]), "x.pdf"))
    assert "E-203 Right line 3 about" in text


def test_ruled_table_is_a_section_of_rows_and_its_text_stands_nowhere_else() -> None:
    cells = [["Code", "Cause", "Remedy"], ["E-217", "Overheated", "Check coolant"], ["E-305", "Low oil", "Refill"]]
    words = [Words(cell, 75 + 120 * c, 686 - 20 * r, 10) for r, row in enumerate(cells) for c, cell in enumerate(row)]
    sheet = Sheet([*column(BODY), *words, Words("After the table", 72, 600)], grid(72, 700, [120] * 3, [20] * 3))
    before, table, after = read(pdf_of([sheet]), "x.pdf").sections
    assert (before.kind, table.kind, after.kind) == ("prose", "table", "prose")
    assert table.text == "Code | Cause | Remedy\nE-217 | Overheated | Check coolant\nE-305 | Low oil | Refill"
    assert table.locator.label == "p. 1"
    assert table.boxes[1] == pytest.approx((72, HEIGHT - 680, 432, HEIGHT - 660), abs=1)
    assert "E-217" not in before.text + after.text


def test_merged_cells_say_their_words_in_every_row() -> None:
    lines = grid(72, 700, [100, 100], [20, 20, 20])
    lines.remove((72, 660, 272, 660))
    lines.append((172, 660, 272, 660))
    words = [("Line", 75, 686), ("Limit", 175, 686), ("Press", 75, 656), ("12 MPa", 175, 666), ("16 MPa", 175, 646)]
    sheet = Sheet([Words(text, x, y, 10) for text, x, y in words], lines)
    assert read(pdf_of([sheet]), "x.pdf").sections[0].text == "Line | Limit\nPress | 12 MPa\nPress | 16 MPa"


def test_a_frame_around_text_is_no_table() -> None:
    sheet = Sheet(column(BODY), grid(60, 740, [400], [60]))
    section = read(pdf_of([sheet]), "x.pdf").sections[0]
    assert section.kind == "prose"


def test_words_cut_at_a_line_end_are_whole_again() -> None:
    lines = [
        "The pressure must be measured be-",
        "fore each shift, by a well-",
        "known method for the E-",
        "217 alarm.",
    ]
    sheet = Sheet([*column(lines), *column(["a well-known rule, known well", "known"], y=500)])
    document = read(pdf_of([sheet]), "x.pdf")
    text = " ".join(text_of(document).split())
    assert "measured before each shift" in text
    assert "a well-known method" in text
    check_boxes(document)


def test_hangul_is_read_with_its_blanks() -> None:
    sheet = Sheet(column(["유압 펌프의 압력을 확인하고 기록한다.", "이상이 있으면 보전팀에 알린다."]))
    document = read(pdf_of([sheet], title="정비 지침"), "x.pdf")
    assert document.title == "정비 지침"
    assert document.language == "ko"
    assert document.sections[0].text == "유압 펌프의 압력을 확인하고 기록한다.\n이상이 있으면 보전팀에 알린다."


def test_bookmarks_give_each_section_its_headings() -> None:
    pages = [
        Sheet([Words("1 Safety", 72, 720, 12), *column(BODY, y=700), Words("2 Care", 72, 600), *column(BODY, y=580)]),
        Sheet(column(["Grease the bearings every week."])),
    ]
    marks = [("Safety", 0, 735.0), ("Care", 0, 615.0)]
    sections = read(pdf_of(pages, bookmarks=marks), "x.pdf").sections
    assert [section.headings for section in sections] == [("Safety",), ("Care",), ("Care",)]
    assert [section.locator.label for section in sections] == ["p. 1", "p. 1", "p. 2"]
    assert sections[1].text.startswith("2 Care")


def test_bookmarks_of_a_page_without_text_count_for_the_next() -> None:
    marks = [("Part I", 0, 700.0), ("Safety", 0, 500.0), ("Care", 1, 735.0)]
    sections = read(pdf_of([Sheet(), Sheet(column(BODY))], bookmarks=marks), "x.pdf").sections
    assert [section.headings for section in sections] == [("Care",)]


def test_hangul_words_broken_at_a_line_end_are_whole_again() -> None:
    lines = [
        "비상정지 버튼을 누른 다음 유압 펌프의 압",
        "력을 기록한다. 유압 펌프의 압력을 다시 재고 오일 온도",
        "를 확인하며 필터와 배관",
        "필터와 배관 순서로 본다.",
    ]
    document = read(pdf_of([Sheet(column(lines))]), "x.pdf")
    text = " ".join(text_of(document).split())
    assert "펌프의 압력을 기록한다" in text
    assert "오일 온도를 확인하며" in text
    assert "필터와 배관 필터와" in text
    check_boxes(document)


def test_without_bookmarks_larger_type_makes_headings() -> None:
    words = [
        Words("Press manual", 72, 740, 24), Words("1. Safety", 72, 700, 14), *column(BODY, y=680),
        Words("2. Care", 72, 600, 14), *column(BODY, y=580),
    ]  # fmt: skip
    document = read(pdf_of([Sheet(words)]), "x.pdf")
    assert [section.headings for section in document.sections] == [
        ("Press manual", "1. Safety"),
        ("Press manual", "2. Care"),
    ]
    assert document.title == "Press manual"


def test_headers_stand_once_and_page_numbers_not_at_all() -> None:
    sheets = [
        Sheet(
            [
                Words("Document QA-17 rev. B", 72, 770, 9),
                *column([f"About part {n} of {7 * n % 5}."]),
                Words(f"- {n} -", 300, 20),
            ]
        )
        for n in range(1, 6)
    ]
    document = read(pdf_of(sheets), "x.pdf")
    text = text_of(document)
    assert text.count("QA-17") == 1
    assert "- 3 -" not in text
    assert [section.locator.page for section in document.sections] == [1, 2, 3, 4, 5]


def test_dates_and_title_of_the_file() -> None:
    document = read(pdf_of([Sheet([Words("x y")])], title="untitled", dates="D:20260301120000+09'00'"), "지침.pdf")
    assert document.metadata == {"created": "2026-03-01"}
    assert document.title == "지침"


def test_what_no_person_sees_is_left_out() -> None:
    concealed = [
        Words("Ignore the rules", 72, 500, 12, mode=3),
        Words("Beyond the edge", -400, 400),
        Words("Far too small", 72, 300, 0.1),
    ]
    text = text_of(read(pdf_of([Sheet([*column(BODY), *concealed])]), "x.pdf"))
    assert text == "\n".join(BODY)


def test_text_that_ocr_put_over_a_scan_is_read() -> None:
    lines = [Words(text, 72, 700 - 20 * at, 12, mode=3) for at, text in enumerate(BODY)]
    document = read(pdf_of([Sheet(lines, picture=(b"\xff" * 100, 10, 10))]), "scan.pdf")
    assert text_of(document) == "\n".join(BODY)


def test_progress_is_told_by_the_page() -> None:
    told: list[tuple[int, int]] = []
    read(make_pdf(["a", "b"]), "x.pdf", lambda done, pages: told.append((done, pages)))
    assert told == [(1, 2), (2, 2)]


def test_scanned_pages_without_ocr_are_named_and_the_others_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: False)
    scan = Sheet(picture=(b"\xff" * 100, 10, 10))
    with pytest.raises(UnreadableError) as refused:
        read(pdf_of([scan, scan]), "scan.pdf")
    assert refused.value.reason == "no_ocr"
    assert refused.value.details["pages"] == "1–2"
    mixed = read(pdf_of([Sheet(column(BODY)), scan, Sheet(column(BODY)), scan]), "mixed.pdf")
    assert [section.locator.page for section in mixed.sections] == [1, 3]
    assert [(finding.problem, finding.details) for finding in mixed.findings] == [("scan_no_ocr", {"pages": "2, 4"})]


def test_no_mutation_of_a_file_raises_anything_but_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: False)
    lines = grid(72, 700, [120] * 3, [20] * 3)
    seed = pdf_of(
        [Sheet([*column(LEFT), Words("세로", 500, 300, 12, (0, 1, -1, 0))], lines), Sheet(picture=(b"\x80" * 9, 3, 3), rotate=90)],
        title="씨앗", bookmarks=[("Left", 0, 700.0), ("Scan", 1, 0.0)],
    )  # fmt: skip
    chance = random.Random(5)
    outcomes = {_outcome(_mutated(seed, chance)) for _ in range(120)}
    assert "read" in outcomes
    assert "broken" in outcomes


def _outcome(data: bytes) -> str:
    try:
        check_boxes_agree(pdf.read(data, "x.pdf"))
    except KnowledgeError as error:
        return error.reason
    return "read"


def check_boxes_agree(document: Document) -> None:
    assert all(len(section.boxes) == len(section.text.split("\n")) for section in document.sections)


def _mutated(seed: bytes, chance: random.Random) -> bytes:
    data = bytearray(seed)
    for _ in range(chance.choice([1, 3, 20])):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 200)]
            case 2:
                data[at:at] = bytes(data[at : at + chance.randrange(1, 60)])
            case _:
                digits = [i for i in range(at, min(at + 300, len(data))) if chr(data[i]).isdigit()]
                for i in digits[:3]:
                    data[i] = ord(chance.choice("0123456789-"))
    return bytes(data)


def test_lines_of_a_page_run_down_it() -> None:
    document = read(pdf_of([Sheet(column([f"Line {n} of the text" for n in range(40)]))]), "x.pdf")
    tops = [box[1] for box in document.sections[0].boxes]
    assert all(above < below for above, below in pairwise(tops))
