"""The one worker that reads and indexes documents, so that a home has one writer of documents."""

from __future__ import annotations

import logging
import queue
import threading

from knowledge.errors import UnknownDocumentError
from serving.place import Place

logger = logging.getLogger(__name__)


class Worker:
    """Processes documents in the order they came in. Work left by a kill is found again by `Place.ingest.recover`."""

    def __init__(self) -> None:
        self._work: queue.Queue[tuple[Place, str] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, place: Place, document_id: str) -> None:
        self._work.put((place, document_id))

    @property
    def waiting(self) -> int:
        """Documents not yet begun."""
        return self._work.qsize()

    def stop(self, timeout: float = 10.0) -> None:
        """End after the document in hand; what still waits stays queued in its place."""
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
            place, document_id = task
            try:
                place.ingest.process(document_id)
            except UnknownDocumentError:
                logger.info("document %s was deleted before its turn", document_id)
            except Exception:
                # One document must not stop the others; it says so in its own row.
                logger.exception("document %s failed", document_id)
                place.registry.mark_rejected(document_id, "failed", {})
