"""The documents of one place: rows are the truth, the files' bytes lie beside them by content hash."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, func, or_, select

from knowledge import codec, elements
from knowledge.document import Document, Locator, Section, Status, content_hash, document_id
from knowledge.editions import Version, lines_of
from knowledge.errors import UnknownDocumentError
from knowledge.tables import attachments, documents, sections
from knowledge.tables import elements as elements_table


@dataclass(frozen=True, slots=True)
class Entry:
    """One registered document. `reading` holds no sections here; ask `Registry.document` for those.

    `reason` is a key of `knowledge.text.SENTENCES` with its `details`, set where `status` is rejected. `stays_here`: it, or
    something it lies inside of, is marked 주관기업 LLM 전송 금지. `taken_in`: it has been indexed whole before.
    """

    document_id: str
    name: str
    bytes: int
    added_by: str
    added_at: datetime
    status: Status
    reason: str | None
    details: dict[str, Any]
    chunks: int
    reading: Document | None
    stays_here: bool
    own: bool
    taken_in: bool

    @property
    def title(self) -> str:
        return self.reading.title if self.reading else self.name

    @property
    def pages(self) -> int:
        return self.reading.pages if self.reading else 0


PROGRAMS = frozenset({"giljabi", "aas-server"})
"""Who adds documents without being a person: the product itself, and its fetching from AAS servers."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Where a document was found: the path `name` in the document `parent_id`."""

    parent_id: str
    name: str


class Registry:
    """Documents of one place. Every write is one transaction; a file is on disk before its row is.

    The caller owns `engine`, in which the tables are, and makes sure that one process writes.
    """

    def __init__(self, engine: Engine, files: Path) -> None:
        self._engine = engine
        self._files = files
        self._adding = Lock()

    def add(self, data: bytes, name: str, person: str, inside: Inside | None = None) -> tuple[Entry, bool]:
        """Register the bytes as queued: (entry, whether it is new). The same bytes are never stored twice.

        `inside`: found in another document, not added for itself. A rejected document is queued again, since its reader
        may have learned meanwhile.
        """
        sha256 = content_hash(data)
        identity = document_id(sha256)
        with self._adding, self._engine.begin() as connection:
            row = connection.execute(select(documents).where(documents.c.document_id == identity)).one_or_none()
            if row is not None and row.status not in {Status.REJECTED, Status.DELETING}:
                self._place_inside(connection, identity, inside)
                if row.added_by in PROGRAMS and person not in PROGRAMS and inside is None:
                    self._update(connection, identity, added_by=person)  # a person's now, whatever brought it first
                return self._entry(connection, identity), False
            self._write(sha256, data)
            if row is None:
                connection.execute(
                    documents.insert().values(
                        document_id=identity,
                        sha256=sha256,
                        name=name,
                        bytes=len(data),
                        added_by=person,
                        added_at=datetime.now(UTC).isoformat(),
                        status=Status.QUEUED,
                        details={},
                        own=inside is None,
                    )
                )
            else:
                self._update(connection, identity, status=Status.QUEUED, name=name, reason=None, details={}, chunks=0)
            self._place_inside(connection, identity, inside)
            return self._entry(connection, identity), True

    def save_reading(self, identity: str, document: Document) -> None:
        """Keep what the reader made of the file; replaces an earlier reading. Raises UnknownDocumentError where it has been
        deleted meanwhile.
        """
        with self._engine.begin() as connection:
            there = (documents.c.document_id == identity) & (documents.c.status != Status.DELETING)
            if connection.execute(select(documents.c.document_id).where(there)).first() is None:
                raise UnknownDocumentError("unknown_document")
            connection.execute(sections.delete().where(sections.c.document_id == identity))
            rows = [{"document_id": identity, **_section_row(section)} for section in document.sections]
            if rows:
                connection.execute(sections.insert(), rows)
            elements.save(connection, identity, document)
            reading = codec.reading(document)
            self._update(connection, identity, status=Status.READ, reading=reading, reason=None, details={})
            work = document.edition.work if document.edition else None
            self._update(connection, identity, work=work, lines=lines_of(document))

    def versions(self, place: str = "") -> list[Version]:
        """Documents of which there may be another version: those that say so, and those that share their name."""
        here = documents.c.status.in_([Status.READ, Status.INDEXED])
        shared = select(documents.c.name).where(here).group_by(documents.c.name).having(func.count() > 1)
        several = documents.c.work.is_not(None) | documents.c.name.in_(shared)
        with self._engine.connect() as connection:
            rows = connection.execute(select(documents).where(here, several)).all()
            held = self._holders(connection, [row.document_id for row in rows if not row.own])
        return [
            Version(
                document_id=row.document_id,
                name=held.get(row.document_id, row.name),
                added_at=datetime.fromisoformat(row.added_at),
                edition=codec.edition(row.reading),
                place=place,
                lines=frozenset(row.lines or ()),
            )
            for row in rows
            if row.reading
        ]

    def mark_cut(self, identity: str, chunks: int) -> None:
        """It is read and its chunks are stored: keywords find it from now on."""
        there = documents.c.status.in_([Status.QUEUED, Status.READ]) & (documents.c.document_id == identity)
        with self._engine.begin() as connection:
            connection.execute(documents.update().where(there).values(status=Status.READ, chunks=chunks))

    def mark_indexed(self, identity: str, chunks: int) -> None:
        """All is done to it. One that has been deleted or added again since it was read is left as it is."""
        read = (documents.c.document_id == identity) & (documents.c.status == Status.READ)
        with self._engine.begin() as connection:
            change = documents.update().where(read)
            connection.execute(change.values(status=Status.INDEXED, chunks=chunks, taken_in=True))

    def mark_stale(self, identity: str) -> None:
        """An indexed document must be indexed anew, from its saved reading; one in any other state is left alone."""
        indexed = (documents.c.document_id == identity) & (documents.c.status == Status.INDEXED)
        with self._engine.begin() as connection:
            connection.execute(documents.update().where(indexed).values(status=Status.READ))

    def any_stays(self) -> bool:
        """Whether any document is marked 주관기업 LLM 전송 금지."""
        with self._engine.connect() as connection:
            marked = select(documents.c.document_id).where(documents.c.stays_here.is_(True)).limit(1)
            return connection.execute(marked).first() is not None

    def mark_stays(self, identity: str, stays: bool) -> None:
        """Whether nothing of the document may go to an engine that is not this machine's own."""
        with self._engine.begin() as connection:
            if not self._update(connection, identity, stays_here=stays):
                raise UnknownDocumentError("unknown_document")

    def mark_rejected(self, identity: str, reason: str, details: dict[str, Any]) -> None:
        """Not taken in, and why. One that is being deleted goes on being deleted."""
        there = (documents.c.document_id == identity) & (documents.c.status != Status.DELETING)
        with self._engine.begin() as connection:
            change = documents.update().where(there)
            connection.execute(
                change.values(status=Status.REJECTED, reason=reason, details=details, chunks=0, taken_in=False)
            )

    def mark_deleting(self, identity: str) -> None:
        """First step of a deletion, so that one cut short is finished at the next start."""
        with self._engine.begin() as connection:
            if not self._update(connection, identity, status=Status.DELETING):
                raise UnknownDocumentError("unknown_document")

    def delete(self, identity: str) -> None:
        """Remove row, sections and file of one that is marked as deleting; one that was added again meanwhile stays. What was
        derived from it must be gone already.
        """
        with self._adding:
            with self._engine.begin() as connection:
                row = connection.execute(
                    select(documents.c.sha256, documents.c.status).where(documents.c.document_id == identity)
                ).one_or_none()
                if row is None:
                    raise UnknownDocumentError("unknown_document")
                if row.status != Status.DELETING:
                    return
                connection.execute(sections.delete().where(sections.c.document_id == identity))
                elements.remove(connection, identity)
                held = (attachments.c.document_id == identity) | (attachments.c.parent_id == identity)
                connection.execute(attachments.delete().where(held))
                connection.execute(documents.delete().where(documents.c.document_id == identity))
            self._path(row.sha256).unlink(missing_ok=True)

    def get(self, identity: str) -> Entry:
        with self._engine.connect() as connection:
            return self._entry(connection, identity)

    def entries(self, statuses: Iterable[Status] = ()) -> list[Entry]:
        """Documents in the order they were added; all but those being deleted where no status is named."""
        wanted = tuple(statuses)
        condition = documents.c.status.in_(wanted) if wanted else documents.c.status != Status.DELETING
        query = select(documents).where(condition).order_by(documents.c.added_at, documents.c.document_id)
        with self._engine.connect() as connection:
            kept = _all_kept_here(connection)
            return [_entry(row, row.document_id in kept) for row in connection.execute(query)]

    def inside(self, identity: str) -> list[tuple[str, Entry]]:
        """(path in there, document) of the files found inside a document, by path."""
        query = (
            select(documents, attachments.c.name.label("path"))
            .join(attachments, attachments.c.document_id == documents.c.document_id)
            .where(attachments.c.parent_id == identity, documents.c.status != Status.DELETING)
            .order_by(attachments.c.name)
        )
        with self._engine.connect() as connection:
            kept = _all_kept_here(connection)
            return [(row.path, _entry(row, row.document_id in kept)) for row in connection.execute(query)]

    def parents(self) -> dict[str, list[Inside]]:
        """By document: what it was found inside of. Documents that were only added for themselves are left out."""
        found: dict[str, list[Inside]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(select(attachments).order_by(attachments.c.parent_id, attachments.c.name)):
                found.setdefault(row.document_id, []).append(Inside(row.parent_id, row.name))
        return found

    def depth(self, identity: str) -> int:
        """In how many documents, one inside the other, a document lies at most; 0 where it was added for itself."""
        parents, level, seen = self.parents(), {identity}, {identity}
        for depth in range(len(parents) + 1):
            level = {inside.parent_id for each in level for inside in parents.get(each, ())} - seen
            if not level:
                return depth
            seen |= level
        return len(parents)

    def orphans(self) -> list[str]:
        """Documents that were only inside others, which are all gone."""
        held = exists().where(attachments.c.document_id == documents.c.document_id)
        query = select(documents.c.document_id).where(documents.c.own.is_(False), ~held)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def stored(self) -> int:
        """Bytes of all files together."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.sum(documents.c.bytes))) or 0)

    def document(self, identity: str) -> Document:
        """The reading with its sections, as it was saved."""
        entry = self.get(identity)
        if entry.reading is None:
            raise UnknownDocumentError("unknown_document")
        query = select(sections).where(sections.c.document_id == identity).order_by(sections.c.ordinal)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return replace(entry.reading, sections=tuple(_section(row) for row in rows))

    def lookup(self, text: str, topic: str = "") -> list[elements.Found]:
        """Elements of machines that a question names, see `knowledge.elements.find`."""
        with self._engine.connect() as connection:
            return elements.find(connection, text, topic)

    def stating(self, submodels: Iterable[str]) -> list[tuple[str, str]]:
        """(document id, idShort path) of every element with a value that describes a real asset, in submodels whose idShort
        begins with one of these, case and underscores apart.
        """
        path = func.replace(func.lower(elements_table.c.path), "_", "")
        begins = [path.startswith(name.replace("_", "").lower(), autoescape=True) for name in submodels]
        query = select(elements_table.c.document_id, elements_table.c.path).where(or_(*begins))
        with self._engine.connect() as connection:
            return sorted((row.document_id, row.path) for row in connection.execute(query))

    def section(self, identity: str, ordinal: int) -> Section:
        """One section of a document, for showing a citation in its place."""
        query = select(sections).where(sections.c.document_id == identity, sections.c.ordinal == ordinal)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UnknownDocumentError("unknown_document")
        return _section(row)

    def section_count(self, identity: str) -> int:
        """How many sections a document has; their ordinals count from 0."""
        query = select(func.count()).select_from(sections).where(sections.c.document_id == identity)
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def file(self, identity: str) -> Path:
        """Path of the original bytes."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(documents.c.sha256).where(documents.c.document_id == identity)
            ).one_or_none()
        if row is None:
            raise UnknownDocumentError("unknown_document")
        return self._path(row.sha256)

    def sweep(self) -> int:
        """Remove files that no row names (a kill between file and row leaves them): how many."""
        if not self._files.exists():
            return 0
        with self._engine.connect() as connection:
            known = set(connection.execute(select(documents.c.sha256)).scalars())
        strays = [path for path in self._files.glob("*/*") if path.name not in known]
        for path in strays:
            path.unlink()
        return len(strays)

    @staticmethod
    def _holders(connection: Connection, identities: list[str]) -> dict[str, str]:
        """Names of files inside others with the name of what holds them: the manuals of two machines, each in its own
        package under one name, are no versions of each other.
        """
        query = (
            select(attachments.c.document_id, attachments.c.name, documents.c.name.label("holder"))
            .join(documents, documents.c.document_id == attachments.c.parent_id)
            .where(attachments.c.document_id.in_(identities))
            .order_by(attachments.c.parent_id.desc())
        )
        return {row.document_id: f"{row.holder}/{row.name}" for row in connection.execute(query)} if identities else {}

    @staticmethod
    def _entry(connection: Connection, identity: str) -> Entry:
        row = connection.execute(select(documents).where(documents.c.document_id == identity)).one_or_none()
        if row is None or row.status == Status.DELETING:
            raise UnknownDocumentError("unknown_document")
        return _entry(row, row.stays_here or _held_by_kept(connection, identity))

    def _place_inside(self, connection: Connection, identity: str, inside: Inside | None) -> None:
        """Note where it was found; one that is added for itself stays when what it was found in goes."""
        if inside is None:
            self._update(connection, identity, own=True)
            return
        same = (attachments.c.parent_id == inside.parent_id) & (attachments.c.name == inside.name)
        connection.execute(attachments.delete().where(same))
        connection.execute(
            attachments.insert().values(parent_id=inside.parent_id, name=inside.name, document_id=identity)
        )

    def _write(self, sha256: str, data: bytes) -> None:
        path = self._path(sha256)
        if path.exists() and path.stat().st_size == len(data):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)

    def _path(self, sha256: str) -> Path:
        return self._files / sha256[:2] / sha256

    @staticmethod
    def _update(connection: Connection, identity: str, **values: Any) -> int:
        return connection.execute(
            documents.update().where(documents.c.document_id == identity).values(**values)
        ).rowcount


def _held_by_kept(connection: Connection, identity: str) -> bool:
    """Whether any document that holds this one, however deep, is marked 주관기업 LLM 전송 금지."""
    level, seen = {identity}, {identity}
    while level:
        held = select(attachments.c.parent_id).where(attachments.c.document_id.in_(level))
        level = set(connection.scalars(held)) - seen
        seen |= level
    marked = select(documents.c.document_id).where(documents.c.document_id.in_(seen), documents.c.stays_here.is_(True))
    return len(seen) > 1 and connection.execute(marked).first() is not None


def _all_kept_here(connection: Connection) -> set[str]:
    """Every document that is marked 주관기업 LLM 전송 금지, or inside one that is."""
    level = set(connection.scalars(select(documents.c.document_id).where(documents.c.stays_here.is_(True))))
    kept = set(level)
    while level:
        inside = select(attachments.c.document_id).where(attachments.c.parent_id.in_(level))
        level = set(connection.scalars(inside)) - kept
        kept |= level
    return kept


def _entry(row: Row[Any], stays_here: bool) -> Entry:
    return Entry(
        document_id=row.document_id,
        name=row.name,
        bytes=row.bytes,
        added_by=row.added_by,
        added_at=datetime.fromisoformat(row.added_at),
        status=Status(row.status),
        reason=row.reason,
        details=row.details or {},
        chunks=row.chunks,
        reading=codec.read(row.reading) if row.reading else None,
        stays_here=stays_here,
        own=row.own,
        taken_in=row.taken_in,
    )


def _section_row(section: Section) -> dict[str, Any]:
    return {
        "ordinal": section.ordinal,
        "label": section.locator.label,
        "page": section.locator.page,
        "kind": section.kind,
        "headings": list(section.headings),
        "text": section.text,
        "header_rows": section.header_rows,
        "first_row": section.first_row,
        "boxes": [list(box) for box in section.boxes] or None,
        "element": asdict(section.element) if section.element else None,
    }


def _section(row: Row[Any]) -> Section:
    return Section(
        ordinal=row.ordinal,
        locator=Locator(row.label, row.page),
        text=row.text,
        headings=tuple(row.headings),
        kind=row.kind,
        header_rows=row.header_rows,
        first_row=row.first_row,
        boxes=tuple((left, top, right, bottom) for left, top, right, bottom in row.boxes or ()),
        element=codec.element(row.element) if row.element else None,
    )
