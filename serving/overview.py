"""What the host may know of its suppliers: monthly counts over companies that agreed to be counted, never fewer than five.

A company that withdraws is out at once: its facts are deleted, and no table that counts it is shown again, whichever its
month. The host has seen those tables though, and could subtract. So what they counted is kept beside them, hidden and
with the company's name taken out, and every later table is held against it (`serving.floor`).
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    insert,
    select,
    update,
)  # fmt: skip

from assistant.case_entries import REGIONS
from serving import clock
from serving.audit import Action, Audit, hold
from serving.errors import RequestError
from serving.floor import Sample, Tally, following

metadata = MetaData()
consents = Table(
    "consents",
    metadata,
    Column("company_id", String(40), primary_key=True),
    Column("given_by", String(80), nullable=False),
    Column("given_at", String(32), nullable=False),
    Column("terms", Integer, nullable=False, server_default="1"),  # what was named to it then: see `SINCE`
    Column("stated", JSON, nullable=False, server_default="{}"),  # counts where its case file does not say
)
published = Table(
    "published",
    metadata,
    Column("company_id", String(40), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("value", String(40), nullable=False),
    Column("at", String(32), nullable=False),
    Column("until", String(10)),  # the last day, in Korea, on which it counts; for good where there is none
)
snapshots = Table(
    "snapshots",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("made_at", String(32), nullable=False),
    Column("cells", JSON, nullable=False),  # what may be shown
    Column("members", JSON, nullable=False),  # whom that counted: never shown, kept to see what two months give away
)


class Fact(StrEnum):
    """What a company that agreed publishes of itself. Coarse, and never crossed with another."""

    SIZE_CLASS = "size_class"
    SECTOR = "sector"
    REGION = "region"
    SYSTEM_LEVEL = "system_level"
    READINESS_BAND = "readiness_band"
    TOP_GAP = "top_gap"
    FUNDING_DEMAND = "funding_demand"
    TRAINING_DEMAND = "training_demand"
    ADOPTION = "adoption"
    ACCIDENTS = "accidents"


TERMS = 2
"""What consent is given to today."""
SINCE = {
    **dict.fromkeys((Fact.SIZE_CLASS, Fact.SECTOR, Fact.REGION, Fact.SYSTEM_LEVEL, Fact.READINESS_BAND), 1),
    **dict.fromkeys((Fact.TOP_GAP, Fact.FUNDING_DEMAND, Fact.TRAINING_DEMAND, Fact.ADOPTION, Fact.ACCIDENTS), 2),
}
"""The terms that named a fact first. Nothing is published that was not named to who agreed."""
# Areas of the instrument. None is ever taken out: older tables name it. A test holds this against the instrument.
_AREAS = (
    "direction leadership problem_fit work_standard planning_flow production_records traceability data_use data_care "
    "machine_data machine_control maintenance aas literacy digital_staff it_base protection workplace_safety "
    "energy_environment investment partnership"
)
VALUES: dict[Fact, tuple[str, ...]] = {
    Fact.SIZE_CLASS: ("under_5", "5_49", "50_299", "300_up"),  # employees
    # KSIC: a division of manufacturing (section C), else the section.
    Fact.SECTOR: (*(str(n) for n in range(10, 35)), *(s for s in string.ascii_uppercase[:21] if s != "C")),
    Fact.REGION: REGIONS,
    Fact.SYSTEM_LEVEL: ("none", "basic", "middle_1", "middle_2", "advanced"),
    Fact.READINESS_BAND: ("0_24", "25_49", "50_74", "75_100"),  # percent of the highest
    Fact.TOP_GAP: tuple(_AREAS.split()),
    # None has a value for "none": a case file without a word of it does not say so.
    Fact.FUNDING_DEMAND: ("interested", "applied", "selected"),
    Fact.TRAINING_DEMAND: ("wanted", "done"),
    Fact.ADOPTION: ("none", "trial", "in_use"),  # of AI, as the company says
    Fact.ACCIDENTS: ("fewer", "same", "more"),  # of twelve months, against the twelve before
}
UNKNOWN = "unknown"  # a company that has not published the fact is counted too, else a missing one would show
OTHER = "other"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Counts:
    """One fact's table: companies by value, those of small cells under `other`. `as_of`: the month it was counted in,
    earlier than the snapshot's where too few have come or changed since."""

    as_of: str
    cells: dict[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A month's tables. A fact that may not be shown is left out."""

    month: str
    made_at: str
    facts: dict[Fact, Counts]


def this_month() -> str:
    return clock.now().astimezone(clock.KOREA).strftime("%Y-%m")


class Consents:
    """Which companies agreed to be counted, and what they publish. Nobody has, until their admin does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._log = Audit(engine)

    def given(self, company_id: str) -> bool:
        return bool(self.covers(company_id))

    def covers(self, company_id: str) -> frozenset[Fact]:
        """The facts that a company's consent is about; none without one."""
        with self._engine.connect() as connection:
            return _covered(connection, company_id)

    def give(self, company_id: str, by: str, stated: Mapping[str, str] | None = None) -> bool:
        """Be counted from the next snapshot on, with what the company states: both or neither. Whether that is new.

        What was stated before stays beside it. A consent from before some facts were named is about all of them from now
        on. Raises RequestError as `publish`.
        """
        _check(stated or {})
        with self._engine.begin() as connection:
            hold(connection, snapshots)
            before = _stated(connection, company_id)
            together = {**before, **(stated or {})}
            new = together != before or _covered(connection, company_id) != frozenset(Fact)
            if new:
                given = {"given_by": by, "given_at": clock.moment(clock.now()), "terms": TERMS, "stated": together}
                connection.execute(consents.delete().where(consents.c.company_id == company_id))
                connection.execute(insert(consents).values(company_id=company_id, **given))
                self._log.record_in(connection, by, Action.CONSENT_GIVEN, company_id)
            _publish(connection, company_id, stated or {})
            return new

    def withdraw(self, company_id: str, by: str) -> bool:
        """Be counted no more, at once. Whether there was a consent. For a company that leaves too."""
        with self._engine.begin() as connection:
            hold(connection, snapshots)
            connection.execute(published.delete().where(published.c.company_id == company_id))
            agreed = bool(connection.execute(consents.delete().where(consents.c.company_id == company_id)).rowcount)
            if agreed:
                _take_out(connection, company_id)
                self._log.record_in(connection, by, Action.CONSENT_WITHDRAWN, company_id)
            return agreed

    def publish(self, company_id: str, facts: Mapping[str, str | None]) -> None:
        """Publish facts, in the place of those published before; None takes one back. Raises RequestError: 409 without
        consent to them, 422 for a field or a value that is not agreed."""
        _check(facts)
        with self._engine.begin() as connection:
            hold(connection, snapshots)
            covered = _covered(connection, company_id)
            if not covered.issuperset(facts):
                raise RequestError("consent_older" if covered else "not_consented", 409)
            _publish(connection, company_id, facts)

    def renew(
        self, company_id: str, facts: Mapping[Fact, str | None], until: Mapping[Fact, date] | None = None
    ) -> None:
        """Publish those of these facts that the company's consent is about: none without one. In the place of None goes
        what the company stated at its consent.

        `until`: the last day, in Korea, on which a fact counts. After it the fact is unknown until it is renewed.
        """
        _check(facts)
        with self._engine.begin() as connection:
            hold(connection, snapshots)
            covered = _covered(connection, company_id)
            stated = _stated(connection, company_id)
            named = {fact: value or stated.get(fact) for fact, value in facts.items() if fact in covered}
            _publish(connection, company_id, named, until)

    def published(self, company_id: str) -> dict[Fact, str]:
        """What the company publishes of itself and what counts now: for it to see."""
        mine = published.c.company_id == company_id
        query = select(published).where(mine & _counts()).order_by(published.c.field)
        with self._engine.connect() as connection:
            return {Fact(row.field): row.value for row in connection.execute(query)}


def _check(facts: Mapping[Fact, str | None] | Mapping[str, str | None]) -> None:
    for field, value in facts.items():
        if field not in {str(fact) for fact in VALUES} or value not in {*VALUES[Fact(field)], None}:
            raise RequestError("unknown_fact", 422, field=field[:40])


def _publish(
    connection: Connection,
    company_id: str,
    facts: Mapping[Fact, str | None] | Mapping[str, str | None],
    until: Mapping[Fact, date] | None = None,
) -> None:
    mine = published.c.company_id == company_id
    for field, value in facts.items():
        connection.execute(published.delete().where(mine & (published.c.field == field)))
        last = (until or {}).get(Fact(field))
        row = {"company_id": company_id, "field": field, "value": value, "at": clock.moment(clock.now())}
        if value is not None:
            connection.execute(insert(published).values(**row, until=None if last is None else str(last)))


class Overview:
    """The snapshots: made once a month, read by the host."""

    def __init__(self, engine: Engine, sample: Sample | None = None) -> None:
        self._engine = engine
        self._sample: Sample = sample or random.SystemRandom().sample

    def snapshot(self, month: str) -> Snapshot:
        """The month's (`2026-11`) snapshot, made now where it has not been. One without a table is not kept: whoever
        looks later in the month has it made anew. Raises ValueError for a month that is not one, or is before the last.
        """
        if not _MONTH.fullmatch(month):
            raise ValueError(f"no month: {month}")
        made = self.of(month)
        if made is not None:
            return made
        with self._engine.begin() as connection:
            hold(connection, snapshots)
            rows = list(connection.execute(select(snapshots).order_by(snapshots.c.month)))
            if rows and rows[-1].month > month:
                raise ValueError(f"{month} is before the last snapshot")
            if not rows or rows[-1].month < month:  # else another made it while this one waited
                row = self._made(connection, month, rows)
                if not row["cells"]:
                    return Snapshot(month, row["made_at"], {})
                connection.execute(insert(snapshots).values(**row))
            return _snapshot(connection.execute(select(snapshots).where(snapshots.c.month == month)).one())

    def of(self, month: str) -> Snapshot | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(snapshots).where(snapshots.c.month == month)).one_or_none()
        return None if row is None else _snapshot(row)

    def _made(self, connection: Connection, month: str, rows: list[Row[Any]]) -> dict[str, Any]:
        """The row of a new month. A table that has not changed stays the one of its own month."""
        cells, members = {}, {}
        for fact, values in VALUES.items():
            shown = [(row.month, _tally(row.members[fact])) for row in rows if fact in row.members]
            as_of, last = shown[-1] if shown else (month, None)
            now = _counted(connection, fact)
            tally = following((*values, UNKNOWN), now, last, [tally for _, tally in shown], self._sample)
            if tally is None:
                continue
            if last is None or any(last.gone) or tally.members != last.members:
                as_of, members[fact] = month, _kept(tally)
            named = {
                next(iter(cell)) if len(cell) == 1 else OTHER: n
                for cell, n in zip(tally.cells, tally.counts(), strict=True)
            }
            cells[fact] = {"as_of": as_of, "cells": named}
        return {"month": month, "made_at": clock.moment(clock.now()), "cells": cells, "members": members}


def _counted(connection: Connection, fact: Fact) -> dict[str, str]:
    """The value of every company that agreed."""
    facts = (published.c.field == fact) & _counts()
    query = select(consents.c.company_id, published.c.value).outerjoin(
        published, (published.c.company_id == consents.c.company_id) & facts
    )
    return {row.company_id: row.value or UNKNOWN for row in connection.execute(query)}


def _take_out(connection: Connection, company_id: str) -> None:
    """Take a company's name out of all that was ever shown, and what counted it out of sight."""
    rows = list(connection.execute(select(snapshots)))
    hidden = {(row.month, fact) for row in rows for fact, kept in row.members.items() if company_id in kept["members"]}
    for row in rows:
        cells = {fact: shown for fact, shown in row.cells.items() if (shown["as_of"], fact) not in hidden}
        members = {fact: _kept(_tally(kept).without(company_id)) for fact, kept in row.members.items()}
        statement = update(snapshots).where(snapshots.c.month == row.month)
        connection.execute(statement.values(cells=cells, members=members))


def _kept(tally: Tally) -> dict[str, Any]:
    return {
        "cells": [sorted(cell) for cell in tally.cells],
        "members": dict(tally.members),
        "gone": list(tally.gone),
        "held": sorted(tally.held),
    }


def _tally(kept: dict[str, Any]) -> Tally:
    cells = tuple(frozenset(cell) for cell in kept["cells"])
    return Tally(cells, kept["members"], tuple(kept["gone"]), frozenset(kept["held"]))


def _snapshot(row: Row[Any]) -> Snapshot:
    facts = {Fact(fact): Counts(shown["as_of"], shown["cells"]) for fact, shown in row.cells.items()}
    return Snapshot(row.month, row.made_at, facts)


def _counts() -> ColumnElement[bool]:
    """Of published facts those whose last day has not passed."""
    today = clock.now().astimezone(clock.KOREA).date()
    return published.c.until.is_(None) | (published.c.until >= str(today))


def _stated(connection: Connection, company_id: str) -> dict[str, str]:
    """What the company stated at its consent; nothing without one."""
    query = select(consents.c.stated).where(consents.c.company_id == company_id)
    return dict(connection.execute(query).scalar_one_or_none() or {})


def _covered(connection: Connection, company_id: str) -> frozenset[Fact]:
    terms = connection.execute(select(consents.c.terms).where(consents.c.company_id == company_id)).scalar_one_or_none()
    return frozenset(fact for fact, since in SINCE.items() if terms is not None and since <= terms)
