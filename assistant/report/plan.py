"""What to do: the gaps with their use cases, and the roadmap."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.diagnosis.report import Gap, PlannedAction, Report, UseCaseFit
from assistant.report.blocks import Block, Heading, Line, Listing, Paragraph, Span, Table, line, muted, strong
from assistant.report.text import Say


def gaps(report: Report, say: Say) -> Iterator[Block]:
    """Every gap, why it stands there, and the use cases beside it."""
    yield Heading(3, line(say("gaps")))
    if not report.gaps:
        yield Paragraph(line(say("no_gaps")), "muted")
    names = {area.id: area.name for dimension in report.readiness.dimensions for area in dimension.areas}
    dimensions = {dimension.id: dimension.name for dimension in report.readiness.dimensions}
    for number, gap in enumerate(report.gaps, 1):
        yield Heading(4, line(f"{number}. {gap.name}"))
        where = dimensions.get(gap.dimension, gap.dimension)
        yield Paragraph(line(say("gap_line", dimension=where, score=say.score(gap.score))), "muted")
        yield Paragraph(line(gap.text))
        yield from _labelled("why", [line(each) for each in gap.because], say)
        yield from _labelled("waits_for", [line(names.get(each, each)) for each in gap.waits_for], say)
        yield from _gap_work(gap, say)
        yield from _use_cases(gap, say)


def roadmap(report: Report, say: Say) -> Iterator[Block]:
    yield Heading(3, line(say("roadmap")))
    yield Heading(4, line(say("quick_wins")))
    yield from _actions("quick_wins", report.roadmap.quick_wins, "no_quick_wins", say)
    for stage in report.roadmap.stages:
        name = say(stage.step) if say.language == "en" or not stage.name else stage.name
        yield Heading(4, line(name))
        yield from _actions(stage.step, stage.actions, "stage_empty", say)


def _actions(caption: str, actions: tuple[PlannedAction, ...], none: str, say: Say) -> Iterator[Block]:
    if not actions:
        yield Paragraph(line(say(none)), "muted")
        return
    rows = tuple((line(each.text), line(each.name), line(say("days", days=each.days))) for each in actions)
    yield Table(say(caption), (say("work"), say("for_gap"), say("by")), rows, (0.62, 0.24, 0.14))


def _labelled(key: str, items: list[Line], say: Say) -> Iterator[Block]:
    if items:
        yield Paragraph(line(strong(say(key))))
        yield Listing(tuple(items))


def _gap_work(gap: Gap, say: Say) -> Iterator[Block]:
    done = [line(each.text, muted(f" ({say(each.step)}, {say('days', days=each.days)})")) for each in gap.actions]
    yield from _labelled("actions", done, say)
    yield from _labelled("funding", _documents(gap.funding), say)
    yield from _labelled("training", _documents(gap.training), say)


def _documents(documents: tuple[tuple[str, str], ...]) -> list[Line]:
    return [line(Span(title, document=document_id)) for document_id, title in documents]


def _use_cases(gap: Gap, say: Say) -> Iterator[Block]:
    if not gap.use_cases:
        yield Paragraph(line(say("no_use_cases")), "muted")
    for number, case in enumerate(gap.use_cases, 1):
        yield Heading(5, line(say("use_case", n=number, name=case.name)))
        yield from _use_case(case, say)


def _use_case(case: UseCaseFit, say: Say) -> Iterator[Block]:
    yield Paragraph(line(case.summary))
    facts = [("fits", case.fits), ("effort", case.effort), ("step", say(case.step))]
    facts += [("safety", case.safety), ("environment", case.environment)]
    yield Listing(tuple(line(strong(say(key) + ": "), text) for key, text in facts if text))
    if case.needs:
        rows = tuple((line(need.text), line(strong(say(need.state)))) for need in case.needs)
        yield Table(say("needs"), (say("needs"), say("state")), rows, (0.82, 0.18))
    yield from _datasets(case, say)
    yield from _labelled("pitfalls", [line(each) for each in case.pitfalls], say)
    yield from _labelled("vendor_questions", [line(each) for each in case.vendor_questions], say)
    yield from _labelled("read_on", _documents(case.library), say)


def _datasets(case: UseCaseFit, say: Say) -> Iterator[Block]:
    if not case.datasets:
        yield Paragraph(line(strong(say("datasets") + ": "), muted(say("no_datasets"))))
        return
    rows = tuple(
        (
            line(strong(each.name), f" {each.about}"),
            line(each.terms),
            line(each.source, " ", Span(each.url, url=each.url)),
        )
        for each in case.datasets
    )
    yield Paragraph(line(strong(say("datasets"))))
    yield Table(say("datasets"), (say("dataset"), say("terms"), say("source")), rows, (0.52, 0.18, 0.3))
