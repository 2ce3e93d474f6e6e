"""Two runs side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.comparison import compare
from evals.errors import EvalError

MARK: dict[str, Any] = {
    "id": "q1",
    "prompt": "p1",
    "abstained": False,
    "answer": "6억",
    "citations": [{"document_id": "d", "quote": "6억 원이다"}],
    "claims": {"removed": 1},
    "unsupported": [],
    "degraded": None,
    "model": "m",
}


def _run(path: Path, *marks: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps({**MARK, **mark}, ensure_ascii=False) for mark in marks), "utf-8")
    return path


def test_what_is_the_same_and_what_is_not(tmp_path: Path) -> None:
    second_citation = [*MARK["citations"], {"document_id": "e", "quote": "더 쓴 말"}]
    first = _run(tmp_path / "a", {}, {"id": "q2"}, {"id": "q3", "prompt": None, "abstained": True}, {"id": "only"})
    second = _run(
        tmp_path / "b",
        {"answer": "6억 원입니다", "citations": second_citation, "claims": {"removed": 0}},
        {"id": "q2", "prompt": "another", "model": "quotation"},
        {"id": "q3", "prompt": None, "abstained": True},
    )
    report = compare(first, second)
    assert report["questions"] == 3
    assert report["asked_the_model"] == 2
    assert (report["same_prompt"], report["same_decision"], report["same_answer"]) == (2, 3, 2)
    assert report["same_citations"] == 3  # what the model added is its own
    assert report["written_by_model"] == [3, 2]
    assert report["sentences_removed"] == [3, 2]
    assert report["differ"] == {"prompt": ["q2"], "decision": [], "answer": ["q1"]}


def test_runs_that_cannot_be_compared_are_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="같은 질문이 없습니다"):
        compare(_run(tmp_path / "a", {}), _run(tmp_path / "b", {"id": "q9"}))
    with pytest.raises(EvalError, match="읽지 못했습니다"):
        compare(tmp_path / "a", tmp_path / "absent")
