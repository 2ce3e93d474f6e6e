"""The databases of an installation: the shared one, and one of its own for each place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine


class Databases(Protocol):
    """The shared database, and one for each place: `library`, a company, a trainer.

    `folder` is the place's own. Where `place` is None the shared database is meant, and `folder` says nothing.
    All raise ServingError("database_newer") where a newer Giljabi has changed the tables.
    """

    def shared(self) -> Engine:
        """Accounts, consents, disclosures and the installation's audit, at the newest revision; always one Engine."""
        ...

    def open(self, place: str, folder: Path) -> Engine:
        """A place's database at the newest revision, made if it is new. The caller disposes of the Engine."""
        ...

    def drop(self, place: str, folder: Path) -> None:
        """Remove every byte of a place's database. Nobody may have it open."""
        ...

    def snapshot(self, place: str | None, folder: Path, file: Path) -> None:
        """Write the rows as they are at one moment to a new `file`, while others go on reading and writing.

        Either kind loads what the other wrote: a firm may begin with SQLite and move to PostgreSQL.
        """
        ...

    def load(self, place: str | None, folder: Path, file: Path) -> None:
        """Put a snapshot in the place of what is there, wholly or not at all. Nobody may have the database open.

        Raises ServingError("snapshot_broken") where `file` is not a whole snapshot of this kind of database.
        """
        ...

    def check(self, place: str | None, folder: Path) -> list[str]:
        """What is wrong with the database, in the database's words; nothing where it is well."""
        ...


@contextmanager
def borrowed(databases: Databases, place: str | None, folder: Path) -> Iterator[Engine]:
    """The place's database for the body, or the shared one, which stays open."""
    if place is None:
        yield databases.shared()
        return
    engine = databases.open(place, folder)
    try:
        yield engine
    finally:
        engine.dispose()
