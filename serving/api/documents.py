"""`/api/documents`: the company's own collection to add to, the library's to read."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import FileResponse
from pydantic import Field
from typing_extensions import TypedDict

from knowledge.document import Status
from knowledge.errors import UnknownDocumentError
from knowledge.registry import Entry
from knowledge.text import sentence
from serving.admission import Work
from serving.api.body import Body
from serving.api.problem import language_of, problems
from serving.audit import Action
from serving.documents import Documents
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
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


class ListedDocument(TypedDict):
    """`reason`: why it was rejected, for people."""

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
    fictional: bool
    collection: Literal["company", "library"]
    stays_here: bool


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
) -> Taken:
    """Take a file in. It is stored at once and read in the background: ask for its `status`."""
    entry, new = collection.add(file.file.read(), file.filename or "file", who.person)
    if new:
        desk.books.record(who.place, who.person, Action.DOCUMENT_ADDED, entry.document_id)
    return {"document_id": entry.document_id, "status": entry.status if new else "unchanged"}


@router.get("")
@may(Rule.READ)
def all_documents(request: Request, collection: Annotated[Documents, Depends(documents)]) -> Listed:
    """The company's own documents, then the library's."""
    language = language_of(request)
    found = [
        *(_wire(entry, "company", language) for entry in collection.own.registry.entries()),
        *(_wire(entry, "library", language) for entry in collection.library.registry.entries()),
    ]
    return {"documents": found}


@router.get("/{document_id}")
@may(Rule.READ)
def one(document_id: str, request: Request, collection: Annotated[Documents, Depends(documents)]) -> ListedDocument:
    """One document: `status`, `pages`, `chunks`, and `reason` where it was rejected."""
    place, entry = collection.find(document_id)
    return _wire(entry, "library" if place is collection.library else "company", language_of(request))


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
    _own(document_id, collection)
    wired.disclosures.end_for(who.place or "", document_id, who.person)
    collection.delete(document_id)
    wired.office.books.record(who.place, who.person, Action.DOCUMENT_DELETED, document_id)


@router.patch("/{document_id}", status_code=204)
@may(Rule.WRITE)
def mark(
    document_id: str, body: Marks, who: Who, collection: Annotated[Documents, Depends(documents)], desk: Desk
) -> None:
    """주관기업 LLM 전송 금지: mark one of the company's own documents, or take the mark away."""
    _own(document_id, collection)
    collection.mark_stays(document_id, stays=body.stays_here)
    desk.books.record(who.place, who.person, Action.DOCUMENT_MARKED, document_id, stays_here=body.stays_here)


def as_download(name: str) -> dict[str, str]:
    """Headers of a file that is saved under this name and never shown."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "X-Content-Type-Options": "nosniff"}


def _own(document_id: str, collection: Documents) -> None:
    place, _ = collection.find(document_id)
    if place is collection.library:
        raise RequestError("read_only", 403)


def _wire(entry: Entry, collection: Literal["company", "library"], language: Language) -> ListedDocument:
    rejected = entry.status == Status.REJECTED and entry.reason
    return {
        "document_id": entry.document_id,
        "name": entry.name,
        "title": entry.title,
        "kind": entry.reading.kind if entry.reading else "document",
        "status": entry.status,
        "reason": sentence(entry.reason or "failed", language, entry.details) if rejected else None,
        "pages": entry.pages,
        "chunks": entry.chunks,
        "bytes": entry.bytes,
        "added_at": entry.added_at.isoformat(),
        "effective": entry.reading.effective.isoformat() if entry.reading and entry.reading.effective else None,
        "fictional": bool(entry.reading and entry.reading.fictional),
        "collection": collection,
        "stays_here": entry.stays_here,
    }
