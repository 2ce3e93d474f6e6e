"""Backups: one company or the whole installation in one sealed file, made while it is served.

Of each place the rows as they were at one moment, then the files those rows name. Indexes are left out, since they are
made anew from the rows; so are models, engines, logs and receipts.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tarfile
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from knowledge.errors import UnknownDocumentError
from knowledge.registry import Registry
from serving import roster, sealed
from serving.audit import Action, Entry
from serving.databases import Databases
from serving.home import Home
from serving.office import Office
from serving.sealed import Manifest

SHARED, ROWS, ACCOUNTS, GONE, SECRETS, PLACES, FILES = (
    *("shared.jsonl", "rows.jsonl", "accounts.json", "gone.json", "secrets", "places", "files"),
)
"""What things are called in a backup."""
_WORK = ".vault"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made. `damaged`: documents whose original was missing or not as it was added."""

    manifest: Manifest
    bytes: int
    sha256: str
    damaged: tuple[str, ...]


class Backups:
    """`still`: held while places are backed up, restored or removed, which never happens to two at once."""

    def __init__(self, home: Home, databases: Databases, office: Office, still: Lock) -> None:
        self._home = home
        self._databases = databases
        self._office = office
        self._still = still

    def lent(self, phrase: str, by: str, company: str | None = None) -> tuple[Backup, BinaryIO]:
        """A backup of everything, or of one company, as an open file that is gone once it is closed. Raises RequestError."""
        with self._still, working(self._home) as work:
            file = work / "backup"
            return self._made(file, phrase, by, company, work), file.open("rb")

    def all(self) -> list[Entry]:
        """Those that were ever made, newest first, as the installation's log has them."""
        found: list[Entry] = []
        before: int | None = None
        while page := self._office.books.installation.entries(before, 500):
            before = page[-1].seq
            found.extend(entry for entry in page if entry.action == Action.BACKUP_MADE)
        return found

    def _made(self, file: Path, phrase: str, by: str, company: str | None, work: Path) -> Backup:
        companies = self._companies(company)
        manifest = Manifest(
            giljabi=version("giljabi"),
            backup_id=f"backup-{secrets.token_hex(8)}",
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            whole=company is None,
            places=(*companies, *(_others(self._home) if company is None else ())),
        )
        damaged: list[str] = []

        def fill(tar: tarfile.TarFile) -> None:
            if manifest.whole:
                self._installation(tar, work)
            for place in manifest.places:
                damaged.extend(self._place(tar, place, work))
            for each in companies:
                accounts = roster.of(self._databases.shared(), each).model_dump_json()
                sealed.put(tar, f"{PLACES}/{each}/{ACCOUNTS}", accounts.encode())

        manifest = sealed.seal(file, manifest, phrase, fill)
        with file.open("rb") as written:
            made = Backup(
                manifest, file.stat().st_size, hashlib.file_digest(written, "sha256").hexdigest(), tuple(damaged)
            )
        self._note(made, companies, company, by)
        return made

    def _note(self, made: Backup, companies: tuple[str, ...], company: str | None, by: str) -> None:
        """In the log of each company, and in the installation's, whose entries are the list of all backups."""
        identity, sha256, books = made.manifest.backup_id, made.sha256, self._office.books
        books.installation.record(by, Action.BACKUP_MADE, identity, sha256=sha256, bytes=made.bytes, company=company)
        for each in companies:
            books.record(each, by, Action.BACKUP_MADE, identity, sha256=sha256)

    def _companies(self, company: str | None) -> tuple[str, ...]:
        if company is not None:
            self._office.accounts.companies.must_be_open(company)
            return (company,)
        return tuple(each.company_id for each in self._office.accounts.companies.all() if each.state == "active")

    def _installation(self, tar: tarfile.TarFile, work: Path) -> None:
        """Before the places: their logs are then never behind what is anchored here."""
        rows = work / SHARED
        self._databases.snapshot(None, self._home.root, rows)
        _take(tar, SHARED, rows)
        for secret in sorted(self._home.secrets.glob("*")) if self._home.secrets.is_dir() else ():
            sealed.put(tar, f"{SECRETS}/{secret.name}", secret.read_bytes())

    def _place(self, tar: tarfile.TarFile, place: str, work: Path) -> list[str]:
        """Ids of documents whose original is damaged."""
        folder, rows = self._home.place(place), work / f"{place}.jsonl"
        self._databases.snapshot(place, folder, rows)
        engine = self._databases.open(place, folder)
        gone: list[str] = []
        damaged: list[str] = []
        try:
            registry = Registry(engine, folder / FILES)
            for row in rows_of(rows, "documents"):
                try:
                    whole = _original(tar, f"{PLACES}/{place}", folder, registry, row)
                except UnknownDocumentError:
                    gone.append(row["document_id"])
                else:
                    damaged.extend([] if whole else [row["document_id"]])
        finally:
            engine.dispose()
        _take(tar, f"{PLACES}/{place}/{ROWS}", rows)
        sealed.put(tar, f"{PLACES}/{place}/{GONE}", json.dumps(gone).encode())
        return damaged


def rows_of(snapshot: Path, table: str) -> Iterator[dict[str, Any]]:
    """The rows of one table in a snapshot of a database."""
    begins = json.dumps({"table": table}).removesuffix("}")
    with snapshot.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(begins):
                yield json.loads(line)["row"]


@contextmanager
def working(home: Home) -> Generator[Path]:
    """A folder in the home for as long as the block lasts; `clear` removes what a kill left of one."""
    (home.root / _WORK).mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home.root / _WORK) as folder:
        yield Path(folder)


def clear(home: Home) -> None:
    """At the start, when nobody works."""
    shutil.rmtree(home.root / _WORK, ignore_errors=True)


def _others(home: Home) -> tuple[str, ...]:
    """The places that are no company's: the library, and those of trainers."""
    trainers = home.place("trainer-").parent
    return ("library", *sorted(folder.name for folder in trainers.glob("trainer-*")))


def _take(tar: tarfile.TarFile, name: str, file: Path) -> None:
    """Put a file in and remove it."""
    with file.open("rb") as source:
        sealed.put_from(tar, name, file.stat().st_size, source)
    file.unlink()


def _original(tar: tarfile.TarFile, under: str, folder: Path, registry: Registry, row: dict[str, Any]) -> bool:
    """Put a document's file in: whether it is there and as it was added. Raises UnknownDocumentError for a document that
    was deleted after the rows were taken, whose file may be gone.
    """
    path = registry.file(row["document_id"])
    try:
        source = path.open("rb")
    except FileNotFoundError:
        registry.file(row["document_id"])
        return False
    with source:
        read = _Digesting(source)
        size = os.fstat(source.fileno()).st_size
        sealed.put_from(tar, f"{under}/{path.relative_to(folder)}", size, read)  # type: ignore[arg-type]
    return read.digest == str(row["sha256"])


class _Digesting:
    """A file that is read once, and what its bytes came to."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self._hash.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
