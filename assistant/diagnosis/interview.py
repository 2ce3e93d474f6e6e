"""The diagnosis as a conversation: one question at a time, each answer shown as it was understood and confirmed by a person.

What was asked last and what somebody's words were taken for are rows, so that another device goes on where this one stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from assistant.diagnosis.answers import Answer, Evidence
from assistant.diagnosis.errors import BadAnswerError
from assistant.diagnosis.evidence import Shell, known_from, weighed
from assistant.diagnosis.hearing import LONGEST, Heard, Listener, order, plain
from assistant.diagnosis.records import Asked, Diagnoses, Diagnosis, Given, Origin
from knowledge.instrument import UNKNOWN, Depth, Instrument, Item

CARRIED_DAYS = 30
"""How long a finished diagnosis may be mended, and its answers stand for a deeper one. Later it is what was before."""
Outcome = Literal["proposed", "recorded", "unclear", "question", "why", "back", "stopped", "done"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one thing said led to. `item` is the question at hand then; `value` what is proposed for it or was kept;
    `nearest` the likeliest choices where it was not clear. `left_to_others`: questions that somebody else answers.
    """

    outcome: Outcome
    diagnosis: Diagnosis
    item: Item | None
    value: str | None = None
    nearest: tuple[str, ...] = ()
    left_to_others: int = 0


class Interview:
    """Of one company. `shells` are the submodels its own documents hold; `has_aas`: its profile says that it has an AAS."""

    def __init__(
        self,
        instrument: Instrument,
        diagnoses: Diagnoses,
        listener: Listener,
        shells: Callable[[], Sequence[Shell]],
        has_aas: Callable[[], bool],
        today: Callable[[], date],
    ) -> None:
        self._instrument = instrument
        self._diagnoses = diagnoses
        self._listener = listener
        self._shells = shells
        self._has_aas = has_aas
        self._today = today

    def start(self, depth: Depth, person: str) -> Diagnosis:
        """A new diagnosis. What is known is not asked again: it can be looked over and changed like any answer."""
        known = {given.answer.item_id: given for given in self._carried(depth)}
        shells = self._shells()
        for item in self._instrument.items(depth):
            answer = known_from(item, shells) if item.id == "aas" else None
            if answer is None and item.id == "aas" and self._has_aas():
                answer = Answer(item.id, item.supported_by[0].value)
            if answer and item.id not in known:
                known[item.id] = Given(answer, "known", person, _now())
        return self._diagnoses.start(self._instrument.frame.version, depth, person, self._today(), known.values())

    def next(self, diagnosis: Diagnosis, person: str) -> Item | None:
        """The first question without an answer that is not left to somebody else."""
        return next((item for item in self._open(diagnosis) if self._mine(diagnosis, item, person)), None)

    def left_to_others(self, diagnosis: Diagnosis, person: str) -> int:
        return sum(not self._mine(diagnosis, item, person) for item in self._open(diagnosis))

    def answer(
        self,
        diagnosis: Diagnosis,
        person: str,
        item_id: str,
        value: str,
        evidence: Sequence[Evidence] = (),
        why: str = "",
        *,
        said: str = "",
        origin: Origin = "chosen",
    ) -> Diagnosis:
        """Keep an answer; what the company's AAS says to it is put beside it. Raises BadAnswerError."""
        item = self.checked(item_id, value)
        if diagnosis.day < self._today() - timedelta(days=CARRIED_DAYS) and diagnosis.finished(self._instrument):
            raise BadAnswerError("diagnosis_closed")
        beside = (*evidence, *(each for each in weighed(item, value, self._shells()) if each not in evidence))
        given = Given(Answer(item_id, value, beside, why.strip()), origin, person, _now(), said)
        return self._diagnoses.answer(diagnosis.diagnosis_id, [given], self._today())

    def item(self, item_id: str) -> Item:
        """Raises BadAnswerError."""
        return self._item(item_id)

    def checked(self, item_id: str, value: str) -> Item:
        """The question, where it has such a choice. Raises BadAnswerError."""
        item = self._item(item_id)
        if value != UNKNOWN and value not in item.values:
            raise BadAnswerError("no_such_choice")
        return item

    def take(self, diagnosis: Diagnosis, person: str, dimensions: Sequence[str]) -> Diagnosis:
        """Take dimensions to answer alone. Raises BadAnswerError for one that is not there or is somebody else's."""
        known = {dimension.id for dimension in self._instrument.dimensions}
        if not known.issuperset(dimensions):
            raise BadAnswerError("no_such_part")
        return self._diagnoses.take_parts(diagnosis.diagnosis_id, person, dimensions)

    async def say(self, diagnosis: Diagnosis, person: str, text: str) -> Turn:
        """Somebody says something. Nothing they say is an answer before they have confirmed what it was taken for, but a
        choice by its number or in its own words, and that they do not know."""
        said = " ".join(text.split())
        if not said:
            raise BadAnswerError("answer_empty")
        if len(said) > LONGEST:
            raise BadAnswerError("answer_long")
        asked = self._at_hand(diagnosis, person)
        if asked is None:
            return self._done(diagnosis, person)
        item = self._item(asked.item_id)
        meaning = order(said)
        if meaning == "yes" and asked.value:
            return self._kept(diagnosis, person, item, asked.value, asked.said, "said")
        if meaning == "no" and asked.value:
            return self._unclear(diagnosis, person, item, ())
        if meaning in {"why", "stop", "back"}:
            return self._about(meaning, diagnosis, person, item)
        heard = plain(item, said)
        if heard and heard.value:
            return self._kept(diagnosis, person, item, heard.value, said, "chosen")
        heard = heard or await self._listener.heard(item, said)
        return self._understood(heard, diagnosis, person, item, said)

    def ask(self, diagnosis: Diagnosis, person: str, item_id: str) -> None:
        """Go to a question, answered or not."""
        self._diagnoses.ask(diagnosis.diagnosis_id, person, Asked(self._item(item_id).id))

    def at_hand(self, diagnosis: Diagnosis, person: str) -> tuple[Item, str | None] | None:
        """The question somebody is at, on whichever device, with what their last words were taken for; None at the end."""
        asked = self._at_hand(diagnosis, person)
        return None if asked is None else (self._item(asked.item_id), asked.value)

    def _understood(self, heard: Heard, diagnosis: Diagnosis, person: str, item: Item, said: str) -> Turn:
        if heard.kind == "question":
            return Turn("question", diagnosis, item)
        if heard.kind == "unclear" or heard.value is None:
            return self._unclear(diagnosis, person, item, heard.nearest)
        if heard.value == UNKNOWN:
            return self._kept(diagnosis, person, item, UNKNOWN, said, "said")
        self._diagnoses.ask(diagnosis.diagnosis_id, person, Asked(item.id, heard.value, said))
        return Turn("proposed", diagnosis, item, heard.value)

    def _about(self, meaning: str | None, diagnosis: Diagnosis, person: str, item: Item) -> Turn:
        if meaning == "why":
            return Turn("why", diagnosis, item)
        if meaning == "stop":
            return Turn("stopped", diagnosis, item)
        before = self._before(diagnosis, person, item)
        self.ask(diagnosis, person, before.id)
        return Turn("back", diagnosis, before)

    def _kept(self, diagnosis: Diagnosis, person: str, item: Item, value: str, said: str, origin: Origin) -> Turn:
        kept = self.answer(diagnosis, person, item.id, value, said=said, origin=origin)
        turn = Turn("recorded", kept, item, value)
        return turn if self.next(kept, person) else self._done(kept, person, item, value)

    def _unclear(self, diagnosis: Diagnosis, person: str, item: Item, nearest: tuple[str, ...]) -> Turn:
        self._diagnoses.ask(diagnosis.diagnosis_id, person, Asked(item.id))
        return Turn("unclear", diagnosis, item, nearest=nearest)

    def _done(self, diagnosis: Diagnosis, person: str, item: Item | None = None, value: str | None = None) -> Turn:
        return Turn("done", diagnosis, item, value, left_to_others=self.left_to_others(diagnosis, person))

    def _at_hand(self, diagnosis: Diagnosis, person: str) -> Asked | None:
        asked = self._diagnoses.asked(diagnosis.diagnosis_id, person)
        if asked is not None:
            return asked
        item = self.next(diagnosis, person)
        return Asked(item.id) if item else None

    def _before(self, diagnosis: Diagnosis, person: str, item: Item) -> Item:
        """The question before this one that was this person's to answer; the first stays the first."""
        mine = [each for each in self._instrument.items(diagnosis.depth) if self._mine(diagnosis, each, person)]
        at = mine.index(item) if item in mine else 0
        return mine[max(0, at - 1)] if mine else item

    def _open(self, diagnosis: Diagnosis) -> list[Item]:
        return [item for item in self._instrument.items(diagnosis.depth) if item.id not in diagnosis.given]

    def _mine(self, diagnosis: Diagnosis, item: Item, person: str) -> bool:
        return diagnosis.parts.get(self._instrument.dimension_of(item.id).id, person) == person

    def _item(self, item_id: str) -> Item:
        try:
            return self._instrument.item(item_id)
        except KeyError:
            raise BadAnswerError("no_such_question") from None

    def _carried(self, depth: Depth) -> list[Given]:
        """Answers of the newest finished diagnosis, where a deeper one follows it soon."""
        since = self._today() - timedelta(days=CARRIED_DAYS)
        for old in self._diagnoses.list() if depth == "deep" else []:
            if old.version == self._instrument.frame.version and old.day >= since and old.finished(self._instrument):
                return [
                    Given(given.answer, "known", given.by, given.at, given.said)
                    for given in old.given.values()
                    if given.answer.value != UNKNOWN
                ]
        return []


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
