"""Refusals as the API words them."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import JSONResponse


def problem(status: int, title: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = {"title": title, "status": status}
    return JSONResponse(body, status, media_type="application/problem+json", headers=dict(headers or {}))
