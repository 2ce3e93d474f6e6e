"""Finds passages for a question in the places one company may read, with the titles and sources of their documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from assistant.asof import korea
from assistant.evidence import Passage, Weigh
from assistant.lookup import looked_up
from assistant.question import Question
from knowledge import law
from knowledge.calendar import Calendar
from knowledge.document import Document, Source
from knowledge.errors import UnknownDocumentError
from knowledge.facts import closing_day
from knowledge.registry import Registry
from retrieval.rows import row_numbers
from retrieval.search import Hit, Searcher, SearchResult

LIBRARY = "library"
"""Name of the place everybody may read."""
CANDIDATES = 8
"""Passages read for one question: more than are shown, so that the answer may lie in the sixth."""


class Finder:
    """Opened for (library, one company) by whoever knows the caller; it cannot name another place."""

    def __init__(
        self,
        searcher: Searcher,
        registries: Mapping[str, Registry],
        calendar: Calendar | None = None,
        today: Callable[[], date] = korea,
    ) -> None:
        """`calendar` is over the same registries; one is made where none is given."""
        self.calendar = calendar or Calendar(registries, searcher.generation)
        self._searcher = searcher
        self._registries = registries
        self._today = today

    def find(self, question: Question) -> tuple[list[Passage], Weigh]:
        """The best passages numbered from 1, and the weights of terms over the places searched.

        Elements whose value the question asks for come first: they are looked up by name.
        """
        elements = list(self._elements(question))
        _, passages = self.search(question.search, CANDIDATES, question.hints, question.day)
        known = {(passage.document_id, passage.section) for passage in elements}
        others = [passage for passage in passages if (passage.document_id, passage.section) not in known]
        if elements:
            others = self._inside(others)
        return [replace(passage, n=n) for n, passage in enumerate([*elements, *others], 1)], self._weigh

    def search(self, text: str, k: int, hints: str = "", day: date | None = None) -> tuple[SearchResult, list[Passage]]:
        """Hits and their passages, one for one; a document deleted between search and reading is left out of both.

        Texts that are superseded, repealed or not yet in force on `day`, which is today where none is given, are passed
        over; one not yet in force is not where no other version is at hand.
        """
        view = self.calendar.on(day or self._today())
        result = self._searcher.search(text, k, hints, view.passed)
        kept: list[Hit] = []
        passages: list[Passage] = []
        for hit in result.hits:
            try:
                entry = self._registries[hit.place].get(hit.document_id)
            except UnknownDocumentError:
                continue
            if entry.reading is not None:
                kept.append(hit)
                found = _passage(len(kept), hit, entry.reading, stays_here=entry.stays_here, own=hit.place != LIBRARY)
                passages.append(self._placed(replace(found, standing=view.of(hit.document_id)), hit, entry.reading))
        return SearchResult(tuple(kept), result.ms), passages

    def _elements(self, question: Question) -> Iterator[Passage]:
        """A passage for each element asked for by machine and property."""
        view = self.calendar.on(question.day or self._today())
        for n, (place, found) in enumerate(looked_up(question, self._registries), 1):
            try:
                entry = self._registries[place].get(found.document_id)
                section = self._registries[place].section(found.document_id, found.ordinal)
            except UnknownDocumentError:
                continue
            if entry.reading is not None and found.document_id not in view.passed:
                hit = Hit(
                    rank=n,
                    score=0.0,
                    document_id=found.document_id,
                    chunk_id="",
                    place=place,
                    page=section.locator.page,
                    locator=section.locator.label,
                    headings=section.headings,
                    text=section.text,
                    keyword=0.0,
                    similarity=1.0,
                    section=section.ordinal,
                )
                passage = _passage(n, hit, entry.reading, stays_here=entry.stays_here, own=place != LIBRARY)
                yield replace(passage, standing=view.of(found.document_id), looked_up=found)

    def _inside(self, passages: list[Passage]) -> list[Passage]:
        """With the documents they were found inside of: a manual in an AASX is about what that describes."""
        parents: dict[str, frozenset[str]] = {}
        for registry in self._registries.values():
            for document_id, held in registry.parents().items():
                parents[document_id] = parents.get(document_id, frozenset()) | {each.parent_id for each in held}
        return [replace(passage, inside=parents.get(passage.document_id, frozenset())) for passage in passages]

    def _placed(self, passage: Passage, hit: Hit, document: Document) -> Passage:
        """With what its quotes are cited by: in a law the text of the article around it, in a table the rows of its lines."""
        if hit.locator.endswith("행"):
            return replace(passage, rows=self._rows(hit))
        if document.kind != "law" or document.edition is None:
            return passage
        try:
            article = self._registries[hit.place].section(hit.document_id, hit.section).text
        except UnknownDocumentError:
            return passage
        start = article.find(passage.text)
        place = law.cited(passage.locator, article, start, start + len(passage.text)) if start >= 0 else ""
        return replace(passage, article=article, place=place)

    def _rows(self, hit: Hit) -> tuple[int, ...]:
        try:
            section = self._registries[hit.place].section(hit.document_id, hit.section)
        except UnknownDocumentError:
            return ()
        return row_numbers(section, hit.text, hit.locator)

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
        section=hit.section,
        closes=closing_day(document),
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
