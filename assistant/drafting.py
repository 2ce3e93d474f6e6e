"""The model's draft, sentence by sentence, from an engine that may be slow, stop, or hang."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncGenerator
from typing import Any

from langchain_core.messages import BaseMessage

from assistant.engine import Engine, Owner
from assistant.errors import EngineDownError, EngineRefusedError

logger = logging.getLogger(__name__)

_SENTENCE_END = re.compile(r"[.!?。](?:[\"'”’)\]]*)(?:\s*\[\d+\])*(?=\s+[^\s\[]|\n)|\n+")
_SILENCE = 0.7
"""Seconds without a token after which the engine is asked whether it lives."""
_REFUSALS = (400, 413, 422)
_END = object()


async def draft_sentences(engine: Engine, owner: Owner, prompt: list[BaseMessage]) -> AsyncGenerator[str]:
    """Sentences as they are completed, with the citation marks that follow them.

    Raises EngineDownError where the engine fails or falls silent and does not answer a health check, TimeoutError
    where the owner's turn did not come in time. Closing the generator closes the stream, which stops the engine.
    """
    async with engine.turn(owner) as answered:
        buffer = ""
        async with contextlib.aclosing(tokens(engine, prompt)) as arriving:
            async for token in arriving:
                answered()
                buffer += token
                while end := _SENTENCE_END.search(buffer):
                    done, buffer = buffer[: end.end()].strip(), buffer[end.end() :].lstrip()
                    if done:
                        yield done
        if _complete(buffer):
            yield buffer.strip()


def _complete(text: str) -> bool:
    """Whether the last stretch is a sentence rather than one cut off by the token limit."""
    return bool(re.search(r"[.!?。다요음][\"'”’)\]]*(?:\s*\[\d+\])*\s*$", text)) and bool(text.strip())


async def tokens(engine: Engine, prompt: list[BaseMessage], **options: Any) -> AsyncGenerator[str]:
    """Tokens of the answer, while a watch is kept on an engine that says nothing. `options` go along with the request.

    Raises EngineDownError; for use within the owner's turn.
    """
    model = engine.model.bind(**options) if options else engine.model
    arriving: asyncio.Queue[Any] = asyncio.Queue()

    async def receive() -> None:
        try:
            async with contextlib.aclosing(model.astream(prompt)) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    arriving.put_nowait(chunk.text)
            arriving.put_nowait(_END)
        except Exception as error:  # noqa: BLE001 - whatever the client library raises means: no answer from the engine
            # Its text may repeat what was asked: the kind and the status have to do.
            status = getattr(error, "status_code", None)
            logger.warning("engine failed: %s %s", type(error).__name__, status or "")
            kind = EngineRefusedError if status in _REFUSALS else EngineDownError
            arriving.put_nowait(kind("engine_down").with_traceback(error.__traceback__))

    receiver = asyncio.create_task(receive())
    try:
        while True:
            try:
                item = await asyncio.wait_for(arriving.get(), _SILENCE)
            except TimeoutError:
                if not await engine.responds():
                    raise EngineDownError("engine_down") from None
                continue
            if item is _END:
                return
            if isinstance(item, EngineDownError):
                raise item
            yield item
    finally:
        receiver.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await receiver
