"""CSV and TSV: columns parted by commas, semicolons, tabs or bars; each line cited by its row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import PurePath

from knowledge.document import Document
from knowledge.encoding import decode
from knowledge.errors import TooLargeError, UnreadableError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.sheet import MAX_CELLS, Rows, Sheet, Value, sections
from knowledge.readers.text import language_of

_SUFFIXES = {".csv", ".tsv", ".tab"}
_DELIMITERS = ",\t;|"
_SAMPLE = 200
_LEAST_LINES = 5
_NUMBER = re.compile(
    r"[-+₩$€]?\s*\d[\d,]*(?:\.\d+)?\s*%?|\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)
_SAID = re.compile(r"sep=([,;|\t])", re.IGNORECASE)
"""A first line by which Excel is told what parts columns."""
_LONGEST_FIELD = 1_000_000


def claims(data: bytes, name: str) -> bool:
    """A name that says so, or five lines or more that all have the same columns: prose has commas, too.

    Without such a name commas are believed only where cells are short and there are three columns or more.
    """
    if PurePath(name).suffix.lower() in _SUFFIXES:
        return True
    if PurePath(name).suffix.lower() in {".md", ".markdown"}:
        return False
    try:
        rows = _sampled(decode(data))
    except UnreadableError:
        return False
    widths = Counter(len(row) for _, row in rows)
    if len(rows) < _LEAST_LINES or len(widths) != 1:
        return False
    cells = [cell for _, row in rows for cell in row]
    return next(iter(widths)) > 2 and sum(len(cell) for cell in cells) <= 20 * len(cells) and not _spaced(rows)


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """One table. Rows are counted as a spreadsheet program counts them: a cell may hold several lines."""
    text = decode(data)
    delimiter = _delimiter(text, name)
    rows: Rows = {}
    cells = 0
    for at, row in _rows(text, delimiter):
        if at == 1 and _SAID.fullmatch(delimiter.join(row).strip()):
            continue
        filled = {column: Value(cell, bool(_NUMBER.fullmatch(cell.strip()))) for column, cell in enumerate(row, 1)}
        rows[at] = {column: value for column, value in filled.items() if value.text.strip()}
        cells += len(rows[at])
        if cells > MAX_CELLS:
            raise TooLargeError("too_many_cells", limit=MAX_CELLS)
    stem = PurePath(name).stem
    found = sections(Sheet("", {at: row for at, row in rows.items() if row}), 0)
    progress(1, 1)
    return Document(stem, FORMAT.media_type, tuple(found), language_of(text))


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows with their numbers. The reader wants lines with their ends, which it keeps inside quotes."""
    previous = csv.field_size_limit(_LONGEST_FIELD)
    lines = (f"{line}\n" for line in text.split("\n"))
    try:
        return list(enumerate(csv.reader(lines, delimiter=delimiter), 1))
    except csv.Error as error:
        raise UnreadableError("broken", format=FORMAT.name) from error
    finally:
        csv.field_size_limit(previous)


def _sampled(text: str) -> list[tuple[int, list[str]]]:
    start = "\n".join(text[:200_000].split("\n")[:_SAMPLE])
    return [(at, row) for at, row in _rows(start, _delimiter(start, "")) if any(cell.strip() for cell in row)]


def _spaced(rows: list[tuple[int, list[str]]]) -> bool:
    """Whether most cells begin with a space, as words after a comma do in prose."""
    later = [cell for _, row in rows for cell in row[1:] if cell]
    return sum(cell.startswith(" ") for cell in later) * 2 > len(later)


def _delimiter(text: str, name: str) -> str:
    """The one that gives most lines the same number of columns; the more columns, the better."""
    said = _SAID.match(text[:6])
    if said or PurePath(name).suffix.lower() in {".tsv", ".tab"}:
        return said[1] if said else "\t"
    start = "\n".join(text[:200_000].split("\n")[:_SAMPLE])
    best, score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for _, row in _rows(start, delimiter) if row)
        width, lines = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        points = lines / max(widths.total(), 1) * (1 + width / 100) if width > 1 else 0.0
        if points > score:
            best, score = delimiter, points
    return best


FORMAT = Format("CSV", "text/csv", claims, read)
