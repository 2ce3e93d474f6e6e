"""What a company that leaves is handed, and the note of a leaving that is under way."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from serving import text, traces
from serving.home import Home


def note_of(home: Home, company_id: str) -> Path:
    """Where an unfinished leaving is noted."""
    return receipts(home) / f"{company_id}.unfinished"


def receipts(home: Home) -> Path:
    return home.root / "receipts"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Planted(_File):
    """How things stood before anything was removed. `seen`: places where the canary was found then."""

    seen: int
    files: int
    bytes: int
    entries: int
    last_hash: str


class Unfinished(_File):
    """A leaving under way. The canary follows from `seed`, so that this file itself is no trace of it."""

    company_id: str
    name_sha256: str
    created_at: str
    by: str
    begun_at: str
    seed: str
    planted: Planted | None = None

    @property
    def canary(self) -> str:
        return f"canary{hashlib.sha256(self.seed.encode()).hexdigest()[:40]}"


class Receipt(_File):
    """What a company that has left is handed. `found`: where something of it was found after all."""

    company_id: str
    name_sha256: str
    by: str
    begun_at: str
    finished_at: str
    removed_files: int
    removed_bytes: int
    log_entries: int
    log_last_hash: str
    canary_seen_before: int
    found: tuple[str, ...]
    unread: tuple[str, ...]
    searched_files: int
    searched_bytes: int
    searched_forms: tuple[str, ...] = traces.FORMS
    disclosures_kept: int
    backups: tuple[str, ...]
    proved: bool

    def told(self) -> str:
        """For people, in both languages."""
        details = self.model_dump() | {"backups": ", ".join(self.backups) or "-", "found": ", ".join(self.found) or "-"}
        return "\n\n".join(text.sentence("receipt", language, details) for language in ("ko", "en")) + "\n"
