"""A server in the product's shape for the page's own tests: no models, scripted answers, everything in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.ui.fake_diagnosis import Diagnosed, add_diagnosis
from tests.ui.fake_documents import TEXT, add_documents, listed
from tests.ui.fake_drafts import add_drafts
from tests.ui.problems import problem as _problem
from tests.ui.server import serving

ATTACK = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'> ${window.pwned = 3} {{value}}"
EVIDENCE: list[dict[str, Any]] = [
    {
        "n": 1,
        "section": 2,
        "document_id": "programme-win-win-ai-track",
        "title": "상생형 AI트랙 지원사업",
        "page": None,
        "locator": "지원 내용",
        "text": "상생형 AI트랙은 주관기업이 자기 LLM, 인력, 솔루션을 협력사에 나누어 주는 사업이다.\n"
        "2026년에 20개 과제를 뽑고, 정부가 사업비의 50%를 댄다.\n나머지 절반을 누가 대는지는 아직 알려지지 않았다.",
        "source": {
            "title": "상생형 스마트공장 AI트랙 신설",
            "publisher": "한국경제TV",
            "published": "2025-12-22",
            "trust": "S",
        },
        "effective": None,
    },
    {
        "n": 2,
        "section": 0,
        "document_id": "law-sme",
        "title": "중소기업기본법",
        "page": None,
        "locator": "제2조",
        "text": "제2조(중소기업자의 범위) 중소기업을 육성하기 위한 시책의 대상이 되는 중소기업자는 다음 각 호의 기업으로 한다.",
        "source": None,
        "effective": "2127-01-01",
    },
    {
        "n": 3,
        "section": 11,
        "document_id": "cnc-lathe",
        "title": "예시 정밀 CNC 선반 YS-CL200 사용 설명서",
        "page": 12,
        "locator": "p. 12",
        "text": "가상 설비: 실제 제품이 아닙니다.\nYS-CL200의 유압 척은 8인치다. " + ATTACK,
        "source": {"title": "사용 설명서", "publisher": "예시 정밀", "published": "2026-11-22", "trust": "S2"},
        "effective": None,
    },
    {
        "n": 4,
        "section": 3,
        "document_id": "law-subcontract",
        "title": "하도급거래 공정화에 관한 법률",
        "page": 3,
        "locator": "제12조의3",
        "text": "원사업자는 수급사업자의 기술자료를 본인 또는 제3자에게 제공하도록 요구하여서는 아니 된다. " * 4,
        "source": {"title": "하도급법", "publisher": "국가법령정보센터", "published": None, "trust": "S"},
        "effective": "2026-02-01",
        "standing": "superseded",
        "in_force_from": "2026-02-01",
        "in_force_until": "2026-10-31",
    },
]
STAFF = {
    "person_id": "person-1",
    "name": "김정밀",
    "role": "staff",
    "company_id": "hanbit",
    "company": "한빛정밀",
    "granted": [],
}
QUOTE = "2026년에 20개 과제를 뽑고, 정부가 사업비의 50%를 댄다."
TOKENS = [
    "상생형 AI트랙은 주관기업이 자기 LLM을 협력사에 나누어 주는 사업입니다. [1]",
    " 2026년에 20개 과제를 뽑고, 정부가 사업비의 50%를 댑니다. [1]",
]


@dataclass
class FakeApi:
    """What the server holds. `pace` is the seconds between events; `closed` counts streams their reader left."""

    pace: float = 0.15
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    visitor: dict[str, Any] = field(default_factory=lambda: dict(STAFF))
    closed: int = 0
    moving: bool = True
    sent: list[str] = field(default_factory=list)
    busy: int = 0
    """Uploads that are still refused as too many."""
    text: str = TEXT
    """What every section here says."""
    viewed: list[dict[str, Any]] = field(default_factory=list)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    diagnosed: Diagnosed = field(default_factory=Diagnosed)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def answer(self, body: dict[str, Any]) -> AsyncIterator[str]:
        question = body["question"]
        turn = self._open(question, body.get("conversation_id"))
        shown: list[str] = []
        try:
            ids = {"conversation_id": turn["conversation_id"], "turn_id": turn["turn_id"]}
            await asyncio.sleep(self.pace)
            yield _event("evidence", {"evidence": EVIDENCE, "ms": 41.5, **ids})
            await asyncio.sleep(self.pace)
            if "기다" in question:
                yield _event("waiting", {"place": 2})
                await asyncio.sleep(self.pace * 4)
            if "고장" in question:
                yield _event("error", {"title": "AI가 답하지 못했습니다. 다시 물어봐 주세요.", "status": 503})
                turn["state"] = "interrupted"
                return
            abstained = "날씨" in question
            tokens = ["자료에서 찾지 못했습니다. 질문을 더 구체적으로 바꾸어 보세요."] if abstained else TOKENS
            tokens = tokens * 20 if "길게" in question else tokens
            for token in tokens:
                await asyncio.sleep(self.pace)
                shown.append(token)
                yield _event("token", {"text": token})
            turn["reply"] = _reply("".join(shown), abstained, "시행" in question, ids)
            turn |= {"answer": "".join(shown), "state": "done"}
            yield _event("answer", turn["reply"])
        finally:
            if turn["state"] == "open":
                turn |= {"answer": "".join(shown), "state": "stopped"}
                self.closed += 1

    def _open(self, question: str, conversation_id: str | None) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        if conversation_id is None:
            conversation_id = f"c{next(self.numbers)}"
            self.conversations[conversation_id] = {"title": question, "created_at": now, "turns": []}
        kept = self.conversations[conversation_id]
        turn = {
            "turn_id": f"t{next(self.numbers)}",
            "conversation_id": conversation_id,
            "question": question,
            "answer": "",
            "state": "open",
            "reply": {},
            "rating": None,
            "comment": None,
            "created_at": now,
        }
        kept["turns"].append(turn)
        kept["updated_at"] = now
        return turn

    def add_document(self, name: str, status: str, collection: str = "company", **more: Any) -> str:
        document_id = f"d{next(self.numbers)}"
        self.documents[document_id] = {
            "document_id": document_id,
            "name": name,
            "title": name,
            "kind": "document",
            "status": status,
            "reason": None,
            "pages": 3,
            "chunks": 12,
            "bytes": 48_200,
            "added_at": datetime.now(UTC).isoformat(),
            "collection": collection,
            "fictional": False,
            "stays_here": False,
            **listed(),
            **more,
        }
        return document_id

    def step(self) -> None:
        """One look at the list moves the first document under way a step on, if `moving`."""
        waiting = [document for document in self.documents.values() if document["status"] in {"queued", "read"}]
        for document in waiting if self.moving else ():
            if document["status"] == "queued":
                document |= {"status": "read", "progress": {"stage": "embedding", "done": 4, "all": 12}}
                continue
            bad = document["name"].endswith(".exe")
            document |= {"status": "rejected" if bad else "indexed", "progress": None}
            if bad:
                document["reason"] = "아직 읽지 못하는 형식입니다(exe). PDF로 바꿔 올려 주세요."


def create(api: FakeApi) -> FastAPI:
    app = FastAPI()
    _asking(app, api)
    _conversations(app, api)
    add_documents(app, api)
    add_drafts(app, api)
    add_diagnosis(app, api)
    _looking(app)

    @app.get("/api/session")
    async def who_am_i() -> dict[str, Any]:
        return api.visitor

    return app


def _asking(app: FastAPI, api: FakeApi) -> None:
    @app.post("/api/ask")
    async def ask(request: Request) -> Response:
        body = await request.json()
        if body.get("conversation_id") not in {None, *api.conversations}:
            return _problem(404, "그 대화를 찾을 수 없습니다. 새 대화를 시작하거나 목록에서 다시 골라 주세요.")
        if "거절" in body["question"]:
            return _problem(422, "질문이 너무 깁니다. 2,000자 안으로 줄여 주세요.")
        if "text/event-stream" in request.headers["accept"]:
            return StreamingResponse(api.answer(body), media_type="text/event-stream")
        events = [event async for event in api.answer(body)]
        return JSONResponse(json.loads(events[-1].split("data: ")[1]))


def _conversations(app: FastAPI, api: FakeApi) -> None:
    @app.get("/api/conversations")
    async def conversations() -> dict[str, Any]:
        heads = [
            {"conversation_id": key, **kept, "turns": len(kept["turns"])} for key, kept in api.conversations.items()
        ]
        return {"conversations": sorted(heads, key=lambda head: head["updated_at"], reverse=True)}

    @app.get("/api/conversations/{key}")
    async def conversation(key: str) -> Any:
        if key not in api.conversations:
            return _problem(404, "그 대화를 찾을 수 없습니다.")
        return {"conversation_id": key, "turns": api.conversations[key]["turns"]}

    @app.delete("/api/conversations/{key}", status_code=204)
    async def forget(key: str) -> None:
        api.conversations.pop(key, None)

    @app.post("/api/conversations/{key}/feedback", status_code=204)
    async def feedback(key: str, request: Request) -> None:
        judged = await request.json()
        api.feedback.append({"conversation_id": key, **judged})
        for turn in api.conversations[key]["turns"]:
            if turn["turn_id"] == judged["turn_id"]:
                turn |= {"rating": judged["rating"], "comment": judged.get("comment")}


def _looking(app: FastAPI) -> None:
    @app.get("/api/search")
    async def search(q: str, k: int = 5) -> dict[str, Any]:
        hits = [{"rank": at, "score": 1 / at, **item} for at, item in enumerate(EVIDENCE[:k], 1)]
        return {"hits": hits if q else [], "ms": 12.0}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        return JSONResponse({"status": "down", "down": ["engine"]}, 503)


def _reply(answer: str, abstained: bool, early: bool, ids: dict[str, str]) -> dict[str, Any]:
    cited = {key: EVIDENCE[0][key] for key in ("n", "document_id", "title", "page", "locator")}
    return {
        "answer": answer,
        "abstained": abstained,
        "citations": [] if abstained else [{**cited, "quote": QUOTE}],
        "claims": {"checked": 2, "unsupported": 1, "removed": 1},
        "model": "Qwen2.5-Coder-1.5B-Instruct",
        "degraded": "engine_busy" if early else None,
        "notices": ["이 법령은 2127-01-01부터 시행됩니다."] if early else [],
        "ms": {"evidence": 41.5, "first_token": 900.0, "total": 3240.0},
        **ids,
    }


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@contextmanager
def served(api: FakeApi, with_page: bool = False) -> Iterator[str]:
    """The fake on a free loopback port, its URL. It ends with the block."""

    def make(url: str) -> ASGIApp:
        app = create(api)
        if with_page:
            from ui.page.page import mount

            app = mount(app, url)
        app.add_middleware(_Known)
        return app

    with serving(make) as url:
        yield url


@dataclass(frozen=True)
class _Visitor:
    proof: str


class _Known:
    """As the gate does: says who asks. Here everybody is signed in, each browser that brings a cookie on its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            cookie = Request(scope).cookies.get("giljabi_session", "nobody")
            scope.setdefault("state", {})["identity"] = _Visitor(cookie)
        await self._app(scope, receive, send)
