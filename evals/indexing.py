"""Taking in a folder, timed against LangChain's stock pipeline in one run: same files, same embedding weights."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.baselines import langchain_stock as stock
from evals.errors import EvalError
from knowledge.ingest import Derived, Ingest, Watch
from knowledge.reading import Readers, ReadingLimits
from retrieval.embedding import Embedder, TextEmbedder
from retrieval.korean import Tokenizer
from retrieval.store import Vectors
from serving.databases.sqlite import SqliteDatabases
from serving.place import Place

Say = Callable[[str], None]


class _Free:
    """An embedder that costs nothing: what is left is reading, cutting, storing and indexing."""

    identity = "free/384"

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = self._random.standard_normal((len(texts), 384)).astype(np.float32)
        vectors: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self.embed_passages([text])[0]
        return row


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `chunks_s`: bytes to stored chunks; `found_s`: to indexes that find them, with vectors that cost nothing;
    `index_s`: the same with the model's; `again_s`: after one file was changed. LangChain stores chunks in the vector index
    itself, so that its first two are one.
    """

    chunks: int
    chunks_s: float
    found_s: float
    index_s: float
    again_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """`indexing_api_s`: LangChain's incremental indexing after the same change."""

    files: int
    megabytes: float
    ours: Timing
    langchain: Timing
    indexing_api_s: float

    def wire(self) -> dict[str, Any]:
        ours, theirs = self.ours, self.langchain
        ratios = {
            "chunks": round(theirs.chunks_s / ours.chunks_s, 2),
            "found": round(theirs.found_s / ours.found_s, 2),
            "index": round(theirs.index_s / ours.index_s, 2),
            "again": round(theirs.again_s / ours.again_s, 1),
            "again_indexing_api": round(self.indexing_api_s / ours.again_s, 1),
        }
        return {**asdict(self), "faster": ratios}


def measure(folder: Path, model: Path, work: Path, changed: str, say: Say = lambda _: None) -> Report:
    """Times both over the files of `folder`; `changed` names the one that gets a line more. `work` is emptied."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in stock.SUFFIXES)
    if not files or not (folder / changed).is_file():
        raise EvalError("no_files")
    shutil.rmtree(work, ignore_errors=True)
    copy = work / "folder"
    for path in files:
        target = copy / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    tokenizer = Tokenizer()
    tokenizer.terms("데우기")
    embedder, theirs = Embedder(model), stock.ModelEmbeddings(model)
    embedder.embed_query("데우기")
    theirs.embed_query("데우기")
    readers = Readers(ReadingLimits(), 1)
    try:
        say("chunks")
        theirs_chunks = _timed(lambda: stock.store(copy, work / "stock-free", stock.NoEmbeddings()))
        ours_chunks = _timed(lambda: _take_in(copy, work / "ours-stored", _Free(), tokenizer, readers, indexed=False))
        ours_found = _timed(lambda: _take_in(copy, work / "ours-free", _Free(), tokenizer, readers))
        say("index")
        ours_index = _timed(lambda: _take_in(copy, work / "ours", embedder, tokenizer, readers))
        theirs_index = _timed(lambda: stock.store(copy, work / "stock", theirs))
        api = stock.Indexed(work / "stock-api", stock.NoEmbeddings())
        api.update(copy)
        with (copy / changed).open("a", encoding="utf-8") as handle:
            handle.write("\n\n이 줄은 새로 더한 줄이다.\n")
        say("again")
        ours_again = _timed(lambda: _take_in(copy, work / "ours", embedder, tokenizer, readers))
        api_again = _timed(lambda: api.update(copy))
        theirs_again = _timed(lambda: stock.store(copy, work / "stock-again", theirs))
    finally:
        readers.close()
    return Report(
        files=len(files),
        megabytes=round(sum(path.stat().st_size for path in files) / 1e6, 1),
        ours=Timing(ours_index[0], ours_chunks[1], ours_found[1], ours_index[1], ours_again[1]),
        langchain=Timing(theirs_index[0], theirs_chunks[1], theirs_chunks[1], theirs_index[1], theirs_again[1]),
        indexing_api_s=api_again[1],
    )


def _take_in(
    folder: Path, where: Path, embedder: TextEmbedder, tokenizer: Tokenizer, readers: Readers, *, indexed: bool = True
) -> int:
    """Every file through the product's own parts, the worker's way: how many chunks the place holds."""
    where.mkdir(parents=True, exist_ok=True)
    database = SqliteDatabases(where / "shared.db").open("company", where)
    place = Place("company", where, database, embedder, tokenizer, read=readers.read)
    if not indexed:
        derived = Derived(place.index.cut, lambda _: 0, place.chunks.remove)
        place.ingest = Ingest(place.registry, derived, readers.read)
    try:
        waiting = []
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry, new = place.registry.add(path.read_bytes(), str(path.relative_to(folder)), "eval")
                waiting += [entry.document_id] if new else []
        while waiting:
            place.ingest.process(waiting.pop(0), Watch(more_come=lambda: bool(waiting)))
        place.ingest.settle()
        return place.chunks.count()
    finally:
        place.close()


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    done = work()
    return done, round(time.perf_counter() - started, 3)
