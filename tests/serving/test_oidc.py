"""Who comes in through an OpenID provider, and in which browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from serving import build
from serving.accounts.attempts import SECONDS, Attempt, Attempts
from serving.accounts.people import Person
from serving.accounts.roles import Role
from serving.audit import Action
from serving.errors import RequestError, ServingError
from serving.home import Home
from serving.settings import Settings
from tests.serving.clock import Clock
from tests.serving.fake_provider import provider
from tests.serving.openid import OURS, Office, log_of, office, refused, who, with_a_company
from tests.serving.real_provider import real_provider, registered

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with provider() as at, office(tmp_path_factory.mktemp("home"), at) as made:
        yield made


@pytest.fixture
def its(lasting: Office) -> Iterator[Office]:
    with with_a_company(lasting) as made:
        yield made


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
                "person_id": who(first)["person_id"], "name": "김반장", "role": "staff", "company_id": "local",
                "company": "우리 회사", "granted": [],
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
        {}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "cross-site"}, {"Referer": "http://evil.example/127.0.0.1"}, {"Referer": "http://127.0.0.1.evil.example/"}, {"Referer": "http://["},
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
