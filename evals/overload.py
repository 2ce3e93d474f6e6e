"""Ten times more callers than a server sustains: who is let in waits at most twice as long as alone, the others are told.

First one caller alone, then ten for each core, then one again: a caller takes all of a core, so a core sustains one. A caller asks again as
soon as it is answered; one that was refused comes back after a tenth of a second, which is twenty times sooner than it
is told to.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx
import numpy as np

from evals.server import NOWHERE, UNBOUNDED, Server, bearer, expected, indexing

FOLD = 10
ENVIRONMENT = {**NOWHERE, **UNBOUNDED}
"""Of the server: no engine but the evidence, and no bound by the minute, which would refuse them all before the crowd."""
SLOWER, REFUSED_MS, NORMAL = 2.0, 100.0, 1.25
"""What is promised: p95 of those let in, as a multiple of alone; p99 of a refusal; p95 afterwards, as a multiple of alone."""
Way = Literal["search", "ask"]
WAYS: tuple[Way, ...] = ("search", "ask")
COMPANIES = 4
OK, REFUSED, BROKEN = 200, 429, 0
_AGAIN = 0.1
_LEAST = 20
_SEED = 20261123
_QUESTIONS = (
    "자율형공장은 얼마까지 지원하나요?",
    "대·중소 상생형은 누가 몇 퍼센트를 내나요?",
    "정부형은 멘토단이 몇 번 방문하나요?",
    "원청이 도면을 달라고 하면 어떻게 하나요?",
    "스마트공장 구축 절차는 어떻게 되나요?",
    "AI 교육은 어디서 받을 수 있나요?",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One request. `status` is `BROKEN` where the connection was; `degraded` says why an answer was quoted."""

    way: Way
    ms: float
    status: int
    degraded: str | None = None


class Caller:
    """One key on a connection of its own. No more of a client than will do: what it takes, the server goes without."""

    def __init__(self, port: int, secret: str, way: Way, seed: int) -> None:
        self.way = way
        self._port = port
        self._secret = secret
        self._chance = random.Random(seed)
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self) -> Sample:
        """One request and its whole answer."""
        request = self._request()
        started = time.perf_counter()
        try:
            status, body = await self._exchanged(request)
        except (OSError, EOFError):
            self.hang_up()
            status, body = BROKEN, b""
        ms = (time.perf_counter() - started) * 1000
        degraded = json.loads(body)["degraded"] if self.way == "ask" and status == OK else None
        return Sample(self.way, ms, status, degraded)

    async def call_until(self, end: float) -> list[Sample]:
        """One request after the other."""
        samples: list[Sample] = []
        while time.monotonic() < end:
            samples.append(await self.call())
            if samples[-1].status != OK:
                await asyncio.sleep(self._chance.uniform(0.5, 1.5) * _AGAIN)
        return samples

    def hang_up(self) -> None:
        if self._line is not None:
            self._line[1].close()
            self._line = None

    def _request(self) -> bytes:
        question = self._chance.choice(_QUESTIONS)
        body = json.dumps({"question": question}).encode() if self.way == "ask" else b""
        first = f"GET /api/search?q={quote(question)}" if self.way == "search" else "POST /api/ask"
        head = (
            f"{first} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def _exchanged(self, request: bytes) -> tuple[int, bytes]:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._line
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head[9:12]), await reader.readexactly(length)


def run(server: Server, seconds: float, progress: Callable[[float], None]) -> dict[str, Any]:
    """The whole proof on a running server; `progress` hears of the seconds of overload that are gone."""
    callers = os.cpu_count() or 1
    secrets = _keys(server, FOLD * callers)
    asyncio.run(_alone(server, secrets[0], 1))  # what is loaded at its first use
    before = asyncio.run(_alone(server, secrets[0], seconds / 6))
    under = asyncio.run(_crowd(server, secrets, seconds, progress))
    after = asyncio.run(_alone(server, secrets[0], seconds / 6))
    return {"callers": len(secrets), "crashed": not server.alive, **report(before, under, after)}


async def _alone(server: Server, secret: str, seconds: float) -> list[Sample]:
    """One caller, so long of each way, or as long as a few take."""
    samples: list[Sample] = []
    for way in WAYS:
        caller, end, count = Caller(server.port, secret, way, _SEED), time.monotonic() + seconds, 0
        while count < _LEAST or time.monotonic() < end:
            samples.append(await caller.call())
            count += 1
        caller.hang_up()
    return samples


async def _crowd(
    server: Server, secrets: Sequence[str], seconds: float, progress: Callable[[float], None]
) -> list[Sample]:
    """All at once; every other one searches."""
    callers = [Caller(server.port, secret, WAYS[nth % 2], _SEED + nth) for nth, secret in enumerate(secrets)]
    started = time.monotonic()
    tasks = [asyncio.create_task(caller.call_until(started + seconds)) for caller in callers]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0.5)
        progress(min(seconds, time.monotonic() - started))
    for caller in callers:
        caller.hang_up()
    return [sample for task in tasks for sample in task.result()]


def _keys(server: Server, count: int) -> list[str]:
    """So many keys, of some companies in turn; each has a document."""
    keys: list[str] = []
    with httpx.Client(base_url=server.url, headers=bearer(server.keys["operator"]), timeout=60) as http:
        for number in range(COMPANIES):
            company = expected(http.post("/api/companies", json={"name": f"협력사 {number}"}), 201)["company_id"]
            wanted = {"role": "staff", "company": company}
            own = [str(expected(http.post("/api/keys", json=wanted), 201)["key"]) for _ in range(count // COMPANIES)]
            text = f"# 설비 {number}\n\n설비 {number}호기의 점검 주기는 {number + 1}개월이다.\n"
            expected(http.post("/api/documents", files={"file": ("설비.md", text)}, headers=bearer(own[0])), 202)
            while indexing(http, own[0]):
                time.sleep(0.5)
            keys += own
    return keys


def report(before: Sequence[Sample], under: Sequence[Sample], after: Sequence[Sample]) -> dict[str, Any]:
    """Figures of a run, and whether what is promised was kept."""
    figures: dict[str, Any] = {
        way: _figures(*([one for one in part if one.way == way] for part in (before, under, after))) for way in WAYS
    }
    return {**figures, "kept": all(_kept(figure) for figure in figures.values())}


def _kept(figure: dict[str, Any]) -> bool:
    """Somebody was let in and somebody sent away, both in time, nothing broke, and then all was as before."""
    return (
        figure["admitted"]["n"] > 0
        and figure["refused"]["n"] > 0
        and figure["p95_to_alone"] <= SLOWER
        and figure["refused"]["p99_ms"] <= REFUSED_MS
        and figure["afterwards_p95_to_alone"] <= NORMAL
        and not figure["other_statuses"]
    )


def _figures(before: Sequence[Sample], under: Sequence[Sample], after: Sequence[Sample]) -> dict[str, Any]:
    alone, admitted, then = _summary(before, OK), _summary(under, OK), _summary(after, OK)
    return {
        "alone": alone,
        "admitted": admitted,
        "p95_to_alone": round(admitted["p95_ms"] / alone["p95_ms"], 2),
        "refused": _summary(under, REFUSED),
        "degraded": dict(Counter(sample.degraded for sample in under if sample.degraded)),
        "other_statuses": dict(
            Counter(sample.status for sample in under if sample.status not in {OK, REFUSED})
            + Counter(sample.status for sample in (*before, *after) if sample.status != OK)
        ),
        "afterwards": then,
        "afterwards_p95_to_alone": round(then["p95_ms"] / alone["p95_ms"], 2),
    }


def _summary(samples: Sequence[Sample], status: int) -> dict[str, float]:
    """How many there were of this status, and how long they took; nought where there was none."""
    times = [sample.ms for sample in samples if sample.status == status] or [0.0]
    count = sum(sample.status == status for sample in samples)
    return {"n": count, **{f"p{p}_ms": round(float(np.percentile(times, p)), 1) for p in (50, 95, 99)}}
