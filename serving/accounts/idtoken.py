"""An OpenID provider's word on who somebody is: a token it has signed for us, now, in answer to one sign-in."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from serving.errors import RequestError

logger = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that are taken, whatever the provider offers: none that our own secret or a public key could make."""
LEEWAY = 120
"""Seconds by which the provider's clock may differ from ours."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have signed, for whom, in answer to what."""

    issuer: str
    client_id: str
    nonce: str


def claims_of(token: str, access_token: str, keys: list[Any], expected: Expected) -> dict[str, Any]:
    """The claims of an ID token, `sub` among them as a name of 1 to 255 ASCII characters. `keys`: the provider's, as
    it publishes them. Raises RequestError: `oidc_clock` where only the time is wrong, else `oidc_unproven`.
    """
    from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
    from joserfc import jwt
    from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
    }
    asked = {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": access_token}
    try:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        signed = jwt.decode(token, KeySet(_public(keys)), registry=registry)
        CodeIDToken(signed.claims, signed.header, options, asked).validate(leeway=LEEWAY)
    except (ExpiredTokenError, InvalidClaimError) as error:
        ahead = isinstance(error, InvalidClaimError) and error.claim in {"iat", "nbf"}
        reason = "oidc_clock" if ahead or isinstance(error, ExpiredTokenError) else "oidc_unproven"
        raise RequestError(reason, 502, why=f"{type(error).__name__} {error.claim}") from None
    except (JoseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise RequestError("oidc_unproven", 502, why=type(error).__name__) from None
    subject: str = signed.claims["sub"]
    if not (0 < len(subject) <= 255 and subject.isascii() and subject.isprintable()):
        raise RequestError("oidc_unproven", 502, why="sub is no name of 1 to 255 ASCII characters")
    return signed.claims


def _public(keys: list[Any]) -> list[Any]:
    """Those of the provider's keys that can check a signature we take. One that is broken is no key."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    found = []
    for key in keys:
        if not isinstance(key, dict) or key.get("kty") not in ("RSA", "EC"):
            continue
        try:
            found.append(JWKRegistry.import_key(key))
        except (JoseError, ValueError, TypeError, LookupError, ArithmeticError):
            logger.warning("a key of the OpenID provider cannot be read")
    return found
