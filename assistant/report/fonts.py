"""The Korean font of charts and PDFs: NanumGothic, as koreanize-matplotlib ships it.

Only its files are read. The package is not imported, for importing it changes matplotlib for the whole process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from threading import Lock

from assistant.report.errors import NoFontError

PACKAGE = "koreanize-matplotlib"
PLAIN = "NanumGothic"
BOLD = "NanumGothicBold"
_REGISTERING = Lock()


@dataclass(frozen=True, slots=True)
class Faces:
    plain: Path
    bold: Path


def faces() -> Faces:
    """Where the font files lie. Raises NoFontError."""
    try:
        listed = {Path(str(each)).name: Path(str(each.locate())) for each in distribution(PACKAGE).files or ()}
    except PackageNotFoundError as error:
        raise NoFontError from error
    found = [listed.get(f"{name}.ttf") for name in (PLAIN, BOLD)]
    if not all(path and path.is_file() for path in found):
        raise NoFontError
    plain, bold = (path for path in found if path)
    return Faces(plain, bold)


def registered() -> None:
    """Makes the fonts known to reportlab, once in a process. Raises NoFontError."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    found = faces()
    with _REGISTERING:
        if BOLD in pdfmetrics.getRegisteredFontNames():
            return
        pdfmetrics.registerFont(TTFont(PLAIN, str(found.plain)))
        pdfmetrics.registerFont(TTFont(BOLD, str(found.bold)))
        pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


@cache
def _letters(path: Path) -> frozenset[int]:
    from reportlab.pdfbase.ttfonts import TTFontFile

    return frozenset(TTFontFile(str(path)).charToGlyph)


def drawable(text: str) -> str:
    """Text in letters that the font has. What it has not is named by its number, `[U+1F600]`, never drawn as a box."""
    found = faces()
    letters = _letters(found.plain) & _letters(found.bold)
    return "".join(each if ord(each) in letters else _named(each) for each in text)


def _named(character: str) -> str:
    joins = character in "\u200b\u200c\u200d\ufeff" or 0xFE00 <= ord(character) <= 0xFE0F or ord(character) >= 0xE0000
    return "" if joins else " " if character.isspace() else f"[U+{ord(character):04X}]"
