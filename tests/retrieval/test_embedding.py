from __future__ import annotations

import json
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from retrieval.embedding import Embedder, QueryMemory
from retrieval.errors import EmbedderDownError, ModelMissingError
from retrieval.store import Vectors


class Recorder(Embedder):
    """An embedder whose model only counts: what was asked of it, and in how many calls."""

    def __init__(self, folder: Path, batch: int = 16) -> None:
        super().__init__(folder, "recorder", batch=batch)
        self.asked: list[list[str]] = []

    def _encode(self, texts: list[str]) -> Vectors:
        self.asked.append(texts)
        return np.array([[len(text)] * 3 for text in texts], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": 3}), encoding="utf-8")
    return tmp_path


def test_identity_is_known_without_loading(folder: Path) -> None:
    assert Embedder(folder, "small").identity == "small/3"


@pytest.mark.proof
def test_a_missing_model_is_said_so(tmp_path: Path) -> None:
    embedder = Embedder(tmp_path / "absent")
    with pytest.raises(ModelMissingError):
        _ = embedder.identity
    with pytest.raises(ModelMissingError):
        embedder.embed_query("무엇")


def test_queries_and_passages_get_their_prefixes(folder: Path) -> None:
    embedder = Recorder(folder)
    assert embedder.embed_passages(["가", "나"]).shape == (2, 3)
    assert embedder.embed_query("다").shape == (3,)
    assert embedder.asked == [["passage: 가", "passage: 나"], ["query: 다"]]
    assert embedder.embed_passages([]).shape == (0, 3)


def test_batches_are_of_like_length_and_rows_come_back_in_order(folder: Path) -> None:
    embedder = Recorder(folder, batch=2)
    vectors = embedder.embed_passages(["가", "가나다라", "가나", "가나다"])
    assert sorted(sorted(map(len, texts)) for texts in embedder.asked) == [[10, 11], [12, 13]]
    assert vectors[:, 0].tolist() == [10, 13, 11, 12]


def test_batches_are_computed_side_by_side_and_a_failure_is_raised(folder: Path) -> None:
    meeting = Barrier(2)

    class Meeting(Recorder):
        def _encode(self, texts: list[str]) -> Vectors:
            meeting.wait(10)  # passes where two are here at a time
            return super()._encode(texts)

    embedder = Meeting(folder, batch=1)
    embedder._threads = 2
    assert embedder.embed_passages(["가", "나"]).shape == (2, 3)

    class Failing(Recorder):
        def _encode(self, texts: list[str]) -> Vectors:
            raise EmbedderDownError

    with pytest.raises(EmbedderDownError):
        Failing(folder, batch=1).embed_passages(["가", "나"])


def test_a_query_asked_again_is_not_computed_again(folder: Path) -> None:
    embedder = Recorder(folder)
    first = embedder.embed_query("같은 질문")
    assert (embedder.embed_query("같은 질문") == first).all()
    assert len(embedder.asked) == 1


def test_the_memory_keeps_the_last_questions_and_no_failure() -> None:
    memory = QueryMemory()
    asked: list[str] = []

    def embed(text: str) -> Vectors:
        asked.append(text)
        if len(asked) == 1:
            raise EmbedderDownError
        return np.zeros(3, dtype=np.float32)

    with pytest.raises(EmbedderDownError):
        memory.recall("0", lambda: embed("0"))
    for n in range(300):
        memory.recall(str(n), lambda n=n: embed(str(n)))
    assert asked[:2] == ["0", "0"]
    memory.recall("299", lambda: embed("299"))
    assert asked[-1] == "299"
    assert len(asked) == 301
    memory.recall("0", lambda: embed("0"))
    assert len(asked) == 302
