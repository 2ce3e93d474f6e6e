"""A place: the stores of the library, of one company, or of a trainer, and nothing else's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from knowledge.document import Document
from knowledge.ingest import Derived, Ingest, Read
from knowledge.reading import here
from knowledge.registry import Registry
from retrieval.embedding import TextEmbedder
from retrieval.index import PlaceIndex
from retrieval.korean import Tokenizer
from retrieval.store import ChunkStore


class Place:
    """Everything that belongs to one owner. `name` is `library`, the company's id, or a trainer's.

    `withheld` says whether a document must not be sent to the embedder: it is then found by keywords alone.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        database: Engine,
        embedder: TextEmbedder,
        tokenizer: Tokenizer,
        withheld: Callable[[str], bool] = lambda _: False,
        *,
        read: Read = here,
        room_mb: int = 1 << 30,
    ) -> None:
        """The place closes `database`. `folder` holds its files and indexes. `read` reads a file, in this process where
        it is not given; files and what is found inside them take `room_mb` at most.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.name = name
        self.database = database
        self.registry = Registry(self.database, folder / "files")
        self.chunks = ChunkStore(self.database)
        self.index = PlaceIndex(folder / "indexes", self.chunks, embedder, tokenizer)
        derived = Derived(self._cut, self._embed, self.chunks.remove, self.index.sync)
        self.ingest = Ingest(self.registry, derived, read, lambda: room_mb * 1_000_000 - self.registry.stored())
        self._embedder = embedder
        self._withheld = withheld

    def recover(self) -> list[str]:
        """Ids of the documents with work left: cut short by a kill, or embedded by a former embedder.

        The latter keep their text and chunks, so that keywords find them meanwhile.
        """
        self.ingest.recover()  # what was being deleted is gone then
        for document_id in self.chunks.unfinished(self._embedder.identity):
            if not self._withheld(document_id):
                self.registry.mark_stale(document_id)
        return self.ingest.recover()

    def _cut(self, document_id: str, document: Document) -> int:
        self.index.put_off()
        return self.index.cut(document_id, document)

    def _embed(self, document_id: str) -> int:
        self.index.put_off()
        return 0 if self._withheld(document_id) else self.index.embed(document_id)

    def close(self) -> None:
        self.index.close()
        self.database.dispose()
