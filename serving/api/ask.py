"""`/api/ask`: a question in, evidence and a checked answer out, as one object or as a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import Field
from typing_extensions import TypedDict

from assistant.errors import EngineDownError
from assistant.reply import Event, EvidenceShown, Reply, SentenceShown
from serving.admission import Admitted, Work
from serving.api.body import Body
from serving.api.gatekeeper import admitted
from serving.api.problem import status_of, title_of
from serving.audit import Action
from serving.gate import Identity, Rule, identity, may
from serving.metrics import Metrics
from serving.places import Opened
from serving.product import Product
from serving.wiring import Desk, opened, product


class AskRequest(Body):
    """A question, in a conversation that is going on or a new one."""

    question: str
    conversation_id: str | None = None
    language: Literal["ko", "en"] = Field(default="ko", description="Language of the fixed sentences")
    as_of: date | None = Field(
        default=None, description="Day to answer for; else the one the question names, else today in Korea"
    )


class Cited(TypedDict):
    """A cited place. `quote` is verbatim text of it, white space folded."""

    n: int
    document_id: str
    title: str
    page: int | None
    locator: str
    quote: str


class Claims(TypedDict):
    """What was checked of the answer; `removed` counts drafted sentences that the evidence did not carry."""

    checked: int
    unsupported: int
    removed: int


class Answer(TypedDict):
    """`degraded`: why passages were quoted instead of an engine asked. `ms` since the question: `evidence`,
    `first_token` and `total`. `as_of`: the day that was asked about, where one was."""

    answer: str
    abstained: bool
    citations: list[Cited]
    claims: Claims
    model: str
    degraded: str | None
    notices: list[str]
    conversation_id: str | None
    turn_id: str | None
    ms: dict[str, float]
    as_of: str | None


STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
"""`responses=` of a route that can answer by a stream of events."""
router = APIRouter(tags=["ask"])


@router.post("/api/ask", response_model=Answer, responses=STREAM)
@may(Rule.READ, Work.ANSWER)
async def ask(
    request: AskRequest,
    who: Annotated[Identity, Depends(identity)],
    mine: Annotated[Opened, Depends(opened)],
    desk: Desk,
    made: Annotated[Product, Depends(product)],
    place: Annotated[Admitted, Depends(admitted)],
    accept: Annotated[str, Header()] = "application/json",
) -> Response:
    """Answer a question with citations. With `Accept: text/event-stream`: events `evidence`, `token`…, `answer`."""
    # What is wrong with a question is a plain error, not a broken stream.
    await asyncio.to_thread(mine.conversation.check, who.person, request.question, request.conversation_id)
    await asyncio.to_thread(desk.books.record, who.place, who.person, Action.ASKED)
    events = mine.conversation.turn(
        who.person,
        request.question,
        request.conversation_id,
        request.language,
        as_of=request.as_of,
        asking=place.computed,
    )
    if "text/event-stream" in accept:
        streamed = _stream(events, request, made.metrics)
        return StreamingResponse(streamed, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
    reply = await drained(events)
    made.metrics.answered(reply)
    return JSONResponse(reply.wire())


async def drained(turn: AsyncGenerator[Event]) -> Reply:
    """The plain answer: the stream, drained."""
    async with aclosing(turn) as events:
        async for event in events:
            if isinstance(event, Reply):
                return event
    raise EngineDownError("engine_down")


async def _stream(turn: AsyncGenerator[Event], request: AskRequest, metrics: Metrics) -> AsyncGenerator[str]:
    try:
        async with aclosing(turn) as events:
            async for event in events:
                if isinstance(event, Reply):
                    metrics.answered(event)
                yield _sse(event)
    except Exception as error:  # noqa: BLE001 - the headers are gone: the stream itself must say what happened
        body = {"title": title_of(error, request.language), "status": status_of(error)}
        yield f"event: error\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"


def _sse(event: Event) -> str:
    name, data = _named(event)
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _named(event: Event) -> tuple[str, dict[str, Any]]:
    if isinstance(event, EvidenceShown):
        return "evidence", {
            "evidence": [passage.wire() for passage in event.passages],
            "conversation_id": event.conversation_id,
            "turn_id": event.turn_id,
            "ms": event.ms,
        }
    if isinstance(event, SentenceShown):
        return "token", {"text": event.text}
    return "answer", event.wire()
