"""Replays prompts against an engine as its clients would send them, and measures what the clients see.

Arrivals, requests and definitions are those of `vllm bench serve` with the backend `openai-chat`.
"""

from __future__ import annotations

import asyncio
import json
import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from httpx_sse import EventSource, SSEError

from evals.bench_report import Row, report
from evals.errors import EvalError
from evals.prefix_cache import Counters, counters, hits
from serving.engines.chat import NO_KEEPING, Endpoint
from serving.engines.salt import Salts

CONNECT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class BenchPrompt:
    """The messages of one request; requests of one `owner` share a prefix cache. `at`: arrival, seconds from the start."""

    messages: tuple[Mapping[str, str], ...]
    owner: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How requests are made. `salted` sends a `cache_salt` an owner; `silence` is the longest wait between two bytes."""

    max_tokens: int
    max_concurrency: int | None = None
    ignore_eos: bool = False
    salted: bool = False
    silence: float = 600.0


def poisson(count: int, rate: float, seed: int) -> list[float]:
    """Seconds from the start at which `count` requests arrive at `rate` a second on average; all at once where it is inf.

    As in `vllm bench serve`, times are stretched so that the last comes at exactly count / rate. The stream of
    `RandomState` never changes, so a seed means the same arrivals for ever, and those of that tool.
    """
    if not rate > 0:
        raise EvalError("초당 요청 수는 0보다 커야 합니다 · the request rate must be above 0")
    if math.isinf(rate):
        return [0.0] * count
    times = np.cumsum(np.random.RandomState(seed).gamma(1.0, 1 / rate, count))
    return [float(at) for at in times * (count / rate / times[-1])]


def run(
    endpoint: Endpoint,
    prompts: Sequence[BenchPrompt],
    arrivals: Sequence[float],
    load: Load,
    *,
    warmups: int = 1,
    slo: Mapping[str, float] | None = None,
    progress: Callable[[Row], None] = lambda _: None,
) -> tuple[dict[str, Any], list[Row]]:
    """Figures and rows of one replay; an interrupt ends it, and what was measured until then is returned.

    Raises EvalError where a warm-up request fails: then there is nothing to measure.
    """
    replay = _Replay(endpoint, load, progress)
    interrupted = False
    try:
        asyncio.run(replay.run(prompts, arrivals, warmups))
    except KeyboardInterrupt:
        if not replay.seconds:
            raise
        interrupted = True
    rows = sorted(replay.rows, key=lambda row: row.n)
    figures = {
        "model_id": endpoint.model,
        "engine": endpoint.kind,
        "num_prompts": len(prompts),
        "distinct_prompts": len({json.dumps([prompt.owner, prompt.messages]) for prompt in prompts}),
        "max_concurrency": load.max_concurrency,
        "max_tokens": load.max_tokens,
        "ignore_eos": load.ignore_eos,
        "interrupted": interrupted,
        "unfinished": len(prompts) - len(rows),
        **report(rows, replay.seconds, slo or {}),
        "prefix_cache": hits(replay.before, replay.after, rows),
    }
    return figures, rows


class _Replay:
    """One run. `rows` fills as requests end, so that a run cut short keeps what it measured."""

    def __init__(self, endpoint: Endpoint, load: Load, progress: Callable[[Row], None]) -> None:
        self.rows: list[Row] = []
        self.seconds = 0.0
        self.before: Counters | None = None
        self.after: Counters | None = None
        self._endpoint = endpoint
        self._load = load
        self._progress = progress
        self._places = asyncio.Semaphore(load.max_concurrency) if load.max_concurrency else None
        # Of a secret of this run alone: no earlier run has filled these caches, so hits come out the same every time.
        self._salts = Salts(secrets.token_urlsafe(32))
        self._started = 0.0

    async def run(self, prompts: Sequence[BenchPrompt], arrivals: Sequence[float], warmups: int) -> None:
        timeout = httpx.Timeout(self._load.silence, connect=CONNECT_SECONDS, pool=None)
        trusting = self._endpoint.kind == "remote"  # as in serving: a proxy is for the way out
        # A connection a request: llama.cpp's server closes some that it had promised to keep, and their next request fails.
        async with httpx.AsyncClient(timeout=timeout, limits=NO_KEEPING, trust_env=trusting) as client:
            await self._warm_up(client, prompts[0], warmups)
            self.before = await counters(client, self._endpoint)
            self._started = time.perf_counter()
            try:
                async with asyncio.TaskGroup() as requests:
                    for n, (prompt, at) in enumerate(zip(prompts, arrivals, strict=True)):
                        await asyncio.sleep(self._started + at - time.perf_counter())
                        requests.create_task(self._keep(client, n, prompt))
            finally:
                self.seconds = time.perf_counter() - self._started
                self.after = await counters(client, self._endpoint)

    async def _warm_up(self, client: httpx.AsyncClient, prompt: BenchPrompt, times: int) -> None:
        self._started = time.perf_counter()
        for row in await asyncio.gather(*(self._queue(client, n, prompt) for n in range(times))):
            if row.failure:
                raise EvalError(
                    f"첫 시험 요청이 실패했습니다({row.failure}). 엔진의 주소, 모델 이름, 키를 확인해 주세요 · "
                    f"the warm-up request failed ({row.failure}); check the engine's URL, model name and key"
                )

    async def _keep(self, client: httpx.AsyncClient, n: int, prompt: BenchPrompt) -> None:
        row = await self._queue(client, n, prompt)
        self.rows.append(row)
        self._progress(row)

    async def _queue(self, client: httpx.AsyncClient, n: int, prompt: BenchPrompt) -> Row:
        arrived = time.perf_counter()
        async with AsyncExitStack() as held:
            if self._places:
                await held.enter_async_context(self._places)
            return await self._request(client, n, prompt, arrived)

    async def _request(self, client: httpx.AsyncClient, n: int, prompt: BenchPrompt, arrived: float) -> Row:
        url = f"{self._endpoint.base_url}/chat/completions"
        headers = {"Authorization": f"Bearer {self._endpoint.api_key}"}
        body = self._body(prompt)
        seen = _Answer(time.perf_counter())
        try:
            async with client.stream("POST", url, json=body, headers=headers) as response:
                if response.status_code == httpx.codes.OK:
                    async for event in EventSource(response).aiter_sse():
                        seen.take(event.data, time.perf_counter())
                    failure = seen.failure()
                else:
                    failure = f"http_{response.status_code}"
        except httpx.ConnectError:
            failure = "refused"
        except httpx.TimeoutException:
            failure = "timeout"
        except (httpx.HTTPError, SSEError, ValueError, AttributeError):  # cut off, or no such stream at all
            failure = "broken"
        return seen.row(n, seen.sent - self._started, seen.sent - arrived, failure)

    def _body(self, prompt: BenchPrompt) -> dict[str, Any]:
        load = self._load
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "messages": list(prompt.messages),
            "max_completion_tokens": load.max_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            **self._endpoint.extra_body,
        }
        if load.ignore_eos:
            body["ignore_eos"] = True
        if load.salted:
            body["cache_salt"] = self._salts.of(prompt.owner)
        return body


@dataclass(slots=True)
class _Answer:
    """What has come of one streamed answer; `sent`, `first` and `last` are readings of one clock."""

    sent: float
    first: float | None = None
    last: float = 0.0
    gaps: list[float] = field(default_factory=list)
    usage: Mapping[str, Any] | None = None
    ended: bool = False
    failed: bool = False

    def take(self, data: str, now: float) -> None:
        """One event of the stream. Raises ValueError or AttributeError where it is none of OpenAI's."""
        if data == "[DONE]":
            self.ended = True
            return
        chunk = json.loads(data)
        self.failed = self.failed or bool(chunk.get("error"))
        if isinstance(usage := chunk.get("usage"), dict):
            self.usage = usage
        if chunk.get("choices"):
            if self.first is None:
                self.first = now
            else:
                self.gaps.append(now - self.last)
            self.last = now

    def failure(self) -> str | None:
        """Why a stream that has ended counts as failed, if it does."""
        if self.failed:
            return "engine_error"
        if self.first is None or not (self.ended or self.usage):
            return "broken"
        return None if self.usage else "no_usage"

    def row(self, n: int, sent: float, queued: float, failure: str | None) -> Row:
        if failure or self.first is None or self.usage is None:
            return Row(n, sent, queued, failure=failure or "broken")
        return Row(
            n,
            sent,
            queued,
            ttft=self.first - self.sent,
            latency=self.last - self.sent,
            gaps=tuple(self.gaps),
            prompt_tokens=self.usage.get("prompt_tokens") or 0,
            output_tokens=self.usage.get("completion_tokens") or 0,
            cached_tokens=(self.usage.get("prompt_tokens_details") or {}).get("cached_tokens"),
        )
