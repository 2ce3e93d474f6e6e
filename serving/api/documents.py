"""`/api/documents`: the company's own collection to add to, the library's to read."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import FileResponse

from knowledge.document import Status
from knowledge.errors import UnknownDocumentError
from knowledge.registry import Entry
from knowledge.text import sentence
from serving.api.problem import language_of
from serving.documents import Documents
from serving.errors import RequestError
from serving.gate import Caller, caller
from serving.product import Product, product
from serving.text import Language

router = APIRouter(prefix="/api/documents", tags=["documents"])


def documents(who: Annotated[Caller, Depends(caller)], made: Annotated[Product, Depends(product)]) -> Documents:
    return made.documents(who.company)


@router.post("", status_code=202)
def add(
    file: Annotated[UploadFile, File()],
    who: Annotated[Caller, Depends(caller)],
    collection: Annotated[Documents, Depends(documents)],
) -> dict[str, str]:
    """Take a file in. It is stored at once and read in the background: ask for its `status`."""
    entry, new = collection.add(file.file.read(), file.filename or "file", who.person)
    return {"document_id": entry.document_id, "status": entry.status if new else "unchanged"}


@router.get("")
def all_documents(request: Request, collection: Annotated[Documents, Depends(documents)]) -> dict[str, Any]:
    """The company's own documents, then the library's."""
    language = language_of(request)
    found = [
        *(_wire(entry, "company", language) for entry in collection.own.registry.entries()),
        *(_wire(entry, "library", language) for entry in collection.library.registry.entries()),
    ]
    return {"documents": found}


@router.get("/{document_id}")
def one(document_id: str, request: Request, collection: Annotated[Documents, Depends(documents)]) -> dict[str, Any]:
    """One document: `status`, `pages`, `chunks`, and `reason` where it was rejected."""
    place, entry = collection.find(document_id)
    return _wire(entry, "library" if place is collection.library else "company", language_of(request))


@router.get("/{document_id}/file")
def original(document_id: str, collection: Annotated[Documents, Depends(documents)]) -> FileResponse:
    """The file as it was added, always as a download: a page inside it must not run here."""
    place, entry = collection.find(document_id)
    path = place.registry.file(document_id)
    if not path.exists():
        raise UnknownDocumentError("unknown_document")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(entry.name)}",
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


@router.delete("/{document_id}", status_code=204)
def delete(document_id: str, collection: Annotated[Documents, Depends(documents)]) -> None:
    """Remove one of the company's own documents with everything derived from it."""
    place, _ = collection.find(document_id)
    if place is collection.library:
        raise RequestError("read_only", 403)
    collection.delete(document_id)


def _wire(entry: Entry, collection: str, language: Language) -> dict[str, Any]:
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
    }
