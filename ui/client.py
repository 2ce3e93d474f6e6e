"""The product over HTTP, as the page and the command line see it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import quote

import httpx
from httpx_sse import SSEError, aconnect_sse, connect_sse

from ui.errors import ClientError
from ui.text import Language, sentence

Json = dict[str, Any]
Event = tuple[str, Json]

# Reading waits as long as a queued question may take; the server ends every stream itself.
TIMEOUT = httpx.Timeout(30, connect=5, read=900)
LAST_EVENT = "answer"


class Client:
    """Calls one server. Methods return the JSON of the route and raise ClientError. Threads may share it.

    `ask_stream` and `aask_stream` yield `(event, data)` up to and including `answer`. Closing the iterator closes the
    connection, which stops the engine. A failure mid-stream raises, whatever was yielded before it stays valid.
    """

    def __init__(self, base_url: str, key: str | None = None, language: Language = "ko") -> None:
        self.language: Language = language
        headers: dict[str, str] = {"Accept-Language": language}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._given: dict[str, str] = {}
        self._options: dict[str, Any] = {
            "base_url": base_url,
            "headers": headers,
            "timeout": TIMEOUT,
            "trust_env": False,  # a proxy is not for loopback, and only settings.py reads the environment
            "verify": base_url.startswith("https:"),  # plain HTTP has nothing to verify; skips loading certificates
            "limits": httpx.Limits(max_keepalive_connections=0),  # no idle sockets to leave behind
        }
        self._http = httpx.Client(**self._options)

    def close(self) -> None:
        self._http.close()

    def acting(self, headers: Mapping[str, str]) -> Client:
        """The same client over the same connections, with further headers: a visitor's cookie."""
        other = copy(self)
        other._given = dict(headers)
        return other

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Any other route; an answer without a body is an empty object."""
        response = self._call(method, path, json=body) if body is not None else self._call(method, path)
        with self._faults():
            return cast("Json", response.json()) if response.content else {}

    def download(self, path: str, body: Json | None, file: BinaryIO) -> Mapping[str, str]:
        """The file a route answers with, written to `file`; the answer's headers. Without `body` it is only asked for."""
        method = "GET" if body is None else "POST"
        with self._faults(), self._http.stream(method, path, json=body, headers=self._given) as response:
            if response.is_error:
                response.read()
                raise self._problem(response)
            for piece in response.iter_bytes():
                file.write(piece)
            return response.headers

    def send(self, path: str, file: BinaryIO, fields: Mapping[str, str]) -> Json:
        """Send a file of any size with a form's fields."""
        return self._json("POST", path, files={"file": file}, data=dict(fields))

    def ask(self, question: str, conversation_id: str | None = None, as_of: str | None = None) -> Json:
        """`as_of`: the ISO date to answer for."""
        return self._json("POST", "/api/ask", json=self._question(question, conversation_id, as_of))

    def ask_stream(
        self, question: str, conversation_id: str | None = None, as_of: str | None = None
    ) -> Generator[Event]:
        body = self._question(question, conversation_id, as_of)
        with self._faults(), connect_sse(self._http, "POST", "/api/ask", json=body, headers=self._given) as source:
            if source.response.is_error:
                source.response.read()
                raise self._problem(source.response)
            for received in source.iter_sse():
                yield (event := self._event(received.event, received.data))
                if event[0] == LAST_EVENT:
                    return
        raise ClientError(sentence("cut", self.language), 0)

    async def aask_stream(self, question: str, conversation_id: str | None = None) -> AsyncGenerator[Event]:
        """`ask_stream` for a caller that must be able to stop while it waits."""
        body = self._question(question, conversation_id)
        with self._faults():
            async with (
                httpx.AsyncClient(**self._options) as http,
                aconnect_sse(http, "POST", "/api/ask", json=body, headers=self._given) as source,
            ):
                if source.response.is_error:
                    await source.response.aread()
                    raise self._problem(source.response)
                async for received in source.aiter_sse():
                    yield (event := self._event(received.event, received.data))
                    if event[0] == LAST_EVENT:
                        return
        raise ClientError(sentence("cut", self.language), 0)

    def search(self, query: str, k: int = 5, as_of: str | None = None) -> Json:
        params = {"q": query, "k": str(k)} | ({"as_of": as_of} if as_of else {})
        return self._json("GET", "/api/search", params=params)

    def documents(self) -> list[Json]:
        return cast("list[Json]", self._json("GET", "/api/documents")["documents"])

    def document(self, document_id: str) -> Json:
        return self._json("GET", f"/api/documents/{document_id}")

    def upload(self, path: Path, name: str | None = None) -> Json:
        """Send a file in, under `name` where it is not the path's own. Raises OSError where it cannot be opened."""
        with path.open("rb") as file:
            return self._json("POST", "/api/documents", files={"file": file}, data={"path": name or path.name})

    def intake(self) -> Json:
        """How far the company's documents are."""
        return self._json("GET", "/api/ingest")

    def delete_document(self, document_id: str) -> None:
        self._call("DELETE", f"/api/documents/{document_id}")

    def mark_document(self, document_id: str, *, stays_here: bool) -> None:
        """주관기업 LLM 전송 금지 for one document, or its end."""
        self._call("PATCH", f"/api/documents/{document_id}", json={"stays_here": stays_here})

    def cancel_intake(self, document_id: str | None = None) -> int:
        """Stop one document that is under way, or all: how many were stopped."""
        path = f"/api/documents/{_part(document_id)}/cancel" if document_id else "/api/ingest/cancel"
        return int(self._json("POST", path)["cancelled"])

    def preview(self, document_id: str) -> Json:
        """What a document was understood as."""
        return self._json("GET", f"/api/documents/{_part(document_id)}/preview")

    def changes(self, document_id: str, since: str) -> list[Json]:
        """What a document says otherwise than its older version `since`."""
        path = f"/api/documents/{_part(document_id)}/changes"
        return cast("list[Json]", self._json("GET", path, params={"since": since})["changes"])

    def view(self, document_id: str, section: int, words: str = "") -> Json:
        """One place of a document with `words`, a quotation, marked in it."""
        body = {"section": section, "quote": words}
        return self._json("POST", f"/api/documents/{_part(document_id)}/view", json=body)

    def aas_drafts(self) -> list[Json]:
        return cast("list[Json]", self._json("GET", "/api/aas/drafts")["drafts"])

    def aas_draft(self, draft_id: str) -> Json:
        return self._json("GET", f"/api/aas/drafts/{_part(draft_id)}")

    def make_aas_draft(self, document_ids: Sequence[str]) -> Json:
        return self._json("POST", "/api/aas/drafts", json={"document_ids": list(document_ids)})

    def decide_aas(self, draft_id: str, path: str, value: str, *, confirmed: bool) -> Json:
        """A person's word on one element of a draft: the draft as it then is."""
        body = {"path": path, "value": value, "confirmed": confirmed}
        return self._json("POST", f"/api/aas/drafts/{_part(draft_id)}/values", json=body)

    def discard_aas_draft(self, draft_id: str) -> None:
        self._call("DELETE", f"/api/aas/drafts/{_part(draft_id)}")

    def aas_readiness(self) -> Json:
        """AAS 준비 점검 over the company's documents and drafts."""
        return self._json("GET", "/api/aas/readiness")

    def instrument(self) -> Json:
        """What the diagnosis asks about, and the names of goals, losses, sectors, machines and use cases."""
        return self._json("GET", "/api/diagnoses/instrument")

    def diagnoses(self) -> list[Json]:
        """The company's diagnoses, the newest first."""
        return cast("list[Json]", self._json("GET", "/api/diagnoses")["diagnoses"])

    def start_diagnosis(self, depth: str) -> Json:
        return self._json("POST", "/api/diagnoses", json={"depth": depth})

    def diagnosis(self, diagnosis_id: str) -> Json:
        """All questions with the answers so far, and the one at hand."""
        return self._json("GET", _diagnosis(diagnosis_id))

    def answer(self, diagnosis_id: str, question_id: str, value: str, document_id: str = "", why: str = "") -> Json:
        """Answer a question by one of its choices; `document_id` is shown as evidence, `why` says why it is another."""
        body = {"question_id": question_id, "value": value}
        body |= {"evidence_document_id": document_id} if document_id else {}
        body |= {"why": why} if why else {}
        return self._json("POST", f"{_diagnosis(diagnosis_id)}/answers", json=body)

    def say(self, diagnosis_id: str, text: str, question_id: str, proposed: str = "") -> Json:
        """Answer the question that is shown in one's own words, or what is `proposed` for it with yes: what they led to."""
        body = {"text": text, "question_id": question_id, "proposed": proposed or None}
        return self._json("POST", f"{_diagnosis(diagnosis_id)}/say", json=body)

    def withdraw_evidence(self, diagnosis_id: str, question_id: str, document_id: str) -> None:
        self._call("DELETE", f"{_diagnosis(diagnosis_id)}/answers/{_part(question_id)}/evidence/{_part(document_id)}")

    def go_to(self, diagnosis_id: str, question_id: str) -> Json:
        return self._json("POST", f"{_diagnosis(diagnosis_id)}/at", json={"question_id": question_id})

    def take_parts(self, diagnosis_id: str, dimensions: Sequence[str], released: Sequence[str] = ()) -> Json:
        """Answer these dimensions alone, and no others. `released`, for an admin: nobody's then."""
        body = {"mine": list(dimensions)} | ({"release": list(released)} if released else {})
        return self._json("PUT", f"{_diagnosis(diagnosis_id)}/parts", json=body)

    def hints(self, diagnosis_id: str, question_id: str) -> list[Json]:
        """The company's own documents that might stand for an answer."""
        path = f"{_diagnosis(diagnosis_id)}/hints/{_part(question_id)}"
        return cast("list[Json]", self._json("GET", path)["documents"])

    def report(self, diagnosis_id: str) -> Json:
        return self._json("GET", f"{_diagnosis(diagnosis_id)}/report")

    def report_html(self, diagnosis_id: str) -> str:
        """The report as a part of a page."""
        return self._call("GET", f"{_diagnosis(diagnosis_id)}/report", params={"format": "fragment"}).text

    def delete_diagnosis(self, diagnosis_id: str) -> None:
        self._call("DELETE", _diagnosis(diagnosis_id))

    def casefile(self) -> Json:
        """성장기록: where the company stands, and all that was written."""
        return self._json("GET", "/api/casefile")

    def state_profile(self, profile: Json) -> Json:
        return self._json("PUT", "/api/casefile/profile", json=profile)

    def state_wishes(self, wishes: Json) -> Json:
        return self._json("PUT", "/api/casefile/wishes", json=wishes)

    def add_entry(self, entry: Json) -> Json:
        return self._json("POST", "/api/casefile/entries", json=entry)

    def remove_entry(self, entry_id: str) -> None:
        self._call("DELETE", f"/api/casefile/entries/{_part(entry_id)}")

    def peers(self) -> Json:
        """How the company stands among those that agreed to be counted."""
        return self._json("GET", "/api/casefile/peers")

    def conversations(self) -> list[Json]:
        return cast("list[Json]", self._json("GET", "/api/conversations")["conversations"])

    def conversation(self, conversation_id: str) -> Json:
        return self._json("GET", f"/api/conversations/{conversation_id}")

    def delete_conversation(self, conversation_id: str) -> None:
        self._call("DELETE", f"/api/conversations/{conversation_id}")

    def feedback(self, conversation_id: str, turn_id: str, rating: int, comment: str | None = None) -> None:
        """Judge one answer: `rating` is 1 or -1."""
        body: Json = {"turn_id": turn_id, "rating": rating}
        if comment:
            body["comment"] = comment
        self._call("POST", f"/api/conversations/{conversation_id}/feedback", json=body)

    def ready(self) -> Json:
        """The readiness report, also where it says that something is down. Raises ClientError without one."""
        with self._faults():
            return cast("Json", self._http.get("/health/ready", headers=self._given).json())

    def _question(self, question: str, conversation_id: str | None, as_of: str | None = None) -> Json:
        body = {"question": question, "language": self.language} | ({"as_of": as_of} if as_of else {})
        return body | ({"conversation_id": conversation_id} if conversation_id else {})

    def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        with self._faults():
            response = self._http.request(method, path, headers=self._given, **content)
        if response.is_error:
            raise self._problem(response)
        return response

    def _json(self, method: str, path: str, **content: Any) -> Json:
        response = self._call(method, path, **content)
        with self._faults():
            return cast("Json", response.json())

    def _event(self, name: str, data: str) -> Event:
        body: Json = json.loads(data)
        if name == "error":
            raise ClientError(str(body.get("title") or sentence("failed", self.language)), int(body.get("status", 0)))
        return name, body

    def _problem(self, response: httpx.Response) -> ClientError:
        """The server's own sentence where it sent one (RFC 9457), else a plain one of ours."""
        title = None
        if "json" in response.headers.get("content-type", ""):
            body = response.json()
            title = body.get("title") if isinstance(body, dict) else None
        return ClientError(str(title or sentence("failed", self.language)), response.status_code)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turns what the network and a foreign answer can do into ClientError."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ClientError(sentence("unreachable", self.language), 0) from error
        except (SSEError, ValueError) as error:
            raise ClientError(sentence("failed", self.language), 0) from error
        except httpx.TransportError as error:
            raise ClientError(sentence("cut", self.language), 0) from error


def _diagnosis(diagnosis_id: str) -> str:
    return f"/api/diagnoses/{_part(diagnosis_id)}"


def _part(value: str) -> str:
    """A value as one part of a path."""
    return quote(value, safe="")
