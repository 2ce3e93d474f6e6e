"""PDF with PDFium (pypdfium2): fast, and under a licence that a firm can ship. Text by page, with boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from knowledge.document import Document, Locator, Section
from knowledge.errors import TooLargeError, UnreadableError
from knowledge.readers import ocr, pdf_outline
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.pdf_continued import with_headers
from knowledge.readers.pdf_frame import Frame
from knowledge.readers.pdf_layout import Line, lines_of
from knowledge.readers.pdf_outline import Heading
from knowledge.readers.pdf_page import SCANNED, PageContent, page_content
from knowledge.readers.pdf_tables import Table
from knowledge.readers.pdf_text import Joiner
from knowledge.readers.text import language_of

MAX_PAGES = 3000
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_FEW = 30
"""A page with fewer characters than this, under a picture, is a scan; stamps and page numbers are no more."""
_DATE = re.compile(r"^D:(\d{4})(\d{2})?(\d{2})?")
_NO_TITLE = re.compile(
    r"^(microsoft \w+ - |untitled|무제|제목 없음|\W*$)|\.(docx?|hwpx?|pptx?|xlsx?|indd|qxd|dvi|tex)$", re.I
)


def claims(data: bytes, _name: str) -> bool:
    """The mark stands in the first kilobyte (PDF 1.7, annex H); not at the very start, a text may only speak of it."""
    return data.startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b"endobj" in data)


def opened(data: bytes) -> Any:
    """The `pypdfium2.PdfDocument` of a file's bytes. Raises UnreadableError where it is encrypted or damaged."""
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        reason = "encrypted" if getattr(error, "err_code", None) == _PASSWORD else "broken"
        raise UnreadableError(reason, format="PDF") from error


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Sections of each page by heading and table, every line with its box; `pages` counts all of them.

    Scanned pages are recognised as such and read by OCR where it is installed. Raises UnreadableError where the file is
    encrypted, damaged or holds no text, TooLargeError over 3,000 pages.
    """
    import pypdfium2 as pdfium

    pdf = opened(data)
    try:
        return _read(pdf, name, progress)
    except pdfium.PdfiumError as error:
        raise UnreadableError("broken", format="PDF") from error
    finally:
        pdf.close()


def _read(pdf: Any, name: str, progress: Progress) -> Document:
    count = len(pdf)
    if count > MAX_PAGES:
        raise TooLargeError("too_many_pages", pages=count, limit=MAX_PAGES)
    pages: list[list[Line]] = []
    frames: list[Frame] = []
    scans = ocr.Scans()
    for index in range(count):
        page = page_content(pdf, index)
        lines = lines_of(page)
        if _is_scan(page):
            lines = scans.read(index + 1, partial(ocr.page_image, pdf, index)) or lines
        pages.append(lines)
        frames.append(page.frame)
        progress(index + 1, count)
    title = _title(pdf, pages, name)
    heights = [frame.size[1] for frame in frames]
    pages = pdf_outline.without_furniture(with_headers(pages, heights), heights)
    headings = pdf_outline.headings_of(pages, pdf_outline.bookmarks(pdf, frames))
    sections = tuple(_sections(pages, headings))
    if not sections:
        raise scans.refusal() or UnreadableError("no_text")
    return Document(
        title=title,
        media_type=FORMAT.media_type,
        sections=sections,
        language=language_of("\n".join(section.text for section in sections[:200])),
        pages=count,
        metadata=_metadata(pdf),
        findings=scans.findings(),
    )


def _is_scan(page: PageContent) -> bool:
    inked = sum(not char.isspace() for char in page.glyphs.text[: 4 * _FEW])
    return inked < _FEW and page.pictured >= SCANNED


def _sections(pages: Sequence[list[Line]], headings: Sequence[list[Heading]]) -> Iterator[Section]:
    """A section for each stretch of a page under one heading, and for each table."""
    joiner = Joiner(pages)
    stack: list[tuple[int, str]] = []
    ordinal = 0
    for number, (lines, found) in enumerate(zip(pages, headings, strict=True), 1):
        for start, end, heads in _stretches(lines, found):
            for heading in heads:
                while stack and stack[-1][0] >= heading.level:
                    stack.pop()
                stack.append((heading.level, heading.words))
            section = _section(ordinal, number, lines[start:end], tuple(words for _, words in stack), joiner)
            if section:
                yield section
                ordinal += 1


def _section(ordinal: int, page: int, lines: list[Line], headings: tuple[str, ...], joiner: Joiner) -> Section | None:
    locator = Locator(f"p. {page}", page)
    if lines and lines[0].table:
        return _table(ordinal, locator, headings, lines[0].table)
    text, boxes = joiner.text(lines)
    return Section(ordinal, locator, text, headings, boxes=boxes) if text.strip() else None


def _table(ordinal: int, locator: Locator, headings: tuple[str, ...], table: Table) -> Section:
    """A header that stands on a page before is row 0 here, its box flat: the first row on this page is row 1."""
    rows, boxes = table.rows, table.boxes
    if table.header:
        left, top, right, _ = table.box
        rows, boxes = (table.header, *rows), ((left, top, right, top), *boxes)
    text = "\n".join(" | ".join(cells) for cells in rows)
    return Section(ordinal, locator, text, headings, "table", first_row=0 if table.header else 1, boxes=boxes)


def _stretches(lines: Sequence[Line], found: Sequence[Heading]) -> Iterator[tuple[int, int, list[Heading]]]:
    """(first line, line after the last, headings that begin there); a table is a stretch of its own.

    A heading right under another begins no stretch: a section is never a heading alone if text follows.
    """
    heads: dict[int, list[Heading]] = {}
    for heading in found:
        near = [
            at for at in heads if at < len(lines) and 0 <= heading.line - at <= len(heads[at]) and not lines[at].table
        ]
        heads.setdefault(near[-1] if near else heading.line, []).append(heading)
    edges = {0, len(lines), *heads}
    for at, line in enumerate(lines):
        if line.table:
            edges |= {at, at + 1}
    ordered = sorted(edges)
    if ordered == [0]:
        yield 0, 0, list(found)
    for start, end in pairwise(ordered):
        yield start, end, heads.get(start, [])


def _title(pdf: Any, pages: Sequence[list[Line]], name: str) -> str:
    """What the file calls itself, else the largest line of its first page, else its name."""
    title = _said(pdf, b"Title")
    if title and not _NO_TITLE.search(title):
        return title
    first = [line for line in pages[0] if not line.table] if pages else []
    largest = max(first, key=lambda line: line.size, default=None)
    others = sorted(line.size for line in first)
    if largest and 3 < len(largest.text) <= 80 and largest.size > 1.25 * others[len(others) // 2]:
        return " ".join(largest.text.split())
    return PurePath(name).stem


def _metadata(pdf: Any) -> dict[str, str]:
    dates = {"created": _iso(_said(pdf, b"CreationDate")), "modified": _iso(_said(pdf, b"ModDate"))}
    return {key: date for key, date in dates.items() if date}


def _said(pdf: Any, key: bytes) -> str:
    from pypdfium2 import raw

    return pdf_outline.said(raw.FPDF_GetMetaText, pdf.raw, key)


def _iso(date: str) -> str:
    """Day of a PDF date (`D:20261123…`), empty where it is none."""
    from datetime import date as day

    parts = _DATE.match(date)
    if not parts:
        return ""
    try:
        return day(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)).isoformat()
    except ValueError:
        return ""


FORMAT = Format("PDF", "application/pdf", claims, read)
