"""Whether what a firm shows stands behind what it says: checked by code, and said politely where it does not."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from statistics import median

from assistant.diagnosis.answers import Answer, Evidence, Sheet
from knowledge.document import Document
from knowledge.instrument import UNKNOWN, AasSupport, Instrument, Item

_TIME = re.compile(r"(20\d{2})[-./](\d{1,2})[-./](\d{1,2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
_MORE = "자료에는 '{shown}'에 맞는 AAS가 있습니다. 답과 자료 가운데 어느 쪽이 지금 모습인지 확인해 주세요."
_LESS = "《{title}》의 {path}만으로는 '{claimed}'라는 답이 확인되지 않습니다. 다른 근거가 있으면 알려 주세요."
_ENOUGH_ROWS = 12
"""Timed rows from which on an interval is worth a word."""
_READ_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Shell:
    """An element with a value in the shells of the company's own AAS, of a real asset: `path` is its idShort path."""

    document_id: str
    title: str
    path: str


def wanted(instrument: Instrument) -> tuple[str, ...]:
    """How the idShorts of the submodels begin that support any answer."""
    names = (name for item in instrument.items() for each in item.supported_by for name in each.submodels)
    return tuple(dict.fromkeys(names))


def known_from(item: Item, shells: Sequence[Shell]) -> Answer | None:
    """The answer an item has before it is asked: the lowest that the company's AAS stands for; None where it has none."""
    for support in item.supported_by:
        found = _holding(support, shells)
        if found:
            return Answer(item.id, support.value, tuple(found))
    return None


def as_it_stands(instrument: Instrument, sheet: Sheet, shells: Sequence[Shell], papers: Container[str]) -> Sheet:
    """The answers with their evidence as it is now: what a person pointed at, where that document (`papers`, by id) is
    still there, and what the company's AAS says.
    """
    answers = {}
    for name, answer in sheet.answers.items():
        kept = tuple(each for each in answer.evidence if each.document_id in papers)
        beside = tuple(each for each in weighed(instrument.item(name), answer.value, shells) if each not in kept)
        answers[name] = replace(answer, evidence=(*kept, *beside))
    return replace(sheet, answers=answers)


def weighed(item: Item, value: str, shells: Sequence[Shell]) -> tuple[Evidence, ...]:
    """What the company's AAS says to an answer: it supports it, or shows more than was claimed."""
    able = [(item.anchor(each.value), _holding(each, shells)) for each in item.supported_by]
    able = [(anchor, found) for anchor, found in able if found]
    if value == UNKNOWN or not able:
        return ()
    said = item.anchor(value)
    enough = [found for anchor, found in able if anchor.score >= said.score]
    least = item.anchor(item.supported_by[0].value)
    if said.score < least.score:
        shown, [first, *_] = able[-1]
        return (replace(first, state="against", note=_MORE.format(shown=shown.text)),)
    return tuple(enough[0]) if enough else ()


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
    found = Evidence(document_id, title, path)
    if value == UNKNOWN or not item.supported_by:
        return found
    claimed, submodel = item.anchor(value), path.split("/", 1)[0]
    here = [each for each in shells if each.document_id == document_id and each.path.split("/", 1)[0] == submodel]
    able = [item.anchor(each.value).score for each in item.supported_by if _holding(each, here)]
    if claimed.score > max(able, default=0):
        return replace(found, state="against", note=_LESS.format(title=title, path=path, claimed=claimed.text))
    return found


def _holding(support: AasSupport, shells: Sequence[Shell]) -> list[Evidence]:
    """One piece of evidence for each submodel that supports, by its first element that does."""
    begins = tuple(_folded(name) for name in support.submodels)
    found: dict[tuple[str, str], Evidence] = {}
    for each in shells:
        submodel = each.path.split("/", 1)[0]
        holds = not support.holding or any(part in each.path for part in support.holding)
        if _folded(submodel).startswith(begins) and holds:
            path = each.path if support.holding else submodel
            found.setdefault((each.document_id, submodel), Evidence(each.document_id, each.title, path))
    return [found[key] for key in sorted(found)]


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
