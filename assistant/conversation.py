"""The one turn loop: understand, retrieve, decide, answer, check, and repair, quote or abstain.

Streaming and plain answers are the same code: `turn` yields events, `ask` drains them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.answering import Answering, Asked, Case, Clock, prompt_of
from assistant.engine import Choose, Engine, Owner, Sent, always
from assistant.errors import EngineDownError
from assistant.evidence import Reading, analyse, leading_lines, ranked_lines
from assistant.judgement import Judgement, judge
from assistant.lookup import leading, statements
from assistant.passages import Finder
from assistant.prompts import Prompt
from assistant.question import Question, understand
from assistant.records import Records, TurnState
from assistant.reply import Event, EvidenceShown, Reply, SentenceShown
from assistant.text import Language
from retrieval.korean import Tokenizer

SHOWN = 4
"""Passages shown as evidence, and all that an answer may cite."""


class Conversation:
    """Answers the questions of one company's people from what that company may read."""

    def __init__(
        self,
        company: str,
        finder: Finder,
        records: Records,
        engine: Engine,
        tokenizer: Tokenizer,
        *,
        today: Callable[[], date],
        choose: Choose | None = None,
        told: Callable[[Sent], None] = lambda _: None,
    ) -> None:
        """`choose` picks the engine that may be told some passages, `engine` where it is not given; `told` hears what
        was sent to one, before it is sent.
        """
        self._company = company
        self._finder = finder
        self._records = records
        self._engine = engine
        self._tokenizer = tokenizer
        self._today = today
        self._choose = choose or always(engine)
        self._told = told

    def on(self, day: date) -> Conversation:
        """The same conversation on another day: for measuring what is answered then."""
        other = copy(self)
        other._today = lambda: day
        return other

    def check(self, person: str, text: str, conversation_id: str | None = None) -> None:
        """Raises BadQuestionError or UnknownConversationError where `turn` would, and does nothing else."""
        self._understood(text, self._earlier(person, conversation_id))

    async def ask(self, person: str, text: str, conversation_id: str | None = None, language: Language = "ko") -> Reply:
        """The plain answer: the stream, drained."""
        async with aclosing(self.turn(person, text, conversation_id, language)) as events:
            async for event in events:
                if isinstance(event, Reply):
                    return event
        raise EngineDownError("engine_down")

    async def turn(
        self,
        person: str,
        text: str,
        conversation_id: str | None = None,
        language: Language = "ko",
        *,
        as_of: date | None = None,
        asking: Callable[[], None] = lambda: None,
    ) -> AsyncGenerator[Event]:
        """Events of one kept turn: evidence, sentences, the reply. Closing the generator stops the engine and keeps
        what was shown. Raises BadQuestionError and UnknownConversationError before anything is kept.

        `asking` is called when an engine is about to be asked: from then on the turn waits more than it computes. It is
        answered as of `as_of`, else of the day the question names, else of today.
        """
        earlier = await asyncio.to_thread(self._earlier, person, conversation_id)
        question = await asyncio.to_thread(self._understood, text, earlier, as_of)
        conversation_id, turn_id = await asyncio.to_thread(self._records.open_turn, person, text, conversation_id)
        shown, evidence, finished = "", list[dict[str, Any]](), False
        try:
            async with aclosing(self._events(person, question, language, (conversation_id, turn_id), asking)) as events:
                async for event in events:
                    if isinstance(event, EvidenceShown):
                        evidence = [passage.wire() for passage in event.passages]
                    elif isinstance(event, SentenceShown):
                        shown += event.text
                        await asyncio.to_thread(self._records.save, turn_id, shown, TurnState.OPEN)
                    elif isinstance(event, Reply):
                        kept = {**event.wire(), "evidence": evidence}
                        await asyncio.to_thread(self._records.save, turn_id, event.answer, TurnState.DONE, kept)
                        finished = True
                    yield event
        finally:
            if not finished:
                self._records.save(turn_id, shown, TurnState.STOPPED)

    async def once(
        self,
        person: str,
        text: str,
        earlier: Sequence[str],
        language: Language = "ko",
        *,
        as_of: date | None = None,
        asking: Callable[[], None] = lambda: None,
    ) -> AsyncGenerator[Event]:
        """Events of a turn that is not kept: the caller holds the conversation (`earlier`: its questions so far)."""
        question = await asyncio.to_thread(self._understood, text, earlier, as_of)
        async with aclosing(self._events(person, question, language, (None, None), asking)) as events:
            async for event in events:
                yield event

    def prompt(self, person: str, text: str) -> Prompt | None:
        """What the model would be asked about a question that opens a conversation; None where no evidence carries an
        answer, so that nothing would be asked. For measuring engines on the product's own prompts.
        """
        case = self._case(person, self._understood(text, []), "ko")
        asked = prompt_of(case, self._engine.budget) if case.judgement.carries and not case.stated else None
        return asked.prompt if asked else None

    def _understood(self, text: str, earlier: Sequence[str], as_of: date | None = None) -> Question:
        return understand(text, earlier, self._tokenizer, self._today(), as_of)

    def _earlier(self, person: str, conversation_id: str | None) -> list[str]:
        return [turn.question for turn in self._records.turns(person, conversation_id)] if conversation_id else []

    async def _events(
        self,
        person: str,
        question: Question,
        language: Language,
        ids: tuple[str | None, str | None],
        asking: Callable[[], None],
    ) -> AsyncGenerator[Event]:
        clock = Clock()
        lives = asyncio.ensure_future(self._engine.alive())
        try:
            case = await asyncio.to_thread(self._case, person, question, language)
            clock.evidence = clock.elapsed()
            yield EvidenceShown(case.passages, *ids, clock.evidence)
            engine = await asyncio.to_thread(self._choose, case.passages)
            alive = await (lives if engine is self._engine or engine is None else engine.alive())
            answering = Answering(
                case, engine, self._tokenizer, clock, lambda asked: self._tell(person, ids[1], asked), asking
            )
            async with aclosing(answering.events(engine_lives=alive)) as sentences:
                async for shown in sentences:
                    yield shown
            yield answering.reply(*ids, self._today())
        finally:
            lives.cancel()

    def _tell(self, person: str, turn_id: str | None, asked: Asked) -> None:
        self._told(Sent(person, turn_id, asked.engine, asked.passages))

    def _case(self, person: str, question: Question, language: Language) -> Case:
        """Find and read the passages, and decide whether they can carry an answer."""
        passages, weigh = self._finder.find(question)
        weights = question.weighed(weigh(question.terms))
        readings, judgement = _judged(question, analyse(passages, self._tokenizer), weights)
        passages = [reading.passage for reading in readings]
        # The passage that answers is shown as [1], the others after it in the order they were found.
        first = leading(readings) or sorted({line.passage.n for line in judgement.lead})
        place = {n: at for at, n in enumerate(first)}
        ordered = sorted(passages, key=lambda passage: (place.get(passage.n, SHOWN), passage.n))[:SHOWN]
        shown = analyse([replace(passage, n=n) for n, passage in enumerate(ordered, 1)], self._tokenizer)
        ranked = ranked_lines(question, shown, weights)
        judgement = replace(judgement, lead=leading_lines(ranked) if ranked else ())
        stated = statements(shown, language, more=sum(1 for passage in passages if passage.looked_up) > SHOWN)
        return Case(Owner(self._company, person), question, language, shown, ranked, weigh, judgement, stated)


def _judged(
    question: Question, readings: Sequence[Reading], weights: Mapping[str, float]
) -> tuple[Sequence[Reading], Judgement]:
    """The readings an answer may rest on, and whether it can. For a chosen day those that say from when on they hold are
    tried alone first: of the others nobody knows which day they speak of.
    """
    held = [reading for reading in readings if question.dated and _has_days(reading)]
    for chosen in (held, readings) if held else (readings,):
        judgement = judge(question, chosen, ranked_lines(question, chosen, weights), weights)
        if judgement.carries:
            return chosen, judgement
    return readings, judgement


def _has_days(reading: Reading) -> bool:
    standing = reading.passage.standing
    return standing is not None and standing.state != "undated"
