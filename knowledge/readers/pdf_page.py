"""What stands on one page of a PDF: glyphs with their boxes, ruled lines, pictures; all as the page is shown.

PDFium's C interface is called directly: its Python wrappers cost several times as much for every character.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import TooLargeError, UnreadableError
from knowledge.readers.pdf_drawing import Rule, drawn, is_concealed
from knowledge.readers.pdf_frame import Floats, Frame, finite
from knowledge.readers.pdf_raised import with_raised

MAX_GLYPHS = 500_000
"""Characters of one page; a full page of small print has 10,000."""
SCANNED = 0.4
"""Part of a page that its picture covers at least where the page is a scan."""
_TINY = 0.5  # points
_SKEWED = 4
_AS_SHOWN = {ord("\ufffe"): "-"} | dict.fromkeys(map(ord, "\u00a0\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
"""U+FFFE is PDFium's mark of a hyphen at a line end. One character to one, so that the text stays with its boxes."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Characters of a page in the order of the file. `boxes` has a row of left, top, right, bottom for each of `text`.

    `turns` says which way each character reads as shown: 0 to the right, 1 upwards, 2 upside down, 3 downwards, 4 askew.
    `sizes` is the size of type in points; `seen` says whether a person sees the character.
    """

    text: str
    boxes: Floats
    turns: NDArray[np.int8]
    sizes: Floats
    seen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PageContent:
    """`pictured` is the part of the page that its largest picture covers, 0 to 1."""

    width: float
    height: float
    glyphs: Glyphs
    rules: tuple[Rule, ...]
    pictured: float
    frame: Frame


def page_content(pdf: Any, index: int) -> PageContent:
    """Content of page `index` (from 0) of a `pypdfium2.PdfDocument`.

    Raises UnreadableError where the page is damaged, TooLargeError where it holds more characters than any page does.
    """
    from pypdfium2 import raw

    page = raw.FPDF_LoadPage(pdf.raw, index)
    if not page:
        raise UnreadableError("broken", format="PDF")
    try:
        frame = _frame(page)
        words = raw.FPDFText_LoadPage(page)
        if not words:
            raise UnreadableError("broken", format="PDF")
        try:
            rules, pictured, concealing = drawn(page, frame)
            glyphs = _glyphs(words, frame)
            if concealing and pictured < SCANNED:
                glyphs.seen[:] &= _painted(words, len(glyphs.text))
            upright = glyphs.seen & (glyphs.turns == 0)
            glyphs = replace(glyphs, text=with_raised(words, glyphs.text, glyphs.boxes, upright, frame))
        finally:
            raw.FPDFText_ClosePage(words)
    finally:
        raw.FPDF_ClosePage(page)
    width, height = frame.size
    return PageContent(width, height, glyphs, rules, pictured, frame)


def _frame(page: Any) -> Frame:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, box) or not (box.right > box.left and box.top > box.bottom):
        raise UnreadableError("broken", format="PDF")
    return Frame(box.left, box.bottom, box.right, box.top, raw.FPDFPage_GetRotation(page) % 4)


def _glyphs(words: Any, frame: Frame) -> Glyphs:
    from pypdfium2 import raw

    count = raw.FPDFText_CountChars(words)
    if count > MAX_GLYPHS:
        raise TooLargeError("too_much_text", limit=MAX_GLYPHS)
    if count <= 0:
        return Glyphs("", np.zeros((0, 4)), np.zeros(0, np.int8), np.zeros(0), np.zeros(0, bool))
    text = _characters(words, count)
    upright, sizes = _by_line(words, text)
    if frame.turn == 0 and upright:
        rects = (raw.FS_RECTF * count)()
        box_of = raw.FPDFText_GetLooseCharBox
        for at, rect in enumerate(rects):
            box_of(words, at, rect)
        flat = np.frombuffer(rects, np.float32).reshape(count, 4).astype(np.float64)
        boxes, turns = frame.shown(*finite(flat).T), np.zeros(count, np.int8)
    else:
        boxes, turns = _turned_glyphs(words, text, frame)
    return Glyphs(text.translate(_AS_SHOWN), boxes, turns, np.nan_to_num(sizes), _within(boxes, frame))


def _within(boxes: Floats, frame: Frame) -> NDArray[np.bool_]:
    """Which characters stand on the page and are large enough to see."""
    width, height = frame.size
    left, top, right, bottom = boxes.T
    large = np.maximum(bottom - top, right - left) > _TINY
    return np.asarray(large & (right > 0) & (left < width) & (bottom > 0) & (top < height), bool)


def _painted(words: Any, count: int) -> NDArray[np.bool_]:
    """Which characters are painted at all."""
    from pypdfium2 import raw

    items = (raw.FPDFText_GetTextObject(words, at) for at in range(count))
    return np.array([not item or not is_concealed(item) for item in items], bool)


def _characters(words: Any, count: int) -> str:
    from pypdfium2 import raw

    units = (ctypes.c_ushort * (count * 2 + 1))()
    got = raw.FPDFText_GetText(words, 0, count, units)
    text = bytes(units)[: max(got - 1, 0) * 2].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    # Characters without a meaning are left out of the text but not of the count.
    codes = (raw.FPDFText_GetUnicode(words, at) for at in range(count))
    return "".join(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " " for code in codes)


def _by_line(words: Any, text: str) -> tuple[bool, Floats]:
    """Whether all lines read to the right, and the size of type; both asked for the first character of each line."""
    from pypdfium2 import raw

    matrix, at, upright = raw.FS_MATRIX(), 0, True
    sizes = np.ones(len(text))
    for line in text.split("\n"):
        first = at + len(line) - len(line.lstrip())
        if line.strip() and raw.FPDFText_GetMatrix(words, first, matrix):
            upright = upright and matrix.a > 0 and abs(matrix.b) <= 0.05 * matrix.a
            sizes[at:] = raw.FPDFText_GetFontSize(words, first) * math.hypot(matrix.c, matrix.d)
        at += len(line) + 1
    return upright, sizes


def _turned_glyphs(words: Any, text: str, frame: Frame) -> tuple[Floats, NDArray[np.int8]]:
    """Boxes and directions where PDFium's loose boxes do not serve: they are made for text that reads to the right."""
    from pypdfium2 import raw

    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    matrix = raw.FS_MATRIX()
    rows, turns = np.zeros((len(text), 4)), np.zeros(len(text), np.int8)
    for at in range(len(text)):
        raw.FPDFText_GetCharBox(words, at, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(words, at, x, y)
        raw.FPDFText_GetMatrix(words, at, matrix)
        size = raw.FPDFText_GetFontSize(words, at) * math.hypot(matrix.c, matrix.d)
        turn = _quarter(matrix.a, matrix.b)
        up, down = 0.8 * size, 0.2 * size
        rows[at] = {
            0: (left.value, y.value - down, right.value, y.value + up),
            1: (x.value - up, bottom.value, x.value + down, top.value),
            2: (left.value, y.value - up, right.value, y.value + down),
            3: (x.value - down, bottom.value, x.value + up, top.value),
        }.get(turn, (left.value, bottom.value, right.value, top.value))
        turns[at] = turn if turn == _SKEWED else (turn - frame.turn) % 4
    return frame.shown(*finite(rows).T), turns


def _quarter(a: float, b: float) -> int:
    """Direction of reading in quarter turns to the left, `_SKEWED` for anything between."""
    if not (math.isfinite(a) and math.isfinite(b)) or (a == 0 and b == 0):
        return 0
    quarters = math.atan2(b, a) / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) < 0.08 else _SKEWED
