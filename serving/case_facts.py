"""What a company that agreed publishes of its case file: one coarse value a fact, never two of them together.

What the case file does not say is not published, and counts as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from assistant.case_entries import Outcome, Profile, Programme, section_of
from assistant.case_state import CaseState
from assistant.casefile import CaseFile
from serving.overview import Consents, Fact

YEAR = 12
"""Months."""
STALE = 6
"""Months after which the last accident count says nothing of now."""
_SIZES = ((5, "under_5"), (50, "5_49"), (300, "50_299"))
# Readiness is 0 to 5; a quarter of that is a band of 25 percent.
_BANDS = ((1.25, "0_24"), (2.5, "25_49"), (3.75, "50_74"))
_PEOPLE = {"literacy", "digital_staff"}
"""The areas that training closes."""
_DEMAND = ("none", "interested", "applied", "selected")
_ASKED: dict[str, str] = {  # the outcome of an application is the company's own business
    "interested": "interested",
    "applied": "applied",
    "rejected": "applied",
    "selected": "selected",
    "done": "selected",
}


def publish(consents: Consents, company_id: str, kept: CaseFile, today: date) -> CaseState:
    """After every change of a case file; gives back where it stands. Without the company's consent nothing is published.

    Of two who write at once the slower might publish what was so before: whoever publishes looks again.
    """
    published, state = None, kept.state()
    while state != published:
        consents.renew(company_id, facts(state, today))
        published, state = state, kept.state()
    return state


def facts(state: CaseState, today: date) -> dict[Fact, str | None]:
    """None: the case file does not say. What a company stated at its consent stays until it writes a profile."""
    found = {
        Fact.SYSTEM_LEVEL: state.diagnoses[-1].system_level if state.diagnoses else None,
        Fact.READINESS_BAND: _band(state),
        Fact.TOP_GAP: next(iter(state.diagnoses[-1].top_gaps), None) if state.diagnoses else None,
        Fact.FUNDING_DEMAND: _funding(state),
        Fact.TRAINING_DEMAND: _training(state, today),
        Fact.ADOPTION: next((each.adoption for each in reversed(state.outcomes) if each.adoption), None),
        Fact.ACCIDENTS: accidents(state.outcomes, today),
    }
    return {**(_profiled(state.profile) if state.profile else {}), **found}


def accidents(outcomes: tuple[Outcome, ...], today: date) -> str | None:
    """The twelve months up to the last that is counted, against the twelve before; None unless all 24 are counted."""
    counted = {_number(each.month): each.accidents for each in outcomes if each.accidents is not None}
    last = max(counted, default=0)
    if last < _number(f"{today:%Y-%m}") - STALE:
        return None
    months = [counted.get(last - back) for back in range(2 * YEAR)]
    known = [count for count in months if count is not None]
    if len(known) < len(months):
        return None
    now, before = sum(known[:YEAR]), sum(known[YEAR:])
    return "fewer" if now < before else "more" if now > before else "same"


def _number(month: str) -> int:
    """Months since the year 0."""
    return int(month[:4]) * YEAR + int(month[5:])


def _profiled(profile: Profile) -> Mapping[Fact, str | None]:
    size = None if profile.employees is None else _under(profile.employees, _SIZES, "300_up")
    return {Fact.SIZE_CLASS: size, Fact.SECTOR: sector(profile.sector or ""), Fact.REGION: profile.region}


def sector(ksic: str) -> str | None:
    """A division of manufacturing (`25`), else the section (`G`). `C` alone says no division."""
    section, digits = section_of(ksic), ksic.lstrip("ABCDEFGHIJKLMNOPQRSTU")[:2]
    if section == "C":
        return digits or None
    return section


def _band(state: CaseState) -> str | None:
    overall = state.diagnoses[-1].overall if state.diagnoses else None
    return None if overall is None else _under(overall, _BANDS, "75_100")


def _under(value: float, bounds: tuple[tuple[float, str], ...], else_: str) -> str:
    return next((name for bound, name in bounds if value < bound), else_)


def _funding(state: CaseState) -> str | None:
    """The furthest the company is with any programme; none where it keeps a case file and names none."""
    if not state.programmes:
        return "none" if state.profile or state.diagnoses else None
    return max((_asked(each) for each in state.programmes), key=_DEMAND.index)


def _asked(programme: Programme) -> str:
    return _ASKED[programme.state]


def _training(state: CaseState, today: date) -> str | None:
    if any(each.day and _months(each.day, today) < YEAR for each in state.trainings):
        return "done"
    if not state.diagnoses:
        return None
    return "wanted" if _PEOPLE & set(state.diagnoses[-1].top_gaps) else "none"


def _months(day: date, today: date) -> int:
    """Whole months from one day to the other."""
    return (today.year - day.year) * YEAR + today.month - day.month - (today.day < day.day)
