"""Finds passages for a question in the places one company may read, with the titles and sources of their documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.evidence import Passage, Weigh
from assistant.question import Question
from knowledge.document import Document, Source
from knowledge.errors import UnknownDocumentError
from knowledge.registry import Registry
from retrieval.search import Hit, Searcher, SearchResult

LIBRARY = "library"
"""Name of the place everybody may read."""
CANDIDATES = 8
"""Passages read for one question: more than are shown, so that the answer may lie in the sixth."""


class Finder:
    """Opened for (library, one company) by whoever knows the caller; it cannot name another place."""

    def __init__(self, searcher: Searcher, registries: Mapping[str, Registry]) -> None:
        self._searcher = searcher
        self._registries = registries

    def find(self, question: Question) -> tuple[list[Passage], Weigh]:
        """The best passages numbered from 1, and the weights of terms over the places searched."""
        _, passages = self.search(question.search, CANDIDATES, question.hints)
        return passages, self._weigh

    def search(self, text: str, k: int, hints: str = "") -> tuple[SearchResult, list[Passage]]:
        """Hits and their passages, one for one; a document deleted between search and reading is left out of both."""
        result = self._searcher.search(text, k, hints)
        kept: list[Hit] = []
        passages: list[Passage] = []
        for hit in result.hits:
            try:
                entry = self._registries[hit.place].get(hit.document_id)
            except UnknownDocumentError:
                continue
            if entry.reading is not None:
                kept.append(hit)
                passages.append(
                    _passage(len(kept), hit, entry.reading, stays_here=entry.stays_here, own=hit.place != LIBRARY)
                )
        return SearchResult(tuple(kept), result.ms), passages

    def _weigh(self, terms: Iterable[str]) -> Mapping[str, float]:
        return self._searcher.weights(tuple(terms))


def _passage(n: int, hit: Hit, document: Document, *, stays_here: bool, own: bool) -> Passage:
    return Passage(
        n=n,
        document_id=hit.document_id,
        title=document.title,
        locator=hit.locator,
        page=hit.page,
        context=" ".join([document.title, *hit.headings]),
        text=hit.text,
        similarity=hit.similarity,
        source=_source(document.sources),
        effective=document.effective,
        stays_here=stays_here,
        own=own,
    )


def _source(sources: tuple[Source, ...]) -> Mapping[str, str | None] | None:
    """The source named first: the one a document mainly rests on."""
    if not sources:
        return None
    first = sources[0]
    return {
        "title": first.title,
        "publisher": first.publisher,
        "published": first.published.isoformat() if first.published else None,
        "reference": first.reference,
        "trust": first.trust,
    }
