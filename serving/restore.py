"""Putting a backup back: one company into an installation, or everything into an empty home.

The file is opened whole before anything is touched. A place's originals come first and its database last, which changes
wholly or not at all: a restore that is cut short leaves what was there, and is simply done again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from pydantic import ValidationError
from sqlalchemy import Engine, delete, insert, update
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import TypedDict

from knowledge.registry import Registry
from serving import roster, sealed
from serving.accounts.companies import Companies
from serving.accounts.tables import companies, links, sessions
from serving.audit import Action, Anchors, Detail, Entry, audit
from serving.backup import ACCOUNTS, FILES, GONE, PLACES, ROWS, SECRETS, SHARED, rows_of, working
from serving.books import Books
from serving.databases import Databases
from serving.errors import RequestError
from serving.home import Home
from serving.office import Office
from serving.receipt import note_of
from serving.sealed import Manifest

INDEXES = "indexes"
_KEPT = ("models", "engines", "engine", "logs", "receipts", ".vault", ".lock", "server.json")
"""What may lie in a home that counts as empty."""


class WireRestored(TypedDict):
    """See `Restored`."""

    backup_id: str
    made_at: str
    companies: list[str]
    entries_lost: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. `entries_lost`: entries of the company's log that were neither in the backup nor here."""

    manifest: Manifest
    companies: tuple[str, ...]
    entries_lost: int = 0

    def wire(self) -> WireRestored:
        return {
            "backup_id": self.manifest.backup_id,
            "made_at": self.manifest.made_at,
            "companies": list(self.companies),
            "entries_lost": self.entries_lost,
        }


class Restores:
    """One company into this installation."""

    def __init__(
        self, home: Home, databases: Databases, office: Office, still: Lock, empty: Callable[[str], None]
    ) -> None:
        """`empty` waits until nobody uses a place, and closes it."""
        self._home = home
        self._databases = databases
        self._office = office
        self._still = still
        self._empty = empty

    def company(self, file: BinaryIO, phrase: str, by: str, company: str | None, *, replace: bool) -> Restored:
        """Put a company back. One that is here has its data replaced, if `replace` says so; its people and keys stay as
        they are now, lest somebody who was sent away come in again. Raises RequestError with nothing changed.
        """
        with self._still, working(self._home) as part:
            manifest = sealed.unseal(file, phrase, part)
            company = _chosen(manifest, company)
            if self._is_here(company):
                if not replace:
                    raise RequestError("company_here", 409)
                lost = self._replace(company, part)
            else:
                lost = 0
                self._bring(company, part)
            self._note(manifest, company, by, lost)
            return Restored(manifest, (company,), lost)

    def _is_here(self, company: str) -> bool:
        """Raises RequestError where it is leaving, even if nothing but the receipt is left to do."""
        if note_of(self._home, company).exists():
            raise RequestError("place_busy", 503)
        found = [each for each in self._office.accounts.companies.all() if each.company_id == company]
        return bool(found)

    def _bring(self, company: str, part: Path) -> None:
        accounts = _accounts(part, company)
        try:
            place(self._databases, self._home, company, part)
            roster.enter(self._databases.shared(), accounts)
        except BaseException:
            self._databases.drop(company, self._home.place(company))
            shutil.rmtree(self._home.place(company), ignore_errors=True)
            raise

    def _replace(self, company: str, part: Path) -> int:
        with self._closed(company):
            newer = self._newer(company, part)
            place(self._databases, self._home, company, part)
            return self._go_on(company, newer)

    @contextmanager
    def _closed(self, company: str) -> Generator[None]:
        """Nobody of the company is let in meanwhile."""
        self._office.leaving(company)
        try:
            self._empty(company)
            yield
        finally:
            reopen(self._databases.shared(), company)

    def _newer(self, company: str, part: Path) -> list[Entry]:
        """The entries of the present log that come after the last one in the backup, oldest first; none where the log
        cannot be read, which may be why it is being restored.
        """
        last = 0
        for row in rows_of(_of(part, company) / ROWS, "audit"):
            last = row["seq"]
        found: list[Entry] = []
        try:
            with self._office.books.of(company) as log:
                while page := [
                    entry for entry in log.entries(found[-1].seq if found else None, 500) if entry.seq > last
                ]:
                    found.extend(page)
        except SQLAlchemyError:
            return []
        return found[::-1]

    def _go_on(self, company: str, newer: list[Entry]) -> int:
        """The log goes on from where it stood: whoever restores does not take back what was logged since. How many
        entries are lost where it cannot.
        """
        books, anchor = self._office.books, Anchors(self._databases.shared()).of(company)
        with books.of(company) as log:
            head = log.head()
        if newer and newer[0].previous == head.hash:
            engine = self._databases.open(company, self._home.place(company))
            with engine.begin() as connection:
                connection.execute(insert(audit), [asdict(entry) for entry in newer])
            engine.dispose()
        if books.intact(company):
            return 0
        books.forget(company)
        return max(0, anchor.seq - head.seq) if anchor else 0

    def _note(self, manifest: Manifest, company: str, by: str, lost: int) -> None:
        details: dict[str, Detail] = {"made_at": manifest.made_at, "entries_lost": lost}
        self._office.books.record(company, by, Action.RESTORED, manifest.backup_id, **details)
        self._office.books.installation.record(by, Action.RESTORED, manifest.backup_id, company=company, **details)


def whole(file: BinaryIO, phrase: str, home: Home, databases_in: Callable[[Home], Databases], by: str) -> Restored:
    """Everything into an empty home, whose lock must be held. Built beside and moved in at the end. Raises RequestError."""
    _must_be_empty(home)
    with working(home) as part:
        manifest = sealed.unseal(file, phrase, part / "taken")
        if not manifest.whole:
            raise RequestError("backup_of_company", 409, company=manifest.places[0])
        made = Home(part / "home")
        made.make()
        _secrets(part / "taken", made)
        databases = databases_in(made)
        try:
            found = _fill(databases, made, part / "taken", manifest, by)
        finally:
            databases.shared().dispose()
        for folder in sorted(made.root.iterdir(), key=lambda each: each.name == made.accounts.parent.name):
            folder.rename(home.root / folder.name)
    return Restored(manifest, found)


def place(databases: Databases, home: Home, name: str, part: Path) -> None:
    """Put one place back, whose database nobody has open. Raises ServingError for rows that cannot be loaded."""
    taken, folder = _of(part, name), home.place(name)
    for file in sorted((taken / FILES).rglob("*")):
        if file.is_file():
            target = folder / file.relative_to(taken)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.replace(target)
    databases.load(name, folder, taken / ROWS)
    shutil.rmtree(folder / INDEXES, ignore_errors=True)
    engine = databases.open(name, folder)
    try:
        registry = Registry(engine, folder / FILES)
        for document_id in json.loads((taken / GONE).read_bytes()):
            registry.mark_deleting(document_id)  # it was deleted while the backup was made: finished when next opened
    finally:
        engine.dispose()


def reopen(shared: Engine, company: str) -> None:
    """End what `Office.leaving` began, for a company that stays."""
    with shared.begin() as connection:
        connection.execute(update(companies).where(companies.c.company_id == company).values(state="active"))


def _of(part: Path, name: str) -> Path:
    return part / PLACES / name


def _chosen(manifest: Manifest, company: str | None) -> str:
    if company is None and manifest.whole:
        raise RequestError("backup_whole", 409)
    chosen = company or manifest.places[0]
    if chosen not in manifest.places or chosen == "library" or chosen.startswith("trainer-"):
        raise RequestError("backup_without_company", 404)
    return chosen


def _accounts(part: Path, company: str) -> roster.Roster:
    try:
        found = roster.Roster.model_validate_json((_of(part, company) / ACCOUNTS).read_bytes())
    except ValidationError as error:
        raise RequestError("backup_broken", 422) from error
    if found.company.company_id != company:
        raise RequestError("backup_broken", 422)
    return found


def _must_be_empty(home: Home) -> None:
    if any(each.name not in _KEPT and not each.name.startswith(".env") for each in home.root.iterdir()):
        raise RequestError("home_not_empty", 409)


def _must_be_new(databases: Databases) -> None:
    """A PostgreSQL may hold another installation, however empty the home."""
    if Companies(databases.shared()).all():
        raise RequestError("home_not_empty", 409)


def _secrets(taken: Path, home: Home) -> None:
    if (taken / SECRETS).is_dir():
        (taken / SECRETS).rename(home.secrets)
        home.secrets.chmod(0o700)


def _fill(databases: Databases, home: Home, taken: Path, manifest: Manifest, by: str) -> tuple[str, ...]:
    _must_be_new(databases)
    for each in manifest.places:
        place(databases, home, each, taken)
    databases.load(None, home.root, taken / SHARED)
    return _settle(databases, home, manifest, by)


def _settle(databases: Databases, home: Home, manifest: Manifest, by: str) -> tuple[str, ...]:
    """Everybody signs in anew, and a company that was leaving is gone."""
    with databases.shared().begin() as connection:
        connection.execute(delete(sessions))
        connection.execute(delete(links))
    here, books = Companies(databases.shared()), Books(databases, home)
    for company in here.all():
        if company.company_id not in manifest.places:
            here.remove(company.company_id)
            books.forget(company.company_id)
    found = tuple(company.company_id for company in here.all())
    details: dict[str, Any] = {"made_at": manifest.made_at}
    for each in (*found, None):
        books.record(each, by, Action.RESTORED, manifest.backup_id, **details)
    books.close()
    return found
