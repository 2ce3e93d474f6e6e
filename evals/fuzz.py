"""Readers under thousands of damaged files: each is read or refused with a reason, within limits, writing nothing."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.errors import EvalError
from evals.mutation import mutated
from evals.seeds import seeds_of
from knowledge.document import Document
from knowledge.errors import KnowledgeError

Read = Callable[[bytes, str], Document]
_READ, _REFUSED, _CRASHED, _WROTE = "read", "refused", "crashed", "wrote"


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one file: seconds of wall clock, and megabytes of address space beyond what the process began with."""

    seconds: float = 10.0
    memory_mb: int = 2_000
    batch: int = 500


@dataclass(frozen=True, slots=True)
class Crash:
    """`number` and the run's seed make the file again: `mutated(seeds_of(format_name), number, seed)`."""

    number: int
    error: str


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the files. `slow` holds the numbers of those over the time limit, `writes` tries to write a file."""

    format_name: str
    seed: int
    tried: int
    read: int
    refused: dict[str, int] = field(default_factory=dict)
    crashed: tuple[Crash, ...] = ()
    slow: tuple[int, ...] = ()
    writes: tuple[Crash, ...] = ()

    @property
    def held(self) -> bool:
        """No crash, no hang, nothing written."""
        return not (self.crashed or self.slow or self.writes)


def fuzz(
    format_name: str, count: int, seed: int = 1, limits: Limits | None = None, reference: Path | None = None
) -> Report:
    """Read `count` mutations of the seeds of a format (`evals.seeds.FORMATS`), as the product would under that name."""
    from knowledge.readers import reader

    seeds, name = seeds_of(format_name, reference)
    if not seeds:
        raise EvalError(f"no seeds for {format_name}")
    return attack(reader.read, seeds, name, count, seed, limits or Limits())


def attack(read: Read, seeds: Sequence[bytes], name: str, count: int, seed: int, limits: Limits) -> Report:
    """Likewise for any reading function. Batches run in forked processes; one that dies is taken up after its last file."""
    refused: Counter[str] = Counter()
    found: dict[str, list[Any]] = {_READ: [], _CRASHED: [], _WROTE: [], "slow": []}
    at = 0
    with tempfile.TemporaryDirectory() as nowhere:
        while at < count:
            last = min(at + limits.batch, count)
            for number, outcome, words in _batch(read, seeds, name, range(at, last), seed, limits, Path(nowhere)):
                if outcome == _REFUSED:
                    refused[words] += 1
                else:
                    found[outcome].append(number if outcome in {_READ, "slow"} else Crash(number, words))
                at = number + 1
        left = sorted(path.name for path in Path(nowhere).rglob("*"))
    found[_WROTE] += [Crash(-1, f"left behind: {path}") for path in left]
    return Report(
        format_name=name,
        seed=seed,
        tried=count,
        read=len(found[_READ]),
        refused=dict(refused.most_common()),
        crashed=tuple(found[_CRASHED]),
        slow=tuple(found["slow"]),
        writes=tuple(found[_WROTE]),
    )


def _batch(
    read: Read, seeds: Sequence[bytes], name: str, numbers: range, seed: int, limits: Limits, nowhere: Path
) -> Iterator[tuple[int, str, str]]:
    """(number, outcome, reason or error) of each file up to the one at which the child died, that one included."""
    answers, pipe = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answers)
        try:
            _child(read, seeds, name, numbers, seed, limits, nowhere, pipe)
        finally:
            os._exit(0)  # nothing of the parent's is to be run or flushed twice
    os.close(pipe)
    done = numbers.start
    with os.fdopen(answers) as lines:
        for line in lines:
            number, outcome, words = json.loads(line)
            if outcome != _WROTE:
                done = number + 1
            yield number, outcome, words
    _, status = os.waitpid(child, 0)
    if done in numbers:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        slow = number == signal.SIGALRM
        yield done, "slow" if slow else _CRASHED, "" if slow else f"the process ended with signal {number}"


def _child(
    read: Read, seeds: Sequence[bytes], name: str, numbers: range, seed: int, limits: Limits, nowhere: Path, pipe: int
) -> None:
    os.chdir(nowhere)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    tried: list[str] = []
    sys.addaudithook(lambda event, arguments: _note_writing(event, arguments, tried))
    bound = _address_space() + limits.memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for number in numbers:
        data = mutated(seeds, number, seed)
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        outcome, words = _outcome(read, data, name)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if tried:
            os.write(pipe, (json.dumps([number, _WROTE, tried[0]]) + "\n").encode())
            tried.clear()
        os.write(pipe, (json.dumps([number, outcome, words]) + "\n").encode())


def _outcome(read: Read, data: bytes, name: str) -> tuple[str, str]:
    try:
        document = read(data, name)
    except KnowledgeError as error:
        return _REFUSED, error.reason
    except BaseException as error:  # noqa: BLE001  anything else is what this looks for
        frames = traceback.extract_tb(error.__traceback__)
        place = next(
            (f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames) if "/knowledge/" in f.filename), "?"
        )
        return _CRASHED, f"{type(error).__name__} at {place}: {str(error)[:200]}"
    empty = not any(section.text.strip() for section in document.sections) and not document.attachments
    return (_CRASHED, "an empty document") if empty else (_READ, "")


_WRITING = {
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "shutil.rmtree",
    "socket.connect",
}


def _note_writing(event: str, arguments: tuple[Any, ...], tried: list[str]) -> None:
    if event in _WRITING:
        tried.append(f"{event} {arguments[0]!r:.120}")
    elif event == "open" and arguments[0] != os.devnull:
        _, mode, flags = arguments
        writing = (
            any(letter in mode for letter in "wax+")
            if isinstance(mode, str)
            else bool(flags & (os.O_WRONLY | os.O_RDWR))
        )
        if writing:
            tried.append(f"open {arguments[0]!r:.120}")


def _address_space() -> int:
    """Bytes of address space of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
