"""A diagnosis on the wire: questions, answers, what a thing said led to, the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Literal

from typing_extensions import TypedDict

from assistant.diagnosis.answers import Held, Sheet
from assistant.diagnosis.hearing import LONGEST
from assistant.diagnosis.records import Diagnosis, Given, Origin
from assistant.diagnosis.turn import Outcome, Turn
from assistant.diagnosis.wording import UNKNOWN_CHOICE
from knowledge.instrument import UNKNOWN, Depth, Item
from serving.diagnosing import Diagnosing


class WireChoice(TypedDict):
    """From worst to best, `unknown` last. `seen`: what one would see on the floor."""

    value: str
    text: str
    seen: str


class WireQuestion(TypedDict):
    question_id: str
    text: str
    choices: list[WireChoice]
    why: str
    dimension: str
    dimension_name: str
    area: str
    depth: Depth


class WireProgress(TypedDict):
    """`left_to_others`: questions without an answer that somebody else has taken."""

    answered: int
    total: int
    left_to_others: int


class WireEvidence(TypedDict):
    document_id: str
    title: str
    path: str
    state: Literal["supports", "against"]
    note: str


class WireAnswer(TypedDict):
    """`held`: 선언 or 근거 있음. `origin`: chosen from the list, said in own words and confirmed, or known from elsewhere."""

    question_id: str
    value: str
    text: str
    held: Held
    evidence: list[WireEvidence]
    why: str
    origin: Origin
    said: str
    by: str
    at: str


class Begun(TypedDict):
    """`next`: the question at hand for the caller, null where none is left; `proposed`: what the caller's last words were
    taken for, to be confirmed."""

    diagnosis_id: str
    next: WireQuestion | None
    proposed: str | None
    progress: WireProgress


class Said(TypedDict):
    """What a thing said led to, and the question to go on with. `text` is to be shown. A `question` is to be put to
    `/api/ask`; then `next` is asked again. `nearest`: the likeliest choices where it was not clear."""

    diagnosis_id: str
    outcome: Outcome
    text: str
    proposed: str | None
    nearest: list[str]
    next: WireQuestion | None
    progress: WireProgress


class ListedDiagnosis(TypedDict):
    """`current`: made with the questions there are now. Any other can be deleted, and no more. `closed`: finished so long
    ago that its answers can be changed no more."""

    diagnosis_id: str
    version: str
    depth: Depth
    day: str
    started_at: str
    touched_at: str
    current: bool
    finished: bool
    closed: bool
    answered: int
    total: int


class Listed(TypedDict):
    diagnoses: list[ListedDiagnosis]


class Form(Begun):
    """All questions in the order they are asked. `closed`: as in `ListedDiagnosis`. `parts`: who has taken which dimension. `longest`: characters that may be
    said at once."""

    version: str
    depth: Depth
    day: str
    finished: bool
    closed: bool
    questions: list[WireQuestion]
    answers: list[WireAnswer]
    parts: dict[str, str]
    longest: int
    notice: str


class Hint(TypedDict):
    document_id: str
    title: str
    locator: str


class Hints(TypedDict):
    documents: list[Hint]


def question(made: Diagnosing, item: Item) -> WireQuestion:
    dimension = made.instrument.dimension_of(item.id)
    choices: list[WireChoice] = [
        {"value": anchor.value, "text": anchor.text, "seen": anchor.seen} for anchor in item.anchors
    ]
    return {
        "question_id": item.id,
        "text": item.text,
        "choices": [*choices, {"value": UNKNOWN, "text": UNKNOWN_CHOICE, "seen": ""}],
        "why": item.why,
        "dimension": dimension.id,
        "dimension_name": dimension.name,
        "area": made.instrument.area_of(item.id).name,
        "depth": item.depth,
    }


def begun(made: Diagnosing, diagnosis: Diagnosis, person: str) -> Begun:
    at_hand = made.interview.at_hand(diagnosis, person)
    return {
        "diagnosis_id": diagnosis.diagnosis_id,
        "next": question(made, at_hand[0]) if at_hand else None,
        "proposed": at_hand[1] if at_hand else None,
        "progress": _progress(made, diagnosis, person),
    }


def said(made: Diagnosing, turn: Turn, person: str, text: str) -> Said:
    now = begun(made, turn.diagnosis, person)
    return {
        "diagnosis_id": now["diagnosis_id"],
        "outcome": turn.outcome,
        "text": text,
        "proposed": now["proposed"],
        "nearest": list(turn.nearest),
        "next": now["next"],
        "progress": now["progress"],
    }


def form(made: Diagnosing, diagnosis: Diagnosis, person: str) -> Form:
    standing = made.standing(diagnosis)
    return {
        **begun(made, diagnosis, person),
        "version": diagnosis.version,
        "depth": diagnosis.depth,
        "day": diagnosis.day.isoformat(),
        "finished": diagnosis.finished(made.instrument),
        "closed": made.interview.closed(diagnosis),
        "questions": [question(made, item) for item in made.instrument.items(diagnosis.depth)],
        "answers": [_answer(made, given, standing) for given in _in_order(made, diagnosis)],
        "parts": dict(diagnosis.parts),
        "longest": LONGEST,
        "notice": made.instrument.frame.notice,
    }


def listed(made: Diagnosing, diagnoses: Sequence[Diagnosis]) -> Listed:
    return {"diagnoses": [_listed(made, each) for each in diagnoses]}


def _progress(made: Diagnosing, diagnosis: Diagnosis, person: str) -> WireProgress:
    asked = [item.id for item in made.instrument.items(diagnosis.depth)]
    return {
        "answered": sum(name in diagnosis.given for name in asked),
        "total": len(asked),
        "left_to_others": made.interview.left_to_others(diagnosis, person),
    }


def _listed(made: Diagnosing, diagnosis: Diagnosis) -> ListedDiagnosis:
    return {
        "diagnosis_id": diagnosis.diagnosis_id,
        "version": diagnosis.version,
        "depth": diagnosis.depth,
        "day": diagnosis.day.isoformat(),
        "started_at": diagnosis.started_at,
        "touched_at": diagnosis.touched_at,
        "current": made.current(diagnosis),
        "finished": diagnosis.finished(made.instrument),
        "closed": made.interview.closed(diagnosis),
        "answered": len(diagnosis.given),
        "total": diagnosis.questions,
    }


def _in_order(made: Diagnosing, diagnosis: Diagnosis) -> Iterable[Given]:
    return (diagnosis.given[item.id] for item in made.instrument.items() if item.id in diagnosis.given)


def _answer(made: Diagnosing, given: Given, standing: Sheet) -> WireAnswer:
    answer = standing.answers[given.answer.item_id]
    item = made.instrument.item(answer.item_id)
    return {
        "question_id": answer.item_id,
        "value": answer.value,
        "text": UNKNOWN_CHOICE if answer.value == UNKNOWN else item.anchor(answer.value).text,
        "held": answer.held,
        "evidence": [asdict(each) for each in answer.evidence],  # type: ignore[misc]
        "why": answer.why,
        "origin": given.origin,
        "said": given.said,
        "by": given.by,
        "at": given.at,
    }
