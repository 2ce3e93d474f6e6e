"""Which gaps come first: by the firm's own goals and losses, foundations before what rests on them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.diagnosis.answers import Firm, Sheet, Wishes
from assistant.diagnosis.build import report
from assistant.diagnosis.gaps import STRONG, TOP, Ranked, ranked
from assistant.diagnosis.scoring import area_score
from knowledge.instrument import MOST, UNKNOWN, Depth
from knowledge.usecases import use_cases
from tests.assistant.sheets import GOALS, INSTRUMENT, LOSSES, changed, everywhere, sheet, sheets, wishes

MIDDLING = sheet(everywhere(1))
AREAS = {area.id: area for area in INSTRUMENT.areas}


def areas(of: Sheet, wanted: Wishes = Wishes()) -> list[str]:  # noqa: B008 - it is frozen
    return [each.area.id for each in ranked(INSTRUMENT, of, wanted)]


def priority(of: Sheet, area: str, wanted: Wishes = Wishes()) -> float:  # noqa: B008 - it is frozen
    return found(of, area, wanted).priority


def found(of: Sheet, area: str, wanted: Wishes = Wishes()) -> Ranked:  # noqa: B008 - it is frozen
    return next(each for each in ranked(INSTRUMENT, of, wanted) if each.area.id == area)


@settings(max_examples=60, deadline=None)
@given(sheets(), wishes())
def test_gaps_are_what_is_known_and_not_at_its_best_the_most_urgent_first(of: Sheet, wanted: Wishes) -> None:
    gaps = ranked(INSTRUMENT, of, wanted)
    assert [each.priority for each in gaps] == sorted((each.priority for each in gaps), reverse=True)
    assert len({each.area.id for each in gaps}) == len(gaps)
    for each in gaps:
        known = [anchor.score for item in each.area.items if (anchor := of.known(item))]
        assert known
        assert 0 <= each.score < STRONG < MOST
        assert each.priority > 0
        assert set(each.waits_for) <= set(each.area.needs)
    left = {area.id for area in INSTRUMENT.areas} - {each.area.id for each in gaps}
    for name in left:
        score = area_score(AREAS[name], of)
        assert score is None or score >= STRONG


@settings(max_examples=40, deadline=None)
@given(sheets(), wishes(), st.data())
def test_the_order_of_goals_and_losses_does_not_matter(of: Sheet, wanted: Wishes, data: st.DataObject) -> None:
    goals = data.draw(st.permutations(wanted.goals))
    losses = dict(data.draw(st.permutations(list(wanted.losses.items()))))
    again = ranked(INSTRUMENT, of, Wishes(tuple(goals), losses))
    assert [(each.area.id, each.priority) for each in again] == [
        (each.area.id, each.priority) for each in ranked(INSTRUMENT, of, wanted)
    ]


def test_all_best_is_no_gap_and_nothing_known_is_none_either() -> None:
    depths: tuple[Depth, ...] = ("first", "deep")
    for depth in depths:
        assert ranked(INSTRUMENT, sheet(everywhere(-1, depth), depth), Wishes(tuple(GOALS))) == ()
    assert ranked(INSTRUMENT, sheet({}), Wishes(tuple(GOALS))) == ()
    unknown = dict.fromkeys(everywhere(0), UNKNOWN)
    assert ranked(INSTRUMENT, sheet(unknown), Wishes(tuple(GOALS))) == ()
    made = report(INSTRUMENT, use_cases().cases, {}, sheet(everywhere(-1)), Firm())
    assert (made.gaps, made.roadmap.quick_wins) == ((), ())
    assert not any(stage.actions for stage in made.roadmap.stages)


def test_one_lagging_area_among_the_best_is_the_only_gap() -> None:
    for area in INSTRUMENT.areas:
        of = changed(sheet(everywhere(-1)), area.items[0].id, area.items[0].values[0])
        assert areas(of) == [area.id]


def test_a_goal_or_a_loss_moves_up_what_bears_on_it() -> None:
    plain = areas(MIDDLING)
    for goal in GOALS:
        wanted = Wishes((goal,))
        strongest = max(AREAS.values(), key=lambda area: area.goals.get(goal, 0)).id
        assert priority(MIDDLING, strongest, wanted) > priority(MIDDLING, strongest)
        assert goal in found(MIDDLING, strongest, wanted).goals
    for loss in LOSSES:
        area = max(AREAS.values(), key=lambda area: area.losses.get(loss, 0)).id
        small, great = (priority(MIDDLING, area, Wishes(losses={loss: size})) for size in (1, 3))
        assert priority(MIDDLING, area) < small < great
    orders = {tuple(areas(MIDDLING, Wishes((goal,)))[:TOP]) for goal in GOALS}
    assert len(orders) >= 5
    assert tuple(plain) not in {tuple(areas(MIDDLING, Wishes((goal,)))) for goal in ("safety", "energy", "delivery")}


def test_a_report_says_why_a_gap_stands_where_it_does() -> None:
    def because(wanted: Wishes) -> dict[str, str]:
        made = report(INSTRUMENT, use_cases().cases, {}, MIDDLING, Firm(wishes=wanted))
        return {gap.area: " ".join(gap.because) for gap in made.gaps}

    safe = because(Wishes(("safety",), {"accidents": 3}))
    assert next(iter(safe)) == "workplace_safety"
    assert "목표로 정한 '사고 줄이기'" in safe["workplace_safety"]
    assert "큰 손실로 꼽은 '사고와 아차사고'" in safe["workplace_safety"]
    green = because(Wishes(("energy",), {"energy_bill": 3}))
    assert green.keys() != safe.keys()
    assert "'에너지와 탄소 줄이기'" in green["energy_environment"]
    assert "전기와 연료값" in green["energy_environment"]
    nothing = because(Wishes())
    assert not any("목표로 정한" in said or "손실로 꼽은" in said for said in nothing.values())
    assert all("5점 만점" in said and "저희 추정" in said for said in nothing.values())


def test_a_goal_that_is_stated_twice_counts_once() -> None:
    assert [(each.area.id, each.priority) for each in ranked(INSTRUMENT, MIDDLING, Wishes(("safety", "safety")))] == [
        (each.area.id, each.priority) for each in ranked(INSTRUMENT, MIDDLING, Wishes(("safety",)))
    ]


def test_what_rests_on_a_missing_foundation_hands_its_weight_down() -> None:
    """Data use needs records and machine data: where those are missing it waits, and they are lifted."""
    none = sheet(everywhere(1))
    there = changed(changed(none, "records", "at_process"), "collection", "main_live")
    assert found(none, "data_use").waits_for == ("production_records", "machine_data")
    assert "data_use" in found(none, "machine_data").lifted_by
    assert found(there, "data_use").waits_for == ()
    assert priority(none, "data_use") < priority(there, "data_use")
    alone = Sheet(none.depth, none.day, {"collection": none.answers["collection"]})
    assert priority(alone, "machine_data") < priority(none, "machine_data")
    unknown = changed(none, "collection", UNKNOWN)
    assert "machine_data" not in found(unknown, "data_use").waits_for


def test_a_report_names_what_waits_for_what() -> None:
    wanted = Wishes(("quality", "customer"), {"defects": 3})
    made = report(INSTRUMENT, use_cases().cases, {}, sheet(everywhere(0)), Firm(wishes=wanted))
    lifted = {each.area.id: each for each in ranked(INSTRUMENT, sheet(everywhere(0)), wanted)}
    waiting = [gap for gap in made.gaps if gap.waits_for]
    lifting = [gap for gap in made.gaps if lifted[gap.area].lifted_by]
    assert waiting or lifting
    for gap in waiting:
        assert all(name in " ".join(gap.because) for name in gap.waits_for)
        assert "먼저" in " ".join(gap.because)
    for gap in lifting:
        assert all(AREAS[name].name in " ".join(gap.because) for name in lifted[gap.area].lifted_by)


def test_a_worse_area_is_never_less_urgent() -> None:
    for area in INSTRUMENT.areas:
        item = area.items[0]
        lagging = [anchor.value for anchor in item.anchors if anchor.score < STRONG]
        alone = [priority(sheet({item.id: value}), area.id) for value in lagging]
        assert alone == sorted(alone, reverse=True)
        assert len(set(alone)) == len(alone)


def test_a_report_shows_three_gaps_at_most_with_what_is_still_to_do() -> None:
    made = report(INSTRUMENT, use_cases().cases, {}, MIDDLING, Firm())
    assert len(made.gaps) == TOP
    for gap in made.gaps:
        area = AREAS[gap.area]
        assert gap.dimension == next(each.id for each in INSTRUMENT.dimensions if area in each.areas)
        assert [action.days for action in gap.actions] == sorted(action.days for action in gap.actions)
        assert {action.text for action in gap.actions} == {
            action.text for action in area.actions if gap.score < action.upto
        }
    one = replace(MIDDLING, answers={"records": MIDDLING.answers["records"]})
    assert [gap.area for gap in report(INSTRUMENT, (), {}, one, Firm()).gaps] == ["production_records"]
