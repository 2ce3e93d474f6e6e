"""`/api/companies`, `/api/users`, `/api/keys`: what the operator of the machine does. Never contents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from typing_extensions import TypedDict

from serving.accounts.companies import Company
from serving.accounts.people import Person
from serving.accounts.roles import OF_A_COMPANY, Role, role_of
from serving.api.body import Body
from serving.api.company import Keys, Link, NewKey, join_link
from serving.api.problem import problems
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.office import Office
from serving.wiring import Desk

router = APIRouter(tags=["operator"])
Who = Annotated[Identity, Depends(identity)]


class CompanyWanted(Body):
    name: str = Field(min_length=1, max_length=80)


class UserWanted(Body):
    role: str
    company: str | None = Field(default=None, max_length=80, description="Id or name; for staff and admin")
    name: str = Field(default="", max_length=80)


class AnyKeyWanted(UserWanted):
    pass


class BreakGlass(Body):
    reason: str = Field(min_length=1, max_length=200)
    minutes: int = Field(default=30, ge=1, le=240)


class Companies(TypedDict):
    companies: list[Company]


class NewCompany(Link):
    """`link` invites the company's first admin."""

    company_id: str
    name: str


class GlassKey(NewKey):
    expires_at: str


class Users(TypedDict):
    users: list[Person]


class NewUser(Link):
    role: str
    company_id: str | None


class NewAnyKey(NewKey):
    role: str
    company_id: str | None


@router.get("/api/companies")
@may(Rule.OPERATOR)
def companies(desk: Desk) -> Companies:
    """All companies."""
    return {"companies": desk.accounts.companies.all()}


@router.post("/api/companies", status_code=201, responses=problems(409))
@may(Rule.OPERATOR)
def add_company(body: CompanyWanted, who: Who, desk: Desk) -> NewCompany:
    """A new company, with the invitation for its first admin."""
    company, secret = desk.add_company(body.name, who.person)
    return {"company_id": company.company_id, "name": company.name, "link": join_link(secret)}


@router.post("/api/companies/{company}/break-glass", status_code=201)
@may(Rule.OPERATOR)
def break_glass(company: str, body: BreakGlass, who: Who, desk: Desk) -> GlassKey:
    """A key that reads this company for a while. The company's log says who took it, when and why."""
    found = desk.accounts.companies.find(company).company_id
    made, secret = desk.break_glass(found, body.reason, body.minutes, who.person)
    return {"key_id": made.key_id, "key": secret, "expires_at": made.expires_at or ""}


@router.get("/api/users")
@may(Rule.OPERATOR)
def users(desk: Desk, company: str | None = None) -> Users:
    """The people of a company, or of none."""
    return {"users": desk.accounts.people.of(_company(desk, company))}


@router.post("/api/users", status_code=201)
@may(Rule.OPERATOR)
def invite(body: UserWanted, who: Who, desk: Desk) -> NewUser:
    """Invite somebody of any role; the link is shown now alone."""
    role, company = _scoped(desk, body)
    return {"role": role, "company_id": company, "link": join_link(desk.invite(role, company, body.name, who.person))}


@router.post("/api/users/local/link", status_code=201)
@may(Rule.OPERATOR)
def enter_locally(who: Who, desk: Desk) -> Link:
    """A one-time link that signs in whoever installed this, as it is printed at the start."""
    secret = desk.entry(who.person)
    if secret is None:
        raise RequestError("unknown_person", 404)
    return {"link": f"/enter?token={secret}"}


@router.delete("/api/users/{person_id}", status_code=204, responses=problems(409))
@may(Rule.OPERATOR)
def revoke_user(person_id: str, who: Who, desk: Desk) -> None:
    """The person is signed out and cannot sign in again."""
    desk.revoke_person(person_id, desk.accounts.people.get(person_id).company_id, who.person)


@router.get("/api/keys")
@may(Rule.OPERATOR)
def keys(desk: Desk, company: str | None = None) -> Keys:
    """The keys of a company, or of none, without their secrets."""
    return {"keys": desk.accounts.keys.of(_company(desk, company))}


@router.post("/api/keys", status_code=201)
@may(Rule.OPERATOR)
def make_key(body: AnyKeyWanted, who: Who, desk: Desk) -> NewAnyKey:
    """A new API key of any role. One of a company stands in that company's log and among its keys."""
    role, company = _scoped(desk, body)
    made, secret = desk.make_key(role, company, body.name, who.person)
    return {"key_id": made.key_id, "role": role, "company_id": company, "key": secret}


@router.delete("/api/keys/{key_id}", status_code=204)
@may(Rule.OPERATOR)
def revoke_key(key_id: str, who: Who, desk: Desk, company: str | None = None) -> None:
    """The key stops working at once; streams it has open end."""
    desk.revoke_key(key_id, _company(desk, company), who.person)


def _company(desk: Office, named: str | None) -> str | None:
    return desk.accounts.companies.find(named).company_id if named else None


def _scoped(desk: Office, body: UserWanted) -> tuple[Role, str | None]:
    """Role and company. A company named for a role that belongs to none must exist, and is left out."""
    role, company = role_of(body.role), _company(desk, body.company)
    if role in OF_A_COMPANY and company is None:
        raise RequestError("role_and_company", 422)
    return role, company if role in OF_A_COMPANY else None
