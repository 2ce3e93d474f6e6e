"""The gate as the first thing a request meets: who it comes from, whether it may, how much of it, and until when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import text
from serving.admission import Admission, Admitted, Work
from serving.api.limits import whole
from serving.api.origin import foreign
from serving.api.problem import language_of, response_to
from serving.errors import RequestError
from serving.gate import Gate, Identity, Rule, Rules, Stated, decide
from serving.live import Held, Live

COOKIE = "giljabi_session"
CHOSEN = "x-giljabi-company"
"""Header by which a consultant names one of the companies that let them in."""
CHOICE = "giljabi_company"
"""Cookie by which the page names it, where there is no such header."""
SIGN_IN = "/sign-in"
_THREADS = 4
_COMPUTING = (Work.SEARCH, Work.ANSWER)
"""Work whose body is awaited before there is room for it: a slow caller must not keep everybody waiting."""
Answer = TypeVar("Answer")

MountedRule = Callable[[str, str], Stated | None]
"""The rule for (method, path) of what is mounted beside the API: the page's own routes."""


@dataclass(frozen=True, slots=True)
class Guards:
    """What the gatekeeper asks."""

    gate: Gate
    rules: Rules
    mounted: MountedRule
    admission: Admission
    live: Live
    glass: Callable[[Identity, str], None]
    """Hears of each use of a break-glass access, before it: who and the path."""


class Gatekeeper:
    """ASGI middleware. What it lets in carries `scope["state"]["identity"]`; what it refuses is never read."""

    def __init__(self, app: ASGIApp, guards: Guards) -> None:
        self._app = app
        self._guards = guards
        # Of its own: who is asking must be known at once, however many questions are being computed.
        self._threads = ThreadPoolExecutor(_THREADS, "gate")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # nothing here speaks it
        else:
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        guards = self._guards
        try:
            endings = guards.live.endings
            stated, identity = await self._let_in(request)
            scope.setdefault("state", {})["stated"] = stated
            if identity is None:
                await self._app(scope, receive, send)
                return
            with (
                guards.admission.enter(identity.person, identity.company, stated.work) as place,
                guards.live.holding(identity) as held,
            ):
                if guards.live.endings != endings:
                    stated, again = await self._let_in(request)
                    held.identity = identity = again or identity
                scope["state"].update(identity=identity, admitted=place)
                await self._until_ended(held, stated.work, scope, receive, send)
        except RequestError as error:
            await _refusal(request, error)(scope, receive, send)

    async def _let_in(self, request: Request) -> tuple[Stated, Identity | None]:
        """The rule of the route and who asks; None where the route wants nobody known. Raises RequestError."""
        stated = self._guards.rules.of(request.scope) or self._guards.mounted(request.method, request.url.path)
        if stated is not None and stated.rule == Rule.PUBLIC:
            return stated, None
        found = await self._threaded(self._identify, request)
        if stated is None:
            # What exists is nobody's business who is not signed in.
            raise RequestError("not_found", 404) if found else RequestError("unauthorised", 401)
        decide(stated, found)
        if found is not None and found.read_only:
            await self._threaded(self._guards.glass, found, request.url.path)
        return stated, found

    async def _threaded(self, call: Callable[..., Answer], *arguments: object) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *arguments)

    def _identify(self, request: Request) -> Identity | None:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        chosen = request.headers.get(CHOSEN)
        if kind:
            return self._guards.gate.by_key(secret.strip(), chosen) if kind.lower() == "bearer" else None
        cookie = request.cookies.get(COOKIE)
        if not cookie:
            return None
        if foreign(request.scope):
            raise RequestError("foreign_origin", 403)
        return self._guards.gate.by_session(cookie, chosen or request.cookies.get(CHOICE))

    async def _until_ended(self, held: Held, work: Work, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request; where its right is taken away meanwhile, say so in what has been begun and end it."""
        place: Admitted = scope["state"]["admitted"]
        started: Message | None = None
        complete = False

        async def noted(message: Message) -> None:
            nonlocal started, complete
            started = message if message["type"] == "http.response.start" else started
            complete = message["type"] == "http.response.body" and not message.get("more_body", False)
            if complete:  # whoever has the whole answer may ask again at once
                place.computed()
            await send(message)

        try:
            if work in _COMPUTING:
                receive = await whole(receive)
            await place.begin()
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            if not held.ended or (task := asyncio.current_task()) is None:
                raise
            task.uncancel()
            request, revoked = Request(scope), RequestError("revoked", 401)
            if complete:
                return
            if started is None:
                await _refusal(request, revoked)(scope, receive, send)
            elif _is_stream(started):
                await send({"type": "http.response.body", "body": _last_event(request, revoked), "more_body": False})
            else:
                raise ConnectionResetError from None  # half a file must not look whole


def admitted(request: Request) -> Admitted:
    """The request's place among those that are served: for routes."""
    found: Admitted = request.scope["state"]["admitted"]
    return found


def _is_stream(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in start["headers"])


def _last_event(request: Request, error: RequestError) -> bytes:
    body = {"title": text.sentence(error.reason, language_of(request), error.details), "status": error.status}
    return f"event: error\ndata: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def _refusal(request: Request, error: RequestError) -> Response:
    """The problem; a browser that comes for the page is shown the way to sign in."""
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if error.status == 401 and wants_page:
        return HTMLResponse(f'<meta http-equiv="refresh" content="0;url={SIGN_IN}">', 401)
    return response_to(request, error)
