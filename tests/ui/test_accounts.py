"""Signing in, and the tab for accounts, in a real browser against the real gate, accounts and logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from knowledge import starter
from retrieval.korean import Tokenizer
from serving import web
from serving.accounts.people import Person
from serving.accounts.roles import Role
from tests.browsing import DESKTOP, PHONE, chromium
from tests.installation import BY, Installation, installed
from tests.ui.fake_api import ATTACK
from tests.ui.server import serving
from ui import start

pytestmark = pytest.mark.e2e

PASSWORD = "correct horse 9"
HOSTILE = f"하나 {ATTACK[:60]}"
LIBRARY = [("자율형공장.md", "# 자율형공장\n\n자율형공장의 정부지원금은 2년 동안 최대 6억 원이다.\n".encode())]


@dataclass(frozen=True)
class House:
    """The installation, its address, and the people a test makes in it."""

    its: Installation
    url: str

    def person(self, role: str, company: str | None = None, name: str = "김하나", login: str | None = None) -> Person:
        office = self.its.base.office
        secret = office.invite(Role(role), company, name, BY)
        return office.join(secret, name, login or f"p{secret[:20]}@example.kr", PASSWORD)

    def company(self, name: str) -> str:
        return self.its.company(name)

    def cookie(self, person: Person) -> str:
        return self.its.base.office.signed_in(person, "password")

    def status(self, path: str, key: str) -> int:
        return httpx.get(self.url + path, headers={"Authorization": f"Bearer {key}"}).status_code


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: LIBRARY)
        with installed(tmp_path_factory.mktemp("home"), tokenizer) as its:
            its.await_indexed({})
            with serving(lambda url: web.app(its.base, its.product, start._page(url))) as url:
                yield House(its, url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@contextmanager
def stranger(browser: Browser, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """Somebody's browser. Nothing of anybody's text may have run in it, and it may have asked nobody else."""
    phone = size == PHONE
    with browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="ko-KR", has_touch=phone, is_mobile=phone
    ) as context:
        page = context.new_page()
        foreign: list[str] = []
        errors: list[str] = []
        page.on(
            "request",
            lambda sent: None if re.match(r"http://127\.0\.0\.1|data:|blob:", sent.url) else foreign.append(sent.url),
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        yield page
        assert page.evaluate("window.pwned") is None
        assert (foreign, errors) == ([], [])


@contextmanager
def visitor(browser: Browser, house: House, person: Person, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """The page as this person finds it, the tab for accounts open."""
    with stranger(browser, size) as page:
        page.context.add_cookies([{"name": "giljabi_session", "value": house.cookie(person), "url": house.url}])
        page.goto(house.url)
        page.get_by_role("tab").last.click()
        expect(page.locator(".gj-who-am-i")).to_be_visible()
        yield page


def part(page: Page, heading: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=heading, exact=True))


def agree(page: Page, words: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=words).click()


def told(page: Page) -> Locator:
    return page.locator(".gj-told").filter(has_text=re.compile("."))


def fill(form: Locator, **values: str) -> None:
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_signing_in_by_keyboard_after_a_wrong_password(browser: Browser, house: House, size: tuple[int, int]) -> None:
    login = f"kim-{size[0]}@hanbit.kr"
    house.person("staff", house.company(f"한빛 {size[0]}"), login=login)
    with stranger(browser, size) as page:
        page.goto(house.url)
        page.wait_for_url("**/sign-in")
        expect(page.get_by_label("아이디")).to_be_focused()
        expect(page.get_by_label("아이디")).to_have_attribute("autocomplete", "username")
        expect(page.get_by_label("비밀번호")).to_have_attribute("autocomplete", "current-password")
        expect(page.get_by_text("회사 관리자에게 초대 링크를 받으세요.")).to_be_visible()
        page.keyboard.type(login)
        page.keyboard.press("Tab")
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("아이디나 비밀번호가 맞지 않습니다. 다시 확인해 주세요.")
        expect(page.get_by_label("비밀번호")).to_be_focused()
        expect(page.get_by_label("비밀번호")).to_have_value("")
        assert fits(page)
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{house.url}/")
        expect(page.locator(".gj-name")).to_have_text(f"한빛 {size[0]} · 직원")
        assert fits(page)
        page.get_by_role("button", name="로그아웃").click()
        page.wait_for_url("**/sign-in?lang=ko")
        page.goto(house.url)
        page.wait_for_url("**/sign-in")


def test_guessing_is_slowed_and_says_for_how_long(browser: Browser, house: House) -> None:
    with stranger(browser) as page:
        page.goto(f"{house.url}/sign-in")
        alert = page.get_by_role("alert")
        page.get_by_label("아이디").fill("nobody@example.kr")
        for _ in range(5):
            page.get_by_label("비밀번호").fill("guess")
            with page.expect_response("**/api/session") as answer:
                page.get_by_role("button", name="로그인").click()
            assert answer.value.status == 401
        page.get_by_label("비밀번호").fill("guess")
        with page.expect_response("**/api/session") as answer:
            page.get_by_role("button", name="로그인").click()
        seconds = answer.value.headers["retry-after"]
        expect(alert).to_contain_text(f"{seconds}초 뒤에 다시 해 주세요.")


def test_an_invitation_is_shown_accepted_and_spent(browser: Browser, house: House) -> None:
    company = house.company(f"한빛정밀 {HOSTILE}")
    link = f"{house.url}/join#{house.its.base.office.invite(Role.ADMIN, company, '', BY)}"
    with stranger(browser, PHONE) as page:
        page.goto(link)
        expect(page.get_by_role("heading")).to_have_text(f"‘한빛정밀 {HOSTILE}’의 관리자로 초대받으셨습니다")
        assert fits(page)
        page.get_by_role("link", name="English").tap()
        expect(page.get_by_role("heading")).to_contain_text("as an admin")
        page.get_by_role("link", name="한국어").tap()
        fill(page.locator("form"), name="김관리", login="admin@invited.kr", password=PASSWORD, again="another one")
        page.get_by_role("button", name="들어가기").tap()
        expect(page.get_by_role("alert")).to_have_text("두 비밀번호가 서로 다릅니다. 다시 적어 주세요.")
        fill(page.locator("form"), password="aaaaaaaaaaaa", again="aaaaaaaaaaaa")
        page.get_by_role("button", name="들어가기").tap()
        expect(page.get_by_role("alert")).to_contain_text("너무 짧거나 단순합니다")
        fill(page.locator("form"), password=PASSWORD, again=PASSWORD)
        page.get_by_role("button", name="들어가기").tap()
        page.wait_for_url(f"{house.url}/")
        expect(page.locator(".gj-name")).to_have_text(f"한빛정밀 {HOSTILE} · 관리자")
    with stranger(browser) as page:
        page.goto(link)
        expect(page.get_by_role("alert")).to_contain_text("이미 썼거나 기한이 지난 링크입니다.")
        expect(page.locator("form")).to_be_hidden()
        page.goto(f"{house.url}/join")
        expect(page.get_by_role("alert")).to_contain_text("초대 링크가 온전하지 않습니다.")


def test_an_openid_provider_is_offered_where_there_is_one(browser: Browser, house: House) -> None:
    token = house.its.base.office.invite(Role.HOST, None, "", BY)
    with stranger(browser) as page:
        ways = {"password": True, "oidc": {"name": "한빛 <b>계정</b>"}}
        page.route("**/api/sign-in-ways", lambda route: route.fulfill(json=ways))
        page.goto(f"{house.url}/sign-in")
        offered = page.get_by_role("link", name="한빛 <b>계정</b> 계정으로 로그인")
        expect(offered).to_have_attribute("href", "/oidc/start")
        page.goto(f"{house.url}/join#{token}")
        expect(page.get_by_role("heading")).to_have_text("주관기업 담당자로 초대받으셨습니다")
        offered = page.get_by_role("link", name="한빛 <b>계정</b> 계정으로 들어가기")
        assert offered.evaluate("link => link.href") == f"{house.url}/oidc/start?invitation={token}"
        page.unroute("**/api/sign-in-ways")
        page.goto(f"{house.url}/sign-in")
        expect(page.get_by_role("button", name="로그인")).to_be_visible()
        expect(page.locator("#oidc")).to_be_hidden()


def test_an_admin_invites_somebody_who_comes_and_is_sent_away(browser: Browser, house: House) -> None:
    admin = house.person("admin", house.company("들고나기"), "김관리")
    with visitor(browser, house, admin) as page, stranger(browser) as other:
        people = part(page, "사람")
        fill(people.locator("form"), name=HOSTILE)
        people.get_by_role("button", name="초대하기").click()
        expect(told(page)).to_be_focused()
        other.goto(told(page).locator("code").inner_text())
        expect(other.get_by_label("이름")).to_have_value(HOSTILE)
        fill(other.locator("form"), login="new@deulgo.kr", password=PASSWORD, again=PASSWORD)
        other.get_by_role("button", name="들어가기").click()
        expect(other.locator(".gj-name")).to_have_text("들고나기 · 직원")
        page.get_by_role("tab", name="자료").click()
        page.get_by_role("tab", name="우리 회사").click()
        expect(people.get_by_role("textbox", name="이름")).to_have_value("")
        row = people.get_by_role("listitem").filter(has_text=HOSTILE)
        expect(row).to_contain_text("직원 · new@deulgo.kr")
        expect(people.get_by_role("listitem").filter(has_text="김관리").get_by_role("button")).to_have_count(0)
        row.get_by_role("button").click()
        agree(page, "그대로 두기")
        row.get_by_role("button").click()
        agree(page, "내보내기")
        expect(row).to_contain_text("내보냄")
        expect(part(page, "우리 회사의 기록")).to_contain_text(f"김관리 사람을 내보냈습니다: {HOSTILE}")
        other.get_by_role("tab", name="우리 회사").click()
        expect(other.get_by_role("dialog")).to_contain_text("로그인이 끝났습니다.")
        agree(other, "로그인")
        other.wait_for_url("**/sign-in?lang=ko")


def test_a_key_is_shown_once_works_and_is_revoked(browser: Browser, house: House) -> None:
    with visitor(browser, house, house.person("admin", house.company("열쇠"))) as page:
        keys = part(page, "API 키")
        fill(keys.locator("form"), name=HOSTILE)
        keys.get_by_role("button", name="키 만들기").click()
        secret = told(page).locator("code").inner_text()
        assert secret.startswith("gj_")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        told(page).get_by_role("button", name="복사").click()
        expect(told(page).get_by_role("button", name="복사했습니다")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == secret
        assert house.status("/api/documents", secret) == 200
        page.reload()
        page.get_by_role("tab", name="우리 회사").click()
        row = keys.get_by_role("listitem").filter(has_text=HOSTILE)
        expect(row).to_contain_text("직원")
        assert secret not in page.content()
        row.get_by_role("button").click()
        agree(page, "거두기")
        expect(row).to_contain_text("거둠")
        assert house.status("/api/documents", secret) == 401


def test_a_consultant_is_let_in_and_shut_out(browser: Browser, house: House) -> None:
    consultant = house.person("consultant", name="박컨설")
    admin = house.person("admin", house.company("문 여는 회사"))
    with visitor(browser, house, admin) as page, visitor(browser, house, consultant) as other:
        expect(other.get_by_role("tab")).to_have_text(["내 계정"])
        grants = part(page, "컨설턴트")
        fill(grants.locator("form"), consultant="person-none", days="3")
        grants.get_by_role("button", name="들여보내기").click()
        expect(told(page).get_by_role("alert")).to_contain_text("그런 컨설턴트가 없습니다.")
        expect(grants.get_by_label("컨설턴트의 아이디")).to_have_value("person-none")
        fill(grants.locator("form"), consultant=other.locator("code").first.inner_text())
        grants.get_by_role("button", name="들여보내기").click()
        expect(grants.get_by_role("listitem")).to_contain_text(consultant.person_id)
        other.reload()
        expect(other.locator(".gj-who-am-i")).to_contain_text("허락한 회사가 있습니다.")
        other.get_by_role("button", name="‘문 여는 회사’ 열기").click()
        expect(other.get_by_role("tab")).to_have_text(["대화", "자료", "진단", "내 계정"])
        expect(other.locator(".gj-name")).to_have_text("문 여는 회사 · 컨설턴트")
        grants.get_by_role("button", name="허락 거두기").click()
        agree(page, "허락 거두기")
        expect(grants.get_by_role("listitem")).to_contain_text("거둠")
        other.reload()
        expect(other.get_by_role("tab")).to_have_text(["내 계정"])


def test_a_consultant_of_two_companies_opens_one_at_a_time(browser: Browser, house: House) -> None:
    consultant = house.person("consultant", name="최컨설")
    names = {house.company(name): name for name in ("가나금속", HOSTILE)}
    for company in names:
        house.its.base.office.grant(company, consultant.person_id, 3, BY)
    with visitor(browser, house, consultant, PHONE) as page:
        expect(page.get_by_role("tab")).to_have_text(["내 계정"])
        expect(page.locator(".gj-who-am-i")).to_contain_text("허락한 회사가 있습니다.")
        choice = part(page, "허락한 회사")
        expect(choice.get_by_role("listitem")).to_have_count(2)
        assert fits(page)
        second = page.context.new_page()
        second.goto(house.url)
        choice.get_by_role("button", name="‘가나금속’ 열기").click()
        for tab in (page, second):
            expect(tab.locator(".gj-name")).to_have_text("가나금속 · 컨설턴트")
            expect(tab.get_by_role("tab")).to_have_text(["대화", "자료", "진단", "내 계정"])
        page.get_by_role("tab").last.click()
        expect(choice.get_by_role("listitem").filter(has_text="열려 있음")).to_contain_text("가나금속")
        choice.get_by_role("button").click()
        expect(second.locator(".gj-name")).to_have_text(f"{HOSTILE} · 컨설턴트")


def test_what_goes_out_is_decided_and_asked_for_before_more_does(browser: Browser, house: House) -> None:
    company = house.company("나가는 것")
    admin, staff = house.person("admin", company), house.person("staff", company)
    with visitor(browser, house, admin) as page:
        stays = page.get_by_role("switch", name="회사 전체 주관기업 LLM 전송 금지")
        counted = page.get_by_role("switch", name="주관기업의 협력사 현황에 포함")
        stays.click()
        expect(stays).to_be_checked()
        counted.click()
        agree(page, "그대로 두기")
        expect(counted).not_to_be_checked()
        counted.click()
        agree(page, "동의")
        expect(counted).to_be_checked()
        log = part(page, "우리 회사의 기록")
        expect(log).to_contain_text("협력사 현황에 포함되는 데 동의했습니다")
        expect(log).to_contain_text("회사 전체에 주관기업 LLM 전송 금지를 걸었습니다")
        with visitor(browser, house, staff) as other:
            expect(part(other, "밖으로 나가는 것").locator(".gj-badge")).to_have_text(["켜짐", "켜짐"])
            expect(part(other, "우리 회사의 기록")).to_contain_text("기록이 온전합니다.")
            expect(other.locator("form, [role=switch]")).to_have_count(0)
        stays.click()
        agree(page, "풀기")
        expect(stays).not_to_be_checked()
        counted.click()
        expect(counted).not_to_be_checked()


def test_the_host_asks_in_writing_and_gets_what_is_granted_while_it_is(browser: Browser, house: House) -> None:
    company = house.company("부탁받는 회사")
    admin, today = house.person("admin", company), date.today()  # noqa: DTZ011
    add = house.its.add("척 도면.md", b"# \xec\xb2\x99\n\n8", house.its.key("staff", company))
    with visitor(browser, house, house.person("host")) as host, visitor(browser, house, admin) as page:
        expect(host.get_by_role("tab")).to_have_text(["협력사"])
        host.get_by_text("새 요청 쓰기").click()
        paper = host.locator("form[data-deed=request]")
        days = {"deliver_on": today, "use_until": today + timedelta(30), "return_on": today + timedelta(40)}
        written = {name: str(day) for name, day in days.items()}
        for field in paper.locator("input, textarea").all():
            name = field.get_attribute("name") or ""
            field.fill(written.get(name, f"{name} {HOSTILE}"))
        paper.get_by_role("button", name="요청 보내기").click()
        agree(host, "보내기")
        expect(told(host).get_by_role("alert")).to_contain_text("그런 회사가 없습니다.")
        expect(paper.locator("[name=purpose]")).to_have_value(f"purpose {HOSTILE}")
        paper.locator("[name=company]").fill("부탁받는 회사")
        paper.get_by_role("button", name="요청 보내기").click()
        agree(host, "보내기")
        expect(part(host, "자료 요청")).to_contain_text("답을 기다림")
        page.reload()
        page.get_by_role("tab", name="우리 회사").click()
        asked = part(page, "주관기업의 자료 요청")
        asked.locator("summary").click()
        expect(asked.get_by_role("definition").filter(has_text=f"justification {HOSTILE}")).to_be_visible()
        asked.get_by_role("button", name="요청대로 승인").click()
        expect(page.get_by_role("dialog")).to_have_count(0)  # no document has been chosen
        asked.get_by_label("보여 줄 우리 자료").select_option(str(add["document_id"]))
        asked.get_by_label("좁힌 범위 (좁혀서 승인할 때)").fill("척 지름만")
        asked.get_by_role("button", name="좁혀서 승인").click()
        agree(page, "좁혀서 승인")
        expect(asked).to_contain_text("범위: 척 지름만")
        host.reload()
        with host.expect_download() as download:
            host.locator(".gj-paper summary").first.click()
            host.get_by_role("link", name="승인된 자료 받기").click()
        assert Path(download.value.path()).read_bytes() == b"# \xec\xb2\x99\n\n8"
        asked.locator("summary").click()
        asked.get_by_role("button", name="승인 거두기").click()
        agree(page, "승인 거두기")
        expect(asked).to_contain_text("거둠")
        expect(asked.get_by_role("button")).to_have_count(0)
        expect(part(page, "우리 회사의 기록")).to_contain_text("주관기업 승인된 자료를 받았습니다: 척")
        host.reload()
        host.locator(".gj-paper summary").first.click()
        expect(host.get_by_role("link", name="승인된 자료 받기")).to_have_count(0)


def test_the_operator_makes_a_company_and_sees_its_people_only(browser: Browser, house: House) -> None:
    with visitor(browser, house, house.person("operator", name="운영")) as page:
        expect(page.get_by_role("tab")).to_have_text(["운영"])
        fill(part(page, "회사").locator("form"), name=f"새 회사 {HOSTILE}")
        page.get_by_role("button", name="회사 만들기").click()
        expect(told(page)).to_contain_text(f"‘새 회사 {HOSTILE}’ 회사를 만들었습니다.")
        assert "/join#" in told(page).locator("code").inner_text()
        page.get_by_role("button", name=f"‘새 회사 {HOSTILE}’의 사람과 키 보기").click()
        people = part(page, f"‘새 회사 {HOSTILE}’의 사람")
        expect(people).to_be_focused()
        expect(people.locator("option")).to_have_text(["직원", "관리자"])
        people.get_by_role("button", name="초대하기").click()
        expect(told(page)).to_contain_text("초대 링크를 만들었습니다.")
        expect(people).to_be_visible()
        page.get_by_role("button", name="회사에 속하지 않은 사람과 키 보기").click()
        nobodys = part(page, "회사에 속하지 않은 사람")
        expect(nobodys.locator("option")).to_have_text(["컨설턴트", "강사", "주관기업 담당자", "운영자"])
        keys = part(page, "회사에 속하지 않은 API 키")
        fill(keys.locator("form"), name="포털")
        keys.locator("select").select_option("host")
        keys.get_by_role("button", name="키 만들기").click()
        secret = told(page).locator("code").inner_text()
        assert house.status("/api/host/overview", secret) == 200
        keys.get_by_role("button", name="거두기: 포털").click()
        agree(page, "거두기")
        expect(keys.get_by_role("listitem").filter(has_text="포털")).to_contain_text("거둠")
        assert house.status("/api/host/overview", secret) == 401


def test_an_old_log_is_read_page_by_page(browser: Browser, house: House) -> None:
    company = house.company("긴 기록")
    staff = house.person("staff", company, "오래된 사람")
    for _ in range(40):
        house.cookie(staff)
    with visitor(browser, house, staff) as page:
        log = part(page, "우리 회사의 기록")
        expect(log.locator("li").first).to_contain_text("나 로그인했습니다 (비밀번호)")
        expect(log).not_to_contain_text("초대를 받아들였습니다")
        log.get_by_role("button", name="더 오래된 기록").click()
        expect(log).to_contain_text("나 초대를 받아들였습니다 (직원)")
        expect(log).to_be_focused()
        expect(log.get_by_role("button", name="더 오래된 기록")).to_have_count(0)
        log.get_by_role("button", name="최근 기록으로").click()
        expect(log.get_by_role("button", name="더 오래된 기록")).to_be_visible()


@pytest.mark.parametrize("role", ["admin", "host", "operator"])
def test_a_phone_has_room_for_all_of_it(browser: Browser, house: House, role: str) -> None:
    company = house.company(f"아주 긴 이름의 협력사 정밀공업 주식회사 {role}") if role == "admin" else None
    with visitor(browser, house, house.person(role, company, "아주긴이름" * 12), PHONE) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => (one.open = true))")
        assert fits(page)
        low: Any = page.locator("button:visible, summary:visible, select:visible, input:visible").evaluate_all(
            "all => all.filter(one => one.offsetHeight < 44).map(one => one.outerHTML)"
        )
        assert low == []
        page.get_by_role("button", name="English").tap()
        expect(page.get_by_role("heading", name="My account")).to_be_visible()
        assert fits(page)
        assert not re.search(r"[가-힣]", page.get_by_role("tab").last.inner_text())
