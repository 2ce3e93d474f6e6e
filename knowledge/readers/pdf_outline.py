"""What a PDF's lines are besides text: headings, and headers and footers that return on every page."""

from __future__ import annotations

import ctypes
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.readers.pdf_frame import Frame
from knowledge.readers.pdf_layout import Line

MAX_BOOKMARKS = 20_000
_LONGEST_HEADING = 120
_LEVELS = 4
_DIGITS = re.compile(r"\d+")
PAGE_NUMBER = re.compile(
    r"^[\W_]*(?:(?:page|쪽|p\.?)?[\W_]*(?:#-?\d+|[ivxlc]+)[\W_]*(?:(?:of|/|쪽|페이지)?[\W_]*#?[\W_]*))$", re.I
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at line `line` of a page; `level` 0 is the highest."""

    line: int
    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline a PDF carries: page, from 0, and the height it points to as shown, None for all the page."""

    page: int
    top: float | None
    level: int
    words: str


def bookmarks(pdf: Any, frames: Sequence[Frame]) -> list[Bookmark]:
    """The outline of a `pypdfium2.PdfDocument` whose pages are shown in `frames`, empty where it has none."""
    from pypdfium2 import raw

    found = []
    for entry in itertools.islice(pdf.get_toc(max_depth=12), MAX_BOOKMARKS):
        words = said(raw.FPDFBookmark_GetTitle, entry.raw)
        target = entry.get_dest()
        index = target.get_index() if target else None
        if not words or target is None or index is None or not 0 <= index < len(frames):
            continue
        mode, view = target.get_view()
        top = None
        if mode == raw.PDFDEST_VIEW_XYZ and len(view) > 1 and view[1]:
            top = frames[index].point(view[0] or 0.0, view[1])[1]
        elif mode in {raw.PDFDEST_VIEW_FITH, raw.PDFDEST_VIEW_FITBH} and view and view[0]:
            top = frames[index].point(0.0, view[0])[1]
        found.append(Bookmark(index, top, entry.level, words[:_LONGEST_HEADING]))
    return found


def said(ask: Callable[..., int], *what: Any) -> str:
    """Text that PDFium writes into a buffer when asked, on one line. Halves of characters, of damaged files, are left out."""
    size = ask(*what, None, 0)
    if not 2 < size < 100_000:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(*what, buffer, size)
    return " ".join(buffer.raw[: size - 2].decode("utf-16-le", "ignore").replace("\x00", "").split())


def headings_of(pages: Sequence[Sequence[Line]], marks: Sequence[Bookmark]) -> list[list[Heading]]:
    """Headings of each page in reading order: from the outline where there is one, else from the size of the type."""
    return _from_bookmarks(pages, marks) if len(marks) > 1 else _from_sizes(pages)


def _from_bookmarks(pages: Sequence[Sequence[Line]], marks: Sequence[Bookmark]) -> list[list[Heading]]:
    by_page: defaultdict[int, list[Heading]] = defaultdict(list)
    folded: dict[int, list[str]] = {}
    for mark in marks:
        lines = pages[mark.page]
        if mark.page not in folded:
            folded[mark.page] = [_folded(line.text) for line in lines]
        by_page[mark.page].append(Heading(_line_of(mark, lines, folded[mark.page]), mark.level, mark.words))
    return [sorted(by_page[number], key=lambda heading: heading.line) for number in range(len(pages))]


def _line_of(mark: Bookmark, lines: Sequence[Line], folded: Sequence[str]) -> int:
    """The line that says the bookmark's words, nearest to where it points; else the first line below that place."""
    wanted = _folded(mark.words)
    top = mark.top or 0.0
    same = [
        at for at, words in enumerate(folded)
        if words and len(words) <= len(wanted) + 8 and (words.endswith(wanted) or (len(words) > 5 and words in wanted))
    ]  # fmt: skip
    if same:
        return min(same, key=lambda at: abs(lines[at].box[1] - top))
    below = [at for at, line in enumerate(lines) if line.box[3] > top]
    return min(below, key=lambda at: lines[at].box[1], default=0)


def _folded(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


def _from_sizes(pages: Sequence[Sequence[Line]]) -> list[list[Heading]]:
    """Short lines in larger type than the text; the larger, the higher."""
    letters: Counter[float] = Counter()
    for line in itertools.chain.from_iterable(pages):
        letters[_step(line.size)] += len(line.text)
    body = letters.most_common(1)[0][0] if letters else 0.0
    larger = Counter(_step(line.size) for line in itertools.chain.from_iterable(pages) if _is_heading(line, body))
    levels = {size: min(level, _LEVELS - 1) for level, size in enumerate(sorted(larger, reverse=True))}
    found = []
    for lines in pages:
        headings: list[Heading] = []
        for at, line in enumerate(lines):
            if not _is_heading(line, body):
                continue
            level, last = levels[_step(line.size)], headings[-1] if headings else None
            if last and last.line == at - 1 and not line.parted and last.level == level:
                joined = f"{last.words} {line.text.strip()}"  # a heading of two lines
                headings[-1] = Heading(at, level, joined[:_LONGEST_HEADING])
            else:
                headings.append(Heading(at, level, " ".join(line.text.split())))
        found.append(headings)
    return found


def _step(size: float) -> float:
    return round(size * 2) / 2


def _is_heading(line: Line, body: float) -> bool:
    words = line.text.strip()
    if line.table or not 1 < len(words) <= _LONGEST_HEADING or _step(line.size) < 1.14 * body:
        return False
    left, top, right, bottom = line.box
    if bottom - top > right - left:  # set sideways
        return False
    letters, shown = sum(map(str.isalpha, words)), sum(map(str.isalnum, words))
    return letters > 1 and shown * 2 >= len(words) and not words.endswith((".", ","))


def without_furniture(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Lines without page numbers, and with headers and footers only where they stand for the first time.

    A header is one of the two uppermost lines, a footer one of the two lowest, in the outer eighth of the page, with the
    same words at the same height, page number aside, on three pages or more that are among each other's next few.
    """
    edges = [
        edge_words(number, lines, height) for number, (lines, height) in enumerate(zip(pages, heights, strict=True))
    ]
    places: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for number, found in enumerate(edges):
        for key in set().union(*found.values()):
            places[key].append(number)
    returning = {key: where for key, where in places.items() if _returns(where)}
    kept = []
    for number, (lines, found) in enumerate(zip(pages, edges, strict=True)):
        gone = {at for at, keys in found.items() for key in keys if _is_gone(key[0], number, returning.get(key))}
        kept.append([line for at, line in enumerate(lines) if at not in gone])
    return kept


def _is_gone(words: str, number: int, returning: Sequence[int] | None) -> bool:
    return returning is not None and (returning[0] != number or PAGE_NUMBER.match(words) is not None)


def edge_words(number: int, lines: Sequence[Line], height: float) -> dict[int, set[tuple[str, int]]]:
    """For lines that may be headers or footers: their words, once as they are and once for each number in them that may
    be the page's, and their height.
    """
    ordered = sorted((at for at, line in enumerate(lines) if not line.table), key=lambda at: lines[at].box[1])
    outer = [at for at in ordered[:2] if lines[at].box[3] < height / 8]
    outer += [at for at in ordered[-2:] if lines[at].box[1] > height * 7 / 8]
    return {at: {(words, round(lines[at].box[1] / 6)) for words in _numbered(lines[at].text, number)} for at in outer}


def _numbered(text: str, number: int) -> set[str]:
    """`3 / 12` of page index 1 becomes `#2 / 12` as well: what stands for `#2` grows with the pages."""
    words = " ".join(text.split())
    found = {words}
    for match in itertools.islice(_DIGITS.finditer(words), 20):
        if len(match[0]) < 6:
            found.add(f"{words[: match.start()]}#{int(match[0]) - number}{words[match.end() :]}")
    return found


def _returns(where: Sequence[int]) -> bool:
    return any(last - first <= 6 for first, last in zip(where, where[2:], strict=False))
