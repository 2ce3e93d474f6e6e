"""Signing in at a real OpenID provider with a real browser: the two are of different sites, as they are outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from serving import build, text, web
from serving.accounts.roles import Role
from serving.build import Foundation
from serving.home import Home
from serving.settings import Settings
from tests.browsing import chromium
from tests.serving.real_provider import real_provider, registered
from tests.ui.server import serving
from ui import sign_in

pytestmark = pytest.mark.e2e


@dataclass
class House:
    """Accounts without models, and the pages for who is not signed in."""

    home: Path
    issuer: str
    base: list[Foundation] = field(default_factory=list)

    def app(self, url: str) -> FastAPI:
        wanted = Settings(home=self.home, **registered(self.issuer, url))
        self.base.append(build.foundation(wanted, Home(wanted.home_path)))
        pages = web.Page([sign_in.router], lambda _: None, lambda _method, _path: None, ())
        return web.app(self.base[0], None, pages)

    def invitation(self) -> str:
        return self.base[0].office.invite(Role.STAFF, "local", "김반장", "operator")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    with real_provider("localhost") as issuer:
        made = House(tmp_path_factory.mktemp("home"), issuer)
        with serving(made.app) as url:
            yield made, url
        made.base[0].databases.shared().dispose()


def through(page: Page, button: str, subject: str) -> None:
    """The button of our page, then the provider's page."""
    page.get_by_role("link", name=button).click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize", exact=True).click()


def who(page: Page, url: str) -> Any:
    answer = page.request.get(f"{url}/api/session")
    return answer.json() if answer.ok else None


def test_an_invitation_is_accepted_and_its_person_comes_back(browser: Browser, house: tuple[House, str]) -> None:
    made, url = house
    first, again = browser.new_context(locale="ko-KR"), browser.new_context(locale="ko-KR")
    page = first.new_page()
    page.goto(f"{url}/join#{made.invitation()}")
    through(page, "회사 계정으로 들어가기", "kim-1")
    page.wait_for_url(f"{url}/")
    found = who(page, url)
    assert (found["role"], found["company_id"]) == ("staff", "local")
    assert {cookie["name"] for cookie in first.cookies(url)} == {"giljabi_session"}
    page = again.new_page()
    page.goto(f"{url}/sign-in")
    through(page, "회사 계정으로 로그인", "kim-1")
    page.wait_for_url(f"{url}/")
    assert who(page, url)["person_id"] == found["person_id"]
    first.close()
    again.close()


def test_a_stranger_is_told_and_an_invitation_in_a_letter_is_shown_first(
    browser: Browser, house: tuple[House, str]
) -> None:
    made, url = house
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    through(page, "회사 계정으로 로그인", "stranger")
    expect(page.get_by_role("alert")).to_have_text(text.SENTENCES["oidc_unknown"]["ko"])
    assert who(page, url) is None
    page.goto(f"{made.issuer}/")
    page.evaluate("address => { location.href = address }", f"{url}/oidc/start?invitation={made.invitation()}")
    page.wait_for_url(re.compile(r"/join#"))
    expect(page.get_by_role("link", name="회사 계정으로 들어가기")).to_be_visible()
    context.close()


def test_nobody_is_signed_in_as_somebody_else_by_a_link(browser: Browser, house: tuple[House, str]) -> None:
    """Login CSRF: an attacker goes to the provider, stops short of coming back, and sends the way back to a victim."""
    made, url = house
    attacker, victim = browser.new_context(), browser.new_context(locale="ko-KR")
    page = attacker.new_page()
    page.goto(f"{url}/join#{made.invitation()}")
    page.get_by_role("link", name=re.compile("회사 계정으로")).click()
    page.get_by_placeholder("sub").wait_for()
    answer = page.request.post(page.url, form={"sub": "mallory"}, max_redirects=0)
    prepared = answer.headers["location"]
    assert prepared.startswith(f"{url}/oidc/callback?code=")
    page = victim.new_page()
    page.goto(f"{made.issuer}/")
    page.evaluate("address => { location.href = address }", prepared)
    expect(page.get_by_role("alert")).to_have_text(text.SENTENCES["oidc_stale"]["ko"])
    assert who(page, url) is None
    attacker.close()
    victim.close()
