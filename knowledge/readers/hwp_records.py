"""Records of HWP 5 streams (한글문서파일형식 5.0): a 32-bit head of tag, level and size, then data; little-endian."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.errors import UnreadableError
from knowledge.readers.hangul_blocks import Level, Numbering
from knowledge.readers.hangul_numbers import FORMATS_BY_CODE

NAME = "HWP"
_LONG = 0xFFF
_LEVELS = 7
_LEVEL_HEAD = 12
"""Bytes before a level's pattern: properties 4, width 2, distance 2, character shape 4."""

NUMBERING, BULLET, PARA_SHAPE, STYLE, DISTRIBUTE_DOC_DATA = 0x17, 0x18, 0x19, 0x1A, 0x1C
PARA_HEADER, PARA_TEXT, CTRL_HEADER, LIST_HEADER = 0x42, 0x43, 0x47, 0x48
TABLE, EQUATION, TEXT_ART, FORM_OBJECT, MEMO_LIST = 0x4D, 0x58, 0x5A, 0x5B, 0x5D


@dataclass(frozen=True, slots=True)
class Record:
    """`children` are the records of deeper levels that follow it."""

    tag: int
    data: bytes
    children: list[Record] = field(default_factory=list)

    def number(self, at: int, size: int = 2) -> int:
        """Unsigned number of `size` bytes. Raises UnreadableError where the record is shorter."""
        if len(self.data) < at + size:
            raise UnreadableError("broken", format=NAME)
        return int.from_bytes(self.data[at : at + size], "little")

    def text(self, at: int) -> tuple[str, int]:
        """(text, end) of UTF-16 with its length in units before it. Raises UnreadableError where it is cut."""
        end = at + 2 + 2 * self.number(at)
        if end > len(self.data):
            raise UnreadableError("broken", format=NAME)
        return self.data[at + 2 : end].decode("utf-16-le", "replace"), end


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(tag, level, data) in order. Raises UnreadableError where the last record is cut: the rest would be missing."""
    at = 0
    while at < len(stream):
        if at + 4 > len(stream):
            if any(stream[at:]):
                raise UnreadableError("broken", format=NAME)
            return
        (head,) = struct.unpack_from("<I", stream, at)
        size, at = head >> 20, at + 4
        if size == _LONG:
            if at + 4 > len(stream):
                raise UnreadableError("broken", format=NAME)
            (size,) = struct.unpack_from("<I", stream, at)
            at += 4
        if at + size > len(stream):
            raise UnreadableError("broken", format=NAME)
        yield head & 0x3FF, head >> 10 & 0x3FF, stream[at : at + size]
        at += size


def tree(stream: bytes) -> list[Record]:
    """Records under the records they belong to, by their levels."""
    top: list[Record] = []
    open_at: list[tuple[int, Record]] = []
    for tag, level, data in records(stream):
        record = Record(tag, data)
        while open_at and open_at[-1][0] >= level:
            open_at.pop()
        (open_at[-1][1].children if open_at else top).append(record)
        open_at.append((level, record))
    return top


def numbering(record: Record) -> Numbering:
    """Seven levels, each a head, a pattern; then the number the first level starts with, in newer files that of each."""
    levels: list[tuple[str, str]] = []
    at = 0
    for _ in range(_LEVELS):
        code = record.number(at, 4) >> 5 & 0xF
        pattern, at = record.text(at + _LEVEL_HEAD)
        levels.append((pattern, FORMATS_BY_CODE[code] if code < len(FORMATS_BY_CODE) else "DIGIT"))
    at += 2
    starts = [record.number(at + 4 * k, 4) if len(record.data) >= at + 4 * k + 4 else 1 for k in range(_LEVELS)]
    return Numbering(
        tuple(
            Level(pattern, form, start if 0 < start < 10_000 else 1)
            for (pattern, form), start in zip(levels, starts, strict=True)
        )
    )
