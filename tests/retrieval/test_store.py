from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.chunk import Chunk, split
from retrieval.errors import ForeignVectorsError
from retrieval.store import ChunkStore, Vectors
from tests.retrieval.material import FACTORY, LAW, MANUAL, store


def rows(count: int) -> Vectors:
    return np.arange(count * 4, dtype=np.float32).reshape(count, 4)


def put(its: ChunkStore, document_id: str, chunks: list[Chunk], vectors: Vectors, embedder: str) -> None:
    its.put(document_id, chunks)
    its.embed(chunks, vectors, embedder)


def test_chunks_and_vectors_come_back_as_they_went_in(tmp_path: Path) -> None:
    chunks = split("m", MANUAL)
    its = store(tmp_path)
    put(its, "m", chunks, rows(len(chunks)), "e/4")
    assert its.of_document("m") == chunks
    assert its.get(chunk.chunk_id for chunk in chunks) == {chunk.chunk_id: chunk for chunk in chunks}
    ids, vectors = its.vectors(its.ids(), "e/4")
    expected = dict(zip((chunk.chunk_id for chunk in chunks), rows(len(chunks)), strict=True))
    assert all((expected[one] == row).all() for one, row in zip(ids, vectors, strict=True))
    assert its.count() == its.count("m") == len(chunks)


def test_every_change_gives_another_generation(tmp_path: Path) -> None:
    its = store(tmp_path)
    seen = [its.generation()]
    chunks = split("f", FACTORY)
    put(its, "f", chunks, rows(1), "e/4")
    seen.append(its.generation())
    put(its, "f", chunks, rows(1), "e/4")
    seen.append(its.generation())
    its.remove("f")
    seen.append(its.generation())
    assert len(set(seen)) == 4
    its.remove("f")
    assert its.generation() == seen[-1]
    assert (its.ids(), its.count("f")) == (set(), 0)


def test_a_restored_backup_that_counts_on_is_another_generation(tmp_path: Path) -> None:
    def counted(folder: Path) -> str:
        its = store(folder)
        put(its, "f", split("f", FACTORY), rows(1), "e/4")
        return its.generation()

    assert counted(tmp_path / "a").split("-")[0] == counted(tmp_path / "b").split("-")[0]
    assert counted(tmp_path / "c") != counted(tmp_path / "d")


def test_vectors_that_do_not_fit_the_chunks_change_nothing(tmp_path: Path) -> None:
    its = store(tmp_path)
    chunks = split("f", FACTORY)
    put(its, "f", chunks, rows(1), "e/4")
    before = its.generation()
    with pytest.raises(ValueError, match="rows"):
        its.embed(chunks, rows(2), "e/4")
    assert its.of_document("f") == chunks
    assert its.generation() == before


def test_what_stays_in_a_document_keeps_its_vectors(tmp_path: Path) -> None:
    its = store(tmp_path)
    chunks = split("m", MANUAL)
    put(its, "m", chunks, rows(len(chunks)), "e/4")
    its.put("m", [replace(chunk, ordinal=at) for at, chunk in enumerate(chunks[1:])])
    assert its.unembedded("m", "e/4") == []
    assert [chunk.ordinal for chunk in its.of_document("m")] == list(range(len(chunks) - 1))
    assert len(its.ids("e/4")) == len(chunks) - 1


def test_a_passage_embedded_before_is_not_embedded_again(tmp_path: Path) -> None:
    its = store(tmp_path)
    old, new = split("old", MANUAL), split("new", MANUAL)
    put(its, "old", old, rows(len(old)), "e/4")
    its.put("new", new)
    assert its.copy_known(new, "another/4") == 0
    assert its.copy_known(new, "e/4") == len(new)
    assert its.unembedded("new", "e/4") == []
    ids, vectors = its.vectors([chunk.chunk_id for chunk in new], "e/4")
    expected = dict(zip((chunk.chunk_id for chunk in new), rows(len(old)), strict=True))
    assert all((expected[one] == row).all() for one, row in zip(ids, vectors, strict=True))


def test_chunks_removed_while_they_were_embedded_get_no_vectors(tmp_path: Path) -> None:
    its = store(tmp_path)
    chunks = split("m", MANUAL)
    its.put("m", chunks)
    its.put("m", chunks[1:])
    its.embed(chunks, rows(len(chunks)), "e/4")
    assert its.ids("e/4") == {chunk.chunk_id for chunk in chunks[1:]}


def test_another_embedders_vectors_are_never_handed_out(tmp_path: Path) -> None:
    its = store(tmp_path)
    put(its, "f", split("f", FACTORY), rows(1), "old/4")
    put(its, "m", split("m", MANUAL), rows(len(split("m", MANUAL))), "new/4")
    manual = {chunk.chunk_id for chunk in its.of_document("m")}
    ids, vectors = its.vectors(its.ids(), "new/4")
    assert (set(ids), len(vectors)) == (manual, len(manual))
    assert its.ids("new/4") == manual
    assert its.ids("old/4") == its.ids() - manual
    assert (its.unfinished("new/4"), its.unfinished("old/4")) == (["f"], ["m"])


def test_vectors_of_one_embedder_are_of_one_length(tmp_path: Path) -> None:
    its = store(tmp_path)
    put(its, "f", split("f", FACTORY), rows(1), "e")
    with pytest.raises(ForeignVectorsError):
        put(its, "l", split("l", LAW), rows(1)[:, :3], "e")
    assert its.unembedded("l", "e") == split("l", LAW)
    put(its, "l", split("l", LAW), rows(1)[:, :3], "another")
    put(its, "f", split("f", FACTORY), rows(1)[:, :2], "e")  # none is left that it could be compared with
    assert its.vectors(its.ids(), "e")[1].shape == (1, 2)


def test_removed_ids_are_left_out(tmp_path: Path) -> None:
    its = store(tmp_path)
    assert its.get(["nothing"]) == {}
    ids, vectors = its.vectors(["nothing"], "e/4")
    assert ids == []
    assert len(vectors) == 0


def test_a_second_store_on_the_same_database_sees_the_same(tmp_path: Path) -> None:
    first = store(tmp_path)
    put(first, "f", [replace(chunk, page=None) for chunk in split("f", FACTORY)], rows(1), "e/4")
    second: ChunkStore = store(tmp_path)
    assert second.generation() == first.generation()
    assert second.of_document("f")[0].page is None
