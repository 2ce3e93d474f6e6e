"""What a live AAS server holds, by its REST interface (IDTA 01002, part 2, version 3): an environment for each shell.

Only the address given is ever asked: redirections are not followed, and a file is fetched by the path of its element,
never by what its value says.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from knowledge.aas.address import AasServerError, checked, must_lead_elsewhere, on_connection
from knowledge.aas.served import environment, files_in
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
_BASES = ("", "/api/v3.0", "/api/v3.1", "/api/v3")
"""Where the interface begins below an address, the address itself first."""
_AGAIN = frozenset({429, 500, 502, 503, 504})
_ABSENT = frozenset({404, 405, 501})


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one fetch. `seconds` in all; `request_s` for one answer; `tries` of a request that may do better next time.

    `megabytes` in all; `answer_mb` of one answer in JSON, which takes many times its size once it is parsed.
    """

    seconds: float = 300.0
    request_s: float = 30.0
    megabytes: int = 200
    answer_mb: int = 50
    pages: int = 2_000
    page: int = 100
    files: int = 200
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """One shell with its submodels as JSON bytes: the same while nothing changed. `files`: (name, bytes) it refers to.

    `shell_id` is empty for submodels that no shell refers to. `missing`: ids of submodels the server does not have.
    """

    shell_id: str
    name: str
    environment: bytes
    files: tuple[tuple[str, bytes], ...] = ()
    missing: tuple[str, ...] = ()


def encoded(identifier: str) -> str:
    """An identifier as it stands in a path: base64url without padding."""
    return base64.urlsafe_b64encode(identifier.encode(errors="replace")).decode().rstrip("=")


def _written(value: object) -> str:
    """Text that can be stored: JSON may hold halves of characters, which no encoding has."""
    return str(value or "").encode(errors="replace").decode()


def fetch(
    url: str,
    limits: Limits | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Fetched]:
    """Everything on the server, shells by id. Raises AasServerError; what could be read of it is dropped then."""
    import httpx

    base, allowed = checked(url), limits or Limits()
    must_lead_elsewhere(base)
    with httpx.Client(
        timeout=allowed.request_s, follow_redirects=False, trust_env=False, transport=transport,
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    ) as client:  # fmt: skip
        try:
            found = list(_Server(client, base, allowed, sleep).shells())
        except (ValueError, RecursionError, httpx.InvalidURL) as error:
            # What it holds cannot be asked for, or not be put together.
            raise AasServerError("aas_server_answer", host=urlsplit(base).netloc) from error
    if not found:
        raise AasServerError("aas_server_empty", host=urlsplit(base).netloc)
    return sorted(found, key=lambda each: each.shell_id)


class _Server:
    """One fetch from one server."""

    def __init__(self, client: httpx.Client, base: str, limits: Limits, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._base = base
        self._host = urlsplit(base).netloc
        self._limits = limits
        self._sleep = sleep
        self._ends = time.monotonic() + limits.seconds
        self._room = limits.megabytes * 1_000_000
        self._pages = limits.pages
        self._files = limits.files

    def shells(self) -> Iterator[Fetched]:
        shells = self._located()
        submodels = {_written(each.get("id")): each for each in self._listed("/submodels", optional=True)}
        concepts = {_written(each.get("id")): each for each in self._listed("/concept-descriptions", optional=True)}
        taken: set[str] = set()
        for shell in shells:
            made = self._of(shell, submodels, concepts)
            taken.update(self._references(shell))
            yield made
        left = {identity: each for identity, each in submodels.items() if identity not in taken}
        if left:
            yield Fetched("", self._host, environment([], left, concepts), tuple(self._attached(left)))

    def _located(self) -> list[Json]:
        """The shells, from the first place below the address where the interface answers."""
        given = self._base
        for below in _BASES:
            self._base = given + below
            response = self._asked("/shells", {"limit": self._limits.page})
            if response.status_code not in _ABSENT:
                return list(self._listed("/shells"))
            if self._asked("/submodels", {"limit": 1}).status_code not in _ABSENT:
                return []  # a repository of submodels alone
        raise AasServerError("aas_server_status", host=self._host, status=404)

    def _of(self, shell: Json, submodels: Mapping[str, Json], concepts: Mapping[str, Json]) -> Fetched:
        identity = _written(shell.get("id"))
        own: dict[str, Json] = {}
        missing = []
        for each in self._references(shell):
            found = submodels.get(each) or self._submodel(identity, each)
            if found is None:
                missing.append(each)
            else:
                own[each] = found
        name = _written(shell.get("idShort")) or identity
        return Fetched(identity, name, environment([shell], own, concepts), tuple(self._attached(own)), tuple(missing))

    def _references(self, shell: Json) -> list[str]:
        """Ids of the submodels a shell refers to."""
        path = f"/shells/{encoded(str(shell.get('id') or ''))}/submodel-refs"
        references = shell.get("submodels")
        if not isinstance(references, list):
            references = list(self._listed(path, optional=True))
        keys = [each.get("keys") for each in references if isinstance(each, dict)]
        named = [
            _written(key[-1].get("value"))
            for key in keys
            if isinstance(key, list) and key and isinstance(key[-1], dict)
        ]
        return list(dict.fromkeys(each for each in named if each))

    def _submodel(self, shell_id: str, identity: str) -> Json | None:
        """A submodel the list of submodels did not name: by itself, or as part of its shell."""
        for path in (f"/submodels/{encoded(identity)}", f"/shells/{encoded(shell_id)}/submodels/{encoded(identity)}"):
            response = self._asked(path)
            if response.status_code not in _ABSENT:
                found = self._answered(response)
                return found if isinstance(found, dict) else None
        return None

    def _attached(self, submodels: Mapping[str, Json]) -> Iterator[tuple[str, bytes]]:
        """Files of File elements that the server keeps itself."""
        for identity, submodel in sorted(submodels.items()):
            for path, value in files_in(submodel.get("submodelElements")):
                if self._files <= 0:
                    return
                self._files -= 1
                where = f"/submodels/{encoded(identity)}/submodel-elements/{quote(_written(path), safe='')}/attachment"
                response = self._asked(where, accept="*/*")
                if response.status_code == 200 and response.content:
                    yield _written(value.rsplit("/", 1)[-1] or path), response.content

    def _listed(self, path: str, *, optional: bool = False) -> Iterator[Json]:
        """All of a list, page after page, each item once.

        It ends where no cursor comes, and also where a page brings nothing new: there are servers whose pages overlap
        by one, and that hand out a cursor after the last (BaSyx Python server 1.2).
        """
        cursor, known = "", set[str]()
        while True:
            self._pages -= 1
            if self._pages < 0:
                raise self._too_large()
            response = self._asked(path, {"limit": self._limits.page} | ({"cursor": cursor} if cursor else {}))
            if optional and response.status_code in _ABSENT:
                return
            page = self._answered(response)
            result = page.get("result") if isinstance(page, dict) else page
            if not isinstance(result, list):
                raise AasServerError("aas_server_answer", host=self._host)
            items = {str(each.get("id") or json.dumps(each)): each for each in result if isinstance(each, dict)}
            fresh = {key: each for key, each in items.items() if key not in known}
            known.update(fresh)
            yield from fresh.values()
            paging = page.get("paging_metadata") if isinstance(page, dict) else None
            cursor = str(paging.get("cursor") or "") if isinstance(paging, dict) else ""
            if not cursor or not fresh:
                return

    def _answered(self, response: httpx.Response) -> Any:
        """The JSON of an answer. Raises AasServerError where it is an error or no JSON."""
        if response.status_code in {401, 403}:
            raise AasServerError("aas_server_refused", host=self._host)
        if response.status_code != 200:
            raise AasServerError("aas_server_status", host=self._host, status=response.status_code)
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise AasServerError("aas_server_answer", host=self._host) from error

    def _asked(self, path: str, params: Mapping[str, Any] | None = None, accept: str = "") -> httpx.Response:
        """The answer to one request, tried again where that may help."""
        import httpx

        headers = {"Accept": accept} if accept else {}
        for attempt in range(self._limits.tries):
            if attempt:
                self._sleep(min(2.0 ** (attempt - 1), max(0.0, self._ends - time.monotonic())))
            self._must_have_time()
            try:
                response = self._read(path, params, headers)
            except httpx.HTTPError as error:
                fault: KnowledgeError = self._fault(error)
                cause: Exception | None = error
                continue
            if response.status_code not in _AGAIN:
                return response
            fault = AasServerError("aas_server_status", host=self._host, status=response.status_code)
            cause = None
        raise fault from cause

    def _read(self, path: str, params: Mapping[str, Any] | None, headers: Mapping[str, str]) -> httpx.Response:
        """An answer read no further than there is room and time for."""
        import httpx

        most = self._limits.megabytes if "Accept" in headers else self._limits.answer_mb  # a file, or JSON
        watched = {"trace": on_connection}
        with self._client.stream(
            "GET", self._base + path, params=params, headers=headers, extensions=watched
        ) as response:
            self._must_be_plain(response)
            pieces, size = [], 0
            for piece in response.iter_raw():
                size += len(piece)
                self._room -= len(piece)
                if self._room < 0:
                    raise self._too_large()
                if size > most * 1_000_000:
                    raise AasServerError("aas_server_answer_large", host=self._host, limit_mb=most)
                self._must_have_time()
                pieces.append(piece)
            return httpx.Response(response.status_code, content=b"".join(pieces))

    def _must_be_plain(self, response: httpx.Response) -> None:
        """Compressed answers are refused: thirty kilobytes may hold gigabytes, and nobody asked for them."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in {"", "identity"}:
            raise AasServerError("aas_server_compressed", host=self._host, encoding=encoding[:40])

    def _fault(self, error: Exception) -> AasServerError:
        import httpx

        if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
            return AasServerError("aas_server_slow", host=self._host, seconds=round(self._limits.request_s))
        return AasServerError("aas_server_unreachable", host=self._host)

    def _must_have_time(self) -> None:
        if time.monotonic() > self._ends:
            raise AasServerError("aas_server_slow", host=self._host, seconds=round(self._limits.seconds))

    def _too_large(self) -> AasServerError:
        limits = self._limits
        return AasServerError(
            "aas_server_too_large", host=self._host, limit_mb=limits.megabytes, limit_pages=limits.pages
        )
