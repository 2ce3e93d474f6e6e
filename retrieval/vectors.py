"""The vector index of one place: an embedded Chroma collection. The only file that imports chromadb."""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from retrieval.damage import reported
from retrieval.errors import ForeignVectorsError
from retrieval.store import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

_NAME = "chunks"
_PERTURB = -6
"""`M_PERTURB` of <malloc.h>."""
_BATCH = 5000
"""Rows a call: Chroma takes 5,461."""


class VectorIndex:
    """Opens or makes the index in `folder`. One process opens a folder; any thread may ask.

    Raises ForeignVectorsError when the folder holds another embedder's vectors, BrokenIndexError when it is damaged.
    """

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder = folder
        self._embedder = embedder
        with reported(folder):
            self._files = _files(folder)
            self._client = _client(self._files)
            try:
                self._collection = self._open()
                self._entries = self._collection.count()
            except BaseException:
                self._client.close()
                raise

    @property
    def generation(self) -> str:
        """What the last `update` said it brought in; empty when there was none, or the folder has been deleted."""
        if not (self._files / "chroma.sqlite3").exists():
            return ""
        return str(self._collection.metadata["generation"])

    @property
    def entries(self) -> int:
        """Number of chunks in the index, as of opening or the last update: Chroma takes 6 ms to count 50,000."""
        return self._entries

    def ids(self) -> set[str]:
        """Ids of all chunks in the index."""
        with reported(self._folder):
            return set(self._collection.get(include=[])["ids"])

    def update(self, added: Iterable[tuple[Sequence[str], Vectors]], removed: Sequence[str], generation: str) -> None:
        """Brings the index to `generation`: drops `removed`, puts in each batch of ids and their (n, dimension) vectors.

        A crash in between leaves the older generation, and the work is done again.
        """
        with reported(self._folder):
            for start in range(0, len(removed), _BATCH):
                self._collection.delete(ids=list(removed[start : start + _BATCH]))
            for ids, vectors in added:
                for start in range(0, len(ids), _BATCH):
                    part = slice(start, start + _BATCH)
                    self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])
            self._collection.modify(metadata={"embedder": self._embedder, "generation": generation})
            self._entries = self._collection.count()

    def nearest(self, vector: Vectors, limit: int) -> list[str]:
        """Ids of the chunks whose vectors are nearest to `vector` by cosine, nearest first.

        Raises ForeignVectorsError for a vector of another dimension than those in the index.
        """
        from chromadb.errors import InvalidArgumentError

        count = min(limit, self.entries)
        if count == 0:
            return []
        with reported(self._folder):
            try:
                found = self._collection.query(query_embeddings=vector, n_results=count, include=[])
            except InvalidArgumentError as error:
                raise ForeignVectorsError(embedder=self._embedder, dimension=len(vector)) from error
        return found["ids"][0]

    def close(self) -> None:
        """Gives back the files and threads."""
        self._client.close()

    def _open(self) -> Collection:
        metadata: dict[str, Any] = {"embedder": self._embedder, "generation": ""}
        collection = self._client.get_or_create_collection(
            _NAME, embedding_function=None, metadata=metadata, configuration={"hnsw": {"space": "cosine"}}
        )
        made_by = (collection.metadata or {}).get("embedder")
        if made_by != self._embedder:
            raise ForeignVectorsError(made_by=made_by, wanted=self._embedder)
        return collection


def _files(folder: Path) -> Path:
    """The only folder in `folder`, or a new one of a random name.

    Chroma remembers a client by its path, one that failed to open too: a rebuilt index must not stand at the old path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return next((entry for entry in sorted(folder.iterdir()) if entry.is_dir()), folder / secrets.token_hex(4))


def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    _blank_memory()
    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)  # what it returns, and says less of: ClientAPI lacks close()


def _blank_memory() -> None:
    """Have the C library hand out memory blank, which costs some 3 % of an embedding.

    Chroma's files keep room for vectors to come, and it writes that room as it got it: pieces of what this process had
    in memory before, another company's text among them.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # of glibc
        mallopt(_PERTURB, 0xFF)
