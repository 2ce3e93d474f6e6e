"""The reading order of a page: glyphs to runs, runs to lines, lines to columns."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from knowledge.document import Box
from knowledge.readers.pdf_frame import Floats, turned
from knowledge.readers.pdf_page import Glyphs, PageContent
from knowledge.readers.pdf_tables import Table, tables_of

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BLANKS = np.array([code for code in range(0x3001) if chr(code).isspace()] + [0], np.uint32)
_LEAST_COLUMN = 4
"""Lines a column has at least; fewer side by side are a heading with its page number, a caption, a signature."""
_NARROWEST_GUTTER = 8.0  # points
_HAIR = 2.0  # points
_NARROWEST_GAP = 0.75
"""Gap between the words of two columns on one line at least, in heights of the type. Blanks inside a line are narrower."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it is read. `size` is its font size in points.

    `parted`: a new paragraph begins here. `spaced`: the file has a blank after it, so no word goes on in the next line.
    `table`, where there is one, stands in place of text.
    """

    text: str
    box: Box
    size: float
    parted: bool = False
    spaced: bool = False
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class _Gutter:
    """Blank strip between two columns: where most lines of the left one end, and where those of the right one begin."""

    edge: float
    begin: float

    def side(self, box: Box) -> int:
        """-1 for what stands in the left column, 1 in the right one, 0 across both. A long line may run into the strip."""
        if box[2] <= self.begin + _HAIR and box[0] + box[2] < self.edge + self.begin:
            return -1
        return int(box[0] >= self.edge - _HAIR)


def lines_of(page: PageContent) -> list[Line]:
    """Lines of a page in reading order; text that reads in another direction than most comes after the rest."""
    directions, counts = np.unique(page.glyphs.turns[page.glyphs.seen], return_counts=True)
    ordered = [int(directions[at]) for at in np.argsort(-counts, kind="stable")]
    lines: list[Line] = []
    for number, turn in enumerate(ordered):
        lines += _lines_reading(page, turn, with_tables=number == 0)
    return lines


def _lines_reading(page: PageContent, turn: int, *, with_tables: bool) -> list[Line]:
    """Lines that read in direction `turn`: the page is turned so that they read to the right, and their boxes back."""
    quarter = turn % 4
    width, height = (page.height, page.width) if quarter % 2 else (page.width, page.height)
    boxes = turned(page.glyphs.boxes, quarter, page.width, page.height) if quarter else page.glyphs.boxes
    glyphs = replace(page.glyphs, boxes=boxes)
    wanted = page.glyphs.seen & (page.glyphs.turns == turn)
    runs: list[Line] = []
    if with_tables and quarter == 0:
        for table, inside in tables_of(glyphs, page.rules, wanted):
            runs.append(Line("", table.box, 0.0, table=table))
            wanted &= ~inside
    whole = _runs(glyphs, wanted)
    if turn == 4:
        return runs + whole
    gutter = _gutter(runs + whole)
    if gutter and any(gutter.side(run.box) == 0 for run in whole):
        whole = _runs(glyphs, wanted, gutter.begin)
    runs += whole
    lines = in_reading_order(runs)
    if quarter == 0:
        return lines
    back = turned(np.array([line.box for line in lines]).reshape(-1, 4), -quarter, width, height)
    return [replace(line, box=_box(row)) for line, row in zip(lines, back, strict=True)]


def _box(row: Floats) -> Box:
    return float(row[0]), float(row[1]), float(row[2]), float(row[3])


def _runs(glyphs: Glyphs, wanted: np.ndarray, begin: float = -1.0) -> list[Line]:
    """Stretches of glyphs that follow one another on one line without a gap wider than the type is high.

    Where a column begins, at `begin`, a gap not quite as wide parts them as well.
    """
    text = glyphs.text
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    at = np.flatnonzero(~np.isin(codes, _BLANKS) & wanted)
    if not len(at):
        return []
    left, top, right, bottom = glyphs.boxes[at].T
    size = np.maximum(bottom - top, 0.1)
    small = np.minimum(size[1:], size[:-1])
    gap = left[1:] - right[:-1]
    apart = np.abs((top + bottom)[1:] - (top + bottom)[:-1]) / 2
    newline = np.cumsum(codes == ord("\n"))[at]
    broken = (newline[1:] != newline[:-1]) & ((apart > 0.1 * small) | (gap > small) | (gap < -0.5 * small))
    far = (gap > np.maximum(size[1:], size[:-1])) | (gap < -2.0 * size[:-1]) | (apart > 0.7 * small)
    column = (np.abs(left[1:] - begin) < _HAIR) & (gap > _NARROWEST_GAP * np.maximum(size[1:], size[:-1]))
    starts = np.concatenate([[0], np.flatnonzero(broken | far | column) + 1])
    ends = np.concatenate([starts[1:], [len(at)]])
    edges = zip(
        np.minimum.reduceat(left, starts).tolist(),
        np.minimum.reduceat(top, starts).tolist(),
        np.maximum.reduceat(right, starts).tolist(),
        np.maximum.reduceat(bottom, starts).tolist(),
        strict=True,
    )
    points = glyphs.sizes[at[starts]].tolist()
    return [
        Line(_clean(text[first : last + 1]), box, points_high, spaced=text[last + 1 : last + 2] == " ")
        for first, last, box, points_high in zip(at[starts].tolist(), at[ends - 1].tolist(), edges, points, strict=True)
    ]


def _clean(words: str) -> str:
    if words.isascii() and "\n" not in words and "\r" not in words:
        return words
    words = words.replace("\r", "").replace("\n", " ").translate(_LIGATURES)
    jamo = any("\u1100" <= char <= "\u11ff" for char in words)
    return unicodedata.normalize("NFC", words) if jamo else words


def in_reading_order(runs: Sequence[Line]) -> list[Line]:
    """Runs of a region joined to lines in reading order: column by column where there are columns."""
    gutter = _gutter(runs)
    if gutter is None:
        return _rows(runs)
    lines: list[Line] = []
    for band in _bands(runs, gutter):
        left, across, right = ([run for run in band if gutter.side(run.box) == side] for side in (-1, 0, 1))
        if across or not _beside(left, right, min(run.box[0] for run in runs), gutter.begin):
            lines += _rows(band)
        else:
            lines += in_reading_order(left) + in_reading_order(right)
    return lines


def _beside(left: Sequence[Line], right: Sequence[Line], start: float, begin: float) -> bool:
    """Whether runs of a band are lines of two columns. Few are where they begin just where the page's columns do."""
    fewest = min(len(left), len(right))
    if fewest >= _LEAST_COLUMN:
        return True
    aligned = all(abs(run.box[0] - at) < _HAIR for side, at in ((left, start), (right, begin)) for run in side)
    return fewest > 0 and len(left) + len(right) > 2 and aligned


def _bands(runs: Sequence[Line], gutter: _Gutter) -> list[list[Line]]:
    """Runs cut into bands from top to bottom: those that cross the gutter, those beside it, and what stands far above
    or below all others.
    """
    bands: list[list[Line]] = []
    crossed, bottom = False, 0.0
    far = 2.0 * statistics.median(run.box[3] - run.box[1] for run in runs)
    for at, run in enumerate(sorted(runs, key=lambda run: run.box[1] + run.box[3])):
        crosses = gutter.side(run.box) == 0
        outer = min(at, len(runs) - at) < _LEAST_COLUMN and run.box[1] - bottom > far
        if not bands or crosses != crossed or outer:
            bands.append([])
        crossed, bottom = crosses, max(bottom, run.box[3])
        bands[-1].append(run)
    return bands


def _gutter(runs: Sequence[Line]) -> _Gutter | None:
    """The blank strip between two columns; None where the text is not set in columns.

    A column's lines fill it. Short words beside long text are a list of terms or an unruled table, read line by line.
    """
    if len(runs) < 2 * _LEAST_COLUMN:
        return None
    boxes = np.array([run.box for run in runs])
    left, right = boxes[:, 0], boxes[:, 2]
    start, end = left.min(), right.max()
    places = np.arange(start + 0.2 * (end - start), end - 0.2 * (end - start), 2.0)
    if end - start < 100 or not len(places):
        return None
    lefts, rights = np.sort(left), np.sort(right)
    before = np.searchsorted(rights, places, side="right")
    after = len(runs) - np.searchsorted(lefts, places, side="left")
    crossing = len(runs) - before - after
    fits = (crossing <= 0.35 * len(runs)) & (before >= _LEAST_COLUMN) & (after >= _LEAST_COLUMN)
    if not fits.any():
        return None
    fewest = int(crossing[fits].min())
    for most in (fewest, fewest + 0.15 * len(runs)):  # a few long lines may leave but a hair between the columns
        at = np.flatnonzero(fits & (crossing <= most))
        stretches = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
        gutter = _strip(boxes, float(places[max(stretches, key=len)].mean()), start, end)
        if gutter:
            return gutter
    return None


def _strip(boxes: Floats, middle: float, start: float, end: float) -> _Gutter | None:
    """The strip around this place, None where what stands beside it is not set in columns."""
    beside_left, beside_right = boxes[boxes[:, 2] <= middle], boxes[boxes[:, 0] >= middle]
    edge, begin = float(np.percentile(beside_left[:, 2], 90)), float(np.percentile(beside_right[:, 0], 10))
    narrowest = min(edge - start, end - begin)
    if begin - edge < _NARROWEST_GUTTER or narrowest < 0.2 * (end - start):
        return None
    filled = [
        float(np.median((side[:, 2] - side[:, 0]) / width))
        for side, width in ((beside_left, edge - start), (beside_right, end - begin))
    ]
    tall = min(float(np.ptp(side[:, 1])) for side in (beside_left, beside_right))
    return _Gutter(edge, begin) if min(filled) > 0.6 and tall > 30 else None


def _rows(runs: Sequence[Line]) -> list[Line]:
    """Runs of one column from top to bottom; those at one height make one line."""
    rows: list[list[Line]] = []
    for run in sorted(runs, key=lambda run: run.box[1] + run.box[3]):
        if rows and not run.table and not rows[-1][0].table and any(_level(run.box, other.box) for other in rows[-1]):
            rows[-1].append(run)
        else:
            rows.append([run])
    lines = [_joined(row) if len(row) > 1 else row[0] for row in rows]
    return _paragraphs(lines)


def _level(a: Box, b: Box) -> bool:
    shared = min(a[3], b[3]) - max(a[1], b[1])
    return shared > 0.5 * min(a[3] - a[1], b[3] - b[1])


def _joined(row: list[Line]) -> Line:
    row.sort(key=lambda run: run.box[0])
    text = row[0].text
    for before, run in pairwise(row):
        gap = run.box[0] - before.box[2]
        text += run.text if gap < 0.12 * min(run.size, before.size) and not before.spaced else f" {run.text}"
    left, top, right, bottom = zip(*(run.box for run in row), strict=True)
    longest = max(row, key=lambda run: len(run.text))
    return Line(text, (min(left), min(top), max(right), max(bottom)), longest.size, spaced=row[-1].spaced)


def _paragraphs(lines: list[Line]) -> list[Line]:
    """Mark where paragraphs begin: after more than the usual distance, at another size of type, around a table."""
    steps = [b.box[3] - a.box[3] for a, b in pairwise(lines) if not a.table and not b.table]
    usual = statistics.median(steps) if steps else 0.0
    parted = [True]
    for before, line in pairwise(lines):
        resized = abs(before.size - line.size) > 0.12 * max(before.size, line.size)
        far = line.box[3] - before.box[3] > 1.3 * max(usual, line.size)
        parted.append(bool(far or resized or before.table or line.table))
    return [replace(line, parted=new) if new else line for line, new in zip(lines, parted, strict=False)]
