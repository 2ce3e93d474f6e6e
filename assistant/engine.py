"""What the turn loop needs of a language model, whichever engine serves it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from assistant.budget import Budget
from assistant.evidence import Passage


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


Choose = Callable[[Sequence[Passage]], Engine | None]
"""The engine that may be told these passages; None where none may, so that they are quoted alone."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What went to an engine: for the company's log, without its contents."""

    person: str
    turn_id: str | None
    engine: str
    passages: tuple[Passage, ...]


def always(engine: Engine) -> Choose:
    """The same engine, whatever the passages."""
    return lambda _: engine
