"""One answer in the making: what the evidence allows, worded by the model, checked sentence by sentence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date

from assistant import prompts
from assistant.budget import Budget
from assistant.claims import Claim, claims, unsupported
from assistant.drafting import draft_sentences
from assistant.engine import Engine, Owner
from assistant.errors import EngineDownError
from assistant.evidence import Line, Passage, Ranked, Reading, Weigh, condensed, coverage
from assistant.grounding import Grounding, Verdict
from assistant.judgement import Judgement
from assistant.lookup import Stated
from assistant.markup import inert
from assistant.personal import Kind, Masked, mask, notice
from assistant.question import Question, subject_terms
from assistant.reply import Citation, Degraded, Reply, SentenceShown, citation
from assistant.text import Language, sentence
from assistant.timeliness import doubted, is_undated, missing, opening, warnings
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
    stated: Sequence[Stated] = ()
    """The answer itself, where a value was looked up: no model is asked."""

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

    def __init__(
        self,
        case: Case,
        engine: Engine | None,
        tokenizer: Tokenizer,
        clock: Clock,
        told: Callable[[Asked], None] = lambda _: None,
        asking: Callable[[], None] = lambda: None,
    ) -> None:
        """`engine` is None where the passages may be told to none; `told` hears what is sent, before it is, and `asking`
        that what is left is the engine's to do.
        """
        self._case = case
        self._engine = engine
        self._told = told
        self._asking = asking
        self._tokenizer = tokenizer
        self._clock = clock
        self._parts: list[str] = []
        self._citations: dict[tuple[int, str], Citation] = {}
        self._checked = 0
        self._removed = 0
        self._abstained = False
        self._degraded: Degraded | None = None
        self._masked: frozenset[Kind] = frozenset()
        self._model = QUOTATION
        self._stated: list[Claim] = []

    async def events(self, *, engine_lives: bool) -> AsyncGenerator[SentenceShown]:
        """Sentences as they are released: the line that answers, quoted at once, then the model's checked wording."""
        judgement = self._case.judgement
        for shown in self._doubted():
            yield shown
        if self._case.stated or not judgement.carries:
            for shown in self._looked_up() if self._case.stated else self._refusal():
                yield shown
            return
        engine = self._engine
        for shown in self._opened(judgement.lead):
            yield shown
        if engine and not engine_lives:
            self._degraded = "engine_down"
            yield self._show(sentence("engine_down", self._case.language))
        yield self._quote(judgement.lead)
        if engine and engine_lives:
            async with aclosing(self._drafted(engine)) as drafted:
                async for shown in drafted:
                    yield shown
        elif engine is None:
            self._degraded = "stays_here"
        if self._degraded and self._degraded != "engine_down":
            yield self._show(sentence(self._degraded, self._case.language))

    async def _drafted(self, engine: Engine) -> AsyncGenerator[SentenceShown]:
        """Checked sentences of the model's draft, up to the first that the evidence does not carry."""
        case = self._case
        asked = await asyncio.to_thread(prompt_of, case, engine.budget)
        if asked is None:
            return
        self._masked = asked.masked
        await asyncio.to_thread(self._told, replace(asked, engine=engine.name))
        self._asking()
        grounding = Grounding(case.question, case.readings, self._tokenizer, case.weigh)
        try:
            async with aclosing(draft_sentences(engine, case.owner, asked.prompt)) as sentences:
                async for drafted in sentences:
                    verdict = grounding.check(drafted)
                    self._checked += verdict.claims
                    if NOTHING_FOUND.search(drafted) or not verdict.lines:
                        self._removed += 1
                        break
                    if self._is_new(verdict):
                        self._model = engine.name
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

    def _doubted(self) -> list[SentenceShown]:
        """First of all, where it is so: that no day could be told that the question means, and today's text follows."""
        question, language = self._case.question, self._case.language
        said = doubted(question, language) if question.doubt == "before_amendment" else None
        if said is None:
            return []
        self._stated += claims(said)
        return [self._show(said)]

    def _opened(self, lines: tuple[Line, ...]) -> list[SentenceShown]:
        """What must be said before these lines are quoted: that they do not hold yet, or as of which day they do."""
        said = opening(lines[0].passage, self._case.question, self._case.language) if lines else None
        if said is None:
            return []
        self._stated += claims(said)  # its days come from the registry
        return [self._show(said)]

    def _quote(self, lines: tuple[Line, ...], words: str = "quote") -> SentenceShown:
        cited = citation(lines)
        return self._show(sentence(words, self._case.language, quote=cited.quote, n=cited.n), cited)

    def _looked_up(self) -> list[SentenceShown]:
        """What elements state, worded by code; the figures are those of the lines cited."""
        self._checked += sum(len(claims(stated.text)) for stated in self._case.stated)
        return [self._show(s.text, citation(s.lines) if s.lines else None) for s in self._case.stated]

    def _refusal(self) -> list[SentenceShown]:
        """Say that nothing answers, with the document's own word on it or the nearest there is, and what to do next."""
        judgement, language = self._case.judgement, self._case.language
        self._abstained = True
        shown = [self._show(sentence("abstain", language))]
        if judgement.stated:
            shown += self._opened(judgement.lead)
            shown.append(self._quote(judgement.lead))
        elif judgement.near:
            shown += self._opened(judgement.lead[:1])
            shown.append(self._quote(judgement.lead[:1], "nearest"))
        absent = missing(self._case.passages, self._case.question, language)
        if absent and absent not in self._parts:
            self._stated += claims(absent)
            shown.append(self._show(absent))
        return [*shown, self._show(sentence("abstain_next", language))]

    def _show(self, text: str, cited: Citation | None = None) -> SentenceShown:
        """Whatever is shown goes through here: nothing in an answer is a link, an image or a tag to whoever renders it."""
        text = inert(text)
        self._clock.first_text = self._clock.first_text or self._clock.elapsed()
        if cited:
            self._citations.setdefault((cited.n, cited.quote), cited)
        self._parts.append(text)
        return SentenceShown(text if len(self._parts) == 1 else f" {text}")

    def reply(self, conversation_id: str | None, turn_id: str | None, today: date) -> Reply:
        citations = tuple(sorted(self._citations.values(), key=lambda cited: cited.n))
        answer = " ".join(self._parts)
        # Counted anew on what is shown, whatever was checked on the way here.
        known = claims(" ".join(f"“{item.quote}” {item.locator}" for item in citations)) + self._stated
        question = self._case.question
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
            as_of=question.day if question.dated and not self._rests_on_undated(citations) else None,
        )

    def _rests_on_undated(self, citations: Sequence[Citation]) -> bool:
        """Whether nothing cited says which days it speaks of: no day may be put on such an answer."""
        cited = {each.n for each in citations}
        return bool(cited) and all(is_undated(p) for p in self._case.passages if p.n in cited)

    def _notices(self, cited: set[int], today: date) -> tuple[str, ...]:
        """What the reader should know of the evidence: a cited law has yet to take effect, a notice is closed, a passage
        gives the AI orders, something was masked; and of the question, that a date in it was not taken for its day.
        """
        question, language = self._case.question, self._case.language
        notices = [doubted(question, language) or ""] if question.doubt == "day_of_fact" else []
        notices += warnings([p for p in self._case.passages if p.n in cited], question, today, language)
        notices += [
            sentence("has_orders", self._case.language, n=reading.passage.n)
            for reading in self._case.readings
            if reading.has_orders
        ]
        if self._masked:
            notices.append(notice(self._masked, self._case.language))
        return tuple(notices)


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes to an engine: the prompt, the passages it quotes from, and the kinds of personal data masked in it."""

    prompt: prompts.Prompt
    passages: tuple[Passage, ...]
    masked: frozenset[Kind]
    engine: str = ""


def prompt_of(case: Case, budget: Budget) -> Asked | None:
    """What the model is asked; None where the question leaves no room for a line of evidence."""
    question = case.question
    fixed = [prompts.SYSTEM[question.language], question.text, question.topic or ""]
    room = budget.room(fixed, len(case.readings))
    selected = condensed(case.ranked, case.readings, room, budget.count)
    if not selected:
        return None
    said = [mask(text) for text in (question.text, question.topic or "")]
    masked = [*said, *(mask(text) if passage.own else Masked(text, frozenset()) for passage, text in selected)]
    text, topic, *texts = (one.text for one in masked)
    numbered = [(passage.n, passage.title, text) for (passage, _), text in zip(selected, texts, strict=True)]
    prompt = prompts.messages(text, topic or None, numbered, question.language)
    kinds = frozenset[Kind]().union(*(one.kinds for one in masked))
    return Asked(prompt, tuple(passage for passage, _ in selected), kinds)
