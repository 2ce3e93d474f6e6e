"""What a report is made of, whatever the format: the same blocks become a page, a PDF and a DOCX."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.report.text import Say

Tone = Literal["plain", "muted", "lead", "notice", "mark"]

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Characters that turn the direction of reading: they make a line read otherwise than it is written."""


def clean(text: str) -> str:
    """Text that every format can hold: composed Hangul, one line, no control characters, no half of a pair."""
    return _spaced(text).strip()


def _spaced(text: str) -> str:
    """Clean, but a space at either end stays: a span goes on where another ends."""
    composed = unicodedata.normalize("NFC", text)
    kept = (character for character in composed if character not in _TURNS)
    return re.sub(r"\s+", " ", "".join(" " if _breaks(character) else character for character in kept))


def _breaks(character: str) -> bool:
    place = ord(character)
    never = place & 0xFFFE == 0xFFFE or 0xFDD0 <= place <= 0xFDEF  # set aside by Unicode; XML refuses some of them
    return never or unicodedata.category(character) in {"Cc", "Cs", "Co", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text. `url` is followed only where it is https. `document`: an id of the library, for a page that opens it."""

    text: str
    strong: bool = False
    muted: bool = False
    url: str = ""
    document: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _spaced(self.text))
        safe = self.url.startswith("https://") and self.url == clean(self.url) and " " not in self.url
        object.__setattr__(self, "url", self.url if safe else "")


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def strong(text: str) -> Span:
    return Span(text, strong=True)


def muted(text: str) -> Span:
    return Span(text, muted=True)


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is the title of the report; none is skipped on the way down."""

    level: Literal[1, 2, 3, 4, 5]
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the whole. The first cell of a row heads it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[float, ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in self.rows) or len(self.widths) != len(self.head):
            raise ValueError(f"{self.caption}: every row has a cell for each heading")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of the two outputs: its name, its value in large letters and what goes with it."""

    title: str
    value: str
    unit: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        for name in ("title", "value", "unit"):
            object.__setattr__(self, name, clean(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Point:
    """A spoke of the radar. None: not known, which is not 0."""

    name: str
    score: float | None
    before: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))


@dataclass(frozen=True, slots=True)
class Radar:
    """`overlay`: the scores of last time are drawn too. `says`: the chart in words."""

    points: tuple[Point, ...]
    overlay: bool
    says: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns that stay apart; on a narrow screen the one after the other."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]


Block = Heading | Paragraph | Listing | Table | Outcome | Radar | Pair


@dataclass(frozen=True, slots=True)
class Composed:
    """A report ready to be set. `first` is the CEO's one page."""

    say: Say
    title: str
    company: str
    day: date
    first: tuple[Block, ...]
    detail: tuple[Block, ...]
    notice: str
    mark: str

    @property
    def heading(self) -> str:
        return f"{self.title} · {self.company}"
