"""The keyword index of one place: a tantivy index of Kiwi terms, and BM25 over what it finds."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.damage import reported
from retrieval.errors import BrokenIndexError

if TYPE_CHECKING:
    from tantivy import Query, Searcher

_HEAP = 64_000_000
_STATE = "generation"
"""A file of two lines: the generation and the tokenizer's identity."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What BM25 must know of a collection: entries, their terms in all, and how many entries hold each query term."""

    entries: int
    length: int
    frequencies: Mapping[str, int]

    def __add__(self, other: Statistics) -> Statistics:
        """Of both collections as if they were one, which makes the scores of two places comparable."""
        both = self.frequencies.keys() | other.frequencies.keys()
        pooled = {term: self.frequencies.get(term, 0) + other.frequencies.get(term, 0) for term in both}
        return Statistics(self.entries + other.entries, self.length + other.length, pooled)

    def weight(self, term: str) -> float:
        """Inverse document frequency, never negative."""
        holding = self.frequencies.get(term, 0)
        return math.log(1 + (self.entries - holding + 0.5) / (holding + 0.5))


def bm25(terms: Sequence[str], weights: Mapping[str, float], average: float, k1: float, b: float) -> float:
    """Score of an entry with these terms for a query whose terms weigh so much; `average` is the mean entry length."""
    norm = k1 * (1 - b + b * len(terms) / max(average, 1.0))
    score = 0.0
    for term, weight in weights.items():
        count = terms.count(term)
        if count:
            score += weight * count * (k1 + 1) / (count + norm)
    return score


@dataclass(frozen=True, slots=True)
class _View:
    """One committed state of the index: readers keep theirs while a writer commits the next."""

    searcher: Searcher
    length: int


class KeywordIndex:
    """Opens or makes the index in `folder`. One process writes; any thread reads.

    `tokenizer` is the identity of what makes the terms. Every method raises BrokenIndexError when the folder's files
    are damaged or hold another tokenizer's terms.
    """

    def __init__(self, folder: Path, tokenizer: str) -> None:
        import tantivy

        self._folder = folder
        self._tokenizer = tokenizer
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("chunk_id", stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("terms", stored=True, tokenizer_name="terms", index_option="freq")
        schema.add_unsigned_field("length", fast=True)
        self._schema = schema.build()
        with reported(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(self._schema, path=str(folder))
            blank = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            self._index.register_tokenizer("terms", blank)
            self._view = self._look()
            if self.generation and self._state()[1] != tokenizer:
                raise BrokenIndexError(folder=folder.name)

    @property
    def generation(self) -> str:
        """What the last `update` said it brought in; empty when there was none, or the folder has been deleted."""
        return self._state()[0]

    @property
    def entries(self) -> int:
        """Number of chunks in the index."""
        return int(self._view.searcher.num_docs)

    def ids(self) -> set[str]:
        """Ids of all chunks in the index."""
        from tantivy import Query

        with reported(self._folder):
            live = self._view.searcher.terms_with_prefix("chunk_id", "", filter_query=Query.all_query())
        return {term for term, _ in live}

    def update(self, added: Iterable[tuple[str, Sequence[str]]], removed: Iterable[str], generation: str) -> None:
        """Brings the index to `generation`: drops `removed`, puts in ids with their terms (in order, with repeats).

        A crash in between leaves the older generation, and the work is done again.
        """
        import tantivy

        with reported(self._folder):
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            for chunk_id in removed:
                writer.delete_documents_by_term("chunk_id", chunk_id)
            for chunk_id, terms in added:
                document = tantivy.Document()
                document.add_text("chunk_id", chunk_id)
                document.add_text("terms", " ".join(terms))
                document.add_unsigned("length", len(terms))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            self._view = self._look()
            fresh = self._folder / f"{_STATE}.new"
            fresh.write_text(f"{generation}\n{self._tokenizer}", encoding="utf-8")
            fresh.replace(self._folder / _STATE)

    def statistics(self, terms: Iterable[str]) -> Statistics:
        """Of this index, for a query's terms."""
        view = self._view
        with reported(self._folder):
            frequencies = {term: int(view.searcher.doc_freq("terms", term)) for term in terms}
        return Statistics(int(view.searcher.num_docs), view.length, frequencies)

    def candidates(self, terms: Iterable[str], limit: int) -> dict[str, list[str]]:
        """The `limit` best chunks with their terms, best first by tantivy's own BM25."""
        from tantivy import Occur, Query

        parts = [(Occur.Should, Query.term_query(self._schema, "terms", term)) for term in dict.fromkeys(terms)]
        return self._found(Query.boolean_query(parts), limit)

    def terms_of(self, chunk_ids: Collection[str]) -> dict[str, list[str]]:
        """The terms of these chunks; ids that the index does not hold are left out."""
        from tantivy import Query

        wanted = Query.term_set_query(self._schema, "chunk_id", list(chunk_ids))
        return self._found(wanted, len(chunk_ids))

    def _found(self, query: Query, limit: int) -> dict[str, list[str]]:
        if limit == 0:
            return {}
        searcher = self._view.searcher
        with reported(self._folder):
            hits = searcher.search(query, limit=limit, count=False).hits
            documents = [searcher.doc(address) for _, address in hits]
        return {document["chunk_id"][0]: document["terms"][0].split() for document in documents}

    def _state(self) -> tuple[str, str]:
        try:
            generation, tokenizer = (self._folder / _STATE).read_text(encoding="utf-8").split("\n")
        except (FileNotFoundError, ValueError):
            return "", ""
        return generation, tokenizer

    def _look(self) -> _View:
        from tantivy import Query

        self._index.reload()
        searcher = self._index.searcher()
        total = searcher.aggregate(Query.all_query(), {"length": {"sum": {"field": "length"}}})
        return _View(searcher, int(total["length"]["value"]))
