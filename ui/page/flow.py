"""Where a visitor is in the tab for the diagnosis, as the page remembers it; the answers themselves are the server's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ui.page.turn import Turn

Json = Mapping[str, Any]
View = Literal["", "start", "talk", "form", "result", "record"]
"""Empty: the tab has not been opened yet."""
VIEWS: tuple[View, ...] = ("start", "talk", "form", "result", "record")
Kind = Literal["chosen", "said", "typed", "corrected", "unknown", "told", "between"]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Past:
    """One thing said in this session and what it led to. `answer` are the words of the choice that was kept; `note` what
    was told in return; `turn` the answer to a question in between.
    """

    kind: Kind
    question_id: str = ""
    question: str = ""
    said: str = ""
    answer: str = ""
    note: str = ""
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """`said`: words that wait for confirmation, of the question `said_of`. `nearest`: what they are likeliest to mean.
    `proving`: the answer that evidence is being sought for. `told` and `trouble` are said beside what was being done,
    `told_at` and `trouble_at` name the question or the form it concerns. `open`: the company's card is being changed.
    `saved`: forms that were kept, once for each time: only then are they emptied. `mended`: the answer that is another
    than it was, and `earlier` the answers of the diagnosis before, None where that has not been looked up.
    """

    view: View = ""
    diagnosis_id: str = ""
    past: tuple[Past, ...] = ()
    said: str = ""
    said_of: str = ""
    nearest: tuple[str, ...] = ()
    proving: str = ""
    told: str = ""
    told_at: str = ""
    trouble: str = ""
    trouble_at: str = ""
    open: bool = False
    saved: tuple[str, ...] = ()
    mended: str = ""
    earlier: Mapping[str, str] | None = None

    def to(self, view: str, diagnosis_id: str = "") -> Flow:
        """At another view; what was said in another diagnosis stays behind."""
        target: View = next((each for each in VIEWS if each == view), "start")
        here = diagnosis_id or self.diagnosis_id
        if here != self.diagnosis_id:
            return Flow(view=target, diagnosis_id=here, saved=self.saved)
        return Flow(view=target, diagnosis_id=here, past=self.past, saved=self.saved, earlier=self.earlier)

    def calm(self) -> Flow:
        """Without what was told or went wrong before."""
        return replace(self, told="", told_at="", trouble="", trouble_at="", open=False)

    def done(self, what: str, at: str) -> Flow:
        """After the form `at` was kept."""
        return replace(self.calm(), told=what, told_at=at, saved=(*self.saved, at))

    def failed(self, why: str, at: str = "") -> Flow:
        return replace(self, told="", told_at="", trouble=why, trouble_at=at)

    def kept(self, question: Json, value: str, kind: Kind, said: str = "") -> Flow:
        """After an answer was kept."""
        kind = "unknown" if value == UNKNOWN else kind
        done = Past(kind, str(question["question_id"]), str(question["text"]), said, choice(question, value))
        return replace(self.calm(), past=(*self.past, done), said="", said_of="", nearest=(), proving="")


def choice(question: Json, value: str) -> str:
    """The words of a choice, without their full stop; empty for what is none."""
    return next((str(each["text"]).rstrip(".") for each in question["choices"] if each["value"] == value), "")


def question_of(form: Json, question_id: str) -> Json | None:
    found: Json | None = next((each for each in form["questions"] if each["question_id"] == question_id), None)
    return found


def answer_of(form: Json, question_id: str) -> Json | None:
    found: Json | None = next((each for each in form["answers"] if each["question_id"] == question_id), None)
    return found
