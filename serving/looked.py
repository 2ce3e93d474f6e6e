"""Who has looked into which document lately: turning its pages is one reading in the log, not a hundred."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MINUTES = 10.0
_MOST = 20_000
"""Readings remembered; one that was forgotten is logged again."""


class Looked:
    """Remembers for ten minutes, in this process alone. Threads share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: OrderedDict[tuple[str, str, str], float] = OrderedDict()  # the longest ago first
        self._turn = threading.Lock()

    def anew(self, place: str, person: str, document_id: str) -> bool:
        """Whether the person has not looked into the document of this place in the last ten minutes. It counts as a look
        where it says so, and ten minutes begin.
        """
        now, look = self._clock(), (place, person, document_id)
        with self._turn:
            if look in self._last and now - self._last[look] < _MINUTES * 60:
                return False
            self._last[look] = now
            self._last.move_to_end(look)
            while len(self._last) > _MOST:
                self._last.popitem(last=False)
        return True
