"""Does the evidence carry the claim? Sentences are held against the cited text; what it does not state is not shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.claims import Claim, claims
from assistant.evidence import Line, Reading, Weigh, coverage
from assistant.question import Question, subject_terms
from assistant.vocabulary import forms
from retrieval.korean import Tokenizer

MARK = re.compile(r"\s*\[(\d+)\]")
_NEGATION = re.compile(
    r"아니\s?(?:된|하|한|다|며|라)|않(?:는|아|다|은|습|고|으|을)|없(?:다|습|이|는|고|음)|못(?:하|한|합|했)|금지|안\s?(?:된|됩|돼)|불가|제외"
)
ALIGNED = 0.6
"""Share of a sentence's weighted terms that the cited sentence, with its headings, must hold."""
KINDRED = 0.35
"""The same for another sentence of the passage that lends a number."""
ASIDE = 0.3
"""How much less of the question than the best line a cited line may cover: beyond, it speaks of something else."""
_SUBJECT = re.compile(r"^(.{1,60}?[가-힣A-Za-z0-9)\]])(?:은|는|이|가)\s")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lines` carry the sentence, the main one first; empty where nothing does. `text` bears the right mark.

    `claims` were compared.
    """

    lines: tuple[Line, ...]
    text: str
    claims: int


class Grounding:
    """Checks sentences against the passages of one question."""

    def __init__(self, question: Question, readings: Sequence[Reading], tokenizer: Tokenizer, weigh: Weigh) -> None:
        self._tokenizer = tokenizer
        self._weigh = weigh
        weights = weigh(question.terms)
        self._asked = [
            (coverage(question.terms, line.terms | reading.context_terms, weights), line, reading)
            for reading in readings
            for line in reading.lines
        ]
        self._best = max((share for share, _, _ in self._asked), default=0.0)
        self._topic = max(question.terms, key=lambda term: weights.get(term, 1.0), default=None)

    def check(self, sentence: str) -> Verdict:
        """Every number, date, amount and code of `sentence` must stand in one passage, in sentences on its subject;
        its words must be the passage's own to `ALIGNED`, and what it speaks of entirely; and it must not deny what the
        passage states, or the reverse.
        """
        marked = {int(n) for n in MARK.findall(sentence)}
        bare = MARK.sub("", sentence).strip()
        found = claims(bare)
        terms = subject_terms(bare, self._tokenizer)
        weights = self._weigh(terms)
        options = [
            (coverage(terms, line.terms | reading.context_terms, weights), reading.passage.n in marked, line, reading)
            for share, line, reading in self._asked
            if self._names_topic(terms) or share >= self._best - ASIDE
        ]
        subject = self._subject(bare)
        options.sort(key=lambda option: (-round(option[0], 2), not option[1]))
        # A question is no statement, and what a document calls unknown must not come back as a fact.
        if bare.endswith("?") or (options and options[0][2].states_unknown):
            return Verdict((), bare, len(found))
        for aligned, _, line, reading in options:
            if aligned < ALIGNED or not terms:
                break
            if line.states_unknown:
                continue
            if coverage(subject, line.terms | reading.context_terms, {}) < 1:
                continue
            lines = _carriers(found, line, reading, terms, weights)
            if lines and denies(bare) == denies(line.text):
                return Verdict(lines, f"{bare} [{line.passage.n}]", len(found))
        return Verdict((), bare, len(found))

    def _names_topic(self, terms: Sequence[str]) -> bool:
        """Whether the sentence itself names what was asked about; one that does not must rest on the lines that do."""
        return self._topic is None or bool(forms(self._topic) & set(terms))

    def _subject(self, bare: str) -> tuple[str, ...]:
        """Terms of what the sentence speaks of: the words before its first subject or topic particle."""
        match = _SUBJECT.match(bare)
        return subject_terms(match[1], self._tokenizer) if match else ()


def _carriers(
    found: Sequence[Claim], line: Line, reading: Reading, terms: Sequence[str], weights: Mapping[str, float]
) -> tuple[Line, ...]:
    """The lines that together state all claims: this one, and kindred ones of the same passage; empty where some lack."""
    lines = [line]
    for claim in found:
        if any(claim.carried_by(known) for used in lines for known in used.claims):
            continue
        if claim.kind == "code" and any(claim.carried_by(known) for known in reading.place_claims):
            continue
        lender = next(
            (
                other
                for other in reading.lines
                if not other.states_unknown
                and any(claim.carried_by(known) for known in other.claims)
                and coverage(terms, other.terms, weights) >= KINDRED
            ),
            None,
        )
        if lender is None:
            return ()
        lines.append(lender)
    return tuple(lines)


def denies(text: str) -> bool:
    """Whether the sentence forbids or denies: an odd number of negations."""
    return len(_NEGATION.findall(text)) % 2 == 1
