"""Scores and the level from answers: a better one never lowers either, and what nobody knows is never the worst."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.diagnosis.answers import Answer, Evidence, Sheet
from assistant.diagnosis.report import Readiness
from assistant.diagnosis.scoring import area_score, readiness, system_level
from knowledge.instrument import SYSTEM_LEVELS, UNKNOWN, Depth, Item
from tests.assistant.sheets import DAY, INSTRUMENT, ITEMS, changed, everywhere, sheet, sheets

PAPER = Evidence("doc-1", "작업일보")


def numbers(found: Readiness) -> dict[str, float | None]:
    """Every score there is: the whole, dimensions, areas."""
    scores = {"overall": found.overall}
    for dimension in found.dimensions:
        scores[dimension.id] = dimension.score
        scores |= {f"{dimension.id}/{area.id}": area.score for area in dimension.areas}
    return scores


def not_lower(before: Sheet, after: Sheet) -> None:
    was, now = numbers(readiness(INSTRUMENT, before)), numbers(readiness(INSTRUMENT, after))
    assert was.keys() == now.keys()
    for name, score in was.items():
        after_score = now[name]
        assert score is None or after_score is None or after_score >= score, name
    level, later = system_level(INSTRUMENT, before).level, system_level(INSTRUMENT, after).level
    if level is not None and later is not None:
        assert SYSTEM_LEVELS.index(later) >= SYSTEM_LEVELS.index(level)


@settings(max_examples=60, deadline=None)
@given(sheets(), st.data())
def test_a_better_answer_never_lowers_anything(of: Sheet, data: st.DataObject) -> None:
    """Of a question that is answered: another answer to one that is not known could pull a mean anywhere."""
    item = data.draw(st.sampled_from(ITEMS))
    at = data.draw(st.integers(0, len(item.values) - 2))
    better = data.draw(st.integers(at + 1, len(item.values) - 1))
    not_lower(changed(of, item.id, item.values[at]), changed(of, item.id, item.values[better]))
    exact = area_score(INSTRUMENT.area_of(item.id), changed(of, item.id, item.values[at]))
    then = area_score(INSTRUMENT.area_of(item.id), changed(of, item.id, item.values[better]))
    assert exact is not None
    assert then is not None
    assert then > exact


@settings(max_examples=60, deadline=None)
@given(sheets(), st.sampled_from(ITEMS))
def test_not_knowing_is_never_the_worst(of: Sheet, item: Item) -> None:
    worst, unknown = changed(of, item.id, item.values[0]), changed(of, item.id, UNKNOWN)
    not_lower(worst, unknown)
    unanswered = Sheet(of.depth, of.day, {name: each for name, each in of.answers.items() if name != item.id})
    assert numbers(readiness(INSTRUMENT, unanswered)) == numbers(readiness(INSTRUMENT, unknown))
    assert system_level(INSTRUMENT, unanswered) == system_level(INSTRUMENT, unknown)


@settings(max_examples=40, deadline=None)
@given(sheets(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(of: Sheet, chance: Random) -> None:
    names = list(of.answers)
    chance.shuffle(names)
    again = Sheet(of.depth, of.day, {name: of.answers[name] for name in names})
    assert readiness(INSTRUMENT, again) == readiness(INSTRUMENT, of)
    assert system_level(INSTRUMENT, again) == system_level(INSTRUMENT, of)


@settings(max_examples=60, deadline=None)
@given(sheets())
def test_scores_lie_between_0_and_5_with_one_decimal_and_the_level_in_its_range(of: Sheet) -> None:
    found = readiness(INSTRUMENT, of)
    for score in numbers(found).values():
        assert score is None or (0 <= score <= 5 and round(score, 1) == score)
    for dimension in found.dimensions:
        assert (dimension.score is None) == (dimension.answered == 0)
        assert dimension.evidenced <= dimension.answered <= dimension.items
        assert (dimension.items, dimension.answered) == (
            sum(area.items for area in dimension.areas),
            sum(area.answered for area in dimension.areas),
        )
    estimate = system_level(INSTRUMENT, of)
    low, high = SYSTEM_LEVELS.index(estimate.lowest), SYSTEM_LEVELS.index(estimate.highest)
    assert low <= high
    if estimate.level is not None:
        assert low <= SYSTEM_LEVELS.index(estimate.level) <= high
    if not any(item.anchors[0].system and of.known(item) is None for item in ITEMS):
        assert estimate.lowest == estimate.level == estimate.highest


@pytest.mark.parametrize("values", [{}, {item.id: UNKNOWN for item in ITEMS}])
def test_nothing_known_is_no_score_and_no_level(values: dict[str, str]) -> None:
    found, estimate = readiness(INSTRUMENT, sheet(values)), system_level(INSTRUMENT, sheet(values))
    assert set(numbers(found).values()) == {None}
    assert (estimate.level, estimate.lowest, estimate.highest) == (None, "none", "advanced")
    assert estimate.held == "declared"
    assert estimate.name
    assert estimate.meaning


@pytest.mark.parametrize("depth", ["first", "deep"])
def test_all_worst_is_0_and_all_best_is_5(depth: Depth) -> None:
    for at, score, level in ((0, 0.0, "none"), (-1, 5.0, "advanced")):
        of = sheet(everywhere(at, depth), depth)
        assert set(numbers(readiness(INSTRUMENT, of)).values()) == {score}
        assert system_level(INSTRUMENT, of).level == level


def test_a_dimension_is_the_mean_of_its_areas_however_many_questions_each_has() -> None:
    """Halves are rounded up: 2.25 is 2.3."""
    data = next(dimension for dimension in INSTRUMENT.dimensions if dimension.id == "data")
    first = [next(item for item in area.items if item.depth == "first") for area in data.areas]
    assert [item.id for item in first] == ["records", "trace", "live_use", "care"]
    of = sheet({"records": "at_process", "trace": "by_search", "live_use": "next_day", "care": first[3].values[1]})
    scores = numbers(readiness(INSTRUMENT, of))
    assert [scores[f"data/{area.id}"] for area in data.areas] == [4.0, 1.0, 2.0, 2.0]
    assert scores["data"] == scores["overall"] == 2.3
    with_deep = changed(of, "records_stops", INSTRUMENT.item("records_stops").values[0])
    assert numbers(readiness(INSTRUMENT, with_deep))["data/production_records"] == 2.0


def test_evidence_is_counted_beside_a_score_and_does_not_change_it() -> None:
    answers = {name: Answer(name, value) for name, value in everywhere(1).items()}
    shown = {name: Answer(name, each.value, (PAPER,)) for name, each in answers.items()}
    against = Evidence("doc-1", "일지", state="against", note="확인해 주세요.")
    doubted = {name: Answer(name, each.value, (against,)) for name, each in answers.items()}
    plain, held, doubt = (readiness(INSTRUMENT, Sheet("first", DAY, each)) for each in (answers, shown, doubted))
    assert numbers(plain) == numbers(held) == numbers(doubt)
    assert {each.held for each in held.dimensions} == {"evidenced"}
    assert {each.held for each in (*plain.dimensions, *doubt.dimensions)} == {"declared"}


def level(**values: str) -> tuple[str | None, str, str]:
    found = system_level(INSTRUMENT, sheet(values))
    return found.level, found.lowest, found.highest


BASIC = {"records": "keyed_in", "planning": "erp", "trace": "lot_lookup"}
MIDDLE_1 = {"records": "at_process", "planning": "linked", "trace": "with_conditions", "collection": "main_live"}
MIDDLE_2 = {**MIDDLE_1, "collection": "all_live", "live_use": "analysed", "control": "closed_loop"}
LOW = {"records": "paper", "planning": "by_word", "trace": "cannot", "collection": "none", "live_use": "never"}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        # 기초: the records are in a system, and so is the plan or the trace.
        ({**LOW, "records": "spreadsheet"}, "none"),
        ({**LOW, "records": "keyed_in"}, "none"),
        ({**LOW, "records": "keyed_in", "planning": "erp"}, "basic"),
        ({**LOW, "records": "keyed_in", "trace": "lot_lookup"}, "basic"),
        ({**LOW, "planning": "erp", "trace": "lot_lookup"}, "none"),
        # 중간1: the machines' values come by themselves, and two of four speak for it.
        ({**LOW, **BASIC, "collection": "main_live"}, "basic"),
        ({**LOW, **BASIC, "collection": "main_live", "records": "at_process"}, "basic"),
        ({**LOW, **BASIC, "collection": "main_live", "records": "at_process", "live_use": "live"}, "middle_1"),
        ({**MIDDLE_1, "live_use": "never"}, "middle_1"),
        ({**MIDDLE_1, "collection": "some_logged", "live_use": "live"}, "basic"),
        # 중간2: a process is controlled by what is measured, two of three speak for it, plan and trace are in a system.
        ({**MIDDLE_2, "control": "downloaded"}, "middle_1"),
        (MIDDLE_2, "middle_2"),
        ({**MIDDLE_2, "trace": "lot_lookup"}, "middle_2"),
        ({**MIDDLE_2, "trace": "by_search"}, "middle_1"),
        ({**MIDDLE_2, "planning": "spreadsheet"}, "middle_1"),
        ({**MIDDLE_2, "collection": "main_live"}, "middle_1"),
        # 고도: the system decides by itself, by forecasts.
        ({**MIDDLE_2, "control": "autonomous"}, "middle_2"),
        ({**MIDDLE_2, "live_use": "predictive"}, "middle_2"),
        ({**MIDDLE_2, "control": "autonomous", "live_use": "predictive"}, "advanced"),
        # A machine that controls itself makes no level where the records are on paper.
        ({**MIDDLE_2, "records": "paper", "control": "autonomous", "live_use": "predictive"}, "none"),
    ],
)
def test_each_rule_of_the_level(values: dict[str, str], wanted: str) -> None:
    found = system_level(INSTRUMENT, sheet({"control": "by_feel", **values}))
    assert (found.level, found.lowest, found.highest) == (wanted, wanted, wanted)
    failed = [reason for reason in found.reasons if reason.holds is False]
    assert bool(failed) == (wanted != "advanced")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (BASIC, ("basic", "basic", "basic")),
        ({**BASIC, "planning": "linked"}, ("basic", "basic", "advanced")),
        # Less than half of what levels rest on is known: nobody can tell.
        ({"records": "keyed_in"}, (None, "none", "advanced")),
        ({"records": "keyed_in", "planning": "by_word"}, (None, "none", "middle_1")),
        ({"collection": "main_live"}, (None, "none", "advanced")),
        # Nobody knows how the records are kept, so nobody knows whether it is 기초.
        (
            {"planning": "erp", "trace": "lot_lookup", "live_use": "never", "collection": "none"},
            (None, "none", "basic"),
        ),
        ({"planning": "erp", "trace": "lot_lookup", "live_use": "never"}, (None, "none", "basic")),
        ({**BASIC, "live_use": "never", "collection": "main_live"}, ("basic", "basic", "basic")),
        ({**MIDDLE_2, "live_use": UNKNOWN}, ("middle_2", "middle_1", "middle_2")),
    ],
)
def test_what_is_unknown_widens_the_range_and_stops_no_level(
    values: dict[str, str], wanted: tuple[str | None, str, str]
) -> None:
    assert level(**values) == wanted
    assert level(**values, **{name: UNKNOWN for name in LOW if name not in values}) == wanted


def test_a_level_rests_on_evidence_where_what_defines_it_does() -> None:
    answers = {name: Answer(name, value) for name, value in BASIC.items()}
    assert system_level(INSTRUMENT, Sheet("first", DAY, answers)).held == "declared"
    answers["planning"] = Answer("planning", "erp", (PAPER,))
    assert system_level(INSTRUMENT, Sheet("first", DAY, answers)).held == "declared"
    answers["records"] = Answer("records", "keyed_in", (PAPER,))
    assert system_level(INSTRUMENT, Sheet("first", DAY, answers)).held == "evidenced"
    against = Evidence("doc-1", "일지", state="against")
    answers["records"] = Answer("records", "keyed_in", (against,))
    assert system_level(INSTRUMENT, Sheet("first", DAY, answers)).held == "declared"


def test_a_level_says_its_name_and_what_it_means_in_words() -> None:
    names = {
        system_level(INSTRUMENT, sheet(values)).name for values in (LOW, BASIC, MIDDLE_1, MIDDLE_2, everywhere(-1))
    }
    assert len(names) == 5
    reasons = system_level(INSTRUMENT, sheet(BASIC)).reasons
    levels = [SYSTEM_LEVELS.index(reason.level) for reason in reasons]
    assert all(before <= after for before, after in pairwise(levels))
    assert [reason.holds for reason in reasons if reason.level == "basic"] == [True, True]
    assert [reason.holds for reason in reasons if reason.level == "middle_1"] == [None, False]
