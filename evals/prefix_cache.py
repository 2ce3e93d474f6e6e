"""How much of the prompts an engine already knew: from its counters where it has them, else from what each answer says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from evals.bench_report import Row
from serving.engines.chat import Endpoint

_ASKED = "vllm:prefix_cache_queries_total"
_HIT = "vllm:prefix_cache_hits_total"


@dataclass(frozen=True, slots=True)
class Counters:
    """Prompt tokens looked up in the prefix cache, and found there, since the engine started."""

    asked: float
    hit: float


async def counters(client: httpx.AsyncClient, endpoint: Endpoint) -> Counters | None:
    """vLLM's counters, over all its engines; None for an engine that has none."""
    headers = {"Authorization": f"Bearer {endpoint.api_key}"}
    try:
        answer = await client.get(f"{endpoint.base_url.removesuffix('/v1')}/metrics", headers=headers, timeout=10)
    except httpx.HTTPError:
        return None
    return parse(answer.text) if answer.status_code == httpx.codes.OK else None


def parse(text: str) -> Counters | None:
    """The counters in a Prometheus exposition; None where either is absent or the text is something else."""
    from prometheus_client.parser import text_string_to_metric_families

    sums: dict[str, float] = {}
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name in {_ASKED, _HIT}:
                    sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
    except ValueError:
        return None
    return Counters(sums[_ASKED], sums[_HIT]) if len(sums) == 2 else None


def hits(before: Counters | None, after: Counters | None, rows: Sequence[Row]) -> dict[str, Any]:
    """Tokens asked and hit, their ratio, and where that is known from: `metrics`, `usage`, or None for not at all.

    The counters count everybody's requests, so the engine must have no other work meanwhile. Counters that stand still
    or fall (the cache is off, the engine started anew) say nothing.
    """
    if before and after and after.asked > before.asked and after.hit >= before.hit:
        return _found("metrics", int(after.asked - before.asked), int(after.hit - before.hit))
    told = [row for row in rows if row.failure is None and row.cached_tokens is not None]
    asked = sum(row.prompt_tokens for row in told)
    if asked:
        return _found("usage", asked, sum(row.cached_tokens or 0 for row in told))
    return {"source": None, "queried_tokens": None, "hit_tokens": None, "hit_rate": None}


def _found(source: str, asked: int, hit: int) -> dict[str, Any]:
    return {"source": source, "queried_tokens": asked, "hit_tokens": hit, "hit_rate": round(hit / asked, 4)}
