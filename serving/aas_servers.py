"""The AAS servers of companies, as the operator of the machine connected them: who, where, how often, how it went.

Nobody else names an address, since the server asks it from inside the plant's network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, select
from sqlalchemy.exc import IntegrityError

from knowledge.aas.address import checked
from serving.accounts.secrets import identifier
from serving.accounts.tables import aas_servers
from serving.clock import moment, now
from serving.errors import RequestError

LONGEST_URL = 500

Documents = Mapping[str, Sequence[str]]
"""Ids of the documents that came of each shell or file, the newest last."""


@dataclass(frozen=True, slots=True)
class AasServer:
    """One connected server. `reason` is None where it was never fetched or the last fetch went well."""

    server_id: str
    company_id: str
    url: str
    every_minutes: int
    made_by: str
    created_at: str
    fetched_at: str | None
    reason: str | None
    details: Mapping[str, Any]
    documents: Documents

    def due(self, at: datetime) -> bool:
        """Whether it is time to fetch again."""
        if self.fetched_at is None:
            return True
        return at >= datetime.fromisoformat(self.fetched_at) + timedelta(minutes=self.every_minutes)


class AasServers:
    """Rows about servers, in the database all companies share."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._engine = engine
        self._clock = clock

    def connect(self, company_id: str, url: str, every_minutes: int, by: str) -> AasServer:
        """Connect a server to a company. Raises AasServerError for what is no address, RequestError for a second time."""
        address = checked(url)
        if len(address) > LONGEST_URL:
            raise RequestError("aas_server_long", 422, longest=LONGEST_URL)
        identity = identifier("aas")
        row = {
            "server_id": identity,
            "company_id": company_id,
            "url": address,
            "every_minutes": every_minutes,
            "made_by": by,
            "created_at": moment(self._clock()),
            "details": {},
            "documents": {},
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(aas_servers.insert().values(row))
        except IntegrityError as error:
            raise RequestError("aas_server_there", 409) from error
        return self.get(identity)

    def all(self, company_id: str | None = None) -> list[AasServer]:
        """In the order they were connected; of one company where it is named."""
        query = select(aas_servers).order_by(aas_servers.c.created_at, aas_servers.c.server_id)
        if company_id is not None:
            query = query.where(aas_servers.c.company_id == company_id)
        with self._engine.connect() as connection:
            return [_server(row) for row in connection.execute(query)]

    def get(self, server_id: str) -> AasServer:
        with self._engine.connect() as connection:
            row = connection.execute(select(aas_servers).where(aas_servers.c.server_id == server_id)).one_or_none()
        if row is None:
            raise RequestError("unknown_aas_server", 404)
        return _server(row)

    def note(
        self, server_id: str, reason: str | None, details: Mapping[str, Any], documents: Documents | None = None
    ) -> AasServer:
        """How a fetch went. Without `documents` those of the fetch before stay."""
        values: dict[str, Any] = {"fetched_at": moment(self._clock()), "reason": reason, "details": dict(details)}
        if documents is not None:
            values["documents"] = {name: list(ids) for name, ids in documents.items() if ids}
        with self._engine.begin() as connection:
            connection.execute(aas_servers.update().where(aas_servers.c.server_id == server_id).values(**values))
        return self.get(server_id)

    def disconnect(self, server_id: str) -> AasServer:
        """Forget a server. Documents that came from it stay with the company."""
        found = self.get(server_id)
        with self._engine.begin() as connection:
            connection.execute(aas_servers.delete().where(aas_servers.c.server_id == server_id))
        return found


def _server(row: Row[Any]) -> AasServer:
    return AasServer(
        row.server_id, row.company_id, row.url, row.every_minutes, row.made_by, row.created_at, row.fetched_at,
        row.reason, row.details or {}, row.documents or {},
    )  # fmt: skip
