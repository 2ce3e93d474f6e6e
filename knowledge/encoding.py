"""Bytes of a text file into text: UTF-8, UTF-16 with a mark, CP949, or a refusal."""

from __future__ import annotations

import codecs

from knowledge.errors import UnreadableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """Text of `data` with `\\n` line ends. Raises UnreadableError where no encoding fits."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data, name)
    if b"\x00" in data[:4096]:
        raise UnreadableError("encoding")
    try:
        return _decoded(data, "utf-8")
    except UnreadableError:
        return _decoded(data, _guessed(data))


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # CP949 is what Korean programs write when they do not write UTF-8; the guess only arbitrates the rest.
    best = from_bytes(data[:65536], cp_isolation=["cp949", "euc_kr", "utf_16_le", "utf_16_be", "cp1252"]).best()
    if best is None:
        raise UnreadableError("encoding")
    return best.encoding


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError("encoding") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
