"""Does an engine do all that the product needs of one? Asked of it over its own interface, with texts of no one's."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx

from serving.engines.chat import CONNECT_SECONDS, Endpoint

SECONDS = 120.0  # a small engine reads its first prompt slowly
UNGUARDED = ("/v1/models", "/invocations", "/tokenize")  # routes of vLLM that answer or read for whoever may call them
QUESTION = "한국의 수도는 어디인가요? 한 문장으로 답하세요."
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["예", "아니오"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `what` names it, `seen` is what was there."""

    what: str
    ok: bool
    seen: str = ""


async def examine(endpoint: Endpoint, *, salt: bool) -> list[Finding]:
    """Findings in the order to mend them; those that rest on one that failed are left out. Takes some short answers."""
    timeout = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    async with httpx.AsyncClient(timeout=timeout, trust_env=endpoint.kind == "remote") as client:
        return await _Examination(client, endpoint).all(salt=salt)


class _Examination:
    def __init__(self, client: httpx.AsyncClient, endpoint: Endpoint) -> None:
        self._client = client
        self._endpoint = endpoint
        self._headers = {"Authorization": f"Bearer {endpoint.api_key}"}

    async def all(self, *, salt: bool) -> list[Finding]:
        try:
            models = await self._client.get(f"{self._endpoint.base_url}/models", headers=self._headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return [Finding("reachable", ok=False, seen=type(error).__name__)]
        findings = [Finding("reachable", ok=True), Finding("key", models.status_code == httpx.codes.OK, _said(models))]
        if not findings[-1].ok:
            return findings
        try:
            findings.append(await self._locked())
            findings += (served := self._served(models))
            if served[0].ok:
                findings += await self._answers(salt=salt)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            findings.append(Finding("understood", ok=False, seen=type(error).__name__))
        return findings

    async def _locked(self) -> Finding:
        """No route that answers or reads may do so without the key."""
        origin = self._endpoint.base_url.removesuffix("/v1")
        body = {"model": self._endpoint.model, "prompt": "x", "messages": [{"role": "user", "content": "x"}]}
        opened = []
        for route in UNGUARDED:
            method = "GET" if route == "/v1/models" else "POST"
            answer = await self._client.request(
                method, f"{origin}{route}", json={**body, "max_tokens": 1} if method == "POST" else None
            )
            if answer.is_success:
                opened.append(route)
        return Finding("locked", not opened, ", ".join(opened))

    def _served(self, models: httpx.Response) -> list[Finding]:
        listed = {str(model["id"]): model for model in models.json().get("data", [])}
        model = listed.get(self._endpoint.model)
        findings = [Finding("model", model is not None, ", ".join(listed))]
        if model and model.get("max_model_len"):
            length = int(model["max_model_len"])
            findings.append(Finding("context", length >= self._endpoint.context, f"{length:,} tokens"))
        return findings

    async def _answers(self, *, salt: bool) -> list[Finding]:
        pieces, thought = 0, False
        async with aclosing(self._stream({"max_tokens": 48})) as deltas:
            async for delta in deltas:
                pieces += bool(delta.get("content"))
                aloud = delta.get("reasoning") or delta.get("reasoning_content")
                thought = thought or bool(aloud) or "<think>" in (delta.get("content") or "")
        findings = [
            Finding("streams", pieces > 1, f"{pieces}"),
            Finding("plain", not thought),
        ]
        if salt:
            findings.append(await self._salted())
        return [*findings, await self._schema()]

    async def _salted(self) -> Finding:
        """vLLM takes a salt and refuses an empty one; who takes both does not look at it."""
        salted = await self._post({"max_tokens": 1, "cache_salt": "0" * 43})
        empty = await self._post({"max_tokens": 1, "cache_salt": ""})
        return Finding("salt", salted.is_success and not empty.is_success, _said(salted))

    async def _schema(self) -> Finding:
        wanted = {"name": "answer", "schema": SCHEMA, "strict": True}
        answer = await self._post({"max_tokens": 32, "response_format": {"type": "json_schema", "json_schema": wanted}})
        try:
            ok = json.loads(answer.json()["choices"][0]["message"]["content"])["answer"] in ("예", "아니오")
        except (ValueError, KeyError, TypeError, IndexError):
            ok = False
        return Finding("schema", ok, _said(answer))

    def _body(self, more: dict[str, Any]) -> dict[str, Any]:
        asked = [{"role": "user", "content": QUESTION}]
        return {"model": self._endpoint.model, "messages": asked, "temperature": 0, **self._endpoint.extra_body, **more}

    async def _post(self, more: dict[str, Any]) -> httpx.Response:
        url = f"{self._endpoint.base_url}/chat/completions"
        return await self._client.post(url, headers=self._headers, json=self._body(more))

    async def _stream(self, more: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        body = self._body({**more, "stream": True})
        url = f"{self._endpoint.base_url}/chat/completions"
        async with self._client.stream("POST", url, headers=self._headers, json=body) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: {"):
                    for choice in json.loads(line.removeprefix("data: ")).get("choices", []):
                        yield choice["delta"]


def _said(answer: httpx.Response) -> str:
    return "" if answer.is_success else f"HTTP {answer.status_code}"
