"""HWP 5 (한글문서파일형식 5.0): streams in an OLE file. The container here, the text in `hwp_body`.

HWP 3 and files locked by a password or by DRM are refused by name; 배포용 ones are read, as Hangul shows them.
"""

from __future__ import annotations

import io
import re
import zlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from knowledge.document import Document
from knowledge.errors import KnowledgeError, TooLargeError, UnreadableError, UnsupportedError
from knowledge.readers import hwp_body, hwp_summary
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.hangul_layout import Layout
from knowledge.readers.hwp_records import DISTRIBUTE_DOC_DATA, NAME, records
from knowledge.readers.text import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURE = b"HWP Document File"
_HWP3 = b"HWP Document File V"
_COMPRESSED, _PASSWORD, _DISTRIBUTION = 1 << 0, 1 << 1, 1 << 2
_DRM = 1 << 4 | 1 << 8 | 1 << 10
"""DRM of Hancom, encryption by a certificate, DRM by a certificate."""
_SECTION = re.compile(r"Section(\d{1,5})")
MAX_UNPACKED = 200_000_000
"""Bytes of all streams of text together."""


def claims(data: bytes, name: str) -> bool:
    """An OLE file with HWP's signature inside, or damaged with HWP's name; or the mark of HWP 3."""
    if data.startswith(_HWP3):
        return True
    return data.startswith(_OLE) and (_SIGNATURE in data or PurePath(name).suffix.lower() == ".hwp")


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Sections of the body text.

    Raises UnsupportedError for HWP 3, UnreadableError where a file is locked, damaged or holds no text, TooLargeError
    where it would unpack to too much.
    """
    if data.startswith(_HWP3):
        raise UnsupportedError("hwp3")
    try:
        return _read(data, name, progress)
    except KnowledgeError:
        raise
    except RecursionError as error:
        raise UnreadableError("broken", format=NAME) from error


def _read(data: bytes, name: str, progress: Progress) -> Document:
    streams = _Streams(data)
    info = hwp_body.doc_info(streams.unpacked("DocInfo"))
    layout = Layout(info.styles)
    parts = streams.sections()
    for done, part in enumerate(parts, 1):
        layout.add(hwp_body.paragraphs(streams.body(part), info))
        progress(done, len(parts))
    sections = layout.sections()
    if not sections:
        raise UnreadableError("no_text")
    title, metadata = streams.properties()
    return Document(
        title=title or layout.first or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=sections,
        language=language_of("\n".join(section.text for section in sections)),
        metadata=metadata,
    )


class _Streams:
    """The streams of one file, through olefile."""

    def __init__(self, data: bytes) -> None:
        import olefile

        self._left = MAX_UNPACKED
        self._ole = _guarded(olefile.OleFileIO, io.BytesIO(data))
        header = self._raw("FileHeader")
        if len(header) < 40 or not header.startswith(_SIGNATURE):
            raise UnreadableError("broken", format=NAME)
        self._flags = int.from_bytes(header[36:40], "little")
        if self._flags & _DRM:
            raise UnreadableError("drm")
        if self._flags & _PASSWORD:
            raise UnreadableError("encrypted")

    def sections(self) -> list[str]:
        """Paths of the sections in order. Raises UnreadableError where there is none."""
        folder = "ViewText" if self._flags & _DISTRIBUTION else "BodyText"
        listed = _guarded(self._ole.listdir)
        numbers = sorted(
            int(m.group(1)) for path in listed if path[0] == folder and (m := _SECTION.fullmatch(path[-1]))
        )
        if not numbers:
            raise UnreadableError("broken", format=NAME)
        return [f"{folder}/Section{number}" for number in numbers]

    def body(self, path: str) -> bytes:
        """Records of a section, decrypted in a 배포용 file."""
        if self._flags & _DISTRIBUTION:
            return self._inflated(_decrypted(self._raw(path)))
        return self.unpacked(path)

    def unpacked(self, path: str) -> bytes:
        return self._inflated(self._raw(path))

    def properties(self) -> tuple[str, dict[str, str]]:
        """(title, metadata)."""
        present = _guarded(self._ole.exists, hwp_summary.STREAM)
        return hwp_summary.properties(self._raw(hwp_summary.STREAM)) if present else ("", {})

    def _raw(self, path: str) -> bytes:
        return bytes(_guarded(lambda: self._ole.openstream(path).read()))

    def _inflated(self, data: bytes) -> bytes:
        if not self._flags & _COMPRESSED:
            return data
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            stream = inflate.decompress(data, self._left + 1)
        except zlib.error as error:
            raise UnreadableError("broken", format=NAME) from error
        self._left -= len(stream)
        if self._left < 0:
            raise TooLargeError("unpacks_too_large", limit_mb=MAX_UNPACKED // 1_000_000)
        if not inflate.eof:
            raise UnreadableError("broken", format=NAME)
        return stream


def _guarded(call: Any, *arguments: Any) -> Any:
    """What olefile answers. Raises UnreadableError for whatever it raises."""
    try:
        return call(*arguments)
    except Exception as error:
        raise UnreadableError("broken", format=NAME) from error


def _decrypted(stream: bytes) -> bytes:
    """A section of a 배포용 file: AES-128 ECB, the key in the first record, hidden under a sequence of rand()."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    tag, _, seeded = next(records(stream), (0, 0, b""))
    if tag != DISTRIBUTE_DOC_DATA or len(seeded) != 256:
        raise UnreadableError("broken", format=NAME)
    seed = int.from_bytes(seeded[:4], "little")
    plain = bytes(a ^ b for a, b in zip(seeded, _noise(seed), strict=False))
    at = 4 + (seed & 0xF)
    body = stream[4 + 256 :]
    cipher = Cipher(algorithms.AES(plain[at : at + 16]), modes.ECB()).decryptor()  # noqa: S305 - the format's own
    return cipher.update(body[: len(body) // 16 * 16])


def _noise(seed: int) -> Iterator[int]:
    """Bytes of Microsoft's rand(): one value gives a byte, the next how often it comes (1 to 16)."""
    state = seed
    while True:
        state = (state * 214013 + 2531011) & 0xFFFFFFFF
        byte = state >> 16 & 0xFF
        state = (state * 214013 + 2531011) & 0xFFFFFFFF
        for _ in range((state >> 16 & 0xF) + 1):
            yield byte


FORMAT = Format(NAME, "application/x-hwp", claims, read)
