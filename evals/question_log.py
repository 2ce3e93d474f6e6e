"""Logs of questions to replay, and the prompts they become."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path
from typing import Self

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage, convert_to_openai_messages
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.prompts import SYSTEM
from evals.bench import BenchPrompt
from evals.errors import EvalError

Wording = Callable[[str], Sequence[BaseMessage] | None]
"""The messages the product sends for a question; None where it answers without the model."""


class Logged(BaseModel):
    """One line. A `prompt` is sent as it is, a `question` as the product words it; `at` is in seconds from the start."""

    model_config = ConfigDict(extra="ignore", frozen=True)  # a log may hold more than is replayed

    question: str | None = Field(default=None, pattern=r"\S")
    prompt: str | None = Field(default=None, pattern=r"\S")
    company: str = ""
    at: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if (self.question is None) == (self.prompt is None):
            raise ValueError("either a question or a prompt")
        return self


def read(path: Path | None) -> list[Logged]:
    """The lines of a JSONL file with `question` (or `prompt`) and perhaps `company` and `at`; None is the development set.

    Raises EvalError where it cannot be read, names the line, or holds none.
    """
    source = path or files("evals") / "data" / "questions" / "dev.jsonl"
    try:
        text = source.read_text(encoding="utf-8").removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"질문 기록을 읽을 수 없습니다: {path} · the question log cannot be read") from error
    logged = [_line(line, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not logged:
        raise EvalError(f"질문 기록이 비어 있습니다: {path} · the question log is empty")
    return logged


def _line(line: str, number: int) -> Logged:
    try:
        return Logged.model_validate_json(line)
    except ValidationError as error:
        raise EvalError(
            f"질문 기록 {number}번째 줄을 읽을 수 없습니다. question이 있는 JSON이어야 합니다 · "
            f"line {number} of the question log is no JSON object with a question"
        ) from error


def alone(question: str) -> list[BaseMessage]:
    """The question after the system text, without passages: for an engine where there are no documents."""
    korean = any("가" <= letter <= "힣" for letter in question)
    return [SystemMessage(SYSTEM["ko" if korean else "en"]), HumanMessage(question)]


def prompts(log: Iterable[Logged], wording: Wording, count: int) -> tuple[list[BenchPrompt], int]:
    """`count` prompts (0: one a line), the log repeated or cut, and how many lines need no model and were left out.

    Raises EvalError where no line needs one.
    """
    made: list[BenchPrompt] = []
    left_out = 0
    for line in log:
        if count and len(made) == count:
            break
        messages = [HumanMessage(line.prompt)] if line.prompt else wording(line.question or "")
        if messages is None:
            left_out += 1
        else:
            made.append(BenchPrompt(tuple(convert_to_openai_messages(list(messages))), line.company, line.at))
    if not made:
        raise EvalError("모델이 필요한 질문이 기록에 없습니다 · no question of the log needs the model")
    return list(islice(cycle(made), count or len(made))), left_out


def logged_times(prompts: Sequence[BenchPrompt]) -> tuple[list[BenchPrompt], list[float]]:
    """The prompts in the order of their logged arrivals, and these. Raises EvalError where they cannot be followed."""
    timed = sorted((prompt.at, n) for n, prompt in enumerate(prompts) if prompt.at is not None)
    if len(timed) < len(prompts):
        raise EvalError("모든 줄에 at(초)이 있어야 합니다 · every line needs `at`, in seconds")
    if len(set(map(id, prompts))) < len(prompts):  # a line that is there twice is two prompts, a repetition is not
        raise EvalError(
            "기록된 시각을 따를 때는 기록보다 많이 보낼 수 없습니다 · a log cannot be repeated with its own times"
        )
    return [prompts[n] for _, n in timed], [at for at, _ in timed]


def export_vllm(prompts: Sequence[BenchPrompt], path: Path, max_tokens: int) -> None:
    """The prompts as `vllm bench serve --dataset-name custom` reads them: one text a prompt, sent as one user message."""
    lines = [
        json.dumps(
            {
                "prompt": "\n\n".join(message["content"] for message in prompt.messages),
                "output_tokens": max_tokens,
                **({"company": prompt.owner} if prompt.owner else {}),
                **({} if prompt.at is None else {"at": prompt.at}),
            },
            ensure_ascii=False,
        )
        for prompt in prompts
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
