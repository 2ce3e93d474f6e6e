"""Elements of AAS found by what people call the machine and the property: exact, without any index of words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Row, func, select

from knowledge.aas.vocabulary import SIDE, fold, korean_names
from knowledge.document import Document, Element, Section
from knowledge.tables import assets, elements, sections

Span = tuple[int, int]

MOST = 200
"""Machines that one question may match; more are nobody's question."""
_IDENTIFYING = frozenset(
    map(
        fold,
        (
            "ManufacturerProductDesignation", "ManufacturerProductType", "ManufacturerProductFamily", "ProductType",
            "OrderCodeOfManufacturer", "ManufacturerOrderCode", "ProductArticleNumberOfManufacturer",
            "ManufacturerArticleNumber", "SerialNumber", "assetId", "deviceId", "equipmentId", "ModelName", "AssetTag",
        ),
    )
)  # fmt: skip
"""Elements whose values people say when they mean the machine."""
_CODE = re.compile(r"(?=[^\s]*[A-Za-z])(?=[^\s]*\d)[A-Za-z0-9][A-Za-z0-9._/-]{2,}")
_ITEM = re.compile(r"\[\d+\]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Found:
    """An element that a question asks for. `machine` and `name` are the words by which it is asked; `alone`: its document
    describes no other machine. `asset_id` is the global id of that very machine, where its shell has one. `part` says of
    what part it is, as the file calls it, where the machine has such elements with other values (`sole` is false);
    `said` are the words of the question that name a part.
    """

    document_id: str
    ordinal: int
    element: Element
    machine: str
    name: str
    alone: bool = True
    asset_id: str = ""
    part: str = ""
    sole: bool = True
    said: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An element whose name stands in a question at `span`. `within`: submodel and collections it lies in."""

    row: Row[Any]
    machine: str
    span: Span
    within: tuple[str, ...] = ()

    @property
    def parts(self) -> list[str]:
        """By what names the question may single it out: what it lies in, as it is shown, and the idShorts of that."""
        own = [re.sub(r"\[\d+\]", "", name) for name in self.row.path.split("/")[:-1]] if self.row.submodel else []
        return list(map(fold, dict.fromkeys(name for name in (*self.within, *own) if _tells(name))))

    @property
    def what(self) -> tuple[str, str, str]:
        return (self.row.document_id, self.row.asset, fold(self.row.id_short))


def save(connection: Connection, document_id: str, document: Document) -> None:
    """Keep the elements of a document that state something of an asset, in place of those of a former reading."""
    remove(connection, document_id)
    stating = [(s, s.element) for s in document.sections if s.element and s.element.value and s.element.asset]
    if not stating:
        return
    connection.execute(
        assets.insert(),
        [
            {"document_id": document_id, "asset": asset, "known_as": "\n".join(names)}
            for asset, names in _known_as(stating).items()
        ],
    )
    connection.execute(elements.insert(), [_row(document_id, section.ordinal, element) for section, element in stating])


def remove(connection: Connection, document_id: str) -> None:
    """Remove a document's elements; nothing happens where it has none."""
    for table in (elements, assets):
        connection.execute(table.delete().where(table.c.document_id == document_id))


def find(connection: Connection, text: str, topic: str = "") -> list[Found]:
    """Elements whose machine and property `text` names; a machine may be named by `topic` instead.

    The longest names count: who asks for `PAC4200 Pro` does not mean PAC4200. Where the question names a part of the
    machine, only what is said of that part counts.
    """
    machines = _machines(connection, text)
    said = _blanked(text, [span for _, _, span in machines])
    if not machines and topic:
        machines = _machines(connection, topic)
    if len(machines) > MOST:
        return []
    candidates = []
    for row, machine, _ in machines:
        mine = select(elements).where(elements.c.document_id == row.document_id, elements.c.asset == row.asset)
        stated = list(connection.execute(mine.order_by(elements.c.ordinal)))
        tall = _tall(stated) if SIDE in said else set()
        for element in stated:
            names = [*called(_element(element)), *([SIDE] if _is_side(element, tall) else [])]
            candidates += [_Candidate(element, machine, span) for span in _spans(said, map(fold, names))]
    kept = _widest([each.span for each in candidates])
    return _told(connection, said, [each for each in candidates if each.span in kept])


def _told(connection: Connection, said: str, named: Sequence[_Candidate]) -> list[Found]:
    """What is found for those a question names, fewer where it names a part of the machine as well."""
    within = _within(connection, {(each.row.document_id, each.row.ordinal) for each in named})
    candidates = [replace(each, within=within.get((each.row.document_id, each.row.ordinal), ())) for each in named]
    documents = {each.row.document_id for each in candidates}
    alone, ids = _alone(connection, documents), _asset_ids(connection, documents)
    parts, several = _parts(candidates), _several(candidates)
    rest = _blanked(said, [each.span for each in candidates])
    spoken = _widest(_spans(rest, [name for each in candidates for name in each.parts]))
    found = []
    for each in candidates:
        its = [span for span in _spans(rest, each.parts) if span in spoken]
        if spoken and not its:
            continue
        found.append(
            Found(
                document_id=each.row.document_id,
                ordinal=each.row.ordinal,
                element=_element(each.row),
                machine=each.machine,
                name=said[slice(*each.span)],
                alone=each.row.document_id in alone,
                asset_id=ids.get((each.row.document_id, each.row.asset), ""),
                part=parts[each] if each.what in several else "",
                sole=each.what not in several,
                said=" ".join(rest[slice(*span)] for span in dict.fromkeys(its)),
            )
        )
    return list(dict.fromkeys(found))


def _within(connection: Connection, places: set[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, ...]]:
    """By document and ordinal: the names of the submodel and the collections over an element."""
    found = {}
    for document_id in {document_id for document_id, _ in places}:
        ordinals = [ordinal for document, ordinal in places if document == document_id]
        query = select(sections.c.ordinal, sections.c.headings, sections.c.label)
        rows = connection.execute(query.where(sections.c.document_id == document_id, sections.c.ordinal.in_(ordinals)))
        for row in rows:
            # An item of a list goes by the list's name, which is no part of the machine.
            names = row.headings[1:-1] if row.label.endswith("]") else row.headings[1:]
            found[document_id, row.ordinal] = tuple(names)
    return found


def _several(candidates: Sequence[_Candidate]) -> set[tuple[str, str, str]]:
    """What has more than one value in its document: the rated voltages of a motor and of its controls."""
    values: dict[tuple[str, str, str], set[tuple[str, str]]] = defaultdict(set)
    for each in candidates:
        values[each.what].add((each.row.value, each.row.unit))
    return {what for what, stated in values.items() if len(stated) > 1}


def _parts(candidates: Sequence[_Candidate]) -> dict[_Candidate, str]:
    """Of what part each is, told by the collections that those of its name do not have in common; of items by number."""
    alike: dict[tuple[str, str, str], list[tuple[str, ...]]] = defaultdict(list)
    for each in candidates:
        alike[each.what].append(each.within)
    steps = {what: zip(*names, strict=False) for what, names in alike.items()}
    shared = {what: sum(1 for _ in takewhile(lambda step: len(set(step)) == 1, each)) for what, each in steps.items()}
    return {each: _part(each.within, shared[each.what]) for each in candidates}


def _part(within: tuple[str, ...], start: int) -> str:
    if start and start < len(within) and _ITEM.fullmatch(within[start]):
        start -= 1  # a number alone tells nothing
    return " ".join(str(int(name[1:-1]) + 1) if _ITEM.fullmatch(name) else name for name in within[start:])


def _tall(stated: Sequence[Row[Any]]) -> set[str]:
    """The collections (their paths) that state a height."""
    return {row.path.rpartition("/")[0] for row in stated if "높이" in called(_element(row))}


def _is_side(row: Row[Any], tall: set[str]) -> bool:
    return row.path.rpartition("/")[0] in tall and "깊이" in called(_element(row))


def named_at(text: str, names: Iterable[str]) -> list[Span]:
    """Where a text says one of the names, as a word of its own."""
    return sorted(_spans(text, map(fold, names)))


def names_in(text: str, names: Iterable[str]) -> bool:
    """Whether a text says one of the names, as a word of its own."""
    return bool(_spans(text, map(fold, names)))


def called(element: Element) -> list[str]:
    """All names of an element that a question may use."""
    names = [element.id_short, _CAMEL.sub(" ", element.id_short), *element.names]
    return [name for name in names if _tells(name)] + list(korean_names(element.id_short, element.semantic_id))


def _machines(connection: Connection, text: str) -> list[tuple[Row[Any], str, Span]]:
    """(row of document and asset, the words that name it, where) for each machine a text names."""
    named, folded = [], fold(text)
    for row in connection.execute(select(assets).order_by(assets.c.document_id, assets.c.asset)):
        names = [name for name in row.known_as.split("\n") if name in folded]
        spans = _widest(_spans(text, names)) if names else ()
        named += [(row, text[slice(*span)], span) for span in spans]
    kept = _widest([span for _, _, span in named])
    return [each for each in named if each[2] in kept]


def _alone(connection: Connection, documents: set[str]) -> set[str]:
    """The documents that describe one machine only."""
    held = select(assets.c.document_id).where(assets.c.document_id.in_(documents))
    counted = held.group_by(assets.c.document_id).having(func.count() == 1)
    return set(connection.scalars(counted))


def _asset_ids(connection: Connection, documents: set[str]) -> dict[tuple[str, str], str]:
    """Global asset ids by document and asset."""
    stated = elements.c.document_id.in_(documents), elements.c.id_short == "globalAssetId", elements.c.submodel == ""
    rows = connection.execute(select(elements.c.document_id, elements.c.asset, elements.c.value).where(*stated))
    return {(row.document_id, row.asset): row.value for row in rows}


def _known_as(stating: Sequence[tuple[Section, Element]]) -> dict[str, list[str]]:
    """By asset: its name, the headings it stands under, what identifies it, and the codes in those."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for section, element in stating:
        mine = [element.asset, *section.headings[:1]]
        if not element.submodel:
            mine.append(element.path.partition("/")[0])  # the shell's own name
        if fold(element.id_short) in _IDENTIFYING:
            mine.append(element.value)
        for name in mine:
            # `SENTRON PAC4200 Pro` is also PAC4200 Pro, and PAC4200.
            codes = [part for match in _CODE.finditer(name) for part in (name[match.start() :], match[0])]
            names[element.asset].update(dict.fromkeys([name, *codes]))
    return {asset: list(dict.fromkeys(fold(name) for name in known if _tells(name))) for asset, known in names.items()}


def _tells(name: str) -> bool:
    """Whether a name is long enough to mean one thing."""
    folded = fold(name)
    return len(folded) >= (2 if re.search(r"[가-힣]", folded) else 3) and not (folded.isdigit() and len(folded) < 5)


def _spans(text: str, names: Iterable[str]) -> list[Span]:
    """Where a text says one of the names (folded), as a word of its own; particles may follow a Korean one."""
    folded = fold(text)
    said = (name for name in names if name and name in folded)
    return [match.span() for name in said for match in _pattern(name).finditer(text)]


@lru_cache(4096)
def _pattern(folded: str) -> re.Pattern[str]:
    body = r"[\s_\-./·()]*".join(map(re.escape, folded))
    after = r"(?![A-Za-z0-9])" if folded[-1].isascii() else ""
    if len(folded) == 1:  # 폭: a word of its own, with a particle at most
        after = r"(?=[은는이가을를의도과와]?(?![A-Za-z0-9가-힣]))"
    return re.compile(rf"(?<![A-Za-z0-9가-힣]){body}{after}", re.IGNORECASE)


def _widest(spans: Sequence[Span]) -> set[Span]:
    """The spans that lie within no other."""
    return {
        (start, end)
        for start, end in spans
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans)
    }


def _blanked(text: str, spans: Iterable[Span]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _row(document_id: str, ordinal: int, element: Element) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "ordinal": ordinal,
        "asset": element.asset,
        "path": element.path,
        "id_short": element.id_short,
        "names": "\n".join(element.names),
        "semantic_id": element.semantic_id,
        "value": element.value,
        "unit": element.unit,
        "value_type": element.value_type,
        "submodel": element.submodel,
    }


def _element(row: Row[Any]) -> Element:
    names = tuple(row.names.split("\n")) if row.names else ()
    return Element(
        row.path, row.id_short, row.value, row.unit, row.value_type, row.semantic_id, names, row.submodel, row.asset
    )
