"""The CEO's one page: the two outputs side by side, what is good, what to see to first, what can be done soon."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.diagnosis.gaps import STRONG
from assistant.diagnosis.report import Comparison, Gap, PlannedAction, Report
from assistant.report.blocks import (
    Block,
    Heading,
    Line,
    Listing,
    Outcome,
    Pair,
    Paragraph,
    Point,
    Radar,
    clean,
    line,
    muted,
    strong,
)
from assistant.report.text import Say

MOST_GAPS = 3
MOST_STRENGTHS = 3
MOST_WINS = 4
MOST_REASONS = 5
"""What one page holds; the rest stands in the detail."""
LONGEST = 90
"""Characters of a company's name on the first page. The detail has all of it."""


def summary(report: Report, say: Say) -> Iterator[Block]:
    """The blocks of the one page, its title first."""
    yield Heading(1, line(say("title")))
    company = clean(report.company) or say("company_unnamed")
    yield Paragraph(line(strong(short(company))), "lead")
    yield Paragraph(line(meta(report, say), " · ", _answered(report, say)), "muted")
    yield Paragraph(line(strong(say("notice_title") + ": "), report.notice), "notice")
    yield Heading(2, line(say("summary")))
    yield Pair(tuple(_system(report, say)), tuple(_readiness(report, say)))
    yield Paragraph(line(say("apart")), "muted")
    yield Heading(3, line(say("strengths")))
    yield _listed(
        [line(strong(each.name), " — ", each.text) for each in report.strengths[:MOST_STRENGTHS]],
        _no_strengths(report, say),
    )
    yield Heading(3, line(say("gaps_first")))
    yield _listed([_gap(number, gap, say) for number, gap in enumerate(report.gaps[:MOST_GAPS], 1)], say("no_gaps"))
    yield Heading(3, line(say("quick_wins")))
    yield from _quick_wins(report.roadmap.quick_wins, say)
    yield Paragraph(line(say("mark")), "mark")


def short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _answered(report: Report, say: Say) -> str:
    """Saying that one does not know is an answer too, which the diagnosis counts as well."""
    unknown = sum(each.score is None for each in report.answers)
    given = min(report.answered + unknown, report.items)
    told = say("answered_all" if given == report.items else "answered", items=report.items, given=given)
    return told + (say("answered_unknown", unknown=unknown) if unknown else "")


def _no_strengths(report: Report, say: Say) -> str:
    known = any(area.score is not None for each in report.readiness.dimensions for area in each.areas)
    return say("no_strengths_reached", bar=say.score(STRONG)) if known else say("no_strengths")


def meta(report: Report, say: Say) -> str:
    return say("meta", day=report.day.isoformat(), depth=say(f"depth_{report.depth}"), version=report.version)


def radar(report: Report, say: Say) -> Radar:
    """The dimensions, and last time's beside them where the same questions were known then."""
    same = report.previous if report.previous and report.previous.items == report.answered else None
    before = _before(same)
    points = tuple(Point(each.name, each.score, before.get(each.id)) for each in report.readiness.dimensions)
    scores = ", ".join(f"{point.name} {say.score(point.score)}" for point in points)
    return Radar(points, same is not None, clean(say("chart_says", scores=scores)))


def _before(previous: Comparison | None) -> dict[str, float | None]:
    return {moved.id: moved.before for moved in previous.dimensions} if previous else {}


def _system(report: Report, say: Say) -> Iterator[Block]:
    system = report.system
    name = say("system_unknown") if system.level is None else _named(system.name, system.level, say)
    lines: list[Line] = [line(system.meaning)] if system.meaning else []
    lines += _range(report, say)
    lines += [line(strong(say("held") + ": " + say(system.held))), line(muted(say(system.held + "_means")))]
    yield Outcome(say("system"), name, "", tuple(lines))
    if system.reasons:
        holds = {True: say("yes"), False: say("no"), None: say("unknown")}
        reasons = [
            line(strong(f"{say(each.level)} · {holds[each.holds]}: "), each.text)
            for each in system.reasons[:MOST_REASONS]
        ]
        yield Listing(tuple(reasons))


def _range(report: Report, say: Say) -> Iterator[Line]:
    """None where both ends agree: then it is only said that what is unknown changes nothing."""
    lowest, highest = report.system.lowest, report.system.highest
    if lowest != highest:
        yield line(strong(say("range", lowest=say(lowest), highest=say(highest))))
        yield line(muted(say("range_why")))
    elif report.unknown:
        yield line(muted(say("range_one")))


def _named(name: str, level: str, say: Say) -> str:
    return say(level) if say.language == "en" or not name else name


def _readiness(report: Report, say: Say) -> Iterator[Block]:
    readiness = report.readiness
    known = sum(dimension.score is not None for dimension in readiness.dimensions)
    notes = [line(muted(say("readiness_note", n=known)))]
    if known < len(readiness.dimensions):
        notes.append(line(muted(say("chart_gap"))))
    unit = "" if readiness.overall is None else say("of_five")
    yield Outcome(say("readiness"), say.score(readiness.overall), unit, tuple(notes))
    yield radar(report, say)


def _gap(number: int, gap: Gap, say: Say) -> Line:
    score = say.score(gap.score)  # it stands beside the name: a reason that only repeats it says nothing more
    more = next((each for each in gap.because if score not in each), "")
    return line(strong(f"{number}. {gap.name}"), muted(f" ({score}) "), gap.text, f" {more}" if more else "")


def _quick_wins(wins: tuple[PlannedAction, ...], say: Say) -> Iterator[Block]:
    shown = wins[:MOST_WINS]
    yield _listed(
        [line(each.text, muted(f" ({each.name}, {say('days', days=each.days)})")) for each in shown],
        say("no_quick_wins"),
    )
    if len(wins) > len(shown):
        yield Paragraph(line(say("and_more", n=len(wins) - len(shown))), "muted")


def _listed(items: list[Line], none: str) -> Block:
    return Listing(tuple(items)) if items else Paragraph(line(none), "muted")
