"""A report put into blocks, once for every format: first the CEO's one page, then the detail."""

from __future__ import annotations

from assistant.diagnosis.report import Report
from assistant.report.blocks import Block, Composed, clean
from assistant.report.detail import detail
from assistant.report.summary import summary
from assistant.report.text import Say
from assistant.text import Language


def compose(report: Report, language: Language) -> Composed:
    say = Say(language)
    first: tuple[Block, ...] = tuple(summary(report, say))
    return Composed(
        say=say,
        title=say("title"),
        company=clean(report.company) or say("company_unnamed"),
        day=report.day,
        first=first,
        detail=tuple(detail(report, say)),
        notice=clean(report.notice),
        mark=say("mark"),
    )
