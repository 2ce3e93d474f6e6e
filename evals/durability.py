"""Is what was acknowledged still there? Companies write while the server is killed, as by a power cut, at random moments.

After each start, and at the end more closely, everything a writer was told is done is looked for, and what was undone
must stay so. What was not answered may be there or not. `kill -9` spares what the system has in memory: a disk that
lies about a write is not tried here.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from evals.server import NOWHERE, UNBOUNDED, Server, bearer, expected, indexing
from evals.writers import Writer, differences
from retrieval.embedding import Embedder
from retrieval.keywords import KeywordIndex
from retrieval.korean import Tokenizer
from retrieval.store import ChunkStore
from retrieval.vectors import VectorIndex
from serving import build
from serving.databases.sqlite import FILE, open_database
from serving.home import Home
from serving.settings import Settings

ENVIRONMENT = {
    **NOWHERE,
    **UNBOUNDED,
    "GILJABI_AT_ONCE": "8",
}
"""Of the server: no engine but the evidence, and nobody is sent away."""
COMPANIES = 3
WHILE_STARTING = 0.25
"""Of the kills, those before the server answers."""
_LONGEST_RUN = 20.0
_SEED = 20261123
_INDEXED_SECONDS = 900.0


def run(server: Server, seconds: float, progress: Callable[[float], None]) -> dict[str, Any]:
    """The whole proof on a running server. `wrong` names what is otherwise than was acknowledged."""
    chance, go = random.Random(_SEED), threading.Event()
    writers = _writers(server, go)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    started = time.monotonic()
    for writer in writers:
        writer.start()
    try:
        while time.monotonic() - started < seconds and not any(writer.failure for writer in writers):
            go.set()
            time.sleep(chance.uniform(0.2, _LONGEST_RUN))
            counts["kills_while_writing"] += 1
            server.kill()
            go.clear()
            counts["kills_while_starting"] += _start(server, chance)
            counts["checks"] += 1
            wrong += _looked_through(writers, chance)
            progress(min(seconds, time.monotonic() - started))
    finally:
        for writer in writers:
            writer.finish()
    wrong += [f"{writer.name}: {writer.failure!r}" for writer in writers if writer.failure]
    wrong += finally_wrong(writers)
    for writer in writers:
        writer.close()
    server.stop()
    checked, damaged = databases(server.home)
    return {
        **counts,
        "acknowledged": dict(sum((writer.ledger.acknowledged for writer in writers), Counter[str]())),
        "unanswered": dict(sum((writer.ledger.unanswered for writer in writers), Counter[str]())),
        "databases": checked,
        "wrong": [*wrong, *damaged, *indexes(server.home)],
    }


def finally_wrong(writers: Sequence[Writer]) -> list[str]:
    """All there is to look at, once everything is indexed: each file, what a search finds, and the log."""
    wrong: list[str] = []
    for writer in writers:
        if not _indexed(writer.http):
            wrong.append(f"{writer.name}: not indexed after {_INDEXED_SECONDS:.0f} s")
        wrong += differences(writer, None)
        wrong += _searched(writer)
        wrong += _logged(writer)
    return wrong


def databases(home: Path) -> tuple[int, list[str]]:
    """How many SQLite files there are under `home`, and what their own checks say against any."""
    files = [path for path in sorted(home.rglob("*")) if path.suffix in {".db", ".sqlite3"} and path.is_file()]
    damaged = []
    for path in files:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check")]
            # Chroma's own tables name one that there is not: a healthy one breaks this check too.
            ours = path.suffix == ".db"
            broken = database.execute("PRAGMA foreign_key_check").fetchall() if ours else []
        if found != ["ok"] or broken:
            damaged.append(f"{path.relative_to(home)}: {found[:3]} {broken[:3]}")
    return len(files), damaged


def indexes(home: Path) -> list[str]:
    """What the companies' indexes hold otherwise than their stores, as they lie on the disk of a server that was stopped:
    nothing of the product that would mend them is asked.
    """
    settings = Settings(home=home)
    embedder = Embedder(build.model_store(settings, Home(home)).ensure(build.EMBEDDING_MODEL))
    tokenizer = Tokenizer()
    wrong = []
    for file in sorted((home / "companies").glob(f"*/{FILE}")):
        database, folder = open_database(file), file.parent / "indexes"
        store = ChunkStore(database)
        keywords = KeywordIndex(folder / "keywords", tokenizer.identity)
        vectors = VectorIndex(folder / "vectors", embedder.identity)
        embedded = store.ids(embedder.identity)
        if keywords.ids() != store.ids():
            wrong.append(f"{file.parent.name}: the keywords are not those of the chunks")
        if vectors.ids() != embedded:
            wrong.append(f"{file.parent.name}: the vectors are not those of the chunks")
        ids, rows = store.vectors(embedded, embedder.identity)
        for chunk, row in zip(ids, rows, strict=True):
            if chunk not in vectors.nearest(row, 5):
                wrong.append(f"{chunk}: not among the nearest to itself")
        vectors.close()
        database.dispose()
    return wrong


def _writers(server: Server, go: threading.Event) -> list[Writer]:
    made = []
    with httpx.Client(base_url=server.url, headers=bearer(server.keys["operator"]), timeout=60) as http:
        for number in range(COMPANIES):
            company = expected(http.post("/api/companies", json={"name": f"협력사 {number}"}), 201)["company_id"]
            key = expected(http.post("/api/keys", json={"role": "admin", "company": company}), 201)["key"]
            made.append(Writer(server.url, company, key, _SEED + number, go))
    return made


def _start(server: Server, chance: random.Random) -> int:
    """Start it again; how often it was killed before it answered."""
    kills, began = 0, time.monotonic()
    while chance.random() < WHILE_STARTING:
        server.launch()
        time.sleep(chance.uniform(0.2, 10))
        server.kill()
        kills += 1
        if time.monotonic() - began > 60:
            break
    server.start()
    return kills


def _looked_through(writers: Sequence[Writer], chance: random.Random) -> list[str]:
    """What each finds while it rests."""
    wrong = []
    for writer in writers:
        with writer.at_rest:
            wrong += differences(writer, chance)
    return wrong


def _indexed(http: httpx.Client) -> bool:
    deadline = time.monotonic() + _INDEXED_SECONDS
    while time.monotonic() < deadline:
        if not indexing(http):
            return True
        time.sleep(1)
    return False


def _searched(writer: Writer) -> list[str]:
    """Each document is found by a word that stands in it alone, and one that was deleted no more."""
    wrong = []
    for identity, document in writer.ledger.documents.items():
        if document.here is None:
            continue
        found = expected(writer.http.get("/api/search", params={"q": document.word, "k": 3}), 200)["hits"]
        first = bool(found) and found[0]["document_id"] == identity
        if first != document.here:
            wrong.append(f"{identity}: {'not found' if document.here else 'found after it was deleted'}")
    return wrong


def _logged(writer: Writer) -> list[str]:
    """The log is whole, and says each document that was added or deleted."""
    deeds: set[tuple[str, str]] = set()
    before: int | None = None
    while True:
        query = {"limit": 500, **({"before": before} if before else {})}
        page = expected(writer.http.get("/api/audit", params=query), 200)
        if not page["intact"]:
            return [f"{writer.name}: the log is not whole"]
        deeds |= {(entry["action"], entry["subject"]) for entry in page["entries"]}
        if not page["entries"] or (before := page["entries"][-1]["seq"]) <= 1:
            break
    documents = writer.ledger.documents.items()
    wanted = {("document_added", identity) for identity, _ in documents}
    wanted |= {("document_deleted", identity) for identity, document in documents if document.here is False}
    return [f"{subject}: {action} is not in the log" for action, subject in sorted(wanted - deeds)]
