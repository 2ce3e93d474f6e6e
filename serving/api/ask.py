"""`/api/ask`: a question in, evidence and a checked answer out, as one object or as a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.conversation import Conversation
from assistant.reply import Event, EvidenceShown, Reply, SentenceShown
from serving.api.problem import status_of, title_of
from serving.gate import Caller, caller
from serving.metrics import Metrics
from serving.product import Product, product


class AskRequest(BaseModel):
    """A question, in a conversation that is going on or a new one."""

    model_config = ConfigDict(extra="forbid")

    question: str
    conversation_id: str | None = None
    language: Literal["ko", "en"] = Field(default="ko", description="Language of the fixed sentences")


router = APIRouter(tags=["ask"])


@router.post("/api/ask")
async def ask(
    request: AskRequest,
    who: Annotated[Caller, Depends(caller)],
    made: Annotated[Product, Depends(product)],
    accept: Annotated[str, Header()] = "application/json",
) -> Response:
    """Answer a question with citations. With `Accept: text/event-stream`: events `evidence`, `token`…, `answer`."""
    conversation = made.conversation(who.company)
    if "text/event-stream" in accept:
        # What is wrong with a question is a plain error, not a broken stream.
        await asyncio.to_thread(conversation.check, who.person, request.question, request.conversation_id)
        events = _stream(conversation, who, request, made.metrics)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
    reply = await conversation.ask(who.person, request.question, request.conversation_id, request.language)
    made.metrics.answered(reply)
    return JSONResponse(reply.wire())


async def _stream(
    conversation: Conversation, who: Caller, request: AskRequest, metrics: Metrics
) -> AsyncGenerator[str]:
    turn = conversation.turn(who.person, request.question, request.conversation_id, request.language)
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
