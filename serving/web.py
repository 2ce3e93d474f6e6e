"""The HTTP app: the routes over what was built, and before them what every request passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from serving.aas_fetching import PERSON as AAS_SERVER
from serving.aas_fetching import AasFetching
from serving.aas_servers import AasServers
from serving.accounts.throttle import Throttle
from serving.admission import Admission, Limits
from serving.api import (
    aas,
    aas_servers,
    ask,
    casefile,
    company,
    conversations,
    diagnoses,
    docs,
    documents,
    health,
    host,
    intake,
    ledger,
    look,
    oidc,
    openai,
    operator,
    problem,
    search,
    session,
    vault,
)
from serving.api.gatekeeper import Gatekeeper, Guards, MountedRule
from serving.api.headers import SecurityHeaders
from serving.api.limits import BodyLimit, KnownHosts
from serving.api.mcp import mcp
from serving.audit import Action
from serving.build import Foundation
from serving.disclosure import Disclosures
from serving.gate import Gate, Rules
from serving.leaving import Published
from serving.overview import Consents, Overview
from serving.product import Product
from serving.settings import Settings
from serving.vault import Vault
from serving.wiring import Wiring

_ACCOUNTS = (session, oidc, company, operator, aas_servers, vault, ledger, host, docs)
_PRODUCT = (ask, search, documents, intake, look, aas, casefile, diagnoses, conversations, openai, health)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Page:
    """What stands beside the API: how it is put there, and the rule of each of its own routes."""

    routers: Sequence[APIRouter]
    mount: Callable[[FastAPI], object]
    rule: MountedRule
    scripts: Sequence[str]
    """Scripts it writes into itself, which the browser is told to run."""


def app(base: Foundation, made: Product | None, page: Page | None = None) -> FastAPI:
    """The HTTP app: over a product, or (None) over accounts alone. Its lifespan stops the product.

    Raises UngatedRouteError where a route states no rule.
    """
    settings = base.settings
    secure = settings.public_url.startswith("https:")
    agents = mcp(made, base.office) if made else None
    api = _App(
        lambda app: SecurityHeaders(app, secure=secure, page_scripts=page.scripts if page else ()),
        title="길잡이 Giljabi",
        version=version("giljabi"),
        description="협력사를 위한 AI 길잡이: 근거를 밝히는 답변 · cited answers for small manufacturers",
        lifespan=_lifespan(base, made, agents[1] if agents else nullcontext),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # served by serving.api.docs, behind the gate as everything is
        responses=problem.problems(*problem.EVERYWHERE),
    )
    api.state.wiring = wired = _wiring(base, made, secure=secure)
    wired.vault.settle(base.home)
    for module in (*_ACCOUNTS, *(_PRODUCT if made else ())):
        api.include_router(module.router)
    if agents:
        api.router.routes.append(agents[0])
    for router in page.routers if page else ():
        api.include_router(router)
    problem.install(api)
    guards = _guards(base, Rules(api.routes), page)  # before the page is mounted: its own routes have a rule of theirs
    if page:
        page.mount(api)
    api.add_middleware(BodyLimit, file_mb=settings.upload_mb + 1, but={vault.RESTORE})
    api.add_middleware(Gatekeeper, guards=guards)
    api.add_middleware(KnownHosts, hosts=[*_LOOPBACK, *_hosts(settings)])
    return api


def _lifespan(
    base: Foundation, made: Product | None, agents: Callable[[], AbstractAsyncContextManager[None]]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncGenerator[None]:
        await asyncio.to_thread(api.state.wiring.disclosures.settle)
        async with agents():
            yield
        if fetching := api.state.wiring.aas_fetching:
            await asyncio.to_thread(fetching.stop)
        if made:
            made.stop()
        base.office.books.close()

    return lifespan


def _guards(base: Foundation, rules: Rules, page: Page | None) -> Guards:
    accounts = base.office.accounts
    return Guards(
        Gate(accounts.sessions, accounts.keys, accounts.grants, base.machine.known),
        rules,
        page.rule if page else lambda _method, _path: None,
        Admission(_limits(base.settings)),
        base.live,
        base.office.glass_used,
    )


def _wiring(base: Foundation, made: Product | None, *, secure: bool) -> Wiring:
    shared = base.databases.shared()
    disclosures, consents = Disclosures(shared, base.office.books.record), Consents(shared)
    close = made.close if made else lambda _: True
    servers = AasServers(shared)
    return Wiring(
        base.office,
        disclosures,
        consents,
        Overview(shared),
        Throttle(),
        base.sign_on,
        Vault.over(base.home, base.databases, base.office, Published(disclosures, consents), close),
        made,
        secure=secure,
        aas_servers=servers,
        aas_fetching=_fetching(base, made, servers, disclosures) if made else None,
    )


def _fetching(base: Foundation, made: Product, servers: AasServers, disclosures: Disclosures) -> AasFetching:
    def ended(company: str, document_id: str) -> None:
        disclosures.end_for(company, document_id, AAS_SERVER)

    return AasFetching(servers, made.opened, partial(_came, base), ended=ended)


def _came(base: Foundation, company: str, action: Action, document_id: str) -> None:
    """What an AAS server brought, into the company's log."""
    base.office.books.record(company, AAS_SERVER, action, document_id)


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.person_a_minute, settings.company_a_minute, settings.person_at_once, settings.company_at_once,
        settings.at_once or (4 if settings.embed_url or settings.rerank_url else 1),
    )  # fmt: skip


def _hosts(settings: Settings) -> list[str]:
    named = [host.strip() for host in settings.allowed_hosts.split(",") if host.strip()]
    public = urlsplit(settings.public_url).hostname
    return [*named, public] if public else named


class _App(FastAPI):
    """With something around everything: what Starlette answers to a crash leaves through it too."""

    def __init__(self, around: Callable[[ASGIApp], ASGIApp], **options: Any) -> None:
        super().__init__(**options)
        self._around = around

    def build_middleware_stack(self) -> ASGIApp:
        return self._around(super().build_middleware_stack())
