"""Excel workbooks (SpreadsheetML, ISO/IEC 29500-1 part 18): every sheet a person sees, as its cells are shown.

The cells are read as a stream from the package itself, never by the dimensions a sheet declares. What libraries offer
lacks something a person sees: see `docs/decisions.md`.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from lxml import etree

from knowledge.document import Document, Finding, Section
from knowledge.errors import TooLargeError, UnreadableError, UnsupportedError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.numeral import BUILTIN, hides_text, shown
from knowledge.readers.ooxml import Parts, attribute, child, children, of_kind, said
from knowledge.readers.raised import Height, set_at
from knowledge.readers.sheet import MAX_CELLS, Merge, Rows, Sheet, Value, sections
from knowledge.readers.text import language_of
from knowledge.readers.xml import local

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_HEIGHTS: dict[str, Height] = {"superscript": "sup", "subscript": "sub"}
_MEASURED = {"n", "b", "d"}


@dataclass(frozen=True, slots=True)
class _Book:
    """What cells of every sheet refer to: shared strings, and the format code of each style."""

    strings: list[str]
    codes: list[str]
    since_1904: bool


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Sections with the rows of the sheet. Hidden sheets, rows and columns are left out and counted in the metadata."""
    parts = Parts(data, FORMAT.name)
    main = parts.main()
    if main.endswith(".bin"):
        raise UnsupportedError("old_office", format="XLSB", instead="XLSX")
    workbook, relations = parts.root(main), parts.relations(main)
    book = _Book(_strings(parts, main), _codes(parts, main), _since_1904(workbook))
    listed = children(workbook, "sheets", "sheet")
    seen = [each for each in listed if each.get("state", "visible") == "visible"]
    found: list[Section] = []
    findings: list[Finding] = []
    room, hidden = MAX_CELLS, 0
    for done, each in enumerate(seen):
        relation = relations.get(attribute(each, "id") or "")
        if relation is None or relation.kind != "worksheet":
            continue
        label = each.get("name", "")
        sheet, empty = _sheet(parts.package.read(relation.target), label, book, room)
        room -= sum(len(row) for row in sheet.rows.values())
        hidden += len(sheet.hidden_rows & sheet.rows.keys())
        found += sections(sheet, len(found))
        if empty:
            findings.append(Finding(label, str(empty), "formula_without_value", {"count": str(empty)}))
        progress(done + 1, len(seen))
    if findings and not found:
        raise UnreadableError("formulas_without_values")
    title, metadata = parts.properties()
    counts = {"hidden_sheets": len(listed) - len(seen), "hidden_rows": hidden}
    return Document(
        title=title or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=tuple(found),
        language=language_of("\n".join(section.text for section in found[:20])),
        metadata=metadata | {key: str(count) for key, count in counts.items() if count},
        findings=tuple(findings),
    )


def _since_1904(workbook: etree._Element) -> bool:
    properties = child(workbook, "workbookPr")
    return properties is not None and properties.get("date1904") in {"1", "true"}


def _words(element: etree._Element) -> str:
    """Text of a string with its runs, without struck ones; readings set above Chinese characters (`rPh`) are none of it."""
    parts = []
    for each in element:
        if local(each) == "t":
            parts.append(each.text or "")
        elif local(each) == "r":
            look = child(each, "rPr")
            raised = child(look, "vertAlign") if look is not None else None
            height = _HEIGHTS.get(raised.get("val", ""), "") if raised is not None else ""
            if not said(look, "strike"):
                parts += [set_at(height, part.text or "") for part in each if local(part) == "t"]
    return "".join(parts)


def _elements(data: bytes, *names: str) -> Iterator[etree._Element]:
    """Elements of these names as they end. Raises UnreadableError where the XML is damaged."""
    wanted = [f"{{*}}{name}" for name in names]
    stream = etree.iterparse(
        io.BytesIO(data), tag=wanted, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for _, element in stream:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.XMLSyntaxError, TypeError) as error:
        raise UnreadableError("broken", format=FORMAT.name) from error


def _strings(parts: Parts, main: str) -> list[str]:
    names = parts.related("sharedStrings", main)
    return [_words(each) for each in _elements(parts.package.read(names[0]), "si")] if names else []


def _codes(parts: Parts, main: str) -> list[str]:
    names = parts.related("styles", main)
    if not names:
        return []
    root = parts.root(names[0])
    own = {each.get("numFmtId", ""): each.get("formatCode", "") for each in children(root, "numFmts", "numFmt")}
    codes = []
    for style in children(root, "cellXfs", "xf"):
        number = style.get("numFmtId", "0")
        codes.append(own.get(number) or BUILTIN.get(int(number) if number.isdecimal() else 0, ""))
    return codes


def _sheet(data: bytes, label: str, book: _Book, room: int) -> tuple[Sheet, int]:
    """The sheet, and how many formulas were saved without their value."""
    rows: Rows = {}
    merges: list[Merge] = []
    hidden_rows: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    at, empty = 0, 0
    for element in _elements(data, "row", "mergeCell", "col"):
        kind = local(element)
        if kind == "row":
            at = _index(element.get("r"), at + 1, MAX_ROW)
            row, missing = _row(element, book)
            empty += missing
            if _on(element.get("hidden")):
                hidden_rows.add(at)
            if row:
                rows.setdefault(at, {}).update(row)
                room -= len(row)
            if room < 0:
                raise TooLargeError("too_many_cells", limit=MAX_CELLS)
        elif kind == "col" and _on(element.get("hidden")):
            first = _index(element.get("min"), 1, MAX_COLUMN)
            hidden_columns.append((first, _index(element.get("max"), first, MAX_COLUMN)))
        elif kind == "mergeCell" and len(merges) < MAX_CELLS:
            merges += _merge(element.get("ref", ""))
    return Sheet(label, rows, tuple(merges), frozenset(hidden_rows), tuple(hidden_columns)), empty


def _on(value: str | None) -> bool:
    return value in {"1", "true"}


def _index(written: str | None, otherwise: int, most: int) -> int:
    number = int(written) if written and written.isdecimal() and len(written) < 9 else otherwise
    return min(max(number, 1), most)


def _merge(reference: str) -> list[Merge]:
    corners = [_place(part) for part in reference.replace("$", "").split(":")]
    if len(corners) != 2 or None in corners:
        return []
    (top, left), (bottom, right) = (corner for corner in corners if corner)
    return [Merge(min(top, bottom), min(left, right), max(top, bottom), max(left, right))]


def _place(reference: str) -> tuple[int, int] | None:
    """(row, column) of `B12`; None where it names no cell."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    row, column = int(match[2]), _column(match[1])
    return (row, column) if row <= MAX_ROW and column <= MAX_COLUMN else None


@functools.cache
def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _row(element: etree._Element, book: _Book) -> tuple[dict[int, Value], int]:
    row: dict[int, Value] = {}
    column, missing = 0, 0
    for cell in element:
        if not str(cell.tag).endswith("}c"):
            continue
        place = _place(cell.get("r", ""))
        column = place[1] if place else column + 1
        value = _value(cell, book)
        if value is not None and value.text.strip() and column <= MAX_COLUMN:
            row[column] = value
        elif value is None and child(cell, "f") is not None:
            missing += 1
    return row, missing


def _value(cell: etree._Element, book: _Book) -> Value | None:
    """None where the file holds no value for the cell."""
    kind = cell.get("t", "n")
    code = _code(cell, book)
    if kind == "inlineStr":
        inline = child(cell, "is")
        return Value("" if hides_text(code) else _words(inline)) if inline is not None else None
    text = next((each.text for each in cell if str(each.tag).endswith("}v")), None)
    if text is None:
        return None
    if kind == "s":
        at = int(text) if text.isdecimal() and len(text) < 9 else len(book.strings)
        text = book.strings[at] if at < len(book.strings) else None
        return None if text is None else Value("" if hides_text(code) else text)
    if kind == "b":
        text = "TRUE" if text == "1" else "FALSE"
    if kind == "d":
        text = text.removesuffix("T00:00:00").replace("T", " ")
    if kind == "n":
        text = shown(text, code, since_1904=book.since_1904)
    elif kind == "str" and hides_text(code):
        text = ""
    return Value(str(text), kind in _MEASURED)


def _code(cell: etree._Element, book: _Book) -> str:
    style = cell.get("s", "0")
    at = int(style) if style.isdecimal() and len(style) < 7 else 0
    return book.codes[at] if at < len(book.codes) else ""


FORMAT = Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", of_kind("xl"), read)
