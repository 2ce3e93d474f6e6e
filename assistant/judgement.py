"""Can the evidence carry an answer? Decided from the question and the passages alone, before any model is asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.evidence import Line, Reading, coverage, holds_wanted, ranked_lines
from assistant.question import Question

WEIGHTS = {
    "bias": -6.0,
    "passage": 4.0,
    "line": 3.0,
    "similarity": 0.0,
    "missing": -1.0,
    "name": -2.0,
    "wanted": 1.0,
    "year": -3.0,
}
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """`carries`: an answer may be tried. `stated`: the documents say themselves that this is not known, in `best`."""

    carries: bool
    stated: bool
    score: float
    best: Line | None


def judge(question: Question, readings: Sequence[Reading], weights: Mapping[str, float]) -> Judgement:
    """`weights`: of the question's terms, by rarity over the places searched."""
    lines = ranked_lines(question, readings, weights)
    if not lines or not question.terms:
        return Judgement(carries=False, stated=False, score=0.0, best=None)
    best = lines[0][1]
    values = features(question, readings, weights, best)
    score = 1 / (1 + math.exp(-sum(WEIGHTS[name] * value for name, value in values.items())))
    likely = score >= THRESHOLD
    return Judgement(likely and not best.states_unknown, likely and best.states_unknown, score, best)


def features(
    question: Question, readings: Sequence[Reading], weights: Mapping[str, float], best: Line
) -> dict[str, float]:
    """What the decision rests on, each about 0 to 1.

    `passage`: share of the question's weighted terms in the best passage; `line`: in its best sentence with headings;
    `similarity`: of the embeddings, 0.8 to 0.9 of it spread over 0 to 1; `missing`: weight of the heaviest term that no passage holds, against the heaviest;
    `name`: whether one of the things named is in no passage; `wanted`: whether the best sentence holds the kind of value asked for; `year`: whether it says nothing of a year
    asked about.
    """
    passage = max(
        coverage(question.terms, reading.context_terms.union(*(line.terms for line in reading.lines)), weights)
        for reading in readings
    )
    joint = [
        (coverage(question.terms, line.terms | reading.context_terms, weights), line)
        for reading in readings
        for line in reading.lines
    ]
    top = max(share for share, _ in joint)
    everywhere = frozenset().union(*(reading.context_terms for reading in readings), *(line.terms for _, line in joint))
    lacking = [weights.get(t, 1.0) for t in question.terms if coverage([t], everywhere, weights) == 0]
    heaviest = max((weights.get(term, 1.0) for term in question.terms), default=1.0)
    said = f"{best.passage.context} {best.text}"
    return {
        "bias": 1.0,
        "passage": passage,
        "line": top,
        "similarity": 10 * (max(reading.passage.similarity for reading in readings) - 0.8),
        "missing": max(lacking, default=0.0) / heaviest,
        "name": 1.0 if any(coverage([t], everywhere, weights) == 0 for t in question.names) else 0.0,
        "wanted": 1.0 if not question.wants or best.states_unknown or holds_wanted(question, best) else 0.0,
        "year": 1.0 if any(year not in said for year in question.years) else 0.0,
    }
