"""주관기업 LLM 전송 금지: the embedder and the reranker of a place, which keep to themselves what must not leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrieval.embedding import TextEmbedder
from retrieval.errors import EmbedderDownError, RerankerDownError
from retrieval.reranking import Reranker, Scores
from retrieval.store import Vectors


class StayingEmbedder:
    """An embedding service as one place may use it. While `stays` it is as if it were down: keywords find."""

    def __init__(self, embedder: TextEmbedder, stays: Callable[[], bool]) -> None:
        self._embedder = embedder
        self._stays = stays

    @property
    def identity(self) -> str:
        return self._embedder.identity

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_passages(texts)

    def embed_query(self, text: str) -> Vectors:
        if self._stays():
            raise EmbedderDownError
        return self._embedder.embed_query(text)


class StayingReranker:
    """A reranking service as one place may use it. While `stays` the fused order has to do."""

    def __init__(self, reranker: Reranker, stays: Callable[[], bool]) -> None:
        self._reranker = reranker
        self._stays = stays

    def scores(self, query: str, texts: Sequence[str]) -> Scores:
        if self._stays():
            raise RerankerDownError
        return self._reranker.scores(query, texts)
