"""Documents cut into chunks: the unit that is embedded, found and cited."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from knowledge.document import Document, Section
from retrieval.sentence import spans

LONGEST = 500
"""Characters of a chunk at most (a Korean syllable is one): about 250 tokens of the embedder, four fit a short prompt."""
WANTED = 320
"""The length the cutter aims for where borders allow."""
_FARTHEST = 8 * LONGEST
LONGEST_HEADER = 200
"""A longer first row is not repeated whole: it is content, or names more columns than one chunk can show."""
_LONGEST_NAME = 80
"""Characters of a column's name at most; a first row with a longer cell is content."""
_WIDE = 6
"""Columns from which on a long first row may be names."""

_LINE = re.compile(r"\n\s*")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_CLAUSE = re.compile(r"(?m)^[^\S\n]*(?=\*{0,2}[①-⑳])")
_TABLE_LABEL = re.compile(r"(?:^|\s)(?:표|table)\s*[\d.-]*$", re.IGNORECASE)
_ROW = " | "


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage with its place. `text` is verbatim: a slice of the section, or lines of its table.

    `context` ("title > headings") is prepended for embedding and keyword search only and never cited.
    `section` is the section's ordinal, `ordinal` counts chunks within the document.
    """

    chunk_id: str
    document_id: str
    ordinal: int
    section: int
    locator: str
    page: int | None
    headings: tuple[str, ...]
    text: str
    context: str

    @property
    def passage(self) -> str:
        """What is embedded: the context on its own line, then the text."""
        return f"{self.context}\n{self.text}"


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    locator: str


def split(document_id: str, document: Document) -> list[Chunk]:
    """Chunks of a document in reading order. None crosses a section; the same document gets the same ids."""
    chunks: list[Chunk] = []
    seen: Counter[tuple[int, str]] = Counter()
    for section in document.sections:
        pieces = _table(section) if section.kind == "table" else _prose(section)
        context = _context(document.title, section.headings)
        for piece in pieces:
            key = (section.ordinal, piece.text)
            chunks.append(
                Chunk(
                    chunk_id=_identity(document_id, str(section.ordinal), context, piece.text, str(seen[key])),
                    document_id=document_id,
                    ordinal=len(chunks),
                    section=section.ordinal,
                    locator=piece.locator,
                    page=section.locator.page,
                    headings=section.headings,
                    text=piece.text,
                    context=context,
                )
            )
            seen[key] += 1
    return chunks


def _identity(*parts: str) -> str:
    """Of everything the indexes hold of a chunk: a chunk whose id stays need not be indexed again."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _context(title: str, headings: tuple[str, ...]) -> str:
    parts = [title, *(heading for heading in headings if heading != title)]
    return " > ".join(part for part in parts if part)


def _prose(section: Section) -> Iterator[_Piece]:
    for start, end in _cut(section.text):
        yield _Piece(section.text[start:end], section.locator.label)


def _cut(text: str) -> list[tuple[int, int]]:
    """Slices of at most `LONGEST` characters, cut where it costs least: 항 and paragraph borders, then lines, sentences, words.

    A shortest path over the borders: `cheapest[i]` is what cutting everything before border i costs, `before[i]` the border
    at which the last slice then begins.
    """
    borders = _borders(text)
    # Where a slice from, or to, a border really begins, or ends: without the white space there.
    begins = [at + len(piece) - len(piece.lstrip()) for (at, _), piece in _between(text, borders)]
    ends = [0, *(at + len(piece.rstrip()) for (at, _), piece in _between(text, borders))]
    cheapest, before = [0.0], [0]
    for i in range(1, len(borders)):
        least, its, penalty = float("inf"), 0, borders[i][1]
        for j in range(i - 1, -1, -1):
            length = ends[i] - begins[j] if ends[i] > begins[j] else 0
            far = borders[i][0] - borders[j][0] > _FARTHEST  # over white space alone, which has no length
            if (length > LONGEST or far) and j < i - 1:
                break
            cost = cheapest[j] + penalty + ((length - WANTED) / WANTED) ** 2
            if cost <= least:
                least, its = cost, j
        cheapest.append(least)
        before.append(its)
    cuts = [len(borders) - 1]
    while cuts[-1] > 0:
        cuts.append(before[cuts[-1]])
    edges = [borders[i][0] for i in reversed(cuts)]
    slices = (_trim(text, a, b) for a, b in pairwise(edges))
    return [(a, b) for a, b in slices if a < b]


def _between(text: str, borders: list[tuple[int, float]]) -> Iterator[tuple[tuple[int, float], str]]:
    """Each border but the last, with the text up to the next."""
    for border, after in pairwise(borders):
        yield border, text[border[0] : after[0]]


def _borders(text: str) -> list[tuple[int, float]]:
    """Places where the text may be cut, with what a cut costs there; the first is 0 and the last the end."""
    costs = {start: 0.3 for start, _ in spans(text)}
    costs.update({match.end(): 0.1 for match in _LINE.finditer(text) if match.end() in costs})
    costs.update({match.end(): 0.0 for match in _PARAGRAPH.finditer(text)})
    costs.update({match.end(): 0.0 for match in _CLAUSE.finditer(text)})
    costs |= {0: 0.0, len(text): 0.0}
    ordered = sorted(costs)
    for start, end in pairwise(ordered):
        if end - start > LONGEST:
            costs.update({start + at: 1.0 for at in _word_borders(text[start:end])})
    return sorted(costs.items())


def _word_borders(stretch: str) -> list[int]:
    """Borders inside a sentence that is itself too long: about every quarter of a chunk, at white space if there is any."""
    step = LONGEST // 4
    borders = []
    position = step
    while position < len(stretch):
        space = stretch.rfind(" ", position - step + 1, position)
        position = space + 1 if space > 0 else position
        borders.append(position)
        position += step
    return borders


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _table(section: Section) -> Iterator[_Piece]:
    """Groups of rows under the header row. Rows are counted as a person sees them, the header among them."""
    lines = enumerate(section.text.splitlines(), section.first_row)
    rows = [(number, line.strip()) for number, line in lines if line.strip()]
    if not rows:
        return
    header = rows[0][1] if section.header_rows and len(rows) > 1 else None
    if header is None or len(header) <= LONGEST_HEADER:
        yield from _grouped(section, header, rows[1:] if header else rows)
        return
    parts = _columns(section.text.splitlines())
    for names, below in parts:
        yield from _grouped(section, names, [(section.first_row + at, line) for at, line in below])
    if not parts:  # row 0 stands, and is cited, on the page before
        yield from _grouped(section, None, [row for row in rows if row[0] > 0])


def _columns(lines: list[str]) -> list[tuple[str, list[tuple[int, str]]]]:
    """A table of many columns as several of few, each with the first column, which says what a row is about.

    Each is (column names, (number from 0, row) of each row that says something there). None of them where the first
    row is content, or cells themselves hold what parts cells.
    """
    table = [(at, line.split(_ROW)) for at, line in enumerate(lines) if line.strip()]
    names = table[0][1]
    if len(names) < _WIDE or max(map(len, names)) > _LONGEST_NAME or any(len(row) != len(names) for _, row in table):
        return []
    groups: list[list[int]] = [[0]]
    for column in range(1, len(names)):
        if len(_ROW.join(names[at] for at in (*groups[-1], column))) > LONGEST_HEADER:
            groups.append([0])
        groups[-1].append(column)
    return [
        (
            _ROW.join(names[at] for at in group).strip(),
            [
                (n, _ROW.join(row[at] for at in group).strip())
                for n, row in table[1:]
                if any(row[at] for at in group[1:])
            ],
        )
        for group in groups
    ]


def _grouped(section: Section, header: str | None, rows: list[tuple[int, str]]) -> Iterator[_Piece]:
    """Rows in groups that fit a chunk, the header above each."""
    room = LONGEST - (len(header) + 1 if header else 0)
    group: list[tuple[int, str]] = []
    for number, line in rows:
        for part in _row_parts(line, room):
            if group and sum(len(row) + 1 for _, row in group) + len(part) > room:
                yield _rows(section, header, group)
                group = []
            group.append((number, part))
    if group:
        yield _rows(section, header, group)


def _row_parts(line: str, room: int) -> list[str]:
    """A row, whole; only one longer than two chunks is cut, since an embedder would not read its end."""
    return [line] if len(line) <= max(room, LONGEST) * 2 else [line[a:b] for a, b in _cut(line)]


def _rows(section: Section, header: str | None, group: list[tuple[int, str]]) -> _Piece:
    first, last = group[0][0], group[-1][0]
    label = section.locator.label
    place = label if _TABLE_LABEL.search(label) else f"{label} 표".strip()
    numbers = f"{first}행" if first == last else f"{first}–{last}행"
    lines = ([header] if header else []) + [row for _, row in group]
    return _Piece("\n".join(lines), f"{place} {numbers}")
