"""Every engine is an OpenAI-compatible URL: the embedded one, vLLM, a remote service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import httpx

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CONNECT_SECONDS = 5.0
NO_KEEPING = httpx.Limits(max_keepalive_connections=0)  # an engine that started anew knows no old connection


@dataclass(frozen=True)
class Endpoint:
    """Where an engine answers. `base_url` ends in ``/v1``; `extra_body` is sent along with every request; `context` is
    how many tokens the served model takes, prompt and answer together.
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str
    kind: Literal["embedded", "vllm", "remote"]
    extra_body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    context: int = 4096


def chat_model(endpoint: Endpoint, *, max_tokens: int = 512, seconds: float = 120.0) -> BaseChatModel:
    """The engine as LangChain's chat model: temperature 0, streaming, nothing traced.

    `seconds` is the longest silence that is borne, before the first token (the prompt is being read) or between two.
    Closing the stream ends the generation on the engine's side too. A connection that is refused is tried once more,
    on the way to the engine next door: nothing has been asked yet. A request that was sent is never sent again.
    """
    import langsmith
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    # Passages of company documents pass through here: no setting of the machine may send them to a tracing service.
    langsmith.configure(enabled=False)
    timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
    proxied = endpoint.kind == "remote"  # a machine's proxy is for the way out, not for the engine next door
    return ChatOpenAI(
        model=endpoint.model,
        base_url=endpoint.base_url,
        api_key=SecretStr(endpoint.api_key),
        temperature=0,
        max_completion_tokens=max_tokens,
        timeout=timeout,
        max_retries=0,
        streaming=True,
        stream_usage=True,
        use_responses_api=False,
        cache=False,
        extra_body=dict(endpoint.extra_body) or None,
        http_socket_options=(),  # the clients below are the whole truth
        http_client=httpx.Client(timeout=timeout, trust_env=proxied),
        http_async_client=_client(timeout, proxied=proxied),
    )


def salted(model: BaseChatModel, salt: str) -> BaseChatModel:
    """The same model over the same connections, whose prefixes vLLM finds again only under this salt.

    Without one, how fast an answer begins would tell one company what another has asked (CVE-2025-46570). llama.cpp, the
    embedded engine, does not know salts.
    """
    body: dict[str, Any] = getattr(model, "extra_body", None) or {}
    return model.model_copy(update={"extra_body": {**body, "cache_salt": salt}})


def _client(timeout: httpx.Timeout, *, proxied: bool) -> httpx.AsyncClient:
    if proxied:  # httpx reads a machine's proxies only for a transport of its own making
        return httpx.AsyncClient(timeout=timeout)
    return httpx.AsyncClient(timeout=timeout, transport=_near())


def _near() -> httpx.AsyncHTTPTransport:
    """Past the machine's proxies, with the certificates it trusts (`SSL_CERT_FILE`): a firm signs its own."""
    return httpx.AsyncHTTPTransport(retries=1, limits=NO_KEEPING, trust_env=True)


class Probe:
    """Asks engines whether they are alive, each time over a new connection."""

    def __init__(self) -> None:
        self._near = httpx.AsyncClient(transport=_near())
        self._far = httpx.AsyncClient(limits=NO_KEEPING)

    async def alive(self, endpoint: Endpoint, seconds: float) -> bool:
        """Whether the engine answers within `seconds`. Never raises for an engine that does not."""
        if endpoint.kind == "remote":
            client, url = self._far, f"{endpoint.base_url}/models"
            headers = {"Authorization": f"Bearer {endpoint.api_key}"}
        else:
            client, url = self._near, f"{endpoint.base_url.removesuffix('/v1')}/health"
            headers = {}
        try:
            async with asyncio.timeout(seconds):
                answer = await client.get(url, headers=headers, timeout=seconds)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return False
        return answer.status_code == httpx.codes.OK
