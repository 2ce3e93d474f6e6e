"""The instrument of the self-diagnosis: questions, what each answer looks like on the floor, and how answers become levels.

It is data (`library/instrument/*.yaml`, our own wording); `instrument()` checks it whole. It imitates no official check: the
items, weights and cut-offs of KS X 9001-3 are not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.errors import KnowledgeError

SYSTEM_LEVELS = ("none", "basic", "middle_1", "middle_2", "advanced")
SystemLevel = Literal["none", "basic", "middle_1", "middle_2", "advanced"]
Step = Literal["automation", "intelligence", "autonomy"]
"""자동화 → 지능화 → 자율화."""
Depth = Literal["first", "deep"]
UNKNOWN = "unknown"
"""The answer of somebody who does not know. It is never scored."""
MOST = 5
"""The highest score of an item, an area, a dimension and the whole. The lowest is 0."""
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Words = Annotated[str, Field(min_length=2, max_length=400)]


class InstrumentError(KnowledgeError):
    """The instrument as it ships does not hold together."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cited(_Part):
    """Where a dimension, a figure or a data set comes from. `trust` as in the library: S read there, S2 from elsewhere."""

    title: Words
    publisher: str | None
    date: date | None
    ref: str | None
    trust: Literal["S", "S2"]


class Anchor(_Part):
    """One level of an item. `text` is the choice a person reads, `seen` what a visitor would see on the floor.

    `said`: how people put it, to recognise it in free text. `system`: the system level that this answer speaks for.
    """

    value: Identifier
    score: int = Field(ge=0, le=MOST)
    text: Words
    seen: Words
    said: tuple[Words, ...] = ()
    system: SystemLevel | None = None


class AasSupport(_Part):
    """AAS content that supports answers up to `value`: a submodel of a real asset, by how its idShort begins. `holding`:
    it counts only with a value at a path that has one of these in it, such as a record or an endpoint.
    """

    value: Identifier
    submodels: tuple[str, ...] = Field(min_length=1)
    holding: tuple[str, ...] = ()


class Paced(_Part):
    """A file of timed rows stands for answers from `value` on only where its rows lie at most so many seconds apart."""

    value: Identifier
    seconds: int = Field(ge=1)


class Item(_Part):
    """One question. Its anchors stand from worst to best. `papers`: what to look for among the firm's own documents."""

    id: Identifier
    depth: Depth
    text: Words
    why: Words
    anchors: tuple[Anchor, ...] = Field(min_length=3, max_length=6)
    papers: str = ""
    supported_by: tuple[AasSupport, ...] = ()
    paced: Paced | None = None

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(anchor.value for anchor in self.anchors)

    def anchor(self, value: str) -> Anchor:
        """Raises KeyError for a value that is none of its anchors."""
        return next((anchor for anchor in self.anchors if anchor.value == value), None) or _missing(value)

    @model_validator(mode="after")
    def _ordered(self) -> Item:
        scores = [anchor.score for anchor in self.anchors]
        levels = [SYSTEM_LEVELS.index(anchor.system) for anchor in self.anchors if anchor.system]
        if scores != sorted(set(scores)) or scores[0] != 0 or scores[-1] != MOST:
            raise ValueError(f"{self.id}: anchors go from 0 up to {MOST}, each higher than the one before")
        if levels != sorted(levels) or (levels and len(levels) != len(scores)):
            raise ValueError(f"{self.id}: either no anchor or every one names a system level, in order")
        if len(set(self.values)) != len(self.values) or UNKNOWN in self.values:
            raise ValueError(f"{self.id}: values are its own and not '{UNKNOWN}'")
        return self


class Action(_Part):
    """What to do next in an area: `step` of the roadmap, `days` it takes from the decision on, `upto` the area score
    below which it is worth doing."""

    text: Words
    step: Step
    days: int = Field(ge=1, le=730)
    upto: float = Field(ge=0, le=MOST)


class Area(_Part):
    """A part of a dimension that can be a gap. `strength` and `gap` are said of it in a report.

    `effort` is what closing it asks of a small firm: 1 weeks of own work, 2 months or an outside partner, 3 an investment.
    `needs`: areas without which work on this one is early. `goals`, `losses`: how much (1 to 3) it bears on each.
    `papers`: documents of the library on funding and on training for it, by id.
    """

    id: Identifier
    name: Words
    strength: Words
    gap: Words
    effort: int = Field(ge=1, le=3)
    needs: tuple[Identifier, ...] = ()
    goals: dict[Identifier, Annotated[int, Field(ge=1, le=3)]] = {}
    losses: dict[Identifier, Annotated[int, Field(ge=1, le=3)]] = {}
    actions: tuple[Action, ...] = Field(min_length=2)
    funding: tuple[str, ...] = ()
    training: tuple[str, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)


class Dimension(_Part):
    id: Identifier
    name: Words
    about: Words
    sources: tuple[Cited, ...] = Field(min_length=1)
    areas: tuple[Area, ...] = Field(min_length=1)


class Clause(_Part):
    """Of these items at least so many must speak for the level, or for the lower one that is named. `defining`: without
    one that does, nobody can tell.
    """

    items: tuple[Identifier, ...] = Field(min_length=1)
    at_least: int = Field(ge=1)
    defining: bool = False
    speaking: SystemLevel | None = None


class LevelRule(_Part):
    """A system level is reached where its clauses and those of every lower level hold."""

    level: SystemLevel
    name: Words
    meaning: Words
    clauses: tuple[Clause, ...] = ()


class Claims(_Part):
    """Two answers that hardly stand together: `higher` from `from_value` on beside `lower` up to `upto`."""

    higher: Identifier
    from_value: Identifier
    lower: Identifier
    upto: Identifier
    say: Words


class Choice(_Part):
    """A goal, a loss, a sector or a kind of machine. `ksic`: divisions of a sector."""

    id: Identifier
    name: Words
    ksic: tuple[str, ...] = ()


class Weights(_Part):
    """How gaps are put in order; see `assistant.diagnosis.gaps`."""

    lag: float = Field(ge=1)
    base: float = Field(gt=0)
    goal: float = Field(ge=0)
    loss: float = Field(ge=0)
    ease: tuple[float, float, float]
    foundation: float = Field(ge=0, le=1)
    foundation_below: float = Field(ge=0, le=MOST)


class Frame(_Part):
    """What holds the dimensions together."""

    version: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    notice: Words
    levels: tuple[LevelRule, ...]
    contradictions: tuple[Claims, ...]
    goals: tuple[Choice, ...]
    losses: tuple[Choice, ...]
    sectors: tuple[Choice, ...]
    machines: tuple[Choice, ...]
    weights: Weights


class Instrument(_Part):
    """The whole, checked: every id named anywhere is there."""

    frame: Frame
    dimensions: tuple[Dimension, ...]

    @property
    def areas(self) -> tuple[Area, ...]:
        return tuple(area for dimension in self.dimensions for area in dimension.areas)

    def items(self, depth: Depth = "deep") -> Iterator[Item]:
        """In the order they are asked: the first pass, then (in a deep one) what goes beyond it."""
        every = [item for area in self.areas for item in area.items]
        yield from (item for item in every if item.depth == "first")
        if depth == "deep":
            yield from (item for item in every if item.depth == "deep")

    def item(self, item_id: str) -> Item:
        """Raises KeyError."""
        return next((item for item in self.items() if item.id == item_id), None) or _missing(item_id)

    def area_of(self, item_id: str) -> Area:
        found = (area for area in self.areas if any(item.id == item_id for item in area.items))
        return next(found, None) or _missing(item_id)

    def dimension_of(self, item_id: str) -> Dimension:
        area = self.area_of(item_id)
        return next(dimension for dimension in self.dimensions if area in dimension.areas)

    def sector(self, ksic: str) -> Choice | None:
        """The sector of a KSIC code (`C25`, `25`, `25913`); None where it is in none of ours."""
        digits = "".join(character for character in ksic if character.isdigit())[:2]
        return next((each for each in self.frame.sectors if digits in each.ksic), None) if digits else None

    @model_validator(mode="after")
    def _whole(self) -> Instrument:
        for what, names in (
            ("item", [item.id for item in self.items()]),
            ("area", [area.id for area in self.areas]),
            ("dimension", [dimension.id for dimension in self.dimensions]),
        ):
            _once(what, names)
        areas = {area.id for area in self.areas}
        _known("area", (each for area in self.areas for each in area.needs), areas)
        _known("goal", (each for area in self.areas for each in area.goals), {each.id for each in self.frame.goals})
        _known("loss", (each for area in self.areas for each in area.losses), {each.id for each in self.frame.losses})
        for area in self.areas:
            if [item.depth for item in area.items].count("first") != 1:
                raise ValueError(f"{area.id}: one item of an area belongs to the first pass")
        self._rules()
        return self

    def _rules(self) -> None:
        items = {item.id: item for item in self.items()}
        if tuple(rule.level for rule in self.frame.levels) != SYSTEM_LEVELS:
            raise ValueError("levels stand from none to advanced")
        named = [each for rule in self.frame.levels for clause in rule.clauses for each in clause.items]
        _known("item", named, {name for name, item in items.items() if item.anchors[0].system})
        for claim in self.frame.contradictions:
            for name, value in ((claim.higher, claim.from_value), (claim.lower, claim.upto)):
                _known("item", [name], items.keys())
                _known("value", [value], items[name].values)


@cache
def instrument() -> Instrument:
    """The instrument that ships. Raises InstrumentError where it does not hold together."""
    folder = files("knowledge") / "library" / "instrument"
    frame = _loaded(folder / "frame.yaml")
    try:
        dimensions = [_loaded(folder / f"{name}.yaml") for name in frame.pop("dimensions")]
        return Instrument.model_validate({"frame": frame, "dimensions": dimensions})
    except (KeyError, ValidationError) as error:
        raise InstrumentError("instrument", what=str(error)) from error


def _loaded(path: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _once(what: str, names: list[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{what} named twice: {sorted(twice)}")


def _known(what: str, named: Any, known: Any) -> None:
    unknown = set(named) - set(known)
    if unknown:
        raise ValueError(f"no such {what}: {sorted(unknown)}")


def _missing(name: str) -> Any:
    raise KeyError(name)
