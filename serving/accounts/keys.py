"""API keys: shown once, kept as a hash, scoped to a company and a role, revoked at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, exists, insert, literal, select, update

from serving.accounts import names
from serving.accounts.companies import must_be_active
from serving.accounts.roles import OF_A_COMPANY, Role
from serving.accounts.secrets import identifier, issue, kept
from serving.accounts.tables import companies, keys, people
from serving.clock import moment, now
from serving.errors import RequestError

PREFIX = "gj_"


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. `reason` is set on an operator's break-glass access to a company."""

    key_id: str
    company_id: str | None
    role: Role
    name: str
    reason: str | None
    made_by: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class Keys:
    """Keys of companies' integrations, and of those who belong to no company."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._engine = engine
        self._clock = clock

    def make(
        self, role: Role, company_id: str | None, name: str, made_by: str, *, lasting: timedelta | None = None,
        reason: str | None = None,
    ) -> tuple[Key, str]:  # fmt: skip
        """A key and its secret, which is shown now and never again.

        Raises RequestError where role and company do not go together. With a `reason` it is break-glass access of an
        operator to that company.
        """
        if (role in OF_A_COMPANY or reason is not None) != (company_id is not None):
            raise RequestError("role_and_company", 422)
        secret, hashed = issue(PREFIX)
        at = self._clock()
        key = Key(
            identifier("key"), company_id, role, names.shown(name)[: names.MOST] or str(role), reason, made_by,
            moment(at), moment(at + lasting) if lasting else None, None,
        )  # fmt: skip
        with self._engine.begin() as connection:
            if company_id is not None:
                must_be_active(connection, company_id)
            connection.execute(
                insert(keys).values(
                    key_id=key.key_id, hash=hashed, company_id=company_id, role=role, name=key.name, reason=reason,
                    made_by=made_by, created_at=key.created_at, expires_at=key.expires_at,
                )
            )  # fmt: skip
        return key, secret

    def find(self, secret: str) -> Key | None:
        """The key of this secret; None for one that is revoked, expired, or of a company that is leaving, and for a
        break-glass key whose maker has been revoked since.
        """
        query = select(keys, companies.c.state).outerjoin(companies).where(keys.c.hash == kept(secret))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
            if row is None or row.revoked_at or (row.company_id is not None and row.state != "active"):
                return None
            if row.expires_at is not None and row.expires_at <= moment(self._clock()):
                return None
            if row.reason is not None and connection.scalar(select(revoked(literal(row.made_by)))):
                return None
        return _key(row)

    def of(self, company_id: str | None) -> list[Key]:
        """The keys of a company, or (None) of no company, newest last."""
        query = select(keys).where(keys.c.company_id == company_id).order_by(keys.c.created_at)
        with self._engine.connect() as connection:
            return [_key(row) for row in connection.execute(query)]

    def revoke(self, key_id: str, company_id: str | None) -> Key:
        """Raises RequestError where this company has no such key."""
        theirs = (keys.c.key_id == key_id) & (keys.c.company_id == company_id)
        with self._engine.begin() as connection:
            row = connection.execute(select(keys).where(theirs)).one_or_none()
            if row is None:
                raise RequestError("unknown_key", 404)
            connection.execute(
                update(keys).where(theirs & keys.c.revoked_at.is_(None)).values(revoked_at=moment(self._clock()))
            )
        return _key(row)

    def glass_of(self, maker: str) -> set[str]:
        """Ids of the break-glass keys somebody made."""
        theirs = (keys.c.made_by == maker) & keys.c.reason.is_not(None)
        with self._engine.connect() as connection:
            return set(connection.scalars(select(keys.c.key_id).where(theirs)))

    def live(self) -> bool:
        """Whether any key works that lasts."""
        lasting = keys.c.revoked_at.is_(None) & keys.c.expires_at.is_(None)
        with self._engine.connect() as connection:
            return connection.execute(select(keys.c.key_id).where(lasting).limit(1)).first() is not None


def revoked(maker: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the person or key of this id has been revoked: the links and break-glass keys they made are void then."""
    person = exists().where(people.c.person_id == maker, people.c.revoked_at.is_not(None))
    key = keys.alias("maker")
    return person | exists().where(key.c.key_id == maker, key.c.revoked_at.is_not(None))


def _key(row: Row[Any]) -> Key:
    return Key(
        row.key_id, row.company_id, Role(row.role), row.name, row.reason, row.made_by, row.created_at, row.expires_at,
        row.revoked_at,
    )  # fmt: skip
