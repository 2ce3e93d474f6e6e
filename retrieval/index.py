"""The two indexes of one place, kept in step with its database and rebuilt from it whenever they are not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import TypeVar

from knowledge.document import Document
from retrieval.chunk import split
from retrieval.embedding import TextEmbedder
from retrieval.errors import BrokenIndexError, ForeignVectorsError
from retrieval.keywords import KeywordIndex
from retrieval.korean import Tokenizer
from retrieval.store import ChunkStore, Vectors
from retrieval.vectors import VectorIndex

Answer = TypeVar("Answer")

_BATCH = 2000
"""Chunks tokenised or loaded at a time: bounds memory while a large place is rebuilt."""


EMBEDDED_AT_ONCE = 64
"""Chunks embedded between two looks at whether the document was cancelled or others wait: some seconds on two cores."""


class PlaceIndex:
    """Keyword and vector index of one place, in `folder`, which may be deleted at any time.

    The folder belongs to one process; threads may share the object. While one thread brings new documents in, the
    others go on searching what was there: a chunk that has been removed meanwhile is no longer in the store. Chunks
    whose vectors another embedder made are in the keyword index alone until they have been embedded anew.
    """

    def __init__(self, folder: Path, store: ChunkStore, embedder: TextEmbedder, tokenizer: Tokenizer) -> None:
        self.store = store
        self._keyword_folder = folder / "keywords"
        self._vector_folder = folder / "vectors"
        self._embedder = embedder
        self._tokenizer = tokenizer
        self._changing = Lock()
        self._put_off = False
        self._open: tuple[KeywordIndex, VectorIndex] | None = None

    def put(self, documents: Mapping[str, Document]) -> dict[str, int]:
        """Cuts and embeds many documents (by id), which is faster together than one by one; their numbers of chunks."""
        numbers = {document_id: self.cut(document_id, document) for document_id, document in documents.items()}
        identity = self._embedder.identity
        chunks = [chunk for document_id in documents for chunk in self.store.unembedded(document_id, identity)]
        if chunks:
            self.store.embed(chunks, self._embedder.embed_passages([chunk.passage for chunk in chunks]), identity)
        return numbers

    def cut(self, document_id: str, document: Document) -> int:
        """Cuts a document into chunks and stores them in place of what it had: their number.

        They are found from the next `sync` on, or the next search if none is put off, by keywords alone until embedded.
        """
        chunks = split(document_id, document)
        self.store.put(document_id, chunks)
        return len(chunks)

    def embed(self, document_id: str, most: int = EMBEDDED_AT_ONCE) -> int:
        """Embeds up to `most` more chunks of a document and says how many are left. What the same passage has
        elsewhere in the place, as in the version before, is taken from there.
        """
        identity = self._embedder.identity
        batch = self.store.unembedded(document_id, identity, most)
        while batch and self.store.copy_known(batch, identity):
            batch = self.store.unembedded(document_id, identity, most)
        if batch:
            self.store.embed(batch, self._embedder.embed_passages([chunk.passage for chunk in batch]), identity)
        return self.store.count_unembedded(document_id, identity)

    def put_off(self) -> None:
        """Documents are coming in: until the next `sync` searches use what is there, so that none pays for bringing in
        what came a moment ago.
        """
        self._put_off = True

    def sync(self) -> None:
        """Brings both indexes to the store's generation; cheap when they are there already."""
        with self._changing:
            self._put_off = False
            self._sync()

    def ask(self, question: Callable[[KeywordIndex, VectorIndex], Answer]) -> Answer:
        """The answer of `question` over indexes that are in step; they are rebuilt and asked again if found broken."""
        view = self._current()
        try:
            return question(*view)
        except BrokenIndexError:
            with self._changing:
                if self._open is view:
                    self._rebuild()
                else:  # another thread closed or rebuilt it under us
                    self._sync()
                return question(*self._opened())

    def close(self) -> None:
        """Gives back files and threads. The next use opens again."""
        with self._changing:
            self._close()

    def _current(self) -> tuple[KeywordIndex, VectorIndex]:
        view = self._open
        if view is None:
            self._changing.acquire()
        elif self._put_off:
            return view
        elif not self._changing.acquire(blocking=False):
            return view  # search what is there instead of waiting for another thread's indexing
        try:
            self._sync()
            return self._opened()
        finally:
            self._changing.release()

    def _sync(self) -> None:
        try:
            fresh = self._open is None
            keywords, vectors = self._opened()
            wanted = self.store.generation()
            self._bring(keywords, vectors, wanted)
            if fresh:
                self._check(keywords, vectors)
        except BrokenIndexError:
            self._rebuild()

    def _bring(self, keywords: KeywordIndex, vectors: VectorIndex, wanted: str) -> None:
        """Incremental: only ids that differ are tokenised or loaded, and nothing is embedded."""
        if keywords.generation != wanted:
            truth, have = self.store.ids(), keywords.ids()
            keywords.update(self._terms(truth - have), have - truth, wanted)
        if vectors.generation != wanted:
            truth, have = self.store.ids(self._embedder.identity), vectors.ids()
            vectors.update(self._vectors(truth - have), sorted(have - truth), wanted)

    def _check(self, keywords: KeywordIndex, vectors: VectorIndex) -> None:
        """Just opened: do both hold what the store holds, and does the vector index answer?"""
        embedded = self.store.ids(self._embedder.identity)
        expected = self.store.count()
        if expected != keywords.entries or len(embedded) != vectors.entries:
            raise BrokenIndexError(expected=expected, keywords=keywords.entries, vectors=vectors.entries)
        if embedded:
            _, sample = self.store.vectors([next(iter(embedded))], self._embedder.identity)
            vectors.nearest(sample[0], 1)

    def _rebuild(self) -> None:
        self._close()
        for folder in (self._keyword_folder, self._vector_folder):
            shutil.rmtree(folder, ignore_errors=True)
        self._bring(*self._opened(), self.store.generation())

    def _opened(self) -> tuple[KeywordIndex, VectorIndex]:
        if self._open is None:
            keywords = KeywordIndex(self._keyword_folder, self._tokenizer.identity)
            try:
                vectors = VectorIndex(self._vector_folder, self._embedder.identity)
            except ForeignVectorsError:  # of a former embedder; the store says which documents have vectors of this one
                shutil.rmtree(self._vector_folder, ignore_errors=True)
                vectors = VectorIndex(self._vector_folder, self._embedder.identity)
            self._open = (keywords, vectors)
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _terms(self, chunk_ids: Collection[str]) -> Iterator[tuple[str, list[str]]]:
        for batch in _batches(chunk_ids):
            chunks = self.store.get(batch).values()
            terms = self._tokenizer.terms_of([chunk.passage for chunk in chunks])
            yield from zip((chunk.chunk_id for chunk in chunks), terms, strict=True)

    def _vectors(self, chunk_ids: Collection[str]) -> Iterator[tuple[list[str], Vectors]]:
        for batch in _batches(chunk_ids):
            yield self.store.vectors(batch, self._embedder.identity)


def _batches(chunk_ids: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(chunk_ids)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
