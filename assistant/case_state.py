"""Where a company stands by its case file: its entries, folded, and the whole as one file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.case_entries import (
    Correction,
    Diagnosed,
    Outcome,
    Profile,
    Programme,
    Removal,
    Training,
    UseCaseChoice,
    Wishes,
    Written,
)

FORMAT: Literal["giljabi/case-file/1"] = "giljabi/case-file/1"
AI_MARK: dict[Literal["ko", "en"], str] = {
    "ko": "인공지능 서비스 길잡이로 만든 기록입니다. 진단에서 한 말을 보기에 맞추는 데 AI를 썼을 수 있고, 점수와 수준은 정해진 규칙으로 계산했습니다. "
    "스스로 해 본 진단이며 공식 수준확인이 아닙니다. (인공지능기본법 제31조에 따른 표시)",
    "en": "Made with Giljabi, an AI service. AI may have matched what was said in a diagnosis to its choices; scores and "
    "levels were computed by fixed rules. A self-diagnosis, not an official check. (Marked under Article 31 of Korea's AI Basic Act.)",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Part):
    """One entry. `at`: when it was written, UTC in ISO 8601; `by`: the id of a person or key; `day`: what day it is about.

    `standing`: `corrected` by a later entry, which says what it should have read; `removed` by one.
    """

    entry_id: str
    at: str
    by: str
    kind: str
    day: date
    standing: Literal["valid", "corrected", "removed"]
    data: Written


class CaseState(_Part):
    """The present. Lists are in the order of their days; a programme, a use case and a month stand once, as last stated.

    `use_cases`: those chosen now. `outcomes`: a figure stated twice for a month is the later one.
    """

    profile: Profile | None = None
    wishes: Wishes | None = None
    diagnoses: tuple[Diagnosed, ...] = ()
    use_cases: tuple[UseCaseChoice, ...] = ()
    programmes: tuple[Programme, ...] = ()
    trainings: tuple[Training, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


class Export(_Part):
    """The whole case file of a company. `entries` are as they were written, `state` is what follows from them."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    format: Literal["giljabi/case-file/1"] = Field(default=FORMAT, alias="schema")
    company: str
    exported_on: date
    ai: dict[Literal["ko", "en"], str] = Field(description="The notice that AI took part (AI기본법 §31)")
    entries: tuple[Entry, ...]
    state: CaseState


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an export."""
    made = Export.model_json_schema(mode="serialization", by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def standing(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The same entries, each with how it stands now. They are in the order in which they were written."""
    said: dict[str, Literal["corrected", "removed"]] = {}
    for entry in entries:
        if isinstance(entry.data, Removal):
            said[entry.data.about] = "removed"
        elif isinstance(entry.data, Correction) and said.get(entry.data.about) != "removed":
            said[entry.data.about] = "corrected"
    return tuple(entry.model_copy(update={"standing": said.get(entry.entry_id, "valid")}) for entry in entries)


def folded(entries: Sequence[Entry]) -> CaseState:
    """What follows from entries in the order in which they were written."""
    counted = _counted(entries)
    profile = next((each for each in reversed(counted) if isinstance(each, Profile)), None)
    wishes = next((each for each in reversed(counted) if isinstance(each, Wishes)), None)
    diagnoses = {each.diagnosis_id: each for each in counted if isinstance(each, Diagnosed)}
    use_cases = {each.use_case: each for each in counted if isinstance(each, UseCaseChoice)}
    programmes = {each.programme: each for each in counted if isinstance(each, Programme)}
    outcomes: dict[str, Outcome] = {}
    for each in counted:
        if isinstance(each, Outcome):
            outcomes[each.month] = _later(outcomes.get(each.month), each)
    return CaseState(
        profile=profile,
        wishes=wishes,
        diagnoses=tuple(sorted(diagnoses.values(), key=_day)),
        use_cases=tuple(sorted((each for each in use_cases.values() if each.state == "chosen"), key=_day)),
        programmes=tuple(sorted(programmes.values(), key=_day)),
        trainings=tuple(sorted((each for each in counted if isinstance(each, Training)), key=_day)),
        outcomes=tuple(outcomes[month] for month in sorted(outcomes)),
    )


def _counted(entries: Sequence[Entry]) -> list[Written]:
    """What is stated now: each entry as it was last corrected, without those removed. Every one with its day."""
    read: dict[str, Written] = {}
    gone = {entry.data.about for entry in entries if isinstance(entry.data, Removal)}
    for entry in entries:
        if isinstance(entry.data, Correction):
            if entry.data.about in read:
                read[entry.data.about] = entry.data.entry
        elif not isinstance(entry.data, Removal) and entry.entry_id not in gone:
            read[entry.entry_id] = entry.data
    return list(read.values())


def _later(before: Outcome | None, after: Outcome) -> Outcome:
    if before is None:
        return after
    return before.model_copy(update={**after.stated(), "day": after.day, "note": after.note or before.note})


def _day(stated: Diagnosed | UseCaseChoice | Programme | Training) -> date:
    return stated.day or date.min
