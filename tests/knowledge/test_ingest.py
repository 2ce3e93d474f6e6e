from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from knowledge import starter
from knowledge.document import Attachment, Document, Locator, Section, Status
from knowledge.errors import UnknownDocumentError
from knowledge.ingest import DEEPEST, Derived, Ingest, Watch
from knowledge.readers.format import Progress
from knowledge.reading import here
from knowledge.registry import Inside, Registry
from knowledge.tables import documents
from serving.databases.sqlite import open_database
from tests.pdfs import make_pdf
from tests.places import made


class Shelf:
    """Derived data in memory; `killed` makes the next indexing die before it is done."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.embedded: list[str] = []
        self.to_embed = 0
        self.killed = False

    def cut(self, document_id: str, document: Document) -> int:
        if self.killed:
            raise KeyboardInterrupt
        self.documents[document_id] = document
        return len(document.sections)

    def embed(self, document_id: str) -> int:
        self.embedded.append(document_id)
        self.to_embed = max(0, self.to_embed - 1)
        return self.to_embed

    def forget(self, document_id: str) -> None:
        self.documents.pop(document_id, None)

    @property
    def derived(self) -> Derived:
        return Derived(self.cut, self.embed, self.forget)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(made(open_database(tmp_path / "place.db")), tmp_path / "files")


@pytest.fixture
def ingest(registry: Registry, shelf: Shelf) -> Ingest:
    return Ingest(registry, shelf.derived, here)


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
    entry, _ = registry.add(b"%PDF-1.7 cut short", "x.docx", "kim")
    rejected = ingest.process(entry.document_id)
    assert (rejected.status, rejected.reason) == (Status.REJECTED, "broken")
    again, new = registry.add(b"%PDF-1.7 cut short", "x.docx", "kim")
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
    later = Ingest(reborn, shelf.derived, here)
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
        return shelf.cut(document_id, document)

    with pytest.raises(UnknownDocumentError):
        Ingest(registry, Derived(slowly, shelf.embed, shelf.forget), here).process(entry.document_id)
    assert shelf.documents == {}
    assert registry.entries() == []


def test_a_cancelled_document_is_dropped_with_what_was_made_of_it(
    registry: Registry, ingest: Ingest, shelf: Shelf
) -> None:
    entry, _ = registry.add(b"# long\n\ntext\n", "long.md", "kim")
    shelf.to_embed = 100
    done = ingest.process(entry.document_id, Watch(cancelled=lambda: len(shelf.embedded) > 2))
    assert (done.status, done.reason, shelf.documents) == (Status.REJECTED, "cancelled", {})
    assert registry.add(b"# long\n\ntext\n", "long.md", "kim")[1]
    shelf.to_embed = 0
    assert ingest.process(entry.document_id).status is Status.INDEXED


def test_a_document_in_hand_at_the_end_of_the_day_goes_on_the_next(
    registry: Registry, ingest: Ingest, shelf: Shelf
) -> None:
    entry, _ = registry.add(b"# long\n\ntext\n", "long.md", "kim")
    assert ingest.process(entry.document_id, Watch(stopping=lambda: True)).status is Status.QUEUED
    shelf.to_embed = 5
    seen = ingest.process(entry.document_id, Watch(stopping=lambda: bool(shelf.embedded)))
    assert (seen.status, len(shelf.embedded)) == (Status.READ, 1)
    assert ingest.process(entry.document_id).status is Status.INDEXED
    assert len(shelf.embedded) == 5


def test_a_document_to_be_read_anew_whose_file_is_lost_keeps_its_reading(
    registry: Registry, ingest: Ingest, tmp_path: Path
) -> None:
    entry, _ = registry.add(b"# kept\n\ntext\n", "kept.md", "kim")
    ingest.process(entry.document_id)
    with registry._engine.begin() as connection:
        connection.execute(documents.update().values(status=Status.QUEUED, chunks=0))
    registry.file(entry.document_id).unlink()
    assert ingest.process(entry.document_id).status is Status.INDEXED
    assert registry.document(entry.document_id).title == "kept"


def test_stages_are_told(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(make_pdf(["one page", "two pages"]), "p.pdf", "kim")
    shelf.to_embed = 3
    told: list[tuple[str, int, int]] = []
    ingest.process(entry.document_id, Watch(stage=lambda *step: told.append(step)))
    assert told[:2] == [("reading", 1, 2), ("reading", 2, 2)]
    assert [step[0] for step in told[2:]] == ["embedding"] * 3


class Boxes:
    """A reader of files that hold files: lines of `name=content`, a content again such lines after `;` are replaced."""

    def __call__(self, path: Path, name: str, _progress: object, _cancelled: object) -> Document:
        text = path.read_text()
        held = [line.partition("=") for line in text.split("\n")]
        inner = tuple(Attachment(n, c.replace(";", "\n").encode()) for n, sep, c in held if sep)
        sections = (Section(0, Locator("첫머리"), text),)
        return Document(name, "text/plain", sections, attachments=inner)


def test_files_inside_become_documents_and_go_with_what_held_them(registry: Registry, shelf: Shelf) -> None:
    its = Ingest(registry, shelf.derived, Boxes())
    found: list[str] = []
    box, _ = registry.add(b"manual.txt=press\nplan.txt=drawing", "box.zip", "kim")
    other, _ = registry.add(b"manual.txt=press", "other.zip", "kim")
    for entry in (box, other):
        its.process(entry.document_id, Watch(found=found.append))
    inside = dict(registry.inside(box.document_id))
    assert set(inside) == {"manual.txt", "plan.txt"}
    assert found == [entry.document_id for entry in inside.values()]
    assert registry.parents()[found[0]] == sorted(
        [Inside(box.document_id, "manual.txt"), Inside(other.document_id, "manual.txt")],
        key=lambda each: each.parent_id,
    )
    for document_id in its.recover():
        its.process(document_id)
    its.delete(box.document_id)
    assert {entry.name for entry in registry.entries()} == {"other.zip", "manual.txt"}
    its.delete(other.document_id)
    assert (registry.entries(), shelf.documents) == ([], {})


def test_a_file_that_was_also_added_for_itself_stays(registry: Registry, shelf: Shelf) -> None:
    its = Ingest(registry, shelf.derived, Boxes())
    box, _ = registry.add(b"manual.txt=press", "box.zip", "kim")
    its.process(box.document_id)
    own, new = registry.add(b"press", "manual.txt", "lee")
    assert not new
    its.delete(box.document_id)
    assert [entry.document_id for entry in registry.entries()] == [own.document_id]


def test_what_lies_too_deep_or_is_too_large_is_named(registry: Registry, shelf: Shelf) -> None:
    its = Ingest(registry, shelf.derived, Boxes(), lambda: 40)
    entry, _ = registry.add(("big=" + "x" * 60 + "\nok=fine").encode(), "box", "kim")
    its.process(entry.document_id)
    (finding,) = registry.document(entry.document_id).findings
    assert (finding.path, finding.problem, finding.value) == ("big", "inside_no_room", "60")
    deep = b"a=b=c=d=e=end"
    first, _ = registry.add(deep, "deep", "kim")
    todo = [first.document_id]
    while todo:
        its.process(todo.pop(), Watch(found=todo.append))
    problems = [note.problem for each in registry.entries() if each.reading for note in each.reading.findings]
    assert problems.count("inside_too_deep") == 1
    assert max(registry.depth(each.document_id) for each in registry.entries()) == DEEPEST


def test_a_logo_inside_is_named_and_not_read(registry: Registry, shelf: Shelf) -> None:
    logo = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100

    def boxed(path: Path, name: str, _progress: object, _cancelled: object) -> Document:
        return Document(name, "t", (Section(0, Locator("1"), "x"),), attachments=(Attachment("logo.png", logo),))

    its = Ingest(registry, shelf.derived, boxed)
    entry, _ = registry.add(b"box", "box", "kim")
    its.process(entry.document_id)
    (finding,) = registry.document(entry.document_id).findings
    assert (finding.path, finding.problem) == ("logo.png", "inside_decoration")
    assert registry.inside(entry.document_id) == []


def test_files_inside_what_stays_on_this_machine_stay_too(registry: Registry, shelf: Shelf) -> None:
    """However and whenever they came in, and as long as anything that holds them is marked."""
    its = Ingest(registry, shelf.derived, Boxes())
    known, _ = registry.add(b"secret", "known before.txt", "kim")
    box, _ = registry.add(b"drawing.txt=secret\nnotes.txt=a=b", "box", "kim")
    its.process(box.document_id)
    registry.mark_stays(box.document_id, stays=True)  # as a person does: after the upload
    for document_id in its.recover():
        its.process(document_id)
    assert {entry.name: entry.stays_here for entry in registry.entries()} == {
        "known before.txt": True,
        "box": True,
        "notes.txt": True,
        "a": True,
    }
    other, _ = registry.add(b"drawing.txt=secret", "other", "kim")
    its.process(other.document_id)
    registry.mark_stays(other.document_id, stays=True)
    registry.mark_stays(box.document_id, stays=False)
    assert registry.get(known.document_id).stays_here  # the other box still keeps it
    registry.mark_stays(other.document_id, stays=False)
    assert not registry.get(known.document_id).stays_here
    registry.mark_stays(known.document_id, stays=True)
    registry.mark_stays(box.document_id, stays=True)
    registry.mark_stays(box.document_id, stays=False)
    assert registry.get(known.document_id).stays_here  # its own mark is its own


def test_what_was_deleted_before_it_was_settled_can_be_added_again(
    registry: Registry, ingest: Ingest, shelf: Shelf
) -> None:
    ingest.process(registry.add(b"# first\n\ntext\n", "first.md", "kim")[0].document_id)
    entry, _ = registry.add(b"# again\n\ntext\n", "again.md", "kim")
    more = Watch(more_come=lambda: True)
    assert ingest.process(entry.document_id, more).status is Status.READ
    assert ingest.waits(entry.document_id)
    ingest.delete(entry.document_id)
    again, new = registry.add(b"# again\n\ntext\n", "again.md", "kim")
    ingest.settle()
    assert new
    assert registry.get(again.document_id).status is Status.QUEUED
    assert ingest.process(again.document_id).status is Status.INDEXED


def test_what_is_added_again_while_it_is_being_deleted_stays(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(b"# one\n\ntext\n", "one.md", "kim")
    ingest.process(entry.document_id)

    def meanwhile(document_id: str) -> None:
        shelf.forget(document_id)
        registry.add(b"# one\n\ntext\n", "one.md", "kim")

    Ingest(registry, Derived(shelf.cut, shelf.embed, meanwhile), here).delete(entry.document_id)
    assert registry.get(entry.document_id).status is Status.QUEUED
    assert registry.file(entry.document_id).exists()
    assert ingest.process(entry.document_id).status is Status.INDEXED


def test_cancelling_what_had_been_taken_in_takes_nothing_away(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(b"# one\n\ntext\n", "one.md", "kim")
    ingest.process(entry.document_id)
    registry.mark_stale(entry.document_id)
    left = ingest.process(entry.document_id, Watch(cancelled=lambda: True))
    assert (left.status, left.reason) == (Status.READ, None)
    assert entry.document_id in shelf.documents


def test_documents_done_are_settled_while_a_long_one_is_read(
    registry: Registry, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Status] = []
    first, _ = registry.add(b"# quick\n\ntext\n", "quick.md", "kim")
    second, _ = registry.add(b"# long\n\ntext\n", "long.md", "kim")

    def read(path: Path, name: str, progress: Progress, ended: Callable[[], bool]) -> Document:
        if name == "long.md":
            monkeypatch.setattr("knowledge.ingest.SETTLED_EVERY", 0.0)
            ended()
            seen.append(registry.get(first.document_id).status)
        return here(path, name, progress, ended)

    its = Ingest(registry, shelf.derived, read)
    its.process(registry.add(b"# before\n\ntext\n", "before.md", "kim")[0].document_id)
    its.process(first.document_id, Watch(more_come=lambda: True))
    assert its.waits(first.document_id)
    its.process(second.document_id)
    assert seen == [Status.INDEXED]


def test_two_files_of_one_name_in_one_mail_are_both_kept(registry: Registry, shelf: Shelf) -> None:
    its = Ingest(registry, shelf.derived, Boxes())
    mail, _ = registry.add(b"scan.pdf=one\nscan.pdf=two", "mail.eml", "kim")
    its.process(mail.document_id)
    assert [path for path, _ in registry.inside(mail.document_id)] == ["scan.pdf", "scan.pdf (2)"]
    assert set(its.recover()) == {entry.document_id for _, entry in registry.inside(mail.document_id)}


def test_cancelling_ends_the_taking_in_of_files_inside(registry: Registry, shelf: Shelf) -> None:
    its = Ingest(registry, shelf.derived, Boxes())
    box, _ = registry.add(b"a=1\nb=2\nc=3", "box", "kim")
    found: list[str] = []
    its.process(box.document_id, Watch(found=found.append, cancelled=lambda: bool(found)))
    assert len(found) == 1
    assert registry.get(box.document_id).reason == "cancelled"


def test_the_same_bytes_added_by_many_at_once_are_one_document(registry: Registry) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: registry.add(b"same" * 9999, f"{n}.md", "kim"), range(8)))
    assert sum(new for _, new in added) == 1
    assert len(registry.entries()) == 1


def test_manuals_of_one_name_in_two_packages_are_no_versions_of_each_other(registry: Registry, shelf: Shelf) -> None:
    its = Ingest(registry, shelf.derived, Boxes())
    same = ";".join(f"a long line of boilerplate number {n}" for n in range(30))
    for machine in ("press", "lathe"):
        its.process(registry.add(f"manual.txt={same};{machine}".encode(), f"{machine}.aasx", "kim")[0].document_id)
    for document_id in its.recover():
        its.process(document_id)
    names = {version.name for version in registry.versions()}
    assert names == {"press.aasx/manual.txt", "lathe.aasx/manual.txt"}


def test_what_a_person_adds_is_theirs_whatever_brought_it_first(registry: Registry) -> None:
    first, _ = registry.add(b"{}", "shell.json", "aas-server")
    registry.add(b"{}", "shell.json", "kim")
    assert registry.get(first.document_id).added_by == "kim"
    registry.add(b"{}", "shell.json", "aas-server")
    assert registry.get(first.document_id).added_by == "kim"


def test_a_stale_document_is_embedded_anew_from_what_was_cut(registry: Registry, ingest: Ingest, shelf: Shelf) -> None:
    entry, _ = registry.add(b"# one\n\ntext\n", "one.md", "kim")
    registry.mark_stale(entry.document_id)
    assert registry.get(entry.document_id).status is Status.QUEUED
    ingest.process(entry.document_id)
    registry.mark_stale(entry.document_id)
    shelf.embedded.clear()
    registry.file(entry.document_id).unlink()
    assert ingest.recover() == [entry.document_id]
    assert ingest.process(entry.document_id).status is Status.INDEXED
    assert shelf.embedded == [entry.document_id]


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
