"""What is drawn on a PDF page besides its glyphs: lines of tables, pictures, and text in no colour."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

from knowledge.document import Box
from knowledge.readers.pdf_frame import Frame, finite

MAX_OBJECTS = 20_000
"""Objects of one page that are looked through; drawings (CAD) have more and no tables."""
_THIN = 3.0  # points: a filled shape no thicker than this is a line
_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5  # FPDF_PAGEOBJ_*


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, level (`top == bottom`) or upright (`left == right`), in points as shown."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def level(self) -> bool:
        return self.bottom - self.top <= self.right - self.left


def is_concealed(item: Any) -> bool:
    """Whether a text object is drawn in no colour or not at all; so is the text that OCR puts over a scan."""
    from pypdfium2 import raw

    mode = raw.FPDFTextObj_GetTextRenderMode(item)
    if mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    filled = raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
    return bool(mode == raw.FPDF_TEXTRENDERMODE_FILL and filled and alpha.value == 0)


def drawn(page: Any, frame: Frame) -> tuple[tuple[Rule, ...], float, bool]:
    """Rules of tables, the part of the page under its largest picture, and whether some of its text is not painted."""
    from pypdfium2 import raw

    width, height = frame.size
    rules: list[Box] = []
    pictured, concealing = 0.0, False
    count = raw.FPDFPage_CountObjects(page)
    if count > MAX_OBJECTS:
        return (), 0.0, True
    for at in range(count):
        item = raw.FPDFPage_GetObject(page, at)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == _TEXT:
            concealing = concealing or is_concealed(item)
        elif kind == _PATH:
            rules += _straight(item)
        elif kind in {_IMAGE, _FORM}:
            left, bottom, right, top = _bounds(item)
            area = max(0.0, right - left) * max(0.0, top - bottom)
            if kind == _IMAGE or _holds_picture(item):
                pictured = max(pictured, min(1.0, area / (width * height)))
    if not rules or len(rules) > MAX_OBJECTS:
        return (), pictured, concealing
    boxes = frame.shown(*finite(np.array(rules)).T)
    return tuple(Rule(*map(float, box)) for box in boxes), pictured, concealing


def _holds_picture(form: Any) -> bool:
    from pypdfium2 import raw

    count = min(raw.FPDFFormObj_CountObjects(form), 50)
    return any(raw.FPDFPageObj_GetType(raw.FPDFFormObj_GetObject(form, at)) == _IMAGE for at in range(count))


def _bounds(item: Any) -> Box:
    from pypdfium2 import raw

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return 0.0, 0.0, 0.0, 0.0
    return left.value, bottom.value, right.value, top.value


def _straight(item: Any) -> list[Box]:
    """Level and upright lines of a path, in the space of the page's content."""
    from pypdfium2 import raw

    left, bottom, right, top = _bounds(item)
    width, height = right - left, top - bottom
    if width <= _THIN or height <= _THIN:
        return [_flat(left, bottom, right, top)] if max(width, height) > _THIN else []
    segments = raw.FPDFPath_CountSegments(item)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, fill, stroke)
    if not 4 <= segments <= 5:
        return _pieces(item, segments) if stroke.value and segments <= 500 else []
    if not stroke.value:
        return []  # shading
    return [
        (left, bottom, right, bottom), (left, top, right, top), (left, bottom, left, top), (right, bottom, right, top)
    ]  # fmt: skip


def _pieces(item: Any, segments: int) -> list[Box]:
    """Lines of a path that draws several at once."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    found: list[Box] = []
    last: tuple[float, float] | None = None
    for at in range(segments):
        segment = raw.FPDFPath_GetPathSegment(item, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if last and raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO:
            left, right = sorted((last[0], point[0]))
            bottom, top = sorted((last[1], point[1]))
            if min(right - left, top - bottom) < 0.5 and max(right - left, top - bottom) > _THIN:
                found.append(_flat(left, bottom, right, top))
        last = point
    return found


def _flat(left: float, bottom: float, right: float, top: float) -> Box:
    """The middle line of a thin shape."""
    if right - left >= top - bottom:
        middle = (bottom + top) / 2
        return left, middle, right, middle
    middle = (left + right) / 2
    return middle, bottom, middle, top
