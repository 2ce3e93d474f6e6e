"""Word documents (WordprocessingML, ISO/IEC 29500-1 part 17), as they read with all changes accepted.

The package's XML is walked here: what libraries offer drops what people cite, see `docs/decisions.md`.
"""

from __future__ import annotations

from pathlib import PurePath

from lxml import etree

from knowledge.document import Document
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.grid import MAX_COLUMNS, Cell, resolve
from knowledge.readers.ooxml import Parts, attribute, child, of_kind, said
from knowledge.readers.outline import Outline
from knowledge.readers.raised import Height
from knowledge.readers.run import Words, font, has_ground, is_white
from knowledge.readers.symbols import sign, unfold
from knowledge.readers.text import language_of
from knowledge.readers.wordprocessing import Numbering, Styles
from knowledge.readers.xml import local

_LEFT_OUT = {
    "del",
    "moveFrom",
    "Fallback",
    "rt",
    "delText",
    "instrText",
    "pPr",
    "rPr",
    "sdtPr",
    "tblPr",
    "trPr",
    "tcPr",
}
_SIGNS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": ("footnotes", "각주"), "endnoteReference": ("endnotes", "미주")}
_RAISED: dict[str, Height] = {"sup": "sup", "sub": "sub"}
_POWERS = {"sSup", "sSub", "sSubSup", "sPre"}
"""Elements of an equation in which `sup` and `sub` are what they say; in others they are limits."""
_HEADING_LENGTH = 200


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Headings, paragraphs with their list numbers, tables, notes, text boxes; headers and footers once, at the end."""
    parts = Parts(data, FORMAT.name)
    main = parts.main()
    body = child(parts.root(main), "body")
    walk = _Walk(parts, main)
    if body is not None:
        walk.blocks(body)
    walk.edges()
    title, metadata = parts.properties()
    found = walk.outline.sections()
    progress(1, 1)
    return Document(
        title=title or walk.title or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=found,
        language=language_of("\n".join(section.text for section in found)),
        metadata=metadata,
    )


class _Walk:
    def __init__(self, parts: Parts, main: str) -> None:
        self.outline = Outline()
        self.title = ""
        self._parts, self._main = parts, main
        self._styles, self._numbering = Styles(parts, main), Numbering(parts, main)
        self._notes: dict[tuple[str, str], etree._Element] = {}
        self._marks: dict[str, int] = {}
        self._items: list[str] = []
        self._has_ground = has_ground(parts, main)
        for kind, _ in _NOTES.values():
            for path in parts.related(kind, main)[:1]:
                for note in parts.root(path):
                    self._notes[kind, attribute(note, "id") or ""] = note

    def blocks(self, parent: etree._Element) -> None:
        """Paragraphs and tables in order, whatever wraps them."""
        for each in parent:
            kind = local(each)
            if kind == "p":
                self._paragraph(each)
            elif kind == "tbl":
                self._flush()
                self._table(each)
            elif kind not in _LEFT_OUT and len(each):
                self.blocks(each)
        if local(parent) in {"body", "txbxContent", "tc", "hdr", "ftr"}:
            self._flush()

    def edges(self) -> None:
        """Headers and footers, each wording once; page numbers alone say nothing."""
        for kind, words in (("header", "머리글"), ("footer", "바닥글")):
            seen: dict[str, None] = {}
            for path in self._parts.related(kind, self._main):
                for paragraph in self._parts.root(path).iter("{*}p"):
                    text = self._inline(paragraph).text
                    if any(letter.isalpha() for letter in text):
                        seen.setdefault(text)
            if seen:
                self.outline.heading(1, words)
                self.outline.prose("\n".join(seen))

    def _paragraph(self, element: etree._Element) -> None:
        properties = child(element, "pPr")
        if self._styles.is_contents(properties):
            return
        inline = self._inline(element)
        numbered = self._styles.numbering(properties)
        words = inline.text
        if words and numbered:
            words = f"{self._numbering.next(*numbered)} {words}".strip()
        level = self._styles.level(properties)
        if words and level is not None and len(words) <= _HEADING_LENGTH:
            self._flush()
            self.title = self.title or words
            self.outline.heading(level, " ".join(words.split()))
        elif words and numbered:
            self._items.append(words)
        elif words:
            self._flush()
            self.outline.prose(words)
        for box in inline.boxes:
            self.blocks(box)

    def _flush(self) -> None:
        """Items of one list stand together."""
        if self._items:
            self.outline.prose("\n".join(self._items))
            self._items = []

    def _inline(self, element: etree._Element) -> Words:
        found = Words()
        if not self._styles.hides(child(element, "pPr")):
            self._gather(element, found)
        return found

    def _gather(self, element: etree._Element, found: Words, height: Height = "") -> None:
        for each in element:
            kind = local(each)
            if kind in _LEFT_OUT or (kind == "r" and self._is_unseen(each)):
                continue
            if kind == "t":
                found.add(unfold(each.text or "", font(element)), height)
            elif kind in _SIGNS:
                found.add(_SIGNS[kind])
            elif kind == "sym":
                found.add(sign(attribute(each, "font") or "", attribute(each, "char") or ""), height)
            elif kind == "br":
                found.add("\n" if attribute(each, "type") in {None, "textWrapping"} else "")
            elif kind in _NOTES:
                found.add(self._note(kind, attribute(each, "id") or ""))
            elif kind == "txbxContent":
                found.boxes.append(each)
            elif len(each):
                self._gather(each, found, self._height(each, height))

    def _height(self, element: etree._Element, outer: Height) -> Height:
        kind = local(element)
        if kind == "r":
            return self._styles.height(child(element, "rPr")) or outer
        parent = element.getparent()
        return _RAISED[kind] if kind in _RAISED and parent is not None and local(parent) in _POWERS else outer

    def _is_unseen(self, run: etree._Element) -> bool:
        properties = child(run, "rPr")
        return self._styles.hides(properties) or (not self._has_ground and is_white(run, properties))

    def _note(self, reference: str, number: str) -> str:
        kind, word = _NOTES[reference]
        note = self._notes.pop((kind, number), None)
        if note is None:
            return ""
        self._marks[kind] = self._marks.get(kind, 0) + 1
        mark = str(self._marks[kind])
        texts = [self._inline(paragraph).text for paragraph in note.iter("{*}p")]
        self.outline.footnote(mark, "\n".join(text for text in texts if text), word)
        return f"({word} {mark})"

    def _table(self, element: etree._Element) -> None:
        """A table of one cell is a frame around text; tables inside cells follow their table."""
        rows = _rows(element)
        if len(rows) == 1 and len(_cells(rows[0])) == 1:
            self.blocks(_cells(rows[0])[0])
            return
        inner: list[etree._Element] = []
        table = resolve(self._grid(rows, inner))
        marked = next((at for at, row in enumerate(rows) if not said(child(row, "trPr"), "tblHeader")), len(rows))
        named = min(max(marked or _stacked(rows), 1), max(len(rows) - 1, 1))
        self.outline.table(table, named, marked=marked > 0)
        for each in inner:
            if local(each) == "tbl":
                self._table(each)
            else:
                self.blocks(each)

    def _grid(self, rows: list[etree._Element], inner: list[etree._Element]) -> list[list[Cell]]:
        """Cells with what they span; a cell that goes on downwards is left to the one above it."""
        depth = _depths(rows)
        grid: list[list[Cell]] = []
        for at, row in enumerate(rows):
            before = _count(child(row, "trPr"), "gridBefore")
            cells = [Cell("", columns=before)] if before else []
            column = before
            for cell in _cells(row):
                span = max(1, _span(cell))
                if (at, column) in depth:
                    cells.append(Cell(self._cell(cell, inner), depth[at, column], span))
                column += span
            grid.append(cells)
        return grid

    def _cell(self, cell: etree._Element, inner: list[etree._Element]) -> str:
        lines: list[str] = []
        pending = list(reversed(cell))
        while pending:
            each = pending.pop()
            if local(each) == "p":
                properties = child(each, "pPr")
                inline, numbered = self._inline(each), self._styles.numbering(properties)
                number = self._numbering.next(*numbered) if numbered and inline.text else ""
                lines.append(f"{number} {inline.text}".strip())
                inner += inline.boxes
            elif local(each) == "tbl":
                inner.append(each)
            elif local(each) not in _LEFT_OUT:
                pending += reversed(each)
        return "\n".join(line for line in lines if line)


def _rows(table: etree._Element) -> list[etree._Element]:
    """Rows as they stand after all changes, out of whatever wraps them."""
    rows: list[etree._Element] = []
    pending = list(reversed(table))
    while pending:
        each = pending.pop()
        properties = child(each, "trPr") if local(each) == "tr" else None
        if local(each) == "tr":
            if properties is None or child(properties, "del") is None:
                rows.append(each)
        elif local(each) not in _LEFT_OUT and local(each) != "tblGrid":
            pending += reversed(each)
    return rows


def _cells(row: etree._Element) -> list[etree._Element]:
    cells: list[etree._Element] = []
    pending = list(reversed(row))
    while pending:
        each = pending.pop()
        if local(each) == "tc":
            cells.append(each)
        elif local(each) not in _LEFT_OUT:
            pending += reversed(each)
    return cells


def _count(properties: etree._Element | None, name: str) -> int:
    found = child(properties, name) if properties is not None else None
    value = attribute(found, "val") if found is not None else None
    return min(int(value), MAX_COLUMNS) if value and value.isdecimal() and len(value) < 6 else 0


def _span(cell: etree._Element) -> int:
    return _count(child(cell, "tcPr"), "gridSpan")


def _goes_on(cell: etree._Element) -> bool:
    """Whether the cell belongs to the one above it."""
    properties = child(cell, "tcPr")
    merge = child(properties, "vMerge") if properties is not None else None
    return merge is not None and attribute(merge, "val") != "restart"


def _depths(rows: list[etree._Element]) -> dict[tuple[int, int], int]:
    """How many rows each cell covers, by row and column; cells that go on from above are not there."""
    depth: dict[tuple[int, int], int] = {}
    begun: dict[int, int] = {}
    for at, row in enumerate(rows):
        column, open_now = _count(child(row, "trPr"), "gridBefore"), {}
        for cell in _cells(row):
            if _goes_on(cell) and column in begun:
                depth[begun[column], column] += 1
                open_now[column] = begun[column]
            else:
                depth[at, column] = 1
                open_now[column] = at
            column += max(1, _span(cell))
        begun = open_now
    return depth


def _stacked(rows: list[etree._Element]) -> int:
    """Rows of a header nobody marked: where the first row groups columns, as far as its merged cells reach down."""
    if not rows or not any(_span(cell) > 1 for cell in _cells(rows[0])):
        return 1
    return max((deep for (at, _), deep in _depths(rows[:4]).items() if at == 0), default=1)


FORMAT = Format(
    "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", of_kind("word"), read
)
