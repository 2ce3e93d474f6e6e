"""Chooses the reader of a file from its bytes. A new format is one file here and one line in `FORMATS`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from knowledge.document import Document, Section
from knowledge.errors import UnreadableError, UnsupportedError
from knowledge.readers import html, markdown, pdf, text
from knowledge.readers.format import Format, Progress, silent
from knowledge.visible import visible

FORMATS: tuple[Format, ...] = (
    pdf.FORMAT,
    html.FORMAT,
    markdown.FORMAT,
    text.FORMAT,
)
"""Asked in this order: formats with a mark in their bytes, then those of text, plain text last."""
_UNREAD: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "ZIP/DOCX/XLSX/PPTX/HWPX/AASX"),
    (b"\xd0\xcf\x11\xe0", "HWP/DOC/XLS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"\x1f\x8b", "GZIP"),
)
_TEXT = {"text/html", "text/markdown", "text/plain"}
MAX_TEXT = 20_000_000


def format_of(data: bytes, name: str) -> Format:
    """The format of a file, told from its bytes.

    Raises UnsupportedError for formats without a reader, UnreadableError for empty files and unknown encodings.
    """
    if not data.strip():
        raise UnreadableError("empty")
    for known in FORMATS:
        if known.media_type in _TEXT:
            _refuse_unread(data)
        if known.claims(data, name):
            return known
    raise UnsupportedError("unsupported", format=PurePath(name).suffix or "?")


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Document of a file's bytes; `name` is its file name, used for a title where the text has none.

    Characters that nobody sees are left out. Raises a KnowledgeError naming the reason; a file without any text is an
    error, never an empty document, unless it holds other files.
    """
    document = _as_seen(format_of(data, name).read(data, name, progress), name)
    total = sum(len(section.text.strip()) for section in document.sections)
    if total == 0 and not document.attachments:
        raise UnreadableError("no_text")
    if total > MAX_TEXT:
        raise UnreadableError("too_much_text", limit=MAX_TEXT)
    return document


def _refuse_unread(data: bytes) -> None:
    for magic, label in _UNREAD:
        if data.startswith(magic):
            raise UnsupportedError("unsupported", format=label)


def _as_seen(document: Document, name: str) -> Document:
    """What a person finds when looking the document up."""
    title = visible(document.title).strip() or PurePath(name).stem
    return replace(document, title=title, sections=tuple(_section_as_seen(section) for section in document.sections))


def _section_as_seen(section: Section) -> Section:
    locator = replace(section.locator, label=visible(section.locator.label))
    headings = tuple(visible(heading) for heading in section.headings)
    return replace(section, text=visible(section.text), locator=locator, headings=headings)
