"""A PostgreSQL of Debian's for the tests: started once a session, emptied after each, thrown away at its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

DATABASE, MASTER, SUPERUSER, PASSWORD = "giljabi", "giljabi", "postgres", "for-tests"


@dataclass(frozen=True)
class Server:
    """It listens on a socket in `folder` alone, and asks every role for its password."""

    folder: Path

    def url(self, database: str, role: str = MASTER, password: str = PASSWORD) -> str:
        return f"postgresql+psycopg://{role}:{password}@/{database}?host={self.folder}"

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[Connection]:
        url = self.url(database, SUPERUSER)
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running() as server:
        with server.superuser() as connection:
            connection.exec_driver_sql(f"CREATE ROLE {MASTER} LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
            connection.exec_driver_sql(f"CREATE DATABASE {DATABASE} OWNER {MASTER}")
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """Of a role that may make roles, and owns an empty database."""
    yield postgres.url(DATABASE)
    with postgres.superuser(DATABASE) as connection:
        for schema in connection.scalars(text("SELECT nspname FROM pg_namespace WHERE nspowner = 'giljabi'::regrole")):
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        for role in connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'place%'")):
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")


@contextmanager
def running() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="giljabi-pg-"))
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(folder, "postgres", "postgres")
    data, password = folder / "data", folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    password.chmod(0o644)
    make = ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password}", "--encoding=UTF8"]
    serve = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=50"
    try:
        _run(who, "initdb", f"--pgdata={data}", "--no-locale", "--no-sync", *make)
        _run(who, "pg_ctl", f"--pgdata={data}", f"--log={folder / 'log'}", f"--options={serve}", "--wait", "start")
        try:
            yield Server(folder)
        finally:
            _run(who, "pg_ctl", f"--pgdata={data}", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(who: dict[str, object], program: str, *arguments: str) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    assert found, f"no {program}: `make debian` installs PostgreSQL"
    done = subprocess.run(  # type: ignore[call-overload]
        [found[-1], *arguments], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **who
    )
    assert done.returncode == 0, done.stdout
