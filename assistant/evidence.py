"""Evidence: the passages shown for a question, how well they cover it, and the few sentences a prompt has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.claims import Claim, claims
from assistant.orders import is_order
from assistant.question import Question
from assistant.vocabulary import NOT_KNOWN, SUBJECTLESS, UNKNOWN_STATED, asks_for, forms
from knowledge.editions import UNDATED, Standing, State
from knowledge.elements import Found
from knowledge.law import is_deleted
from retrieval.korean import Tokenizer
from retrieval.sentence import sentences

KINDRED_LINES = 0.2
"""How far below the best line's score a neighbour may lie to be quoted with it."""
MOST_LINES = 3
LEAD_LENGTH = 320
"""Lines and characters quoted at the head of an answer at most."""

Weigh = Callable[[Iterable[str]], Mapping[str, float]]
"""Weight of each term: its inverse document frequency over the places searched."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with the number it is cited by. `text` is verbatim; `context` is its title and headings."""

    n: int
    document_id: str
    title: str
    locator: str
    page: int | None
    context: str
    text: str
    similarity: float
    source: Mapping[str, Any] | None = None
    effective: date | None = None
    stays_here: bool = False  # 주관기업 LLM 전송 금지
    own: bool = False  # of a company's collection rather than the library, which everybody may read
    standing: Standing | None = None  # on the day the question is about
    closes: date | None = None  # of a notice: the last day to apply
    article: str = ""  # of a law: the whole text of the section it lies in
    place: str = ""  # of a law: 조·항·호, finer than `locator`
    section: int | None = None  # ordinal of the section it lies in
    rows: tuple[int, ...] = ()  # of a table: the row of each line of `text`, 0 where that is not certain
    looked_up: Found | None = None  # the AAS element asked for by name, where it was not searched but looked up
    inside: frozenset[str] = frozenset()  # beside such an element: the documents this one was found inside of

    def state(self, day: date) -> State:
        """Whether the document is in force on `day`, the one it was found for."""
        if self.standing is not None and self.standing.state != "undated":
            return self.standing.state
        return "future" if self.effective and self.effective > day else "undated"

    def wire(self) -> dict[str, Any]:
        """The passage as the API shows it."""
        return {
            "n": self.n,
            "document_id": self.document_id,
            "title": self.title,
            "page": self.page,
            "locator": self.place or self.locator,
            "section": self.section,
            "text": self.text,
            "source": self.source,
            "effective": self.effective.isoformat() if self.effective else None,
            "closes": self.closes.isoformat() if self.closes else None,
            **self._standing(),
        }

    def _standing(self) -> dict[str, str | None]:
        known = self.standing or UNDATED
        return {
            "standing": None if known.state == "undated" else known.state,
            "in_force_from": known.start.isoformat() if known.start else None,
            "in_force_until": known.end.isoformat() if known.end else None,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence or table row of a passage, with what is needed to compare it. For a row, `lead` is the header row."""

    passage: Passage
    text: str
    lead: str
    terms: frozenset[str]
    claims: tuple[Claim, ...]

    @property
    def states_unknown(self) -> bool:
        return bool(UNKNOWN_STATED.search(self.text))


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage analysed: its sentences, the terms its title and headings add to each, and the claims of its locator.

    Sentences that give the machine orders are no `lines`: nothing quotes them, prompts with them or rests on them. Nor is
    what only says that a provision of a law was deleted.
    """

    passage: Passage
    lines: tuple[Line, ...]
    context_terms: frozenset[str]
    place_claims: tuple[Claim, ...]
    has_orders: bool = False


def analyse(passages: Sequence[Passage], tokenizer: Tokenizer) -> list[Reading]:
    """Sentences of every passage with their terms, in one pass of the tokenizer."""
    pieces = [sentences(passage.text) for passage in passages]
    flat = [text for lines in pieces for text in lines] + [f"{p.context} {p.locator}" for p in passages]
    terms = tokenizer.words_of(flat) if flat else []
    contexts = terms[len(flat) - len(passages) :]
    readings, at = [], 0
    for passage, texts, context in zip(passages, pieces, contexts, strict=True):
        orders = frozenset(text for text in texts if is_order(text))
        header = texts[0] if texts and texts[0] not in orders else ""
        lines = [
            Line(
                passage,
                text,
                header if " | " in text and text is not texts[0] else "",
                terms[at + i],
                tuple(claims(text)),
            )
            for i, text in enumerate(texts)
            if text not in orders and not is_deleted(text)
        ]
        at += len(texts)
        readings.append(Reading(passage, tuple(lines), context, tuple(claims(passage.locator)), bool(orders)))
    return readings


def coverage(wanted: Iterable[str], present: frozenset[str], weights: Mapping[str, float]) -> float:
    """Share of the wanted terms' weight that `present` holds, synonyms counted: 0 to 1."""
    terms = list(wanted)
    total = sum(weights.get(term, 1.0) for term in terms)
    held = sum(weights.get(term, 1.0) for term in terms if forms(term) & present)
    return held / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence and how well it answers."""

    score: float
    line: Line


def ranked_lines(question: Question, readings: Sequence[Reading], weights: Mapping[str, float]) -> list[Ranked]:
    """Sentences of all passages, the one that answers the question best first."""
    ranked = [
        Ranked(_score(question, line, reading, weights) - 0.02 * place, line)
        for place, reading in enumerate(readings)
        for line in reading.lines
    ]
    return sorted(ranked, key=lambda each: -each.score)


def _score(question: Question, line: Line, reading: Reading, weights: Mapping[str, float]) -> float:
    """A passage's title and headings speak for each of its sentences, but a sentence's own words count more."""
    own = coverage(question.terms, line.terms, weights)
    joint = coverage(question.terms, line.terms | reading.context_terms, weights)
    score = 0.4 * own + 0.4 * joint + 0.2 * coverage(question.words, line.terms, {})
    if line.states_unknown:
        # What is known is told first; what is not known is told when it is just what was asked.
        score -= 0.15 if _is_asked(question, line, reading) else 0.5
    return score + (0.3 if holds_wanted(question, line) else 0.0)


def _is_asked(question: Question, line: Line, reading: Reading) -> bool:
    """Whether what a sentence calls unknown is what the question asks: half of its own words, the subject's left aside."""
    own = line.terms - reading.context_terms - SUBJECTLESS - NOT_KNOWN
    asked = frozenset().union(*(forms(term) for term in {*question.terms, *question.words}))
    return holds_wanted(question, line) or len(own & asked) * 2 >= len(own)


def leading_lines(ranked: Sequence[Ranked]) -> tuple[Line, ...]:
    """The best line, with the neighbours in its passage that answer nearly as well: `정부 30%`, `대기업 30%`, `기업 40%`."""
    score, best = ranked[0].score, ranked[0].line
    if best.states_unknown:
        return (best,)
    near = {r.line.text for r in ranked if r.score >= score - KINDRED_LINES and not r.line.states_unknown}
    texts = sentences(best.passage.text)
    lines = {r.line.text: r.line for r in ranked if r.line.passage is best.passage}
    first = last = texts.index(best.text)
    size = len(best.text)
    for _ in range(MOST_LINES - 1):
        options = [at for at in (last + 1, first - 1) if 0 <= at < len(texts) and texts[at] in near]
        if not options or size + len(texts[options[0]]) > LEAD_LENGTH:
            break
        first, last = min(first, options[0]), max(last, options[0])
        size += len(texts[options[0]])
    return tuple(lines[text] for text in texts[first : last + 1])


def holds_wanted(question: Question, line: Line) -> bool:
    """Whether the sentence holds a value of a kind asked for, other than those the question itself names, or says that
    just this kind is not known.
    """
    if line.states_unknown:
        return bool(question.wants & asks_for(line.text))
    said = {(claim.kind, claim.value) for claim in claims(question.text)}
    news = [claim for claim in line.claims if (claim.kind, claim.value) not in said]
    return bool(question.wants & {claim.unit if claim.kind == "number" else claim.kind for claim in news})


def condensed(
    ranked: Sequence[Ranked], readings: Sequence[Reading], room: int, count: Callable[[str], int]
) -> list[tuple[Passage, str]]:
    """The sentences that matter most, in their passages' order, within `room` tokens: what a prompt carries."""
    chosen: dict[int, list[Line]] = {}
    used = 0
    for line in (each.line for each in ranked):
        cost = count(line.text) + (count(line.lead) if line.lead else 0)
        if used + cost > room:
            continue
        chosen.setdefault(line.passage.n, []).append(line)
        used += cost
        if used >= room * 0.9:
            break
    prompt = []
    for reading in readings:
        picked = chosen.get(reading.passage.n)
        if picked:
            ordered = [line for line in reading.lines if line in picked]
            lead = next((line.lead for line in ordered if line.lead), "")
            body = "\n".join(line.text for line in ordered)
            prompt.append((reading.passage, f"{lead}\n{body}" if lead and lead not in body else body))
    return prompt
