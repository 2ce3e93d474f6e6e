"""An engine as the product uses it: one queue with fair turns, a quick probe, a breaker, and a salt for each company."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from circuitbreaker import CircuitBreaker

from assistant.budget import Budget
from assistant.engine import Engine, Owner
from assistant.errors import EngineDownError, EngineRefusedError
from serving.engines.chat import Endpoint, Probe, chat_model, salted
from serving.engines.salt import Salts
from serving.engines.turns import Turns

PROBE_SECONDS = 0.8
FAILURES = 3  # answers in a row that failed although the engine said it is well
RECOVERY_SECONDS = 20
SLOTS = {"embedded": 1, "vllm": 64, "remote": 64}  # questions sent at once; vLLM has a queue of its own behind


@dataclass(frozen=True, slots=True)
class EngineControl:
    """An engine in use. `stop` ends what Giljabi started for it; an engine that runs by itself goes on."""

    endpoint: Endpoint
    engine: Engine
    salts: Salts | None
    stop: Callable[[], None]

    def of(self, company: str) -> Engine:
        """The engine for the questions of one company."""
        engine = self.engine
        model = salted(engine.model, self.salts.of(company)) if self.salts else engine.model
        return replace(engine, model=model)


def control(
    endpoint: Endpoint, budget: Budget, salts: Salts | None, patience: float, stop: Callable[[], None]
) -> EngineControl:
    """An endpoint put to use. `patience`: seconds a question waits for its turn, where it is not sent away before.

    Companies take turns; the questions of one company's people keep their order.
    """
    slots = SLOTS[endpoint.kind]
    # As many may wait as are being answered: nobody waits longer than another's answer takes.
    turns, probe, health = Turns(slots, line=slots), Probe(), _Health()

    async def responds() -> bool:
        return await probe.alive(endpoint, PROBE_SECONDS)

    async def alive() -> bool:
        return health.worth_asking and await responds()

    @asynccontextmanager
    async def turn(owner: Owner) -> AsyncGenerator[Callable[[], None]]:
        async with AsyncExitStack() as held:
            async with asyncio.timeout(patience):
                await held.enter_async_context(turns.turn(owner.company))
            with health.asked():
                yield health.answered

    model = chat_model(endpoint, max_tokens=budget.answer)
    return EngineControl(endpoint, Engine(model, endpoint.model, alive, responds, turn, budget), salts, stop)


class _Health:
    """A circuit breaker over answers: what an engine that says it is well has made of the last questions.

    A person who stops says nothing of the engine, and a request it refuses nothing of its health. After the rest one
    question goes to try.
    """

    def __init__(self) -> None:
        self._breaker = CircuitBreaker(FAILURES, RECOVERY_SECONDS, EngineDownError)
        self._running = 0

    @property
    def worth_asking(self) -> bool:
        return self._breaker.closed or (not self._breaker.opened and not self._running)

    def answered(self) -> None:
        """The engine has begun to answer."""
        self._breaker.reset()

    @contextmanager
    def asked(self) -> Generator[None]:
        self._running += 1
        try:
            yield
        except EngineRefusedError:
            raise
        except EngineDownError:
            with self._breaker:  # counts it
                raise
        finally:
            self._running -= 1
