"""`/api/host`: what the host may know of its suppliers. Counts they agreed to, and documents they granted in writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from fastapi.responses import Response
from pydantic import Field

from serving.admission import Work
from serving.api.body import Body
from serving.api.documents import ORIGINAL, as_download
from serving.api.ledger import Disclosures
from serving.api.problem import language_of, problems
from serving.disclosure import Request
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.overview import Snapshot, this_month
from serving.paper import DisclosureRequest
from serving.product import Product
from serving.targets import Target, targets
from serving.wiring import Desk, Wired, product

router = APIRouter(prefix="/api/host", tags=["host"])
Who = Annotated[Identity, Depends(identity)]


class Asked(Body):
    company: str = Field(min_length=1, max_length=80, description="Name or id of the company that is asked")
    paper: DisclosureRequest


@dataclass(frozen=True, slots=True)
class HostOverview(Snapshot):
    """A month's tables, with the strategy's targets beside them."""

    targets: list[Target]


@router.get("/overview")
@may(Rule.HOST)
def overview(request: HttpRequest, wired: Wired) -> HostOverview:
    """Counts over companies that agreed to be counted, made once a month; no cell nor the rest of it is below five."""
    made = wired.overview.snapshot(this_month())
    return HostOverview(made.month, made.made_at, made.facts, targets(made, language_of(request)))


@router.get("/disclosures")
@may(Rule.HOST)
def disclosures(wired: Wired) -> Disclosures:
    """The host's own copies of its written requests, those to companies that have left too."""
    return {"disclosures": wired.disclosures.of_host()}


@router.post("/disclosures", status_code=201)
@may(Rule.HOST)
def ask(body: Asked, who: Who, desk: Desk, wired: Wired) -> Request:
    """Ask a company for a named document, with all that 하도급법 제12조의3 wants agreed beforehand."""
    company = desk.accounts.companies.find(body.company)
    return wired.disclosures.request(company.company_id, company.name, who.person, body.paper)


@router.delete("/disclosures/{disclosure_id}", status_code=204, responses=problems(409))
@may(Rule.HOST)
def erase(disclosure_id: str, deal_ended: date, who: Who, wired: Wired) -> None:
    """Erase the host's copy of a request, once the law no longer has it kept: seven years from the end of the deal."""
    wired.disclosures.erase(disclosure_id, who.person, deal_ended)


@router.get("/disclosures/{disclosure_id}/document", response_class=Response, responses=ORIGINAL)
@may(Rule.HOST, Work.FILE)
def disclosed(disclosure_id: str, who: Who, wired: Wired, made: Annotated[Product, Depends(product)]) -> Response:
    """The document a company granted, for as long as it grants it. Each time stands in both logs.

    The one way by which a place is opened for somebody who does not belong to it, and only for this file.
    """
    request = wired.disclosures.get(disclosure_id)
    if request.document_id is None:
        raise RequestError("not_disclosed", 404)
    wired.disclosures.disclose(request.company_id, request.document_id, who.person)
    with made.opened(request.company_id) as opened:
        entry = opened.place.registry.get(request.document_id)
        data = opened.place.registry.file(request.document_id).read_bytes()
    return Response(data, media_type="application/octet-stream", headers=as_download(entry.name))
