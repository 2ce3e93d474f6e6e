"""Evidence: the passages shown for a question, how well they cover it, and the few sentences a prompt has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.claims import Claim, claims
from assistant.question import Question
from assistant.vocabulary import UNKNOWN_STATED, forms
from retrieval.korean import Tokenizer
from retrieval.sentence import sentences

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

    def wire(self) -> dict[str, Any]:
        """The passage as the API shows it."""
        return {
            "n": self.n,
            "document_id": self.document_id,
            "title": self.title,
            "page": self.page,
            "locator": self.locator,
            "text": self.text,
            "source": self.source,
            "effective": self.effective.isoformat() if self.effective else None,
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
    """A passage analysed: its sentences, the terms its title and headings add to each, and the claims of its locator."""

    passage: Passage
    lines: tuple[Line, ...]
    context_terms: frozenset[str]
    place_claims: tuple[Claim, ...]


def analyse(passages: Sequence[Passage], tokenizer: Tokenizer) -> list[Reading]:
    """Sentences of every passage with their terms, in one pass of the tokenizer."""
    pieces = [sentences(passage.text) for passage in passages]
    flat = [text for lines in pieces for text in lines] + [f"{p.context} {p.locator}" for p in passages]
    terms = tokenizer.words_of(flat) if flat else []
    contexts = terms[len(flat) - len(passages) :]
    readings, at = [], 0
    for passage, texts, context in zip(passages, pieces, contexts, strict=True):
        lines = [
            Line(
                passage,
                text,
                texts[0] if " | " in text and text is not texts[0] else "",
                terms[at + i],
                tuple(claims(text)),
            )
            for i, text in enumerate(texts)
        ]
        at += len(texts)
        readings.append(Reading(passage, tuple(lines), context, tuple(claims(passage.locator))))
    return readings


def coverage(wanted: Iterable[str], present: frozenset[str], weights: Mapping[str, float]) -> float:
    """Share of the wanted terms' weight that `present` holds, synonyms counted: 0 to 1."""
    terms = list(wanted)
    total = sum(weights.get(term, 1.0) for term in terms)
    held = sum(weights.get(term, 1.0) for term in terms if forms(term) & present)
    return held / total if total else 1.0


def ranked_lines(
    question: Question, readings: Sequence[Reading], weights: Mapping[str, float]
) -> list[tuple[float, Line]]:
    """Sentences of all passages, the one that answers the question best first."""
    scored = []
    for place, reading in enumerate(readings):
        for line in reading.lines:
            # A passage's title and headings speak for each of its sentences, but a sentence's own words count more.
            own = coverage(question.terms, line.terms, weights)
            joint = coverage(question.terms, line.terms | reading.context_terms, weights)
            asked = coverage(question.words, line.terms, {})
            score = 0.4 * own + 0.4 * joint + 0.2 * asked - 0.02 * place
            if question.wants and holds_wanted(question, line):
                score += 0.3
            elif line.states_unknown and not question.wants:
                score -= 0.1
            scored.append((score, line))
    return sorted(scored, key=lambda pair: -pair[0])


def holds_wanted(question: Question, line: Line) -> bool:
    """Whether the sentence holds a value of the kind asked for, other than those the question itself names."""
    said = {(claim.kind, claim.value) for claim in claims(question.text)}
    news = [claim for claim in line.claims if (claim.kind, claim.value) not in said]
    units = {claim.unit if claim.kind == "number" else claim.kind for claim in news}
    wanted: set[str] = set()
    if "amount" in question.wants:
        wanted |= {"원", "%"}
    if "time" in question.wants:
        wanted |= {"date", "년", "월", "일", "개월"}
    if "count" in question.wants:
        wanted |= units - {"date", "code", ""}
    if "contact" in question.wants:
        wanted |= {"code"}
    return bool(units & wanted)


def condensed(
    question: Question, readings: Sequence[Reading], weights: Mapping[str, float], room: int
) -> list[tuple[Passage, str]]:
    """The sentences that matter most, in their passages' order, within `room` characters: what a prompt carries."""
    chosen: dict[int, list[Line]] = {}
    used = 0
    for _, line in ranked_lines(question, readings, weights):
        cost = len(line.text) + (len(line.lead) if line.lead else 0)
        if used and used + cost > room:
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
