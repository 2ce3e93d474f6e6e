"""`/api/search`: passages of the library and of the caller's company."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from typing_extensions import TypedDict

from serving.admission import Work
from serving.gate import Rule, may
from serving.places import Opened
from serving.wiring import opened

router = APIRouter(tags=["search"])


class FoundPassage(TypedDict):
    rank: int
    score: float
    document_id: str
    title: str
    page: int | None
    locator: str
    section: int | None
    text: str
    standing: str | None
    in_force_from: str | None
    in_force_until: str | None
    closes: str | None


class Found(TypedDict):
    """`ms`: how long the search took, without the way here and back."""

    hits: list[FoundPassage]
    ms: float


@router.get("/api/search")
@may(Rule.READ, Work.SEARCH)
def search(
    q: Annotated[str, Query(min_length=1, max_length=2000)],
    mine: Annotated[Opened, Depends(opened)],
    k: Annotated[int, Query(ge=1, le=50)] = 5,
    as_of: date | None = None,
) -> Found:
    """The `k` best passages for `q`, best first; `ms` is the search alone. Texts that do not stand on `as_of`, which is
    today in Korea where none is given, are passed over.
    """
    result, passages = mine.finder.search(q, k, day=as_of)
    hits: list[FoundPassage] = [
        {
            "rank": rank,
            "score": round(hit.score, 4),
            "document_id": passage.document_id,
            "title": passage.title,
            "page": passage.page,
            "locator": passage.place or passage.locator,
            "section": passage.section,
            "text": passage.text,
            "standing": wire["standing"],
            "in_force_from": wire["in_force_from"],
            "in_force_until": wire["in_force_until"],
            "closes": wire["closes"],
        }
        for rank, (hit, passage, wire) in enumerate(
            zip(result.hits, passages, (each.wire() for each in passages), strict=True), 1
        )
    ]
    return {"hits": hits, "ms": round(result.ms, 1)}
