"""Signing in through an OpenID provider: a real one, and one that lies."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as some
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from serving import build, text
from serving.accounts.attempts import SECONDS, Attempt, Attempts
from serving.accounts.idtoken import Expected, claims_of
from serving.accounts.oidc import OpenId, Registration
from serving.accounts.people import Person
from serving.accounts.roles import Role
from serving.admission import Admission, Limits
from serving.audit import Action
from serving.build import Foundation
from serving.errors import RequestError, ServingError
from serving.home import Home
from serving.settings import Settings
from tests.serving.clock import Clock
from tests.serving.fake_provider import CLIENT, SECRET, Provider, provider
from tests.serving.real_provider import real_provider, registered

OURS = {"Sec-Fetch-Site": "same-origin"}
BROWSER = {"Accept": "text/html,*/*", "Accept-Language": "ko-KR"}
DESCRIPTION = "/.well-known/openid-configuration"


@dataclass
class Office:
    """An installation without models, whose provider is `at`."""

    base: Foundation
    http: TestClient
    at: Provider
    company: str = "local"

    def browser(self) -> TestClient:
        return TestClient(self.http.app, base_url="http://127.0.0.1", follow_redirects=False, headers=BROWSER)

    def invitation(self, name: str = "") -> str:
        return self.base.office.invite(Role.STAFF, self.company, name, "operator")

    def begun(self, browser: TestClient, invitation: str | None = None) -> str:
        """Where a browser is sent that wants to sign in."""
        asked = {"invitation": invitation} if invitation else {}
        answer = browser.get("/oidc/start", params=asked, headers=OURS)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def signing_in(
        self, browser: TestClient, subject: str, invitation: str | None = None, **claims: Any
    ) -> httpx.Response:
        """The whole way through the provider, as `subject`."""
        return browser.get(self.at.visited(self.begun(browser, invitation), subject, **claims))

    def people(self) -> list[str]:
        return [person.name for person in self.base.office.accounts.people.of(self.company)]

    def known(self, subject: str) -> None:
        """Somebody who signs in through the provider."""
        there = (self.at.issuer, subject)
        self.base.office.accounts.people.add(Role.STAFF, self.company, "김반장", subject=there)

    def member(self, subject: str) -> TestClient:
        """The browser of somebody who has accepted an invitation."""
        browser = self.browser()
        assert self.signing_in(browser, subject, self.invitation(), name="김반장").headers["location"] == "/"
        return browser


@contextmanager
def office(home: Path, at: Provider, *, strict: bool = False, **settings: Any) -> Iterator[Office]:
    """An installation; `strict`: with the limits on tries that it has outside of tests."""
    registered = {"oidc_issuer": at.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    wanted = Settings(home=home, **(registered | settings))
    base = build.foundation(wanted, Home(wanted.home_path))
    if base.sign_on and not strict:
        roomy = Admission(Limits(10**6, 10**6, 8, 8, 32))
        base = replace(base, sign_on=replace(base.sign_on, strangers=roomy))
    with TestClient(build.app(base, None), base_url="http://127.0.0.1", follow_redirects=False) as http:
        yield Office(base, http, at)
    base.databases.shared().dispose()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with provider() as at, office(tmp_path_factory.mktemp("home"), at) as made:
        yield made


@pytest.fixture
def its(lasting: Office) -> Iterator[Office]:
    """The installation with a company of this test's own, and a provider that keeps the rules."""
    accounts = lasting.base.office.accounts
    company = accounts.companies.add("한빛정밀").company_id
    lasting.at.behave()
    yield replace(lasting, company=company)
    accounts.companies.remove(company)


def refused(answer: httpx.Response, reason: str, status: int) -> None:
    """A page with the sentence, and nobody signed in."""
    assert answer.status_code == status, answer.text
    assert text.SENTENCES[reason]["ko"] in answer.text
    assert "giljabi_session" not in answer.headers.get("set-cookie", "")


def who(browser: TestClient) -> dict[str, Any]:
    answer = browser.get("/api/session")
    return answer.json() if answer.status_code == 200 else {}


def logs(caplog: pytest.LogCaptureFixture) -> str:
    """What was logged, but for the test's own browser."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx2")


def log_of(its: Office, company: str | None) -> list[tuple[str, Any]]:
    books = its.base.office.books
    if company is None:
        return [(entry.action, entry.details.get("way")) for entry in books.installation.entries()]
    with books.of(company) as audit:
        return [(entry.action, entry.details.get("way")) for entry in audit.entries()]


# What is offered


def test_the_sign_in_page_learns_of_the_provider_by_name_alone(its: Office, tmp_path: Path) -> None:
    assert its.http.get("/api/sign-in-ways").json() == {"password": True, "oidc": {"name": "회사"}}
    with office(tmp_path / "without", its.at, oidc_issuer="") as without:
        assert without.http.get("/api/sign-in-ways").json() == {"password": True, "oidc": None}
        for path in ("/oidc/start", "/oidc/callback?state=x&code=y"):
            assert without.http.get(path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "http://sso.example.co.kr"},
        {"oidc_issuer": "sso.example.co.kr"},
        {"oidc_issuer": "https://"},
        {"oidc_issuer": "https://sso.example.co.kr/?tenant=1"},
        {"oidc_issuer": "https://sso.example.co.kr/#x"},
        {"oidc_issuer": "https://user@sso.example.co.kr"},
        {"oidc_issuer": "https://sso.example.co.kr:99999"},
        {"oidc_issuer": f"https://sso.example.co.kr/{'x' * 255}"},
        {"oidc_issuer": "https://sso.example.co.kr", "oidc_client_id": ""},
    ],
)
def test_settings_nobody_could_trust_are_refused_at_start(tmp_path: Path, wrong: dict[str, str]) -> None:
    wanted = Settings(home=tmp_path, **({"oidc_client_id": "x"} | wrong))  # type: ignore[arg-type]
    with pytest.raises(ServingError, match="oidc_settings"):
        build.foundation(wanted, Home(wanted.home_path))


# A real provider


def test_an_invitation_is_accepted_and_its_person_signs_in_again_at_a_real_provider(
    tmp_path: Path, its: Office
) -> None:
    with real_provider() as issuer:
        httpx.put(f"{issuer}/users/kim-1", json={"name": "김반장", "email": "kim@hanbit.example"})
        with office(tmp_path / "home", its.at, **registered(issuer, "http://127.0.0.1")) as its:

            def through(browser: TestClient, subject: str, invitation: str | None = None) -> httpx.Response:
                form = httpx.post(its.begun(browser, invitation), data={"sub": subject})
                return browser.get(form.headers["location"])

            first = its.browser()
            answer = through(first, "kim-1", its.invitation())
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert who(first) == {
                "person_id": who(first)["person_id"], "role": "staff", "company_id": "local", "company": "우리 회사",
                "granted": [],
            }  # fmt: skip
            assert its.people() == ["이 컴퓨터", "김반장"]
            again = its.browser()
            assert through(again, "kim-1").headers["location"] == "/"
            assert who(again)["person_id"] == who(first)["person_id"]
            refused(through(its.browser(), "stranger"), "oidc_unknown", 403)
            assert len(its.people()) == 2
            entries = log_of(its, "local")
            assert entries.count((Action.SIGNED_IN, "oidc")) == 2
            assert entries.count((Action.JOINED, None)) == 1
            assert log_of(its, None)[-1] == (Action.SIGN_IN_FAILED, "oidc")


# Who is let in


def test_nobody_is_made_without_an_invitation_and_an_email_address_is_nobody(its: Office) -> None:
    people = its.base.office.accounts.people
    people.add(Role.ADMIN, its.company, "박이사", login="park@hanbit.example", password="a long password 1")
    answer = its.signing_in(
        its.browser(),
        "mallory",
        email="park@hanbit.example",
        email_verified=True,
        preferred_username="park@hanbit.example",
    )
    refused(answer, "oidc_unknown", 403)
    assert its.people() == ["박이사"]


def test_a_persons_name_is_the_invitations_else_the_providers(its: Office) -> None:
    for subject, invited, claims in [
        ("a", "이주임", {"name": "Lee"}),
        ("b", "", {"name": "김반장", "preferred_username": "kim"}),
        ("c", "", {"name": 7, "preferred_username": "choi"}),
        ("d", "", {"name": "\x00bad", "preferred_username": "  "}),
    ]:
        assert its.signing_in(its.browser(), subject, its.invitation(name=invited), **claims).status_code == 303
    assert its.people() == ["이주임", "김반장", "choi", "d"]


def test_who_is_known_already_leaves_an_invitation_unused(its: Office) -> None:
    its.member("kim")
    invitation = its.invitation()
    assert its.signing_in(its.browser(), "kim", invitation).headers["location"] == "/"
    assert its.people() == ["김반장"]
    assert its.http.get(f"/api/invitations/{invitation}").status_code == 200


def test_an_invitation_is_used_once_and_not_after_it_was_used_elsewhere(its: Office) -> None:
    invitation = its.invitation()
    browser, late = its.browser(), its.browser()
    returning = its.at.visited(its.begun(late, invitation), "late")
    assert its.signing_in(browser, "kim", invitation).headers["location"] == "/"
    refused(late.get(returning), "link_spent", 410)
    refused(its.browser().get("/oidc/start", params={"invitation": invitation}, headers=OURS), "link_spent", 410)
    assert its.people() == ["kim"]


def test_one_newcomer_in_two_windows_becomes_one_person(its: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    join = its.base.office.join_as

    def slowly(secret: str, name: str, subject: tuple[str, str]) -> Person:
        time.sleep(0.2)
        return join(secret, name, subject)

    monkeypatch.setattr(its.base.office, "join_as", slowly)
    windows = [its.browser() for _ in range(4)]
    back = [its.at.visited(its.begun(window, its.invitation()), "kim") for window in windows]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda pair: pair[0].get(pair[1]), zip(windows, back, strict=True)))
    assert [answer.headers["location"] for answer in answers] == ["/"] * 4
    assert its.people() == ["kim"]


def test_a_revoked_person_is_out_until_invited_anew(its: Office) -> None:
    browser = its.member("kim")
    its.base.office.revoke_person(who(browser)["person_id"], its.company, "operator")
    assert who(browser) == {}
    refused(its.signing_in(browser, "kim"), "oidc_unknown", 403)
    assert its.signing_in(browser, "kim", its.invitation(), name="김과장").headers["location"] == "/"
    assert its.people() == ["김반장", "김과장"]
    assert its.signing_in(its.browser(), "kim").headers["location"] == "/"


def test_nobody_signs_in_to_a_company_that_is_leaving(its: Office) -> None:
    browser = its.member("kim")
    invitation = its.invitation()
    its.base.office.leaving(its.company)
    assert who(browser) == {}
    refused(its.signing_in(browser, "kim"), "oidc_unknown", 403)
    refused(its.signing_in(browser, "lee", invitation), "unknown_company", 404)


def test_an_invitation_from_elsewhere_is_shown_before_it_is_accepted(its: Office) -> None:
    invitation = its.invitation()
    own = {"Referer": "http://127.0.0.1/join"}
    for elsewhere in (
        {}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "cross-site"}, {"Referer": "http://evil.example/127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"} | own,
    ):  # fmt: skip
        answer = its.browser().get("/oidc/start", params={"invitation": invitation}, headers=elsewhere)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/join#{invitation}")
    assert its.at.asked == []
    answer = its.browser().get("/oidc/start", params={"invitation": invitation}, headers=own)
    assert answer.headers["location"].startswith(its.at.issuer)
    away = its.browser().get("/oidc/start", params={"invitation": "//evil.example\r\nX: y"})
    assert away.headers["location"].startswith("/join#")
    assert "x" not in away.headers


# The browser that began is the one that ends it


def test_login_csrf_fails_in_a_browser_that_did_not_begin(its: Office) -> None:
    its.member("mallory")
    attacker, victim = its.browser(), its.browser()
    prepared = its.at.visited(its.begun(attacker), "mallory")
    refused(victim.get(prepared), "oidc_stale", 400)
    assert who(victim) == {}
    refused(attacker.get(prepared), "oidc_stale", 400)  # the state is spent

    its.begun(victim)  # a browser with a sign-in of its own under way
    refused(victim.get(its.at.visited(its.begun(attacker), "mallory")), "oidc_stale", 400)
    assert who(victim) == {}


def test_an_answer_counts_once(its: Office) -> None:
    its.member("kim")
    browser = its.browser()
    begun = its.begun(browser)
    cookie = browser.cookies["giljabi_oidc"]
    back = its.at.visited(begun, "kim")
    assert browser.get(back).status_code == 303
    assert "giljabi_oidc" not in browser.cookies
    for state in (back, "/oidc/callback?state=made-up&code=x", "/oidc/callback"):
        refused(its.browser().get(state, headers={"Cookie": f"giljabi_oidc={cookie}"}), "oidc_stale", 400)
    assert its.at.asked.count("/token") == 2


def test_the_cookie_is_for_this_alone(its: Office, tmp_path: Path) -> None:
    answer = its.browser().get("/oidc/start")
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert flags == {"httponly", "max-age=600", "path=/oidc", "samesite=lax"}
    with office(tmp_path / "public", its.at, public_url="https://giljabi.example.co.kr/") as public:
        answer = public.browser().get("/oidc/start", headers={"Host": "giljabi.example.co.kr"})
        assert "secure" in answer.headers["set-cookie"].lower()
        sent = parse_qs(urlsplit(answer.headers["location"]).query)
        assert sent["redirect_uri"] == ["https://giljabi.example.co.kr/oidc/callback"]


def test_attempts_end_in_ten_minutes_and_are_bounded() -> None:
    clock = Clock()
    attempts = Attempts(clock, most=3)
    begun = [
        attempts.begin(Attempt("n", str(number), "r", "t", "k", in_body=False, invitation=None)) for number in range(5)
    ]
    for lost in begun[:2]:
        with pytest.raises(RequestError, match="oidc_stale"):
            attempts.finish(*lost)
    clock.now += SECONDS - 1
    assert attempts.finish(*begun[2]).verifier == "2"
    clock.now += 1
    with pytest.raises(RequestError, match="oidc_stale"):
        attempts.finish(*begun[3])
    attempts.begin(Attempt("n", "5", "r", "t", "k", in_body=False, invitation=None))
    assert len(attempts._begun) == 1


def test_where_people_come_back_to_is_never_a_headers_word(its: Office) -> None:
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    answer = its.browser().get("/oidc/start", headers=forwarded | {"Host": "localhost:7860"})
    assert parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"] == [
        "http://localhost:7860/oidc/callback"
    ]
    for host in ("127.0.0.1:80@evil.example", "localhost:", "127.0.0.1:x", "localhost:/evil.example", "evil.example"):
        answer = its.browser().get("/oidc/start", headers={"Host": host})
        assert answer.status_code == 421, host


def test_an_address_that_tries_too_often_waits(its: Office, tmp_path: Path) -> None:
    with office(tmp_path / "strict", its.at, strict=True) as strict:
        assert strict.base.sign_on is not None
        strict.base.sign_on.strangers._clock = Clock()
        browser = strict.browser()
        for _ in range(120):
            assert browser.get("/oidc/callback?state=x&code=y").status_code == 400
        answer = browser.get("/oidc/start")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert its.at.asked == []


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
