"""Rows of a table that a chunk or a quote of it shows, by the number a person sees beside them."""

from __future__ import annotations

import re

from knowledge.document import Section

_RANGE = re.compile(r"(\d+)(?:–(\d+))?행$")
_CELLS = " | "


def row_numbers(section: Section, text: str, locator: str) -> tuple[int, ...]:
    """The row of each line of a chunk's `text`, cut from this table and cited as `locator`; 0 where it is not certain.

    Nothing where the lines are not plainly rows of the table.
    """
    cited = _RANGE.search(locator)
    if section.kind != "table" or cited is None:
        return ()
    lines = [line.strip() for line in section.text.splitlines()]
    first, last = int(cited[1]), int(cited[2] or cited[1])
    if not section.first_row <= first <= last < section.first_row + len(lines):
        return ()
    below = {at: line for at in range(first, last + 1) if (line := lines[at - section.first_row])}
    own = text.split("\n")
    if own == list(below.values()):
        return tuple(below)
    head = next((at for at, line in enumerate(lines) if line), 0)
    if not section.header_rows or section.first_row + head >= first:
        return ()
    if own == [lines[head], *below.values()]:
        return (section.first_row + head, *below)
    # Some columns of a wide table: which row a line is of cannot be told from its words alone.
    of_header = set(own[0].split(_CELLS)) <= set(lines[head].split(_CELLS))
    return (section.first_row + head, *(0 for _ in own[1:])) if of_header and own[0] not in below.values() else ()


def narrowed(locator: str, rows: tuple[int, ...], text: str, quote: str) -> str:
    """`locator` with the rows that the quote stands in: `표 1 2–12행` becomes `표 1 7행`. As it was where that is unsure.

    `rows` are those of the lines of `text`.
    """
    cited = _RANGE.search(locator)
    place = _only_place(text, quote) if rows and cited else None
    if cited is None or place is None:
        return locator
    quoted = rows[text.count("\n", 0, place[0]) : text.count("\n", 0, place[1]) + 1]
    if len(quoted) > 1 and quoted[0] < int(cited[1]) and quoted[1] != quoted[0] + 1:
        quoted = quoted[1:]  # the names of the columns, from further up
    if not quoted or not all(quoted):
        return locator
    numbers = f"{quoted[0]}행" if quoted[0] == quoted[-1] else f"{quoted[0]}–{quoted[-1]}행"
    return locator[: cited.start()] + numbers


def _only_place(text: str, quote: str) -> tuple[int, int] | None:
    """Where the quote stands, white space folded: the one place that is whole lines, else the one place there is."""
    words = quote.split()
    found = [match.span() for match in re.finditer(r"\s+".join(map(re.escape, words)), text)] if words else []
    whole = [
        (start, end)
        for start, end in found
        if not text[text.rfind("\n", 0, start) + 1 : start].strip() and not text[end:].partition("\n")[0].strip()
    ]
    certain = whole or found
    return certain[0] if len(certain) == 1 else None
