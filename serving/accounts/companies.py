"""The companies (협력사) of an installation."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from serving.accounts import names
from serving.accounts.tables import companies, grants, keys, links, people, sessions
from serving.audit import hold
from serving.clock import moment, now
from serving.errors import RequestError

LOCAL = "local"
"""The company of whoever installed Giljabi on their own machine."""
_RESERVED = ("library", "trainer", "operator", "host", "system")
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,29}")


@dataclass(frozen=True, slots=True)
class Company:
    """`stays_here`: 주관기업 LLM 전송 금지. `state` is `leaving` while everything of the company is being removed."""

    company_id: str
    name: str
    state: str
    stays_here: bool
    created_at: str


class Companies:
    """A company's id names its folder, its schema and its role, so it is made here and never by a client."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, name: str, company_id: str | None = None) -> Company:
        """A new company. Raises RequestError, also where the name reads like another's name or id."""
        name = names.shown(name)
        if not 1 <= len(name) <= names.MOST:
            raise RequestError("company_name", 422)
        made = Company(
            company_id or _identity(name), name, "active", stays_here=False, created_at=moment(self._clock())
        )
        try:
            with self._engine.begin() as connection:
                hold(connection, companies)
                if _alike(connection, name) is not None:
                    raise RequestError("company_exists", 409, name=name)
                connection.execute(
                    insert(companies).values(
                        company_id=made.company_id, name=name, state=made.state, stays_here=False,
                        created_at=made.created_at,
                    )
                )  # fmt: skip
        except IntegrityError as error:
            raise RequestError("company_exists", 409, name=name) from error
        return made

    def find(self, named: str) -> Company:
        """The company of this id or name. Raises RequestError where there is none."""
        query = select(companies).where(companies.c.company_id == named)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
            row = _alike(connection, named) if row is None else row
        if row is None:
            raise RequestError("unknown_company", 404)
        return _company(row)

    def must_be_open(self, company_id: str) -> None:
        """Raises RequestError where there is no such company, or it is leaving."""
        with self._engine.connect() as connection:
            must_be_active(connection, company_id)

    def state(self, company_id: str) -> str:
        """`active` or `leaving`. Raises RequestError where there is no such company."""
        with self._engine.connect() as connection:
            state = connection.scalar(select(companies.c.state).where(companies.c.company_id == company_id))
        if state is None:
            raise RequestError("unknown_company", 404)
        return str(state)

    def all(self) -> list[Company]:
        with self._engine.connect() as connection:
            return [_company(row) for row in connection.execute(select(companies).order_by(companies.c.created_at))]

    def members(self, company_id: str) -> frozenset[str]:
        """Ids of the company's people and keys that have not been revoked."""
        with self._engine.connect() as connection:
            found = [
                connection.scalars(select(names).where(of.c.company_id == company_id, of.c.revoked_at.is_(None))).all()
                for of, names in ((people, people.c.person_id), (keys, keys.c.key_id))
            ]
        return frozenset(each for ids in found for each in ids)

    def mark(self, company_id: str, *, stays_here: bool) -> None:
        self._change(company_id, stays_here=stays_here)

    def leave(self, company_id: str) -> None:
        """From now on nobody of the company is let in."""
        self._change(company_id, state="leaving")

    def remove(self, company_id: str) -> None:
        """Remove the company's rows: people, links, sessions, keys, grants. Its place must be gone already."""
        theirs = select(people.c.person_id).where(people.c.company_id == company_id)
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.person_id.in_(theirs)))
            for table in (links, keys, grants, people, companies):
                connection.execute(delete(table).where(table.c.company_id == company_id))

    def _change(self, company_id: str, **values: object) -> None:
        with self._engine.begin() as connection:
            changed = connection.execute(
                update(companies).where(companies.c.company_id == company_id).values(**values)
            ).rowcount
        if not changed:
            raise RequestError("unknown_company", 404)


def must_be_active(connection: Connection, company_id: str) -> None:
    """Raises RequestError where there is no such company, or it is leaving."""
    state = connection.scalar(select(companies.c.state).where(companies.c.company_id == company_id))
    if state != "active":
        raise RequestError("unknown_company", 404)


def _alike(connection: Connection, named: str) -> Row[Any] | None:
    """The company whose name, or id, reads like this."""
    wanted = names.likeness(named)
    rows = connection.execute(select(companies)).all()
    return next((row for row in rows if wanted in {names.likeness(row.name), row.company_id}), None)


def _identity(name: str) -> str:
    """An id that tells a reader whose it is, and that no company had before: the host's copies of its written requests
    still name one that has left.
    """
    slug = name.lower().replace(" ", "-")
    readable = _SLUG.fullmatch(slug) and not slug.startswith(_RESERVED)
    return f"{slug}-{secrets.token_hex(3)}" if readable else f"company-{secrets.token_hex(6)}"


def _company(row: Row[Any]) -> Company:
    return Company(row.company_id, row.name, row.state, row.stays_here, row.created_at)
