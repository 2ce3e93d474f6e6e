"""Pages for the evidence viewer: one page as a picture, its size, and where on it a quotation stands.

Pure functions of a file's bytes or of a section. What takes bytes belongs into the limited reading process.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge.document import Box, Section
from knowledge.errors import UnreadableError, UnsupportedError

if TYPE_CHECKING:
    from PIL import Image

WIDEST = 4_000
_MAX_PIXELS = 40_000_000
_MOST_PARTS = 40
"""Lines of a quotation that are looked for one by one."""
_WIDE = {"W", "F"}
_T = TypeVar("_T")


def size(data: bytes, page: int) -> tuple[float, float]:
    """Width and height of page `page`, from 1, as shown: points of a PDF, pixels of a picture.

    Raises UnsupportedError for formats without pages, UnreadableError where the file is damaged or has no such page.
    """
    from knowledge.readers import image, pdf

    if pdf.claims(data, ""):
        return _of_pdf(data, page, _size_of)
    if not image.claims(data, ""):
        raise UnsupportedError("no_pages")
    with image.opened(data) as picture:
        image.to_frame(picture, page)
        width, height = image.size_as_shown(picture)
        return float(width), float(height)


def render(data: bytes, page: int, width: int) -> bytes:
    """PNG of page `page`, from 1, as shown, `width` pixels wide; a picture is never enlarged.

    Raises what `size` raises.
    """
    from knowledge.readers import image, pdf

    width = max(1, min(width, WIDEST))
    if pdf.claims(data, ""):
        return _of_pdf(data, page, lambda shown: _drawn(shown, width))
    if not image.claims(data, ""):
        raise UnsupportedError("no_pages")
    with image.opened(data) as picture:
        image.to_frame(picture, page)
        shown = image.upright(picture)
        if shown.width > width:
            shown = shown.resize((width, max(1, round(shown.height * width / shown.width))))
        return _png(shown)


def marks(section: Section, quote: str) -> list[Box]:
    """Boxes of a quotation in a section, one a line, in the order of the text; empty where it has no boxes.

    White space is folded. A quotation that is no stretch of the section, as table rows under a header from further up,
    is looked for line by line, its first forty. Within a line the box is narrowed by the widths that its characters usually have.
    """
    if not section.boxes or not quote.strip():
        return []
    spans = _spans(section.text, quote)
    found: list[Box] = []
    start = 0
    for line, box in zip(section.text.split("\n"), section.boxes, strict=False):
        end = start + len(line)
        found += [
            _part(line, box, max(first, start) - start, min(last, end) - start)
            for first, last in spans
            if first < end and last > start and line.strip()
        ]
        start = end + 1
    return list(dict.fromkeys(found))


def _spans(text: str, quote: str) -> list[tuple[int, int]]:
    folded = _Folded(text)
    whole = folded.find(quote)
    if whole:
        return [whole]
    parts = islice((part for part in quote.splitlines() if part.strip()), _MOST_PARTS)
    return [span for part in dict.fromkeys(parts) if (span := folded.find(part))]


class _Folded:
    """A text with its white space folded, once for all that is looked for in it."""

    def __init__(self, text: str) -> None:
        self._places = [at for at, char in enumerate(text) if not char.isspace() or (at and not text[at - 1].isspace())]
        self._text = "".join(" " if text[at].isspace() else text[at] for at in self._places)

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where the quotation stands in the text as it was."""
        wanted = " ".join(quote.split())
        at = self._text.find(wanted) if wanted else -1
        return (self._places[at], self._places[at + len(wanted) - 1] + 1) if at >= 0 else None


def _part(line: str, box: Box, first: int, last: int) -> Box:
    widths = [_width(char) for char in line]
    whole = sum(widths) or 1.0
    left, top, right, bottom = box
    begin, end = (left + (right - left) * sum(widths[:at]) / whole for at in (first, last))
    return begin, top, end, bottom


def _width(char: str) -> float:
    """Usual width in ems; Hangul and Chinese characters are twice as wide as Latin letters."""
    if unicodedata.east_asian_width(char) in _WIDE:
        return 1.0
    return 0.3 if char in " .,:;'|!ilIjtf()[]" else 0.55


def _of_pdf(data: bytes, page: int, wanted: Callable[[Any], _T]) -> _T:
    import pypdfium2 as pdfium

    from knowledge.readers import pdf

    opened = pdf.opened(data)
    try:
        if not 1 <= page <= len(opened):
            raise UnreadableError("no_such_page", page=page)
        shown = opened[page - 1]
        try:
            return wanted(shown)
        finally:
            shown.close()
    except pdfium.PdfiumError as error:
        raise UnreadableError("broken", format="PDF") from error
    finally:
        opened.close()


def _size_of(shown: Any) -> tuple[float, float]:
    width, height = shown.get_size()
    if not (width > 0 and height > 0):
        raise UnreadableError("broken", format="PDF")
    return float(width), float(height)


def _drawn(shown: Any, width: int) -> bytes:
    across, down = _size_of(shown)
    scale = min(width / across, (_MAX_PIXELS / (across * down)) ** 0.5)
    bitmap = shown.render(scale=scale, draw_annots=True)
    try:
        return _png(bitmap.to_pil())
    finally:
        bitmap.close()


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()
