"""How well search finds the paragraph that answers a question: KorQuAD 1.0 dev through the real parts.

Every paragraph is a document that goes through the real cutter, database and indexes. Weights are tuned on the
articles of even number and figures reported on those of odd number; the corpus is always all paragraphs.
"""

from __future__ import annotations

import itertools
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sqlalchemy import create_engine

from evals.errors import EvalError
from knowledge.document import Document, Locator, Section, content_hash, document_id
from retrieval.embedding import Embedder
from retrieval.index import PlaceIndex
from retrieval.korean import Tokenizer
from retrieval.search import Fusion, Place, Searcher
from retrieval.store import TABLES, ChunkStore

Half = Literal["even", "odd"]

_DEPTH = 30
"""Chunks asked for: enough for ten different paragraphs."""
_EVERY = 4
"""Tuning takes every fourth of the 3,300 even questions: the whole grid over all of them is half an hour's work."""
_SIMILARITY = (0.0, 75.0, 150.0, 225.0)
_K1 = (0.5, 0.8, 1.2)
_B = (0.6, 0.75)


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    gold: str
    half: Half


@dataclass(frozen=True, slots=True)
class Score:
    """Figures over `questions`; `p50_ms` and `p95_ms` are of a search without the query's embedding."""

    questions: int
    r1: float
    r5: float
    mrr10: float
    p50_ms: float
    p95_ms: float


def korquad(path: Path, titles: bool = True) -> tuple[dict[str, Document], list[Question]]:
    """Paragraphs as documents by id, and the questions with the id of the paragraph that answers them.

    Raises EvalError when the file is absent. Paragraphs of the same text are one document.
    """
    if not path.is_file():
        raise EvalError(f"KorQuAD 자료가 없습니다: {path} / The KorQuAD file is not here: {path}")
    documents: dict[str, Document] = {}
    questions: list[Question] = []
    for number, article in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        title = article["title"].replace("_", " ") if titles else ""
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            gold = document_id(content_hash(text.encode()))
            documents[gold] = Document(title, "text/plain", (Section(0, Locator("본문"), text),))
            half: Half = "odd" if number % 2 else "even"
            questions += [Question(qa["question"], gold, half) for qa in paragraph["qas"]]
    return documents, questions


def run(data: Path, embedder: Embedder, titles: bool = True, tune: bool = False) -> dict[str, Any]:
    """Figures on the odd articles with the weights in use; with `tune` also the grid on the even ones, best first.

    `data` is KorQuAD_v1.0_dev.json. `titles` says whether a paragraph stands under its article's title, as a passage of
    a manual stands under the manual's.
    """
    documents, questions = korquad(data, titles)
    tokenizer = Tokenizer()
    with _indexed(documents, embedder, tokenizer) as (index, seconds):
        place = [Place("korquad", index)]
        odd = [question for question in questions if question.half == "odd"]
        (score,) = _measure([Searcher(place, embedder, tokenizer)], odd, embedder)
        report = {"set": "korquad", "titles": titles, "paragraphs": len(documents), "chunks": index.store.count()}
        report |= {"indexing_s": round(seconds, 1), "fusion": asdict(Fusion()), "odd": asdict(score)}
        if tune:
            grid = [Fusion(similarity=w, k1=k1, b=b) for w, k1, b in itertools.product(_SIMILARITY, _K1, _B)]
            even = [question for question in questions if question.half == "even"][::_EVERY]
            scores = _measure([Searcher(place, embedder, tokenizer, fusion) for fusion in grid], even, embedder)
            ranked = sorted(zip(grid, scores, strict=True), key=lambda pair: pair[1].mrr10 + pair[1].r5, reverse=True)
            report["even"] = [asdict(fusion) | asdict(score) for fusion, score in ranked]
    return report


@contextmanager
def _indexed(
    documents: dict[str, Document], embedder: Embedder, tokenizer: Tokenizer
) -> Iterator[tuple[PlaceIndex, float]]:
    """The documents in a place of their own, gone afterwards, and the seconds it took to index them."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/korquad.db")
        TABLES.create_all(engine)
        index = PlaceIndex(Path(folder) / "index", ChunkStore(engine), embedder, tokenizer)
        started = time.perf_counter()
        index.put(documents)
        index.sync()
        try:
            yield index, time.perf_counter() - started
        finally:
            index.close()
            engine.dispose()


def _measure(searchers: Sequence[Searcher], questions: Sequence[Question], embedder: Embedder) -> list[Score]:
    """One score a searcher. A question is embedded once, before the clock starts."""
    ranks: list[list[int]] = [[] for _ in searchers]
    times: list[list[float]] = [[] for _ in searchers]
    for question in questions:
        embedder.embed_query(question.text)
        for searcher, its_ranks, its_times in zip(searchers, ranks, times, strict=True):
            result = searcher.search(question.text, _DEPTH)
            paragraphs = list(dict.fromkeys(hit.document_id for hit in result.hits))
            its_ranks.append(paragraphs.index(question.gold) + 1 if question.gold in paragraphs else 0)
            its_times.append(result.ms)
    return [_score(its_ranks, its_times) for its_ranks, its_times in zip(ranks, times, strict=True)]


def _score(ranks: Sequence[int], times: Sequence[float]) -> Score:
    """`ranks` from 1; 0 where the paragraph was not found."""
    p50, p95 = np.percentile(times, [50, 95])
    return Score(
        questions=len(ranks),
        r1=_share(rank == 1 for rank in ranks),
        r5=_share(0 < rank <= 5 for rank in ranks),
        mrr10=round(sum(1 / rank for rank in ranks if 0 < rank <= 10) / len(ranks), 4),
        p50_ms=round(float(p50), 1),
        p95_ms=round(float(p95), 1),
    )


def _share(true: Iterator[bool]) -> float:
    flags = list(true)
    return round(sum(flags) / len(flags), 4)
