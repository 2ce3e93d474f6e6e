from __future__ import annotations

from pathlib import Path

import pytest

from knowledge import starter
from knowledge.document import Document, Status
from knowledge.errors import UnknownDocumentError
from knowledge.ingest import Ingest
from knowledge.registry import Registry
from serving.databases.sqlite import open_database
from tests.places import made


class Shelf:
    """Derived data in memory; `killed` makes the next indexing die before it is done."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.killed = False

    def index(self, document_id: str, document: Document) -> int:
        if self.killed:
            raise KeyboardInterrupt
        self.documents[document_id] = document
        return len(document.sections)

    def forget(self, document_id: str) -> None:
        self.documents.pop(document_id, None)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(made(open_database(tmp_path / "place.db")), tmp_path / "files")


@pytest.fixture
def ingest(registry: Registry, shelf: Shelf) -> Ingest:
    return Ingest(registry, shelf.index, shelf.forget)


def test_a_file_becomes_an_indexed_document(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, new = registry.add("# 점검표\n\n기름을 본다.\n".encode(), "점검.md", "kim")
    assert new
    assert entry.status is Status.QUEUED
    done = ingest.process(entry.document_id)
    assert (done.status, done.title, done.chunks, done.added_by) == (Status.INDEXED, "점검표", 1, "kim")
    assert registry.document(entry.document_id) == shelf.documents[entry.document_id]
    assert registry.file(entry.document_id).read_bytes() == "# 점검표\n\n기름을 본다.\n".encode()


def test_the_same_bytes_are_stored_once_whatever_their_name(registry: Registry, ingest: Ingest) -> None:
    first, _ = registry.add(b"# same\n\ntext\n", "a.md", "kim")
    ingest.process(first.document_id)
    second, new = registry.add(b"# same\n\ntext\n", "b.md", "lee")
    assert not new
    assert second.document_id == first.document_id
    assert len(registry.entries()) == 1


def test_a_broken_file_is_rejected_with_its_reason_and_can_be_tried_again(registry: Registry, ingest: Ingest) -> None:
    entry, _ = registry.add(b"PK\x03\x04 not yet", "x.docx", "kim")
    rejected = ingest.process(entry.document_id)
    assert (rejected.status, rejected.reason) == (Status.REJECTED, "unsupported")
    again, new = registry.add(b"PK\x03\x04 not yet", "x.docx", "kim")
    assert new
    assert again.status is Status.QUEUED


def test_a_document_is_marked_to_stay_here_and_keeps_its_mark(registry: Registry, ingest: Ingest) -> None:
    entry, _ = registry.add("# 도면\n\n치수\n".encode(), "도면.md", "kim")
    assert not entry.stays_here
    registry.mark_stays(entry.document_id, stays=True)
    ingest.process(entry.document_id)
    assert registry.get(entry.document_id).stays_here
    registry.mark_stays(entry.document_id, stays=False)
    assert not registry.entries()[0].stays_here
    with pytest.raises(UnknownDocumentError):
        registry.mark_stays("doc-none", stays=True)


def test_a_kill_during_indexing_loses_and_doubles_nothing(
    registry: Registry, ingest: Ingest, shelf: Shelf, tmp_path: Path
) -> None:
    entry, _ = registry.add(b"# one\n\ntext\n", "one.md", "kim")
    shelf.killed = True
    with pytest.raises(KeyboardInterrupt):
        ingest.process(entry.document_id)
    assert registry.get(entry.document_id).status is Status.READ

    shelf.killed = False
    reborn = Registry(made(open_database(tmp_path / "place.db")), tmp_path / "files")
    later = Ingest(reborn, shelf.index, shelf.forget)
    assert later.recover() == [entry.document_id]
    assert later.process(entry.document_id).status is Status.INDEXED
    assert later.recover() == []
    assert len(reborn.entries()) == 1


def test_a_kill_between_file_and_row_leaves_no_stray_file(registry: Registry, ingest: Ingest, tmp_path: Path) -> None:
    entry, _ = registry.add(b"# kept\n\ntext\n", "kept.md", "kim")
    stray = tmp_path / "files" / "ab" / "abcdef.part"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half")
    ingest.recover()
    assert not stray.exists()
    assert registry.file(entry.document_id).exists()


def test_deleting_removes_row_file_and_what_was_derived(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(b"# gone\n\ntext\n", "gone.md", "kim")
    ingest.process(entry.document_id)
    path = registry.file(entry.document_id)
    ingest.delete(entry.document_id)
    assert not path.exists()
    assert shelf.documents == {}
    with pytest.raises(UnknownDocumentError):
        registry.get(entry.document_id)
    with pytest.raises(UnknownDocumentError):
        ingest.delete(entry.document_id)


def test_what_is_deleted_while_it_is_indexed_leaves_nothing(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(b"# gone\n\ntext\n", "gone.md", "kim")

    def slowly(document_id: str, document: Document) -> int:
        ingest.delete(document_id)
        return shelf.index(document_id, document)

    with pytest.raises(UnknownDocumentError):
        Ingest(registry, slowly, shelf.forget).process(entry.document_id)
    assert shelf.documents == {}
    assert registry.entries() == []


def test_a_stale_document_is_indexed_anew_from_its_reading(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(b"# one\n\ntext\n", "one.md", "kim")
    registry.mark_stale(entry.document_id)
    assert registry.get(entry.document_id).status is Status.QUEUED
    ingest.process(entry.document_id)
    registry.mark_stale(entry.document_id)
    shelf.documents.clear()
    registry.file(entry.document_id).unlink()
    assert ingest.recover() == [entry.document_id]
    assert ingest.process(entry.document_id).status is Status.INDEXED
    assert list(shelf.documents) == [entry.document_id]


def test_a_deletion_cut_short_is_finished_at_the_next_start(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(b"# half gone\n\ntext\n", "h.md", "kim")
    ingest.process(entry.document_id)
    registry.mark_deleting(entry.document_id)
    with pytest.raises(UnknownDocumentError):
        registry.get(entry.document_id)
    ingest.recover()
    assert shelf.documents == {}
    assert registry.entries([Status.DELETING]) == []


def test_the_starter_library_follows_what_ships(
    registry: Registry, ingest: Ingest, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = {"a.md": b"# a\n\nold\n", "b.md": b"# b\n\ntext\n"}
    monkeypatch.setattr(starter, "starter_files", lambda: sorted(shipped.items()))
    own, _ = registry.add(b"# own\n\nadded by the operator\n", "own.md", "operator")
    for _ in range(2):
        starter.sync(registry, ingest)
        for document_id in ingest.recover():
            ingest.process(document_id)
    assert sorted(entry.title for entry in registry.entries()) == ["a", "b", "own"]

    shipped["a.md"] = b"# a new\n\nnew\n"
    starter.sync(registry, ingest)
    for document_id in ingest.recover():
        ingest.process(document_id)
    assert sorted(entry.title for entry in registry.entries()) == ["a new", "b", "own"]
    assert own.document_id in shelf.documents
