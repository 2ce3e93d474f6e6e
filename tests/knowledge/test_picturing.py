"""Pages drawn for many at a time, without processes: what stands in for one is let go by the test."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from knowledge.errors import TooLargeError
from knowledge.picturing import CrowdedError, Picturing

SLOW, OTHER, BROKEN = Path("slow"), Path("other"), Path("broken")
LONG = 10.0


class Process:
    """Draws `slow` only when it is let."""

    def __init__(self) -> None:
        self.asked: Counter[Path] = Counter()
        self.begun, self.let = threading.Event(), threading.Event()

    def render(self, path: Path, page: int, width: int) -> bytes:
        self.asked[path] += 1
        if path == SLOW:
            self.begun.set()
            assert self.let.wait(LONG)
        if path == BROKEN:
            raise TooLargeError("too_slow", seconds=20)
        return b"png"

    def size(self, path: Path, page: int) -> tuple[float, float]:
        self.render(path, page, 1)
        return 1.0, float(page)

    def close(self) -> None:
        self.let.set()


def test_a_slow_page_holds_up_no_other_house_and_its_own_not_for_long() -> None:
    idle, taken = Process(), Process()
    pages = Picturing([idle, taken], patience=0.01)
    slow = threading.Thread(target=pages.render, args=("a", SLOW, 1, 10))
    slow.start()
    assert taken.begun.wait(LONG)
    assert pages.size("b", OTHER, 1) == (1.0, 1.0)
    with pytest.raises(CrowdedError) as refused:
        pages.render("a", OTHER, 1, 10)
    assert (refused.value.reason, refused.value.retry_after) == ("pages_crowded", 2)
    assert pages.size("a", OTHER, 1) == (1.0, 1.0), "what is known needs no turn"
    pages.close()
    slow.join()
    assert pages.render("a", OTHER, 1, 10) == b"png"


def test_no_more_wait_than_the_line_is_long() -> None:
    process = Process()
    pages = Picturing([process], patience=LONG, line=0)
    slow = threading.Thread(target=pages.render, args=("a", SLOW, 1, 10))
    slow.start()
    assert process.begun.wait(LONG)
    with pytest.raises(CrowdedError):
        pages.render("b", OTHER, 1, 10)
    pages.close()
    slow.join()


def test_a_size_is_asked_for_once_and_what_is_broken_is_not_tried_again_for_a_while() -> None:
    now = 0.0
    process = Process()
    pages = Picturing([process], clock=lambda: now)
    assert pages.size("a", OTHER, 3) == pages.size("b", OTHER, 3) == (1.0, 3.0)
    assert process.asked[OTHER] == 1
    for _ in range(3):
        with pytest.raises(TooLargeError) as refused:
            pages.size("a", BROKEN, 1)
        assert (refused.value.reason, refused.value.details) == ("too_slow", {"seconds": 20})
    assert process.asked[BROKEN] == 1
    now = 601.0
    with pytest.raises(TooLargeError):
        pages.render("a", BROKEN, 1, 10)
    assert process.asked[BROKEN] == 2
