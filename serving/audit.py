"""The log of who did what: one table in every database, append-only, each entry chained to the one before by its hash.

Entries name ids and numbers, never what a document, a question or an answer says. The chain shows that a log was altered
or cut; whoever may rewrite the whole database, anchors included, can still forge a new chain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Connection, Engine, Integer, MetaData, Row, String, Table, insert, select, update

from serving.clock import moment, now

metadata = MetaData()
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)
# In the shared database alone: where each place's log last stood, so that one cut off at its end is seen.
anchor_metadata = MetaData()
anchors = Table(
    "audit_heads",
    anchor_metadata,
    Column("place", String(60), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", String(32), nullable=False),
)

Detail = str | int | None | list[str]
"""What an entry may say beside its id; `bool` is an `int`. A text is at most 200 characters, a list at most 200 texts."""
_LONGEST_TEXT = 200
_LONGEST_LIST = 200
_MOST_DETAILS = 16
_BEGINNING = ""


class Action(StrEnum):
    """What is logged."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    INVITED = "invited"
    JOINED = "joined"
    PERSON_REVOKED = "person_revoked"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    BREAK_GLASS_OPENED = "break_glass_opened"
    BREAK_GLASS_USED = "break_glass_used"
    GRANT_MADE = "grant_made"
    GRANT_WITHDRAWN = "grant_withdrawn"
    DOCUMENT_ADDED = "document_added"
    DOCUMENT_READ = "document_read"
    DOCUMENT_DELETED = "document_deleted"
    DOCUMENT_MARKED = "document_marked"
    INTAKE_CANCELLED = "intake_cancelled"
    AAS_DRAFTED = "aas_drafted"
    AAS_DECIDED = "aas_decided"
    AAS_TAKEN = "aas_taken"
    AAS_DRAFT_DELETED = "aas_draft_deleted"
    AAS_CONNECTED = "aas_connected"
    AAS_DISCONNECTED = "aas_disconnected"
    DIAGNOSIS_STARTED = "diagnosis_started"
    DIAGNOSIS_FINISHED = "diagnosis_finished"
    DIAGNOSIS_REPORTED = "diagnosis_reported"
    DIAGNOSIS_DELETED = "diagnosis_deleted"
    CASE_WRITTEN = "case_written"
    CASE_CORRECTED = "case_corrected"
    CASE_REMOVED = "case_removed"
    CASE_TAKEN = "case_taken"
    ASKED = "asked"
    PASSAGES_SENT = "passages_sent"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    DISCLOSURE_REQUESTED = "disclosure_requested"
    DISCLOSURE_GRANTED = "disclosure_granted"
    DISCLOSURE_NARROWED = "disclosure_narrowed"
    DISCLOSURE_REFUSED = "disclosure_refused"
    DISCLOSURE_WITHDRAWN = "disclosure_withdrawn"
    DISCLOSURE_DISCLOSED = "disclosure_disclosed"
    DISCLOSURE_ERASED = "disclosure_erased"
    COMPANY_MADE = "company_made"
    COMPANY_MARKED = "company_marked"
    COMPANY_DELETED = "company_deleted"
    BACKUP_MADE = "backup_made"
    RESTORED = "restored"


class Head(NamedTuple):
    """The last entry of a log; (0, "") of an empty one."""

    seq: int
    hash: str


NOTHING = Head(0, _BEGINNING)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done. `at` is UTC in ISO 8601; `actor` a person's or key's id, `operator` or `system`; `subject` an id."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    details: dict[str, Detail]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that is not as it was written: altered, taken out, or (`missing`) no longer there."""

    seq: int
    missing: bool


class Audit:
    """The log in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, actor: str, action: Action, subject: str = "", /, **details: Detail) -> Entry:
        """Add an entry, in a transaction of its own. Raises ValueError for details that are not small and flat."""
        with self._engine.begin() as connection:
            return self.record_in(connection, actor, action, subject, **details)

    def record_in(
        self, connection: Connection, actor: str, action: Action, subject: str = "", /, **details: Detail
    ) -> Entry:
        """Add an entry in the caller's transaction, so that a deed and its entry are kept together or not at all.

        The last thing in the transaction: others that record wait until it ends.
        """
        _check(actor, subject, details)
        hold(connection, audit)
        last = _head(connection)
        at = moment(now())
        entry = Entry(last.seq + 1, at, actor, str(action), subject, details, last.hash, "")
        entry = replace(entry, hash=_hash_of(entry))
        connection.execute(insert(audit).values({name: getattr(entry, name) for name in Entry.__slots__}))
        return entry

    def entries(self, before: int | None = None, limit: int = 100) -> list[Entry]:
        """The newest first; `before` is the lowest `seq` of the page before."""
        query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.seq < before)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def head(self) -> Head:
        with self._engine.connect() as connection:
            return _head(connection)

    def holds(self, head: Head) -> bool:
        """Whether the entry is still in the log."""
        query = select(audit.c.hash).where(audit.c.seq == head.seq)
        with self._engine.connect() as connection:
            return head.seq == 0 or connection.execute(query).scalar_one_or_none() == head.hash

    def verify(self, anchor: Head | None = None, since: Head = NOTHING) -> Broken | None:
        """The first break of the chain, None where it is whole and still holds the entry that was anchored.

        13 µs an entry. Of what is not after `since`, an entry found whole before, only that it is still there.
        """
        last = since
        if not self.holds(since):
            return Broken(since.seq, missing=False)
        if anchor is not None and anchor.seq <= since.seq and not self.holds(anchor):
            return Broken(anchor.seq, missing=False)
        with self._engine.connect() as connection:
            query = select(audit).where(audit.c.seq > since.seq).order_by(audit.c.seq).execution_options(yield_per=500)
            for row in connection.execute(query):
                entry = _entry(row)
                if entry.seq != last.seq + 1:
                    return Broken(last.seq + 1, missing=True)
                if entry.previous != last.hash or entry.hash != _hash_of(entry):
                    return Broken(entry.seq, missing=False)
                last = Head(entry.seq, entry.hash)
                if anchor is not None and anchor.seq == last.seq and anchor != last:
                    return Broken(entry.seq, missing=False)
        return Broken(last.seq + 1, missing=True) if anchor is not None and anchor.seq > last.seq else None


class Anchors:
    """Where the places' logs last stood, kept apart from them in the shared database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, place: str, log: Audit) -> None:
        """Note where a place's log ends now. One that no longer holds what was noted before leaves the note as it is."""
        head = log.head()
        values = {"seq": head.seq, "hash": head.hash, "at": moment(now())}
        with self._engine.begin() as connection:
            hold(connection, anchors)
            noted = _anchor(connection, place)
            if noted is None:
                connection.execute(insert(anchors).values(place=place, **values))
            elif noted.seq < head.seq and log.holds(noted):
                connection.execute(update(anchors).where(anchors.c.place == place).values(**values))

    def of(self, place: str) -> Head | None:
        """For `Audit.verify`. None where nothing has been noted."""
        with self._engine.connect() as connection:
            return _anchor(connection, place)

    def forget(self, place: str) -> None:
        """After a place is deleted, or put back to an older state from a backup."""
        with self._engine.begin() as connection:
            connection.execute(anchors.delete().where(anchors.c.place == place))


def hold(connection: Connection, table: Table) -> None:
    """Keep others from writing to the table until the transaction ends, so that what is read now is still so when written.

    SQLite locks the whole database. A transaction that has written already holds that lock; one that has only read has
    none open, because Python's sqlite3 begins one at the first write.
    """
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        if driver is not None and not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE")


def _head(connection: Connection) -> Head:
    query = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return NOTHING if row is None else Head(row.seq, row.hash)


def _anchor(connection: Connection, place: str) -> Head | None:
    row = connection.execute(select(anchors.c.seq, anchors.c.hash).where(anchors.c.place == place)).one_or_none()
    return None if row is None else Head(row.seq, row.hash)


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.seq, row.at, row.actor, row.action, row.subject, row.details, row.previous, row.hash)


def _hash_of(entry: Entry) -> str:
    """Of all of an entry but its hash."""
    said = [getattr(entry, name) for name in Entry.__slots__ if name != "hash"]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _check(actor: str, subject: str, details: dict[str, Detail]) -> None:
    """Raises ValueError for what could carry contents, or would not fit."""
    if not actor or len(actor) > 80 or len(subject) > 120 or len(details) > _MOST_DETAILS:
        raise ValueError("an audit entry names an actor and a subject by id, with a few details")
    if not (actor.isprintable() and subject.isprintable()):  # a database may store it otherwise than it was hashed
        raise ValueError("an audit entry names an actor and a subject by id, with a few details")
    for name, value in details.items():
        texts = value if isinstance(value, list) else [value]
        flat = all(text is None or isinstance(text, str | int) for text in texts)
        if isinstance(value, list):
            flat = len(value) <= _LONGEST_LIST and all(isinstance(text, str) for text in value)
        if not flat or any(isinstance(text, str) and len(text) > _LONGEST_TEXT for text in texts):
            raise ValueError(f"audit detail {name!r} is not a short text, a number or a list of short texts")
