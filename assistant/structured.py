"""A model's answer as data: asked for by JSON schema, and checked again here."""

from __future__ import annotations

from contextlib import aclosing
from typing import TypeVar

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ValidationError

from assistant.drafting import tokens
from assistant.engine import Engine, Owner
from assistant.errors import MalformedAnswerError

Answer = TypeVar("Answer", bound=BaseModel)


async def structured(
    engine: Engine, owner: Owner, prompt: list[BaseMessage], schema: type[Answer], most: int = 400
) -> Answer:
    """What the model answers, as `schema`, in at most so many tokens.

    Every engine here holds the model to the schema while it writes (vLLM, llama.cpp: `response_format`); an answer cut
    off by the token limit, or a service that ignores the schema, raises MalformedAnswerError. What the values say is the
    model's word and nothing more. Raises EngineDownError and TimeoutError as drafting does.
    """
    wanted = {"name": schema.__name__, "schema": schema.model_json_schema(), "strict": True}
    written = ""
    async with engine.turn(owner) as answered:
        options = {"response_format": {"type": "json_schema", "json_schema": wanted}, "max_tokens": most}
        async with aclosing(tokens(engine, prompt, **options)) as arriving:
            async for token in arriving:
                answered()
                written += token
    try:
        return schema.model_validate_json(written)
    except ValidationError:
        # Not chained: pydantic's error repeats the answer, which may repeat a company's documents.
        raise MalformedAnswerError("malformed_answer") from None
