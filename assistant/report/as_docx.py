"""The report as DOCX, to go on writing in: real headings, lists and tables, in the font of Korean Office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import singledispatchmethod
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

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
from assistant.report.chart import radar_png
from assistant.report.compose import compose
from assistant.report.text import Say
from assistant.text import Language

FONT = "맑은 고딕"
ACROSS = 18.0
"""Centimetres between the margins of A4."""
INK, MUTED, ACCENT, NOTICE = "17212B", "54616D", "0A5C66", "6A4500"
LONGEST = 255
"""Characters that a core property holds."""


def docx(report: Report, language: Language) -> bytes:
    """Raises NoFontError (the chart needs the font)."""
    from docx import Document

    composed = compose(report, language)
    document: Any = Document()
    _paper(document)
    _fonts(document)
    _properties(document, composed)
    _foot(document, composed.say)
    writer = _Writer(document, composed.say)
    writer.all(composed.first, document)
    document.add_page_break()
    writer.all(composed.detail, document)
    written = BytesIO()
    document.save(written)
    return _undated(written.getvalue())


def _paper(document: Any) -> None:
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - ACROSS) / 2)
    section.top_margin = section.bottom_margin = Cm(1.6)


def _fonts(document: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    sizes = {"Normal": 10, "Heading 1": 20, "Heading 2": 16, "Heading 3": 13, "Heading 4": 12, "Heading 5": 11}
    for name in (*sizes, "List Bullet", "Table Grid"):
        style = document.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        if name in sizes:
            style.font.size = Pt(sizes[name])
            style.font.color.rgb = RGBColor.from_string(ACCENT if name in {"Heading 2", "Heading 3"} else INK)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def _properties(document: Any, composed: Composed) -> None:
    core = document.core_properties
    core.title, core.author = composed.heading[:LONGEST], composed.company[:LONGEST]
    core.subject, core.comments = composed.notice[:LONGEST], composed.mark[:LONGEST]
    core.keywords, core.category = composed.say("keywords"), "AI-generated"
    core.language, core.last_modified_by, core.revision = composed.say.language, "Giljabi", 1
    core.created = core.modified = datetime.combine(composed.day, time(), UTC).replace(tzinfo=None)


def _foot(document: Any, say: Say) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run(say("mark_short") + " · ")
    for name in ("PAGE", "NUMPAGES"):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        paragraph._p.append(field)
        if name == "PAGE":
            paragraph.add_run(" / ")


class _Writer:
    """Puts blocks into a document, or into a cell of it."""

    def __init__(self, document: Any, say: Say) -> None:
        self._document = document
        self._say = say

    def all(self, blocks: Iterable[Block], into: Any) -> None:
        for block in blocks:
            self.put(block, into)

    @singledispatchmethod
    def put(self, block: Block, _into: Any) -> None:
        raise TypeError(f"no way to set {type(block).__name__}")

    @put.register
    def _(self, block: Heading, into: Any) -> None:
        self._runs(into.add_paragraph(style=self._document.styles[f"Heading {block.level}"]), block.line)

    @put.register
    def _(self, block: Paragraph, into: Any) -> None:
        from docx.shared import Pt

        colours = {"plain": None, "lead": None, "muted": MUTED, "mark": MUTED, "notice": NOTICE}
        paragraph = into.add_paragraph()
        self._runs(paragraph, block.line, colour=colours[block.tone])
        if block.tone == "lead":
            for run in paragraph.runs:
                run.font.size = Pt(13)
        if block.tone == "notice":
            _shaded(paragraph._p.get_or_add_pPr(), "FFF4D6")

    @put.register
    def _(self, block: Listing, into: Any) -> None:
        for item in block.items:
            self._runs(into.add_paragraph(style=self._document.styles["List Bullet"]), item)

    @put.register
    def _(self, block: Table, into: Any) -> None:
        table = self._grid(into, len(block.rows) + 1, block.widths, style="Table Grid")
        for cell, name in zip(table.rows[0].cells, block.head, strict=True):
            self._runs(cell.paragraphs[0], (Span(name, strong=True),))
            _shaded(cell._tc.get_or_add_tcPr(), "E2F0F1")
        _repeated(table.rows[0])
        for row, cells in zip(list(table.rows)[1:], block.rows, strict=True):
            for cell, content in zip(row.cells, cells, strict=True):
                self._runs(cell.paragraphs[0], content)
        into.add_paragraph()

    @put.register
    def _(self, block: Outcome, into: Any) -> None:
        from docx.shared import Pt

        into.add_paragraph(block.title, style=self._document.styles["Heading 3"])
        paragraph = into.add_paragraph()
        self._runs(paragraph, (Span(block.value, strong=True), Span(f" {block.unit}")))
        paragraph.runs[0].font.size = Pt(24)
        for each in block.lines:
            self._runs(into.add_paragraph(), each)

    @put.register
    def _(self, block: Radar, into: Any) -> None:
        from docx.shared import Cm

        run = into.add_paragraph().add_run()
        picture = run.add_picture(BytesIO(radar_png(block, self._say)), width=Cm(9.6))
        picture._inline.docPr.set("descr", block.says)
        picture._inline.docPr.set("name", self._say("chart"))

    @put.register
    def _(self, block: Pair, into: Any) -> None:
        table = self._grid(into, 1, (0.42, 0.58), style="Table Grid")
        for cell, blocks in zip(table.rows[0].cells, (block.left, block.right), strict=True):
            self.all(blocks, cell)
            empty = cell.paragraphs[0]._p  # every cell starts with one
            empty.getparent().remove(empty)

    def _grid(self, into: Any, rows: int, widths: tuple[float, ...], *, style: str) -> Any:
        from docx.shared import Cm

        table = into.add_table(rows, len(widths))
        table.style = self._document.styles[style]
        table.autofit = False
        for column, share in zip(table.columns, widths, strict=True):
            column.width = Cm(ACROSS * share)
            for cell in column.cells:
                cell.width = Cm(ACROSS * share)
        return table

    def _runs(self, paragraph: Any, parts: Line, *, colour: str | None = None) -> None:
        from docx.shared import RGBColor

        for part in parts:
            run = paragraph.add_run(part.text)
            run.bold = True if part.strong else None
            ink = ACCENT if part.url else MUTED if part.muted else colour
            if ink:
                run.font.color.rgb = RGBColor.from_string(ink)
            if part.url:
                _linked(paragraph, run, part.url)


def _linked(paragraph: Any, run: Any, url: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run._r.addprevious(link)
    link.append(run._r)


def _shaded(properties: Any, ground: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", ground)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)


def _repeated(row: Any) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _undated(package: bytes) -> bytes:
    """The same package with no hour of its making in it."""
    written = BytesIO()
    with ZipFile(BytesIO(package)) as made, ZipFile(written, "w", ZIP_DEFLATED) as fixed:
        for entry in made.infolist():
            part = ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            part.compress_type = ZIP_DEFLATED
            fixed.writestr(part, made.read(entry.filename))
    return written.getvalue()
