"""ZIP packages (OOXML, HWPX, AASX, plain archives), opened so that no bomb unpacks."""

from __future__ import annotations

import io
import zipfile
import zlib

from knowledge.errors import TooLargeError, UnreadableError

MAX_FILES = 5_000
MAX_UNPACKED = 250_000_000
"""Bytes of all files together as declared; `zipfile` never yields more of a file than it declares."""
MAX_RATIO = 200
"""Unpacked over packed size of one file larger than a megabyte; office files stay under 100."""
_SMALL = 1_000_000
_ENCRYPTED = 0x1
_UTF8 = 0x800


class Package:
    """The files of a package. Nothing is written to disk, so names in it can point nowhere."""

    def __init__(self, data: bytes, format_name: str = "ZIP") -> None:
        """Raises UnreadableError where it is damaged or encrypted, TooLargeError where it would unpack to too much."""
        self._format = format_name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._infos = {info.filename: info for info in self._zip.infolist() if info.filename and not info.is_dir()}
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise UnreadableError("broken", format=format_name) from error
        _check(list(self._infos.values()))

    @property
    def names(self) -> list[str]:
        """Paths of the files inside, in the order of the package."""
        return list(self._infos)

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def size(self, name: str) -> int:
        """Unpacked size in bytes. Raises UnreadableError where there is no such file."""
        return self._info(name).file_size

    def label(self, name: str) -> str:
        """The path as its writer saw it. Without the UTF-8 flag it is CP949 from Korean Windows, or UTF-8 after all."""
        if self._info(name).flag_bits & _UTF8 or name.isascii():
            return name
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name
        for codec in ("utf-8", "cp949"):
            try:
                return raw.decode(codec)
            except UnicodeDecodeError:
                continue
        return name

    def read(self, name: str) -> bytes:
        """Bytes of one file. Raises UnreadableError where it is missing, damaged or encrypted."""
        info = self._info(name)
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableError("encrypted")
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError) as e:
            raise UnreadableError("broken", format=self._format) from e

    def _info(self, name: str) -> zipfile.ZipInfo:
        if name not in self._infos:
            raise UnreadableError("broken", format=self._format)
        return self._infos[name]


def names_of(data: bytes) -> frozenset[str]:
    """Paths in a ZIP, for telling formats apart; none where it cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return frozenset(info.filename for info in package.infolist()[:MAX_FILES])
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return frozenset()


def _check(infos: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in infos)
    if len(infos) > MAX_FILES:
        raise TooLargeError("too_many_files", files=len(infos), limit=MAX_FILES)
    if total > MAX_UNPACKED:
        raise TooLargeError("unpacks_too_large", limit_mb=MAX_UNPACKED // 1_000_000)
    if any(i.file_size > _SMALL and i.file_size > MAX_RATIO * max(i.compress_size, 1) for i in infos):
        raise TooLargeError("bomb")
