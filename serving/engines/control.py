"""An engine as the product uses it: one queue with fair turns, a quick probe, a breaker, and a salt for each company."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from circuitbreaker import CircuitBreaker

from assistant.budget import Budget
from assistant.engine import Engine, Owner
from assistant.errors import EngineDownError
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
        return Engine(model, engine.name, engine.alive, engine.turn, engine.budget)


def control(
    endpoint: Endpoint, budget: Budget, salts: Salts | None, patience: float, stop: Callable[[], None]
) -> EngineControl:
    """An endpoint put to use. `patience`: seconds a question waits for its turn."""
    turns, probe = Turns(slots=SLOTS[endpoint.kind]), Probe()
    breaker = CircuitBreaker(FAILURES, RECOVERY_SECONDS, EngineDownError, name=endpoint.model)

    async def alive() -> bool:
        return not breaker.opened and await probe.alive(endpoint, PROBE_SECONDS)

    @asynccontextmanager
    async def turn(owner: Owner) -> AsyncGenerator[None]:
        async with AsyncExitStack() as held:
            async with asyncio.timeout(patience):
                await held.enter_async_context(turns.turn(owner))
            with breaker:
                yield

    model = chat_model(endpoint, max_tokens=budget.answer)
    return EngineControl(endpoint, Engine(model, endpoint.model, alive, turn, budget), salts, stop)
