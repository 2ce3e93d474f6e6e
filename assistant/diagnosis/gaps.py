"""Which gaps matter most to this firm: how far an area lags (to a power above 1: what is decent can wait), times what it
bears on the firm's goals and losses, times ease.

An area whose foundations are missing waits: part of its weight goes to them instead, as one does not forecast from data that
is not there. Every number comes from the instrument (`frame.yaml`, `weights`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assistant.diagnosis.answers import Sheet, Wishes
from assistant.diagnosis.scoring import area_score
from knowledge.instrument import MOST, Area, Instrument

TOP = 3
"""Gaps a report puts first."""
STRONG = 3.5
"""From which score on an area is a strength, and no gap."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An area that lags. `waits_for`: foundations to see to first; `lifted_by`: areas that wait for this one."""

    area: Area
    score: float
    priority: float
    goals: tuple[str, ...]
    losses: tuple[str, ...]
    waits_for: tuple[str, ...]
    lifted_by: tuple[str, ...]


def ranked(instrument: Instrument, sheet: Sheet, wishes: Wishes) -> tuple[Ranked, ...]:
    """Every area that is known and lags, the most urgent first."""
    scores = {area.id: score for area in instrument.areas if (score := area_score(area, sheet)) is not None}
    weights = instrument.frame.weights
    missing = {name for name, score in scores.items() if score < Fraction(str(weights.foundation_below))}
    impacts = {area.id: _impact(area, wishes, instrument) for area in instrument.areas}
    waits = {area.id: tuple(name for name in area.needs if name in missing) for area in instrument.areas}
    carried = _carried(instrument, impacts, waits, scores)
    found = []
    for area in instrument.areas:
        score = scores.get(area.id)
        if score is None or score >= STRONG:
            continue
        urgency = float((MOST - score) / MOST) ** weights.lag * carried[area.id] * weights.ease[area.effort - 1]
        found.append(
            Ranked(
                area, float(score), round(urgency, 6),
                tuple(goal for goal in wishes.goals if goal in area.goals),
                tuple(loss for loss in sorted(wishes.losses) if loss in area.losses),
                waits[area.id],
                tuple(other.id for other in instrument.areas if area.id in waits[other.id] and other.id in scores),
            )
        )  # fmt: skip
    order = {area.id: at for at, area in enumerate(instrument.areas)}
    return tuple(sorted(found, key=lambda each: (-each.priority, order[each.area.id])))


def _impact(area: Area, wishes: Wishes, instrument: Instrument) -> float:
    weights = instrument.frame.weights
    goals = sum(area.goals.get(goal, 0) for goal in sorted(set(wishes.goals)))
    losses = sum(size * area.losses.get(loss, 0) for loss, size in sorted(wishes.losses.items()))
    return weights.base + weights.goal * goals + weights.loss * losses


def _carried(
    instrument: Instrument,
    impacts: Mapping[str, float],
    waits: Mapping[str, tuple[str, ...]],
    scores: Mapping[str, Fraction],
) -> dict[str, float]:
    """Impacts after areas that wait have handed a share of theirs on to what they wait for."""
    share = instrument.frame.weights.foundation
    carried = dict(impacts)
    for area in instrument.areas:
        foundations = waits[area.id]
        if foundations and area.id in scores:
            handed = impacts[area.id] * share
            carried[area.id] -= handed
            for name in foundations:
                carried[name] += handed / len(foundations)
    return carried
