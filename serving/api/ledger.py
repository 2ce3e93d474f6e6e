"""`/api/audit` and `/api/company/disclosures`: what was done with a company's data, and what its host asks for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from typing_extensions import TypedDict

from serving.api.body import Body
from serving.api.company import mine
from serving.api.problem import problems
from serving.audit import Entry
from serving.disclosure import Request
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.paper import Granted, Narrowed
from serving.wiring import Desk, Wired

router = APIRouter(tags=["company"])
Who = Annotated[Identity, Depends(identity)]


class Word(Body):
    """A decision that needs no terms."""

    step: Literal["refused", "withdrawn"]
    note: str = Field(default="", max_length=2000)


class Grants(Body, Granted):
    step: Literal["granted"]


class Narrows(Body, Narrowed):
    step: Literal["narrowed"]


Decision = Annotated[Word | Grants | Narrows, Field(discriminator="step")]


class LogEntry(TypedDict):
    """See `serving.audit.Entry`; `details` are flat."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    previous: str
    hash: str


class Log(TypedDict):
    entries: list[LogEntry]
    intact: bool


class Disclosures(TypedDict):
    disclosures: list[Request]


@router.get("/api/audit")
@may(Rule.COMPANY)
def audit(
    who: Who,
    desk: Desk,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Log:
    """The company's log, newest first, and whether it is whole: nothing altered, taken out or cut off.

    All of it is looked through once in ten minutes, at other calls what came since.
    """
    with desk.books.of(mine(who)) as log:
        entries = [_wire(entry) for entry in log.entries(before, limit)]
    return {"entries": entries, "intact": desk.books.intact(mine(who))}


@router.get("/api/company/disclosures")
@may(Rule.COMPANY)
def disclosures(who: Who, wired: Wired) -> Disclosures:
    """What the host asks to be shown, in writing (하도급법 제12조의3), and what became of it."""
    return {"disclosures": wired.disclosures.of_company(mine(who))}


@router.post("/api/company/disclosures/{disclosure_id}/decision", responses=problems(409))
@may(Rule.ADMIN)
def decide(disclosure_id: str, body: Decision, who: Who, wired: Wired) -> Request:
    """Grant, narrow, refuse, or later withdraw."""
    company, by, kept = mine(who), who.person, wired.disclosures
    if isinstance(body, Grants | Narrows):
        _must_be_ours(company, body.document_id, wired)
    if isinstance(body, Grants):
        return kept.grant(company, disclosure_id, by, Granted(**body.model_dump(exclude={"step"})))
    if isinstance(body, Narrows):
        return kept.narrow(company, disclosure_id, by, Narrowed(**body.model_dump(exclude={"step"})))
    if body.step == "refused":
        return kept.refuse(company, disclosure_id, by, body.note)
    withdrawn = kept.withdraw(company, disclosure_id, by, body.note)
    wired.office.end_disclosed()
    return withdrawn


def _wire(entry: Entry) -> LogEntry:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _must_be_ours(company: str, document_id: str, wired: Wired) -> None:
    """Raises UnknownDocumentError where the company's own collection has no such document."""
    if wired.product is None:
        raise RequestError("not_found", 404)
    with wired.product.opened(company) as opened:
        opened.place.registry.get(document_id)
