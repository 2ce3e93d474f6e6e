"""Guessing at passwords made slow: each failure after the first few doubles the wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from serving.accounts.names import folded
from serving.admission import BusyError

_FREE_OF_A_LOGIN = 5
_FREE_OF_AN_ADDRESS = 20
"""Failures without a wait. A whole firm may sign in from behind one address."""
_LONGEST = 900.0
_FORGOTTEN = 3600.0
"""Seconds without another try after which failures no longer count."""
_REMEMBERED = 20_000
"""Logins and addresses at most; those tried longest ago go first."""


@dataclass(slots=True)
class _Tries:
    last: float
    failed: int = 0
    under_way: int = 0

    def wait(self, free: int, now: float) -> float:
        """Seconds until the next try. One under way counts as failed, or many at once would cost nothing."""
        over = self.failed + self.under_way - free
        return self.last + min(_LONGEST, 2.0 ** min(over, 10)) - now if over >= 0 else 0.0


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
            known = [(self._tries.get(key), free) for key, free in _keys(login, address)]
            wait = max(tries.wait(free, now) if tries else 0.0 for tries, free in known)
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
            (name, _), (where, _) = _keys(login, address)
            self._tries.pop(name, None)
            if where in self._tries:
                self._tries[where].under_way = max(0, self._tries[where].under_way - 1)

    def _touched(self, login: str, address: str, now: float) -> Iterator[_Tries]:
        for key, _ in _keys(login, address):
            tries = self._tries.setdefault(key, _Tries(now))
            tries.last = now
            self._tries.move_to_end(key)
            yield tries

    def _forget(self, now: float) -> None:
        """Those tried longest ago come first, so looking at the front suffices."""
        while self._tries:
            oldest = next(iter(self._tries.values()))
            if len(self._tries) <= _REMEMBERED and now - oldest.last < _FORGOTTEN:
                return
            self._tries.popitem(last=False)


def _keys(login: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """What a try is counted under, and how many failures of each are free."""
    return (f"login {folded(login)}", _FREE_OF_A_LOGIN), (f"address {address}", _FREE_OF_AN_ADDRESS)
