"""The self-diagnosis of one company: the interview over its answers, its documents and its case file, and the report."""

from __future__ import annotations

from datetime import date

from assistant.asof import korea
from assistant.case_entries import Diagnosed
from assistant.casefile import CaseFile
from assistant.diagnosis.answers import Evidence, Sheet
from assistant.diagnosis.build import report
from assistant.diagnosis.errors import BadAnswerError
from assistant.diagnosis.evidence import Shell, as_it_stands, shown_paper, shown_shell, wanted
from assistant.diagnosis.hearing import Listener
from assistant.diagnosis.interview import Interview
from assistant.diagnosis.records import Diagnoses, Diagnosis
from assistant.diagnosis.report import Report
from knowledge.document import Document, Status
from knowledge.errors import UnknownDocumentError
from knowledge.instrument import Instrument, Item, instrument
from knowledge.starter import shipped
from knowledge.usecases import use_cases
from serving.place import Place


class Diagnosing:
    """What the routes of a diagnosis work with. A place that is no company's has it too, and no rights to write there."""

    def __init__(self, place: Place, listener: Listener) -> None:
        self._place = place
        self.instrument: Instrument = instrument()
        self.kept = Diagnoses(place.database)
        self.case = CaseFile(place.database)
        self.interview = Interview(self.instrument, self.kept, listener, self.shells, self._has_aas, korea)

    def shells(self) -> list[Shell]:
        """What the company's own AAS that have been read state of real assets, as far as any answer rests on it."""
        titles = self._titles()
        stating = self._place.registry.stating(wanted(self.instrument))
        return [Shell(document_id, titles[document_id], path) for document_id, path in stating if document_id in titles]

    def evidence(self, item: Item, value: str, document_id: str, path: str = "") -> Evidence:
        """What a person points at, weighed. Raises BadAnswerError for what is not the company's own, or not read."""
        document = self._own(document_id)
        if not path:
            return shown_paper(item, value, document_id, document)
        if not any(section.element and section.element.path == path for section in document.sections):
            raise BadAnswerError("evidence_no_path")
        return shown_shell(item, value, document_id, document.title, path, self.shells())

    def report(self, diagnosis: Diagnosis, company: str) -> Report:
        """As the answers and what stands behind them are now, with the goals the company has now."""
        sheet = as_it_stands(self.instrument, diagnosis.sheet, self.shells(), self._titles())
        return report(
            self.instrument, use_cases().cases, shipped(), sheet, self.case.firm(company), self._before(diagnosis)
        )

    def close(self, diagnosis: Diagnosis, company: str, person: str, today: date) -> bool:
        """Write a finished diagnosis into the case file, where that does not say the same already: whether it did."""
        if not diagnosis.finished(self.instrument):
            return False
        made = self.report(diagnosis, company)
        entry = Diagnosed(
            diagnosis_id=diagnosis.diagnosis_id, version=made.version, depth=made.depth,
            system_level=made.system.level, overall=made.readiness.overall,
            dimensions={each.id: each.score for each in made.readiness.dimensions},
            top_gaps=tuple(gap.area for gap in made.gaps),
        )  # fmt: skip
        if any(_same(entry, kept) for kept in self.case.state().diagnoses[-1:]):
            return False
        self.case.add(entry, person, today)
        return True

    def delete(self, diagnosis_id: str, person: str, today: date) -> None:
        """Remove a diagnosis, and say in the case file that what it found counts no longer."""
        self.kept.delete(diagnosis_id)
        for entry in self.case.entries():
            found = entry.data
            if isinstance(found, Diagnosed) and found.diagnosis_id == diagnosis_id and entry.standing == "valid":
                self.case.remove(entry.entry_id, person, today)

    def _before(self, diagnosis: Diagnosis) -> Sheet | None:
        """The last one that was finished on an earlier day, by the same version: what is answered twice on a day is the
        same diagnosis made again."""
        earlier = [
            each
            for each in self.kept.list()
            if each.version == diagnosis.version and each.day < diagnosis.day and each.finished(self.instrument)
        ]
        return max(earlier, key=lambda each: (each.day, each.started_at)).sheet if earlier else None

    def _titles(self) -> dict[str, str]:
        """Of the company's own documents that have been read, by id."""
        entries = self._place.registry.entries((Status.READ, Status.INDEXED))
        return {entry.document_id: entry.title for entry in entries}

    def _own(self, document_id: str) -> Document:
        try:
            entry = self._place.registry.get(document_id)
        except UnknownDocumentError:
            raise BadAnswerError("evidence_not_own") from None
        if entry.reading is None or entry.status not in {Status.READ, Status.INDEXED}:
            raise BadAnswerError("evidence_not_read")
        return self._place.registry.document(document_id)

    def _has_aas(self) -> bool:
        profile = self.case.state().profile
        return bool(profile and profile.has_aas)


def _same(one: Diagnosed, other: Diagnosed) -> bool:
    return one.model_dump(exclude={"day"}) == other.model_dump(exclude={"day"})
