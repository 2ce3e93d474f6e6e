"""Pages for many lookers at a time: a few reading processes, a line that is not waited in for long, what is known kept.

A page that is slow to draw holds its own house up, not the others; whoever finds no room soon is told to come back.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from knowledge.errors import KnowledgeError
from knowledge.reading import ReadingLimits, ReadingProcess

AT_ONCE = 2
"""Pages drawn or measured at a time."""
PATIENCE = 2.0
"""Seconds somebody waits for a turn; also when those without one are told to come back."""
_LINE = 12
"""How many may wait at a time: each of them holds a thread of the service."""
_KNOWN = 20_000
_REFUSED_FOR = 600.0
"""Seconds for which a page that could not be drawn is not tried again: each trial may take its whole time limit."""
_Page = tuple[Path, int]
_T = TypeVar("_T")
_K = TypeVar("_K")
_V = TypeVar("_V")


class Pages(Protocol):
    """What draws and measures pages: a reading process."""

    def render(self, path: Path, page: int, width: int) -> bytes: ...

    def size(self, path: Path, page: int) -> tuple[float, float]: ...

    def close(self) -> None: ...


class CrowdedError(KnowledgeError):
    """Too many pages are being drawn. `retry_after`: whole seconds to wait."""

    def __init__(self) -> None:
        self.retry_after = max(1, round(PATIENCE))
        super().__init__("pages_crowded", seconds=self.retry_after)


class Picturing:
    """Pages of files as pictures. Paths name bytes that never change. Threads share it.

    A house, as a company, has one turn at a time. A size is asked for once; what cannot be read is refused without
    another trial for ten minutes.
    """

    def __init__(
        self,
        processes: Sequence[Pages],
        patience: float = PATIENCE,
        line: int = _LINE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._all = tuple(processes)
        self._idle = list(processes)
        self._patience, self._line, self._clock = patience, line, clock
        self._houses: set[str] = set()
        self._waiting = 0
        self._free = threading.Condition()
        self._sizes: OrderedDict[_Page, tuple[float, float]] = OrderedDict()
        self._refused: OrderedDict[_Page, tuple[float, KnowledgeError]] = OrderedDict()

    def render(self, house: str, path: Path, page: int, width: int) -> bytes:
        """As `ReadingProcess.render`. Raises CrowdedError where there is no turn in time."""
        return self._asked(house, (path, page), lambda process: process.render(path, page, width))

    def size(self, house: str, path: Path, page: int) -> tuple[float, float]:
        """As `ReadingProcess.size`. Raises CrowdedError where it is not known and there is no turn in time."""
        asked = path, page
        with self._free:
            if asked in self._sizes:
                self._sizes.move_to_end(asked)
                return self._sizes[asked]
        found = self._asked(house, asked, lambda process: process.size(path, page))
        with self._free:
            _keep(self._sizes, asked, found)
        return found

    def close(self) -> None:
        """End all processes, whatever they do."""
        for each in self._all:
            each.close()

    def _asked(self, house: str, asked: _Page, ask: Callable[[Pages], _T]) -> _T:
        self._refuse(asked)
        with self._turn(house) as process:
            self._refuse(asked)  # whoever had the turn before may have found it out
            try:
                return ask(process)
            except KnowledgeError as error:
                with self._free:
                    _keep(self._refused, asked, (self._clock(), error))
                raise

    def _refuse(self, asked: _Page) -> None:
        with self._free:
            since, error = self._refused.get(asked, (0.0, None))
            if error is None:
                return
            if self._clock() - since >= _REFUSED_FOR:
                del self._refused[asked]
                return
        raise type(error)(error.reason, **error.details)

    @contextmanager
    def _turn(self, house: str) -> Generator[Pages]:
        process = self._taken(house)
        try:
            yield process
        finally:
            with self._free:
                self._idle.append(process)
                self._houses.discard(house)
                self._free.notify_all()

    def _taken(self, house: str) -> Pages:
        def may() -> bool:
            return bool(self._idle) and house not in self._houses

        with self._free:
            if not may():
                if self._waiting >= self._line:
                    raise CrowdedError
                self._waiting += 1
                try:
                    if not self._free.wait_for(may, self._patience):
                        raise CrowdedError
                finally:
                    self._waiting -= 1
            self._houses.add(house)
            return self._idle.pop()


def picturing(limits: ReadingLimits) -> Picturing:
    """With reading processes of its own, started at their first use."""
    return Picturing([ReadingProcess(limits) for _ in range(AT_ONCE)])


def _keep(kept: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _KNOWN:
        kept.popitem(last=False)
