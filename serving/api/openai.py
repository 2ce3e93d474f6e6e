"""`/v1`: the same answers in the shape of OpenAI's API, so that any client of it can ask. `citations` lie beside `choices`."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.reply import Event, Reply, SentenceShown
from serving.api.problem import title_of
from serving.errors import RequestError
from serving.gate import Caller, caller
from serving.metrics import Metrics
from serving.product import Product, product

MODEL = "giljabi"
router = APIRouter(prefix="/v1", tags=["openai"])


class Part(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str = ""


class Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    role: str
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class ChatRequest(BaseModel):
    """OpenAI's request. Sampling options are accepted and ignored: answers come from the evidence alone."""

    model_config = ConfigDict(extra="allow")

    messages: list[Message] = Field(min_length=1)
    model: str = MODEL
    stream: bool = False

    def question(self) -> tuple[str, list[str]]:
        """The last user message, and those before it. Raises RequestError where the last message is not a user's."""
        if self.messages[-1].role != "user" or not self.messages[-1].words.strip():
            raise RequestError("no_question", 422)
        asked = [message.words for message in self.messages if message.role == "user"]
        return asked[-1], asked[:-1]


@router.get("/models")
def models(_: Annotated[Caller, Depends(caller)], made: Annotated[Product, Depends(product)]) -> dict[str, Any]:
    return {
        "object": "list",
        "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "giljabi", "engine": made.engine_name}],
    }


@router.post("/chat/completions")
async def complete(
    request: ChatRequest, who: Annotated[Caller, Depends(caller)], made: Annotated[Product, Depends(product)]
) -> Response:
    """Answer the last user message, reading the earlier ones as the conversation. Nothing is kept."""
    text, earlier = request.question()
    conversation = made.conversation(who.company)
    conversation.check(who.person, text)
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    if request.stream:
        chunks = _chunks(conversation.once(who.person, text, earlier), head, made.metrics)
        return StreamingResponse(chunks, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
    async with aclosing(conversation.once(who.person, text, earlier)) as events:
        reply = [event async for event in events if isinstance(event, Reply)][-1]
    made.metrics.answered(reply)
    message = {"role": "assistant", "content": reply.answer, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return JSONResponse({**head, "object": "chat.completion", "choices": [choice], **_beside(reply)})


async def _chunks(turn: AsyncGenerator[Event], head: dict[str, Any], metrics: Metrics) -> AsyncGenerator[str]:
    yield _chunk(head, {"role": "assistant", "content": ""})
    try:
        async with aclosing(turn) as events:
            async for event in events:
                if isinstance(event, SentenceShown):
                    yield _chunk(head, {"content": event.text})
                elif isinstance(event, Reply):
                    metrics.answered(event)
                    yield _chunk(head, {}, "stop", **_beside(event))
    except Exception as error:  # noqa: BLE001 - the headers are gone: the stream itself must say what happened
        yield f"data: {json.dumps({'error': {'message': title_of(error, 'ko'), 'type': 'server_error'}}, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None, **beside: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    body = {**head, "object": "chat.completion.chunk", "choices": [choice], **beside}
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def _beside(reply: Reply) -> dict[str, Any]:
    wire = reply.wire()
    return {key: wire[key] for key in ("citations", "abstained", "claims", "degraded", "notices")}
