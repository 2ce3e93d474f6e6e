"""The workers that read and index documents: one at most in each place, the places in turn."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from knowledge.document import Status
from knowledge.errors import UnknownDocumentError
from knowledge.ingest import Watch
from knowledge.registry import Entry
from retrieval.errors import EmbedderDownError, ForeignVectorsError
from serving.place import Place

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
AT_ONCE = 2
"""Places worked in at a time: while one waits for a file's reading, another's passages are embedded."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done with a document: `reading` pages or `embedding` chunks, `done` of `all` in `seconds`."""

    stage: str
    done: int = 0
    all: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """What has become of the documents of a place since nothing of it waited. `pages` were read in `reading_s`."""

    all: int = 0
    done: int = 0
    rejected: int = 0
    pages: int = 0
    reading_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a place is. `current`: the document in hand with its step."""

    tally: Tally
    waiting: int
    current: tuple[str, Step] | None


@dataclass(eq=False)
class _Line:
    """The documents of one place that wait, and the one in hand."""

    waiting: deque[str] = field(default_factory=deque)
    current: str | None = None
    step: Step = Step("reading")
    began: float = 0.0  # when the step's stage began
    moved: float = 0.0  # when it last said how far it is
    cancelled: bool = False
    tally: Tally = Tally()


class Worker:
    """Processes the documents of each place in the order they came in, the places by turns; a long one goes on after others.
    Work left by a kill is found again by `Place.recover`.

    While the embedder is down they wait: one of them is tried now and then, and none is rejected for it.
    """

    def __init__(
        self, opened: Callable[[str], AbstractContextManager[Place]], pause: float = 1.0, at_once: int = AT_ONCE
    ) -> None:
        """`opened` opens a place by its name for as long as it is worked in. `pause`: seconds until a document is tried
        again; each try in vain doubles them, up to `LONGEST_PAUSE`.
        """
        self._opened = opened
        self._lines: OrderedDict[str, _Line] = OrderedDict()  # whose turn is next stands first
        self._changed = threading.Condition()
        self._first_pause = self._pause = pause
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, name=f"ingest-{n}", daemon=True) for n in range(at_once)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def submit(self, place: str, document_id: str) -> None:
        with self._changed:
            line = self._line(place)
            if document_id in line.waiting or document_id == line.current:
                return
            if not line.waiting and line.current is None:
                line.tally = Tally()
            line.waiting.append(document_id)
            line.tally = replace(line.tally, all=line.tally.all + bool(document_id))
            self._changed.notify()

    def look(self, place: str) -> None:
        """Open a place in its turn, which finds what a kill left in it."""
        self.submit(place, "")

    @property
    def waiting(self) -> int:
        """Documents not yet begun, and those that wait for the embedder."""
        with self._changed:
            return sum(len(line.waiting) for line in self._lines.values())

    def progress(self, place: str) -> Progress:
        """How far the documents of a place are."""
        with self._changed:
            line = self._lines.get(place) or _Line()
            step = replace(line.step, seconds=time.monotonic() - line.began)
            current = (line.current, step) if line.current else None
            return Progress(line.tally, sum(map(bool, line.waiting)), current)

    def withdraw(self, place: str, document_id: str | None = None) -> list[str]:
        """Take a document, or all, out of a place's line: ids of those that had not been begun. The one in hand ends by
        itself as cancelled.
        """
        with self._changed:
            line = self._lines.get(place)
            if line is None:
                return []
            gone = [each for each in line.waiting if each and document_id in {None, each}]
            line.waiting = deque(each for each in line.waiting if each not in gone)
            line.tally = replace(line.tally, rejected=line.tally.rejected + len(gone))
            if gone and not any(line.waiting):
                line.waiting.append("")  # those before them are still to be settled
                self._changed.notify()
            line.cancelled = line.cancelled or (line.current is not None and document_id in {None, line.current})
            return gone

    def stop(self, timeout: float = 10.0) -> None:
        """End after the step in hand; what still waits stays queued in its place."""
        self._stopping.set()
        with self._changed:
            for line in self._lines.values():
                line.waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout)

    def _line(self, place: str) -> _Line:
        return self._lines.setdefault(place, _Line())

    def _run(self) -> None:
        while (task := self._next()) is not None:
            name, document_id = task
            try:
                with self._opened(name) as place:
                    if document_id:
                        self._process(name, place, document_id)
                    if not self._more_come(name):
                        place.ingest.settle()  # those before it, where this one was refused
            except (EmbedderDownError, ForeignVectorsError) as error:
                self._postpone(name, document_id, error.reason)
            except Exception:
                logger.exception("place %s cannot be worked in", name)
                self._finished(name)
            else:
                self._finished(name)

    def _next(self) -> tuple[str, str] | None:
        """The first document of the place whose turn it is and that nobody works in; None at the end."""
        with self._changed:
            while not self._stopping.is_set():
                for name, line in self._lines.items():
                    if line.waiting and line.current is None:
                        self._lines.move_to_end(name)
                        line.current, line.cancelled = line.waiting.popleft(), False
                        line.step = Step("reading")
                        line.began = line.moved = time.monotonic()
                        return name, line.current
                self._changed.wait()
            return None

    def _process(self, name: str, place: Place, document_id: str) -> None:
        try:
            entry = place.ingest.process(document_id, self._watch(name))
            self._tally(name, document_id, entry, goes_on=not place.ingest.waits(document_id))
            self._pause = self._first_pause
        except UnknownDocumentError:
            logger.info("document %s was deleted before its turn", document_id)
        except (EmbedderDownError, ForeignVectorsError):
            raise
        except Exception:
            # One document must not stop the others; it says so in its own row.
            logger.exception("document %s failed", document_id)
            place.registry.mark_rejected(document_id, "failed", {})

    def _watch(self, name: str) -> Watch:
        line = self._line(name)

        def stage(stage: str, done: int, all_: int) -> None:
            with self._changed:
                now = time.monotonic()
                if stage == "reading":
                    pages, seconds = done - line.step.done, now - line.moved
                    line.tally = replace(
                        line.tally, pages=line.tally.pages + pages, reading_s=line.tally.reading_s + seconds
                    )
                elif line.step.stage == "reading":
                    line.began = now
                line.step, line.moved = Step(stage, done, all_), now

        return Watch(
            stage=stage,
            cancelled=lambda: line.cancelled,
            stopping=self._stopping.is_set,
            others_wait=self._others_wait,
            more_come=lambda: self._more_come(name),
            found=lambda document_id: self.submit(name, document_id),
        )

    def _more_come(self, name: str) -> bool:
        with self._changed:
            return any(self._line(name).waiting)

    def _others_wait(self) -> bool:
        """Other places, or a shorter document of the same: a folder's lists and mails do not wait for its thick manual."""
        with self._changed:
            return any(any(line.waiting) for line in self._lines.values())

    def _tally(self, name: str, document_id: str, entry: Entry, *, goes_on: bool) -> None:
        with self._changed:
            line = self._line(name)
            if entry.status == Status.READ and goes_on:  # made room for others, and goes on after them
                line.waiting.append(document_id)
            elif entry.status == Status.REJECTED:
                line.tally = replace(line.tally, rejected=line.tally.rejected + 1)
            else:
                line.tally = replace(line.tally, done=line.tally.done + 1)

    def _finished(self, name: str) -> None:
        with self._changed:
            self._line(name).current = None
            self._changed.notify_all()

    def _postpone(self, name: str, document_id: str, reason: str) -> None:
        """Behind all others, lest one document that the embedder refuses hold them up."""
        if self._pause == self._first_pause:
            logger.warning("documents wait to be indexed: %s", reason)
        with self._changed:
            if not self._stopping.is_set():
                self._line(name).waiting.append(document_id)
        self._stopping.wait(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._finished(name)
