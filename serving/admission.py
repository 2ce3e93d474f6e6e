"""How much one person, one company and everybody together may ask of the server at a time."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from serving.errors import RequestError

_MINUTE = 60.0
_LIGHT_TIMES = 20
"""Light requests allowed for one heavy one: opening the page alone takes about a hundred."""
_REMEMBERED = 10.0
"""Seconds that a company which found no room is made room for."""
_SOON = 2.0
"""Seconds after which a refused company should try again; well within what it is remembered."""


class BusyError(RequestError):
    """Too much at once or in too short a time. `retry_after`: whole seconds to wait, at least 1."""

    def __init__(self, reason: str, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(reason, 429, seconds=self.retry_after)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on heavy requests: searching, answering, uploading. All at least 1, `at_once` at least 2."""

    per_person_minute: int
    per_company_minute: int
    per_person_at_once: int
    per_company_at_once: int
    at_once: int


class Admission:
    """Lets requests in, or refuses them at once. For one event loop; memory is what the last minute's callers need.

    As long as nobody found the server full, a company may hold every place but one. Once somebody did, each company
    that holds a place or found none may hold no more than an equal share, until that is ten seconds past.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._heavy = _Rates(limits.per_person_minute, limits.per_company_minute)
        self._light = _Rates(_LIGHT_TIMES * limits.per_person_minute, _LIGHT_TIMES * limits.per_company_minute)
        self._people: Counter[str] = Counter()
        self._houses: Counter[str] = Counter()
        self._turned_away: dict[str, float] = {}
        self._swept = clock()

    @contextmanager
    def enter(self, person: str, company: str | None, *, heavy: bool) -> Iterator[None]:
        """Hold a place for the body. Raises BusyError. Who has no company shares with nobody."""
        now = self._clock()
        self._forget_the_idle(now)
        house = f"company {company}" if company else f"person {person}"
        rates = self._heavy if heavy else self._light
        wait = rates.wait(person, house, now)
        if wait > 0:
            raise BusyError("too_often", wait)
        if not heavy:
            rates.take(person, house, now)
            yield
            return
        self._find_room(person, house, now)
        rates.take(person, house, now)
        self._people[person] += 1
        self._houses[house] += 1
        try:
            yield
        finally:
            _release(self._people, person)
            _release(self._houses, house)

    def _find_room(self, person: str, house: str, now: float) -> None:
        if self._people[person] >= self._limits.per_person_at_once:
            raise BusyError("busy_person", _SOON)
        held = self._houses[house]
        if held >= self._limits.per_company_at_once:
            raise BusyError("busy_company", _SOON)
        share = self._share(house, now)
        if held < share and self._houses.total() >= self._limits.at_once:
            self._turned_away[house] = now
        elif held < share:
            return
        raise BusyError("busy", _SOON)

    def _share(self, house: str, now: float) -> int:
        """Places this company may hold now."""
        short = {other for other, when in self._turned_away.items() if now - when < _REMEMBERED and other != house}
        if not short:
            return max(1, self._limits.at_once - 1)
        holding = {other for other, held in self._houses.items() if held}
        return max(1, self._limits.at_once // len(short | holding | {house}))

    def _forget_the_idle(self, now: float) -> None:
        if now - self._swept < _MINUTE:
            return
        self._swept = now
        self._heavy.forget_the_idle(now)
        self._light.forget_the_idle(now)
        for house in [house for house, when in self._turned_away.items() if now - when >= _REMEMBERED]:
            del self._turned_away[house]


class _Rates:
    """So many a minute for a person and for a company."""

    def __init__(self, per_person: int, per_company: int) -> None:
        self._person = _Rate(per_person)
        self._company = _Rate(per_company)

    def wait(self, person: str, house: str, now: float) -> float:
        return max(self._person.wait(person, now), self._company.wait(house, now))

    def take(self, person: str, house: str, now: float) -> None:
        self._person.take(person, now)
        self._company.take(house, now)

    def forget_the_idle(self, now: float) -> None:
        self._person.forget_the_idle(now)
        self._company.forget_the_idle(now)


class _Rate:
    """A bucket for each key that holds a minute's worth and refills evenly, kept as the one time at which it is full."""

    def __init__(self, a_minute: int) -> None:
        self._interval = _MINUTE / a_minute
        self._full: dict[str, float] = {}

    def wait(self, key: str, now: float) -> float:
        """Seconds until one may be taken; 0 or less: now."""
        return max(self._full.get(key, now), now) + self._interval - now - _MINUTE - 1e-6  # for what division rounds

    def take(self, key: str, now: float) -> None:
        self._full[key] = max(self._full.get(key, now), now) + self._interval

    def forget_the_idle(self, now: float) -> None:
        for key in [key for key, full in self._full.items() if full <= now]:
            del self._full[key]


def _release(held: Counter[str], key: str) -> None:
    held[key] -= 1
    if not held[key]:
        del held[key]
