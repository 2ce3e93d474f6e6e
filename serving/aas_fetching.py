"""Reads the companies' AAS servers when it is time, and hands what changed to the companies' documents."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
    from knowledge.registry import Entry
    from serving.documents import Documents
    from serving.places import Opened

logger = logging.getLogger(__name__)

PERSON = "aas-server"
"""Who documents that came from a server were added by."""
LOOK_SECONDS = 30.0
Held = dict[str, list[str]]
"""Ids of documents by shell and file, the newest last."""


class AasFetching:
    """One thread that fetches from each server in its turn. A server that cannot be read says so in its row."""

    def __init__(
        self,
        servers: AasServers,
        opened: Callable[[str], AbstractContextManager[Opened]],
        record: Callable[[str, Action, str], None] = lambda _company, _action, _document: None,
        read: Callable[[str], list[Fetched]] = fetch,
        pause: float = LOOK_SECONDS,
        ended: Callable[[str, str], None] = lambda _company, _document: None,
    ) -> None:
        """`opened` opens a company's place by its id; `record` writes into its log what came and went. `pause`: seconds
        until it is looked again which server is due. `ended` ends what others may do with a document that goes.
        """
        self._servers = servers
        self._opened = opened
        self._record = record
        self._read = read
        self._pause = pause
        self._ended = ended
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
            except Exception:  # the servers after it, which are of other companies too, are fetched from all the same
                logger.exception("AAS server %s could not be looked after", server.server_id)
        return len(due)

    def fetch(self, server_id: str) -> AasServer:
        """Fetch from one server now. How it went stands in what is returned; nothing is raised for a server that fails."""
        with self._one_at_a_time:
            server = self._servers.get(server_id)
            held = {name: list(ids) for name, ids in server.documents.items()}
            try:
                found = self._read(server.url)
                with self._opened(server.company_id) as opened:
                    self._hand_over(server, found, opened.documents, held)
            except (KnowledgeError, ServingError) as error:
                logger.warning("AAS server %s: %s", server_id, error.reason)
                return self._servers.note(server_id, error.reason, _plain(error.details), held)
            except Exception:  # one that is not noted would be due for ever, and before all others
                logger.exception("AAS server %s", server_id)
                return self._servers.note(server_id, "aas_server_failed", {"host": _host(server)}, held)
            missing = sum(len(each.missing) for each in found)
            details = {"shells": sum(bool(each.shell_id) for each in found), "missing": missing}
            return self._servers.note(server_id, None, details, held)

    def _hand_over(self, server: AasServer, found: list[Fetched], documents: Documents, held: Held) -> None:
        """Add what is new; what it replaces goes once something newer can be searched.

        `held` is kept true at every step, whatever is raised: it says what came from the server. What cannot be taken in
        keeps nothing else out; the first such error is raised at the end.
        """
        refused: KnowledgeError | ServingError | None = None
        for name, file, data in _files(server, found):
            try:
                self._add(server, file, data, documents, held.setdefault(name, []))
            except (KnowledgeError, ServingError) as error:
                refused = refused or error
        self._remove_former(server, documents, held)
        if refused:
            raise refused

    def _add(self, server: AasServer, file: str, data: bytes, documents: Documents, ids: list[str]) -> None:
        """Add one file; its id comes last of `ids`. 주관기업 LLM 전송 금지 goes on from what it replaces."""
        former = _entry(documents, ids[-1]) if ids else None
        entry, new = documents.add(data, file, PERSON)
        ids[:] = [*(each for each in ids if each != entry.document_id), entry.document_id]
        if new:
            self._record(server.company_id, Action.DOCUMENT_ADDED, entry.document_id)
            if former and former.stays_here:
                documents.mark_stays(entry.document_id, stays=True)

    def _remove_former(self, server: AasServer, documents: Documents, held: Held) -> None:
        """Remove what came before the newest that can be searched, but for what is still wanted for another reason."""
        former = {name: _former(documents, ids) for name, ids in held.items() if len(ids) > 1}
        wanted = {each for name, ids in held.items() for each in ids if each not in former.get(name, ())}
        for other in self._servers.all(server.company_id):
            if other.server_id != server.server_id:
                wanted.update(each for ids in other.documents.values() for each in ids)
        inside = documents.own.registry.parents()
        for name, ids in former.items():
            for each in ids:
                goes = each not in wanted and _brought(documents, each)
                if goes and each in inside:
                    continue  # a file in another document as well: looked at again next time
                if goes:
                    self._remove(server, each, documents)
                held[name].remove(each)

    def _remove(self, server: AasServer, document_id: str, documents: Documents) -> None:
        """Remove a document as a person does: what others may do with it, and with the files inside it, ends."""
        inside = documents.with_inside(document_id)
        self._ended(server.company_id, document_id)
        with suppress(UnknownDocumentError):
            documents.delete(document_id)
            self._record(server.company_id, Action.DOCUMENT_DELETED, document_id)
        for each in inside:
            if not documents.holds(each):
                self._ended(server.company_id, each)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.run()
            except Exception:  # the thread must outlive whatever the database does
                logger.exception("AAS servers could not be looked after")
            self._stopping.wait(self._pause)


def _entry(documents: Documents, document_id: str) -> Entry | None:
    """None for one that somebody deleted."""
    try:
        return documents.own.registry.get(document_id)
    except UnknownDocumentError:
        return None


def _brought(documents: Documents, document_id: str) -> bool:
    """Whether it is there, and nobody added it themselves."""
    entry = _entry(documents, document_id)
    return entry is not None and entry.added_by == PERSON


def _former(documents: Documents, ids: Sequence[str]) -> list[str]:
    """Those before the newest that is indexed, and those that were not taken in; never the newest of all."""
    entries = [_entry(documents, each) for each in ids]
    indexed = [at for at, entry in enumerate(entries) if entry and entry.status == Status.INDEXED]
    since = indexed[-1] if indexed else 0
    return [
        document_id
        for at, (document_id, entry) in enumerate(zip(ids[:-1], entries[:-1], strict=True))
        if at < since or entry is None or entry.status == Status.REJECTED
    ]


def _files(server: AasServer, found: list[Fetched]) -> Iterator[tuple[str, str, bytes]]:
    """(key, file name, bytes) of each shell's environment and of the files with it; files of one name by number too."""
    host = _host(server)
    for each in found:
        yield each.shell_id, f"{_named(each.name)} ({host}).json", each.environment
        seen: Counter[str] = Counter()
        for file, data in each.files:
            seen[file] += 1
            number = f" ({seen[file]})" if seen[file] > 1 else ""
            yield f"{each.shell_id} {file}{number}", _named(file), data


def _host(server: AasServer) -> str:
    return urlsplit(server.url).netloc


def _named(name: str) -> str:
    """A file's name of what a server calls a thing: the last part of a path, without what no database stores."""
    last = PurePath(name.replace("\\", "/")).name
    plain = "".join(letter if letter.isprintable() else " " for letter in last)
    return plain.strip()[:120] or "AAS"


def _plain(details: dict[str, object]) -> dict[str, str | int]:
    return {name: value if isinstance(value, int) else str(value) for name, value in details.items()}
