"""An OpenID provider that lies, and one that fails."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from serving import text
from serving.accounts.attempts import Attempts
from serving.accounts.idtoken import Expected, claims_of
from serving.accounts.oidc import OpenId, Registration
from serving.errors import RequestError
from tests.serving.fake_provider import CLIENT, SECRET, Provider, provider
from tests.serving.openid import Office, logs, office, refused, who, with_a_company

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

DESCRIPTION = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with provider() as at, office(tmp_path_factory.mktemp("home"), at) as made:
        yield made


@pytest.fixture
def its(lasting: Office) -> Iterator[Office]:
    with with_a_company(lasting) as made:
        yield made


# A provider that lies


def _unsigned(claims: dict[str, Any], header: dict[str, str], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join([*parts, signature])


def _other_key(at: Provider) -> None:
    other = RSAKey.generate_key(2048)
    at.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": at.key.kid}, claims, other)


def _public_key_as_secret(at: Provider) -> None:
    """By hand, since the library refuses to."""

    def sign(claims: dict[str, Any]) -> str:
        said = _unsigned(claims, {"alg": "HS256", "kid": str(at.key.kid)})
        made = hmac.digest(at.key.as_pem(private=False), said.rstrip(".").encode(), "sha256")
        return said + base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    at.sign = sign


def _client_secret(at: Provider) -> None:
    key = OctKey.import_key(SECRET)
    at.sign = lambda claims: jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])


def _published_secret(at: Provider) -> None:
    """The key set holds a symmetric key of the same id."""
    _client_secret(at)
    keys = {"keys": [OctKey.import_key(SECRET).as_dict(), at.key.as_dict(private=False)]}
    at.instead["/keys"] = 200, json.dumps(keys).encode()


def _tampered(at: Provider) -> None:
    def sign(claims: dict[str, Any]) -> str:
        header, _, signature = at.signed(claims).split(".")
        return ".".join([header, _unsigned(claims | {"sub": "admin"}, {}).split(".")[1], signature])

    at.sign = sign


def _none(at: Provider) -> None:
    at.sign = lambda claims: _unsigned(claims, {"alg": "none"})


def _none_in_capitals(at: Provider) -> None:
    at.sign = lambda claims: _unsigned(claims, {"alg": "None", "kid": str(at.key.kid)}, "AAAA")


def _own_key_in_the_header(at: Provider) -> None:
    other = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": other.as_dict(private=False), "kid": "own"}
    at.sign = lambda claims: jwt.encode(header, claims, other)


def _no_keys(at: Provider) -> None:
    at.instead["/keys"] = 200, b'{"keys": []}'


def _keys_for_encrypting(at: Provider) -> None:
    at.instead["/keys"] = 200, json.dumps({"keys": [at.key.as_dict(private=False, use="enc")]}).encode()


def claiming(**claims: Any) -> Callable[[Provider], None]:
    return lambda at: at.claims.update(claims)


LIES: dict[str, Callable[[Provider], None]] = {
    "another key": _other_key,
    "the public key as a secret": _public_key_as_secret,
    "the client's secret": _client_secret,
    "a published secret": _published_secret,
    "changed claims": _tampered,
    "alg none": _none,
    "alg None": _none_in_capitals,
    "a key of its own": _own_key_in_the_header,
    "no keys": _no_keys,
    "keys for encrypting": _keys_for_encrypting,
    "no token": lambda at: setattr(at, "sign", lambda _: "no.token"),
    "another issuer": claiming(iss="https://evil.example"),
    "a longer issuer": lambda at: at.claims.update(iss=at.issuer + "/"),
    "no issuer": claiming(iss=None),
    "for another client": claiming(aud="other"),
    "for others": claiming(aud=["other"], azp=CLIENT),
    "for us and others": claiming(aud=[CLIENT, "other"]),
    "by another client": claiming(azp="other"),
    "for nobody": claiming(aud=None),
    "no nonce": claiming(nonce=None),
    "another nonce": claiming(nonce="x" * 43),
    "no end": claiming(exp=None),
    "an end that is no time": claiming(exp="tomorrow"),
    "an endless end": claiming(exp=float("inf")),
    "another access token": claiming(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no name": claiming(sub=None),
    "an empty name": claiming(sub=""),
    "a number for a name": claiming(sub=7),
    "a long name": claiming(sub="x" * 256),
    "a name with a hidden end": claiming(sub="kim\x00"),
}
CLOCKS: dict[str, Callable[[Provider], None]] = {
    "over": lambda at: at.claims.update(exp=int(time.time()) - 3600),
    "from the future": lambda at: at.claims.update(iat=int(time.time()) + 3600),
    "not yet": lambda at: at.claims.update(nbf=int(time.time()) + 3600),
}


@pytest.mark.parametrize(
    ("lie", "reason"), [(lie, "oidc_unproven") for lie in LIES] + [(lie, "oidc_clock") for lie in CLOCKS]
)
def test_a_false_token_lets_nobody_in_and_is_not_repeated(
    its: Office, lie: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    its.known("kim")
    (LIES | CLOCKS)[lie](its.at)
    caplog.set_level(logging.DEBUG)
    browser = its.browser()
    answer = its.signing_in(browser, "kim", its.invitation())
    refused(answer, reason, 502)
    assert who(browser) == {}
    assert its.people() == ["김반장"]
    logged = logs(caplog)
    assert reason in logged
    for secret in [*its.at.sent, SECRET]:
        assert secret not in logged
        assert secret not in answer.text


def test_a_token_of_an_earlier_sign_in_is_not_taken_again(its: Office) -> None:
    its.member("kim")
    token = next(sent for sent in its.at.sent if sent.count(".") == 2)
    its.at.sign = lambda _: token
    refused(its.signing_in(its.browser(), "kim"), "oidc_unproven", 502)


def test_a_small_difference_of_clocks_and_keys_that_cannot_be_read_do_no_harm(its: Office) -> None:
    now = int(time.time())
    its.at.claims.update(iat=now + 60, exp=now - 60)
    odd = [3, {"kty": ["RSA"]}, {"kty": "EC", "crv": "P-1", "x": "a", "y": "b"}, {"kty": "RSA", "n": "!", "e": "AQAB"}]
    its.at.instead["/keys"] = 200, json.dumps({"keys": [*odd, its.at.key.as_dict(private=False)]}).encode()
    its.member("kim")


ODD = some.one_of(
    some.sampled_from(["RSA", "EC", "P-256", "AQAB", "sig", "", "RS256", "c", "i", "n"]), some.text(), some.none(),
    some.integers(), some.floats(), some.lists(some.text()), some.dictionaries(some.text(), some.text()), some.booleans(),
)  # fmt: skip
CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "azp", "at_hash", "amr", "auth_time", "jti")
PARAMETERS = ("kty", "crv", "n", "e", "x", "y", "use", "kid", "alg", "key_ops")


@cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(some.dictionaries(some.sampled_from(CLAIMS), ODD), some.dictionaries(some.sampled_from(PARAMETERS), ODD))
def test_whatever_comes_as_a_key_or_as_claims_is_for_us_or_refused(claims: dict[str, Any], key: dict[str, Any]) -> None:
    right = {"iss": "i", "sub": "s", "aud": "c", "exp": time.time() + 300, "iat": time.time(), "nonce": "n"}
    token = jwt.encode({"alg": "RS256"}, right | claims, _key())
    found, refused_for = {}, ""
    try:
        found = claims_of(token, "access", [_key().as_dict(private=False) | key], Expected("i", "c", "n"))
    except RequestError as error:
        refused_for = error.reason
    assert refused_for in {"oidc_unproven", "oidc_clock"} or (
        (found["iss"], found["nonce"]) == ("i", "n") and found["aud"] in ("c", ["c"]) and isinstance(found["sub"], str)
    )
    assert found or claims or key


@settings(deadline=None, max_examples=60, derandomize=True)
@given(some.one_of(some.text(), some.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True)))
def test_whatever_comes_as_a_token_is_refused(token: str) -> None:
    with pytest.raises(RequestError, match="oidc_unproven"):
        claims_of(token, "", [_key().as_dict(private=False)], Expected("i", "c", "n"))


# A provider that fails


@pytest.mark.parametrize(
    ("path", "answer", "reason", "status"),
    [
        (DESCRIPTION, (500, b""), "oidc_down", 503),
        (DESCRIPTION, (404, b"no"), "oidc_misfit", 502),
        (DESCRIPTION, (200, b"<html>"), "oidc_misfit", 502),
        (DESCRIPTION, (200, b"[]"), "oidc_misfit", 502),
        (DESCRIPTION, (200, b"\xff"), "oidc_misfit", 502),
        (DESCRIPTION, (200, b"[" * 100_000), "oidc_misfit", 502),
        (DESCRIPTION, (302, b"http://127.0.0.1:1/"), "oidc_misfit", 502),
        ("/token", (503, b""), "oidc_down", 503),
        ("/token", (429, b""), "oidc_down", 503),
        ("/token", (400, b'{"error": "invalid_grant"}'), "oidc_refused", 502),
        ("/token", (400, b"\x00"), "oidc_refused", 502),
        ("/token", (400, b'{"error": "hush"}'), "oidc_refused", 502),
        ("/token", (200, b"{}"), "oidc_misfit", 502),
        ("/token", (200, b'{"id_token": 7}'), "oidc_misfit", 502),
        ("/token", (307, b"/elsewhere"), "oidc_refused", 502),
        ("/keys", (500, b""), "oidc_down", 503),
        ("/keys", (200, b"{}"), "oidc_misfit", 502),
        ("/keys", (200, b'{"keys": {}}'), "oidc_misfit", 502),
    ],
)
def test_a_provider_that_fails_is_told_in_a_sentence(
    its: Office, path: str, answer: tuple[int, bytes], reason: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    its.known("kim")
    its.at.instead[path] = answer
    browser = its.browser()
    if path == DESCRIPTION:
        refused(browser.get("/oidc/start"), reason, status)
        assert browser.cookies.get("giljabi_oidc") is None
    else:
        refused(its.signing_in(browser, "kim"), reason, status)
    assert who(browser) == {}
    assert "/elsewhere" not in its.at.asked
    assert reason in logs(caplog)
    assert "hush" not in logs(caplog)


def test_an_answer_without_an_end_is_not_read_to_it(its: Office) -> None:
    _, right = its.at.answer(DESCRIPTION, "", "")
    its.at.instead[DESCRIPTION] = 200, right + b" " * 1_000_000
    refused(its.browser().get("/oidc/start"), "oidc_misfit", 502)
    its.at.instead[DESCRIPTION] = 200, right + b" " * 900_000
    assert its.browser().get("/oidc/start").status_code == 303


def test_a_provider_that_is_not_there(its: Office, tmp_path: Path) -> None:
    with office(tmp_path / "away", its.at, oidc_issuer="http://127.0.0.1:9") as away:
        refused(away.browser().get("/oidc/start"), "oidc_down", 503)
        english = away.browser().get("/oidc/start", headers={"Accept-Language": "en-US"})
        assert text.SENTENCES["oidc_down"]["en"] in english.text
        program = away.browser().get("/oidc/start", headers={"Accept": "application/json"})
        assert program.headers["content-type"] == "application/problem+json"
        assert program.json()["title"] == text.SENTENCES["oidc_down"]["ko"]


def test_a_wrong_client_secret_is_told_to_the_operator_without_it(
    its: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with office(tmp_path / "home", its.at, oidc_client_secret=SecretStr("not-the-secret")) as other:
        refused(other.signing_in(other.browser(), "kim", other.invitation()), "oidc_refused", 502)
    assert "invalid_client" in logs(caplog)
    assert not any(secret in logs(caplog) for secret in [*its.at.sent, "not-the-secret"])


def test_what_the_provider_sends_back_instead_of_a_code(its: Office, caplog: pytest.LogCaptureFixture) -> None:
    for said, reason, status in [
        ("access_denied", "oidc_denied", 403),
        ("server_error", "oidc_refused", 502),
        ("<script>alert(1)</script>", "oidc_refused", 502),
    ]:
        browser = its.browser()
        state = parse_qs(urlsplit(its.begun(browser)).query)["state"][0]
        answer = browser.get("/oidc/callback", params={"state": state, "error": said, "error_description": "<b>"})
        refused(answer, reason, status)
        assert "<script" not in answer.text
        assert "<b>" not in answer.text
    assert "server_error" in logs(caplog)
    assert "alert" not in logs(caplog)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"jwks_uri": "https://evil.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "https://evil.example/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "//evil.example"},
        {"token_endpoint": None},
        {"token_endpoint": ["x"]},
    ],
)
def test_a_description_that_leads_elsewhere_is_not_followed(its: Office, said: dict[str, Any]) -> None:
    its.at.said.update(said)
    refused(its.browser().get("/oidc/start"), "oidc_misfit", 502)
    assert its.at.asked == [DESCRIPTION]


def test_addresses_made_to_be_misread_are_not_on_the_issuers_host(its: Office) -> None:
    host = urlsplit(its.at.issuer).netloc
    for misleading in (
        f"http://{host}@evil.example/",
        f"http://{host}\\@evil.example/",
        f"http://{host}\n.evil.example/",
    ):
        its.at.said["jwks_uri"] = misleading
        refused(its.browser().get("/oidc/start"), "oidc_misfit", 502)


def test_a_further_host_is_followed_where_the_operator_named_it(its: Office, tmp_path: Path) -> None:
    with provider() as keys:
        further = f" {urlsplit(keys.issuer).netloc} ,"
        with office(tmp_path / "home", its.at, oidc_hosts=further) as other:
            keys.key = its.at.key
            its.at.said["jwks_uri"] = f"{keys.issuer}/keys"
            other.member("kim")
            assert keys.asked == ["/keys"]


def test_a_provider_that_wants_the_clients_secret_in_the_form_gets_it_there(its: Office) -> None:
    its.at.said["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    its.member("kim")


def test_a_registration_does_not_show_its_secret() -> None:
    registration = Registration("https://a.example", "id", "hush", "회사 계정")
    assert "hush" not in repr(registration)
    assert "hush" not in repr(OpenId(registration, Attempts()))
