"""AI use cases for small manufacturers: typed data (`library/usecases/*.yaml`, our own wording)."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.errors import KnowledgeError
from knowledge.instrument import Identifier, Instrument, Step, Words, instrument


class UseCasesError(KnowledgeError):
    """The catalogue as it ships does not hold together."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Requirement(_Part):
    """What it needs, and the answer from which on a firm has it: `item` at `from_value` or better.

    Items are of the first pass, so that whoever did no more than that is told what it has.
    """

    text: Words
    item: Identifier
    from_value: Identifier


class PublicData(_Part):
    """A public data set to try it on. Stated only where `source` names it; `terms` is its licence."""

    name: Words
    about: Words
    terms: Words
    source: Words
    url: Annotated[str, Field(pattern=r"^https://")]


class Pitfall(_Part):
    """What went wrong elsewhere. `source` is None where it is our own reasoning, and the report then says so."""

    text: Words
    source: Words | None = None


class UseCase(_Part):
    """`areas` are the gaps it helps to close. Empty `sectors` or `machines`: any.

    `effort`: small (weeks of own work), medium (months, with a partner), large (an investment); `effort_text` says of what.
    `library`: documents of the library to read on, by id.
    """

    id: Identifier
    name: Words
    summary: Words
    kind: Literal[
        "vision", "maintenance", "process", "scheduling", "energy", "documents", "safety", "quality", "training"
    ]
    step: Step
    areas: tuple[Identifier, ...] = Field(min_length=1)
    sectors: tuple[Identifier, ...] = ()
    machines: tuple[Identifier, ...] = ()
    goals: tuple[Identifier, ...] = ()
    losses: tuple[Identifier, ...] = ()
    needs: tuple[Requirement, ...] = Field(min_length=1)
    effort: Literal["small", "medium", "large"]
    effort_text: Words
    pitfalls: tuple[Pitfall, ...] = Field(min_length=1)
    datasets: tuple[PublicData, ...] = ()
    safety: str = ""
    environment: str = ""
    ask_vendor: tuple[Words, ...] = Field(min_length=1)
    library: tuple[str, ...] = ()


class UseCases(_Part):
    """The catalogue, checked against the instrument: every id named is there."""

    cases: tuple[UseCase, ...]

    def get(self, case_id: str) -> UseCase:
        """Raises KeyError."""
        for case in self.cases:
            if case.id == case_id:
                return case
        raise KeyError(case_id)

    @model_validator(mode="after")
    def _known(self) -> UseCases:
        asked = instrument()
        known = {
            "areas": {area.id for area in asked.areas},
            "sectors": {each.id for each in asked.frame.sectors},
            "machines": {each.id for each in asked.frame.machines},
            "goals": {each.id for each in asked.frame.goals},
            "losses": {each.id for each in asked.frame.losses},
        }
        twice = [name for name, times in Counter(case.id for case in self.cases).items() if times > 1]
        if twice:
            raise ValueError(f"use cases named twice: {', '.join(twice)}")
        for case in self.cases:
            for field, ids in known.items():
                unknown = set(getattr(case, field)) - ids
                if unknown:
                    raise ValueError(f"{case.id}: no such {field}: {sorted(unknown)}")
            _requirements(case, asked)
        return self


def _requirements(case: UseCase, asked: Instrument) -> None:
    items = {item.id: item for item in asked.items()}
    for need in case.needs:
        if need.item not in items or need.from_value not in items[need.item].values:
            raise ValueError(f"{case.id}: no such answer: {need.item} {need.from_value}")
        if items[need.item].depth != "first":
            raise ValueError(f"{case.id}: {need.item} is not asked in the first pass")


@cache
def use_cases() -> UseCases:
    """The catalogue that ships, by file and place in it. Raises UseCasesError where it does not hold together."""
    return read(files("knowledge") / "library" / "usecases")


def read(folder: Traversable) -> UseCases:
    """The catalogue in the YAML files of a folder, each `cases: [...]`. Raises UseCasesError, which says what is wrong."""
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=lambda path: path.name)
    if not paths:
        raise UseCasesError("use_cases", what=f"no catalogue in {folder}")
    try:
        return UseCases.model_validate({"cases": [case for path in paths for case in _cases(path)]})
    except ValidationError as error:
        raise UseCasesError("use_cases", what=str(error)) from error


def _cases(path: Traversable) -> list[Any]:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UseCasesError("use_cases", what=f"{path.name}: {error}") from error
    if not isinstance(loaded, dict) or loaded.keys() != {"cases"} or not isinstance(loaded["cases"], list):
        raise UseCasesError("use_cases", what=f"{path.name}: a file holds a list of cases and nothing else")
    return loaded["cases"]
