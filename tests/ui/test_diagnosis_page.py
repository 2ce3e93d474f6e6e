"""The tab for the diagnosis in a real browser, against a scripted server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import DESKTOP, PHONE, chromium, visit
from tests.ui.fake_api import STAFF, FakeApi, served
from tests.ui.fake_diagnosis import Diagnosed

pytestmark = pytest.mark.e2e
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP])
READ_MS = 500
"""What a person needs to read at least: a second tap that comes sooner is taken for a double tap."""
REFUSED = "지금은 적을 수 없습니다. 잠시 뒤 다시 해 주세요."


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[FakeApi, str]]:
    api = FakeApi(pace=0.02)
    with served(api, with_page=True) as url:
        yield api, url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def api(server: tuple[FakeApi, str]) -> FakeApi:
    api = server[0]
    api.visitor, api.diagnosed, api.pace = dict(STAFF), Diagnosed(), 0.02
    api.documents.clear()
    return api


@pytest.fixture
def url(server: tuple[FakeApi, str], api: FakeApi) -> str:
    return server[1]


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    with visit(browser, url) as page:
        yield page


def opened(page: Page) -> None:
    page.get_by_role("tab", name="진단").click()
    expect(page.locator(".gj-dx")).to_be_visible()


def begun(page: Page) -> Locator:
    """A first diagnosis has begun: its question."""
    opened(page)
    page.locator("[data-act=begin][data-depth=first]").click()
    expect(page.locator("[data-now=records]")).to_be_visible()
    return page.locator("[data-now]")


def tell(page: Page, words: str) -> None:
    page.get_by_label("내 말로 답하기").fill(words)
    page.keyboard.press("Enter")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@SIZES
def test_the_company_says_what_it_is_or_skips_it(
    browser: Browser, url: str, size: tuple[int, int], api: FakeApi
) -> None:
    with visit(browser, url, size) as page:
        opened(page)
        for goal in ("불량 줄이기", "납기", "원가"):
            page.locator(".gj-dx-chip", has_text=goal).click()
        expect(page.get_by_role("checkbox", name="안전")).to_be_disabled()
        page.get_by_label("직원 수").fill("많음")
        page.get_by_role("button", name="우리 회사 저장").click()
        expect(page.get_by_role("alert")).to_have_text("직원 수는 1 이상의 숫자로 적어 주세요.")
        expect(page.get_by_label("직원 수")).to_have_value("많음")
        page.get_by_label("직원 수").fill("28")
        page.get_by_role("radiogroup", name="설비 정지").locator("label", has_text="보통").click()
        page.get_by_role("button", name="우리 회사 저장").click()
        expect(page.get_by_role("status").filter(has_text="저장했습니다")).to_be_visible()
        expect(page.get_by_label("직원 수")).to_be_hidden()
        assert api.diagnosed.case["state"]["wishes"]["losses"] == {"downtime": 2}
        assert api.diagnosed.case["state"]["profile"]["employees"] == 28
        assert fits(page)


def test_skipping_folds_the_card_and_leads_on(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="건너뛰고 바로 진단하기").click()
    expect(page.get_by_label("직원 수")).to_be_hidden()
    expect(page.locator("[data-depth=first]")).to_be_in_viewport()


@SIZES
def test_an_answer_is_chosen_said_or_corrected(browser: Browser, url: str, size: tuple[int, int], api: FakeApi) -> None:
    with visit(browser, url, size) as page:
        now = begun(page)
        tell(page, "종이에 적어요")
        expect(now).to_contain_text("‘종이로 한다’로 알아들었습니다.")
        page.get_by_role("button", name="네, 맞아요").click()
        expect(now).to_have_attribute("data-now", "trace")
        expect(page.locator(".gj-dx-log")).to_contain_text("종이에 적어요")
        tell(page, "종이일걸요")
        expect(now).to_contain_text("알아들었습니다")
        page.wait_for_timeout(READ_MS)
        page.locator(".gj-dx-choice", has_text="시스템이 한다").click()
        expect(now).to_have_attribute("data-now", "hazards")
        expect(page.locator(".gj-dx-log")).to_contain_text("‘시스템이 한다’로 고쳐 적었습니다.")
        tell(page, "글쎄 그게")
        expect(now).to_contain_text("이 가운데 하나입니까?")
        expect(page.get_by_label("내 말로 답하기")).to_have_value("")
        page.wait_for_timeout(READ_MS)
        page.locator(".gj-dx-choice", has_text="잘 모르겠습니다").click()
        expect(now).to_have_attribute("data-now", "energy")
        assert [each["value"] for each in (api.diagnosed.answers or {}).values()] == ["paper", "system", "unknown"]
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")
        assert fits(page)


def test_a_double_tap_answers_one_question(page: Page, api: FakeApi) -> None:
    begun(page)
    page.locator(".gj-dx-choice").first.dblclick()
    expect(page.locator("[data-now=trace]")).to_be_visible()
    page.wait_for_timeout(300)
    assert list(api.diagnosed.answers or {}) == ["records"]


def test_a_question_in_between_is_answered_and_the_same_one_asked_again(page: Page, api: FakeApi) -> None:
    api.pace = 0.3
    now = begun(page)
    tell(page, "상생형 AI트랙은 무엇인가요?")
    expect(page.get_by_role("button", name="그만 찾기")).to_be_visible()
    expect(page.locator(".gj-dx-choice").first).to_be_disabled()
    expect(page.locator(".gj-dx-between .gj-mark").first).to_be_visible()
    expect(page.get_by_role("button", name="그만 찾기")).to_have_count(0)
    expect(now).to_have_attribute("data-now", "records")
    page.locator(".gj-dx-between .gj-mark").first.click()
    expect(page.locator(".gj-dx-between mark").first).to_be_visible()
    expect(page.locator(".gj-dx-choice").first).to_be_enabled()


def test_looking_up_can_be_stopped(page: Page, api: FakeApi) -> None:
    api.pace = 0.3
    begun(page)
    tell(page, "길게 알려 주세요?")
    page.locator(".gj-dx-between .gj-text").wait_for()
    page.get_by_role("button", name="그만 찾기").click()
    expect(page.get_by_text("찾기를 그만두었습니다.")).to_be_visible()
    expect(page.locator(".gj-dx-choice").first).to_be_enabled()


def test_what_was_typed_is_kept_where_it_could_not_be_sent(page: Page, api: FakeApi) -> None:
    begun(page)
    api.diagnosed.refuse = REFUSED
    tell(page, "종이에 적어요")
    expect(page.locator(".gj-dx-question").get_by_role("alert")).to_have_text(REFUSED)
    expect(page.get_by_label("내 말로 답하기")).to_have_value("종이에 적어요")
    api.diagnosed.refuse = ""
    page.get_by_role("button", name="보내기").last.click()
    expect(page.get_by_text("알아들었습니다")).to_be_visible()


def test_another_day_it_goes_on_and_an_answer_is_changed(page: Page, api: FakeApi) -> None:
    api.diagnosed.answers = {}
    api.diagnosed.keep("records", "paper", origin="known")
    opened(page)
    expect(page.locator(".gj-dx-going")).to_contain_text("4개 가운데 1개에 답했습니다.")
    page.get_by_role("button", name="이어서 하기").click()
    expect(page.get_by_text("다시 묻지 않습니다")).to_be_visible()
    page.get_by_text("지금까지의 답 1개").click()
    expect(page.locator(".gj-dx-answers")).to_contain_text("지난 진단에서 가져옴")
    page.get_by_role("button", name="이 답 고치기: 생산 실적을").click()
    expect(page.locator("[data-now=records]")).to_be_visible()
    expect(page.locator(".gj-dx-choice[aria-current]")).to_contain_text("종이로 한다")
    page.locator(".gj-dx-choice", has_text="시스템이 한다").click()
    page.get_by_label("왜 바뀌었나요?").fill("새 화면을 들였습니다")
    page.get_by_role("button", name="까닭 적기").click()
    expect(page.locator(".gj-dx-log")).to_contain_text("바뀐 까닭: 새 화면을 들였습니다")
    assert (api.diagnosed.answers or {})["records"]["why"] == "새 화면을 들였습니다"


def test_evidence_makes_a_declaration_more(page: Page, api: FakeApi) -> None:
    begun(page)
    page.locator(".gj-dx-choice", has_text="종이로 한다").click()
    page.get_by_role("button", name="근거 붙이기").click()
    page.get_by_label("이 답을 뒷받침하는").select_option("d9")
    page.get_by_role("button", name="이 자료를 근거로 붙이기").click()
    expect(page.locator(".gj-dx-taken")).to_contain_text("근거 있음")
    page.get_by_role("button", name="근거에서 떼기: 생산 일보").click()
    expect(page.locator(".gj-dx-taken")).to_contain_text("선언")
    expect(page.locator(".gj-dx-taken")).not_to_contain_text("생산 일보")


@SIZES
def test_the_form_holds_the_same_answers(browser: Browser, url: str, size: tuple[int, int], api: FakeApi) -> None:
    with visit(browser, url, size) as page:
        begun(page)
        page.locator(".gj-dx-choice", has_text="종이로 한다").click()
        page.get_by_role("button", name="표로 하기").click()
        records = page.get_by_role("group", name="생산 실적을 어떻게 남깁니까?")
        expect(records.get_by_role("radio", name="종이로 한다.")).to_be_checked()
        trace = page.get_by_role("group", name="이력을 찾을 수 있습니까?")
        expect(trace).to_contain_text("아직 답 없음")
        trace.get_by_role("radio", name="없다.", exact=True).check()
        expect(trace).not_to_contain_text("아직 답 없음")
        api.diagnosed.refuse = REFUSED
        trace.get_by_role("radio", name="시스템이 한다.").click()
        expect(trace.get_by_role("alert")).to_have_text(REFUSED)
        expect(trace.get_by_role("radio", name="없다.", exact=True)).to_be_checked()
        assert fits(page)
        page.get_by_role("button", name="대화로 하기").click()
        expect(page.locator("[data-now=hazards]")).to_be_visible()


def test_a_part_is_taken_and_one_of_somebody_else_is_not(page: Page, api: FakeApi) -> None:
    api.diagnosed.parts = {"safety": "somebody"}
    begun(page)
    page.get_by_role("button", name="표로 하기").click()
    page.get_by_text("내가 맡을 부분").click()
    expect(page.get_by_role("checkbox", name="안전과 환경")).to_be_disabled()
    page.locator(".gj-dx-chip", has_text="데이터").click()
    page.get_by_role("button", name="이 부분을 맡기").click()
    expect(page.get_by_text("맡은 부분을 적어 두었습니다.")).to_be_visible()
    assert api.diagnosed.parts == {"safety": "somebody", "data": "person-1"}


def test_the_result_is_shown_saved_and_acted_on(page: Page, api: FakeApi) -> None:
    api.diagnosed.answers = {}
    for name in ("records", "trace", "hazards", "energy"):
        api.diagnosed.keep(name, "paper")
    opened(page)
    page.get_by_role("button", name="결과", exact=True).click()
    expect(page.get_by_role("heading", name="진단 결과")).to_be_visible()
    expect(page.locator(".gj-dx-file")).to_have_count(4)
    page.get_by_role("button", name="해 볼 과제로 고르기: 비전 검사").click()
    expect(page.get_by_text("고른 과제", exact=True)).to_be_visible()
    page.get_by_role("button", name="고르기 취소: 비전 검사").click()
    expect(page.get_by_role("button", name="해 볼 과제로 고르기: 비전 검사")).to_be_visible()
    expect(page.locator("#gj-dx-peers")).to_contain_text("동의해야 합니다")


def test_a_months_figures_are_written_and_taken_back(page: Page, api: FakeApi) -> None:
    opened(page)
    page.get_by_role("button", name="성장기록").click()
    form = page.locator("form[data-act=outcome]")
    form.get_by_label("달", exact=False).first.fill("10월")
    form.get_by_label("사고 (건)", exact=True).fill("0")
    form.get_by_role("button", name="성과 저장").click()
    expect(form.get_by_role("alert")).to_contain_text("달은 2026-11처럼 적어 주세요.")
    expect(form.get_by_label("사고 (건)", exact=True)).to_have_value("0")
    form.get_by_label("달", exact=False).first.fill("2026-10")
    form.get_by_role("button", name="성과 저장").click()
    expect(page.locator(".gj-dx-line")).to_contain_text("2026-10 성과")
    expect(form.get_by_label("사고 (건)", exact=True)).to_have_value("")
    page.get_by_role("button", name="이 기록 지우기: 2026-10 성과").click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    expect(page.locator(".gj-dx-line")).to_contain_text("지움")


def test_what_is_typed_outlives_a_success_before_it_and_another_form(page: Page, api: FakeApi) -> None:
    opened(page)
    page.get_by_role("button", name="성장기록").click()
    form, figures = page.locator("form[data-act=training]"), page.locator("form[data-act=outcome]")
    figures.get_by_label("사고 (건)", exact=True).fill("2")
    for hours, told in (("2", "교육을 적었습니다."), ("두 시간", "숫자로 적어 주세요")):
        form.get_by_label("교육 이름").fill("AI 기초")
        form.get_by_label("받은 사람").fill("3")
        form.get_by_label("한 사람당 시간").fill(hours)
        form.get_by_role("button", name="교육 저장").click()
        expect(form.locator(".gj-note")).to_contain_text(told)
    expect(form.get_by_label("교육 이름")).to_have_value("AI 기초")
    expect(form.get_by_label("한 사람당 시간")).to_have_value("두 시간")
    expect(figures.get_by_label("사고 (건)", exact=True)).to_have_value("2")
    assert len(api.diagnosed.case["timeline"]) == 1


def test_what_was_kept_is_said_where_a_phone_looks(browser: Browser, url: str, api: FakeApi) -> None:
    with visit(browser, url, PHONE) as page:
        opened(page)
        page.get_by_role("button", name="성장기록").click()
        page.get_by_label("사고 (건)", exact=True).fill("0")
        page.get_by_role("button", name="성과 저장").click()
        told = page.locator("form[data-act=outcome] [data-told]")
        expect(told).to_be_in_viewport()
        expect(told).to_be_focused()


def test_the_form_is_filled_in_by_keyboard(page: Page, api: FakeApi) -> None:
    begun(page)
    page.get_by_role("button", name="표로 하기").click()
    records = page.get_by_role("group", name="생산 실적을 어떻게 남깁니까?")
    records.get_by_role("radio", name="없다.", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(records.get_by_role("radio", name="시스템이 한다.")).to_be_focused()
    assert not api.diagnosed.answers
    page.keyboard.press("Enter")
    expect(records).not_to_contain_text("아직 답 없음")
    expect(records.get_by_role("radio", name="시스템이 한다.")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(records.get_by_role("radio", name="종이로 한다.")).to_be_checked()
    page.wait_for_timeout(READ_MS)
    assert (api.diagnosed.answers or {})["records"]["value"] == "paper"


def test_a_diagnosis_without_an_answer_has_no_result_of_another(page: Page, api: FakeApi) -> None:
    begun(page)
    page.get_by_role("button", name="결과", exact=True).click()
    expect(page.get_by_text("아직 답이 없어 결과가 없습니다.")).to_be_visible()


def test_it_speaks_english_and_goes_on_where_it_was(page: Page) -> None:
    begun(page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("tab", name="Diagnosis")).to_be_visible()
    expect(page.get_by_label("Answer in your own words")).to_be_visible()
    expect(page.locator("[data-now=records]")).to_be_visible()


def test_who_only_reads_sees_results_and_writes_nothing(browser: Browser, url: str, api: FakeApi) -> None:
    api.visitor = {**STAFF, "role": "consultant", "granted": [{"company_id": "hanbit", "company": "한빛정밀"}]}
    api.diagnosed.answers = {}
    api.diagnosed.keep("records", "paper")
    api.diagnosed.case["may_write"] = False
    with visit(browser, url) as page:
        opened(page)
        expect(page.get_by_role("button", name="결과 보기")).to_be_visible()
        assert page.locator(".gj-dx [data-act]:not([data-act=go])").count() == 0
        page.get_by_role("button", name="성장기록").click()
        expect(page.get_by_text("아직 적힌 것이 없습니다.")).to_be_visible()
        assert page.locator(".gj-dx form").count() == 0


def test_a_trainer_has_no_company_to_diagnose(browser: Browser, url: str, api: FakeApi) -> None:
    api.visitor = {**STAFF, "role": "trainer", "company_id": None, "company": None}
    with visit(browser, url) as page:
        expect(page.get_by_role("tab")).to_have_text(["대화", "자료", "내 계정"])
