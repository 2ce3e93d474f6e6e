"""Guessing at passwords: what it costs, and whom it must not cost anything."""

from __future__ import annotations

import contextlib
from threading import Barrier, Thread

import pytest

from serving.accounts.throttle import Throttle
from serving.admission import BusyError
from tests.serving.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)


def fail(throttle: Throttle, login: str = "kim", address: str = "10.0.0.1") -> None:
    throttle.check(login, address)
    throttle.failed(login, address)


def wait(throttle: Throttle, login: str = "kim", address: str = "10.0.0.1") -> int:
    """Seconds it says to wait; it must say so."""
    with pytest.raises(BusyError) as refused:
        throttle.check(login, address)
    assert (refused.value.status, refused.value.reason) == (429, "sign_in_slowed")
    return refused.value.retry_after


def test_after_five_failures_each_doubles_the_wait_up_to_a_quarter_of_an_hour(throttle: Throttle, clock: Clock) -> None:
    for _ in range(5):
        fail(throttle)
    waits = []
    for _ in range(12):
        waits.append(wait(throttle))
        clock.now += waits[-1]
        fail(throttle)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_the_wait_holds_from_any_address_and_however_the_login_is_written(throttle: Throttle) -> None:
    for nth, login in enumerate(("kim", "KIM", " kim", "Kim ", "kim")):
        fail(throttle, login, f"10.0.0.{nth}")
    assert wait(throttle, "kIm", "10.0.0.99") == 1
    throttle.check("lee", "10.0.0.99")


def test_trying_in_vain_while_it_waits_makes_it_no_longer(throttle: Throttle, clock: Clock) -> None:
    for _ in range(8):
        fail(throttle)
        clock.now += 16
    clock.now -= 16
    for _ in range(100):
        assert wait(throttle) == 8
    clock.now += 8
    throttle.check("kim", "10.0.0.1")


def test_one_address_trying_many_logins_is_slowed_too(throttle: Throttle, clock: Clock) -> None:
    for nth in range(20):
        fail(throttle, f"guess{nth}")
    assert wait(throttle, "kim") == 1
    throttle.check("kim", "10.0.0.2")
    clock.now += 1
    fail(throttle, "guess20")
    assert wait(throttle, "lee") == 2


def test_an_address_that_others_share_is_never_shut_for_long(throttle: Throttle, clock: Clock) -> None:
    for nth in range(60):
        with contextlib.suppress(BusyError):
            fail(throttle, f"guess{nth}")
        clock.now += 16
    clock.now += 30
    fail(throttle, "another")
    assert 1 < wait(throttle, "kim") <= 30


def test_a_firms_mistypings_add_up_to_nothing(throttle: Throttle, clock: Clock) -> None:
    for nth in range(48):  # one of thirty people mistypes, half an hour after another
        clock.now += 1_800
        fail(throttle, f"worker{nth % 30}")
        throttle.check("kim", "10.0.0.1")
        throttle.succeeded("kim", "10.0.0.1")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.9.9.9"])
def test_who_comes_from_this_machine_may_be_anybody_behind_a_proxy(throttle: Throttle, address: str) -> None:
    for nth in range(200):
        fail(throttle, f"guess{nth}", address)
    throttle.check("kim", address)
    throttle.succeeded("kim", address)
    for _ in range(5):
        fail(throttle, "kim", address)
    assert wait(throttle, "kim", address) == 1


def test_success_clears_the_login_but_buys_the_address_no_guesses(throttle: Throttle, clock: Clock) -> None:
    for nth in range(19):
        fail(throttle, f"guess{nth}")
        throttle.check("own", "10.0.0.1")
        throttle.succeeded("own", "10.0.0.1")
    fail(throttle, "guess19")
    assert wait(throttle, "own") == 1
    clock.now += 1
    for _ in range(4):
        fail(throttle, "own", "10.0.0.7")
    throttle.check("own", "10.0.0.7")
    throttle.succeeded("own", "10.0.0.7")
    for _ in range(4):
        fail(throttle, "own", "10.0.0.7")
    throttle.check("own", "10.0.0.7")


def test_signing_in_rightly_costs_an_address_nothing(throttle: Throttle) -> None:
    for nth in range(500):
        throttle.check(f"worker{nth}", "10.0.0.1")
        throttle.succeeded(f"worker{nth}", "10.0.0.1")
    throttle.check("kim", "10.0.0.1")


def test_many_tries_at_once_are_no_way_round(clock: Clock) -> None:
    throttle, begun, together = Throttle(clock), [], Barrier(40)

    def attempt() -> None:
        together.wait()
        try:
            throttle.check("kim", "10.0.0.1")
        except BusyError:
            return
        begun.append(1)

    threads = [Thread(target=attempt) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 5


def test_failures_are_forgotten_in_an_hour_and_memory_is_bounded(throttle: Throttle, clock: Clock) -> None:
    for _ in range(6):
        clock.now += 1
        fail(throttle)
    clock.now += 3_600
    for _ in range(5):
        fail(throttle)
    for nth in range(30_000):
        throttle.check(f"guess{nth}", f"10.{nth >> 16}.{nth >> 8 & 255}.{nth & 255}")
    assert len(throttle._tries) <= 20_002
    clock.now += 3_600
    throttle.check("kim", "10.0.0.1")
    assert len(throttle._tries) == 2
