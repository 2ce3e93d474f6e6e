from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.errors import EvalError
from evals.judgement import NAMES, fit
from evals.questions import load


def test_the_held_out_set_is_large_enough_and_every_document_it_names_exists(reference: Path) -> None:
    asked = load("test", reference)
    assert sum(item.answerable for item in asked) == 60
    assert sum(not item.answerable for item in asked) == 40
    assert all(item.documents and item.must for item in asked if item.answerable)
    assert len({item.question for item in asked}) == 100


def test_tuning_and_held_out_questions_do_not_overlap(reference: Path) -> None:
    tuned = {item.question for name in ("dev", "dev2") for item in load(name, reference)}
    assert tuned.isdisjoint(item.question for item in load("test", reference))


def test_an_unknown_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvalError):
        load("nothing", tmp_path)


def test_the_fit_finds_what_separates() -> None:
    draw = np.random.default_rng(7)
    rows = np.column_stack([np.ones(200), *(draw.random(200) for _ in NAMES[1:])])
    labels = (rows[:, NAMES.index("missing")] < 0.5).astype(float)
    weights = fit(rows, labels)
    assert weights["missing"] == min(weights.values())
    assert weights["missing"] < -3
