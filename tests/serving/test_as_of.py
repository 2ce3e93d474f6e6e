"""Versions of a law over the HTTP API: what was in force on the day that is asked about."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from knowledge import starter
from retrieval.korean import Tokenizer
from serving.product import Engines
from tests.fakes import ScriptedModel, engine
from tests.installation import control, installed

QUESTION = "설비점검법에서 사업주는 설비를 연 몇 회 점검해야 하나요?"


def law(effective: str, times: int) -> bytes:
    head = f"---\n제목: 설비점검법\n법령ID: '1'\n공포일자: {effective}\n시행일자: {effective}\n---\n"
    rule = f"**①** 사업주는 설비를 연 {times}회 점검하여야 한다."
    return f"{head}\n# 설비점검법\n\n##### 제3조 (점검)\n\n{rule}\n".encode()


@pytest.fixture
def client(
    tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setattr(starter, "starter_files", lambda: [("옛 법.md", law("2020-01-01", 3))])
    engines = Engines(control(engine(ScriptedModel(script=lambda _: "없음"))))
    with installed(tmp_path_factory.mktemp("home"), tokenizer, engines=engines, person_a_minute=10_000) as its:
        its.await_indexed({})
        yield its.http


def found(client: TestClient, as_of: str | None = None) -> list[tuple[str, str, str]]:
    answer = client.get("/api/search", params={"q": "설비 점검 횟수", **({"as_of": as_of} if as_of else {})})
    assert answer.status_code == 200
    return [(hit["text"].partition("설비를 ")[2], hit["locator"], hit["standing"]) for hit in answer.json()["hits"]]


def test_a_company_s_newer_law_takes_the_place_of_the_library_s(client: TestClient) -> None:
    assert found(client) == [("연 3회 점검하여야 한다.", "제3조제1항", "in_force")]
    identity = client.post("/api/documents", files={"file": ("새 법.md", law("2025-01-01", 5))}).json()["document_id"]
    deadline = time.monotonic() + 60
    while client.get(f"/api/documents/{identity}").json()["status"] in {"queued", "read"}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found(client) == [("연 5회 점검하여야 한다.", "제3조제1항", "in_force")]
    assert found(client, "2024-12-31") == [("연 3회 점검하여야 한다.", "제3조제1항", "in_force")]
    reply = client.post("/api/ask", json={"question": QUESTION, "as_of": "2024-12-31"}).json()
    assert "연 3회" in reply["answer"]
    assert "2024-12-31 기준으로" in reply["answer"]
    assert (reply["as_of"], reply["citations"][0]["locator"]) == ("2024-12-31", "제3조제1항")
    today = client.post("/api/ask", json={"question": QUESTION}).json()
    assert "연 5회" in today["answer"]
    assert today["as_of"] is None
    # What is superseded stays readable, and comes back when the newer one goes.
    listed = client.get("/api/documents").json()["documents"]
    assert {each["effective"] for each in listed} == {"2020-01-01", "2025-01-01"}
    assert client.delete(f"/api/documents/{identity}").status_code == 204
    assert found(client) == [("연 3회 점검하여야 한다.", "제3조제1항", "in_force")]


@pytest.mark.parametrize("day", ["2026-02-30", "내일", "1"])
def test_what_is_no_day_is_refused(client: TestClient, day: str) -> None:
    assert client.get("/api/search", params={"q": "점검", "as_of": day}).status_code == 422
    assert client.post("/api/ask", json={"question": "점검?", "as_of": day}).status_code == 422
