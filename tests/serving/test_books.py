"""Logs through databases that stay open: cheap, bounded, and closed where a company leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from serving.accounts.companies import Companies
from serving.audit import Action, Audit, Broken, Head
from serving.books import MOST, Books
from serving.databases import Databases
from serving.databases.postgres import PostgresDatabases
from serving.errors import RequestError, ServingError
from serving.home import Home
from tests.databases import Rooms
from tests.serving.clock import Clock


@dataclass
class Counted:
    """The databases, and what of them is open."""

    of: Databases
    opened: list[str] = field(default_factory=list)
    refusing: bool = False

    def shared(self) -> Engine:
        return self.of.shared()

    def open(self, place: str, folder: Path) -> Engine:
        if self.refusing:
            raise ServingError("database_refused", said="no")
        self.opened.append(place)
        return self.of.open(place, folder)


@dataclass(frozen=True)
class Its:
    rooms: Rooms
    home: Home
    databases: Counted
    companies: Companies

    def books(self, most: int = MOST) -> Books:
        return Books(self.databases, self.home, most)  # type: ignore[arg-type]

    def company(self, number: int = 1) -> str:
        return self.companies.add(f"협력사 {number}").company_id

    def are_open(self, *wanted: str) -> bool:
        """Whether the logs of these companies are open, and no others. A PostgreSQL takes a moment to see one go."""
        for _ in range(100):
            if {company.company_id for company in self.companies.all() if self._open(company.company_id)} == {*wanted}:
                return True
            time.sleep(0.05)
        return False

    def _open(self, company: str) -> int:
        """How many of its files, or connections, are open."""
        if isinstance(self.rooms.databases, PostgresDatabases):
            query = text("SELECT count(*) FROM pg_stat_activity WHERE usename = :role")
            with self.rooms.shared().connect() as connection:
                return connection.scalar(query, {"role": self.rooms.databases.role(company)}) or 0
        return sum(str(self.home.place(company)) in opened for opened in descriptors())


def descriptors() -> list[str]:
    found = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(each.readlink()))
        except FileNotFoundError:  # the one that lists them
            continue
    return found


@pytest.fixture
def its(rooms: Rooms) -> Its:
    return Its(rooms, Home(rooms.folder), Counted(rooms.databases), Companies(rooms.shared()))


@pytest.fixture
def books(its: Its) -> Iterator[Books]:
    made = its.books()
    yield made
    made.close()


def actions(books: Books, company: str) -> list[str]:
    with books.of(company) as log:
        return [entry.subject for entry in log.entries()][::-1]


def test_a_log_is_opened_once_for_many_entries(its: Its, books: Books) -> None:
    company = its.company()
    for number in range(5):
        books.record(company, "kim", Action.ASKED, f"turn-{number}")
    books.record("trainer-person-1", "person-1", Action.ASKED)
    books.record(None, "operator", Action.COMPANY_MADE, company)
    assert actions(books, company) == [f"turn-{number}" for number in range(5)]
    assert books.intact(company)
    assert its.databases.opened == [company, "trainer-person-1"]
    assert books.installation.head().seq == 1


def test_the_least_used_are_closed(its: Its) -> None:
    books, companies = its.books(most=2), [its.company(number) for number in range(4)]
    for company in (*companies, companies[2]):
        books.record(company, "kim", Action.ASKED)
    assert its.are_open(companies[2], companies[3])
    books.record(companies[0], "kim", Action.ASKED)
    assert its.are_open(companies[0], companies[2])
    books.close()
    assert its.are_open()
    assert its.databases.opened == [*companies, companies[0]]


def test_many_threads_write_many_logs_whole(its: Its) -> None:
    books, companies = its.books(most=2), [its.company(number) for number in range(5)]

    def write(number: int) -> None:
        books.record(companies[number % 5], "kim", Action.ASKED, f"turn-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(100)))
    for company in companies:
        assert len(actions(books, company)) == 20
        assert books.intact(company)
    assert its.are_open(*list(books._books))
    assert len(books._books) == 2
    books.close()


def test_a_log_in_use_is_not_closed_by_others_coming(its: Its) -> None:
    books, companies = its.books(most=1), [its.company(number) for number in range(3)]
    with books.of(companies[0]) as log:
        for company in companies[1:]:
            books.record(company, "kim", Action.ASKED)
        log.record("kim", Action.ASKED, "still here")
    assert actions(books, companies[0]) == ["still here"]
    books.close()


def test_releasing_waits_for_who_writes(its: Its, books: Books) -> None:
    company = its.company()
    done = threading.Event()
    with books.of(company) as log:
        thread = threading.Thread(target=lambda: (books.release(company), done.set()))
        thread.start()
        assert not done.wait(0.2)
        log.record("kim", Action.ASKED, "last words")
    thread.join(30)
    assert done.is_set()
    assert its.are_open()


def test_the_log_of_a_company_that_leaves_does_not_stay_open(its: Its, books: Books) -> None:
    company = its.company()
    books.record(company, "kim", Action.ASKED)
    its.companies.leave(company)
    books.release(company)
    books.record(company, "kim", Action.ASKED, "late")
    assert its.are_open()
    assert actions(books, company) == ["", "late"]


def test_a_company_that_has_left_does_not_come_back_by_an_entry(its: Its, books: Books) -> None:
    company = its.company()
    books.record(company, "kim", Action.ASKED)
    its.companies.leave(company)
    books.forget(company)
    its.companies.remove(company)
    its.rooms.databases.drop(company, its.home.place(company))
    with pytest.raises(RequestError, match="unknown_company"):
        books.record(company, "kim", Action.ASKED)
    with pytest.raises(RequestError, match="unknown_company"), books.of("../library"):
        pass
    assert its.are_open()
    if isinstance(its.rooms.databases, PostgresDatabases):
        with its.rooms.shared().connect() as connection:
            role = its.rooms.databases.role(company)
            assert not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role})
    else:
        assert not list(its.home.place(company).iterdir())


def test_a_log_that_could_not_be_opened_is_tried_again(its: Its, books: Books) -> None:
    company = its.company()
    its.databases.refusing = True
    with pytest.raises(ServingError, match="database_refused"):
        books.record(company, "kim", Action.ASKED)
    books.release(company)
    its.databases.refusing = False
    books.record(company, "kim", Action.ASKED)
    assert actions(books, company) == [""]


def test_forgetting_lets_a_shorter_log_pass(its: Its, books: Books) -> None:
    company = its.company()
    for _ in range(3):
        books.record(company, "kim", Action.ASKED)
    books.release(company)
    its.rooms.databases.drop(company, its.home.place(company))
    books.record(company, "kim", Action.ASKED)
    assert not books.intact(company)
    books.forget(company)
    assert books.intact(company)


def test_the_whole_of_a_log_is_looked_through_once_in_ten_minutes(its: Its, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, company = Clock(), its.company()
    books = Books(its.databases, its.home, clock=clock)  # type: ignore[arg-type]
    since: list[int] = []
    honest = Audit.verify

    def verify(self: Audit, anchor: Head | None, from_here: Head) -> Broken | None:
        since.append(from_here.seq)
        return honest(self, anchor, from_here)

    monkeypatch.setattr(Audit, "verify", verify)
    for _ in range(3):
        books.record(company, "kim", Action.ASKED)
        assert books.intact(company)
    clock.now += 601
    assert books.intact(company)
    books.release(company)
    assert books.intact(company)
    assert since == [0, 1, 2, 0, 0]
    books.close()


def test_what_stays_open_is_bounded(its: Its, books: Books) -> None:
    before = len(descriptors())
    for number in range(MOST + 8):
        books.record(its.company(number), "kim", Action.ASKED)
    assert len(descriptors()) - before <= 6 * MOST
    books.close()
    assert len(descriptors()) <= before + 1
