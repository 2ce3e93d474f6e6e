"""Text of pictures of pages with tesseract, a program of Debian (Apache-2.0), fed and read through pipes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from knowledge.document import Box, Finding
from knowledge.errors import UnreadableError
from knowledge.readers.pdf_layout import Line, in_reading_order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROGRAM = "tesseract"
LANGUAGES = "kor+eng"
KOREAN = "kor"
SECONDS_PER_PAGE = 40
"""Of one recognition; a page may need two."""
DOTS_PER_INCH = 200
MAX_PIXELS = 40_000_000
"""Of one page; an A3 page at 400 dots per inch has 31 million."""
DOUBTFUL = 70.0
"""Mean confidence, 0 to 100, below which a page is reported as read with doubt."""
_NOISE = 30.0
"""A line of less confidence is a stain, a stamp or a drawing."""
_FULL_PAGE = ("--psm", "4")
"""One column of type of many sizes: of the ways to segment a page the one that loses least Korean. Columns are ours."""
_WORD_GAP = 0.28
"""Blank paper between two words, in heights of the line; between syllables there is less."""
_COLUMN_GAP = 1.2
_INK = 160  # greys darker than this
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z]")
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in 256 greys, row by row. `scale` makes points of the page out of its pixels."""

    width: int
    height: int
    grey: bytes
    scale: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its confidence, 0 to 100, and its box in pixels. `line` and `paragraph` tell where it belongs."""

    text: str
    confidence: float
    box: Box
    paragraph: tuple[str, str]
    line: str


@cache
def installed() -> bool:
    """Whether tesseract is here and knows Korean."""
    program = shutil.which(PROGRAM)
    if program is None:
        return False
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return set(LANGUAGES.split("+")) <= set(listed.stdout.decode("utf-8", "replace").split())


def words_of(picture: Picture) -> list[Word]:
    """Words of a page, line by line. Raises UnreadableError where tesseract fails, takes too long or is not installed.

    Asked for both languages, tesseract takes some Hangul for Latin letters (`압력을` for `SAS`); asked for Korean alone it
    garbles what is Latin. Where the two disagree, the surer one is believed.
    """
    words = _recognised(picture, LANGUAGES)
    text = "".join(word.text for word in words)
    if not (_HANGUL.search(text) and _LATIN.search(text)):
        return words
    return _surer(words, _recognised(picture, KOREAN))


def _surer(words: Sequence[Word], korean: Sequence[Word]) -> list[Word]:
    """`words`, those of Latin letters replaced by the Hangul that `korean` has in their place with more confidence."""
    chosen: list[Word] = []
    for word in words:
        left, top, right, bottom = word.box
        there = [
            other
            for other in korean
            if _LATIN.search(word.text)
            and other.box[1] < (top + bottom) / 2 < other.box[3]
            and left < (other.box[0] + other.box[2]) / 2 < right
        ]
        hangul = any(_HANGUL.search(other.text) for other in there)
        if hangul and confidence_of(there) > word.confidence:
            chosen += [replace(other, paragraph=word.paragraph, line=word.line) for other in there]
        else:
            chosen.append(word)
    return chosen


def _recognised(picture: Picture, languages: str) -> list[Word]:
    program = shutil.which(PROGRAM)
    if program is None:
        raise UnreadableError("no_ocr", pages="1")
    command = [program, "stdin", "stdout", "-l", languages, "--dpi", str(DOTS_PER_INCH), *_FULL_PAGE, "tsv"]
    header = f"P5 {picture.width} {picture.height} 255\n".encode()
    try:
        # One thread: its own threads slow it down where cores are few.
        done = subprocess.run(
            command,
            input=header + picture.grey,
            capture_output=True,
            check=False,
            timeout=SECONDS_PER_PAGE,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("ocr_too_slow", pages="1", seconds=SECONDS_PER_PAGE) from error
    except OSError as error:
        raise UnreadableError("no_ocr", pages="1") from error
    if done.returncode:
        raise UnreadableError("ocr_failed", pages="1")
    return _parsed(done.stdout.decode("utf-8", "replace"))


def _parsed(table: str) -> list[Word]:
    """Words of tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    words = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip():
            continue
        left, top, width, height = map(float, cells[6:10])
        box = (left, top, left + width, top + height)
        words.append(Word(cells[11].strip(), float(cells[10]), box, (cells[2], cells[3]), cells[4]))
    return words


def lines_of(words: Sequence[Word], picture: Picture) -> list[Line]:
    """Lines of recognised words in reading order, boxes in points; lines that are noise are left out."""
    import numpy as np

    grey = np.frombuffer(picture.grey, np.uint8).reshape(picture.height, picture.width)
    runs: list[Line] = []
    for _, group in groupby(words, key=lambda word: (word.paragraph, word.line)):
        row = list(group)
        if confidence_of(row) < _NOISE:
            continue
        blanks = _blanks(grey, row)
        edges = [0, *(at for at, blank in enumerate(blanks, 1) if blank > _COLUMN_GAP), len(row)]
        runs += [_run(row[a:b], blanks[a : b - 1], picture.scale) for a, b in pairwise(edges)]
    # One size for all: the height of a scanned line depends on its letters and makes no headings.
    size = median(run.size for run in runs) if runs else 0.0
    return in_reading_order([replace(run, size=size) for run in runs])


def _run(row: Sequence[Word], blanks: Sequence[float], scale: float) -> Line:
    """Words put together. Tesseract parts Hangul syllables at random; the paper between them tells where words end."""
    text = row[0].text
    for before, word, blank in zip(row, row[1:], blanks, strict=False):
        hangul = _HANGUL.match(word.text) or _HANGUL.match(before.text[-1])
        text += word.text if hangul and blank < _WORD_GAP else f" {word.text}"
    left, top, right, bottom = (list(edge) for edge in zip(*(word.box for word in row), strict=True))
    box = (min(left) * scale, min(top) * scale, max(right) * scale, max(bottom) * scale)
    return Line(text, box, box[3] - box[1])


def _blanks(grey: NDArray[np.uint8], row: Sequence[Word]) -> list[float]:
    """The widest stretch without ink between the middles of neighbouring words, in heights of the line."""
    top, bottom = int(median(word.box[1] for word in row)), int(median(word.box[3] for word in row))
    height = max(1, bottom - top)
    inked = grey[top : top + height].min(axis=0, initial=255) < _INK
    found = []
    for before, word in pairwise(row):
        start, end = int((before.box[0] + before.box[2]) / 2), int((word.box[0] + word.box[2]) / 2)
        longest = max(
            (len(list(run)) for ink, run in groupby(inked[start : max(start, end)].tolist()) if not ink), default=0
        )
        found.append(longest / height)
    return found


def confidence_of(words: Sequence[Word]) -> float:
    """Mean confidence, longer words counting more; 0 where there are none."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def page_image(pdf: Any, index: int) -> Picture:
    """Page `index` of a `pypdfium2.PdfDocument` in greys, as shown."""
    page = pdf[index]
    try:
        width, height = page.get_size()
        scale = min(DOTS_PER_INCH / 72, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            grey = bitmap.to_numpy()
            return Picture(grey.shape[1], grey.shape[0], grey.reshape(grey.shape[:2]).tobytes(), 1 / scale)
        finally:
            bitmap.close()
    finally:
        page.close()


class Scans:
    """The scanned pages of one document: reads them, and remembers which could not be read and which with doubt."""

    def __init__(self) -> None:
        self._unread: dict[str, list[int]] = {}
        self._doubtful: list[int] = []

    def read(self, number: int, picture: Callable[[], Picture]) -> list[Line]:
        """Lines of scanned page `number`, from 1; none where it could not be read, which `findings` then says."""
        if not installed():
            self._unread.setdefault("no_ocr", []).append(number)
            return []
        try:
            image = picture()
            words = words_of(image)
        except UnreadableError as error:
            self._unread.setdefault(error.reason, []).append(number)
            return []
        lines = lines_of(words, image)
        if not lines:
            self._unread.setdefault("picture_without_text", []).append(number)
        elif confidence_of(words) < DOUBTFUL:
            self._doubtful.append(number)
        return lines

    def refusal(self) -> UnreadableError | None:
        """Why a document without any text has none, if that is because its scanned pages were not read."""
        for reason, pages in self._unread.items():
            return UnreadableError(reason, pages=listed(pages), seconds=SECONDS_PER_PAGE)
        return None

    def findings(self) -> tuple[Finding, ...]:
        """Which pages were not read, and which were read with doubt."""
        found = [
            Finding(f"p. {listed(pages)}", "", f"scan_{reason}", {"pages": listed(pages)})
            for reason, pages in self._unread.items()
        ]
        if self._doubtful:
            pages = listed(self._doubtful)
            found.append(Finding(f"p. {pages}", "", "scan_doubtful", {"pages": pages}))
        return tuple(found)


def listed(pages: Sequence[int]) -> str:
    """Page numbers as people write them: `3, 5–9`; a long list ends in `…`."""
    parts: list[str] = []
    for _, run in groupby(enumerate(pages), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        parts.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}")
    return ", ".join(parts[:_MOST_LISTED]) + (" …" if len(parts) > _MOST_LISTED else "")
