"""What is done about accounts: each deed with its entry in the log, and with the end of what it takes away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from serving.accounts.companies import LOCAL, Companies, Company
from serving.accounts.grants import Grant, Grants
from serving.accounts.keys import Key, Keys
from serving.accounts.links import Links
from serving.accounts.names import shown
from serving.accounts.passwords import Passwords
from serving.accounts.people import People, Person
from serving.accounts.roles import Role
from serving.accounts.sessions import Sessions
from serving.audit import Action
from serving.books import Books
from serving.errors import RequestError
from serving.gate import LOCAL_PERSON, Identity
from serving.live import Live

MOST_MINUTES = 240
"""How long a break-glass access lasts at most."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The rows of accounts, by kind."""

    companies: Companies
    people: People
    links: Links
    sessions: Sessions
    keys: Keys
    grants: Grants
    passwords: Passwords

    @classmethod
    def on(cls, engine: Engine, session_days: int) -> Accounts:
        passwords = Passwords()
        people = People(engine, passwords)
        return cls(
            Companies(engine),
            people,
            Links(engine, people),
            Sessions(engine, session_days),
            Keys(engine),
            Grants(engine),
            passwords,
        )


class Office:
    """Every change of who may do what goes through here. `by` is who does it: a person's or key's id."""

    def __init__(self, accounts: Accounts, books: Books, live: Live) -> None:
        self.accounts = accounts
        self.books = books
        self._live = live

    def settle_local(self) -> None:
        """On first use: the company of whoever installed this, and them as its admin."""
        if self.accounts.companies.all() or self.accounts.people.of(None):
            return
        self.accounts.companies.add("우리 회사", LOCAL)
        self.accounts.people.add(Role.ADMIN, LOCAL, "이 컴퓨터", person_id=LOCAL_PERSON)

    def entry(self, by: str) -> str | None:
        """The secret of a link that signs in the local company's admin; None where there is none any more."""
        try:
            person = self.accounts.people.get(LOCAL_PERSON)
        except RequestError:
            return None
        if person.revoked_at:
            return None
        return self.accounts.links.entry(person, by)

    def add_company(self, name: str, by: str) -> tuple[Company, str]:
        """A new company and the secret of the invitation for its first admin."""
        company = self.accounts.companies.add(name)
        self.books.record(None, by, Action.COMPANY_MADE, company.company_id)
        return company, self.invite(Role.ADMIN, company.company_id, "", by)

    def invite(self, role: Role, company: str | None, name: str, by: str) -> str:
        """The secret of an invitation."""
        secret = self.accounts.links.invite(role, company, name, by)
        self.books.record(company, by, Action.INVITED, role=str(role))
        return secret

    def join(self, secret: str, name: str, login: str, password: str) -> Person:
        """Accept an invitation with a login and a password."""
        self.accounts.links.read(secret)  # one that is none costs no hash
        hashed = self.accounts.passwords.hash(password)
        return self._joined(self.accounts.links.join(secret, name, login, hashed))

    def join_as(self, secret: str, name: str, subject: tuple[str, str]) -> Person:
        """Accept an invitation as the person an OpenID provider knows by `subject`."""
        return self._joined(self.accounts.links.join_as(secret, name, subject))

    def _joined(self, person: Person) -> Person:
        self.books.record(person.company_id, person.person_id, Action.JOINED, person.person_id, role=str(person.role))
        return person

    def signed_in(self, person: Person, way: str) -> str:
        """A new session's secret for a person who has proved who they are."""
        secret = self.accounts.sessions.open(person.person_id)
        self.books.record(person.company_id, person.person_id, Action.SIGNED_IN, way=way)
        return secret

    def signed_out(self, secret: str) -> None:
        person = self.accounts.sessions.find(secret)
        self.accounts.sessions.close(secret)
        if person is not None:
            self.books.record(person.company_id, person.person_id, Action.SIGNED_OUT)

    def revoke_person(self, person_id: str, company: str | None, by: str) -> None:
        """The person can no longer get in; what they have open ends. Raises RequestError for one of another company."""
        if self.accounts.people.get(person_id).company_id != company:
            raise RequestError("unknown_person", 404)
        self.accounts.people.revoke(person_id)
        self._end(person_id)
        self.books.record(company, by, Action.PERSON_REVOKED, person_id)

    def make_key(self, role: Role, company: str | None, name: str, by: str) -> tuple[Key, str]:
        key, secret = self.accounts.keys.make(role, company, name, by)
        self.books.record(company, by, Action.KEY_MADE, key.key_id, role=str(role))
        return key, secret

    def revoke_key(self, key_id: str, company: str | None, by: str) -> None:
        """The key stops working; what it has open ends."""
        self.accounts.keys.revoke(key_id, company)
        self._end(key_id)
        self.books.record(company, by, Action.KEY_REVOKED, key_id)

    def _end(self, who: str) -> None:
        """What somebody has open who was just revoked, and what they left open for others."""
        theirs = {who, *self.accounts.keys.glass_of(who)}
        self._live.end(lambda identity: identity.person in theirs)
        self.accounts.links.withdraw(who)

    def break_glass(self, company: str, reason: str, minutes: int, by: str) -> tuple[Key, str]:
        """Read access of an operator to a company for a while. The company's log says so before it can be used."""
        reason = shown(reason)[:200]
        if not reason or not 1 <= minutes <= MOST_MINUTES:
            raise RequestError("break_glass_reason", 422, most=MOST_MINUTES)
        self.accounts.companies.must_be_open(company)
        self.books.record(company, by, Action.BREAK_GLASS_OPENED, reason=reason, minutes=minutes)
        lasting = timedelta(minutes=minutes)
        return self.accounts.keys.make(Role.OPERATOR, company, "break glass", by, lasting=lasting, reason=reason)

    def glass_used(self, identity: Identity, path: str) -> None:
        """Each request of a break-glass access, before it is served."""
        self.books.record(identity.company, identity.person, Action.BREAK_GLASS_USED, path=path[:200])

    def grant(self, company: str, consultant: str, days: int, by: str) -> Grant:
        """Let a consultant read this company's documents."""
        grant = self.accounts.grants.make(company, consultant, days, by)
        self.books.record(company, by, Action.GRANT_MADE, grant.grant_id, consultant=consultant, days=days)
        return grant

    def withdraw_grant(self, company: str, grant_id: str, by: str) -> None:
        """The consultant is out at once, in the middle of an answer too."""
        grant = self.accounts.grants.withdraw(company, grant_id)
        self._live.end(lambda identity: identity.person == grant.consultant and identity.place == company)
        self.books.record(company, by, Action.GRANT_WITHDRAWN, grant_id)

    def end_disclosed(self) -> None:
        """What the host is being handed ends: a withdrawn document may be among it."""
        self._live.end(lambda identity: identity.role == Role.HOST)

    def mark(self, company: str, by: str, *, stays_here: bool) -> None:
        """주관기업 LLM 전송 금지 for the whole company, or its end."""
        self.accounts.companies.mark(company, stays_here=stays_here)
        self.books.record(company, by, Action.COMPANY_MARKED, stays_here=stays_here)

    def leaving(self, company: str, sparing: Identity | None = None) -> None:
        """Nobody of the company is let in any more, and whoever is inside is out, but for who asked for it."""
        self.accounts.companies.leave(company)
        self._live.end(lambda identity: company in {identity.company, identity.place} and identity != sparing)
        self.books.release(company)

    def open_to_others(self) -> bool:
        """Whether anybody could sign in from another machine."""
        return self.accounts.people.can_sign_in() or self.accounts.keys.live()
