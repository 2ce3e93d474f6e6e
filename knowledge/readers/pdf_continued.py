"""Ruled tables that go on over pages: a page that does not repeat their header row gets it from the page before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.readers.pdf_layout import Line
from knowledge.readers.pdf_outline import PAGE_NUMBER, edge_words
from knowledge.readers.pdf_tables import Table

_SAME = 3.0
"""Points by which the same column's lines on two pages may differ."""
_BINDING = 40.0
"""Points by which pages bound on the left are printed beside those bound on the right."""
_CAPTION = re.compile(r"^[\W_]*(?:표|별표|그림|table|fig(?:ure)?)[\W_]*\d", re.I)
_VALUE = re.compile(r"[+\-−±]?(?!(?:19|20)\d\d$)\d[\d.,]*\s*[A-Za-zµμΩ℃°%/·²³]*$")
"""What names no column: a number with its unit, years aside."""
_CONTINUED = re.compile(r"(?:계속|이어짐|continued|cont['’]?d)[\W_]*$", re.I)


def with_headers(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Lines of each page, tables among them with the header of the table they go on from.

    A page's first table goes on where it has the columns of the last one of the page before, and nothing but running
    headers and footers stand between. A table that repeats its header needs none, one of names and values has none. `heights` are those of the pages in points; `pages` still have their furniture.
    """
    known = [list(lines) for lines in pages]
    for number in range(1, len(known)):
        first = next((at for at, line in enumerate(known[number]) if line.table), None)
        above = known[number - 1]
        last = next((at for at in reversed(range(len(above))) if above[at].table), None)
        if first is None or last is None:
            continue
        line = known[number][first]
        table, before = line.table, above[last].table
        if not table or not before or not _fit(before, table, heights[number - 1], heights[number]):
            continue
        header = before.header or before.rows[0]
        if header == table.rows[0] or any(map(_VALUE.match, header)):
            continue
        running = _Running(known, heights, number)
        if running.alone(number, range(first)) and running.alone(number - 1, range(last + 1, len(above))):
            known[number][first] = replace(line, table=replace(table, header=header))
    return known


def _fit(before: Table, table: Table, height_before: float, height: float) -> bool:
    """Whether the tables have the same columns, the upper one ends low on its page and the other begins high on its own."""
    shift = table.box[0] - before.box[0]
    return (
        len(before.columns) == len(table.columns)
        and abs(shift) <= _BINDING
        and all(abs(b - a - shift) <= _SAME for a, b in zip(before.columns, table.columns, strict=True))
        and before.box[3] > height_before / 2
        and table.box[1] < height / 2
    )


class _Running:
    """What of two pages that meet, `number` and the one before, is header or footer: words that stand on others too."""

    def __init__(self, pages: Sequence[Sequence[Line]], heights: Sequence[float], number: int) -> None:
        around = range(max(0, number - 3), min(len(pages), number + 3))
        self._lines = {at: pages[at] for at in around}
        self._edges = {at: edge_words(at, pages[at], heights[at]) for at in around}

    def alone(self, number: int, lines: range) -> bool:
        """Whether these lines of a page are all header, footer, page number, or say that the table goes on."""
        others = {key for at, edge in self._edges.items() if at != number for keys in edge.values() for key in keys}
        for at in lines:
            words, keys = self._lines[number][at].text, self._edges[number].get(at, set())
            if _CONTINUED.search(words):
                continue
            if _CAPTION.match(words) or not (keys & others or any(PAGE_NUMBER.match(key) for key, _ in keys)):
                return False
        return True
