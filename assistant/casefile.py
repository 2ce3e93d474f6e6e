"""The case file (성장기록) of a company: what was said, done and reached, in its own place. Entries are only ever added."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, Column, Engine, Integer, MetaData, Row, String, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from assistant.case_entries import KEPT, Correction, Outcome, Profile, Removal, Said, Wishes, Written
from assistant.case_state import AI_MARK, CaseState, Entry, Export, folded, standing
from assistant.diagnosis.answers import Firm
from assistant.diagnosis.answers import Wishes as Wished
from assistant.errors import AssistantError

metadata = MetaData()
case_entries = Table(
    "case_entries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("entry_id", String(40), nullable=False, unique=True),
    Column("at", String(32), nullable=False),
    Column("by", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("day", String(10), nullable=False),
    Column("data", JSON, nullable=False),
)
MOST = 10_000
"""Entries a case file takes: several a day for years."""
_TRIES = 50
"""A place in the order that somebody else took meanwhile is tried anew."""


class CaseFileError(AssistantError):
    """An entry that a case file does not take."""


class UnknownEntryError(CaseFileError):
    """No entry of this id counts in this case file."""


class CaseFile:
    """The case file of one company. The caller owns `engine`, in which the table is. Threads may share it.

    `today` is the day in Korea; nothing is kept of days to come.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, said: Said, person: str, today: date) -> Entry:
        """Keep what a person states. Raises CaseFileError for what is of a day to come, or one entry too many."""
        return self._add(_dated(said, today), person, today)

    def says(self, said: Profile | Wishes) -> bool:
        """Whether the case file says so already. A day that is not stated is no difference."""
        state = self.state()
        stands = state.profile if said.kind == "profile" else state.wishes
        day = {"day"} if said.day is None else set[str]()
        return stands is not None and stands.model_dump(exclude=day) == said.model_dump(exclude=day)

    def correct(self, entry_id: str, said: Said, person: str, today: date) -> Entry:
        """Say what an entry should have read: another of its kind, which keeps its day where it states none.

        Raises UnknownEntryError, CaseFileError as `add` and for another kind.
        """
        stood = self._standing(entry_id)
        if said.kind != stood.kind:
            raise CaseFileError("case_other_kind")
        dated = _dated(said, today, stood.day)
        return self._add(Correction(day=today, about=entry_id, entry=dated), person, today)

    def remove(self, entry_id: str, person: str, today: date) -> Entry:
        """Say that an entry counts no longer. Raises UnknownEntryError."""
        self._standing(entry_id)
        return self._add(Removal(day=today, about=entry_id), person, today)

    def entries(self) -> tuple[Entry, ...]:
        """All that was ever written, in its order."""
        query = select(case_entries).order_by(case_entries.c.seq)
        with self._engine.connect() as connection:
            return standing([_entry(row) for row in connection.execute(query)])

    def timeline(self) -> tuple[Entry, ...]:
        """All that was ever written: by the day it is about, of a day as it was written; newest first."""
        return tuple(sorted(self.entries(), key=lambda entry: entry.day)[::-1])

    def state(self) -> CaseState:
        return folded(self.entries())

    def export(self, company: str, today: date) -> Export:
        """The whole, to take away. `assistant.case_state.schema` describes it."""
        entries = self.entries()
        return Export(company=company, exported_on=today, ai=dict(AI_MARK), entries=entries, state=folded(entries))

    def firm(self, name: str) -> Firm:
        """What a report needs to know of the company."""
        state = self.state()
        wishes = Wished(state.wishes.goals, state.wishes.losses) if state.wishes else Wished()
        if state.profile is None:
            return Firm(name, wishes=wishes)
        profile = state.profile
        return Firm(name, profile.sector or "", profile.employees, profile.machines, wishes)

    def _standing(self, entry_id: str) -> Entry:
        """Raises UnknownEntryError for one that is not there, was removed, or itself only speaks of another."""
        for entry in self.entries():
            if entry.entry_id == entry_id:
                if entry.standing == "removed" or isinstance(entry.data, Correction | Removal):
                    break
                return entry
        raise UnknownEntryError("case_unknown_entry")

    def _add(self, said: Written, person: str, today: date) -> Entry:
        """Takes the next place in the order. Two who take the same are told apart by the database."""
        last = func.coalesce(func.max(case_entries.c.seq), 0)
        values = _columns(said, person, today)
        for _ in range(_TRIES):
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(case_entries).values(seq=select(last + 1).scalar_subquery(), **values))
                    seq = connection.execute(select(last)).scalar_one()
                    if seq > MOST:
                        raise CaseFileError("case_full")
                return Entry(**{**values, "standing": "valid", "data": said, "day": said.day or today})
            except IntegrityError:
                continue
        raise AssistantError("case_busy")


@cache
def _adapter() -> TypeAdapter[Written]:
    return TypeAdapter(Written)


def _dated(said: Said, today: date, otherwise: date | None = None) -> Said:
    """The same with its day. Raises CaseFileError for one to come."""
    day = said.day or otherwise or today
    month = said.month if isinstance(said, Outcome) else ""
    if day > today or month > f"{today:%Y-%m}":
        raise CaseFileError("case_day_to_come")
    return said.model_copy(update={"day": day})


def _columns(said: Written, person: str, today: date) -> dict[str, Any]:
    return {
        "entry_id": f"entry-{secrets.token_hex(12)}",
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "by": person,
        "kind": said.kind,
        "day": str(said.day or today),
        "data": said.model_dump(mode="json", exclude={"kind", "day"}),
    }


def _entry(row: Row[Any]) -> Entry:
    """As it was checked when it was written."""
    data = _adapter().validate_python({**row.data, "kind": row.kind, "day": row.day}, context=KEPT)
    return Entry.model_construct(
        entry_id=row.entry_id, at=row.at, by=row.by, kind=row.kind, day=date.fromisoformat(row.day),
        standing="valid", data=data,
    )  # fmt: skip
