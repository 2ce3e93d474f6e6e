"""One answer in the making: what the evidence allows, worded by the model, checked sentence by sentence."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date

from assistant import prompts
from assistant.drafting import draft_sentences
from assistant.engine import Engine, Owner
from assistant.errors import EngineDownError
from assistant.evidence import Line, Passage, Reading, Weigh, condensed
from assistant.grounding import Grounding
from assistant.judgement import Judgement
from assistant.question import Question
from assistant.reply import Citation, Degraded, Reply, SentenceShown, citation
from assistant.text import Language, sentence
from assistant.vocabulary import NOTHING_FOUND
from retrieval.korean import Tokenizer

PROMPT_ROOM = 240
"""Characters of evidence in a prompt: about 200 tokens, what two cores read in the time a person waits."""
MOST_SENTENCES = 3
QUOTATION = "quotation"
"""Named as the model of an answer that no model worded."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that an answer rests on: the question, the passages found and read, and what was made of them."""

    owner: Owner
    question: Question
    language: Language
    readings: Sequence[Reading]
    weigh: Weigh
    judgement: Judgement

    @property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(reading.passage for reading in self.readings)


@dataclass(slots=True)
class Clock:
    """Milliseconds since the question came in."""

    started: float = field(default_factory=time.monotonic)
    evidence: float = 0.0
    first_text: float = 0.0

    def elapsed(self) -> float:
        return round((time.monotonic() - self.started) * 1000, 1)


class Answering:
    """Makes one answer. `events` is run once; then `reply` says what has been shown."""

    def __init__(self, case: Case, engine: Engine, tokenizer: Tokenizer, clock: Clock) -> None:
        self._case = case
        self._engine = engine
        self._tokenizer = tokenizer
        self._clock = clock
        self._parts: list[str] = []
        self._citations: dict[tuple[int, str], Citation] = {}
        self._checked = 0
        self._removed = 0
        self._abstained = False
        self._degraded: Degraded | None = None
        self._model = QUOTATION

    async def events(self, *, engine_lives: bool) -> AsyncGenerator[SentenceShown]:
        """Sentences as they are released. Without a living engine, or where it fails, the evidence itself is quoted."""
        if self._case.judgement.carries and engine_lives:
            async with aclosing(self._drafted()) as drafted:
                async for shown in drafted:
                    yield shown
            if self._parts and not self._degraded:
                return
        elif self._case.judgement.carries:
            self._degraded = "engine_down"
        for shown in self._quoted():
            yield shown

    async def _drafted(self) -> AsyncGenerator[SentenceShown]:
        """Checked sentences of the model's draft, up to the first that the evidence does not carry."""
        case = self._case
        grounding = Grounding(case.question, case.readings, self._tokenizer, case.weigh)
        self._model = self._engine.name
        try:
            async with aclosing(draft_sentences(self._engine, case.owner, self._prompt())) as sentences:
                async for drafted in sentences:
                    verdict = grounding.check(drafted)
                    self._checked += verdict.claims
                    if NOTHING_FOUND.search(drafted) or not verdict.lines:
                        self._removed += 1
                        break
                    if verdict.text not in self._parts:
                        yield self._show(verdict.text, verdict.lines)
                    if len(self._parts) >= MOST_SENTENCES:
                        break
        except TimeoutError:
            self._degraded = "engine_busy"
        except EngineDownError:
            self._degraded = "engine_cut" if self._parts else "engine_down"

    def _prompt(self) -> prompts.Prompt:
        case = self._case
        selected = condensed(case.question, case.readings, case.weigh(case.question.terms), PROMPT_ROOM)
        numbered = [(passage.n, passage.title, text) for passage, text in selected]
        return prompts.messages(case.question.text, case.question.topic, numbered, case.question.language)

    def _quoted(self) -> list[SentenceShown]:
        """Quote the line that answers best, or say honestly that nothing does."""
        judgement, language = self._case.judgement, self._case.language
        self._model = self._model if self._parts else QUOTATION
        line = judgement.best
        if judgement.carries and line is not None:
            told = [self._show(sentence(self._degraded, language))] if self._degraded else []
            quoted = sentence("quote", language, quote=citation((line,)).quote, n=line.passage.n)
            return [*told, self._show(quoted, (line,))]
        self._abstained = True
        if judgement.stated and line is not None:
            text = sentence("stated_unknown", language, quote=citation((line,)).quote, n=line.passage.n)
            return [self._show(text, (line,)), self._show(sentence("abstain_next", language))]
        return [self._show(sentence("abstain", language)), self._show(sentence("abstain_next", language))]

    def _show(self, text: str, lines: tuple[Line, ...] = ()) -> SentenceShown:
        self._clock.first_text = self._clock.first_text or self._clock.elapsed()
        if lines:
            cited = citation(lines)
            self._citations.setdefault((cited.n, cited.quote), cited)
        self._parts.append(text)
        return SentenceShown(text if len(self._parts) == 1 else f" {text}")

    def reply(self, conversation_id: str | None, turn_id: str | None, today: date) -> Reply:
        citations = tuple(sorted(self._citations.values(), key=lambda cited: cited.n))
        return Reply(
            answer=" ".join(self._parts),
            abstained=self._abstained,
            citations=citations,
            checked=self._checked,
            unsupported=0,  # what is not carried is never shown
            removed=self._removed,
            model=self._model,
            degraded=self._degraded,
            notices=self._notices({cited.n for cited in citations}, today),
            conversation_id=conversation_id,
            turn_id=turn_id,
            ms={
                "evidence": self._clock.evidence,
                "first_token": self._clock.first_text,
                "total": self._clock.elapsed(),
            },
        )

    def _notices(self, cited: set[int], today: date) -> tuple[str, ...]:
        """A warning for each date on which a cited law has yet to take effect."""
        days = {p.effective for p in self._case.passages if p.n in cited and p.effective and p.effective > today}
        return tuple(sentence("not_in_force", self._case.language, date=day.isoformat()) for day in sorted(days))
