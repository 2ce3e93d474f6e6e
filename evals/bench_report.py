"""What a replay says of an engine, in the definitions and under the names of `vllm bench serve`, so that figures of both
can be set side by side.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.errors import EvalError

OBJECTIVES = ("ttft", "tpot", "e2el")
PERCENTILES = (95, 99)


@dataclass(frozen=True, slots=True)
class Row:
    """One request as its client saw it; times in seconds, tokens as the engine's usage counts them.

    `sent` counts from the start of the run, `queued` is the wait for a free place under `max_concurrency` before that.
    `ttft` ends with the first chunk that has a choice, `gaps` lie between such chunks, `latency` ends with the last of them.
    `cached_tokens` is None where the engine does not tell. With a `failure` the times and tokens mean nothing.
    """

    n: int
    sent: float
    queued: float
    ttft: float = 0.0
    latency: float = 0.0
    gaps: tuple[float, ...] = ()
    prompt_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int | None = None
    failure: str | None = None

    @property
    def tpot(self) -> float | None:
        """Seconds a token after the first; None where there is only one."""
        return (self.latency - self.ttft) / (self.output_tokens - 1) if self.output_tokens > 1 else None

    def wire(self) -> dict[str, Any]:
        """The row in milliseconds, without any text of prompt or answer."""
        return {
            "n": self.n,
            "failure": self.failure,
            "sent_ms": _ms(self.sent),
            "client_queue_time_ms": _ms(self.queued),
            "ttft_ms": _ms(self.ttft),
            "tpot_ms": None if self.tpot is None else _ms(self.tpot),
            "itls_ms": [_ms(gap) for gap in self.gaps],
            "e2el_ms": _ms(self.latency),
            "input_tokens": self.prompt_tokens,
            "output_tokens": self.output_tokens,
            "cached_tokens": self.cached_tokens,
        }


def parse_slo(text: str) -> dict[str, float]:
    """`ttft:2000 tpot:100 e2el:20000` as milliseconds by name; raises EvalError where it is anything else."""
    slo: dict[str, float] = {}
    for word in text.split():
        name, _, value = word.partition(":")
        if name not in OBJECTIVES or name in slo:
            raise EvalError(
                f"목표 '{word}'를 알 수 없습니다. ttft, tpot, e2el을 한 번씩 쓸 수 있습니다 · "
                f"unknown or repeated objective '{word}'; ttft, tpot and e2el may be named once each"
            )
        slo[name] = _limit(word, value)
    return slo


def _limit(word: str, value: str) -> float:
    try:
        limit = float(value)
    except ValueError:
        limit = math.nan
    if not 0 <= limit < math.inf:
        raise EvalError(
            f"목표 '{word}'의 값은 0 이상의 밀리초여야 합니다(예: ttft:2000) · "
            f"the value of '{word}' must be milliseconds, 0 or more, as in ttft:2000"
        )
    return limit


def is_good(row: Row, slo: Mapping[str, float]) -> bool:
    """Whether a completed request met every objective. An answer of one token meets any `tpot`."""
    seen = {"ttft": row.ttft, "tpot": row.tpot or 0.0, "e2el": row.latency}
    return all(seen[name] * 1000 <= limit for name, limit in slo.items())


def report(rows: Sequence[Row], seconds: float, slo: Mapping[str, float]) -> dict[str, Any]:
    """Figures over the requests of a run that took `seconds`; a figure without a single value behind it is None."""
    done = [row for row in rows if row.failure is None]
    read, written = sum(row.prompt_tokens for row in done), sum(row.output_tokens for row in done)
    good = sum(is_good(row, slo) for row in done) if slo else None
    figures = {
        "duration": round(seconds, 3),
        "completed": len(done),
        "failed": len(rows) - len(done),
        "failures": dict(Counter(row.failure for row in rows if row.failure is not None)),
        "total_input_tokens": read,
        "total_output_tokens": written,
        "request_throughput": _rate(len(done), seconds),
        "request_goodput": None if good is None else _rate(good, seconds),
        "slo_ms": dict(slo) or None,
        "output_throughput": _rate(written, seconds),
        "total_token_throughput": _rate(read + written, seconds),
    }
    return {
        **figures,
        **_spread("ttft", [row.ttft for row in done]),
        **_spread("tpot", [row.tpot for row in done if row.tpot is not None]),
        **_spread("itl", [gap for row in done for gap in row.gaps]),
        **_spread("e2el", [row.latency for row in done]),
        **_spread("client_queue_time", [row.queued for row in done]),
    }


def _spread(name: str, values: Sequence[float]) -> dict[str, float | None]:
    words = ("mean", "median", "std", *(f"p{rank}" for rank in PERCENTILES))
    if not values:
        return {f"{word}_{name}_ms": None for word in words}
    figures = (np.mean(values), np.median(values), np.std(values), *np.percentile(values, PERCENTILES))
    return {f"{word}_{name}_ms": _ms(float(figure)) for word, figure in zip(words, figures, strict=True)}


def _rate(count: int, seconds: float) -> float | None:
    return round(count / seconds, 3) if seconds > 0 else None


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
