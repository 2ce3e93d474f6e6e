"""`/api/company`: what a company's admin decides about its people, keys, consultants and data."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from typing_extensions import TypedDict

from assistant.asof import korea
from assistant.casefile import CaseFile
from serving import case_facts
from serving.accounts.grants import Grant
from serving.accounts.keys import Key
from serving.accounts.people import Person
from serving.accounts.roles import Role
from serving.api.body import Body
from serving.api.problem import problems
from serving.audit import Action
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.overview import Fact
from serving.wiring import Desk, Wired, Wiring

router = APIRouter(prefix="/api/company", tags=["company"])
STATED = {Fact.SIZE_CLASS, Fact.SECTOR, Fact.REGION}
"""What a company may state at its consent. The rest follows from its case file alone."""
Who = Annotated[Identity, Depends(identity)]


class CompanyMarks(Body):
    stays_here: bool = Field(description="주관기업 LLM 전송 금지 for everything of the company")


class Invited(Body):
    role: Literal["staff", "admin"] = "staff"
    name: str = Field(default="", max_length=80)


class KeyWanted(Body):
    role: Literal["staff", "admin"] = "staff"
    name: str = Field(default="", max_length=80)


class GrantWanted(Body):
    consultant: str = Field(max_length=40, description="The consultant's id, as they see it under /api/session")
    days: int = Field(ge=1, le=366)


class Consent(Body):
    overview: bool = Field(description="Whether the company is counted in the host's overview")
    facts: dict[str, str] = Field(
        default={},
        description="What is published where the case file does not say it: size_class, sector, region",
        max_length=10,
    )


class Consents(TypedDict):
    """`covers`: the facts that were named when the company agreed. Nothing else is published."""

    overview: bool
    covers: list[Fact]


class OwnCompany(TypedDict):
    """`published`: what the company lets be counted now, by fact. The host sees the counts, and so do other companies
    that agreed.
    """

    company_id: str
    name: str
    state: str
    stays_here: bool
    created_at: str
    consents: Consents
    published: dict[Fact, str]


class People(TypedDict):
    people: list[Person]


class Keys(TypedDict):
    keys: list[Key]


class Grants(TypedDict):
    grants: list[Grant]


class Link(TypedDict):
    """Works once, and is shown now alone."""

    link: str


class NewKey(TypedDict):
    """`key` is the secret, which is shown now and never again."""

    key_id: str
    key: str


@router.get("")
@may(Rule.COMPANY)
def company(who: Who, desk: Desk, wired: Wired) -> OwnCompany:
    """The caller's company, its marks and consents."""
    found = desk.accounts.companies.find(mine(who))
    covered = wired.consents.covers(found.company_id)
    return {
        "company_id": found.company_id,
        "name": found.name,
        "state": found.state,
        "stays_here": found.stays_here,
        "created_at": found.created_at,
        "consents": {"overview": bool(covered), "covers": [fact for fact in Fact if fact in covered]},
        "published": wired.consents.published(found.company_id),
    }


@router.patch("", status_code=204)
@may(Rule.ADMIN)
def mark(body: CompanyMarks, who: Who, desk: Desk) -> None:
    """Mark the whole company 주관기업 LLM 전송 금지, or take the mark away."""
    desk.mark(mine(who), who.person, stays_here=body.stays_here)


@router.get("/people")
@may(Rule.ADMIN)
def people(who: Who, desk: Desk) -> People:
    """Everybody of the company, those revoked included."""
    return {"people": desk.accounts.people.of(mine(who))}


@router.post("/people", status_code=201)
@may(Rule.ADMIN)
def invite(body: Invited, who: Who, desk: Desk) -> Link:
    """Invite somebody: the link works once, for seven days, and is shown now alone."""
    return {"link": join_link(desk.invite(Role(body.role), mine(who), body.name, who.person))}


@router.delete("/people/{person_id}", status_code=204, responses=problems(409))
@may(Rule.ADMIN)
def revoke_person(person_id: str, who: Who, desk: Desk) -> None:
    """The person is signed out and cannot sign in again."""
    desk.revoke_person(person_id, mine(who), who.person)


@router.get("/keys")
@may(Rule.ADMIN)
def keys(who: Who, desk: Desk) -> Keys:
    """The company's API keys, without their secrets; break-glass accesses of the operator among them."""
    return {"keys": desk.accounts.keys.of(mine(who))}


@router.post("/keys", status_code=201)
@may(Rule.ADMIN)
def make_key(body: KeyWanted, who: Who, desk: Desk) -> NewKey:
    """A new API key. `key` is shown now and never again."""
    made, secret = desk.make_key(Role(body.role), mine(who), body.name, who.person)
    return {"key_id": made.key_id, "key": secret}


@router.delete("/keys/{key_id}", status_code=204)
@may(Rule.ADMIN)
def revoke_key(key_id: str, who: Who, desk: Desk) -> None:
    """The key stops working at once; streams it has open end."""
    desk.revoke_key(key_id, mine(who), who.person)


@router.get("/grants")
@may(Rule.ADMIN)
def grants(who: Who, desk: Desk) -> Grants:
    """Which consultants the company let in, and until when."""
    return {"grants": desk.accounts.grants.of(mine(who))}


@router.post("/grants", status_code=201)
@may(Rule.ADMIN)
def grant(body: GrantWanted, who: Who, desk: Desk) -> Grant:
    """Let a consultant read the company's documents and ask over them for some days."""
    return desk.grant(mine(who), body.consultant, body.days, who.person)


@router.delete("/grants/{grant_id}", status_code=204)
@may(Rule.ADMIN)
def withdraw(grant_id: str, who: Who, desk: Desk) -> None:
    """The consultant is out at once."""
    desk.withdraw_grant(mine(who), grant_id, who.person)


@router.put("/consents", status_code=204)
@may(Rule.ADMIN)
def consent(body: Consent, who: Who, wired: Wired) -> None:
    """Be counted in the host's overview, or no longer: at once.

    What is published follows the case file from then on, each fact a coarse value; what is stated here counts where the
    case file does not say. Other companies that agreed may see tables of the overview too.
    """
    company_id = mine(who)
    for field in body.facts:
        if field not in STATED:
            raise RequestError("unknown_fact", 422, field=field[:40])
    if not body.overview:
        if wired.consents.withdraw(company_id, who.person):
            wired.office.books.record(company_id, who.person, Action.CONSENT_WITHDRAWN, "overview")
    elif _agreed(company_id, body.facts, who, wired):
        wired.office.books.record(company_id, who.person, Action.CONSENT_GIVEN, "overview")


def mine(who: Identity) -> str:
    """The caller's own company. The rule has let in its people alone."""
    if who.company is None:
        raise RequestError("forbidden", 403)
    return who.company


def _agreed(company_id: str, stated: dict[str, str], who: Identity, wired: Wiring) -> bool:
    """Give the consent, with what the case file says; without that where only accounts are served. Whether it is new."""
    if wired.product is None:
        return wired.consents.give(company_id, who.person, stated)
    with wired.product.opened(company_id) as opened:
        new = wired.consents.give(company_id, who.person, stated)
        case_facts.publish(wired.consents, company_id, CaseFile(opened.place.database), korea())
    return new


def join_link(secret: str) -> str:
    """Where an invitation is opened. After `#`, so that it stays out of logs and referrers."""
    return f"/join#{secret}"
