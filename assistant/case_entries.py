"""What may stand in a company's case file (성장기록): each kind of entry, as it is written, kept and exported.

`day` is the day an entry is about; where it is not stated, the day on which it was written. Ids of the instrument and the
catalogue of use cases are checked when an entry is written, not when it is read again: a later version may know others.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from knowledge.instrument import MOST, Depth, Identifier, SystemLevel, instrument
from knowledge.usecases import use_cases

KEPT = {"kept": True}
"""The validation context of entries that were checked when they were written."""
Region = Literal[
    "서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종", "경기",
    "강원", "충북", "충남", "전북", "전남", "경북", "경남", "제주",
]  # fmt: skip
REGIONS: tuple[str, ...] = get_args(Region)
EARLIEST = date(1900, 1, 1)
# KSIC, 11th revision: which divisions are of which section.
_SECTIONS = {
    "A": range(1, 4), "B": range(5, 9), "C": range(10, 35), "D": range(35, 36), "E": range(36, 40), "F": range(41, 43),
    "G": range(45, 48), "H": range(49, 53), "I": range(55, 57), "J": range(58, 64), "K": range(64, 67), "L": range(68, 69),
    "M": range(70, 74), "N": range(74, 77), "O": range(84, 85), "P": range(85, 86), "Q": range(86, 88), "R": range(90, 92),
    "S": range(94, 97), "T": range(97, 99), "U": range(99, 100),
}  # fmt: skip


def section_of(ksic: str) -> str | None:
    """The section of a KSIC code (`C25`, `25913`, `G`); None where there is no such division or section."""
    letter, digits = (ksic[:1], ksic[1:]) if ksic[:1].isalpha() else ("", ksic)
    if not digits:
        return letter if letter in _SECTIONS else None
    if not digits.isascii() or not digits.isdigit() or len(digits) < 2:
        return None
    section = next((name for name, divisions in _SECTIONS.items() if int(digits[:2]) in divisions), None)
    return section if letter in {"", section} else None


@cache
def _ids(what: str) -> frozenset[str]:
    if what == "use case":
        return frozenset(case.id for case in use_cases().cases)
    asked = instrument()
    if what == "area":
        return frozenset(area.id for area in asked.areas)
    choices = {"goal": asked.frame.goals, "loss": asked.frame.losses, "machine": asked.frame.machines}
    return frozenset(each.id for each in choices[what])


def _one_of(what: str) -> AfterValidator:
    def check(value: str, info: ValidationInfo) -> str:
        if info.context != KEPT and value not in _ids(what):
            raise ValueError(f"no such {what}: {value}")
        return value

    return AfterValidator(check)


def _ksic(code: str) -> str:
    if section_of(code) is None:
        raise ValueError("no such KSIC code")
    return code


def _alone(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("named twice")
    return values


Goal = Annotated[Identifier, _one_of("goal")]
Loss = Annotated[Identifier, _one_of("loss")]
Machine = Annotated[Identifier, _one_of("machine")]
AreaId = Annotated[Identifier, _one_of("area")]
UseCaseId = Annotated[Identifier, _one_of("use case")]
Told = Annotated[str, Field(max_length=2000)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Ident = Annotated[str, Field(pattern=r"^[0-9A-Za-z가-힣][0-9A-Za-z가-힣_.:\-]{0,79}$")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="`2026-11`")]
Day = Annotated[date, Field(ge=EARLIEST)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Amount = Annotated[float, Field(strict=True, ge=0, le=1_000_000, allow_inf_nan=False)]
Score = Annotated[float, Field(strict=True, ge=0, le=MOST, allow_inf_nan=False)]


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Day | None = Field(default=None, description="The day it is about; today where it is not stated")


class Profile(_Kind):
    """The company as it describes itself. What is not stated is unknown. `system_level` is what it holds a paper for;
    what it estimated itself stands in its diagnoses. `machines` are ids of the instrument.
    """

    kind: Literal["profile"] = "profile"
    employees: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    sales_krw: Annotated[int, Field(strict=True, ge=0, le=10**15)] | None = None
    founded: Day | None = None
    sector: Annotated[str, Field(pattern=r"^([A-U]|[A-U]?[0-9]{2,5})$"), AfterValidator(_ksic)] | None = Field(
        default=None, description="KSIC: `C25`, `25`, `25913`"
    )
    region: Region | None = None
    system_level: SystemLevel | None = None
    has_aas: Annotated[bool, Field(strict=True)] | None = None
    host_partner: Annotated[bool, Field(strict=True)] | None = None
    small_business: Annotated[bool, Field(strict=True)] | None = None
    past_awards: Annotated[tuple[Title, ...], Field(max_length=50)] | None = None
    machines: Annotated[tuple[Machine, ...], Field(max_length=40), AfterValidator(_alone)] = ()


class Wishes(_Kind):
    """What the company wants and what hurts it, by ids of the instrument. A loss weighs 1 (small) to 3 (great)."""

    kind: Literal["wishes"] = "wishes"
    goals: Annotated[tuple[Goal, ...], Field(max_length=20), AfterValidator(_alone)] = ()
    losses: Annotated[dict[Loss, Annotated[int, Field(strict=True, ge=1, le=3)]], Field(max_length=20)] = {}


class Diagnosed(_Kind):
    """What a self-diagnosis found. `system_level` and `overall` are None where too little was known to tell."""

    kind: Literal["diagnosis"] = "diagnosis"
    diagnosis_id: Ident
    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+$")]
    depth: Depth
    system_level: SystemLevel | None
    overall: Score | None
    dimensions: Annotated[dict[Identifier, Score | None], Field(max_length=20)]
    top_gaps: Annotated[tuple[AreaId, ...], Field(max_length=10), AfterValidator(_alone)]


class UseCaseChoice(_Kind):
    """A use case of the catalogue that the company took up, or let go. `area`: the gap it is to close."""

    kind: Literal["use_case"] = "use_case"
    use_case: UseCaseId
    state: Literal["chosen", "dropped"] = "chosen"
    area: AreaId | None = None


class Programme(_Kind):
    """How far the company is with a programme (지원사업). `programme`: its id, or that of its document in the library."""

    kind: Literal["programme"] = "programme"
    programme: Ident
    name: Annotated[str, Field(max_length=200)] = ""
    state: Literal["interested", "applied", "selected", "rejected", "done"]


class Training(_Kind):
    """Training that took place: by title, or by the id of a lesson. `hours` are those of one person."""

    kind: Literal["training"] = "training"
    title: Annotated[str, Field(max_length=200)] = ""
    lesson: Ident | None = None
    people: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    hours: Annotated[float, Field(strict=True, gt=0, le=10_000, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _of_something(self) -> Training:
        if not self.title.strip() and self.lesson is None:
            raise ValueError("a training has a title or a lesson")
        return self


class Outcome(_Kind):
    """What a month brought, as the company counts it. What is not stated is unknown."""

    kind: Literal["outcome"] = "outcome"
    month: Month
    defects_ppm: Amount | None = None
    downtime_hours: Amount | None = None
    accidents: Count | None = None
    near_misses: Count | None = None
    adoption: Literal["none", "trial", "in_use"] | None = Field(default=None, description="How far AI is in use")
    note: Told = ""

    @model_validator(mode="after")
    def _says_something(self) -> Outcome:
        if not self.stated() and not self.note.strip():
            raise ValueError("an outcome states something")
        return self

    def stated(self) -> dict[str, object]:
        """The figures it states."""
        figures = ("defects_ppm", "downtime_hours", "accidents", "near_misses", "adoption")
        return {name: value for name in figures if (value := getattr(self, name)) is not None}


class Note(_Kind):
    kind: Literal["note"] = "note"
    text: Annotated[str, Field(min_length=1, max_length=2000)]


Said = Annotated[
    Profile | Wishes | Diagnosed | UseCaseChoice | Programme | Training | Outcome | Note, Field(discriminator="kind")
]
"""What a company states."""


class Correction(_Kind):
    """Says that an earlier entry should have read otherwise."""

    kind: Literal["correction"] = "correction"
    about: Ident
    entry: Said


class Removal(_Kind):
    """Says that an earlier entry counts no longer."""

    kind: Literal["removal"] = "removal"
    about: Ident


Written = Annotated[
    Profile | Wishes | Diagnosed | UseCaseChoice | Programme | Training | Outcome | Note | Correction | Removal,
    Field(discriminator="kind"),
]
