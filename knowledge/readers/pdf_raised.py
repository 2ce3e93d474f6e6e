"""Raised and lowered digits of a PDF page: `10³` is printed as a small 3, and must not be read as `103`."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.readers.pdf_frame import Floats, Frame

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−–=()n", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₙ")
_DIGITS = re.compile(r"[주*]?[0-9+\-−–=()n,]*[0-9+\-−–n][0-9+\-−–=()n,]*")
"""Exponents, charges, indices and marks of notes, as `1)` or `주1)`."""
_LONGEST = 8
_SMALLER = 0.85
"""Size of small type at most, as part of the type it stands beside. Boxes tell sizes of different fonts only roughly."""
_ROUGHLY = 0.92
_LOW, _HIGH = 0.15, 0.8
"""How far above the base line small type stands, as part of the size of the type beside it."""
_SUNK, _DEEP = -0.07, -0.6
_NEAR = 0.5
"""Widest gap between small type and what it belongs to, in heights of the latter."""


def with_raised(words: Any, text: str, boxes: Floats, upright: NDArray[np.bool_], frame: Frame) -> str:
    """The text of a page, small raised and lowered digits in it told by their own characters, one for one.

    `words` is PDFium's text of the page, asked for base lines only where small digits stand beside larger type. `boxes`
    are those of the characters as shown; `upright` says which of them read to the right and are seen.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    at = np.flatnonzero(upright & (codes > 32) & (codes != 0x3000))
    if len(at) < 2:
        return text
    chars: list[str] = []
    for first, end, beside in _small(boxes[at]):
        own = at[first:end].tolist()
        said = "".join(text[place] for place in own)
        if not _DIGITS.fullmatch(said) or (beside > first and not any(map(str.isdigit, said))):
            continue
        height = _height(words, frame, own[0], int(at[beside]))
        signs = _RAISED if _LOW <= height <= _HIGH else _LOWERED if _DEEP <= height <= _SUNK else {}
        chars = chars or list(text)
        for place in own:
            chars[place] = chars[place].translate(signs)
    return "".join(chars) if chars else text


def _small(boxes: Floats) -> Iterator[tuple[int, int, int]]:
    """Short stretches of small type: the first, the one after the last, and the larger glyph they stand beside."""
    left, top, right, bottom = boxes.T
    high = np.maximum(bottom - top, 0.1)
    larger = np.maximum(high[1:], high[:-1])
    changes = (np.abs(np.diff(high)) > 0.08 * larger) | (np.abs(np.diff(bottom)) > 0.05 * larger)
    starts = np.flatnonzero(np.concatenate([[True], changes | (np.abs(left[1:] - right[:-1]) > larger)]))
    ends = np.append(starts[1:], len(boxes))
    sizes = np.concatenate([[0.0, 0.0], high[starts], [0.0]])
    around = np.maximum(np.maximum(sizes[:-3], sizes[1:-2]), sizes[3:])
    for index in np.flatnonzero((ends - starts <= _LONGEST) & (sizes[2:-1] < _ROUGHLY * around)).tolist():
        first, end = int(starts[index]), int(ends[index])
        # Before it, before an index that stands between (x₁²), after it (¹⁴C).
        pairs = [(first - 1, first), (int(starts[max(index - 1, 0)]) - 1, first), (end, end - 1)]
        for beside, own in pairs:
            if not 0 <= beside < len(boxes) or high[own] >= _ROUGHLY * high[beside]:
                continue
            gap = max(left[beside], left[own]) - min(right[beside], right[own])
            apart = -0.3 * high[own] < gap < _NEAR * high[beside]  # a number in a circle stands on it
            if apart and top[own] < bottom[beside] and bottom[own] > top[beside]:
                yield first, end, beside
                break


def _height(words: Any, frame: Frame, own: int, beside: int) -> float:
    """How far the base line of one glyph lies above another's, in sizes of the other; 0 where it is not the smaller."""
    size, line = _type(words, frame, own)
    its_size, its_line = _type(words, frame, beside)
    return (its_line - line) / its_size if 0 < size < _SMALLER * its_size else 0.0


def _type(words: Any, frame: Frame, at: int) -> tuple[float, float]:
    """Size of type in points and base line from the top of the page as shown."""
    from pypdfium2 import raw

    matrix, x, y = raw.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
    if not raw.FPDFText_GetMatrix(words, at, matrix) or not raw.FPDFText_GetCharOrigin(words, at, x, y):
        return 0.0, 0.0
    size = raw.FPDFText_GetFontSize(words, at) * math.hypot(matrix.c, matrix.d)
    line = frame.point(x.value, y.value)[1]
    return (size, line) if math.isfinite(size) and math.isfinite(line) else (0.0, 0.0)
