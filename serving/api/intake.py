"""`/api/ingest`: how far the taking in of the company's documents is, and stopping it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from typing_extensions import TypedDict

from knowledge.errors import UnknownDocumentError
from serving.api.documents import Who, documents, own
from serving.audit import Action
from serving.documents import Documents
from serving.gate import Rule, may
from serving.wiring import Desk
from serving.worker import Step

router = APIRouter(tags=["documents"])
_UNTOLD = 5.0
"""Seconds of a stage before its pace is told: the first moments say little."""


class Files(TypedDict):
    """Files since nothing was under way. `waiting` of `all` have not been begun."""

    all: int
    done: int
    rejected: int
    waiting: int


class Current(TypedDict):
    """The document in hand: `done` of `all` pages read, or passages embedded."""

    document_id: str
    name: str
    stage: Literal["reading", "embedding"]
    done: int
    all: int


class Intake(TypedDict):
    """`pages_per_second` of the reading; `seconds_left` of the document in hand's present stage."""

    files: Files
    current: Current | None
    pages_per_second: float | None
    seconds_left: float | None


class Cancelled(TypedDict):
    cancelled: int


@router.get("/api/ingest")
@may(Rule.READ)
def progress(collection: Annotated[Documents, Depends(documents)]) -> Intake:
    """How far the company's documents are, in all and the one in hand."""
    now = collection.progress
    tally = now.tally
    current = _current(collection, *now.current) if now.current else None
    pace = tally.pages / tally.reading_s if tally.pages and tally.reading_s else None
    return {
        "files": {"all": tally.all, "done": tally.done, "rejected": tally.rejected, "waiting": now.waiting},
        "current": current,
        "pages_per_second": round(pace, 1) if pace else None,
        "seconds_left": _left(now.current[1]) if now.current else None,
    }


@router.post("/api/ingest/cancel")
@may(Rule.WRITE)
def cancel_all(who: Who, collection: Annotated[Documents, Depends(documents)], desk: Desk) -> Cancelled:
    """Stop everything that is under way; what is done stays."""
    count = collection.cancel()
    desk.books.record(who.place, who.person, Action.INTAKE_CANCELLED, "", documents=count)
    return {"cancelled": count}


@router.post("/api/documents/{document_id}/cancel")
@may(Rule.WRITE)
def cancel_one(
    document_id: str, who: Who, collection: Annotated[Documents, Depends(documents)], desk: Desk
) -> Cancelled:
    """Stop one document that is under way: it stays listed as cancelled."""
    own(document_id, collection)
    count = collection.cancel(document_id)
    if count:
        desk.books.record(who.place, who.person, Action.INTAKE_CANCELLED, document_id, documents=count)
    return {"cancelled": count}


def _current(collection: Documents, document_id: str, step: Step) -> Current | None:
    try:
        name = collection.own.registry.get(document_id).name
    except UnknownDocumentError:
        return None
    stage: Literal["reading", "embedding"] = "embedding" if step.stage == "embedding" else "reading"
    return {"document_id": document_id, "name": name, "stage": stage, "done": step.done, "all": step.all}


def _left(step: Step) -> float | None:
    if step.seconds < _UNTOLD or not step.done:
        return None
    return round(step.seconds * (step.all - step.done) / step.done)
