from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing
from pathlib import Path

import pytest

from tests.ui.fake_api import EVIDENCE, QUOTE, TOKENS, FakeApi
from ui.client import Client
from ui.errors import ClientError

QUESTION = "상생형 AI트랙은 무엇인가요?"


@pytest.fixture
def client(api_url: str) -> Iterator[Client]:
    with closing(Client(api_url)) as client:
        yield client


def eventually(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_stream_gives_evidence_then_tokens_then_the_answer(client: Client) -> None:
    events = list(client.ask_stream(QUESTION))
    assert [name for name, _ in events] == ["evidence", "token", "token", "answer"]
    assert events[0][1]["evidence"] == EVIDENCE
    assert "".join(data["text"] for name, data in events if name == "token") == events[-1][1]["answer"]
    assert events[-1][1]["citations"][0]["quote"] == QUOTE


async def test_async_stream_is_the_same_stream(client: Client) -> None:
    assert [name async for name, _ in client.aask_stream(QUESTION)] == ["evidence", "token", "token", "answer"]


def test_plain_ask_goes_on_in_a_conversation(client: Client, api: FakeApi) -> None:
    first = client.ask(QUESTION)
    second = client.ask(QUESTION, first["conversation_id"])
    assert first["answer"] == "".join(TOKENS)
    assert second["conversation_id"] == first["conversation_id"]
    assert len(client.conversation(first["conversation_id"])["turns"]) == 2


def test_closing_the_stream_stops_the_answer(client: Client, api: FakeApi) -> None:
    api.pace = 0.05
    events = client.ask_stream("길게 알려 주세요")
    assert next(events)[0] == "evidence"
    events.close()
    assert eventually(lambda: api.closed == 1)


async def test_cancelling_an_async_reader_stops_the_answer_while_it_waits(client: Client, api: FakeApi) -> None:
    api.pace = 0.5

    async def read() -> None:
        async with aclosing(client.aask_stream("길게 알려 주세요")) as events:
            async for _ in events:
                pass

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.8)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await asyncio.to_thread(eventually, lambda: api.closed == 1)


def test_a_refusal_before_the_stream_carries_the_servers_sentence(client: Client) -> None:
    with pytest.raises(ClientError, match="질문이 너무 깁니다") as raised:
        list(client.ask_stream("거절할 질문"))
    assert raised.value.status == 422


def test_an_error_event_raises_after_what_was_shown(client: Client) -> None:
    seen = []
    with pytest.raises(ClientError, match="다시 물어봐 주세요") as raised:
        seen.extend(name for name, _ in client.ask_stream("고장 났어요"))
    assert raised.value.status == 503


def test_an_unknown_document_is_a_client_error(client: Client) -> None:
    with pytest.raises(ClientError, match="그런 자료가 없습니다") as raised:
        client.document("nowhere")
    assert raised.value.status == 404


@pytest.mark.parametrize(("language", "words"), [("ko", "연결하지 못했습니다"), ("en", "cannot be reached")])
def test_no_server_is_said_in_the_clients_language(language: str, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with closing(Client(f"http://127.0.0.1:{port}", language=language)) as client:  # type: ignore[arg-type]
        for call in (client.conversations, client.ready, lambda: list(client.ask_stream(QUESTION))):
            with pytest.raises(ClientError, match=words) as raised:
                call()
            assert raised.value.status == 0


def test_documents_go_up_move_on_and_go(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "작업 표준서.txt"
    path.write_text("가나다", encoding="utf-8")
    added = client.upload(path)
    assert added["status"] == "queued"
    assert [item["name"] for item in client.documents()] == ["작업 표준서.txt"]
    assert client.document(added["document_id"])["status"] == "read"
    client.delete_document(added["document_id"])
    assert client.documents() == []


def test_feedback_search_and_forgetting(client: Client, api: FakeApi) -> None:
    reply = client.ask(QUESTION)
    client.feedback(reply["conversation_id"], reply["turn_id"], -1, "금액이 없어요")
    assert api.feedback[0]["comment"] == "금액이 없어요"
    assert [hit["rank"] for hit in client.search("지원", k=2)["hits"]] == [1, 2]
    client.delete_conversation(reply["conversation_id"])
    assert client.conversations() == []


def test_not_ready_is_an_answer_and_no_error(client: Client) -> None:
    assert client.ready() == {"status": "down", "down": ["engine"]}


def test_documents_are_followed_looked_over_and_seen_in_their_places(client: Client, api: FakeApi) -> None:
    api.moving = False
    waiting = {"stage": "waiting", "done": 0, "all": 0}
    keys = [api.add_document(name, "queued", progress=waiting) for name in ("가.txt", "나.txt", "다.txt")]
    assert client.intake()["files"]["all"] == 3
    assert client.cancel_intake(keys[0]) == 1
    assert client.cancel_intake() == 2
    assert client.preview(keys[0])["document_id"] == keys[0]
    assert client.changes(keys[0], "same") == []
    seen = client.view(keys[0], 12, "그 말")
    assert (seen["page"], len(seen["marks"])) == (13, 2)
    assert api.viewed == [{"document_id": keys[0], "section": 12, "quote": "그 말"}]
    with pytest.raises(ClientError, match="그런 자료가 없습니다"):
        client.preview("nowhere")


def test_aas_drafts_are_made_decided_and_deleted(client: Client, api: FakeApi) -> None:
    made = client.make_aas_draft([api.add_document("선반.xlsx", "indexed")])
    path = made["unconfirmed"][0]
    decided = client.decide_aas(made["draft_id"], path, "예시정밀", confirmed=True)
    assert path not in decided["unconfirmed"]
    assert client.aas_draft(made["draft_id"]) == decided
    assert [draft["draft_id"] for draft in client.aas_drafts()] == [made["draft_id"]]
    client.discard_aas_draft(made["draft_id"])
    assert client.aas_drafts() == []
    assert client.aas_readiness()["unmet"] == 1
