"""Paragraphs of a HWPX part. Elements are told by their local names: Hangul changed the namespaces over the years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from knowledge.readers.hangul_blocks import (
    Aside,
    Box,
    Head,
    HeadKind,
    Level,
    Note,
    Numbering,
    Object,
    Paragraph,
    Styles,
    Table,
    TableCell,
)
from knowledge.readers.xml import local

_OUTLINE_STYLE = re.compile(r"(?:개요|Outline|제목|Heading)\s*(\d{1,2})$", re.I)
_HEADS: dict[str, HeadKind] = {"OUTLINE": "outline", "NUMBER": "number", "BULLET": "bullet"}
_SPACES = {"tab": "\t", "lineBreak": "\n", "nbSpace": "\u00a0", "fwSpace": "\u2003", "hyphen": "-"}
_ASIDES = {"header": "머리글", "footer": "바닥글", "hiddenComment": "숨은 설명"}
_COUNTED_OBJECTS = {"PICTURE", "TABLE", "EQUATION"}
_MAX_SPAN = 4_096


@dataclass(frozen=True, slots=True)
class Marks:
    """What `header.xml` says that concerns headings: by paragraph property, by style."""

    heads: dict[str, Head] = field(default_factory=dict)
    outline_styles: dict[str, int] = field(default_factory=dict)


def styles(header: etree._Element | None) -> tuple[Styles, Marks]:
    """(how numbers are printed, which paragraphs have them); both empty where there is no header part."""
    found, marks = Styles(), Marks()
    for element in header.iter() if header is not None else ():
        match local(element):
            case "numbering":
                found.numberings[_int(element, "id")] = Numbering(tuple(_levels(element)))
            case "bullet":
                found.bullets[_int(element, "id")] = element.get("char", "")
            case "paraPr":
                head = _head(element)
                if head:
                    marks.heads[element.get("id", "")] = head
            case "style":
                named = _OUTLINE_STYLE.match(element.get("name", "")) or _OUTLINE_STYLE.match(
                    element.get("engName", "")
                )
                if named:
                    marks.outline_styles[element.get("id", "")] = int(named.group(1))
    return found, marks


def _levels(numbering: etree._Element) -> Iterator[Level]:
    for head in numbering:
        if local(head) == "paraHead":
            yield Level(head.text or "", head.get("numFormat", "DIGIT"), max(1, _int(head, "start", 1)))


def _head(properties: etree._Element) -> Head | None:
    heading = next((child for child in properties if local(child) == "heading"), None)
    kind = _HEADS.get(heading.get("type", "")) if heading is not None else None
    return Head(kind, _int(heading, "idRef"), _int(heading, "level") + 1) if kind and heading is not None else None


def paragraphs(section: etree._Element, marks: Marks) -> tuple[Paragraph, ...]:
    """Paragraphs of a section part (`hs:sec`)."""
    properties = next((element for element in section.iter() if local(element) == "secPr"), None)
    outline = _int(properties, "outlineShapeIDRef") if properties is not None else 0
    return _Body(marks, outline).paragraphs(section)


def master_page(part: etree._Element, marks: Marks) -> tuple[Paragraph, ...]:
    """The text behind every page, as one aside."""
    words = tuple(p for child in part if local(child) == "subList" for p in _Body(marks, 0).paragraphs(child))
    return (Paragraph("", (Aside("바탕쪽", words),)),)


class _Body:
    """Walks one part. Depth is bounded by lxml, which refuses XML nested deeper than 256."""

    def __init__(self, marks: Marks, outline: int) -> None:
        self._marks, self._outline = marks, outline
        self._deleted = False

    def paragraphs(self, parent: etree._Element) -> tuple[Paragraph, ...]:
        return tuple(self._paragraph(child) for child in parent if local(child) == "p")

    def _paragraph(self, element: etree._Element) -> Paragraph:
        text: list[str] = []
        objects: list[Object] = []
        outer, self._deleted = self._deleted, False  # a deletion ends with its paragraph
        for run in element:
            if local(run) == "run":
                for child in run:
                    self._inline(child, text, objects)
        self._deleted = outer
        head = self._marks.heads.get(element.get("paraPrIDRef", ""))
        if head and head.kind == "outline":
            head = Head("outline", head.numbering or self._outline, head.level)
        style = self._marks.outline_styles.get(element.get("styleIDRef", ""), 0)
        return Paragraph("".join(text), tuple(objects), head, style)

    def _inline(self, element: etree._Element, text: list[str], objects: list[Object]) -> None:
        match local(element):
            case "t":
                text.append(self._typed(element))
            case "ctrl":
                for child in element:
                    self._control(child, text, objects)
            case "tbl":
                objects.append(self._table(element))
            case "switch":  # one thing in two ways: for programs that know the newer one, and for others
                chosen = next((child for child in element if local(child) in {"case", "default"}), None)
                for child in chosen if chosen is not None else ():
                    self._inline(child, text, objects)
            case "compose":
                text.append(element.get("composeText", ""))
            case "dutmal":
                text.append(_dutmal(element))
            case "secPr":
                pass
            case _:
                self._shape(element, text, objects)

    def _typed(self, element: etree._Element) -> str:
        """Text of a `t` without what a tracked change has deleted."""
        parts = ["" if self._deleted else element.text or ""]
        for child in element:
            name = local(child)
            if name in {"deleteBegin", "deleteEnd"}:
                self._deleted = name == "deleteBegin"
            if not self._deleted:
                parts += [_SPACES.get(name, ""), child.tail or ""]
        return "".join(parts)

    def _control(self, element: etree._Element, text: list[str], objects: list[Object]) -> None:
        name = local(element)
        if name in {"footNote", "endNote"}:
            number = element.get("number", "")
            kind = "각주" if name == "footNote" else "미주"
            text.append(f"({kind} {number})")
            objects.append(Note("각주" if name == "footNote" else "미주", number, self._lists(element)))
        elif name in _ASIDES:
            objects.append(Aside(_ASIDES[name], self._lists(element)))
        elif name == "fieldBegin" and (words := self._lists(element)):
            objects.append(Aside("메모", words))
        elif name == "autoNum" and element.get("numType", "") in _COUNTED_OBJECTS:
            text.append(element.get("num", ""))

    def _shape(self, element: etree._Element, text: list[str], objects: list[Object]) -> None:
        """Boxes, pictures, groups of them, equations, forms: whatever of it is text."""
        words: list[Paragraph] = []
        if local(element) == "textart":
            words.append(Paragraph(element.get("text", "")))
        elif local(element) in {"btn", "checkBtn", "radioBtn"}:
            text.append(element.get("caption", ""))
        elif local(element) == "comboBox":
            text.append(element.get("selectedValue", ""))
        for child in element:
            match local(child):
                case "drawText" | "caption":
                    words += self._lists(child)
                case "script" | "text":  # of an equation, of a form's field
                    words.append(Paragraph((child.text or "").strip()))
                case (
                    "container"
                    | "rect"
                    | "ellipse"
                    | "polygon"
                    | "curve"
                    | "arc"
                    | "line"
                    | "connectLine"
                    | "pic"
                    | "ole"
                    | "textart"
                ):
                    self._shape(child, text, objects)
        if any(p.text or p.objects for p in words):
            objects.append(Box(tuple(words)))

    def _table(self, element: etree._Element) -> Table:
        cells: list[TableCell] = []
        caption: tuple[Paragraph, ...] = ()
        rows = 0
        for child in element:
            if local(child) == "caption":
                caption = self._lists(child)
            elif local(child) == "tr":
                cells += [self._cell(cell, rows) for cell in child if local(cell) == "tc"]
                rows += 1
        return Table(tuple(cells), caption)

    def _cell(self, element: etree._Element, row: int) -> TableCell:
        address = next((child for child in element if local(child) == "cellAddr"), element)
        span = next((child for child in element if local(child) == "cellSpan"), element)
        return TableCell(
            row=row,
            column=_int(address, "colAddr"),
            rows=min(max(1, _int(span, "rowSpan", 1)), _MAX_SPAN),
            columns=min(max(1, _int(span, "colSpan", 1)), _MAX_SPAN),
            paragraphs=self._lists(element),
            header=element.get("header") == "1",
        )

    def _lists(self, element: etree._Element) -> tuple[Paragraph, ...]:
        return tuple(p for child in element if local(child) == "subList" for p in self.paragraphs(child))


def _dutmal(element: etree._Element) -> str:
    """덧말: words with a gloss above or below, as `본말(덧말)`."""
    parts = {local(child): (child.text or "").strip() for child in element}
    main, gloss = parts.get("mainText", ""), parts.get("subText", "")
    return f"{main}({gloss})" if gloss else main


def _int(element: etree._Element, name: str, otherwise: int = 0) -> int:
    """A number of an attribute; `otherwise` where it is missing or none."""
    value = element.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else otherwise
