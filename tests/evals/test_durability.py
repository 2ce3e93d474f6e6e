"""Killing loses nothing that was acknowledged; and what is not as it was acknowledged is noticed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from evals.durability import ENVIRONMENT, databases, finally_wrong, run
from evals.server import Server, bearer, expected, server
from evals.writers import Document, Turn, Writer
from serving.settings import Settings

ELSEWHERE = "0" * 64


@pytest.fixture
def running() -> Iterator[Server]:
    with server(Settings(), ENVIRONMENT) as running:
        yield running


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    for name, parent in (("whole.db", None), ("broken.db", 7)):
        with closing(sqlite3.connect(tmp_path / name)) as database:
            database.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
            database.execute("CREATE TABLE child (parent INTEGER REFERENCES parent)")
            database.execute("INSERT INTO child VALUES (?)", (parent,))
            database.commit()
    count, damaged = databases(tmp_path)
    assert count == 2
    assert [line.split(":")[0] for line in damaged] == ["broken.db"]


@pytest.mark.e2e
def test_what_was_acknowledged_outlives_kills(running: Server) -> None:
    told = run(running, 30, lambda _: None)
    assert told["wrong"] == []
    assert told["kills_while_writing"] >= 1
    assert sum(told["acknowledged"].values()) >= 3


@pytest.mark.e2e
def test_what_is_not_as_acknowledged_is_noticed(running: Server) -> None:
    operator = bearer(running.keys["operator"])
    with httpx.Client(base_url=running.url, headers=operator, timeout=60) as http:
        company = expected(http.post("/api/companies", json={"name": "협력사"}), 201)["company_id"]
        key = expected(http.post("/api/keys", json={"role": "admin", "company": company}), 201)["key"]
    writer = Writer(running.url, company, key, 1, threading.Event())
    for write in (writer._add, writer._add, writer._ask, writer._key):
        assert write()
    assert finally_wrong([writer]) == []
    ledger = writer.ledger
    (first, kept), (second, changed) = ledger.documents.items()
    kept.here = False
    changed.text, changed.stays = b"", True
    ledger.documents[ELSEWHERE] = Document(b"", "없는부품")
    turn = next(iter(ledger.turns.values()))
    turn.rating = 1
    ledger.turns["turn-never"] = Turn(turn.conversation, "")
    ledger.keys = {secret: (name, False) for secret, (name, _) in ledger.keys.items()}
    ledger.counted = True
    wrong = "\n".join(finally_wrong([writer]))
    for said in (
        f"{first}: back", f"{first}: found after", f"{first}: document_deleted is not", f"{second}: not its bytes",
        f"{second}: marked", f"{ELSEWHERE}: lost", f"{ELSEWHERE}: not found", f"{ELSEWHERE}: document_added is not",
        "turn-never: lost", ": rated otherwise", "where it is revoked", "consent: False",
    ):  # fmt: skip
        assert said in wrong
    writer.close()
