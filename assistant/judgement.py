"""Can the evidence carry an answer? Decided from the question and the passages alone, before any model is asked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.evidence import Line, Ranked, Reading, coverage, holds_wanted, leading_lines
from assistant.question import Question

WEIGHTS = {
    "bias": -0.714,
    "passage": 0.358,
    "similarity": 1.996,
    "missing": -3.206,
    "name": -1.477,
    "value": -0.56,
    "year": -4.786,
}
"""Fitted on the development questions with `giljabi eval judgement`."""
USUAL_SIMILARITY = 0.8
"""What stands in where the embedder is down, so that keywords alone decide: on the development questions, 77% of the
answerable ones are answered then and 79% of the others refused (with the embedder 87% and 77%).
"""
THRESHOLD = 0.5
_ANY_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
NEARBY = 0.15
"""Below the threshold but over this, the nearest sentence is worth showing, as no answer."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`carries`: an answer may be tried. `stated`: the documents say themselves that this is not known.
    `near`: they do not carry an answer, but speak of something like it.

    `lead` are the lines that answer best, neighbours in one passage; for `stated`, the line that says so."""

    carries: bool
    stated: bool
    near: bool
    score: float
    lead: tuple[Line, ...]


def judge(
    question: Question, readings: Sequence[Reading], ranked: Sequence[Ranked], weights: Mapping[str, float]
) -> Judgement:
    """`ranked`: the sentences of `readings`, best first."""
    if not ranked or not question.terms:
        return Judgement(carries=False, stated=False, near=False, score=0.0, lead=())
    values = features(question, readings, ranked, weights)
    score = 1 / (1 + math.exp(-sum(WEIGHTS[name] * value for name, value in values.items())))
    likely, unknown = score >= THRESHOLD, ranked[0].line.states_unknown
    near = NEARBY <= score < THRESHOLD and not unknown
    return Judgement(likely and not unknown, likely and unknown, near, score, leading_lines(ranked))


def features(
    question: Question, readings: Sequence[Reading], ranked: Sequence[Ranked], weights: Mapping[str, float]
) -> dict[str, float]:
    """What the decision rests on, each about 0 to 1.

    `passage`: share of the question's weighted terms in the best passage;
    `similarity`: of the embeddings, 0 at a cosine of 0.8 and 1 at 0.9; where none is known, what it mostly is;
    `missing`: share of the terms' weight that no passage holds; `name`: whether one of the things named is in none;
    `value`: whether a value is asked for and the best sentence holds none of its kind; `year`: whether that sentence
    says nothing of a year asked about.
    """
    best = ranked[0].line
    similarities = [reading.passage.similarity for reading in readings if reading.passage.similarity]
    held = [reading.context_terms.union(*(line.terms for line in reading.lines)) for reading in readings]
    everywhere = frozenset().union(*held)
    said = f"{best.passage.context} {best.text}"
    return {
        "bias": 1.0,
        "passage": max(coverage(question.terms, present, weights) for present in held),
        "similarity": 10 * (max(similarities) - 0.8) if similarities else USUAL_SIMILARITY,
        "missing": 1 - coverage(question.terms, everywhere, weights),
        "name": float(any(coverage([name], everywhere, weights) == 0 for name in question.names)),
        "value": float(bool(question.wants) and not best.states_unknown and not holds_wanted(question, best)),
        "year": float(any(year not in said and not _is_of(best, question, year) for year in question.years)),
    }


def _is_of(line: Line, question: Question, year: str) -> bool:
    """Whether a text answers for a year it does not name. A law is looked up as of that year; what carries no date and
    names no other year, a manual, may well hold then, and the answer says that it carries none.
    """
    if question.day is None or str(question.day.year) != year:
        return False
    said = f"{line.passage.context} {line.text}"
    return line.passage.effective is not None or (question.dated and not _ANY_YEAR.search(said))
