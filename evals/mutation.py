"""Files that are nearly right: seeds changed at random, the same for the same numbers."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TOKEN = re.compile(rb"<[^<>]{0,200}>|&[#\w]{1,12};|\"[^\"\n]{0,80}\"|\d+|[{}\[\],:;|=]|[^\W\d]+|\n")
_WORDS = (b"", b"-1", b"0", b"99999999999999999999", b"1e999", b"NaN", b"null", b"[]", b"{}", b"<", b">", b"]]>", b"&x;", b"\x00",
          b"\xff\xfe", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"<!--", b"../../../../etc/passwd", b"%s%n", "가".encode(), b"\xb0\xa1",
          b"9" * 400, b"=?utf-8?b?////?=", b"rowspan=99999 colspan=99999", b"--", b"\n\n", b"=A1", b"1899-12-31T99:99")  # fmt: skip
_VALUE = re.compile(rb"\"[^\"<>\n]{0,80}\"|'[^'<>\n]{0,80}'|>[^<>]{1,200}<")
_ELEMENT = re.compile(rb"<([a-zA-Z][\w:.-]*)(?:\s[^<>]*)?>.{0,3000}?</\1>", re.S)
_PLAIN_WORDS = (b"", b"0", b"-1", b"1", b"2", b"65535", b"99999999999999999999", b"1e999", b"NaN", b"null", b"x", b"../../out", "가".encode(),
                b"2026-13-45", b"true", b" ", b"9" * 400, b"/", b"#", b"A1:XFD1048576", b"rId1", b"none", b"&#0;")  # fmt: skip
_MARKUP = 0.9
_PACKAGE = b"PK\x03\x04"
_MOST_INSIDE = 20_000_000


def mutated(seeds: Sequence[bytes], number: int, seed: int) -> bytes:
    """File `number` of a run: one to four changes to one of the seeds, inside the package where it is one."""
    chance = random.Random(f"{seed}:{number}")
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if data.startswith(_PACKAGE) and chance.random() < 0.75:
            data = _in_package(data, chance, seeds)
        else:
            data = _changed(data, chance, seeds)
    return data


def _changed(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    if not data:
        return chance.randbytes(chance.randrange(1, 64))
    if b"\x00" not in data[:2048] and chance.random() < _MARKUP:
        return chance.choice(
            (_value, _value, _value, _element, _element, _token, _token, _truncated, _flipped, _repeated, _dropped)
        )(data, chance)
    if chance.random() < 0.1:
        return _spliced(data, chance, seeds)
    return chance.choice(_BYTES)(data, chance)


def _truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 8, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _length(data: bytes, chance: random.Random) -> bytes:
    """A two- or four-byte number, as lengths and offsets are kept, at an edge of its range."""
    width, code = chance.choice(((2, "<H"), (2, ">H"), (4, "<I"), (4, ">I")))
    if len(data) < width:
        return data
    at = chance.randrange(len(data) - width + 1)
    number = struct.pack(code, chance.choice(_EDGES) & (0xFFFF if width == 2 else 0xFFFFFFFF))
    return data[:at] + number + data[at + width :]


def _repeated(data: bytes, chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 1, 2, 50)) + data[end:]


def _dropped(data: bytes, chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:start] + data[end:]


def _overwritten(data: bytes, chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    filling = chance.choice((bytes(end - start), b"\xff" * (end - start), chance.randbytes(end - start)))
    return data[:start] + filling + data[end:]


def _spliced(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other) + 1) :]


def _token(data: bytes, chance: random.Random) -> bytes:
    """A tag, number, string or bracket near some place replaced, doubled, moved or nested many times."""
    found = None
    for _ in range(4):
        found = found or _TOKEN.search(data, chance.randrange(len(data)))
    if found is None:
        return _flipped(data, chance)
    start, end = found.span()
    kind = chance.randrange(5)
    if kind == 0:
        return data[:start] + chance.choice(_WORDS) + data[end:]
    if kind == 1:
        return data[:start] + found.group() * chance.choice((2, 3, 1000)) + data[end:]
    if kind == 2:
        at = chance.randrange(len(data))
        return data[:at] + found.group() + data[at:]
    if kind == 3:
        return data[:start] + data[end:]
    return data[:start] + chance.choice(_WORDS) + data[start:]


def _value(data: bytes, chance: random.Random) -> bytes:
    """An attribute's or element's words replaced, the markup around them left whole: this reaches past the parser."""
    found = _VALUE.search(data, chance.randrange(len(data)))
    if found is None:
        return _token(data, chance)
    start, end = found.span()
    return data[: start + 1] + chance.choice(_PLAIN_WORDS) + data[end - 1 :]


def _element(data: bytes, chance: random.Random) -> bytes:
    """A whole element dropped, doubled, or put at another element's place."""
    found = _ELEMENT.search(data, chance.randrange(len(data)))
    if found is None:
        return _value(data, chance)
    start, end = found.span()
    kind = chance.randrange(3)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + found.group() * chance.choice((1, 3, 200)) + data[end:]
    other = _ELEMENT.search(data, chance.randrange(len(data)))
    at = other.start() if other else start
    return data[:at] + found.group() + data[at:]


def _stretch(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data))
    return start, min(len(data), start + 1 + int(chance.paretovariate(0.6)) % 5_000)


_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _truncated,
    _flipped,
    _flipped,
    _length,
    _length,
    _repeated,
    _dropped,
    _overwritten,
)


def _in_package(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One file of the package changed, dropped, doubled or renamed, and all packed again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = [info for info in package.infolist() if info.file_size < _MOST_INSIDE]
            files = [(info.filename, package.read(info)) for info in infos]
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, KeyError):
        return _changed(data, chance, seeds)
    if not files:
        return _changed(data, chance, seeds)
    at = chance.randrange(len(files))
    name, content = files[at]
    kind = chance.randrange(12)
    if kind == 0:
        del files[at]
    elif kind == 1:
        files[at] = (files[chance.randrange(len(files))][0], content)
    elif kind == 2:
        files[at] = (chance.choice(("../../out", "/etc/out", "C:\\out", "가" * 200, "a/" * 90, "")) + name, content)
    else:
        files[at] = (name, _changed(content, chance, [held for _, held in files]))
    return _packed(files)


def _packed(files: Sequence[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in dict(files).items():
            package.writestr(zipfile.ZipInfo(name or "x"), content)
    return out.getvalue()
