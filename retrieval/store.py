"""Chunks and their embeddings in the database, which is the truth: every index is derived from these rows."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from retrieval.chunk import Chunk
from retrieval.errors import ForeignVectorsError

Vectors = npt.NDArray[np.float32]

TABLES = MetaData()
CHUNKS = Table(
    "chunks",
    TABLES,
    Column("chunk_id", String(32), primary_key=True),
    Column("document_id", String(64), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("section", Integer, nullable=False),
    Column("locator", Text, nullable=False),
    Column("page", Integer),
    Column("headings", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("context", Text, nullable=False),
)
EMBEDDINGS = Table(
    "embeddings",
    TABLES,
    Column("chunk_id", ForeignKey("chunks.chunk_id", ondelete="CASCADE"), primary_key=True),
    Column("embedder", String(128), nullable=False, index=True),
    Column("vector", LargeBinary, nullable=False),
    # Of what was embedded: a passage that stands in a newer version too is not embedded again.
    Column("passage", String(32), index=True),
)
META = Table(
    "retrieval_meta",
    TABLES,
    Column("key", String(32), primary_key=True),
    Column("counter", Integer, nullable=False),
    Column("stamp", String(16), nullable=False),
)

_GENERATION = "generation"
_BATCH = 5000
"""Ids a statement: SQLite takes 32,766 parameters."""


class ChunkStore:
    """The chunks of one place. Safe to share between threads, as its engine is."""

    def __init__(self, engine: Engine) -> None:
        """The tables are in `engine`."""
        self._engine = engine
        with engine.begin() as connection:
            if connection.execute(select(META.c.counter).where(META.c.key == _GENERATION)).first() is None:
                connection.execute(insert(META).values(key=_GENERATION, counter=0, stamp=_stamp()))

    def put(self, document_id: str, chunks: Sequence[Chunk]) -> None:
        """Puts a document's chunks in place of the ones it had, in one transaction. Chunks that were there keep their
        vectors; others have none until `embed` or `copy_known` gives them some.
        """
        wanted = {chunk.chunk_id for chunk in chunks}
        with self._engine.begin() as connection:
            query = select(CHUNKS.c.chunk_id).where(CHUNKS.c.document_id == document_id)
            have = set(connection.scalars(query))
            _delete_chunks(connection, have - wanted)
            kept = [chunk for chunk in chunks if chunk.chunk_id in have]
            _update_rows(connection, kept)
            fresh = [_row(chunk) for chunk in chunks if chunk.chunk_id not in have]
            if fresh:
                connection.execute(insert(CHUNKS), fresh)
            _bump(connection)

    def unembedded(self, document_id: str, embedder: str, limit: int | None = None) -> list[Chunk]:
        """Chunks of a document without a vector of this embedder, the longest first: batches of like length pad little."""
        query = (
            select(CHUNKS)
            .where(CHUNKS.c.document_id == document_id, _not_embedded(embedder))
            .order_by((func.length(CHUNKS.c.text) + func.length(CHUNKS.c.context)).desc(), CHUNKS.c.ordinal)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_chunk(row) for row in connection.execute(query).mappings()]

    def count_unembedded(self, document_id: str, embedder: str) -> int:
        """How many chunks of a document have no vector of this embedder."""
        query = select(func.count()).select_from(CHUNKS)
        with self._engine.connect() as connection:
            return int(
                connection.scalar(query.where(CHUNKS.c.document_id == document_id, _not_embedded(embedder))) or 0
            )

    def copy_known(self, chunks: Sequence[Chunk], embedder: str) -> int:
        """Gives chunks the vectors that the same passages have elsewhere in this place; how many got one."""
        hashes = {_passage_hash(chunk): chunk for chunk in chunks}
        query = select(EMBEDDINGS.c.passage, EMBEDDINGS.c.vector).where(EMBEDDINGS.c.embedder == embedder)
        known = {row["passage"]: row["vector"] for row in self._rows(query, EMBEDDINGS.c.passage, hashes)}
        found = [(chunk, known[its]) for its, chunk in hashes.items() if its in known]
        for start in range(0, len(found), _BATCH):
            part = found[start : start + _BATCH]
            rows = np.frombuffer(b"".join(vector for _, vector in part), dtype="<f4").reshape(len(part), -1)
            self.embed([chunk for chunk, _ in part], rows, embedder)
        return len(found)

    def embed(self, chunks: Sequence[Chunk], vectors: Vectors, embedder: str) -> None:
        """Stores vectors (len(chunks), dimension), row for row, in place of those the chunks had; a chunk that has been
        removed meanwhile is passed over. `embedder` is the identity of what made them. Raises ForeignVectorsError
        where other documents have vectors of that identity and another dimension.
        """
        if len(vectors) != len(chunks):
            raise ValueError(f"{len(vectors)} rows for {len(chunks)} chunks")
        with self._engine.begin() as connection:
            ids = [chunk.chunk_id for chunk in chunks]
            there = set(connection.scalars(select(CHUNKS.c.chunk_id).where(CHUNKS.c.chunk_id.in_(ids))))
            kept = [at for at, chunk in enumerate(chunks) if chunk.chunk_id in there]
            if not kept:
                return
            connection.execute(delete(EMBEDDINGS).where(EMBEDDINGS.c.chunk_id.in_(ids)))
            rows = np.ascontiguousarray(vectors[kept], dtype="<f4")
            _put_vectors(connection, [chunks[at] for at in kept], rows, embedder)
            _bump(connection)

    def remove(self, document_id: str) -> None:
        """Takes a document's chunks out; nothing happens if there are none."""
        with self._engine.begin() as connection:
            if _delete(connection, document_id):
                _bump(connection)

    def generation(self) -> str:
        """Names the present content. The random part tells a restored backup from a place that counted on."""
        with self._engine.connect() as connection:
            counter, stamp = connection.execute(
                select(META.c.counter, META.c.stamp).where(META.c.key == _GENERATION)
            ).one()
        return f"{counter}-{stamp}"

    def ids(self, embedder: str | None = None) -> set[str]:
        """Ids of all chunks, or of those that this embedder embedded."""
        query = select(CHUNKS.c.chunk_id)
        if embedder is not None:
            query = select(EMBEDDINGS.c.chunk_id).where(EMBEDDINGS.c.embedder == embedder)
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def ids_of(self, documents: Iterable[str]) -> set[str]:
        """Ids of the chunks of these documents."""
        return {row["chunk_id"] for row in self._rows(select(CHUNKS.c.chunk_id), CHUNKS.c.document_id, documents)}

    def count(self, document_id: str | None = None) -> int:
        """Number of chunks, of one document or of all."""
        query = select(func.count()).select_from(CHUNKS)
        if document_id is not None:
            query = query.where(CHUNKS.c.document_id == document_id)
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def get(self, chunk_ids: Iterable[str]) -> dict[str, Chunk]:
        """The chunks by id. An id without a row (removed meanwhile) is left out."""
        query = select(CHUNKS)
        rows = self._rows(query, CHUNKS.c.chunk_id, chunk_ids)
        return {row["chunk_id"]: _chunk(row) for row in rows}

    def of_document(self, document_id: str) -> list[Chunk]:
        """A document's chunks in reading order."""
        query = select(CHUNKS).where(CHUNKS.c.document_id == document_id).order_by(CHUNKS.c.ordinal)
        with self._engine.connect() as connection:
            return [_chunk(row) for row in connection.execute(query).mappings()]

    def vectors(self, chunk_ids: Iterable[str], embedder: str) -> tuple[list[str], Vectors]:
        """Ids and their embeddings by `embedder` as (number, dimension).

        An id without one (removed meanwhile, or still embedded by another embedder) is left out.
        """
        query = select(EMBEDDINGS.c.chunk_id, EMBEDDINGS.c.embedder, EMBEDDINGS.c.vector)
        # Compared here: told in the query, SQLite might walk the index over embedders, which is all rows.
        stored = self._rows(query, EMBEDDINGS.c.chunk_id, chunk_ids)
        found = {row["chunk_id"]: row["vector"] for row in stored if row["embedder"] == embedder}
        rows = np.frombuffer(b"".join(found.values()), dtype="<f4")
        return list(found), rows.reshape(len(found), -1) if found else rows.reshape(0, 0)

    def unfinished(self, embedder: str) -> list[str]:
        """Ids of documents with passages that this embedder has not embedded: until it has, only keywords find those."""
        query = select(CHUNKS.c.document_id).distinct().where(_not_embedded(embedder))
        with self._engine.connect() as connection:
            return sorted(connection.scalars(query))

    def _rows(self, query: Any, column: Column[str], wanted: Iterable[str]) -> Iterator[RowMapping]:
        ids = list(wanted)
        with self._engine.connect() as connection:
            for start in range(0, len(ids), _BATCH):
                yield from connection.execute(query.where(column.in_(ids[start : start + _BATCH]))).mappings()


def _not_embedded(embedder: str) -> ColumnElement[bool]:
    """Of a chunk: whether it has no vector of this embedder."""
    return ~exists().where(EMBEDDINGS.c.chunk_id == CHUNKS.c.chunk_id, EMBEDDINGS.c.embedder == embedder)


def _delete(connection: Connection, document_id: str) -> bool:
    ids = select(CHUNKS.c.chunk_id).where(CHUNKS.c.document_id == document_id)
    connection.execute(delete(EMBEDDINGS).where(EMBEDDINGS.c.chunk_id.in_(ids)))
    return connection.execute(delete(CHUNKS).where(CHUNKS.c.document_id == document_id)).rowcount > 0


def _delete_chunks(connection: Connection, chunk_ids: Iterable[str]) -> None:
    ids = list(chunk_ids)
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        connection.execute(delete(EMBEDDINGS).where(EMBEDDINGS.c.chunk_id.in_(part)))
        connection.execute(delete(CHUNKS).where(CHUNKS.c.chunk_id.in_(part)))


def _update_rows(connection: Connection, chunks: Sequence[Chunk]) -> None:
    """What a chunk's id does not name may differ now: its order and its locator."""
    if chunks:
        change = update(CHUNKS).where(CHUNKS.c.chunk_id == bindparam("its_id"))
        rows = [{"its_id": c.chunk_id, "ordinal": c.ordinal, "locator": c.locator, "page": c.page} for c in chunks]
        connection.execute(
            change.values(ordinal=bindparam("ordinal"), locator=bindparam("locator"), page=bindparam("page")), rows
        )


def _passage_hash(chunk: Chunk) -> str:
    return hashlib.blake2b(chunk.passage.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _put_vectors(connection: Connection, chunks: Sequence[Chunk], rows: Vectors, embedder: str) -> None:
    _refuse_another_length(connection, embedder, rows.itemsize * rows.shape[1])
    blobs = [
        {"chunk_id": chunk.chunk_id, "embedder": embedder, "vector": row.tobytes(), "passage": _passage_hash(chunk)}
        for chunk, row in zip(chunks, rows, strict=True)
    ]
    connection.execute(insert(EMBEDDINGS), blobs)


def _refuse_another_length(connection: Connection, embedder: str, length: int) -> None:
    query = select(func.length(EMBEDDINGS.c.vector)).where(EMBEDDINGS.c.embedder == embedder).limit(1)
    known = connection.scalar(query)
    if known not in {None, length}:
        raise ForeignVectorsError(embedder=embedder, bytes=length, wanted=known)


def _bump(connection: Connection) -> None:
    change = update(META).where(META.c.key == _GENERATION)
    connection.execute(change.values(counter=META.c.counter + 1, stamp=_stamp()))


def _stamp() -> str:
    return secrets.token_hex(4)


def _row(chunk: Chunk) -> dict[str, Any]:
    return {
        "chunk_id": chunk.chunk_id,
        "document_id": chunk.document_id,
        "ordinal": chunk.ordinal,
        "section": chunk.section,
        "locator": chunk.locator,
        "page": chunk.page,
        "headings": list(chunk.headings),
        "text": chunk.text,
        "context": chunk.context,
    }


def _chunk(row: RowMapping) -> Chunk:
    return Chunk(**{**row, "headings": tuple(row["headings"])})
