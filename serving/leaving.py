"""The right to leave: everything of a company is removed, a search shows that it is gone, and a receipt says so.

Before anything is removed a random word, the canary, is planted wherever a company leaves things, and seen there by the
very search that must not see it afterwards. What is under way is noted beside the receipts, so that a leaving that was
cut short is finished at the next start.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from assistant.asof import korea
from assistant.case_entries import Note
from assistant.casefile import CaseFile, CaseFileError
from assistant.records import Records, TurnState
from knowledge.registry import Registry
from serving import traces
from serving.accounts.companies import Company
from serving.accounts.roles import Role
from serving.accounts.tables import metadata
from serving.audit import Action, Entry, Head
from serving.backup import FILES
from serving.databases import Databases
from serving.databases.postgres import PostgresDatabases
from serving.disclosure import Disclosures
from serving.errors import RequestError, ServingError
from serving.gate import Identity
from serving.home import Home
from serving.office import Office
from serving.overview import Consents
from serving.receipt import Planted, Receipt, Unfinished, note_of, receipts
from serving.restore import reopen

logger = logging.getLogger(__name__)
_PATIENCE = 300.0
"""Seconds until the last request of a company has ended."""


@dataclass(frozen=True, slots=True)
class Published:
    """What of a company lies in the shared database beside its accounts."""

    disclosures: Disclosures
    consents: Consents


class Leaving:
    """See `serving.backup.Backups` for `still` and `made`, `serving.restore.Restores` for `empty`."""

    def __init__(
        self, home: Home, databases: Databases, office: Office, published: Published, still: Lock,
        empty: Callable[[str], None], made: Callable[[], list[Entry]],
    ) -> None:  # fmt: skip
        self._home = home
        self._databases = databases
        self._office = office
        self._published = published
        self._still = still
        self._empty = empty
        self._made = made
        self._receipts = receipts(home)

    def leave(self, company: Company, by: str, sparing: Identity | None = None) -> Receipt:
        """Remove all of a company. `sparing`: who asks for it, whose own request must not be ended with the others.

        Raises RequestError where somebody is still inside after minutes: asked again, it goes on from there.
        """
        with self._still:
            return self._finished(self._begun(company, by), sparing)

    def finish(self) -> None:
        """At the start: finish what a kill cut short. A company that was only closed for a restore is opened again."""
        for note in sorted(self._receipts.glob("*.unfinished")):
            try:
                with self._still:
                    self._finished(Unfinished.model_validate_json(note.read_bytes()), None)
            except (ServingError, SQLAlchemyError, OSError, ValueError):
                logger.exception("%s could not be finished", note.name)
        for company in self._office.accounts.companies.all():
            if company.state == "leaving" and not note_of(self._home, company.company_id).exists():
                reopen(self._databases.shared(), company.company_id)

    def _begun(self, company: Company, by: str) -> Unfinished:
        note = note_of(self._home, company.company_id)
        if note.exists():
            return Unfinished.model_validate_json(note.read_bytes())
        self._office.accounts.companies.must_be_open(company.company_id)
        begun = Unfinished(
            company_id=company.company_id,
            name_sha256=hashlib.sha256(company.name.encode()).hexdigest(),
            created_at=company.created_at,
            by=by,
            begun_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=secrets.token_hex(16),
        )
        self._write(note, begun.model_dump_json())
        return begun

    def _finished(self, begun: Unfinished, sparing: Identity | None) -> Receipt:
        company_id = begun.company_id
        if begun.planted is None:
            begun = begun.model_copy(update={"planted": self._plant(begun)})
            self._write(note_of(self._home, company_id), begun.model_dump_json())
        if self._is_here(company_id):
            self._office.leaving(company_id, sparing)
            self._published.disclosures.leave(company_id, begun.by)
            self._published.consents.withdraw(company_id, begun.by)
            self._empty(company_id)
            self._remove(company_id)
        scrub(self._databases.shared())
        receipt = self._receipt(begun)
        said = receipt.model_dump_json(indent=2)
        name = f"{company_id}-{begun.begun_at[:19].replace(':', '')}"
        self._write(self._receipts / f"{name}.txt", receipt.told())
        self._write(self._receipts / f"{name}.json", said)
        self._office.books.installation.record(
            begun.by, Action.COMPANY_DELETED, company_id, found=len(receipt.found), files=receipt.removed_files,
            bytes=receipt.removed_bytes, receipt=hashlib.sha256(said.encode()).hexdigest(),
        )  # fmt: skip
        note_of(self._home, company_id).unlink()
        return receipt

    def _plant(self, begun: Unfinished) -> Planted:
        """Leave the canary in a document and its original, a conversation, the case file, the log, and names; then look
        for it."""
        company_id, canary, accounts = begun.company_id, begun.canary, self._office.accounts
        accounts.people.add(Role.STAFF, company_id, canary)
        accounts.links.invite(Role.STAFF, company_id, canary, begun.by)
        accounts.keys.make(Role.STAFF, company_id, canary, begun.by)
        try:
            head = self._plant_inside(begun)
        except SQLAlchemyError:  # a company leaves with a broken database too
            logger.exception("nothing could be planted in %s", company_id)
            head = Head(0, "")
        inside = traces.in_files(self._home.place(company_id), canary)
        beside = traces.in_files(self._home.accounts.parent, canary)
        seen = len(inside.found) + len(beside.found) + len(self._in_database(begun))
        return Planted(seen=seen, files=inside.files, bytes=inside.bytes, entries=head.seq, last_hash=head.hash)

    def _plant_inside(self, begun: Unfinished) -> Head:
        """Where the company's log ends, whose last entry has the canary too."""
        canary, folder = begun.canary, self._home.place(begun.company_id)
        engine = self._databases.open(begun.company_id, folder)
        try:
            Registry(engine, folder / FILES).add(f"# {canary}\n".encode(), f"{canary}.md", begun.by)
            records = Records(engine)
            conversation, turn = records.open_turn(begun.by, canary, None)
            records.save(turn, canary, TurnState.DONE)
            records.rate(begun.by, conversation, turn, 1, canary)
            with suppress(CaseFileError):  # a full one has taken all it takes
                CaseFile(engine).add(Note(text=canary), begun.by, korea())
        finally:
            engine.dispose()
        self._office.books.record(begun.company_id, begun.by, Action.COMPANY_DELETED, canary)
        with self._office.books.of(begun.company_id) as log:
            return log.head()

    def _is_here(self, company_id: str) -> bool:
        """Not so once its rows are gone. No other company is ever given its id."""
        return company_id in {company.company_id for company in self._office.accounts.companies.all()}

    def _remove(self, company_id: str) -> None:
        """The rows of its accounts come last: as long as they are there, it is known what is left to do."""
        folder = self._home.place(company_id)
        self._databases.drop(company_id, folder)
        shutil.rmtree(folder, ignore_errors=True)
        self._office.books.forget(company_id)
        self._office.accounts.companies.remove(company_id)
        # A request that was about to log something when it was ended may have made the database anew; from now on none can.
        self._office.books.release(company_id)
        self._databases.drop(company_id, folder)
        if folder.exists():
            shutil.rmtree(folder)

    def _receipt(self, begun: Unfinished) -> Receipt:
        before = begun.planted or Planted(seen=0, files=0, bytes=0, entries=0, last_hash="")
        searched = traces.in_files(self._home.root, begun.canary, {self._home.models, self._home.environments})
        found = (*searched.found, *self._in_database(begun))
        return Receipt(
            company_id=begun.company_id,
            name_sha256=begun.name_sha256,
            by=begun.by,
            begun_at=begun.begun_at,
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            removed_files=before.files,
            removed_bytes=before.bytes,
            log_entries=before.entries,
            log_last_hash=before.last_hash,
            canary_seen_before=before.seen,
            found=found,
            unread=searched.unread,
            searched_files=searched.files,
            searched_bytes=searched.bytes,
            disclosures_kept=len(self._published.disclosures.of_company(begun.company_id)),
            backups=self._backups(begun),
            proved=before.seen > 0 and not found and not searched.unread,
        )

    def _in_database(self, begun: Unfinished) -> list[str]:
        """In a PostgreSQL, which keeps its files to itself. SQLite's are files like others."""
        if not isinstance(self._databases, PostgresDatabases):
            return []
        role = self._databases.role(begun.company_id)
        return traces.in_postgres(self._databases.shared(), role, begun.canary)

    def _backups(self, begun: Unfinished) -> tuple[str, ...]:
        """Ids of the backups that hold the company's data still: those of its own, and of everything since it came."""
        return tuple(
            entry.subject
            for entry in self._made()
            if entry.at >= begun.created_at and entry.details["company"] in {None, begun.company_id}
        )

    def _write(self, file: Path, said: str) -> None:
        self._receipts.mkdir(mode=0o700, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        part.write_text(said, encoding="utf-8")
        part.replace(file)


def emptied(close: Callable[[str], bool], place: str, patience: float = _PATIENCE) -> None:
    """Wait until nobody uses a place, and have it closed. Raises RequestError where that takes too long."""
    deadline = time.monotonic() + patience
    while not close(place):
        if time.monotonic() > deadline:
            raise RequestError("place_busy", 503)
        time.sleep(0.05)


def scrub(shared: Engine) -> None:
    """Write the shared database anew, since a deleted row stands in its file until its room is used again."""
    with shared.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if shared.dialect.name != "sqlite":
            for table in metadata.sorted_tables:
                connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
            return
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
