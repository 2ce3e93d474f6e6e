"""Guessing at passwords made slow: each failure after the first few doubles the wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from serving.accounts.names import folded
from serving.admission import BusyError
from serving.gate import is_loopback

_FREE_OF_A_LOGIN = 5
_FREE_OF_AN_ADDRESS = 20
"""Failures without a wait. A whole firm may sign in from behind one address."""
_LONGEST_OF_A_LOGIN, _LONGEST_OF_AN_ADDRESS = 900.0, 30.0
"""Seconds. Whoever shares an address with somebody who guesses can still sign in."""
_FORGOTTEN = 3600.0
"""Seconds without another try after which failures no longer count."""
_FORGIVEN = 180.0
"""Seconds in which an address is forgiven one failure, however often others try from there."""
_REMEMBERED = 20_000
"""Logins and addresses at most; those tried longest ago go first."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is counted: tries for a login, or from an address."""

    name: str
    free: int
    longest: float
    forgiven: float  # failures a second


_LOGIN = _Kind("login", _FREE_OF_A_LOGIN, _LONGEST_OF_A_LOGIN, 0.0)
_ADDRESS = _Kind("address", _FREE_OF_AN_ADDRESS, _LONGEST_OF_AN_ADDRESS, 1 / _FORGIVEN)


@dataclass(slots=True)
class _Tries:
    kind: _Kind
    last: float
    failed: float = 0.0
    under_way: int = 0

    def touch(self, now: float) -> None:
        self.failed = self._left(now)
        self.last = now

    def wait(self, now: float) -> float:
        """Seconds until the next try. One under way counts as failed, or many at once would cost nothing."""
        over = self._left(now) + self.under_way - self.kind.free
        return self.last + min(self.kind.longest, 2.0 ** min(over, 10.0)) - now if over >= 0 else 0.0

    def _left(self, now: float) -> float:
        return max(0.0, self.failed - (now - self.last) * self.kind.forgiven)


class Throttle:
    """Counts tries to sign in, for each login and each address. For any thread.

    It does not know which logins exist, so what it says gives none away. `check` comes first; then, once the password
    has been looked at, `failed` or `succeeded`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def check(self, login: str, address: str) -> None:
        """Begin a try. Raises BusyError where it comes too soon after failures."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            known = [self._tries[key] for key, _ in _keys(login, address) if key in self._tries]
            wait = max((tries.wait(now) for tries in known), default=0.0)
            if wait > 0:
                raise BusyError("sign_in_slowed", wait)
            for tries in self._touched(login, address, now):
                tries.under_way += 1

    def failed(self, login: str, address: str) -> None:
        """The try failed."""
        with self._lock:
            for tries in self._touched(login, address, self._clock()):
                tries.under_way = max(0, tries.under_way - 1)
                tries.failed += 1

    def succeeded(self, login: str, address: str) -> None:
        """The try succeeded: the login starts afresh. The address does not, or one good account would buy it guesses."""
        with self._lock:
            for key, kind in _keys(login, address):
                if kind is _LOGIN:
                    self._tries.pop(key, None)
                elif key in self._tries:
                    self._tries[key].under_way = max(0, self._tries[key].under_way - 1)

    def _touched(self, login: str, address: str, now: float) -> Iterator[_Tries]:
        for key, kind in _keys(login, address):
            tries = self._tries.setdefault(key, _Tries(kind, now))
            tries.touch(now)
            self._tries.move_to_end(key)
            yield tries

    def _forget(self, now: float) -> None:
        """Those tried longest ago come first, so looking at the front suffices."""
        while self._tries:
            oldest = next(iter(self._tries.values()))
            if len(self._tries) <= _REMEMBERED and now - oldest.last < _FORGOTTEN:
                return
            self._tries.popitem(last=False)


def _keys(login: str, address: str) -> list[tuple[str, _Kind]]:
    """What a try is counted under. This machine's own address says nothing: a proxy's callers all come from there."""
    keys = [(f"{_LOGIN.name} {folded(login)}", _LOGIN)]
    return keys if is_loopback(address) else [*keys, (f"{_ADDRESS.name} {address}", _ADDRESS)]
