"""Answers for tests of the diagnosis: sheets from values, and hypothesis strategies over the shipped instrument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from assistant.diagnosis.answers import Answer, Firm, Sheet, Wishes
from knowledge.instrument import UNKNOWN, Depth, Instrument, Item, instrument

INSTRUMENT: Instrument = instrument()
ITEMS: tuple[Item, ...] = tuple(INSTRUMENT.items())
FIRST: tuple[Item, ...] = tuple(INSTRUMENT.items("first"))
DAY = date(2026, 11, 23)
GOALS = [each.id for each in INSTRUMENT.frame.goals]
LOSSES = [each.id for each in INSTRUMENT.frame.losses]
SECTORS = [each.ksic[0] for each in INSTRUMENT.frame.sectors]
MACHINES = [each.id for each in INSTRUMENT.frame.machines]


def sheet(values: Mapping[str, str], depth: Depth = "first", day: date = DAY) -> Sheet:
    return Sheet(depth, day, {name: Answer(name, value) for name, value in values.items()})


def everywhere(at: int, depth: Depth = "first") -> dict[str, str]:
    """The same place among the anchors of every item: 0 the worst, -1 the best."""
    return {item.id: item.anchors[at].value for item in INSTRUMENT.items(depth)}


def changed(of: Sheet, item: str, value: str) -> Sheet:
    return replace(of, answers={**of.answers, item: Answer(item, value)})


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Any answers, some questions unanswered, some not known, some beyond the depth."""
    depth: Depth = draw(st.sampled_from(["first", "deep"]))
    among = draw(st.sampled_from([ITEMS, FIRST]))
    places = draw(st.lists(st.integers(-2, 5), min_size=len(among), max_size=len(among)))
    values = {}
    for item, place in zip(among, places, strict=True):
        if place == -1:
            values[item.id] = UNKNOWN
        elif place >= 0:
            values[item.id] = item.values[min(place, len(item.values) - 1)]
    return sheet(values, depth)


def wishes() -> st.SearchStrategy[Wishes]:
    losses = st.dictionaries(st.sampled_from(LOSSES), st.integers(1, 3), max_size=3)
    return st.builds(Wishes, st.lists(st.sampled_from(GOALS), max_size=3, unique=True).map(tuple), losses)


def firms() -> st.SearchStrategy[Firm]:
    machines = st.lists(st.sampled_from(MACHINES), max_size=3, unique=True).map(tuple)
    sectors = st.sampled_from(["", "99", *SECTORS])
    return st.builds(Firm, st.just("한빛정밀"), sectors, st.none(), machines, wishes())
