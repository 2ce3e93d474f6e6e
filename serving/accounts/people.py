"""The people of the companies, and those of none: consultants, trainers, the host, operators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from serving.accounts import names
from serving.accounts.companies import must_be_active
from serving.accounts.passwords import Passwords
from serving.accounts.roles import OF_A_COMPANY, Role
from serving.accounts.secrets import identifier
from serving.accounts.tables import companies, people, sessions
from serving.audit import hold
from serving.clock import moment, now
from serving.errors import RequestError


@dataclass(frozen=True, slots=True)
class Person:
    """A person as others see them; of the password nothing leaves this module."""

    person_id: str
    company_id: str | None
    role: Role
    name: str
    login: str | None
    created_at: str
    revoked_at: str | None


class People:
    """Who may sign in. A person is never deleted while their company is here, only revoked: the log names them."""

    def __init__(self, engine: Engine, passwords: Passwords, clock: Callable[[], datetime] = now) -> None:
        self._engine = engine
        self._passwords = passwords
        self._clock = clock

    def add(
        self, role: Role, company_id: str | None, name: str, *, login: str | None = None, password: str | None = None,
        person_id: str | None = None, subject: tuple[str, str] | None = None,
    ) -> Person:  # fmt: skip
        """A new person; `subject` is (issuer, name there) of OpenID Connect. Raises RequestError."""
        hashed = self._passwords.hash(password) if password is not None else None
        with self._engine.begin() as connection:
            return self.add_in(
                connection, role, company_id, name, login=login, password=hashed, person_id=person_id, subject=subject
            )

    def add_in(
        self, connection: Connection, role: Role, company_id: str | None, name: str, *, login: str | None,
        password: str | None, person_id: str | None = None, subject: tuple[str, str] | None = None,
    ) -> Person:  # fmt: skip
        """`add` within the caller's transaction; `password` is a hash."""
        if (role in OF_A_COMPANY) != (company_id is not None):
            raise RequestError("role_and_company", 422)
        if company_id is not None:
            must_be_active(connection, company_id)
        name, login = names.shown(name)[: names.MOST], names.login(login) if login else None
        if not name:
            raise RequestError("person_name", 422)
        issuer, there = subject or (None, None)
        row = {
            "person_id": person_id or identifier("person"), "company_id": company_id, "role": role, "name": name,
            "login": login, "created_at": moment(self._clock()),
        }  # fmt: skip
        try:
            connection.execute(insert(people).values(**row, password=password, issuer=issuer, subject=there))
        except IntegrityError as error:
            raise RequestError("login_taken", 409) from error
        return Person(**row, revoked_at=None)  # type: ignore[arg-type]

    def get(self, person_id: str) -> Person:
        """Raises RequestError where there is none."""
        return self._one(people.c.person_id == person_id)

    def of(self, company_id: str | None) -> list[Person]:
        """Those of a company, or (None) of no company, in the order they came."""
        query = select(people).where(people.c.company_id == company_id).order_by(people.c.created_at)
        with self._engine.connect() as connection:
            return [_person(row) for row in connection.execute(query)]

    def signed_in(self, login: str, password: str) -> Person | None:
        """The person of this login and password; None otherwise, taking as long for a login nobody has."""
        try:
            plain = names.login(login)
        except RequestError:
            plain = ""  # nobody's
        query = select(people, companies.c.state).outerjoin(companies).where(people.c.login == plain)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        known = row.password if row is not None else None
        if not self._passwords.verify(known, password) or row is None or row.revoked_at:
            return None
        if row.company_id is not None and row.state != "active":
            return None
        if self._passwords.outdated(row.password):
            self.set_password(row.person_id, password)
        return _person(row)

    def set_password(self, person_id: str, password: str) -> None:
        """Raises RequestError for one too weak. Sessions that are open stay so: the caller ends them where it should."""
        hashed = self._passwords.hash(password)
        with self._engine.begin() as connection:
            connection.execute(update(people).where(people.c.person_id == person_id).values(password=hashed))

    def revoke(self, person_id: str) -> None:
        """The person can no longer sign in and is signed out. The last admin of a company stays."""
        found = self.get(person_id)
        with self._engine.begin() as connection:
            hold(connection, people)  # or two admins who revoke each other would both be the other's last one
            if found.role == Role.ADMIN and self._other_admins(connection, found) == 0:
                raise RequestError("last_admin", 409)
            gone = (people.c.person_id == person_id) & people.c.revoked_at.is_(None)
            connection.execute(update(people).where(gone).values(revoked_at=moment(self._clock()), login=None))
            connection.execute(delete(sessions).where(sessions.c.person_id == person_id))

    def can_sign_in(self) -> bool:
        """Whether anybody has a password or comes by OpenID Connect."""
        able = people.c.revoked_at.is_(None) & (people.c.password.is_not(None) | people.c.subject.is_not(None))
        with self._engine.connect() as connection:
            return bool(connection.scalar(select(func.count()).select_from(people).where(able)))

    def _one(self, condition: ColumnElement[bool]) -> Person:
        with self._engine.connect() as connection:
            row = connection.execute(select(people).where(condition)).one_or_none()
        if row is None:
            raise RequestError("unknown_person", 404)
        return _person(row)

    def _other_admins(self, connection: Connection, person: Person) -> int:
        others = (
            (people.c.company_id == person.company_id)
            & (people.c.role == Role.ADMIN)
            & people.c.revoked_at.is_(None)
            & (people.c.person_id != person.person_id)
        )
        return connection.scalar(select(func.count()).select_from(people).where(others)) or 0


def _person(row: Row[Any]) -> Person:
    return Person(row.person_id, row.company_id, Role(row.role), row.name, row.login, row.created_at, row.revoked_at)
