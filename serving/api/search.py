"""`/api/search`: passages of the library and of the caller's company."""

from __future__ import annotations

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
    text: str


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
) -> Found:
    """The `k` best passages for `q`, best first; `ms` is the search alone."""
    result, passages = mine.finder.search(q, k)
    hits: list[FoundPassage] = [
        {
            "rank": rank,
            "score": round(hit.score, 4),
            "document_id": passage.document_id,
            "title": passage.title,
            "page": passage.page,
            "locator": passage.locator,
            "text": passage.text,
        }
        for rank, (hit, passage) in enumerate(zip(result.hits, passages, strict=True), 1)
    ]
    return {"hits": hits, "ms": round(result.ms, 1)}
