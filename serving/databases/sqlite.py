"""SQLite: a file for the shared database, and one in each place's folder."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from serving.databases import borrowed, snapshot
from serving.databases.schema import Chain, at_head, lock, migrate

FILE = "giljabi.db"
PART = FILE + ".part"  # of a load that was cut short
_BESIDE = ("-wal", "-shm", "-journal")


class SqliteDatabases:
    """See `serving.databases.Databases`. Threads may share it; one process a home."""

    def __init__(self, shared_file: Path) -> None:
        self._shared_file = shared_file
        self._shared: Engine | None = None
        self._opening = threading.Lock()

    def shared(self) -> Engine:
        with self._opening:
            if self._shared is None:
                self._shared = _opened(self._shared_file, Chain.SHARED)
            return self._shared

    def open(self, place: str, folder: Path) -> Engine:  # noqa: ARG002  a place is known by its folder here
        with self._opening:
            return _opened(folder / FILE, Chain.PLACE)

    def drop(self, place: str, folder: Path) -> None:  # noqa: ARG002
        _remove(folder / FILE)
        _remove(folder / PART)

    def snapshot(self, place: str | None, folder: Path, file: Path) -> None:
        with borrowed(self, place, folder) as engine, engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # else each SELECT would see a moment of its own
            snapshot.write(connection, Chain.of(place), file)

    def load(self, place: str | None, folder: Path, file: Path) -> None:
        """The rows go into a new file, which then takes the old one's place: that one may be broken."""
        target = self._shared_file if place is None else folder / FILE
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(PART)
        _remove(part)
        engine = open_database(part)
        try:
            with self._opening, engine.begin() as connection:
                lock(connection)
                snapshot.load(connection, Chain.of(place), file)
        except BaseException:
            engine.dispose()
            _remove(part)
            raise
        engine.dispose()  # the last connection takes the log into the file
        with self._opening:
            if place is None and self._shared is not None:
                self._shared.dispose()
            _settle(target)
            part.replace(target)

    def check(self, place: str | None, folder: Path) -> list[str]:
        try:
            with borrowed(self, place, folder) as engine, engine.connect() as connection:
                return list(_findings(connection))
        except DatabaseError as error:
            return [str(error.orig)]


def open_database(path: Path) -> Engine:
    """SQLite with foreign keys on and a write-ahead log: readers go on while the one writer writes.

    Few connections are kept, since each holds three of the process's descriptors.
    """
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": 30}, pool_size=2, max_overflow=13, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def _opened(path: Path, chain: Chain) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = open_database(path)
    try:
        if not at_head(engine, chain):
            migrate(engine, chain)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _findings(connection: Connection) -> Iterator[str]:
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield said
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table} row {row}: no such row in {parent}"


def _settle(path: Path) -> None:
    """Take the write-ahead log into the file and away: one left beside another file would be played into that."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in _BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for suffix in (*_BESIDE, ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
