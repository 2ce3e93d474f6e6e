from __future__ import annotations

import io
from datetime import date

import pytest
import xlwt

from knowledge.document import Document
from knowledge.errors import UnreadableError
from knowledge.readers import xls
from knowledge.readers.format import silent


def workbook() -> bytes:
    book = xlwt.Workbook()
    ws = book.add_sheet("설비목록")
    ws.write_merge(0, 0, 0, 3, "2026년 설비")
    for column, words in enumerate(("설비", "도입", "비율", "비밀")):
        ws.write(2, column, words)
    for row in range(3, 7):
        ws.write(row, 1, date(2026, 11, row), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
        ws.write(row, 2, 0.1 * row, xlwt.easyxf(num_format_str="0%"))
        ws.write(row, 3, "원가")
    ws.write_merge(3, 4, 0, 0, "프레스")
    ws.write(5, 0, "숨은 줄")
    ws.write(6, 0, "선반")
    ws.row(5).hidden = True
    ws.col(3).hidden = True
    other = book.add_sheet("숨은 시트")
    other.write(0, 0, "숨은 말")
    other.visibility = 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes) -> Document:
    assert xls.FORMAT.claims(data, "x")
    return xls.read(data, "설비.xls", silent)


def test_an_old_workbook_is_read_as_a_person_sees_it() -> None:
    document = read(workbook())
    (section,) = document.sections
    assert section.text.split("\n") == [
        "설비 | 도입 | 비율",
        "프레스 | 2026-11-03 | 30%",
        "프레스 | 2026-11-04 | 40%",
        "",
        "선반 | 2026-11-06 | 60%",
    ]
    assert (section.first_row, section.headings) == (3, ("설비목록", "2026년 설비"))
    assert document.metadata == {"hidden_sheets": "1", "hidden_rows": "1"}


def test_a_damaged_old_workbook_is_said_to_be_damaged() -> None:
    data = workbook()
    with pytest.raises(UnreadableError) as refused:
        xls.read(data[:1000], "x.xls", silent)
    assert refused.value.reason == "broken"
