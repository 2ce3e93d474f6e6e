"""PostgreSQL: a schema for the shared database, and a schema and a role of its own for each place."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from serving.databases import borrowed, snapshot
from serving.databases.schema import Chain, at_head, migrate
from serving.errors import ServingError

SHARED = "giljabi"
_CONNECT_SECONDS = 10
_FINDINGS = {
    "not enforced": "SELECT conname FROM pg_constraint WHERE NOT convalidated "
    "AND connamespace = current_schema()::regnamespace",
    "not valid": "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE NOT indisvalid "
    "AND relnamespace = current_schema()::regnamespace",
}


class PostgresDatabases:
    """See `serving.databases.Databases`. `url` is of a role that may make roles, and owns the database it names.

    A place's tables belong to the place's role, which may connect and use its own schema, no more. The role of `url`
    owns the schemas, so it can drop them; unless it is a superuser it cannot read a place's tables either. What every
    role of a server can see are the system's catalogues: the names of other places, not what they hold.

    `secret` makes the roles' passwords: whoever has it and can reach the server can come in as any place.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url = make_url(url)
        self._secret = secret
        self._shared: Engine | None = None
        self._opening = threading.Lock()

    def shared(self) -> Engine:
        with self._opening:
            if self._shared is None:
                self._shared = _opened(lambda: _engine(self._url, SHARED, keep=5), self._found_shared, Chain.SHARED)
            return self._shared

    def open(self, place: str, folder: Path) -> Engine:  # noqa: ARG002  a place is known by its name here
        """Few connections are kept: a server takes a hundred in all unless it is told otherwise."""
        role = self.role(place)
        url = self._url.set(username=role, password=self._password(role))
        with self._opening:
            return _opened(lambda: _engine(url, role, keep=1), lambda: self._found(role), Chain.PLACE)

    def drop(self, place: str, folder: Path) -> None:  # noqa: ARG002
        """The server empties the files of dropped tables at once and unlinks them at its next checkpoint.

        What was written lately stands in the server's write-ahead log until it recycles that, and in whatever copies
        of the log its operators keep.
        """
        role = self.role(place)
        with self._master() as master:
            master.exec_driver_sql("SET LOCAL lock_timeout = '10s'")  # of whoever has it open, against the contract
            master.exec_driver_sql(f"DROP SCHEMA IF EXISTS {role} CASCADE")
            if _there(master, role):
                master.exec_driver_sql(f"REVOKE ALL ON DATABASE {_database(master)} FROM {role}")
                master.exec_driver_sql(f"DROP ROLE {role}")

    def snapshot(self, place: str | None, folder: Path, file: Path) -> None:
        with borrowed(self, place, folder) as engine:
            still = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with still.connect() as connection:
                snapshot.write(connection, Chain.of(place), file)

    def load(self, place: str | None, folder: Path, file: Path) -> None:
        with borrowed(self, place, folder) as engine, self._opening, engine.begin() as connection:
            there = MetaData()
            there.reflect(connection)
            there.drop_all(connection)
            snapshot.load(connection, Chain.of(place), file)

    def check(self, place: str | None, folder: Path) -> list[str]:
        """Reads every row, with what the server stores apart from it, and asks for what is not enforced."""
        try:
            with borrowed(self, place, folder) as engine, engine.connect() as connection:
                return list(_findings(connection))
        except DBAPIError as error:
            return [str(error.orig)]

    def role(self, place: str) -> str:
        """What a place's role and schema are called. Roles are the whole server's, so the database is in it too."""
        name = re.sub(r"[^a-z0-9]+", "_", place.lower()).strip("_")[:40]
        short = hashlib.sha256(f"{self._url.database}/{place}".encode()).hexdigest()[:12]
        return f"place_{name}_{short}"

    def _password(self, role: str) -> str:
        return hmac.new(self._secret.encode(), role.encode(), hashlib.sha256).hexdigest()

    def _found_shared(self) -> None:
        with self._master() as master:
            master.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SHARED}")
            master.exec_driver_sql("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            master.exec_driver_sql(f"REVOKE ALL ON DATABASE {_database(master)} FROM PUBLIC")

    def _found(self, role: str) -> None:
        """Make the place's role and schema, or give the role the password that goes with our secret."""
        with self._master() as master:
            # Hashed here: a statement with the password itself might be logged by the server.
            libpq = master.connection.driver_connection.pgconn  # type: ignore[union-attr]
            verifier = libpq.encrypt_password(self._password(role).encode(), role.encode(), b"scram-sha-256").decode()
            change = "ALTER" if _there(master, role) else "CREATE"
            master.exec_driver_sql(f"{change} ROLE {role} LOGIN NOINHERIT PASSWORD '{verifier}'")
            master.exec_driver_sql(f"GRANT CONNECT ON DATABASE {_database(master)} TO {role}")
            master.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {role}")
            master.exec_driver_sql(f"GRANT USAGE, CREATE ON SCHEMA {role} TO {role}")

    @contextmanager
    def _master(self) -> Iterator[Connection]:
        """A transaction of the role that makes roles."""
        engine = create_engine(
            self._url, poolclass=NullPool, connect_args={"connect_timeout": _CONNECT_SECONDS}, hide_parameters=True
        )
        with engine.begin() as connection:
            yield connection


def _opened(make: Callable[[], Engine], found: Callable[[], None], chain: Chain) -> Engine:
    """`make` makes an Engine, `found` what that connects to."""
    engine = make()
    try:
        if at_head(engine, chain):
            return engine
        engine.dispose()
        found()
        engine = make()  # the former has noted that there is no such schema
        migrate(engine, chain)
    except DBAPIError as error:
        engine.dispose()
        raise ServingError("database_refused", said=str(error.orig).partition("\n")[0]) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def _engine(url: URL, schema: str, keep: int) -> Engine:
    arguments = {"options": f"-c search_path={schema}", "connect_timeout": _CONNECT_SECONDS}
    engine = create_engine(
        url, pool_size=keep, max_overflow=4 * keep, pool_pre_ping=True, connect_args=arguments, hide_parameters=True
    )
    event.listen(engine, "connect", _without_nul)
    return engine


def _without_nul(connection: Any, _record: Any) -> None:
    """A file or a person may send U+0000, which SQLite keeps and PostgreSQL refuses: it is kept as U+FFFD."""
    from psycopg.types.string import StrDumperUnknown

    class Text(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    connection.adapters.register_dumper(str, Text)


def _there(connection: Connection, role: str) -> bool:
    return bool(connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role}))


def _database(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT quote_ident(current_database())")))


def _findings(connection: Connection) -> Iterator[str]:
    for name in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"SELECT sum(length({name}::text)) FROM {name}")  # noqa: S608  our own tables
    for finding, query in _FINDINGS.items():
        for (name,) in connection.exec_driver_sql(query):
            yield f"{name}: {finding}"
