"""Both kinds of databases for one test: SQLite always, PostgreSQL with the end-to-end tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from serving.databases import Databases
from serving.databases.postgres import PostgresDatabases
from serving.databases.sqlite import FILE, SqliteDatabases

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)]


class Rooms:
    """Databases of one kind, and a folder for each place. Engines it opened are disposed of at the end."""

    def __init__(self, databases: Databases, folder: Path, empty: Path | None) -> None:
        self.databases = databases
        self.folder = folder
        self._empty = empty
        self._opened: list[Engine] = []

    def shared(self) -> Engine:
        return self.databases.shared()

    def place(self, name: str) -> Engine:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        if self._empty:
            shutil.copy(self._empty, folder / FILE)
        self._opened.append(self.databases.open(name, folder))
        return self._opened[-1]

    def close(self) -> None:
        for engine in (*self._opened, self.databases.shared()):
            engine.dispose()


@pytest.fixture(scope="session")
def empty_databases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A shared and a place's SQLite file without rows: copying one is faster than making its tables."""
    folder = tmp_path_factory.mktemp("empty")
    databases = SqliteDatabases(folder / "shared.db")
    for engine in (databases.shared(), databases.open("place", folder / "place")):
        engine.dispose()
    return folder / "shared.db", folder / "place" / FILE


@pytest.fixture(params=BOTH)
def rooms(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rooms]:
    if request.param == "sqlite":
        shared, place = request.getfixturevalue("empty_databases")
        shutil.copy(shared, tmp_path / "shared.db")
        its = Rooms(SqliteDatabases(tmp_path / "shared.db"), tmp_path, place)
    else:
        its = Rooms(PostgresDatabases(request.getfixturevalue("postgres_url"), "a secret of the tests"), tmp_path, None)
    yield its
    its.close()
