"""How long a person waits: for evidence, for the first text, for the model's first sentence, for the whole answer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from assistant.reply import EvidenceShown, Reply, SentenceShown
from evals.questions import Asked
from serving.places import Opened
from serving.product import Product

PERSON = "eval"
STAGES = ("evidence", "first_text", "model_sentence", "total")


async def run(made: Product, asked: Sequence[Asked], company: str) -> dict[str, Any]:
    """Medians and 95th percentiles in milliseconds over the questions, each asked once after one to warm up.

    `model_sentence` counts only answers in which a sentence of the model passed the check.
    """
    times: dict[str, list[float]] = {stage: [] for stage in STAGES}
    with made.opened(company) as mine:
        for number, item in enumerate(asked):
            measured = await _one(mine, item.question)
            for stage, value in measured.items():
                if number:
                    times[stage].append(value)
    return {
        "model": made.engine_name,
        "questions": len(asked) - 1,
        "answers_with_model_sentence": len(times["model_sentence"]),
        "median_ms": {stage: round(statistics.median(values)) for stage, values in times.items() if values},
        "p95_ms": {stage: round(_p95(values)) for stage, values in times.items() if values},
    }


async def _one(mine: Opened, question: str) -> dict[str, float]:
    started, shown = time.monotonic(), 0
    measured: dict[str, float] = {}
    async with aclosing(mine.conversation.once(PERSON, question, [])) as events:
        async for event in events:
            now = (time.monotonic() - started) * 1000
            if isinstance(event, EvidenceShown):
                measured["evidence"] = now
            elif isinstance(event, SentenceShown):
                shown += 1
                measured.setdefault("first_text", now)
                if shown == 2:
                    measured["model_sentence"] = now
            elif isinstance(event, Reply):
                measured["total"] = now
                if event.abstained or event.degraded:
                    measured.pop("model_sentence", None)
    return measured


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if len(values) > 1 else values[0]
