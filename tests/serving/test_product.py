"""The product when its embedder is away or has been changed, seen through the API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from knowledge import starter
from retrieval.korean import Tokenizer
from tests.fakes import WordEmbedder
from tests.installation import installed

LIBRARY = [
    ("자율형공장.md", "# 자율형공장\n\n자율형공장의 정부지원금은 2년 동안 최대 6억 원이다.\n".encode()),
    ("안전.md", "# 안전보건교육\n\n사업주는 근로자에게 정기적으로 안전보건교육을 하여야 한다.\n".encode()),
]


@contextmanager
def running(folder: Path, embedder: WordEmbedder, tokenizer: Tokenizer) -> Iterator[TestClient]:
    with installed(folder, tokenizer, embedder=embedder) as its:
        yield its.http


@pytest.fixture
def home(tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Holds the library as a former embedder left it."""
    monkeypatch.setattr(starter, "starter_files", lambda: LIBRARY)
    with running(tmp_path, WordEmbedder("former"), tokenizer) as http:
        await_statuses(http, {"indexed"})
    return tmp_path


def await_statuses(http: TestClient, wanted: set[str]) -> None:
    deadline = time.monotonic() + 30
    while {item["status"] for item in http.get("/api/documents").json()["documents"]} != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def hits(http: TestClient, query: str) -> list[dict[str, Any]]:
    answer = http.get("/api/search", params={"q": query})
    assert answer.status_code == 200
    return list(answer.json()["hits"])


def test_a_changed_embedder_that_is_away_and_then_comes(home: Path, tokenizer: Tokenizer) -> None:
    new = WordEmbedder("new")
    new.down = True
    with running(home, new, tokenizer) as http:
        assert {item["status"] for item in http.get("/api/documents").json()["documents"]} == {"read"}
        by_keywords = hits(http, "자율형공장 정부지원금")
        assert by_keywords[0]["title"] == "자율형공장"
        new.down = False
        await_statuses(http, {"indexed"})
        assert hits(http, "자율형공장 정부지원금")[0]["score"] > by_keywords[0]["score"]


def test_a_document_added_while_the_embedder_is_away_is_taken_in_later(home: Path, tokenizer: Tokenizer) -> None:
    former = WordEmbedder("former")
    former.down = True
    with running(home, former, tokenizer) as http:
        sent = {"file": ("밸브.md", "# 밸브\n\n냉각수 밸브를 매주 확인한다.\n".encode())}
        added = http.post("/api/documents", files=sent).json()["document_id"]
        await_statuses(http, {"indexed", "read"})
        former.down = False
        await_statuses(http, {"indexed"})
        assert hits(http, "냉각수 밸브")[0]["document_id"] == added


def test_a_question_still_gets_its_evidence(home: Path, tokenizer: Tokenizer) -> None:
    former = WordEmbedder("former")
    former.down = True
    with running(home, former, tokenizer) as http:
        asked = {"question": "자율형공장의 정부지원금은 최대 얼마인가요?"}
        stream = http.post("/api/ask", json=asked, headers={"Accept": "text/event-stream"})
    assert stream.status_code == 200
    assert "최대 6억 원이다" in stream.text.split("event: answer")[0]
