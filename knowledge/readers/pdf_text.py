"""Lines of a page into the text of sections: words that a line end cuts are whole again, each line keeps its box."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from knowledge.document import Box
from knowledge.readers.pdf_layout import Line

_CUT = re.compile(r"([^\W\d_]+)-$")
_REST = re.compile(r"([^\W\d_]+|\d+)")
_HANGUL_END = re.compile(r"[가-힣]$")
_HANGUL_START = re.compile(r"[가-힣]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_EOJEOL = re.compile(r"[가-힣]+")
_ENDINGS = re.compile(
    "[을를은는에의와과로도]|에서|에게|에[는도]|으로서?|으로써|로[서써]|까지|부터|보다|처럼|마다|만을|이[나며고다]"
    "|하[다고며여는]|하여야|해야|[한할함된될됨]|된다|한다|되[고며어는]|[였었았]다|[다고며면지기]|(?:[습합됩입])?니다|시킨다|시키고|적(?:인|으로)|들[은을이의]"
)
"""Particles and endings that follow a word without a blank. `한`, `할` and `지` may stand alone too, but rarely begin a line."""
_SOFT_HYPHEN = "\u00ad"


class Joiner:
    """Knows from a whole document what a line end does to its words.

    A hyphen at a line end stays where the document writes the word with one elsewhere. Korean is often broken inside a
    word, without a mark. Where the file puts blanks after its other lines, a missing blank says so; elsewhere the words
    are put together that the document writes as one inside its lines, and endings that cannot stand alone.
    """

    def __init__(self, pages: Iterable[Sequence[Line]]) -> None:
        self._words: Counter[str] = Counter()
        cut = spaced = 0
        hyphens = False
        for lines in pages:
            for line in lines:
                hyphens = hyphens or line.text.endswith("-")
                if _HANGUL_END.search(line.text):
                    cut, spaced = cut + (not line.spaced), spaced + line.spaced
        if hyphens:
            for lines in pages:
                for line in lines:
                    self._words.update(word.lower() for word in _WORD.findall(line.text)[1:-1])  # no cut words
        self._blanks_tell = spaced >= 3 and spaced * 3 >= cut
        self._hangul: Counter[str] = Counter()
        if cut > 2:
            for lines in pages:
                for line in lines:
                    self._hangul.update(_EOJEOL.findall(line.text)[1:-1])

    def text(self, lines: Sequence[Line]) -> tuple[str, tuple[Box, ...]]:
        """Text of consecutive lines and the box of each of its lines; paragraphs are parted by an empty line.

        What completes a cut word moves up to the line where the word begins.
        """
        texts: list[str] = []
        boxes: list[Box] = []
        for at, line in enumerate(lines):
            words = line.text
            if texts and line.parted:
                left, _, right, bottom = boxes[-1]
                texts.append("")
                boxes.append((left, bottom, right, bottom))
            elif texts:
                kept, moved = self._joint(texts[-1], lines[at - 1].spaced, words)
                if moved:
                    texts[-1] = kept + moved
                    words = words[len(moved) :].lstrip()
                    if not words:
                        boxes[-1] = _around(boxes[-1], line.box)
                        continue
            texts.append(words)
            boxes.append(line.box)
        return "\n".join(texts), tuple(boxes)

    def _joint(self, above: str, spaced: bool, below: str) -> tuple[str, str]:
        """What stays of the line above and what moves up to it; nothing moves where no word is cut."""
        rest = _REST.match(below)
        if not rest:
            return above, ""
        word = below.split(None, 1)[0]
        if above.endswith(_SOFT_HYPHEN):
            return above[:-1], word
        cut = _CUT.search(above)
        if cut:
            if not rest.group(1)[0].islower():  # a code, as `E-217`
                return above, word if cut.group(1).isupper() else ""
            return (above if self._hyphenated(cut.group(1), rest.group(1)) else above[:-1]), word
        if not spaced and _HANGUL_END.search(above) and _HANGUL_START.match(below):
            return above, word if self._blanks_tell or self._is_cut(above, below) else ""
        return above, ""

    def _is_cut(self, above: str, below: str) -> bool:
        """Whether the last Hangul word above goes on below."""
        start, rest = _EOJEOL.findall(above)[-1], _EOJEOL.findall(below)[0]
        whole, apart = self._hangul[start + rest], min(self._hangul[start], self._hangul[rest])
        if whole or apart:
            return whole > apart
        return _ENDINGS.fullmatch(rest) is not None

    def _hyphenated(self, start: str, rest: str) -> bool:
        """Whether `start-rest` is written with its hyphen; taken from how else the document writes it."""
        whole, parted = (start + rest).lower(), f"{start}-{rest}".lower()
        if self._words[whole] != self._words[parted]:
            return self._words[parted] > self._words[whole]
        # Unseen: a compound if both halves are words of the document, else one word that was broken.
        return bool(self._words[rest.lower()] and self._words[start.lower()] > 1)


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
