"""`/health/*` and `/metrics`: for whoever runs the machine."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from typing_extensions import TypedDict

from serving.gate import Rule, may
from serving.product import Product
from serving.wiring import product

router = APIRouter(tags=["health"])


class Health(TypedDict):
    status: str


class Readiness(Health):
    """`down`: names of the parts that do not work now."""

    down: list[str]


@router.get("/health/live")
@may(Rule.PUBLIC)
def live() -> Health:
    """200 while the process serves requests."""
    return {"status": "live"}


@router.get("/health/ready", response_model=Readiness, responses={503: {"model": Readiness}})
@may(Rule.PUBLIC)
async def ready(made: Annotated[Product, Depends(product)]) -> JSONResponse:
    """200 when everything works; 503 names what is `down`: answers then come as quotations, or not at all."""
    down = await made.down()
    return JSONResponse({"status": "down" if down else "ready", "down": down}, 503 if down else 200)


@router.get("/metrics", response_class=PlainTextResponse)
@may(Rule.OPERATOR)
def metrics(made: Annotated[Product, Depends(product)]) -> Response:
    """Prometheus text: counts and times, never contents."""
    return Response(made.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")
