"""Signing in through an OpenID provider: the authorization code flow with state, nonce and PKCE."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from serving.accounts.attempts import Attempt, Attempts
from serving.accounts.idtoken import Expected, claims_of
from serving.accounts.subjects import Subjects
from serving.admission import Admission
from serving.errors import RequestError, ServingError
from serving.gate import is_loopback

CALLBACK = "/oidc/callback"
_SCOPE = "openid profile"
_PATIENCE = 10.0
_MOST_BYTES = 1_000_000
_HOST = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}
_SAID = frozenset({
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope", "unsupported_response_type", "server_error", "temporarily_unavailable", "interaction_required",
    "login_required", "consent_required", "account_selection_required",
})  # fmt: skip
"""The words of the standards for a refusal. What else a provider says is not written down: it might repeat a secret."""


@dataclass(frozen=True, slots=True)
class Registration:
    """How this installation is registered at the provider, and whose accounts (`name`) the sign-in page says they are.

    `hosts`: further hosts that the provider's description may name. `public_url` is empty where people open the server
    by its own address.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    hosts: tuple[str, ...] = ()
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the secret it keeps meanwhile."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back, as the provider vouches. `subject` is (issuer, name there); `invitation` the secret of one."""

    subject: tuple[str, str]
    name: str
    invitation: str | None


class _Description(BaseModel):
    """Of the provider's description of itself, what is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Tokens(BaseModel):
    id_token: str
    access_token: str = ""


class _Refused(BaseModel):
    error: str


class _Keys(BaseModel):
    keys: list[Any]


_Shape = TypeVar("_Shape", bound=BaseModel)


class OpenId:
    """One provider. It is asked for its description when a sign-in begins and for its keys when it ends, never from
    memory: people sign in rarely, and a provider that is down or has new keys needs no further rule.

    What it says is held against the registration: the issuer to the letter, every address on the issuer's own host or
    one of the registered. Its errors say `why` for the log, and there nothing that was sent stands but addresses.
    """

    def __init__(self, registration: Registration, attempts: Attempts) -> None:
        """Raises ServingError for an issuer that nobody could trust: not https, or not on this machine."""
        self._at = registration
        self._attempts = attempts
        try:
            parts, home = urlsplit(registration.issuer), _place(registration.issuer)
            scheme = home[0]
            hosts = {_place(f"{scheme}://{host}") for host in registration.hosts}
        except ValueError as error:
            raise ServingError("oidc_settings") from error
        self._near = is_loopback(home[1])
        plain = parts.query or parts.fragment or not home[1] or len(registration.issuer) > 255
        if plain or not registration.client_id or not (scheme == "https" or (scheme == "http" and self._near)):
            raise ServingError("oidc_settings")
        self._places = {home} | hosts

    @property
    def name(self) -> str:
        return self._at.name

    def redirect_uri(self, host: str) -> str:
        """Where the provider sends people back to: `host` is the request's own, used where no public address is set."""
        if self._at.public_url:
            return self._at.public_url.rstrip("/") + CALLBACK
        if not _HOST.fullmatch(host):
            raise RequestError("unknown_host", 421)
        return f"http://{host}{CALLBACK}"

    async def begin(self, redirect_uri: str, invitation: str | None) -> Departure:
        """Begin a sign-in. Raises RequestError where the provider is down or is not what was registered."""
        from authlib.oauth2 import OAuth2Client  # type: ignore[import-untyped]

        async with self._asking() as client:
            described = await self._described(client)
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        in_body = "client_secret_basic" not in described.token_endpoint_auth_methods_supported
        state, browser = self._attempts.begin(
            Attempt(
                nonce, verifier, redirect_uri, described.token_endpoint, described.jwks_uri, in_body, invitation
            )
        )  # fmt: skip
        door = OAuth2Client(
            None, self._at.client_id, scope=_SCOPE, redirect_uri=redirect_uri, code_challenge_method="S256"
        )
        url, _ = door.create_authorization_url(
            described.authorization_endpoint, state=state, code_verifier=verifier, nonce=nonce
        )
        return Departure(url, browser)

    async def finish(self, state: str, browser: str, code: str, error: str) -> Arrival:
        """Who came back with this answer of the provider. Raises RequestError; an answer counts once."""
        attempt = self._attempts.finish(state, browser)
        if error == "access_denied":
            raise RequestError("oidc_denied", 403)
        if error or not code:
            raise RequestError("oidc_refused", 502, why=error if error in _SAID else "no code")
        async with self._asking() as client:
            tokens = await self._tokens(client, attempt, code)
            keys = _read(_Keys, await _ask(client, "GET", attempt.keys_url)).keys
        expected = Expected(self._at.issuer, self._at.client_id, attempt.nonce)
        claims = claims_of(tokens.id_token, tokens.access_token, keys, expected)
        subject = claims["sub"]
        names = (claims.get("name"), claims.get("preferred_username"), subject)
        called = next(name for name in names if isinstance(name, str) and name.isprintable() and name.strip())
        return Arrival((self._at.issuer, subject), called, attempt.invitation)

    @asynccontextmanager
    async def _asking(self) -> AsyncGenerator[httpx.AsyncClient]:
        """A client for the provider, with all it is asked within ten seconds. It follows no redirect."""
        try:
            async with asyncio.timeout(_PATIENCE), httpx.AsyncClient(trust_env=not self._near) as client:
                yield client
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise RequestError("oidc_down", 503, why=type(error).__name__) from None

    async def _described(self, client: httpx.AsyncClient) -> _Description:
        url = self._at.issuer.rstrip("/") + "/.well-known/openid-configuration"
        described = _read(_Description, await _ask(client, "GET", url))
        if described.issuer != self._at.issuer:
            raise RequestError("oidc_misfit", 502, why=f"the issuer calls itself {described.issuer[:200]!r}")
        for url in (described.authorization_endpoint, described.token_endpoint, described.jwks_uri):
            try:
                fits = _place(url) in self._places
            except ValueError:
                fits = False
            if not fits:
                raise RequestError("oidc_misfit", 502, why=f"{url[:200]!r} is not on the issuer's host")
        return described

    async def _tokens(self, client: httpx.AsyncClient, attempt: Attempt, code: str) -> _Tokens:
        """Exchange the code."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
        }  # fmt: skip
        auth: httpx.BasicAuth | None = None
        name, secret = self._at.client_id, self._at.client_secret
        if secret and not attempt.in_body:
            auth = httpx.BasicAuth(quote_plus(name), quote_plus(secret))  # RFC 6749 §2.3.1
        else:
            form |= {"client_id": name} | ({"client_secret": secret} if secret else {})
        return _read(_Tokens, await _ask(client, "POST", attempt.token_url, data=form, auth=auth))


@dataclass(frozen=True, slots=True)
class SignOn:
    """What signing in through a provider takes. `strangers` counts the tries of each address: nobody is known yet."""

    provider: OpenId
    subjects: Subjects
    strangers: Admission


def _place(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address. Raises ValueError for one that is made to be misread."""
    parts = urlsplit(url)
    if parts.username is not None or "\\" in url or not url.isprintable():
        raise ValueError("misleading address")
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


async def _ask(
    client: httpx.AsyncClient, method: str, url: str, *, data: dict[str, str] | None = None,
    auth: httpx.BasicAuth | None = None,
) -> bytes:  # fmt: skip
    """The body of the provider's answer. Raises RequestError for one that is no answer to what was asked."""
    body = b""
    headers = {"Accept": "application/json"}
    async with client.stream(method, url, headers=headers, data=data, auth=auth or httpx.USE_CLIENT_DEFAULT) as answer:
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > _MOST_BYTES:
                raise RequestError("oidc_misfit", 502, why="an endless answer")
    if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise RequestError("oidc_down", 503, why=f"HTTP {answer.status_code}")
    if answer.status_code != httpx.codes.OK:
        reason = "oidc_refused" if method == "POST" else "oidc_misfit"
        raise RequestError(reason, 502, why=f"HTTP {answer.status_code} {_word(body)}")
    return body


def _read(shape: type[_Shape], body: bytes) -> _Shape:
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        where = ", ".join(str(item["loc"][0]) for item in error.errors(include_input=False) if item["loc"])
        raise RequestError("oidc_misfit", 502, why=f"wrong or missing: {where or 'JSON'}") from None


def _word(body: bytes) -> str:
    """Why the provider refused, where it says so in a word of the standards."""
    try:
        said = _Refused.model_validate_json(body).error
    except ValidationError:
        return ""
    return said if said in _SAID else ""
