"""Who asks, and what they may: decided once a request, from what they proved, before anything of it is read.

Every route states its rule with `may`; a route that states none keeps the app from being built.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from fastapi import Request
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from serving.accounts.grants import Grants
from serving.accounts.keys import Keys
from serving.accounts.roles import Role
from serving.accounts.secrets import kept
from serving.accounts.sessions import Sessions
from serving.admission import Work
from serving.errors import RequestError, ServingError

LOCAL_PERSON = "local-user"
_STATED = "__giljabi_rule__"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a request comes from, as proved by a key or a session.

    `place` names the stores the request may open, None for those who may open none: the company of its people, the
    company a consultant was let in by, a trainer's own. `proof` is what ends the request when it is revoked.
    """

    person: str
    role: Role
    company: str | None
    place: str | None
    proof: str
    by_cookie: bool = False
    read_only: bool = False  # an operator's break-glass access
    until: str | None = None  # when the right ends by itself


class Rule(StrEnum):
    """What a route asks of who calls it."""

    PUBLIC = "public"  # nobody need be known: signing in, and whether the server lives
    KNOWN = "known"  # anybody who is signed in
    READ = "read"  # documents, questions and conversations of the place that is theirs
    CASE = "case"  # the case file and diagnoses of the company that is theirs to open
    WRITE = "write"  # a company's people: its documents
    COMPANY = "company"  # a company's people: what concerns all of them, such as its log
    ADMIN = "admin"  # a company's admin
    HOST = "host"
    OPERATOR = "operator"


def _of_company(identity: Identity) -> bool:
    return identity.role in {Role.STAFF, Role.ADMIN} and identity.company is not None and not identity.read_only


_ALLOWS: dict[Rule, Callable[[Identity], bool]] = {
    Rule.PUBLIC: lambda _: True,
    Rule.KNOWN: lambda _: True,
    Rule.READ: lambda identity: identity.place is not None,
    Rule.CASE: lambda identity: identity.place is not None and identity.role != Role.TRAINER,
    Rule.WRITE: _of_company,
    Rule.COMPANY: _of_company,
    Rule.ADMIN: lambda identity: _of_company(identity) and identity.role == Role.ADMIN,
    Rule.HOST: lambda identity: identity.role == Role.HOST,
    Rule.OPERATOR: lambda identity: identity.role == Role.OPERATOR and identity.company is None,
}


@dataclass(frozen=True, slots=True)
class Stated:
    """A route's rule, and what a request to it asks of the machine."""

    rule: Rule
    work: Work = Work.LIGHT


def may(rule: Rule, work: Work = Work.LIGHT) -> Callable[[Endpoint], Endpoint]:
    """States the rule of a route: the decorator under `@router.get(…)`."""

    def stated(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _STATED, Stated(rule, work))
        return endpoint

    return stated


class UngatedRouteError(ServingError):
    """A route states no rule, so nobody may be let in by it."""


class Rules:
    """The rules of an app's routes, read from the app itself."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        """Raises UngatedRouteError for a route that states none."""
        self._stated = [(route, _stated(route)) for route in flat(routes)]

    def of(self, scope: Scope) -> Stated | None:
        """The rule for a request; None where no route takes its path. A wrong method falls under the path's rule."""
        partial = None
        for route, stated in self._stated:
            match, _ = route.matches(scope)
            if match == Match.FULL:
                return stated
            if match == Match.PARTIAL and partial is None:
                partial = stated
        return partial

    def all(self) -> Sequence[tuple[Route, Stated]]:
        return self._stated


def flat(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    """The routes of an app with those of the routers it includes. Raises UngatedRouteError for what is no plain route."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from flat(included.routes)
        elif isinstance(route, Route):
            yield route
        else:
            raise UngatedRouteError("internal", route=repr(route))


def _stated(route: Route) -> Stated:
    stated = getattr(route.endpoint, _STATED, None)
    if not isinstance(stated, Stated):
        raise UngatedRouteError("internal", route=route.path)
    return stated


def decide(stated: Stated, identity: Identity | None) -> None:
    """Raises RequestError: 401 for who is not known, 403 for who may not."""
    if stated.rule == Rule.PUBLIC:
        return
    if identity is None:
        raise RequestError("unauthorised", 401)
    if not _ALLOWS[stated.rule](identity):
        raise RequestError(_refusal(stated.rule, identity), 403)


def _refusal(rule: Rule, identity: Identity) -> str:
    if rule in {Rule.READ, Rule.CASE} and identity.role == Role.CONSULTANT:
        return "no_company_open"
    return "no_case_file" if rule == Rule.CASE and identity.role == Role.TRAINER else "forbidden"


class Gate:
    """Turns what a request proves into who it is. Asked anew for every request, so that revoking works at once."""

    def __init__(self, sessions: Sessions, keys: Keys, grants: Grants, machine: dict[str, Identity]) -> None:
        """`machine`: identities of this start's own command line, by the hash of their secret."""
        self._sessions = sessions
        self._keys = keys
        self._grants = grants
        self._machine = machine

    def by_key(self, secret: str, company: str | None) -> Identity | None:
        """Who holds this API key. `company`: which of the companies that let a consultant in is meant."""
        proof = kept(secret)
        if proof in self._machine:
            return self._machine[proof]
        key = self._keys.find(secret)
        if key is None:
            return None
        if key.reason is not None:
            company = key.company_id
            return Identity(key.key_id, Role.OPERATOR, company, company, proof, read_only=True, until=key.expires_at)
        return self._placed(Identity(key.key_id, key.role, key.company_id, None, proof), company)

    def by_session(self, secret: str, company: str | None) -> Identity | None:
        """Whose session it is."""
        person = self._sessions.find(secret)
        if person is None:
            return None
        found = Identity(person.person_id, person.role, person.company_id, None, kept(secret), by_cookie=True)
        return self._placed(found, company)

    def _placed(self, identity: Identity, company: str | None) -> Identity:
        opened, place, until = identity.company, identity.company, None
        if identity.role == Role.TRAINER:
            place = f"trainer-{identity.person}"
        elif identity.role == Role.CONSULTANT:
            granted = self._grants.companies_of(identity.person)
            # Never guessed, were there but one: what is asked about one company must not end up in another's place.
            opened = place = company if company in granted else None
            until = granted[opened] if opened else None
        return replace(identity, company=opened, place=place, until=until)


def identity(request: Request) -> Identity:
    """Who is asking: for routes. The gate has let them in, so they are known."""
    found = request.scope["state"].get("identity")
    if not isinstance(found, Identity):
        raise RequestError("unauthorised", 401)
    return found


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
