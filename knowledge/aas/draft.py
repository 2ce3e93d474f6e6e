"""A first draft of an AAS from papers: every value found by a rule, with its place, for a person to check.

Nothing is made up: what no paper states stays open, and what papers state differently stays undecided.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from knowledge.aas import nameplate, technical_data, vocabulary
from knowledge.aas.statement import Statement, measure, plain, statements, unit_in
from knowledge.aas.template import Slot
from knowledge.document import Document
from knowledge.errors import KnowledgeError

NEEDS_CHECK = "사람 확인 필요"
State = Literal["confirmed", "check", "conflict", "open"]
SLOTS: dict[str, Slot] = {slot.path: slot for slot in (*nameplate.SLOTS, *technical_data.SLOTS)}
_ZIP = re.compile(r"(?<!\d)(\d{5})(?!\d)")
_CITY = re.compile(r"(\S+(?:특별자치시|특별시|광역시))(?:\s|$)|(?:\S+도)\s+(\S+[시군])(?:\s|$)")
_PROVINCE = re.compile(
    r"^(?:\(?우?\)?\s*\d{5}\)?\s*)?(서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충[북청]|전[북라]|경[북상]|경남|충남|전남|제주)"
)
_DATE = re.compile(r"^(\d{4})\s*[.\-/년]\s*(\d{1,2})\s*[.\-/월]\s*(\d{1,2})\s*[.일]?$")
_ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:\S+$")
_MOST_UNKNOWN = 200
MOST_CANDIDATES = 50
"""Of one element; a catalogue of many products names no one value anyway."""


class DraftError(KnowledgeError):
    """A value or a path that a draft does not take."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value stands: verbatim `quote` at `locator` of section `ordinal`. `derived`: concluded from the quote."""

    document_id: str
    title: str
    ordinal: int
    locator: str
    page: int | None
    quote: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class DraftValue:
    """One value for one element. `value` is as XML Schema writes `value_type`; a range of numbers reads `0~60`.

    `origin` is None where a person wrote it. `path` runs from the submodel on, as in `Element`.
    """

    path: str
    id_short: str
    name_ko: str
    value: str
    unit: str
    value_type: str
    semantic_id: str
    origin: Origin | None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A Digital Nameplate and Technical Data in the making. Several values of one path are candidates to choose from."""

    draft_id: str
    name: str
    documents: tuple[str, ...]
    values: tuple[DraftValue, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every element there can be: those of the templates, then the technical properties that were found."""
        return tuple(dict.fromkeys([*SLOTS, *(value.path for value in self.values)]))

    def candidates(self, path: str) -> tuple[DraftValue, ...]:
        return tuple(value for value in self.values if value.path == path)

    def chosen(self, path: str) -> DraftValue | None:
        """What goes into the package: the confirmed value, or the only one found. None is open or undecided."""
        found = self.candidates(path)
        confirmed = [value for value in found if value.confirmed]
        return confirmed[0] if confirmed else found[0] if len(found) == 1 else None

    def state(self, path: str) -> State:
        chosen = self.chosen(path)
        if chosen:
            return "confirmed" if chosen.confirmed else "check"
        return "conflict" if self.candidates(path) else "open"

    @property
    def open(self) -> tuple[str, ...]:
        """Mandatory elements that have no value yet, or several to choose from."""
        return tuple(path for path, slot in SLOTS.items() if slot.mandatory and self.chosen(path) is None)

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Elements with a value or candidates that nobody has confirmed."""
        return tuple(path for path in self.paths if self.state(path) in {"check", "conflict"})


def draft(draft_id: str, name: str, documents: Sequence[tuple[str, Document]]) -> Draft:
    """What the documents, (id, reading) each, state of one product. Raises DraftError where they state nothing."""
    found: dict[tuple[str, str, str], DraftValue] = {}
    unknown: dict[str, str] = {}
    count: Counter[str] = Counter()
    for document_id, document in documents:
        for stated in _sided(list(statements(document, _known))):
            for value in _values(stated, document_id, document.title, unknown):
                key = (value.path, value.value.casefold(), value.unit)
                if key not in found and count[value.path] < MOST_CANDIDATES:
                    count[value.path] += 1
                    found[key] = value
    if not found:
        raise DraftError("aas_nothing_found")
    order = {path: at for at, path in enumerate(SLOTS)}
    values = sorted(found.values(), key=lambda value: order.get(value.path, len(order)))
    return Draft(draft_id, name, tuple(document_id for document_id, _ in documents), tuple(_explicit_first(values)))


def decide(made: Draft, path: str, value: str | None, *, confirmed: bool) -> Draft:
    """The draft with a person's word on one element: a candidate or a value of their own, confirmed or to be checked.

    Without `value` the only candidate is meant. Elements that say the same follow while nobody confirmed them
    otherwise. Raises DraftError for a path the draft does not have and for a value that its type does not take.
    """
    if path not in made.paths:
        raise DraftError("aas_path", path=path)
    picked = _picked(made, path, value)
    decided = _replaced(made, replace(picked, confirmed=confirmed))
    for twin in _twins(path):
        if not any(candidate.confirmed for candidate in made.candidates(twin)):
            slot = SLOTS[twin]
            same = replace(picked, path=twin, id_short=slot.id_short, name_ko=slot.name_ko, confirmed=confirmed,
                           value_type=slot.value_type, semantic_id=slot.semantic_id)  # fmt: skip
            decided = _replaced(decided, same)
    return decided


def _picked(made: Draft, path: str, value: str | None) -> DraftValue:
    candidates = made.candidates(path)
    if value is None:
        if len(candidates) != 1:
            raise DraftError("aas_choose", path=path)
        return candidates[0]
    words = value.strip()
    for candidate in candidates:
        if words in {candidate.value, f"{candidate.value} {candidate.unit}".strip()}:
            return candidate
    return _written(path, words, candidates)


def _written(path: str, words: str, candidates: tuple[DraftValue, ...]) -> DraftValue:
    """What a person wrote, in the type of the element: one line of characters that can be seen."""
    if not words.isprintable() or not words:
        raise DraftError("aas_value", path=path, value=words)
    slot = SLOTS.get(path)
    if slot is not None:
        typed = _typed(slot, words)
        if typed is None:
            raise DraftError("aas_value", path=path, value=words)
        return _of_slot(slot, typed, None)
    like, found = candidates[0], measure(words, candidates[0].unit)
    if found is None:
        return replace(like, value=words, unit="", value_type="xs:string", origin=None)
    return replace(like, value=_span(found.low, found.high), unit=found.unit, value_type="xs:double", origin=None)


def _replaced(made: Draft, value: DraftValue) -> Draft:
    """The draft with this value first of its path. Others stay as candidates; what a person wrote before does not."""
    rest = [replace(other, confirmed=False) if other.path == value.path else other for other in made.values]
    kept = [
        other for other in rest if other.path != value.path or (other.origin is not None and not _same(other, value))
    ]
    at = next((at for at, other in enumerate(rest) if other.path == value.path), len(kept))
    return replace(made, values=(*kept[:at], value, *kept[at:]))


def _same(one: DraftValue, other: DraftValue) -> bool:
    return (one.value, one.unit) == (other.value, other.unit)


def _twins(path: str) -> Iterator[str]:
    own = SLOTS.get(path)
    for other in SLOTS.values():
        if other.same_as == path or (own and own.same_as == other.path):
            yield other.path


@cache
def _labels() -> dict[str, Slot | technical_data.Term]:
    """Every label we look for, as `plain` gives it; of the nameplate before technical ones, the first where two share one."""
    labels: dict[str, Slot | technical_data.Term] = {}
    for slot in nameplate.SLOTS:
        for name in (slot.name_ko, slot.id_short, *slot.names):
            labels.setdefault(plain(name), slot)
    for term in technical_data.TERMS:
        for name in (term.name_ko, term.id_short, *term.names):
            labels.setdefault(plain(name), term)
    by_id_short = {slot.id_short: slot for slot in nameplate.SLOTS} | {t.id_short: t for t in technical_data.TERMS}
    for word in vocabulary.terms():
        meant = next((by_id_short[name] for name in word.id_shorts if name in by_id_short), None)
        if meant:
            for name in (*word.ko, *word.id_shorts):
                labels.setdefault(plain(name), meant)
    return labels


@cache
def _others() -> dict[str, technical_data.Term]:
    """What the vocabulary calls properties we do not look for: their idShort where a paper gives one a number."""
    others: dict[str, technical_data.Term] = {}
    for word in vocabulary.terms():
        for name in (*word.ko, *word.id_shorts):
            others.setdefault(plain(name), technical_data.Term(word.id_shorts[0], word.ko[0]))
    return others


def _known(label: str) -> bool:
    return label in _labels() or label == vocabulary.SIDE


def _sided(found: Sequence[Statement]) -> Iterator[Statement]:
    """What a paper calls 세로 is its depth where it states a height, and stays a property of that name otherwise."""
    meant = [_labels().get(plain(stated.label)) for stated in found]
    tall = any(isinstance(term, technical_data.Term) and term.id_short == "Height" for term in meant)
    for stated in found:
        side = tall and plain(stated.label) == vocabulary.SIDE
        # The unit may stand in brackets behind the label.
        unit = stated.unit or unit_in(stated.label)
        yield replace(stated, label="Depth", unit=unit) if side else stated


def _values(stated: Statement, document_id: str, title: str, unknown: dict[str, str]) -> Iterator[DraftValue]:
    """The values one statement gives. `unknown` numbers the labels we have no name for, and grows."""
    origin = Origin(document_id, title, stated.ordinal, stated.locator, stated.page, stated.quote)
    meant = _labels().get(plain(stated.label))
    if isinstance(meant, Slot):
        yield from _of_paper(meant, stated, origin)
    elif meant is not None:
        yield _technical(meant.id_short, meant.name_ko, stated, origin)
    elif not _looks_technical(stated):
        return
    elif other := _others().get(plain(stated.label)):
        yield _technical(other.id_short, other.name_ko, stated, origin)
    elif plain(stated.label) in unknown or len(unknown) < _MOST_UNKNOWN:
        number = unknown.setdefault(plain(stated.label), f"Property{len(unknown) + 1:03}")
        yield _technical(number, stated.label, stated, origin)


def _of_paper(slot: Slot, stated: Statement, origin: Origin) -> Iterator[DraftValue]:
    value = _typed(slot, stated.value)
    if value is None:
        return
    yield _of_slot(slot, value, origin)
    for twin in _twins(slot.path):
        yield _of_slot(SLOTS[twin], value, origin)
    if slot.path == f"{nameplate.ADDRESS}/Street":
        concluded = replace(origin, derived=True)
        for name, part in _address(value):
            yield _of_slot(SLOTS[f"{nameplate.ADDRESS}/{name}"], part, concluded)


def _of_slot(slot: Slot, value: str, origin: Origin | None) -> DraftValue:
    return DraftValue(slot.path, slot.id_short, slot.name_ko, value, "", slot.value_type, slot.semantic_id, origin)


def _technical(id_short: str, name: str, stated: Statement, origin: Origin) -> DraftValue:
    unit = stated.unit or unit_in(stated.label)
    found = measure(stated.value, unit)
    path = f"{technical_data.AREA}/{id_short}"
    if found is None:
        return DraftValue(path, id_short, name, stated.value, unit, "xs:string", technical_data.ANY_PROPERTY, origin)
    value = _span(found.low, found.high)
    return DraftValue(path, id_short, name, value, found.unit, "xs:double", technical_data.ANY_PROPERTY, origin)


def _looks_technical(stated: Statement) -> bool:
    """A label we do not know is a property where a number with its unit stands beside it."""
    found = measure(stated.value, stated.unit or unit_in(stated.label))
    return found is not None and bool(found.unit) and len(stated.label) <= 30 and any(c.isalpha() for c in stated.label)


def _typed(slot: Slot, words: str) -> str | None:
    """`words` as the slot's type is written; None where they are no value of it."""
    if slot.value_type == "xs:date":
        return _date(words)
    if slot.value_type == "xs:anyURI":
        return words if _ABSOLUTE.match(words) else None
    if slot.id_short == "YearOfConstruction":
        found = re.match(r"^(\d{4})\s*년?$", words)
        return found.group(1) if found else None
    return words


def _date(words: str) -> str | None:
    from datetime import date

    found = _DATE.match(words)
    try:
        return date(*(int(part) for part in found.groups())).isoformat() if found else None
    except ValueError:
        return None


def _address(words: str) -> Iterator[tuple[str, str]]:
    """What a Korean address says beside the street: only where it plainly does."""
    if found := _ZIP.search(words):
        yield "Zipcode", found.group(1)
    if found := _CITY.search(words):
        yield "CityTown", found.group(1) or found.group(2)
    if _PROVINCE.match(words):
        yield "NationalCode", "KR"


def _explicit_first(values: Iterable[DraftValue]) -> list[DraftValue]:
    """Without what was concluded for an element that a paper states itself."""
    found = list(values)
    stated = {value.path for value in found if value.origin and not value.origin.derived}
    return [value for value in found if not (value.origin and value.origin.derived) or value.path not in stated]


def _span(low: str, high: str) -> str:
    return f"{low}~{high}" if high else low
