"""Who asks, and whether they may: decided once a request, from where it comes. Until accounts exist there is one local user."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from fastapi import Request

from serving.errors import RequestError

LOCAL_COMPANY = "local"
LOCAL_PERSON = "local-user"


@dataclass(frozen=True, slots=True)
class Caller:
    """The person on whose behalf a request is served, and the company whose place it may open."""

    company: str
    person: str


def caller(request: Request) -> Caller:
    """The local user for a call from this machine; anyone else gets 401."""
    if not is_loopback(request.client.host if request.client else ""):
        raise RequestError("unauthorised", 401)
    return Caller(LOCAL_COMPANY, LOCAL_PERSON)


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
