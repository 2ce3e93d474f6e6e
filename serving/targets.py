"""The strategy's targets beside what the overview may show: AI adoption and accidents. Nothing is counted for them anew."""

from __future__ import annotations

from dataclasses import dataclass

from serving.overview import Fact, Snapshot

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


_TARGETS = (
    (
        Fact.ADOPTION,
        10,
        "in_use",
        "목표는 전국 중소 제조기업의 AI 도입률 10%(1% 수준에서)입니다. 여기서는 동의한 협력사 가운데 스스로 AI를 쓰고 있다고 적은 곳을 셉니다.",
    ),
    (
        Fact.ACCIDENTS,
        -20,
        "fewer",
        "목표는 산업재해율 20% 감소입니다. 여기서는 최근 12개월의 사고가 그 앞 12개월보다 줄었다고 적은 협력사를 셉니다. "
        "사고의 수는 모으지 않아 몇 %가 줄었는지는 알 수 없습니다.",
    ),
)


def targets(snapshot: Snapshot) -> list[Target]:
    """From the tables that a snapshot shows, and from nothing else."""
    made = []
    for fact, percent, cell, about in _TARGETS:
        table = snapshot.facts.get(fact)
        shown = table is not None and cell in table.cells
        counted = sum(table.cells.values()) if table and shown else None
        reached = table.cells[cell] if table and shown else None
        made.append(Target(fact, percent, SOURCE, table.as_of if table and shown else None, counted, reached, about))
    return made
