"""Counts and times of answers for Prometheus. No question, passage or name ever becomes a label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from assistant.reply import Reply

_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 4, 6, 10, 15, 20, 30, 60)


class Metrics:
    """One registry an app, so that two apps in a process do not share counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter("giljabi_answers", "Answers by outcome", ["outcome"], registry=self._registry)
        self._removed = Counter("giljabi_sentences_removed", "Drafted sentences not carried", registry=self._registry)
        self._seconds = Histogram(
            "giljabi_answer_seconds", "Time to evidence, first text, whole answer", ["stage"], buckets=_BUCKETS,
            registry=self._registry,
        )  # fmt: skip

    def answered(self, reply: Reply) -> None:
        outcome = reply.degraded or ("abstained" if reply.abstained else "answered")
        self._answers.labels(outcome).inc()
        self._removed.inc(reply.removed)
        for stage, milliseconds in reply.ms.items():
            self._seconds.labels(stage).observe(milliseconds / 1000)

    def exposition(self) -> bytes:
        return generate_latest(self._registry)
