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
LONGEST_HEADER = 200
"""A longer first row is content, not column names, and is not repeated."""

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

    A shortest path over the borders: `best[i]` is the cheapest way to have cut everything before border i.
    """
    borders = _borders(text)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for i in range(1, len(borders)):
        end, penalty = borders[i]
        choices: list[tuple[float, int]] = []
        for j in range(i - 1, -1, -1):
            length = len(text[borders[j][0] : end].strip())
            if length > LONGEST and choices:
                break
            choices.append((best[j][0] + penalty + ((length - WANTED) / WANTED) ** 2, j))
        best.append(min(choices))
    cuts = [len(borders) - 1]
    while cuts[-1] > 0:
        cuts.append(best[cuts[-1]][1])
    edges = [borders[i][0] for i in reversed(cuts)]
    slices = (_trim(text, a, b) for a, b in pairwise(edges))
    return [(a, b) for a, b in slices if a < b]


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
    header = rows[0][1] if section.header_rows and len(rows) > 1 and len(rows[0][1]) <= LONGEST_HEADER else None
    room = LONGEST - (len(header) + 1 if header else 0)
    group: list[tuple[int, str]] = []
    for number, line in rows[1:] if header else rows:
        for part in _row_parts(line, room):
            if group and sum(len(row) + 1 for _, row in group) + len(part) > room:
                yield _rows(section, header, group)
                group = []
            group.append((number, part))
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
