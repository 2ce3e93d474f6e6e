"""The embedded engine with a fake child, and the one client for every engine."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from serving.engines.chat import Endpoint, Probe, chat_model
from serving.engines.embedded import Capacity, EmbeddedEngine
from serving.engines.watchdog import EngineStatus, Patience
from serving.errors import EngineError

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

FAKE = Path(__file__).with_name("fake_engine.py")
PROGRAM = (sys.executable, str(FAKE))
QUICK = Patience(silence=0.8, first_pause=0.1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_text("serve")
    return path


@pytest.fixture
def engine(model: Path, tmp_path: Path) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine(model, "tiny", tmp_path / "logs", Capacity(1), program=PROGRAM, patience=QUICK)
    yield engine
    engine.stop()


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def _tell(engine: EmbeddedEngine, path: str) -> None:
    with suppress(httpx.HTTPError):
        httpx.post(engine.endpoint.base_url.replace("/v1", path), timeout=0.3)


def _ready_again(engine: EmbeddedEngine, restarts: int) -> None:
    _until(lambda: engine.status.phase == "ready" and engine.status.restarts >= restarts)


def test_started_it_answers_and_stopped_it_is_gone(engine: EmbeddedEngine) -> None:
    engine.start(seconds=20)
    started = engine.status
    assert (started.phase, started.restarts) == ("ready", 0)
    assert engine.healthy(1)
    engine.stop()
    assert engine.status == EngineStatus("stopped", 0, 0, None)
    assert not engine.healthy(0.2)


def test_starting_need_not_be_waited_for(engine: EmbeddedEngine) -> None:
    engine.start(wait=False)
    assert engine.status.phase in ("starting", "ready")
    _ready_again(engine, restarts=0)


def test_the_key_is_told_to_the_child_and_not_to_the_process_list(engine: EmbeddedEngine) -> None:
    engine.start(seconds=20)
    assert httpx.get(engine.endpoint.base_url.replace("/v1", "/key")).text == engine.endpoint.api_key
    assert len(engine.endpoint.api_key) >= 32
    assert engine.endpoint.api_key not in Path(f"/proc/{engine.status.pid}/cmdline").read_text()
    assert engine.endpoint.api_key not in repr(engine.endpoint)


def test_a_crashed_child_is_started_again_on_the_same_port(engine: EmbeddedEngine) -> None:
    engine.start(seconds=20)
    before, first = engine.endpoint, engine.status.pid
    _tell(engine, "/crash")
    _ready_again(engine, restarts=1)
    assert engine.endpoint == before
    assert engine.status.pid != first
    assert engine.status.exit_code == 7


def test_a_child_that_hangs_is_not_alive_and_started_again(engine: EmbeddedEngine) -> None:
    engine.start(seconds=20)
    _tell(engine, "/hang")
    _ready_again(engine, restarts=1)
    assert engine.healthy(1)


def test_a_child_that_never_starts_is_said(engine: EmbeddedEngine, model: Path, tmp_path: Path) -> None:
    model.write_text("refuse")
    with pytest.raises(EngineError) as refused:
        engine.start(seconds=20)
    assert refused.value.reason == "engine_not_ready"
    assert refused.value.details["exit_code"] == 3
    assert engine.status.phase == "stopped"
    assert "refused" in (tmp_path / "logs/tiny.log").read_text()


@pytest.mark.proof
def test_pauses_between_restarts_grow(engine: EmbeddedEngine, model: Path, tmp_path: Path) -> None:
    model.write_text("refuse")
    engine.start(wait=False)
    _until(lambda: engine.status.restarts >= 4)
    assert engine.status.phase == "restarting"
    times = [float(line.split()[-1]) for line in (tmp_path / "logs/tiny.log").read_text().splitlines()]
    for (before, after), pause in zip(pairwise(times), (0.1, 0.2, 0.4), strict=False):
        assert after - before >= pause
    model.write_text("serve")
    _ready_again(engine, restarts=4)


def test_an_absent_model_is_said_before_anything_starts(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "absent", "tiny", tmp_path, Capacity(1), program=PROGRAM)
    with pytest.raises(EngineError) as refused:
        engine.start()
    assert refused.value.reason == "engine_model_absent"
    assert engine.status.phase == "stopped"


def test_a_stopped_engine_starts_again(engine: EmbeddedEngine) -> None:
    engine.start(seconds=20)
    engine.stop()
    engine.stop()
    engine.start(seconds=20)
    assert engine.healthy(1)


PARENT = """
import sys, time
from pathlib import Path
from serving.engines.embedded import Capacity, EmbeddedEngine
model, logs, *program = sys.argv[1:]
engine = EmbeddedEngine(Path(model), "tiny", Path(logs), Capacity(1), program=program)
engine.start()
print(engine.status.pid, flush=True)
time.sleep(60)
"""


def test_the_child_does_not_outlive_its_parent(model: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(model), str(tmp_path), *PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    _until(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_the_log_is_kept_small(engine: EmbeddedEngine, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/tiny.log").write_bytes(b"x" * 1_000_001)
    engine.start(seconds=20)
    assert (tmp_path / "logs/tiny.log.1").stat().st_size == 1_000_001
    assert (tmp_path / "logs/tiny.log").stat().st_size < 1_000_000


class _Service:
    """An OpenAI-compatible engine that says five words and remembers what it was asked."""

    def __init__(self) -> None:
        self.request = ""
        self.body: dict[str, object] = {}
        self.said = 0
        self.hung_up = asyncio.Event()
        self.endless = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.request = head
        length = next((int(line[16:]) for line in head.lower().split("\r\n") if line.startswith("content-length: ")), 0)
        self.body = json.loads(await reader.readexactly(length)) if length else {}
        kind = "text/event-stream" if length else "application/json"
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        with suppress(ConnectionError):
            while length and (self.endless or self.said < 5):
                chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny"}
                chunk["choices"] = [
                    {"index": 0, "delta": {"role": "assistant", "content": "말 "}, "finish_reason": None}
                ]
                writer.write(f"data: {json.dumps(chunk)}\n\n".encode())
                await writer.drain()
                self.said += 1
                await asyncio.sleep(0.01)
            writer.write(b"data: [DONE]\n\n" if length else b"{}")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            return
        self.hung_up.set()


@asynccontextmanager
async def _serving() -> AsyncIterator[tuple[_Service, Endpoint]]:
    service = _Service()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield service, Endpoint(f"http://127.0.0.1:{port}/v1", "the-key", "tiny", "embedded", {"cache_salt": "s"})


async def test_the_client_asks_as_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # not for the engine next door
    async with _serving() as (service, endpoint):
        answer = await chat_model(endpoint, max_tokens=7).ainvoke("질문")
    assert answer.content == "말 " * 5
    assert "authorization: bearer the-key" in service.request.lower()
    wanted = {"model": "tiny", "temperature": 0, "max_completion_tokens": 7, "stream": True, "cache_salt": "s"}
    assert {name: service.body.get(name) for name in wanted} == wanted


async def test_closing_the_stream_hangs_up() -> None:
    async with _serving() as (service, endpoint):
        service.endless = True
        stream = chat_model(endpoint).astream("질문")
        assert (await anext(stream)).content == "말 "
        await stream.aclose()  # type: ignore[attr-defined]
        async with asyncio.timeout(10):
            await service.hung_up.wait()


async def test_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    from langsmith.utils import tracing_is_enabled

    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    chat_model(Endpoint("http://127.0.0.1:1/v1", "k", "m", "embedded"))
    assert tracing_is_enabled() is False


async def test_the_probe_asks_each_kind_where_it_tells() -> None:
    async with _serving() as (service, endpoint):
        for asked, line in (
            (endpoint, "GET /health "),
            (replace(endpoint, kind="vllm"), "GET /health "),
            (replace(endpoint, kind="remote"), "GET /v1/models "),
        ):
            assert await Probe().alive(asked, 5)
            assert service.request.startswith(line)
            assert ("Bearer the-key" in service.request) == (asked.kind == "remote")


async def test_the_probe_does_not_wait_longer_than_told() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        endpoint = Endpoint(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", "k", "m", "vllm")
        async with asyncio.timeout(5):
            assert not await Probe().alive(endpoint, 0.2)
    assert not await Probe().alive(endpoint, 0.2)
