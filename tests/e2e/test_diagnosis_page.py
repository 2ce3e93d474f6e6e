"""A whole first pass of the diagnosis on a phone, in a real browser on the real product, as a person would do it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import APIResponse, Browser, Locator, Page, expect

from tests.browsing import PHONE, chromium, visit

pytestmark = pytest.mark.e2e

ANSWERED_MS = 180_000
HEARD_MS = 30_000
READ_MS = 500
"""What a person needs to read at least: a second tap that comes sooner is taken for a double tap."""
QUESTIONS = 21
MIDWAY = 9
CORRECTED, ASKED_BETWEEN, SHOWN = "trace", "planning", "records"
IN_OWN_WORDS = {
    "plan": "회의 때 얘기만 나오고 적어 놓은 건 없습니다",
    "planning": "주간 생산계획을 엑셀로 짭니다",
    "records": "일보를 모아서 사무실에서 엑셀에 칩니다",
    "collection": "사람이 계기판 보고 적어요",
    "upkeep": "매일 아침 일상점검을 하고 체크해요",
    "backup": "나스가 있는데 백업은 생각날 때만 합니다",
    "energy": "전기요금 고지서만 봐요",
}
FROM_THE_LIST = {"leader": 1, "problem": 2, "standard": 1, "hazards": 1}
"""By place among the choices; the second where nothing is said here, and the last, 잘 모르겠습니다, for `aas`."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_a_first_pass_is_done_on_a_phone(browser: Browser, page_url: str) -> None:
    with visit(browser, page_url, PHONE) as phone:
        _open(phone)
        _say_who_we_are(phone)
        phone.locator("[data-act=begin][data-depth=first]").tap()
        for number in range(QUESTIONS):
            if number == MIDWAY:
                _come_back(phone, number)
            name = _question(phone).get_attribute("data-now") or ""
            _answer(phone, name)
            expect(_question(phone)).not_to_have_attribute("data-now", name, timeout=HEARD_MS)
            _fits(phone)
            phone.wait_for_timeout(READ_MS)
        expect(phone.get_by_text("질문이 모두 끝났습니다")).to_be_visible()
        phone.locator(".gj-dx-done").get_by_role("button", name="결과 보기").tap()
        _check_report(phone)
        _check_case_file(phone)


def _open(phone: Page) -> None:
    phone.get_by_role("tab", name="진단").tap()
    expect(phone.get_by_role("heading", name="우리 회사는 AI를 쓸 준비가")).to_be_visible()


def _say_who_we_are(phone: Page) -> None:
    phone.get_by_label("무엇을 만드나요?").select_option("C25")
    phone.get_by_label("직원 수").fill("28")
    for chip in ("프레스", "공작기계(CNC)", "불량 줄이기", "납기 지키기"):
        phone.locator(".gj-dx-chip", has_text=chip).tap()
    loss = phone.get_by_role("radiogroup", name="불량과 재작업")
    loss.locator(".gj-dx-step", has_text="큼").tap()
    _fits(phone)
    phone.get_by_role("button", name="우리 회사 저장").tap()
    card = phone.locator(".gj-dx-card", has_text="우리 회사").first
    for words in ("금속가공제품", "28명", "프레스, 공작기계(CNC)", "불량 줄이기, 납기 지키기", "불량과 재작업 (큼)"):
        expect(card.locator("dl")).to_contain_text(words)


def _question(phone: Page) -> Locator:
    return phone.locator("[data-now]")


def _answer(phone: Page, name: str) -> None:
    if name == ASKED_BETWEEN:
        _ask_in_between(phone, name)
    if name not in IN_OWN_WORDS and name != CORRECTED:
        choices = phone.locator(".gj-dx-choice")
        place = -1 if name == "aas" else FROM_THE_LIST.get(name, 1)
        if name == "leader":
            _keep(phone, "diagnosis-question")
        choices.nth(place).tap()
        return
    words = IN_OWN_WORDS.get(name, "종이 일보 뒤지면 하루쯤 걸려서 찾아요")
    _say(phone, words)
    proposal = phone.locator(".gj-dx-proposed")
    expect(proposal).to_contain_text("알아들었습니다", timeout=HEARD_MS)
    if name == SHOWN:
        _keep(phone, "diagnosis-proposal")
    if name == CORRECTED:
        phone.locator(".gj-dx-choice", has_text="찾기 어렵다").tap()
        expect(phone.locator(".gj-dx-taken").last).to_contain_text("‘찾기 어렵다’로 고쳐 적었습니다")
        return
    phone.get_by_role("button", name="네, 맞아요").tap()
    expect(phone.locator(".gj-dx-log")).to_contain_text(words)


def _say(phone: Page, words: str) -> None:
    phone.get_by_label("내 말로 답하기").fill(words)
    phone.locator(".gj-dx-say").get_by_role("button", name="보내기").tap()


def _ask_in_between(phone: Page, name: str) -> None:
    """A question of one's own is answered from the documents, and then the same question is asked again."""
    _say(phone, "스마트공장 지원금은 얼마까지 나오나요?")
    found = phone.locator(".gj-dx-between")
    expect(found).to_be_visible(timeout=HEARD_MS)
    expect(found.get_by_role("button", name="그만 찾기")).to_have_count(0, timeout=ANSWERED_MS)
    expect(found.locator(".gj-text")).not_to_be_empty()
    expect(_question(phone)).to_have_attribute("data-now", name)
    _fits(phone)


def _come_back(phone: Page, answered: int) -> None:
    """The page is opened anew: it goes on at the same question."""
    name = _question(phone).get_attribute("data-now") or ""
    phone.reload()
    phone.get_by_role("button", name="보내기").first.wait_for()
    _open(phone)
    expect(phone.locator(".gj-dx-going")).to_contain_text(f"{QUESTIONS}개 가운데 {answered}개에 답했습니다.")
    phone.get_by_role("button", name="이어서 하기").tap()
    expect(_question(phone)).to_have_attribute("data-now", name)


def _check_report(phone: Page) -> None:
    report = phone.locator(".gj-report").first
    expect(report).to_contain_text("시스템 스마트화 수준", timeout=HEARD_MS)
    kept = _get(phone, "/api/diagnoses").json()["diagnoses"][0]
    told = _get(phone, f"/api/diagnoses/{kept['diagnosis_id']}/report").json()
    assert kept["finished"]
    assert told["goals"] == ["불량 줄이기", "납기 지키기"]
    first = phone.locator(".gj-report-first")
    expect(first).to_contain_text(told["system"]["name"])
    expect(first).to_contain_text("AI 준비도")
    expect(first).to_contain_text(f"{told['readiness']['overall']:.1f}")
    expect(first).to_contain_text(told["notice"])
    assert len(told["gaps"]) == 3
    for gap in told["gaps"]:
        expect(first).to_contain_text(gap["name"])
    for kind in ("pdf", "docx", "html"):
        link = phone.locator(f".gj-dx-file[href$='format={kind}']")
        answer = _get(phone, link.get_attribute("href") or "")
        assert answer.ok
        assert "attachment" in answer.headers["content-disposition"]
    _fits(phone)
    _keep(phone, "diagnosis-report", first)
    pick = phone.get_by_role("button", name="해 볼 과제로 고르기").first
    pick.tap()
    expect(phone.locator(".gj-dx-picks").get_by_text("고른 과제").first).to_be_visible()


def _get(phone: Page, path: str) -> APIResponse:
    """As the person who is signed in, in Korean."""
    return phone.request.get(urljoin(phone.url, path), headers={"Accept-Language": "ko"})


def _check_case_file(phone: Page) -> None:
    phone.get_by_role("button", name="성장기록").tap()
    line = phone.locator(".gj-dx-line")
    for words in ("활용 과제를 고름", "첫 진단 결과", "목표와 손실", "우리 회사"):
        expect(line).to_contain_text(words)
    _fits(phone)


def _fits(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _keep(phone: Page, name: str, part: Locator | None = None) -> None:
    """A picture, where somebody names a folder for it."""
    folder = os.environ.get("GILJABI_SCREENSHOTS")
    if folder:
        phone.wait_for_timeout(600)  # until the page has come to rest
        (part or phone).screenshot(path=Path(folder) / f"{name}.png")
