"""The page in a real browser, against a scripted server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESKTOP, PHONE, ask, chromium, visit
from tests.ui.fake_api import ATTACK, STAFF, FakeApi, served

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[FakeApi, str]]:
    api = FakeApi(pace=0.06)
    with served(api, with_page=True) as url:
        yield api, url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def api(server: tuple[FakeApi, str]) -> FakeApi:
    api = server[0]
    api.conversations.clear()
    api.documents.clear()
    api.feedback.clear()
    api.visitor = dict(STAFF)
    api.pace, api.closed = 0.06, 0
    return api


@pytest.fixture
def url(server: tuple[FakeApi, str], api: FakeApi) -> str:
    return server[1]


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    with visit(browser, url) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, url: str) -> Iterator[Page]:
    with visit(browser, url, PHONE) as page:
        yield page


def finished(page: Page, turn: int = 0) -> None:
    expect(page.locator(f"#e{turn} .gj-end")).to_be_visible()


def test_evidence_comes_before_the_answer(page: Page, api: FakeApi) -> None:
    api.pace = 0.5
    ask(page, "상생형 AI트랙은 무엇인가요?")
    expect(page.locator(".gj-card")).to_have_count(4)
    expect(page.locator(".gj-text")).to_have_count(0)
    expect(page.locator(".gj-card blockquote").first).to_be_visible()
    expect(page.get_by_text("답을 쓰고 있습니다")).to_be_visible()
    finished(page)
    expect(page.locator(".gj-text")).to_contain_text("주관기업이 자기 LLM을 협력사에 나누어 주는 사업입니다.")
    expect(page.locator(".gj-made")).to_contain_text("3.2초")


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_mark_opens_its_passage_and_leads_back(browser: Browser, url: str, size: tuple[int, int]) -> None:
    with visit(browser, url, size) as page:
        ask(page, "상생형 AI트랙은 무엇인가요?")
        finished(page)
        card = page.locator("#e0-1")
        card.locator("summary").click()
        expect(card.locator("blockquote")).to_be_hidden()
        mark = page.get_by_role("button", name="근거 1 보기").first
        mark.focus()
        page.keyboard.press("Enter")
        expect(card).to_have_class(re.compile("lit"))
        expect(card.locator("summary")).to_be_focused()
        expect(card.locator("summary")).to_be_in_viewport()
        expect(card.locator("mark")).to_have_text("2026년에 20개 과제를 뽑고, 정부가 사업비의 50%를 댄다.")
        if size == PHONE:
            card.get_by_role("button", name="답변으로 돌아가기").tap()
            expect(mark).to_be_in_viewport()
            mark.tap()
            expect(card.locator("blockquote")).to_be_visible()


def test_stopping_midway_keeps_what_was_said_and_what_was_opened(page: Page, api: FakeApi) -> None:
    api.pace = 0.3
    ask(page, "길게 알려 주세요")
    page.locator("#e0-4 summary").click()
    page.locator("#e0-1 summary").click()
    page.locator(".gj-mark").nth(2).wait_for()
    page.get_by_role("button", name="멈춤").click()
    expect(page.get_by_text("중간에 멈춘 답변입니다.")).to_be_visible()
    expect(page.get_by_role("button", name="보내기")).to_be_visible()
    assert api.closed == 1
    said = page.locator(".gj-text").inner_text()
    assert "나누어 주는 사업입니다." in said
    page.wait_for_timeout(700)
    assert page.locator(".gj-text").inner_text() == said
    expect(page.locator("#e0-4 blockquote")).to_be_visible()
    expect(page.locator("#e0-1 blockquote")).to_be_hidden()


def test_conversations_are_found_again_and_deleted_only_when_sure(page: Page, api: FakeApi) -> None:
    ask(page, "상생형 AI트랙은 무엇인가요?")
    finished(page)
    api.pace = 0.4
    ask(page, "기다려도 됩니다")
    expect(page.get_by_text("대기 2번째")).to_be_visible()
    finished(page, 1)
    api.pace = 0.06
    assert len(api.conversations) == 1
    page.get_by_role("button", name="새 대화").click()
    expect(page.get_by_role("heading", name="무엇이 궁금하세요?")).to_be_visible()
    page.get_by_role("button", name="자율형공장은 얼마까지 지원하나요?").click()
    finished(page)
    assert len(api.conversations) == 2
    expect(page.locator(".gj-open")).to_have_count(2)
    page.locator(".gj-open", has_text="상생형 AI트랙은").click()
    expect(page.locator(".gj-turn")).to_have_count(2)
    page.locator(".gj-mark").first.click()
    expect(page.locator("#e0-1 mark")).to_be_visible()
    page.reload()
    expect(page.locator(".gj-turn")).to_have_count(2)
    page.get_by_role("button", name="대화 지우기").last.click()
    page.get_by_role("button", name="그대로 두기").click()
    assert len(api.conversations) == 2
    page.get_by_role("button", name="대화 지우기").last.click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    expect(page.get_by_role("heading", name="무엇이 궁금하세요?")).to_be_visible()
    expect(page.locator(".gj-open")).to_have_count(1)
    assert len(api.conversations) == 1


def test_leaving_a_conversation_stops_its_answer(page: Page, api: FakeApi) -> None:
    api.pace = 0.3
    ask(page, "길게 알려 주세요")
    page.locator(".gj-mark").first.wait_for()
    page.get_by_role("button", name="새 대화").click()
    expect(page.get_by_role("heading", name="무엇이 궁금하세요?")).to_be_visible()
    page.wait_for_timeout(400)
    expect(page.locator(".gj-turn")).to_have_count(0)
    assert api.closed == 1


def test_an_answer_is_rated_and_the_reason_told(page: Page, api: FakeApi) -> None:
    ask(page, "상생형 AI트랙은 무엇인가요?")
    finished(page)
    page.get_by_role("button", name="도움이 됐어요").click()
    expect(page.get_by_role("button", name="도움이 됐어요")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="도움이 안 됐어요").click()
    page.get_by_label("무엇이 아쉬웠나요?").fill("금액이 없어요")
    page.keyboard.press("Enter")
    expect(page.get_by_text("알려 주셔서 고맙습니다.")).to_be_visible()
    assert [(judged["rating"], judged.get("comment")) for judged in api.feedback] == [
        (1, None),
        (-1, None),
        (-1, "금액이 없어요"),
    ]


def test_a_failed_question_is_not_lost_and_an_abstention_leads_on(page: Page) -> None:
    ask(page, "고장 났어요")
    expect(page.get_by_text("AI가 답하지 못했습니다. 다시 물어봐 주세요.")).to_be_visible()
    expect(page.get_by_role("textbox", name="질문")).to_have_value("고장 났어요")
    expect(page.get_by_role("button", name="다시 묻기")).to_be_visible()
    ask(page, "오늘 날씨 어때요?")
    expect(page.get_by_text("답할 근거가 없습니다")).to_be_visible()
    expect(page.locator("footer")).to_be_hidden()
    page.get_by_role("button", name="자료 올리기").click()
    expect(page.locator(".gj-upload")).to_contain_text("파일 올리기")


def test_the_language_changes_without_a_reload_and_is_remembered(page: Page) -> None:
    ask(page, "상생형 AI트랙은 무엇인가요?")
    finished(page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(page.get_by_role("tab", name="Documents")).to_be_visible()
    expect(page.get_by_role("textbox", name="Question")).to_be_visible()
    expect(page.get_by_text("An artificial intelligence (AI) answers.")).to_be_visible()
    expect(page.get_by_role("heading", name="Evidence: 4")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_a_script_in_a_document_or_a_question_is_text(page: Page) -> None:
    ask(page, f"상생형 {ATTACK}")
    finished(page)
    page.locator("#e0-3 summary").click()
    for where in ("#e0-3 blockquote", ".gj-question p", ".gj-open .gj-title"):
        expect(page.locator(where)).to_contain_text(ATTACK)
    assert page.evaluate("window.pwned") is None


def test_a_phone_has_room_for_everything_and_for_a_thumb(phone: Page, api: FakeApi) -> None:
    api.add_document("아주 긴 이름의 사내 작업 표준서 " * 4 + ".pdf", "indexed")

    def fits() -> bool:
        return bool(phone.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    assert fits()
    ask(phone, "시행은 언제이고 " + "W" * 120)
    finished(phone)
    assert fits()
    send, box = phone.get_by_role("button", name="보내기"), phone.get_by_role("textbox", name="질문")
    expect(send).to_be_in_viewport()
    expect(box).to_be_in_viewport()
    expect(phone.get_by_text("인공지능(AI)이 답합니다.")).to_be_in_viewport()
    phone.get_by_role("button", name=re.compile("지난 대화")).tap()
    expect(phone.locator(".gj-open")).to_be_visible()
    assert fits()
    low = phone.locator("button:visible:not(.gj-mark), summary:visible").evaluate_all(
        "all => all.filter(one => one.offsetHeight < 44).map(one => one.outerHTML)"
    )
    assert low == []
    phone.get_by_role("tab", name="자료").tap()
    expect(phone.locator(".gj-document")).to_contain_text("아주 긴 이름의")
    assert fits()


def test_a_document_is_kept_from_the_hosts_llm_with_the_keyboard(page: Page, api: FakeApi) -> None:
    key = api.add_document("도면.pdf", "indexed")
    page.get_by_role("tab", name="자료").click()
    switch = page.get_by_role("switch", name="주관기업 LLM 전송 금지: 도면.pdf")
    expect(switch).not_to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_be_checked()
    assert api.documents[key]["stays_here"] is True
    switch.click()
    expect(switch).not_to_be_checked()
    assert api.documents[key]["stays_here"] is False


def test_a_consultant_reads_and_changes_nothing(browser: Browser, url: str, api: FakeApi) -> None:
    api.visitor |= {"role": "consultant", "granted": [{"company_id": "hanbit", "company": "한빛정밀"}]}
    api.add_document("도면.pdf", "indexed")
    with visit(browser, url) as page:
        expect(page.locator(".gj-name")).to_have_text("한빛정밀 · 컨설턴트")
        page.get_by_role("tab", name="자료").click()
        expect(page.get_by_role("heading", name="‘한빛정밀’의 자료")).to_be_visible()
        expect(page.locator(".gj-shelf li")).to_have_count(1)
        for changing in (".gj-upload", ".gj-switched", ".gj-delete"):
            expect(page.locator(changing)).to_have_count(0)


def test_two_people_do_not_see_each_others_turns(browser: Browser, url: str, page: Page, api: FakeApi) -> None:
    api.pace = 0.25
    ask(page, "길게 알려 주세요")
    page.locator(".gj-mark").first.wait_for()
    with visit(browser, url) as other:
        expect(other.locator(".gj-turn")).to_have_count(0)
        ask(other, "상생형 AI트랙은 무엇인가요?")
        finished(other)
        expect(other.locator(".gj-turn")).to_have_count(1)
    expect(page.locator(".gj-question")).to_have_count(1)
    page.get_by_role("button", name="멈춤").click()
    expect(page.locator("#e0.stopped")).to_be_visible()
