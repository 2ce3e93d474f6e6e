"""What a company that agreed publishes of its case file: one coarse value a fact, never two of them together.

What the case file does not say is not published, and counts as unknown: nothing is inferred from its silence. What was
said long ago says nothing of now: such a fact is published with the last day on which it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

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
_DEMAND = ("interested", "applied", "selected")
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
        consents.renew(company_id, facts(state, today), until(state, today))
        published, state = state, kept.state()
    return state


def facts(state: CaseState, today: date) -> dict[Fact, str | None]:
    """None: the case file does not say, or said it too long ago."""
    lasting = until(state, today)
    return {
        **_profiled(state.profile or Profile()),
        Fact.SYSTEM_LEVEL: state.diagnoses[-1].system_level if state.diagnoses else None,
        Fact.READINESS_BAND: _band(state),
        Fact.TOP_GAP: next(iter(state.diagnoses[-1].top_gaps), None) if state.diagnoses else None,
        Fact.FUNDING_DEMAND: _funding(state),
        Fact.TRAINING_DEMAND: "done" if Fact.TRAINING_DEMAND in lasting else _wanted(state),
        Fact.ADOPTION: _adoption(state.outcomes)[1] if Fact.ADOPTION in lasting else None,
        Fact.ACCIDENTS: accidents(state.outcomes, today),
    }


def until(state: CaseState, today: date) -> dict[Fact, date]:
    """The last day on which a fact counts, for those that age and still count. Training and the use of AI count for a
    year, accidents for half a year after the last month that is counted."""
    trained = [each.day for each in state.trainings if each.day]
    used, _ = _adoption(state.outcomes)
    counted = max(_counted(state.outcomes), default=0)
    last = {
        **({Fact.TRAINING_DEMAND: _year_of(max(trained))} if trained else {}),
        **({Fact.ADOPTION: _end(used + YEAR - 1)} if used else {}),
        **({Fact.ACCIDENTS: _end(counted + STALE)} if counted else {}),
    }
    return {fact: day for fact, day in last.items() if day >= today}


def accidents(outcomes: tuple[Outcome, ...], today: date) -> str | None:
    """The twelve months up to the last that is counted, against the twelve before; None unless all 24 are counted."""
    counted = _counted(outcomes)
    last = max(counted, default=0)
    if not last or _end(last + STALE) < today:
        return None
    months = [counted.get(last - back) for back in range(2 * YEAR)]
    known = [count for count in months if count is not None]
    if len(known) < len(months):
        return None
    now, before = sum(known[:YEAR]), sum(known[YEAR:])
    return "fewer" if now < before else "more" if now > before else "same"


def _counted(outcomes: tuple[Outcome, ...]) -> dict[int, int]:
    """Accidents by month, as `_number` counts them."""
    return {_number(each.month): each.accidents for each in outcomes if each.accidents is not None}


def _adoption(outcomes: tuple[Outcome, ...]) -> tuple[int, str | None]:
    """How far AI is in use, with the month that was last said of, as `_number` counts it; 0 where it never was."""
    said = ((_number(each.month), each.adoption) for each in reversed(outcomes) if each.adoption)
    return next(said, (0, None))


def _end(month: int) -> date:
    """The last day of a month, as `_number` counts it."""
    return date(month // YEAR, month % YEAR + 1, 1) - timedelta(1)


def _year_of(day: date) -> date:
    """The last day of the year that begins with a day."""
    leap = (day.month, day.day) == (2, 29)
    return (date(day.year + 1, 3, 1) if leap else day.replace(year=day.year + 1)) - timedelta(1)


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
    """The furthest the company is with any programme. One that names none has not said that it wants none."""
    return max((_asked(each) for each in state.programmes), key=_DEMAND.index, default=None)


def _asked(programme: Programme) -> str:
    return _ASKED[programme.state]


def _wanted(state: CaseState) -> str | None:
    """Training is wanted where one of the greatest gaps of the last diagnosis is about people: as the consent says."""
    return "wanted" if state.diagnoses and _PEOPLE & set(state.diagnoses[-1].top_gaps) else None
