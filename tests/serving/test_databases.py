from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, event, insert, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError

from assistant.records import Records, TurnState
from knowledge.registry import Registry
from retrieval.chunk import split
from retrieval.store import ChunkStore
from serving.audit import Action, Audit
from serving.databases import Databases
from serving.databases.postgres import PostgresDatabases
from serving.databases.schema import Chain, config, lock, migrate
from serving.databases.sqlite import SqliteDatabases
from serving.errors import ServingError
from serving.migrations import audit as audit_revision
from tests.places import PLACE, SHARED
from tests.postgres import PASSWORD, Server
from tests.retrieval import material

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)]
CHAINS = [(Chain.SHARED, SHARED), (Chain.PLACE, PLACE)]
FIRST = {"previous": "0" * 64, "at": "2026-11-23T00:00:00+00:00", "actor": "person-1", "action": "joined"}


class Room:
    """A kind of databases with a folder for each place. Engines it opened are disposed of at the end."""

    def __init__(self, kind: str, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder = folder
        self.databases: Databases
        if kind == "sqlite":
            self.databases = SqliteDatabases(folder / "accounts" / "giljabi.db")
        else:
            self.databases = PostgresDatabases(request.getfixturevalue("postgres_url"), "a secret of the tests")
        self._opened: list[Engine] = []

    def of(self, place: str | None) -> Engine:
        if place is None:
            return self.databases.shared()
        self._opened.append(self.databases.open(place, self.folder / place))
        return self._opened[-1]

    def snapshot(self, place: str | None, name: str = "snapshot") -> Path:
        file = self.folder / name
        self.databases.snapshot(place, self.folder / str(place), file)
        return file

    def load(self, place: str | None, file: Path) -> None:
        self.close()
        self.databases.load(place, self.folder / str(place), file)

    def check(self, place: str | None) -> list[str]:
        return self.databases.check(place, self.folder / str(place))

    def drop(self, place: str) -> None:
        self.close()
        self.databases.drop(place, self.folder / place)

    def close(self) -> None:
        while self._opened:
            self._opened.pop().dispose()

    def end(self) -> None:
        self.close()
        self.databases.shared().dispose()


@pytest.fixture(params=BOTH)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    its = Room(request.param, tmp_path, request)
    yield its
    its.end()


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    its = Room("sqlite", tmp_path, request)
    yield its
    its.end()


@pytest.fixture
def postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    its = Room("postgresql", tmp_path, request)
    yield its
    its.end()


def tables(metadata: list[MetaData]) -> dict[str, Table]:
    return {name: each for one in metadata for name, each in one.tables.items()}


def fill(engine: Engine, name: str, *rows: dict[str, Any]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(tables(SHARED + PLACE)[name]), rows)


def rows(engine: Engine, name: str) -> list[dict[str, Any]]:
    table = tables(SHARED + PLACE)[name]
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def document(identity: str, **values: Any) -> dict[str, Any]:
    row = {"document_id": identity, "sha256": identity, "name": "작업표준서.pdf", "bytes": 3, "added_by": "kim"}
    return row | {"added_at": "2026-11-23", "status": "indexed", "details": {}} | values


def entry(seq: int, **values: Any) -> dict[str, Any]:
    return FIRST | {"seq": seq, "subject": f"key-{seq}", "details": {"role": "staff"}, "hash": f"{seq:064}"} | values


def differences(engine: Engine, metadata: list[MetaData]) -> list[Any]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def downgrade(engine: Engine, chain: Chain, revision: str) -> None:
    with engine.begin() as connection:
        lock(connection)
        command.downgrade(config(connection, chain), revision)


@pytest.mark.parametrize(("chain", "metadata"), CHAINS)
def test_revisions_make_what_the_code_declares_and_take_it_away_again(
    room: Room, chain: Chain, metadata: list[MetaData]
) -> None:
    place = None if chain is Chain.SHARED else "acme"
    engine = room.of(place)
    assert names(engine) == set(tables(metadata))
    assert differences(engine, metadata) == []
    downgrade(engine, chain, "base")
    assert names(engine) == set()
    migrate(engine, chain)
    assert names(engine) == set(tables(metadata))
    assert differences(engine, metadata) == []


@pytest.mark.parametrize("chain", Chain)
def test_a_revision_is_called_as_its_file_is(sqlite: Room, chain: Chain) -> None:
    with sqlite.of(None).connect() as connection:
        scripts = ScriptDirectory.from_config(config(connection, chain))
    assert tuple(each.revision for each in scripts.walk_revisions())[::-1] == chain.revisions
    assert scripts.get_heads() == [chain.head]


def test_a_database_that_is_up_to_date_is_opened_with_one_query(room: Room) -> None:
    room.of("acme")
    room.close()
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        room.of("acme")
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert [statement for statement in said if "alembic_version" in statement] == said
    assert len(said) == 1


def test_a_database_that_is_up_to_date_is_opened_without_alembic(sqlite: Room) -> None:
    sqlite.of("acme")
    program = (
        "import sys; from pathlib import Path; from serving.databases.sqlite import SqliteDatabases as S;"
        f"folder = Path({str(sqlite.folder)!r}); S(folder / 'none').open('acme', folder / 'acme').dispose();"
        "sys.exit('alembic' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


def test_the_shared_database_is_one_engine(room: Room) -> None:
    assert room.databases.shared() is room.databases.shared()


BEFORE_REVISIONS = """
CREATE TABLE documents (document_id VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, name VARCHAR NOT NULL, bytes INTEGER NOT
 NULL, added_by VARCHAR NOT NULL, added_at VARCHAR NOT NULL, status VARCHAR NOT NULL, reason VARCHAR, details JSON NOT
 NULL, chunks INTEGER NOT NULL, reading JSON, PRIMARY KEY (document_id), UNIQUE (sha256));
CREATE INDEX ix_documents_status ON documents (status);
CREATE TABLE sections (document_id VARCHAR NOT NULL, ordinal INTEGER NOT NULL, label VARCHAR NOT NULL, page INTEGER,
 kind VARCHAR NOT NULL, headings JSON NOT NULL, text TEXT NOT NULL, PRIMARY KEY (document_id, ordinal),
 FOREIGN KEY(document_id) REFERENCES documents (document_id) ON DELETE CASCADE);
CREATE TABLE chunks (chunk_id VARCHAR(32) NOT NULL, document_id VARCHAR(64) NOT NULL, ordinal INTEGER NOT NULL,
 section INTEGER NOT NULL, locator TEXT NOT NULL, page INTEGER, headings JSON NOT NULL, text TEXT NOT NULL,
 context TEXT NOT NULL, PRIMARY KEY (chunk_id));
CREATE INDEX ix_chunks_document_id ON chunks (document_id);
CREATE TABLE embeddings (chunk_id VARCHAR(32) NOT NULL, embedder VARCHAR(128) NOT NULL, vector BLOB NOT NULL,
 PRIMARY KEY (chunk_id), FOREIGN KEY(chunk_id) REFERENCES chunks (chunk_id) ON DELETE CASCADE);
CREATE INDEX ix_embeddings_embedder ON embeddings (embedder);
CREATE TABLE retrieval_meta ("key" VARCHAR(32) NOT NULL, counter INTEGER NOT NULL, stamp VARCHAR(16) NOT NULL,
 PRIMARY KEY ("key"));
INSERT INTO documents VALUES ('doc-1', 'abc', '설비 점검.pdf', 10, 'kim', '2026-10-01', 'indexed', NULL, '{}', 1, NULL);
INSERT INTO sections VALUES ('doc-1', 0, 'p. 1', 1, 'prose', '[]', '기름을 매주 본다.');
INSERT INTO chunks VALUES ('chunk-1', 'doc-1', 0, 0, 'p. 1', 1, '[]', '기름을 매주 본다.', '');
INSERT INTO embeddings VALUES ('chunk-1', 'e5', x'0000803f');
INSERT INTO retrieval_meta VALUES ('generation', 7, 'abcd');
"""
WITH_CONVERSATIONS = """
CREATE TABLE conversations (conversation_id VARCHAR NOT NULL, person VARCHAR NOT NULL, title VARCHAR NOT NULL,
 created_at VARCHAR NOT NULL, updated_at VARCHAR NOT NULL, PRIMARY KEY (conversation_id));
CREATE INDEX ix_conversations_person ON conversations (person);
CREATE TABLE turns (turn_id VARCHAR NOT NULL, conversation_id VARCHAR, ordinal INTEGER NOT NULL, question TEXT NOT NULL,
 state VARCHAR NOT NULL, answer TEXT NOT NULL, reply JSON, rating INTEGER, comment TEXT, created_at VARCHAR NOT NULL,
 PRIMARY KEY (turn_id),
 FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id) ON DELETE CASCADE);
CREATE INDEX ix_turns_conversation_id ON turns (conversation_id);
CREATE INDEX ix_turns_state ON turns (state);
INSERT INTO conversations VALUES ('conv-1', 'kim', '기름', '2026-10-01', '2026-10-01');
INSERT INTO turns VALUES ('turn-1', 'conv-1', 1, '기름은 언제?', 'done', '매주.', '{"n": 1}', NULL, NULL, '2026-10-01');
"""


@pytest.mark.parametrize(("place", "script"), [("library", ""), ("local", WITH_CONVERSATIONS)])
def test_a_home_older_than_revisions_is_taken_over_without_loss(sqlite: Room, place: str, script: str) -> None:
    folder = sqlite.folder / place
    folder.mkdir()
    with closing(sqlite3.connect(folder / "giljabi.db")) as old:
        old.executescript(BEFORE_REVISIONS + script)
        before = {
            name: old.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
            for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    engine = sqlite.of(place)
    assert differences(engine, PLACE) == []
    with engine.connect() as connection:
        for name, kept in before.items():
            now = [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]  # noqa: S608
            assert [row[: len(old_row)] for row, old_row in zip(now, kept, strict=True)] == [
                _to_be_read_anew(old_row) if name == "documents" else old_row for old_row in kept
            ]
    assert rows(engine, "documents")[0]["stays_here"] is False
    assert sqlite.check(place) == []


def _to_be_read_anew(document: tuple[Any, ...]) -> tuple[Any, ...]:
    """(…, added_at, status, reason, details, chunks, reading): the file is kept, and read by the readers of today."""
    *before, _status, _reason, details, _chunks, reading = document
    return (*before, "queued", None, details, 0, reading)


def test_a_change_of_tables_that_is_cut_short_leaves_nothing_behind(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = room.of("acme")
    fill(engine, "documents", document("doc-1"))
    downgrade(engine, Chain.PLACE, "0001_place")
    room.close()

    def cut() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(audit_revision, "create", cut)
        with pytest.raises(KeyboardInterrupt):
            room.of("acme")
    engine = room.of("acme")
    assert differences(engine, PLACE) == []
    assert [row["document_id"] for row in rows(engine, "documents")] == ["doc-1"]


@pytest.mark.parametrize("place", [None, "acme"])
def test_tables_of_a_newer_version_are_left_alone(room: Room, place: str | None) -> None:
    engine = room.of("acme") if place else room.databases.shared()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    kind: Any = type(room.databases)
    fresh = kind(*([room.folder / "accounts" / "giljabi.db"] if kind is SqliteDatabases else _same(room)))
    with pytest.raises(ServingError, match="database_newer"):
        fresh.open("acme", room.folder / "acme") if place else fresh.shared()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": Chain.of(place).head})


def _same(room: Room) -> tuple[str, str]:
    its: Any = room.databases
    return its._url.render_as_string(hide_password=False), its._secret


@pytest.mark.parametrize("place", [None, "acme"])
def test_a_log_only_grows(room: Room, place: str | None) -> None:
    engine = room.of(place)
    fill(engine, "audit", entry(1), entry(2))
    changes = [
        "UPDATE audit SET actor = 'nobody' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
    ]
    if engine.dialect.name == "sqlite":
        changes += [
            "INSERT OR REPLACE INTO audit SELECT 2, at, 'x', action, subject, details, previous, 'h' FROM audit",
            "REPLACE INTO audit SELECT 3, at, 'x', action, subject, details, previous, hash FROM audit WHERE seq = 2",
        ]
    else:
        changes += [
            "TRUNCATE audit",
            "INSERT INTO audit SELECT * FROM audit ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
        ]
    for change in changes:
        with pytest.raises(DBAPIError, match="only grows"), engine.begin() as connection:
            connection.exec_driver_sql(change)
    fill(engine, "audit", entry(3))
    assert [row["seq"] for row in rows(engine, "audit")] == [1, 2, 3]
    assert {row["actor"] for row in rows(engine, "audit")} == {"person-1"}


def stocked(room: Room) -> dict[str, list[dict[str, Any]]]:
    """A place with every kind of value in it, and what its tables hold."""
    engine = room.of("acme")
    fill(engine, "documents", document("doc-1", reading={"title": "표 1\n‘값’", "pages": 2}, stays_here=True))
    with engine.begin() as connection:  # an absent value, not JSON's null
        connection.execute(text("UPDATE documents SET chunks = 2"))
    fill(engine, "documents", document("doc-2"))
    fill(engine, "chunks", *(_chunk(number) for number in range(1200)))
    vectors = ({"chunk_id": f"chunk-{n}", "embedder": "e5", "vector": n.to_bytes(4, "big")} for n in range(1200))
    fill(engine, "embeddings", *vectors)
    fill(engine, "audit", *(entry(number) for number in range(1, 12)))
    return {name: rows(engine, name) for name in tables(PLACE)}


def _chunk(number: int) -> dict[str, Any]:
    words = {"locator": "p. 1", "headings": ["가", "나"], "text": "글월 " * 20, "context": ""}
    return {
        "chunk_id": f"chunk-{number}",
        "document_id": "doc-1",
        "ordinal": number,
        "section": 0,
        "page": None,
    } | words


def absent(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT document_id FROM documents WHERE reading IS NULL")))


def test_a_snapshot_takes_the_place_of_what_is_there(room: Room) -> None:
    before = stocked(room)
    without = absent(room.of("acme"))
    file = room.snapshot("acme")
    assert file.stat().st_mode & 0o777 == 0o600
    fill(room.of("acme"), "documents", document("doc-3"))
    fill(room.of("acme"), "audit", entry(12))
    room.load("acme", file)
    engine = room.of("acme")
    assert {name: rows(engine, name) for name in before} == before
    assert absent(engine) == without == {"doc-2"}
    assert differences(engine, PLACE) == []
    assert room.check("acme") == []
    with pytest.raises(DBAPIError, match="only grows"), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit")
    fill(engine, "audit", entry(12))


def test_the_shared_database_is_put_back_under_the_engine_that_is_out(room: Room) -> None:
    company = {"company_id": "acme", "name": "에이씨엠이", "state": "active", "created_at": "2026-11-23"}
    person = {"person_id": "person-1", "company_id": "acme", "role": "staff", "name": "김", "created_at": "2026-11-23"}
    engine = room.of(None)
    fill(engine, "companies", company)
    fill(engine, "people", person)
    file = room.snapshot(None)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM companies")
    assert rows(engine, "people") == []
    room.load(None, file)
    assert [row["person_id"] for row in rows(engine, "people")] == ["person-1"]
    assert room.databases.shared() is engine
    assert room.check(None) == []


@pytest.mark.e2e
def test_a_firm_moves_from_sqlite_to_postgresql_and_back(sqlite: Room, postgresql: Room) -> None:
    before = stocked(sqlite)
    postgresql.load("acme", sqlite.snapshot("acme", "there"))
    moved = postgresql.of("acme")
    assert {name: rows(moved, name) for name in before} == before
    sqlite.load("acme", postgresql.snapshot("acme", "back"))
    assert {name: rows(sqlite.of("acme"), name) for name in before} == before
    assert (sqlite.folder / "there").read_bytes() != b""


def test_a_snapshot_of_an_older_revision_is_brought_up_to_date(sqlite: Room) -> None:
    lines = [
        {"giljabi": 1, "database": "place", "revision": "0001_place"},
        {"table": "documents", "row": document("doc-1", chunks=1, reason=None, reading=None)},
        {"rows": 1},
    ]
    file = sqlite.folder / "old"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    sqlite.load("acme", file)
    engine = sqlite.of("acme")
    assert [(row["document_id"], row["stays_here"]) for row in rows(engine, "documents")] == [("doc-1", False)]
    assert differences(engine, PLACE) == []


def test_a_snapshot_is_of_one_moment_while_others_write(room: Room) -> None:
    """The writer keeps as many chunks as the document says; any mixture of moments would show."""
    engine = room.of("acme")
    fill(engine, "documents", document("doc-1", chunks=0))
    stop = threading.Event()

    def write() -> None:
        for number in range(100_000):
            if stop.is_set():
                return
            with engine.begin() as connection:
                connection.execute(insert(tables(PLACE)["chunks"]), [_chunk(number)])
                connection.execute(text("UPDATE documents SET chunks = chunks + 1"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [room.snapshot("acme", f"moment-{number}") for number in range(5)]
    finally:
        stop.set()
        writer.join()
    counts = []
    for file in files:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        said = next(line["row"]["chunks"] for line in lines if line.get("table") == "documents")
        assert said == sum(line.get("table") == "chunks" for line in lines)
        counts.append(said)
    assert counts[0] < counts[-1]


def broken_lines(lines: list[str], how: str) -> list[str]:
    header = json.loads(lines[0])
    other = {"of the shared database": {"database": "shared"}, "of a newer version": {"revision": "9999_later"}}
    return {
        "cut off": lines[:-1],
        "cut within a line": [*lines[:-2], lines[-2][:20]],
        "lacking a row": [lines[0], *lines[2:]],
        "going on after its end": [*lines, lines[1]],
        "empty": [],
        "of no such table": [lines[0], json.dumps({"table": "secrets", "row": {}}), *lines[1:]],
    }.get(how) or ([json.dumps(header | other[how]), *lines[1:]] if how in other else [])


@pytest.mark.parametrize(
    "how",
    [
        *("cut off", "cut within a line", "lacking a row", "going on after its end", "empty", "of no such table"),
        *("of the shared database", "of a newer version"),
    ],
)
def test_a_broken_snapshot_changes_nothing(room: Room, how: str) -> None:
    engine = room.of("acme")
    fill(engine, "documents", document("doc-1"), document("doc-2"))
    file = room.snapshot("acme")
    lines = broken_lines(file.read_text(encoding="utf-8").splitlines(), how)
    file.write_text("\n".join(lines), encoding="utf-8")
    fill(engine, "documents", document("doc-3"))
    with pytest.raises(ServingError, match=r"snapshot_broken|database_newer"):
        room.load("acme", file)
    assert len(rows(room.of("acme"), "documents")) == 3
    if room.of("acme").dialect.name == "sqlite":
        assert not list((room.folder / "acme").glob("*.part*"))


def test_a_broken_file_is_found_and_can_be_replaced(sqlite: Room) -> None:
    before = stocked(sqlite)
    file = sqlite.snapshot("acme")
    sqlite.close()
    database = sqlite.folder / "acme" / "giljabi.db"
    data = bytearray(database.read_bytes())
    data[4096 * 10 : 4096 * 40] = bytes(4096 * 30)
    database.write_bytes(data)
    assert sqlite.check("acme")
    database.write_bytes(b"not a database" * 1000)
    assert sqlite.check("acme") == ["file is not a database"]
    sqlite.load("acme", file)
    assert sqlite.check("acme") == []
    assert {name: rows(sqlite.of("acme"), name) for name in before} == before


def test_a_row_without_its_parent_is_found(sqlite: Room) -> None:
    engine = sqlite.of("acme")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO embeddings VALUES ('chunk-0', 'e5', x'00', NULL)")
        connection.commit()
        connection.invalidate()
    assert sqlite.check("acme") == ["embeddings row 1: no such row in chunks"]


def test_a_dropped_place_is_gone_and_the_others_are_not(room: Room) -> None:
    for place in ("acme", "other"):
        fill(room.of(place), "documents", document("doc-1", name="CANARY"))
        fill(room.of(place), "audit", entry(1))
    (room.folder / "acme").mkdir(exist_ok=True)
    if isinstance(room.databases, SqliteDatabases):
        (room.folder / "acme" / "giljabi.db.part").write_text("CANARY")
    room.drop("acme")
    room.drop("acme")  # one that was cut short is done again
    assert not list((room.folder / "acme").glob("*"))
    assert len(rows(room.of("other"), "documents")) == 1
    assert rows(room.of("acme"), "documents") == []


def test_no_file_of_a_place_is_readable_by_others(sqlite: Room) -> None:
    sqlite.of("acme")
    sqlite.of(None)
    folders = [sqlite.folder / "acme", sqlite.folder / "accounts"]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700, 0o700]


@pytest.fixture
def walls(postgresql: Room) -> Room:
    """Two companies, a row in each, and one in the shared database."""
    for place in ("acme", "other"):
        fill(postgresql.of(place), "documents", document("doc-1", name="CANARY"))
    company = {"company_id": "acme", "name": "CANARY", "state": "active", "created_at": "2026-11-23"}
    fill(postgresql.of(None), "companies", company)
    return postgresql


@pytest.mark.e2e
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM {other}.documents",
        "SELECT * FROM {other}.alembic_version",
        "DELETE FROM {other}.documents",
        "CREATE TABLE {other}.mine (x int)",
        "DROP SCHEMA {other} CASCADE",
        "SELECT * FROM giljabi.companies",
        "CREATE TABLE giljabi.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SET ROLE giljabi",
        "SET ROLE {other}",
        "ALTER ROLE {other} PASSWORD 'known'",
        "GRANT {other} TO {own}",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY documents TO PROGRAM 'true'",
        "SELECT rolpassword FROM pg_authid",
    ],
)
def test_a_place_reaches_nothing_but_itself(walls: Room, statement: str) -> None:
    databases = walls.databases
    assert isinstance(databases, PostgresDatabases)
    said = statement.format(own=databases.role("acme"), other=databases.role("other"))
    engine = walls.of("acme")
    with pytest.raises(DBAPIError) as refused, engine.begin() as connection:
        connection.exec_driver_sql(said)
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    assert [row["name"] for row in rows(engine, "documents")] == ["CANARY"]


@pytest.mark.e2e
def test_a_place_sees_no_statement_of_another(walls: Room) -> None:
    with walls.of("other").begin(), walls.of("acme").connect() as connection:
        others = connection.execute(
            text("SELECT query FROM pg_stat_activity WHERE usename <> current_user AND datname = current_database()")
        )
        assert {query for (query,) in others} == {"<insufficient privilege>"}


@pytest.mark.e2e
def test_the_shared_role_cannot_read_a_place(walls: Room) -> None:
    databases = walls.databases
    assert isinstance(databases, PostgresDatabases)
    for statement in ("SELECT * FROM {role}.documents", "SET ROLE {role}", "SELECT * FROM {role}.audit"):
        with pytest.raises(DBAPIError, match="permission denied"), walls.of(None).begin() as connection:
            connection.exec_driver_sql(statement.format(role=databases.role("acme")))


@pytest.mark.e2e
def test_the_secret_alone_opens_a_place(walls: Room, postgres: Server) -> None:
    url, secret = _same(walls)
    databases = PostgresDatabases(url, secret)
    role, database = databases.role("acme"), str(make_url(url).database)
    for password in ("", role, secret, PASSWORD):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(postgres.folder), dbname=database, user=role, password=password)
    walls.close()
    changed = PostgresDatabases(url, "another secret")
    engine = changed.open("acme", walls.folder)  # which gives the role its new password
    assert len(rows(engine, "documents")) == 1
    engine.dispose()
    changed.shared().dispose()


@pytest.mark.e2e
def test_two_installations_on_one_server_do_not_meet(walls: Room, postgres: Server) -> None:
    with postgres.superuser() as connection:
        connection.exec_driver_sql("CREATE DATABASE second OWNER giljabi")
    second = PostgresDatabases(postgres.url("second"), "a secret of the tests")
    engine = second.open("acme", walls.folder)
    assert rows(engine, "documents") == []
    engine.dispose()
    second.drop("acme", walls.folder)
    second.shared().dispose()
    assert len(rows(walls.of("acme"), "documents")) == 1


@pytest.mark.e2e
def test_a_dropped_schema_and_role_are_gone_from_the_server(walls: Room) -> None:
    databases = walls.databases
    assert isinstance(databases, PostgresDatabases)
    role = databases.role("acme")
    walls.drop("acme")
    with walls.of(None).connect() as connection:
        for catalogue in ("SELECT nspname FROM pg_namespace", "SELECT rolname FROM pg_roles"):
            assert role not in set(connection.scalars(text(catalogue)))


@pytest.mark.e2e
def test_what_is_not_enforced_or_not_valid_is_found(walls: Room) -> None:
    with walls.of("acme").begin() as connection:
        connection.exec_driver_sql("ALTER TABLE documents ADD CONSTRAINT small CHECK (bytes < 9) NOT VALID")
    assert walls.check("acme") == ["small: not enforced"]


@pytest.mark.e2e
def test_a_server_that_is_away_is_said_so(tmp_path: Path) -> None:
    databases = PostgresDatabases(f"postgresql+psycopg://giljabi:hidden@/giljabi?host={tmp_path}", "secret")
    with pytest.raises(ServingError, match="database_refused") as refused:
        databases.shared()
    assert "hidden" not in str(refused.value)


def test_a_role_is_called_after_its_place_and_never_as_another() -> None:
    databases = PostgresDatabases("postgresql+psycopg://giljabi@/giljabi", "secret")
    places = ["a-b", "a_b", "A_B", "에이비", "", "x" * 200, "x" * 201, 'a"; DROP SCHEMA giljabi; --']
    roles = [databases.role(place) for place in places]
    assert len(set(roles)) == len(places)
    assert all(re.fullmatch(r"place_[a-z0-9_]{1,57}", role) for role in roles)


@pytest.mark.e2e
def test_text_that_postgresql_refuses_is_kept_without_what_it_refuses(postgresql: Room) -> None:
    engine = postgresql.of("acme")
    conversation, _ = Records(engine).open_turn("kim", "기름은\0언제?", None)
    fill(engine, "documents", document("doc-1", details={"said": "a\0b"}))
    assert [turn.question for turn in Records(engine).turns("kim", conversation)] == ["기름은\ufffd언제?"]
    assert rows(engine, "documents")[0]["details"] == {"said": "a\0b"}


def test_the_stores_work_on_either(room: Room) -> None:
    engine = room.of("acme")
    registry = Registry(engine, room.folder / "files")
    added, new = registry.add("기름을 본다".encode(), "점검.txt", "kim")
    assert (new, registry.add("기름을 본다".encode(), "다시.txt", "lee")[1]) == (True, False)
    whole = material.document("점검표", "기름을 매주 본다.", "밸브를 매달 본다.")
    registry.save_reading(added.document_id, whole)
    assert registry.document(added.document_id) == whole
    chunks = split(added.document_id, whole)
    store = ChunkStore(engine)
    first = store.generation()
    vectors = np.arange(len(chunks) * 4, dtype=np.float32).reshape(-1, 4)
    store.put(added.document_id, chunks)
    store.embed(chunks, vectors, "e5")
    registry.mark_indexed(added.document_id, len(chunks))
    assert store.generation() != first
    assert store.of_document(added.document_id) == chunks
    ids, kept = store.vectors([chunk.chunk_id for chunk in chunks], "e5")
    assert {each: tuple(row) for each, row in zip(ids, kept, strict=True)} == {
        chunk.chunk_id: tuple(row) for chunk, row in zip(chunks, vectors, strict=True)
    }
    records = Records(engine)
    conversation, turn = records.open_turn("kim", "기름은 언제 보나요?", None)
    records.save(turn, "매주 봅니다.", TurnState.DONE, {"answer": "매주 봅니다."})
    records.rate("kim", conversation, turn, 1, None)
    assert [(each.answer, each.rating) for each in records.turns("kim", conversation)] == [("매주 봅니다.", 1)]
    records.delete("kim", conversation)
    assert records.heads("kim") == []
    store.remove(added.document_id)
    registry.mark_deleting(added.document_id)
    registry.delete(added.document_id)
    assert (store.count(), registry.entries()) == (0, [])


def test_a_log_written_by_many_at_once_is_one_chain(room: Room) -> None:
    engine = room.of("acme")
    log = Audit(engine)

    def write(name: str) -> None:
        for number in range(10):
            log.record(name, Action.ASKED, f"conv-{number}", passages=[f"{name}-{number}"])

    writers = [threading.Thread(target=write, args=(f"person-{number}",)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    head = log.head()
    assert head.seq == 40
    assert log.verify() is None
    file = room.snapshot("acme")
    room.load("acme", file)
    again = Audit(room.of("acme"))
    assert again.verify(head) is None
    assert again.record("operator", Action.RESTORED).seq == 41
