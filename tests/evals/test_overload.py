"""The figures of an overload, and that a run breaks nothing. How fast it was is for `giljabi eval overload`."""

from __future__ import annotations

import pytest

from evals.overload import ENVIRONMENT, OK, REFUSED, WAYS, Sample, report, run
from evals.server import server
from serving.settings import Settings


def samples(ms: float, status: int = OK, count: int = 100) -> list[Sample]:
    return [Sample(way, ms, status) for way in WAYS for _ in range(count)]


CROWD = samples(20, REFUSED)


def test_twice_as_slow_with_quick_refusals_is_kept() -> None:
    kept = report(samples(50), samples(99) + CROWD, samples(50))
    assert kept["kept"]
    assert kept["search"]["p95_to_alone"] == 1.98
    assert kept["search"]["refused"] == {"n": 100, "p50_ms": 20, "p95_ms": 20, "p99_ms": 20}


@pytest.mark.parametrize(
    ("under", "after"),
    [
        (samples(101) + CROWD, samples(50)),
        (samples(50) + samples(101, REFUSED), samples(50)),
        ([*samples(50), *CROWD, Sample("ask", 50, 500)], samples(50)),
        ([*samples(50), *CROWD, Sample("search", 50, 0)], samples(50)),
        (samples(50, count=94) + samples(500, count=6) + CROWD, samples(50)),
        (CROWD, samples(50)),
        (samples(50), samples(50)),
        (samples(50) + CROWD, samples(70)),
        (samples(50) + CROWD, samples(50, 503)),
    ],
)
def test_what_is_slower_or_broken_is_not(under: list[Sample], after: list[Sample]) -> None:
    assert not report(samples(50), under, after)["kept"]


@pytest.mark.e2e
def test_a_crowd_is_told_to_come_back_and_breaks_nothing() -> None:
    with server(Settings(), ENVIRONMENT) as running:
        told = run(running, 6, lambda _: None)
    assert not told["crashed"]
    assert [told[way]["other_statuses"] for way in WAYS] == [{}, {}]
    for came in ("admitted", "refused"):
        assert sum(told[way][came]["n"] for way in WAYS) > 0
