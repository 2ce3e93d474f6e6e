"""Embedding and reranking over HTTP, against a service in this process that can also misbehave."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from retrieval import text
from retrieval.errors import EmbedderDownError, RerankerDownError
from serving.engines import pooling
from serving.engines.pooling import BATCH, PoolingEndpoint, RemoteEmbedder, RemoteReranker

KEY = "the-secret-key"
SECRET = "사내 도면 제7호"


class Service(ThreadingHTTPServer):
    """Embeds a text as (its length, 1, 2), scores it by its length, and answers in any order. `wrong` changes answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.status = 200
        self.wrong: Callable[[dict[str, Any]], object] = lambda said: said
        self.silent = threading.Event()
        self.silent.set()

    def handle_error(self, *who: object) -> None:
        """Silent: those who ask hang up on purpose."""

    @property
    def endpoint(self) -> PoolingEndpoint:
        return PoolingEndpoint(f"http://127.0.0.1:{self.server_port}/v1", KEY, "tiny")


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, self.headers.get("Authorization", "")))
        self.server.silent.wait(10)
        if self.path == "/v1/embeddings":
            rows = [{"index": i, "embedding": [len(each), 1, 2]} for i, each in enumerate(body["input"])]
            said: dict[str, Any] = {"object": "list", "data": rows[::-1], "usage": {}}
        else:
            ranked = [{"index": i, "relevance_score": len(each) / 9} for i, each in enumerate(body["documents"])]
            said = {"results": sorted(ranked, key=lambda one: -one["relevance_score"])}
        self.send_response(self.server.status)
        self.end_headers()
        answer = {"error": {"message": f"cannot take {body}"}} if self.server.status != 200 else self.server.wrong(said)
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def log_message(self, *said: object) -> None:
        """Silent."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as its:
        thread = threading.Thread(target=its.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield its
        its.shutdown()
        thread.join()


def embedder(service: Service, pause: float = 0.0) -> RemoteEmbedder:
    return RemoteEmbedder(service.endpoint, "q: ", "p: ", pause)


def test_passages_come_back_in_order_and_of_length_one(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # not for the service next door
    texts = ["가" * n for n in range(1, BATCH + 9)]
    vectors = embedder(service).embed_passages(texts)
    assert (vectors.shape, vectors.dtype) == ((len(texts), 3), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(vectors[:, 0] / vectors[:, 1], [len(each) + 3 for each in texts], rtol=1e-5)
    path, body, key = service.asked[0]
    assert (path, key) == ("/v1/embeddings", f"Bearer {KEY}")
    wanted = {"model": "tiny", "encoding_format": "float", "truncate_prompt_tokens": -1}
    assert body == {"input": [f"p: {each}" for each in texts[:BATCH]], **wanted}
    assert [len(body["input"]) for _, body, _ in service.asked] == [BATCH, 8]


def test_a_question_is_prefixed_and_asked_once(service: Service) -> None:
    its = embedder(service)
    first = its.embed_query("질문")
    assert first.shape == (3,)
    assert (its.embed_query("질문") == first).all()
    ((_, body, _),) = service.asked
    assert body["input"] == ["q: 질문"]


def test_no_texts_ask_nothing(service: Service) -> None:
    assert len(embedder(service).embed_passages([])) == 0
    assert len(RemoteReranker(service.endpoint).scores("무엇", [])) == 0
    assert service.asked == []


def test_the_identity_is_known_without_the_service_and_tells_prefixes_apart() -> None:
    nowhere = PoolingEndpoint("http://127.0.0.1:1", "", "bge-m3")
    bare, prefixed = RemoteEmbedder(nowhere, "", ""), RemoteEmbedder(nowhere, "", "passage: ")
    assert "bge-m3" in bare.identity
    assert bare.identity == RemoteEmbedder(nowhere, "query: ", "").identity
    assert bare.identity != prefixed.identity


def test_scores_come_back_in_the_order_of_the_texts(service: Service) -> None:
    scores = RemoteReranker(service.endpoint).scores("무엇", ["가", "가나다", "가나"])
    np.testing.assert_allclose(scores, np.array([1, 3, 2]) / 9)
    assert scores.dtype == np.float32
    path, body, key = service.asked[0]
    assert (path, key) == ("/v1/rerank", f"Bearer {KEY}")
    wanted = {"model": "tiny", "query": "무엇", "truncate_prompt_tokens": -1}
    assert body == {"documents": ["가", "가나다", "가나"], **wanted}


def test_no_personal_number_is_sent_to_a_service(service: Service) -> None:
    text = "담당자 휴대폰은 010-1234-5678"
    embedder(service).embed_passages([text])
    embedder(service).embed_query(text)
    RemoteReranker(service.endpoint).scores(text, [text])
    assert len(service.asked) == 3
    for _, body, _ in service.asked:
        assert "담당자" in str(body)
        assert "5678" not in str(body)


def changed(**values: Any) -> Callable[[dict[str, Any]], object]:
    """The first vector or score with other values."""

    def change(said: dict[str, Any]) -> object:
        (said.get("data") or said["results"])[0].update(values)
        return said

    return change


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "one too few": lambda said: {name: said[name][1:] for name in said if name in {"data", "results"}},
    "one twice": changed(index=0),
    "one not asked for": changed(index=7),
    "another shape": lambda said: [said],
    "no JSON": lambda _: SECRET.encode(),
    "no number": changed(embedding=[float("nan"), 1, 1], relevance_score=float("nan")),
    "text": changed(embedding=SECRET, relevance_score=SECRET),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_refused(service: Service, wrong: Callable[[dict[str, Any]], object]) -> None:
    service.wrong = wrong
    with pytest.raises(EmbedderDownError):
        embedder(service).embed_passages(["가", SECRET])
    with pytest.raises(RerankerDownError):
        RemoteReranker(service.endpoint).scores("무엇", ["가", SECRET])


@pytest.mark.parametrize("vector", [[1.0, 2.0], [], [0, 0, 0]], ids=["shorter", "empty", "without direction"])
def test_a_wrong_vector_is_refused(service: Service, vector: list[float]) -> None:
    its = embedder(service)
    service.wrong = changed(embedding=vector)
    with pytest.raises(EmbedderDownError):
        its.embed_passages(["가", "나"])
    service.wrong = lambda said: said
    assert its.embed_passages(["가"]).shape == (1, 3)
    service.wrong = changed(embedding=vector)
    with pytest.raises(EmbedderDownError):
        its.embed_query("그 뒤")


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503, 302])
def test_a_refusal_is_said_once_without_what_was_sent(
    service: Service, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = status
    its = embedder(service)
    with caplog.at_level(logging.DEBUG):
        for attempt in range(3):
            with pytest.raises(EmbedderDownError) as refused:
                its.embed_query(f"{SECRET} {attempt}")
        service.status = 200
        its.embed_query(SECRET)
    said = [record.getMessage() for record in caplog.records if record.name == pooling.__name__]
    assert [f"HTTP {status}" in line for line in said] == [True, False]
    assert f"127.0.0.1:{service.server_port}" in said[0]
    everything = caplog.text + str(refused.value) + repr(refused.value.details) + repr(service.endpoint)
    assert SECRET not in everything
    assert KEY not in everything


def test_a_service_that_failed_is_left_alone_for_a_while(service: Service) -> None:
    service.status = 500
    its = embedder(service, pause=60)
    for attempt in range(5):
        with pytest.raises(EmbedderDownError):
            its.embed_query(str(attempt))
    assert len(service.asked) == 1


def test_one_text_refused_does_not_keep_the_others_waiting(service: Service) -> None:
    its = embedder(service, pause=60)
    service.status = 400
    with pytest.raises(EmbedderDownError):
        its.embed_query(SECRET)
    service.status = 200
    assert its.embed_query("다음").shape == (3,)


def test_a_question_that_failed_does_not_break_off_a_document(service: Service) -> None:
    its = embedder(service, pause=60)
    service.status = 500
    with pytest.raises(EmbedderDownError):
        its.embed_query("무엇")
    service.status = 200
    assert its.embed_passages(["가"] * (BATCH + 1)).shape == (BATCH + 1, 3)


def test_of_those_who_ask_a_dead_service_again_one_tries(service: Service) -> None:
    its = embedder(service, pause=0.2)
    service.status = 500
    with pytest.raises(EmbedderDownError):
        its.embed_query("처음")
    time.sleep(0.25)

    def ask(n: int) -> bool:
        with pytest.raises(EmbedderDownError):
            its.embed_query(str(n))
        return True

    service.silent.clear()
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, n) for n in range(4)]
        deadline = time.monotonic() + 10
        while sum(one.done() for one in asking) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        service.silent.set()
        assert all(one.result() for one in asking)
    assert len(service.asked) == 2


def test_a_dead_port(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        endpoint = PoolingEndpoint(f"http://127.0.0.1:{reserved.getsockname()[1]}", KEY, "tiny")
        with pytest.raises(EmbedderDownError):
            RemoteEmbedder(endpoint).embed_passages(["가"])
        with pytest.raises(RerankerDownError):
            RemoteReranker(endpoint).scores("무엇", ["가"])
    assert len(caplog.records) == 2


def test_an_address_that_is_none() -> None:
    for address in ("127.0.0.1:8000", "http://", "ftp://127.0.0.1"):
        with pytest.raises(EmbedderDownError):
            RemoteEmbedder(PoolingEndpoint(address, "", "tiny")).embed_query("무엇")


def test_a_silent_service_is_not_waited_for(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooling, "QUERY_SECONDS", 0.2)
    service.silent.clear()
    with pytest.raises(EmbedderDownError):
        embedder(service).embed_query("무엇")
    with pytest.raises(RerankerDownError):
        RemoteReranker(service.endpoint).scores("무엇", ["가"])
    assert len(service.asked) == 2  # a request that arrived is not sent again
    service.silent.set()


def test_what_to_check_is_said_in_both_languages() -> None:
    for error, name in ((EmbedderDownError, "GILJABI_EMBED_URL"), (RerankerDownError, "GILJABI_RERANK_URL")):
        assert all(name in said for said in text.SENTENCES[error.reason].values())
