"""`/docs` and `/openapi.json`: the API's own documentation, shown by Swagger UI from this machine."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from serving.api.gatekeeper import COOKIE
from serving.api.problem import Problem
from serving.gate import Rule, may

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="ko">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="docs"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
"""
# Without `validatorUrl: null` Swagger UI would show a badge of its makers' server.
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
});
"""
# Either lets a caller in; the gate decides, FastAPI knows nothing of it.
_PROOFS = {
    "key": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
}


@router.get("/openapi.json")
@may(Rule.KNOWN)
def openapi(request: Request) -> dict[str, Any]:
    """The API in OpenAPI's form."""
    described: dict[str, Any] = request.app.openapi()
    parts = described.setdefault("components", {})
    parts.setdefault("schemas", {})[Problem.__name__] = Problem.model_json_schema()
    parts["securitySchemes"] = _PROOFS
    described["security"] = [{name: []} for name in _PROOFS]
    return described


@router.get("/docs")
@may(Rule.KNOWN)
def docs(request: Request) -> HTMLResponse:
    """The API for people to read and try."""
    return HTMLResponse(_PAGE.format(title=escape(request.app.title)))


@router.get("/docs/start.js")
@may(Rule.KNOWN)
def start() -> Response:
    """The documentation's own script; a page of ours carries none inside."""
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
@may(Rule.KNOWN)
def asset(name: Literal["swagger-ui-bundle.js", "swagger-ui.css"]) -> FileResponse:
    """A file of Swagger UI. The package that brings it is made for plants without an internet."""
    return FileResponse(str(files("fastapi_offline") / "static" / name))
