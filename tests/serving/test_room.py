"""Room for so many at once: a burst waits a moment, a crowd is told to come back, and nobody starves."""

from __future__ import annotations

import asyncio

import pytest

from serving.room import FullError, Room
from tests.serving.clock import Clock

PATIENCE = 0.05


@pytest.fixture
def clock() -> Clock:
    return Clock()


def room(clock: Clock, most: int, patience: float = PATIENCE) -> Room:
    return Room(most, patience, clock)


async def held(room: Room, house: str, count: int) -> int:
    """How many of `count` places the house got at once."""
    got = 0
    for _ in range(count):
        try:
            await room.take(house)
        except FullError:
            break
        got += 1
    return got


async def test_one_company_leaves_a_place_for_another(clock: Clock) -> None:
    many = room(clock, 8)
    assert await held(many, "flood", 20) == 7
    assert await held(many, "b", 1) == 1


async def test_a_burst_waits_for_its_turn_in_order(clock: Clock) -> None:
    single = room(clock, 1, patience=30)
    await single.take("a")
    order: list[str] = []

    async def wait(house: str) -> None:
        await single.take(house)
        order.append(house)
        single.give_back(house)

    waiting = [asyncio.create_task(wait(house)) for house in ("b", "c", "a")]
    await asyncio.sleep(0)
    single.give_back("a")
    await asyncio.gather(*waiting)
    assert order == ["b", "c", "a"]


async def test_who_waits_too_long_is_told_so_and_then_there_is_a_crowd(clock: Clock) -> None:
    single = room(clock, 1)
    await single.take("a")
    with pytest.raises(FullError):
        await single.take("b")
    with pytest.raises(FullError):  # at once: the house has just been served
        async with asyncio.timeout(PATIENCE / 10):
            await single.take("a")
    single.give_back("a")
    clock.now += 11
    await single.take("a")


async def test_who_stops_waiting_leaves_the_line(clock: Clock) -> None:
    single = room(clock, 1, patience=30)
    await single.take("a")
    waiting = asyncio.create_task(single.take("b"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    single.give_back("a")
    await single.take("c")


async def test_after_a_refusal_each_house_has_an_equal_share_for_a_while(clock: Clock) -> None:
    four = room(clock, 4)
    assert await held(four, "flood", 10) == 3
    assert await held(four, "b", 1) == 1
    with pytest.raises(FullError):
        await four.take("b")
    for _ in range(3):
        four.give_back("flood")
    assert await held(four, "flood", 10) == 2
    four.give_back("flood")
    four.give_back("flood")
    four.give_back("b")
    clock.now += 11
    assert await held(four, "flood", 10) == 3


async def test_a_crowd_does_not_starve_who_has_had_nothing(clock: Clock) -> None:
    """The flood asks for every place that comes free; the other asks once and waits."""
    single = room(clock, 1, patience=30)
    await single.take("flood")
    single._turned_away["flood"] = clock.now
    waiting = asyncio.create_task(single.take("b"))
    await asyncio.sleep(0)
    with pytest.raises(FullError):
        await single.take("flood")
    single.give_back("flood")
    await waiting
