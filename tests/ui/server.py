"""An app on a free loopback port, for a browser or a client to talk to."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(make: Callable[[str], ASGIApp]) -> Iterator[str]:
    """The URL of the app that `make` makes of it. The app ends with the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server: list[uvicorn.Server] = []

    async def serve() -> None:
        app = make(url)  # here, for outside a loop Gradio makes one of its own and never closes it
        server.append(uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)))
        await server[0].serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    while thread.is_alive() and not (server and server[0].started):
        time.sleep(0.01)
    yield url
    server[0].should_exit = True
    thread.join()
