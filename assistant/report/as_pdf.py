"""The report as PDF, A4: the CEO's one page, then the detail. Its text can be selected; the Korean font is inside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import singledispatchmethod
from html import escape
from io import BytesIO
from typing import Any

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
from assistant.report.chart import HEIGHT, WIDTH, radar_png
from assistant.report.compose import compose
from assistant.report.fonts import BOLD, PLAIN, drawable, registered
from assistant.report.text import Say
from assistant.text import Language

MILLIMETRE = 72 / 25.4
PAGE = (210 * MILLIMETRE, 297 * MILLIMETRE)
MARGIN = 15 * MILLIMETRE
FOOT = 16 * MILLIMETRE
ACROSS = PAGE[0] - 2 * MARGIN
HEADED = 30 * MILLIMETRE
"""A heading stands at a page's foot only with so much room for what follows it."""
INK, MUTED, ACCENT, RULE = "#17212b", "#54616d", "#0a5c66", "#d9e0e4"
NOTICE_GROUND, NOTICE_INK, SOFT, PAST = "#fff4d6", "#6a4500", "#e2f0f1", "#b45309"
_TOGETHER = 6
"""Rows up to which a table stays on one page, where it fits one."""
SIZES = {1: 17.0, 2: 13.0, 3: 11.5, 4: 10.5, 5: 9.5}


def pdf(report: Report, language: Language) -> bytes:
    """Raises NoFontError."""
    from reportlab.platypus import BaseDocTemplate, Frame, KeepInFrame, PageBreak, PageTemplate

    registered()
    composed = compose(report, language)
    setter = _Setter(composed.say)
    high = PAGE[1] - MARGIN - FOOT
    first = KeepInFrame(ACROSS, high - 1, setter.all(composed.first, ACROSS), mode="shrink")
    story = [first, PageBreak(), *setter.all(composed.detail, ACROSS)]
    written = BytesIO()
    frame = Frame(MARGIN, FOOT, ACROSS, high, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document = BaseDocTemplate(
        written, pagesize=PAGE, invariant=1, initialFontName=PLAIN, lang=language, **_about(composed)
    )
    document.addPageTemplates([PageTemplate(frames=[frame], onPage=_dated(composed))])
    document.build(story, canvasmaker=_canvas_maker(composed.say))
    return written.getvalue()


def _about(composed: Composed) -> dict[str, str]:
    say = composed.say
    return {
        "title": composed.heading,
        "author": composed.company,
        "subject": f"{composed.notice} {composed.mark}",
        "keywords": say("keywords"),
        "creator": "Giljabi",
    }


def _dated(composed: Composed) -> Any:
    """The file's dates are the day of the answers, so that the same report makes the same bytes."""
    moment = datetime.combine(composed.day, time(), UTC)

    def on_page(canvas: Any, _: object) -> None:
        stamp = canvas._doc._timeStamp
        stamp.t, stamp.lt, stamp.YMDhms = moment.timestamp(), moment.timetuple(), tuple(moment.timetuple())[:6]
        stamp.dhh = stamp.dmm = 0

    return on_page


def _canvas_maker(say: Say) -> Any:
    """A canvas that numbers its pages once it knows how many there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  reportlab's name
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page in self.kept:
                self.__dict__.update(page)
                self.setFont(PLAIN, 8)
                self.setFillColor(MUTED)
                self.drawString(MARGIN, 9 * MILLIMETRE, drawable(say("mark_short")))
                number = say("page_of", page=self._pageNumber, pages=len(self.kept))
                self.drawRightString(PAGE[0] - MARGIN, 9 * MILLIMETRE, drawable(number))
                super().showPage()
            super().save()

    return Numbered


class _Setter:
    """Turns blocks into reportlab's flowables."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def all(self, blocks: Iterable[Block], across: float) -> list[Any]:
        return [flowable for block in blocks for flowable in self.block(block, across)]

    @singledispatchmethod
    def block(self, block: Block, _across: float) -> list[Any]:
        raise TypeError(f"no way to set {type(block).__name__}")

    @block.register
    def _(self, block: Heading, _across: float) -> list[Any]:
        from reportlab.platypus import CondPageBreak

        colour = ACCENT if block.level in {2, 3} else INK
        size = SIZES[block.level]
        box: dict[str, Any] = {"backColor": SOFT, "borderPadding": (2, 4, 3, 4)} if block.level == 5 else {}
        room = {1: 0.0, 2: 6.0, 3: 8.0, 4: 7.0, 5: 9.0}[block.level]
        text = self._set(block.line, size=size, bold=True, colour=colour, before=room, after=4, **box)
        return [text] if block.level <= 2 else [CondPageBreak(HEADED), text]

    @block.register
    def _(self, block: Paragraph, _across: float) -> list[Any]:
        if block.tone == "notice":
            box = {"backColor": NOTICE_GROUND, "borderPadding": (4, 6, 5, 6), "leftIndent": 6, "rightIndent": 6}
            return [self._set(block.line, size=9, colour=NOTICE_INK, before=6, after=8, **box)]
        looks = {"plain": (9, INK), "muted": (8.5, MUTED), "lead": (12, INK), "mark": (8, MUTED)}
        size, colour = looks[block.tone]
        return [self._set(block.line, size=size, colour=colour, before=6 if block.tone == "mark" else 0)]

    @block.register
    def _(self, block: Listing, _across: float) -> list[Any]:
        looks = {"leftIndent": 16, "bulletIndent": 3, "bulletFontName": PLAIN, "bulletFontSize": 9}
        return [self._set(item, bullet="•", after=2, **looks) for item in block.items]

    @block.register
    def _(self, block: Table, across: float) -> list[Any]:
        from reportlab.platypus import KeepTogether, Spacer
        from reportlab.platypus import Table as Grid

        head = [self._set((Span(name, strong=True),), size=8.5) for name in block.head]
        rows = [[self._set(cell, size=8.5, after=0) for cell in row] for row in block.rows]
        looks = [
            ("BACKGROUND", (0, 0), (-1, 0), SOFT),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        ]
        widths = [across * width for width in block.widths]
        grid = Grid([head, *rows], colWidths=widths, style=looks, repeatRows=1, splitInRow=1)
        return [KeepTogether([grid]) if len(rows) <= _TOGETHER else grid, Spacer(1, 6)]

    @block.register
    def _(self, block: Outcome, _across: float) -> list[Any]:
        unit = f' <font size="11" color="{MUTED}">{self._escaped(block.unit)}</font>' if block.unit else ""
        return [
            self._set((Span(block.title),), size=11.5, bold=True, colour=INK, after=2),
            self._paragraph(f"{self._escaped(block.value)}{unit}", size=22, bold=True, after=4),
            *(self._set(each, after=3) for each in block.lines),
        ]

    @block.register
    def _(self, block: Radar, across: float) -> list[Any]:
        from reportlab.platypus import Image

        return [Image(BytesIO(radar_png(block, self._say)), width=across, height=across * HEIGHT / WIDTH)]

    @block.register
    def _(self, block: Pair, across: float) -> list[Any]:
        from reportlab.platypus import Table as Grid

        left, gap = 0.4 * across, 8.0
        right = across - left - gap
        cells = [self.all(block.left, left - 16), "", self.all(block.right, right - 16)]
        looks = [("VALIGN", (0, 0), (-1, -1), "TOP")]
        for column, colour in ((0, PAST), (2, ACCENT)):
            looks += [
                ("BOX", (column, 0), (column, 0), 0.7, RULE),  # type: ignore[list-item]
                ("LINEABOVE", (column, 0), (column, 0), 3, colour),  # type: ignore[list-item]
                ("LEFTPADDING", (column, 0), (column, 0), 8),  # type: ignore[list-item]
                ("RIGHTPADDING", (column, 0), (column, 0), 8),  # type: ignore[list-item]
                ("TOPPADDING", (column, 0), (column, 0), 7),  # type: ignore[list-item]
            ]
        return [Grid([cells], colWidths=[left, gap, right], style=looks, spaceAfter=5)]

    def _set(self, parts: Line, **looks: Any) -> Any:
        return self._paragraph("".join(self._span(part) for part in parts), **looks)

    def _paragraph(
        self,
        marked: str,
        *,
        size: float = 9,
        bold: bool = False,
        colour: str = INK,
        before: float = 0,
        after: float = 3,
        bullet: str | None = None,
        **looks: Any,
    ) -> Any:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph as Text

        if "backColor" in looks:
            looks["backColor"] = HexColor(looks["backColor"])
        style = ParagraphStyle(
            "text",
            fontName=BOLD if bold else PLAIN,
            fontSize=size,
            leading=size * 1.45,
            textColor=HexColor(colour),
            spaceBefore=before,
            spaceAfter=after,
            splitLongWords=1,
            **looks,
        )
        return Text(marked, style, bulletText=bullet)

    def _span(self, span: Span) -> str:
        text = self._escaped(span.text)
        if span.url:
            text = f'<a href="{escape(span.url)}" color="{ACCENT}">{text}</a>'
        if span.strong:
            return f"<b>{text}</b>"
        return f'<font color="{MUTED}">{text}</font>' if span.muted else text

    @staticmethod
    def _escaped(text: str) -> str:
        return escape(drawable(text), quote=False)
