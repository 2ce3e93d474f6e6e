"""PDF text by page, with PDFium (pypdfium2): fast, and under a licence that a firm can ship."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from knowledge.document import Document, Locator, Section
from knowledge.errors import TooLargeError, UnreadableError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.text import language_of

MAX_PAGES = 3000
_PASSWORD = 4  # FPDF_ERR_PASSWORD


def claims(data: bytes, _name: str) -> bool:
    """The mark stands in the first kilobyte (PDF 1.7, annex H)."""
    return b"%PDF-" in data[:1024]


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """One section a page that holds text; `pages` counts all of them.

    Raises UnreadableError where the file is encrypted, damaged or holds no text (a scan), TooLargeError over 3,000 pages.
    """
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        reason = "encrypted" if getattr(error, "err_code", None) == _PASSWORD else "broken"
        raise UnreadableError(reason, format="PDF") from error
    try:
        pages = len(pdf)
        if pages > MAX_PAGES:
            raise TooLargeError("too_many_pages", pages=pages, limit=MAX_PAGES)
        texts = []
        for number in range(pages):
            texts.append(_text(pdf, number))
            progress(number + 1, pages)
        title = str(pdf.get_metadata_dict().get("Title") or "").strip()
    except pdfium.PdfiumError as error:
        raise UnreadableError("broken", format="PDF") from error
    finally:
        pdf.close()
    sections = [
        Section(ordinal, Locator(f"p. {number}", number), text)
        for ordinal, (number, text) in enumerate((n, t) for n, t in enumerate(texts, 1) if t.strip())
    ]
    if not sections:
        raise UnreadableError("no_text")
    return Document(
        title=title or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=tuple(sections),
        language=language_of("\n".join(texts)),
        pages=pages,
    )


def _text(pdf: Any, number: int) -> str:
    page = pdf[number]
    try:
        words = page.get_textpage()
        try:
            # PDFium marks a hyphenated line end with U+FFFE.
            return str(words.get_text_bounded()).replace("\r\n", "\n").replace("\ufffe", "")
        finally:
            words.close()
    finally:
        page.close()


FORMAT = Format("PDF", "application/pdf", claims, read)
