"""The day a question is about: `2025년 3월 기준`, `작년에는`, `2027년부터는`, `내년 1월 1일 기준`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

_YEARS_AWAY = {
    "재작년": -2, "작년": -1, "지난해": -1, "지난 해": -1, "전년": -1, "올해": 0, "금년": 0, "내년": 1, "다음 해": 1,
    "내후년": 2, "후년": 2, "last year": -1, "this year": 0, "next year": 1,
}  # fmt: skip
_RELATIVE = "|".join(sorted(_YEARS_AWAY, key=len, reverse=True))
_WHEN = (
    rf"(?:(?P<away>{_RELATIVE})|(?P<year>(?<![\dA-Za-z-])(?:19|20)\d{{2}})(?:\s*년도?|(?=\s*[.\-/]\s*\d)))"
    r"(?:\s*[.\-/]?\s*(?P<month>1[0-2]|0?[1-9])\s*(?:월|[.\-/])(?!\d)|\s*[.\-/]\s*(?P<month2>1[0-2]|0?[1-9])\s*[.\-/]\s*)?"
    r"(?:\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*(?:일|\.)?(?!\d))?"
    r"(?:\s*(?P<part>초|말|연초|연말|상반기|하반기))?"
)
_AS_OF = re.compile(
    rf"{_WHEN}\s*(?P<mark>기준|현재|시점|당시|때는|때에는|에는|에도|엔|부터|이후|as of)(?:으로는|으로|에는|에서|에|의|는|은)?(?![가-힣])",
    re.IGNORECASE,
)
_AS_OF_EN = re.compile(rf"\b(?:as of|as at|in force on|in force in)\s+{_WHEN}", re.IGNORECASE)
_KOREA = ZoneInfo("Asia/Seoul")
_FROM = frozenset({"부터", "이후"})


def korea() -> date:
    """Korea's date, wherever the machine stands: dates in notices and laws are Korean ones."""
    return datetime.now(_KOREA).date()


def day_named(text: str, today: date) -> date | None:
    """The day that `text` asks to be answered for, or None. A year or a month stands for its day nearest to today: a past
    one for its last, a coming one for its first, the present one for today.
    """
    return parted(text, today)[0]


def parted(text: str, today: date) -> tuple[date | None, str]:
    """The day named, and the text without the words that name it. This year's are left in: notices bear their year."""
    for match in (*_AS_OF.finditer(text), *_AS_OF_EN.finditer(text)):
        found = _day(match, today)
        # `2020년부터 시행된 법은?` asks about what holds now.
        if found and not (match.groupdict().get("mark") in _FROM and found <= today):
            rest = f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip()
            return found, (text if found.year == today.year or not rest else rest)
    return None, text


def _day(match: re.Match[str], today: date) -> date | None:
    year = today.year + _YEARS_AWAY[match["away"].lower()] if match["away"] else int(match["year"])
    month = int(match["month"] or match["month2"] or 0)
    if match["day"] and month:
        try:
            return date(year, month, int(match["day"]))
        except ValueError:
            return None
    first, last = _stretch(year, month, match["part"] or "")
    if last < today:
        return last
    return max(first, today)


def _stretch(year: int, month: int, part: str) -> tuple[date, date]:
    """First and last day of a month, or of a year or the part of it that is named."""
    if month:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    start, end = {
        "초": (1, 1),
        "연초": (1, 1),
        "상반기": (1, 6),
        "하반기": (7, 12),
        "말": (12, 12),
        "연말": (12, 12),
    }.get(part, (1, 12))
    return date(year, start, 1), date(year, end, monthrange(year, end)[1])
