"""An installation without models whose people come from an OpenID provider: what the tests of it share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from serving import build, text, web
from serving.accounts.roles import Role
from serving.admission import Admission, Limits
from serving.build import Foundation
from serving.home import Home
from serving.settings import Settings
from tests.serving.fake_provider import CLIENT, SECRET, Provider

OURS = {"Sec-Fetch-Site": "same-origin"}
BROWSER = {"Accept": "text/html,*/*", "Accept-Language": "ko-KR"}


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
    with TestClient(web.app(base, None), base_url="http://127.0.0.1", follow_redirects=False) as http:
        yield Office(base, http, at)
    base.databases.shared().dispose()


@contextmanager
def with_a_company(lasting: Office) -> Iterator[Office]:
    """The same installation with a company of one test's own, and a provider that keeps the rules."""
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
