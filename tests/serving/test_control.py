"""An engine put to use: the breaker before it, salts, tokens, what a prompt may carry."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from assistant.budget import MARKS, Budget
from assistant.drafting import draft_sentences
from assistant.engine import Owner
from assistant.errors import EngineDownError, EngineRefusedError
from serving import build
from serving.engines import control as control_module
from serving.engines.chat import Endpoint
from serving.engines.control import EngineControl, control
from serving.engines.salt import Salts
from serving.engines.tokens import TokenCounter, estimated
from serving.errors import EngineError, ServingError
from serving.home import Home
from serving.secret import secret_in
from serving.settings import Settings

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

OWNER = Owner("a", "p")
BUDGET = Budget(len, context=4096, evidence=200, answer=50)


class _Sick:
    """An engine that says it is well, and fails whoever asks it something."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = 500

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[16:]) for line in head.lower().split("\r\n") if line.startswith("content-length: ")), 0)
        if length:
            self.asked.append(json.loads(await reader.readexactly(length)))
        status = self.status if length else 200
        said = b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"OK."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
        kind = "text/event-stream" if status == 200 else "application/json"
        writer.write(f"HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n".encode())
        writer.write(said if length and status == 200 else b"{}")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def _connected(salts: Salts | None = None) -> AsyncIterator[tuple[_Sick, EngineControl]]:
    service = _Sick()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        endpoint = Endpoint(f"http://127.0.0.1:{port}/v1", "k", "m", "vllm")
        yield service, control(endpoint, BUDGET, salts, 5.0, lambda: None)


async def _draft(made: EngineControl, company: str = "a") -> list[str]:
    engine = made.of(company)
    return [sentence async for sentence in draft_sentences(engine, Owner(company, "p"), [])]


async def test_an_engine_that_keeps_failing_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_module, "RECOVERY_SECONDS", 1)
    async with _connected() as (service, made):
        for _ in range(control_module.FAILURES):
            assert await made.engine.alive()
            with pytest.raises(EngineDownError):
                await _draft(made)
        assert len(service.asked) == control_module.FAILURES  # each was asked once: what was sent is never sent again
        assert not await made.engine.alive()
        service.status = 200
        await asyncio.sleep(1.1)
        assert await made.engine.alive()
        assert await _draft(made) == ["OK."]
        assert await made.engine.alive()


async def test_one_failure_is_forgotten_by_an_answer() -> None:
    async with _connected() as (service, made):
        for status in (500, 500, 200, 500, 500):
            service.status = status
            if status == 200:
                await _draft(made)
            else:
                with pytest.raises(EngineDownError):
                    await _draft(made)
        assert await made.engine.alive()


async def test_a_request_it_refuses_says_nothing_of_its_health() -> None:
    async with _connected() as (service, made):
        service.status = 400
        for _ in range(control_module.FAILURES + 1):
            with pytest.raises(EngineRefusedError):
                await _draft(made)
        assert await made.engine.alive()


async def test_a_person_who_stops_forgives_nothing() -> None:
    async with _connected() as (_, made):
        for step in ("fail", "fail", "stop", "fail"):
            if step == "stop":
                async with made.engine.turn(OWNER):
                    pass  # left before anything was heard
            else:
                with pytest.raises(EngineDownError):
                    await _draft(made)
        assert not await made.engine.alive()
        assert await made.engine.responds()  # what is being answered to others is not cut


async def test_after_the_rest_one_question_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_module, "RECOVERY_SECONDS", 1)
    async with _connected() as (_, made):
        for _ in range(control_module.FAILURES):
            with pytest.raises(EngineDownError):
                await _draft(made)
        await asyncio.sleep(1.1)
        assert await made.engine.alive()
        async with made.engine.turn(OWNER) as answered:
            assert not await made.engine.alive()
            answered()
            assert await made.engine.alive()


async def test_what_an_engine_complains_about_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with _connected() as (_, made):
        with pytest.raises(EngineDownError):
            await _draft(made)
    assert [record.message for record in caplog.records] == ["engine failed: OpenAIAPIError 500"]


async def test_every_request_carries_the_salt_of_its_company(tmp_path: Path) -> None:
    salts = Salts(secret_in(tmp_path / "salt"))
    async with _connected(salts) as (service, made):
        service.status = 200
        for company in ("a", "b", "a"):
            await _draft(made, company)
    sent = [asked["cache_salt"] for asked in service.asked]
    assert sent == [salts.of("a"), salts.of("b"), salts.of("a")]
    assert len(set(sent)) == 2
    assert all(len(salt) == 43 for salt in sent)


async def test_a_service_that_refuses_the_field_is_not_sent_it() -> None:
    async with _connected() as (service, made):
        service.status = 200
        await _draft(made)
    assert "cache_salt" not in service.asked[0]


def test_salts_outlive_a_restart_and_are_nobody_else_s(tmp_path: Path) -> None:
    first = Salts(secret_in(tmp_path / "salt")).of("a")
    assert Salts(secret_in(tmp_path / "salt")).of("a") == first
    assert Salts(secret_in(tmp_path / "other")).of("a") != first
    assert stat.S_IMODE((tmp_path / "salt").stat().st_mode) == 0o600
    for broken in (b"", b"\xa2" * 40):
        (tmp_path / "cut").write_bytes(broken)
        with pytest.raises(ServingError) as refused:
            secret_in(tmp_path / "cut")  # known to everyone, so never used
        assert refused.value.reason == "secret_broken"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_room_is_what_the_context_leaves() -> None:
    budget = Budget(len, context=1000, evidence=300, answer=200)
    assert budget.room(["x" * 100], passages=4) == 300
    assert budget.room(["x" * 500], passages=4) == 1000 - 200 - 500 - 5 * MARKS
    assert budget.room(["x" * 900], passages=4) == 0


def test_tokens_are_the_model_s_own(tmp_path: Path) -> None:
    tokenizer = Tokenizer(WordLevel({"금형": 0, "온도": 1, "[UNK]": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert TokenCounter(tmp_path).count("금형 온도 온도") == 3
    with pytest.raises(EngineError) as refused:
        TokenCounter(tmp_path / "absent")
    assert refused.value.reason == "tokenizer_absent"


def test_an_estimate_is_no_less_than_syllables() -> None:
    assert estimated("사출성형기") == 5
    assert estimated("alarm E-203") >= 5
    assert estimated("") == 0
    # What Qwen2.5's tokenizer makes of them, seen 2026-11-23.
    for text, real in (("뷁뙗쀍" * 10, 60), ("鑄造金型" * 5, 25), ("①②③㎜㎏" * 4, 32), ("x9Qz7-Kp2v", 10)):
        assert estimated(text) >= real


def test_the_product_sends_salts_and_keeps_to_the_context(tmp_path: Path) -> None:
    settings = Settings(
        engine="remote", llm_url="http://127.0.0.1:9/v1", llm_model="m", llm_context=2048, prompt_tokens=300
    )
    made = build._engines(settings, Home(tmp_path), build.model_store(settings, Home(tmp_path))).usual
    a, b = made.of("a"), made.of("b")
    assert a.model.extra_body["cache_salt"] != b.model.extra_body["cache_salt"]  # type: ignore[attr-defined]
    assert (a.budget.context, a.budget.evidence, a.budget.answer) == (2048, 300, build.ANSWER_TOKENS)
    unsalted = build._engines(
        settings.model_copy(update={"llm_cache_salt": False}),
        Home(tmp_path),
        build.model_store(settings, Home(tmp_path)),
    ).usual
    assert unsalted.of("a").model.extra_body is None  # type: ignore[attr-defined]


def test_where_the_engine_is(tmp_path: Path) -> None:
    home = Home(tmp_path)
    settings = Settings(engine="vllm", llm_url="http://10.0.0.5:8000/v1/", llm_model="m", llm_context=8192, llm_key="k")
    endpoint = build.endpoint_of(settings, home)
    assert (endpoint.base_url, endpoint.model, endpoint.context) == ("http://10.0.0.5:8000/v1", "m", 8192)
    assert "k" not in repr(endpoint).split("model")[0].split("base_url")[1].replace("kind", "")
    for settings, reason in (
        (Settings(engine="vllm"), "engine_not_started"),
        (Settings(engine="vllm", llm_url="http://x/v1"), "llm_url"),
        (Settings(engine="remote"), "llm_url"),
    ):
        with pytest.raises(EngineError) as refused:
            build.endpoint_of(settings, home)
        assert refused.value.reason == reason
