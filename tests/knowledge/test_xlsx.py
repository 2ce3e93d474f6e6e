from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.document import Document
from knowledge.errors import TooLargeError, UnreadableError, UnsupportedError
from knowledge.readers import ooxml, sheet, xls, xlsx
from knowledge.readers.numeral import shown
from knowledge.readers.reader import format_of
from retrieval.chunk import split


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(fill: Callable[[Worksheet], object], title: str = "설비목록") -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.title = title
    fill(book.active)
    return saved(book)


def rewritten(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The package with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name).decode()) if name == part else old.read(name))
    return out.getvalue()


def read(data: bytes, name: str = "설비.xlsx") -> Document:
    assert xlsx.FORMAT.claims(data, name)
    return xlsx.read(data, name)


def rows(*lines: tuple[object, ...]) -> Callable[[Worksheet], object]:
    def fill(ws: Worksheet) -> None:
        for line in lines:
            ws.append(line)

    return fill


PRESSES = [(f"프레스 {n}호", 1000 + n) for n in range(1, 90)]


def test_a_row_is_found_with_its_header_at_its_number_in_the_sheet() -> None:
    document = read(workbook(rows(("2026년 설비 목록",), (), ("설비", "압력"), *PRESSES)))
    chunks = split("d", document)
    found = next(chunk for chunk in chunks if "프레스 57호" in chunk.text)
    first, last = map(int, re.findall(r"\d+", found.locator))
    assert found.text.splitlines()[0] == "설비 | 압력"
    assert found.locator.startswith("설비목록 표 ")
    assert found.text.splitlines().index("프레스 57호 | 1057") == 60 - first + 1
    assert first <= 60 <= last
    assert found.headings == ("설비목록", "2026년 설비 목록")
    assert found.page is None
    assert len(chunks) > 1


def test_a_merged_header_of_two_rows_is_joined_and_merged_cells_are_whole_in_each_row() -> None:
    def fill(ws: Worksheet) -> None:
        rows(
            ("지원 현황", None, None),
            ("구분", "지원금", None),
            (None, "정부", "자부담"),
            ("1차", 100, 50),
            (None, 200, 80),
        )(ws)
        for area in ("A1:C1", "A2:A3", "B2:C2", "A4:A5"):
            ws.merge_cells(area)

    (section,) = read(workbook(fill)).sections
    assert section.text == "구분 | 지원금 / 정부 | 지원금 / 자부담\n\n1차 | 100 | 50\n1차 | 200 | 80"
    assert (section.first_row, section.header_rows) == (2, 1)
    assert section.headings == ("설비목록", "지원 현황")
    (chunk,) = split("d", read(workbook(fill)))
    assert chunk.locator == "설비목록 표 4–5행"


def test_values_stand_as_a_person_sees_them() -> None:
    started = datetime(2026, 11, 23, 14, 30)  # noqa: DTZ001 - the file format has none
    table = rows(
        ("항목", "값"),
        ("도입", date(2026, 11, 23)),
        ("시각", started),
        ("교대", time(8, 5)),
        ("단가", 1200),
        ("비율", 0.15),
        ("온도", 23.5),
        ("합", 0.1 + 0.2),
        ("가동", True),
        ("시간", timedelta(hours=30)),
    )

    def fill(ws: Worksheet) -> None:
        table(ws)
        for at, code in ((2, "yyyy-mm-dd"), (5, "#,##0"), (6, "0%"), (7, '0.0"℃"')):
            ws.cell(at, 2).number_format = code

    lines = read(workbook(fill)).sections[0].text.splitlines()
    assert lines[1:] == [
        "도입 | 2026-11-23",
        "시각 | 2026-11-23 14:30:00",
        "교대 | 08:05:00",
        "단가 | 1,200",
        "비율 | 15%",
        "온도 | 23.5℃",
        "합 | 0.3",
        "가동 | TRUE",
        "시간 | 30:00:00",
    ]


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("-1200", "#,##0;[Red]-#,##0", "-1,200"),
        ("-1200", "#,##0_);(#,##0)", "(1,200)"),
        ("0", '0;-0;"없음"', "없음 0"),
        ("0", '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "0"),
        ("-1500", '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "-1,500"),
        ("0.125", "0.0%", "12.5%"),
        ("1500", "[$₩-412]#,##0", "₩1,500"),
        ("1200000", "#,##0,", "1,200"),
        ("7", "000", "007"),
        ("2.5", "0.##", "2.5"),
        ("2", "0.##", "2"),
        ("12345", "0.00E+00", "1.23E+4"),
        ("46349", 'yyyy"년" m"월" d"일"', "2026-11-23"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("0.5", "h:mm", "12:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("12345678901", "General", "12345678901"),
        ("1E+25", "General", "1E+25"),
        ("0", "", "0"),
        ("-0", "", "0"),
        ("3.14159265358979", "", "3.1415926536"),
        ("#N/A", "0", "#N/A"),
        ("99999999", "yyyy-mm-dd", "99999999"),
        ("-3", "yyyy-mm-dd", "-3"),
        ("1208147521", "000-00-00000", "120-81-47521"),
        ("1012345678", "000-0000-0000", "010-1234-5678"),
        ("20260105", "0000-00-00", "2026-01-05"),
        ("1234567", '0000"-"000', "1234-567"),
        ("9001011234567", "000000-0000000", "900101-1234567"),
        ("-1234", "00-00", "-12-34"),
        ("1234.5", "0000-00.0", "0012-34.5"),
        ("5", "##-##", "5"),
        ("12345", "#,##0-00", "12345"),
        ("1208147521", "000.00.00000", "1208147521"),
        ("3.5", '0.0"x"0', "3.5"),
        ("5551234", "[<=9999999]###-####;(0##) ####-####", "555-1234"),
        ("1012345678", "[<=9999999]###-####;(0##) ####-####", "(010) 1234-5678"),
        ("5", '[>=10]"많음";"적음"', "적음 5"),
        ("12", '[Red][>=10]"많음";"적음"', "많음 12"),
        ("5", '[>10]0"a";0"b";0"c"', "5"),
        ("-5", '[<0]"△"0;0', "△5"),
        ("5", '0"원/개"', "5원/개"),
        ("5", ";;;", ""),
        ("0", "0;-0;;@", ""),
        ("0", '0;-0;""', ""),
    ],
)
def test_number_formats(value: str, code: str, seen: str) -> None:
    assert shown(value, code) == seen


def test_a_workbook_counted_from_1904_has_its_own_days() -> None:
    assert shown("44887", "yyyy-mm-dd", since_1904=True) == "2026-11-23"


@given(st.floats().map(repr) | st.text(max_size=30), st.text(alphabet='0#?,.%;"[]hmsydE+-_*\\/@가 $', max_size=25))
def test_no_format_code_and_no_value_stops_the_reader(value: str, code: str) -> None:
    assert isinstance(shown(value, code), str)


def test_what_is_hidden_is_left_out_and_said() -> None:
    def fill(ws: Worksheet) -> None:
        rows(("이름", "비밀", "값"), ("가", "원가", "1호"), ("나", "원가", "2호"), ("다", "원가", "3호"))(ws)
        ws.column_dimensions["B"].hidden = True
        ws.row_dimensions[3].hidden = True
        other = ws.parent.create_sheet("숨은 시트")
        other["A1"] = "숨은 말"
        other.sheet_state = "hidden"

    document = read(workbook(fill))
    (section,) = document.sections
    assert section.text == "이름 | 값\n가 | 1호\n\n다 | 3호"
    assert document.metadata["hidden_sheets"] == "1"
    assert document.metadata["hidden_rows"] == "1"


def test_tables_parted_by_empty_rows_and_columns_are_tables_of_their_own() -> None:
    def fill(ws: Worksheet) -> None:
        rows(("코드", "횟수"), ("E-1", 3), ("E-2", 4), (), ("부품",), ("품명", "규격"), ("볼트", "M8"), ("너트", "M8"))(
            ws
        )
        for at, line in enumerate((("담당", "전화"), ("김", "1"), ("이", "2"))):
            for column, words in enumerate(line):
                ws.cell(at + 1, column + 5, words)

    first, beside, below = read(workbook(fill)).sections
    assert first.text == "코드 | 횟수\nE-1 | 3\nE-2 | 4"
    assert beside.text == "담당 | 전화\n김 | 1\n이 | 2"
    assert (below.text, below.first_row) == ("품명 | 규격\n볼트 | M8\n너트 | M8", 6)
    assert below.headings == ("설비목록", "부품")


def test_lines_between_a_title_and_its_table_part_neither() -> None:
    lines = (("월별 원가",), ("작성일", date(2026, 11, 23)), (), ("품목", "단가"), ("볼트", 10), ("너트", 20))
    above, table = read(workbook(rows(*lines))).sections
    assert (above.text, above.header_rows) == ("작성일 | 2026-11-23", 0)
    assert (table.text, table.headings) == ("품목 | 단가\n볼트 | 10\n너트 | 20", ("설비목록", "월별 원가"))


def test_an_empty_row_inside_a_table_does_not_end_it() -> None:
    (section,) = read(workbook(rows(("코드", "횟수"), ("E-1", 3), (), ("E-2", 4), ("E-3", 5)))).sections
    assert section.text == "코드 | 횟수\nE-1 | 3\n\nE-2 | 4\nE-3 | 5"


def test_figures_without_a_header_get_none_and_years_are_one() -> None:
    (bare,) = read(workbook(rows(("E-1", 3), ("E-2", 4)))).sections
    assert bare.header_rows == 0
    (years,) = read(workbook(rows(("공장", 2024, 2025), ("1공장", 10, 20)))).sections
    assert years.header_rows == 1


def test_a_list_of_one_column_and_a_lone_title_are_read() -> None:
    sections = read(workbook(rows(*[(f"점검 항목 {n}",) for n in range(6)]))).sections
    assert sections[0].text.splitlines()[5] == "점검 항목 5"
    (alone,) = read(workbook(rows(("제목뿐",)))).sections
    assert alone.text == "제목뿐"


def test_no_line_that_stands_alone_is_lost() -> None:
    lines = [(f"알림 {at // 2}",) if at % 2 == 0 else () for at in range(12)]
    document = read(workbook(rows(*lines, ("코드", "뜻"), ("E-1", "과열"), (), ("끝말",), (), ("서명",))))
    seen = "\n".join([*(section.text for section in document.sections), *document.sections[3].headings])
    assert all(words in seen for words in (*(f"알림 {n}" for n in range(6)), "E-1 | 과열", "끝말", "서명"))


def test_a_cell_at_the_end_of_the_world_costs_nothing() -> None:
    data = rewritten(
        workbook(rows(("이름", "값"), ("가", "1호"), ("끝",))),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace('r="A3"', 'r="XFD1048576"')
            .replace('<row r="3"', '<row r="1048576"')
            .replace("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A3:XFD1048576" /></mergeCells>')
        ),
    )
    sections = read(data).sections
    assert [(section.first_row, section.text) for section in sections] == [(1, "이름 | 값\n가 | 1호"), (1048576, "끝")]


def test_declared_dimensions_mean_nothing() -> None:
    data = rewritten(
        workbook(rows(("이름", "값"), ("가", "1호"))),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<dimension ref="A1:B2" />', '<dimension ref="A1:XFD1048576" />'),
    )
    assert read(data).sections[0].text == "이름 | 값\n가 | 1호"


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_CELLS", 100)
    with pytest.raises(TooLargeError) as refused:
        read(workbook(rows(("설비", "압력"), *PRESSES)))
    assert (refused.value.reason, refused.value.details) == ("too_many_cells", {"limit": 100})


def test_merged_cells_cannot_multiply_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MAX_CELLS", 1000)
    wide = sheet.Sheet(
        "표",
        {at: {column: sheet.Value("값") for column in (1, at + 1)} for at in range(1, 200)},
        (sheet.Merge(1, 1, 1_048_576, 16_384),),
    )
    with pytest.raises(TooLargeError):
        sheet.sections(wide, 0)


def test_formulas_give_their_saved_value_and_those_without_one_are_told() -> None:
    plain = workbook(rows(("항목", "합계"), ("1월", "=SUM(1,2)"), ("2월", 7)))
    document = read(plain)
    assert document.sections[0].text == "항목 | 합계\n1월 | \n2월 | 7"
    assert [finding.problem for finding in document.findings] == ["formula_without_value"]
    cached = rewritten(plain, "xl/worksheets/sheet1.xml", lambda xml: re.sub(r"<v ?/>|<v></v>", "<v>3</v>", xml))
    assert "1월 | 3" in read(cached).sections[0].text
    with pytest.raises(UnreadableError) as refused:
        read(workbook(rows(("=1+1", "=2+2"))))
    assert refused.value.reason == "formulas_without_values"


def test_title_and_dates_come_from_the_file() -> None:
    book = Workbook()
    book.properties.title = "설비 대장"
    book.properties.created = datetime(2026, 1, 2)  # noqa: DTZ001 - the file format has none
    assert book.active is not None
    book.active.append(("가", "나"))
    document = read(saved(book))
    assert document.title == "설비 대장"
    assert document.metadata["created"] == "2026-01-02"
    assert document.language == "ko"


@pytest.mark.parametrize("area", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "_rels/.rels"])
def test_a_damaged_part_is_said_to_be_damaged(area: str) -> None:
    data = workbook(rows(("이름", "값"), ("가", 1)))
    broken = rewritten(data, area, lambda xml: xml[: len(xml) // 2])
    if area == "[Content_Types].xml":
        assert read(broken).sections
        return
    with pytest.raises(UnreadableError) as refused:
        read(broken)
    assert refused.value.reason == "broken"


def test_entities_are_never_unfolded() -> None:
    data = rewritten(
        workbook(rows(("이름", "값"), ("가", 1))),
        "xl/sharedStrings.xml",
        lambda xml: (
            '<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
            + xml.replace("<?xml version='1.0' encoding='UTF-8'?>", "").replace("이름", "&b;")
        ),
    )
    with contextlib.suppress(UnreadableError):
        assert "aaaa" not in "".join(section.text for section in read(data).sections)


def ole(*streams: str) -> bytes:
    """An OLE file (MS-CFB, version 3) with empty streams of these names."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + bytes.fromhex("3e000300feff09000600") + bytes(6)
    number = lambda *values: b"".join(value.to_bytes(4, "little") for value in values)  # noqa: E731
    none, end = 0xFFFFFFFF, 0xFFFFFFFE
    header += number(0, 1, 1, 0, 4096, end, 0, end, 0, 0) + number(*[none] * 108)

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        start = raw.ljust(64, b"\0") + len(raw).to_bytes(2, "little") + bytes([kind, 1])
        return start + number(none, right, child) + bytes(36) + number(end, 0, 0)

    entries = [entry("Root Entry", 5, none, 1)]
    entries += [entry(name, 2, at + 1 if at < len(streams) else none, none) for at, name in enumerate(streams, 1)]
    directory = b"".join(entries).ljust(512, b"\0")
    fat = number(0xFFFFFFFD, end) + number(*[none] * 126)
    return header.ljust(512, b"\0") + fat + directory


@pytest.mark.parametrize(
    ("stream", "error", "reason", "words"),
    [
        ("EncryptedPackage", UnreadableError, "encrypted", None),
        ("WordDocument", UnsupportedError, "old_office", "DOCX"),
        ("PowerPoint Document", UnsupportedError, "old_office", "PPTX"),
    ],
)
def test_old_and_encrypted_office_files_are_refused_by_name(
    stream: str, error: type[Exception], reason: str, words: str | None
) -> None:
    data = ole(stream)
    assert ooxml.OLD.claims(data, "x")
    with pytest.raises(error) as refused:
        ooxml.OLD.read(data, "x", lambda _done, _all: None)
    assert refused.value.reason == reason  # type: ignore[attr-defined]
    assert refused.value.details.get("instead") == words  # type: ignore[attr-defined]


def test_the_type_is_told_from_the_bytes() -> None:
    assert format_of(workbook(rows(("이름", "값"))), "보고서.hwp") is xlsx.FORMAT
    assert format_of(ole("WordDocument"), "보고서.xlsx") is ooxml.OLD
    assert format_of(ole("Workbook"), "보고서.doc") is xls.FORMAT


def test_other_ole_files_are_left_to_their_readers() -> None:
    assert not ooxml.OLD.claims(ole("FileHeader"), "x.hwp")
    assert not ooxml.OLD.claims(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing", "x.doc")


def test_a_cell_whose_format_shows_nothing_is_left_out() -> None:
    def fill(ws: Worksheet) -> None:
        rows(("이름", "값"), ("가", 7), ("나", 8), ("비밀", 9))(ws)
        ws["B3"].number_format = ";;;"
        ws["A4"].number_format = ";;;"

    (section,) = read(workbook(fill)).sections
    assert section.text == "이름 | 값\n가 | 7\n나 | \n | 9"


@pytest.mark.parametrize(
    ("lines", "header_rows"),
    [
        ((("모델명", "한빛 PR-200 프레스"), ("제조사", "지멘스"), ("중량", "5 t")), 0),
        ((("제조사", "지멘스"), ("정격 전압", 24)), 0),
        ((("코드", "뜻"), ("E-1", "과열")), 1),
        ((("항목", "값"), ("중량", "5 t"), ("전압", "24 V")), 1),
        ((("제조사", "전화"), ("지멘스", "02-1"), ("한빛", "02-2")), 1),
        ((("중량", "2026년"), ("전압", "24 V")), 1),
        ((("제조사", "설명 (요약)"), ("중량", "무겁다")), 1),
    ],
)
def test_labels_with_their_values_have_no_header(lines: tuple[tuple[object, ...], ...], header_rows: int) -> None:
    (section,) = read(workbook(rows(*lines), "사양")).sections
    assert section.header_rows == header_rows
    assert split("d", read(workbook(rows(*lines), "사양")))[
        0
    ].locator == f"사양 표 {1 + header_rows}–{len(lines)}행".replace(f"{len(lines)}–{len(lines)}행", f"{len(lines)}행")


def test_raised_and_struck_runs_of_a_cell() -> None:
    def fill(ws: Worksheet) -> None:
        def part(words: str, **look: object) -> TextBlock:
            return TextBlock(InlineFont(**look), words)

        area = CellRichText("면적 12 m", part("2", vertAlign="superscript"), part(" 15 m", strike=True), " H")
        ws.append(("이름", "값"))
        ws.append(("가", CellRichText(*area, part("2", vertAlign="subscript"), "O")))

    assert read(workbook(fill)).sections[0].text == "이름 | 값\n가 | 면적 12 m² H₂O"
