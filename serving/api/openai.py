"""`/v1`: the same answers in the shape of OpenAI's API, so that any client of it can ask. `citations` lie beside `choices`."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from assistant.reply import Event, Reply, SentenceShown
from serving.admission import Admitted, Work
from serving.api.ask import STREAM, Cited, Claims, drained
from serving.api.body import Body
from serving.api.gatekeeper import admitted
from serving.api.problem import title_of
from serving.audit import Action
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.metrics import Metrics
from serving.places import Opened
from serving.product import Product
from serving.wiring import Desk, opened, product

MODEL = "giljabi"
router = APIRouter(prefix="/v1", tags=["openai"])


class Part(Body):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str = ""


class Message(Body):
    model_config = ConfigDict(extra="allow")

    role: str
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class ChatRequest(Body):
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


class Model(TypedDict):
    """`engine`: the model that writes the answers."""

    id: str
    object: str
    created: int
    owned_by: str
    engine: str


class Models(TypedDict):
    object: str
    data: list[Model]


class Spoken(TypedDict):
    role: str
    content: str
    refusal: None


class Choice(TypedDict):
    index: int
    message: Spoken
    finish_reason: str
    logprobs: None


class Completion(TypedDict):
    """OpenAI's object; what it does not have of ours lies beside it."""

    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    citations: list[Cited]
    abstained: bool
    claims: Claims
    degraded: str | None
    notices: list[str]


@router.get("/models")
@may(Rule.READ)
def models(made: Annotated[Product, Depends(product)]) -> Models:
    return {
        "object": "list",
        "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "giljabi", "engine": made.engine_name}],
    }


@router.post("/chat/completions", response_model=Completion, responses=STREAM)
@may(Rule.READ, Work.ANSWER)
async def complete(
    request: ChatRequest,
    who: Annotated[Identity, Depends(identity)],
    mine: Annotated[Opened, Depends(opened)],
    desk: Desk,
    made: Annotated[Product, Depends(product)],
    place: Annotated[Admitted, Depends(admitted)],
) -> Response:
    """Answer the last user message, reading the earlier ones as the conversation. Nothing is kept."""
    text, earlier = request.question()
    conversation = mine.conversation
    await asyncio.to_thread(conversation.check, who.person, text)
    await asyncio.to_thread(desk.books.record, who.place, who.person, Action.ASKED)
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    turn = conversation.once(who.person, text, earlier, asking=place.computed)
    if request.stream:
        chunks = _chunks(turn, head, made.metrics)
        return StreamingResponse(chunks, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
    reply = await drained(turn)
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
