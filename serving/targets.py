"""The strategy's targets beside what the overview may show: AI adoption and accidents. Nothing is counted for them anew."""

from __future__ import annotations

from dataclasses import dataclass

from serving.overview import Fact, Snapshot
from serving.text import Language, sentence

SOURCE = "중소벤처기업부 보도자료, AI 기반 스마트제조혁신 3.0 전략 (2025-10-24)"


@dataclass(frozen=True, slots=True)
class Target:
    """`percent`: what the strategy aims at, for small manufacturers of the whole country. `counted`: how many suppliers
    were counted, `reached` how many of those count towards it; both None where the table may not be shown, or has them
    only under `other`. `about` says how far the two can be compared.
    """

    fact: Fact
    percent: int
    source: str
    as_of: str | None
    counted: int | None
    reached: int | None
    about: str


_TARGETS = ((Fact.ADOPTION, 10, "in_use"), (Fact.ACCIDENTS, -20, "fewer"))


def targets(snapshot: Snapshot, language: Language) -> list[Target]:
    """From the tables that a snapshot shows, and from nothing else."""
    made = []
    for fact, percent, cell in _TARGETS:
        table = snapshot.facts.get(fact)
        shown = table is not None and cell in table.cells
        counted = sum(table.cells.values()) if table and shown else None
        reached = table.cells[cell] if table and shown else None
        as_of = table.as_of if table and shown else None
        about = sentence(f"target_{fact}", language, {})
        made.append(Target(fact, percent, SOURCE, as_of, counted, reached, about))
    return made
