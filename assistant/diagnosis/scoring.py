"""Scores from answers: AI 준비도, and beside it, never merged with it, the 시스템 스마트화 수준.

A better answer never lowers either. What nobody knows is left out of a mean and stops no level: it is never counted as the
worst.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Literal

from assistant.diagnosis.answers import Sheet
from assistant.diagnosis.report import DimensionScore, Readiness, Reason, Score, SystemEstimate
from knowledge.instrument import SYSTEM_LEVELS, Area, Clause, Instrument, Item, LevelRule, SystemLevel

Reading = Literal["as_said", "worst", "best"]
"""How an item that nobody knows is taken: as not known, or as not holding, or as holding."""


def readiness(instrument: Instrument, sheet: Sheet) -> Readiness:
    dimensions = []
    exact: list[Fraction] = []
    for dimension in instrument.dimensions:
        areas = [_area(area, sheet, instrument) for area in dimension.areas]
        score = _mean(value for _, value in areas if value is not None)
        if score is not None:
            exact.append(score)
        parts = tuple(shown for shown, _ in areas)
        dimensions.append(
            DimensionScore(
                dimension.id, dimension.name, _shown(score),
                sum(part.items for part in parts), sum(part.answered for part in parts),
                sum(part.evidenced for part in parts), parts,
            )
        )  # fmt: skip
    return Readiness(_shown(_mean(exact)), tuple(dimensions))


def _area(area: Area, sheet: Sheet, instrument: Instrument) -> tuple[Score, Fraction | None]:
    asked = {item.id for item in sheet.items(instrument)}
    items = [item for item in area.items if item.id in asked]
    known = [item for item in items if sheet.known(item)]
    score = area_score(area, sheet)
    evidenced = sum(sheet.answers[item.id].held == "evidenced" for item in known)
    return Score(area.id, area.name, _shown(score), len(items), len(known), evidenced), score


def area_score(area: Area, sheet: Sheet) -> Fraction | None:
    """The mean of an area's known items, 0 to 5; None where none is known."""
    return _mean(Fraction(anchor.score) for item in area.items if (anchor := sheet.known(item)))


def system_level(instrument: Instrument, sheet: Sheet) -> SystemEstimate:
    """The estimate with its range. No level is told where what levels rest on is mostly unknown, unless that would change
    nothing.
    """
    rules = instrument.frame.levels
    lowest = _level(rules, instrument, sheet, "worst") or "none"
    highest = _level(rules, instrument, sheet, "best") or "none"
    level: SystemLevel | None = lowest
    if lowest != highest:
        level = _level(rules, instrument, sheet, "as_said") if _enough(rules, instrument, sheet) else None
    rule = next((rule for rule in rules if rule.level == level), None)
    return SystemEstimate(
        level,
        rule.name if rule else "아직 알 수 없음",
        rule.meaning if rule else "수준을 가르는 질문에 아직 답이 없습니다.",
        lowest,
        highest,
        "evidenced" if level and _evidenced(rules, sheet, level) else "declared",
        tuple(_reasons(rules, instrument, sheet)),
    )


def _level(rules: Sequence[LevelRule], instrument: Instrument, sheet: Sheet, reading: Reading) -> SystemLevel | None:
    """The highest level whose clauses all hold or hang on what is not known, and whose defining ones hold, with all levels
    below it. None where what defines 기초 is not known.
    """
    reached: SystemLevel | None = None
    for rule in rules:
        holding = [_holds(clause, rule.level, instrument, sheet, reading) for clause in rule.clauses]
        if False in holding:
            return reached or "none"
        defining = [holds for clause, holds in zip(rule.clauses, holding, strict=True) if clause.defining]
        if not all(defining):
            break
        reached = rule.level if rule.clauses else None
    return reached


def _enough(rules: Sequence[LevelRule], instrument: Instrument, sheet: Sheet) -> bool:
    """Whether at least half of the items that levels rest on are known."""
    named = {name for rule in rules for clause in rule.clauses for name in clause.items}
    known = [name for name in named if sheet.known(instrument.item(name))]
    return 2 * len(known) >= len(named)


def _holds(
    clause: Clause, level: SystemLevel, instrument: Instrument, sheet: Sheet, reading: Reading = "as_said"
) -> bool | None:
    """Whether enough of a clause's items speak for the level; None where that hangs on what is not known."""
    said = [_speaks(instrument.item(name), clause.speaking or level, sheet) for name in clause.items]
    unknown = said.count(None)
    if said.count(True) + (unknown if reading == "best" else 0) >= clause.at_least:
        return True
    return None if reading == "as_said" and said.count(True) + unknown >= clause.at_least else False


def _speaks(item: Item, level: SystemLevel, sheet: Sheet) -> bool | None:
    anchor = sheet.known(item)
    if anchor is None or anchor.system is None:
        return None
    return SYSTEM_LEVELS.index(anchor.system) >= SYSTEM_LEVELS.index(level)


def _evidenced(rules: Sequence[LevelRule], sheet: Sheet, level: SystemLevel) -> bool:
    """Whether what defines a level rests on evidence."""
    names = [
        name
        for rule in rules
        if rule.level == level
        for clause in rule.clauses
        if clause.defining
        for name in clause.items
    ]
    return bool(names) and all(name in sheet.answers and sheet.answers[name].held == "evidenced" for name in names)


def _reasons(rules: Sequence[LevelRule], instrument: Instrument, sheet: Sheet) -> Iterable[Reason]:
    spoken = {rule.level: rule.name for rule in rules}
    for rule in rules:
        for clause in rule.clauses:
            names = " · ".join(instrument.area_of(name).name for name in clause.items)
            count = f" 가운데 {clause.at_least}개" if len(clause.items) > 1 else ""
            text = f"{names}{count}: {spoken[clause.speaking or rule.level]}에 맞는 답"
            yield Reason(rule.level, text, _holds(clause, rule.level, instrument, sheet))


def _mean(values: Iterable[Fraction]) -> Fraction | None:
    listed = list(values)
    return sum(listed, Fraction()) / len(listed) if listed else None


def _shown(score: Fraction | None) -> float | None:
    """To one decimal, halves up, the same on every machine."""
    return None if score is None else int(score * 10 + Fraction(1, 2)) / 10
