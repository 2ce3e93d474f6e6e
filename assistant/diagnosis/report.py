"""What a diagnosis says: the same answers, whoever gave them and however, make the same report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.diagnosis.answers import Held
from knowledge.instrument import Depth, Step, SystemLevel


@dataclass(frozen=True, slots=True)
class Reason:
    """One clause of a level: what it rests on, and whether that holds (None: not known)."""

    level: SystemLevel
    text: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class SystemEstimate:
    """시스템 스마트화 수준. `level` is None where too little is known to tell; `lowest` and `highest` are what it would be
    were all that is unknown at its worst and at its best.
    """

    level: SystemLevel | None
    name: str
    meaning: str
    lowest: SystemLevel
    highest: SystemLevel
    held: Held
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A mean over what is known of an area or dimension, 0.0 to 5.0 with one decimal; None where nothing is.

    `answered` of `items` are known, `evidenced` of those rest on evidence.
    """

    id: str
    name: str
    score: float | None
    items: int
    answered: int
    evidenced: int


@dataclass(frozen=True, slots=True)
class DimensionScore(Score):
    areas: tuple[Score, ...] = ()

    @property
    def held(self) -> Held:
        return "evidenced" if self.answered and self.evidenced == self.answered else "declared"


@dataclass(frozen=True, slots=True)
class Readiness:
    """AI 준비도: the mean of the dimensions that are known, 0.0 to 5.0."""

    overall: float | None
    dimensions: tuple[DimensionScore, ...]


@dataclass(frozen=True, slots=True)
class Strength:
    area: str
    name: str
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class Need:
    """What a use case needs, and whether the firm's own answers say that it has it."""

    text: str
    state: Literal["have", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A public data set to try a use case on. `terms`: its licence in a word; `source`: who says so."""

    name: str
    about: str
    terms: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class UseCaseFit:
    """A use case beside a gap. `fits`: why this firm (sector, machines); `library`: (document id, title) to read on."""

    id: str
    name: str
    summary: str
    fits: str
    effort: str
    step: Step
    needs: tuple[Need, ...]
    pitfalls: tuple[str, ...]
    datasets: tuple[DataSet, ...]
    safety: str
    environment: str
    vendor_questions: tuple[str, ...]
    library: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """A step to take. `days` from the decision on."""

    area: str
    name: str
    text: str
    step: Step
    days: int


@dataclass(frozen=True, slots=True)
class Gap:
    """An area that matters and lags. `because`: why it stands where it does, for a person. `waits_for`: areas to see to
    first. `funding`, `training`: (document id, title) of the library.
    """

    area: str
    name: str
    dimension: str
    score: float
    text: str
    priority: float
    because: tuple[str, ...]
    waits_for: tuple[str, ...]
    use_cases: tuple[UseCaseFit, ...]
    actions: tuple[PlannedAction, ...]
    funding: tuple[tuple[str, str], ...]
    training: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the roadmap: 자동화, 지능화, 자율화."""

    step: Step
    name: str
    actions: tuple[PlannedAction, ...]


@dataclass(frozen=True, slots=True)
class Roadmap:
    """`quick_wins`: what can be done within 90 days."""

    quick_wins: tuple[PlannedAction, ...]
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Answers that hardly stand together, or beside their evidence: `say` asks politely."""

    items: tuple[str, ...]
    say: str


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """One answer as the report lists it. `score` is None where nobody knows."""

    item_id: str
    dimension: str
    question: str
    text: str
    score: int | None
    held: Held
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Before and after, of a dimension."""

    id: str
    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer that is another than last time, and why in the firm's own words (empty where it did not say)."""

    item_id: str
    question: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """With the last diagnosis by the same version of the instrument, over the `items` questions known both times."""

    day: date
    items: int
    level_before: SystemLevel | None
    level_after: SystemLevel | None
    overall_before: float | None
    overall_after: float | None
    dimensions: tuple[Moved, ...]
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole. `day`: when it was last answered. `goals`, `losses`: names, as the firm stated them."""

    version: str
    depth: Depth
    day: date
    company: str
    sector: str
    goals: tuple[str, ...]
    losses: tuple[str, ...]
    items: int
    answered: int
    system: SystemEstimate
    readiness: Readiness
    strengths: tuple[Strength, ...]
    gaps: tuple[Gap, ...]
    doubts: tuple[Doubt, ...]
    roadmap: Roadmap
    safety: tuple[str, ...]
    environment: tuple[str, ...]
    vendor_questions: tuple[str, ...]
    answers: tuple[AnswerShown, ...]
    unknown: tuple[str, ...]
    previous: Comparison | None
    notice: str
