"""A place: one folder with the database, files and indexes of the library or of one company."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

from knowledge.document import Document
from knowledge.ingest import Ingest
from knowledge.registry import Registry
from retrieval.embedding import TextEmbedder
from retrieval.index import PlaceIndex
from retrieval.korean import Tokenizer
from retrieval.store import ChunkStore


class Place:
    """Everything that belongs to one owner, and nothing else. `name` is `library` or the company."""

    def __init__(self, name: str, folder: Path, embedder: TextEmbedder, tokenizer: Tokenizer) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.name = name
        self.database = open_database(folder / "giljabi.db")
        self.registry = Registry(self.database, folder / "files")
        self.chunks = ChunkStore(self.database)
        self.index = PlaceIndex(folder / "indexes", self.chunks, embedder, tokenizer)
        self.ingest = Ingest(self.registry, self._index, self.chunks.remove)
        self._embedder = embedder

    def recover(self) -> list[str]:
        """Ids of the documents with work left: cut short by a kill, or embedded by a former embedder.

        The latter keep their text and chunks, so that keywords find them meanwhile.
        """
        for document_id in self.chunks.foreign(self._embedder.identity):
            self.registry.mark_stale(document_id)
        return self.ingest.recover()

    def _index(self, document_id: str, document: Document) -> int:
        chunks = self.index.put({document_id: document})[document_id]
        self.index.sync()  # a document said to be indexed is found by the very next search
        return chunks

    def close(self) -> None:
        self.index.close()
        self.database.dispose()


def open_database(path: Path) -> Engine:
    """SQLite with foreign keys on and a write-ahead log: readers go on while the one writer writes."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
