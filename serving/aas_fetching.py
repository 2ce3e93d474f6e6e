"""Reads the companies' AAS servers when it is time, and hands what changed to the companies' documents."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from knowledge.aas.server import Fetched, fetch
from knowledge.document import Status
from knowledge.errors import KnowledgeError, UnknownDocumentError
from serving.aas_servers import AasServer, AasServers
from serving.audit import Action
from serving.clock import now
from serving.errors import RequestError, ServingError

if TYPE_CHECKING:
    from serving.documents import Documents
    from serving.places import Opened

logger = logging.getLogger(__name__)

PERSON = "aas-server"
"""Who documents that came from a server were added by."""
LOOK_SECONDS = 30.0


class AasFetching:
    """One thread that fetches from each server in its turn. A server that cannot be read says so in its row."""

    def __init__(
        self,
        servers: AasServers,
        opened: Callable[[str], AbstractContextManager[Opened]],
        record: Callable[[str, Action, str], None] = lambda _company, _action, _document: None,
        read: Callable[[str], list[Fetched]] = fetch,
        pause: float = LOOK_SECONDS,
    ) -> None:
        """`opened` opens a company's place by its id; `record` writes into its log what came and went. `pause`: seconds
        until it is looked again which server is due.
        """
        self._servers = servers
        self._opened = opened
        self._record = record
        self._read = read
        self._pause = pause
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="aas-servers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End after the server in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def run(self) -> int:
        """Fetch from every server that is due: how many."""
        due = [server for server in self._servers.all() if server.due(now())]
        for server in due:
            if self._stopping.is_set():
                break
            try:
                self.fetch(server.server_id)
            except RequestError:
                logger.info("server %s was disconnected before its turn", server.server_id)
        return len(due)

    def fetch(self, server_id: str) -> AasServer:
        """Fetch from one server now. How it went stands in what is returned; nothing is raised for a server that fails."""
        with self._one_at_a_time:
            server = self._servers.get(server_id)
            try:
                found = self._read(server.url)
                with self._opened(server.company_id) as opened:
                    documents = self._handed_over(server, found, opened.documents)
            except (KnowledgeError, ServingError) as error:
                logger.warning("AAS server %s: %s", server_id, error.reason)
                return self._servers.note(server_id, error.reason, _plain(error.details))
            missing = sum(len(each.missing) for each in found)
            details = {"shells": sum(bool(each.shell_id) for each in found), "missing": missing}
            return self._servers.note(server_id, None, details, documents)

    def _handed_over(self, server: AasServer, found: list[Fetched], documents: Documents) -> dict[str, list[str]]:
        """Add what is new; what it replaces goes once the new one can be searched. Ids by shell and file."""
        kept: dict[str, list[str]] = {}
        for name, file, data in _files(server, found):
            entry, new = documents.add(data, file, PERSON)
            if new:
                self._record(server.company_id, Action.DOCUMENT_ADDED, entry.document_id)
            former = [each for each in server.documents.get(name, ()) if each != entry.document_id]
            if entry.status == Status.INDEXED:
                for each in former:
                    self._remove(server, each, documents)
                former = []
            kept[name] = [*former, entry.document_id]
        for name, ids in server.documents.items():
            kept.setdefault(name, list(ids))  # gone from the server: the last that was seen stays
        return kept

    def _remove(self, server: AasServer, document_id: str, documents: Documents) -> None:
        """Remove what an earlier fetch brought, unless somebody added it themselves or removed it already."""
        with suppress(UnknownDocumentError):
            if documents.own.registry.get(document_id).added_by == PERSON:
                documents.delete(document_id)
                self._record(server.company_id, Action.DOCUMENT_DELETED, document_id)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.run()
            except Exception:  # the thread must outlive whatever one server or the database does
                logger.exception("AAS servers could not be looked after")
            self._stopping.wait(self._pause)


def _files(server: AasServer, found: list[Fetched]) -> Iterator[tuple[str, str, bytes]]:
    """(key, file name, bytes) of each shell's environment and of the files with it."""
    host = urlsplit(server.url).netloc
    for each in found:
        yield each.shell_id, f"{_named(each.name)} ({host}).json", each.environment
        for file, data in each.files:
            yield f"{each.shell_id} {file}", _named(file), data


def _named(name: str) -> str:
    return PurePath(name.replace("\\", "/")).name[:120] or "AAS"


def _plain(details: dict[str, object]) -> dict[str, str | int]:
    return {name: value if isinstance(value, int) else str(value) for name, value in details.items()}
