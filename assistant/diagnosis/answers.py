"""What a company answered, and what it showed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from knowledge.instrument import UNKNOWN, Anchor, Depth, Instrument, Item

Held = Literal["declared", "evidenced"]
"""선언 or 근거 있음."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind an answer: a document, or an element of an AAS in it (`path`, an idShort path).

    `state`: it `supports` the answer, or speaks `against` it; `note` says why, for a person.
    """

    document_id: str
    title: str
    path: str = ""
    state: Literal["supports", "against"] = "supports"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `value` is that of an anchor, or `unknown`. `why`: in the firm's own words, why it changed or holds."""

    item_id: str
    value: str
    evidence: tuple[Evidence, ...] = ()
    why: str = ""

    @property
    def held(self) -> Held:
        return "evidenced" if any(each.state == "supports" for each in self.evidence) else "declared"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the firm wants and what hurts it, by ids of the instrument. A loss weighs 1 (small) to 3 (great)."""

    goals: tuple[str, ...] = ()
    losses: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Firm:
    """What the report needs to know of the company: `sector` is a KSIC code, `machines` ids of the instrument."""

    name: str = ""
    sector: str = ""
    employees: int | None = None
    machines: tuple[str, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one diagnosis, by item. `day`: when it was last answered."""

    depth: Depth
    day: date
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def known(self, item: Item) -> Anchor | None:
        """The anchor that was chosen; None where there is no answer, or nobody knows."""
        answer = self.answers.get(item.id)
        return None if answer is None or answer.value == UNKNOWN else item.anchor(answer.value)

    def items(self, instrument: Instrument) -> tuple[Item, ...]:
        """What this diagnosis asks: its depth's items, and any other that was answered all the same."""
        asked = {item.id for item in instrument.items(self.depth)} | self.answers.keys()
        return tuple(item for item in instrument.items() if item.id in asked)
