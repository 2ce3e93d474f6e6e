"""What routes are handed of the app that serves them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from serving.aas_fetching import AasFetching
from serving.aas_servers import AasServers
from serving.accounts.oidc import SignOn
from serving.accounts.throttle import Throttle
from serving.disclosure import Disclosures
from serving.errors import RequestError
from serving.gate import Identity, identity
from serving.office import Office
from serving.overview import Consents, Overview
from serving.places import Opened
from serving.product import Product
from serving.vault import Vault


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts behind the routes. `product` is None where only accounts are served; `secure`: cookies over https only."""

    office: Office
    disclosures: Disclosures
    consents: Consents
    overview: Overview
    throttle: Throttle
    sign_on: SignOn | None
    vault: Vault
    product: Product | None
    secure: bool
    aas_servers: AasServers
    aas_fetching: AasFetching | None


def wiring(request: Request) -> Wiring:
    found = request.app.state.wiring
    if not isinstance(found, Wiring):
        raise TypeError("the app was not made by serving.web")
    return found


Wired = Annotated[Wiring, Depends(wiring)]


def office(wired: Wired) -> Office:
    return wired.office


Desk = Annotated[Office, Depends(office)]


def throttle(wired: Wired) -> Throttle:
    return wired.throttle


def secure(wired: Wired) -> bool:
    return wired.secure


def product(wired: Wired) -> Product:
    if wired.product is None:
        raise RequestError("not_found", 404)
    return wired.product


Made = Annotated[Product, Depends(product)]


def opened(who: Annotated[Identity, Depends(identity)], made: Made) -> Generator[Opened]:
    """The stores of the place the caller may open, for as long as the request lasts. There is no other way to them."""
    if who.place is None:
        raise RequestError("forbidden", 403)
    with made.opened(who.place) as found:
        yield found
