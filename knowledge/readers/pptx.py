"""PowerPoint presentations: each slide that is shown, its text from the top left on, tables, charts, speaker notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from knowledge.document import Document
from knowledge.errors import KnowledgeError, UnreadableError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.grid import Cell, resolve
from knowledge.readers.numeral import shown
from knowledge.readers.ooxml import Parts, of_kind
from knowledge.readers.outline import Outline
from knowledge.readers.text import language_of
from knowledge.readers.xml import local, parse

NOTES = "발표자 노트"
_LINE = 91_440
"""Shapes whose upper edges lie within a tenth of an inch (in EMU) stand in one line and are read from the left."""
_DEEPEST = 30
_MOST_POINTS = 10_000


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Slide by slide. Hidden slides are left out and counted in the metadata."""
    title, metadata = Parts(data, FORMAT.name).properties()
    try:
        outline, count, hidden, first = _slides(data, progress)
    except KnowledgeError:
        raise
    except Exception as error:
        raise UnreadableError("broken", format=FORMAT.name) from error
    found = outline.sections()
    return Document(
        title=title or first or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=found,
        language=language_of("\n".join(section.text for section in found)),
        pages=count,
        metadata=metadata | ({"hidden_slides": str(hidden)} if hidden else {}),
    )


def _slides(data: bytes, progress: Progress) -> tuple[Outline, int, int, str]:
    """What was read, slides in all, hidden ones among them, the first title."""
    from pptx import Presentation

    slides = list(Presentation(io.BytesIO(data)).slides)
    outline, hidden, first = Outline(), 0, ""
    for number, slide in enumerate(slides, 1):
        if slide.element.get("show") in {"0", "false"}:
            hidden += 1
            continue
        outline.page(number, f"슬라이드 {number}")
        title = slide.shapes.title
        words = " ".join(title.text_frame.text.split()) if title is not None else ""
        outline.heading(1, words)
        if words:
            outline.prose(words)
        first = first or words
        for shape in _in_order(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                _shape(shape, outline, 0)
        _notes(slide, outline)
        progress(number, len(slides))
    return outline, len(slides), hidden, first


def _in_order(shapes: Iterable[Any]) -> Iterator[Any]:
    """Lines from the top, each from the left. Shapes without a place come last, as they stand in the file."""
    placed = [shape for shape in shapes if not _furniture(shape)]
    placed.sort(key=lambda shape: shape.top if shape.top is not None else 1 << 62)
    line: list[Any] = []
    for shape in placed:
        if line and (shape.top is None or line[0].top is None or shape.top - line[0].top > _LINE):
            yield from sorted(line, key=lambda each: each.left or 0)
            line = []
        line.append(shape)
    yield from sorted(line, key=lambda each: each.left or 0)


def _furniture(shape: Any) -> bool:
    """Slide numbers, dates and footers, which every slide repeats."""
    if not shape.is_placeholder:
        return False
    kind = shape.placeholder_format.type
    return kind is not None and kind.name in {"SLIDE_NUMBER", "DATE", "FOOTER", "HEADER"}


def _shape(shape: Any, outline: Outline, depth: int) -> None:
    if shape.element.xpath("./*/p:cNvPr[@hidden='1' or @hidden='true']"):
        return
    if hasattr(shape, "shapes"):
        if depth < _DEEPEST:
            for inner in _in_order(shape.shapes):
                _shape(inner, outline, depth + 1)
    elif getattr(shape, "has_table", False):
        _table(shape.table, outline)
    elif getattr(shape, "has_chart", False):
        _chart(shape.chart, outline)
    elif getattr(shape, "has_text_frame", False):
        outline.prose(_text(shape.text_frame))
    else:
        _diagram(shape, outline)


def _text(frame: Any) -> str:
    paragraphs = (paragraph.text.replace("\v", "\n").strip() for paragraph in frame.paragraphs)
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def _table(table: Any, outline: Outline) -> None:
    rows = []
    for row in table.rows:
        cells = []
        for cell in row.cells:
            if not cell.is_spanned:
                across, down = (cell.span_width, cell.span_height) if cell.is_merge_origin else (1, 1)
                cells.append(Cell(_text(cell.text_frame), down, across))
        rows.append(cells)
    headed = [cell for cell in rows[0] if cell.columns > 1] if rows and table.first_row else []
    stacked = max((cell.rows for cell in rows[0]), default=1) if headed else 1
    outline.table(resolve(rows), min(max(stacked, 1), max(len(rows) - 1, 1)))


def _chart(chart: Any, outline: Outline) -> None:
    """A chart as the table it was drawn from: one row a category, one column a series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        outline.prose(_text(chart.chart_title.text_frame))
    for plot in next(chart.element.iter("{*}plotArea"), ()):
        series = [each for each in plot if local(each) == "ser"]
        if not series:
            continue
        names = _points(series[0], "cat", "xVal")
        values = [_points(each, "val", "yVal") for each in series]
        places = sorted({at for each in (names, *values) for at in each})[:_MOST_POINTS]
        rows = [["", *(" ".join(_points(each, "tx").values()) for each in series)]]
        rows += [[names.get(at, str(at + 1)), *(each.get(at, "") for each in values)] for at in places]
        outline.table(rows)


def _points(series: Any, *kinds: str) -> dict[int, str]:
    """Values of a series by their places, as the file holds them: the count it declares may be anything."""
    points: dict[int, str] = {}
    for holder in (each for each in series if local(each) in kinds):
        for point in holder.iter("{*}pt"):
            value = "".join(each.text or "" for each in point if local(each) == "v")
            number = point.get("idx", "")
            at = int(number) if number.isdecimal() and len(number) < 9 else len(points)
            outer = local(point.getparent()) == "lvl" and at in points
            points[at] = f"{value} / {points[at]}" if outer else shown(value, "") if "val" in kinds else value
    return points


def _diagram(shape: Any, outline: Outline) -> None:
    """Text of a SmartArt diagram, which lies in a part of its own."""
    for found in shape.element.xpath(".//*[local-name()='relIds']"):
        number = next((value for key, value in found.attrib.items() if str(key).endswith("}dm")), None)
        if number is None:
            continue
        root = parse(shape.part.related_part(number).blob, FORMAT.name)
        lines = (_letters(each) for each in root.iter("{*}p") if local(each.getparent()) == "t")
        outline.prose("\n".join(line for line in lines if line))


def _letters(paragraph: Any) -> str:
    return "".join(each.text or "" for each in paragraph.iter("{*}t")).strip()


def _notes(slide: Any, outline: Outline) -> None:
    if not slide.has_notes_slide:
        return
    frame = slide.notes_slide.notes_text_frame
    words = _text(frame) if frame is not None else ""
    if words:
        outline.heading(2, NOTES)
        outline.prose(words)


FORMAT = Format(
    "PPTX", "application/vnd.openxmlformats-officedocument.presentationml.presentation", of_kind("ppt"), read
)
