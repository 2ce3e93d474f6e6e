"""The one worker that reads and indexes documents, so that a home has one writer of documents."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from knowledge.errors import UnknownDocumentError
from retrieval.errors import EmbedderDownError, ForeignVectorsError
from serving.place import Place

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0


class Worker:
    """Processes documents in the order they came in. Work left by a kill is found again by `Place.recover`.

    While the embedder is down they wait: one of them is tried now and then, and none is rejected for it.
    """

    def __init__(self, opened: Callable[[str], AbstractContextManager[Place]], pause: float = 1.0) -> None:
        """`opened` opens a place by its name for as long as it is worked in. `pause`: seconds until a document is tried
        again; each try in vain doubles them, up to `LONGEST_PAUSE`.
        """
        self._opened = opened
        self._work: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._first_pause = self._pause = pause
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, place: str, document_id: str) -> None:
        self._work.put((place, document_id))

    def look(self, place: str) -> None:
        """Open a place in its turn, which finds what a kill left in it."""
        self._work.put((place, ""))

    @property
    def waiting(self) -> int:
        """Documents not yet begun, and those that wait for the embedder."""
        return self._work.qsize()

    def stop(self, timeout: float = 10.0) -> None:
        """End after the document in hand; what still waits stays queued in its place."""
        self._stopping.set()
        while not self._work.empty():
            try:
                self._work.get_nowait()
            except queue.Empty:
                break
        self._work.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while (task := self._work.get()) is not None:
            name, document_id = task
            try:
                with self._opened(name) as place:
                    if document_id:
                        self._process(place, document_id)
            except (EmbedderDownError, ForeignVectorsError) as error:
                self._postpone(task, error.reason)
            except Exception:
                logger.exception("place %s cannot be worked in", name)

    def _process(self, place: Place, document_id: str) -> None:
        try:
            place.ingest.process(document_id)
            self._pause = self._first_pause
        except UnknownDocumentError:
            logger.info("document %s was deleted before its turn", document_id)
        except (EmbedderDownError, ForeignVectorsError):
            raise
        except Exception:
            # One document must not stop the others; it says so in its own row.
            logger.exception("document %s failed", document_id)
            place.registry.mark_rejected(document_id, "failed", {})

    def _postpone(self, task: tuple[str, str], reason: str) -> None:
        """Behind all others, lest one document that the embedder refuses hold them up."""
        if self._pause == self._first_pause:
            logger.warning("documents wait to be indexed: %s", reason)
        self._work.put(task)
        self._stopping.wait(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
