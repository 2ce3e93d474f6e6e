"""What `giljabi engine check` finds, on engines that do and do not do their part."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from serving.engines.acceptance import Finding, examine
from serving.engines.chat import Endpoint
from serving.engines.watchdog import free_port
from ui import cli_text


@dataclass
class Engine:
    """An engine of which each thing can be wrong."""

    locked: bool = True
    context: int = 4096
    pieces: tuple[str, ...] = ("서울", "입니다.")
    salt: str = "taken"  # refused, ignored
    keeps_schema: bool = True
    page: bool = False

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def guard(request: Request, call: Any) -> Response:
            known = request.headers.get("authorization") == "Bearer right"
            if not known and (self.locked or request.url.path.startswith("/v1")):
                return JSONResponse({}, 401)
            answer: Response = await call(request)
            return answer

        @app.get("/v1/models")
        async def models() -> Any:
            if self.page:
                return PlainTextResponse("<html>log in</html>")
            return {"data": [{"id": "m", "max_model_len": self.context}]}

        @app.post("/invocations")
        @app.post("/tokenize")
        async def other() -> Any:
            return {}

        @app.post("/v1/chat/completions")
        async def complete(request: Request) -> Response:
            asked = await request.json()
            if "cache_salt" in asked and (self.salt == "refused" or (self.salt == "taken" and not asked["cache_salt"])):
                return JSONResponse({"error": "cache_salt"}, 400)
            if asked.get("stream"):
                return StreamingResponse(self._stream(), media_type="text/event-stream")
            said = '{"answer": "예"}' if self.keeps_schema else "서울입니다."
            return JSONResponse({"choices": [{"message": {"content": said}}]})

        return app

    async def _stream(self) -> AsyncIterator[str]:
        for piece in self.pieces:
            yield f"data: {json.dumps({'choices': [{'delta': {'content': piece}}]})}\n\n"
        yield "data: [DONE]\n\n"


@contextmanager
def _serving(engine: Engine) -> Iterator[Endpoint]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(engine.app(), port=port, log_config=None))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        pass
    yield Endpoint(f"http://127.0.0.1:{port}/v1", "right", "m", "vllm")
    server.should_exit = True
    thread.join()


async def _found(engine: Engine, *, salt: bool = True, **changed: Any) -> dict[str, Finding]:
    with _serving(engine) as endpoint:
        findings = await examine(replace(endpoint, **changed), salt=salt)
    assert all(f"accept_{one.what}" in cli_text.SENTENCES for one in findings)
    assert all(f"accept_mend_{one.what}" in cli_text.SENTENCES for one in findings)
    return {one.what: one for one in findings}


async def test_an_engine_that_does_its_part_passes() -> None:
    found = await _found(Engine())
    assert len(found) == 9
    assert all(one.ok for one in found.values())


@pytest.mark.parametrize(
    ("engine", "wrong", "seen"),
    [
        (Engine(locked=False), "locked", "/invocations, /tokenize"),
        (Engine(context=2048), "context", "2,048 tokens"),
        (Engine(pieces=("서울입니다.",)), "streams", "1"),
        (Engine(pieces=("<think>", "음", "</think>", "서울")), "plain", ""),
        (Engine(salt="refused"), "salt", "HTTP 400"),
        (Engine(salt="ignored"), "salt", ""),
        (Engine(keeps_schema=False), "schema", ""),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_else(engine: Engine, wrong: str, seen: str) -> None:
    found = await _found(engine)
    assert [what for what, one in found.items() if not one.ok] == [wrong]
    assert found[wrong].seen == seen


async def test_a_salt_that_is_not_sent_is_not_asked_about() -> None:
    assert "salt" not in await _found(Engine(salt="refused"), salt=False)


async def test_a_page_in_its_place_is_no_fault_of_ours() -> None:
    found = await _found(Engine(page=True))
    assert [what for what, one in found.items() if not one.ok] == ["understood"]


async def test_what_rests_on_a_failure_is_left_out() -> None:
    assert [*await _found(Engine(), api_key="wrong")] == ["reachable", "key"]
    assert [*await _found(Engine(), model="other")] == ["reachable", "key", "locked", "model"]
    assert [*await _found(Engine(), base_url="http://127.0.0.1:9/v1")] == ["reachable"]
