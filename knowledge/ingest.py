"""Takes registered files to indexed documents. It can be killed at any moment and run again without loss or doubles."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.document import Attachment, Document, Finding, Status
from knowledge.errors import CancelledError, KnowledgeError, UnknownDocumentError
from knowledge.readers import image
from knowledge.readers.format import Progress
from knowledge.registry import Entry, Inside, Registry

logger = logging.getLogger(__name__)

DEEPEST = 3
"""Files in files in files are taken in; what lies deeper is named, not read."""
DECORATION = 50_000
"""Bytes: a smaller picture inside another file is a logo or an icon; a scanned page, as it comes, is larger."""
PATIENCE = 20.0
"""Seconds a long document is embedded at a stretch while others wait."""
SETTLED_EVERY = 2.0
"""Seconds between two settlings while documents come one after the other: settling each costs more than reading it."""
LONG = 200
"""Chunks from which on a document is settled before it is embedded, since that takes a while."""

Read = Callable[[Path, str, Progress, Callable[[], bool]], Document]
"""(file, its name, progress, whether it was cancelled) to a Document; raises a KnowledgeError."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What a document is made into, stage by stage. `cut` stores its chunks, findable by keywords, and says how many;
    `embed` embeds some more of them and says how many are left; `forget` removes all, without error where there is nothing.
    `settle` makes what was cut and embedded so far be found by every search from then on.
    """

    cut: Callable[[str, Document], int]
    embed: Callable[[str], int]
    forget: Callable[[str], None]
    settle: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows one document: `stage(name, done, all)` hears of `reading` pages and `embedding` chunks. One that is
    `cancelled` is rejected; when all is `stopping` it is left as it is, to be processed on another day. While `more_come`, documents are settled
    some at a time.
    """

    stage: Callable[[str, int, int], None] = lambda _stage, _done, _all: None
    cancelled: Callable[[], bool] = lambda: False
    stopping: Callable[[], bool] = lambda: False
    others_wait: Callable[[], bool] = lambda: False
    more_come: Callable[[], bool] = lambda: False
    found: Callable[[str], None] = lambda _document_id: None


class Ingest:
    """Works through the documents of one place. Called from one thread at a time."""

    def __init__(
        self, registry: Registry, derived: Derived, read: Read, room: Callable[[], int] = lambda: 1 << 62
    ) -> None:
        """`room`: bytes there is place for, which files found inside files must fit in."""
        self._registry = registry
        self._derived = derived
        self._read = read
        self._room = room
        self._unsettled: dict[str, int] = {}
        self._touched = False
        self._settled = 0.0

    def recover(self) -> list[str]:
        """Clean up after a kill and say what is still to do: ids in the order they were added."""
        self._registry.sweep()
        for entry in self._registry.entries([Status.DELETING]):
            self._finish_deletion(entry.document_id)
        self._delete_orphans()
        return [entry.document_id for entry in self._registry.entries([Status.QUEUED, Status.READ])]

    def process(self, document_id: str, watch: Watch | None = None) -> Entry:
        """Read and index one document; a file that cannot be read ends as rejected with its reason, never as an error.

        One that takes long comes back as `read` while others wait, to be processed on later; so does one that only waits to
        be settled with others (`waits`). What deriving raises passes through and leaves the document as it is, to be
        processed again. Raises UnknownDocumentError when it was deleted before or meanwhile.
        """
        entry, watch = self._registry.get(document_id), watch or Watch()
        if entry.status in {Status.QUEUED, Status.READ}:
            try:
                self._advance(entry, watch)
            except KnowledgeError as error:
                if isinstance(error, CancelledError) and (watch.stopping() or entry.taken_in):
                    return entry  # what it is and was goes on another day
                logger.info("document %s rejected: %s", document_id, error.reason)
                self._derived.forget(document_id)
                self._registry.mark_rejected(document_id, error.reason, error.details)
            finally:
                if watch.more_come():
                    self._settle_if_due()
                else:
                    self.settle()
            try:
                entry = self._registry.get(document_id)
            except UnknownDocumentError:
                self._derived.forget(document_id)  # deleted while it was being indexed
                raise
        return entry

    def waits(self, document_id: str) -> bool:
        """Whether all is done to a document but that searches find all of it: `settle` sees to that."""
        return document_id in self._unsettled

    def settle(self) -> None:
        """Have searches find every document that is done, and what there is of the others. Costs nothing where nothing
        was done since.
        """
        if not self._touched:
            return
        self._derived.settle()
        self._touched = False
        self._settled = time.monotonic()
        for identity in list(self._unsettled):
            chunks = self._unsettled.pop(identity, None)
            if chunks is not None:  # not deleted meanwhile by another thread
                self._registry.mark_indexed(identity, chunks)

    def _settle_if_due(self) -> None:
        if time.monotonic() - self._settled > SETTLED_EVERY:
            self.settle()

    def delete(self, document_id: str) -> None:
        """Remove the document, all that was derived from it, and the files that were only inside it."""
        self._finish_deletion(document_id)
        self._delete_orphans()

    def _advance(self, entry: Entry, watch: Watch) -> None:
        identity = entry.document_id
        chunks = entry.chunks
        file = self._registry.file(identity)
        if entry.status == Status.QUEUED and (file.exists() or not entry.reading):
            self._read_and_keep(entry, file, watch)
            chunks = 0
        self._touched = True
        if not chunks:
            chunks = self._derived.cut(identity, self._registry.document(identity))
            self._registry.mark_cut(identity, chunks)
            if chunks > LONG:
                self.settle()
                self._touched = True
        if self._embedded(identity, chunks, watch):
            self._unsettled[identity] = chunks

    def _read_and_keep(self, entry: Entry, file: Path, watch: Watch) -> None:
        def ended() -> bool:
            self._settle_if_due()  # those before it need not wait for a long reading
            return watch.cancelled() or watch.stopping()

        document = self._read(file, entry.name, lambda done, pages: watch.stage("reading", done, pages), ended)
        deep = self._registry.depth(entry.document_id) >= DEEPEST
        notes: list[Finding] = []
        for attachment in _named_apart(document.attachments):
            if ended():
                raise CancelledError("cancelled")
            if reason := self._left_out(attachment, deep=deep):
                size = str(len(attachment.data))
                notes.append(Finding(attachment.name, size, reason, {"limit": str(DEEPEST)}))
            elif attachment.data:
                self._attach(entry, attachment, watch)
        document = replace(document, attachments=(), findings=(*document.findings, *notes))
        self._registry.save_reading(entry.document_id, document)

    def _embedded(self, identity: str, chunks: int, watch: Watch) -> bool:
        """Whether all of it is embedded; not when it made room for others."""
        started = time.monotonic()
        while not watch.cancelled():
            left = self._derived.embed(identity)
            watch.stage("embedding", chunks - left, chunks)
            if not left and not watch.cancelled():
                return True
            self._settle_if_due()
            self._touched = True
            if watch.stopping() or (watch.others_wait() and time.monotonic() - started > PATIENCE):
                return False
        raise CancelledError("cancelled")

    def _left_out(self, attachment: Attachment, *, deep: bool) -> str:
        """Why a file found inside is not taken in; empty where it is."""
        if deep:
            return "inside_too_deep"
        if len(attachment.data) < DECORATION and image.FORMAT.claims(attachment.data, attachment.name):
            return "inside_decoration"
        return "inside_no_room" if len(attachment.data) > self._room() else ""

    def _attach(self, parent: Entry, attachment: Attachment, watch: Watch) -> None:
        """Register a file found inside."""
        inside = Inside(parent.document_id, attachment.name)
        entry, new = self._registry.add(attachment.data, attachment.name, parent.added_by, inside)
        if new:
            watch.found(entry.document_id)

    def _finish_deletion(self, document_id: str) -> None:
        self._registry.mark_deleting(document_id)
        self._unsettled.pop(document_id, None)
        self._derived.forget(document_id)
        self._registry.delete(document_id)

    def _delete_orphans(self) -> None:
        while orphans := self._registry.orphans():
            for orphan in orphans:
                self._finish_deletion(orphan)


def _named_apart(attachments: Sequence[Attachment]) -> Iterator[Attachment]:
    """Files of one name, as a mail may hold them, told apart by number: `scan.pdf`, `scan.pdf (2)`."""
    seen: Counter[str] = Counter()
    for attachment in attachments:
        seen[attachment.name] += 1
        number = seen[attachment.name]
        yield attachment if number == 1 else replace(attachment, name=f"{attachment.name} ({number})")
