"""The HTTP API on real stores, with a fake embedder and a scripted model."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from knowledge import starter
from retrieval.korean import Tokenizer
from serving.product import Engines, Product
from tests.fakes import ScriptedModel, engine
from tests.installation import Installation, control, installed

QUESTION = "자율형공장의 정부지원금은 최대 얼마인가요?"
ANSWER = "자율형공장은 약 30개 과제를 뽑습니다. [1]"
LIBRARY = {
    "자율형공장.md": "# 자율형공장\n\n## 지원\n\n자율형공장의 정부지원금은 2년 동안 최대 6억 원이다.\n\n자율형공장은 약 30개 과제를 뽑는다.\n",
    "안전.md": "# 안전보건교육\n\n사업주는 근로자에게 정기적으로 안전보건교육을 하여야 한다.\n",
}


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    shipped = sorted((name, text.encode()) for name, text in LIBRARY.items())
    engines = Engines(control(engine(ScriptedModel(script=lambda _: ANSWER))))
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: shipped)
        with installed(home, tokenizer, engines=engines, quota_mb=1, upload_mb=2, person_a_minute=10_000) as its:
            its.await_indexed({})
            yield its


@pytest.fixture
def made(its: Installation) -> Product:
    return its.product


@pytest.fixture
def client(its: Installation) -> TestClient:
    return its.http


def add(client: TestClient, name: str, data: bytes) -> dict[str, Any]:
    answer = client.post("/api/documents", files={"file": (name, data)})
    assert answer.status_code == 202
    identity = answer.json()["document_id"]
    deadline = time.monotonic() + 60
    while (known := client.get(f"/api/documents/{identity}").json())["status"] in {"queued", "read"}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return known


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_ask_answers_with_citations_claims_and_times(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": QUESTION}).json()
    assert reply["answer"].endswith(ANSWER)
    assert reply["abstained"] is False
    assert reply["claims"]["unsupported"] == 0
    assert set(reply["ms"]) == {"evidence", "first_token", "total"}
    cited = reply["citations"][0]
    assert {"n", "document_id", "title", "page", "locator", "quote"} <= set(cited)
    assert cited["title"] == "자율형공장"
    assert "최대 6억 원이다" in cited["quote"]


def test_the_stream_gives_evidence_then_text_then_the_same_answer(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = events_of(answer.text)
    names = [name for name, _ in events]
    assert names[0] == "evidence"
    assert names[-1] == "answer"
    assert set(names[1:-1]) == {"token"}
    assert "".join(data["text"] for name, data in events if name == "token") == events[-1][1]["answer"]
    assert events[0][1]["evidence"][0]["text"]


def test_search_gives_ranked_hits(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "안전보건교육", "k": 1}).json()
    assert [hit["title"] for hit in found["hits"]] == ["안전보건교육"]
    hit = found["hits"][0]
    assert {"rank", "score", "document_id", "title", "page", "locator", "section", "text"} <= set(hit)
    assert {"standing", "in_force_from", "in_force_until", "closes"} <= set(hit)
    assert found["ms"] >= 0


def test_a_document_is_added_found_downloaded_and_deleted(client: TestClient) -> None:
    data = "# 프레스 P-77 점검\n\n프레스 P-77의 유압은 매주 월요일에 확인한다.\n".encode()
    known = add(client, "점검표.md", data)
    assert (known["status"], known["title"], known["collection"]) == ("indexed", "프레스 P-77 점검", "company")
    identity = known["document_id"]
    assert client.get("/api/search", params={"q": "프레스 P-77"}).json()["hits"][0]["document_id"] == identity
    file = client.get(f"/api/documents/{identity}/file")
    assert file.content == data
    assert file.headers["content-disposition"].startswith("attachment")
    again = client.post("/api/documents", files={"file": ("copy.md", data)}).json()
    assert again == {"document_id": identity, "status": "unchanged"}
    assert client.delete(f"/api/documents/{identity}").status_code == 204
    assert client.get(f"/api/documents/{identity}").status_code == 404
    hits = client.get("/api/search", params={"q": "프레스 P-77"}).json()["hits"]
    assert identity not in {hit["document_id"] for hit in hits}


def test_a_broken_file_is_rejected_with_a_korean_reason(client: TestClient) -> None:
    known = add(client, "도면.zip", b"PK\x03\x04" + b"0" * 100)
    assert known["status"] == "rejected"
    assert known["reason"].startswith("ZIP 파일이 손상되어")


def test_a_zip_bomb_is_refused_unopened(client: TestClient) -> None:
    import io
    import zipfile

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", b"0" * 50_000_000)
    known = add(client, "bomb.docx", bomb.getvalue())
    assert known["status"] == "rejected"


def test_library_documents_are_read_only(client: TestClient) -> None:
    library = [item for item in client.get("/api/documents").json()["documents"] if item["collection"] == "library"]
    assert len(library) == 2
    refused = client.delete(f"/api/documents/{library[0]['document_id']}")
    assert refused.status_code == 403
    assert "공용 자료실" in refused.json()["title"]


def test_a_file_over_the_limit_is_refused_and_nothing_is_kept(client: TestClient) -> None:
    before = client.get("/api/documents").json()
    refused = client.post("/api/documents", files={"file": ("big.txt", b"x" * 4_000_000)})
    assert refused.status_code == 413
    assert "너무 큽니다" in refused.json()["title"]
    assert client.get("/api/documents").json() == before


def test_a_body_of_unsaid_length_is_cut_off_at_the_limit(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(400):
            yield b"x" * 10_000

    refused = client.post("/api/ask", content=endless(), headers={"Content-Type": "application/json"})
    assert refused.status_code == 413


def test_the_quota_is_kept(client: TestClient) -> None:
    refused = client.post("/api/documents", files={"file": ("half.txt", "가나다 라마\n".encode() * 80_000)})
    assert refused.status_code == 413
    assert "저장 한도" in refused.json()["title"]


def test_conversations_are_listed_opened_rated_and_deleted(client: TestClient) -> None:
    first = client.post("/api/ask", json={"question": QUESTION}).json()
    conversation = first["conversation_id"]
    client.post("/api/ask", json={"question": "그럼 과제 수는요?", "conversation_id": conversation})
    heads = client.get("/api/conversations").json()["conversations"]
    assert heads[0]["conversation_id"] == conversation
    assert heads[0]["turns"] == 2
    turns = client.get(f"/api/conversations/{conversation}").json()["turns"]
    assert [turn["question"] for turn in turns] == [QUESTION, "그럼 과제 수는요?"]
    rated = client.post(
        f"/api/conversations/{conversation}/feedback", json={"turn_id": turns[0]["turn_id"], "rating": 1}
    )
    assert rated.status_code == 204
    assert client.get(f"/api/conversations/{conversation}").json()["turns"][0]["rating"] == 1
    assert client.delete(f"/api/conversations/{conversation}").status_code == 204
    assert client.get(f"/api/conversations/{conversation}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/ask", {"question": ""}, 422),
        ("POST", "/api/ask", {"question": "가" * 2001}, 422),
        ("POST", "/api/ask", {"question": QUESTION, "conversation_id": "conv-other"}, 404),
        ("POST", "/api/ask", {"question": QUESTION, "company": "other"}, 422),
        ("POST", "/api/ask", None, 422),
        ("GET", "/api/documents/doc-other", None, 404),
        ("GET", "/api/documents/..%2f..%2fgiljabi.db/file", None, 404),
        ("GET", "/api/conversations/conv-other", None, 404),
        ("GET", "/api/search?q=", None, 422),
        ("GET", "/api/nowhere", None, 404),
        ("PUT", "/api/ask", None, 405),
        ("POST", "/v1/chat/completions", {"messages": [{"role": "system", "content": "x"}]}, 422),
    ],
)
def test_bad_requests_are_korean_problems_without_inner_text(
    client: TestClient, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    answer = client.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert any("가" <= letter <= "힣" for letter in problem["title"])
    assert "Traceback" not in answer.text
    assert "sqlite" not in answer.text.lower()


def test_a_bad_question_is_a_plain_error_on_the_stream_route_too(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": " "}, headers={"Accept": "text/event-stream"})
    assert answer.status_code == 422


def test_problems_speak_english_to_those_who_ask_for_it(client: TestClient) -> None:
    answer = client.get("/api/documents/doc-other", headers={"Accept-Language": "en-GB"})
    assert answer.json()["title"].startswith("There is no such document")


def test_openai_completion_carries_citations_beside_choices(client: TestClient) -> None:
    body = {"model": "giljabi", "messages": [{"role": "user", "content": QUESTION}], "temperature": 0.2}
    answer = client.post("/v1/chat/completions", json=body).json()
    assert answer["choices"][0]["message"]["content"].endswith(ANSWER)
    assert answer["citations"][0]["title"] == "자율형공장"
    assert client.get("/v1/models").json()["data"][0]["id"] == "giljabi"


def test_openai_stream_ends_as_clients_expect(client: TestClient) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
    lines = [line for line in client.post("/v1/chat/completions", json=body).text.splitlines() if line]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks).endswith(ANSWER)
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["citations"]


def test_the_openai_route_keeps_nothing(client: TestClient) -> None:
    before = client.get("/api/conversations").json()
    client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]})
    assert client.get("/api/conversations").json() == before


def test_health_metrics_and_docs(its: Installation, client: TestClient) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").json() == {"status": "ready", "down": []}
    client.post("/api/ask", json={"question": QUESTION})
    metrics = client.get("/metrics", headers=its.operator).text
    assert 'giljabi_answers_total{outcome="answered"}' in metrics
    assert "자율형공장" not in metrics
    assert client.get("/docs").status_code == 200
    assert "/api/ask" in client.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1:80@evil.example",
        "[::1]evil",
        "127.0.0.1:",
        "",
        "127.0.0.1.evil.example",
        "evil.example:7860",
    ],
)
def test_an_unknown_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/api/documents", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:7860", "[::1]:7860", "LOCALHOST:1"])
def test_this_machine_is_known_by_its_names(client: TestClient, host: str) -> None:
    assert client.get("/health/live", headers={"Host": host}).status_code == 200


def test_a_call_without_a_key_gets_401_from_this_machine_too(client: TestClient) -> None:
    nobody = {"Authorization": ""}
    for method, path in (("GET", "/api/documents"), ("GET", "/api/conversations"), ("GET", "/v1/models"), ("GET", "/")):
        answer = client.request(method, path, headers=nobody)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post("/api/ask", json={"question": QUESTION}, headers=nobody).status_code == 401
    assert client.post("/api/ask", content=b"{", headers=nobody).status_code == 401


def test_a_full_disk_is_said_and_loses_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("knowledge.registry.Registry._write", full)
    before = client.get("/api/documents").json()
    refused = client.post("/api/documents", files={"file": ("x.md", b"# x\n\ny\n")})
    assert refused.status_code == 507
    assert "저장 공간" in refused.json()["title"]
    assert client.get("/api/documents").json() == before


def test_files_lie_in_the_company_s_own_folder(made: Product, client: TestClient) -> None:
    add(client, "own.md", "# 우리 것\n\n우리 회사만 보는 글.\n".encode())
    with made.opened("local") as mine:
        own = mine.documents.own.registry
        path = own.file(own.entries()[-1].document_id)
    assert "companies/local/files" in path.as_posix()
    assert isinstance(path, Path)
