"""What a document was understood as, and its places as a person sees them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from assistant.asof import korea
from knowledge import preview
from knowledge.changes import compare
from knowledge.document import Document, Section, SectionKind, Status
from knowledge.errors import KnowledgeError, UnknownDocumentError
from knowledge.facts import facts
from knowledge.registry import Entry
from knowledge.text import finding
from serving.admission import Work
from serving.api.body import Body
from serving.api.documents import Who, documents
from serving.api.problem import language_of
from serving.audit import Action
from serving.documents import Documents
from serving.gate import Rule, may
from serving.place import Place
from serving.text import Language
from serving.wiring import Desk, Made

router = APIRouter(prefix="/api/documents", tags=["documents"])
SHOWN_PX = 1200
"""Width of a page's picture: readable on a desk, and sharp on a phone."""
_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}}}
_PAGED = ("application/pdf", "image/")
MOST_FACTS = 300

Collection = Annotated[Documents, Depends(documents)]


class Looking:
    """Documents as one person looks into them, which the log notes."""

    def __init__(self, who: Who, collection: Collection, made: Made, desk: Desk) -> None:
        self.collection = collection
        self._who, self._made, self._desk = who, made, desk

    def find(self, document_id: str) -> tuple[Place, Entry]:
        """As `Documents.find`. One of the company's own is logged as read, once in some minutes."""
        place, entry = self.collection.find(document_id)
        who = self._who
        if place is self.collection.own and self._made.looked.anew(place.name, who.person, document_id):
            self._desk.books.record(who.place, who.person, Action.DOCUMENT_READ, document_id)
        return place, entry

    def size(self, place: Place, document_id: str, page: int) -> tuple[float, float] | None:
        """Of a page; None where it cannot be had now: the text is shown all the same."""
        house, path = self._who.place or self._who.person, place.registry.file(document_id)
        try:
            return self._made.pages.size(house, path, page)
        except KnowledgeError:
            return None


Looker = Annotated[Looking, Depends(Looking)]


class Outlined(TypedDict):
    level: int
    heading: str
    label: str
    page: int | None
    section: int


class Tabled(TypedDict):
    section: int
    label: str
    page: int | None
    rows: int
    columns: int
    sample: list[list[str]]


class Stated(TypedDict):
    """A date, an amount, a share, a window, a condition as the text states it. `value` is ISO, won or percent."""

    kind: str
    label: str
    value: str
    quote: str
    section: int
    page: int | None
    locator: str


class Found(TypedDict):
    """Where the document leaves its standard, and what to do."""

    path: str
    value: str
    problem: str
    remedy: str


class Inner(TypedDict):
    document_id: str
    name: str
    status: str


class Version(TypedDict):
    document_id: str
    name: str
    added_at: str
    effective: str | None
    standing: str


class Preview(TypedDict):
    """`facts`, `outline` and `tables` are cut where there are hundreds."""

    document_id: str
    title: str
    name: str
    kind: str
    language: str
    pages: int
    chunks: int
    created: str | None
    modified: str | None
    effective: str | None
    outline: list[Outlined]
    tables: list[Tabled]
    facts: list[Stated]
    findings: list[Found]
    attachments: list[Inner]
    versions: list[Version]
    sample: str


class Change(TypedDict):
    kind: Literal["added", "removed", "changed"]
    locator: str
    before: str
    after: str


class Changes(TypedDict):
    """`cut`: there may be more than these; the versions differ in very many places or are very long."""

    changes: list[Change]
    cut: bool


class Sought(Body):
    section: int = Field(ge=0, le=2**31 - 1, description="Ordinal of the section, as evidence names it")
    quote: str = Field(default="", max_length=4000, description="Words to mark in it")


class Shown(TypedDict):
    """A section as text; `rows` where it is a table."""

    kind: SectionKind
    headings: list[str]
    text: str
    header_rows: int
    first_row: int
    rows: list[list[str]] | None


class View(TypedDict):
    """`image`: the page's picture, `width` by `height` points, `marks` as fractions left, top, right, bottom of it. Without
    them where the page has none, cannot be drawn, or too many are being drawn just now.
    """

    title: str
    locator: str
    page: int | None
    image: str | None
    width: float | None
    height: float | None
    marks: list[list[float]]
    section: Shown
    previous: int | None
    next: int | None


@router.get("/{document_id}/preview")
@may(Rule.READ)
def understood(document_id: str, request: Request, looker: Looker) -> Preview:
    """What was understood of a document: outline, tables, dates and amounts with their places, findings, versions."""
    collection = looker.collection
    place, entry = looker.find(document_id)
    document = place.registry.document(document_id)
    said = document.metadata
    return {
        "document_id": document_id,
        "title": document.title,
        "name": entry.name,
        "kind": document.kind,
        "language": document.language,
        "pages": document.pages,
        "chunks": entry.chunks,
        "created": said.get("created"),
        "modified": said.get("modified"),
        "effective": document.effective.isoformat() if document.effective else None,
        "outline": _outlined(document),
        "tables": _tabled(document),
        "facts": _facts(document),
        "findings": _findings(document, language_of(request)),
        "attachments": [
            {"document_id": inner.document_id, "name": path, "status": inner.status}
            for path, inner in place.registry.inside(document_id)
        ],
        "versions": _versions(collection, place, entry),
        "sample": preview.sample(document),
    }


@router.get("/{document_id}/changes")
@may(Rule.READ, Work.SEARCH)
def changed(
    document_id: str,
    since: Annotated[str, Query(description="Id of the older version")],
    looker: Looker,
) -> Changes:
    """What a version says otherwise than an older one, place by place."""
    new, _ = looker.find(document_id)
    old, _ = looker.find(since)
    found = compare(old.registry.document(since), new.registry.document(document_id))
    told: list[Change] = [
        {"kind": each.kind, "locator": each.locator, "before": each.before, "after": each.after}
        for each in found.changes
    ]
    return {"changes": told, "cut": found.cut}


@router.post("/{document_id}/view")
@may(Rule.READ, Work.FILE)
def view(document_id: str, body: Sought, looker: Looker) -> View:
    """One place of a document: the page's picture with the words marked, and the section's text."""
    from knowledge import pages

    place, entry = looker.find(document_id)
    section = place.registry.section(document_id, body.section)
    count = place.registry.section_count(document_id)
    page = section.locator.page
    size = looker.size(place, document_id, page) if page and _has_pictures(entry) else None
    marks = pages.marks(section, body.quote) if size else []
    return {
        "title": entry.title,
        "locator": section.locator.label,
        "page": page,
        "image": f"/api/documents/{document_id}/pages/{page}.png" if size else None,
        "width": size[0] if size else None,
        "height": size[1] if size else None,
        "marks": [_fraction(box, size) for box in marks] if size else [],
        "section": _shown(section),
        "previous": body.section - 1 if body.section else None,
        "next": body.section + 1 if body.section + 1 < count else None,
    }


@router.get("/{document_id}/pages/{page}.png", response_class=Response, responses=_PICTURE)
@may(Rule.READ, Work.FILE)
def picture(
    document_id: str, page: Annotated[int, Path(ge=1)], who: Who, collection: Collection, made: Made, desk: Desk
) -> Response:
    """The picture of one page of a PDF or an image."""
    place, entry = collection.find(document_id)
    if not _has_pictures(entry) or page > max(entry.pages, 1):
        raise UnknownDocumentError("unknown_document")
    data = made.pages.render(who.place or who.person, place.registry.file(document_id), page, SHOWN_PX)
    if place is collection.own:
        desk.books.record(who.place, who.person, Action.DOCUMENT_READ, document_id, page=page)
    headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type="image/png", headers=headers)


def _has_pictures(entry: Entry) -> bool:
    return bool(entry.reading and entry.reading.media_type.startswith(_PAGED) and entry.status != Status.REJECTED)


def _fraction(box: tuple[float, float, float, float], size: tuple[float, float]) -> list[float]:
    left, top, right, bottom = box
    width, height = size
    return [round(min(max(at, 0.0), 1.0), 5) for at in (left / width, top / height, right / width, bottom / height)]


def _shown(section: Section) -> Shown:
    return {
        "kind": section.kind,
        "headings": list(section.headings),
        "text": section.text,
        "header_rows": section.header_rows,
        "first_row": section.first_row,
        "rows": preview.rows(section) if section.kind == "table" else None,
    }


def _outlined(document: Document) -> list[Outlined]:
    return [
        {"level": h.level, "heading": h.heading, "label": h.label, "page": h.page, "section": h.section}
        for h in preview.outline(document)
    ]


def _tabled(document: Document) -> list[Tabled]:
    return [
        {
            "section": table.section,
            "label": table.label,
            "page": table.page,
            "rows": table.rows,
            "columns": table.columns,
            "sample": table.sample,
        }
        for table in preview.tables(document)
    ]


def _facts(document: Document) -> list[Stated]:
    places = {section.ordinal: section.locator for section in document.sections}
    return [
        {
            "kind": fact.kind,
            "label": fact.label,
            "value": fact.value,
            "quote": fact.quote,
            "section": fact.section,
            "page": places[fact.section].page,
            "locator": places[fact.section].label,
        }
        for fact in facts(document)[:MOST_FACTS]
    ]


def _findings(document: Document, language: Language) -> list[Found]:
    found: list[Found] = []
    for each in document.findings:
        problem, remedy = finding(each.problem, language, each.details)
        found.append({"path": each.path, "value": each.value, "problem": problem, "remedy": remedy})
    return found


def _versions(collection: Documents, place: Place, entry: Entry) -> list[Version]:
    """The other versions of the same work at hand, the newest first."""
    view = collection.calendar.on(korea())
    return [
        {
            "document_id": other.document_id,
            "name": other.name,
            "added_at": other.added_at.isoformat(),
            "effective": other.reading.effective.isoformat() if other.reading and other.reading.effective else None,
            "standing": view.of(other.document_id).state,
        }
        for other in collection.versions(place, entry)
    ]
