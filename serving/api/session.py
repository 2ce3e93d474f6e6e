"""`/api/session` and links: signing in, out, and accepting an invitation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from typing_extensions import TypedDict

from serving.accounts.roles import Role
from serving.accounts.throttle import Throttle
from serving.api.body import Body
from serving.api.gatekeeper import CHOICE, COOKIE
from serving.api.problem import problems
from serving.audit import Action
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.office import Office
from serving.wiring import Desk, secure, throttle

router = APIRouter(tags=["session"])


class SignIn(Body):
    login: str = Field(min_length=1, max_length=120)
    password: str = Field(min_length=1, max_length=200)


class Acceptance(Body):
    """An invitation accepted: the login and password to sign in with from now on."""

    token: str = Field(min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=80)
    login: str = Field(min_length=1, max_length=120)
    password: str = Field(min_length=1, max_length=200)


class Choice(Body):
    company_id: str = Field(min_length=1, max_length=80)


class Granted(TypedDict):
    company_id: str
    company: str


class Caller(TypedDict):
    """`granted`: companies that let this consultant in; `company_id` is the one that is open. A key has no name."""

    person_id: str
    name: str | None
    role: str
    company_id: str | None
    company: str | None
    granted: list[Granted]


class Invitation(TypedDict):
    """`company` is null for who belongs to none."""

    company: str | None
    role: str
    name: str


Secure = Annotated[bool, Depends(secure)]


@router.post("/api/session", status_code=204)
@may(Rule.PUBLIC)
def sign_in(
    request: Request, body: SignIn, desk: Desk, secured: Secure, slowed: Annotated[Throttle, Depends(throttle)]
) -> Response:
    """Sign in; the session comes as a cookie. A wrong password and an unknown login are told apart by nothing."""
    address = request.client.host if request.client else ""
    slowed.check(body.login, address)
    try:
        person = desk.accounts.people.signed_in(body.login, body.password)
    except Exception:
        slowed.failed(body.login, address)  # or the try would be under way for good
        raise
    if person is None:
        slowed.failed(body.login, address)
        desk.books.record(None, "system", Action.SIGN_IN_FAILED)
        raise RequestError("sign_in_failed", 401)
    slowed.succeeded(body.login, address)
    response = Response(status_code=204)
    admit(response, desk.signed_in(person, "password"), desk, secure=secured)
    return response


@router.get("/api/session")
@may(Rule.KNOWN)
def who_am_i(who: Annotated[Identity, Depends(identity)], desk: Desk) -> Caller:
    """Whom the server takes the caller for, and what they may open."""
    accounts = desk.accounts
    named = accounts.companies.find(who.company).name if who.company else None
    choice = accounts.grants.companies_of(who.person) if who.role == Role.CONSULTANT else {}
    return {
        "person_id": who.person,
        "name": accounts.people.get(who.person).name if who.by_cookie else None,
        "role": who.role,
        "company_id": who.company,
        "company": named,
        "granted": [{"company_id": one, "company": accounts.companies.find(one).name} for one in choice],
    }


@router.put("/api/session/company", status_code=204, responses=problems(404))
@may(Rule.KNOWN)
def open_company(who: Annotated[Identity, Depends(identity)], body: Choice, desk: Desk, secured: Secure) -> Response:
    """Of the companies that let this consultant in, the one this browser is to see from now on.

    Opens nothing by itself: each request is asked anew whether that company still lets them in.
    """
    if who.role != Role.CONSULTANT or body.company_id not in desk.accounts.grants.companies_of(who.person):
        raise RequestError("unknown_company", 404)
    response = Response(status_code=204)
    _remember(response, CHOICE, body.company_id, desk, secure=secured)
    return response


@router.delete("/api/session", status_code=204)
@may(Rule.KNOWN)
def sign_out(request: Request, desk: Desk, _: Annotated[Identity, Depends(identity)]) -> Response:
    """Sign out. An API key is not a session: it is revoked by its company's admin."""
    desk.signed_out(request.cookies.get(COOKIE, ""))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE)
    response.delete_cookie(CHOICE)
    return response


@router.get("/enter", include_in_schema=False)
@may(Rule.PUBLIC)
def enter(token: str, desk: Desk, secured: Secure) -> RedirectResponse:
    """Follow a one-time sign-in link."""
    response = RedirectResponse("/", 303)
    admit(response, desk.signed_in(desk.accounts.links.enter(token), "link"), desk, secure=secured)
    return response


@router.get("/api/invitations/{token}", responses=problems(410))
@may(Rule.PUBLIC)
def invitation(token: str, desk: Desk) -> Invitation:
    """What an invitation is to, before it is accepted."""
    found = desk.accounts.links.read(token)
    return {"company": found.company, "role": found.role, "name": found.name}


@router.post("/api/invitations", status_code=204, responses=problems(409, 410))
@may(Rule.PUBLIC)
def accept(body: Acceptance, desk: Desk, secured: Secure) -> Response:
    """Accept an invitation: a person is made, and signed in."""
    person = desk.join(body.token, body.name, body.login, body.password)
    response = Response(status_code=204)
    admit(response, desk.signed_in(person, "invitation"), desk, secure=secured)
    return response


def admit(response: Response, secret: str, desk: Office, *, secure: bool) -> None:
    """Set the session's cookie: no script reads it, no foreign page sends it along with a change."""
    _remember(response, COOKIE, secret, desk, secure=secure)
    response.delete_cookie(CHOICE)  # of whoever was here before


def _remember(response: Response, cookie: str, value: str, desk: Office, *, secure: bool) -> None:
    lasting = desk.accounts.sessions.seconds
    response.set_cookie(cookie, value, max_age=lasting, httponly=True, samesite="lax", secure=secure)
