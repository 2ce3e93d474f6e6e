"""The open places of all owners: opened on demand, the least used closed again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.conversation import Conversation
from assistant.passages import Finder
from assistant.records import Records
from serving.diagnosing import Diagnosing
from serving.documents import Documents
from serving.place import Place


@dataclass(frozen=True, slots=True)
class Opened:
    """What there is to a place while it is open."""

    place: Place
    records: Records
    finder: Finder
    conversation: Conversation
    documents: Documents
    diagnosing: Diagnosing


@dataclass(eq=False)
class _Slot:
    """One place. `users`: requests that have it open; `busy` is held while it is being opened or closed."""

    busy: threading.Lock = field(default_factory=threading.Lock)
    opened: Opened | None = None
    users: int = 0


class Places:
    """Keeps `most` places open beyond those in use. Each open one holds some twenty descriptors and six threads."""

    def __init__(self, open_place: Callable[[str], Opened], most: int) -> None:
        self._open_place = open_place
        self._most = most
        self._slots: OrderedDict[str, _Slot] = OrderedDict()  # the least used first
        self._changing = threading.Lock()

    @contextmanager
    def opened(self, name: str) -> Generator[Opened]:
        """The place, open for as long as the block lasts."""
        with self._changing:
            slot = self._slots.setdefault(name, _Slot())
            self._slots.move_to_end(name)
            slot.users += 1
        try:
            with slot.busy:
                if slot.opened is None:
                    slot.opened = self._open_place(name)
                found = slot.opened
            yield found
        finally:
            with self._changing:
                slot.users -= 1
            self._shrink()

    @property
    def open(self) -> int:
        """How many are open."""
        with self._changing:
            return sum(slot.opened is not None for slot in self._slots.values())

    def close(self, name: str) -> bool:
        """Close one place. False where it is in use."""
        with self._changing:
            slot = self._slots.get(name)
        return slot is None or self._close(slot)

    def close_all(self) -> None:
        """At the end: whoever still uses a place loses it."""
        with self._changing:
            slots = list(self._slots.values())
        for slot in slots:
            with slot.busy:
                if slot.opened is not None:
                    slot.opened.place.close()
                    slot.opened = None

    def _shrink(self) -> None:
        """Close the least used of those nobody uses, until no more than `most` are open."""
        with self._changing:
            open_slots = [slot for slot in self._slots.values() if slot.opened is not None]
            idle = [slot for slot in open_slots if slot.users == 0]
        for slot in idle[: max(0, len(open_slots) - self._most)]:
            self._close(slot)

    def _close(self, slot: _Slot) -> bool:
        with slot.busy:
            with self._changing:
                if slot.users:
                    return False
            if slot.opened is not None:
                slot.opened.place.close()
                slot.opened = None
        return True
