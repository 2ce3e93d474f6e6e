"""The report as HTML: a fragment for the page, and a file of its own for download and printing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from html import escape
from importlib.resources import files

from assistant.diagnosis.report import Report
from assistant.report.blocks import (
    Block,
    Composed,
    Heading,
    Line,
    Listing,
    Outcome,
    Pair,
    Paragraph,
    Radar,
    Span,
    Table,
)
from assistant.report.chart import radar_svg
from assistant.report.compose import compose
from assistant.report.text import Say
from assistant.text import Language

_HANGUL = re.compile("[가-힣]")
_FOLDED = frozenset([3, 5])
"""Levels of the headings under which the detail is folded: its sections, and the use cases beside a gap."""
_NOTHING_FETCHED = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Way:
    """How a report is set: its words, the level of its title, and whether the page around it opens documents."""

    say: Say
    top: int
    opens: bool


def html(report: Report, language: Language) -> str:
    """An `<article>` for the page: no style attribute, nothing to fetch, headings from h2 down. Raises NoFontError.

    Two sections stand in it, `gj-report-first` and `gj-report-detail`. A document of the library is a button whose
    `data-document` is its id: opening it is left to the page.
    """
    return _article(compose(report, language), top=2, opens=True)


def page(report: Report, language: Language) -> str:
    """A whole HTML file with its style sheet, to keep and to print. Raises NoFontError."""
    composed = compose(report, language)
    say = composed.say
    metas = {
        "viewport": "width=device-width, initial-scale=1",
        "description": composed.notice,
        "keywords": say("keywords"),
        "generator": f"Giljabi. {composed.mark}",
        "date": composed.day.isoformat(),
    }
    named = "".join(f'<meta name="{name}" content="{escape(content)}">\n' for name, content in metas.items())
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_NOTHING_FETCHED}">\n{named}'
        f"<title>{escape(composed.heading)}</title>\n<style>\n{style_sheet()}</style>\n</head>\n<body>\n"
        f"<main>{_article(composed, top=1, opens=False)}</main>\n</body>\n</html>\n"
    )


def style_sheet() -> str:
    """All of it below `.gj-report`, so that it can stand in another page too."""
    return (files("assistant.report") / "report.css").read_text(encoding="utf-8")


def _article(composed: Composed, *, top: int, opens: bool) -> str:
    say = composed.say
    way = Way(say, top, opens)
    first, detail = _all(composed.first, way), _folded(composed.detail, way)
    return (
        f'<article class="gj-report" lang="{say.language}" data-generated="ai-assisted">\n'
        f'<section class="gj-report-first">\n{first}</section>\n<section class="gj-report-detail">\n{detail}</section>\n</article>'
    )


def _all(blocks: Iterable[Block], way: Way) -> str:
    return "".join(f"{_block(block, way)}\n" for block in blocks)


def _folded(blocks: Iterable[Block], way: Way) -> str:
    """Each section under its heading, closed until somebody wants it; what comes before the first one is always shown.

    The ids are there for a page that keeps open what was open when it shows the report anew.
    """
    written: list[str] = []
    opened: list[int] = []
    count = 0
    for block in blocks:
        if isinstance(block, Heading):
            while opened and opened[-1] >= block.level:
                opened.pop()
                written.append("</details>\n")
        if isinstance(block, Heading) and block.level in _FOLDED:
            opened.append(block.level)
            count += 1
            written.append(f'<details id="gj-report-part-{count}"><summary>{_block(block, way)}</summary>\n')
        else:
            written.append(f"{_block(block, way)}\n")
    return "".join(written) + "</details>\n" * len(opened)


@singledispatch
def _block(block: Block, _way: Way) -> str:
    raise TypeError(f"no way to set {type(block).__name__}")


@_block.register
def _(block: Heading, way: Way) -> str:
    level = block.level + way.top - 1
    return f'<h{level} class="gj-report-h{block.level}">{_line(block.line, way)}</h{level}>'


@_block.register
def _(block: Paragraph, way: Way) -> str:
    note = ' role="note"' if block.tone in {"notice", "mark"} else ""
    return f'<p class="gj-report-{block.tone}"{note}>{_line(block.line, way)}</p>'


@_block.register
def _(block: Listing, way: Way) -> str:
    return "<ul>" + "".join(f"<li>{_line(item, way)}</li>" for item in block.items) + "</ul>"


@_block.register
def _(block: Table, way: Way) -> str:
    head = "".join(f'<th scope="col">{_text(each, way)}</th>' for each in block.head)
    rows = "".join(f"<tr>{_row(row, block.head, way)}</tr>" for row in block.rows)
    return (
        f'<table class="gj-report-of{len(block.head)}"><caption>{_text(block.caption, way)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(row: tuple[Line, ...], head: tuple[str, ...], way: Way) -> str:
    first, *others = row
    cells = "".join(
        f'<td data-label="{escape(name)}">{_line(cell, way)}</td>' for name, cell in zip(head[1:], others, strict=True)
    )
    return f'<th scope="row">{_line(first, way)}</th>{cells}'


@_block.register
def _(block: Outcome, way: Way) -> str:
    unit = f' <span class="gj-report-unit">{_text(block.unit, way)}</span>' if block.unit else ""
    lines = "".join(f"<p>{_line(each, way)}</p>" for each in block.lines)
    level = way.top + 2
    return (
        f'<div class="gj-report-outcome"><h{level} class="gj-report-h3">{_text(block.title, way)}</h{level}>'
        f'<p class="gj-report-value">{_text(block.value, way)}{unit}</p>{lines}</div>'
    )


@_block.register
def _(block: Radar, way: Way) -> str:
    """The chart, and the same figures beside it as a table."""
    say = way.say
    head = [say("dimension"), say("score"), *([say("before")] if block.overlay else [])]
    rows = "".join(
        f'<tr><th scope="row">{_text(point.name, way)}</th><td>{escape(say.score(point.score))}</td>'
        + (f"<td>{escape(say.score(point.before))}</td>" if block.overlay else "")
        + "</tr>"
        for point in block.points
    )
    columns = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    caption = escape(say("chart"))
    return (
        f'<div class="gj-report-chart"><figure>{radar_svg(block, say)}<figcaption>{caption}</figcaption></figure>'
        f'<table class="gj-report-scores"><caption>{caption}</caption><thead><tr>{columns}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


@_block.register
def _(block: Pair, way: Way) -> str:
    columns = "".join(f"<div>{_all(column, way)}</div>" for column in (block.left, block.right))
    return f'<div class="gj-report-pair">{columns}</div>'


def _line(parts: Line, way: Way) -> str:
    return "".join(_span(part, way) for part in parts)


def _span(span: Span, way: Way) -> str:
    text = _text(span.text, way)
    if span.url:
        text = f'<a href="{escape(span.url)}" rel="noopener noreferrer" target="_blank">{text}</a>'
    if span.document and way.opens:
        text = f'<button type="button" class="gj-plain" data-document="{escape(span.document)}">{text}</button>'
    if span.strong:
        return f"<strong>{text}</strong>"
    return f'<span class="gj-report-aside">{text}</span>' if span.muted else text


def _text(text: str, way: Way) -> str:
    """Escaped; Korean words in an English report are marked as Korean, for who listens to it."""
    escaped = escape(text)
    return f'<span lang="ko">{escaped}</span>' if way.say.language == "en" and _HANGUL.search(text) else escaped
