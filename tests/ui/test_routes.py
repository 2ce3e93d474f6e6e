"""Gradio's own routes behind the gate: what is not named is closed, and nobody reaches another's session by its id."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from knowledge import starter
from retrieval.korean import Tokenizer
from serving import web
from serving.accounts.roles import Role
from serving.gate import Identity
from tests.installation import Installation, installed
from tests.ui.server import serving
from ui import start
from ui.page.visitors import OwnSessions

pytestmark = pytest.mark.proof
OPEN = {"/favicon.ico", "/robots.txt"}
NEEDED = {
    *(("GET", path) for path in ("/", "/config", "/config/", "/theme.css", "/manifest.json", "/assets/x", "/static/x")),
    *(("GET", f"/gradio_api/{path}") for path in ("startup-events", "app_id", "app_id/")),
    ("GET", "/svelte/x"),
    *(("POST", f"/gradio_api/{path}") for path in ("queue/join", "cancel", "reset", "reset/")),
}
"""Of Gradio's routes those that the page calls, written here by hand on purpose."""
LASTING = {("GET", "/gradio_api/queue/data"), ("GET", "/gradio_api/heartbeat/x")}
"""Streams of one's own session."""


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", list)
        with installed(tmp_path_factory.mktemp("home"), tokenizer, headers=False, person_a_minute=10_000) as its:
            yield its


@pytest.fixture(scope="module")
def built() -> list[FastAPI]:
    return []


@pytest.fixture(scope="module")
def url(its: Installation, built: list[FastAPI]) -> Iterator[str]:
    def app(url: str) -> FastAPI:
        built.append(web.app(its.base, its.product, start._page(url)))
        return built[0]

    with serving(app) as url:
        yield url


def cookie(its: Installation, login: str) -> dict[str, str]:
    office = its.base.office
    person = office.join(office.invite(Role.TRAINER, None, "", "operator"), login, login, "a long password 1")
    return {"Cookie": f"giljabi_session={office.signed_in(person, 'password')}"}


def gradios(built: list[FastAPI]) -> set[tuple[str, str]]:
    """Every route that Gradio has, with a value for each parameter."""
    mounted = next(route for route in built[0].routes if isinstance(route, Mount))
    waiting, found = list(mounted.routes), set()
    while waiting:
        route = waiting.pop()
        if included := getattr(route, "original_router", None):
            waiting += included.routes
        for method in getattr(route, "methods", None) or set():
            found.add((method, re.sub(r"{\w+(?::\w+)?}", "x", route.path)))  # type: ignore[attr-defined]
    assert len(found) > 40
    assert ("GET", "/gradio_api/file=x") in found
    return {(method, path) for method, path in found if method not in {"HEAD", "OPTIONS"}}


def test_a_stranger_reaches_none_of_gradios_routes(url: str, built: list[FastAPI]) -> None:
    for method, path in gradios(built):
        status = httpx.request(method, url + path, json={}).status_code
        assert (status == 401) != (path in OPEN), f"{method} {path}: {status}"


def test_who_is_signed_in_reaches_what_the_page_needs_and_no_more(
    its: Installation, url: str, built: list[FastAPI]
) -> None:
    """Files, uploads, proxies and Gradio's tools answer as what does not exist: by our gate, not by Gradio."""
    mine, reached = cookie(its, "kim@trainer"), set()
    for method, path in gradios(built):
        if (method, path) in LASTING or path == "/openapi.json":  # which is ours and comes first
            continue
        answer = httpx.request(method, url + path, json={}, headers=mine)
        if answer.status_code != 404 or answer.headers["content-type"] != "application/problem+json":
            reached.add((method, path))
    assert reached == NEEDED | {("GET", path) for path in OPEN}
    for path in ("/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/file/etc/passwd", "//etc/passwd"):
        assert httpx.get(url + path, headers=mine).status_code == 404, path


class Seen:
    """Stands for Gradio: remembers what reaches it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.asked.append((scope["path"], scope["query_string"].decode(), await request.body()))
        await PlainTextResponse("")(scope, receive, send)


def asked(proof: str, method: str, path: str, content: bytes = b"") -> tuple[str, str, bytes]:
    """What Gradio is asked when somebody of this proof asks."""
    gradio = Seen()
    own = OwnSessions(gradio)
    identity = Identity("person", Role.STAFF, "a", "a", proof, by_cookie=True)

    async def gated(scope: Scope, receive: Receive, send: Send) -> None:
        await own({**scope, "state": {"identity": identity}}, receive, send)

    TestClient(gated).request(method, path, content=content)
    return gradio.asked[0]


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("GET", "/gradio_api/queue/data?session_hash=abc", b""),
        ("GET", "/gradio_api/queue/data?session_hash=x&session_hash=abc", b""),
        ("GET", "/gradio_api/heartbeat/abc", b""),
        ("POST", "/gradio_api/queue/join", b'{"session_hash": "abc", "data": ["q"]}'),
        ("POST", "/gradio_api/cancel", b'{"session_hash": "x", "session_hash": "abc", "event_id": "1"}'),
    ],
)
def test_anothers_session_is_out_of_reach_by_its_id(method: str, path: str, content: bytes) -> None:
    kim, lee = asked("kim", method, path, content), asked("lee", method, path, content)
    assert kim == asked("kim", method, path, content)
    for mine, theirs in zip(kim, lee, strict=True):
        assert (mine != theirs) == (b"abc" in (mine if isinstance(mine, bytes) else mine.encode()))
    assert sum(mine != theirs for mine, theirs in zip(kim, lee, strict=True)) == 1


@pytest.mark.parametrize("content", [b"session_hash=abc", b'["abc"]', b'{"session_hash": "abc"', b"\xff"])
def test_what_is_not_gradios_own_json_does_not_reach_it(content: bytes) -> None:
    assert asked("kim", "POST", "/gradio_api/queue/join", content)[2] == b""
