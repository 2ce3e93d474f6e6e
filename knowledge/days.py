"""Days as Korean documents write them: `2026. 1. 7.(수) 18:00`, `2026년 1월 7일`, `'26.1.7.`, `2026-01-07`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_YEAR = r"(?P<y>(?<!\d)(?:19|20)\d{2}|['’‘`´]\s?\d{2})"
_REST = r"(?P<m>\d{1,2})\s{0,4}[월.\-/]\s{0,4}(?P<d>\d{1,2})(?!\d)\s{0,4}(?:일|\.)?"
_AFTER = r"(?:\s{0,4}[(（][월화수목금토일](?:요일)?[)）])?"
_FULL = re.compile(rf"{_YEAR}\s{{0,4}}[년.\-/]\s{{0,4}}{_REST}{_AFTER}")
_PARTIAL = re.compile(
    rf"(?<![\d.'’])(?P<m>1[0-2]|0?[1-9])\s{{0,4}}(?:월\s{{0,4}}|[./]\s{{0,4}})(?P<d>[0-3]?\d)(?!\d)\s{{0,4}}(?:일|\.)?{_AFTER}"
)
_TIME = r"\s{0,4}(?:,\s{0,4})?(?:(?:오전|오후)\s{0,4})?(?:[0-2]?\d\s{0,4}:\s{0,4}[0-5]\d|[0-2]?\d\s{0,4}시(?:\s{0,4}[0-5]?\d\s{0,4}분)?)?"
RANGE = re.compile(rf"{_TIME}\s{{0,4}}(?:부터\s{{0,4}}[~∼～〜–—-]?|[~∼～〜–—-]\s{{0,4}}(?:부터)?)\s{{0,4}}")
"""What stands between the first and the last day of a stretch of time."""


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
        found = _day(_year(match["y"]), match)
        if found:
            yield Day(found, match.start(), match.end())


def until(text: str, first: Day) -> Day | None:
    """The last day of a stretch that begins with `first`: `2026. 1. 7. ~ 2. 6.`, whose year may be left out."""
    between = RANGE.match(text, first.end)
    if between is None:
        return None
    at = between.end()
    full = _FULL.match(text, at)
    if full:
        found = _day(_year(full["y"]), full)
        return Day(found, full.start(), full.end()) if found else None
    partial = _PARTIAL.match(text, at)
    if partial is None:
        return None
    year = first.day.year
    found = _day(year, partial)
    if found and found < first.day:
        found = _day(year + 1, partial)
    return Day(found, partial.start(), partial.end()) if found else None


def _year(written: str) -> int:
    digits = re.sub(r"\D", "", written)
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _day(year: int, match: re.Match[str]) -> date | None:
    try:
        return date(year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None
