"""`/api/conversations`: a person's own, to read again, delete and judge."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from typing_extensions import TypedDict

from assistant.records import ConversationHead, Records, Turn
from serving.api.body import Body
from serving.gate import Identity, Rule, identity, may
from serving.places import Opened
from serving.wiring import opened

router = APIRouter(prefix="/api/conversations", tags=["conversations"])


class Feedback(Body):
    """A judgement of one answer; sent again, it replaces the earlier one."""

    turn_id: str
    rating: Literal[1, -1]
    comment: str | None = Field(default=None, max_length=2000)


class Conversations(TypedDict):
    conversations: list[ConversationHead]


class KeptConversation(TypedDict):
    conversation_id: str
    turns: list[Turn]


def records(mine: Annotated[Opened, Depends(opened)]) -> Records:
    return mine.records


@router.get("")
@may(Rule.READ)
def conversations(
    who: Annotated[Identity, Depends(identity)], kept: Annotated[Records, Depends(records)]
) -> Conversations:
    """The caller's conversations, newest first."""
    return {"conversations": kept.heads(who.person)}


@router.get("/{conversation_id}")
@may(Rule.READ)
def conversation(
    conversation_id: str, who: Annotated[Identity, Depends(identity)], kept: Annotated[Records, Depends(records)]
) -> KeptConversation:
    """One conversation with its turns in order."""
    return {"conversation_id": conversation_id, "turns": kept.turns(who.person, conversation_id)}


@router.delete("/{conversation_id}", status_code=204)
@may(Rule.READ)
def delete(
    conversation_id: str, who: Annotated[Identity, Depends(identity)], kept: Annotated[Records, Depends(records)]
) -> None:
    kept.delete(who.person, conversation_id)


@router.post("/{conversation_id}/feedback", status_code=204)
@may(Rule.READ)
def feedback(
    conversation_id: str,
    judgement: Feedback,
    who: Annotated[Identity, Depends(identity)],
    kept: Annotated[Records, Depends(records)],
) -> None:
    """Rate one answer: 1 helped, -1 did not."""
    kept.rate(who.person, conversation_id, judgement.turn_id, judgement.rating, judgement.comment)
