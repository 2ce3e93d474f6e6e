"""Ruled tables of a page. Tables without lines between their cells stay lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.document import Box
from knowledge.readers.grid import Cell, resolve
from knowledge.readers.pdf_drawing import Rule
from knowledge.readers.pdf_page import Glyphs

_NEAR = 3.0
"""Points by which lines may miss each other and still meet."""
_MOST_RULES = 2_000
_MOST_PLACES = 4_000
"""Columns times rows of a table at most; more are a drawing."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of each row, merged cells resolved, and the box of each row; `columns` are the places of the upright lines.

    `header` names the columns where the table goes on from the page before and does not name them itself.
    """

    rows: tuple[tuple[str, ...], ...]
    boxes: tuple[Box, ...]
    box: Box
    columns: tuple[float, ...] = ()
    header: tuple[str, ...] = ()


def tables_of(glyphs: Glyphs, rules: Sequence[Rule], wanted: Mask) -> Iterator[tuple[Table, Mask]]:
    """Tables with two columns and two rows or more, each with which of the `wanted` glyphs stand in it."""
    if len(rules) < 5 or len(rules) > _MOST_RULES:
        return
    middle = (glyphs.boxes[:, :2] + glyphs.boxes[:, 2:]) / 2
    for group in _meeting(rules):
        columns = _merged([rule.left for rule in group if not rule.level])
        rows = _merged([rule.top for rule in group if rule.level])
        if len(columns) < 3 or len(rows) < 3 or len(columns) * len(rows) > _MOST_PLACES:
            continue
        box = (columns[0], rows[0], columns[-1], rows[-1])
        inside = wanted & (middle[:, 0] > box[0]) & (middle[:, 0] < box[2])
        inside &= (middle[:, 1] > box[1]) & (middle[:, 1] < box[3])
        table = _table(glyphs, middle, group, columns, rows, inside)
        if table:
            yield table, inside


def _meeting(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules grouped by which of them touch, directly or over others."""
    boxes = np.array([(rule.left, rule.top, rule.right, rule.bottom) for rule in rules])
    left, top, right, bottom = boxes.T
    left, top, right, bottom = left - _NEAR / 2, top - _NEAR / 2, right + _NEAR / 2, bottom + _NEAR / 2
    group = np.full(len(rules), -1)
    for seed in range(len(rules)):
        if group[seed] >= 0:
            continue
        waiting = [seed]
        group[seed] = seed
        while waiting:
            at = waiting.pop()
            met = (left <= right[at]) & (right >= left[at]) & (top <= bottom[at]) & (bottom >= top[at]) & (group < 0)
            group[met] = seed
            waiting += np.flatnonzero(met).tolist()
    return [[rules[at] for at in np.flatnonzero(group == seed).tolist()] for seed in np.unique(group)]


def _merged(places: list[float]) -> list[float]:
    """Places in order, those within a hair of each other taken as one."""
    merged: list[float] = []
    for place in sorted(places):
        if not merged or place - merged[-1] > _NEAR:
            merged.append(place)
    return merged


def _table(
    glyphs: Glyphs,
    middle: NDArray[np.float64],
    rules: Sequence[Rule],
    columns: list[float],
    rows: list[float],
    inside: Mask,
) -> Table | None:
    """None where the lines frame nothing that has rows and columns of words."""
    across, down = len(columns) - 1, len(rows) - 1
    owner = _owners(rules, columns, rows)
    at = np.flatnonzero(inside)
    middle = _of_words(glyphs, middle[at], at)
    column = np.clip(np.searchsorted(columns, middle[:, 0]) - 1, 0, across - 1)
    row = np.clip(np.searchsorted(rows, middle[:, 1]) - 1, 0, down - 1)
    texts: dict[tuple[int, int], list[int]] = {}
    for glyph, place in zip(at.tolist(), zip(row.tolist(), column.tolist(), strict=True), strict=True):
        texts.setdefault(owner[place], []).append(glyph)
    words = {place: _words(glyphs, own) for place, own in texts.items()}
    last = {first: place for place, first in owner.items()}
    grid = [
        [
            Cell(words.get((r, c), ""), last[r, c][0] - r + 1, last[r, c][1] - c + 1)
            for c in range(across)
            if (r, c) in last
        ]
        for r in range(down)
    ]
    resolved = resolve(grid)
    kept = [r for r in range(len(resolved)) if any(resolved[r])]
    filled = [place for place, text in words.items() if text]
    if len(kept) < 2 or len({place[1] for place in filled}) < 2 or len(filled) < 4:
        return None
    boxes = tuple((columns[0], rows[r], columns[-1], rows[r + 1]) for r in kept)
    box = (columns[0], rows[0], columns[-1], rows[-1])
    return Table(tuple(tuple(resolved[r]) for r in kept), boxes, box, tuple(columns))


def _of_words(glyphs: Glyphs, middle: NDArray[np.float64], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """For each glyph the place of its word's first one: a word that runs over its cell's border stays in its cell."""
    if not len(at):
        return middle
    left, top, right, bottom = glyphs.boxes[at].T
    size = np.maximum(bottom - top, 0.1)[1:]
    gap = left[1:] - right[:-1]
    level = np.abs(middle[1:, 1] - middle[:-1, 1]) < 0.3 * size
    blank = np.array([glyphs.text[index].isspace() for index in at.tolist()], bool)
    goes_on = (np.diff(at) == 1) & level & (np.abs(gap) < 0.25 * size) & ~blank[1:] & ~blank[:-1]
    first = np.maximum.accumulate(np.where(np.concatenate([[True], ~goes_on]), np.arange(len(at)), 0))
    return np.stack([middle[first, 0], middle[:, 1]], axis=1)


def _owners(rules: Sequence[Rule], columns: list[float], rows: list[float]) -> dict[tuple[int, int], tuple[int, int]]:
    """For each place of the grid the upper left place of its cell; a cell spans places with no line between them."""
    level = [rule for rule in rules if rule.level]
    upright = [rule for rule in rules if not rule.level]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r in range(len(rows) - 1):
        y = (rows[r] + rows[r + 1]) / 2
        walls = [rule.left for rule in upright if rule.top <= y <= rule.bottom]
        lids = [rule for rule in level if abs(rule.top - rows[r]) <= _NEAR]
        for c in range(len(columns) - 1):
            x = (columns[c] + columns[c + 1]) / 2
            if c and not _near(walls, columns[c]):
                owner[r, c] = owner[r, c - 1]
            elif r and not any(lid.left <= x <= lid.right for lid in lids):
                owner[r, c] = owner[r - 1, c]
            else:
                owner[r, c] = (r, c)
    return owner


def _near(places: Sequence[float], wanted: float) -> bool:
    return any(abs(place - wanted) <= _NEAR for place in places)


def _words(glyphs: Glyphs, own: list[int]) -> str:
    """Text of a cell in the order of the file, its lines parted by blanks."""
    parts: list[str] = []
    last = -1
    for at in own:
        char = glyphs.text[at]
        if char.isspace():
            continue
        if parts and (at != last + 1 or glyphs.boxes[at, 1] > glyphs.boxes[last, 3]) and not _touch(glyphs, last, at):
            parts.append(" ")
        parts.append(char)
        last = at
    return "".join(parts)


def _touch(glyphs: Glyphs, one: int, other: int) -> bool:
    """Whether nothing parts two glyphs but the line end that PDFium puts after raised type."""
    if glyphs.text[one + 1 : other].strip("\r\n"):
        return False
    (_, top, right, bottom), (left, its_top, _, its_bottom) = glyphs.boxes[one], glyphs.boxes[other]
    high = float(min(bottom - top, its_bottom - its_top))
    level = min(bottom, its_bottom) - max(top, its_top) > 0.3 * high
    return bool(level and -0.3 * high < left - right < 0.12 * high)
