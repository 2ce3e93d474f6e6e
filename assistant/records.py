"""Conversations of one company as rows: every question is kept before it is answered, every shown sentence once shown."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Engine, ForeignKey, Integer, MetaData, Row, String, Table, Text, func, select

from assistant.errors import UnknownConversationError

metadata = MetaData()
conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
)
turns = Table(
    "turns",
    metadata,
    Column("turn_id", String, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.conversation_id", ondelete="CASCADE"), index=True),
    Column("ordinal", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("answer", Text, nullable=False, default=""),
    Column("reply", JSON),
    Column("rating", Integer),
    Column("comment", Text),
    Column("created_at", String, nullable=False),
)
TITLE_LENGTH = 60


class TurnState(StrEnum):
    """`open` while being answered; `interrupted` where the process ended before the answer did."""

    OPEN = "open"
    DONE = "done"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what was shown for it. `reply` is the wire object of the whole answer with the
    `evidence` shown before it, empty until it is done."""

    turn_id: str
    question: str
    answer: str
    state: TurnState
    reply: dict[str, Any]
    rating: int | None
    comment: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class ConversationHead:
    """A conversation in a list."""

    conversation_id: str
    title: str
    created_at: str
    updated_at: str
    turns: int


class Records:
    """Conversations of one company; each call names the person, and sees that person's alone.

    The tables are in `engine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recover(self) -> int:
        """Mark turns that a killed process left open as interrupted: how many."""
        with self._engine.begin() as connection:
            statement = turns.update().where(turns.c.state == TurnState.OPEN).values(state=TurnState.INTERRUPTED)
            return connection.execute(statement).rowcount

    def open_turn(self, person: str, question: str, conversation_id: str | None) -> tuple[str, str]:
        """Keep the question, in a new conversation where none is named: (conversation id, turn id)."""
        now = _now()
        with self._engine.begin() as connection:
            if conversation_id is None:
                conversation_id = f"conv-{uuid.uuid4().hex}"
                connection.execute(
                    conversations.insert().values(
                        conversation_id=conversation_id,
                        person=person,
                        title=" ".join(question.split())[:TITLE_LENGTH],
                        created_at=now,
                        updated_at=now,
                    )
                )
            else:
                owned = (conversations.c.conversation_id == conversation_id) & (conversations.c.person == person)
                touched = connection.execute(conversations.update().where(owned).values(updated_at=now))
                if not touched.rowcount:
                    raise UnknownConversationError("unknown_conversation")
            last = select(func.coalesce(func.max(turns.c.ordinal), 0)).where(turns.c.conversation_id == conversation_id)
            ordinal = connection.execute(last).scalar_one() + 1
            turn_id = f"turn-{uuid.uuid4().hex}"
            connection.execute(
                turns.insert().values(
                    turn_id=turn_id,
                    conversation_id=conversation_id,
                    ordinal=ordinal,
                    question=question,
                    state=TurnState.OPEN,
                    answer="",
                    created_at=now,
                )
            )
        return conversation_id, turn_id

    def save(self, turn_id: str, answer: str, state: TurnState, reply: dict[str, Any] | None = None) -> None:
        """Keep what has been shown so far. A turn whose conversation was deleted meanwhile stays deleted."""
        values: dict[str, Any] = {"answer": answer, "state": state}
        if reply is not None:
            values["reply"] = reply
        with self._engine.begin() as connection:
            connection.execute(turns.update().where(turns.c.turn_id == turn_id).values(**values))

    def heads(self, person: str, limit: int = 100) -> list[ConversationHead]:
        """Newest first."""
        count = select(func.count()).where(turns.c.conversation_id == conversations.c.conversation_id).scalar_subquery()
        query = (
            select(conversations, count.label("turns"))
            .where(conversations.c.person == person)
            .order_by(conversations.c.updated_at.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [
                ConversationHead(row.conversation_id, row.title, row.created_at, row.updated_at, row.turns)
                for row in connection.execute(query)
            ]

    def turns(self, person: str, conversation_id: str) -> list[Turn]:
        """Turns in order. Raises UnknownConversationError where this person has no such conversation."""
        owned = (conversations.c.conversation_id == conversation_id) & (conversations.c.person == person)
        query = select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.ordinal)
        with self._engine.connect() as connection:
            if connection.execute(select(conversations.c.title).where(owned)).one_or_none() is None:
                raise UnknownConversationError("unknown_conversation")
            return [_turn(row) for row in connection.execute(query)]

    def delete(self, person: str, conversation_id: str) -> None:
        self.turns(person, conversation_id)
        with self._engine.begin() as connection:
            connection.execute(turns.delete().where(turns.c.conversation_id == conversation_id))
            connection.execute(conversations.delete().where(conversations.c.conversation_id == conversation_id))

    def rate(self, person: str, conversation_id: str, turn_id: str, rating: int, comment: str | None) -> None:
        """Keep a person's judgement of one answer: `rating` is 1 or -1; rating again replaces it."""
        if turn_id not in {turn.turn_id for turn in self.turns(person, conversation_id)}:
            raise UnknownConversationError("unknown_turn")
        with self._engine.begin() as connection:
            statement = turns.update().where(turns.c.turn_id == turn_id).values(rating=rating, comment=comment)
            connection.execute(statement)


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        row.turn_id,
        row.question,
        row.answer,
        TurnState(row.state),
        row.reply or {},
        row.rating,
        row.comment,
        row.created_at,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
