"""Requests under way, so that those of somebody who was just revoked end with their rights."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from serving.gate import Identity


@dataclass(eq=False)
class Held:
    """A request under way. `ended` once it was cut off from outside; `over` once it needs no cutting off."""

    identity: Identity
    task: asyncio.Task[object]
    loop: asyncio.AbstractEventLoop
    ended: bool = field(default=False)
    over: bool = field(default=False)

    def end(self) -> None:
        """On the request's own loop."""
        if not self.over:
            self.ended = True
            self.task.cancel()


class Live:
    """May be asked to end requests from any thread."""

    def __init__(self) -> None:
        self._held: set[Held] = set()
        self._endings = 0
        self._changing = threading.Lock()

    @property
    def endings(self) -> int:
        """How often requests were ended. Whoever finds it changed between learning who asks and `holding` must learn
        again: the right may be gone."""
        return self._endings

    @contextmanager
    def holding(self, identity: Identity) -> Generator[Held]:
        """For the task that serves the request."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("outside of a task")
        held = Held(identity, task, asyncio.get_running_loop())
        seconds = _seconds_until(identity.until) if identity.until else None
        ending = held.loop.call_later(seconds, held.end) if seconds is not None else None
        with self._changing:
            self._held.add(held)
        try:
            yield held
        finally:
            held.over = True
            if ending is not None:
                ending.cancel()
            with self._changing:
                self._held.discard(held)

    def end(self, of: Callable[[Identity], bool]) -> int:
        """End the requests of those `of` names, streams that are open too: how many. Call it once the right is gone."""
        with self._changing:
            self._endings += 1
            ending = [held for held in self._held if of(held.identity)]
        for held in ending:
            held.loop.call_soon_threadsafe(held.end)
        return len(ending)


def _seconds_until(moment: str) -> float:
    return max(0.0, (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds())
