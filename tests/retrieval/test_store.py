from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.chunk import split
from retrieval.errors import ForeignVectorsError
from retrieval.store import ChunkStore, Vectors
from tests.retrieval.material import FACTORY, LAW, MANUAL, store


def rows(count: int) -> Vectors:
    return np.arange(count * 4, dtype=np.float32).reshape(count, 4)


def test_chunks_and_vectors_come_back_as_they_went_in(tmp_path: Path) -> None:
    chunks = split("m", MANUAL)
    its = store(tmp_path)
    its.replace("m", chunks, rows(len(chunks)), "e/4")
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
    its.replace("f", chunks, rows(1), "e/4")
    seen.append(its.generation())
    its.replace("f", chunks, rows(1), "e/4")
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
        its.replace("f", split("f", FACTORY), rows(1), "e/4")
        return its.generation()

    assert counted(tmp_path / "a").split("-")[0] == counted(tmp_path / "b").split("-")[0]
    assert counted(tmp_path / "c") != counted(tmp_path / "d")


def test_a_failed_replacement_changes_nothing(tmp_path: Path) -> None:
    its = store(tmp_path)
    chunks = split("f", FACTORY)
    its.replace("f", chunks, rows(1), "e/4")
    before = its.generation()
    with pytest.raises(ValueError, match="zip"):
        its.replace("f", chunks, rows(2), "e/4")
    assert its.of_document("f") == chunks
    assert its.generation() == before


def test_another_embedders_vectors_are_never_handed_out(tmp_path: Path) -> None:
    its = store(tmp_path)
    its.replace("f", split("f", FACTORY), rows(1), "old/4")
    its.replace("m", split("m", MANUAL), rows(len(split("m", MANUAL))), "new/4")
    manual = {chunk.chunk_id for chunk in its.of_document("m")}
    ids, vectors = its.vectors(its.ids(), "new/4")
    assert (set(ids), len(vectors)) == (manual, len(manual))
    assert its.ids("new/4") == manual
    assert its.ids("old/4") == its.ids() - manual
    assert (its.foreign("new/4"), its.foreign("old/4")) == (["f"], ["m"])


def test_vectors_of_one_embedder_are_of_one_length(tmp_path: Path) -> None:
    its = store(tmp_path)
    its.replace("f", split("f", FACTORY), rows(1), "e")
    before = its.generation()
    with pytest.raises(ForeignVectorsError):
        its.replace("l", split("l", LAW), rows(1)[:, :3], "e")
    assert (its.count("l"), its.generation()) == (0, before)
    its.replace("l", split("l", LAW), rows(1)[:, :3], "another")
    its.replace("f", split("f", FACTORY), rows(1)[:, :2], "e")  # none is left that it could be compared with
    assert its.vectors(its.ids(), "e")[1].shape == (1, 2)


def test_removed_ids_are_left_out(tmp_path: Path) -> None:
    its = store(tmp_path)
    assert its.get(["nothing"]) == {}
    ids, vectors = its.vectors(["nothing"], "e/4")
    assert ids == []
    assert len(vectors) == 0


def test_a_second_store_on_the_same_database_sees_the_same(tmp_path: Path) -> None:
    first = store(tmp_path)
    first.replace("f", [replace(chunk, page=None) for chunk in split("f", FACTORY)], rows(1), "e/4")
    second: ChunkStore = store(tmp_path)
    assert second.generation() == first.generation()
    assert second.of_document("f")[0].page is None
