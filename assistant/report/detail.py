"""What stands behind the one page: every score, gap, answer and open question."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.diagnosis.report import Comparison, DimensionScore, Report, Score
from assistant.report.blocks import Block, Heading, Line, Listing, Paragraph, Table, clean, line, muted, strong
from assistant.report.plan import gaps, roadmap
from assistant.report.summary import meta
from assistant.report.text import Say


def detail(report: Report, say: Say) -> Iterator[Block]:
    """The blocks after the first page."""
    yield Heading(2, line(say("detail")))
    yield from _whose(report, say)
    yield from _reasons(report, say)
    yield from _scores(report, say)
    yield from gaps(report, say)
    yield from roadmap(report, say)
    yield from _effects(report, say)
    yield Heading(3, line(say("vendor_questions")))
    yield listed(report.vendor_questions, say("no_vendor_questions"))
    yield from _doubts(report, say)
    yield from _again(report.previous, say)
    yield from _answers(report, say)
    yield from _unknown(report, say)
    yield Heading(3, line(say("about")))
    yield Paragraph(line(report.notice), "notice")
    yield Paragraph(line(say("mark")), "mark")


def listed(items: tuple[str, ...], none: str) -> Block:
    return Listing(tuple(line(item) for item in items)) if items else Paragraph(line(none), "muted")


def _whose(report: Report, say: Say) -> Iterator[Block]:
    yield Paragraph(
        line(strong(clean(report.company) or say("company_unnamed")), f" · {report.sector}" if report.sector else "")
    )
    yield Paragraph(line(meta(report, say)), "muted")
    for key, named in (("goals", report.goals), ("losses", report.losses)):
        yield Paragraph(line(strong(say(key) + ": "), ", ".join(named) or say("not_stated")))


def _reasons(report: Report, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("reasons")))
    holds = {True: say("yes"), False: say("no"), None: say("unknown")}
    rows = tuple((line(say(each.level)), line(each.text), line(holds[each.holds])) for each in report.system.reasons)
    if rows:
        head = (say("level"), say("condition"), say("holds"))
        yield Table(say("reasons"), head, rows, (0.17, 0.66, 0.17))
    else:
        yield Paragraph(line(say("no_reasons")), "muted")


def _scores(report: Report, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("scores")))
    head = (say("dimension_area"), say("score"), say("known"), say("with_evidence"), say("held"))
    rows = tuple(row for dimension in report.readiness.dimensions for row in _rows(dimension, say))
    yield Table(say("scores"), head, rows, (0.4, 0.12, 0.14, 0.16, 0.18))
    yield Paragraph(line(say("declared_means"), " ", say("evidenced_means"), " ", say("chart_gap")), "muted")


def _rows(dimension: DimensionScore, say: Say) -> Iterator[tuple[Line, ...]]:
    yield (line(strong(dimension.name)), line(strong(say.score(dimension.score))), *_counts(dimension, say))
    for area in dimension.areas:
        yield (line("– " + area.name), line(say.score(area.score)), *_counts(area, say))


def _counts(score: Score, say: Say) -> tuple[Line, Line, Line]:
    evidenced = score.answered and score.evidenced == score.answered
    held = "unknown" if not score.answered else "evidenced" if evidenced else "declared"
    known = say("out_of", some=score.answered, all=score.items)
    return line(known), line(say("out_of", some=score.evidenced, all=score.answered)), line(say(held))


def _effects(report: Report, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("effects")))
    for key, effects in (("safety", report.safety), ("environment", report.environment)):
        yield Heading(4, line(say(key)))
        yield listed(effects, say("effects_none"))


def _doubts(report: Report, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("doubts")))
    if report.doubts:
        yield Paragraph(line(say("doubts_lead")), "muted")
    yield listed(tuple(doubt.say for doubt in report.doubts), say("no_doubts"))


def _again(previous: Comparison | None, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("again")))
    if previous is None:
        yield Paragraph(line(say("no_previous")), "muted")
        return
    yield Paragraph(line(say("again_lead", day=previous.day.isoformat(), items=previous.items)))
    levels = [say(level) if level else say("system_unknown") for level in (previous.level_before, previous.level_after)]
    rows: list[tuple[Line, ...]] = [(line(strong(say("system"))), line(levels[0]), line(levels[1]), line("–"))]
    rows.append((line(strong(say("readiness"))), *_moved(previous.overall_before, previous.overall_after, say)))
    rows += [(line("– " + each.name), *_moved(each.before, each.after, say)) for each in previous.dimensions]
    yield Table(
        say("again"), (say("output"), say("before"), say("after"), say("difference")), tuple(rows), (0.4, 0.2, 0.2, 0.2)
    )
    yield Heading(4, line(say("changes")))
    if not previous.changes:
        yield Paragraph(line(say("no_changes")), "muted")
        return
    changed = tuple(
        (
            line(each.question),
            line(each.before),
            line(each.after),
            line(each.why) if each.why else line(muted(say("not_said"))),
        )
        for each in previous.changes
    )
    yield Table(
        say("changes"), (say("question"), say("before"), say("after"), say("why")), changed, (0.28, 0.22, 0.22, 0.28)
    )


def _moved(before: float | None, after: float | None, say: Say) -> tuple[Line, Line, Line]:
    known = before is not None and after is not None
    by = f"{round(after - before, 1) + 0.0:+.1f}" if known and before is not None and after is not None else "–"
    return line(say.score(before)), line(say.score(after)), line("0.0" if by == "+0.0" else by)


def _answers(report: Report, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("answers")))
    if not report.answers:
        yield Paragraph(line(say("no_answers")), "muted")
        return
    names = {each.id: each.name for each in report.readiness.dimensions}
    head = (say("question"), say("answer"), say("score"), say("held"))
    for dimension in dict.fromkeys(each.dimension for each in report.answers):
        name = names.get(dimension, dimension)
        yield Heading(4, line(name))
        rows = tuple(
            (
                line(each.question),
                line(each.text),
                line(say("unknown") if each.score is None else str(each.score)),
                line(
                    say(each.held) if each.score is not None else "–",
                    muted("".join(f" · {title}" for title in each.evidence)),
                ),
            )
            for each in report.answers
            if each.dimension == dimension
        )
        yield Table(clean(f"{say('answers')}: {name}"), head, rows, (0.36, 0.34, 0.1, 0.2))


def _unknown(report: Report, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("unknowns")))
    if report.unknown:
        yield Paragraph(line(say("unknowns_lead")), "muted")
    yield listed(report.unknown, say("no_unknowns"))
