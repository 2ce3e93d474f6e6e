"""Sheets of cells into tables: which row names the columns, where a table ends, at which row each line stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from knowledge.document import Locator, Section
from knowledge.errors import TooLargeError
from knowledge.readers.grid import columns_named
from knowledge.readers.labelled import is_labelled

MAX_CELLS = 500_000
"""Cells with a value in one file, merged cells counted wherever they reach."""
MAX_GAP = 10_000
"""A longer stretch of empty rows ends a section, so that a cell at the end of the sheet costs nothing."""
_LONGEST_HEADING = 80
_TITLE_ROWS = 3
_MAX_HEADER_ROWS = 4
_UNNAMED = re.compile(r"(?:sheet|시트)\s*\d*", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


class Value(NamedTuple):
    """What stands in a cell. `measured`: a number, date or truth value, which seldom names a column."""

    text: str
    measured: bool = False


class Merge(NamedTuple):
    """A merged range, its last row and column included."""

    top: int
    left: int
    bottom: int
    right: int


Rows = dict[int, dict[int, Value]]
"""Cells with a value by row and column, both counted from 1. Rows and columns without any are not there."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `hidden_row` and `hidden_column` say what a person does not see."""

    name: str
    rows: Rows
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of one table, perhaps with the words above it. `columns` are the ones with a value, in order."""

    rows: Rows
    columns: tuple[int, ...]

    def line(self, at: int) -> list[str]:
        row = self.rows[at]
        return [" ".join(row[column].text.split()) if column in row else "" for column in self.columns]

    def distinct(self, at: int) -> int:
        return len({value.text for value in self.rows[at].values()})


def sections(sheet: Sheet, ordinal: int) -> list[Section]:
    """Tables of a sheet from top to bottom, numbered from `ordinal` on, each line at its row of the sheet.

    A line or two alone above a table are its headings. Raises TooLargeError where merged cells reach too many cells.
    """
    made: list[Placed] = []
    waiting: list[_Block] = []
    carried: tuple[str, ...] = ()
    for block in _blocks(_visible(sheet, _filled(sheet)), sheet):
        if _only_titles(block):
            waiting.append(block)
            continue
        made += [_plain(each, sheet) for each in waiting[:-_TITLE_ROWS]]
        titles = [_sentence(each, at) for each in waiting[-_TITLE_ROWS:] for at in each.rows]
        placed, headings = _tables(block, sheet, (*carried, *titles))
        made += placed
        introduces = _header(block) is None and len(block.rows) <= _TITLE_ROWS + 1
        waiting, carried = [], headings if introduces else ()
    made += [_plain(each, sheet) for each in waiting]
    return [section(ordinal + at) for at, section in enumerate(made)]


def _filled(sheet: Sheet) -> Rows:
    """What a merged cell says stands in each cell it covers, as far as rows and columns are in use."""
    rows = {at: dict(row) for at, row in sheet.rows.items()}
    if not sheet.merges:
        return rows
    used_rows, used_columns = sorted(rows), sorted({column for row in rows.values() for column in row})
    room = MAX_CELLS - sum(len(row) for row in rows.values())
    for merge in sheet.merges:
        value = sheet.rows.get(merge.top, {}).get(merge.left)
        if value is None:
            continue
        columns = [column for column in used_columns if merge.left <= column <= merge.right]
        for at in _between(used_rows, merge.top, merge.bottom):
            room -= len(columns)
            if room < 0:
                raise TooLargeError("too_many_cells", limit=MAX_CELLS)
            for column in columns:
                rows[at].setdefault(column, value)
    return rows


def _between(ordered: Sequence[int], low: int, high: int) -> Sequence[int]:
    from bisect import bisect_left, bisect_right

    return ordered[bisect_left(ordered, low) : bisect_right(ordered, high)]


def _visible(sheet: Sheet, rows: Rows) -> Rows:
    def shown(column: int) -> bool:
        return not any(first <= column <= last for first, last in sheet.hidden_columns)

    columns = {column for row in rows.values() for column in row}
    seen = {column for column in columns if shown(column)}
    kept = {
        at: {column: row[column] for column in sorted(row) if column in seen}
        for at, row in sorted(rows.items())
        if at not in sheet.hidden_rows
    }
    return {at: row for at, row in kept.items() if row}


def _blocks(rows: Rows, sheet: Sheet) -> list[_Block]:
    """Stretches of rows parted by empty ones, each cut at empty columns where tables stand side by side."""
    stretches: list[Rows] = []
    previous = None
    for at, row in rows.items():
        if previous is None or _empty_rows(previous, at, sheet):
            stretches.append({})
        stretches[-1][at] = row
        previous = at
    blocks: list[_Block] = []
    for stretch in stretches:
        for block in _side_by_side(stretch):
            joined = _continued(blocks[-1], block) if blocks else None
            blocks[-1:] = [joined] if joined else [*blocks[-1:], block]
    return blocks


def _empty_rows(previous: int, at: int, sheet: Sheet) -> bool:
    gap = at - previous - 1
    return gap > MAX_GAP or any(row not in sheet.hidden_rows for row in range(previous + 1, at))


def _side_by_side(rows: Rows) -> list[_Block]:
    columns = sorted({column for row in rows.values() for column in row})
    groups = [[columns[0]]]
    for left, right in pairwise(columns):
        if right - left > 1:
            groups.append([])
        groups[-1].append(right)
    parts = [
        {at: cells for at, row in rows.items() if (cells := {c: row[c] for c in row if group[0] <= c <= group[-1]})}
        for group in groups
    ]
    if len(groups) > 1 and all(len(group) > 1 and len(part) > 1 for group, part in zip(groups, parts, strict=True)):
        return [_Block(part, tuple(group)) for group, part in zip(groups, parts, strict=True)]
    return [_Block(rows, tuple(columns))]


def _continued(above: _Block, below: _Block) -> _Block | None:
    """Both as one table, where the lower has no header of its own and lies under the upper's columns."""
    last, first = max(above.rows), min(below.rows)
    aside = below.columns[0] < above.columns[0] or below.columns[-1] > above.columns[-1]
    if first <= last or first - last > MAX_GAP or aside or _only_titles(above) or len(above.columns) < 2:
        return None
    lines = list(below.rows)
    named = next((at for at in lines[: _TITLE_ROWS + 1] if below.distinct(at) > 1), None)
    if named is not None and named != lines[-1] and _names(below, named):
        fresh = named != lines[0] or first - last > 2 or _breaks(above, below.rows[named])
        if fresh or below.columns[0] != above.columns[0]:
            return None
    elif _only_titles(below):
        return None
    columns = tuple(sorted({*above.columns, *below.columns}))
    return _Block(above.rows | below.rows, columns)


def _breaks(above: _Block, row: dict[int, Value]) -> bool:
    """Whether words stand where the last rows above have numbers: a new header, no further row."""
    last = above.rows[max(above.rows)]
    return any(last[c].measured and not value.measured for c, value in row.items() if c in last)


def _only_titles(block: _Block) -> bool:
    short = all(sum(len(t) for t in block.line(at)) <= _LONGEST_HEADING for at in list(block.rows)[:_TITLE_ROWS])
    return len(block.rows) <= _TITLE_ROWS and short and all(block.distinct(at) == 1 for at in block.rows)


def _sentence(block: _Block, at: int) -> str:
    return " ".join(next(iter(block.rows[at].values())).text.split())


def _names(block: _Block, at: int) -> bool:
    """Whether a row names columns: words, or years and months above figures."""
    values = list(block.rows[at].values())
    numbers = [value.text for value in values if value.measured]
    years = [text for text in numbers if _YEAR.fullmatch(text)]
    months = numbers == [str(month) for month in range(1, len(numbers) + 1)] and len(numbers) > 2
    return not numbers or (len(values) > len(numbers) and months) or (len(years) == len(numbers) and len(years) > 1)


def _header(block: _Block) -> int | None:
    """The row that names the columns."""
    lines = list(block.rows)
    if len(block.columns) < 2:
        return None
    width = max(len(block.rows[at]) for at in lines[:50])
    refused = False
    for at in lines[:15]:
        if block.distinct(at) < 2 or len(block.rows[at]) * 2 < width or at == lines[-1]:
            continue
        below = block.rows[lines[lines.index(at) + 1]]
        falls = any(b.measured for c, b in below.items() if c in block.rows[at] and not block.rows[at][c].measured)
        if _names(block, at) and (not refused or falls):
            return at
        refused = True
    return None


def _header_rows(block: _Block, header: int, sheet: Sheet) -> list[int]:
    """Rows of the header: those its merged cells reach, or the one below where it names groups of columns."""
    here = [m for m in sheet.merges if m.top == header and block.columns[0] <= m.left <= block.columns[-1]]
    bottom = min(max((m.bottom for m in here), default=header), header + _MAX_HEADER_ROWS - 1)
    below = next((at for at in block.rows if at > header), None)
    if bottom == header and below and any(m.right > m.left for m in here) and _names(block, below):
        bottom = below
    rows = [at for at in block.rows if header <= at <= bottom]
    return rows if max(block.rows) > rows[-1] else [header]


Placed = Callable[[int], Section]
"""A section that waits for its ordinal."""


def _tables(block: _Block, sheet: Sheet, titles: tuple[str, ...]) -> tuple[list[Placed], tuple[str, ...]]:
    """The table and the lines above it, and what the table is headed by."""
    header = _header(block)
    lines = list(block.rows)
    if header is not None and is_labelled([block.line(at) for at in lines if at >= header]):
        header = None
    above: list[int] = []
    for at in lines[:_TITLE_ROWS] if len(block.columns) > 1 and header is None else lines:
        if at == header or (header is None and block.distinct(at) > 1):
            break
        above.append(at)
    if header is None and (len(block.columns) < 2 or len(above) == len(lines)):
        above = []
    short = [at for at in above if block.distinct(at) == 1 and len(_sentence(block, at)) <= _LONGEST_HEADING]
    headings = (*titles, *dict.fromkeys(_sentence(block, at) for at in short))
    rest = [at for at in above if at not in short]
    made = [_placed(block, sheet, rest, [], headings)] if rest else []
    named = _header_rows(block, header, sheet) if header is not None else []
    body = [at for at in lines if at not in above]
    return [*made, _placed(block, sheet, body, named, headings)], headings


def _plain(block: _Block, sheet: Sheet) -> Placed:
    return _placed(block, sheet, list(block.rows), [], ())


def _placed(block: _Block, sheet: Sheet, lines: list[int], named: list[int], titles: tuple[str, ...]) -> Placed:
    first, last = lines[0], lines[-1]
    text = [""] * (last - first + 1)
    for at in lines:
        text[at - first] = " | ".join(block.line(at)) if len(block.columns) > 1 else "".join(block.line(at))
    if len(named) > 1:
        text[: named[-1] - first + 1] = [""] * (named[-1] - first + 1)
        text[0] = " | ".join(columns_named([block.line(at) for at in named], len(named)))
    name = " ".join(sheet.name.split())
    headings = titles if not name or _UNNAMED.fullmatch(name) else (name, *titles)
    locator = Locator(f"{name} 표".strip())
    header_rows = 1 if named else 0
    return lambda ordinal: Section(ordinal, locator, "\n".join(text), headings, "table", header_rows, first)
