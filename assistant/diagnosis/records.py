"""Diagnoses of one company as rows. Answers are only ever added: the latest to a question counts, the others stay."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, select

from assistant.diagnosis.answers import Answer, Evidence, Sheet
from assistant.diagnosis.errors import BadAnswerError, UnknownDiagnosisError, UnknownEvidenceError
from assistant.diagnosis.tables import diagnoses, diagnosis_answers, diagnosis_asked
from knowledge.instrument import Depth, Instrument

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

    def after(self, before: Given | None) -> Given:
        """This answer where `before` stood. The same choice made again keeps what was said and shown for it; another one
        begins anew."""
        if before is None or before.answer.value != self.answer.value:
            return self
        shown = {(each.document_id, each.path): each for each in (*before.answer.evidence, *self.answer.evidence)}
        answer = replace(self.answer, evidence=tuple(shown.values()), why=self.answer.why or before.answer.why)
        if self.said or not before.said:
            return replace(self, answer=answer)
        return replace(self, answer=answer, said=before.said, origin="said")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person was last asked in the conversation; `value` is what their words were taken for, to be confirmed.
    `on_purpose`: they went there themselves, whatever stood there. `at`: when, empty before it is kept.
    """

    item_id: str
    value: str | None = None
    said: str = ""
    on_purpose: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis. `parts`: who answers which dimension, by id; those not named are anybody's. Times are UTC.
    `skipped`: what each person left for later, in that order.

    `questions`: how many it asks. `day`: when it was last answered; `finished_day`: when its last question first had an answer, None where one has none.
    """

    diagnosis_id: str
    version: str
    depth: Depth
    questions: int
    started_by: str
    started_at: str
    touched_at: str
    day: date
    finished_day: date | None
    parts: Mapping[str, str]
    skipped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        return Sheet(self.depth, self.day, {name: given.answer for name, given in self.given.items()})

    def finished(self, instrument: Instrument) -> bool:
        """Whether every question of its depth has an answer, `unknown` being one. Of another version it is not known
        what was asked: then whether it was finished when it was kept."""
        if self.version != instrument.frame.version:
            return self.finished_day is not None
        return all(item.id in self.given for item in instrument.items(self.depth))


class Diagnoses:
    """The diagnoses of one place. The tables are in `engine`, which the caller owns."""

    def __init__(self, engine: Engine, here: Callable[[], Collection[str]] | None = None) -> None:
        """`here`: the ids of those who may answer now. Whoever is not among them any more holds no part."""
        self._engine = engine
        self._here = here

    def start(
        self, version: str, depth: Depth, person: str, day: date, known: Iterable[Given] = (),
        asked: Collection[str] = (),
    ) -> Diagnosis:  # fmt: skip
        """A new one, with the answers that are `known` already. `asked`: the questions that make it whole."""
        diagnosis_id, now, known = f"diag-{uuid.uuid4().hex[:24]}", _now(), list(known)
        finished = bool(asked) and {each.answer.item_id for each in known}.issuperset(asked)
        with self._engine.begin() as connection:
            connection.execute(
                diagnoses.insert().values(
                    diagnosis_id=diagnosis_id, version=version, depth=depth, questions=len(asked), started_by=person,
                    started_at=now, touched_at=now, day=day.isoformat(), finished_day=day.isoformat() if finished else None, parts={},
                    skipped={},
                )
            )  # fmt: skip
            self._keep(connection, diagnosis_id, known)
        return self.get(diagnosis_id)

    def list(self) -> list[Diagnosis]:
        """The newest first."""
        every = select(diagnoses).order_by(diagnoses.c.started_at.desc(), diagnoses.c.diagnosis_id)
        answers = select(diagnosis_answers).order_by(diagnosis_answers.c.ordinal)
        given: dict[str, dict[str, Given]] = {}
        with self._engine.connect() as connection:
            rows = connection.execute(every).all()
            for each in connection.execute(answers):
                given.setdefault(each.diagnosis_id, {})[each.item_id] = _given(each)
        return [self._made(row, given.get(row.diagnosis_id, {})) for row in rows]

    def get(self, diagnosis_id: str) -> Diagnosis:
        with self._engine.connect() as connection:
            return self._read(connection, diagnosis_id)

    def before(self, diagnosis: Diagnosis) -> Diagnosis | None:
        """The newest by the same version that was begun before this one and finished on an earlier day: what is answered
        twice on a day is the same diagnosis made again."""
        of, day = diagnoses.c, (diagnosis.finished_day or diagnosis.day).isoformat()
        earlier = (of.version == diagnosis.version) & (of.started_at < diagnosis.started_at) & (of.finished_day < day)
        query = select(of.diagnosis_id).where(earlier).order_by(of.started_at.desc()).limit(1)
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar_one_or_none()
            return None if found is None else self._read(connection, found)

    def answer(
        self, diagnosis_id: str, given: Sequence[Given], day: date, asked: Collection[str] = ()
    ) -> Diagnosis:  # fmt: skip
        """Keep answers, as `Given.after` has it. What the person was asked about them is answered with that.

        `asked`: the questions that make the diagnosis whole; the first day on which it is so is kept.
        """
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id, day=day.isoformat())
            stood = self._read(connection, diagnosis_id)
            self._keep(connection, diagnosis_id, [each.after(stood.given.get(each.answer.item_id)) for each in given])
            for each in given:
                this = diagnosis_asked.c
                mine = (this.diagnosis_id == diagnosis_id) & (this.item_id == each.answer.item_id)
                connection.execute(diagnosis_asked.delete().where(mine & (this.person == each.by)))
            whole = bool(asked) and {*stood.given, *(each.answer.item_id for each in given)}.issuperset(asked)
            if whole and stood.finished_day is None:
                self._touch(connection, diagnosis_id, finished_day=day.isoformat())
            return self._read(connection, diagnosis_id)

    def withdraw(self, diagnosis_id: str, item_id: str, document_id: str, person: str, day: date) -> Diagnosis:
        """Take a document away from what stands behind an answer. Raises UnknownEvidenceError where it does not."""
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id, day=day.isoformat())
            stood = self._read(connection, diagnosis_id).given.get(item_id)
            held = stood.answer.evidence if stood else ()
            left = tuple(each for each in held if each.document_id != document_id)
            if stood is None or len(left) == len(held):
                raise UnknownEvidenceError("unknown_evidence")
            now = replace(stood, answer=replace(stood.answer, evidence=left), by=person, at=_now())
            self._keep(connection, diagnosis_id, [now])
            return self._read(connection, diagnosis_id)

    def take_parts(
        self, diagnosis_id: str, person: str, dimensions: Sequence[str], released: Collection[str] = ()
    ) -> Diagnosis:  # fmt: skip
        """Say which dimensions a person answers, in place of what was said of them before. `released` are nobody's then,
        whoever had them.

        Raises BadAnswerError for one that is somebody else's, as it stands now: two may take the same at once.
        """
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id)
            parts = self._read(connection, diagnosis_id).parts
            others = {part: who for part, who in parts.items() if who != person and part not in released}
            if not others.keys().isdisjoint(dimensions):
                raise BadAnswerError("part_taken")
            self._touch(connection, diagnosis_id, parts=others | dict.fromkeys(dimensions, person))
            return self._read(connection, diagnosis_id)

    def asked(self, diagnosis_id: str, person: str) -> Asked | None:
        """What the person was asked last, on whichever device."""
        with self._engine.connect() as connection:
            row = connection.execute(select(diagnosis_asked).where(_persons(diagnosis_id, person))).one_or_none()
        return None if row is None else Asked(row.item_id, row.value, row.said, row.on_purpose, row.at)

    def ask(self, diagnosis_id: str, person: str, asked: Asked) -> None:
        """Keep what the person is asked now."""
        values = asdict(replace(asked, at=_now()))
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id)
            connection.execute(diagnosis_asked.delete().where(_persons(diagnosis_id, person)))
            connection.execute(diagnosis_asked.insert().values(diagnosis_id=diagnosis_id, person=person, **values))

    def forget_asked(self, diagnosis_id: str, person: str) -> None:
        """The person is asked nothing in particular any more."""
        with self._engine.begin() as connection:
            connection.execute(diagnosis_asked.delete().where(_persons(diagnosis_id, person)))

    def skip(self, diagnosis_id: str, person: str, item_id: str) -> Diagnosis:
        """The person leaves a question for later: after all they left before."""
        with self._engine.begin() as connection:
            self._touch(connection, diagnosis_id)
            skipped = self._read(connection, diagnosis_id).skipped
            theirs = [*(each for each in skipped.get(person, ()) if each != item_id), item_id]
            self._touch(connection, diagnosis_id, skipped={**skipped, person: theirs})
            connection.execute(diagnosis_asked.delete().where(_persons(diagnosis_id, person)))
            return self._read(connection, diagnosis_id)

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

    def _keep(self, connection: Connection, diagnosis_id: str, given: Iterable[Given]) -> None:
        last = select(func.coalesce(func.max(diagnosis_answers.c.ordinal), 0))
        ordinal = connection.execute(last.where(diagnosis_answers.c.diagnosis_id == diagnosis_id)).scalar_one()
        rows = [_row(diagnosis_id, ordinal + n, each) for n, each in enumerate(given, 1)]
        if rows:
            connection.execute(diagnosis_answers.insert(), rows)

    def _read(self, connection: Connection, diagnosis_id: str) -> Diagnosis:
        row = connection.execute(select(diagnoses).where(diagnoses.c.diagnosis_id == diagnosis_id)).one_or_none()
        if row is None:
            raise UnknownDiagnosisError("unknown_diagnosis")
        query = select(diagnosis_answers).where(diagnosis_answers.c.diagnosis_id == diagnosis_id)
        answers = connection.execute(query.order_by(diagnosis_answers.c.ordinal))
        return self._made(row, {each.item_id: _given(each) for each in answers})

    def _made(self, row: Row[Any], given: Mapping[str, Given]) -> Diagnosis:
        parts = dict(row.parts)
        if parts and self._here is not None:
            here = self._here()
            parts = {part: who for part, who in parts.items() if who in here}
        return Diagnosis(
            row.diagnosis_id, row.version, row.depth, row.questions, row.started_by, row.started_at, row.touched_at,
            date.fromisoformat(row.day), date.fromisoformat(row.finished_day) if row.finished_day else None, parts,
            row.skipped, given,
        )  # fmt: skip


def _persons(diagnosis_id: str, person: str) -> ColumnElement[bool]:
    return (diagnosis_asked.c.diagnosis_id == diagnosis_id) & (diagnosis_asked.c.person == person)


def _row(diagnosis_id: str, ordinal: int, given: Given) -> dict[str, Any]:
    answer = given.answer
    # In whatever order they were pointed at: the same answers make the same report.
    evidence = sorted(answer.evidence, key=lambda each: (each.title, each.path, each.document_id))
    return {
        "diagnosis_id": diagnosis_id,
        "ordinal": ordinal,
        "item_id": answer.item_id,
        "value": answer.value,
        "evidence": [asdict(each) for each in evidence],
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
