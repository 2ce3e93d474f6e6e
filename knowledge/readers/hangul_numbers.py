"""Numbers that Hangul prints before paragraphs and does not store in their text: `1.`, `가.`, `①`, `Ⅰ.`, bullets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from knowledge.readers.hangul_blocks import Head, Level, Object, Paragraph, Styles, Table

_SYLLABLES = "가나다라마바사아자차카타파하"
_VOWELS = "거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"
_JAMO = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_HANGUL_DIGITS = "일이삼사오육칠팔구"
_HANJA_DIGITS = "一二三四五六七八九"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_PLACE = re.compile(r"\^(\d+|n|N)")
_MAX_NUMBER = 9_999
_PRIVATE = range(0xE000, 0xF900)
_BULLET = "•"
"""For bullets that only Hangul's own symbol fonts can draw."""


class Counters:
    """Counts the numbered paragraphs of one document in reading order."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._counts: dict[int, list[int | None]] = {}

    def numbered(self, paragraphs: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
        """The paragraphs, and those in their tables and boxes, with what is printed before them in their text."""
        return tuple(self._paragraph(paragraph) for paragraph in paragraphs)

    def _paragraph(self, paragraph: Paragraph) -> Paragraph:
        printed = self.printed(paragraph.head) if paragraph.head else ""
        text = paragraph.text.strip()
        if printed and text:
            text = f"{printed} {text}"
        return replace(paragraph, text=text, objects=tuple(self._object(thing) for thing in paragraph.objects))

    def _object(self, thing: Object) -> Object:
        if not isinstance(thing, Table):
            return replace(thing, paragraphs=self.numbered(thing.paragraphs))
        cells = tuple(replace(cell, paragraphs=self.numbered(cell.paragraphs)) for cell in thing.cells)
        return Table(cells, self.numbered(thing.caption))

    def printed(self, head: Head) -> str:
        """What stands before this paragraph, counted on by one; empty where the definition is unknown or prints nothing."""
        if head.kind == "bullet":
            bullet = self._styles.bullets.get(head.numbering, "")
            return _BULLET if bullet and ord(bullet[0]) in _PRIVATE else bullet
        numbering = self._styles.numberings.get(head.numbering)
        if numbering is None or not 1 <= head.level <= len(numbering.levels):
            return ""
        levels = numbering.levels
        counts = self._counts.setdefault(head.numbering, [None] * len(levels))
        at = head.level - 1
        for above in range(at):  # a level that was skipped counts as begun
            counts[above] = counts[above] or levels[above].start
        before = counts[at]
        counts[at] = levels[at].start if before is None else before + 1
        counts[at + 1 :] = [None] * (len(levels) - at - 1)
        return _PLACE.sub(lambda place: self._count(place.group(1), at, counts, levels), levels[at].pattern)

    @staticmethod
    def _count(place: str, at: int, counts: list[int | None], levels: tuple[Level, ...]) -> str:
        if not place.isdigit():  # ^n: all levels down to this one, as 1.1.1
            parts = [number(counts[k] or levels[k].start, levels[k].format) for k in range(at + 1)]
            return ".".join(parts) + ("." if place == "N" else "")
        level = int(place) - 1
        if not 0 <= level < len(levels):
            return ""
        return number(counts[level] or levels[level].start, levels[level].format)


def number(value: int, form: str) -> str:
    """`value` (from 1) in one of Hangul's number formats; digits where a format has no such number."""
    write = _FORMATS.get(form)
    return (write(value) if write and 1 <= value <= _MAX_NUMBER else "") or str(value)


def _from(alphabet: str) -> Callable[[int], str]:
    return lambda value: alphabet[value - 1] if value <= len(alphabet) else ""


def _circled(value: int) -> str:
    if value <= 20:
        return chr(0x2460 + value - 1)
    return chr(0x3251 + value - 21) if value <= 35 else ""


def _roman(value: int) -> str:
    """Roman numerals as Korean papers print them: one character a number up to twelve."""
    if value <= 12:
        return chr(0x2160 + value - 1)
    parts = []
    for worth, letters in _ROMAN:
        parts.append(letters * (value // worth))
        value %= worth
    return "".join(parts)


def _small_roman(value: int) -> str:
    return chr(0x2170 + value - 1) if value <= 12 else _roman(value).lower()


def _tens(digits: str, ten: str) -> Callable[[int], str]:
    def write(value: int) -> str:
        if value > 99:
            return ""
        tens, ones = divmod(value, 10)
        head = (digits[tens - 1] if tens > 1 else "") + ten if tens else ""
        return head + (digits[ones - 1] if ones else "")

    return write


_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORMATS: dict[str, Callable[[int], str]] = {
    "CIRCLED_DIGIT": _circled,
    "ROMAN_CAPITAL": _roman,
    "ROMAN_SMALL": _small_roman,
    "LATIN_CAPITAL": _from(_LATIN),
    "LATIN_SMALL": _from(_LATIN.lower()),
    "CIRCLED_LATIN_CAPITAL": _from("ⒶⒷⒸⒹⒺⒻⒼⒽⒾⒿⓀⓁⓂⓃⓄⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏ"),
    "CIRCLED_LATIN_SMALL": _from("ⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩ"),
    "HANGUL_SYLLABLE": _from(_SYLLABLES + _VOWELS),
    "CIRCLED_HANGUL_SYLLABLE": _from("㉮㉯㉰㉱㉲㉳㉴㉵㉶㉷㉸㉹㉺㉻"),
    "HANGUL_JAMO": _from(_JAMO),
    "CIRCLED_HANGUL_JAMO": _from("㉠㉡㉢㉣㉤㉥㉦㉧㉨㉩㉪㉫㉬㉭"),
    "HANGUL_PHONETIC": _tens(_HANGUL_DIGITS, "십"),
    "IDEOGRAPH": _tens(_HANJA_DIGITS, "十"),
    "CIRCLED_IDEOGRAPH": _from("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
}
FORMATS_BY_CODE = ("DIGIT", *_FORMATS)
"""Names in the order of HWP 5's codes (한글문서파일형식 5.0, 문단 번호 형식), DIGIT being 0."""
