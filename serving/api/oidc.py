"""`/oidc` and `/api/sign-in-ways`: signing in, and accepting an invitation, through an OpenID provider."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractContextManager
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from serving.accounts.attempts import SECONDS
from serving.accounts.oidc import Arrival, SignOn
from serving.accounts.people import Person
from serving.accounts.subjects import Subjects
from serving.admission import Admitted, Work
from serving.api.problem import response_to
from serving.api.session import admit
from serving.audit import Action
from serving.errors import RequestError
from serving.gate import Rule, may
from serving.office import Office
from serving.wiring import Desk, Wired, secure

logger = logging.getLogger(__name__)

router = APIRouter(tags=["session"])
COOKIE = "giljabi_oidc"
_PATH = "/oidc"


class Provider(BaseModel):
    """`name`: whose accounts they are."""

    model_config = ConfigDict(extra="forbid")

    name: str


class SignInWays(BaseModel):
    """How people can sign in; `oidc` is null where no provider is set."""

    model_config = ConfigDict(extra="forbid")

    password: bool
    oidc: Provider | None


def sign_on(wired: Wired) -> SignOn:
    if wired.sign_on is None:
        raise RequestError("not_found", 404)
    return wired.sign_on


At = Annotated[SignOn, Depends(sign_on)]
Secure = Annotated[bool, Depends(secure)]
Word = Annotated[str, Query(max_length=4096)]


@router.get("/api/sign-in-ways")
@may(Rule.PUBLIC)
def sign_in_ways(wired: Wired) -> SignInWays:
    """How people can sign in here."""
    return SignInWays(password=True, oidc=Provider(name=wired.sign_on.provider.name) if wired.sign_on else None)


@router.get("/oidc/start", include_in_schema=False)
@may(Rule.PUBLIC)
async def start(
    request: Request, at: At, desk: Desk, secured: Secure,
    invitation: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:  # fmt: skip
    """Send the browser to the provider. Who comes back unknown accepts the invitation, where there is one.

    An invitation is accepted from the page that shows what it is to: who comes here with one from elsewhere, such as a
    link in a letter, is shown that page first, or a click would make them a member of whatever company.
    """
    if invitation and not _from_our_page(request):
        return RedirectResponse(f"/join#{invitation}", 303)
    try:
        with _admitted(request, at) as place:
            await place.begin()
            if invitation:
                await asyncio.to_thread(desk.accounts.links.read, invitation)
            back = at.provider.redirect_uri(request.headers.get("host", ""))
            departure = await at.provider.begin(back, invitation)
    except RequestError as error:
        return _refusal(request, error)
    response = RedirectResponse(departure.url, 303)
    response.set_cookie(
        COOKIE, departure.browser, max_age=SECONDS, path=_PATH, httponly=True, samesite="lax", secure=secured
    )
    return response


@router.get("/oidc/callback", include_in_schema=False)
@may(Rule.PUBLIC)
async def callback(
    request: Request, at: At, desk: Desk, secured: Secure,
    state: Word = "", code: Word = "", error: Word = "",
) -> Response:  # fmt: skip
    """Where the provider sends the browser back to: it is signed in, or told why not."""
    response: Response
    try:
        with _admitted(request, at) as place:
            await place.begin()
            arrival = await at.provider.finish(state, request.cookies.get(COOKIE, ""), code, error)
            session = await asyncio.to_thread(_session, desk, at.subjects, arrival)
    except RequestError as refused:
        response = _refusal(request, refused)
    else:
        response = RedirectResponse("/", 303)
        admit(response, session, desk, secure=secured)
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="lax", secure=secured)
    return response


def _admitted(request: Request, at: SignOn) -> AbstractContextManager[Admitted]:
    """A place for this address: nobody is known yet who could be counted instead. Raises BusyError."""
    address = request.client.host if request.client else ""
    return at.strangers.enter(address, None, Work.SEARCH)


def _from_our_page(request: Request) -> bool:
    """Whether a link or button of ours was pressed. Over plain http browsers send no `Sec-Fetch-Site`."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = request.headers.get("host", "").lower()
    return request.headers.get("referer", "").lower().startswith((f"http://{host}/", f"https://{host}/"))


def _session(desk: Office, subjects: Subjects, arrival: Arrival) -> str:
    """The secret of a session for whom the provider vouches. Raises RequestError; nobody is made uninvited."""
    try:
        with subjects.joining:
            person = _person(desk, subjects, arrival)
    except RequestError:
        desk.books.record(None, "system", Action.SIGN_IN_FAILED, way="oidc")
        raise
    return desk.signed_in(person, "oidc")


def _person(desk: Office, subjects: Subjects, arrival: Arrival) -> Person:
    known = subjects.find(arrival.subject)
    if known is not None:
        return known
    if not arrival.invitation:
        raise RequestError("oidc_unknown", 403)
    return desk.join_as(arrival.invitation, arrival.name, arrival.subject)


def _refusal(request: Request, error: RequestError) -> Response:
    """The error, in a sentence; why, for the operator, in the log."""
    if "why" in error.details:
        logger.warning("signing in through OpenID Connect: %s", error)
    return response_to(request, error)
