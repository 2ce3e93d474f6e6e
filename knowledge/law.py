"""Places in the text of a Korean law: 조, 항, 호 and 목, as the law itself counts them; what is deleted; what begins later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from knowledge.days import days

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_PARAGRAPH = re.compile(rf"(?m)^[^\S\n]*\**([{_CIRCLED}])|^(제\d+조(?:의\d+)*\([^)\n]+\)\s*)([{_CIRCLED}])")
_ITEM = re.compile(r"(?m)^[^\S\n]*(\d{1,3})(?:의(\d{1,2}))?\\?\.(?=\s)")
_LETTER = re.compile(
    r"(?m)^[^\S\n]*([가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허])(?:의(\d{1,2}))?\\?\.(?=\s)"
)
_ARTICLE = re.compile(r"(?m)^[^\S\n]*(제\d+조(?:의\d+)*)(?=\s*[(（]|\s+삭제)")
_SUPPLEMENT = re.compile(r"(?m)^[^\S\n]*부\s*칙\s*(?:\([^)\n]*\)\s*)?<([^>\n]+)>")
_LABEL = re.compile(r"^제\d+조(?:의\d+)*$")
_LINES = re.compile(r"^\d+(?:–\d+)?행$")
"""How a text without pages or headings is cited; its articles are the better place."""
_NAMES_ARTICLE = re.compile(r"^제\d+조")
_SUPPLEMENTARY = re.compile(r"\s*[(（][^)\n]{0,60}(?:시행일|적용례|경과조치|다른 법[률령]의 개정)")
"""Titles that only articles of supplementary provisions bear: on a later page their heading is out of sight."""
_DELETED = re.compile(
    rf"^[\s*]*(?:제\d+[장절조](?:의\d+)*(?:\s?[(（][^)）\n]{{0,60}}[)）])?|[{_CIRCLED}]|\d{{1,3}}(?:의\d{{1,2}})?\\?\.|[가-하]\\?\.)*[\s*]*"
    r"삭제\s*[<〈＜‹《\[]\s*\d{4}\s*[.년][^>〉＞›》\]\n]*[>〉＞›》\]]\s*$"
)
_MARK = re.compile(r"\[\s*시행일\s*(?P<inside>:[^\]\n]*)?\](?P<after>[^\n]*(?:\n+[^\S\n]*\d+\\?\.[^\n]*)*)")


@dataclass(frozen=True, slots=True)
class Start:
    """A mark that part of an article takes effect on days of its own; `quote` is the mark, verbatim."""

    days: tuple[date, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class _Place:
    article: str = ""
    paragraph: str = ""
    item: str = ""
    letter: str = ""

    @property
    def parts(self) -> tuple[str, str, str, str]:
        return (self.article, self.paragraph, self.item, self.letter)

    def __str__(self) -> str:
        return "".join(self.parts)


def place(article_text: str, start: int, end: int, *, several: bool = False) -> str:
    """The finest place of an article that holds `article_text[start:end]`: `제2항제1호`, `제1항–제3항`, or nothing where the
    whole article is the finest. `several`: the text holds more than one article, which then count too: `제5조제2항`.
    """
    first, last = _at(article_text, start, several), _at(article_text, max(start, end - 1), several)
    if first == last:
        return str(first)
    shared: list[str] = []
    for one, other in zip(first.parts, last.parts, strict=True):
        if one != other:
            if one and other:
                return f"{''.join(shared)}{one}–{other}"
            break
        shared.append(one)
    return "".join(shared)


def cited(label: str, article_text: str, start: int, end: int) -> str:
    """How a lawyer cites a stretch of a section called `label`: `제12조의3제2항제1호`, `부칙 <제16272호, 2019.1.15> 제1조`. A
    page keeps its number: `p. 3 제5조제1항`.
    """
    if label.startswith("부칙"):
        return _supplement(label, article_text, start, end)
    if _LABEL.match(label):
        return label + place(article_text, start, end)
    where = "" if _LINES.match(label) else f"{label} "
    if _last(_SUPPLEMENT, article_text, start):
        return where + _supplement("부칙", article_text, start, end)
    inside = place(article_text, start, end, several=True)
    if not _NAMES_ARTICLE.match(inside):
        return label
    article = _last(_ARTICLE, article_text, start)
    is_supplement = article is not None and _SUPPLEMENTARY.match(article_text, article.end())
    return f"{where}{'부칙 ' if is_supplement else ''}{inside}"


def _supplement(label: str, text: str, start: int, end: int) -> str:
    """A place in the supplementary provisions, each act's counted from its own first article."""
    named = _last(_SUPPLEMENT, text, start)
    following = _SUPPLEMENT.search(text, named.end() if named else 0)
    if following and following.start() < end:
        return label
    offset = named.start() if named else 0
    act = f"부칙 <{', '.join(part.strip() for part in named[1].split(',', 1))}>" if named else label
    return f"{act} {place(text[offset:], start - offset, end - offset, several=True)}".strip()


def is_deleted(text: str) -> bool:
    """Whether a line only says that a provision was deleted (`③ 삭제 <2016.1.22>`): it is no rule any more."""
    return bool(_DELETED.match(text))


def starts(article_text: str) -> tuple[Start, ...]:
    """Marks such as `[시행일: 2027. 1. 1.] 제9조`, which say that part of the article takes effect on a day of its own."""
    found = []
    for match in _MARK.finditer(article_text):
        stated = tuple(dict.fromkeys(each.day for each in days(match.group())))
        if stated:
            found.append(Start(stated, " ".join(match.group().split())))
    return tuple(found)


def _at(text: str, position: int, several: bool) -> _Place:
    """Where one character stands. Items count within their 항, letters within their 호."""
    found, since = _Place(), 0
    article = _last(_ARTICLE, text, position) if several else None
    if article:
        found, since = _Place(article[1]), article.start()
    paragraph = _last(_PARAGRAPH, text, position, since)
    if paragraph:
        mark = paragraph[1] or paragraph[3]
        found, since = _Place(found.article, f"제{_CIRCLED.index(mark) + 1}항"), paragraph.start()
    item = _last(_ITEM, text, position, since)
    if item is None:
        return found
    found = _Place(found.article, found.paragraph, _numbered(item, "호"))
    letter = _last(_LETTER, text, position, item.start())
    return _Place(*found.parts[:3], f"{letter[1]}목" + (f"의{letter[2]}" if letter[2] else "")) if letter else found


def _numbered(match: re.Match[str], unit: str) -> str:
    return f"제{match[1]}{unit}" + (f"의{match[2]}" if match[2] else "")


def _last(pattern: re.Pattern[str], text: str, position: int, since: int = 0) -> re.Match[str] | None:
    """The last mark at or before `position`: text belongs to what was opened last."""
    found = None
    for match in pattern.finditer(text, since):
        if match.start() > position:
            break
        found = match
    return found
