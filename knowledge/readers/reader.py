"""Chooses the reader of a file from its bytes. A new format is one file here and one line in `_READERS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from knowledge.document import Document, Section
from knowledge.encoding import decode
from knowledge.errors import UnreadableError, UnsupportedError
from knowledge.readers import html, markdown, pdf, text
from knowledge.visible import visible

_READERS: dict[str, Callable[[bytes, str], Document]] = {
    pdf.MEDIA_TYPE: pdf.read,
    html.MEDIA_TYPE: html.read,
    markdown.MEDIA_TYPE: markdown.read,
    text.MEDIA_TYPE: text.read,
}
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
_HTML = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_ATX_HEADING = re.compile(r"^#{1,6} \S", re.M)
MAX_TEXT = 20_000_000


def media_type(data: bytes, name: str) -> str:
    """Media type told from the bytes; the name decides only between Markdown and plain text.

    Raises UnsupportedError for formats without a reader, UnreadableError for empty files.
    """
    if not data.strip():
        raise UnreadableError("empty")
    if b"%PDF-" in data[:1024]:
        return pdf.MEDIA_TYPE
    for magic, label in _UNREAD:
        if data.startswith(magic):
            raise UnsupportedError("unsupported", format=label)
    head = decode(data)
    if _HTML.match(head[:4096]):
        return html.MEDIA_TYPE
    looks_marked = head.startswith("---\n") or len(_ATX_HEADING.findall(head)) > 1
    if looks_marked or PurePath(name).suffix.lower() in {".md", ".markdown"}:
        return markdown.MEDIA_TYPE
    return text.MEDIA_TYPE


def read(data: bytes, name: str) -> Document:
    """Document of a file's bytes; `name` is its file name, used for a title where the text has none.

    Characters that nobody sees are left out. Raises a KnowledgeError naming the reason; a file without any text is an
    error, never an empty document.
    """
    document = _as_seen(_READERS[media_type(data, name)](data, name), name)
    total = sum(len(section.text.strip()) for section in document.sections)
    if total == 0:
        raise UnreadableError("no_text")
    if total > MAX_TEXT:
        raise UnreadableError("too_much_text", limit=MAX_TEXT)
    return document


def _as_seen(document: Document, name: str) -> Document:
    """What a person finds when looking the document up."""
    title = visible(document.title).strip() or PurePath(name).stem
    return replace(document, title=title, sections=tuple(_section_as_seen(section) for section in document.sections))


def _section_as_seen(section: Section) -> Section:
    locator = replace(section.locator, label=visible(section.locator.label))
    headings = tuple(visible(heading) for heading in section.headings)
    return replace(section, text=visible(section.text), locator=locator, headings=headings)
