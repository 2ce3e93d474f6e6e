"""A real browser for the tests of the page: Debian's Chromium, a phone or a desktop."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = (390, 844)
DESKTOP = (1280, 860)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if not path:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, url: str, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """The page at `url`, ready to be used. Afterwards it must have asked no other machine and raised no error."""
    phone = size == PHONE
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="ko-KR", has_touch=phone, is_mobile=phone
    )
    page = context.new_page()
    foreign: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if _foreign(request.url) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.get_by_role("button", name="보내기").wait_for()
    yield page
    context.close()
    assert foreign == []
    assert errors == []


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="질문").fill(question)
    page.get_by_role("button", name="보내기").click()


def _foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in {"data", "blob"} and parts.hostname not in {"127.0.0.1", "localhost"}
