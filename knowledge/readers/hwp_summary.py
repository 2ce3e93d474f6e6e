"""Title, author and dates of a HWP 5 file, from its property set ([MS-OLEPS] 2.21).

Four properties are looked up and nothing else is parsed: a count in a damaged set can keep a general parser busy for hours.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta

STREAM = "\x05HwpSummaryInformation"
_TITLE, _AUTHOR, _CREATED, _SAVED = 2, 4, 12, 13
_WIDE_STRING, _FILETIME = 31, 64
_MAX_PROPERTIES = 1_000
_MAX_WORDS = 300
_EPOCH = datetime(1601, 1, 1)  # noqa: DTZ001 - UTC by definition; files write no zone
_KOREA = timedelta(hours=9)


def properties(stream: bytes) -> tuple[str, dict[str, str]]:
    """(title, metadata). What is damaged says nothing: the text is whole without it."""
    try:
        values = _values(stream)
    except (struct.error, OverflowError):
        return "", {}
    metadata = {
        "created": values.get(_CREATED, ""),
        "modified": values.get(_SAVED, ""),
        "author": values.get(_AUTHOR, ""),
    }
    return values.get(_TITLE, ""), {key: value for key, value in metadata.items() if value}


def _values(stream: bytes) -> dict[int, str]:
    (start,) = struct.unpack_from("<I", stream, 44)
    (count,) = struct.unpack_from("<I", stream, start + 4)
    found: dict[int, str] = {}
    for at in range(min(count, _MAX_PROPERTIES)):
        key, offset = struct.unpack_from("<II", stream, start + 8 + 8 * at)
        if key in {_TITLE, _AUTHOR, _CREATED, _SAVED}:
            found[key] = _value(stream, start + offset)
    return found


def _value(stream: bytes, at: int) -> str:
    (kind,) = struct.unpack_from("<I", stream, at)
    if kind == _WIDE_STRING:
        (units,) = struct.unpack_from("<I", stream, at + 4)
        words = stream[at + 8 : at + 8 + 2 * min(units, _MAX_WORDS)].decode("utf-16-le", "replace")
        return words.split("\0")[0].strip()
    if kind == _FILETIME:
        (ticks,) = struct.unpack_from("<Q", stream, at + 4)  # of 100 ns
        moment = _EPOCH + timedelta(microseconds=ticks // 10) + _KOREA
        return moment.date().isoformat() if moment.year >= 1980 else ""  # files that never knew say 1601
    return ""
