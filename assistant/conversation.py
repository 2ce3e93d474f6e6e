"""The one turn loop: understand, retrieve, decide, answer, check, and repair, quote or abstain.

Streaming and plain answers are the same code: `turn` yields events, `ask` drains them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date

from langchain_core.messages import BaseMessage

from assistant import prompts
from assistant.drafting import draft_sentences
from assistant.engine import Engine, Owner
from assistant.errors import EngineDownError
from assistant.evidence import Line, Passage, analyse, condensed
from assistant.grounding import Grounding
from assistant.judgement import Judgement, judge
from assistant.passages import Finder
from assistant.question import Question, understand
from assistant.records import Records, TurnState
from assistant.reply import Citation, Degraded, Event, EvidenceShown, Reply, SentenceShown, citation
from assistant.text import Language, sentence
from assistant.vocabulary import NOTHING_FOUND
from retrieval.korean import Tokenizer

logger = logging.getLogger(__name__)

SHOWN = 4
"""Passages shown as evidence."""
PROMPT_ROOM = 420
"""Characters of evidence in a prompt: about 300 tokens, what two cores read in the time a person waits."""
MOST_SENTENCES = 3


@dataclass(slots=True)
class _Draft:
    """What has been shown so far in one turn."""

    started: float
    parts: list[str] = field(default_factory=list)
    citations: dict[str, Citation] = field(default_factory=dict)
    checked: int = 0
    removed: int = 0
    first_text: float | None = None
    evidence: float = 0.0
    abstained: bool = False
    degraded: Degraded | None = None
    model: str = "quotation"

    def elapsed(self) -> float:
        return round((time.monotonic() - self.started) * 1000, 1)

    def show(self, text: str, lines: tuple[Line, ...] = ()) -> SentenceShown:
        if self.first_text is None:
            self.first_text = self.elapsed()
        if lines:
            cited = citation(lines)
            self.citations.setdefault(f"{cited.n}:{cited.quote}", cited)
        self.parts.append(text)
        return SentenceShown(text if len(self.parts) == 1 else f" {text}")

    @property
    def text(self) -> str:
        return " ".join(self.parts)


class Conversation:
    """Answers the questions of one company's people from what that company may read."""

    def __init__(
        self,
        company: str,
        finder: Finder,
        records: Records,
        engine: Engine,
        tokenizer: Tokenizer,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._company = company
        self._finder = finder
        self._records = records
        self._engine = engine
        self._tokenizer = tokenizer
        self._today = today

    async def ask(self, person: str, text: str, conversation_id: str | None = None, language: Language = "ko") -> Reply:
        """The plain answer: the stream, drained."""
        async with aclosing(self.turn(person, text, conversation_id, language)) as events:
            async for event in events:
                if isinstance(event, Reply):
                    return event
        raise EngineDownError("engine_down")

    async def turn(
        self, person: str, text: str, conversation_id: str | None = None, language: Language = "ko"
    ) -> AsyncGenerator[Event]:
        """Events of one kept turn: evidence, sentences, the reply. Closing the generator stops the engine and keeps
        what was shown. Raises BadQuestionError and UnknownConversationError before anything is kept.
        """
        earlier = await asyncio.to_thread(self._earlier, person, conversation_id)
        question = understand(text, earlier, self._tokenizer, self._today())
        conversation_id, turn_id = await asyncio.to_thread(self._records.open_turn, person, text, conversation_id)
        shown: list[str] = []
        finished = False
        try:
            async with aclosing(self._answer(person, question, language, conversation_id, turn_id)) as events:
                async for event in events:
                    if isinstance(event, SentenceShown):
                        shown.append(event.text)
                        await asyncio.to_thread(self._records.save, turn_id, "".join(shown), TurnState.OPEN)
                    elif isinstance(event, Reply):
                        await asyncio.to_thread(self._records.save, turn_id, event.answer, TurnState.DONE, event.wire())
                        finished = True
                    yield event
        finally:
            if not finished:
                self._records.save(turn_id, "".join(shown), TurnState.STOPPED)

    async def once(
        self, person: str, text: str, earlier: Sequence[str], language: Language = "ko"
    ) -> AsyncGenerator[Event]:
        """Events of a turn that is not kept: the caller holds the conversation (`earlier`: its questions so far)."""
        question = understand(text, earlier, self._tokenizer, self._today())
        async with aclosing(self._answer(person, question, language, None, None)) as events:
            async for event in events:
                yield event

    def _earlier(self, person: str, conversation_id: str | None) -> list[str]:
        return [turn.question for turn in self._records.turns(person, conversation_id)] if conversation_id else []

    async def _answer(
        self, person: str, question: Question, language: Language, conversation_id: str | None, turn_id: str | None
    ) -> AsyncGenerator[Event]:
        draft = _Draft(time.monotonic())
        liveness = asyncio.create_task(self._engine.alive())
        try:
            passages, weigh = await asyncio.to_thread(self._finder.find, question.search)
            readings = await asyncio.to_thread(analyse, passages, self._tokenizer)
            judgement = judge(question, readings, weigh(question.terms))
            draft.evidence = draft.elapsed()
            shown = tuple(passages[:SHOWN])
            yield EvidenceShown(shown, conversation_id, turn_id, draft.evidence)
            if not judgement.carries or not await liveness:
                if judgement.carries:
                    draft.degraded = "engine_down"
                for event in self._without_model(draft, judgement, language):
                    yield event
            else:
                grounding = Grounding(question, readings[:SHOWN], self._tokenizer, weigh)
                selected = condensed(question, readings[:SHOWN], weigh(question.terms), PROMPT_ROOM)
                numbered = [(passage.n, passage.title, text) for passage, text in selected]
                prompt = prompts.messages(question.text, question.topic, numbered, question.language)
                async with aclosing(self._with_model(person, draft, prompt, grounding, judgement, language)) as events:
                    async for event in events:
                        yield event
        finally:
            liveness.cancel()
        yield self._reply(draft, shown, language, conversation_id, turn_id)

    async def _with_model(
        self,
        person: str,
        draft: _Draft,
        prompt: list[BaseMessage],
        grounding: Grounding,
        judgement: Judgement,
        language: Language,
    ) -> AsyncGenerator[Event]:
        """Checked sentences of the model's draft; at the first that fails, the evidence is quoted in its place."""
        draft.model = self._engine.name
        try:
            async with aclosing(draft_sentences(self._engine, Owner(self._company, person), prompt)) as sentences:
                async for drafted in sentences:
                    if NOTHING_FOUND.search(drafted):
                        break
                    verdict = grounding.check(drafted)
                    draft.checked += verdict.claims
                    if not verdict.lines:
                        draft.removed += 1
                        break
                    if verdict.text not in draft.parts:
                        yield draft.show(verdict.text, verdict.lines)
                    if len(draft.parts) >= MOST_SENTENCES:
                        break
        except TimeoutError:
            draft.degraded = "engine_busy"
        except EngineDownError:
            draft.degraded = "engine_cut" if draft.parts else "engine_down"
        if not draft.parts or draft.degraded:
            for event in self._without_model(draft, judgement, language):
                yield event

    def _without_model(self, draft: _Draft, judgement: Judgement, language: Language) -> list[SentenceShown]:
        """Quote the line that answers best, or say honestly that nothing does."""
        if draft.degraded:
            draft.model = "quotation"
        line = judgement.best
        if judgement.carries and line is not None:
            told = [draft.show(sentence(draft.degraded, language))] if draft.degraded else []
            quoted = citation((line,)).quote
            return [*told, draft.show(sentence("quote", language, quote=quoted, n=line.passage.n), (line,))]
        draft.abstained = True
        if judgement.stated and line is not None:
            text = sentence("stated_unknown", language, quote=citation((line,)).quote, n=line.passage.n)
            return [draft.show(text, (line,)), draft.show(sentence("abstain_next", language))]
        return [draft.show(sentence("abstain", language)), draft.show(sentence("abstain_next", language))]

    def _reply(
        self,
        draft: _Draft,
        shown: Sequence[Passage],
        language: Language,
        conversation_id: str | None,
        turn_id: str | None,
    ) -> Reply:
        citations = tuple(sorted(draft.citations.values(), key=lambda cited: cited.n))
        cited = {item.document_id for item in citations}
        notices = {
            sentence("not_in_force", language, date=passage.effective.isoformat())
            for passage in shown
            if passage.document_id in cited and passage.effective and passage.effective > self._today()
        }
        return Reply(
            answer=draft.text,
            abstained=draft.abstained,
            citations=citations,
            checked=draft.checked,
            unsupported=0,
            removed=draft.removed,
            model=draft.model,
            degraded=draft.degraded,
            notices=tuple(sorted(notices)),
            conversation_id=conversation_id,
            turn_id=turn_id,
            ms={"evidence": draft.evidence, "first_token": draft.first_text or 0.0, "total": draft.elapsed()},
        )
