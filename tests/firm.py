"""One company of an installation with everything a company has, for tests of what is done with all of it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serving import passphrase
from serving.errors import RequestError
from tests.installation import Installation, bearer

PASSWORD = "긴 비밀번호 하나 1234"
PHRASE = "네 낱말을 이어 쓴 긴 암호"
QUESTION = "정기점검은 언제 하나요?"


@dataclass(frozen=True)
class Firm:
    company_id: str
    name: str
    login: str
    key: dict[str, str]

    def signed_in(self, its: Installation) -> TestClient:
        browser = TestClient(its.http.app, base_url="http://127.0.0.1")
        answer = browser.post("/api/session", json={"login": self.login, "password": PASSWORD})
        assert answer.status_code == 204, answer.text
        return browser


def founded(its: Installation, name: str, word: str) -> Firm:
    """`word` stands in all that is the company's own: names, a document and its name, a question, a comment."""
    made = its.http.post("/api/companies", json={"name": name}, headers=its.operator).json()
    login = f"{word}@example.kr"
    body = {"token": made["link"].removeprefix("/join#"), "name": f"김{word}", "login": login, "password": PASSWORD}
    assert its.http.post("/api/invitations", json=body).status_code == 204
    company = made["company_id"]
    _, secret = its.base.office.make_key("admin", company, f"열쇠 {word}", "operator")  # type: ignore[arg-type]
    key = bearer(secret)
    its.add(f"점검 {word}.md", f"# 점검\n\n{word} 설비는 매달 정기점검한다.\n".encode(), key)
    asked = its.http.post("/api/ask", json={"question": f"{QUESTION} {word}"}, headers=key).json()
    assert "answer" in asked, asked
    head = its.http.get("/api/conversations", headers=key).json()["conversations"][0]["conversation_id"]
    turn = its.http.get(f"/api/conversations/{head}", headers=key).json()["turns"][0]["turn_id"]
    said = {"turn_id": turn, "rating": 1, "comment": f"좋아요 {word}"}
    rated = its.http.post(f"/api/conversations/{head}/feedback", json=said, headers=key)
    assert rated.status_code in {200, 204}, rated.text
    its.http.post("/api/company/people", json={"name": f"초대 {word}"}, headers=key).raise_for_status()
    return Firm(company, name, login, key)


def backed_up(its: Installation, company: str | None = None, phrase: str = PHRASE) -> bytes:
    answer = its.http.post("/api/backup", json={"company": company, "passphrase": phrase}, headers=its.operator)
    assert answer.status_code == 200, answer.text
    return answer.content


def restored(its: Installation, data: bytes, *, phrase: str = PHRASE, **fields: str) -> Any:
    return its.http.post(
        "/api/restore", files={"file": io.BytesIO(data)}, data={"passphrase": phrase, **fields}, headers=its.operator
    )


def names(its: Installation, firm: Firm) -> list[str]:
    found = its.http.get("/api/documents", headers=firm.key).json()["documents"]
    return [each["name"] for each in found if each["collection"] == "company"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """scrypt takes seconds and a gigabyte by design; the tests of `serving.passphrase` use the real one."""

    def instead(what: str, data: bytes, phrase: str) -> bytes:
        mark = hashlib.sha256(phrase.encode()).digest()
        if what == "encrypt":
            return mark + data
        if data[: len(mark)] != mark:
            raise RequestError("backup_passphrase", 422)
        return data[len(mark) :]

    monkeypatch.setattr(passphrase, "_in_a_child", instead)
