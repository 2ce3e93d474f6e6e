"""The result in the page: what stands where, and in whose words."""

from __future__ import annotations

from typing import Any

import pytest

from ui.page.outcome import peers, result
from ui.page.overview import worded

GAP = {
    "area": "traceability",
    "name": "품질과 이력 추적",
    "use_cases": [{"id": "vision", "name": "비전 검사", "summary": "사진으로 찾습니다."}],
}
HEAD = {"diagnosis_id": "d1", "depth": "first", "total": 21, "answered": 21}
FRAGMENT = (
    '<article class="gj-report" lang="ko" data-generated="ai-assisted">\n<section class="gj-report-first">\n<h2>한 장</h2>'
    '</section>\n<section class="gj-report-detail">\n<h2>자세히</h2></section>\n</article>'
)


def shown(gaps: list[Any], fragment: str = FRAGMENT) -> str:
    return result(HEAD, fragment, {"gaps": gaps}, [], "ko", may_write=True)


def spread(fact: str, as_of: str, **cells: int) -> dict[str, Any]:
    return {"fact": fact, "as_of": as_of, "n": sum(cells.values()), "cells": cells, "own": None, "cell": None}


def test_use_cases_are_chosen_right_after_the_one_page() -> None:
    made = shown([GAP])
    assert made.index("한 장") < made.index('id="gj-dx-picks"') < made.index("자세히")
    assert made.count("<article") == made.count("</article>") == 2
    assert made.count('data-generated="ai-assisted"') == 2


def test_the_report_stays_whole_where_nothing_is_chosen() -> None:
    assert FRAGMENT in shown([])
    assert shown([GAP], "<p>보고서</p>").index("보고서") < shown([GAP], "<p>보고서</p>").index('id="gj-dx-picks"')


def test_each_table_of_peers_is_of_its_own_month() -> None:
    told = {
        "month": "2026-11",
        "peers": [spread("system_level", "2026-09", none=6), spread("sector", "2026-10", other=7)],
    }
    made = peers(told, "ko")
    assert "2026-09 기준" in made
    assert "2026-10 기준" in made
    assert "2026-11" not in made


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("system_level", "none", "기초 전"),
        ("funding_demand", "none", "없음"),
        ("system_level", "advanced", "고도"),
        ("readiness_band", "25_49", "5점 중 1.3~2.4점"),
    ],
)
def test_values_are_named_as_in_the_report(fact: str, value: str, words: str) -> None:
    assert worded(value, "ko", fact) == words
