"""Search over several places at once: keywords and meaning weighed together, exact codes first."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import add
from typing import TypeVar

from retrieval.chunk import Chunk
from retrieval.embedding import TextEmbedder
from retrieval.errors import EmbedderDownError, RerankerDownError
from retrieval.index import PlaceIndex
from retrieval.keywords import KeywordIndex, Statistics, bm25
from retrieval.korean import Tokenizer, codes
from retrieval.reranking import Reranker
from retrieval.store import Vectors
from retrieval.vectors import VectorIndex

Value = TypeVar("Value")

RERANKED = 24
"""Passages of the fused list a reranker reads: in these the answer nearly always is, and a cross-encoder's time grows with
each of them."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """How keyword score and similarity make one score: `bm25(k1, b) + similarity * cosine`.

    A plain weighted sum needs no normalising over the candidates, so scores of two places and of two queries of one
    kind compare. Tuned for E5-small on the even KorQuAD articles; another embedder wants its own weight.
    """

    similarity: float = 150.0
    k1: float = 0.5
    b: float = 0.6
    candidates: int = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A place to search, by the name its hits carry (`library`, a company's id)."""

    name: str
    index: PlaceIndex


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score` orders hits of one search, unless a reranker did; `keyword` is BM25.

    `similarity` is the cosine, and 0 where it is not known: the embedder is down, or has not embedded this passage yet.
    """

    rank: int
    score: float
    document_id: str
    chunk_id: str
    place: str
    page: int | None
    locator: str
    headings: tuple[str, ...]
    text: str
    keyword: float
    similarity: float
    section: int = 0  # the ordinal of the section it lies in


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and how long the search took, the query's embedding included."""

    hits: tuple[Hit, ...]
    ms: float


@dataclass(frozen=True, slots=True)
class _Found:
    """What one place offers: the terms of each candidate, and its statistics for the query's terms."""

    place: Place
    terms: Mapping[str, list[str]]
    statistics: Statistics


@dataclass(frozen=True, slots=True)
class _Scored:
    place: Place
    chunk_id: str
    codes: int
    score: float
    keyword: float
    similarity: float


class Searcher:
    """Searches the places it was given and cannot name another. Threads may share it.

    It answers without the parts that may be away: with keywords alone where the embedder is down, in the fused order
    where the reranker is.
    """

    def __init__(
        self,
        places: Sequence[Place],
        embedder: TextEmbedder,
        tokenizer: Tokenizer,
        fusion: Fusion | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._places = tuple(places)
        self._embedder = embedder
        self._tokenizer = tokenizer
        self._fusion = fusion or Fusion()
        self._reranker = reranker
        self._hidden: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {}

    def generation(self) -> tuple[str, ...]:
        """Names the present content of all places searched."""
        return tuple(place.index.store.generation() for place in self._places)

    def search(self, query: str, k: int = 8, hints: str = "", without: frozenset[str] = frozenset()) -> SearchResult:
        """The `k` best passages; `hints` are further words to look for, which do not change the query's meaning.
        Those with the codes the query names come first; passages of one text come once. Documents whose ids are in
        `without` are passed over, and as many candidates are weighed as if they were not there."""
        started = time.perf_counter()
        terms = Counter(self._tokenizer.terms(f"{query} {hints}"))
        named = codes(query)
        vector = self._embedded(query)
        found = [self._find(place, terms, named, vector, self._chunks_of(place, without)) for place in self._places]
        scored = self._score(found, terms, named, vector)
        wanted = max(k, RERANKED) if self._reranker else k
        best = list(islice(_distinct(scored, wanted), wanted))
        ordered = self._reranked(query, best)[:k]
        hits = tuple(_hit(rank, one, chunk) for rank, (one, chunk) in enumerate(ordered, 1))
        return SearchResult(hits, (time.perf_counter() - started) * 1000)

    def weights(self, terms: Sequence[str]) -> dict[str, float]:
        """Inverse document frequency of each term over the places searched; a term that is nowhere weighs most."""
        found = [place.index.ask(lambda keywords, _: keywords.statistics(Counter(terms))) for place in self._places]
        pooled = reduce(add, found, Statistics(0, 0, {}))
        return {term: pooled.weight(term) for term in terms}

    def _embedded(self, query: str) -> Vectors | None:
        try:
            return self._embedder.embed_query(query)
        except EmbedderDownError:  # whoever raised it has told the operator
            return None

    def _chunks_of(self, place: Place, documents: frozenset[str]) -> frozenset[str]:
        """Ids of the documents' chunks in a place; remembered for as long as neither changes."""
        if not documents:
            return documents
        generation = place.index.store.generation()
        kept = self._hidden.get(place.name)
        if kept is None or kept[:2] != (generation, documents):
            kept = (generation, documents, frozenset(place.index.store.ids_of(documents)))
            self._hidden[place.name] = kept
        return kept[2]

    def _find(
        self, place: Place, terms: Counter[str], named: Sequence[str], vector: Vectors | None, hidden: frozenset[str]
    ) -> _Found:
        limit = self._fusion.candidates

        def question(keywords: KeywordIndex, vectors: VectorIndex) -> _Found:
            found = _visible(lambda size: keywords.candidates(terms, size), limit, hidden)
            if named:
                found |= _visible(lambda size: keywords.candidates(named, size), limit, hidden)
            near = {}
            if vector is not None:
                near = _visible(lambda size: dict.fromkeys(vectors.nearest(vector, size)), limit, hidden)
            more = keywords.terms_of([chunk_id for chunk_id in near if chunk_id not in found])
            return _Found(place, found | more, keywords.statistics(terms))

        return place.index.ask(question)

    def _score(
        self, found: Sequence[_Found], terms: Counter[str], named: Sequence[str], vector: Vectors | None
    ) -> list[_Scored]:
        pooled = reduce(add, (one.statistics for one in found), Statistics(0, 0, {}))
        average = pooled.length / max(pooled.entries, 1)
        # A term the query repeats counts more, but not twice as much: the second time is often only grammar.
        weights = {term: pooled.weight(term) * math.sqrt(count) for term, count in terms.items()}
        similarities = [self._similarities(one, vector) for one in found]
        # A passage without a vector competes as if it were the least similar of those that have one.
        least = min((value for its in similarities for value in its.values()), default=0.0)
        fusion = self._fusion
        scored = []
        for one, known in zip(found, similarities, strict=True):
            for chunk_id, its in one.terms.items():
                keyword = bm25(its, weights, average, fusion.k1, fusion.b)
                score = keyword + fusion.similarity * known.get(chunk_id, least)
                held = sum(code in its for code in named)
                scored.append(_Scored(one.place, chunk_id, held, score, keyword, known.get(chunk_id, 0.0)))
        return sorted(scored, key=lambda one: (one.codes, one.score), reverse=True)

    def _similarities(self, found: _Found, vector: Vectors | None) -> dict[str, float]:
        """Cosine of every candidate that has a vector, by id."""
        if vector is None:
            return {}
        ids, rows = found.place.index.store.vectors(found.terms, self._embedder.identity)
        return dict(zip(ids, (rows @ vector).tolist(), strict=True)) if ids else {}

    def _reranked(self, query: str, best: list[tuple[_Scored, Chunk]]) -> list[tuple[_Scored, Chunk]]:
        """The head of the list in the reranker's order; passages with more of the codes the query names stay before."""
        head = best[:RERANKED]
        if self._reranker is None or not head:
            return best
        try:
            scores = self._reranker.scores(query, [chunk.passage for _, chunk in head])
        except RerankerDownError:  # whoever raised it has told the operator
            return best
        order = sorted(range(len(head)), key=lambda i: (head[i][0].codes, scores[i]), reverse=True)
        return [head[i] for i in order] + best[RERANKED:]


def _visible(ask: Callable[[int], Mapping[str, Value]], limit: int, hidden: frozenset[str]) -> dict[str, Value]:
    """The `limit` best answers that are not hidden: more are asked for where hidden ones took the places of others."""
    size = limit
    while True:
        found = ask(size)
        kept = {chunk_id: value for chunk_id, value in found.items() if chunk_id not in hidden}
        if len(kept) >= limit or len(found) < size or size >= limit + len(hidden):
            return dict(islice(kept.items(), limit))
        size = min(size * 4, limit + len(hidden))


def _distinct(scored: Sequence[_Scored], k: int) -> Iterator[tuple[_Scored, Chunk]]:
    """Scored passages with their chunks, the first of each text; rows are fetched a few at a time."""
    seen: set[str] = set()
    for start in range(0, len(scored), 2 * k):
        part = scored[start : start + 2 * k]
        chunks: dict[str, Chunk] = {}
        for store in {one.place.index.store for one in part}:
            chunks |= store.get([one.chunk_id for one in part if one.place.index.store is store])
        for one in part:
            chunk = chunks.get(one.chunk_id)
            folded = " ".join(chunk.text.split()) if chunk else ""
            if chunk and folded not in seen:
                seen.add(folded)
                yield one, chunk


def _hit(rank: int, scored: _Scored, chunk: Chunk) -> Hit:
    return Hit(
        rank=rank,
        score=round(scored.score, 4),
        document_id=chunk.document_id,
        chunk_id=chunk.chunk_id,
        place=scored.place.name,
        page=chunk.page,
        locator=chunk.locator,
        headings=chunk.headings,
        text=chunk.text,
        keyword=round(scored.keyword, 4),
        similarity=round(scored.similarity, 4),
        section=chunk.section,
    )
