"""Fair turns before the engine."""

from __future__ import annotations

import asyncio

import pytest

from serving.engines.turns import Turns


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class _Engine:
    """Runs turns one by one under the test's control and remembers their order."""

    def __init__(self, slots: int = 1, line: int = 99) -> None:
        self.turns = Turns(slots, line)
        self.started: list[str] = []
        self.told: dict[str, list[int]] = {}
        self._done: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, owner: str, question: str) -> None:
        self._done[question] = asyncio.Event()
        self.tasks[question] = asyncio.create_task(self._answer(owner, question))
        await _settle()

    async def finish(self, question: str) -> None:
        self._done[question].set()
        await _settle()

    async def cancel(self, question: str) -> None:
        self.tasks[question].cancel()
        await _settle()

    async def _answer(self, owner: str, question: str) -> None:
        self.told[question] = []
        async with self.turns.turn(("company", owner), self.told[question].append):
            self.started.append(question)
            await self._done[question].wait()


async def test_a_free_engine_is_had_at_once() -> None:
    turns = Turns(1, line=99)
    async with turns.turn("kim") as place:
        assert (place.ahead, turns.running, turns.waiting) == (0, 1, 0)
    assert turns.running == 0


async def test_the_place_tells_how_many_came_first() -> None:
    engine = _Engine()
    await engine.ask("kim", "k1")
    await engine.ask("lee", "l1")

    async def third() -> int:
        async with engine.turns.turn("park") as place:
            return place.ahead

    asking = asyncio.create_task(third())
    await _settle()
    await engine.finish("k1")
    await engine.finish("l1")
    assert await asking == 2


async def test_owners_take_turns_and_keep_their_own_order() -> None:
    engine = _Engine()
    for question in ("k1", "k2", "k3"):
        await engine.ask("kim", question)
    for question in ("l1", "l2"):
        await engine.ask("lee", question)
    for question in ("k1", "l1", "k2", "l2", "k3"):
        await engine.finish(question)
    assert engine.started == ["k1", "l1", "k2", "l2", "k3"]


async def test_somebody_new_goes_before_the_second_question_of_the_one_being_served() -> None:
    engine = _Engine()
    await engine.ask("kim", "k1")
    await engine.ask("kim", "k2")
    await engine.ask("lee", "l1")
    await engine.finish("k1")
    assert engine.started == ["k1", "l1"]


async def test_one_who_waits_is_not_overtaken_for_ever() -> None:
    """However fast lee and choi come back with their next question, kim's second is served within a round."""
    engine = _Engine()
    await engine.ask("kim", "k1")
    await engine.ask("kim", "k2")
    await engine.ask("lee", "l0")
    await engine.ask("choi", "c0")
    await engine.finish("k1")
    for n in range(3):
        await engine.ask("lee", f"l{n + 1}")
        await engine.finish(f"l{n}")
        await engine.ask("choi", f"c{n + 1}")
        await engine.finish(f"c{n}")
        if "k2" in engine.started:
            break
    assert engine.started.index("k2") == 3


async def test_places_are_told_at_once_and_as_they_change() -> None:
    engine = _Engine()
    for owner in ("kim", "lee", "park", "choi"):
        await engine.ask(owner, owner)
    assert engine.told == {"kim": [], "lee": [0], "park": [1], "choi": [2]}
    await engine.finish("kim")
    assert engine.told["choi"] == [2, 1]
    await engine.cancel("park")
    assert engine.told["choi"] == [2, 1, 0]


async def test_slots_run_side_by_side() -> None:
    engine = _Engine(slots=2)
    for owner in ("kim", "lee", "park"):
        await engine.ask(owner, owner)
    assert engine.started == ["kim", "lee"]
    await engine.finish("lee")
    assert engine.started == ["kim", "lee", "park"]
    assert engine.turns.running == 2


async def test_who_leaves_the_queue_frees_the_place() -> None:
    engine = _Engine()
    for owner in ("kim", "lee", "park"):
        await engine.ask(owner, owner)
    await engine.cancel("lee")
    await engine.finish("kim")
    assert engine.started == ["kim", "park"]
    await engine.cancel("park")
    assert (engine.turns.running, engine.turns.waiting) == (0, 0)


async def test_cancelled_in_the_moment_of_admission_the_turn_goes_on_to_the_next() -> None:
    engine = _Engine()
    for owner in ("kim", "lee", "park"):
        await engine.ask(owner, owner)
    engine._done["kim"].set()
    await asyncio.sleep(0)  # kim leaves and admits lee, who has not run yet
    engine.tasks["lee"].cancel()
    await _settle()
    assert engine.started == ["kim", "park"]
    assert engine.turns.running == 1


async def test_an_error_in_the_turn_frees_it() -> None:
    turns = Turns(1, line=99)
    with pytest.raises(ValueError, match="broken"):
        async with turns.turn("kim"):
            raise ValueError("broken")
    async with turns.turn("kim"):
        assert turns.running == 1


async def test_never_more_than_the_slots_and_nobody_is_lost() -> None:
    turns = Turns(3, line=99)
    most = 0
    served = 0

    async def ask(owner: int) -> None:
        nonlocal most, served
        async with turns.turn(owner):
            most = max(most, turns.running)
            await asyncio.sleep(0)
            served += 1

    tasks = [asyncio.create_task(ask(n % 7)) for n in range(100)]
    await asyncio.sleep(0)
    for task in tasks[::10]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert most == 3
    assert served == sum(not task.cancelled() for task in tasks)
    assert (turns.running, turns.waiting) == (0, 0)


async def test_when_the_line_is_full_whoever_would_be_last_gives_way() -> None:
    engine = _Engine(line=1)
    await engine.ask("kim", "k1")
    await engine.ask("kim", "k2")
    await engine.ask("kim", "k3")
    with pytest.raises(TimeoutError):
        await engine.tasks["k3"]  # behind k2, of the same owner
    await engine.ask("lee", "l1")
    with pytest.raises(TimeoutError):
        await engine.tasks["k2"]  # lee has not had a turn yet
    await engine.finish("k1")
    await engine.finish("l1")
    await asyncio.gather(engine.tasks["k1"], engine.tasks["l1"])
    assert engine.started == ["k1", "l1"]
    assert (engine.turns.running, engine.turns.waiting) == (0, 0)


async def test_a_flood_of_one_owner_keeps_none_of_the_others_from_their_turn() -> None:
    engine = _Engine(line=1)
    await engine.ask("flood", "f0")
    for nth in range(5):
        await engine.ask("flood", f"f{nth + 1}")
        await engine.ask("lee", f"l{nth}")
        await engine.finish(engine.started[-1])
        assert engine.started[-1] == f"l{nth}"
        await engine.ask("flood", f"g{nth}")
        await engine.finish(engine.started[-1])
        assert engine.started[-1] == f"g{nth}"
    await engine.finish(engine.started[-1])
    sent_away = await asyncio.gather(*engine.tasks.values(), return_exceptions=True)
    assert sum(isinstance(one, TimeoutError) for one in sent_away) == 5
