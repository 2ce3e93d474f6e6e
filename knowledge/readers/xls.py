"""Excel workbooks of before 2007 (BIFF, MS-XLS): every sheet a person sees, as its cells are shown."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any

from knowledge.document import Document, Section
from knowledge.errors import KnowledgeError, TooLargeError, UnreadableError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.numeral import hides_text, shown
from knowledge.readers.ooxml import streams
from knowledge.readers.sheet import MAX_CELLS, Merge, Rows, Sheet, Value, sections
from knowledge.readers.text import language_of

_TEXT, _NUMBER, _DATE, _TRUTH = 1, 2, 3, 4
"""Kinds of cells as xlrd counts them; others are empty or hold an error."""


def claims(data: bytes, _name: str) -> bool:
    """An OLE file whose root holds a workbook, and none of the other office programs' streams."""
    found = streams(data)
    return bool(found & {"Workbook", "Book"}) and not found & {"EncryptedPackage", "WordDocument", "FileHeader"}


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Sections with the rows of the sheet. Hidden sheets, rows and columns are left out and counted in the metadata."""
    try:
        found, counts = _sections(data, progress)
    except KnowledgeError:
        raise
    except Exception as error:
        # xlrd raises whatever a damaged record makes its unpacking raise.
        raise UnreadableError("encrypted" if "encrypted" in str(error) else "broken", format=FORMAT.name) from error
    return Document(
        title=PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=tuple(found),
        language=language_of("\n".join(section.text for section in found[:20])),
        metadata={key: str(count) for key, count in counts.items() if count},
    )


def _sections(data: bytes, progress: Progress) -> tuple[list[Section], dict[str, int]]:
    import xlrd

    found: list[Section] = []
    counts = {"hidden_sheets": 0, "hidden_rows": 0}
    room = MAX_CELLS
    options = {"formatting_info": True, "on_demand": True, "ragged_rows": True}
    with xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), **options) as book:
        for done in range(book.nsheets):
            page = book.sheet_by_index(done)
            if page.visibility:
                counts["hidden_sheets"] += 1
            else:
                sheet = _sheet(book, page)
                room -= sum(len(row) for row in sheet.rows.values())
                if room < 0:
                    raise TooLargeError("too_many_cells", limit=MAX_CELLS)
                counts["hidden_rows"] += len(sheet.hidden_rows & sheet.rows.keys())
                found += sections(sheet, len(found))
            book.unload_sheet(done)
            progress(done + 1, book.nsheets)
    return found, counts


def _sheet(book: Any, page: Any) -> Sheet:
    rows: Rows = {}
    for at in range(page.nrows):
        values = {column: _value(book, cell) for column, cell in enumerate(page.row(at), 1)}
        row = {column: value for column, value in values.items() if value.text.strip()}
        if row:
            rows[at + 1] = row
    return Sheet(
        page.name,
        rows,
        tuple(Merge(top + 1, left + 1, bottom, right) for top, bottom, left, right in page.merged_cells),
        frozenset(at + 1 for at, info in page.rowinfo_map.items() if info.hidden),
        tuple((at + 1, at + 1) for at, info in page.colinfo_map.items() if info.hidden),
    )


def _value(book: Any, cell: Any) -> Value:
    if cell.ctype == _TRUTH:
        return Value("TRUE" if cell.value else "FALSE", measured=True)
    if cell.ctype not in {_TEXT, _NUMBER, _DATE}:
        return Value("")
    code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if cell.ctype == _TEXT:
        return Value("" if hides_text(code) else str(cell.value))
    return Value(shown(repr(cell.value), code, since_1904=bool(book.datemode)), measured=True)


FORMAT = Format("XLS", "application/vnd.ms-excel", claims, read)
