"""The accounts of one company as they travel with its backup: its people and keys, so that they can sign in again.

What a company lets others do does not travel: consultants' grants, consents, open invitations and break-glass keys are
decided anew where it comes back.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, Engine, Table, insert, select
from sqlalchemy.exc import IntegrityError

from serving.accounts.companies import Companies
from serving.accounts.tables import companies, keys, people
from serving.errors import RequestError

_Short = Field(max_length=120)


class _Row(BaseModel):
    """A row as a file of somebody else's may have it: nobody becomes an operator by being restored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    company_id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    created_at: str = _Short


class _Company(_Row):
    name: str = Field(min_length=1, max_length=120)
    state: Literal["active"]
    stays_here: bool


class _Person(_Row):
    person_id: str = _Short
    role: Literal["staff", "admin"]
    name: str = _Short
    login: str | None
    password: str | None
    issuer: str | None
    subject: str | None
    revoked_at: str | None


class _Key(_Row):
    key_id: str = _Short
    hash: str = _Short
    role: Literal["staff", "admin"]
    name: str = _Short
    reason: None
    made_by: str = _Short
    expires_at: str | None
    revoked_at: str | None


class Roster(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    company: _Company
    people: list[_Person]
    keys: list[_Key]

    @model_validator(mode="after")
    def _of_one_company(self) -> Self:
        if any(row.company_id != self.company.company_id for row in (*self.people, *self.keys)):
            raise ValueError("rows of another company")
        return self


def of(engine: Engine, company_id: str) -> Roster:
    """The company's rows as they are now."""
    with engine.connect() as connection:
        company, persons, its_keys = (
            [dict(row) for row in connection.execute(select(table).where(table.c.company_id == company_id)).mappings()]
            for table in (companies, people, keys)
        )
    if not company:
        raise RequestError("unknown_company", 404)
    usual = [key for key in its_keys if key["reason"] is None]
    return Roster.model_validate({"company": company[0], "people": persons, "keys": usual})


def enter(engine: Engine, roster: Roster) -> None:
    """Bring in a company that is not here, all of it or nothing. Raises RequestError where its name, or the login of one
    of its people, is somebody else's by now.
    """
    if _known(engine, roster.company.name):
        raise RequestError("restore_taken", 409)
    try:
        with engine.begin() as connection:
            connection.execute(insert(companies).values(**roster.company.model_dump()))
            _insert(connection, people, roster.people)
            _insert(connection, keys, roster.keys)
    except IntegrityError as error:
        raise RequestError("restore_taken", 409) from error


def _known(engine: Engine, name: str) -> bool:
    """Whether a company's name reads like this one."""
    try:
        Companies(engine).find(name)
    except RequestError:
        return False
    return True


def _insert(connection: Connection, table: Table, rows: list[_Person] | list[_Key]) -> None:
    if rows:
        connection.execute(insert(table), [row.model_dump() for row in rows])
