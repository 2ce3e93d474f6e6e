"""One thing said in the conversation of a diagnosis: what was before whoever said it, and what it led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.diagnosis.records import Diagnosis
from knowledge.instrument import Item

Outcome = Literal[
    "proposed", "recorded", "unclear", "question", "why", "back", "first", "skipped", "only", "stopped", "done"
]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one thing said led to. `item` is the question at hand then, None at the end; `value` what is proposed for it or
    was kept; `nearest` the likeliest choices where it was not clear. `left_to_others`: questions that somebody else answers.
    """

    outcome: Outcome
    diagnosis: Diagnosis
    item: Item | None
    value: str | None = None
    nearest: tuple[str, ...] = ()
    left_to_others: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody had before them when they said something: the question, and what their words before were taken for.
    Nothing where it is not said."""

    question_id: str | None = None
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that are still to be recognised."""

    item: Item
    said: str
