"""Documents as the rest of the product sees them: titled text in sections, each at a place one can look up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

SectionKind = Literal["prose", "table"]


class Status(StrEnum):
    """Life of a registered document: `queued` → `read` → `indexed`, or `rejected` with a reason; then `deleting`."""

    QUEUED = "queued"
    READ = "read"
    INDEXED = "indexed"
    REJECTED = "rejected"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document's statements come from, as a reader would look them up."""

    title: str
    publisher: str | None = None
    published: date | None = None
    reference: str | None = None
    trust: Literal["S", "S2"] | None = None


@dataclass(frozen=True, slots=True)
class Locator:
    """A place inside a document. `label` is what a person reads: `p. 12`, `제2조`, `표 3 4행`, a heading."""

    label: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Verbatim text of one place. A table's text has one row a line, cells parted by ` | `, header row first."""

    ordinal: int
    locator: Locator
    text: str
    headings: tuple[str, ...] = ()
    kind: SectionKind = "prose"


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of one file. `pages` is 0 where the format has none."""

    title: str
    media_type: str
    sections: tuple[Section, ...]
    language: str = "ko"
    kind: str = "document"
    pages: int = 0
    sources: tuple[Source, ...] = ()
    effective: date | None = None
    fictional: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


def content_hash(data: bytes) -> str:
    """SHA-256 of the file's bytes, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def document_id(sha256: str) -> str:
    """Stable id of a document: the same bytes get the same id in every place."""
    return f"doc-{sha256[:20]}"
