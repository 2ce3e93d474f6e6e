from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from evals.fuzz import Limits, attack, fuzz
from evals.mutation import mutated
from evals.seeds import FORMATS, seeds_of
from knowledge.document import Document, Locator, Section
from knowledge.errors import UnreadableError
from knowledge.readers.reader import read

SEEDS = [b"seed " * 20, b"other " * 20]
READ = Document("t", "text/plain", (Section(0, Locator("x"), "text"),))
SHORT = Limits(seconds=0.3, memory_mb=200, batch=4)


def test_the_same_numbers_make_the_same_file() -> None:
    seeds, _ = seeds_of("docx")
    first = [mutated(seeds, number, 1) for number in range(30)]
    assert first == [mutated(seeds, number, 1) for number in range(30)]
    assert first != [mutated(seeds, number, 2) for number in range(30)]
    assert len(set(first)) > 20


def test_every_outcome_is_told_apart() -> None:
    def reader(data: bytes, name: str) -> Document:
        if data == mutated(SEEDS, 1, 5):
            raise UnreadableError("broken", format="x")
        if data == mutated(SEEDS, 2, 5):
            raise IndexError("list index out of range")
        if data == mutated(SEEDS, 3, 5):
            os.kill(os.getpid(), signal.SIGKILL)
        if data == mutated(SEEDS, 5, 5):
            time.sleep(5)
        if data == mutated(SEEDS, 6, 5):
            bytearray(10**9)
        if data == mutated(SEEDS, 7, 5):
            Path("left.txt").write_text("x", encoding="utf-8")
        if data == mutated(SEEDS, 8, 5):
            return Document("t", "text/plain", ())
        return READ

    report = attack(reader, SEEDS, "x", 12, 5, SHORT)
    assert report.tried == 12
    assert report.refused == {"broken": 1}
    assert {crash.number: crash.error.split(" ")[0] for crash in report.crashed} == {
        2: "IndexError", 3: "the", 6: "MemoryError", 7: "OSError", 8: "an",
    }  # fmt: skip
    assert report.slow == (5,)
    assert {crash.number for crash in report.writes} == {7, -1}
    assert report.read == 12 - 1 - 5 - 1
    assert not report.held


def test_a_reader_that_holds() -> None:
    report = attack(lambda data, name: READ, SEEDS, "x", 9, 5, SHORT)
    assert (report.held, report.read) == (True, 9)


@pytest.mark.parametrize("format_name", [name for name in FORMATS if name not in {"hwp", "hwpx"}])
def test_written_seeds_are_sound(format_name: str) -> None:
    seeds, name = seeds_of(format_name)
    for seed in seeds:
        document = read(seed, name)
        assert document.sections or document.attachments


@pytest.mark.parametrize("format_name", ["txt", "md", "html", "eml", "zip"])
def test_damaged_files_are_read_or_refused(format_name: str) -> None:
    report = fuzz(format_name, 60, seed=11)
    assert report.held, report
    assert report.read
