"""A sealed file: a tar with a few plain words about itself, a key under a passphrase, and all the rest under that key.

Key and rest are ordinary age files, so that without Giljabi too `age` and `tar` open it. Nothing is kept in memory
whole, and nothing that was altered or cut short is taken for the truth.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serving import passphrase
from serving.errors import RequestError

FORMAT = 1
_MANIFEST, _KEY, _REST = "manifest.json", "key.age", "rest.tar.age"
_BLOCK = tarfile.BLOCKSIZE
_LONGEST = 1_000_000
"""Bytes of the manifest or the key at most."""


class Manifest(BaseModel):
    """What a sealed file says in plain: ids, never names. It is sealed in as well, so that it cannot be altered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    giljabi: str
    backup_id: str
    made_at: str
    whole: bool
    places: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")], ...] = Field(min_length=1)
    key_sha256: str = ""


def seal(path: Path, manifest: Manifest, phrase: str, fill: Callable[[tarfile.TarFile], None]) -> Manifest:
    """Write a new file, which only its owner may read, with what `fill` adds. Raises RequestError: a weak passphrase."""
    import pyrage  # type: ignore[import-untyped]

    identity = pyrage.x25519.Identity.generate()
    key = passphrase.lock(str(identity).encode(), phrase)
    manifest = manifest.model_copy(update={"key_sha256": hashlib.sha256(key).hexdigest()})
    said = manifest.model_dump_json().encode()

    def write(out: BinaryIO) -> None:
        with tarfile.open(fileobj=out, mode="w|", format=tarfile.GNU_FORMAT) as tar:
            put(tar, _MANIFEST, said)
            fill(tar)

    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
        for name, data in ((_MANIFEST, said), (_KEY, key)):
            out.write(_header(name, len(data)) + _padded(data))
        start = out.tell()
        out.write(_header(_REST, 0))
        with _piped(write) as source:
            pyrage.encrypt_io(source, out, [identity.to_public()])
        size = out.tell() - start - _BLOCK
        out.write(_padded(b"", size) + bytes(2 * _BLOCK))
        out.seek(start)
        out.write(_header(_REST, size))
        out.flush()
        os.fsync(out.fileno())
    return manifest


def told(file: BinaryIO) -> Manifest:
    """What a sealed file says of itself. Not to be trusted before it was opened. Raises RequestError."""
    with _outer(file) as tar:
        return _manifest(_member(tar, _MANIFEST))


def unseal(file: BinaryIO, phrase: str, into: Path) -> Manifest:
    """Take everything out into a folder, all of it or none counts. Raises RequestError: a wrong passphrase, a file that
    is no backup, altered, cut short, or of a newer Giljabi.
    """
    import pyrage

    with _outer(file) as tar:
        manifest, key = _manifest(_member(tar, _MANIFEST)), _member(tar, _KEY)
        if hashlib.sha256(key).hexdigest() != manifest.key_sha256:
            raise RequestError("backup_broken", 422)
        identity = pyrage.x25519.Identity.from_str(passphrase.unlock(key, phrase).decode())
        rest = tar.extractfile(_next(tar, _REST))

        def decrypt(out: BinaryIO) -> None:
            pyrage.decrypt_io(rest, out, [identity])

        try:
            with _piped(decrypt) as source:
                _unpack(source, into)
        except (pyrage.DecryptError, tarfile.TarError) as error:
            raise RequestError("backup_broken", 422) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise RequestError("backup_broken", 422) from error
    if (into / _MANIFEST).read_bytes() != manifest.model_dump_json().encode():
        raise RequestError("backup_broken", 422)
    return manifest


def put(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add a small file."""
    put_from(tar, name, len(data), io.BytesIO(data))


def put_from(tar: tarfile.TarFile, name: str, size: int, source: BinaryIO) -> None:
    tar.addfile(_info(name, size), source)


def _info(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


def _header(name: str, size: int) -> bytes:
    return _info(name, size).tobuf(tarfile.GNU_FORMAT)


def _padded(data: bytes, size: int | None = None) -> bytes:
    """Up to a whole number of blocks."""
    return data + bytes(-(len(data) if size is None else size) % _BLOCK)


@contextmanager
def _outer(file: BinaryIO) -> Generator[tarfile.TarFile]:
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise RequestError("backup_unknown", 422) from error


def _next(tar: tarfile.TarFile, name: str) -> tarfile.TarInfo:
    found = tar.next()
    if found is None or found.name != name or not found.isreg():
        raise RequestError("backup_unknown", 422)
    return found


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    member = _next(tar, name)
    source = tar.extractfile(member)
    data = source.read() if source is not None and member.size <= _LONGEST else b""
    if len(data) != member.size:
        raise RequestError("backup_broken", 422)
    return data


def _manifest(said: bytes) -> Manifest:
    try:
        if int(json.loads(said)["format"]) > FORMAT:
            raise RequestError("backup_newer", 422)
        return Manifest.model_validate_json(said)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise RequestError("backup_unknown", 422) from error


def _unpack(source: BinaryIO, into: Path) -> None:
    with tarfile.open(fileobj=source, mode="r|") as tar:
        for member in tar:
            if not member.isreg():
                raise tarfile.ReadError("not a plain file")
            tar.extract(member, into, filter="data")
    while source.read(1 << 20):  # what is cut off behind the last file is noticed there
        pass


@contextmanager
def _piped(produce: Callable[[BinaryIO], None]) -> Generator[BinaryIO]:
    """What `produce` writes, to be read meanwhile. What it raises comes out here, before what its reader made of that."""
    read_end, write_end = os.pipe()
    failed: list[Exception] = []

    def run() -> None:
        try:
            with os.fdopen(write_end, "wb") as out:
                produce(out)
        except Exception as error:  # noqa: BLE001  raised again where it was asked for
            failed.append(error)

    thread = threading.Thread(target=run, name="sealing", daemon=True)
    thread.start()
    try:
        with os.fdopen(read_end, "rb") as source:
            yield source
    except Exception as error:
        thread.join()
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise failed[0] from error
        raise
    thread.join()
    if failed:
        raise failed[0]
