"""The self-diagnosis of one company: the interview over its answers, its documents and its case file, and the report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date

from assistant.asof import korea
from assistant.case_entries import Diagnosed
from assistant.case_state import Entry
from assistant.casefile import CaseFile
from assistant.diagnosis.answers import Evidence, Sheet
from assistant.diagnosis.build import report
from assistant.diagnosis.errors import BadAnswerError, MovedOnError, UnknownDiagnosisError
from assistant.diagnosis.evidence import Shell, as_it_stands, shown_paper, shown_shell, wanted
from assistant.diagnosis.hearing import Listener
from assistant.diagnosis.interview import Interview
from assistant.diagnosis.records import Diagnoses, Diagnosis
from assistant.diagnosis.report import Report
from assistant.diagnosis.scoring import readiness, system_level
from assistant.errors import AssistantError
from knowledge.document import Document, Status
from knowledge.errors import UnknownDocumentError
from knowledge.instrument import UNKNOWN, Instrument, Item, instrument
from knowledge.starter import shipped
from knowledge.usecases import use_cases
from serving.place import Place

logger = logging.getLogger(__name__)


class Diagnosing:
    """What the routes of a diagnosis work with. A place that is no company's has it too, and no rights to write there."""

    def __init__(self, place: Place, listener: Listener, people: Callable[[], Collection[str]] | None = None) -> None:
        """`people`: ids of the company's people and keys that may get in; whoever has left holds no part."""
        self._place = place
        self.instrument: Instrument = instrument()
        self.kept = Diagnoses(place.database, people)
        self.case = CaseFile(place.database)
        self.interview = Interview(self.instrument, self.kept, listener, self.shells, self._has_aas, korea)

    def diagnosis(self, diagnosis_id: str) -> Diagnosis:
        """Raises UnknownDiagnosisError; MovedOnError for one made with another version of the questions, which cannot be
        read by this one."""
        found = self.kept.get(diagnosis_id)
        if not self.current(found):
            raise MovedOnError("diagnosis_version")
        return found

    def current(self, diagnosis: Diagnosis) -> bool:
        """Whether it was made with the questions there are now. Else it can be listed and deleted, and no more."""
        asked = {item.id: item for item in self.instrument.items()}
        return diagnosis.version == self.instrument.frame.version and all(
            name in asked and given.answer.value in {*asked[name].values, UNKNOWN}
            for name, given in diagnosis.given.items()
        )

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
        return report(
            self.instrument, use_cases().cases, shipped(), self.standing(diagnosis), self.case.firm(company),
            self._before(diagnosis),
        )  # fmt: skip

    def standing(self, diagnosis: Diagnosis) -> Sheet:
        """The answers with what stands behind them now: documents that are still there, and what the AAS say."""
        return as_it_stands(self.instrument, diagnosis.sheet, self.shells(), self._titles())

    def close(self, diagnosis_id: str, company: str, person: str, today: date) -> bool:
        """Write a finished diagnosis into the case file, where that does not say the same already: whether it did.

        It is read anew until the case file says what it finds: of two who answer at once, the slower one's is not older.
        Raises UnknownDiagnosisError for one that was deleted meanwhile; nothing of it counts then.
        """
        wrote = False
        try:
            while found := self._finding(self.kept.get(diagnosis_id), company, today):
                if _same(found, self._counted(diagnosis_id)):
                    break
                self.case.add(found, person, today)
                wrote = True
        except UnknownDiagnosisError:
            self._strike(diagnosis_id, person, today)
            raise
        return wrote

    def renew(self, company: str, person: str, today: date) -> bool:
        """Write the newest finished diagnosis into the case file anew, whose gaps hang on what the company wants and is,
        unless somebody took it out: whether it did. The one begun last and the one the case file has as its last may be
        two."""
        last, state = self._last_written(), self.case.state().diagnoses[-1:]
        finished = [each for each in self.kept.list() if each.finished(self.instrument) and self.current(each)]
        newest = {each.diagnosis_id for each in finished[:1]} | {each.diagnosis_id for each in state}
        wrote = False
        for each in finished:
            if each.diagnosis_id in newest and not _struck(last.get(each.diagnosis_id)):
                wrote |= self.close(each.diagnosis_id, company, person, today)
        return wrote

    def settle(self) -> bool:
        """Write into the case file what a kill kept out of it: whether there was any."""
        wrote, last = False, self._last_written()
        counted = {each.diagnosis_id: each for each in self.case.state().diagnoses}
        try:
            for each in reversed(self.kept.list()):
                if not self.current(each) or not each.finished(self.instrument) or _struck(last.get(each.diagnosis_id)):
                    continue
                if not self._scores(each, counted.get(each.diagnosis_id)):
                    wrote |= self.close(each.diagnosis_id, "", _person(each), korea())
        except AssistantError as error:  # a full case file must not keep the place shut
            logger.warning("a diagnosis is not in the case file: %s", error.reason)
        return wrote

    def delete(self, diagnosis_id: str, person: str, today: date) -> None:
        """Remove a diagnosis, and say in the case file that what it found counts no longer.

        The case file comes first, so that it can be tried again; and once more at the end, for an answer given meanwhile.
        """
        self.kept.get(diagnosis_id)
        self._strike(diagnosis_id, person, today)
        self.kept.delete(diagnosis_id)
        self._strike(diagnosis_id, person, today)

    def _finding(self, diagnosis: Diagnosis, company: str, today: date) -> Diagnosed | None:
        """What a finished diagnosis finds, of the day on which it was finished; None for one that is not, or not ours to
        read."""
        if not self.current(diagnosis) or not diagnosis.finished(self.instrument):
            return None
        made = self.report(diagnosis, company)
        return Diagnosed(
            diagnosis_id=diagnosis.diagnosis_id, version=made.version, depth=made.depth,
            day=min(diagnosis.finished_day or diagnosis.day, today),
            system_level=made.system.level, overall=made.readiness.overall,
            dimensions={each.id: each.score for each in made.readiness.dimensions},
            top_gaps=tuple(gap.area for gap in made.gaps),
        )  # fmt: skip

    def _scores(self, diagnosis: Diagnosis, kept: Diagnosed | None) -> bool:
        """Whether the case file has the levels of a finished diagnosis; its gaps are those of what was wanted then."""
        if kept is None:
            return False
        scored, level = readiness(self.instrument, diagnosis.sheet), system_level(self.instrument, diagnosis.sheet)
        found = {each.id: each.score for each in scored.dimensions}
        return (kept.system_level, kept.overall, kept.dimensions) == (level.level, scored.overall, found)

    def _counted(self, diagnosis_id: str) -> Diagnosed | None:
        """What the case file says of a diagnosis now."""
        return next((each for each in self.case.state().diagnoses if each.diagnosis_id == diagnosis_id), None)

    def _strike(self, diagnosis_id: str, person: str, today: date) -> None:
        for entry in self.case.entries():
            about = isinstance(entry.data, Diagnosed) and entry.data.diagnosis_id == diagnosis_id
            if about and entry.standing != "removed":
                self.case.remove(entry.entry_id, person, today)

    def _last_written(self) -> dict[str, Entry]:
        """The last entry about each diagnosis, by its id."""
        return {each.data.diagnosis_id: each for each in self.case.entries() if isinstance(each.data, Diagnosed)}

    def _before(self, diagnosis: Diagnosis) -> Sheet | None:
        """The last one that was finished on an earlier day, as of then."""
        found = self.kept.before(diagnosis)
        return replace(found.sheet, day=found.finished_day or found.day) if found else None

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


def _same(one: Diagnosed, other: Diagnosed | None) -> bool:
    return other is not None and one.model_dump(exclude={"day"}) == other.model_dump(exclude={"day"})


def _struck(last: Entry | None) -> bool:
    """Whether somebody took out of the case file what was last written of a diagnosis."""
    return last is not None and last.standing == "removed"


def _person(diagnosis: Diagnosis) -> str:
    """Who answered last."""
    return max(diagnosis.given.values(), key=lambda given: given.at).by
