"""`/api/diagnoses`: the self-diagnosis as a conversation, as a form and by program, and its report."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, model_validator

from assistant import report as rendering
from assistant.asof import korea
from assistant.diagnosis.hearing import LONGEST
from assistant.diagnosis.records import Diagnosis
from assistant.diagnosis.turn import Shown
from assistant.diagnosis.wording import worded
from knowledge.instrument import Depth
from knowledge.usecases import use_cases
from serving.accounts.roles import Role
from serving.admission import Work
from serving.api.body import Body
from serving.api.diagnosis_wire import (
    Begun,
    Form,
    Hints,
    Listed,
    Said,
    begun,
    form,
    listed,
    said,
)
from serving.api.documents import as_download
from serving.api.instrument_wire import WireInstrument, described
from serving.api.problem import language_of, problems
from serving.api.report_wire import WireReport, report_wire
from serving.audit import Action
from serving.case_facts import publish
from serving.diagnosing import Diagnosing
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.office import Office
from serving.places import Opened
from serving.wiring import Desk, Wired, Wiring, opened

router = APIRouter(prefix="/api/diagnoses", tags=["diagnoses"])
Who = Annotated[Identity, Depends(identity)]
Mine = Annotated[Opened, Depends(opened)]
MOST_HINTS = 3
MOVED = problems(409)
"""Where the question has changed meanwhile, or the questions as a whole since the diagnosis was made."""
HTML = "text/html; charset=utf-8"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Wanted(Body):
    depth: Depth = Field(default="first", description="`first`: about 20 questions; `deep`: about 60")


class Chosen(Body):
    """An answer: one of the question's choices, or `unknown`."""

    question_id: str = Field(min_length=1, max_length=40)
    value: str = Field(min_length=1, max_length=40)
    evidence_document_id: str | None = Field(default=None, min_length=1, max_length=80)
    evidence_path: str = Field(
        default="", max_length=500, description="idShort path of an AAS element in that document"
    )
    why: str = Field(default="", max_length=1000, description="Why it holds, or why it is another than last time")

    @model_validator(mode="after")
    def _of_a_document(self) -> Self:
        if self.evidence_path and self.evidence_document_id is None:
            raise ValueError("evidence_path is of evidence_document_id")
        return self


class Spoken(Body):
    """What was said. With `question_id` it is heard only where that question is at hand, and a yes or no only where
    `proposed` is what is proposed for it (null: nothing): else 409."""

    text: str = Field(min_length=1, max_length=LONGEST)
    question_id: str | None = Field(
        default=None, min_length=1, max_length=40, description="The question that was shown"
    )
    proposed: str | None = Field(default=None, min_length=1, max_length=40, description="What was shown as proposed")


class At(Body):
    question_id: str = Field(min_length=1, max_length=40)


class Parts(Body):
    """Dimensions the caller answers alone; those the caller had before and does not name are anybody's again."""

    mine: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(max_length=20)
    release: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        default=[], max_length=20, description="Dimensions that are nobody's then, whoever had them: for an admin"
    )


def diagnosing(mine: Mine) -> Diagnosing:
    return mine.diagnosing


Made = Annotated[Diagnosing, Depends(diagnosing)]


@router.post("")
@may(Rule.WRITE)
def start(who: Who, made: Made, desk: Desk, wired: Wired, body: Wanted | None = None) -> Begun:
    """Begin a diagnosis. What the company's profile, AAS or last diagnosis tell is answered already."""
    diagnosis = made.interview.start(body.depth if body else "first", who.person)
    desk.books.record(who.place, who.person, Action.DIAGNOSIS_STARTED, diagnosis.diagnosis_id)
    if made.settle():
        publish(wired.consents, who.company or "", made.case, korea())
    _kept(diagnosis, who, made, desk, wired)
    return begun(made, diagnosis, who.person)


@router.get("")
@may(Rule.CASE)
def every(made: Made) -> Listed:
    """The company's diagnoses, the newest first."""
    return listed(made, made.kept.list())


@router.get("/instrument")
@may(Rule.READ)
def asked(made: Made) -> WireInstrument:
    """What is asked about and by which sources; the goals, losses, sectors, machines and use cases there are, by name."""
    return described(made.instrument, use_cases())


@router.get("/{diagnosis_id}", responses=MOVED)
@may(Rule.CASE)
def one(diagnosis_id: str, who: Who, made: Made) -> Form:
    """A diagnosis as a form: every question of its depth with its choices, and the answers so far."""
    return form(made, made.diagnosis(diagnosis_id), who.person)


@router.post("/{diagnosis_id}/answers", responses=MOVED)
@may(Rule.WRITE)
def answer(diagnosis_id: str, body: Chosen, who: Who, made: Made, desk: Desk, wired: Wired) -> Begun:
    """Answer a question, or answer it anew. The same choice again keeps its evidence, why and own words, and adds to them."""
    diagnosis = made.diagnosis(diagnosis_id)
    evidence = []
    if body.evidence_document_id:
        item = made.interview.checked(diagnosis, body.question_id, body.value)
        evidence = [made.evidence(item, body.value, body.evidence_document_id, body.evidence_path)]
    kept = made.interview.answer(diagnosis, who.person, body.question_id, body.value, evidence, body.why)
    _kept(kept, who, made, desk, wired)
    return begun(made, kept, who.person)


@router.delete("/{diagnosis_id}/answers/{question_id}/evidence/{document_id}", status_code=204, responses=MOVED)
@may(Rule.WRITE)
def withdraw(
    diagnosis_id: str, question_id: str, document_id: str, who: Who, made: Made, desk: Desk, wired: Wired
) -> None:
    """Take a document away from behind an answer, which stays."""
    diagnosis = made.interview.withdraw(made.diagnosis(diagnosis_id), who.person, question_id, document_id)
    _kept(diagnosis, who, made, desk, wired)


@router.post("/{diagnosis_id}/say", responses=MOVED)
@may(Rule.WRITE, Work.SEARCH)
async def say(
    request: Request, diagnosis_id: str, body: Spoken, who: Who, made: Made, desk: Desk, wired: Wired
) -> Said:
    """Answer in one's own words. What they were taken for is to be confirmed by saying yes, or chosen otherwise."""
    diagnosis = await asyncio.to_thread(made.diagnosis, diagnosis_id)
    turn = await made.interview.say(diagnosis, who.person, body.text, Shown(body.question_id, body.proposed))
    if turn.outcome in {"recorded", "done"}:
        await asyncio.to_thread(_kept, turn.diagnosis, who, made, desk, wired)
    return await asyncio.to_thread(said, made, turn, who.person, worded(turn, language_of(request)))


@router.post("/{diagnosis_id}/at", responses=MOVED)
@may(Rule.WRITE)
def go_to(diagnosis_id: str, body: At, who: Who, made: Made) -> Begun:
    """Go to a question, answered or not: the conversation goes on there."""
    diagnosis = made.diagnosis(diagnosis_id)
    made.interview.ask(diagnosis, who.person, body.question_id)
    return begun(made, diagnosis, who.person)


@router.put("/{diagnosis_id}/parts", responses=MOVED)
@may(Rule.WRITE)
def parts(diagnosis_id: str, body: Parts, who: Who, made: Made) -> Begun:
    """Take dimensions to answer alone: nobody else is asked their questions, or may answer them. An admin may release
    anybody's."""
    if body.release and who.role != Role.ADMIN:
        raise RequestError("forbidden", 403)
    diagnosis = made.interview.take(made.diagnosis(diagnosis_id), who.person, body.mine, body.release)
    return begun(made, diagnosis, who.person)


@router.get("/{diagnosis_id}/hints/{question_id}", responses=MOVED)
@may(Rule.CASE, Work.SEARCH)
def hints(diagnosis_id: str, question_id: str, mine: Mine, made: Made) -> Hints:
    """The company's own documents that might stand for an answer."""
    item = made.interview.item(made.diagnosis(diagnosis_id), question_id)
    _, passages = mine.finder.search(f"{item.papers} {made.instrument.area_of(item.id).name}", 20)
    own = {each.document_id: each for each in passages if mine.documents.holds(each.document_id)}
    return {
        "documents": [
            {"document_id": each.document_id, "title": each.title, "locator": each.locator}
            for each in list(own.values())[:MOST_HINTS]
        ]
    }


@router.delete("/{diagnosis_id}", status_code=204)
@may(Rule.WRITE)
def delete(diagnosis_id: str, who: Who, made: Made, desk: Desk, wired: Wired) -> None:
    """Remove a diagnosis with its answers; what it found counts no longer in the case file."""
    made.delete(diagnosis_id, who.person, korea())
    publish(wired.consents, who.company or "", made.case, korea())
    desk.books.record(who.place, who.person, Action.DIAGNOSIS_DELETED, diagnosis_id)


FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            HTML: {"schema": {"type": "string"}},
            PDF: {"schema": {"type": "string", "format": "binary"}},
            DOCX: {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


@router.get("/{diagnosis_id}/report", response_model=WireReport, responses={**FILES, **MOVED})
@may(Rule.CASE, Work.FILE)
def report(
    request: Request,
    diagnosis_id: str,
    who: Who,
    made: Made,
    desk: Desk,
    format: Literal["json", "html", "fragment", "pdf", "docx"] = "json",  # noqa: A002 - the parameter's name on the wire
) -> Any:
    """The report: JSON, a page, a part for a page, PDF or DOCX. The same answers make the same bytes."""
    found = made.report(made.diagnosis(diagnosis_id), _company(desk, who))
    if format == "json":
        return report_wire(found)
    language = language_of(request)
    if format == "fragment":
        return Response(rendering.html(found, language), media_type=HTML)
    made_file, media_type = {
        "html": (rendering.page, HTML),
        "pdf": (rendering.pdf, PDF),
        "docx": (rendering.docx, DOCX),
    }[format]
    data = made_file(found, language)
    desk.books.record(who.place, who.person, Action.DIAGNOSIS_REPORTED, diagnosis_id, format=format)
    return Response(data, media_type=media_type, headers=as_download(f"진단보고서-{found.day}.{format}"))


def _kept(diagnosis: Diagnosis, who: Identity, made: Diagnosing, desk: Office, wired: Wiring) -> None:
    """After an answer: a finished diagnosis stands in the case file, and what the company agreed to publish is brought up
    to date, also where that was cut short the last time."""
    if made.close(diagnosis.diagnosis_id, _company(desk, who), who.person, korea()):
        desk.books.record(who.place, who.person, Action.DIAGNOSIS_FINISHED, diagnosis.diagnosis_id)
    if diagnosis.finished(made.instrument):
        publish(wired.consents, who.company or "", made.case, korea())


def _company(desk: Office, who: Identity) -> str:
    return desk.accounts.companies.find(who.company).name if who.company else ""
