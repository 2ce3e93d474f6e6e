"""A whole installation on PostgreSQL, over HTTP: no database file of ours beside it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import text

from knowledge import starter
from retrieval.korean import Tokenizer
from serving import build
from serving.accounts.companies import Companies
from serving.accounts.roles import Role
from serving.audit import Action, Audit
from serving.books import Books
from serving.databases.postgres import PostgresDatabases
from serving.home import Home
from serving.product import Engines
from serving.restore import whole
from serving.settings import Settings
from tests.databases import Rooms
from tests.fakes import ScriptedModel, engine
from tests.installation import Installation, bearer, control, installed
from tests.postgres import DATABASE, Server
from tests.serving.test_disclosure import paper

pytestmark = pytest.mark.e2e
LIBRARY = [("공용.md", "# 자율형공장\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
SECRET = "카나리아사출기"
DOCUMENT = f"# {SECRET} 작업표준서\n\n{SECRET}의 알람 E-204는 냉각수 온도가 45도를 넘으면 울린다.\n".encode()
QUESTION = f"{SECRET} 알람 E-204는 언제 울리나요?"
PASSWORD = "긴 비밀번호 하나 1234"


@pytest.fixture
def its(
    tmp_path: Path, tokenizer: Tokenizer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    monkeypatch.setattr(starter, "starter_files", lambda: LIBRARY)
    engines = Engines(control(engine(ScriptedModel(script=lambda prompt: prompt[-300:]))))
    with installed(
        tmp_path,
        tokenizer,
        engines=engines,
        headers=False,
        database_url=postgres_url,
        person_a_minute=10_000,
        at_once=16,
    ) as its:
        its.await_indexed(its.local)
        yield its


def admin(its: Installation, name: str) -> tuple[str, TestClient]:
    made = its.http.post("/api/companies", json={"name": name}, headers=its.operator).json()
    browser = TestClient(its.http.app, base_url="http://127.0.0.1")
    token = made["link"].removeprefix("/join#")
    body = {"token": token, "name": "김반장", "login": f"kim@{made['company_id']}", "password": PASSWORD}
    assert browser.post("/api/invitations", json=body).status_code == 204
    return made["company_id"], browser


def schemas(server: Server) -> set[str]:
    with server.superuser(DATABASE) as connection:
        return set(connection.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname ~ '^(giljabi|place)'")))


def test_a_company_comes_asks_shares_and_leaves(its: Installation, postgres: Server) -> None:
    company, boss = admin(its, "한빛정밀")
    _, other = admin(its, "다른정밀")
    key = boss.post("/api/company/keys", json={"role": "staff", "name": "ERP\u200b"}).json()
    staff = bearer(key["key"])

    document = its.add("표준서.md", DOCUMENT, staff)
    assert document["status"] == "indexed", document
    asked = its.http.post("/api/ask", json={"question": QUESTION}, headers=staff).json()
    assert asked["citations"][0]["document_id"] == document["document_id"]
    assert "45도" in asked["answer"]
    rated = {"turn_id": asked["turn_id"], "rating": 1, "comment": "맞음 😀"}
    path = f"/api/conversations/{asked['conversation_id']}"
    assert its.http.post(f"{path}/feedback", json=rated, headers=staff).status_code == 204
    assert its.http.get(path, headers=staff).json()["turns"][0]["comment"] == "맞음 😀"
    for client in (other, TestClient(its.http.app, base_url="http://127.0.0.1", headers=its.key("host"))):
        assert SECRET not in client.get("/api/search", params={"q": SECRET}).text
        assert client.get(f"/api/documents/{document['document_id']}").status_code in {403, 404}

    assert boss.patch("/api/company", json={"stays_here": True}).status_code == 204
    assert boss.get("/api/company").json()["stays_here"] is True
    facts = {"overview": True, "facts": {"region": "경기"}}
    assert boss.put("/api/company/consents", json=facts).status_code == 204
    host = its.key("host")
    assert its.http.get("/api/host/overview", headers=host).json()["facts"] == {}

    wanted = {"company": company, "paper": paper()}
    request = its.http.post("/api/host/disclosures", json=wanted, headers=host).json()["disclosure_id"]
    granted = {"step": "granted", "document_id": document["document_id"], "note": "확인"}
    assert boss.post(f"/api/company/disclosures/{request}/decision", json=granted).status_code == 200
    shown = its.http.get(f"/api/host/disclosures/{request}/document", headers=host)
    assert shown.content == DOCUMENT
    withdrawn = {"step": "withdrawn"}
    assert boss.post(f"/api/company/disclosures/{request}/decision", json=withdrawn).status_code == 200
    assert its.http.get(f"/api/host/disclosures/{request}/document", headers=host).status_code == 404

    log = boss.get("/api/audit").json()
    assert log["intact"] is True
    assert {"joined", "key_made", "document_added", "asked", "disclosure_withdrawn"} <= {
        entry["action"] for entry in log["entries"]
    }

    assert boss.delete(f"/api/company/keys/{key['key_id']}").status_code == 204
    assert its.http.get("/api/documents", headers=staff).status_code == 401
    _leaves(its, postgres, company)
    assert boss.get("/api/documents").status_code == 401
    assert other.get("/api/audit").json()["intact"] is True
    assert not list(its.base.home.root.rglob("giljabi.db*"))


def _leaves(its: Installation, server: Server, company: str) -> None:
    """The company is removed through the operator's door, and nothing of it stays in the database."""
    made = its.base.databases
    assert isinstance(made, PostgresDatabases)
    role = made.role(company)
    assert role in schemas(server)
    answer = its.http.delete(f"/api/companies/{company}", params={"confirm": company}, headers=its.operator)
    assert answer.status_code == 200, answer.text
    assert role not in schemas(server)
    with server.superuser(DATABASE) as connection:
        assert not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role})
        assert (
            connection.scalar(text("SELECT count(*) FROM giljabi.people WHERE company_id = :it"), {"it": company}) == 0
        )


def test_an_installation_moves_from_files_to_a_server(
    tmp_path: Path, tokenizer: Tokenizer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a backup of the one, restored into an empty home of the other, as docs/postgresql.md says."""
    monkeypatch.setattr(starter, "starter_files", lambda: LIBRARY)
    phrase = "옮길 때 쓰는 긴 암호 하나"
    with installed(tmp_path / "old", tokenizer, headers=False) as old:
        company, _ = admin(old, "한빛정밀")
        key = old.key("staff", company)
        document = old.add("표준서.md", DOCUMENT, key)["document_id"]
        _, backup = old.http.app.state.wiring.vault.backups.lent(phrase, "operator")  # type: ignore[attr-defined]
    home = Home(tmp_path / "new")
    home.acquire()
    wanted = Settings(home=home.root, database_url=SecretStr(postgres_url))
    with backup:
        whole(backup, phrase, home, lambda made: build.databases(wanted, made), "operator")
    home.release()
    with installed(tmp_path / "new", tokenizer, headers=False, database_url=postgres_url) as its:
        its.await_indexed(key)
        assert its.http.get(f"/api/documents/{document}/file", headers=key).content == DOCUMENT
        assert SECRET in its.http.get("/api/search", params={"q": SECRET}, headers=key).text
        log = its.http.get("/api/audit", headers=key).json()
        assert log["intact"] is True
        assert {"document_added", "restored"} <= {entry["action"] for entry in log["entries"]}
        right = {"login": f"kim@{company}", "password": PASSWORD}
        assert its.http.post("/api/session", json=right).status_code == 204
        assert not list((tmp_path / "new").rglob("giljabi.db*"))


def test_the_server_going_away_for_a_moment_is_outlived(its: Installation, postgres: Server) -> None:
    """Each connection that was kept is dead then."""
    company, boss = admin(its, "한빛정밀")
    its.add("표준서.md", DOCUMENT, its.key("staff", company))
    with postgres.superuser() as connection:
        gone = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :it"
        assert (connection.scalar(text(gone), {"it": DATABASE}) or 0) > 3
    assert boss.get("/api/documents").status_code == 200
    assert boss.post("/api/ask", json={"question": QUESTION}).status_code == 200
    assert boss.get("/api/audit").json()["intact"] is True


def test_many_callers_at_once(its: Installation) -> None:
    """More requests than a pool has connections, over several companies; all answered, all logs whole."""
    companies = [its.company(f"협력사 {number}") for number in range(4)]
    callers = [its.key(role, company) for company in companies for role in ("staff", "admin")]

    def call(number: int) -> int:
        headers = callers[number % len(callers)]
        if number % 3 == 0:
            return its.http.post("/api/ask", json={"question": "자율형공장의 지원금은?"}, headers=headers).status_code
        return its.http.get("/api/documents", headers=headers).status_code

    with ThreadPoolExecutor(12) as pool:
        came = list(pool.map(call, range(60)))
    assert set(came) == {200}
    assert all(its.base.office.books.intact(company) for company in companies)


def write_some(url: str, home: str, company: str) -> None:
    databases = PostgresDatabases(url, "a secret of the tests")
    books = Books(databases, Home(Path(home)))
    for number in range(15):
        books.record(company, "kim", Action.ASKED, f"turn-{number}")
        books.record(None, "kim", Action.SIGNED_IN)
    books.close()
    databases.shared().dispose()


@pytest.mark.parametrize("rooms", ["postgresql"], indirect=True)
def test_processes_write_one_chain(rooms: Rooms, postgres_url: str) -> None:
    """Unlike a home of files, a PostgreSQL might be written by two servers."""
    company = Companies(rooms.shared()).add("한빛정밀").company_id
    rooms.place(company)
    context = multiprocessing.get_context("spawn")
    arguments = (postgres_url, str(rooms.folder), company)
    writers = [context.Process(target=write_some, args=arguments) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    books = Books(rooms.databases, Home(rooms.folder))
    assert books.intact(company)
    assert books.installation.verify() is None
    with books.of(company) as log:
        assert log.head().seq == Audit(rooms.shared()).head().seq == 45
    books.close()


def test_break_glass_stands_in_the_log_whatever_is_asked(its: Installation) -> None:
    company, boss = admin(its, "한빛정밀")
    _, secret = its.base.office.break_glass(company, "확인\0\ud800", 30, "operator")
    for path in ("/api/documents/%00", "/api/documents/%ED%A0%80", "/api/documents/" + "가" * 500):
        assert its.http.get(path, headers=bearer(secret)).status_code == 404
    log = boss.get("/api/audit").json()
    assert log["intact"] is True
    assert [entry["action"] for entry in log["entries"]][:3] == ["break_glass_used"] * 3
    assert its.base.office.accounts.keys.of(company)[0].role == Role.OPERATOR
