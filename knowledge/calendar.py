"""The documents of some places on a given day: which of them stand, and which a search passes over."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock

from knowledge.editions import UNDATED, Standing, Version, passed_over, standing
from knowledge.registry import Registry

_MOST_DAYS = 32
"""Days remembered of one state: nearly every question is about today."""


@dataclass(frozen=True, slots=True)
class DayView:
    """How the documents stand on one day. One that has no other version and no date is not in `standings`."""

    standings: Mapping[str, Standing]
    passed: frozenset[str]

    def of(self, document_id: str) -> Standing:
        return self.standings.get(document_id, UNDATED)


class Calendar:
    """Over the places one company reads, so that the library's newer law takes the place of a company's old copy.

    `state` names the present content of these places: as long as it stays the same nothing is read or decided anew, so
    that a question costs one comparison. What is read when it changes are the few rows that may be versions of another.
    """

    def __init__(self, registries: Mapping[str, Registry], state: Callable[[], Hashable]) -> None:
        self._registries = registries
        self._state = state
        self._lock = Lock()
        self._known: tuple[Hashable, list[Version], dict[date, DayView]] | None = None

    def on(self, day: date) -> DayView:
        """How the documents stand on `day`."""
        state = self._state()
        with self._lock:
            if self._known is None or self._known[0] != state:
                found = [version for place, each in self._registries.items() for version in each.versions(place)]
                self._known = (state, found, {})
            _, versions, views = self._known
            if day not in views:
                if len(views) >= _MOST_DAYS:
                    views.clear()
                standings = standing(versions, day)
                views[day] = DayView(standings, passed_over(standings))
            return views[day]
