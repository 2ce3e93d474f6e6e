"""Diagnoses of one company as rows. Answers are only ever added: the latest to a question counts, the others stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    func,
    select,
)

from assistant.diagnosis.answers import Answer, Evidence, Sheet
from assistant.diagnosis.errors import BadAnswerError, UnknownDiagnosisError
from knowledge.instrument import Depth, Instrument

metadata = MetaData()
diagnoses = Table(
    "diagnoses",
    metadata,
    Column("diagnosis_id", String(40), primary_key=True),
    Column("version", String(20), nullable=False),
    Column("depth", String(10), nullable=False),
    Column("started_by", String(80), nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("touched_at", String(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("parts", JSON, nullable=False),
)
diagnosis_answers = Table(
    "diagnosis_answers",
    metadata,
    Column("diagnosis_id", ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("item_id", String(40), nullable=False),
    Column("value", String(40), nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("why", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("origin", String(10), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", String(32), nullable=False),
)
diagnosis_asked = Table(
    "diagnosis_asked",
    metadata,
    Column("diagnosis_id", ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("item_id", String(40), nullable=False),
    Column("value", String(40)),
    Column("said", Text, nullable=False),
)
Origin = Literal["chosen", "said", "known"]
"""Chosen from the list; said in free text and confirmed; known from a document, an AAS or an earlier diagnosis."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer with how it came: who gave it when, and what they said."""

    answer: Answer
    origin: Origin
    by: str
    at: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person was last asked in the conversation; `value` is what their words were taken for, to be confirmed."""

    item_id: str
    value: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis. `parts`: who answers which dimension, by id; those not named are anybody's. Times are UTC."""

    diagnosis_id: str
    version: str
    depth: Depth
    started_by: str
    started_at: str
    touched_at: str
    day: date
    parts: Mapping[str, str]
    given: Mapping[str, Given] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        return Sheet(self.depth, self.day, {name: given.answer for name, given in self.given.items()})

    def finished(self, instrument: Instrument) -> bool:
        """Whether every question of its depth has an answer, `unknown` being one."""
        return all(item.id in self.given for item in instrument.items(self.depth))


class Diagnoses:
    """The diagnoses of one place. The tables are in `engine`, which the caller owns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, version: str, depth: Depth, person: str, day: date, known: Iterable[Given] = ()) -> Diagnosis:
        """A new one, with the answers that are `known` already."""
        diagnosis_id, now = f"diag-{uuid.uuid4().hex[:24]}", _now()
        with self._engine.begin() as connection:
            connection.execute(
                diagnoses.insert().values(
                    diagnosis_id=diagnosis_id, version=version, depth=depth, started_by=person, started_at=now,
                    touched_at=now, day=day.isoformat(), parts={},
                )
            )  # fmt: skip
            rows = [_row(diagnosis_id, ordinal, given) for ordinal, given in enumerate(known, 1)]
            if rows:
                connection.execute(diagnosis_answers.insert(), rows)
        return self.get(diagnosis_id)

    def list(self) -> list[Diagnosis]:
        """The newest first."""
        query = select(diagnoses.c.diagnosis_id).order_by(diagnoses.c.started_at.desc(), diagnoses.c.diagnosis_id)
        with self._engine.connect() as connection:
            return [_read(connection, row.diagnosis_id) for row in connection.execute(query)]

    def get(self, diagnosis_id: str) -> Diagnosis:
        with self._engine.connect() as connection:
            return _read(connection, diagnosis_id)

    def answer(self, diagnosis_id: str, given: Sequence[Given], day: date) -> Diagnosis:
        """Keep answers. What the person was asked about them is answered with that."""
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id, day=day.isoformat())
            last = select(func.coalesce(func.max(diagnosis_answers.c.ordinal), 0))
            ordinal = connection.execute(last.where(diagnosis_answers.c.diagnosis_id == diagnosis_id)).scalar_one()
            rows = [_row(diagnosis_id, ordinal + n, each) for n, each in enumerate(given, 1)]
            connection.execute(diagnosis_answers.insert(), rows)
            for each in given:
                asked = diagnosis_asked.c
                mine = (asked.diagnosis_id == diagnosis_id) & (asked.item_id == each.answer.item_id)
                connection.execute(diagnosis_asked.delete().where(mine & (asked.person == each.by)))
            return _read(connection, diagnosis_id)

    def take_parts(self, diagnosis_id: str, person: str, dimensions: Sequence[str]) -> Diagnosis:
        """Say which dimensions a person answers, in place of what was said of them before.

        Raises BadAnswerError for one that is somebody else's, as it stands now: two may take the same at once.
        """
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id)
            others = {part: who for part, who in _read(connection, diagnosis_id).parts.items() if who != person}
            if not others.keys().isdisjoint(dimensions):
                raise BadAnswerError("part_taken")
            self._touch(connection, diagnosis_id, parts=others | dict.fromkeys(dimensions, person))
            return _read(connection, diagnosis_id)

    def asked(self, diagnosis_id: str, person: str) -> Asked | None:
        """What the person was asked last, on whichever device."""
        table = diagnosis_asked.c
        query = select(diagnosis_asked).where(table.diagnosis_id == diagnosis_id, table.person == person)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Asked(row.item_id, row.value, row.said)

    def ask(self, diagnosis_id: str, person: str, asked: Asked) -> None:
        """Keep what the person is asked now."""
        table = diagnosis_asked.c
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id)
            connection.execute(
                diagnosis_asked.delete().where((table.diagnosis_id == diagnosis_id) & (table.person == person))
            )
            connection.execute(
                diagnosis_asked.insert().values(diagnosis_id=diagnosis_id, person=person, **asdict(asked))
            )

    def delete(self, diagnosis_id: str) -> None:
        """Remove a diagnosis with its answers."""
        with self._engine.begin() as connection:
            if not connection.execute(diagnoses.delete().where(diagnoses.c.diagnosis_id == diagnosis_id)).rowcount:
                raise UnknownDiagnosisError("unknown_diagnosis")

    def _touch(self, connection: Connection, diagnosis_id: str, **values: Any) -> None:
        """Written before anything is read, so that the diagnosis is this transaction's alone."""
        this = diagnoses.update().where(diagnoses.c.diagnosis_id == diagnosis_id)
        if not connection.execute(this.values(touched_at=_now(), **values)).rowcount:
            raise UnknownDiagnosisError("unknown_diagnosis")


def _read(connection: Connection, diagnosis_id: str) -> Diagnosis:
    row = connection.execute(select(diagnoses).where(diagnoses.c.diagnosis_id == diagnosis_id)).one_or_none()
    if row is None:
        raise UnknownDiagnosisError("unknown_diagnosis")
    query = select(diagnosis_answers).where(diagnosis_answers.c.diagnosis_id == diagnosis_id)
    given = {each.item_id: _given(each) for each in connection.execute(query.order_by(diagnosis_answers.c.ordinal))}
    return Diagnosis(
        row.diagnosis_id, row.version, row.depth, row.started_by, row.started_at, row.touched_at,
        date.fromisoformat(row.day), dict(row.parts), given,
    )  # fmt: skip


def _row(diagnosis_id: str, ordinal: int, given: Given) -> dict[str, Any]:
    answer = given.answer
    return {
        "diagnosis_id": diagnosis_id,
        "ordinal": ordinal,
        "item_id": answer.item_id,
        "value": answer.value,
        "evidence": [asdict(each) for each in answer.evidence],
        "why": answer.why,
        "said": given.said,
        "origin": given.origin,
        "by": given.by,
        "at": given.at,
    }


def _given(row: Row[Any]) -> Given:
    evidence = tuple(Evidence(**each) for each in row.evidence)
    return Given(Answer(row.item_id, row.value, evidence, row.why), row.origin, row.by, row.at, row.said)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
