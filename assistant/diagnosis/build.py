"""A report from answers. It knows no ids, persons or times of day: the same answers make the same report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.diagnosis.answers import Firm, Sheet, Wishes
from assistant.diagnosis.fitting import Library, fitting, shown
from assistant.diagnosis.gaps import STRONG, TOP, Ranked, ranked
from assistant.diagnosis.report import (
    AnswerShown,
    Changed,
    Comparison,
    Doubt,
    Gap,
    Moved,
    PlannedAction,
    Readiness,
    Report,
    Roadmap,
    Stage,
    Strength,
)
from assistant.diagnosis.scoring import readiness, system_level
from knowledge.instrument import UNKNOWN, Area, Instrument, Item, Step
from knowledge.usecases import UseCase

QUICK_DAYS = 90
LOW = 2.0
"""Below which score what the instrument says of a gap is true of it; above it the firm's own answer is quoted."""
COMPARED = 10
"""Questions that must be known both times for a comparison."""
GREAT = 2
"""From which size on a loss is called great."""
_STEPS: tuple[tuple[Step, str], ...] = (("automation", "자동화"), ("intelligence", "지능화"), ("autonomy", "자율화"))
_AHEAD = 5
"""Areas whose actions stand in the roadmap: the most urgent of those that need not wait for others."""
_QUICK_WINS = 5
_VENDOR_QUESTIONS = 8
_UNKNOWN = "잘 모름"
EFFORT_SAID = (
    "스스로 몇 주면 시작할 수 있습니다 (저희 추정).",
    "몇 달이 걸리거나 바깥의 도움이 듭니다 (저희 추정).",
    "설비나 시스템에 투자가 필요합니다 (저희 추정).",
)


def report(
    instrument: Instrument,
    cases: Sequence[UseCase],
    library: Library,
    sheet: Sheet,
    firm: Firm,
    previous: Sheet | None = None,
) -> Report:
    """`library`: document id and title of the library's documents by the name the instrument gives them. `previous`: the
    last finished diagnosis by this version.
    """
    frame, wishes = instrument.frame, firm.wishes
    sector = instrument.sector(firm.sector)
    scored = readiness(instrument, sheet)
    order = ranked(instrument, sheet, wishes)
    gaps = _gaps(instrument, cases, library, sheet, firm, order)
    asked = sheet.items(instrument)
    fits = [case for gap in gaps for case in gap.use_cases]
    return Report(
        version=frame.version, depth=sheet.depth, day=sheet.day, company=firm.name,
        sector=sector.name if sector else "",
        goals=tuple(each.name for each in frame.goals if each.id in wishes.goals),
        losses=tuple(each.name for each in frame.losses if each.id in wishes.losses),
        items=len(asked), answered=sum(sheet.known(item) is not None for item in asked),
        system=system_level(instrument, sheet), readiness=scored,
        strengths=_strengths(instrument, scored), gaps=gaps, doubts=tuple(_doubts(instrument, sheet)),
        roadmap=_roadmap(order),
        safety=_once(case.safety for case in fits), environment=_once(case.environment for case in fits),
        vendor_questions=_once(question for case in fits for question in case.vendor_questions)[:_VENDOR_QUESTIONS],
        answers=tuple(_answer(instrument, sheet, item) for item in asked if item.id in sheet.answers),
        unknown=tuple(item.text for item in asked if sheet.known(item) is None),
        previous=_comparison(instrument, previous, sheet) if previous else None,
        notice=frame.notice,
    )  # fmt: skip


def _strengths(instrument: Instrument, scored: Readiness) -> tuple[Strength, ...]:
    areas = {area.id: area for area in instrument.areas}
    strong = [
        part
        for dimension in scored.dimensions
        for part in dimension.areas
        if part.score is not None and part.score >= STRONG
    ]
    best = sorted(strong, key=lambda part: (-(part.score or 0), -part.evidenced))[:TOP]
    return tuple(Strength(part.id, part.name, part.score or 0, areas[part.id].strength) for part in best)


def _gaps(
    instrument: Instrument,
    cases: Sequence[UseCase],
    library: Library,
    sheet: Sheet,
    firm: Firm,
    order: Sequence[Ranked],
) -> tuple[Gap, ...]:
    names = {area.id: area.name for area in instrument.areas}
    gaps, used = [], frozenset[str]()
    for each in order[:TOP]:
        area = each.area
        found = fitting(area, firm, sheet, instrument, cases, used)
        used |= {case.id for case in found}
        gaps.append(
            Gap(
                area.id, area.name, _dimension(instrument, area), round(each.score, 1), _lag(area, each.score, sheet), each.priority,
                tuple(_because(instrument, each, firm.wishes, names)), tuple(names[name] for name in each.waits_for),
                tuple(shown(case, firm, sheet, instrument, library) for case in found),
                tuple(_planned(each)),
                _links(area.funding, library), _links(area.training, library),
            )
        )  # fmt: skip
    return tuple(gaps)


def _lag(area: Area, score: float, sheet: Sheet) -> str:
    """What is said of a gap: true of whoever stands there."""
    if score < LOW:
        return area.gap
    known = [(anchor.score, item, anchor) for item in area.items if (anchor := sheet.known(item))]
    _, item, now = min(known, key=lambda each: each[0])
    following = item.anchors[min(item.values.index(now.value) + 1, len(item.anchors) - 1)]
    return f"지금은 ‘{now.text.rstrip('.')}’ 단계입니다. 다음은 ‘{following.text.rstrip('.')}’입니다."


def _because(instrument: Instrument, gap: Ranked, wishes: Wishes, names: dict[str, str]) -> Iterable[str]:
    """Why a gap stands where it does."""
    yield f"지금 {float(gap.score):.1f}점 (5점 만점)입니다."
    goals = [each.name for each in instrument.frame.goals if each.id in gap.goals]
    losses = [each for each in instrument.frame.losses if each.id in gap.losses]
    if goals:
        yield f"목표로 정한 '{', '.join(goals)}'에 영향을 줍니다."
    for words, chosen in (
        ("큰 손실로 꼽은", [each.name for each in losses if wishes.losses[each.id] >= GREAT]),
        ("손실로 꼽은", [each.name for each in losses if wishes.losses[each.id] < GREAT]),
    ):
        if chosen:
            yield f"{words} '{', '.join(chosen)}'에 닿아 있습니다."
    if gap.lifted_by:
        yield f"이것이 되어야 다음을 할 수 있습니다: {', '.join(names[name] for name in gap.lifted_by)}."
    if gap.waits_for:
        yield f"먼저 갖출 것이 있습니다: {', '.join(names[name] for name in gap.waits_for)}."
    yield EFFORT_SAID[gap.area.effort - 1]


def _planned(gap: Ranked) -> Iterable[PlannedAction]:
    """What is still to be done in an area, the quickest first."""
    for action in sorted(gap.area.actions, key=lambda action: action.days):
        if gap.score < action.upto:
            yield PlannedAction(gap.area.id, gap.area.name, action.text, action.step, action.days)


def _roadmap(order: Sequence[Ranked]) -> Roadmap:
    ahead = [list(_planned(each)) for each in order if not each.waits_for][:_AHEAD]
    firsts = [actions[0] for actions in ahead if actions]
    seconds = [action for actions in ahead for action in actions[1:]]
    quick = [action for action in (*firsts, *seconds) if action.days <= QUICK_DAYS][:_QUICK_WINS]
    later = sorted((action for action in (*firsts, *seconds) if action not in quick), key=lambda action: action.days)
    stages = (Stage(step, name, tuple(each for each in later if each.step == step)) for step, name in _STEPS)
    return Roadmap(tuple(quick), tuple(stages))


def _doubts(instrument: Instrument, sheet: Sheet) -> Iterable[Doubt]:
    """Answers that hardly stand together, and those that their own evidence speaks against."""
    for claim in instrument.frame.contradictions:
        higher, lower = instrument.item(claim.higher), instrument.item(claim.lower)
        up, down = sheet.known(higher), sheet.known(lower)
        if up is None or down is None:
            continue
        if up.score >= higher.anchor(claim.from_value).score and down.score <= lower.anchor(claim.upto).score:
            yield Doubt((claim.higher, claim.lower), claim.say)
    for item in sheet.items(instrument):
        for each in sheet.answers[item.id].evidence if item.id in sheet.answers else ():
            if each.state == "against":
                yield Doubt((item.id,), each.note)


def _answer(instrument: Instrument, sheet: Sheet, item: Item) -> AnswerShown:
    answer, anchor = sheet.answers[item.id], sheet.known(item)
    evidence = tuple(f"{each.title} {each.path}".strip() for each in answer.evidence)
    return AnswerShown(
        item.id, instrument.dimension_of(item.id).id, item.text, _text(item, answer.value),
        anchor.score if anchor else None, answer.held, evidence,
    )  # fmt: skip


def _comparison(instrument: Instrument, before: Sheet, after: Sheet) -> Comparison | None:
    """Over the questions known both times; None where those are too few to say anything."""
    both = [item.id for item in instrument.items() if before.known(item) and after.known(item)]
    if len(both) < COMPARED:
        return None
    before, after = _only(before, both), _only(after, both)
    was, now = readiness(instrument, before), readiness(instrument, after)
    moved = tuple(
        Moved(old.id, old.name, old.score, new.score) for old, new in zip(was.dimensions, now.dimensions, strict=True)
    )
    return Comparison(
        before.day, len(both), system_level(instrument, before).level, system_level(instrument, after).level,
        was.overall, now.overall, moved, tuple(_changes(instrument, before, after)),
    )  # fmt: skip


def _only(sheet: Sheet, items: Sequence[str]) -> Sheet:
    return replace(sheet, answers={name: sheet.answers[name] for name in items})


def _changes(instrument: Instrument, before: Sheet, after: Sheet) -> Iterable[Changed]:
    for name, old in before.answers.items():
        item, new = instrument.item(name), after.answers[name]
        if old.value != new.value:
            yield Changed(name, item.text, _text(item, old.value), _text(item, new.value), new.why)


def _text(item: Item, value: str) -> str:
    return _UNKNOWN if value == UNKNOWN else item.anchor(value).text


def _dimension(instrument: Instrument, area: Area) -> str:
    return next(dimension.id for dimension in instrument.dimensions if area in dimension.areas)


def _links(names: Sequence[str], library: Library) -> tuple[tuple[str, str], ...]:
    return tuple(library[name] for name in names if name in library)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
