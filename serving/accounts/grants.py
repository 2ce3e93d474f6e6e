"""What a company lets a consultant see, for as long as it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update

from serving.accounts.companies import must_be_active
from serving.accounts.roles import Role
from serving.accounts.secrets import identifier
from serving.accounts.tables import companies, grants, keys, people
from serving.clock import moment, now
from serving.errors import RequestError

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Grant:
    """A consultant may read this company's documents and ask over them until `expires_at` or its withdrawal."""

    grant_id: str
    company_id: str
    consultant: str
    made_by: str
    created_at: str
    expires_at: str
    withdrawn_at: str | None


class Grants:
    """`consultant` is the id of a person or of a key with that role."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._engine = engine
        self._clock = clock

    def make(self, company_id: str, consultant: str, days: int, made_by: str) -> Grant:
        """Raises RequestError where there is no such consultant."""
        if not 1 <= days <= MOST_DAYS:
            raise RequestError("grant_days", 422, most=MOST_DAYS)
        at = self._clock()
        made = Grant(
            identifier("grant"), company_id, consultant, made_by, moment(at), moment(at + timedelta(days=days)), None
        )
        with self._engine.begin() as connection:
            must_be_active(connection, company_id)
            known = connection.scalar(
                select(people.c.role).where(people.c.person_id == consultant, people.c.revoked_at.is_(None))
            ) or connection.scalar(select(keys.c.role).where(keys.c.key_id == consultant, keys.c.revoked_at.is_(None)))
            if known != Role.CONSULTANT:
                raise RequestError("unknown_consultant", 404)
            row = {name: getattr(made, name) for name in made.__slots__}
            connection.execute(insert(grants).values(**row))
        return made

    def of(self, company_id: str) -> list[Grant]:
        """All grants a company made, the ended ones included."""
        query = select(grants).where(grants.c.company_id == company_id).order_by(grants.c.created_at)
        with self._engine.connect() as connection:
            return [_grant(row) for row in connection.execute(query)]

    def companies_of(self, consultant: str) -> dict[str, str]:
        """The companies that let this consultant in now, by id, and until when each does."""
        query = (
            select(grants.c.company_id, func.max(grants.c.expires_at).label("until"))
            .join(companies)
            .where(
                grants.c.consultant == consultant,
                grants.c.withdrawn_at.is_(None),
                grants.c.expires_at > moment(self._clock()),
                companies.c.state == "active",
            )
            .group_by(grants.c.company_id)
            .order_by(grants.c.company_id)
        )
        with self._engine.connect() as connection:
            return {row.company_id: row.until for row in connection.execute(query)}

    def withdraw(self, company_id: str, grant_id: str) -> Grant:
        """With it goes every other grant of this company to the same consultant, who is to be out. Raises RequestError
        where this company made no such grant.
        """
        ours = grants.c.company_id == company_id
        with self._engine.begin() as connection:
            row = connection.execute(select(grants).where(ours & (grants.c.grant_id == grant_id))).one_or_none()
            if row is None:
                raise RequestError("unknown_grant", 404)
            theirs = ours & (grants.c.consultant == row.consultant) & grants.c.withdrawn_at.is_(None)
            connection.execute(update(grants).where(theirs).values(withdrawn_at=moment(self._clock())))
        return _grant(row)


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        row.grant_id, row.company_id, row.consultant, row.made_by, row.created_at, row.expires_at, row.withdrawn_at
    )
