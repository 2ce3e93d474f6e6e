"""What one company may do with documents: add to and delete from its own place, read its own and the library's."""

from __future__ import annotations

import errno
import threading

from knowledge.errors import TooLargeError, UnknownDocumentError
from knowledge.registry import Entry
from serving.errors import RequestError
from serving.place import Place
from serving.worker import Worker

_MEGABYTE = 1_000_000


class Documents:
    """The collection of one company beside the library."""

    def __init__(self, own: Place, library: Place, worker: Worker, upload_mb: int, quota_mb: int) -> None:
        self.own = own
        self.library = library
        self._worker = worker
        self._upload_mb = upload_mb
        self._quota_mb = quota_mb
        self._adding = threading.Lock()

    def add(self, data: bytes, name: str, person: str) -> tuple[Entry, bool]:
        """Register the bytes and hand them to the worker: (entry, whether it is new).

        Raises TooLargeError, or RequestError where the quota or the disk is full; nothing is kept then.
        """
        if len(data) > self._upload_mb * _MEGABYTE:
            raise TooLargeError("too_large", limit_mb=self._upload_mb)
        with self._adding:
            stored = sum(entry.bytes for entry in self.own.registry.entries())
            if stored + len(data) > self._quota_mb * _MEGABYTE:
                raise RequestError("quota", 413, limit_mb=self._quota_mb)
            try:
                entry, new = self.own.registry.add(data, name, person)
            except OSError as error:
                if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                    raise RequestError("disk_full", 507) from error
                raise
        if new:
            self._worker.submit(self.own.name, entry.document_id)
        return entry, new

    def find(self, document_id: str) -> tuple[Place, Entry]:
        """The place that holds the document, the company's own first."""
        for place in (self.own, self.library):
            try:
                return place, place.registry.get(document_id)
            except UnknownDocumentError:
                continue
        raise UnknownDocumentError("unknown_document")

    def delete(self, document_id: str) -> None:
        """Remove one of the company's own documents and everything derived from it."""
        self.own.ingest.delete(document_id)
        self.own.index.sync()

    def mark_stays(self, document_id: str, *, stays: bool) -> None:
        """주관기업 LLM 전송 금지 for one of the company's own documents, or its end: then it is embedded after all."""
        self.own.registry.mark_stays(document_id, stays=stays)
        if not stays:
            self.own.registry.mark_stale(document_id)
            self._worker.submit(self.own.name, document_id)
