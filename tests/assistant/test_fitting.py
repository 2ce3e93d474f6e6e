"""Use cases beside a gap: of this firm's sector and machines, three of them, with what it has of what they need."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from assistant.diagnosis.answers import Firm, Sheet, Wishes
from assistant.diagnosis.build import report
from assistant.diagnosis.fitting import EACH, fitting, shown
from knowledge.instrument import UNKNOWN, Area
from knowledge.usecases import UseCase, use_cases
from tests.assistant.sheets import INSTRUMENT, MACHINES, changed, everywhere, firms, sheet, sheets

CASES = use_cases().cases
SECTORS = {each.id: each for each in INSTRUMENT.frame.sectors}
KSIC = ["", "99", *(each.ksic[0] for each in INSTRUMENT.frame.sectors)]
WORST = sheet(everywhere(0))


def cases(area: Area, firm: Firm, of: Sheet = WORST) -> list[UseCase]:
    return fitting(area, firm, of, INSTRUMENT, CASES, frozenset())


def suits(case: UseCase, firm: Firm) -> bool:
    """Made for no other sector, and for no machines of which the firm has none. What is not known excludes nothing."""
    sector = INSTRUMENT.sector(firm.sector)
    of_sector = not case.sectors or sector is None or sector.id in case.sectors
    return of_sector and (not case.machines or not firm.machines or bool(set(case.machines) & set(firm.machines)))


def special(case: UseCase, firm: Firm) -> bool:
    """Made for particular sectors or machines, where the firm has not told its own."""
    return bool((case.sectors and INSTRUMENT.sector(firm.sector) is None) or (case.machines and not firm.machines))


@pytest.mark.parametrize("ksic", KSIC)
def test_three_for_every_gap_of_every_sector(ksic: str) -> None:
    for area in INSTRUMENT.areas:
        found = cases(area, Firm(sector=ksic))
        assert len({case.id for case in found}) == EACH, area.id
        assert all(area.id in case.areas for case in found)


@pytest.mark.parametrize("machine", MACHINES)
def test_three_for_every_gap_whatever_machine_a_firm_has(machine: str) -> None:
    for ksic in KSIC:
        for area in INSTRUMENT.areas:
            assert len(cases(area, Firm(sector=ksic, machines=(machine,)))) == EACH, (ksic, area.id)


@settings(max_examples=40, deadline=None)
@given(sheets(), firms())
def test_none_is_made_for_another_sector_or_for_machines_a_firm_does_not_have(of: Sheet, firm: Firm) -> None:
    made = report(INSTRUMENT, CASES, {}, of, firm)
    known = {case.id: case for case in CASES}
    for gap in made.gaps:
        assert len(gap.use_cases) == EACH
        for fit in gap.use_cases:
            assert suits(known[fit.id], firm), fit.id
            assert len(fit.needs) == len(known[fit.id].needs)


@settings(max_examples=30, deadline=None)
@given(sheets(), firms())
def test_each_gap_brings_something_new_while_there_is_any(of: Sheet, firm: Firm) -> None:
    made = report(INSTRUMENT, CASES, {}, of, firm)
    used: set[str] = set()
    for gap in made.gaps:
        here = {fit.id for fit in gap.use_cases}
        unused = [case for case in CASES if gap.area in case.areas and suits(case, firm) and case.id not in used]
        told = [case for case in unused if not special(case, firm)]
        assert len(here - used) >= min(EACH, len(told))
        used |= here


def test_the_firms_own_sector_and_machines_come_first() -> None:
    area = next(area for area in INSTRUMENT.areas if area.id == "machine_data")
    press = cases(area, Firm(sector="C25", machines=("press",)))
    inject = cases(area, Firm(sector="C22", machines=("injection",)))
    assert {case.id for case in press} != {case.id for case in inject}
    special = [case for case in CASES if case.machines and area.id in case.areas]
    for machine in {machine for case in special for machine in case.machines}:
        best = cases(area, Firm(machines=(machine,)))
        assert any(machine in case.machines for case in best)


def test_a_fit_names_sector_and_machines_and_nothing_the_firm_has_not() -> None:
    case = next(case for case in CASES if case.sectors and case.machines)
    sector, machine = SECTORS[case.sectors[0]], case.machines[0]
    name = next(each.name for each in INSTRUMENT.frame.machines if each.id == machine)
    both = shown(case, Firm(sector=sector.ksic[0], machines=(machine,)), WORST, INSTRUMENT, {})
    assert both.fits == f"{sector.name} · {name}"
    assert shown(case, Firm(), WORST, INSTRUMENT, {}).fits == ""


def test_goals_and_losses_turn_the_choice() -> None:
    chosen = set()
    area = next(area for area in INSTRUMENT.areas if area.id == "data_use")
    for wanted in (Wishes(("energy",), {"energy_bill": 3}), Wishes(("delivery",), {"delays": 3}), Wishes(("quality",))):
        chosen.add(tuple(case.id for case in cases(area, Firm(wishes=wanted))))
    assert len(chosen) > 1


def test_a_need_is_there_or_missing_or_not_known() -> None:
    case = next(case for case in CASES if case.needs)
    need = case.needs[0]
    item = INSTRUMENT.item(need.item)
    at = item.values.index(need.from_value)

    def state(of: Sheet) -> str:
        return shown(case, Firm(), of, INSTRUMENT, {}).needs[0].state

    assert state(sheet({})) == state(changed(WORST, item.id, UNKNOWN)) == "unknown"
    for place, value in enumerate(item.values):
        assert state(changed(WORST, item.id, value)) == ("have" if place >= at else "missing")


def test_only_documents_that_the_library_holds_are_named() -> None:
    case = next(case for case in CASES if case.library)
    name = case.library[0]
    held = {name: ("doc-1", "자료"), "none": ("doc-2", "딴 자료")}
    assert shown(case, Firm(), WORST, INSTRUMENT, held).library == (("doc-1", "자료"),)
    assert shown(case, Firm(), WORST, INSTRUMENT, {}).library == ()


def test_where_a_pitfall_comes_from_is_said() -> None:
    for case in CASES:
        said = shown(case, Firm(), WORST, INSTRUMENT, {}).pitfalls
        assert all(text.endswith(")") and ("저희의 추론" in text or "(" in text) for text in said)
        assert len(said) == len(case.pitfalls)
