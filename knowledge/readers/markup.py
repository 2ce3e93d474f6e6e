"""The walk over a page's elements: blocks, lists, tables and footnotes in reading order, words as a browser sets them."""

from __future__ import annotations

import re

from bs4.element import NavigableString, PreformattedString, Tag

from knowledge.errors import UnreadableError
from knowledge.readers.grid import Cell, resolve
from knowledge.readers.outline import Outline

HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCKS = {
    "p", "li", "ul", "ol", "dl", "dt", "dd", "pre", "blockquote", "figure", "figcaption", "address", "section", "article",
    "header", "footer", "main", "aside", "hr", "fieldset", "details", "summary", "center", "form", "legend", "div", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "body", "html", *HEADINGS,
}  # fmt: skip
_NOTE_PLACES = {"li", "p", "div", "aside", "dd", "section", "span", "td"}
_SPACE = re.compile(r"[^\S\n]+")
_MARK = re.compile(r"[\w*†‡]{1,5}")
_LONGEST_NOTE = 5_000
_LARGEST_TABLE = 20_000_000
_MOST_HEADER_ROWS = 5


def walk(root: Tag, outline: Outline) -> None:
    """Feed the outline with everything under `root`."""
    _Walk(root, outline).run()


class _Walk:
    """One pass without recursion: a page may nest deeper than Python's stack."""

    def __init__(self, root: Tag, outline: Outline) -> None:
        self._root = root
        self._outline = outline
        self._line: list[str] = []
        self._mark = ""
        self._counts: dict[int, int] = {}
        self._notes, self._kept_apart = _footnotes(root)

    def run(self) -> None:
        pending: list[tuple[object, bool]] = [(self._root, False)]
        while pending:
            node, closing = pending.pop()
            if not isinstance(node, Tag):
                self._text(node)
            elif closing:
                self._close(node)
            elif self._open(node):
                pending.append((node, True))
                pending.extend((child, False) for child in reversed(node.contents))
        self._flush()

    def _text(self, node: object) -> None:
        if isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            self._line.append(" ".join(re.split(r"\s+", str(node))))

    def _open(self, tag: Tag) -> bool:
        """Deal with the element as a whole, or answer that its children are to be visited."""
        if id(tag) in self._kept_apart:
            return False
        if id(tag) in self._notes:
            self._reference(tag)
            return False
        return self._enter(tag) and not self._take(tag)

    def _enter(self, tag: Tag) -> bool:
        """What an element's beginning means for the line; whether there is anything in it."""
        if tag.name == "br":
            self._line.append("\n")
        elif tag.name in {"td", "th"}:
            self._line.append(" ")
        elif tag.name in _BLOCKS and not (tag.name == "dd" and self._after_term()):
            self._flush()
        return tag.name != "br"

    def _take(self, tag: Tag) -> bool:
        """Whether the element was dealt with as a whole."""
        if tag.name == "table":
            return self._table(tag)
        if tag.name in HEADINGS:
            self._outline.heading(HEADINGS[tag.name], self._inline(tag))
        elif tag.name == "pre":
            self._outline.prose(tag.get_text())
        elif tag.name == "li":
            self._mark = self._number(tag)
        return tag.name == "pre" or tag.name in HEADINGS

    def _close(self, tag: Tag) -> None:
        if tag.name == "dt":
            self._line.append("\n")
        elif tag.name in _BLOCKS:
            self._flush()
            if tag.name == "li":
                self._mark = ""

    def _after_term(self) -> bool:
        return bool(self._line) and self._line[-1] == "\n"

    def _flush(self) -> None:
        words = _set("".join(self._line))
        self._line = []
        if words:
            self._outline.prose(self._mark + words)
            self._mark = ""

    def _reference(self, tag: Tag) -> None:
        mark, words = self._notes[id(tag)]
        self._line.append(f"(각주 {mark})")
        if words:
            self._outline.footnote(mark, words)
            self._notes[id(tag)] = (mark, "")

    def _number(self, item: Tag) -> str:
        """`3. ` of an ordered list, which manuals refer to; bullets say nothing."""
        numbered = item.parent
        if numbered is None or numbered.name != "ol":
            return ""
        step = -1 if numbered.has_attr("reversed") else 1
        first = _integer(numbered.get("start"), 1 if step == 1 else len(numbered.find_all("li", recursive=False)))
        present = _integer(item.get("value"), self._counts.get(id(numbered), first))
        self._counts[id(numbered)] = present + step
        return f"{present}. "

    def _table(self, table: Tag) -> bool:
        """Whether the table holds data and was taken; one that only lays out the page is walked like any block."""
        cells = [_named(row, {"td", "th"}) for row in _rows(table)]
        named = any(cell.name == "th" for row in cells for cell in row)
        if str(table.get("role", "")).lower() in {"presentation", "none"} or not _is_grid(table, cells, named):
            return False
        for caption in _named(table, {"caption"}):
            self._outline.prose(self._inline(caption))
        filled = [row for row in cells if row]
        grid = resolve([[self._cell(cell) for cell in row] for row in filled])
        if sum(len(words) for row in grid for words in row) > _LARGEST_TABLE:
            raise UnreadableError("too_much_text", limit=_LARGEST_TABLE)
        self._outline.table(grid, _header_rows(filled, named), marked=named)
        return True

    def _cell(self, cell: Tag) -> Cell:
        rows, columns = _integer(cell.get("rowspan"), 1), _integer(cell.get("colspan"), 1)
        return Cell(self._inline(cell), rows if rows > 0 else 1_000, max(columns, 1))

    def _inline(self, tag: Tag) -> str:
        """Words of a heading or cell in one line."""
        pieces: list[str] = []
        pending: list[object] = list(reversed(tag.contents))
        while pending:
            node = pending.pop()
            if isinstance(node, Tag):
                if id(node) in self._notes:
                    self._reference(node)
                    pieces.append(self._line.pop())
                elif id(node) not in self._kept_apart:
                    apart = " " if node.name in _BLOCKS or node.name == "br" else ""
                    pieces.append(apart)
                    pending.append(NavigableString(apart))
                    pending.extend(reversed(node.contents))
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                pieces.append(str(node))
        return " ".join("".join(pieces).split())


def _named(parent: Tag, names: set[str]) -> list[Tag]:
    return [child for child in parent.contents if isinstance(child, Tag) and child.name in names]


def _rows(table: Tag) -> list[Tag]:
    """Its own rows, not those of tables inside."""
    parts = _named(table, {"tr", "thead", "tbody", "tfoot"})
    return [row for part in parts for row in ([part] if part.name == "tr" else _named(part, {"tr"}))]


def _is_grid(table: Tag, cells: list[list[Tag]], named: bool) -> bool:
    if not any(cells) or max(len(row) for row in cells) < 2:
        return False
    if named:
        return True
    return len(cells) > 1 and table.find(["table", *HEADINGS]) is None


def _header_rows(rows: list[list[Tag]], named: bool) -> int:
    """Leading rows of `thead` or of `th` alone. Where only the first column is named, no row is; with no `th`, the first."""
    count = 0
    for row in rows[:_MOST_HEADER_ROWS]:
        part = row[0].parent.parent if row[0].parent else None
        if (part is not None and part.name == "thead") or all(cell.name == "th" for cell in row):
            count += 1
        else:
            break
    if count == len(rows):
        return min(count, 1)
    return count if count or named else 1


def _footnotes(root: Tag) -> tuple[dict[int, tuple[str, str]], set[int]]:
    """References as {id of the element: (mark, words)}, and the ids of the elements that hold the notes.

    Clear cases only: a raised link to a place in this page that comes as a block or list item.
    """
    places = {str(tag["id"]): tag for tag in root.find_all(id=True)}
    notes: dict[int, tuple[str, str]] = {}
    apart: set[int] = set()
    for link in root.find_all("a", href=re.compile("^#.")):
        raised = link.find_parent("sup") or (link.find("sup") and link) or None
        raised = raised or (link if "noteref" in str(link.get("role", "")) else None)
        place = places.get(str(link["href"])[1:])
        mark = _MARK.search(link.get_text())
        if not isinstance(raised, Tag) or place is None or mark is None or place.name not in _NOTE_PLACES:
            continue
        if link in place.descendants or place in raised.descendants or len(place.get_text()) > _LONGEST_NOTE:
            continue
        words = "" if id(place) in apart else _note_words(place, mark.group())
        notes[id(raised)] = (mark.group(), words)
        apart.add(id(place))
    return notes, apart


def _note_words(place: Tag, mark: str) -> str:
    """The note without its own mark and the arrow that leads back."""
    words = " ".join(place.get_text().split()).strip("↩↑^ \ufe0e")
    return re.sub(rf"^[\[(]?{re.escape(mark)}[\])]?[.:]?\s+", "", words)


def _integer(value: object, default: int) -> int:
    found = re.match(r"\s*(-?\d{1,5})", str(value or ""))
    return int(found.group(1)) if found else default


def _set(words: str) -> str:
    """Spaces as a browser sets them, lines as the page breaks them."""
    lines = [_SPACE.sub(" ", line).strip() for line in words.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
