"""The wired product, as the routes see it: what each company may open, and the parts all share."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from assistant.conversation import Conversation
from assistant.passages import Finder
from assistant.records import Records
from knowledge import starter
from retrieval.embedding import TextEmbedder
from retrieval.korean import Tokenizer
from retrieval.reranking import Reranker
from retrieval.search import Place as SearchPlace
from retrieval.search import Searcher
from serving.documents import Documents
from serving.engines.chat import Endpoint
from serving.engines.control import EngineControl
from serving.home import Home
from serving.metrics import Metrics
from serving.place import Place
from serving.settings import Settings
from serving.worker import Worker

KOREA = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True, slots=True)
class _Company:
    place: Place
    records: Records
    finder: Finder
    conversation: Conversation
    documents: Documents


class Product:
    """Everything behind the routes. A company's place is opened at its first request and stays open."""

    def __init__(
        self,
        settings: Settings,
        home: Home,
        embedder: TextEmbedder,
        tokenizer: Tokenizer,
        control: EngineControl,
        *,
        reranker: Reranker | None = None,
    ) -> None:
        self.tokenizer = tokenizer
        self.metrics = Metrics()
        self._settings = settings
        self._home = home
        self._embedder = embedder
        self._reranker = reranker
        self._control = control
        self._worker = Worker()
        self._library = Place("library", home.library, embedder, tokenizer)
        self._companies: dict[str, _Company] = {}
        self._opening = threading.Lock()

    @property
    def engine_name(self) -> str:
        return self._control.engine.name

    @property
    def endpoint(self) -> Endpoint:
        """Where the engine answers."""
        return self._control.endpoint

    @property
    def indexing(self) -> int:
        """Documents that still wait for the worker."""
        return self._worker.waiting

    def start(self, companies: tuple[str, ...]) -> None:
        """Finish what a kill left, bring the library up to date, embed anew what another embedder embedded.

        The worker does it: this returns before it is done.
        """
        starter.sync(self._library.registry, self._library.ingest)
        left = [(self._library, document_id) for document_id in self._library.recover()]
        for name in companies:
            company = self._company(name)
            company.records.recover()
            left += [(company.place, document_id) for document_id in company.place.recover()]
        self._worker.start()
        for place, document_id in left:
            self._worker.submit(place, document_id)

    def warm(self) -> None:
        """Load what the first question would otherwise wait for: embedder, morphemes, indexes, the engine's tokenizer."""
        self._control.engine.budget.count("지원사업")
        for company in list(self._companies.values()):
            company.finder.search("지원사업", 1)

    def stop(self) -> None:
        self._worker.stop()
        self._control.stop()
        for company in self._companies.values():
            company.place.close()
        self._library.close()

    def conversation(self, company: str) -> Conversation:
        return self._company(company).conversation

    def finder(self, company: str) -> Finder:
        return self._company(company).finder

    def records(self, company: str) -> Records:
        return self._company(company).records

    def documents(self, company: str) -> Documents:
        return self._company(company).documents

    async def down(self) -> list[str]:
        """Names of the parts that do not work now."""
        return [] if await self._control.engine.alive() else ["engine"]

    def _company(self, name: str) -> _Company:
        with self._opening:
            if name not in self._companies:
                self._companies[name] = self._open(name)
            return self._companies[name]

    def _open(self, name: str) -> _Company:
        place = Place(name, self._home.company(name), self._embedder, self.tokenizer)
        places = (self._library, place)
        searched = [SearchPlace(each.name, each.index) for each in places]
        searcher = Searcher(searched, self._embedder, self.tokenizer, reranker=self._reranker)
        finder = Finder(searcher, {each.name: each.registry for each in places})
        records = Records(place.database)
        conversation = Conversation(name, finder, records, self._control.of(name), self.tokenizer, today=_today)
        limits = (self._settings.upload_mb, self._settings.quota_mb)
        return _Company(place, records, finder, conversation, Documents(place, self._library, self._worker, *limits))


def _today() -> date:
    """Korea's date, wherever the machine stands: dates in notices and laws are Korean ones."""
    return datetime.now(KOREA).date()


def product(request: Request) -> Product:
    """The product of the app that serves this request."""
    made = request.app.state.product
    if not isinstance(made, Product):
        raise TypeError("the app was not made by serving.build.app")
    return made
