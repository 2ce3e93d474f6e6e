"""Errors as RFC 9457 problem details: a plain sentence as title, nothing from the inside."""

from __future__ import annotations

import logging
from html import escape
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

import assistant.text
import knowledge.text
import retrieval.text
from assistant.casefile import CaseFileError, UnknownEntryError
from assistant.diagnosis.errors import BadAnswerError, MovedOnError, UnknownDiagnosisError
from assistant.errors import AssistantError, BadQuestionError, UnknownConversationError
from knowledge.errors import KnowledgeError, TooLargeError, UnknownDocumentError
from knowledge.picturing import CrowdedError
from retrieval.errors import RetrievalError
from serving import text
from serving.errors import RequestError, ServingError

logger = logging.getLogger(__name__)

_STATUS: dict[type[Exception], HTTPStatus] = {
    BadQuestionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownConversationError: HTTPStatus.NOT_FOUND,
    UnknownDiagnosisError: HTTPStatus.NOT_FOUND,
    BadAnswerError: HTTPStatus.UNPROCESSABLE_ENTITY,
    MovedOnError: HTTPStatus.CONFLICT,
    UnknownEntryError: HTTPStatus.NOT_FOUND,
    CaseFileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownDocumentError: HTTPStatus.NOT_FOUND,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    CrowdedError: HTTPStatus.SERVICE_UNAVAILABLE,
    KnowledgeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AssistantError: HTTPStatus.SERVICE_UNAVAILABLE,
    RetrievalError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_PLAIN = {404: "not_found", 405: "method"}
MEDIA_TYPE = "application/problem+json"
EVERYWHERE = (400, 401, 403, 404, 421, 422, 429, 503)
"""What any route may answer: what is malformed or not there, the gate, the limits, a part that is down."""


_SENTENCE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>길잡이</title><p role="alert">{title}</p><p><a href="/">길잡이</a></p>"""


class Problem(BaseModel):
    """What went wrong (RFC 9457). `title` is a sentence for people; `fields` names what of the request is malformed."""

    type: str
    title: str
    status: int
    fields: list[str] = []


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: the statuses it may answer with beside its own, each with a Problem as its body."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
    headers = {429: {"Retry-After": {"schema": {"type": "integer"}, "required": True, "description": "Seconds"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content, "headers": headers.get(status, {})}
        for status in statuses
    }


def language_of(request: Request) -> text.Language:
    """`en` where the caller asks for English first, else Korean."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "ko"


def title_of(error: Exception, language: text.Language) -> str:
    """The sentence for an error of ours."""
    if isinstance(error, KnowledgeError):
        return knowledge.text.sentence(error.reason, language, error.details)
    if isinstance(error, AssistantError):
        return assistant.text.sentence(error.reason, language)
    if isinstance(error, RetrievalError):
        return retrieval.text.SENTENCES.get(error.reason, retrieval.text.SENTENCES["retrieval"])[language]
    if isinstance(error, ServingError) and error.reason in text.SENTENCES:
        return text.sentence(error.reason, language, error.details)
    return text.sentence("internal", language, {})


def problem(status: int, title: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, **more}
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def status_of(error: Exception) -> int:
    if isinstance(error, RequestError):
        return error.status
    return next((int(_STATUS[kind]) for kind in type(error).__mro__ if kind in _STATUS), 500)


def response_to(request: Request, error: Exception) -> Response:
    """The problem for an error of ours. One that says when to come back (`retry_after`, seconds) says so in a header.

    A person who followed a link sees the sentence alone.
    """
    wait = getattr(error, "retry_after", None)
    headers = None if wait is None else {"Retry-After": str(wait)}
    status, title = status_of(error), title_of(error, language_of(request))
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_SENTENCE.format(title=escape(title)), status, headers)
    return problem(status, title, headers)


def install(app: FastAPI) -> None:
    """Answer every error of the product, the framework and the unforeseen in one shape."""

    async def known(request: Request, error: Exception) -> Response:
        return response_to(request, error)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        where = [".".join(str(part) for part in item["loc"]) for item in found]
        return problem(422, text.sentence("bad_request", language_of(request), {}), fields=where)

    async def plain(request: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        reason = _PLAIN.get(status, "bad_request")
        return problem(status, text.sentence(reason, language_of(request), {}))

    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        logger.error("request failed", exc_info=error)
        return problem(500, text.sentence("internal", language_of(request), {}))

    for kind in (KnowledgeError, RetrievalError, AssistantError, ServingError):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unforeseen)
