"""The result of a diagnosis in a real browser: what a report names is opened in the page's viewer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import PHONE, chromium, visit
from tests.ui.fake_api import STAFF, FakeApi, served
from tests.ui.fake_diagnosis import Diagnosed

pytestmark = pytest.mark.e2e
BUTTON = '<button type="button" class="gj-plain" data-document="d1">비전 검사 길잡이</button>'


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    api = FakeApi(pace=0.02)
    api.visitor, api.diagnosed = dict(STAFF), Diagnosed()
    api.diagnosed.answers = {}
    for name in ("records", "trace", "hazards", "energy"):
        api.diagnosed.keep(name, "paper")
    with served(api, with_page=True) as url, chromium() as browser, visit(browser, url, PHONE) as page:
        yield page


def test_a_document_that_the_report_names_is_opened_and_one_comes_back_to_it(page: Page) -> None:
    page.get_by_role("tab", name="진단").click()
    page.get_by_role("button", name="결과", exact=True).click()
    page.locator(".gj-report").first.evaluate(
        "(report, button) => report.insertAdjacentHTML('beforeend', button)", BUTTON
    )
    named = page.get_by_role("button", name="비전 검사 길잡이")
    named.click()
    viewer = page.locator("dialog.gj-dialog-viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator(".gj-section")).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(named).to_be_focused()
