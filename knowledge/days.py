"""Days as Korean documents write them: `2026. 1. 7.(수) 18:00`, `2026년 1월 7일`, `'26.1.7.`, `2026-01-07`.

A year of two digits without its apostrophe counts only where a stretch or a day of the week makes it plain
(`26.11.07.~26.12.26.`), and a day without a year only where whoever asks knows what year it may be (`within`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MARK = r"[~∼～〜–—-]"
_REST = r"(?P<m>\d{1,2})\s{0,4}[월.\-/]\s{0,4}(?P<d>\d{1,2})(?!\d)\s{0,4}(?:일|\.)?"
_WEEKDAY = r"\s{0,4}[(（](?P<w>[월화수목금토일])(?:요일)?[)）]"
_AFTER = rf"(?:{_WEEKDAY})?"
_SHORT = r"(?P<y2>(?<![\d.,\-/])[2-4]\d)\s{0,4}\.\s{0,4}(?P<m2>\d{1,2})\s{0,4}\.\s{0,4}(?P<d2>\d{1,2})(?!\d)\s{0,4}\.?"
_FULL = re.compile(
    rf"(?:(?P<y>(?<!\d)(?:19|20)\d{{2}}|['’‘`´]\s?\d{{2}})\s{{0,4}}[년.\-/]\s{{0,4}}{_REST}|{_SHORT}){_AFTER}"
)
_PARTIAL = re.compile(
    r"(?<![\d.'’])(?P<m>1[0-2]|0?[1-9])\s{0,4}(?:월\s{0,4}|[./]\s{0,4})(?P<d>[0-3]?\d)(?!\d)\s{0,4}"
    rf"(?:일|\.)?{_AFTER}"
)
_DAY_ONLY = re.compile(rf"(?P<d>[0-3]?\d)(?!\d)\s{{0,4}}(?:일(?!\s{{0,4}}(?:간|동안|이내))|\.|(?={_WEEKDAY}))")
_DAY_ONLY_AFTER = re.compile(_AFTER)
_TIME = r"\s{0,4}(?:,\s{0,4})?(?:(?:오전|오후)\s{0,4})?(?:[0-2]?\d\s{0,4}:\s{0,4}[0-5]\d|[0-2]?\d\s{0,4}시(?:\s{0,4}[0-5]?\d\s{0,4}분)?)?"
RANGE = re.compile(rf"{_TIME}\s{{0,4}}(?:부터\s{{0,4}}{_MARK}?|{_MARK}\s{{0,4}}(?:부터)?)\s{{0,4}}")
"""What stands between the first and the last day of a stretch of time."""
_ENDS = re.compile(rf"{_TIME}\s{{0,4}}(?:까지|마감)")
_MARK_BEFORE = re.compile(rf"{_MARK}\s{{0,4}}$")
_WEEKDAYS = "월화수목금토일"


@dataclass(frozen=True, slots=True)
class Day:
    """A day and where it is written: `text[start:end]`."""

    day: date
    start: int
    end: int


def day_of(text: str) -> date | None:
    """The first day written in `text`."""
    return next((found.day for found in days(text)), None)


def days(text: str) -> Iterator[Day]:
    """Days with a year, in reading order. What is no day of the calendar (2026. 2. 30.) is none here."""
    for match in _FULL.finditer(text):
        if match["y2"] and not _is_plain(text, match):
            continue
        found = _full(match)
        if found:
            yield found


def within(text: str, reference: date, *, since: bool) -> Iterator[Day]:
    """Days written without a year, `1.7.(수)` or `1월 7일`, with that of a text about `reference`.

    `since`: `reference` is the day the text was published, and what it announces comes after; otherwise only its year
    counts. A day of the week that is written decides, and a day that none of the years puts on it is none.
    """
    full = [match.span() for match in _FULL.finditer(text)]
    for match in _PARTIAL.finditer(text):
        if any(start <= match.start() < end for start, end in full):
            continue
        # `2.5` may be anything: a day says so by its unit, its weekday or the stretch it is an end of.
        plain = "월" in match[0] or match["w"] or RANGE.match(text, match.end()) or _ENDS.match(text, match.end())
        if not plain and not _MARK_BEFORE.search(text[: match.start()]):
            continue
        candidates = [found for year in _years(reference, since) if (found := _day(year, match))]
        if match["w"]:
            candidates = [found for found in candidates if _WEEKDAYS[found.weekday()] == match["w"]]
        if since:
            ahead = [found for found in candidates if found >= reference]
            candidates = ahead or candidates[-1:]
        if candidates:
            yield Day(candidates[0], match.start(), match.end())


def until(text: str, first: Day) -> Day | None:
    """The last day of a stretch that begins with `first`: `2026. 1. 7. ~ 2. 6.` and `~ 20.`, whose year or month may be
    left out."""
    between = RANGE.match(text, first.end)
    if between is None:
        return None
    at = between.end()
    full = _FULL.match(text, at)
    if full:
        return _full(full)
    partial = _PARTIAL.match(text, at)
    if partial is None:
        return _last_of_month(text, at, first, counts="부터" in between[0])
    year = first.day.year
    found = _day(year, partial)
    if found and found < first.day:
        found = _day(year + 1, partial)
    return Day(found, partial.start(), partial.end()) if found else None


def _last_of_month(text: str, at: int, first: Day, *, counts: bool) -> Day | None:
    """`counts`: after 부터 a number of days may follow instead (`부터 30일`), unless the day is said to be the last."""
    match = _DAY_ONLY.match(text, at)
    if match is None:
        return None
    end = _DAY_ONLY_AFTER.match(text, match.end())
    stop = end.end() if end else match.end()
    if counts and not _ENDS.match(text, stop):
        return None
    try:
        found = first.day.replace(day=int(match["d"]))
    except ValueError:
        return None
    return Day(found, at, stop) if found >= first.day else None


def _is_plain(text: str, match: re.Match[str]) -> bool:
    """Whether three numbers with dots are a day: `26.11.07.` of a stretch, or with its day of the week."""
    around = RANGE.match(text, match.end()) or _ENDS.match(text, match.end())
    return bool(match["w"] or around or _MARK_BEFORE.search(text[: match.start()]))


def _years(reference: date, since: bool) -> tuple[int, ...]:
    return (reference.year, reference.year + 1) if since else (reference.year,)


def _full(match: re.Match[str]) -> Day | None:
    year, month, day = (match["y"], match["m"], match["d"]) if match["y"] else (match["y2"], match["m2"], match["d2"])
    digits = re.sub(r"\D", "", year)
    try:
        found = date(int(digits) if len(digits) == 4 else 2000 + int(digits), int(month), int(day))
    except ValueError:
        return None
    return Day(found, match.start(), match.end())


def _day(year: int, match: re.Match[str]) -> date | None:
    try:
        return date(year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None
