"""The logs: one of the installation, one in each company's own database."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from serving.accounts.companies import Companies
from serving.audit import NOTHING, Action, Anchors, Audit, Detail, Head
from serving.databases import Databases
from serving.errors import RequestError
from serving.home import Home

MOST = 16
"""Logs kept open beyond those in use: a connection each on PostgreSQL, three to five descriptors on SQLite."""
_PATIENCE = 60.0
"""Seconds a log that is to be closed is waited for: an entry takes milliseconds, checking a long log seconds."""
_AGAIN = 600.0
"""Seconds after which a whole log is looked through again."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """When a whole log was last looked through, and the last entry that was found whole since."""

    at: float
    until: Head


@dataclass(eq=False)
class _Book:
    """One log. `opening` is held while it is opened; `users` are those who have it; `kept` once it may stay open."""

    opening: threading.Lock = field(default_factory=threading.Lock)
    engine: Engine | None = None
    users: int = 0
    kept: bool = False


class Books:
    """Writes what was done, never what was in it. A company's log is read and written in its own database, whose last
    entry is anchored in the shared one, so that a log cut short is noticed.

    A log stays open for the next entry, unless its company is leaving: that one's database is about to be removed.
    """

    def __init__(
        self, databases: Databases, home: Home, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._databases = databases
        self._home = home
        self._most = most
        self._companies = Companies(databases.shared())
        self._anchors = Anchors(databases.shared())
        self._books: OrderedDict[str, _Book] = OrderedDict()  # the least used first
        self._checked: dict[str, _Checked] = {}
        self._checking = threading.Lock()  # one at a time: each reads a whole log
        self._clock = clock
        self._changed = threading.Condition()
        self.installation = Audit(databases.shared())

    @contextmanager
    def of(self, company: str) -> Generator[Audit]:
        """The log of one company, or of a trainer. Raises RequestError where there is none: a company that has left
        must not come back into being by an entry that was late.
        """
        with self._changed:
            book = self._books.setdefault(company, _Book())
            self._books.move_to_end(company)
            book.users += 1
        try:
            yield Audit(self._engine(company, book))
        finally:
            with self._changed:
                book.users -= 1
                self._changed.notify_all()
            self._shrink()

    def intact(self, company: str) -> bool:
        """Whether a company's log is as it was written, to its last entry. The whole of it is looked through once in ten
        minutes, in between what came since: a log of years takes seconds.
        """
        now = self._clock()
        with self.of(company) as audit, self._checking:
            checked = self._checked.get(company)
            if checked is None or now - checked.at >= _AGAIN:
                checked = _Checked(now, NOTHING)
            head = audit.head()
            whole = audit.verify(self._anchors.of(company), checked.until) is None
            if whole:
                self._checked[company] = _Checked(checked.at, head)
            else:
                self._checked.pop(company, None)
        return whole

    def record(self, company: str | None, actor: str, action: Action, subject: str = "", **details: Detail) -> None:
        """Into the company's log; into the installation's where it concerns no company."""
        if company is None:
            self.installation.record(actor, action, subject, **details)
            return
        with self.of(company) as audit:
            audit.record(actor, action, subject, **details)
            self._anchors.keep(company, audit)

    def release(self, company: str) -> None:
        """Close a company's log once nobody has it: its database is about to be removed or replaced. The company must be
        leaving, or the next entry opens it again to stay. Raises RequestError where somebody has it for a minute.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._used(company), _PATIENCE):
                raise RequestError("place_busy", 503)
            book = self._books.pop(company, None)
            self._checked.pop(company, None)
        if book:
            _close(book)

    def forget(self, company: str) -> None:
        """The company has left, its log with it."""
        self.release(company)
        self._anchors.forget(company)

    def close(self) -> None:
        """At the end: whoever still writes loses the log."""
        with self._changed:
            books, self._books = list(self._books.values()), OrderedDict()
        for book in books:
            _close(book)

    def _used(self, company: str) -> bool:
        return company in self._books and self._books[company].users > 0

    def _engine(self, company: str, book: _Book) -> Engine:
        with book.opening:
            if book.engine is None:
                # Looked up while `release` must wait for us: it comes after the company was marked as leaving.
                trainers = company.startswith("trainer-")
                book.kept = trainers or self._companies.state(company) == "active"
                book.engine = self._databases.open(company, self._home.place(company))
            return book.engine

    def _shrink(self) -> None:
        """Close those nobody has: the ones that must not stay open, and the least used beyond `most`."""
        with self._changed:
            idle = [company for company, book in self._books.items() if not book.users]
            passing = [company for company in idle if not self._books[company].kept]
            kept = [company for company in idle if self._books[company].kept]
            closing = [self._books.pop(each) for each in (*passing, *kept[: max(0, len(kept) - self._most)])]
        for book in closing:
            _close(book)


def _close(book: _Book) -> None:
    if book.engine is not None:
        book.engine.dispose()
