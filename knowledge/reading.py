"""Reads files in a child process with limits of memory and time: no file can hang, crash or grow who asks."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from knowledge import codec
from knowledge.document import Attachment, Document
from knowledge.errors import CancelledError, KnowledgeError, TooLargeError, UnreadableError
from knowledge.readers.format import Progress, silent

logger = logging.getLogger(__name__)

_TICK = 0.1
_START_S = 60.0
"""Seconds for a child to come up on a busy machine; they do not count as its first file's."""
_MOST_BYTES = 300_000_000
"""Of one answer: a document's text and the files inside it."""
_FILES_EACH = 500
"""A child is replaced after so many files: what a parser leaks does not add up."""
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TESSDATA_PREFIX", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """`memory_mb`: resident memory of one file's reading. `idle_s`: seconds without a page done; `total_s`: in all."""

    memory_mb: int = 1024
    idle_s: float = 90.0
    total_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class _Answer:
    head: dict[str, Any]
    parts: list[bytes]


class ReadingProcess:
    """One child at a time, started at first use and replaced when it died. Threads take turns."""

    def __init__(self, limits: ReadingLimits | None = None) -> None:
        self._limits = limits or ReadingLimits()
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0

    def read(
        self, path: Path, name: str, progress: Progress = silent, cancelled: Callable[[], bool] = lambda: False
    ) -> Document:
        """The document of a file, `name` being what people call it. Raises a KnowledgeError with its reason: what the
        reader says, `too_slow`, `too_heavy`, `reader_died`, or CancelledError.
        """
        answer = self._ask({"do": "read", "path": str(path), "name": name}, progress, cancelled)
        document = codec.load(answer.parts[0])
        names = answer.head["names"]
        attached = (Attachment(str(its), data) for its, data in zip(names, answer.parts[1:], strict=True))
        return replace(document, attachments=tuple(attached))

    def render(self, path: Path, page: int, width: int) -> bytes:
        """PNG of one page (from 1), `width` pixels wide. Raises a KnowledgeError."""
        request = {"do": "render", "path": str(path), "page": page, "width": width}
        return self._ask(request, silent, lambda: False).parts[0]

    def size(self, path: Path, page: int) -> tuple[float, float]:
        """Width and height of a page as it is shown, in points. Raises a KnowledgeError."""
        width, height = self._ask({"do": "size", "path": str(path), "page": page}, silent, lambda: False).head["size"]
        return float(width), float(height)

    def close(self) -> None:
        """End the child, whatever it does; a reading that is under way ends as `reader_died`."""
        if (child := self._child) is not None:
            _kill(child)
        with self._turn:
            self._end()

    def _ask(self, request: dict[str, Any], progress: Progress, cancelled: Callable[[], bool]) -> _Answer:
        with self._turn:
            done = False
            try:
                child = self._ready()
                answer = _Exchange(child, self._limits, progress, cancelled).run(request)
                done = "crash" not in answer.head and answer.head.get("error") != "too_heavy"
            finally:
                if not done:
                    self._end()
        _raise(answer.head)
        return answer

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._child.poll() is not None or self._served >= _FILES_EACH):
            self._end()
        if self._child is None:
            self._child, self._served = _started(self._limits), 0
            _Exchange(self._child, replace(self._limits, idle_s=_START_S), silent, lambda: False).wait()
        self._served += 1
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        _kill(child)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


class Readers:
    """As many reading processes as files are read at a time."""

    def __init__(self, limits: ReadingLimits, at_once: int) -> None:
        self._all = [ReadingProcess(limits) for _ in range(at_once)]
        self._idle: queue.SimpleQueue[ReadingProcess] = queue.SimpleQueue()
        for each in self._all:
            self._idle.put(each)

    def read(
        self, path: Path, name: str, progress: Progress = silent, cancelled: Callable[[], bool] = lambda: False
    ) -> Document:
        """As `ReadingProcess.read`, in the first process that is free."""
        process = self._idle.get()
        try:
            return process.read(path, name, progress, cancelled)
        finally:
            self._idle.put(process)

    def close(self) -> None:
        """End all of them, whatever they do."""
        for each in self._all:
            each.close()


def here(path: Path, name: str, progress: Progress = silent, cancelled: Callable[[], bool] = lambda: False) -> Document:
    """Reads in this process, without limits: for measuring, and for files one wrote oneself."""
    from knowledge.readers import reader

    if cancelled():
        raise CancelledError("cancelled")
    return reader.read(path.read_bytes(), name, progress)


class _Exchange:
    """One request and its answer, watched for time, memory and a person's cancelling."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        limits: ReadingLimits,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._child, self._limits = child, limits
        self._stdin, self._stdout = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
        self._progress, self._cancelled = progress, cancelled
        self._buffer = bytearray()
        self._started = self._moved = time.monotonic()

    def run(self, request: dict[str, Any]) -> _Answer:
        try:
            self._stdin.write(json.dumps(request).encode() + b"\n")
            self._stdin.flush()
        except OSError as error:
            raise UnreadableError("reader_died") from error
        return self.wait()

    def wait(self) -> _Answer:
        """What the child says next, progress apart."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._stdout, selectors.EVENT_READ)
            while True:
                head = json.loads(self._line(ready))
                if sum(head["sizes"]) > _MOST_BYTES:
                    raise TooLargeError("unpacks_too_large", limit_mb=_MOST_BYTES // 1_000_000)
                parts = [self._bytes(ready, size) for size in head["sizes"]]
                if "progress" not in head:
                    return _Answer(head, parts)
                self._progress(*head["progress"])

    def _line(self, ready: selectors.BaseSelector) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            self._more(ready)
        return self._taken(end + 1)

    def _bytes(self, ready: selectors.BaseSelector, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more(ready)
        return self._taken(size)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _more(self, ready: selectors.BaseSelector) -> None:
        while not ready.select(_TICK):
            self._watch()
        data = os.read(self._stdout.fileno(), 1 << 20)
        if not data:
            logger.warning("the reading process ended: %s", self._child.wait())
            raise UnreadableError("reader_died")
        self._buffer += data
        self._moved = time.monotonic()
        self._watch()

    def _watch(self) -> None:
        now, limits = time.monotonic(), self._limits
        if self._cancelled():
            raise CancelledError("cancelled")
        if now - self._moved > limits.idle_s or now - self._started > limits.total_s:
            raise TooLargeError("too_slow", seconds=round(now - self._started))
        if _resident_mb(self._child.pid) > limits.memory_mb:
            raise TooLargeError("too_heavy")


def _started(limits: ReadingLimits) -> subprocess.Popen[bytes]:
    """A child without the parent's environment, in a group of its own. Its address space is bounded at twice the memory
    it may really use, since libraries reserve what they never touch.
    """
    environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    return subprocess.Popen(
        [
            sys.executable,
            "-I",
            "-m",
            "knowledge.reading_child",
            str(2 * limits.memory_mb * 1_000_000),
            str(limits.total_s),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "2"},
        start_new_session=True,
    )


def _kill(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)  # with what it started: a character recogniser


def _resident_mb(pid: int) -> float:
    """Resident memory of a process and of those it started."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000 + sum(_resident_mb(int(child)) for child in children)


def _raise(head: dict[str, Any]) -> None:
    if "crash" in head:
        logger.warning("a reader failed: %s", head["crash"])
        raise UnreadableError("reader_died")
    if "error" in head:
        kinds: dict[str, type[KnowledgeError]] = {"too_large": TooLargeError}
        raise kinds.get(head["kind"], UnreadableError)(head["error"], **head["details"])
