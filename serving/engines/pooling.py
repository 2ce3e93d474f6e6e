"""Embedding and reranking by a service: vLLM's pooling routes, or any other that speaks them.

Personal numbers are masked in all that is sent there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import numpy as np
from pydantic import BaseModel, ValidationError

from assistant.personal import mask
from retrieval.embedding import QueryMemory
from retrieval.errors import EmbedderDownError, RerankerDownError
from retrieval.reranking import Scores
from retrieval.store import Vectors
from serving.engines.chat import NO_KEEPING

logger = logging.getLogger(__name__)

BATCH = 16
"""Passages a request: enough for a GPU to work on at once, few enough that a question need not wait long behind them."""
CONNECT_SECONDS = 2.0
QUERY_SECONDS = 5.0
"""The longest silence borne while a person waits: keywords answer meanwhile."""
BATCH_SECONDS = 120.0
PAUSE_SECONDS = 10.0
"""A service that failed a question is left alone so long: not every one should wait for what does not answer."""
_REFUSALS = frozenset({400, 413, 422})
"""The service works and does not want this input."""

Answer = TypeVar("Answer")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class PoolingEndpoint:
    """Where a pooling model answers. `base_url` may end in ``/v1``; `model` is the name it is served under."""

    base_url: str
    api_key: str = field(repr=False)
    model: str


class RemoteEmbedder:
    """An embedding model behind ``/v1/embeddings``. Any thread may call it."""

    def __init__(
        self,
        endpoint: PoolingEndpoint,
        query_prefix: str = "query: ",
        passage_prefix: str = "passage: ",
        pause: float = PAUSE_SECONDS,
    ) -> None:
        """The prefixes are what the model was trained with; the defaults are those of the E5 family."""
        # Apart, so that a question the busy service leaves waiting does not break off the document it is busy with; who
        # embeds documents has pauses of its own.
        self._questions = _Service(endpoint, EmbedderDownError, pause)
        self._passages = _Service(endpoint, EmbedderDownError, 0.0)
        self._model = endpoint.model
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._dimension = 0
        self._queries = QueryMemory()

    @property
    def identity(self) -> str:
        """The name served and the passages' prefix, e.g. `bge-m3 served, masked, prefix ''`.

        Without the dimension, which only the service could tell: a home must open while the service is down. Models
        whose vectors differ must be served under different names.
        """
        return f"{self._model} served, masked, prefix {self._passage_prefix!r}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32, each row of length 1. Raises EmbedderDownError."""
        prefixed = [self._passage_prefix + mask(text).text for text in texts]
        batches = [prefixed[start : start + BATCH] for start in range(0, len(prefixed), BATCH)]
        found = [self._embed(self._passages, batch, BATCH_SECONDS) for batch in batches]
        return np.concatenate(found) if found else np.empty((0, self._dimension), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1. Raises EmbedderDownError."""

        def ask() -> Vectors:
            vector: Vectors = self._embed(self._questions, [self._query_prefix + mask(text).text], QUERY_SECONDS)[0]
            return vector

        return self._queries.recall(text, ask)

    def _embed(self, service: _Service, texts: list[str], seconds: float) -> Vectors:
        def read(content: bytes) -> Vectors:
            said = _Embeddings.model_validate_json(content).data
            rows = _in_order([(item.index, item.embedding) for item in said], len(texts))
            if len({len(row) for row in rows}) != 1 or (self._dimension and len(rows[0]) != self._dimension):
                raise _WrongAnswerError("vectors of another dimension")
            vectors = np.asarray(rows, dtype=np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            if not (np.isfinite(lengths).all() and lengths.all()):
                raise _WrongAnswerError("vectors without a length")
            unit: Vectors = vectors / lengths
            return unit

        body = {"input": texts, "encoding_format": "float"}
        vectors = service.ask("/v1/embeddings", body, seconds, read)
        self._dimension = vectors.shape[1]
        return vectors


class RemoteReranker:
    """A reranking model behind ``/v1/rerank``. Any thread may call it."""

    def __init__(self, endpoint: PoolingEndpoint, pause: float = PAUSE_SECONDS) -> None:
        self._service = _Service(endpoint, RerankerDownError, pause)

    def scores(self, query: str, texts: Sequence[str]) -> Scores:
        """(len(texts),) float32, higher is better. Raises RerankerDownError."""

        def read(content: bytes) -> Scores:
            said = _Ranking.model_validate_json(content).results
            scores = np.asarray(_in_order([(item.index, item.relevance_score) for item in said], len(texts)))
            if not np.isfinite(scores).all():
                raise _WrongAnswerError("scores that are no numbers")
            return scores.astype(np.float32)

        if not texts:
            return np.empty(0, dtype=np.float32)
        body = {"query": mask(query).text, "documents": [mask(text).text for text in texts]}
        return self._service.ask("/v1/rerank", body, QUERY_SECONDS, read)


class _WrongAnswerError(Exception):
    """What came is not what was asked for. The message holds nothing of it."""


class _Embedding(BaseModel):
    index: int
    embedding: list[float]


class _Embeddings(BaseModel):
    data: list[_Embedding]


class _Ranked(BaseModel):
    index: int
    relevance_score: float


class _Ranking(BaseModel):
    results: list[_Ranked]


def _in_order(numbered: Sequence[tuple[int, Item]], count: int) -> list[Item]:
    """What was numbered 0 to count - 1, in that order."""
    if sorted(index for index, _ in numbered) != list(range(count)):
        raise _WrongAnswerError(f"{len(numbered)} results for {count} texts")
    return [item for _, item in sorted(numbered, key=lambda pair: pair[0])]


class _Service:
    """One use of a service: asks it, says once that it is down and once that it is back, and in between asks it once a
    `pause` (seconds).
    """

    def __init__(
        self,
        endpoint: PoolingEndpoint,
        down: type[EmbedderDownError] | type[RerankerDownError],
        pause: float,
    ) -> None:
        self._endpoint = endpoint
        self._down = down
        self._pause = pause
        url = httpx.URL(endpoint.base_url.rstrip("/").removesuffix("/v1"))
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {},
            # Past the machine's proxies, with the certificates it trusts. An established request is never repeated: the
            # service may be at work on it.
            transport=httpx.HTTPTransport(retries=1, limits=NO_KEEPING, trust_env=True),
        )
        self._lock = threading.Lock()
        self._failing = self._complained = False
        self._again = 0.0

    def ask(self, route: str, body: dict[str, Any], seconds: float, read: Callable[[bytes], Answer]) -> Answer:
        """The service's answer as `read` understands it. `seconds` is the longest silence that is borne.

        Raises the error it was made with when the service does not answer, answers wrongly, or did so a moment ago.
        """
        self._refuse_while_paused()
        try:
            answer = read(self._post(route, body, seconds))
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            if status in _REFUSALS:
                self._complain(f"HTTP {status}")
                raise self._down(why=f"HTTP {status}") from None
            raise self._failed(f"HTTP {status}") from None
        except (httpx.HTTPError, _WrongAnswerError) as error:
            raise self._failed(f"{type(error).__name__}: {error}") from None
        except ValidationError:  # its own words quote the answer
            raise self._failed("an answer of another shape") from None
        self._recovered()
        return answer

    def _post(self, route: str, body: dict[str, Any], seconds: float) -> bytes:
        # vLLM refuses a text that is longer than the model reads; -1 has it cut there, as the in-process model does.
        sent = {"model": self._endpoint.model, **body, "truncate_prompt_tokens": -1}
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        return self._client.post(route, json=sent, timeout=timeout).raise_for_status().content

    def _refuse_while_paused(self) -> None:
        with self._lock:
            if self._failing and time.monotonic() < self._again:
                raise self._down(why="failed a moment ago")
            if self._failing:  # of those who ask, one tries
                self._again = time.monotonic() + self._pause

    def _failed(self, why: str) -> EmbedderDownError | RerankerDownError:
        with self._lock:
            self._failing, self._again = True, time.monotonic() + self._pause
        self._complain(why)
        return self._down(why=why)

    def _complain(self, why: str) -> None:
        """Says so to the operator, once until it serves again."""
        with self._lock:
            new, self._complained = not self._complained, True
        if new:
            url = self._client.base_url
            logger.warning(
                "%s at %s://%s does not serve: %s", self._endpoint.model, url.scheme, url.netloc.decode(), why
            )

    def _recovered(self) -> None:
        with self._lock:
            complained, self._complained, self._failing = self._complained, False, False
        if complained:
            logger.warning("%s serves again", self._endpoint.model)
