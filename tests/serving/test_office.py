"""Accounts as people and programs use them: links, sessions, keys, grants, and their end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import update

from knowledge import starter
from retrieval.korean import Tokenizer
from serving import web
from serving.accounts.roles import Role
from serving.accounts.tables import grants
from serving.clock import moment, now
from serving.overview import Fact
from serving.product import Engines
from tests.fakes import ScriptedModel, engine
from tests.installation import Installation, bearer, control, installed
from tests.serving.test_disclosure import paper

LIBRARY = [("공용.md", "# 자율형공장\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
QUESTION = "자율형공장의 정부지원금은 최대 얼마인가요?"
PASSWORD = "긴 비밀번호 하나 1234"
SLOW = ScriptedModel(script=lambda _: "자율형공장은 지원을 받습니다. [1] " * 200, pause=0.2)


@pytest.fixture
def its(tmp_path: object, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(starter, "starter_files", lambda: LIBRARY)
    engines = Engines(control(engine(SLOW)))
    with installed(tmp_path, tokenizer, engines=engines, headers=False, person_a_minute=10_000) as its:  # type: ignore[arg-type]
        its.await_indexed(its.local)
        yield its


def joined(its: Installation, link: str, login: str) -> TestClient:
    """A browser in which an invitation was accepted."""
    browser = TestClient(its.http.app, base_url="http://127.0.0.1")
    body = {"token": link.removeprefix("/join#"), "name": "김반장", "login": login, "password": PASSWORD}
    assert browser.post("/api/invitations", json=body).status_code == 204
    return browser


def admin(its: Installation, name: str = "한빛정밀") -> tuple[str, TestClient]:
    made = its.http.post("/api/companies", json={"name": name}, headers=its.operator).json()
    return made["company_id"], joined(its, made["link"], f"admin@{made['company_id']}")


def test_an_invitation_makes_an_admin_who_invites_staff(its: Installation) -> None:
    company, boss = admin(its)
    assert boss.get("/api/session").json() | {"person_id": ""} == {
        "person_id": "", "name": "김반장", "role": "admin", "company_id": company, "company": "한빛정밀", "granted": [],
    }  # fmt: skip
    link = boss.post("/api/company/people", json={"role": "staff", "name": "이주임"}).json()["link"]
    assert its.http.get(f"/api/invitations/{link.removeprefix('/join#')}").json() == {
        "company": "한빛정밀", "role": "staff", "name": "이주임",
    }  # fmt: skip
    staff = joined(its, link, "lee@hanbit")
    assert staff.get("/api/session").json()["role"] == "staff"
    assert staff.get("/api/company/people").status_code == 403
    spent = {"token": link.removeprefix("/join#"), "name": "x", "login": "x@hanbit", "password": PASSWORD}
    refused = its.http.post("/api/invitations", json=spent)
    assert refused.status_code == 410
    assert "새 링크" in refused.json()["title"]


def test_a_password_signs_in_and_a_wrong_one_like_an_unknown_login_does_not(its: Installation) -> None:
    company, _ = admin(its)
    right = {"login": f" ADMIN@{company} ", "password": PASSWORD}
    answer = its.http.post("/api/session", json=right)
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    wrong = its.http.post("/api/session", json={**right, "password": "not this one 1"})
    unknown = its.http.post("/api/session", json={"login": "nobody@nowhere", "password": "not this one 1"})
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.status_code == 401


def test_guessing_is_slowed_for_logins_that_exist_and_those_that_do_not(its: Installation) -> None:
    company, _ = admin(its)
    for login in (f"admin@{company}", "nobody@nowhere"):
        answers = [its.http.post("/api/session", json={"login": login, "password": f"guess {n} x"}) for n in range(7)]
        assert [answer.status_code for answer in answers][-1] == 429
        assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_sign_in_link_works_once(its: Installation) -> None:
    secret = its.base.office.entry("operator")
    browser = TestClient(its.http.app, base_url="http://127.0.0.1")
    assert browser.get(f"/enter?token={secret}", follow_redirects=False).headers["location"] == "/"
    assert browser.get("/api/documents").status_code == 200
    again = TestClient(its.http.app, base_url="http://127.0.0.1")
    assert again.get(f"/enter?token={secret}", follow_redirects=False).status_code == 410
    assert again.get("/api/documents").status_code == 401


def test_signing_out_ends_the_session_wherever_its_cookie_is_kept(its: Installation) -> None:
    _, boss = admin(its)
    kept = dict(boss.cookies)
    assert boss.delete("/api/session").status_code == 204
    assert TestClient(its.http.app, base_url="http://127.0.0.1", cookies=kept).get("/api/session").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"},
    ],
)
def test_a_foreign_page_changes_nothing_with_the_cookie(its: Installation, headers: dict[str, str]) -> None:
    _, boss = admin(its)
    answer = boss.patch("/api/company", json={"stays_here": True}, headers=headers)
    assert answer.status_code == 403
    assert boss.get("/api/company").json()["stays_here"] is False
    assert (
        boss.patch("/api/company", json={"stays_here": True}, headers={"Origin": "http://127.0.0.1"}).status_code == 204
    )


def test_a_key_is_shown_once_and_kept_as_a_hash(its: Installation) -> None:
    company, boss = admin(its)
    made = boss.post("/api/company/keys", json={"role": "staff", "name": "ERP"}).json()
    assert its.http.get("/api/documents", headers=bearer(made["key"])).status_code == 200
    assert made["key"] not in boss.get("/api/company/keys").text
    files = its.base.home.root.rglob("*")
    secret = made["key"].encode()
    assert not [path for path in files if path.is_file() and secret in path.read_bytes()]
    assert boss.delete(f"/api/company/keys/{made['key_id']}").status_code == 204
    assert its.http.get("/api/documents", headers=bearer(made["key"])).status_code == 401
    del company


def test_the_last_admin_cannot_be_revoked_and_a_revoked_person_is_out(its: Installation) -> None:
    company, boss = admin(its)
    me = boss.get("/api/session").json()["person_id"]
    assert boss.delete(f"/api/company/people/{me}").status_code == 409
    second = joined(its, boss.post("/api/company/people", json={"role": "admin"}).json()["link"], "two@hanbit")
    assert second.delete(f"/api/company/people/{me}").status_code == 204
    assert boss.get("/api/documents").status_code == 401
    login = {"login": f"admin@{company}", "password": PASSWORD}
    assert its.http.post("/api/session", json=login).status_code == 401


def test_a_consultant_sees_what_one_company_grants_until_it_is_withdrawn(its: Installation) -> None:
    company, boss = admin(its)
    consultant, secret = its.base.office.make_key(Role.CONSULTANT, None, "", "operator")
    headers = {**bearer(secret), "X-Giljabi-Company": company}
    assert its.http.get("/api/documents", headers=headers).status_code == 403
    grant = boss.post("/api/company/grants", json={"consultant": consultant.key_id, "days": 5}).json()
    assert its.http.get("/api/documents", headers=headers).status_code == 200
    assert its.http.post("/api/documents", files={"file": ("x.md", b"# x")}, headers=headers).status_code == 403
    assert its.http.get("/api/audit", headers=headers).status_code == 403
    assert boss.delete(f"/api/company/grants/{grant['grant_id']}").status_code == 204
    assert its.http.get("/api/documents", headers=headers).status_code == 403


def test_a_consultants_browser_keeps_to_the_company_that_was_opened(its: Installation) -> None:
    secret = its.base.office.invite(Role.CONSULTANT, None, "박컨설", "operator")
    browser = joined(its, f"/join#{secret}", "park@consult")
    me = browser.get("/api/session").json()["person_id"]
    one, two, third = (its.company(name) for name in ("하나정밀", "두리금속", "남의회사"))
    made = {company: its.base.office.grant(company, me, 3, "admin") for company in (one, two)}

    def opened() -> str | None:
        answer: str | None = browser.get("/api/session").json()["company_id"]
        return answer

    assert opened() is None
    assert "어느 회사인지" in browser.get("/api/documents").json()["title"]
    assert {item["company"] for item in browser.get("/api/session").json()["granted"]} == {"하나정밀", "두리금속"}
    assert browser.put("/api/session/company", json={"company_id": third}).status_code == 404
    assert opened() is None
    for company in (two, one):
        assert browser.put("/api/session/company", json={"company_id": company}).status_code == 204
        assert opened() == company
    stranger = {"Cookie": f"giljabi_session={browser.cookies['giljabi_session']}; giljabi_company={third}"}
    assert its.http.get("/api/documents", headers=stranger).status_code == 403
    assert browser.get("/api/session", headers={"X-Giljabi-Company": two}).json()["company_id"] == two
    its.base.office.withdraw_grant(one, made[one].grant_id, "admin")
    assert opened() is None, "what was meant for one company must not be asked of another"
    ended = browser.delete("/api/session").headers.get_list("set-cookie")
    assert any(cookie.startswith('giljabi_company="";') for cookie in ended)


def test_a_stranger_is_listened_to_for_a_moment_only(its: Installation) -> None:
    """What is parsed is parsed while everybody waits."""
    nested = b'{"x":[' + b"[]," * 200_000 + b"[]]}"
    for path in ("/api/session", "/api/invitations"):
        answer = its.http.post(path, content=nested, headers={"Content-Type": "application/json"})
        assert (answer.status_code, "0.1 MB" in answer.json()["title"]) == (413, True)
    _, boss = admin(its)
    answer = boss.put("/api/company/consents", content=b" " * 1_000_001, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_only_a_consultant_chooses(its: Installation) -> None:
    company, boss = admin(its)
    assert boss.put("/api/session/company", json={"company_id": company}).status_code == 404
    boss.cookies.set("giljabi_company", its.company("남의회사"))
    assert boss.get("/api/session").json()["company_id"] == company


def test_a_consent_that_is_refused_is_none(its: Installation) -> None:
    _, boss = admin(its)
    wrong = {"overview": True, "facts": {"region": "Busan"}}
    assert boss.put("/api/company/consents", json=wrong).status_code == 422
    assert boss.get("/api/company").json()["consents"] == {"overview": False, "covers": []}
    right = {"overview": True, "facts": {"region": "부산"}}
    assert boss.put("/api/company/consents", json=right).status_code == 204
    known = boss.get("/api/company").json()
    assert (known["consents"]["overview"], known["published"]) == (True, {"region": "부산"})
    assert set(known["consents"]["covers"]) == set(Fact)


def test_what_was_disclosed_is_taken_back_and_kept_as_long_as_the_law_wants(its: Installation) -> None:
    company, boss = admin(its)
    document = its.add("조건표.md", b"# x\n\ny\n", {"Cookie": f"giljabi_session={boss.cookies['giljabi_session']}"})
    host = its.key("host")
    path = its.http.post("/api/host/disclosures", json={"company": company, "paper": paper()}, headers=host)
    kept = f"/api/host/disclosures/{path.json()['disclosure_id']}"
    decision = f"/api/company/disclosures/{path.json()['disclosure_id']}/decision"
    granted = {"step": "granted", "document_id": document["document_id"]}
    assert boss.post(decision, json=granted).status_code == 200
    assert its.http.get(f"{kept}/document", headers=host).status_code == 200
    endings = its.base.live.endings
    assert boss.post(decision, json={"step": "withdrawn"}).status_code == 200
    assert its.base.live.endings == endings + 1, "a download under way ends"
    assert its.http.get(f"{kept}/document", headers=host).status_code == 404
    assert its.http.delete(kept, params={"deal_ended": "2001-01-01"}, headers=host).status_code == 409
    assert boss.delete(kept, params={"deal_ended": "2001-01-01"}).status_code == 403


def test_break_glass_needs_a_reason_reads_alone_and_stands_in_the_companys_log(its: Installation) -> None:
    company, boss = admin(its)
    path = f"/api/companies/{company}/break-glass"
    assert its.http.post(path, json={"reason": ""}, headers=its.operator).status_code == 422
    key = its.http.post(path, json={"reason": "디스크 복구 확인", "minutes": 5}, headers=its.operator).json()["key"]
    assert its.http.get("/api/documents", headers=bearer(key)).status_code == 200
    assert its.http.post("/api/documents", files={"file": ("x.md", b"# x")}, headers=bearer(key)).status_code == 403
    assert its.http.get("/api/companies", headers=bearer(key)).status_code == 403
    log = boss.get("/api/audit").json()
    assert log["intact"] is True
    by_action = {entry["action"]: entry for entry in log["entries"]}
    assert by_action["break_glass_opened"]["details"]["reason"] == "디스크 복구 확인"
    assert by_action["break_glass_used"]["details"]["path"] == "/api/documents"


def test_the_log_names_deeds_and_no_contents(its: Installation) -> None:
    _, boss = admin(its)
    sent = {"file": ("비밀도면이름.md", "# 비밀도면\n\n비밀도면의 공차는 0.01 mm이다.\n".encode())}
    document = boss.post("/api/documents", files=sent).json()["document_id"]
    boss.get(f"/api/documents/{document}/file")
    boss.delete(f"/api/documents/{document}")
    text = boss.get("/api/audit").text
    for action in ("joined", "signed_in", "document_added", "document_read", "document_deleted"):
        assert f'"{action}"' in text
    assert "비밀도면" not in text


@pytest.fixture
def port(its: Installation) -> Iterator[int]:
    """The same app behind a real port, since the test client gives a stream only once it is over."""
    server = uvicorn.Server(uvicorn.Config(web.app(its.base, its.product), port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(20)


def _by_key(its: Installation) -> tuple[dict[str, str], Callable[[], None]]:
    company = its.company("끊길회사")
    key, secret = its.base.office.make_key(Role.STAFF, company, "", "operator")
    return bearer(secret), lambda: its.base.office.revoke_key(key.key_id, company, "operator")


def _by_person(its: Installation) -> tuple[dict[str, str], Callable[[], None]]:
    company, boss = admin(its)
    staff = joined(its, boss.post("/api/company/people", json={}).json()["link"], "lee@hanbit")
    person = staff.get("/api/session").json()["person_id"]
    cookie = f"giljabi_session={staff.cookies['giljabi_session']}"
    return {"Cookie": cookie}, lambda: its.base.office.revoke_person(person, company, "operator")


def _by_grant(its: Installation) -> tuple[dict[str, str], Callable[[], None]]:
    company = its.company("허락한회사")
    key, secret = its.base.office.make_key(Role.CONSULTANT, None, "", "operator")
    grant = its.base.office.grant(company, key.key_id, 3, "admin")
    headers = {**bearer(secret), "X-Giljabi-Company": company}
    return headers, lambda: its.base.office.withdraw_grant(company, grant.grant_id, "admin")


def _by_leaving(its: Installation) -> tuple[dict[str, str], Callable[[], None]]:
    company = its.company("떠나는회사")
    return its.key("staff", company), lambda: its.base.office.leaving(company)


def _by_expiry(its: Installation) -> tuple[dict[str, str], Callable[[], None]]:
    """Nobody does anything: the time of a break-glass access is over while the answer comes."""
    company = its.company("잠깐열린회사")
    _, secret = its.base.office.accounts.keys.make(
        Role.OPERATOR, company, "", "operator", lasting=timedelta(seconds=4), reason="확인"
    )
    return bearer(secret), lambda: None


def _by_end_of_grant(its: Installation) -> tuple[dict[str, str], Callable[[], None]]:
    company = its.company("며칠만허락한회사")
    key, secret = its.base.office.make_key(Role.CONSULTANT, None, "", "operator")
    grant = its.base.office.grant(company, key.key_id, 1, "admin")
    soon = {"expires_at": moment(now() + timedelta(seconds=4))}
    with its.base.databases.shared().begin() as connection:
        connection.execute(update(grants).where(grants.c.grant_id == grant.grant_id).values(soon))
    return {**bearer(secret), "X-Giljabi-Company": company}, lambda: None


@pytest.mark.parametrize(
    "made",
    [
        *(_by_key, _by_person, _by_grant, _by_leaving),
        *(pytest.param(made, marks=pytest.mark.proof) for made in (_by_expiry, _by_end_of_grant)),  # they take seconds
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
async def test_revoking_ends_an_open_stream(
    its: Installation,
    port: int,
    path: str,
    made: Callable[[Installation], tuple[dict[str, str], Callable[[], None]]],
) -> None:
    headers, revoke = await asyncio.to_thread(made, its)
    body: dict[str, object] = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
    if path == "/api/ask":
        body = {"question": QUESTION}
    lines = []
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
        http.stream("POST", path, json=body, headers={**headers, "Accept": "text/event-stream"}) as stream,
    ):
        assert stream.status_code == 200
        async for line in stream.aiter_lines():
            lines.append(line)
            if "6억" in line and "answer" not in line:
                await asyncio.to_thread(revoke)
    text = "\n".join(lines)
    assert "권한이 방금 거두어져" in text
    assert "event: answer" not in text
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        assert (await http.get("/api/documents", headers=headers)).status_code in {401, 403}


def test_a_spent_link_tells_a_person_in_words(its: Installation) -> None:
    answer = its.http.get("/enter?token=spent", headers={"Accept": "text/html"})
    assert answer.status_code == 410
    assert answer.headers["content-type"].startswith("text/html")
    assert "새 링크를 받아 주세요" in answer.text
    assert its.http.get("/enter?token=spent").headers["content-type"] == "application/problem+json"
