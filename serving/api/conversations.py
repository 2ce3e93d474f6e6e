"""`/api/conversations`: a person's own, to read again, delete and judge."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from assistant.records import Records
from serving.gate import Caller, caller
from serving.product import Product, product

router = APIRouter(prefix="/api/conversations", tags=["conversations"])


class Feedback(BaseModel):
    """A judgement of one answer; sent again, it replaces the earlier one."""

    model_config = ConfigDict(extra="forbid")

    turn_id: str
    rating: Literal[1, -1]
    comment: str | None = Field(default=None, max_length=2000)


def records(who: Annotated[Caller, Depends(caller)], made: Annotated[Product, Depends(product)]) -> Records:
    return made.records(who.company)


@router.get("")
def conversations(
    who: Annotated[Caller, Depends(caller)], kept: Annotated[Records, Depends(records)]
) -> dict[str, Any]:
    """The caller's conversations, newest first."""
    return {"conversations": [asdict(head) for head in kept.heads(who.person)]}


@router.get("/{conversation_id}")
def conversation(
    conversation_id: str, who: Annotated[Caller, Depends(caller)], kept: Annotated[Records, Depends(records)]
) -> dict[str, Any]:
    """One conversation with its turns in order."""
    turns = [asdict(turn) for turn in kept.turns(who.person, conversation_id)]
    return {"conversation_id": conversation_id, "turns": turns}


@router.delete("/{conversation_id}", status_code=204)
def delete(
    conversation_id: str, who: Annotated[Caller, Depends(caller)], kept: Annotated[Records, Depends(records)]
) -> None:
    kept.delete(who.person, conversation_id)


@router.post("/{conversation_id}/feedback", status_code=204)
def feedback(
    conversation_id: str,
    judgement: Feedback,
    who: Annotated[Caller, Depends(caller)],
    kept: Annotated[Records, Depends(records)],
) -> None:
    """Rate one answer: 1 helped, -1 did not."""
    kept.rate(who.person, conversation_id, judgement.turn_id, judgement.rating, judgement.comment)
