"""Ten times more than a server can do: who is let in waits at most twice as long as alone, the others are told so at once.

First one caller alone; then as many as are served at once, for what the server sustains; then ten times that, whoever
was refused; then one caller again. Searches and questions are measured each by itself.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import numpy as np

from evals.server import Server, bearer, expected

FOLD = 10
"""How many times what the server sustains."""
SLOWER, REFUSED_MS = 2.0, 100.0
"""What is promised: p95 of those let in, as a multiple of alone; p99 of a refusal."""
Way = Literal["search", "ask"]
WAYS: tuple[Way, ...] = ("search", "ask")
_SEED = 20261123
_SILENCE = 180.0
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
    """One request. `status` is 0 where the connection broke; `degraded` says why an answer was quoted."""

    way: Way
    ms: float
    status: int
    degraded: str | None = None


class Crowd:
    """Callers of a server: some companies, with as many keys each."""

    def __init__(self, server: Server, companies: int, keys: int) -> None:
        self._server = server
        self._chance = random.Random(_SEED)
        self._callers = [secret for number in range(companies) for secret in self._company(number, keys)]

    def alone(self, seconds: float, least: int = 20) -> list[Sample]:
        """One caller, one request after the other, for so long of each way, and at least so many."""
        return asyncio.run(self._alone(seconds, least))

    def sustained(self, seconds: float, callers: int) -> dict[Way, float]:
        """Requests a second that are answered, of each way, by so many callers who ask again once they are answered."""
        return asyncio.run(self._sustained(seconds, callers))

    def overload(self, seconds: float, rates: dict[Way, float], progress: Callable[[float], None]) -> list[Sample]:
        """Requests at these rates, whatever comes of those before. `progress` hears of the seconds gone."""
        return asyncio.run(self._overload(seconds, rates, progress))

    def _company(self, number: int, keys: int) -> list[str]:
        """A company with a document and keys."""
        operator = bearer(self._server.keys["operator"])
        with httpx.Client(base_url=self._server.url, headers=operator, timeout=60) as http:
            made = expected(http.post("/api/companies", json={"name": f"협력사 {number}"}), 201)
            wanted = {"role": "staff", "company": made["company_id"]}
            secrets = [str(expected(http.post("/api/keys", json=wanted), 201)["key"]) for _ in range(keys)]
            text = f"# 설비 {number}\n\n설비 {number}호기의 점검 주기는 {number + 1}개월이다.\n"
            file = {"file": (f"{number}.md", text.encode())}
            expected(http.post("/api/documents", files=file, headers=bearer(secrets[0])), 202)
            while self._waiting(http, secrets[0]):
                time.sleep(0.5)
        return secrets

    @staticmethod
    def _waiting(http: httpx.Client, secret: str) -> bool:
        listed = expected(http.get("/api/documents", headers=bearer(secret)), 200)["documents"]
        return any(item["status"] in {"queued", "read"} for item in listed)

    async def _alone(self, seconds: float, least: int) -> list[Sample]:
        samples: list[Sample] = []
        async with self._client() as http:
            for way in WAYS:
                end, count = time.monotonic() + seconds, 0
                while count < least or time.monotonic() < end:
                    samples.append(await self._call(http, way))
                    count += 1
        return samples

    async def _sustained(self, seconds: float, callers: int) -> dict[Way, float]:
        rates: dict[Way, float] = {}

        async def ask_on(way: Way, end: float) -> int:
            answered = 0
            while time.monotonic() < end:
                sample = await self._call(http, way)
                answered += sample.status == httpx.codes.OK
                if sample.status == httpx.codes.TOO_MANY_REQUESTS:
                    await asyncio.sleep(0.05)
            return answered

        async with self._client() as http:
            for way in WAYS:
                started = time.monotonic()
                counts = await asyncio.gather(*(ask_on(way, started + seconds) for _ in range(callers)))
                rates[way] = sum(counts) / (time.monotonic() - started)
        return rates

    async def _overload(
        self, seconds: float, rates: dict[Way, float], progress: Callable[[float], None]
    ) -> list[Sample]:
        async with self._client() as http, asyncio.TaskGroup() as group:
            started = time.monotonic()
            streams = [group.create_task(self._stream(http, way, rates[way], seconds)) for way in WAYS]
            while not all(stream.done() for stream in streams):
                await asyncio.sleep(0.5)
                progress(min(seconds, time.monotonic() - started))
        return [sample for stream in streams for sample in stream.result()]

    async def _stream(self, http: httpx.AsyncClient, way: Way, rate: float, seconds: float) -> list[Sample]:
        """Requests of one way at random moments, `rate` of them a second."""
        tasks: list[asyncio.Task[Sample]] = []
        at = started = time.monotonic()
        while (at := at + self._chance.expovariate(rate)) < started + seconds:
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            tasks.append(asyncio.create_task(self._call(http, way)))
        return list(await asyncio.gather(*tasks))

    async def _call(self, http: httpx.AsyncClient, way: Way) -> Sample:
        headers, question = bearer(self._chance.choice(self._callers)), self._chance.choice(_QUESTIONS)
        started = time.perf_counter()
        try:
            if way == "search":
                answer = await http.get("/api/search", params={"q": question}, headers=headers)
            else:
                answer = await http.post("/api/ask", json={"question": question}, headers=headers)
        except httpx.TransportError:
            return Sample(way, (time.perf_counter() - started) * 1000, 0)
        ms = (time.perf_counter() - started) * 1000
        asked = way == "ask" and answer.status_code == httpx.codes.OK
        return Sample(way, ms, answer.status_code, answer.json()["degraded"] if asked else None)

    def _client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
        return httpx.AsyncClient(base_url=self._server.url, timeout=_SILENCE, limits=limits, trust_env=False)


def run(server: Server, companies: int, keys: int, seconds: float, progress: Callable[[float], None]) -> dict[str, Any]:
    """The whole proof on a running server; `progress` hears of the overload's seconds."""
    crowd = Crowd(server, companies, keys)
    crowd.alone(2)  # what is loaded at the first use
    before = crowd.alone(seconds / 6)
    rates = crowd.sustained(seconds / 6, callers=os.cpu_count() or 1)
    offered = {way: FOLD * rate for way, rate in rates.items()}
    under = crowd.overload(seconds, offered, progress)
    after = crowd.alone(seconds / 6)
    return report(before, rates, under, after, crashed=not server.alive)


def report(
    before: Sequence[Sample],
    rates: dict[Way, float],
    under: Sequence[Sample],
    after: Sequence[Sample],
    *,
    crashed: bool,
) -> dict[str, Any]:
    """Figures of a run, and whether all that is promised held."""
    figures: dict[str, Any] = {"crashed": crashed}
    kept = not crashed
    for way in WAYS:
        alone, then = _times(before, way, 200), _times(after, way, 200)
        admitted, refused = _times(under, way, 200), _times(under, way, 429)
        of_way = [sample for sample in under if sample.way == way]
        ratio = _at(admitted, 95) / _at(alone, 95)
        others = Counter(sample.status for sample in of_way if sample.status not in {200, 429})
        figures[way] = {
            "alone": _summary(alone),
            "sustained_a_second": round(rates[way], 2),
            "offered": len(of_way),
            "admitted": _summary(admitted),
            "admitted_p95_to_alone": round(ratio, 2),
            "refused": _summary(refused),
            "degraded": dict(Counter(sample.degraded for sample in of_way if sample.degraded)),
            "other_statuses": dict(others),
            "afterwards": _summary(then),
            "afterwards_p95_to_alone": round(_at(then, 95) / _at(alone, 95), 2),
        }
        kept &= ratio <= SLOWER and not others and (not refused or _at(refused, 99) <= REFUSED_MS)
    return {**figures, "kept": bool(kept)}


def _times(samples: Sequence[Sample], way: Way, status: int) -> list[float]:
    return [sample.ms for sample in samples if sample.way == way and sample.status == status]


def _summary(times: Sequence[float]) -> dict[str, float]:
    return {"n": len(times), **{f"p{p}_ms": round(_at(times, p), 1) for p in (50, 95, 99)}}


def _at(times: Sequence[float], percent: float) -> float:
    return float(np.percentile(times, percent)) if times else float("nan")
