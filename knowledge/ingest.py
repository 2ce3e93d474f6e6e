"""Takes registered files to indexed documents. It can be killed at any moment and run again without loss or doubles."""

from __future__ import annotations

import logging
from collections.abc import Callable

from knowledge.document import Document, Status
from knowledge.errors import KnowledgeError, UnknownDocumentError
from knowledge.readers.reader import read
from knowledge.registry import Entry, Registry

logger = logging.getLogger(__name__)


class Ingest:
    """Works through the documents of one place. Called from one worker at a time.

    `index` derives chunks and vectors from a document, all or nothing, and answers how many chunks it has now;
    `forget` removes everything derived from one, without error where there is nothing.
    """

    def __init__(
        self, registry: Registry, index: Callable[[str, Document], int], forget: Callable[[str], None]
    ) -> None:
        self._registry = registry
        self._index = index
        self._forget = forget

    def recover(self) -> list[str]:
        """Clean up after a kill and say what is still to do: ids in the order they were added."""
        self._registry.sweep()
        for entry in self._registry.entries([Status.DELETING]):
            self._finish_deletion(entry.document_id)
        return [entry.document_id for entry in self._registry.entries([Status.QUEUED, Status.READ])]

    def process(self, document_id: str, finished: Callable[[Entry], None] | None = None) -> Entry:
        """Read and index one document; a file that cannot be read ends as rejected with its reason, never as an error.

        What `index` raises passes through and leaves the document as it is, to be processed again. Raises
        UnknownDocumentError when it was deleted before or meanwhile.
        """
        entry = self._registry.get(document_id)
        if entry.status in {Status.QUEUED, Status.READ}:
            try:
                self._advance(entry)
            except KnowledgeError as error:
                logger.info("document %s rejected: %s", document_id, error.reason)
                self._registry.mark_rejected(document_id, error.reason, error.details)
            try:
                entry = self._registry.get(document_id)
            except UnknownDocumentError:
                self._forget(document_id)  # deleted while it was being indexed
                raise
        if finished:
            finished(entry)
        return entry

    def delete(self, document_id: str) -> None:
        """Remove the document and all that was derived from it."""
        self._registry.mark_deleting(document_id)
        self._finish_deletion(document_id)

    def _advance(self, entry: Entry) -> None:
        identity = entry.document_id
        if entry.status == Status.QUEUED:
            self._registry.save_reading(identity, read(self._registry.file(identity).read_bytes(), entry.name))
        chunks = self._index(identity, self._registry.document(identity))
        self._registry.mark_indexed(identity, chunks)

    def _finish_deletion(self, document_id: str) -> None:
        self._forget(document_id)
        self._registry.delete(document_id)
