"""Fits the weights of `assistant.judgement`: which passages carry an answer to which questions.

Learned from the development questions and, with `korquad`, from its even articles: a question with its own article in
the collection is answerable, the same question with that article taken out is not. The test questions are never used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from assistant.evidence import analyse, ranked_lines
from assistant.judgement import WEIGHTS, features
from assistant.passages import Finder
from assistant.question import understand
from evals.questions import Asked
from retrieval.korean import Tokenizer

Matrix = npt.NDArray[np.float64]
NAMES = tuple(WEIGHTS)
_RIDGE = 0.05
_STEPS = 50


def table(finder: Finder, tokenizer: Tokenizer, asked: Sequence[Asked], today: date) -> tuple[Matrix, Matrix]:
    """(features (n, len(NAMES)), labels (n,)): label 1 where a document that answers is among the passages found."""
    rows, labels = [], []
    for item in asked:
        question = understand(item.question, [], tokenizer, today)
        passages, weigh = finder.find(question)
        readings, weights = analyse(passages, tokenizer), weigh(question.terms)
        values = features(question, readings, ranked_lines(question, readings, weights), weights)
        rows.append([values[name] for name in NAMES])
        labels.append(float(item.answerable))
    return np.array(rows), np.array(labels)


def fit(rows: Matrix, labels: Matrix) -> dict[str, float]:
    """Logistic regression by Newton's method with a light ridge; both classes weigh the same."""
    weights = np.zeros(rows.shape[1])
    share = labels.mean()
    importance = np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (importance * (chance - labels)) + _RIDGE * weights
        curvature = (rows.T * (importance * chance * (1 - chance))) @ rows + _RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, gradient)
    return dict(zip(NAMES, (round(float(weight), 3) for weight in weights), strict=True))
