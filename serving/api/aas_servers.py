"""`/api/aas/servers`: the AAS servers companies' data are read from. The operator of the machine alone names addresses."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from typing_extensions import TypedDict

import knowledge.text
import serving.text
from serving.aas_servers import AasServer
from serving.admission import Work
from serving.api.body import Body
from serving.api.company import mine
from serving.api.problem import language_of, problems
from serving.audit import Action
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.text import Language
from serving.wiring import Wired

router = APIRouter(prefix="/api/aas", tags=["aas"])
Who = Annotated[Identity, Depends(identity)]
HOUR = 60
WEEK = 7 * 24 * HOUR


class ServerWanted(Body):
    company: str = Field(min_length=1, max_length=80, description="Id or name")
    url: str = Field(min_length=1, max_length=500, description="http(s)://…, with or without /api/v3.0")
    every_minutes: int = Field(default=HOUR, ge=1, le=WEEK)


class WireServer(TypedDict):
    """`state`: how the last fetch went; `said` tells it in a sentence. `documents` counts what came from the server."""

    server_id: str
    company_id: str
    url: str
    every_minutes: int
    created_at: str
    fetched_at: str | None
    state: Literal["new", "ok", "failed"]
    said: str
    documents: int


class Servers(TypedDict):
    servers: list[WireServer]


@router.get("/servers")
@may(Rule.OPERATOR)
def servers(request: Request, wired: Wired, company: str | None = None) -> Servers:
    """The connected servers, or those of one company."""
    of = wired.office.accounts.companies.find(company).company_id if company else None
    return {"servers": [_wire(each, language_of(request)) for each in wired.aas_servers.all(of)]}


@router.post("/servers", status_code=201, responses=problems(409))
@may(Rule.OPERATOR)
def connect(body: ServerWanted, who: Who, request: Request, wired: Wired) -> WireServer:
    """Connect a server to a company. It is read from then on; the company's log says so."""
    company = wired.office.accounts.companies.find(body.company).company_id
    made = wired.aas_servers.connect(company, body.url, body.every_minutes, who.person)
    wired.office.books.record(company, who.person, Action.AAS_CONNECTED, made.server_id, every=body.every_minutes)
    return _wire(made, language_of(request))


@router.delete("/servers/{server_id}", status_code=204)
@may(Rule.OPERATOR)
def disconnect(server_id: str, who: Who, wired: Wired) -> None:
    """Stop reading a server. What came from it stays with the company."""
    gone = wired.aas_servers.disconnect(server_id)
    wired.office.books.record(gone.company_id, who.person, Action.AAS_DISCONNECTED, server_id)


@router.post("/servers/{server_id}/fetch")
@may(Rule.OPERATOR, Work.FILE)
def fetch(server_id: str, request: Request, wired: Wired) -> WireServer:
    """Read a server now. A server that cannot be read says why in `said`."""
    if wired.aas_fetching is None:
        raise RequestError("not_found", 404)
    return _wire(wired.aas_fetching.fetch(server_id), language_of(request))


@router.get("/connections")
@may(Rule.COMPANY)
def connections(who: Who, request: Request, wired: Wired) -> Servers:
    """The servers that the caller's company is read from."""
    return {"servers": [_wire(each, language_of(request)) for each in wired.aas_servers.all(mine(who))]}


def _wire(server: AasServer, language: Language) -> WireServer:
    state: Literal["new", "ok", "failed"] = "failed" if server.reason else "ok" if server.fetched_at else "new"
    return {
        "server_id": server.server_id,
        "company_id": server.company_id,
        "url": server.url,
        "every_minutes": server.every_minutes,
        "created_at": server.created_at,
        "fetched_at": server.fetched_at,
        "state": state,
        "said": _said(server, language),
        "documents": sum(bool(ids) for ids in server.documents.values()),
    }


def _said(server: AasServer, language: Language) -> str:
    details = dict(server.details)
    if server.reason in knowledge.text.SENTENCES:
        return knowledge.text.sentence(server.reason, language, details)
    if server.reason in serving.text.SENTENCES:
        return serving.text.sentence(server.reason, language, details)
    if server.reason:
        return serving.text.sentence("internal", language, {})
    if server.fetched_at is None:
        return serving.text.sentence("aas_server_new", language, {})
    key = "aas_server_gaps" if details.get("missing") else "aas_server_read"
    return serving.text.sentence(key, language, details)
