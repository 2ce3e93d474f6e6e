"""Each visitor's own corner of Gradio, which knows visitors apart by an id that the browser makes up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/gradio_api/"
_NAME = "session_hash"
_LARGEST = 2_000_000


class OwnSessions:
    """ASGI middleware: writes who is signed in into every `session_hash` on its way in.

    Whoever learns another visitor's id, and sends it, reaches a session of their own. `scope["state"]["identity"]` is
    the gate's, and its `proof` differs between any two sign-ins.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        owner = hashlib.sha256(scope["state"]["identity"].proof.encode()).hexdigest()[:24]
        own = {**scope, "query_string": _query(scope["query_string"], owner)}
        if scope["path"].startswith(beat := f"{PREFIX}heartbeat/"):
            own |= {"path": f"{beat}{_owned(scope['path'].removeprefix(beat), owner)}", "raw_path": None}
        await self._app(own, receive if scope["method"] != "POST" else await _body(receive, owner), send)


async def _body(receive: Receive, owner: str) -> Receive:
    """The request's body with the id replaced. One that is not ours to read goes on as it is, without an id."""
    taken = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        taken += message.get("body", b"")
        if len(taken) > _LARGEST or not message.get("more_body"):
            break
    whole: Message = {"type": "http.request", "body": _json(taken, owner), "more_body": False}
    pending = [whole]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


def _json(body: bytes, owner: str) -> bytes:
    try:
        sent: Any = json.loads(body)
    except ValueError:
        return b""
    if not isinstance(sent, Mapping):
        return b""
    return json.dumps({**sent, _NAME: _owned(str(sent.get(_NAME, "")), owner)}).encode()


def _query(query: bytes, owner: str) -> bytes:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(name, _owned(value, owner) if name == _NAME else value) for name, value in pairs]).encode()


def _owned(session: str, owner: str) -> str:
    return f"{owner}{session[:40]}"
