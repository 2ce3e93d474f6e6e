"""`giljabi eval diagnosis`: companies as a consultant judged them, and answers in people's own words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, cast, get_args

import typer

from evals.diagnosis import Listener, Split, SpokenSet
from serving.accounts.companies import LOCAL
from ui.evaluate import await_engine, bar, opened_product, show
from ui.options import Json, Lang, settings_in

MISSED = 1


class Part(StrEnum):
    """What is measured."""

    COMPANIES = "companies"
    MAPPING = "mapping"


class By(StrEnum):
    """What recognises free text. The product's own is `examples`."""

    EXAMPLES = "examples"
    RULES = "rules"
    EMBEDDER = "embedder"
    TOGETHER = "together"
    MODEL = "model"
    EXAMPLES_MODEL = "examples-model"


def diagnosis(
    parts: Annotated[list[Part] | None, typer.Argument(help="companies mapping; 없으면 둘 다 · default: both")] = None,
    split: Annotated[
        str,
        typer.Option(
            "--set", help="dev, test; 말은 denied_dev, denied_test도 · and for what is said, denied_dev, denied_test"
        ),
    ] = "test",
    by: Annotated[By, typer.Option(help="말을 알아듣는 것 (mapping) · what recognises free text")] = By.EXAMPLES,
    limit: Annotated[int, typer.Option(help="처음 몇 개만 · only the first so many; 0 means all")] = 0,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """자가진단 평가: 수준과 격차, 말 알아듣기 · the self-diagnosis: levels and gaps, understanding what people say."""
    from evals.diagnosis import companies
    from evals.errors import EvalError

    if split not in get_args(SpokenSet):
        raise EvalError(f"질문 묶음 '{split}'이 없습니다 · no set '{split}'")
    wanted = parts or ([Part.COMPANIES, Part.MAPPING] if split in get_args(Split) else [Part.MAPPING])
    if Part.COMPANIES in wanted and split not in get_args(Split):
        raise EvalError(f"회사 묶음 '{split}'이 없습니다 · no set of companies '{split}'")
    reports: dict[str, Any] = {}
    if Part.COMPANIES in wanted:
        reports["companies"] = companies(cast("Split", split))
    if Part.MAPPING in wanted:
        reports["mapping"] = _mapping(cast("SpokenSet", split), by, limit, lang)
    show(reports, as_json)
    if not all(report["held"] for report in reports.values()):
        raise typer.Exit(MISSED)


def _mapping(split: SpokenSet, by: By, limit: int, lang: Lang) -> dict[str, Any]:
    from evals.diagnosis import answers, mapping

    spoken = answers(split)
    spoken = spoken[:limit] if limit else spoken
    if by in {By.MODEL, By.EXAMPLES_MODEL}:
        with opened_product(settings_in(lang)) as made:
            await_engine(made)
            return _measured(spoken, _asking(by, made.engine_of(LOCAL)), mapping)
    return _measured(spoken, _recognising(by, lang), mapping)


def _measured(spoken: Any, listener: Listener, mapping: Any) -> dict[str, Any]:
    with bar(len(spoken)) as progress:
        found: dict[str, Any] = mapping(spoken, listener, lambda done: progress.update(done - progress.n))
        return found


def _asking(by: By, engine: Any) -> Listener:
    from assistant.diagnosis.mapping import Examples
    from evals.listeners import Model
    from retrieval.korean import Tokenizer

    return Model(engine, Examples(Tokenizer()) if by == By.EXAMPLES_MODEL else None)


def _recognising(by: By, lang: Lang) -> Listener:
    from assistant.diagnosis.mapping import Examples
    from evals.listeners import Embedded, Rules, Together
    from retrieval.embedding import Embedder
    from retrieval.korean import Tokenizer
    from serving.build import EMBEDDING_MODEL, model_store
    from serving.home import Home

    judge = Examples(Tokenizer())
    if by == By.EXAMPLES:
        return judge
    if by == By.RULES:
        return Rules()
    settings = settings_in(lang)
    embedder = Embedder(model_store(settings, Home(settings.home_path)).ensure(EMBEDDING_MODEL))
    embedded = Embedded(embedder, judge)
    return embedded if by == By.EMBEDDER else Together(judge, embedded)
