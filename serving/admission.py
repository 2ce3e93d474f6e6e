"""How much one person, one company and everybody together may ask of the server at a time."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from serving.errors import RequestError
from serving.room import STARVED, FullError, Room

_MINUTE = 60.0
_LIGHT_TIMES = 20
"""Light requests allowed for one heavy one: opening the page alone takes about a hundred."""


class Work(StrEnum):
    """What a request asks of the machine. All but light work is what a crowd of callers is kept from piling up."""

    LIGHT = "light"
    SEARCH = "search"  # computing, from its beginning to its end
    ANSWER = "answer"  # computing until an engine is asked, which has a queue of its own
    FILE = "file"  # a file taken in or handed out: memory, and as long as the caller's line takes


class BusyError(RequestError):
    """Too much at once or in too short a time. `retry_after`: whole seconds to wait, at least 1."""

    def __init__(self, reason: str, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(reason, 429, seconds=self.retry_after)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on heavy requests, all at least 1.

    `at_once` bounds computing. More of it side by side does not make more of it: Python runs one thread at a time, and
    the embedder uses every core for one query. A second one pays where embedder or reranker are served elsewhere.
    """

    per_person_minute: int
    per_company_minute: int
    per_person_at_once: int
    per_company_at_once: int
    at_once: int
    files_at_once: int = 32


class Admitted:
    """A request that was let in. It may compute once it has `begun`."""

    def __init__(self, room: Room | None, house: str, begun: Callable[[], None]) -> None:
        self._room = room
        self._house = house
        self._begun = begun
        self._holds = False

    async def begin(self) -> None:
        """Wait for room, not long. Raises BusyError."""
        if self._room is not None:
            try:
                await self._room.take(self._house)
            except FullError:
                raise BusyError("busy", STARVED) from None
            self._holds = True
        self._begun()

    def computed(self) -> None:
        """What is left of it needs the processor no more: somebody else may have its room. Twice is once."""
        if self._room is not None and self._holds:
            self._holds = False
            self._room.give_back(self._house)


class Admission:
    """Lets requests in, or refuses them at once. For one event loop; memory is what the last minute's callers need."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._heavy = _Rates(limits.per_person_minute, limits.per_company_minute)
        self._light = _Rates(_LIGHT_TIMES * limits.per_person_minute, _LIGHT_TIMES * limits.per_company_minute)
        self._people: Counter[str] = Counter()
        self._houses: Counter[str] = Counter()
        computing, files = (Room(most, clock=clock) for most in (limits.at_once, limits.files_at_once))
        self._rooms = {Work.SEARCH: computing, Work.ANSWER: computing, Work.FILE: files}
        self._swept = clock()

    @contextmanager
    def enter(self, person: str, company: str | None, work: Work) -> Generator[Admitted]:
        """One more of this person's and this company's for as long as the body lasts. Raises BusyError.

        Who has no company shares with nobody. What is refused counts towards no rate.
        """
        now = self._clock()
        self._forget_the_idle(now)
        house = f"company {company}" if company else f"person {person}"
        rates = self._light if work == Work.LIGHT else self._heavy
        wait = rates.wait(person, house, now)
        if wait > 0:
            raise BusyError("too_often", wait)
        admitted = Admitted(self._rooms.get(work), house, lambda: rates.take(person, house, now))
        if work == Work.LIGHT:
            yield admitted
            return
        self._check(person, house)
        self._people[person] += 1
        self._houses[house] += 1
        try:
            yield admitted
        finally:
            admitted.computed()
            _release(self._people, person)
            _release(self._houses, house)

    def _check(self, person: str, house: str) -> None:
        if self._people[person] >= self._limits.per_person_at_once:
            raise BusyError("busy_person", STARVED)
        if self._houses[house] >= self._limits.per_company_at_once:
            raise BusyError("busy_company", STARVED)

    def _forget_the_idle(self, now: float) -> None:
        if now - self._swept < _MINUTE:
            return
        self._swept = now
        self._heavy.forget_the_idle(now)
        self._light.forget_the_idle(now)


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
