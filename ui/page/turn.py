"""One question and what is known of its answer so far: the page's own picture of a turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Phase = Literal["seeking", "writing", "done", "open", "stopped", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class Card:
    """One numbered piece of evidence. `quotes` are verbatim stretches that the answer rests on, white space folded."""

    n: int
    document_id: str
    title: str
    page: int | None
    locator: str
    text: str
    source: Mapping[str, Any] | None = None
    effective: str | None = None
    standing: str | None = None
    closes: str | None = None
    in_force_until: str | None = None
    section: int | None = None
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """`live` while the answer is on its way; `error` is the sentence of a turn that failed."""

    question: str
    phase: Phase = "seeking"
    turn_id: str = ""
    conversation_id: str = ""
    cards: tuple[Card, ...] = ()
    answer: str = ""
    place: int | None = None
    abstained: bool = False
    degraded: str | None = None
    notices: tuple[str, ...] = ()
    removed: int = 0
    model: str = ""
    seconds: float | None = None
    rating: int | None = None
    comment: str | None = None
    error: str = ""
    created_at: str = ""

    @property
    def live(self) -> bool:
        return self.phase in {"seeking", "writing"}

    def after(self, event: str, data: Mapping[str, Any]) -> Turn:
        """The turn once an event of `/api/ask` has come in; an event of a later version changes nothing."""
        if event == "evidence":
            return replace(
                self,
                phase="writing",
                cards=tuple(_card(item) for item in data["evidence"]),
                turn_id=data.get("turn_id") or "",
                conversation_id=data.get("conversation_id") or "",
                place=None,
            )
        if event == "waiting":
            return replace(self, place=data["place"])
        if event == "token":
            return replace(self, phase="writing", answer=self.answer + data["text"], place=None)
        if event == "answer":
            return self._replied(data)
        return self

    def stopped(self) -> Turn:
        return replace(self, phase="stopped") if self.live else self

    def failed(self, error: str) -> Turn:
        return replace(self, phase="failed", error=error)

    def rated(self, rating: int, comment: str | None) -> Turn:
        return replace(self, rating=rating, comment=comment)

    def _replied(self, reply: Mapping[str, Any]) -> Turn:
        citations = reply.get("citations") or ()
        return replace(
            self,
            phase="done",
            cards=_quoted(self.cards, citations),
            answer=reply["answer"],
            place=None,
            abstained=bool(reply.get("abstained")),
            degraded=reply.get("degraded"),
            notices=tuple(reply.get("notices") or ()),
            removed=(reply.get("claims") or {}).get("removed") or 0,
            model=reply.get("model") or "",
            seconds=((reply.get("ms") or {}).get("total") or 0) / 1000 or None,
        )


def recalled(kept: Mapping[str, Any], conversation_id: str) -> Turn:
    """A turn of `GET /api/conversations/{id}`, with the passages shown then."""
    turn = Turn(
        question=kept["question"],
        turn_id=kept["turn_id"],
        conversation_id=conversation_id,
        rating=kept.get("rating"),
        comment=kept.get("comment"),
        created_at=kept.get("created_at") or "",
        cards=tuple(_card(item) for item in (kept.get("reply") or {}).get("evidence") or ()),
    )
    if kept.get("reply"):
        turn = turn._replied(kept["reply"])
    return replace(turn, phase=kept["state"], answer=kept["answer"] or turn.answer)


def _card(item: Mapping[str, Any]) -> Card:
    return Card(
        n=int(item["n"]),
        document_id=item["document_id"],
        title=item["title"],
        page=item.get("page"),
        locator=item.get("locator") or "",
        text=item["text"],
        source=item.get("source"),
        effective=item.get("effective"),
        standing=item.get("standing"),
        closes=item.get("closes"),
        in_force_until=item.get("in_force_until"),
        section=item.get("section"),
    )


def _quoted(cards: tuple[Card, ...], citations: Any) -> tuple[Card, ...]:
    """The cards with what the answer quotes from each. A citation whose passage is not at hand becomes a card."""
    known = {card.n: card for card in cards}
    for citation in citations:
        n, quote = int(citation["n"]), citation["quote"]
        held = known.get(n)
        if held is None:
            known[n] = replace(_card({**citation, "text": quote}), quotes=(quote,))
            continue
        text = held.text if cards or quote in held.text else f"{held.text}\n{quote}"
        known[n] = replace(held, text=text, quotes=(*held.quotes, quote))
    return tuple(known[n] for n in sorted(known))
