"""주관기업 LLM 전송 금지: what is marked reaches no engine, embedder or reranker that is not this machine's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge import starter
from knowledge.document import Document
from knowledge.reading import here
from retrieval.korean import Tokenizer
from retrieval.reranking import Scores
from retrieval.store import Vectors
from serving.engines.pooling import PoolingEndpoint, RemoteEmbedder, RemoteReranker
from serving.product import Engines, Product
from tests.fakes import ScriptedModel, WordEmbedder, engine
from tests.installation import OUTSIDE, Installation, control, installed

LIBRARY = [("공용.md", "# 자율형공장\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
MANUAL = "# 사출기 SJ-7\n\n사출기 SJ-7의 금형 온도는 62도로 맞춘다.\n".encode()
QUESTION = "사출기 SJ-7의 금형 온도는 몇 도인가요?"
ELSEWHERE = PoolingEndpoint("http://127.0.0.1:9/v1", "", "served")


def said(_: str) -> str:
    return "금형 온도는 62도로 맞춥니다. [1]"


@contextmanager
def lent(
    folder: Path, tokenizer: Tokenizer, host: ScriptedModel, own: ScriptedModel | None = None, **more: Any
) -> Iterator[Installation]:
    """An installation whose answers come from the host's vLLM, with or without an engine of its own."""
    engines = Engines(control(engine(host), OUTSIDE), control(engine(own)) if own else None)
    with installed(folder, tokenizer, engines=engines, **more) as its:
        yield its


@pytest.fixture(autouse=True)
def small_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "starter_files", lambda: LIBRARY)


def ask(its: Installation, question: str = QUESTION) -> dict[str, Any]:
    answer = its.http.post("/api/ask", json={"question": question})
    assert answer.status_code == 200
    reply: dict[str, Any] = answer.json()
    return reply


def sent(its: Installation) -> list[dict[str, Any]]:
    entries = its.http.get("/api/audit").json()["entries"]
    return [entry["details"] for entry in entries if entry["action"] == "passages_sent"]


def test_what_is_not_marked_goes_to_the_host_and_the_log_says_which_passages(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    host = ScriptedModel(script=said)
    with lent(tmp_path, tokenizer, host) as its:
        document = its.add("사출기.md", MANUAL, {})
        ask(its)
        assert "62도" in host.heard[0]
        (entry,) = sent(its)
    assert entry["engine"] == "scripted"
    assert any(passage.startswith(document["document_id"]) for passage in entry["passages"])
    assert "62도" not in str(entry)


def test_a_marked_document_is_quoted_and_not_sent(tmp_path: Path, tokenizer: Tokenizer) -> None:
    host = ScriptedModel(script=said)
    with lent(tmp_path, tokenizer, host) as its:
        document = its.add("사출기.md", MANUAL, {})
        path = f"/api/documents/{document['document_id']}"
        assert its.http.patch(path, json={"stays_here": True}).status_code == 204
        assert its.http.get(path).json()["stays_here"] is True
        reply = ask(its)
        assert host.heard == []
        assert sent(its) == []
        assert reply["degraded"] == "stays_here"
        assert "62도로 맞춘다" in reply["answer"]
        assert "보내지 않기로 한 자료" in reply["answer"]
        its.http.patch(path, json={"stays_here": False})
        assert ask(its)["degraded"] is None
        assert len(host.heard) == 1


def test_a_marked_company_sends_nothing_at_all_not_even_about_the_library(tmp_path: Path, tokenizer: Tokenizer) -> None:
    host = ScriptedModel(script=said)
    with lent(tmp_path, tokenizer, host) as its:
        its.await_indexed({})
        assert its.http.patch("/api/company", json={"stays_here": True}).status_code == 204
        reply = ask(its, "자율형공장의 정부지원금은 최대 얼마인가요?")
    assert host.heard == []
    assert "6억" in reply["answer"]
    assert reply["degraded"] == "stays_here"


def test_the_machines_own_engine_answers_instead(tmp_path: Path, tokenizer: Tokenizer) -> None:
    host, own = ScriptedModel(script=said), ScriptedModel(script=said)
    with lent(tmp_path, tokenizer, host, own) as its:
        document = its.add("사출기.md", MANUAL, {})
        its.http.patch(f"/api/documents/{document['document_id']}", json={"stays_here": True})
        assert ask(its)["degraded"] is None
    assert host.heard == []
    assert "62도" in own.heard[0]


class ServedEmbedder(RemoteEmbedder):
    """Behind a URL as far as the product can tell; keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(ELSEWHERE)
        self.words = WordEmbedder()
        self.heard: list[str] = []

    @property
    def identity(self) -> str:
        return self.words.identity

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.heard += texts
        return self.words.embed_passages(texts)

    def embed_query(self, text: str) -> Vectors:
        self.heard.append(text)
        return self.words.embed_query(text)


class ServedReranker(RemoteReranker):
    def __init__(self) -> None:
        super().__init__(ELSEWHERE)
        self.heard: list[str] = []

    def scores(self, query: str, texts: Sequence[str]) -> Scores:
        self.heard += [query, *texts]
        return np.arange(len(texts), 0, -1, dtype=np.float32)


def test_nothing_marked_goes_to_an_embedder_or_a_reranker_that_is_served(
    tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder, reranker = ServedEmbedder(), ServedReranker()
    made = Product.__init__

    def with_reranker(self: Product, *parts: Any, **more: Any) -> None:
        made(self, *parts, **{**more, "reranker": reranker})

    monkeypatch.setattr(Product, "__init__", with_reranker)
    with lent(tmp_path, tokenizer, ScriptedModel(script=said), embedder=embedder) as its:
        its.http.patch("/api/company", json={"stays_here": True})
        its.add("사출기.md", MANUAL, {})
        assert "62도로 맞춘다" in ask(its)["answer"]  # keywords find it
        heard = "\n".join([*embedder.heard, *reranker.heard])
        assert "SJ-7" not in heard
        its.http.patch("/api/company", json={"stays_here": False})
        ask(its)
        assert "SJ-7" in "\n".join(embedder.heard)


def test_a_document_is_sent_to_the_embedder_once_its_mark_is_taken_away(tmp_path: Path, tokenizer: Tokenizer) -> None:
    embedder = ServedEmbedder()
    marked = threading.Event()

    def once_marked(path: Path, name: str, progress: Any, cancelled: Any) -> Document:
        if name == "사출기.md":
            marked.wait(30)
        return here(path, name, progress, cancelled)

    with lent(tmp_path, tokenizer, ScriptedModel(script=said), embedder=embedder, read=once_marked) as its:
        added = its.http.post("/api/documents", files={"file": ("사출기.md", MANUAL)}).json()
        path = f"/api/documents/{added['document_id']}"
        its.http.patch(path, json={"stays_here": True})
        marked.set()
        its.await_indexed({})
        assert not any("금형 온도" in text for text in embedder.heard)
        its.http.patch(path, json={"stays_here": False})
        its.await_indexed({})
        assert any("금형 온도" in text for text in embedder.heard)


def test_personal_data_is_masked_before_the_engine_and_the_person_is_told(tmp_path: Path, tokenizer: Tokenizer) -> None:
    host = ScriptedModel(script=said)
    note = "# 사출기 SJ-7 담당\n\n사출기 SJ-7의 금형 온도는 62도이고 담당자 전화는 010-1234-5678, 주민등록번호는 900101-1234567이다.\n".encode()
    with lent(tmp_path, tokenizer, host) as its:
        its.add("담당.md", note, {})
        reply = ask(its)
    assert host.heard
    assert "1234-5678" not in host.heard[0]
    assert "1234567" not in host.heard[0]
    assert "가림" in host.heard[0]
    assert any("전화번호" in notice for notice in reply["notices"])
    assert "010-1234-5678" in reply["answer"]  # the company's own document, shown to the company's own people
