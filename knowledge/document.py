"""Documents as the rest of the product sees them: titled text in sections, each at a place one can look up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

SectionKind = Literal["prose", "table", "element"]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the upper left corner of the page as it is shown, rotation included."""


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
class Element:
    """One element of an Asset Administration Shell that states a value (IEC 63278-1, metamodel 3.0 and 3.1).

    `path` is the idShort path from its submodel on (`Nameplate/ManufacturerName`), `names` what else it is called:
    display names and the preferred names of its concept, in any language; items of a list go by the list's. `asset` names
    the thing it describes and is empty for a template, whose values are examples.
    """

    path: str
    id_short: str
    value: str
    unit: str = ""
    value_type: str = ""
    semantic_id: str = ""
    names: tuple[str, ...] = ()
    submodel: str = ""
    asset: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Verbatim text of one place. A table's text has one row a line, cells parted by ` | `, header rows first.

    `header_rows` lines of a table name its columns; its first line is row `first_row` of what a person sees (0 for a header
    that stands on the page before), and an empty line stands for an empty row. `boxes`, where the format has pages, holds the box of each line of `text`.
    """

    ordinal: int
    locator: Locator
    text: str
    headings: tuple[str, ...] = ()
    kind: SectionKind = "prose"
    header_rows: int = 1
    first_row: int = 1
    boxes: tuple[Box, ...] = ()
    element: Element | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a file: of an archive, a mail, an AASX. `name` is its path in there."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a document that does not follow its standard, and what to do. Reading went on all the same.

    `problem` is a key of `knowledge.text.FINDINGS` with its `details`; `path` says where, `value` what stands there.
    """

    path: str
    value: str
    problem: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which version of which work a document is. `work` names the law or notice over all its versions.

    `promulgated` 공포일, `effective` 시행일. A repealed text says so itself. `also`: other names of the same work, since
    a law may be renamed or enacted anew; `revision` counts the corrections (수정공고, 재공고) of a notice.
    """

    work: str
    promulgated: date | None = None
    effective: date | None = None
    repealed: bool = False
    also: tuple[str, ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of one file. `pages` is 0 where the format has none.

    `metadata` holds what the file says of itself; `created` and `modified` are ISO dates there.
    """

    title: str
    media_type: str
    sections: tuple[Section, ...]
    language: str = "ko"
    kind: str = "document"
    pages: int = 0
    sources: tuple[Source, ...] = ()
    fictional: bool = False
    metadata: dict[str, str] = field(default_factory=dict)
    edition: Edition | None = None
    findings: tuple[Finding, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def effective(self) -> date | None:
        """시행일: from when on it is in force."""
        return self.edition.effective if self.edition else None


def content_hash(data: bytes) -> str:
    """SHA-256 of the file's bytes, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def document_id(sha256: str) -> str:
    """Stable id of a document: the same bytes get the same id in every place."""
    return f"doc-{sha256[:20]}"
