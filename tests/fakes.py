"""Stand-ins for the parts that are slow or need a model: an embedder of words, and a language model with a script."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import numpy as np
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from assistant.budget import Budget
from assistant.engine import Engine, Owner
from retrieval.errors import EmbedderDownError
from retrieval.store import Vectors

DIMENSION = 64


class WordEmbedder:
    """Bag of hashed character bigrams: texts that share words lie near each other. `down`: as a service that is away."""

    def __init__(self, name: str = "words") -> None:
        self.identity = f"{name}/{DIMENSION}"
        self.down = False

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.down:
            raise EmbedderDownError
        return np.stack([self.embed_query(text) for text in texts]) if texts else np.empty((0, DIMENSION), np.float32)

    def embed_query(self, text: str) -> Vectors:
        if self.down:
            raise EmbedderDownError
        vector = np.full(DIMENSION, 3.0, dtype=np.float32)  # as with e5, even strangers lie near each other
        for pair in pairwise(text):
            vector[zlib.crc32("".join(pair).encode()) % DIMENSION] += 1
        return vector / np.linalg.norm(vector)


class ScriptedModel(BaseChatModel):
    """Says `script(prompt)`, a few characters at a time. `pause` seconds lie between two pieces; `failing` breaks after one."""

    script: Callable[[str], str]
    pause: float = 0.0
    failing: bool = False
    heard: list[str] = Field(default_factory=list)
    spoken: list[str] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        said = self.script(messages[-1].text)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(said))])

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        self.heard.append("\n".join(message.text for message in messages))
        for piece in _pieces(self.script(messages[-1].text)):
            await asyncio.sleep(self.pause)
            self.spoken.append(piece)
            yield ChatGenerationChunk(message=AIMessageChunk(piece))
            if self.failing:
                raise ConnectionError("the engine went away")


def engine(model: BaseChatModel, *, alive: bool = True, busy: bool = False) -> Engine:
    """An engine around `model`: dead, or with a queue that nobody outlives, where asked."""

    async def answers() -> bool:
        return alive

    @asynccontextmanager
    async def turn(_: Owner) -> AsyncIterator[Callable[[], None]]:
        if busy:
            raise TimeoutError
        yield lambda: None

    return Engine(model, "scripted", answers, answers, turn, Budget(len, context=100_000, evidence=240, answer=200))


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), 4):
        yield text[start : start + 4]
