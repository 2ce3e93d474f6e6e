"""What the turn loop needs of a language model, whichever engine serves it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from assistant.budget import Budget


@dataclass(frozen=True, slots=True)
class Owner:
    """On whose behalf something is done."""

    company: str
    person: str


@dataclass(frozen=True, slots=True)
class Engine:
    """`alive` answers within a second whether the engine is worth asking, `responds` whether it still runs.

    `turn` is the owner's place in the queue: entering it waits until it is their turn, and raises TimeoutError where that
    takes longer than people wait. It gives a function to call once the engine has begun to answer; an EngineDownError
    that leaves it is counted against the engine.
    """

    model: BaseChatModel
    name: str
    alive: Callable[[], Coroutine[None, None, bool]]
    responds: Callable[[], Coroutine[None, None, bool]]
    turn: Callable[[Owner], AbstractAsyncContextManager[Callable[[], None]]]
    budget: Budget
