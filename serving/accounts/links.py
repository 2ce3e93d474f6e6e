"""One-time links: an invitation makes a person, a sign-in link signs one in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from serving.accounts import names
from serving.accounts.companies import must_be_active
from serving.accounts.keys import revoked
from serving.accounts.people import People, Person
from serving.accounts.roles import OF_A_COMPANY, Role
from serving.accounts.secrets import issue, kept
from serving.accounts.tables import companies, links, people
from serving.clock import moment, now
from serving.errors import RequestError

INVITATION_DAYS = 7
ENTRY_HOURS = 1


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the person who opens an invitation is told before they accept it."""

    company: str | None
    role: Role
    name: str


class Links:
    """The secret of a link is in nobody's hands but its reader's; one that is used, expired, or made by somebody who has
    been revoked since is like one that never was.
    """

    def __init__(self, engine: Engine, people: People, clock: Callable[[], datetime] = now) -> None:
        self._engine = engine
        self._people = people
        self._clock = clock

    def invite(self, role: Role, company_id: str | None, name: str, made_by: str) -> str:
        """The secret of an invitation. Raises RequestError where role and company do not go together."""
        if (role in OF_A_COMPANY) != (company_id is not None):
            raise RequestError("role_and_company", 422)
        lasting = timedelta(days=INVITATION_DAYS)
        return self._make(
            "join", lasting, made_by, company_id=company_id, role=role, name=names.shown(name)[: names.MOST]
        )

    def entry(self, person: Person, made_by: str) -> str:
        """The secret of a link that signs this person in, once."""
        lasting = timedelta(hours=ENTRY_HOURS)
        return self._make("enter", lasting, made_by, company_id=person.company_id, person_id=person.person_id)

    def read(self, secret: str) -> Invitation:
        """Raises RequestError for a link that does not invite, or no longer."""
        query = select(links, companies.c.name.label("company")).outerjoin(companies).where(self._valid(secret, "join"))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise RequestError("link_spent", 410)
        return Invitation(row.company, Role(row.role), row.name)

    def join(self, secret: str, name: str, login: str, password: str) -> Person:
        """The person the invitation makes, who signs in by this login and password. `password` is a hash."""
        with self._engine.begin() as connection:
            row = self._spend(connection, secret, "join")
            return self._people.add_in(
                connection, Role(row.role), row.company_id, name or row.name, login=login, password=password
            )

    def join_as(self, secret: str, name: str, subject: tuple[str, str]) -> Person:
        """The person the invitation makes, who signs in through an OpenID provider."""
        with self._engine.begin() as connection:
            row = self._spend(connection, secret, "join")
            return self._people.add_in(
                connection, Role(row.role), row.company_id, row.name or name, login=None, password=None, subject=subject
            )

    def enter(self, secret: str) -> Person:
        """The person a sign-in link was made for. Raises RequestError; a link works once."""
        with self._engine.begin() as connection:
            row = self._spend(connection, secret, "enter")
            revoked = connection.scalar(select(people.c.revoked_at).where(people.c.person_id == row.person_id))
            if revoked:
                raise RequestError("link_spent", 410)
            if row.company_id is not None:
                must_be_active(connection, row.company_id)
        return self._people.get(row.person_id)

    def withdraw(self, made_by: str) -> None:
        """Remove the open links of somebody who has been revoked."""
        with self._engine.begin() as connection:
            connection.execute(delete(links).where((links.c.made_by == made_by) & links.c.used_at.is_(None)))

    def _make(
        self, purpose: Literal["join", "enter"], lasting: timedelta, made_by: str, *, company_id: str | None,
        role: Role | None = None, name: str | None = None, person_id: str | None = None,
    ) -> str:  # fmt: skip
        secret, hashed = issue()
        at = self._clock()
        with self._engine.begin() as connection:
            if company_id is not None:
                must_be_active(connection, company_id)
            connection.execute(delete(links).where(links.c.expires_at < moment(at)))
            connection.execute(
                insert(links).values(
                    link=hashed, purpose=purpose, company_id=company_id, role=role, name=name, person_id=person_id,
                    made_by=made_by, created_at=moment(at), expires_at=moment(at + lasting),
                )
            )  # fmt: skip
        return secret

    def _spend(self, connection: Connection, secret: str, purpose: str) -> _Link:
        """Marks the link as used, in one statement: of two who come at once, one is let in."""
        spent = connection.execute(
            update(links).where(self._valid(secret, purpose)).values(used_at=moment(self._clock()))
        )
        if not spent.rowcount:
            raise RequestError("link_spent", 410)
        row = connection.execute(select(links).where(links.c.link == kept(secret))).one()
        return _Link(row.company_id, row.role, row.name or "", row.person_id)

    def _valid(self, secret: str, purpose: str) -> ColumnElement[bool]:
        return (
            (links.c.link == kept(secret))
            & (links.c.purpose == purpose)
            & links.c.used_at.is_(None)
            & (links.c.expires_at > moment(self._clock()))
            & ~revoked(links.c.made_by)
        )


@dataclass(frozen=True, slots=True)
class _Link:
    company_id: str | None
    role: str
    name: str
    person_id: str
