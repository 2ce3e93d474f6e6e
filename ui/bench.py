"""`giljabi engine bench`: replays a question log against an engine and says how fast it answers."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from langchain_core.messages import BaseMessage

from assistant.errors import BadQuestionError
from evals import question_log
from evals.bench import BenchPrompt, Load, poisson, run
from evals.bench_report import Row, parse_slo
from evals.errors import EvalError
from serving.accounts.companies import LOCAL
from serving.clock import KOREA
from serving.engines.chat import Endpoint
from serving.home import Home
from serving.product import Product
from serving.settings import Settings
from ui import bench_table
from ui.evaluate import await_engine, opened_product
from ui.options import Json, Lang

PERSON = "bench"
INCOMPLETE = 1

Questions = Annotated[
    Path | None,
    typer.Option(
        help="질문 기록, JSONL(question, company, at); 없으면 개발용 질문 · question log; default: the dev set"
    ),
]
Count = Annotated[int, typer.Option(min=0, help="요청 수; 0은 기록대로 · requests; 0 means one a line")]
Warmups = Annotated[int, typer.Option(min=0, help="세지 않는 첫 요청 · requests before it that do not count")]
Rate = Annotated[float, typer.Option(help="초당 요청(포아송); inf는 한꺼번에 · Poisson arrivals; inf: all at once")]
Times = Annotated[bool, typer.Option("--replay-times", help="기록의 at(초)에 보내기 · send when the log's `at` says")]
Concurrency = Annotated[int | None, typer.Option(min=1, help="동시 요청 한도 · requests at a time, at most")]
Tokens = Annotated[int, typer.Option(min=1, help="답 길이 한도 · output tokens, at most")]
IgnoreEos = Annotated[bool, typer.Option("--ignore-eos", help="한도까지 다 쓰기 · write that many tokens always")]
Slo = Annotated[str, typer.Option(help="목표(밀리초) · objectives in ms: 'ttft:2000 tpot:100 e2el:20000'")]
Seed = Annotated[int, typer.Option(min=0, help="도착 시각의 씨앗 · seed of the arrivals")]
Raw = Annotated[bool, typer.Option("--raw", help="자료를 찾지 않고 질문만 · the question alone, without retrieval")]
Url = Annotated[str | None, typer.Option(help="다른 엔진의 주소, /v1까지 · another engine's URL, ending in /v1")]
Model = Annotated[str | None, typer.Option(help="엔진의 모델 이름 · model at the engine")]
Key = Annotated[str | None, typer.Option(help="엔진의 키; GILJABI_LLM_KEY로도 · its key, or GILJABI_LLM_KEY")]
Out = Annotated[Path | None, typer.Option(help="결과와 요청마다의 값(글 없이) · result and a row a request, no text")]
Export = Annotated[
    Path | None, typer.Option(help="재지 않고 vllm bench serve가 읽을 파일만 · only write a file for vllm bench serve")
]


def bench(
    *,
    questions: Questions = None,
    num_prompts: Count = 0,
    num_warmups: Warmups = 1,
    request_rate: Rate = math.inf,
    replay_times: Times = False,
    max_concurrency: Concurrency = None,
    max_tokens: Tokens = 200,
    ignore_eos: IgnoreEos = False,
    slo: Slo = "",
    seed: Seed = 0,
    raw: Raw = False,
    url: Url = None,
    model: Model = None,
    key: Key = None,
    out: Out = None,
    export_vllm: Export = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """질문 기록을 다시 보내 엔진의 속도 재기 · replay a question log against an engine, in the terms of vllm bench serve."""
    settings = _settings(lang, url, model, key)
    objectives, log = parse_slo(slo), question_log.read(questions)
    _check(out, export_vllm, two_clocks=replay_times and not math.isinf(request_rate))
    with _product_where(settings, needed=not raw or (settings.engine == "embedded" and not export_vllm)) as made:
        wording = question_log.alone if raw or made is None else _wording(made, settings)
        prompts, left_out = question_log.prompts(_bar("wording", settings, log), wording, num_prompts)
        if export_vllm:
            question_log.export_vllm(prompts, export_vllm, max_tokens)
            exported = {"exported": str(export_vllm), "prompts": len(prompts), "left_out": left_out}
            _print(exported, settings, as_json)
            return
        prompts, arrivals = _arrivals(prompts, request_rate, replay_times, seed)
        endpoint = _endpoint(settings) if made is None else _ready(made)
        load = Load(max_tokens, max_concurrency, ignore_eos, settings.llm_cache_salt and endpoint.kind != "embedded")
        with _bar("replaying", settings, total=len(prompts)) as bar:
            replay = partial(run, warmups=num_warmups, slo=objectives, progress=lambda _: bar.update())
            figures, rows = replay(endpoint, prompts, arrivals, load)
    rate = "log" if replay_times else "inf" if math.isinf(request_rate) else request_rate
    result = {"date": _now(), "request_rate": rate, "seed": seed, "raw": raw, "left_out": left_out, **figures}
    _report(result, rows, out, settings, as_json)


def _arrivals(
    prompts: list[BenchPrompt], request_rate: float, replay_times: bool, seed: int
) -> tuple[list[BenchPrompt], list[float]]:
    """Prompts in the order they are sent, and when (seconds)."""
    return question_log.logged_times(prompts) if replay_times else (prompts, poisson(len(prompts), request_rate, seed))


def _report(result: dict[str, Any], rows: Sequence[Row], out: Path | None, settings: Settings, as_json: bool) -> None:
    """Prints and keeps the figures; ends with 1 where a request was not answered."""
    if out:
        out.write_text(json.dumps({**result, "requests": [row.wire() for row in rows]}), encoding="utf-8")
    _print(result, settings, as_json)
    if result["failed"] or result["unfinished"]:
        raise typer.Exit(INCOMPLETE)


def _now() -> str:
    return datetime.now(KOREA).isoformat(timespec="seconds")


def _settings(lang: str | None, url: str | None, model: str | None, key: str | None) -> Settings:
    """The settings with what the command line overrides. Raises EvalError where that makes no engine."""
    asked: dict[str, Any] = {"lang": lang, "llm_url": url, "llm_model": model, "llm_key": key}
    if url:
        asked["engine"] = "remote"
        if not _is_web_address(url):
            raise EvalError(f"주소는 http://나 https://로 시작해야 합니다: {url} · the URL must be an http one")
    settings = Settings(**{name: value for name, value in asked.items() if value is not None})
    if (model or key) and settings.engine == "embedded":
        raise EvalError("--model과 --key는 --url과 함께 써 주세요 · --model and --key go with --url")
    if url and not settings.llm_model:
        raise EvalError("모델 이름이 필요합니다: --model · the model's name is needed: --model")
    return settings


def _is_web_address(url: str) -> bool:
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return read.scheme in {"http", "https"} and bool(read.host)


def _check(*files: Path | None, two_clocks: bool) -> None:
    """Told before minutes are spent on what could then not be kept."""
    if two_clocks:
        raise EvalError("--replay-times와 --request-rate는 함께 쓸 수 없습니다 · use one of the two, not both")
    for file in files:
        if file and not file.absolute().parent.is_dir():
            raise EvalError(f"폴더가 없습니다: {file.parent} · there is no such folder")


@contextlib.contextmanager
def _product_where(settings: Settings, *, needed: bool) -> Iterator[Product | None]:
    """The product of this home where prompts or the embedded engine need it: a machine with a GPU may have no home."""
    if not needed:
        yield None
        return
    with opened_product(settings) as made:
        yield made


def _wording(made: Product, settings: Settings) -> question_log.Wording:
    """How the product words a question, once all its documents are searchable."""
    with _bar("indexing", settings, total=made.indexing) as bar:
        while waiting := made.indexing:
            bar.update(bar.total - waiting - bar.n)
            time.sleep(0.5)
        bar.update(bar.total - bar.n)

    def wording(question: str) -> Sequence[BaseMessage] | None:
        try:
            with made.opened(LOCAL) as mine:
                return mine.conversation.prompt(PERSON, question)
        except BadQuestionError:
            return None

    return wording


def _ready(made: Product) -> Endpoint:
    await_engine(made)
    return made.endpoint


def _endpoint(settings: Settings) -> Endpoint:
    """The engine the settings name; no home is opened for it, so a server may run on this one meanwhile."""
    from serving.build import endpoint_of

    return endpoint_of(settings, Home(settings.home_path))


def _bar(words: str, settings: Settings, items: Iterable[Any] | None = None, total: int | None = None) -> Any:
    from tqdm import tqdm

    return tqdm(items, desc=bench_table.say(words, settings.lang), total=total, file=sys.stderr)


def _print(result: dict[str, Any], settings: Settings, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    elif "exported" in result:
        typer.echo(bench_table.say("exported", settings.lang, **result))
    else:
        typer.echo(bench_table.table(result, settings.lang))
