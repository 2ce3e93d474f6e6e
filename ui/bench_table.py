"""The figures of a replay as a table for people, Korean and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from unicodedata import east_asian_width

Language = Literal["ko", "en"]

WORDS: dict[str, dict[Language, str]] = {
    "engine": {"ko": "엔진", "en": "Engine"},
    "requests": {"ko": "요청", "en": "Requests"},
    "counts": {"ko": "완료 {completed}, 실패 {failed}, 못 마침 {unfinished} · 서로 다른 것 {distinct_prompts}", "en": "{completed} done, {failed} failed, {unfinished} unfinished · {distinct_prompts} distinct"},
    "left_out": {"ko": "모델 없이 답하는 질문", "en": "Questions that need no model"},
    "failures": {"ko": "실패한 까닭", "en": "Failures by kind"},
    "interrupted": {"ko": "중간에 멈춤: 그때까지 잰 값입니다", "en": "Interrupted: figures up to that moment"},
    "duration": {"ko": "걸린 시간 (초)", "en": "Duration (s)"},
    "tokens": {"ko": "토큰 (읽음 / 씀)", "en": "Tokens (read / written)"},
    "request_throughput": {"ko": "초당 요청", "en": "Requests/s"},
    "request_goodput": {"ko": "초당 목표를 지킨 요청 ({slo})", "en": "Goodput, requests/s ({slo})"},
    "output_throughput": {"ko": "초당 쓴 토큰", "en": "Output tokens/s"},
    "total_token_throughput": {"ko": "초당 토큰 (읽음 + 씀)", "en": "Total tokens/s"},
    "prefix_cache": {"ko": "이미 읽어 둔 앞부분 (prefix cache)", "en": "Prefix-cache hits"},
    "cache_unknown": {"ko": "엔진이 알려 주지 않음", "en": "not told by the engine"},
    "ms": {"ko": "밀리초", "en": "Milliseconds"},
    "mean": {"ko": "평균", "en": "mean"},
    "median": {"ko": "중앙값", "en": "median"},
    "ttft": {"ko": "첫 토큰까지 (TTFT)", "en": "Time to first token (TTFT)"},
    "tpot": {"ko": "그다음 토큰당 (TPOT)", "en": "Time per output token (TPOT)"},
    "itl": {"ko": "토큰 사이 (ITL)", "en": "Inter-token latency (ITL)"},
    "e2el": {"ko": "답변 전체 (E2EL)", "en": "End-to-end latency (E2EL)"},
    "client_queue_time": {"ko": "보내기 전 기다림", "en": "Waiting to be sent"},
    "indexing": {"ko": "자료 넣는 중", "en": "Taking documents in"},
    "wording": {"ko": "프롬프트 만드는 중", "en": "Making prompts"},
    "replaying": {"ko": "요청 보내는 중", "en": "Replaying"},
    "exported": {"ko": "프롬프트 {prompts}개를 {exported}에 적었습니다.", "en": "Wrote {prompts} prompts to {exported}."},
}  # fmt: skip
_NONE = "–"


def say(key: str, language: Language, **details: object) -> str:
    """The words for `key`, their blanks filled from `details`."""
    return WORDS[key][language].format(**details)


def table(result: Mapping[str, Any], language: Language) -> str:
    """The result of `evals.bench.run` as aligned lines: counts and rates, then the times."""
    return "\n".join([*_aligned(_summary(result, language)), "", *_aligned(_times(result, language))])


def _summary(result: Mapping[str, Any], language: Language) -> list[list[str]]:
    lines = [
        [say("engine", language), f"{result['model_id']} ({result['engine']})"],
        [say("requests", language), say("counts", language, **result)],
    ]
    if result["left_out"]:
        lines.append([say("left_out", language), str(result["left_out"])])
    if result["failures"]:
        kinds = ", ".join(f"{kind} {count}" for kind, count in result["failures"].items())
        lines.append([say("failures", language), kinds])
    lines += [
        [say("duration", language), _number(result["duration"])],
        [say("tokens", language), f"{result['total_input_tokens']:,} / {result['total_output_tokens']:,}"],
        [say("request_throughput", language), _number(result["request_throughput"])],
    ]
    if result["slo_ms"]:
        slo = " ".join(f"{name}:{limit:g}" for name, limit in result["slo_ms"].items())
        lines.append([say("request_goodput", language, slo=slo), _number(result["request_goodput"])])
    lines += [[say(name, language), _number(result[name])] for name in ("output_throughput", "total_token_throughput")]
    lines.append([say("prefix_cache", language), _cache(result["prefix_cache"], language)])
    if result["interrupted"]:
        lines.append([say("interrupted", language), ""])
    return lines


def _cache(cache: Mapping[str, Any], language: Language) -> str:
    if cache["source"] is None:
        return say("cache_unknown", language)
    return f"{cache['hit_rate']:.1%} ({cache['hit_tokens']:,} / {cache['queried_tokens']:,}, {cache['source']})"


def _times(result: Mapping[str, Any], language: Language) -> list[list[str]]:
    measures = ("mean", "median", "p95", "p99")
    names = ["ttft", "tpot", "itl", "e2el", *(["client_queue_time"] if result["max_concurrency"] else [])]
    head = [say("ms", language), say("mean", language), say("median", language), "p95", "p99"]
    rows = [[say(name, language), *(_number(result[f"{each}_{name}_ms"]) for each in measures)] for name in names]
    return [head, *rows]


def _aligned(lines: list[list[str]]) -> list[str]:
    """Columns of equal width: the first to the left; further ones to the right where there are several."""
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    right = len(widths) > 2

    def cell(text: str, width: int, column: int) -> str:
        space = " " * (width - _width(text))
        return space + text if right and column else text + space

    return [
        "  ".join(cell(*each) for each in zip(line, widths, range(len(line)), strict=True)).rstrip() for line in lines
    ]


def _width(text: str) -> int:
    """Columns on a terminal: Korean letters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:,.2f}"
