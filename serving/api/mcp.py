"""`/mcp`: search and ask for agents that speak the Model Context Protocol. Read-only, behind the same gate as every route."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from serving.admission import Admitted, Work
from serving.api.ask import drained
from serving.api.gatekeeper import admitted
from serving.audit import Action
from serving.errors import RequestError
from serving.gate import Identity, Rule, may
from serving.office import Office
from serving.product import Product

INSTRUCTIONS = (
    "Cited answers for small Korean manufacturers from manuals, AAS data and policy documents. "
    "Quote the citations; where `abstained` is true no document answers."
)


def mcp(made: Product, office: Office) -> tuple[Route, Callable[[], AbstractAsyncContextManager[None]]]:
    """The route, and what must run for as long as the app does. Every call stands alone: no session is kept."""
    server = MCPServer("giljabi", title="길잡이 Giljabi", instructions=INSTRUCTIONS)
    _offer(server, made, office)
    manager = StreamableHTTPSessionManager(
        server._lowlevel_server,
        json_response=True,
        stateless=True,
        # Host and Origin have been looked at before.
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )

    @asynccontextmanager
    async def running() -> AsyncGenerator[None]:
        async with manager.run():
            yield

    return Route("/mcp", _Endpoint(manager.handle_request), methods=["POST"]), running


@may(Rule.READ, Work.ANSWER)
class _Endpoint:
    """An ASGI app as the endpoint of a route, with a rule as every endpoint has."""

    def __init__(self, handle: Callable[[Scope, Receive, Send], Any]) -> None:
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._handle(scope, receive, send)


def _offer(server: MCPServer[Any], made: Product, office: Office) -> None:
    """The tools. None of them changes anything but the caller's own log."""

    reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)

    @server.tool(title="자료에서 찾기 · search", annotations=reading)
    async def search(
        query: str, context: Context[Any, Request], k: int = 5, as_of: date | None = None
    ) -> dict[str, Any]:
        """Passages of the public library and of the caller's own company, best first; of laws those in force on `as_of`."""
        who = _who(context)
        with made.opened(_place(who)) as mine:
            _, passages = await asyncio.to_thread(mine.finder.search, query[:2000], max(1, min(k, 20)), day=as_of)
        return {"passages": [passage.wire() for passage in passages]}

    @server.tool(title="묻기 · ask", annotations=reading)
    async def ask(question: str, context: Context[Any, Request], as_of: date | None = None) -> dict[str, Any]:
        """A cited, checked answer in Korean, for the day `as_of`, else today. Nothing of the question is kept but that it
        was asked.
        """
        who = _who(context)
        with made.opened(_place(who)) as mine:
            await asyncio.to_thread(mine.conversation.check, who.person, question)
            await asyncio.to_thread(office.books.record, who.place, who.person, Action.ASKED)
            turn = mine.conversation.once(who.person, question, [], as_of=as_of, asking=_admitted(context).computed)
            return (await drained(turn)).wire()


def _admitted(context: Context[Any, Request]) -> Admitted:
    request = context.request_context.request
    if request is None:
        raise RequestError("unauthorised", 401)
    return admitted(request)


def _who(context: Context[Any, Request]) -> Identity:
    request = context.request_context.request
    found = request.scope["state"].get("identity") if request else None
    if not isinstance(found, Identity):
        raise RequestError("unauthorised", 401)
    return found


def _place(who: Identity) -> str:
    if who.place is None:
        raise RequestError("forbidden", 403)
    return who.place
