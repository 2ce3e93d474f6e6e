"""The replay against an engine with a script, and the figures from rows made by hand. Nothing here depends on speed."""

from __future__ import annotations

import itertools
import os
import signal
import socket
from typing import Any

import pytest

from evals.bench import BenchPrompt, Load, poisson, run
from evals.bench_report import Row, parse_slo, report
from evals.errors import EvalError
from evals.prefix_cache import Counters, hits, parse
from serving.engines.chat import Endpoint
from tests.evals.fake_openai import PROMPT_TOKENS, WORDS, FakeOpenAi, exposition, served

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

KEY = "sk-very-secret"
LOAD = Load(max_tokens=16)


def _prompts(*owners: str) -> list[BenchPrompt]:
    system = {"role": "system", "content": "짧게 답하세요."}
    return [BenchPrompt((system, {"role": "user", "content": f"질문 {n}"}), owner) for n, owner in enumerate(owners)]


def _replay(engine: FakeOpenAi, count: int = 3, load: Load = LOAD, **options: Any) -> tuple[dict[str, Any], list[Row]]:
    with served(engine) as url:
        endpoint = Endpoint(url, KEY, "tiny", "remote", {"top_k": 1})
        return run(endpoint, _prompts(*["a"] * count), [0.0] * count, load, **options)


def test_every_request_is_counted_once_and_the_warm_up_not_at_all() -> None:
    engine, seen = FakeOpenAi(), list[Row]()
    figures, rows = _replay(engine, 3, warmups=2, progress=seen.append)
    assert len(engine.heard) == 5
    assert [row.n for row in rows] == [0, 1, 2]
    assert sorted(row.n for row in seen) == [0, 1, 2]
    assert (figures["completed"], figures["failed"], figures["unfinished"]) == (3, 0, 0)
    assert figures["total_input_tokens"] == 3 * PROMPT_TOKENS
    assert figures["total_output_tokens"] == 3 * len(WORDS)
    assert all(len(row.gaps) == len(WORDS) - 1 for row in rows)
    assert all(row.latency == pytest.approx(row.ttft + sum(row.gaps)) for row in rows)


def test_a_request_is_the_one_that_the_product_makes() -> None:
    engine = FakeOpenAi()
    _replay(engine, 1, Load(max_tokens=16, ignore_eos=True))
    body = engine.heard[-1]
    assert body == {
        "model": "tiny",
        "messages": [{"role": "system", "content": "짧게 답하세요."}, {"role": "user", "content": "질문 0"}],
        "max_completion_tokens": 16,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
        "top_k": 1,
        "ignore_eos": True,
    }
    assert engine.keys == {f"Bearer {KEY}"}


def test_owners_share_no_salt_and_the_next_run_has_others() -> None:
    engine = FakeOpenAi()
    with served(engine) as url:
        for _ in range(2):
            run(
                Endpoint(url, KEY, "m", "vllm"),
                _prompts("a", "b", "a"),
                [0.0] * 3,
                Load(8, 1, salted=True),
                warmups=0,
            )
    first, second = [body["cache_salt"] for body in engine.heard[:3]], [body["cache_salt"] for body in engine.heard[3:]]
    assert first[0] == first[2] != first[1]
    assert not set(first) & set(second)


def test_no_more_requests_at_a_time_than_asked() -> None:
    engine = FakeOpenAi()
    _, rows = _replay(engine, 8, Load(max_tokens=4, max_concurrency=2))
    assert engine.most_at_once <= 2
    assert max(row.queued for row in rows) > min(row.ttft for row in rows)  # the wait for a place is told apart


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("status", "http_503"),
        ("page", "broken"),
        ("cut", "broken"),
        ("nonsense", "broken"),
        ("error", "engine_error"),
        ("no_usage", "no_usage"),
        ("silent", "timeout"),
    ],
)
def test_a_failure_is_counted_by_its_kind_and_leaves_the_figures_alone(ending: str, kind: str) -> None:
    figures, rows = _replay(
        FakeOpenAi(ending, good=2), 3, Load(4, max_concurrency=1, silence=0.5)
    )  # warm-up, one, then
    assert figures["failures"] == {kind: 2}
    assert (figures["completed"], figures["failed"]) == (1, 2)
    assert figures["total_output_tokens"] == len(WORDS)
    assert [row.failure for row in rows] == [None, kind, kind]


def test_an_engine_that_is_not_there_is_refused_and_told_at_the_warm_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    endpoint = Endpoint(f"http://127.0.0.1:{port}/v1", KEY, "m", "remote")
    figures, _ = run(endpoint, _prompts("a"), [0.0], LOAD, warmups=0)
    assert figures["failures"] == {"refused": 1}
    assert figures["mean_ttft_ms"] is None
    with pytest.raises(EvalError, match="refused") as told:
        run(endpoint, _prompts("a"), [0.0], LOAD)
    assert KEY not in str(told.value)


def test_an_interrupt_keeps_what_was_measured() -> None:
    def interrupt(_: Row) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    engine = FakeOpenAi("silent", good=2, cached=8)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background job has not
    try:
        figures, rows = _replay(engine, 3, Load(4, max_concurrency=1), progress=interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    assert figures["interrupted"]
    assert (figures["completed"], figures["failed"], figures["unfinished"]) == (1, 0, 2)
    assert [row.n for row in rows] == [0]
    assert figures["prefix_cache"]["hit_tokens"] == 8


def test_hits_come_from_the_counters_before_the_answers_before_nothing() -> None:
    counted, _ = _replay(FakeOpenAi(metrics=True, hit_tokens=30, cached=8))
    assert counted["prefix_cache"] == {"source": "metrics", "queried_tokens": 120, "hit_tokens": 90, "hit_rate": 0.75}
    told, _ = _replay(FakeOpenAi(cached=8))
    assert told["prefix_cache"] == {"source": "usage", "queried_tokens": 120, "hit_tokens": 24, "hit_rate": 0.2}
    silent, _ = _replay(FakeOpenAi())
    assert silent["prefix_cache"] == {"source": None, "queried_tokens": None, "hit_tokens": None, "hit_rate": None}


def test_counters_are_summed_over_engines_and_say_nothing_once_they_fell() -> None:
    assert parse(exposition(1000, 250)) == Counters(1000, 250)
    assert parse("") is None
    assert parse("<html>not{metrics") is None
    assert hits(Counters(1000, 900), Counters(40, 0), [])["source"] is None
    assert hits(Counters(1000, 900), Counters(1000, 900), [])["source"] is None


def _row(n: int, ttft: float, gaps: tuple[float, ...], tokens: int, **more: Any) -> Row:
    return Row(n, 0.0, 0.0, ttft, ttft + sum(gaps), gaps, 10, tokens, **more)


ROWS = [
    _row(0, 1.0, (0.5, 0.5), 5),  # five tokens in three chunks: 250 ms a token after the first
    _row(1, 2.0, (0.125,), 2),
    _row(2, 3.0, (), 1),  # one token: no time per further token
    Row(3, 0.0, 0.0, failure="timeout"),
]


def test_figures_are_those_of_vllm_bench_serve() -> None:
    figures = report(ROWS, 10.0, {})
    assert (figures["completed"], figures["failed"], figures["failures"]) == (3, 1, {"timeout": 1})
    assert (figures["total_input_tokens"], figures["total_output_tokens"]) == (30, 8)
    assert figures["request_throughput"] == 0.3
    assert figures["output_throughput"] == 0.8
    assert figures["total_token_throughput"] == 3.8
    assert figures["request_goodput"] is None
    assert (figures["mean_ttft_ms"], figures["median_ttft_ms"]) == (2000, 2000)
    assert (figures["p95_ttft_ms"], figures["p99_ttft_ms"]) == (2900, 2980)  # linear between ranks
    assert figures["mean_tpot_ms"] == pytest.approx((250 + 125) / 2)
    assert figures["mean_itl_ms"] == pytest.approx(1125 / 3, abs=0.001)
    assert figures["median_itl_ms"] == 500
    assert figures["mean_e2el_ms"] == pytest.approx((2000 + 2125 + 3000) / 3, abs=0.001)
    assert figures["std_ttft_ms"] == pytest.approx(816.497)  # of the population


@pytest.mark.parametrize(
    ("slo", "good"),
    [
        ("ttft:2000", 2),
        ("tpot:125", 2),  # the answer of one token meets it
        ("tpot:125 ttft:2500", 1),
        ("e2el:2000 ttft:1000 tpot:250", 1),
        ("ttft:0", 0),
    ],
)
def test_goodput_counts_completed_requests_that_met_every_objective(slo: str, good: int) -> None:
    assert report(ROWS, 10.0, parse_slo(slo))["request_goodput"] == good / 10


@pytest.mark.parametrize("slo", ["ttft", "ttft:soon", "itl:5", "ttft:-1", "ttft:nan", "ttft:1 ttft:2", "ttft=2000"])
def test_a_wrong_objective_is_told_in_both_languages(slo: str) -> None:
    with pytest.raises(EvalError, match=r"목표 .* · .*(objective|milliseconds)"):
        parse_slo(slo)


def test_a_run_without_a_single_answer_has_no_figures_rather_than_noughts() -> None:
    figures = report([], 0.0, parse_slo("ttft:5"))
    assert {value for name, value in figures.items() if name.endswith("_ms") and name != "slo_ms"} == {None}
    assert figures["request_throughput"] is None


def test_a_row_on_the_wire_holds_numbers_alone() -> None:
    wire = _row(0, 1.0, (0.25,), 2, cached_tokens=3).wire()
    assert wire["tpot_ms"] == 250
    assert wire["itls_ms"] == [250]
    assert all(not isinstance(value, str) for value in wire.values())


def test_arrivals_are_the_seeds_and_end_when_the_rate_says() -> None:
    first = poisson(100, 4.0, seed=7)
    assert first == poisson(100, 4.0, seed=7) != poisson(100, 4.0, seed=8)
    assert first[-1] == pytest.approx(25.0)
    assert all(earlier < later for earlier, later in itertools.pairwise(first))
    assert poisson(3, float("inf"), seed=7) == [0.0, 0.0, 0.0]


def test_arrivals_are_those_that_vllm_bench_serve_made_of_the_same_seed() -> None:
    seen_ms = [0, 154, 267, 364, 431, 559, 629, 902]  # of vLLM 0.32, --request-rate 8 --seed 0, from the first request
    first, *rest = poisson(8, 8.0, seed=0)
    assert [(at - first) * 1000 for at in rest] == pytest.approx(seen_ms[1:], abs=3)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_rate_that_brings_no_request_is_refused(rate: float) -> None:
    with pytest.raises(EvalError):
        poisson(3, rate, seed=0)
