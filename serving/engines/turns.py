"""One queue before the engine, with fair turns.

An engine on a small machine answers one or two questions at a time. Whoever asks five questions at once waits behind
somebody's first one: owners take turns, and an owner's own questions keep their order (start-time fair queueing).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """How the turn was come by."""

    ahead: int  # turns that were waiting or running before it and kept it waiting, when it was asked for
    waited: float  # seconds


@dataclass(eq=False)
class _Ticket:
    owner: Hashable
    arrival: int
    told: Callable[[int], None]
    admitted: asyncio.Future[None] = field(repr=False)
    last_told: int = -1
    running: bool = False


class Turns:
    """At most `slots` turns at once, and `line` who wait for one. For one event loop.

    When the line is full and one more comes, whoever's turn would be the last gives way, be it the newcomer or somebody
    who waits already.
    """

    def __init__(self, slots: int, line: int) -> None:
        self._slots = slots
        self._line = line
        self._running = 0
        self._arrivals = 0
        self._now = 0  # the round that is being served
        self._rounds: dict[Hashable, int] = {}  # the round in which an owner's next turn is due
        self._waiting: list[_Ticket] = []

    @property
    def running(self) -> int:
        """Turns being taken now."""
        return self._running

    @property
    def waiting(self) -> int:
        """Turns asked for and not yet come."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, owner: Hashable, told: Callable[[int], None] | None = None) -> AsyncIterator[Place]:
        """Waits for the owner's turn and holds it for the body. Raises TimeoutError for who must give way.

        `told` hears how many waiting turns come first, at once and whenever that changes; not at all when the turn
        comes without a wait. Leaving, also by cancellation, frees the place.
        """
        loop = asyncio.get_running_loop()
        asked = loop.time()
        self._arrivals += 1
        self._rounds[owner] = max(self._rounds.get(owner, 0), self._now)
        ticket = _Ticket(owner, self._arrivals, told or _unheard, loop.create_future())
        self._waiting.append(ticket)
        ahead = self._order().index(ticket) + (self._running if self._running >= self._slots else 0)
        self._advance()
        self._shorten()
        try:
            await ticket.admitted
            yield Place(ahead, loop.time() - asked)
        finally:
            self._leave(ticket)

    def _leave(self, ticket: _Ticket) -> None:
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        elif ticket.running:
            self._running -= 1
        self._advance()
        if not self._waiting and not self._running:
            self._rounds.clear()
            self._now = 0

    def _advance(self) -> None:
        """Admits while there is room; tells those who go on waiting where they stand."""
        order = self._order()
        while order and self._running < self._slots:
            ticket = order.pop(0)
            self._waiting.remove(ticket)
            self._running += 1
            ticket.running = True
            self._now = max(self._now, self._rounds[ticket.owner])
            self._rounds[ticket.owner] += 1
            ticket.admitted.set_result(None)
        for place, ticket in enumerate(order):
            if ticket.last_told != place:
                ticket.last_told = place
                ticket.told(place)

    def _shorten(self) -> None:
        """Sends away who would be served last, while too many wait."""
        while len(self._waiting) > self._line:
            last = self._order()[-1]
            self._waiting.remove(last)
            if not last.admitted.done():  # else it is on its way out already
                last.admitted.set_exception(TimeoutError())

    def _order(self) -> list[_Ticket]:
        """Those waiting, next one first: by round, then by arrival. An owner's second question is due a round later."""
        due: dict[_Ticket, tuple[int, int]] = {}
        behind: dict[Hashable, int] = {}
        for ticket in self._waiting:
            nth = behind.get(ticket.owner, 0)
            behind[ticket.owner] = nth + 1
            due[ticket] = (self._rounds[ticket.owner] + nth, ticket.arrival)
        return sorted(self._waiting, key=due.__getitem__)


def _unheard(ahead: int) -> None:
    """Nobody asked to be told."""
