"""Text and tables of a document as HTML, quoted words marked. Whatever comes from a document is escaped here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from ui.document_text import say
from ui.text import Language

Span = tuple[int, int]
_CELL = " | "


def spans(text: str, quotes: Sequence[str]) -> list[Span]:
    """Where quotes stand in a text, in order. A quote's white space matches any white space."""
    found = []
    for words in (quote.split() for quote in quotes):
        match = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
        if match:
            found.append(match.span())
    return sorted(found)


def passage(text: str, quotes: Sequence[str]) -> str:
    """The text with the quotes found in it marked."""
    return _marked(text, 0, spans(text, quotes))


def table(
    rows: Sequence[Sequence[str]],
    header_rows: int,
    first_row: int,
    quotes: Sequence[str],
    language: Language,
    *,
    numbered: bool = True,
) -> str:
    """A table with its header. The first of `rows` is row `first_row` of what a person sees; an empty one holds its
    number. A quote that is no stretch of the table is looked for line by line.
    """
    lines = [_CELL.join(row) for row in rows]
    text = "\n".join(lines)
    found = spans(text, quotes) or spans(text, [line for quote in quotes for line in quote.split("\n")])
    width = max((len(row) for row in rows), default=0)
    shown, at = [], 0
    for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
        head = number < header_rows
        label = f'<th scope="row" class="gj-row-n">{first_row + number}</th>' if numbered and not head else ""
        if numbered and head:
            label = f'<th scope="col" class="gj-row-n">{"" if number else say("column_row", language)}</th>'
        if row:
            shown.append((head, f"<tr>{label}{_cells(row, at, found, width, head=head)}</tr>"))
        at += len(line) + 1
    thead = "".join(row for head, row in shown if head)
    body = "".join(row for head, row in shown if not head)
    return f"<table>{f'<thead>{thead}</thead>' if thead else ''}<tbody>{body}</tbody></table>"


def _cells(row: Sequence[str], at: int, found: Sequence[Span], width: int, *, head: bool) -> str:
    """Cells of the row whose line begins at `at`; short rows are filled up to `width`."""
    shown = []
    for cell in row:
        words = _marked(cell, at, found)
        shown.append(f'<th scope="col">{words}</th>' if head else f"<td>{words}</td>")
        at += len(cell) + len(_CELL)
    return "".join(shown) + ("<th></th>" if head else "<td></td>") * (width - len(row))


def _marked(text: str, begins: int, found: Sequence[Span]) -> str:
    """The text, which begins at `begins` of what the spans count, with what they cover of it marked."""
    parts, at = [], 0
    for start, end in ((first - begins, last - begins) for first, last in found):
        begin, stop = max(start, at), min(end, len(text))
        if stop > begin:
            parts.append(f"{escape(text[at:begin])}<mark>{escape(text[begin:stop])}</mark>")
            at = stop
    return "".join(parts) + escape(text[at:])
