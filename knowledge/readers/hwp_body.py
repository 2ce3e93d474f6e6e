"""Paragraphs of a HWP 5 section, from its records; the definitions they refer to, from DocInfo."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from knowledge.errors import UnreadableError
from knowledge.readers import hwp_records as hwp
from knowledge.readers.hangul_blocks import (
    MAX_DEPTH,
    Aside,
    Box,
    Head,
    HeadKind,
    Note,
    Numbering,
    Object,
    Paragraph,
    Styles,
    Table,
    TableCell,
)
from knowledge.readers.hwp_records import Record

_T = TypeVar("_T")
_OUTLINE_STYLE = re.compile(r"(?:개요|Outline|제목|Heading)\s*(\d{1,2})$", re.I)
_HEADS: dict[int, HeadKind] = {1: "outline", 2: "number", 3: "bullet"}
_BULLET_CHARACTER = 12
_SINGLE = {9: "\t", 10: "\n", 13: "", 24: "-", 30: "\u00a0", 31: "\u2003"}
_INLINE = frozenset({4, 5, 6, 7, 8, 9, 19, 20})
"""Controls of eight units that have no record of their own; 9 is the tab."""
_WITH_RECORD = frozenset({1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23})
_ASIDES = {b"head": "머리글", b"foot": "바닥글", b"tcmt": "숨은 설명", b"secd": "바탕쪽"}
_NOTES: dict[bytes, Literal["각주", "미주"]] = {b"fn  ": "각주", b"en  ": "미주"}
_COUNTED_OBJECTS = frozenset({3, 4, 5})
"""Kinds of 자동 번호 that count pictures, tables and equations, as in captions."""
_TITLE_CELL = 1 << 18
_MAX_SPAN = 4_096
_FORM_VALUE = re.compile(r"(?:Caption|Text):wstring:(\d{1,5}):")
_OUTLINE_NUMBERING = 18
"""Offset in a section's definition of the numbering that its outline follows."""


@dataclass(slots=True)
class DocInfo:
    """What paragraphs refer to by number. `heads` by paragraph shape, `outline_styles` by style."""

    styles: Styles = field(default_factory=Styles)
    heads: list[Head | None] = field(default_factory=list)
    outline_styles: list[int] = field(default_factory=list)


def doc_info(stream: bytes) -> DocInfo:
    """Numberings and bullets count from 1, shapes and styles from 0. A definition that is cut defines nothing."""
    info = DocInfo()
    for tag, _, data in hwp.records(stream):
        record = Record(tag, data)
        match tag:
            case hwp.NUMBERING:
                info.styles.numberings[len(info.styles.numberings) + 1] = _or(Numbering(()), hwp.numbering, record)
            case hwp.BULLET:
                info.styles.bullets[len(info.styles.bullets) + 1] = _or("", _bullet, record)
            case hwp.PARA_SHAPE:
                info.heads.append(_or(None, _shape_head, record))
            case hwp.STYLE:
                info.outline_styles.append(_or(0, _outline_style, record))
            case _:
                pass
    return info


def _or(otherwise: _T, read: Callable[[Record], _T], record: Record) -> _T:
    """What stands before a paragraph is worth less than its text: older files have shorter records."""
    try:
        return read(record)
    except UnreadableError:
        return otherwise


def _bullet(record: Record) -> str:
    return chr(record.number(_BULLET_CHARACTER))


def _shape_head(record: Record) -> Head | None:
    properties = record.number(0, 4)
    kind = _HEADS.get(properties >> 23 & 3)
    return Head(kind, record.number(30), (properties >> 25 & 7) + 1) if kind else None


def _outline_style(record: Record) -> int:
    korean, end = record.text(0)
    named = _OUTLINE_STYLE.match(korean) or _OUTLINE_STYLE.match(record.text(end)[0])
    return int(named.group(1)) if named else 0


def paragraphs(stream: bytes, info: DocInfo) -> tuple[Paragraph, ...]:
    """Paragraphs of one section. Raises UnreadableError where records are cut or nested too deep."""
    return _Body(info).section(hwp.tree(stream))


class _Body:
    def __init__(self, info: DocInfo) -> None:
        self._info = info
        self._outline = 0
        self._depth = 0

    def section(self, top: list[Record]) -> tuple[Paragraph, ...]:
        """Paragraphs, and at the end the memos, which stand behind a mark of their own."""
        memos = next((at for at, record in enumerate(top) if record.tag == hwp.MEMO_LIST), len(top))
        body = [p for part in self._lists(top[:memos]) for p in part[1]]
        words = tuple(p for _, part in self._lists(_below(top[memos:])) for p in part)
        return (*body, Paragraph("", (Aside("메모", words),))) if words else tuple(body)

    def _lists(self, siblings: Iterable[Record]) -> Iterator[tuple[Record | None, tuple[Paragraph, ...]]]:
        """(head, paragraphs) of each list: paragraphs follow the head of their list, or stand alone."""
        head: Record | None = None
        words: list[Paragraph] = []
        for record in siblings:
            if record.tag == hwp.LIST_HEADER:
                if head or words:
                    yield head, tuple(words)
                head, words = record, [self._paragraph(r) for r in record.children if r.tag == hwp.PARA_HEADER]
            elif record.tag == hwp.PARA_HEADER:
                words.append(self._paragraph(record))
        if head or words:
            yield head, tuple(words)

    def _paragraph(self, record: Record) -> Paragraph:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableError("broken", format=hwp.NAME)
        controls = [child for child in record.children if child.tag == hwp.CTRL_HEADER]
        texts = [child.data for child in record.children if child.tag == hwp.PARA_TEXT]
        objects: list[Object] = []
        text = "".join(self._typed(data, controls, objects) for data in texts[:1])
        for control in controls:  # those that no character of the text stood for
            self._control(control, objects)
        self._depth -= 1
        return Paragraph(text, tuple(objects), self._head(record.number(8)), self._style(record.number(10, 1)))

    def _head(self, shape: int) -> Head | None:
        head = self._info.heads[shape] if shape < len(self._info.heads) else None
        if head and head.kind == "outline":
            return Head("outline", self._outline or head.numbering, head.level)
        return head

    def _style(self, number: int) -> int:
        return self._info.outline_styles[number] if number < len(self._info.outline_styles) else 0

    def _typed(self, data: bytes, controls: list[Record], objects: list[Object]) -> str:
        """Text of a paragraph; takes from `controls` those that its characters stand for."""
        units = array("H", data[: len(data) & ~1])
        parts: list[str] = []
        at = start = 0
        while at < len(units):
            unit = units[at]
            if unit >= 32:
                at += 1
                continue
            parts.append(_decoded(units[start:at]))
            parts.append(_SINGLE.get(unit, ""))
            if unit in _WITH_RECORD and controls:
                parts.append(self._control(controls.pop(0), objects))
            at += 8 if unit in _INLINE or unit in _WITH_RECORD else 1
            start = at
        parts.append(_decoded(units[start:at]))
        return "".join(parts)

    def _control(self, record: Record, objects: list[Object]) -> str:
        """Adds what the control holds to `objects`; the answer is what it says within the line."""
        name = record.data[3::-1]
        if name == b"secd" and len(record.data) >= _OUTLINE_NUMBERING + 2:
            self._outline = record.number(_OUTLINE_NUMBERING)
        if name == b"tbl ":
            objects.append(self._table(record))
        elif name in _NOTES:
            number = str(record.number(4, 4))
            objects.append(Note(_NOTES[name], number, self._all(record)))
            return f"({_NOTES[name]} {number})"
        elif name in _ASIDES:
            objects.append(Aside(_ASIDES[name], self._all(record)))
        elif name == b"atno" and record.number(4, 4) & 0xF in _COUNTED_OBJECTS:
            return str(record.number(8))
        elif name == b"tdut":
            main, end = record.text(4)
            gloss, _ = record.text(end)
            return f"{main}({gloss})" if gloss else main
        elif name == b"tcps":
            return record.text(4)[0]
        elif name == b"form":
            return "".join(_form(child) for child in record.children if child.tag == hwp.FORM_OBJECT)
        else:
            words = self._all(record)
            if any(p.text or p.objects for p in words):
                objects.append(Box(words))
        return ""

    def _all(self, record: Record, depth: int = 0) -> tuple[Paragraph, ...]:
        """Every text in a control: its lists, those of shapes within shapes, scripts of equations, 글맵시."""
        if depth > MAX_DEPTH:
            raise UnreadableError("broken", format=hwp.NAME)
        found = [p for _, words in self._lists(record.children) for p in words]
        for child in record.children:
            if child.tag == hwp.EQUATION:
                found.append(Paragraph(child.text(4)[0].strip()))
            elif child.tag == hwp.TEXT_ART:
                found.append(Paragraph(child.text(32)[0].strip()))
            elif child.tag not in {hwp.LIST_HEADER, hwp.PARA_HEADER}:
                found += self._all(child, depth + 1)
        return tuple(found)

    def _table(self, record: Record) -> Table:
        at = next((at for at, child in enumerate(record.children) if child.tag == hwp.TABLE), 0)
        caption = tuple(p for _, words in self._lists(record.children[:at]) for p in words)
        cells = [_cell(head, words) for head, words in self._lists(record.children[at:]) if head]
        return Table(tuple(cells), caption)


def _below(top: Iterable[Record]) -> list[Record]:
    return [record for memo in top for record in ([memo] if memo.tag != hwp.MEMO_LIST else memo.children)]


def _cell(head: Record, words: tuple[Paragraph, ...]) -> TableCell:
    """A list's head in a table: count 4, properties 4, column, row, columns, rows 2 each."""
    return TableCell(
        row=min(head.number(10), _MAX_SPAN),
        column=min(head.number(8), _MAX_SPAN),
        rows=min(max(1, head.number(14)), _MAX_SPAN),
        columns=min(max(1, head.number(12)), _MAX_SPAN),
        paragraphs=words,
        header=bool(head.number(4, 4) & _TITLE_CELL),
    )


def _decoded(units: array[int]) -> str:
    return units.tobytes().decode("utf-16-le", "replace")


def _form(record: Record) -> str:
    """What a form's field shows: the value of its caption or text among its properties (`Text:wstring:3:abc`)."""
    properties = record.data.decode("utf-16-le", "replace")
    values = (properties[m.end() : m.end() + int(m.group(1))] for m in _FORM_VALUE.finditer(properties))
    return next((value for value in values if value.strip()), "")
