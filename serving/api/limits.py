"""What is refused before a route sees it: bodies over the limit and Hosts that are not ours."""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import text
from serving.admission import Work
from serving.api.problem import language_of, problem
from serving.errors import RequestError
from serving.gate import Rule, Stated

_MEGABYTE = 1_000_000
_MB, _STRANGERS_MB = 1, 0.1
_HOST = re.compile(r"(?:\[([0-9a-f:]+)\]|([a-z0-9._-]+))(?::\d{1,5})?")


class BodyLimit:
    """Answers 413 once a request's body is, or says it is, over the limit; the rest is never read.

    `file_mb` holds for files; who may only read hands none in. Other bodies are read into memory and parsed while everybody waits, and are small; those of
    callers nobody knows are smaller still. Paths in `but` take any size: the gate, which comes before, lets none but the
    operator there.
    """

    def __init__(self, app: ASGIApp, file_mb: int, but: Collection[str] = ()) -> None:
        self._app = app
        self._file_mb = file_mb
        self._but = but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._but:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        limit_mb = self._limit_mb(scope["state"]["stated"])
        limit, taken, over = limit_mb * _MEGABYTE, 0, False

        async def counted() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def guarded(message: Message) -> None:
            if not over:
                await send(message)

        declared = request.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            over = True
        else:
            try:
                await self._app(scope, counted, guarded)
            except Exception:
                if not over:
                    raise
        if over:
            title = text.sentence("too_large", language_of(request), {"limit_mb": limit_mb})
            await problem(413, title)(scope, receive, send)

    def _limit_mb(self, stated: Stated) -> float:
        if stated.rule == Rule.PUBLIC:
            return _STRANGERS_MB
        return self._file_mb if stated.work == Work.FILE and stated.rule != Rule.READ else _MB


async def whole(receive: Receive, limit_mb: int = _MB) -> Receive:
    """A body's messages, once all of it is here, as one. Raises RequestError for one over the limit."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit_mb * _MEGABYTE:
            raise RequestError("too_large", 413, limit_mb=limit_mb)
    waiting = [] if more else [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


class KnownHosts:
    """Answers 421 to a Host that is not this machine's or the operator's: a foreign page must not reach us by DNS."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            request = Request({**scope, "type": "http"})
            stated = _HOST.fullmatch(request.headers.get("host", "").lower())
            if stated is None or (stated[1] or stated[2]) not in self._hosts:
                if scope["type"] == "websocket":
                    await send({"type": "websocket.close", "code": 1008})
                else:
                    await problem(421, text.sentence("unknown_host", language_of(request), {}))(scope, receive, send)
                return
        await self._app(scope, receive, send)
