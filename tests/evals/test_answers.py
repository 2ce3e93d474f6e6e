from __future__ import annotations

from typing import Any

import pytest

from evals.answers import summary, unsupported_digits


def mark(
    identity: str, *, answerable: bool, right: bool = False, abstained: bool = False, **more: Any
) -> dict[str, Any]:
    return {
        "id": identity,
        "answerable": answerable,
        "near": True,
        "right_document": right and not abstained,
        "right_cited": right,
        "right_value": right and not abstained,
        "abstained": abstained,
        "quotes": 1,
        "verbatim": 1,
        "unsupported": [],
        "model": "quotation",
        "ms": {"evidence": 10.0, "first_token": 20.0, "total": 30.0},
        **more,
    }


@pytest.mark.parametrize(
    ("answer", "quotes", "missing"),
    [
        ("최대 6억 원입니다. [1]", ["최대 6억 원이다"], []),
        ("최대 7억 원입니다. [1]", ["최대 6억 원이다"], ["7"]),
        ("12,000개입니다. [2]", ["12000개"], []),
        ("2026년 1월 7일", ["2026-01-07"], ["1", "7"]),
        ("숫자가 없습니다. [3]", [], []),
    ],
)
def test_digits_that_stand_in_no_quote_are_found(answer: str, quotes: list[str], missing: list[str]) -> None:
    assert unsupported_digits(answer, quotes) == missing


def test_figures_count_each_kind_of_outcome() -> None:
    marks = [
        mark("a1", answerable=True, right=True, model="m"),
        mark("a2", answerable=True, right=True, abstained=True),
        mark("a3", answerable=True, verbatim=0, unsupported=["9"]),
        mark("u1", answerable=False, abstained=True),
        mark("u2", answerable=False),
    ]
    figures = summary(marks, "m")
    assert figures["right_document_cited"] == 1
    assert figures["nearest_shown_in_refusal"] == 1
    assert figures["false_refusals"] == 1
    assert figures["refused"] == 1
    assert (figures["quotes"], figures["quotes_verbatim"]) == (5, 4)
    assert figures["numbers_unsupported"] == 1
    assert figures["written_by_model"] == 1
    assert figures["median_ms"] == {"evidence": 10.0, "first_token": 20.0, "total": 30.0}
    assert figures["wrong"]["not_refused"] == ["u2"]
