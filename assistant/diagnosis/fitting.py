"""Use cases for a gap of this firm: of its sector and machines, with what it has of what they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from assistant.diagnosis.answers import Firm, Sheet
from assistant.diagnosis.report import DataSet, Need, UseCaseFit
from knowledge.instrument import Area, Instrument
from knowledge.usecases import Requirement, UseCase

Library = Mapping[str, tuple[str, str]]
EACH = 3
"""Use cases beside a gap."""
EFFORT = {"small": 1, "medium": 2, "large": 3}


def fitting(
    area: Area, firm: Firm, sheet: Sheet, instrument: Instrument, cases: Sequence[UseCase], without: frozenset[str]
) -> list[UseCase]:
    """The three that fit best; those in `without` stand beside another gap already and come only where none is left.

    One made for another sector or for machines the firm does not have is never taken; where the firm has not told its
    sector or machines, one made for particular ones comes last.
    """
    sector = instrument.sector(firm.sector)
    own = sector.id if sector else ""
    possible = [case for case in cases if area.id in case.areas and _suits(case, own, firm)]
    order = {case.id: at for at, case in enumerate(cases)}

    def rank(case: UseCase) -> tuple[bool, bool, float, int, int]:
        for_others = bool((case.sectors and not own) or (case.machines and not firm.machines))
        return (
            for_others,
            case.id in without,
            -_fit(case, own, firm, sheet, instrument),
            EFFORT[case.effort],
            order[case.id],
        )

    return sorted(possible, key=rank)[:EACH]


def shown(case: UseCase, firm: Firm, sheet: Sheet, instrument: Instrument, library: Library) -> UseCaseFit:
    """`library`: document id and title of the library's documents, by name."""
    sector = instrument.sector(firm.sector)
    machines = [
        each.name for each in instrument.frame.machines if each.id in case.machines and each.id in firm.machines
    ]
    fits = [*([sector.name] if sector and sector.id in case.sectors else []), *machines]
    return UseCaseFit(
        case.id, case.name, case.summary, " · ".join(fits), case.effort_text, case.step,
        tuple(Need(need.text, _state(need, sheet, instrument)) for need in case.needs),
        tuple(f"{each.text} ({each.source or '저희의 추론'})" for each in case.pitfalls),
        tuple(DataSet(each.name, each.about, each.terms, each.source, each.url) for each in case.datasets),
        case.safety, case.environment, case.ask_vendor,
        tuple(library[name] for name in case.library if name in library),
    )  # fmt: skip


def _suits(case: UseCase, sector: str, firm: Firm) -> bool:
    if case.sectors and sector and sector not in case.sectors:
        return False
    return not (case.machines and firm.machines and not set(case.machines) & set(firm.machines))


def _fit(case: UseCase, sector: str, firm: Firm, sheet: Sheet, instrument: Instrument) -> float:
    """How well a case suits: what it is made for, what it works towards, what the firm has of its needs."""
    states = [_state(need, sheet, instrument) for need in case.needs]
    have = sum({"have": 1.0, "unknown": 0.5, "missing": 0.0}[state] for state in states) / len(states)
    wished = (
        len(set(case.goals) & set(firm.wishes.goals)) + sum(firm.wishes.losses.get(loss, 0) for loss in case.losses) / 3
    )
    return 2 * (sector in case.sectors) + 2 * bool(set(case.machines) & set(firm.machines)) + wished + 2 * have


def _state(need: Requirement, sheet: Sheet, instrument: Instrument) -> Literal["have", "missing", "unknown"]:
    item = instrument.item(need.item)
    anchor = sheet.known(item)
    if anchor is None:
        return "unknown"
    return "have" if anchor.score >= item.anchor(need.from_value).score else "missing"
