"""`/api/aas`: drafts of an AAS from the company's papers, and what its AAS still lacks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from knowledge.aas.draft import SLOTS, DraftValue
from knowledge.aas.drafts import Drafts, Kept
from knowledge.aas.readiness import SOURCE, Item, readiness
from knowledge.aas.readiness_text import NOTICE, worded
from knowledge.aas.writer import write_aasx
from knowledge.document import Document, Status
from knowledge.errors import UnreadableError
from serving.admission import Work
from serving.api.body import Body
from serving.api.documents import as_download, documents
from serving.api.problem import language_of
from serving.audit import Action
from serving.documents import Documents
from serving.gate import Identity, Rule, identity, may
from serving.places import Opened
from serving.text import Language
from serving.wiring import Desk, opened

router = APIRouter(prefix="/api/aas", tags=["aas"])
Who = Annotated[Identity, Depends(identity)]
MEDIA_TYPE = "application/asset-administration-shell-package"
MOST_AAS = 200
"""AAS documents a readiness check looks at: the newest."""
PACKAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}


class DraftWanted(Body):
    document_ids: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(min_length=1, max_length=20)
    name: str | None = Field(default=None, min_length=1, max_length=120)


class Word(Body):
    """A person's word on one element. Without `value` the only candidate is meant."""

    path: str = Field(min_length=1, max_length=300)
    value: str | None = Field(default=None, max_length=1000)
    confirmed: bool = True


class WireOrigin(TypedDict):
    """`quote` stands verbatim in section `ordinal`. `derived`: concluded from it."""

    document_id: str
    title: str
    ordinal: int
    locator: str
    page: int | None
    quote: str
    derived: bool


class WireValue(TypedDict):
    """`origin` is null where a person wrote it."""

    value: str
    unit: str
    value_type: str
    confirmed: bool
    origin: WireOrigin | None


class WireElement(TypedDict):
    """`state`: `check` 사람 확인 필요, `conflict` several candidates, `open` none."""

    path: str
    id_short: str
    name_ko: str
    semantic_id: str
    mandatory: bool
    state: Literal["confirmed", "check", "conflict", "open"]
    candidates: list[WireValue]


class ListedDraft(TypedDict):
    """`open` counts mandatory elements without a value, `unconfirmed` those nobody has confirmed."""

    draft_id: str
    name: str
    document_ids: list[str]
    made_by: str
    made_at: str
    changed_at: str
    open: int
    unconfirmed: int


class WireDraft(TypedDict):
    """`open`: paths of mandatory elements without a value."""

    draft_id: str
    name: str
    document_ids: list[str]
    made_by: str
    made_at: str
    changed_at: str
    open: list[str]
    unconfirmed: list[str]
    elements: list[WireElement]


class ListedDrafts(TypedDict):
    drafts: list[ListedDraft]


class WireSeen(TypedDict):
    """What an item was judged by: an element of a document (or draft), or what is `missing` there."""

    document_id: str
    title: str
    path: str
    value: str
    missing: bool


class WireItem(TypedDict):
    """`next`: what to do."""

    key: str
    title: str
    state: Literal["met", "unmet", "unknown"]
    seen: list[WireSeen]
    next: str


class WireReadiness(TypedDict):
    """`notice` says that this is no official review, `source` where the programme's demand is from."""

    items: list[WireItem]
    met: int
    unmet: int
    unknown: int
    notice: str
    source: str


def drafts(mine: Annotated[Opened, Depends(opened)]) -> Drafts:
    return Drafts(mine.place.database)


Kind = Annotated[Drafts, Depends(drafts)]
Collection = Annotated[Documents, Depends(documents)]


@router.post("/drafts", status_code=201)
@may(Rule.WRITE, Work.FILE)
def draft(body: DraftWanted, who: Who, collection: Collection, kept: Kind, desk: Desk) -> WireDraft:
    """Draft a Digital Nameplate and Technical Data from documents. Every value is for a person to check."""
    papers = [(each, _reading(collection, each)) for each in dict.fromkeys(body.document_ids)]
    made = kept.create(body.name or papers[0][1].title[:120], papers, who.person)
    desk.books.record(who.place, who.person, Action.AAS_DRAFTED, made.draft.draft_id)
    return _wire(made)


@router.get("/drafts")
@may(Rule.READ)
def all_drafts(kept: Kind) -> ListedDrafts:
    """The company's drafts, the newest first."""
    return {"drafts": [_listed(each) for each in kept.list()]}


@router.get("/drafts/{draft_id}")
@may(Rule.READ)
def one(draft_id: str, kept: Kind) -> WireDraft:
    """A draft: each element with its candidates and where each stands."""
    return _wire(kept.get(draft_id))


@router.post("/drafts/{draft_id}/values")
@may(Rule.WRITE)
def decide(draft_id: str, body: Word, who: Who, kept: Kind, desk: Desk) -> WireDraft:
    """Choose a candidate or write a value, and confirm it."""
    made = kept.confirm(draft_id, body.path, body.value, who.person, confirmed=body.confirmed)
    desk.books.record(
        who.place, who.person, Action.AAS_DECIDED, draft_id, path=body.path[:200], confirmed=body.confirmed
    )
    return _wire(made)


@router.get("/drafts/{draft_id}/file", response_class=Response, responses=PACKAGE)
@may(Rule.READ, Work.FILE)
def package(draft_id: str, who: Who, kept: Kind, desk: Desk) -> Response:
    """The draft as AASX. What nobody has confirmed says so in the package, with its place."""
    found = kept.get(draft_id)
    written = write_aasx(found.draft)
    desk.books.record(who.place, who.person, Action.AAS_TAKEN, draft_id)
    return Response(written, media_type=MEDIA_TYPE, headers=as_download(f"{found.draft.name}.aasx"))


@router.delete("/drafts/{draft_id}", status_code=204)
@may(Rule.WRITE)
def delete(draft_id: str, who: Who, kept: Kind, desk: Desk) -> None:
    """Remove a draft. The documents it was made from stay."""
    kept.delete(draft_id)
    desk.books.record(who.place, who.person, Action.AAS_DRAFT_DELETED, draft_id)


@router.get("/readiness")
@may(Rule.READ)
def check(request: Request, collection: Collection, kept: Kind) -> WireReadiness:
    """AAS 준비 점검: what the company's AAS still lacks. A self-check, not an official review."""
    language = language_of(request)
    items = readiness(_shells(collection), [each.draft for each in kept.list()])
    count = {state: sum(item.state == state for item in items) for state in ("met", "unmet", "unknown")}
    return {
        "items": [_item(item, language) for item in items],
        "met": count["met"],
        "unmet": count["unmet"],
        "unknown": count["unknown"],
        "notice": NOTICE[language],
        "source": SOURCE,
    }


def _reading(collection: Documents, document_id: str) -> Document:
    """A document's text. Raises UnreadableError while it has not been read."""
    place, entry = collection.find(document_id)
    if entry.reading is None or entry.status not in {Status.READ, Status.INDEXED}:
        raise UnreadableError("aas_not_read", name=entry.name)
    return place.registry.document(document_id)


def _shells(collection: Documents) -> list[tuple[str, Document]]:
    """The company's own documents that are AAS, with their ids."""
    registry = collection.own.registry
    entries = registry.entries((Status.READ, Status.INDEXED))
    named = [entry.document_id for entry in entries if entry.reading and entry.reading.kind == "aas"]
    return [(each, registry.document(each)) for each in named[-MOST_AAS:]]


def _item(item: Item, language: Language) -> WireItem:
    title, following = worded(item, language)
    seen: list[WireSeen] = [
        {
            "document_id": one.document_id,
            "title": one.title,
            "path": one.path,
            "value": one.value,
            "missing": one.missing,
        }
        for one in item.seen
    ]
    return {"key": item.key, "title": title, "state": item.state, "seen": seen, "next": following}


def _listed(kept: Kept) -> ListedDraft:
    made = kept.draft
    return {
        "draft_id": made.draft_id,
        "name": made.name,
        "document_ids": list(made.documents),
        "made_by": kept.made_by,
        "made_at": kept.made_at,
        "changed_at": kept.changed_at,
        "open": len(made.open),
        "unconfirmed": len(made.unconfirmed),
    }


def _wire(kept: Kept) -> WireDraft:
    made = kept.draft
    return {
        "draft_id": made.draft_id,
        "name": made.name,
        "document_ids": list(made.documents),
        "made_by": kept.made_by,
        "made_at": kept.made_at,
        "changed_at": kept.changed_at,
        "open": list(made.open),
        "unconfirmed": list(made.unconfirmed),
        "elements": [_element(kept, path) for path in made.paths],
    }


def _element(kept: Kept, path: str) -> WireElement:
    slot, found = SLOTS.get(path), kept.draft.candidates(path)
    known = slot or found[0]
    return {
        "path": path,
        "id_short": known.id_short,
        "name_ko": known.name_ko,
        "semantic_id": known.semantic_id,
        "mandatory": bool(slot and slot.mandatory),
        "state": kept.draft.state(path),
        "candidates": [_value(each) for each in found],
    }


def _value(found: DraftValue) -> WireValue:
    origin: WireOrigin | None = None
    if found.origin:
        said = found.origin
        origin = {
            "document_id": said.document_id,
            "title": said.title,
            "ordinal": said.ordinal,
            "locator": said.locator,
            "page": said.page,
            "quote": said.quote,
            "derived": said.derived,
        }
    return {
        "value": found.value,
        "unit": found.unit,
        "value_type": found.value_type,
        "confirmed": found.confirmed,
        "origin": origin,
    }
