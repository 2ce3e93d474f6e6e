"""An OpenAI-compatible engine with a script, on a loopback port of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

WORDS = ("하나 ", "둘 ", "셋 ", "넷")
PROMPT_TOKENS = 40


@dataclass
class FakeOpenAi:
    """`ending`: how the answers after the first `good` ones end. `cached`: tokens it says it knew already. With `metrics`
    it counts as vLLM does, `hit_tokens` of each prompt as known.
    """

    ending: str = "whole"
    good: int = 0
    cached: int | None = None
    hit_tokens: int = 0
    metrics: bool = False
    heard: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/metrics")
        async def metrics() -> Response:
            asked = len(self.heard)
            text = exposition(asked * PROMPT_TOKENS, asked * self.hit_tokens) if self.metrics else "llamacpp:tokens 3\n"
            return PlainTextResponse(text)

        @app.post("/v1/chat/completions")
        async def complete(request: Request) -> Response:
            self.heard.append(await request.json())
            self.keys.add(request.headers["authorization"])
            ending = self.ending if len(self.heard) > self.good else "whole"
            if ending == "status":
                return PlainTextResponse("busy", 503)
            if ending == "page":
                return PlainTextResponse("<html>")
            return StreamingResponse(self._answer(ending), media_type="text/event-stream")

        return app

    async def _answer(self, ending: str) -> AsyncIterator[str]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async for chunk in self._chunks(ending):
                yield chunk if isinstance(chunk, str) else f"data: {json.dumps(chunk)}\n\n"
        finally:
            self.at_once -= 1

    async def _chunks(self, ending: str) -> AsyncIterator[str | dict[str, Any]]:
        yield ": ping\n\n"
        if ending == "silent":
            await asyncio.sleep(5)
        for word in WORDS:
            yield {"choices": [{"delta": {"content": word}}]}
            await asyncio.sleep(0.002)
        if ending == "cut":
            return
        if ending == "nonsense":
            yield "data: {not json\n\n"
        if ending == "error":
            yield {"error": {"message": "out of memory"}}
        if ending != "no_usage":
            known = {} if self.cached is None else {"prompt_tokens_details": {"cached_tokens": self.cached}}
            yield {"choices": [], "usage": {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": len(WORDS), **known}}
        yield "data: [DONE]\n\n"


def exposition(asked: int, hit: int) -> str:
    """vLLM's counters over two engines, beside others of a like name."""
    lines = []
    for name, value in (("queries", asked), ("hits", hit)):
        lines.append(f"# TYPE vllm:prefix_cache_{name} counter")
        lines += [f'vllm:prefix_cache_{name}_total{{engine="{n}",model_name="m"}} {value / 2}' for n in (0, 1)]
        lines.append(f"# TYPE vllm:external_prefix_cache_{name} counter")
        lines.append(f'vllm:external_prefix_cache_{name}_total{{engine="0"}} 999')
    return "\n".join(lines) + "\n"


@contextmanager
def served(engine: FakeOpenAi) -> Iterator[str]:
    """The engine's base URL, up to /v1. It ends with the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(engine.app(), log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join()
