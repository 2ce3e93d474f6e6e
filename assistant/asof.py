"""The day a question is about: `2025년 3월 기준`, `작년에는`, `2027년부터는`, `3년 전 기준`, `as of March 2025`.

Most dates in a question are not that: `작년 기준 매출액 80억인데` tells of the asker, `2023년 당시 산 설비` of a machine. A
day is missed rather than invented, and whoever reads is told which it was.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Doubt = Literal["day_impossible", "before_amendment", "day_of_fact"]
"""Why no day was taken where one seems to be meant; a key of `assistant.text.SENTENCES`."""

_YEARS_AWAY = {
    "재작년": -2, "작년": -1, "지난해": -1, "지난 해": -1, "전년도": -1, "전년": -1, "올해": 0, "금년": 0, "내년": 1,
    "다음 해": 1, "내후년": 2, "후년": 2, "last year": -1, "this year": 0, "next year": 1,
}  # fmt: skip
_RELATIVE = "|".join(sorted(_YEARS_AWAY, key=len, reverse=True))
_ALONE = r"(?<![\dA-Za-z:제\-])(?<!\d\.)"  # not in MX-2024, ISO 9001:2015, 제2025-567호
_SHORT = r"(?:1[5-9]|2\d|3\d)"
_PART = r"(?:\s*(?P<part>연초|연말|초|말|상반기|하반기|[1-4](?:/4)?\s*분기))?"
_SPELT = (
    rf"(?:(?P<away>{_RELATIVE})|(?:{_ALONE}(?P<year>(?:19|20)\d{{2}})|{_ALONE}(?P<tick>['’‘])?(?P<short>{_SHORT}))\s*년도?)"
    rf"(?:\s*(?P<month>\d{{1,2}})\s*월(?:\s*(?P<day>\d{{1,2}})\s*일자?)?)?{_PART}"
)
_DOTTED = (
    rf"(?:{_ALONE}(?P<year>(?:19|20)\d{{2}})|{_ALONE}(?<!버전 )(?<!펌웨어 )(?P<tick>['’‘])?(?P<short>{_SHORT}))"
    r"\s*[.\-/]\s*(?P<month>\d{1,2})(?:\s*[.\-/]\s*(?P<day>\d{1,2}))?(?!\d)\s*\.?(?:\s*(?:일자|자))?"
)
_AGO = r"(?<![\d.])(?P<ago>\d{1,2})\s*(?P<unit>년|개월)\s*전"
_MARK = (
    r"\s*(?P<mark>기준|현재|시점|당시|때는|때에는|에는|에도|엔|부터|이후)"
    r"(?:으로는|으로도|으로|에는|에서|이라면|이면|일\s?때|에|의|는|은|도)?요?(?![가-힣])"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>(?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_ENGLISH = (
    rf"\b(?:as of|as at|in force on|in force in)\s+(?:the\s+)?(?:(?P<away>{_RELATIVE})\b|"
    rf"(?:{_MONTH}\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>[a-z]{{3,9}})\s+)?"
    r"(?P<year>(?:19|20)\d{2})(?![\d.\-/]\d|\d))"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        _SPELT + _MARK,
        _DOTTED + _MARK,
        _AGO + _MARK,
        rf"\b(?:as of|as at|in force on|in force in)\s+{_DOTTED}",
        _ENGLISH,
    )
)
_FROM = frozenset({"부터", "이후"})
_LAW = r"(?<![방공수문용])법(?!인)|시행|조문|조항|규정|규칙|고시|제\s?\d+\s?조|벌금|과태료|과징금|징역|처벌|의무"
_OF_LAW = re.compile(_LAW)
_ASKS = re.compile(
    rf"{_LAW}|기준은|\?|얼마|언제|무엇|[나까가]요\W*$|죠\W*$|습니까\W*$|(?:인|는|은|을)지\W*$|[려해]\s?(?:줘|주세요)"
)
_CLAUSE_ENDS = re.compile(
    r"[?!;,\n]|\.(?!\d)|(?:[인는은던]데|지만|[이였었]고|이며|이면|라면|니까|므로)(?=[\s,])", re.IGNORECASE
)
_FACT = re.compile(
    r"매출|결산|업력|영업이익|자본(?!시장)|자산(?!운용|관리)|설립|구입|(?<![가-힣])산\s|지원\s?받|보유(?!\s?기간)|취득"
    r"|(?:근로자|종업원|직원|인원|종사자)(?:\s*수(?![당급령강])|[가이은는을를도]?\s*(?:약|총)?\s*\d)"
    r"|제조(?!업|물|사|기업|혁신|ai|데이터|자|현장|공정|하)|(?:구매|창업|생산|설치|도입|납품|체결|고용|입사)(?:된|한|했|일)"
    r"|revenue|sales|employees|assets|capital|headcount|bought|founded",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\d[\d,.]*\s*[십백천만억조]*\s*(?:원|명|인|대|년차|년|개)?\s*"
    r"(?:인데|이고|이며|이면|라면|이라면|이던|짜리|였|이었|입니다|인(?=\s))"
    r"|(?:우리|저희|당사|제가).*(?:[인는은던]데|[이였었]고|이며|이면|라면|니다\.?)[\s,]*$"
)
_LIMIT = re.compile(r"[가-힣]{0,3}\s*(?:요건|한도|상한|하한|범위|정의|규정|기준[은이])")
"""`매출액 요건은`: what a rule says of sales, not the asker's."""
_FACT_BEFORE = re.compile(r"(?:제조|구입|구매|설립|취득|창업|설치|계약|결산|매출)[가-힣]{0,3}\s*[:(]?\s*$")
_BEFORE = re.compile(
    r"개정(?:되기|하기)?\s*(?:이전|전)(?!\s*(?:면|부))|(?:바뀌기|고쳐지기)\s*전|(?<![가-힣])구법|before the amendment"
)
_NOW = r"지금|(?<![년월일말초기] )(?<![년월일말초기])현재|오늘|현행|올해|금년|요즘|\bnow\b|\btoday\b|\bcurrent(?:ly)?\b"
_TODAY = re.compile(_NOW, re.IGNORECASE)
_TODAY_WORDS = re.compile(
    rf"(?:as of\s+)?(?:{_NOW})(?:\s*(?:기준|시점))?(?:으로는|으로|에는|이면|에|의|는|은)?요?(?![가-힣])", re.IGNORECASE
)
_KOREA = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True, slots=True)
class Named:
    """The `day` a text names, or None, and the `rest` of it without the words that name it, which may be empty. Where no
    day was taken though one seems to be meant, `doubt` says why and `words` are those that seem to mean it.

    `told`: the words of dates that tell of the asker or of a thing, and name no day that the answer should hold on.
    """

    day: date | None
    rest: str
    doubt: Doubt | None = None
    words: str = ""
    told: tuple[str, ...] = ()


def korea() -> date:
    """Korea's date, wherever the machine stands: dates in notices and laws are Korean ones."""
    return datetime.now(_KOREA).date()


def day_named(text: str, today: date) -> date | None:
    """The day that `text` asks to be answered for, or None. A year or a month stands for its day nearest to today: a past
    one for its last, a coming one for its first, the present one for today.
    """
    return named(text, today).day


def named(text: str, today: date) -> Named:
    """What `text` says of the day it is to be answered for."""
    doubt: tuple[Doubt | None, str] = (None, "")
    told: list[str] = []
    for match in _matches(text):
        starts = match.groupdict().get("mark") in _FROM
        if _of_a_fact(match, text):
            told.append(match[0])
            # `2027년 이후 제조된 설비` can hardly be taken for a day by who wrote it.
            doubt = doubt if starts or doubt[0] else ("day_of_fact", match[0])
            continue
        if not _certain(match, text):
            continue
        found = _day(match, today)
        if found is None:
            doubt = doubt if _may_be_a_number(match) else ("day_impossible", match[0])
        # `2020년부터 시행된 법은?` asks about what holds now.
        elif not (starts and found <= today):
            return Named(found, _without(text, match), told=tuple(told))
    if doubt[0] != "day_impossible" and (before := _BEFORE.search(text)):
        doubt = ("before_amendment", before[0])
    return Named(None, text, *doubt, tuple(told))


def names_today(text: str) -> bool:
    """Whether `text` says that it is about today: `지금은요?`, `현행은요?`. What an earlier question named is over then."""
    return bool(_TODAY.search(text))


def without_today(text: str) -> str:
    """`text` without the words that name today."""
    return " ".join(_TODAY_WORDS.sub(" ", text).split())


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Dates with a word that may make them the day asked about, in order; of two that overlap the longer."""
    end = 0
    for match in sorted((m for form in _FORMS for m in form.finditer(text)), key=lambda m: (m.start(), -m.end())):
        if match.start() >= end:
            end = match.end()
            yield match


def _may_be_a_number(match: re.Match[str]) -> bool:
    """`24.0.2 기준` is a version's number rather than a day that no calendar has."""
    parts = match.groupdict()
    return bool(parts.get("short")) and not parts["tick"] and "part" not in parts


def _without(text: str, match: re.Match[str]) -> str:
    before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip(" ,")
    rest = f"{before} {after}".strip()
    return rest if re.search(r"\w", rest) else ""


def _clause(match: re.Match[str], text: str) -> str:
    """What follows a date in its clause."""
    tail = text[match.end() :].lstrip(" ,")
    end = _CLAUSE_ENDS.search(tail)
    return tail[: end.end()] if end else tail


def _of_a_fact(match: re.Match[str], text: str) -> bool:
    """Whether a date with its mark tells of the asker or of a thing rather than the day asked about."""
    clause = _clause(match, text)
    fact = _FACT.search(clause) or _TOLD.search(clause)
    if fact and _FACT.match(fact[0]) and _LIMIT.match(clause, fact.end()):
        fact = None
    law = _OF_LAW.search(clause)
    if fact and not (law and law.start() < fact.start()):
        return True
    return bool(_FACT_BEFORE.search(text[: match.start()]))


def _certain(match: re.Match[str], text: str) -> bool:
    """Whether a short or a relative date is surely one that the answer should hold on."""
    parts, clause = match.groupdict(), _clause(match, text)
    if parts.get("short") and not parts["tick"] and not parts.get("month"):
        return bool(_OF_LAW.search(clause))  # `20년 기준` may be a span
    if parts.get("short") and "unit" not in parts and "part" not in parts and not (parts["tick"] or parts["day"]):
        return False  # 24.6 is a number
    bare = (parts.get("away") or parts.get("ago")) and not parts.get("month") and "mark" in parts
    return not bare or bool(_ASKS.search(clause or text))


def _day(match: re.Match[str], today: date) -> date | None:
    """The day a date stands for; None where the calendar has none."""
    parts = match.groupdict()
    if parts.get("ago"):
        months = int(parts["ago"]) * (12 if parts["unit"] == "년" else 1)
        year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
        return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    if parts.get("away"):
        year = today.year + _YEARS_AWAY[parts["away"].lower()]
    else:
        year = int(parts.get("year") or f"20{parts['short']}")
    month, day = _month(parts.get("month") or parts.get("month2") or ""), parts.get("day") or parts.get("day2")
    try:
        if day:
            return date(year, month, int(day))
        first, last = _stretch(year, month, parts.get("part") or "")
    except ValueError:
        return None
    return last if last < today else max(first, today)


def _month(text: str) -> int:
    """1 to 12, 0 where none is named; a name or number of no month gives one that `date` refuses."""
    if not text or text.isdigit():
        return int(text or 0) if not text or int(text) else 13
    name = text[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else 13


def _stretch(year: int, month: int, part: str) -> tuple[date, date]:
    """First and last day of a month, or of a year or the part of it that is named."""
    if month:
        first = date(year, month, 1)
        return first, date(year, month, monthrange(year, month)[1])
    if part.endswith("분기"):
        start, end = 3 * int(part[0]) - 2, 3 * int(part[0])
    else:
        spans = {"초": (1, 1), "연초": (1, 1), "상반기": (1, 6), "하반기": (7, 12), "말": (12, 12), "연말": (12, 12)}
        start, end = spans.get(part, (1, 12))
    return date(year, start, 1), date(year, end, monthrange(year, end)[1])
