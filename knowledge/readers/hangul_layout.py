"""Hangul blocks into sections: which paragraphs are headings, tables with their captions, notes, texts beside the flow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.document import Locator, Section
from knowledge.readers.grid import MAX_COLUMNS, Cell, resolve
from knowledge.readers.hangul_blocks import Aside, Box, Note, Object, Paragraph, Styles, Table, TableCell
from knowledge.readers.hangul_numbers import Counters
from knowledge.readers.outline import Outline

MAX_HEADING = 80
"""Characters; an outline level on a longer paragraph is a way of numbering sentences."""
MAX_TYPED_HEADING = 40
_ARTICLE = re.compile(r"^제\d+조(?:의\d+)*\s*[(（][^)）]{1,60}[)）]")
_TYPED = (
    (
        re.compile(
            r"^(?:[\[【〈<]\s*(?:서식|별지|별표|붙임|부록|참고)[^\]】〉>]{0,20}[\]】〉>]|부\s*칙(?=\s*$|\s*[<(〈]))"
        ),
        1,
    ),
    (re.compile(r"^(?:제\s*\d+\s*[편장]|[Ⅰ-Ⅻ]+\.?|[IVX]{1,4}\.)(?=\s)"), 1),
    (re.compile(r"^제\s*\d+\s*절(?=\s)"), 2),
    (re.compile(r"^\d{1,2}\.\s+(?=\D)"), 2),
    (re.compile(r"^[가나다라마바사아자차카타파하]\.\s+"), 3),
)
_ARTICLE_LEVEL = 4
_NO_HEADING = re.compile(r"[:：]|(?:[.。?!;,:]|다|음|함|임|됨|것)[\s)）\"”]*$")


class Layout:
    """Feeds an Outline with the paragraphs of a document in reading order."""

    def __init__(self, styles: Styles) -> None:
        self._outline = Outline()
        self._counters = Counters(styles)
        self._asides: dict[tuple[str, str], None] = {}
        self._paragraphs: list[Paragraph] = []
        self._levels: list[int] = []
        self._bare = ""
        """The words of the last heading while nothing stands under it."""
        self._headed = False
        self.first = ""
        """First heading, else first line of prose: what a document without a title is called."""

    def add(self, paragraphs: Iterable[Paragraph]) -> None:
        """The paragraphs of one part of the document."""
        self._paragraphs += _flat(self._counters.numbered(paragraphs))

    def _flow(self) -> None:
        said = [p for p in self._paragraphs if p.text or any(map(_says, p.objects))]
        places = _places(said)
        at = 0
        for paragraph in self._paragraphs:
            if at < len(said) and paragraph is said[at]:
                self._say(paragraph.text, places[at], heads=_opens(places, at))
                at += 1
            for thing in paragraph.objects:
                self._place(thing)
        self._head(0, "")

    def _say(self, text: str, place: _Place, *, heads: bool) -> None:
        if place.level and heads:
            self._head(place.level, place.words)
            if place.words == text:
                return
        elif place.level and self._levels and self._levels[-1] >= place.level:
            self._head(place.level, "")  # an item beside the headings of its level, not under them
        if text:
            self._prose(text)
            self._name(text, heading=False)

    def _head(self, level: int, words: str) -> None:
        if self._bare and level <= self._levels[-1]:  # nothing came under it: its words are text, or nobody finds them
            self._prose(self._bare)
        self._outline.heading(level, words)
        self._levels = [above for above in self._levels if above < level] + ([level] if words else [])
        self._bare = words
        if words:
            self._name(words, heading=True)

    def _prose(self, text: str) -> None:
        self._bare = ""
        self._outline.prose(text)

    def sections(self) -> tuple[Section, ...]:
        """Sections of all that was fed; headers, footers, comments and memos come last under their own names."""
        self._flow()
        found = list(self._outline.sections())
        for label, words in self._asides:
            found.append(Section(len(found), Locator(label), words))
        return tuple(found)

    def _name(self, words: str, *, heading: bool) -> None:
        if len(words) < 2 or len(words) > MAX_HEADING:
            return
        if not self._headed and (heading or not self.first):
            self.first = words
        self._headed = self._headed or heading

    def _place(self, thing: Object) -> None:
        if isinstance(thing, Table):
            self._table(thing)
        elif not isinstance(thing, Box):
            self._beside(thing)

    def _beside(self, thing: Note | Aside) -> None:
        words = self._words(thing.paragraphs).strip()
        if isinstance(thing, Aside):
            if words:
                self._asides[thing.label, words] = None
        elif thing.kind == "각주":
            self._outline.footnote(thing.number, words)
        else:
            self._outline.footnote(thing.number, words, "미주")

    def _table(self, table: Table) -> None:
        caption = self._words(table.caption).strip()
        if caption:
            self._prose(caption)
        if _says(table):
            self._bare = ""
        self._outline.table(resolve(self._rows(table)), header_rows(table.cells))

    def _rows(self, table: Table) -> list[list[Cell]]:
        """Cells by row. Spans are taken only where they fit: the cells of a whole table cover each place once."""
        height = max((cell.row for cell in table.cells), default=-1) + 1
        width = max((cell.column + cell.columns for cell in table.cells), default=0)
        spans = [(min(c.rows, height - c.row), min(c.columns, width - c.column)) for c in table.cells]
        fit = sum(down * right for down, right in spans) <= 2 * height * min(width, MAX_COLUMNS)
        rows: list[list[Cell]] = [[] for _ in range(height)]
        order = sorted(zip(table.cells, spans, strict=True), key=lambda placed: (placed[0].row, placed[0].column))
        for cell, (down, right) in order:
            words = self._words(cell.paragraphs)
            rows[cell.row].append(Cell(words, down, right) if fit else Cell(words))
        return rows

    def _words(self, paragraphs: Iterable[Paragraph]) -> str:
        """Everything said in a cell, a note or a caption, a line a paragraph; a table inside gives a line a row."""
        return "\n".join(line for paragraph in paragraphs for line in self._lines(paragraph) if line)

    def _lines(self, paragraph: Paragraph) -> Iterator[str]:
        yield paragraph.text
        for thing in paragraph.objects:
            match thing:
                case Table():
                    yield self._words(thing.caption)
                    for row in self._rows(thing):
                        yield " ".join(" ".join(cell.text.split()) for cell in row if cell.text.strip())
                case Box():
                    yield self._words(thing.paragraphs)
                case _:
                    self._beside(thing)


def _flat(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """What flows, in order: a box, and a table of one cell, which is a frame, flow where they stand."""
    for paragraph in paragraphs:
        yield replace(paragraph, objects=())
        for thing in paragraph.objects:
            if isinstance(thing, Box):
                yield from _flat(thing.paragraphs)
            elif isinstance(thing, Table) and len(thing.cells) == 1:
                yield from _flat((*thing.caption, *thing.cells[0].paragraphs))
            else:
                yield Paragraph("", (thing,))


def header_rows(cells: Sequence[TableCell]) -> int:
    """Rows that name the columns: those marked as 제목 셀, else the first, else the first and what it spans in steps."""
    by_row: dict[int, list[TableCell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    height = max(by_row, default=0) + 1
    marked = next((row for row in range(height) if not all(c.header for c in by_row.get(row, []))), height)
    if 0 < marked < height:
        return marked
    first = by_row.get(0, [])
    tall = {cell.rows for cell in first if cell.rows > 1}
    steps = min(tall) if tall and any(cell.columns > 1 for cell in first) else 1
    return steps if steps < height and steps <= 3 else 1


@dataclass(frozen=True, slots=True)
class _Place:
    """What a paragraph could head: `words` at `level`, 0 where it is plain text."""

    level: int = 0
    words: str = ""
    typed: bool = False
    number: int = 0
    """Level of a typed number, whether or not the line is short enough for a heading."""
    whole: bool = True


def _places(said: Sequence[Paragraph]) -> list[_Place]:
    """Within articles (조) a typed number is a clause (호, 목), until a chapter begins."""
    places: list[_Place] = []
    in_article = False
    for paragraph in said:
        place = _place(paragraph)
        if in_article and place.typed and place.level > 1 and not place.words.startswith("제"):
            place = _Place()
        in_article = (place.level == _ARTICLE_LEVEL and place.typed) or (in_article and place.level == 0)
        places.append(place)
    return places


def _place(paragraph: Paragraph) -> _Place:
    """An outline level or style says so; else a typed number at the head of a short line that is no sentence."""
    line = paragraph.text
    level = paragraph.style or (paragraph.head.level if paragraph.head and paragraph.head.kind == "outline" else 0)
    if level and line:
        return _Place(level, line) if len(line) <= MAX_HEADING and not line.endswith("다.") else _Place()
    article = _ARTICLE.match(line)
    if article:
        return _Place(_ARTICLE_LEVEL, article.group(), typed=True, whole=article.group() == line)
    number = next((level for pattern, level in _TYPED if pattern.match(line)), 0)
    if not number or len(line) > MAX_TYPED_HEADING or _NO_HEADING.search(line):
        return _Place(number=number)
    return _Place(number, line, typed=True, number=number)


def _opens(places: Sequence[_Place], at: int) -> bool:
    """A heading has something under it; `1.` `2.` `3.` in a row are a list, and so is the last of them."""
    here = places[at]
    if not here.whole:
        return True
    after = places[at + 1] if at + 1 < len(places) else None
    before = places[at - 1] if at else None
    if here.number and before and before.typed and before.number == here.number:
        return False
    if after is None or (here.number and after.number == here.number):
        return False
    return after.level == 0 or after.level > here.level


def _says(thing: Object) -> bool:
    """Whether anything in a table or a box is text of the flow."""
    if isinstance(thing, Table):
        return any(map(_speaks, thing.caption)) or any(_speaks(p) for cell in thing.cells for p in cell.paragraphs)
    return isinstance(thing, Box) and any(map(_speaks, thing.paragraphs))


def _speaks(paragraph: Paragraph) -> bool:
    return bool(paragraph.text) or any(map(_says, paragraph.objects))
