"""The Model Context Protocol route."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from knowledge import starter
from retrieval.korean import Tokenizer
from tests.installation import Installation, installed

LIBRARY = [("공용.md", "# 자율형공장\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
QUESTION = "자율형공장의 정부지원금은 최대 얼마인가요?"


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: LIBRARY)
        with installed(Path(tmp_path_factory.mktemp("home")), tokenizer, headers=False) as its:
            its.await_indexed(its.local)
            yield its


def call(its: Installation, method: str, headers: dict[str, str], **params: Any) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    accepting = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return its.http.post("/mcp", json=body, headers={**accepting, **headers})


def tool(its: Installation, name: str, headers: dict[str, str], **arguments: Any) -> dict[str, Any]:
    answer = call(its, "tools/call", headers, name=name, arguments=arguments)
    assert answer.status_code == 200
    result: dict[str, Any] = answer.json()["result"]
    return result


def test_its_tools_read_and_change_nothing(its: Installation) -> None:
    tools = call(its, "tools/list", its.local).json()["result"]["tools"]
    assert {found["name"] for found in tools} == {"search", "ask"}
    assert all(found["annotations"]["readOnlyHint"] for found in tools)


def test_an_agent_asks_as_the_owner_of_its_key(its: Installation) -> None:
    company = its.company("에이전트회사")
    staff, other = its.key("staff", company), its.key("staff", its.company("다른회사"))
    its.add("금형.md", "# 금형 M-9\n\n금형 M-9의 온도는 62도로 맞춘다.\n".encode(), staff)
    question = "금형 M-9의 온도는 몇 도인가요?"
    own = tool(its, "ask", staff, question=question)["structuredContent"]
    assert "62도" in own["answer"]
    assert own["citations"]
    foreign = tool(its, "ask", other, question=question)
    assert "62도" not in str(foreign)
    assert "62도" in str(tool(its, "search", staff, query="금형 M-9"))
    assert "62도" not in str(tool(its, "search", other, query="금형 M-9", k=20))
    log = its.http.get("/api/audit", headers=staff).json()["entries"]
    assert "asked" in {entry["action"] for entry in log}
    assert its.http.get("/api/conversations", headers=staff).json()["conversations"] == []


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("operator", 403), (None, 401)])
def test_who_may_not_read_gets_no_further_than_the_gate(its: Installation, role: str | None, status: int) -> None:
    headers = its.key(role) if role else {}
    assert call(its, "tools/call", headers, name="ask", arguments={"question": QUESTION}).status_code == status


def test_an_error_says_nothing_of_the_inside(its: Installation) -> None:
    result = tool(its, "ask", its.local, question="")
    assert result["isError"] is True
    assert "Traceback" not in str(result)
    assert "/" not in result["content"][0]["text"]
