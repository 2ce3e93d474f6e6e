"""Accounts under attack: names that look alike, moments at the edge, two at once, and what the revoked leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select

from serving.accounts.companies import Companies, Company
from serving.accounts.grants import Grants
from serving.accounts.keys import Keys
from serving.accounts.links import ENTRY_HOURS, INVITATION_DAYS, Links
from serving.accounts.passwords import Passwords
from serving.accounts.people import People, Person
from serving.accounts.roles import Role
from serving.accounts.sessions import Sessions
from serving.accounts.tables import people
from serving.accounts.throttle import Throttle
from serving.admission import BusyError
from serving.books import Books
from serving.errors import RequestError
from serving.gate import Gate, Rule, Stated, decide
from serving.home import Home
from serving.live import Live
from serving.office import Accounts, Office
from tests.databases import Rooms
from tests.serving.test_names import NO_LOGINS

INSTANT = timedelta(microseconds=1)
PASSWORD = "긴 비밀번호 하나 1234"


class Quick(Passwords):
    """Hashes at once; counts how often."""

    def __init__(self) -> None:
        self.hashed = 0

    def hash(self, password: str) -> str:
        self.hashed += 1
        return f"#{password}"

    def verify(self, known: str | None, password: str) -> bool:
        return known == f"#{password}"

    def outdated(self, known: str) -> bool:
        return False


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Its:
    """Accounts with a clock that only the test moves."""

    engine: Engine
    clock: Clock
    passwords: Quick
    accounts: Accounts
    office: Office

    def person(self, role: Role = Role.STAFF, company: str | None = None, login: str | None = None) -> Person:
        return self.accounts.people.add(role, company, "김반장", login=login, password=PASSWORD if login else None)

    def company(self, name: str = "한빛정밀") -> str:
        return self.accounts.companies.add(name).company_id

    def gate(self) -> Gate:
        return Gate(self.accounts.sessions, self.accounts.keys, self.accounts.grants, {})


@pytest.fixture
def its(rooms: Rooms) -> Iterator[Its]:
    engine, clock, passwords = rooms.shared(), Clock(), Quick()
    everybody = People(engine, passwords, clock)
    accounts = Accounts(
        Companies(engine, clock), everybody, Links(engine, everybody, clock), Sessions(engine, 14, clock),
        Keys(engine, clock), Grants(engine, clock), passwords,
    )  # fmt: skip
    books = Books(rooms.databases, Home(rooms.folder))
    yield Its(engine, clock, passwords, accounts, Office(accounts, books, Live()))
    books.close()


def reason(of: Callable[[], object]) -> str:
    with pytest.raises(RequestError) as error:
        of()
    return error.value.reason


def at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """What each came to, the errors of ours too, all begun at one moment."""
    together = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        together.wait(30)
        try:
            return deed()
        except RequestError as error:
            return error.reason

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


# Logins


@pytest.mark.parametrize("typed", NO_LOGINS)
def test_what_is_no_login_signs_nobody_in(its: Its, typed: str) -> None:
    assert its.accounts.people.signed_in(typed, PASSWORD) is None


def test_a_provider_knows_one_person_here_at_a_time(its: Its) -> None:
    people, subject = its.accounts.people, ("https://sso.example.kr", "kim-1")
    first = people.add(Role.TRAINER, None, "김", subject=subject)
    assert reason(lambda: people.add(Role.TRAINER, None, "김", subject=subject)) == "login_taken"
    people.revoke(first.person_id)
    assert people.add(Role.TRAINER, None, "김", subject=subject).revoked_at is None


def test_one_login_however_it_is_typed(its: Its) -> None:
    kim = its.person(Role.TRAINER, login="Kim@Hanbit")
    assert reason(lambda: its.person(Role.TRAINER, login="ｋｉｍ@HANBIT")) == "login_taken"

    for typed in (" kim@hanbit", "KIM@hanbit", "ｋｉｍ@hanbit"):
        assert its.accounts.people.signed_in(typed, PASSWORD) == kim
    for typed in ("kim_hanbit", "kim@hanbi%", "%", "kim@hanbit' OR ''='", "kim@hanbit."):
        assert its.accounts.people.signed_in(typed, PASSWORD) is None


def test_guesses_are_counted_for_one_login_however_it_is_typed() -> None:
    throttle = Throttle(lambda: 0.0)
    for nth, typed in enumerate(("kim@x", "ｋim@x", "KIM@x", "kｉm@x", "\u212aim@x")):
        throttle.check(typed, f"10.0.0.{nth}")
        throttle.failed(typed, f"10.0.0.{nth}")
    with pytest.raises(BusyError):
        throttle.check("kim@x", "10.0.0.99")


# Companies


@pytest.mark.parametrize("name", ["(주) 한빛", "㈜한빛 ", "㈜ 한\u200b빛"])
def test_a_company_that_reads_like_another_is_not_made(its: Its, name: str) -> None:
    made = its.accounts.companies.add("㈜한빛")
    assert reason(lambda: its.accounts.companies.add(name)) == "company_exists"
    assert its.accounts.companies.find(name) == made == its.accounts.companies.find(made.company_id)


@pytest.mark.parametrize("name", ["", " \u200b", "가" * 81, "\u3164"])
def test_a_company_has_a_name(its: Its, name: str) -> None:
    assert reason(lambda: its.accounts.companies.add(name)) == "company_name"


def test_a_companys_name_is_not_anothers_id(its: Its) -> None:
    first = its.accounts.companies.add("Hanbit Co")
    assert first.company_id.startswith("hanbit-co-")
    assert reason(lambda: its.accounts.companies.add(first.company_id.upper())) == "company_exists"


@pytest.mark.parametrize("name", ["library", "trainer-kim", "../x", "한빛", "a" * 40, "system", "-x", "x."])
def test_an_id_names_a_place_of_its_own(its: Its, name: str) -> None:
    company_id = its.company(name)
    assert len(company_id) <= 40
    assert company_id.startswith("company-")
    assert company_id.replace("-", "").isalnum()


def test_a_company_that_left_does_not_leave_its_id_to_another(its: Its) -> None:
    """Or the newcomer would read what the host once asked of the other."""
    ids = set()
    for _ in range(5):
        ids.add(its.company("hanbit"))
        its.accounts.companies.remove(its.accounts.companies.find("hanbit").company_id)
    assert len(ids) == 5


def test_one_name_wanted_by_many_at_once_is_given_once(its: Its) -> None:
    wanted = ["한빛정밀", "한빛 정밀", "한빛정밀", "한빛\u200b정밀", "한빛정밀", " 한빛정밀"]
    came = at_once([lambda name=name: its.accounts.companies.add(name) for name in wanted])  # type: ignore[misc]
    assert [isinstance(each, Company) for each in came].count(True) == 1
    assert came.count("company_exists") == 5
    assert len(its.accounts.companies.all()) == 1


# Links


def test_an_invitation_redeemed_by_many_at_once_makes_one_person(its: Its) -> None:
    company = its.company()
    secret = its.office.invite(Role.STAFF, company, "", "operator")
    came = at_once(
        [
            lambda n=n: its.office.join(secret, "이주임", f"lee{n}@hanbit", PASSWORD)  # type: ignore[misc]
            for n in range(6)
        ]
    )
    assert [isinstance(each, Person) for each in came].count(True) == 1
    assert came.count("link_spent") == 5
    assert len(its.accounts.people.of(company)) == 1
    assert its.office.books.intact(company)


def test_a_sign_in_link_followed_by_many_at_once_lets_one_in(its: Its) -> None:
    person = its.person(Role.TRAINER)
    secret = its.accounts.links.entry(person, "operator")
    came = at_once([lambda: its.accounts.links.enter(secret)] * 6)
    assert sorted(map(str, came)) == sorted([str(person), *["link_spent"] * 5])


def test_an_invitation_that_could_not_be_accepted_stays(its: Its) -> None:
    company = its.company()
    its.person(Role.TRAINER, login="kim@hanbit")
    secret = its.office.invite(Role.STAFF, company, "", "operator")
    assert reason(lambda: its.office.join(secret, "김", "KIM@hanbit", PASSWORD)) == "login_taken"
    assert reason(lambda: its.office.join(secret, "김", "kim hanbit", PASSWORD)) == "login_malformed"
    assert reason(lambda: its.office.join(secret, "\u200b", "lee@hanbit", PASSWORD)) == "person_name"
    assert its.office.join(secret, "이", "lee@hanbit", PASSWORD).role == Role.STAFF


def test_a_link_that_is_none_costs_no_hash(its: Its) -> None:
    secret = its.office.invite(Role.STAFF, its.company(), "", "operator")
    its.office.join(secret, "김", "kim@hanbit", PASSWORD)
    hashed = its.passwords.hashed
    for token in (secret, "made-up", its.accounts.links.entry(its.person(Role.HOST), "operator")):
        assert reason(lambda token=token: its.office.join(token, "김", "lee@hanbit", PASSWORD)) == "link_spent"  # type: ignore[misc]
    assert its.passwords.hashed == hashed


def _revoked_person(its: Its, company: str) -> tuple[str, Callable[[], None]]:
    its.person(Role.ADMIN, company)
    boss = its.person(Role.ADMIN, company)
    return boss.person_id, lambda: its.office.revoke_person(boss.person_id, company, "operator")


def _revoked_key(its: Its, company: str) -> tuple[str, Callable[[], None]]:
    key, _ = its.office.make_key(Role.ADMIN, company, "", "operator")
    return key.key_id, lambda: its.office.revoke_key(key.key_id, company, "operator")


def _revoked_operator(its: Its, company: str) -> tuple[str, Callable[[], None]]:
    key, _ = its.office.make_key(Role.OPERATOR, None, "", "operator")
    return key.key_id, lambda: its.office.revoke_key(key.key_id, None, "operator")


@pytest.mark.parametrize("maker", [_revoked_person, _revoked_key, _revoked_operator])
@pytest.mark.parametrize("late", [False, True])
def test_a_link_is_void_once_its_maker_is_revoked(
    its: Its, maker: Callable[[Its, str], tuple[str, Callable[[], None]]], late: bool
) -> None:
    """Also one that was being made while they were, and came to stand in the table after the others were removed."""
    company = its.company()
    by, revoke = maker(its, company)
    somebody = its.person(Role.STAFF, company)
    others = its.accounts.links.invite(Role.STAFF, company, "", "operator")
    if late:
        revoke()
    invitation = its.accounts.links.invite(Role.ADMIN, company, "", by)
    entry = its.accounts.links.entry(somebody, by)
    if not late:
        revoke()
    assert reason(lambda: its.accounts.links.read(invitation)) == "link_spent"
    assert reason(lambda: its.office.join(invitation, "김", "kim@hanbit", PASSWORD)) == "link_spent"
    assert reason(lambda: its.office.join_as(invitation, "김", ("https://idp", "kim"))) == "link_spent"
    assert reason(lambda: its.accounts.links.enter(entry)) == "link_spent"
    assert its.accounts.links.join(others, "김", "kim@hanbit", PASSWORD).company_id == company


def test_a_sign_in_link_of_somebody_revoked_lets_nobody_in(its: Its) -> None:
    person = its.person(Role.TRAINER)
    secret = its.accounts.links.entry(person, "operator")
    its.office.revoke_person(person.person_id, None, "operator")
    assert reason(lambda: its.accounts.links.enter(secret)) == "link_spent"


@pytest.mark.parametrize("typed", ["\ud800" * 12, "a\0b c d e f g h", "가" * 201])
def test_what_is_no_text_is_no_secret(its: Its, typed: str) -> None:
    person = its.person(Role.TRAINER, login="kim@hanbit")
    real = Passwords()
    assert reason(lambda: real.hash("\ud800bcdefghij")) == "password_weak"
    assert not real.verify(real.hash(PASSWORD), typed)
    assert not real.verify(None, typed)
    assert reason(lambda: its.office.join(typed, "김", "lee@hanbit", PASSWORD)) == "link_spent"
    assert its.gate().by_key(typed, typed) is its.gate().by_session(typed, typed) is None
    assert its.accounts.people.signed_in("kim@hanbit", PASSWORD) == person


# The last moment


def test_a_link_ends_at_its_last_moment(its: Its) -> None:
    company, person = its.company(), its.person(Role.TRAINER)
    for last, use in (
        (timedelta(days=INVITATION_DAYS), its.accounts.links.read),
        (timedelta(days=INVITATION_DAYS), lambda secret: its.office.join(secret, "김", "kim@hanbit", PASSWORD)),
        (timedelta(hours=ENTRY_HOURS), its.accounts.links.enter),
    ):
        for late in (True, False):
            made = its.clock.now
            entered = last == timedelta(hours=ENTRY_HOURS)
            links = its.accounts.links
            secret = links.entry(person, "x") if entered else links.invite(Role.STAFF, company, "", "operator")
            its.clock.now = made + last - (timedelta() if late else INSTANT)
            if late:
                assert reason(lambda use=use, secret=secret: use(secret)) == "link_spent"  # type: ignore[misc]
            else:
                use(secret)


def test_a_session_ends_at_its_last_moment(its: Its) -> None:
    person = its.person(Role.TRAINER)
    secret = its.accounts.sessions.open(person.person_id)
    its.clock.now += timedelta(days=14) - INSTANT
    assert its.accounts.sessions.find(secret) == person
    its.clock.now += INSTANT
    assert its.accounts.sessions.find(secret) is None


def test_break_glass_ends_at_its_last_moment(its: Its) -> None:
    company = its.company()
    _, secret = its.office.break_glass(company, "디스크 확인", 30, "operator")
    its.clock.now += timedelta(minutes=30) - INSTANT
    found = its.gate().by_key(secret, None)
    assert found is not None
    assert (found.place, found.read_only) == (company, True)
    its.clock.now += INSTANT
    assert its.gate().by_key(secret, None) is None


def test_a_grant_ends_at_its_last_moment(its: Its) -> None:
    company = its.company()
    consultant, secret = its.office.make_key(Role.CONSULTANT, None, "", "operator")
    its.office.grant(company, consultant.key_id, 1, "admin")
    its.clock.now += timedelta(days=1) - INSTANT
    assert getattr(its.gate().by_key(secret, company), "place", None) == company
    its.clock.now += INSTANT
    assert getattr(its.gate().by_key(secret, company), "place", "") is None


# What the revoked leave behind


def test_admins_who_revoke_each_other_at_once_leave_one(its: Its) -> None:
    company = its.company()
    admins = [its.person(Role.ADMIN, company) for _ in range(4)]
    came = at_once(
        [
            lambda each=each: its.office.revoke_person(each.person_id, company, "x")  # type: ignore[misc]
            for each in admins
        ]
    )
    assert sorted(map(str, came)) == ["None", "None", "None", "last_admin"]
    assert len([person for person in its.accounts.people.of(company) if not person.revoked_at]) == 1
    assert its.office.books.intact(company)


def test_one_person_revoked_by_many_at_once_is_revoked(its: Its) -> None:
    company = its.company()
    its.person(Role.ADMIN, company)
    boss = its.person(Role.ADMIN, company)
    secret = its.accounts.sessions.open(boss.person_id)
    assert at_once([lambda: its.office.revoke_person(boss.person_id, company, "x")] * 4) == [None] * 4
    assert its.accounts.sessions.find(secret) is None
    assert its.office.books.intact(company)


def test_a_session_opened_while_its_person_is_revoked_is_none(its: Its) -> None:
    """The password was looked at before, the session's row comes after."""
    person = its.person(Role.TRAINER, login="kim@hanbit")
    assert its.accounts.people.signed_in("kim@hanbit", PASSWORD) == person
    its.office.revoke_person(person.person_id, None, "operator")
    assert its.accounts.sessions.find(its.accounts.sessions.open(person.person_id)) is None
    assert its.accounts.people.signed_in("kim@hanbit", PASSWORD) is None


def test_somebody_who_comes_again_is_another(its: Its) -> None:
    first = its.person(Role.TRAINER, login="kim@hanbit")
    kept = its.accounts.sessions.open(first.person_id)
    its.office.revoke_person(first.person_id, None, "operator")
    again = its.person(Role.TRAINER, login="kim@hanbit")
    assert again.person_id != first.person_id
    assert its.accounts.people.signed_in("kim@hanbit", PASSWORD) == again
    assert its.accounts.sessions.find(kept) is None


def test_nobody_of_a_company_that_leaves_comes_in(its: Its) -> None:
    company = its.company()
    person = its.person(Role.ADMIN, company, login="kim@hanbit")
    session = its.accounts.sessions.open(person.person_id)
    _, key = its.office.make_key(Role.ADMIN, company, "", "operator")
    _, glass = its.office.break_glass(company, "확인", 30, "operator")
    entry = its.accounts.links.entry(person, "operator")
    invitation = its.accounts.links.invite(Role.STAFF, company, "", "operator")
    consultant, consultants = its.office.make_key(Role.CONSULTANT, None, "", "operator")
    its.office.grant(company, consultant.key_id, 1, person.person_id)
    its.office.leaving(company)
    gate = its.gate()
    assert [gate.by_key(key, None), gate.by_key(glass, None), gate.by_session(session, None)] == [None] * 3
    assert its.accounts.people.signed_in("kim@hanbit", PASSWORD) is None
    assert reason(lambda: its.accounts.links.enter(entry)) == "unknown_company"
    assert reason(lambda: its.office.join(invitation, "이", "lee@hanbit", PASSWORD)) == "unknown_company"
    let_in = gate.by_key(consultants, company)
    assert let_in is not None
    assert let_in.place is None
    for deed in (
        lambda: its.office.make_key(Role.STAFF, company, "", "x"),
        lambda: its.office.invite(Role.STAFF, company, "", "x"),
        lambda: its.office.grant(company, consultant.key_id, 1, "x"),
        lambda: its.office.break_glass(company, "확인", 30, "x"),
    ):
        assert reason(deed) == "unknown_company"
    with its.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(people)) == 1


@pytest.mark.parametrize("maker", [_revoked_operator])
def test_break_glass_ends_with_who_opened_it(
    its: Its, maker: Callable[[Its, str], tuple[str, Callable[[], None]]]
) -> None:
    company = its.company()
    by, revoke = maker(its, company)
    _, secret = its.office.break_glass(company, "확인", 30, by)
    _, others = its.office.break_glass(company, "확인", 30, "operator")
    assert its.gate().by_key(secret, None) is not None
    revoke()
    assert its.gate().by_key(secret, None) is None
    assert its.gate().by_key(others, None) is not None


def test_a_key_that_passes_makes_nobody_able_to_come_in(its: Its) -> None:
    company = its.company()
    assert not its.office.open_to_others()
    its.office.break_glass(company, "확인", 30, "operator")
    assert not its.office.open_to_others()
    key, _ = its.office.make_key(Role.STAFF, company, "", "operator")
    assert its.office.open_to_others()
    its.office.revoke_key(key.key_id, company, "operator")
    assert not its.office.open_to_others()


# Consultants


def test_withdrawing_one_of_several_grants_puts_the_consultant_out(its: Its) -> None:
    company, other = its.company(), its.company("다른정밀")
    consultant, secret = its.office.make_key(Role.CONSULTANT, None, "", "operator")
    second, seconds = its.office.make_key(Role.CONSULTANT, None, "", "operator")
    for days in (1, 30, 366):
        grant = its.office.grant(company, consultant.key_id, days, "admin")
    its.office.grant(company, second.key_id, 30, "admin")
    its.office.grant(other, consultant.key_id, 30, "admin")
    assert reason(lambda: its.office.withdraw_grant(other, grant.grant_id, "admin")) == "unknown_grant"
    its.office.withdraw_grant(company, grant.grant_id, "admin")
    assert its.accounts.grants.companies_of(consultant.key_id).keys() == {other}
    assert its.accounts.grants.companies_of(second.key_id).keys() == {company}
    assert its.gate().by_key(secret, company) != its.gate().by_key(seconds, company)


def test_a_consultant_of_several_companies_says_which(its: Its) -> None:
    """What they ask about one must not end up in the place of another, because the one withdrew meanwhile."""
    first, second = its.company("가나정밀"), its.company("다라정밀")
    consultant, secret = its.office.make_key(Role.CONSULTANT, None, "", "operator")
    grants = [its.office.grant(each, consultant.key_id, 30, "admin") for each in (first, second)]

    def place(chosen: str | None) -> str | None:
        found = its.gate().by_key(secret, chosen)
        assert found is not None
        assert found.place == found.company
        if found.place is None:
            assert reason(lambda: decide(Stated(Rule.READ), found)) == "no_company_open"
        return found.place

    assert [place(None), place(first), place(second), place("local"), place("")] == [None, first, second, None, None]
    its.office.withdraw_grant(first, grants[0].grant_id, "admin")
    assert [place(None), place(first), place(second)] == [None, None, second]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CONSULTANT])
def test_a_grant_is_for_consultants_alone(its: Its, role: Role) -> None:
    company = its.company()
    person = its.person(role, company if role in {Role.STAFF, Role.ADMIN} else None)
    assert reason(lambda: its.office.grant(company, person.person_id, 1, "admin")) == "unknown_consultant"


def test_a_consultant_revoked_is_let_in_no_more(its: Its) -> None:
    company, consultant = its.company(), its.person(Role.CONSULTANT)
    session = its.accounts.sessions.open(consultant.person_id)
    its.office.grant(company, consultant.person_id, 30, "admin")
    its.office.revoke_person(consultant.person_id, None, "operator")
    assert its.gate().by_session(session, company) is None
    assert reason(lambda: its.office.grant(company, consultant.person_id, 1, "admin")) == "unknown_consultant"
