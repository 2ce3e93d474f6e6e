"""Two runs of one question set side by side: what was the same, and where two engines differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.errors import EvalError

Mark = dict[str, Any]


def compare(first: Path, second: Path) -> dict[str, Any]:
    """What both runs of `giljabi eval answers --out` have in common. Raises EvalError where they share no question.

    Prompts, decisions and citations come from the one code path and must be equal; wording is the models' own.
    """
    ours, theirs = _marks(first), _marks(second)
    both = [(ours[identity], theirs[identity]) for identity in ours if identity in theirs]
    if not both:
        raise EvalError("두 기록에 같은 질문이 없습니다 · the two runs share no question")
    return {
        "questions": len(both),
        "asked_the_model": sum(mark["prompt"] is not None for mark, _ in both),
        "same_prompt": _same(both, "prompt"),
        "same_decision": _same(both, "abstained"),
        "same_citations": sum(_cited(one) == _cited(other) for one, other in both),
        "same_answer": _same(both, "answer"),
        "written_by_model": [sum(mark["model"] != "quotation" for mark in side) for side in zip(*both, strict=True)],
        "sentences_removed": [sum(mark["claims"]["removed"] for mark in side) for side in zip(*both, strict=True)],
        "numbers_unsupported": [sum(len(mark["unsupported"]) for mark in side) for side in zip(*both, strict=True)],
        "degraded": [sum(mark["degraded"] is not None for mark in side) for side in zip(*both, strict=True)],
        "differ": {
            "prompt": [one["id"] for one, other in both if one["prompt"] != other["prompt"]],
            "decision": [one["id"] for one, other in both if one["abstained"] != other["abstained"]],
            "answer": [one["id"] for one, other in both if one["answer"] != other["answer"]],
        },
    }


def _same(both: Sequence[tuple[Mark, Mark]], key: str) -> int:
    return sum(one[key] == other[key] for one, other in both)


def _cited(mark: Mark) -> list[tuple[str, str]]:
    """Documents and quotes of the answer's first citation, which is chosen without the model; all of a refusal's."""
    cited = [(item["document_id"], item["quote"]) for item in mark["citations"]]
    return cited if mark["abstained"] else cited[:1]


def _marks(path: Path) -> dict[str, Mark]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return {mark["id"]: mark for mark in map(json.loads, lines)}
    except (OSError, ValueError, KeyError) as error:
        raise EvalError(f"기록 {path}을(를) 읽지 못했습니다 · the run {path} cannot be read") from error
