"""The diagnosis as a conversation: one question at a time, each answer shown as it was understood and confirmed by a person.

What was asked last and what somebody's words were taken for are rows, so that another device goes on where this one stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from assistant.diagnosis.answers import Answer, Evidence
from assistant.diagnosis.errors import BadAnswerError, MovedOnError
from assistant.diagnosis.evidence import Shell, known_from
from assistant.diagnosis.hearing import LONGEST, Heard, Listener, order, plain
from assistant.diagnosis.records import Asked, Diagnoses, Diagnosis, Given, Origin
from assistant.diagnosis.turn import Saying, Shown, Turn
from assistant.errors import AssistantError
from knowledge.instrument import UNKNOWN, Depth, Instrument, Item

CARRIED_DAYS = 30
"""How long a finished diagnosis may be mended, and its answers stand for a deeper one. Later it is what was before."""
MOST_EVIDENCE = 20
"""Pieces of evidence of one answer."""


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
                known[item.id] = Given(replace(answer, evidence=()), "known", person, _now())
        version, day = self._instrument.frame.version, self._today()
        return self._diagnoses.start(version, depth, person, day, known.values(), self._asks(depth))

    def next(self, diagnosis: Diagnosis, person: str) -> Item | None:
        """The first question without an answer that is not left to somebody else; what the person skipped comes last."""
        mine = [item for item in self._open(diagnosis) if self._mine(diagnosis, item, person)]
        later = list(diagnosis.skipped.get(person, ()))
        return min(mine, key=lambda item: later.index(item.id) if item.id in later else -1, default=None)

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
        """Keep an answer with what a person points at; what the company's AAS says to it is asked when it is read. The same
        choice again keeps what was said and shown for it. Raises BadAnswerError, also for a question that somebody else has
        taken.
        """
        item = self.checked(diagnosis, item_id, value)
        self._must_be_mine(diagnosis, item, person)
        self._must_be_open(diagnosis)
        if evidence and value == UNKNOWN:
            raise BadAnswerError("evidence_unknown")
        stood = diagnosis.given.get(item_id)
        if stood and evidence and stood.answer.value == value and len(stood.answer.evidence) >= MOST_EVIDENCE:
            raise BadAnswerError("evidence_many")
        given = Given(Answer(item_id, value, tuple(evidence), why.strip()), origin, person, _now(), said)
        return self._diagnoses.answer(diagnosis.diagnosis_id, [given], self._today(), self._asks(diagnosis.depth))

    def withdraw(self, diagnosis: Diagnosis, person: str, item_id: str, document_id: str) -> Diagnosis:
        """Take a document away from behind an answer. Raises BadAnswerError, UnknownEvidenceError."""
        item = self.item(diagnosis, item_id)
        self._must_be_mine(diagnosis, item, person)
        self._must_be_open(diagnosis)
        return self._diagnoses.withdraw(diagnosis.diagnosis_id, item_id, document_id, person, self._today())

    def item(self, diagnosis: Diagnosis, item_id: str) -> Item:
        """A question of this diagnosis: a first one asks none of the deeper. Raises BadAnswerError."""
        item = next((item for item in self._instrument.items(diagnosis.depth) if item.id == item_id), None)
        if item is None:
            raise BadAnswerError("no_such_question")
        return item

    def checked(self, diagnosis: Diagnosis, item_id: str, value: str) -> Item:
        """The question, where it has such a choice. Raises BadAnswerError."""
        item = self.item(diagnosis, item_id)
        if value != UNKNOWN and value not in item.values:
            raise BadAnswerError("no_such_choice")
        return item

    def take(
        self, diagnosis: Diagnosis, person: str, dimensions: Sequence[str], released: Collection[str] = ()
    ) -> Diagnosis:  # fmt: skip
        """Take dimensions to answer alone; `released` are nobody's then, whoever had them. Raises BadAnswerError for one
        that is not there or is somebody else's."""
        known = {dimension.id for dimension in self._instrument.dimensions}
        if not known.issuperset(dimensions) or not known.issuperset(released):
            raise BadAnswerError("no_such_part")
        return self._diagnoses.take_parts(diagnosis.diagnosis_id, person, dimensions, released)

    async def say(self, diagnosis: Diagnosis, person: str, text: str, shown: Shown | None = None) -> Turn:
        """Somebody says something. Nothing they say is an answer before they have confirmed what it was taken for, but a
        choice by its number or in its own words, and plain words that they do not know.

        Raises BadAnswerError; MovedOnError where another question is at hand than was meant.
        """
        said = " ".join(text.split())
        if not said:
            raise BadAnswerError("answer_empty")
        if len(said) > LONGEST:
            raise BadAnswerError("answer_long")
        begun = await asyncio.to_thread(self._begun, diagnosis.diagnosis_id, person, said, shown or Shown())
        if isinstance(begun, Turn):
            return begun
        heard = await self._listener.heard(begun.item, begun.said)
        return await asyncio.to_thread(self._understood, heard, begun, diagnosis.diagnosis_id, person)

    def ask(self, diagnosis: Diagnosis, person: str, item_id: str) -> None:
        """Go to a question, answered or not. Raises BadAnswerError for one that somebody else has taken."""
        item = self.item(diagnosis, item_id)
        self._must_be_mine(diagnosis, item, person)
        self._diagnoses.ask(diagnosis.diagnosis_id, person, Asked(item.id, on_purpose=True))

    def at_hand(self, diagnosis: Diagnosis, person: str) -> tuple[Item, str | None] | None:
        """The question somebody is at, on whichever device, with what their last words were taken for; None at the end."""
        asked = self._at_hand(diagnosis, person)
        return None if asked is None else (self.item(diagnosis, asked.item_id), asked.value)

    def _begun(self, diagnosis_id: str, person: str, said: str, shown: Shown) -> Turn | Saying:
        """As far as it goes without recognising the words."""
        diagnosis, meaning = self._diagnoses.get(diagnosis_id), order(said)
        asked = self._meant(diagnosis, person, shown, confirming=meaning in {"yes", "no"})
        if asked is None:
            return self._after_the_end(meaning, diagnosis, person, said)
        item = self.item(diagnosis, asked.item_id)
        if asked.value and meaning in {"yes", "no"}:
            return self._confirmed(diagnosis, person, item, asked, agreed=meaning == "yes")
        if meaning in {"why", "stop", "back", "skip"}:
            return self._about(meaning, diagnosis, person, item)
        heard = plain(item, said)
        if heard is None:
            return Saying(item, said)
        if heard.value:
            return self._kept(diagnosis, person, item, heard.value, said, "chosen")
        return self._led(heard, diagnosis, person, item, said, asked)

    def _confirmed(self, diagnosis: Diagnosis, person: str, item: Item, asked: Asked, *, agreed: bool) -> Turn:
        if agreed and asked.value:
            return self._kept(diagnosis, person, item, asked.value, asked.said, "said")
        return self._unclear(diagnosis, person, item, (), asked)

    def _understood(self, heard: Heard, saying: Saying, diagnosis_id: str, person: str) -> Turn:
        """Recognising took a while: the question may have been answered meanwhile."""
        diagnosis = self._diagnoses.get(diagnosis_id)
        asked = self._at_hand(diagnosis, person)
        if asked is None or asked.item_id != saying.item.id:
            raise self._moved(diagnosis, person, saying.item.id)
        return self._led(heard, diagnosis, person, saying.item, saying.said, asked)

    def _led(
        self, heard: Heard, diagnosis: Diagnosis, person: str, item: Item, said: str, asked: Asked
    ) -> Turn:  # fmt: skip
        if heard.kind == "question":
            return Turn("question", diagnosis, item)
        if heard.kind == "unclear" or heard.value is None:
            return self._unclear(diagnosis, person, item, heard.nearest, asked)
        self._diagnoses.ask(diagnosis.diagnosis_id, person, Asked(item.id, heard.value, said, asked.on_purpose))
        return Turn("proposed", diagnosis, item, heard.value)

    def _about(self, meaning: str | None, diagnosis: Diagnosis, person: str, item: Item) -> Turn:
        if meaning == "why":
            return Turn("why", diagnosis, item)
        if meaning == "stop":
            return Turn("stopped", diagnosis, item)
        if meaning == "skip":
            return self._skipped(diagnosis, person, item)
        mine = self._all_mine(diagnosis, person)
        at = mine.index(item) if item in mine else 0
        if at == 0:
            return Turn("first", diagnosis, item)
        self.ask(diagnosis, person, mine[at - 1].id)
        return Turn("back", diagnosis, mine[at - 1])

    def _skipped(self, diagnosis: Diagnosis, person: str, item: Item) -> Turn:
        """The question stays open and comes back at the end; one with an answer keeps it."""
        left = self._diagnoses.skip(diagnosis.diagnosis_id, person, item.id)
        ahead = self.next(left, person)
        if ahead is None:
            return self._done(left, person)
        return Turn("only" if ahead == item else "skipped", left, ahead)

    def _after_the_end(self, meaning: str | None, diagnosis: Diagnosis, person: str, said: str) -> Turn:
        """Nothing is left to ask this person; they may still go back, and ask something themselves."""
        mine = self._all_mine(diagnosis, person)
        if meaning == "back" and mine:
            self.ask(diagnosis, person, mine[-1].id)
            return Turn("back", diagnosis, mine[-1])
        if meaning == "stop":
            return Turn("stopped", diagnosis, None)
        heard = plain(mine[-1], said) if mine and meaning is None else None
        if heard and heard.kind == "question":
            return Turn("question", diagnosis, None)
        return self._done(diagnosis, person)

    def _kept(self, diagnosis: Diagnosis, person: str, item: Item, value: str, said: str, origin: Origin) -> Turn:
        kept = self.answer(diagnosis, person, item.id, value, said=said, origin=origin)
        turn = Turn("recorded", kept, item, value)
        return turn if self.next(kept, person) else self._done(kept, person, item, value)

    def _unclear(
        self, diagnosis: Diagnosis, person: str, item: Item, nearest: tuple[str, ...], asked: Asked
    ) -> Turn:  # fmt: skip
        self._diagnoses.ask(diagnosis.diagnosis_id, person, Asked(item.id, on_purpose=asked.on_purpose))
        return Turn("unclear", diagnosis, item, nearest=nearest)

    def _done(self, diagnosis: Diagnosis, person: str, item: Item | None = None, value: str | None = None) -> Turn:
        return Turn("done", diagnosis, item, value, left_to_others=self.left_to_others(diagnosis, person))

    def _at_hand(self, diagnosis: Diagnosis, person: str) -> Asked | None:
        asked = self._diagnoses.asked(diagnosis.diagnosis_id, person)
        if asked is not None and self._stands(diagnosis, person, asked):
            return asked
        item = self.next(diagnosis, person)
        return Asked(item.id) if item else None

    def _stands(self, diagnosis: Diagnosis, person: str, asked: Asked) -> bool:
        """Whether what somebody was asked is theirs to answer still: another may have taken it, or answered it since."""
        if not self._mine(diagnosis, self.item(diagnosis, asked.item_id), person):
            return False
        given = diagnosis.given.get(asked.item_id)
        return asked.on_purpose or given is None or given.by == person or given.at <= asked.at

    def _meant(self, diagnosis: Diagnosis, person: str, shown: Shown, *, confirming: bool) -> Asked | None:
        """What is at hand, where that is what was meant. A yes or no to a question that is named is to what is named as
        proposed for it, or to nothing. Raises BadAnswerError, MovedOnError."""
        asked, meant = self._at_hand(diagnosis, person), shown.question_id
        stored = self._diagnoses.asked(diagnosis.diagnosis_id, person)
        if stored and (asked is None or stored.item_id != asked.item_id):
            self._diagnoses.forget_asked(diagnosis.diagnosis_id, person)
            meant = meant or stored.item_id
        if meant and (asked is None or asked.item_id != meant):
            raise self._moved(diagnosis, person, meant)
        proposed = asked.value if asked else None
        if proposed != shown.proposed and (shown.proposed or (shown.question_id and confirming)):
            raise MovedOnError("question_changed")
        return asked

    def _moved(self, diagnosis: Diagnosis, person: str, item_id: str) -> AssistantError:
        """Why what was meant is not at hand."""
        mine = self._mine(diagnosis, self.item(diagnosis, item_id), person)
        return MovedOnError("question_changed") if mine else BadAnswerError("part_taken")

    def _all_mine(self, diagnosis: Diagnosis, person: str) -> list[Item]:
        return [item for item in self._instrument.items(diagnosis.depth) if self._mine(diagnosis, item, person)]

    def _must_be_mine(self, diagnosis: Diagnosis, item: Item, person: str) -> None:
        if not self._mine(diagnosis, item, person):
            raise BadAnswerError("part_taken")

    def closed(self, diagnosis: Diagnosis) -> bool:
        """Whether its answers can be changed no more."""
        last = diagnosis.finished_day
        return last is not None and last < self._today() - timedelta(days=CARRIED_DAYS)

    def _must_be_open(self, diagnosis: Diagnosis) -> None:
        if self.closed(diagnosis):
            raise BadAnswerError("diagnosis_closed")

    def _asks(self, depth: Depth) -> frozenset[str]:
        return frozenset(item.id for item in self._instrument.items(depth))

    def _open(self, diagnosis: Diagnosis) -> list[Item]:
        return [item for item in self._instrument.items(diagnosis.depth) if item.id not in diagnosis.given]

    def _mine(self, diagnosis: Diagnosis, item: Item, person: str) -> bool:
        return diagnosis.parts.get(self._instrument.dimension_of(item.id).id, person) == person

    def _carried(self, depth: Depth) -> list[Given]:
        """Answers of the newest finished diagnosis, where a deeper one follows it soon."""
        finished = (old for old in self._diagnoses.list() if old.finished_day) if depth == "deep" else iter(())
        old = next(finished, None)
        if old is None or old.depth != "first" or old.version != self._instrument.frame.version:
            return []
        if old.finished_day and old.finished_day < self._today() - timedelta(days=CARRIED_DAYS):
            return []
        known = (given for given in old.given.values() if given.answer.value != UNKNOWN)
        return [replace(given, origin="known") for given in known]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
