"""The wired product, as the routes see it: what each place has while it is open, and the parts all share."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from assistant.asof import korea
from assistant.conversation import Conversation
from assistant.diagnosis.mapping import Examples
from assistant.engine import Engine, Sent
from assistant.evidence import Passage
from assistant.passages import LIBRARY, Finder
from assistant.records import Records
from knowledge import starter
from knowledge.ingest import Read
from knowledge.instrument import instrument
from knowledge.picturing import picturing
from knowledge.reading import Readers, ReadingLimits
from retrieval.embedding import TextEmbedder
from retrieval.korean import Tokenizer
from retrieval.reranking import Reranker
from retrieval.search import Place as SearchPlace
from retrieval.search import Searcher
from serving.accounts.companies import Companies
from serving.audit import Action
from serving.books import Books
from serving.databases import Databases
from serving.diagnosing import Diagnosing
from serving.documents import Documents
from serving.engines.chat import Endpoint
from serving.engines.control import EngineControl
from serving.engines.pooling import RemoteEmbedder, RemoteReranker
from serving.home import Home
from serving.looked import Looked
from serving.metrics import Metrics
from serving.place import Place
from serving.places import Opened, Places
from serving.settings import Settings
from serving.staying import StayingEmbedder, StayingReranker
from serving.worker import AT_ONCE, Worker


@dataclass(frozen=True, slots=True)
class Engines:
    """The engine that answers, and the one of this machine's own for what must not be sent to it (None: quotation)."""

    usual: EngineControl
    own: EngineControl | None = None

    def stop(self) -> None:
        self.usual.stop()
        if self.own:
            self.own.stop()


@dataclass(frozen=True, slots=True)
class Stores:
    """Where things are kept, and who there is."""

    home: Home
    databases: Databases
    books: Books
    companies: Companies


class Product:
    """Everything behind the routes. A place is opened when it is asked for, and closed when it has long not been."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        embedder: TextEmbedder,
        tokenizer: Tokenizer,
        engines: Engines,
        *,
        reranker: Reranker | None = None,
        read: Read | None = None,
    ) -> None:
        """`read` reads files instead of the reading processes that are started for it."""
        self.tokenizer = tokenizer
        self.metrics = Metrics()
        self._settings = settings
        self._stores = stores
        self._embedder = embedder
        self._reranker = reranker
        self._engines = engines
        self._worker = Worker(self._place)
        self._readers = Readers(ReadingLimits(settings.reading_mb), AT_ONCE)
        self._read = read or self._readers.read
        self.pages = picturing(ReadingLimits(settings.reading_mb, idle_s=20, total_s=20))
        self.looked = Looked()
        self._listener = Examples(tokenizer)
        self._library = self._made(LIBRARY, embedder)
        self._places = Places(self._open, settings.open_places)

    @property
    def engine_name(self) -> str:
        return self._engines.usual.engine.name

    def engine_of(self, name: str) -> Engine:
        """The engine that usually answers for a place: for measuring it."""
        return self._engines.usual.of(name)

    @property
    def endpoint(self) -> Endpoint:
        """Where the engine answers."""
        return self._engines.usual.endpoint

    @property
    def indexing(self) -> int:
        """Documents that still wait for the worker."""
        return self._worker.waiting

    @property
    def open_places(self) -> int:
        """Places open now, beside the library."""
        return self._places.open

    def start(self) -> None:
        """Finish what a kill left, bring the library up to date, embed anew what another embedder embedded.

        The worker does it, place after place: this returns before it is done.
        """
        starter.sync(self._library.registry, self._library.ingest)
        left = self._library.recover()
        self._worker.start()
        for document_id in left:
            self._worker.submit(LIBRARY, document_id)
        for company in self._stores.companies.all():
            self._worker.look(company.company_id)

    def warm(self) -> None:
        """Load what the first question would otherwise wait for: embedder, morphemes, indexes, the engine's tokenizer; and
        begin with what a diagnosis recognises answers by.
        """
        self._engines.usual.engine.budget.count("지원사업")
        Searcher([SearchPlace(LIBRARY, self._library.index)], self._embedder, self.tokenizer).search("지원사업", 1)
        self._listener.warm(instrument().items())

    def stop(self) -> None:
        self._worker.stop()
        self._readers.close()
        self.pages.close()
        self._engines.stop()
        self._places.close_all()
        self._library.close()

    def opened(self, name: str) -> AbstractContextManager[Opened]:
        """A place, open for as long as the block lasts. Only the gate knows which one a caller may name."""
        return self._places.opened(name)

    def close(self, name: str) -> bool:
        """Close a place, which is to be removed or replaced. False where somebody still uses it."""
        return self._places.close(name)

    async def down(self) -> list[str]:
        """Names of the parts that do not work now."""
        return [] if await self._engines.usual.engine.alive() else ["engine"]

    @contextmanager
    def _place(self, name: str) -> Generator[Place]:
        if name == LIBRARY:
            yield self._library
            return
        with self.opened(name) as found:
            yield found.place

    def _open(self, name: str) -> Opened:
        trainers = name.startswith("trainer-")
        if not trainers:
            self._stores.companies.must_be_open(name)
        embedder = self._embedder
        if isinstance(embedder, RemoteEmbedder):
            embedder = StayingEmbedder(embedder, lambda: self._all_stays(name))
        place = self._made(name, embedder)
        searched = [SearchPlace(each.name, each.index) for each in (self._library, place)]
        searcher = Searcher(searched, embedder, self.tokenizer, reranker=self._reranker_of(place))
        registries = {each.name: each.registry for each in (self._library, place)}
        finder = Finder(searcher, registries)
        documents = Documents(
            place, self._library, self._worker, finder.calendar,
            upload_mb=self._settings.upload_mb, quota_mb=self._settings.quota_mb,
        )  # fmt: skip
        records = Records(place.database)
        conversation = Conversation(
            name, finder, records, self._engines.usual.of(name), self.tokenizer, today=korea,
            choose=lambda passages: self._engine_for(name, passages), told=lambda sent: self._note(name, sent),
        )  # fmt: skip
        records.recover()
        for document_id in place.recover():
            self._worker.submit(name, document_id)
        diagnosing = Diagnosing(place, self._listener, lambda: self._stores.companies.members(name))
        diagnosing.settle()
        return Opened(place, records, finder, conversation, documents, diagnosing)

    def _made(self, name: str, embedder: TextEmbedder) -> Place:
        folder = self._stores.home.place(name)
        database = self._stores.databases.open(name, folder)

        def withheld(document_id: str) -> bool:
            return self._withheld(place, document_id)

        place = Place(
            name,
            folder,
            database,
            embedder,
            self.tokenizer,
            withheld,
            read=self._read,
            room_mb=self._settings.quota_mb,
        )
        return place

    def _reranker_of(self, place: Place) -> Reranker | None:
        if isinstance(self._reranker, RemoteReranker):
            return StayingReranker(self._reranker, lambda: self._all_stays(place.name) or place.registry.any_stays())
        return self._reranker

    def _withheld(self, place: Place, document_id: str) -> bool:
        """Whether a document must not be sent to the embedder."""
        if not isinstance(self._embedder, RemoteEmbedder) or place.name == LIBRARY:
            return False
        return self._all_stays(place.name) or place.registry.get(document_id).stays_here

    def _engine_for(self, name: str, passages: Sequence[Passage]) -> Engine | None:
        """주관기업 LLM 전송 금지 in force: the machine's own engine, or none."""
        usual = self._engines.usual
        if usual.endpoint.kind == "embedded":
            return usual.of(name)
        if any(passage.stays_here for passage in passages) or self._all_stays(name):
            return self._engines.own.of(name) if self._engines.own else None
        return usual.of(name)

    def _all_stays(self, name: str) -> bool:
        return not name.startswith("trainer-") and self._stores.companies.find(name).stays_here

    def _note(self, name: str, sent: Sent) -> None:
        """Which passages went to which engine, into the company's log."""
        passages = [f"{passage.document_id} {passage.locator}"[:200] for passage in sent.passages]
        self._stores.books.record(
            name, sent.person, Action.PASSAGES_SENT, sent.turn_id or "", engine=sent.engine, passages=passages
        )
