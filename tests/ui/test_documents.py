"""Documents in a real browser: taking them in, looking them over, seeing a place, and AAS drafts of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import DESKTOP, PHONE, ask, chromium, visit
from tests.ui.fake_api import ATTACK, QUOTE, FakeApi, served

pytestmark = pytest.mark.e2e
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP])


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[list[FakeApi], str]]:
    api = FakeApi(pace=0.02)
    with served(api, with_page=True) as url:
        yield [api], url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def api(server: tuple[list[FakeApi], str]) -> FakeApi:
    api = server[0][0]
    api.__dict__.update(FakeApi(pace=0.02).__dict__)
    return api


@pytest.fixture
def url(server: tuple[list[FakeApi], str], api: FakeApi) -> str:
    return server[1]


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    with visit(browser, url) as page:
        yield page


def documents(page: Page) -> Locator:
    page.get_by_role("tab", name="자료").click()
    return page.locator(".gj-shelf li[data-status]")


def files(*names: str) -> list[dict[str, object]]:
    return [{"name": name, "mimeType": "text/plain", "buffer": "가나다".encode()} for name in names]


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen, nor than the dialog that is open."""
    return bool(
        page.evaluate("""() => document.documentElement.scrollWidth <= innerWidth
          && [...document.querySelectorAll('dialog[open]')].every((box) => box.scrollWidth <= box.clientWidth)""")
    )


def test_files_go_up_and_their_fate_is_shown(page: Page, api: FakeApi) -> None:
    names = ["작업 표준서.txt", "설치.exe", "너무 큰 <img src=x onerror='window.pwned = 1'>.pdf"]
    rows = documents(page)
    page.get_by_label("파일 올리기").set_input_files(files(*names))
    refused = page.get_by_role("alert")
    expect(refused).to_have_text(f"{names[2]}: 100 MB보다 큰 파일은 받을 수 없습니다. 나누어 올려 주세요.")
    expect(rows.filter(has_text="작업 표준서.txt")).to_contain_text("사용 가능")
    expect(rows.filter(has_text="설치.exe")).to_contain_text("아직 읽지 못하는 형식입니다")
    expect(page.get_by_text("자료 2개를 처리했고, 1개는 읽지 못했습니다.")).to_be_visible()
    rows.filter(has_text="설치.exe").get_by_role("button", name="자료 지우기").click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    expect(rows).to_have_count(1)
    assert [document["name"] for document in api.documents.values()] == ["작업 표준서.txt"]
    assert page.evaluate("window.pwned") is None


def test_a_refused_file_is_sent_again_and_one_that_is_here_is_told(page: Page, api: FakeApi) -> None:
    api.add_document("도면.txt", "indexed")
    documents(page)
    page.get_by_label("파일 올리기").set_input_files(files("너무 큰.pdf", "도면.txt"))
    expect(page.get_by_text("이미 있는 자료 1개는 다시 넣지 않았습니다: 도면.txt")).to_be_visible()
    again = page.get_by_role("button", name="다시 올리기: 너무 큰.pdf")
    again.focus()
    page.keyboard.press("Enter")
    expect(again).to_be_visible()
    page.get_by_role("button", name="목록 닫기").click()
    expect(page.locator(".gj-sent")).to_have_count(0)


def test_a_folder_goes_up_with_its_paths_and_without_hidden_files(page: Page, api: FakeApi, tmp_path: Path) -> None:
    for path in ("표준/용접/스폿.txt", "표준/조립.txt", "표준/.DS_Store", "표준/~$조립.docx"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("가나다", encoding="utf-8")
    rows = documents(page)
    api.busy = 1
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="폴더 올리기").click()
    chosen.value.set_files(tmp_path / "표준")
    expect(page.get_by_text("숨은 파일과 임시 파일 2개는 건너뛰었습니다.")).to_be_visible()
    expect(rows.filter(has_text="사용 가능")).to_have_count(2)
    assert sorted(api.sent) == ["표준/용접/스폿.txt", "표준/조립.txt"]


def test_dropped_files_are_taken_in(page: Page, api: FakeApi) -> None:
    rows = documents(page)
    page.evaluate("""() => {
      const carried = new DataTransfer();
      carried.items.add(new File(["가나다"], "끌어온 자료.txt", { type: "text/plain" }));
      const box = document.querySelector(".gj-adding");
      for (const kind of ["dragenter", "dragover", "drop"]) {
        box.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
      }
    }""")
    expect(rows.filter(has_text="끌어온 자료.txt")).to_contain_text("사용 가능")


def test_progress_is_told_and_cancelled_one_by_one_or_all_at_once(page: Page, api: FakeApi) -> None:
    api.moving = False
    reading = {"stage": "reading", "done": 120, "all": 1000}
    api.add_document("설명서.pdf", "read", progress=reading)
    waiting = {"stage": "waiting", "done": 0, "all": 0}
    for name in ("가.txt", "나.txt"):
        api.add_document(name, "queued", progress=waiting)
    rows = documents(page)
    whole = page.get_by_label("자료 넣는 중").first
    expect(whole).to_contain_text("3개 중 0개 끝남")
    expect(whole).to_contain_text("초당 63.4쪽 · 이 단계 약 2분 남음")
    expect(rows.filter(has_text="설명서.pdf")).to_contain_text("읽는 중 120/1,000쪽")
    page.get_by_role("button", name="‘가.txt’ 넣기 취소").click()
    expect(rows.filter(has_text="가.txt")).to_contain_text("넣기를 취소했습니다")
    page.get_by_role("button", name="모두 취소").click()
    page.get_by_role("dialog").get_by_role("button", name="계속 넣기").click()
    expect(rows.filter(has_text="읽지 못함")).to_have_count(1)
    page.get_by_role("button", name="모두 취소").click()
    page.get_by_role("dialog").get_by_role("button", name="모두 취소").click()
    expect(rows.filter(has_text="읽지 못함")).to_have_count(3)
    expect(whole).to_have_count(0)


def test_nothing_is_asked_once_nothing_is_under_way(page: Page, api: FakeApi) -> None:
    documents(page)
    page.get_by_label("파일 올리기").set_input_files(files("가.txt"))
    expect(page.get_by_text("자료 1개를 모두 처리했습니다.")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "heartbeat" not in request.url else None)
    page.wait_for_timeout(1800)
    assert asked == []


@SIZES
def test_what_was_read_is_looked_over(browser: Browser, url: str, api: FakeApi, size: tuple[int, int]) -> None:
    older = {"document_id": "old", "name": "2025 공고.hwpx", "added_at": "2026-01-02T00:00:00Z",
             "effective": None, "standing": "superseded"}  # fmt: skip
    api.add_document("2026 공고.hwpx", "indexed", findings=1, versions=[older])
    with visit(browser, url, size) as page:
        documents(page)
        opener = page.get_by_role("button", name="무엇으로 읽었나: 2026 공고.hwpx")
        opener.focus()
        page.keyboard.press("Enter")
        box = page.get_by_role("dialog", name="2026 공고.hwpx")
        expect(box.get_by_role("heading", level=2)).to_be_focused()
        for words in (
            "6억 5,000만원",
            "신청할 수 없음",
            "제조사 이름을 적어 주세요.",
            "지난 판",
            "붙임/신청서.hwpx",
            "4행 3열",
        ):
            expect(box.get_by_text(words).first).to_be_visible()
        assert fits(page)
        box.get_by_role("button", name="무엇이 바뀌었나").click()
        expect(box.get_by_role("heading", name="‘2025 공고.hwpx’ 판에서 바뀐 곳 3군데")).to_be_visible()
        expect(box.locator("ins").first).to_have_text("정부지원금 최대 6억 원")
        assert fits(page)
        box.get_by_role("button", name="무엇으로 읽었나").click()
        box.get_by_role("button", name=re.compile("원문 보기: 지원 비율")).first.click()
        expect(page.locator(".gj-dialog-viewer")).to_be_visible()
        page.keyboard.press("Escape")
        expect(box).to_be_visible()
        page.keyboard.press("Escape")
        expect(box).to_be_hidden()
        expect(opener).to_be_focused()


@SIZES
def test_a_place_is_seen_from_its_card(browser: Browser, url: str, api: FakeApi, size: tuple[int, int]) -> None:
    with visit(browser, url, size) as page:
        ask(page, "상생형 AI트랙은 무엇인가요?")
        expect(page.locator("#e0 .gj-end")).to_be_visible()
        opener = page.locator("#e0-1").get_by_role("button", name="원문 보기")
        opener.focus()
        page.keyboard.press("Enter")
        box = page.get_by_role("dialog")
        expect(box.get_by_role("heading", level=2)).to_be_focused()
        expect(box.locator("mark")).to_have_text(QUOTE)
        assert api.viewed[-1] == {"document_id": "programme-win-win-ai-track", "section": 2, "quote": QUOTE}
        box.get_by_role("button", name="앞 절").click()
        expect(box.get_by_role("columnheader", name="항목")).to_be_visible()
        expect(box.get_by_role("link", name="원본 파일 받기")).to_have_attribute("href", re.compile("/file$"))
        assert fits(page)
        box.get_by_role("button", name="닫기").click()
        expect(box).to_be_hidden()
        expect(opener).to_be_focused()


@SIZES
def test_a_page_is_shown_with_its_words_marked(browser: Browser, url: str, api: FakeApi, size: tuple[int, int]) -> None:
    with visit(browser, url, size) as page:
        ask(page, "상생형 AI트랙은 무엇인가요?")
        page.locator("#e0-3 summary").click()
        page.locator("#e0-3").get_by_role("button", name="원문 보기").click()
        box = page.get_by_role("dialog")
        picture, mark = box.get_by_role("img", name="12쪽 그림"), box.locator(".gj-hit").first
        expect(mark).to_be_in_viewport()
        expect(box.get_by_role("group", name="12쪽 그림, 표시한 곳 2군데")).to_be_visible()

        def share() -> list[float]:
            page.wait_for_function("document.querySelector('.gj-page img').complete")
            whole, part = picture.bounding_box(), mark.bounding_box()
            assert whole
            assert part
            return [round((part["x"] - whole["x"]) / whole["width"], 2), round(part["width"] / whole["width"], 2)]

        assert share() == [0.12, 0.76]
        box.get_by_role("button", name="크게 보기").click()
        assert share() == [0.12, 0.76]
        assert fits(page)
        box.get_by_text("이 절을 글로 보기").click()
        expect(box.locator(".gj-prose")).to_be_visible()


def test_a_place_that_is_gone_is_told(page: Page, api: FakeApi) -> None:
    key = api.add_document("지운 자료.txt", "indexed")
    documents(page)
    expect(page.get_by_role("button", name="무엇으로 읽었나: 지운 자료.txt")).to_be_visible()
    del api.documents[key]
    page.get_by_role("button", name="무엇으로 읽었나: 지운 자료.txt").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("그런 자료가 없습니다.")


def test_scripts_in_a_document_stay_text_in_every_dialog(page: Page, api: FakeApi) -> None:
    api.text = ATTACK
    key = api.add_document(ATTACK, "indexed", findings=1)
    documents(page)
    page.get_by_label("어느 자료로").select_option(key)
    page.get_by_role("button", name="AAS 초안 만들기").click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text(ATTACK)
    page.get_by_role("button", name=re.compile("원문 보기: 제조사")).click()
    expect(page.locator(".gj-dialog-viewer h2")).to_be_focused()
    page.get_by_role("button", name="다음 절").click()
    expect(page.locator(".gj-dialog-viewer .gj-prose")).to_contain_text(ATTACK)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="무엇으로 읽었나").first.click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text(ATTACK)
    assert page.evaluate("window.pwned") is None


def test_a_draft_is_made_checked_and_taken(page: Page, api: FakeApi) -> None:
    api.add_document("선반 사양표.xlsx", "indexed")
    documents(page)
    page.get_by_role("button", name="AAS 초안 만들기").click()
    box = page.get_by_role("dialog")
    expect(box.get_by_text("비어 있는 필수 항목 2개 · 확인 안 한 값 3개")).to_be_visible()
    box.get_by_role("button", name="제조사 ‘예시정밀’ 값이 맞습니다").click()
    expect(box.get_by_role("button", name="제조사 확인 취소")).to_be_visible()
    box.get_by_role("button", name="주문 코드 ‘CL-200A’ 값이 맞습니다").click()
    address = box.get_by_label("제품 고유 주소(URI) 값")
    address.fill("틀림")
    page.keyboard.press("Enter")
    expect(box.get_by_role("alert")).to_contain_text("날짜만 적을 수 있습니다")
    expect(address).to_have_value("틀림")
    address.fill("https://example.com/cl200")
    page.keyboard.press("Enter")
    expect(box.get_by_text("사람이 적은 값")).to_be_visible()
    box.get_by_role("button", name="척 압력 ‘2.5 MPa’ 값이 맞습니다").click()
    expect(box.get_by_text("필수 항목이 모두 있고 모두 확인했습니다.")).to_be_visible()
    with page.expect_download() as taken:
        box.get_by_role("link", name="AASX 파일 받기").click()
    assert taken.value.suggested_filename == "draft.aasx"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="초안 열기: 선반 사양표.xlsx")).to_be_visible()
    page.get_by_role("button", name="초안 지우기").click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    expect(page.get_by_text("아직 초안이 없습니다.")).to_be_visible()


def test_readiness_is_a_list_with_what_to_do(page: Page) -> None:
    documents(page)
    page.get_by_role("button", name="점검하기").click()
    expect(page.get_by_text("갖춤 1 · 아직 1 · 알 수 없음 1")).to_be_visible()
    expect(page.get_by_text("할 일: 빠진 항목을 제조사 명판에서 찾아 적어 주세요.")).to_be_visible()
    page.get_by_text("살펴본 곳 1군데").click()
    expect(page.get_by_text("Nameplate/SerialNumber")).to_be_visible()


def test_the_documents_tab_fits_a_phone_and_a_thumb(browser: Browser, url: str, api: FakeApi) -> None:
    api.moving = False
    api.add_document(
        "작업 표준서/" * 12 + "W" * 60 + ".docx", "read", progress={"stage": "reading", "done": 1, "all": 9}
    )
    api.add_document("법.md", "indexed", standing="superseded", superseded_by="d1", findings=3, fictional=True)
    with visit(browser, url, PHONE) as page:
        rows = documents(page)
        expect(rows).to_have_count(2)
        assert fits(page)
        low = page.locator("button:visible:not(.gj-mark), summary:visible, .gj-upload").evaluate_all(
            "all => all.filter(one => one.offsetHeight < 44).map(one => one.outerHTML)"
        )
        assert low == []
        page.get_by_role("button", name="‘법.md’의 새 판 보기").tap()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert fits(page)


def test_documents_in_english(page: Page, api: FakeApi) -> None:
    api.add_document("manual.pdf", "indexed")
    documents(page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Add a folder")).to_be_visible()
    page.get_by_role("button", name="How it was read: manual.pdf").click()
    box = page.get_by_role("dialog", name="manual.pdf")
    expect(box.get_by_text("KRW 650,000,000").first).to_be_visible()
    expect(box.get_by_role("button", name="Close")).to_be_visible()
