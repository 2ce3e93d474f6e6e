"""Sessions: a browser that has signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select

from serving.accounts.people import Person
from serving.accounts.roles import Role
from serving.accounts.secrets import issue, kept
from serving.accounts.tables import companies, people, sessions
from serving.clock import moment, now


class Sessions:
    """Kept in the database, so that ending one ends it at once and over restarts."""

    def __init__(self, engine: Engine, days: int, clock: Callable[[], datetime] = now) -> None:
        self._engine = engine
        self._lasting = timedelta(days=days)
        self._clock = clock

    @property
    def seconds(self) -> int:
        """How long a session lasts."""
        return int(self._lasting.total_seconds())

    def open(self, person_id: str) -> str:
        """A new session; the secret is the cookie's value."""
        secret, hashed = issue()
        at = self._clock()
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < moment(at)))
            connection.execute(
                insert(sessions).values(
                    session=hashed, person_id=person_id, created_at=moment(at), expires_at=moment(at + self._lasting)
                )
            )
        return secret

    def find(self, secret: str) -> Person | None:
        """Whose session it is; None for one that has ended, of a person revoked, or of a company that is leaving."""
        query = (
            select(people, sessions.c.expires_at, companies.c.state)
            .join(sessions, sessions.c.person_id == people.c.person_id)
            .outerjoin(companies, companies.c.company_id == people.c.company_id)
            .where(sessions.c.session == kept(secret))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or row.revoked_at or row.expires_at <= moment(self._clock()):
            return None
        if row.company_id is not None and row.state != "active":
            return None
        return Person(row.person_id, row.company_id, Role(row.role), row.name, row.login, row.created_at, None)

    def close(self, secret: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.session == kept(secret)))
