"""The real product from outside: command line, HTTP, the official OpenAI client, kills and hostile files."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.e2e.conftest import Giljabi

pytestmark = pytest.mark.e2e

QUESTION = "자율형공장은 얼마까지 지원하나요?"
DEMO = Path(__file__).parents[2] / "knowledge" / "demo"


def ask(giljabi: Giljabi, question: str, **more: Any) -> dict[str, Any]:
    answer = giljabi.http.post(f"{giljabi.url}/api/ask", json={"question": question, **more}, timeout=180)
    assert answer.status_code == 200, answer.text
    reply: dict[str, Any] = answer.json()
    return reply


def quotes_are_verbatim(giljabi: Giljabi, reply: dict[str, Any]) -> bool:
    """Every quote stands in the original file of its document, white space and table bars folded."""
    for cited in reply["citations"]:
        file = giljabi.http.get(f"{giljabi.url}/api/documents/{cited['document_id']}/file", timeout=30).content.decode()
        if _folded(cited["quote"]) not in _folded(file):
            return False
    return True


def _folded(text: str) -> str:
    return " ".join(text.replace("|", " ").split())


def test_the_command_line_answers_with_citations(giljabi: Giljabi) -> None:
    done = giljabi.run("ask", QUESTION, "--json")
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert "6억" in reply["answer"]
    assert reply["abstained"] is False
    assert reply["claims"]["unsupported"] == 0
    assert reply["citations"]
    assert "자율형공장" in reply["citations"][0]["title"]
    assert quotes_are_verbatim(giljabi, reply)


def test_a_conversation_goes_on(giljabi: Giljabi) -> None:
    first = ask(giljabi, "대기업 LLM을 협력사가 쓸 수 있는 지원은 뭐가 있나요?")
    assert first["citations"]
    second = ask(giljabi, "그럼 자부담은요?", conversation_id=first["conversation_id"])
    assert second["conversation_id"] == first["conversation_id"]
    assert any("상생형" in cited["title"] or "자부담" in cited["title"] for cited in second["citations"])
    assert quotes_are_verbatim(giljabi, second)


@pytest.mark.parametrize(
    "question", ["내일 부산에 비 와요?", "화낙 로봇 SRVO-062 에러 조치법", "구리 시세가 톤당 얼마예요?"]
)
def test_what_no_document_answers_is_refused(giljabi: Giljabi, question: str) -> None:
    reply = ask(giljabi, question)
    assert reply["abstained"] is True
    assert "찾지 못했습니다" in reply["answer"]


def test_ingest_search_and_an_exact_alarm_code(giljabi: Giljabi) -> None:
    done = giljabi.run("ingest", str(DEMO), "--json")
    assert done.returncode == 0, done.stderr
    files = json.loads(done.stdout)["files"]
    assert {item["status"] for item in files} == {"indexed"}
    again = json.loads(giljabi.run("ingest", str(DEMO), "--json").stdout)["files"]
    assert {item["status"] for item in again} == {"unchanged"}
    found = json.loads(giljabi.run("search", "알람 E-217", "-k", "3", "--json").stdout)
    assert "E-217" in found["hits"][0]["text"]
    row = next(hit for hit in found["hits"] if hit["text"].startswith("코드 | 원인 | 조치"))
    assert "E-217 |" in row["text"]
    assert "행" in row["locator"]


def test_ingest_says_what_it_refused_and_exits_with_1(giljabi: Giljabi, tmp_path: Path) -> None:
    (tmp_path / "도면.dwg").write_bytes(b"\x00\x01\x02" * 100)
    (tmp_path / "규정.md").write_text("# 우리 규정\n\n작업 전 점검을 한다.\n", encoding="utf-8")
    done = giljabi.run("ingest", str(tmp_path), "--json")
    assert done.returncode == 1
    status = {Path(item["path"]).name: item["status"] for item in json.loads(done.stdout)["files"]}
    assert status == {"도면.dwg": "rejected", "규정.md": "indexed"}


@pytest.mark.parametrize("words", [["ask"], ["nonsense"], ["search", "x", "-k", "0"], ["ingest", "/nowhere"]])
def test_misuse_is_one_korean_sentence_and_exit_2(giljabi: Giljabi, words: list[str]) -> None:
    done = giljabi.run(*words)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert any("가" <= letter <= "힣" for letter in done.stderr)
    assert done.stdout == ""


def test_doctor_and_models(giljabi: Giljabi) -> None:
    checks = json.loads(giljabi.run("doctor", "--json").stdout)
    assert checks["ok"] is True, checks
    models = json.loads(giljabi.run("models", "list", "--json").stdout)["models"]
    assert {model["state"] for model in models if model["name"] == "e5-small"} == {"ready"}


def test_the_official_openai_client_asks_and_streams(giljabi: Giljabi) -> None:
    client = openai.OpenAI(base_url=f"{giljabi.url}/v1", api_key=giljabi.key, max_retries=0, timeout=180)
    assert [model.id for model in client.models.list()] == ["giljabi"]
    messages: Any = [{"role": "user", "content": QUESTION}]
    whole = client.chat.completions.create(model="giljabi", messages=messages)
    assert "6억" in (whole.choices[0].message.content or "")
    assert (whole.model_extra or {})["citations"]
    pieces = []
    with client.chat.completions.create(model="giljabi", messages=messages, stream=True) as stream:
        for chunk in stream:
            pieces.append(chunk.choices[0].delta.content or "")
    assert "6억" in "".join(pieces)
    client.close()


async def test_the_protocols_own_client_asks_as_an_agent(giljabi: Giljabi) -> None:
    from mcp import Client
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    async with (
        create_mcp_http_client(headers={"Authorization": f"Bearer {giljabi.key}"}) as http,
        Client(streamable_http_client(f"{giljabi.url}/mcp", http_client=http)) as agent,
    ):
        assert {tool.name for tool in (await agent.list_tools()).tools} == {"search", "ask"}
        found = await agent.call_tool("search", {"query": "자율형공장 지원금"})
        assert "6억" in str(found.content)


def test_nobody_is_let_in_for_where_they_come_from(giljabi: Giljabi) -> None:
    assert httpx.get(f"{giljabi.url}/api/documents", timeout=10).status_code == 401
    assert httpx.get(giljabi.url, timeout=10).status_code == 401
    assert httpx.get(f"{giljabi.url}/health/live", timeout=10).status_code == 200


def test_a_company_made_on_the_command_line_sees_its_own_alone(giljabi: Giljabi, tmp_path: Path) -> None:
    made = json.loads(giljabi.run("company", "add", "시험정밀", "--json").stdout)
    key = json.loads(giljabi.run("key", "create", "--company", "시험정밀", "--role", "staff", "--json").stdout)["key"]
    (tmp_path / "비밀.md").write_text("# 시험정밀 금형 Q-77\n\n금형 Q-77의 온도는 61도다.\n", encoding="utf-8")
    assert giljabi.run("ingest", str(tmp_path), "--key", key, "--json").returncode == 0
    own = json.loads(giljabi.run("search", "금형 Q-77", "--key", key, "--json").stdout)["hits"]
    assert "61도" in own[0]["text"]
    others = json.loads(giljabi.run("search", "금형 Q-77", "-k", "50", "--json").stdout)["hits"]
    assert all("61도" not in hit["text"] for hit in others)
    assert (giljabi.home / "companies" / made["company_id"] / "giljabi.db").exists()


def test_killing_the_engine_midway_gives_the_evidence_within_two_seconds_and_it_comes_back(giljabi: Giljabi) -> None:
    killed: list[float] = []

    def kill() -> None:
        os.kill(giljabi.engine_pid(), signal.SIGKILL)
        killed.append(time.monotonic())

    body = {"question": "대·중소 상생형은 누가 몇 퍼센트를 내나요?"}
    with giljabi.http.stream(
        "POST", f"{giljabi.url}/api/ask", json=body, headers={"Accept": "text/event-stream"}, timeout=60
    ) as stream:
        reply: dict[str, Any] = {}
        event = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: ") and event == "evidence":
                threading.Timer(0.3, kill).start()
            elif line.startswith("data: ") and event == "answer":
                reply = json.loads(line.removeprefix("data: "))
                answered = time.monotonic()
    assert killed
    assert reply["degraded"] in {"engine_down", "engine_cut"}
    assert reply["citations"]
    assert answered - killed[0] <= 2.0
    deadline = time.monotonic() + 60
    while giljabi.http.get(f"{giljabi.url}/health/ready", timeout=5).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.3)
    assert ask(giljabi, QUESTION)["degraded"] is None


def test_kill_9_during_ingest_and_during_an_answer_loses_and_doubles_nothing(giljabi: Giljabi, tmp_path: Path) -> None:
    before = len(giljabi.await_indexed())
    names = []
    for number in range(12):
        body = "\n\n".join(f"## 절 {n}\n\n설비 {number}-{n}의 점검 주기와 담당을 적는다. " * 6 for n in range(10))
        path = tmp_path / f"규정-{number}.md"
        path.write_text(f"# 규정 {number}\n\n{body}\n", encoding="utf-8")
        names.append(path.name)
        with path.open("rb") as handle:
            sent = giljabi.http.post(f"{giljabi.url}/api/documents", files={"file": (path.name, handle)}, timeout=60)
        assert sent.status_code == 202

    seen = threading.Event()

    def hang_up_when_killed() -> None:
        try:
            with giljabi.http.stream(
                "POST",
                f"{giljabi.url}/api/ask",
                json={"question": "정부형은 멘토단이 몇 번 방문하나요?"},
                headers={"Accept": "text/event-stream"},
                timeout=120,
            ) as stream:
                for line in stream.iter_lines():
                    if line == "event: evidence":
                        seen.set()
        except httpx.TransportError:
            return

    asking = threading.Thread(target=hang_up_when_killed)
    asking.start()
    assert seen.wait(120)
    giljabi.kill()
    asking.join(120)

    giljabi.start()
    documents = giljabi.await_indexed()
    assert len(documents) == before + 12
    ours = [item for item in documents if item["name"] in names]
    assert len({item["document_id"] for item in ours}) == 12
    assert all(item["status"] == "indexed" and item["chunks"] for item in ours)
    hits = giljabi.http.get(
        f"{giljabi.url}/api/search", params={"q": "설비 7-3 점검 주기", "k": 50}, timeout=60
    ).json()["hits"]
    places = [(hit["document_id"], hit["locator"], hit["text"]) for hit in hits]
    assert len(places) == len(set(places))
    heads = giljabi.http.get(f"{giljabi.url}/api/conversations", timeout=60).json()["conversations"]
    turn = giljabi.http.get(f"{giljabi.url}/api/conversations/{heads[0]['conversation_id']}", timeout=60).json()[
        "turns"
    ][0]
    assert turn["question"] == "정부형은 멘토단이 몇 번 방문하나요?"
    assert turn["state"] == "interrupted"


def test_a_300_mb_file_is_refused_and_the_server_goes_on(giljabi: Giljabi) -> None:
    def endless() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="big.txt"\r\n\r\n'
        for _ in range(300):
            yield b"x" * 1_000_000
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    try:
        refused = giljabi.http.post(f"{giljabi.url}/api/documents", content=endless(), headers=headers, timeout=120)
        assert refused.status_code == 413
        assert "너무 큽니다" in refused.json()["title"]
    except httpx.WriteError:
        pass  # the server hung up before all was sent, which refuses it as well
    assert giljabi.http.get(f"{giljabi.url}/health/live", timeout=10).status_code == 200


def test_no_question_or_passage_reaches_a_log(giljabi: Giljabi) -> None:
    ask(giljabi, "비밀표식칠칠 자율형공장 지원금은 얼마인가요?")
    for log in [*(giljabi.home / "logs").glob("*.log"), giljabi.home / "serve.log"]:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert "비밀표식칠칠" not in text, log
        assert "최대 6억" not in text, log
