from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import BrokenIndexError, ForeignVectorsError
from retrieval.vectors import VectorIndex

VECTORS = np.eye(4, dtype=np.float32)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    its = VectorIndex(tmp_path / "vectors", "e/4")
    its.update([(["a", "b", "c"], VECTORS[:3])], [], "1")
    yield its
    its.close()


def test_nearest_first(index: VectorIndex) -> None:
    query = np.array([0.1, 0.9, 0.3, 0], dtype=np.float32)
    assert index.nearest(query, 2) == ["b", "c"]
    assert index.nearest(query, 10) == ["b", "c", "a"]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    its = VectorIndex(tmp_path / "empty", "e/4")
    assert its.nearest(VECTORS[0], 3) == []
    assert (its.ids(), its.entries, its.generation) == (set(), 0, "")
    its.close()


def test_an_update_adds_removes_and_survives_closing(index: VectorIndex, tmp_path: Path) -> None:
    index.update([(["d"], VECTORS[3:])], ["a"], "2")
    assert index.nearest(VECTORS[3], 1) == ["d"]
    index.close()
    again = VectorIndex(tmp_path / "vectors", "e/4")
    assert again.ids() == {"b", "c", "d"}
    assert (again.entries, again.generation) == (3, "2")
    assert "a" not in again.nearest(VECTORS[0], 4)
    again.close()


def test_another_embedder_is_refused(index: VectorIndex, tmp_path: Path) -> None:
    with pytest.raises(ForeignVectorsError):
        VectorIndex(tmp_path / "vectors", "other/4")


def test_a_vector_of_another_length_is_refused(index: VectorIndex) -> None:
    with pytest.raises(ForeignVectorsError):
        index.nearest(np.ones(3, dtype=np.float32), 1)


def test_a_damaged_database_is_reported(index: VectorIndex, tmp_path: Path) -> None:
    index.close()
    (database,) = (tmp_path / "vectors").rglob("chroma.sqlite3")
    database.write_bytes(b"not a database" * 100)
    with pytest.raises(BrokenIndexError):
        VectorIndex(tmp_path / "vectors", "e/4")
