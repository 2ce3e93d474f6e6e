"""The revisions of the two kinds of database, and how one is brought to the newest."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Select, column, select, table
from sqlalchemy.exc import OperationalError, ProgrammingError

from serving import migrations
from serving.errors import ServingError

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "alembic_version"
_VERSION: Select[Any] = select(column("version_num")).select_from(table(VERSION_TABLE))


class Chain(StrEnum):
    """A line of revisions: of the shared database, or of a place's. A revision is called as its file is."""

    SHARED = "shared"
    PLACE = "place"

    @classmethod
    def of(cls, place: str | None) -> Chain:
        """None means the shared database."""
        return cls.SHARED if place is None else cls.PLACE

    @property
    def folder(self) -> Path:
        return Path(migrations.__path__[0]) / self.value

    @property
    def revisions(self) -> tuple[str, ...]:
        """Oldest first."""
        return _names(self.folder)

    @property
    def head(self) -> str:
        return self.revisions[-1]


@cache
def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("[0-9]*.py")))


def at_head(engine: Engine, chain: Chain) -> bool:
    """Whether the database is there with the newest tables: one query. Raises ServingError where they are newer."""
    try:
        with engine.connect() as connection:
            return known(connection, chain) == chain.head
    except (OperationalError, ProgrammingError):  # no such database, or nothing in it yet
        return False


def known(connection: Connection, chain: Chain) -> str | None:
    """The database's revision; None before the first. Raises ServingError where only a newer Giljabi knows it."""
    revision: str | None = connection.scalar(_VERSION)
    if revision is not None and revision not in chain.revisions:
        raise ServingError("database_newer", revision=revision)
    return revision


def migrate(engine: Engine, chain: Chain) -> None:
    """Bring the tables to the newest revision, in one transaction."""
    with engine.begin() as connection:
        lock(connection)
        upgrade(connection, chain)


def upgrade(connection: Connection, chain: Chain, revision: str = "head") -> None:
    """Bring the tables to a revision, in the caller's transaction."""
    from alembic import command

    command.upgrade(config(connection, chain), revision)


def config(connection: Connection, chain: Chain) -> Config:
    """What Alembic's commands need to know. They are not safe to run in two threads at once."""
    from alembic.config import Config

    made = Config(attributes={"connection": connection})
    options = {"script_location": chain.folder.parent, "version_locations": chain.folder, "path_separator": "newline"}
    for name, value in options.items():
        made.set_main_option(name, str(value).replace("%", "%%"))
    return made


def lock(connection: Connection) -> None:
    """Begin to write. Python's sqlite3 would begin no transaction for a change of tables, and leave half of it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
