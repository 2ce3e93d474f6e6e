"""`giljabi eval`: quality and speed, with the product's own parts and no server in between."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.errors import EvalError
from serving.accounts.companies import LOCAL
from serving.clock import KOREA
from serving.home import Home
from serving.product import Product
from serving.settings import Settings
from ui.options import Json, Lang, settings_in

app = typer.Typer(no_args_is_help=True, help="품질과 속도 재기 · measure quality and speed")

Reference = Annotated[Path, typer.Option(help="참고 자료 폴더 · folder with laws/, policy/ and qa/")]
DEFAULT_REFERENCE = Path("../shared/reference")


@app.command()
def answers(
    *,
    name: Annotated[str, typer.Option("--set", help="dev 또는 test · dev or test")] = "dev",
    reference: Reference = DEFAULT_REFERENCE,
    limit: Annotated[int, typer.Option(help="처음 몇 개만 · only the first so many; 0 means all")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="질문마다 한 줄; 이어서 하기 · one line a question, to resume from")
    ] = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """답변 평가: 근거, 숫자, 거절, 시간 · answers: citations, numbers, refusals, times."""
    from evals.answers import Options, run_blocking
    from evals.questions import load

    settings = settings_in(lang)
    asked = load(name, reference)
    asked = asked[:limit] if limit else asked
    with opened_product(settings) as made:
        take_in(made, reference)
        await_engine(made)
        out = out or settings.home_path / "evals" / f"answers-{name}-{made.engine_name}-{int(time.time())}.jsonl"
        with bar(len(asked)) as progress:
            report = run_blocking(made, asked, Options(LOCAL, out, lambda done, _: progress.update(done - progress.n)))
    show({**report, "details": str(out)}, as_json)


@app.command()
def compare(first: Path, second: Path, lang: Lang = None, as_json: Json = False) -> None:
    """두 엔진의 답변 기록 견주기 · compare two runs of `eval answers --out`, of two engines."""
    from evals.comparison import compare as compared

    del lang
    show(compared(first, second), as_json)


@app.command()
def judgement(reference: Reference = DEFAULT_REFERENCE, as_json: Json = False, lang: Lang = None) -> None:
    """답할 수 있는지 판단하는 가중치 맞추기 · fit the weights of the answerability decision on the dev questions."""
    from evals.judgement import fit, table
    from evals.questions import load

    with opened_product(settings_in(lang)) as made, made.opened(LOCAL) as mine:
        take_in(made, reference)
        rows, labels = table(
            mine.finder,
            made.tokenizer,
            [*load("dev", reference), *load("dev2", reference)],
            datetime.now(KOREA).date(),
        )
    show({"rows": len(labels), "answerable": int(labels.sum()), "weights": fit(rows, labels)}, as_json)


@app.command()
def retrieval(
    *,
    name: Annotated[str, typer.Option("--set", help="korquad")] = "korquad",
    reference: Reference = DEFAULT_REFERENCE,
    tune: Annotated[
        bool, typer.Option("--tune", help="짝수 글에서 가중치 찾기 · search weights on the even articles")
    ] = False,
    titles: Annotated[bool, typer.Option(help="글 제목을 자료 제목으로 · article titles as document titles")] = True,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """검색 평가: KorQuAD의 홀수 글 · retrieval on KorQuAD, reported on the odd articles."""
    from evals.retrieval import run
    from retrieval.embedding import Embedder
    from serving.build import EMBEDDING_MODEL, model_store

    if name != "korquad":
        raise EvalError(f"질문 묶음 '{name}'이 없습니다 · no question set '{name}'")
    settings = settings_in(lang)
    embedder = Embedder(model_store(settings, Home(settings.home_path)).ensure(EMBEDDING_MODEL))
    data = reference / "qa" / "korquad" / "KorQuAD_v1.0_dev.json"
    show(run(data, embedder, titles=titles, tune=tune), as_json)


@app.command()
def speed(
    reference: Reference = DEFAULT_REFERENCE,
    limit: Annotated[int, typer.Option(help="질문 수 · how many questions")] = 20,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """기다리는 시간: 근거, 첫 글, 모델의 첫 문장, 전체 · waiting times on the development questions."""
    import asyncio

    from evals.questions import load
    from evals.speed import run

    with opened_product(settings_in(lang)) as made:
        take_in(made, reference)
        await_engine(made)
        asked = [item for item in load("dev", reference) if item.answerable][: limit + 1]
        show(asyncio.run(run(made, asked, LOCAL)), as_json)


@contextlib.contextmanager
def opened_product(settings: Settings) -> Iterator[Product]:
    """The product of this home without a port; nobody else may hold the home meanwhile."""
    from serving import build
    from ui.start import fetch_models

    home = Home(settings.home_path)
    home.acquire()
    try:
        fetch_models(settings, home)
        made = build.product(build.foundation(settings, home), build.model_store(settings, home))
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        home.release()


def take_in(made: Product, reference: Path) -> None:
    """Have the library and the reference texts indexed, with progress."""
    from evals.questions import reference_files
    from knowledge.document import Status

    with made.opened(LOCAL) as mine:
        for path in reference_files(reference):
            mine.documents.add(path.read_bytes(), f"{path.parent.name}/{path.name}", "eval")
        registries = (mine.documents.own.registry, mine.documents.library.registry)
        with bar(sum(len(registry.entries()) for registry in registries)) as progress:
            while waiting := sum(len(registry.entries([Status.QUEUED, Status.READ])) for registry in registries):
                progress.update(progress.total - waiting - progress.n)
                time.sleep(0.5)
            progress.update(progress.total - progress.n)


def await_engine(made: Product, seconds: float = 120.0) -> None:
    import asyncio

    deadline = time.monotonic() + seconds
    while asyncio.run(made.down()):
        if time.monotonic() > deadline:
            raise EvalError("답변 엔진이 준비되지 않았습니다. giljabi doctor로 확인해 주세요 · the engine is not ready")
        time.sleep(0.5)


def bar(total: int) -> Any:
    """A progress bar beside what is printed."""
    from tqdm import tqdm

    return tqdm(total=total, file=sys.stderr)


def show(report: dict[str, Any], as_json: bool) -> None:
    print(json.dumps(report, ensure_ascii=False, indent=None if as_json else 2))
