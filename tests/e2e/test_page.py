"""The page in a real browser on the real product."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import PHONE, ask, chromium, visit

pytestmark = pytest.mark.e2e

ANSWERED_MS = 180_000
QUESTION = "자율형공장은 얼마까지 지원하나요?"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, page_url: str) -> Iterator[Page]:
    with visit(browser, page_url) as page:
        yield page


def test_a_phone_gets_evidence_an_answer_and_the_quoted_passage(browser: Browser, page_url: str) -> None:
    with visit(browser, page_url, PHONE) as phone:
        phone.get_by_role("button", name=QUESTION, exact=True).tap()
        expect(phone.locator("#e0-1")).to_be_visible()
        expect(phone.locator("#e0 .gj-end")).to_be_visible(timeout=ANSWERED_MS)
        mark = phone.get_by_role("button", name=re.compile(r"근거 \d+ 보기")).first
        card = phone.locator(f"#{mark.get_attribute('data-card')}")
        mark.tap()
        expect(card).to_have_class(re.compile("lit"))
        expect(card.locator("mark").first).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_answer_can_be_stopped_and_the_next_one_asked(page: Page) -> None:
    ask(page, "원청이 도면을 달라고 하면 어떻게 하나요?")
    page.get_by_role("button", name="멈춤").click()
    expect(page.locator("#e0.stopped")).to_be_visible()
    ask(page, "오늘 점심 메뉴는 무엇인가요?")
    expect(page.locator("#e1 .gj-end")).to_be_visible(timeout=ANSWERED_MS)


def test_the_library_is_on_the_shelf_in_both_languages(page: Page) -> None:
    page.get_by_role("tab", name="자료").click()
    expect(page.locator(".gj-shelf li").first).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name=re.compile("Library"))).to_be_visible()
