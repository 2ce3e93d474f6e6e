"""`/api/search`: passages of the library and of the caller's company."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from serving.gate import Caller, caller
from serving.product import Product, product

router = APIRouter(tags=["search"])


@router.get("/api/search")
def search(
    q: Annotated[str, Query(min_length=1, max_length=2000)],
    who: Annotated[Caller, Depends(caller)],
    made: Annotated[Product, Depends(product)],
    k: Annotated[int, Query(ge=1, le=50)] = 5,
) -> dict[str, Any]:
    """The `k` best passages for `q`, best first; `ms` is the search alone."""
    result, passages = made.finder(who.company).search(q, k)
    hits = [
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
