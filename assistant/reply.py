"""What a turn shows: evidence first, then checked sentences, then the whole answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from assistant.evidence import Line, Passage
from knowledge.law import cited
from retrieval.citation import located, stretch
from retrieval.rows import narrowed

Degraded = Literal["engine_down", "engine_busy", "engine_cut", "stays_here"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited place. `quote` is verbatim text of the passage, white space folded."""

    n: int
    document_id: str
    title: str
    page: int | None
    locator: str
    quote: str

    def wire(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "document_id": self.document_id,
            "title": self.title,
            "page": self.page,
            "locator": self.locator,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """The passages found; `ms` since the question came in."""

    passages: tuple[Passage, ...]
    conversation_id: str | None
    turn_id: str | None
    ms: float


@dataclass(frozen=True, slots=True)
class SentenceShown:
    """Text released to the reader: checked, and never taken back."""

    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole answer. Times are milliseconds since the question; `first_token` is when the first text was shown.

    `removed` counts drafted sentences that the evidence did not carry; `notices` warn about a cited document. `as_of` is
    the day that was asked about, where one was.
    """

    answer: str
    abstained: bool
    citations: tuple[Citation, ...]
    checked: int
    unsupported: int
    removed: int
    model: str
    degraded: Degraded | None
    notices: tuple[str, ...]
    conversation_id: str | None
    turn_id: str | None
    ms: dict[str, float]
    as_of: date | None = None

    def wire(self) -> dict[str, Any]:
        """The object of `ask` in the API."""
        return {
            "answer": self.answer,
            "abstained": self.abstained,
            "citations": [citation.wire() for citation in self.citations],
            "claims": {"checked": self.checked, "unsupported": self.unsupported, "removed": self.removed},
            "model": self.model,
            "degraded": self.degraded,
            "notices": list(self.notices),
            "conversation_id": self.conversation_id,
            "turn_id": self.turn_id,
            "ms": self.ms,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }


Event = EvidenceShown | SentenceShown | Reply


def citation(lines: tuple[Line, ...]) -> Citation:
    """What `lines` of one passage are cited as, the main one first."""
    passage = lines[0].passage
    quote = stretch(passage.text, [line.text for line in lines])
    return Citation(passage.n, passage.document_id, passage.title, passage.page, _place(passage, quote), quote)


def _place(passage: Passage, quote: str) -> str:
    """Where the quote stands, as finely as can be told: in a law by 조·항·호, in a table by its row."""
    if not passage.article:
        return narrowed(passage.locator, passage.rows, passage.text, quote)
    within = located(passage.article, passage.text)
    found = located(passage.text, quote)
    if within is None or found is None:
        return passage.place or passage.locator
    return cited(passage.locator, passage.article, within[0] + found[0], within[0] + found[1])
