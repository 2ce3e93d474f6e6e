"""One answer in the making: what the evidence allows, worded by the model, checked sentence by sentence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date

from assistant import prompts
from assistant.budget import Budget
from assistant.claims import claims, unsupported
from assistant.drafting import draft_sentences
from assistant.engine import Engine, Owner
from assistant.errors import EngineDownError
from assistant.evidence import Line, Passage, Ranked, Reading, Weigh, condensed, coverage
from assistant.grounding import Grounding, Verdict
from assistant.judgement import Judgement
from assistant.question import Question, subject_terms
from assistant.reply import Citation, Degraded, Reply, SentenceShown, citation
from assistant.text import Language, sentence
from assistant.vocabulary import NOTHING_FOUND
from retrieval.korean import Tokenizer

MOST_SENTENCES = 3
REPEATED = 0.8
"""A sentence with this share of its words already shown says nothing new."""
QUOTATION = "quotation"
"""Named as the model of an answer that no model worded."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that an answer rests on: the question, the passages found and read, and what was made of them."""

    owner: Owner
    question: Question
    language: Language
    readings: Sequence[Reading]
    ranked: Sequence[Ranked]
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
        """Sentences as they are released: the line that answers, quoted at once, then the model's checked wording."""
        judgement = self._case.judgement
        if not judgement.carries:
            for shown in self._refusal():
                yield shown
            return
        if not engine_lives:
            self._degraded = "engine_down"
            yield self._show(sentence("engine_down", self._case.language))
        yield self._quote(judgement.lead)
        if not engine_lives:
            return
        async with aclosing(self._drafted()) as drafted:
            async for shown in drafted:
                yield shown
        if self._degraded:
            yield self._show(sentence(self._degraded, self._case.language))

    async def _drafted(self) -> AsyncGenerator[SentenceShown]:
        """Checked sentences of the model's draft, up to the first that the evidence does not carry."""
        case = self._case
        prompt = await asyncio.to_thread(prompt_of, case, self._engine.budget)
        if prompt is None:
            return
        grounding = Grounding(case.question, case.readings, self._tokenizer, case.weigh)
        try:
            async with aclosing(draft_sentences(self._engine, case.owner, prompt)) as sentences:
                async for drafted in sentences:
                    verdict = grounding.check(drafted)
                    self._checked += verdict.claims
                    if NOTHING_FOUND.search(drafted) or not verdict.lines:
                        self._removed += 1
                        break
                    if self._is_new(verdict):
                        self._model = self._engine.name
                        yield self._show(verdict.text, citation(verdict.lines))
                    if len(self._parts) > MOST_SENTENCES:
                        break
        except TimeoutError:
            self._degraded = "engine_busy"
        except EngineDownError:
            self._degraded = "engine_cut"

    def _is_new(self, verdict: Verdict) -> bool:
        """Whether a sentence tells more than what has been shown."""
        shown = frozenset(self._tokenizer.words(" ".join(self._parts)))
        return coverage(subject_terms(verdict.text, self._tokenizer), shown, {}) < REPEATED

    def _quote(self, lines: tuple[Line, ...], words: str = "quote") -> SentenceShown:
        cited = citation(lines)
        return self._show(sentence(words, self._case.language, quote=cited.quote, n=cited.n), cited)

    def _refusal(self) -> list[SentenceShown]:
        """Say that nothing answers, with the document's own word on it or the nearest there is, and what to do next."""
        judgement, language = self._case.judgement, self._case.language
        self._abstained = True
        shown = [self._show(sentence("abstain", language))]
        if judgement.stated:
            shown.append(self._quote(judgement.lead))
        elif judgement.near:
            shown.append(self._quote(judgement.lead[:1], "nearest"))
        return [*shown, self._show(sentence("abstain_next", language))]

    def _show(self, text: str, cited: Citation | None = None) -> SentenceShown:
        self._clock.first_text = self._clock.first_text or self._clock.elapsed()
        if cited:
            self._citations.setdefault((cited.n, cited.quote), cited)
        self._parts.append(text)
        return SentenceShown(text if len(self._parts) == 1 else f" {text}")

    def reply(self, conversation_id: str | None, turn_id: str | None, today: date) -> Reply:
        citations = tuple(sorted(self._citations.values(), key=lambda cited: cited.n))
        answer = " ".join(self._parts)
        # Counted anew on what is shown, whatever was checked on the way here.
        known = claims(" ".join(f"“{item.quote}” {item.locator}" for item in citations))
        return Reply(
            answer=answer,
            abstained=self._abstained,
            citations=citations,
            checked=self._checked,
            unsupported=len(unsupported(answer, known)),
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


def prompt_of(case: Case, budget: Budget) -> prompts.Prompt | None:
    """What the model is asked; None where the question leaves no room for a line of evidence."""
    question = case.question
    fixed = [prompts.SYSTEM[question.language], question.text, question.topic or ""]
    room = budget.room(fixed, len(case.readings))
    selected = condensed(case.ranked, case.readings, room, budget.count)
    numbered = [(passage.n, passage.title, text) for passage, text in selected]
    return prompts.messages(question.text, question.topic, numbered, question.language) if numbered else None
