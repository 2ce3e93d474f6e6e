"""AAS 준비 점검: what an application for 자율형공장 would still miss, told from the AAS a company has here.

A self-check, not the programme's review. That 자율형공장 asks for an AAS and a system at 중간1 or above is what a guide says
(`SOURCE`); which submodels a review wants is not known to us, so each item is here because it is of use, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.aas import nameplate, technical_data
from knowledge.aas.draft import Draft
from knowledge.aas.template import Slot
from knowledge.document import Document, Element

State = Literal["met", "unmet", "unknown"]
SOURCE = "smartcalc.kr 지원사업 안내(2차 자료), 2026년 자율형공장: 시스템 수준 중간1 이상과 AAS"
KNOWN_METAMODELS = ("3.0", "3.1")
METAMODEL, ASSET = "aas_version", "asset_id"
"""Keys of the metadata `knowledge.readers.aas` gives: the metamodel where the file tells it, and the global asset id."""
_SHOWN = 5
_NAMEPLATE = ("nameplate", "digitalnameplate", "zveinameplate")
_TECHNICAL = ("technicaldata",)
_SUBMODELS = {
    "handover": ("handoverdocumentation", "documentation"),
    "interfaces": ("assetinterfacesdescription", "assetinterface"),
    "time_series": ("timeseries",),
}
"""How the idShort of a submodel begins, case and underscores apart."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an item was judged by: an element (`path` with its `value`) of a document, or what is `missing` there."""

    document_id: str
    title: str
    path: str = ""
    value: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to have. `key` is of `knowledge.aas.readiness_text.ITEMS`."""

    key: str
    state: State
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stated:
    """One element with the document it is of."""

    document_id: str
    title: str
    element: Element

    @property
    def seen(self) -> Seen:
        value = f"{self.element.value} {self.element.unit}".strip()
        return Seen(self.document_id, self.title, self.element.path, value)

    def of(self, names: tuple[str, ...]) -> bool:
        """Whether it stands in a submodel of one of these names that describes a real asset, no template."""
        folded = self.element.path.split("/", 1)[0].replace("_", "").casefold()
        return bool(self.element.asset and self.element.submodel) and folded.startswith(names)


def readiness(documents: Sequence[tuple[str, Document]], drafts: Sequence[Draft]) -> tuple[Item, ...]:
    """The items, in the order in which they are best dealt with.

    `documents`: those of the company that are AAS, (id, reading with sections) each. `drafts`: those under way.
    """
    stated = [
        _Stated(document_id, document.title, section.element)
        for document_id, document in documents
        for section in document.sections
        if section.element
    ]
    return (
        Item("aas", "met" if documents else "unmet", tuple(Seen(each, d.title) for each, d in documents[:_SHOWN])),
        _metamodel(documents),
        _assets(documents),
        _complete("nameplate", stated, nameplate.SLOTS, _NAMEPLATE),
        _complete("technical_data", stated, technical_data.SLOTS, _TECHNICAL),
        *(_submodel(key, stated, names) for key, names in _SUBMODELS.items()),
        _semantics(stated),
        _findings(documents),
        _unconfirmed(drafts),
        Item("system_level", "unknown"),
    )


def _metamodel(documents: Sequence[tuple[str, Document]]) -> Item:
    seen = tuple(Seen(each, document.title, value=document.metadata.get(METAMODEL, "")) for each, document in documents)
    versions = {one.value for one in seen}
    if not versions - {""}:
        return Item("metamodel", "unknown", seen[:_SHOWN])
    return Item("metamodel", "met" if versions <= set(KNOWN_METAMODELS) else "unmet", seen[:_SHOWN])


def _assets(documents: Sequence[tuple[str, Document]]) -> Item:
    """Whether every document says which thing it describes."""
    if not documents:
        return Item("asset", "unknown")
    seen = [
        Seen(each, d.title, value=d.metadata.get(ASSET, ""), missing=not d.metadata.get(ASSET)) for each, d in documents
    ]
    lacking = [one for one in seen if one.missing]
    return Item("asset", "unmet" if lacking else "met", tuple((lacking or seen)[:_SHOWN]))


def _complete(key: str, stated: Sequence[_Stated], slots: Sequence[Slot], names: tuple[str, ...]) -> Item:
    """Whether a submodel is there and, in one document at least, has every mandatory element with a value."""
    inside = [one for one in stated if one.of(names)]
    best: tuple[Seen, ...] | None = None
    for document_id in dict.fromkeys(one.document_id for one in inside):
        own = [one for one in inside if one.document_id == document_id]
        lacking = tuple(Seen(document_id, own[0].title, path, missing=True) for path in _lacking(own, slots))
        if not lacking:
            return Item(key, "met", tuple(one.seen for one in own if one.element.value)[:_SHOWN])
        best = lacking if best is None or len(lacking) < len(best) else best
    return Item(key, "unmet", best or ())


def _lacking(own: Sequence[_Stated], slots: Sequence[Slot]) -> Iterator[str]:
    """Paths of mandatory elements without a value. The address counts as given where any part of it is."""
    ids = {one.element.semantic_id for one in own if one.element.value}
    names = {one.element.id_short for one in own if one.element.value}
    address = any("/AddressInformation" in one.element.path and one.element.value for one in own)
    for slot in slots:
        if slot.mandatory and slot.path.startswith(nameplate.ADDRESS):
            if not address:
                yield nameplate.ADDRESS
        elif slot.mandatory and slot.semantic_id not in ids and slot.id_short not in names:
            yield slot.path


def _submodel(key: str, stated: Sequence[_Stated], names: tuple[str, ...]) -> Item:
    found = [one.seen for one in stated if one.of(names)]
    return Item(key, "met" if found else "unmet", tuple(found[:_SHOWN]))


def _semantics(stated: Sequence[_Stated]) -> Item:
    """Whether each value of a submodel says by an identifier what it means. Items of a list have that of their list."""
    named = [one for one in stated if one.element.submodel and one.element.id_short]
    if not named:
        return Item("semantics", "unknown")
    bare = [one.seen for one in named if not one.element.semantic_id]
    return Item("semantics", "unmet" if bare else "met", tuple(bare[:_SHOWN]))


def _findings(documents: Sequence[tuple[str, Document]]) -> Item:
    if not documents:
        return Item("findings", "unknown")
    seen = [
        Seen(document_id, document.title, finding.path, finding.value)
        for document_id, document in documents
        for finding in document.findings
    ]
    return Item("findings", "unmet" if seen else "met", tuple(seen[:_SHOWN]))


def _unconfirmed(drafts: Sequence[Draft]) -> Item:
    seen = [
        Seen(made.draft_id, made.name, path, missing=path in made.open)
        for made in drafts
        for path in dict.fromkeys([*made.open, *made.unconfirmed])
    ]
    return Item("drafts", "unmet" if seen else "met", tuple(seen[:_SHOWN]))
