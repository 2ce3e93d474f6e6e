"""A company that is interviewed: what it is told, and what it takes words for, as tests want it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine

from assistant.diagnosis.evidence import Shell
from assistant.diagnosis.hearing import Heard
from assistant.diagnosis.interview import Interview
from assistant.diagnosis.records import Diagnoses, Diagnosis
from knowledge.instrument import Depth, Item
from tests.assistant.sheets import DAY, INSTRUMENT

KIM, LEE = "person-kim", "person-lee"
EXCEL = "엑셀로 관리해요"
PEOPLE = {KIM, LEE, *(f"person-{number}" for number in range(8))}
SERIES = Shell("doc-1", "프레스 AAS", "TimeSeries/Segments/Record/Time")


@dataclass
class Scripted:
    """Takes texts for what it was told, and others for unclear."""

    known: dict[str, Heard] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def heard(self, item: Item, text: str) -> Heard:
        self.asked.append((item.id, text))
        low, high = item.values[:2]
        return self.known.get(text, Heard("unclear", nearest=(low, high), share=0.3))


@dataclass
class Firm:
    """What an interview is told of a company, and by what it hears; each device has an interview of its own."""

    engine: Engine
    listener: Scripted = field(default_factory=Scripted)
    shells: list[Shell] = field(default_factory=list)
    has_aas: bool = False
    today: date = DAY
    left: set[str] = field(default_factory=set)

    @property
    def kept(self) -> Diagnoses:
        return Diagnoses(self.engine, lambda: {KIM, LEE} - self.left if self.left else PEOPLE)

    @property
    def interview(self) -> Interview:
        return Interview(
            INSTRUMENT, self.kept, self.listener, lambda: self.shells, lambda: self.has_aas, lambda: self.today
        )

    def finished(self, depth: Depth = "first", at: int = 1, person: str = KIM) -> Diagnosis:
        diagnosis = self.interview.start(depth, person)
        for item in INSTRUMENT.items(depth):
            diagnosis = self.interview.answer(diagnosis, person, item.id, item.values[at])
        return diagnosis
