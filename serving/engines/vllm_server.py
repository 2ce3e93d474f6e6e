"""The child program: vLLM's OpenAI-compatible server for one parent, behind a guard. Run by vLLM's own Python.

    python -P vllm_server.py FLAGS…

The first line of standard input is the API key, so that neither a process list nor a log of arguments shows it. The
program ends when standard input does, which is also when its parent dies, and takes along what vLLM has started: those
processes hold the memory and do not notice. It must lead a process group of its own. It stands alone: nothing of the
product is imported.
"""

from __future__ import annotations

import hmac
import os
import runpy
import signal
import sys
import threading
import time
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

SERVER = "vllm.entrypoints.openai.api_server"
OPEN = ("/health",)
GRACE_SECONDS = 10.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Guard:
    """ASGI middleware: no route without the key, but for health.

    vLLM itself asks for the key under ``/v1`` and a few other prefixes only; its ``/invocations`` answers questions and
    ``/tokenize`` reads texts for anyone who reaches the port (seen with 0.32.0). The path is taken from the request
    line, so a forged Host header changes nothing. Without a key in the environment everything is refused.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app
        key = os.environ.get("VLLM_API_KEY", "")
        self._wanted = f"Bearer {key}".encode() if key else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in OPEN or self._knows(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"error":"Unauthorized"}'})
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _knows(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
        return bool(self._wanted) and len(given) == 1 and hmac.compare_digest(given[0], self._wanted)


def main() -> None:
    os.environ["VLLM_API_KEY"] = sys.stdin.readline().strip()
    threading.Thread(target=_end_with_input, daemon=True).start()
    signal.signal(signal.SIGTERM, _end_all)  # until vLLM, once it has loaded, ends them itself
    sys.modules["giljabi_guard"] = sys.modules[__name__]
    sys.argv += ["--middleware", "giljabi_guard.Guard"]
    warnings.simplefilter("ignore", DeprecationWarning)
    runpy.run_module(SERVER, run_name="__main__", alter_sys=True)


def _end_with_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    _end_all()


def _end_all(*_: object) -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
