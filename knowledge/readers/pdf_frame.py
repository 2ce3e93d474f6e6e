"""From the space of a PDF page's content to the page as it is shown: rotated, cut, counted from the upper left corner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """How the space of a page's content becomes the page as shown."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turn % 2 else (width, height)

    def shown(self, x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Floats:
        """Rows of left, top, right, bottom for boxes with opposite corners (x0, y0) and (x1, y1)."""
        if self.turn == 0:
            parts = (x0 - self.left, self.top - y0, x1 - self.left, self.top - y1)
        elif self.turn == 1:
            parts = (y0 - self.bottom, x0 - self.left, y1 - self.bottom, x1 - self.left)
        elif self.turn == 2:
            parts = (self.right - x0, y0 - self.bottom, self.right - x1, y1 - self.bottom)
        else:
            parts = (self.top - y0, self.right - x0, self.top - y1, self.right - x1)
        a, b, c, d = parts
        return np.stack([np.minimum(a, c), np.minimum(b, d), np.maximum(a, c), np.maximum(b, d)], axis=1)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page's content, such as a bookmark's, as shown."""
        box = self.shown(*(np.array([value], np.float64) for value in (x, y, x, y)))
        return float(box[0, 0]), float(box[0, 1])


def turned(boxes: Floats, turn: int, width: float, height: float) -> Floats:
    """Boxes of a page of this size after it is turned clockwise by `turn` quarters."""
    left, top, right, bottom = boxes.T
    return Frame(0, 0, width, height, turn % 4).shown(left, height - bottom, right, height - top)


def finite(boxes: Floats) -> Floats:
    """Damaged files place things at infinity."""
    return np.clip(np.nan_to_num(boxes), -1e6, 1e6)
