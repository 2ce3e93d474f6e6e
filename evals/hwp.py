"""Does every HWP and HWPX file that holds text give it? Compared with a count of its own, made without the readers."""

from __future__ import annotations

import io
import re
import time
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from knowledge.document import Document
from knowledge.errors import KnowledgeError
from knowledge.readers import reader
from knowledge.visible import visible

_PARA_TEXT = 0x43
_COMPRESSED, _DISTRIBUTION = 1, 4
_EIGHT_UNITS = frozenset(range(1, 24)) - {10, 13}
"""Control characters that take eight units; the others below 32 take one."""


@dataclass(frozen=True, slots=True)
class HwpReport:
    """`missed` says how many of a file's characters (spaces apart) its Document lacks; files that lack none are left out.

    `refused` counts reasons (`no_text`, `encrypted` …) and `refused_with_text` names the files that should not be there.
    """

    files: int
    with_text: int
    read: int
    characters: int
    seconds: float
    refused: dict[str, int] = field(default_factory=dict)
    refused_with_text: tuple[str, ...] = ()
    missed: dict[str, int] = field(default_factory=dict)

    @property
    def characters_missed(self) -> int:
        return sum(self.missed.values())

    @property
    def passed(self) -> bool:
        """Every file that holds text gives all of it; the rest were refused with a reason."""
        return self.files > 0 and not self.refused_with_text and not self.missed


def check(folder: Path) -> HwpReport:
    """Read every `.hwp` and `.hwpx` below `folder`. `seconds` is the readers' time alone."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".hwp", ".hwpx"})
    refused: dict[str, int] = {}
    missed: dict[str, int] = {}
    silent: list[str] = []
    with_text = read = characters = 0
    seconds = 0.0
    for path in files:
        data, name = path.read_bytes(), str(path.relative_to(folder))
        pieces = list(stored_text(data))
        with_text += bool(pieces)
        characters += sum(map(len, pieces))
        started = time.perf_counter()
        try:
            document = reader.read(data, path.name)
        except KnowledgeError as error:
            refused[error.reason] = refused.get(error.reason, 0) + 1
            if pieces:
                silent.append(name)
        else:
            read += 1
            lacking = characters_missed(pieces, document)
            if lacking:
                missed[name] = lacking
        seconds += time.perf_counter() - started
    return HwpReport(len(files), with_text, read, characters, seconds, refused, tuple(silent), missed)


def characters_missed(pieces: list[str], document: Document) -> int:
    """Characters of the pieces that stand nowhere in the document, neither in a section nor in a heading."""
    sections = document.sections
    said = "\n".join(part for section in sections for part in (section.text, *section.headings))
    everything = _packed(said)
    return sum(len(piece) for piece in pieces if piece not in everything)


def stored_text(data: bytes) -> Iterator[str]:
    """Runs of text as the file stores them, without spaces; nothing where it holds none."""
    runs = _hwpx_runs(data) if data.startswith(b"PK") else _hwp_runs(data)
    return (packed for run in runs if (packed := _packed(run)))


def _packed(text: str) -> str:
    return re.sub(r"[\s|]+", "", visible(text))


def _hwpx_runs(data: bytes) -> Iterator[str]:
    """Text nodes of `hp:t` in the section parts, but for what a tracked change has deleted."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [name for name in package.namelist() if re.fullmatch(r"Contents/section\d+\.xml", name)]
        for part in parts:
            deleted = False
            for element in etree.fromstring(package.read(part)).iter("{*}p", "{*}t"):
                if etree.QName(element).localname == "p":
                    deleted = False
                    continue
                yield "" if deleted else element.text or ""
                for child in element:
                    name = etree.QName(child).localname
                    deleted = name == "deleteBegin" or (deleted and name != "deleteEnd")
                    yield "" if deleted else child.tail or ""


def _hwp_runs(data: bytes) -> Iterator[str]:
    """Text between control characters of PARA_TEXT; of a 배포용 file, whose body is encrypted, the preview's lines."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        flags = int.from_bytes(ole.openstream("FileHeader").read()[36:40], "little")
        if flags & _DISTRIBUTION:
            preview = ole.openstream("PrvText").read().decode("utf-16-le", "replace")
            yield from re.split(r"[<>\r\n]+", preview)
            return
        for path in ole.listdir():
            if path[0] == "BodyText":
                stream = ole.openstream(path).read()
                yield from _paragraph_runs(zlib.decompress(stream, -15) if flags & _COMPRESSED else stream)


def _paragraph_runs(stream: bytes) -> Iterator[str]:
    at = 0
    while at + 4 <= len(stream):
        head = int.from_bytes(stream[at : at + 4], "little")
        at, size = at + 4, head >> 20
        if size == 0xFFF:
            at, size = at + 4, int.from_bytes(stream[at : at + 4], "little")
        if head & 0x3FF == _PARA_TEXT:
            yield from _runs(array("H", stream[at : at + size]))
        at += size


def _runs(units: array[int]) -> Iterator[str]:
    at = start = 0
    while at < len(units):
        if units[at] >= 32:
            at += 1
            continue
        yield units[start:at].tobytes().decode("utf-16-le", "replace")
        at += 8 if units[at] in _EIGHT_UNITS else 1
        start = at
    yield units[start:].tobytes().decode("utf-16-le", "replace")
