"""How well the self-diagnosis judges companies, and understands what people say.

The companies (`data/diagnosis/personas.yaml`) were written, answered and judged by three others before any weight was set: six
to set them on (`dev`), twelve to report (`test`). The answers in people's own words likewise (`answers_dev`, `answers_test`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Literal, Protocol

import yaml

from assistant.diagnosis.answers import Answer, Firm, Sheet, Wishes
from assistant.diagnosis.gaps import TOP, ranked
from assistant.diagnosis.hearing import Heard, order, plain
from assistant.diagnosis.scoring import system_level
from knowledge.instrument import Instrument, Item, instrument

Split = Literal["dev", "test"]
SpokenSet = Literal["dev", "test", "denied_dev", "denied_test"]
"""`denied`: what people say they do not have, or will have one day; the companies have no such set."""
LEVELS_EXACT, GAPS_RIGHT = 11 / 12, 10 / 12
"""Share of companies whose level must be the consultant's, and that must share two of the three top gaps."""
RIGHT, WRONG = 0.85, 0.02
"""Answers to be understood right at least, and taken for a wrong choice at most."""


class Listener(Protocol):
    """Recognises one text for one question. What the product uses, and what it is compared with."""

    def read(self, item: Item, text: str) -> Heard: ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer in somebody's own words. `value`: an anchor, `unknown`, `ask` (to be asked back) or `question`."""

    item: str
    said: str
    value: str


def companies(split: Split) -> dict[str, Any]:
    """Level and top gaps of each company beside the consultant's."""
    asked = instrument()
    rows = [_company(asked, each) for each in yaml.safe_load(_data("personas.yaml")) if each["set"] == split]
    exact = sum(row["level"] == row["expected_level"] for row in rows)
    right = sum(row["shared"] >= 2 for row in rows)
    return {
        "companies": len(rows),
        "level_exact": exact,
        "gaps_two_of_three": right,
        "gaps_shared": sum(row["shared"] for row in rows),
        "held": exact / len(rows) >= LEVELS_EXACT and right / len(rows) >= GAPS_RIGHT,
        "rows": rows,
    }


def _company(asked: Instrument, told: dict[str, Any]) -> dict[str, Any]:
    wishes = Wishes(tuple(told["goals"]), told["losses"])
    firm = Firm(told["name"], str(told["sector"]), told["employees"], tuple(told["machines"]), wishes)
    answers = {name: Answer(name, value) for name, value in told["answers"].items()}
    sheet = Sheet("first", date(2026, 1, 1), answers)
    gaps = [each.area.id for each in ranked(asked, sheet, firm.wishes)[:TOP]]
    expected = told["expected"]
    return {
        "id": told["id"],
        "level": system_level(asked, sheet).level,
        "expected_level": expected["level"],
        "gaps": gaps,
        "expected_gaps": expected["gaps"],
        "shared": len(set(gaps) & set(expected["gaps"])),
    }


def answers(split: SpokenSet) -> list[Spoken]:
    lines = _data(f"answers_{split}.jsonl").splitlines()
    return [Spoken(**json.loads(line)) for line in lines if line.strip()]


def mapping(
    spoken: Sequence[Spoken], listener: Listener, done: Callable[[int], None] = lambda _: None
) -> dict[str, Any]:
    """How many answers were understood right, taken for a wrong choice with confidence, or asked about again."""
    asked = instrument()
    found: Counter[str] = Counter()
    wrong = []
    for at, each in enumerate(spoken, 1):
        heard = _heard(asked.item(each.item), each.said, listener)
        outcome = _outcome(each, heard)
        found[outcome] += 1
        near = outcome == "asked_back" and each.value in heard.nearest
        found["asked_back_near"] += near
        if outcome == "wrong":
            wrong.append({"item": each.item, "said": each.said, "value": each.value, "heard": heard.value})
        done(at)
    n = len(spoken)
    return {
        "answers": n,
        "right": round(found["right"] / n, 4),
        "confidently_wrong": round(found["wrong"] / n, 4),
        "asked_back": round(found["asked_back"] / n, 4),
        "asked_back_between_the_right_one": round(found["asked_back_near"] / n, 4),
        "held": found["right"] / n >= RIGHT and found["wrong"] / n <= WRONG,
        "wrong": wrong,
    }


def _heard(item: Item, said: str, listener: Listener) -> Heard:
    """As the conversation hears it: words about the conversation and plain choices first."""
    about = order(said)
    if about:
        return Heard("question" if about == "why" else "unclear")
    return plain(item, said) or listener.read(item, said)


def _outcome(each: Spoken, heard: Heard) -> str:
    """A question back is never wrong: the question at hand is asked again after it."""
    if heard.kind == "value":
        return "right" if heard.value == each.value else "wrong"
    wanted = {"ask": {"unclear", "question"}, "question": {"question"}}.get(each.value, set())
    return "right" if heard.kind in wanted else "asked_back"


def _data(name: str) -> str:
    return (files("evals") / "data" / "diagnosis" / name).read_text(encoding="utf-8")
