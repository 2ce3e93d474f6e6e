"""Room for so many at once, shared between companies: a burst waits a moment for its turn, a crowd is told to come back."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_REMEMBERED = 10.0
"""Seconds for which it counts that somebody found no room."""
STARVED = 2.0
"""Seconds without anything after which a company may wait, whatever the crowd; also when the refused are told to come
back, so that whoever does as told is let in next."""
_LINE = 8
"""How many may wait for one place."""


class FullError(Exception):
    """There is no room, and no waiting for it."""


@dataclass(eq=False)
class _Waiting:
    house: str
    let_in: asyncio.Future[None] = field(repr=False)


class Room:
    """For one event loop. A house is a company, or somebody who belongs to none.

    While everybody finds room, a house may hold every place but one, and what comes beyond waits for up to `patience`
    seconds. Once somebody was turned away there is a crowd, until that is ten seconds past. Then waiting would only make
    those let in take ever longer: one alone waits, of a house that has had nothing for two seconds, and each house that
    holds a place or found none may hold no more than an equal share.
    """

    def __init__(self, most: int, patience: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._patience = patience
        self._clock = clock
        self._held: Counter[str] = Counter()
        self._line: list[_Waiting] = []
        self._turned_away: dict[str, float] = {}
        self._let_in: dict[str, float] = {}

    async def take(self, house: str) -> None:
        """A place, to be given back. Raises FullError."""
        now = self._clock()
        self._forget(now)
        if self._may_hold(house):
            self._hold(house, now)
            return
        if not self._may_wait(house):
            self._turned_away[house] = now
            raise FullError
        waiting = _Waiting(house, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        try:
            async with asyncio.timeout(self._patience):
                await waiting.let_in
        except BaseException as error:
            self._leave(waiting)
            if not isinstance(error, TimeoutError):
                raise
            self._turned_away[house] = self._clock()
            raise FullError from None

    def give_back(self, house: str) -> None:
        """Somebody of the house is done; who waits and may, comes next."""
        self._held[house] -= 1
        if not self._held[house]:
            del self._held[house]
        self._call_in()

    def _call_in(self) -> None:
        now = self._clock()
        for waiting in list(self._line):
            if self._may_hold(waiting.house) and not waiting.let_in.done():
                self._line.remove(waiting)
                self._hold(waiting.house, now)
                waiting.let_in.set_result(None)

    def _leave(self, waiting: _Waiting) -> None:
        """Away from the line; a place that came at the same moment goes to the next."""
        if waiting in self._line:
            self._line.remove(waiting)
        elif waiting.let_in.done() and not waiting.let_in.cancelled():
            self.give_back(waiting.house)

    def _hold(self, house: str, now: float) -> None:
        self._held[house] += 1
        self._let_in[house] = now

    def _may_hold(self, house: str) -> bool:
        return self._held.total() < self._most and self._held[house] < self._share(house)

    def _may_wait(self, house: str) -> bool:
        if self._turned_away:
            return not self._line and house not in self._let_in
        return len(self._line) < _LINE * self._most

    def _share(self, house: str) -> int:
        """Places this house may hold now."""
        short = self._turned_away.keys() - {house}
        if not short:
            return max(1, self._most - 1)
        return max(1, self._most // len(short | self._held.keys() | {house}))

    def _forget(self, now: float) -> None:
        for since, times in ((_REMEMBERED, self._turned_away), (STARVED, self._let_in)):
            for house in [house for house, when in times.items() if now - when >= since]:
                del times[house]
