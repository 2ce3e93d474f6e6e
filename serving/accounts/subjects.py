"""People as an OpenID provider names them: by (issuer, subject), never by an e-mail address, which can change hands."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, or_, select

from serving.accounts.people import Person
from serving.accounts.roles import Role
from serving.accounts.tables import companies, people


class Subjects:
    """`joining` is held from looking for somebody until they are made, or one newcomer in two windows would be two."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.joining = threading.Lock()

    def find(self, subject: tuple[str, str]) -> Person | None:
        """Whom the provider means; None for nobody, for one revoked, and for one whose company is leaving."""
        issuer, there = subject
        query = (
            select(people)
            .outerjoin(companies, companies.c.company_id == people.c.company_id)
            .where(people.c.issuer == issuer, people.c.subject == there, people.c.revoked_at.is_(None))
            .where(or_(people.c.company_id.is_(None), companies.c.state == "active"))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Person(row.person_id, row.company_id, Role(row.role), row.name, row.login, row.created_at, None)
