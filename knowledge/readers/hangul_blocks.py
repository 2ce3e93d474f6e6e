"""What a Hangul document is made of, the same for HWP 5 and HWPX: paragraphs and the objects anchored in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

HeadKind = Literal["outline", "number", "bullet"]
MAX_DEPTH = 64
"""Lists inside lists (a table in a cell of a table …); a file nested deeper is damaged or meant to harm."""


@dataclass(frozen=True, slots=True)
class Head:
    """What Hangul prints before a paragraph. `level` counts from 1, `numbering` names the definition it follows."""

    kind: HeadKind
    numbering: int
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text as typed, with `(각주 3)` where a note is referred to, and the objects anchored in it, in order.

    `style` is the outline level (from 1) of its named style (`개요 2`), 0 for body text.
    """

    text: str
    objects: tuple[Object, ...] = ()
    head: Head | None = None
    style: int = 0


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell at its address. `header` is Hangul's 제목 셀."""

    row: int
    column: int
    rows: int
    columns: int
    paragraphs: tuple[Paragraph, ...]
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    cells: tuple[TableCell, ...]
    caption: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """Text that flows where it stands: a text box, a caption of a picture, an equation's script."""

    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """각주 or 미주. The text refers to it as `(각주 3)` or `(미주 3)`."""

    kind: Literal["각주", "미주"]
    number: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """Text beside the flow: 머리글, 바닥글, 바탕쪽, 숨은 설명, 메모."""

    label: str
    paragraphs: tuple[Paragraph, ...]


Object = Table | Box | Note | Aside


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a numbering is printed: `pattern` `^1.^2)` with the counters of the levels, `format` by name."""

    pattern: str
    format: str
    start: int = 1


@dataclass(frozen=True, slots=True)
class Numbering:
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Styles:
    """Definitions that paragraphs refer to, by their ids in the file."""

    numberings: dict[int, Numbering] = field(default_factory=dict)
    bullets: dict[int, str] = field(default_factory=dict)
