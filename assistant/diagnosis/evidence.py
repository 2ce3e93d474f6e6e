"""Whether what a firm shows stands behind what it says: checked by code, and said politely where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from assistant.diagnosis.answers import Answer, Evidence
from knowledge.document import Document
from knowledge.instrument import UNKNOWN, Anchor, Item

_TIME = re.compile(r"(20\d{2})[-./](\d{1,2})[-./](\d{1,2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ENOUGH_ROWS = 12
"""Timed rows from which on an interval is worth a word."""
_READ_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Shell:
    """A submodel of a real asset in one of the company's own documents."""

    document_id: str
    title: str
    submodel: str


def known_from(item: Item, shells: Sequence[Shell]) -> Answer | None:
    """The answer that the company's AAS already gives to an item, best first; None where it gives none."""
    for support in reversed(item.supported_by):
        found = _holding(support.submodels, shells)
        if found:
            return Answer(item.id, support.value, tuple(found))
    return None


def weighed(item: Item, value: str, shells: Sequence[Shell]) -> tuple[Evidence, ...]:
    """What the company's AAS says to an answer: it supports it, or shows more than was claimed."""
    if value == UNKNOWN:
        return ()
    said, known = item.anchor(value), known_from(item, shells)
    if known is None or said.score == 0 == item.anchor(known.value).score:
        return ()
    shown = item.anchor(known.value)
    if said.score <= shown.score and said.score >= _least(item).score:
        return known.evidence
    if said.score < _least(item).score:
        return tuple(
            _against(
                each,
                f"자료에는 '{shown.text}'에 맞는 AAS가 있습니다. 답과 자료 가운데 어느 쪽이 지금 모습인지 확인해 주세요.",
            )
            for each in known.evidence[:1]
        )
    return ()


def shown_paper(item: Item, value: str, document_id: str, document: Document) -> Evidence:
    """A document a person points at. It stands for the answer unless its own times speak against it."""
    every = _interval(document) if item.paced else None
    if item.paced is None or every is None or value == UNKNOWN:
        return Evidence(document_id, document.title)
    claimed, needs = item.anchor(value), item.anchor(item.paced.value)
    if claimed.score >= needs.score and every > item.paced.seconds:
        note = f"《{document.title}》의 값은 대개 {_said(every)} 간격입니다. '{claimed.text}'라는 답과 맞는지 확인해 주세요."
        return Evidence(document_id, document.title, state="against", note=note)
    return Evidence(document_id, document.title, note=f"값의 간격: 대개 {_said(every)}")


def shown_shell(item: Item, value: str, document_id: str, title: str, path: str, shells: Sequence[Shell]) -> Evidence:
    """An AAS element a person points at, by its idShort path."""
    wanted = [support for support in item.supported_by if value != UNKNOWN]
    submodel = path.split("/", 1)[0]
    here = [each for each in shells if each.document_id == document_id and each.submodel == submodel]
    able = [item.anchor(each.value) for each in wanted if _holding(each.submodels, here)]
    claimed: Anchor | None = None if value == UNKNOWN else item.anchor(value)
    if claimed and wanted and claimed.score > max((anchor.score for anchor in able), default=0):
        note = (
            f"《{title}》의 {path}만으로는 '{claimed.text}'라는 답이 확인되지 않습니다. 다른 근거가 있으면 알려 주세요."
        )
        return Evidence(document_id, title, path, "against", note)
    return Evidence(document_id, title, path)


def _holding(names: Iterable[str], shells: Sequence[Shell]) -> list[Evidence]:
    begins = tuple(_folded(name) for name in names)
    found = {
        (each.document_id, each.title, each.submodel) for each in shells if _folded(each.submodel).startswith(begins)
    }
    return [Evidence(document_id, title, submodel) for document_id, title, submodel in sorted(found)]


def _least(item: Item) -> Anchor:
    """The lowest answer that an AAS can stand for."""
    return min((item.anchor(each.value) for each in item.supported_by), key=lambda anchor: anchor.score)


def _against(evidence: Evidence, note: str) -> Evidence:
    return Evidence(evidence.document_id, evidence.title, evidence.path, "against", note)


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


def _interval(document: Document) -> float | None:
    """Seconds that usually lie between two timed rows of its tables; None where there are too few."""
    times = sorted(set(_times(document)))
    apart = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return median(apart) if len(apart) >= _ENOUGH_ROWS else None


def _times(document: Document) -> Iterable[datetime]:
    rows = (line for section in document.sections if section.kind == "table" for line in section.text.splitlines())
    for _, line in zip(range(_READ_ROWS), rows, strict=False):
        found = _TIME.search(line)
        if found:
            try:
                yield datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - wall clock of the plant, only differences count
            except ValueError:
                continue


def _said(seconds: float) -> str:
    for unit, size in (("일", 86_400), ("시간", 3_600), ("분", 60)):
        if seconds >= size:
            return f"{round(seconds / size)}{unit}"
    return f"{round(seconds)}초"
