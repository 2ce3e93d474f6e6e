"""What one company may do with documents: add to and delete from its own place, read its own and the library's."""

from __future__ import annotations

import errno
import threading

from knowledge.calendar import Calendar
from knowledge.errors import TooLargeError, UnknownDocumentError
from knowledge.registry import Entry
from serving.errors import RequestError
from serving.place import Place
from serving.worker import Progress, Worker

_MEGABYTE = 1_000_000


class Documents:
    """The collection of one company beside the library."""

    def __init__(
        self, own: Place, library: Place, worker: Worker, calendar: Calendar, *, upload_mb: int, quota_mb: int
    ) -> None:
        self.own = own
        self.calendar = calendar
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
            stored = self.own.registry.stored()
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

    def versions(self, place: Place, entry: Entry) -> list[Entry]:
        """Other versions of the same work, or of the same file by its name, in the same place: the newest first."""
        edition = entry.reading.edition if entry.reading else None
        works = {edition.work, *edition.also} if edition else set()

        def same(other: Entry) -> bool:
            its = other.reading.edition if other.reading else None
            if its is None or not works:
                return its is None and not works and other.name == entry.name
            return bool(works & {its.work, *its.also})

        found = [other for other in place.registry.entries() if other.document_id != entry.document_id and same(other)]
        return sorted(found, key=lambda other: other.added_at, reverse=True)

    def delete(self, document_id: str) -> None:
        """Remove one of the company's own documents and everything derived from it."""
        self._worker.withdraw(self.own.name, document_id)
        self.own.ingest.delete(document_id)
        self.own.index.sync()

    def cancel(self, document_id: str | None = None) -> int:
        """Stop taking in one of the company's own documents, or all that are under way: how many.

        What had been read of a new one is dropped; the file stays listed as cancelled, to be added again or deleted. One that
        had been taken in before keeps what it has, and is gone on with when its place is opened next.
        """
        progress = self._worker.progress(self.own.name)
        in_hand = progress.current is not None and document_id in {None, progress.current[0]}
        gone = self._worker.withdraw(self.own.name, document_id)
        for each in gone:
            try:
                entry = self.own.registry.get(each)
            except UnknownDocumentError:
                continue
            if not entry.taken_in:
                self.own.chunks.remove(each)
                self.own.registry.mark_rejected(each, "cancelled", {})
        return len(gone) + in_hand

    @property
    def progress(self) -> Progress:
        """How far the taking in of the company's documents is."""
        return self._worker.progress(self.own.name)

    def mark_stays(self, document_id: str, *, stays: bool) -> None:
        """주관기업 LLM 전송 금지 for one of the company's own documents and what lies inside it, or its end: then those that no
        other mark keeps are embedded after all.
        """
        self.own.registry.mark_stays(document_id, stays=stays)
        for each in [] if stays else self.with_inside(document_id):
            if not self.own.registry.get(each).stays_here:
                self.own.registry.mark_stale(each)
                self._worker.submit(self.own.name, each)

    def holds(self, document_id: str) -> bool:
        """Whether it is one of the company's own."""
        try:
            self.own.registry.get(document_id)
        except UnknownDocumentError:
            return False
        return True

    def with_inside(self, document_id: str) -> list[str]:
        """A document of the company's own and the files inside it, however deep."""
        found, at = [document_id], 0
        while at < len(found):
            inside = (entry.document_id for _, entry in self.own.registry.inside(found[at]))
            found.extend(each for each in dict.fromkeys(inside) if each not in found)
            at += 1
        return found
