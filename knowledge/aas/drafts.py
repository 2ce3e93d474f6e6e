"""The AAS drafts of one place, each a row."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, Column, Engine, MetaData, Row, String, Table, select

from knowledge.aas.draft import Draft, decide, draft
from knowledge.document import Document
from knowledge.errors import UnknownDocumentError

metadata = MetaData()
aas_drafts = Table(
    "aas_drafts",
    metadata,
    Column("draft_id", String(40), primary_key=True),
    Column("name", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("changed_by", String, nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("draft", JSON, nullable=False),
)


class UnknownDraftError(UnknownDocumentError):
    """No draft of this id is kept in this place."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with who made it and who last said something about it, by id. Times are UTC in ISO 8601."""

    draft: Draft
    made_by: str
    made_at: str
    changed_by: str
    changed_at: str


class Drafts:
    """Drafts of one place. The caller owns `engine`, in which the table is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, name: str, documents: Sequence[tuple[str, Document]], person: str) -> Kept:
        """Draft from documents, (id, reading) each. Raises DraftError where they state nothing."""
        identity = f"draft-{secrets.token_hex(8)}"
        at = _now()
        kept = Kept(draft(identity, name, documents), person, at, person, at)
        with self._engine.begin() as connection:
            connection.execute(aas_drafts.insert().values(draft_id=identity, name=name, **_columns(kept)))
        return kept

    def list(self) -> list[Kept]:
        """The newest first."""
        query = select(aas_drafts).order_by(aas_drafts.c.made_at.desc(), aas_drafts.c.draft_id)
        with self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(query)]

    def get(self, draft_id: str) -> Kept:
        with self._engine.connect() as connection:
            row = connection.execute(select(aas_drafts).where(aas_drafts.c.draft_id == draft_id)).one_or_none()
        if row is None:
            raise UnknownDraftError("aas_unknown_draft")
        return _kept(row)

    def confirm(self, draft_id: str, path: str, value: str | None, person: str, *, confirmed: bool = True) -> Kept:
        """A person's word on one element; see `knowledge.aas.draft.decide`."""
        this = aas_drafts.c.draft_id == draft_id
        with self._engine.begin() as connection:
            # Written first, so that the row is this transaction's alone before it is read: no word of two gets lost.
            connection.execute(aas_drafts.update().where(this).values(changed_at=_now()))
            row = connection.execute(select(aas_drafts).where(this)).one_or_none()
            if row is None:
                raise UnknownDraftError("aas_unknown_draft")
            made = decide(_kept(row).draft, path, value, confirmed=confirmed)
            kept = Kept(made, row.made_by, row.made_at, person, row.changed_at)
            connection.execute(aas_drafts.update().where(this).values(**_columns(kept)))
        return kept

    def delete(self, draft_id: str) -> None:
        with self._engine.begin() as connection:
            gone = connection.execute(aas_drafts.delete().where(aas_drafts.c.draft_id == draft_id)).rowcount
        if not gone:
            raise UnknownDraftError("aas_unknown_draft")


@cache
def _adapter() -> TypeAdapter[Draft]:
    return TypeAdapter(Draft)


def _columns(kept: Kept) -> dict[str, Any]:
    return {
        "made_by": kept.made_by,
        "made_at": kept.made_at,
        "changed_by": kept.changed_by,
        "changed_at": kept.changed_at,
        "draft": _adapter().dump_python(kept.draft, mode="json"),
    }


def _kept(row: Row[Any]) -> Kept:
    return Kept(_adapter().validate_python(row.draft), row.made_by, row.made_at, row.changed_by, row.changed_at)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
