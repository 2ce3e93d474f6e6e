"""Does the evidence carry the claim? Sentences are held against the cited text; what it does not state is not shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.claims import Claim, claims
from assistant.evidence import Line, Reading, Weigh, coverage
from assistant.markup import has_markup
from assistant.question import Question, subject_terms
from assistant.vocabulary import forms
from knowledge.visible import visible
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
LONGEST_ADDITION = 2
"""Terms in a row that neither the cited sentence nor the question has: more of them are a statement of their own."""
_REQUEST = re.compile(
    r"(?:세요|십시오|시오|[해하여으어아]라|바랍니다|[해어아여려] ?(?:줘|주십|주시))(?=[\s.,!:;\"'”’)]|$)"
    r"|\b(?:please|must|should|need to|have to)\b"
    r"|\b(?:click|call|visit|open|send|e?mail|wire|transfer|pay|enter|type|give|share|download|install|run|reply|contact|scan"
    r"|log ?in|sign in|verify|confirm|go to)\b",
    re.IGNORECASE,
)
"""How a sentence asks its reader to do something."""
_CLAUSE = re.compile(
    r"[,;:—–]\s|(?<=[가-힣])(?:며|고|니|지만|는데|므로|면서|거나)\s|\s(?:and|but|so|while|because|then)\s"
)
_SPEAKER = re.compile(r"(?:^|\s)(?:저는|제가|나는|내가)\s|\bI(?:'m|'ll| am| can| will| have| must| was| do)\b")
"""A draft words what a document states; it has nothing to say of itself."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_FUNCTION = frozenset(
    "a an and are as at be been but by can for from has have if in into is it its may no not of on or so than that the then"  # noqa: SIM905
    " this to up was were which will with".split()
)
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
        self._question = question.text
        self._said = frozenset({*question.terms, *question.words})
        self._topic = max(question.terms, key=lambda term: weights.get(term, 1.0), default=None)

    def check(self, sentence: str) -> Verdict:
        """Every number, date, amount and code of `sentence` must stand in one passage, in sentences on its subject;
        its words must be the passage's own to `ALIGNED`, without a stretch of others, and what it speaks of entirely; it
        may ask the reader for nothing that the passage does not; and it must not deny what the passage states, or the
        reverse. It must be plain prose.
        """
        sentence = visible(sentence)
        marked = {int(n) for n in MARK.findall(sentence)}
        bare = MARK.sub("", sentence).strip()
        found = claims(bare)
        if has_markup(bare):
            return Verdict((), bare, len(found))
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
            if lines and denies(bare) == denies(line.text) and not self._adds(_worded(bare, found), lines, reading):
                return Verdict(lines, f"{bare} [{line.passage.n}]", len(found))
        return Verdict((), bare, len(found))

    def _names_topic(self, terms: Sequence[str]) -> bool:
        """Whether the sentence itself names what was asked about; one that does not must rest on the lines that do."""
        return self._topic is None or bool(forms(self._topic) & set(terms))

    def _adds(self, words: str, lines: Sequence[Line], reading: Reading) -> bool:
        """Whether the sentence says something of its own beside what its lines and the question have: a clause or a
        stretch of other terms, a request in any other term, a name, a word about the speaker.
        """
        present = reading.context_terms.union(self._said, *(line.terms for line in lines))
        added: list[bool] = []
        for clause in _CLAUSE.split(words):
            terms = [term for term in subject_terms(clause, self._tokenizer) if term not in _FUNCTION]
            new = [not _held(term, present) for term in terms]
            if terms and " " in clause.strip() and new.count(False) < ALIGNED * len(new):
                return True
            added += new
        allowed = 0 if _REQUEST.search(words) else LONGEST_ADDITION
        if max((len(list(run)) for is_new, run in groupby(added) if is_new), default=0) > allowed:
            return True
        known = " ".join([reading.passage.context, self._question, *(line.text for line in lines)])
        if _SPEAKER.search(words) and not _SPEAKER.search(known):
            return True
        return bool(_names(words) - {word.lower() for word in _LATIN.findall(known)})

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


def _held(term: str, present: frozenset[str]) -> bool:
    """Whether the term is there, perhaps cut otherwise: a clause by itself is analysed as `신청하`, in its sentence as `신청`."""
    return bool(forms(term) & present) or any(
        known.startswith(term) or term.startswith(known)
        for known in present
        if min(len(known), len(term)) > 1 and not term.isascii()
    )


def _worded(text: str, found: Sequence[Claim]) -> str:
    """The text with a pronoun for each address claimed in it: addresses are compared as claims."""
    for claim in found:
        if claim.kind == "address":
            text = text.replace(claim.text, "거기")
    return text


def _names(text: str) -> set[str]:
    """Words that name something: in a Korean sentence those in Latin letters, in another those in capitals."""
    words = _LATIN.findall(text)
    if re.search(r"[가-힣]", text):
        return {word.lower() for word in words}
    return {word.lower() for at, word in enumerate(words) if word.isupper() or (at and word[0].isupper())}


def denies(text: str) -> bool:
    """Whether the sentence forbids or denies: an odd number of negations."""
    return len(_NEGATION.findall(text)) % 2 == 1
