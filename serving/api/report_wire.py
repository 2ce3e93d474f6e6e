"""The report of a diagnosis on the wire."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from typing_extensions import TypedDict

from assistant.diagnosis.answers import Held
from assistant.diagnosis.report import Report
from assistant.report.text import mark
from knowledge.instrument import Depth, SystemLevel


class WireDimension(TypedDict):
    id: str
    name: str
    score: float | None
    evidence: Held
    answered: int
    items: int
    areas: list[dict[str, Any]]


class WireReadiness(TypedDict):
    overall: float | None
    dimensions: list[WireDimension]


class WireReport(TypedDict):
    """`system_level` and `readiness` are two outputs; nothing adds them up. `system_level` is null where too little is
    known. The other fields are those of the report as people read it."""

    system_level: SystemLevel | None
    system: dict[str, Any]
    readiness: WireReadiness
    strengths: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    roadmap: dict[str, Any]
    previous: dict[str, Any] | None
    doubts: list[dict[str, Any]]
    safety: list[str]
    environment: list[str]
    vendor_questions: list[str]
    answers: list[dict[str, Any]]
    unknown: list[str]
    goals: list[str]
    losses: list[str]
    company: str
    sector: str
    version: str
    depth: Depth
    day: str
    items: int
    answered: int
    notice: str
    ai: dict[str, str]


def report_wire(made: Report) -> WireReport:
    """The report as JSON, keyed as the contract has it."""
    every = asdict(made)
    dimensions: list[WireDimension] = [
        {
            "id": each.id,
            "name": each.name,
            "score": each.score,
            "evidence": each.held,
            "answered": each.answered,
            "items": each.items,
            "areas": [asdict(area) for area in each.areas],
        }
        for each in made.readiness.dimensions
    ]
    wire: WireReport = {
        **every,  # type: ignore[typeddict-item]
        "system_level": made.system.level,
        "day": made.day.isoformat(),
        "readiness": {"overall": made.readiness.overall, "dimensions": dimensions},
        "gaps": [_gap(each) for each in every["gaps"]],
        "previous": {**every["previous"], "day": made.previous.day.isoformat()} if made.previous else None,
        "ai": {"ko": mark("ko"), "en": mark("en")},
    }
    return wire


def _gap(every: dict[str, Any]) -> dict[str, Any]:
    """Documents by what they are: the report has them as pairs."""
    linked = {
        name: [{"document_id": document_id, "title": title} for document_id, title in every[name]]
        for name in ("funding", "training")
    }
    return {**every, **linked}
