"""Chooses the reader of a file from its bytes. A new format is one file here and one line in `FORMATS`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import PurePath
from typing import Any, TypeVar, cast

from knowledge.document import Document, Finding, Section
from knowledge.encoding import BROKEN
from knowledge.errors import UnreadableError, UnsupportedError
from knowledge.facts import noted
from knowledge.readers import (
    aas,
    archive,
    delimited,
    docx,
    html,
    hwp,
    hwpx,
    image,
    mail,
    markdown,
    ooxml,
    pdf,
    pptx,
    text,
    unread,
    xls,
    xlsx,
)
from knowledge.readers.format import Format, Progress, silent
from knowledge.visible import visible
from knowledge.works import dated

FORMATS: tuple[Format, ...] = (
    mail.FORMAT,  # before those whose marks may stand further on: a mail may hold a PDF in its first lines
    pdf.FORMAT,
    image.FORMAT,
    aas.AASX,
    hwp.FORMAT,
    hwpx.FORMAT,
    docx.FORMAT,
    pptx.FORMAT,
    xlsx.FORMAT,
    xls.FORMAT,
    ooxml.OLD,
    archive.FORMAT,  # whatever else is a ZIP: after every format that is one
    aas.XML,
    aas.JSON,
    html.FORMAT,
    delimited.FORMAT,
    markdown.FORMAT,
    text.FORMAT,
)
"""Asked in this order: formats with a mark in their bytes, then those of text, plain text last."""
_TEXTS_BEGIN = aas.XML
"""From here on the readers take bytes for text; files that are not, and that no reader took, are refused before."""
MAX_TEXT = 20_000_000
_T = TypeVar("_T")


def format_of(data: bytes, name: str) -> Format:
    """The format of a file, told from its bytes.

    Raises UnsupportedError for formats without a reader, UnreadableError for empty files and unknown encodings.
    """
    if not data.strip():
        raise UnreadableError("empty")
    for known in FORMATS:
        if known is _TEXTS_BEGIN:
            unread.refuse(data)
        if known.claims(data, name):
            return known
    raise UnsupportedError("unsupported", format=PurePath(name).suffix or "?")


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Document of a file's bytes; `name` is its file name, used for a title where the text has none.

    Characters that nobody sees are left out. Raises a KnowledgeError naming the reason; a file without any text is an
    error, never an empty document, unless it holds other files.
    """
    document = noted(dated(_as_seen(format_of(data, name).read(data, name, progress), name)))
    total = sum(len(section.text.strip()) for section in document.sections)
    if total == 0 and not document.attachments:
        raise UnreadableError("no_text")
    if total > MAX_TEXT:
        raise UnreadableError("too_much_text", limit=MAX_TEXT)
    return document


def _as_seen(document: Document, name: str) -> Document:
    """What a person finds when looking the document up: no string of it holds what nobody sees or nothing can store."""
    title = visible(document.title).strip() or visible(PurePath(name).stem)
    sections = tuple(_section_as_seen(section) for section in document.sections)
    findings = tuple(_all_seen(finding) for finding in document.findings)
    attachments = tuple(replace(each, name=_name_seen(each.name)) for each in document.attachments)
    return replace(
        document,
        title=title,
        sections=sections,
        findings=findings + _unread_characters(sections),
        metadata=_all_seen(document.metadata),
        sources=tuple(_all_seen(source) for source in document.sources),
        edition=_all_seen(document.edition),
        attachments=attachments,
    )


def _unread_characters(sections: tuple[Section, ...]) -> tuple[Finding, ...]:
    """Says that some characters could not be read: they stand as `�` in the text."""
    found = [(section.locator.label, section.text.count(BROKEN)) for section in sections if BROKEN in section.text]
    if not found:
        return ()
    return (Finding(found[0][0], BROKEN, "broken_characters", {"count": str(sum(count for _, count in found))}),)


def _section_as_seen(section: Section) -> Section:
    locator = replace(section.locator, label=visible(section.locator.label))
    headings = tuple(visible(heading) for heading in section.headings)
    element = _all_seen(section.element)
    return replace(section, text=visible(section.text), locator=locator, headings=headings, element=element)


def _name_seen(name: str) -> str:
    seen = visible(name)
    return seen if seen.strip() else "?"


def _all_seen(value: _T) -> _T:
    """`value` with every string in it made visible: of a dataclass, a dictionary or a tuple."""
    seen: Any = value
    if isinstance(value, str):
        seen = visible(value)
    elif isinstance(value, tuple):
        seen = tuple(_all_seen(each) for each in value)
    elif isinstance(value, dict):
        seen = {_all_seen(key): _all_seen(each) for key, each in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        seen = replace(value, **{each.name: _all_seen(getattr(value, each.name)) for each in fields(value)})
    return cast("_T", seen)
