"""`/api/documents`: the company's own collection to add to, the library's to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import FileResponse
from pydantic import Field
from typing_extensions import TypedDict

from assistant.asof import korea
from knowledge.document import Status
from knowledge.errors import UnknownDocumentError
from knowledge.facts import closing_day
from knowledge.registry import Entry, Inside
from knowledge.text import sentence
from serving.admission import Work
from serving.api.body import Body
from serving.api.problem import language_of, problems
from serving.audit import Action
from serving.documents import Documents
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.place import Place
from serving.places import Opened
from serving.text import Language
from serving.wiring import Desk, Wired, opened

router = APIRouter(prefix="/api/documents", tags=["documents"])
Who = Annotated[Identity, Depends(identity)]


ORIGINAL: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
"""`responses=` of a route that hands out a file as it was added."""


class Marks(Body):
    stays_here: bool = Field(description="주관기업 LLM 전송 금지")


class Taken(TypedDict):
    """`status` is `unchanged` where the same bytes are here already."""

    document_id: str
    status: str


class Holder(TypedDict):
    """A document that this one was found inside of."""

    document_id: str
    name: str


class UnderWay(TypedDict):
    """`done` of `all` pages read, or passages embedded."""

    stage: Literal["waiting", "reading", "embedding"]
    done: int
    all: int


class ListedDocument(TypedDict):
    """`reason`: why it was rejected, for people. `standing`: of the version, today; `superseded_by` where another at hand
    took its place. `closes`: ISO date, the last day to apply where it is a notice with one. `findings`: how many places leave the format's standard.
    """

    document_id: str
    name: str
    title: str
    kind: str
    status: str
    reason: str | None
    pages: int
    chunks: int
    bytes: int
    added_at: str
    effective: str | None
    closes: str | None
    fictional: bool
    collection: Literal["company", "library"]
    stays_here: bool
    progress: UnderWay | None
    parents: list[Holder]
    standing: Literal["in_force", "future", "superseded", "repealed", "undated"]
    superseded_by: str | None
    findings: int


class Listed(TypedDict):
    documents: list[ListedDocument]


def documents(mine: Annotated[Opened, Depends(opened)]) -> Documents:
    return mine.documents


@router.post("", status_code=202, responses=problems(413, 507))
@may(Rule.WRITE, Work.FILE)
def add(
    file: Annotated[UploadFile, File()],
    who: Who,
    collection: Annotated[Documents, Depends(documents)],
    desk: Desk,
    path: Annotated[str, Form(max_length=1000, description="Its path in the folder that is added, if one is")] = "",
) -> Taken:
    """Take a file in. It is stored at once and read in the background: ask for its `status`."""
    entry, new = collection.add(file.file.read(), path or file.filename or "file", who.person)
    if new:
        desk.books.record(who.place, who.person, Action.DOCUMENT_ADDED, entry.document_id)
    return {"document_id": entry.document_id, "status": entry.status if new else "unchanged"}


@router.get("")
@may(Rule.READ)
def all_documents(request: Request, collection: Annotated[Documents, Depends(documents)]) -> Listed:
    """The company's own documents, then the library's."""
    listing = Listing(collection, language_of(request))
    return {"documents": [*listing.of(collection.own), *listing.of(collection.library)]}


@router.get("/{document_id}")
@may(Rule.READ)
def one(document_id: str, request: Request, collection: Annotated[Documents, Depends(documents)]) -> ListedDocument:
    """One document: `status`, `pages`, `chunks`, and `reason` where it was rejected."""
    place, entry = collection.find(document_id)
    return Listing(collection, language_of(request)).one(place, entry)


@router.get("/{document_id}/file", response_class=FileResponse, responses=ORIGINAL)
@may(Rule.READ, Work.FILE)
def original(
    document_id: str, who: Who, collection: Annotated[Documents, Depends(documents)], desk: Desk
) -> FileResponse:
    """The file as it was added, always as a download: a page inside it must not run here."""
    place, entry = collection.find(document_id)
    path = place.registry.file(document_id)
    if not path.exists():
        raise UnknownDocumentError("unknown_document")
    if place is collection.own:
        desk.books.record(who.place, who.person, Action.DOCUMENT_READ, document_id)
    return FileResponse(path, media_type="application/octet-stream", headers=as_download(entry.name))


@router.delete("/{document_id}", status_code=204)
@may(Rule.WRITE)
def delete(document_id: str, who: Who, collection: Annotated[Documents, Depends(documents)], wired: Wired) -> None:
    """Remove one of the company's own documents with everything derived from it."""
    own(document_id, collection)
    inside = collection.with_inside(document_id)
    wired.disclosures.end_for(who.place or "", document_id, who.person)
    collection.delete(document_id)
    for gone in inside:
        if not collection.holds(gone):
            wired.disclosures.end_for(who.place or "", gone, who.person)
    wired.office.books.record(who.place, who.person, Action.DOCUMENT_DELETED, document_id)


@router.patch("/{document_id}", status_code=204)
@may(Rule.WRITE)
def mark(
    document_id: str, body: Marks, who: Who, collection: Annotated[Documents, Depends(documents)], desk: Desk
) -> None:
    """주관기업 LLM 전송 금지: mark one of the company's own documents, or take the mark away."""
    own(document_id, collection)
    collection.mark_stays(document_id, stays=body.stays_here)
    desk.books.record(who.place, who.person, Action.DOCUMENT_MARKED, document_id, stays_here=body.stays_here)


def as_download(name: str) -> dict[str, str]:
    """Headers of a file that is saved under this name and never shown."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "X-Content-Type-Options": "nosniff"}


def own(document_id: str, collection: Documents) -> None:
    """Raises RequestError for a document of the library, which a company only reads."""
    place, _ = collection.find(document_id)
    if place is collection.library:
        raise RequestError("read_only", 403)


class Listing:
    """Documents as the API shows them, with what is the same for all looked up once."""

    def __init__(self, collection: Documents, language: Language) -> None:
        self._collection = collection
        self._language = language
        self._view = collection.calendar.on(korea())
        self._now = collection.progress

    def of(self, place: Place) -> list[ListedDocument]:
        """Those of a place, in the order they were added."""
        entries = place.registry.entries()
        names = {entry.document_id: entry.name for entry in entries}
        parents = place.registry.parents()
        return [self._wire(place, entry, parents.get(entry.document_id, []), names) for entry in entries]

    def one(self, place: Place, entry: Entry) -> ListedDocument:
        parents = place.registry.parents().get(entry.document_id, [])
        names = {each.parent_id: place.registry.get(each.parent_id).name for each in parents}
        return self._wire(place, entry, parents, names)

    def _wire(self, place: Place, entry: Entry, parents: Sequence[Inside], names: Mapping[str, str]) -> ListedDocument:
        reading, standing = entry.reading, self._view.of(entry.document_id)
        closes = closing_day(reading) if reading else None
        rejected = entry.status == Status.REJECTED and entry.reason
        return {
            "document_id": entry.document_id,
            "name": entry.name,
            "title": entry.title,
            "kind": reading.kind if reading else "document",
            "status": entry.status,
            "reason": sentence(entry.reason or "failed", self._language, entry.details) if rejected else None,
            "pages": entry.pages,
            "chunks": entry.chunks,
            "bytes": entry.bytes,
            "added_at": entry.added_at.isoformat(),
            "effective": reading.effective.isoformat() if reading and reading.effective else None,
            "closes": closes.isoformat() if closes else None,
            "fictional": bool(reading and reading.fictional),
            "collection": "library" if place is self._collection.library else "company",
            "stays_here": entry.stays_here,
            "progress": self._under_way(entry),
            "parents": [
                {"document_id": each.parent_id, "name": names[each.parent_id]}
                for each in parents
                if each.parent_id in names
            ],
            "standing": standing.state,
            "superseded_by": standing.by if standing.state == "superseded" else None,
            "findings": len(reading.findings) if reading else 0,
        }

    def _under_way(self, entry: Entry) -> UnderWay | None:
        if entry.status not in {Status.QUEUED, Status.READ}:
            return None
        current = self._now.current
        if current is None or current[0] != entry.document_id:
            return {"stage": "waiting", "done": 0, "all": 0}
        step = current[1]
        return {"stage": "embedding" if step.stage == "embedding" else "reading", "done": step.done, "all": step.all}
