"""What paragraphs and runs of WordprocessingML inherit: heading levels, hidden text, raised text, the numbers of lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from knowledge.readers.ooxml import Parts, attribute, child, said
from knowledge.readers.raised import Height
from knowledge.readers.xml import local

_HEADING_NAME = re.compile(r"(?:heading|제목|개요)\s*([1-9])", re.IGNORECASE)
_TITLE_NAMES = {"title", "제목"}
_CONTENTS_NAME = re.compile(r"(?:toc|목차)\s*(?:[1-9]|heading)", re.IGNORECASE)
_LEAVING_OUT = ("vanish", "strike", "dstrike")
_HEIGHTS: dict[str, Height] = {"superscript": "sup", "subscript": "sub"}
_BODY_LEVEL = 9
_DEEPEST = 32
_PLACE = re.compile(r"%([1-9])")
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_SYLLABLES = "가나다라마바사아자차카타파하"
_CONSONANTS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """What a named style says by itself, and the style it is based on."""

    name: str = ""
    base: str = ""
    level: int | None = None
    switches: Mapping[str, bool] = field(default_factory=dict)
    height: str = ""
    numbering: tuple[str, int | None] | None = None


@dataclass(frozen=True, slots=True)
class _Level:
    numbers: str = "decimal"
    pattern: str = ""
    start: int = 1


@dataclass
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Styles:
    """The styles of a document."""

    def __init__(self, parts: Parts, main: str) -> None:
        names = parts.related("styles", main)
        root = parts.root(names[0]) if names else ()
        self._styles = {attribute(each, "styleId") or "": _style(each) for each in root if local(each) == "style"}

    def level(self, paragraph: etree._Element | None) -> int | None:
        """0 for a title, 1 to 9 for a heading, None for other paragraphs. `paragraph`: its `w:pPr`."""
        if paragraph is None:
            return None
        own = _number(child(paragraph, "outlineLvl"))
        if own is not None:
            return own + 1 if own < _BODY_LEVEL else None
        for style in self._chain(paragraph):
            named = _HEADING_NAME.fullmatch(style.name)
            if named:
                return int(named[1])
            if style.name.lower() in _TITLE_NAMES:
                return 0
            if style.level is not None:
                return style.level + 1 if style.level < _BODY_LEVEL else None
        return None

    def is_contents(self, paragraph: etree._Element | None) -> bool:
        """Whether it is a line of a table of contents, which repeats the headings."""
        return any(_CONTENTS_NAME.fullmatch(style.name) for style in self._chain(paragraph))

    def hides(self, properties: etree._Element | None) -> bool:
        """Whether text of these properties (`w:rPr`) is not shown, or struck out."""
        if properties is None:
            return False
        chain = self._chain(properties)
        own = _switches(properties)
        return any(
            next((each[name] for each in (own, *(style.switches for style in chain)) if name in each), False)
            for name in _LEAVING_OUT
        )

    def height(self, properties: etree._Element | None) -> Height:
        """Whether text of these properties (`w:rPr`) is raised or lowered."""
        if properties is None:
            return ""
        said_so = (_height(properties), *(style.height for style in self._chain(properties)))
        return _HEIGHTS.get(next((each for each in said_so if each), ""), "")

    def numbering(self, paragraph: etree._Element | None) -> tuple[str, int] | None:
        """(list, level from 0) of a paragraph that is numbered."""
        if paragraph is None:
            return None
        level = None
        for found in (_numbering(paragraph), *(style.numbering for style in self._chain(paragraph))):
            if found is not None:
                level = found[1] if level is None else level
                if found[0]:
                    return (found[0], level or 0) if found[0] != "0" else None
        return None

    def _chain(self, properties: etree._Element | None) -> list[Style]:
        if properties is None:
            return []
        used = child(properties, "pStyle") if child(properties, "pStyle") is not None else child(properties, "rStyle")
        at = attribute(used, "val") if used is not None else None
        chain: list[Style] = []
        while at in self._styles and len(chain) < _DEEPEST:
            chain.append(self._styles[at])
            at = chain[-1].base
        return chain


def _style(element: etree._Element) -> Style:
    paragraph, run = child(element, "pPr"), child(element, "rPr")
    name, base = child(element, "name"), child(element, "basedOn")
    return Style(
        name=((attribute(name, "val") if name is not None else "") or "").strip(),
        base=(attribute(base, "val") if base is not None else "") or "",
        level=_number(child(paragraph, "outlineLvl")) if paragraph is not None else None,
        switches=_switches(run) if run is not None else {},
        height=_height(run) if run is not None else "",
        numbering=_numbering(paragraph) if paragraph is not None else None,
    )


def _switches(properties: etree._Element) -> dict[str, bool]:
    return {name: said(properties, name) for name in _LEAVING_OUT if child(properties, name) is not None}


def _height(properties: etree._Element) -> str:
    found = child(properties, "vertAlign")
    return (attribute(found, "val") or "") if found is not None else ""


def _number(element: etree._Element | None) -> int | None:
    value = attribute(element, "val") if element is not None else None
    return int(value) if value is not None and value.isdecimal() and len(value) < 9 else None


def _numbering(paragraph: etree._Element) -> tuple[str, int | None] | None:
    """(list, level), either empty where the paragraph leaves it to its style."""
    found = child(paragraph, "numPr")
    if found is None:
        return None
    number, level = child(found, "numId"), _number(child(found, "ilvl"))
    return (attribute(number, "val") or "" if number is not None else "", level)


class Numbering:
    """The numbers of lists, counted while paragraphs pass by."""

    def __init__(self, parts: Parts, main: str) -> None:
        self._lists: dict[str, _List] = {}
        names = parts.related("numbering", main)
        root = parts.root(names[0]) if names else ()
        kinds = {attribute(each, "abstractNumId"): _levels(each) for each in root if local(each) == "abstractNum"}
        shared: dict[str, dict[int, int]] = {}
        for each in root:
            kind = child(each, "abstractNumId") if local(each) == "num" else None
            if kind is None:
                continue
            of = attribute(kind, "val") or ""
            own = _overrides(each)
            levels = kinds.get(of, {}) | own
            counts = {} if own else shared.setdefault(of, {})
            self._lists[attribute(each, "numId") or ""] = _List(levels, counts)

    def next(self, number: str, level: int) -> str:
        """The text before the next paragraph of this list, `1.2.` or `가.`; a bullet is `•`. Empty where it has none."""
        found = self._lists.get(number)
        if found is None or level not in found.levels:
            return ""
        kind = found.levels[level]
        found.counts[level] = found.counts.get(level, kind.start - 1) + 1
        for deeper in [each for each in found.counts if each > level]:
            del found.counts[deeper]
        if kind.numbers == "bullet":
            return "•"

        def written(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = found.levels.get(at, _Level())
            return _written(found.counts.get(at, other.start), other.numbers)

        return _PLACE.sub(written, kind.pattern).strip() if kind.numbers != "none" else ""


def _levels(element: etree._Element) -> dict[int, _Level]:
    return {_at(each): _level(each) for each in element if local(each) == "lvl"}


def _at(element: etree._Element) -> int:
    value = attribute(element, "ilvl") or "0"
    return int(value) if value.isdecimal() and len(value) < 3 else 0


def _level(element: etree._Element) -> _Level:
    numbers, pattern = child(element, "numFmt"), child(element, "lvlText")
    start = _number(child(element, "start"))
    return _Level(
        numbers=(attribute(numbers, "val") if numbers is not None else None) or "decimal",
        pattern=(attribute(pattern, "val") if pattern is not None else None) or "",
        start=1 if start is None else start,
    )


def _overrides(element: etree._Element) -> dict[int, _Level]:
    return {
        _at(each): _level(level)
        for each in element
        if local(each) == "lvlOverride" and (level := child(each, "lvl")) is not None
    }


def _written(number: int, kind: str) -> str:
    """A number as the list writes it; kinds that nobody here uses are written in digits."""
    simple = {
        "ganada": _SYLLABLES,
        "chosung": _CONSONANTS,
        "decimalEnclosedCircle": _CIRCLES,
    }
    if kind in simple and 0 < number <= len(simple[kind]):
        return simple[kind][number - 1]
    if kind in {"upperLetter", "lowerLetter"} and 0 < number <= 26 * 20:
        letters = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in {"upperRoman", "lowerRoman"} and 0 < number < 4000:
        roman = _roman(number)
        return roman.upper() if kind == "upperRoman" else roman
    if kind == "decimalZero":
        return f"{number:02}"
    return str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written
