"""An environment as sections: one for each element that states a value, tables of what a template asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.aas.environment import CONTAINERS, Concept, Environment, Node, Shell, Submodel, Texts, words_in
from knowledge.aas.writer import CHECK
from knowledge.document import Element, Locator, Section
from knowledge.quantity import measured
from knowledge.visible import visible

DESIGNATIONS = ("manufacturerproductdesignation", "manufacturerproducttype", "manufacturerproductfamily")
"""idShorts (folded) of what a product is called, the most telling first."""
_MANUFACTURER = "manufacturername"
_EXAMPLE = "예시 값"
_COLUMNS = "idShort | name | type | cardinality | semanticId | description"
_CARDINALITIES = frozenset({"smt/cardinality", "cardinality", "multiplicity"})
_ROLES = {"in": "inputVariable", "out": "outputVariable", "inout": "inoutputVariable"}


@dataclass(frozen=True, slots=True)
class _Owner:
    """The submodel an element is in, what it describes (`asset`), and the headings over it. A template describes nothing:
    its values are examples, which nobody may take for what is so of the machine its shell stands for.
    """

    environment: Environment
    submodel: Submodel
    asset: str
    headings: tuple[str, ...]


def sections_of(environment: Environment) -> tuple[Section, ...]:
    """Everything an environment states, in its order; nothing only where it has neither shell, submodel nor concept.

    The first line of an element's section is `asset | names (idShort) | value unit`, and what is still to be done where
    nobody has confirmed the value; further lines are `attribute | text`. A template's is `names (idShort) | 예시 값: value unit`.
    """
    found = list(_all(environment))
    return tuple(replace(section, ordinal=at) for at, section in enumerate(found))


class Assets:
    """What the things are called that an environment describes."""

    def __init__(self, environment: Environment) -> None:
        self._stated: dict[str | None, dict[str, str]] = {}
        self._templates: dict[str | None, bool] = {}
        for submodel in environment.submodels:
            shell = environment.shell_of(submodel)
            key = shell.id if shell else None
            self._templates[key] = self._templates.get(key, True) and submodel.template
            if not submodel.template:
                self._note(self._stated.setdefault(key, {}), submodel)
        self._shared = Counter(self._designated(shell) for shell in environment.shells)

    def name(self, shell: Shell | None) -> str:
        """The product's designation, else the name of its shell or the end of its asset's id. Where several shells are
        of one product, their names tell them apart.
        """
        designated = self._designated(shell)
        if shell is not None and shell.id_short and designated and self._shared[designated] > 1:
            return f"{designated} ({_line(shell.id_short)})"
        if shell is None or designated:
            return designated
        own = (
            words_in(shell.display, "ko", "en"),
            shell.id_short,
            shell.asset.rstrip("/#").rpartition("/")[2],
            shell.id,
        )
        return next((_line(name) for name in own if name), "")

    def _designated(self, shell: Shell | None) -> str:
        stated = self._stated.get(shell.id if shell else None, {})
        return next((stated[name] for name in DESIGNATIONS if name in stated), "")

    def maker(self, shell: Shell) -> str:
        return self._stated.get(shell.id, {}).get(_MANUFACTURER, "")

    def only_templates(self, shell: Shell) -> bool:
        """Whether a shell has nothing but templates, so that it stands for no real asset."""
        return self._templates.get(shell.id, False)

    @staticmethod
    def _note(stated: dict[str, str], submodel: Submodel) -> None:
        for _, node in submodel.walk():
            name = node.id_short.casefold()
            if name in DESIGNATIONS or name == _MANUFACTURER:
                value = value_of(node)
                if value:
                    stated.setdefault(name, value)


def title_of(environment: Environment) -> str:
    """What the environment is about: maker and product where they are stated, else the shell's or submodel's name."""
    assets = Assets(environment)
    names = list(dict.fromkeys(name for name in (assets.name(shell) for shell in environment.shells) if name))
    if not names:
        named = (words_in(s.display, "ko", "en") or s.id_short or s.id for s in environment.submodels)
        return next((name for name in named if name), "")
    maker = assets.maker(environment.shells[0])
    first = names[0] if not maker or maker.casefold() in names[0].casefold() else f"{maker} {names[0]}"
    return first if len(names) == 1 else f"{first} (+{len(names) - 1})"


def value_of(node: Node) -> str:
    """What an element states in one line; empty where it states nothing. Of several languages Korean, else English."""
    if node.kind == "Range":
        return _span(node.low, node.high)
    if node.kind == "Entity":
        ids = [node.asset, *(f"{name} {value}" for name, value in node.asset_ids)]
        return _line(" ".join(part for part in (node.value, *ids) if part))
    if node.kind == "Blob":
        return f"{node.content_type} (base64, {node.size})" if node.size else ""
    if node.kind == "Operation":
        return "; ".join(f"{_ROLES[child.role]} {child.id_short}" for child in node.children if child.role in _ROLES)
    if node.references:
        said = " → ".join(str(reference) for reference in node.references if reference.keys)
        return _line(" ".join([said, *(f"{name} {value}" for name, value in node.details)]))
    return _line(words_in(node.texts, "ko", "en") or node.value)


def _span(low: str, high: str) -> str:
    """A range in words: `0 ~ 40`, and `5 이상` or `40 이하` where it is open at one end."""
    if low and high:
        return _line(f"{low} ~ {high}")
    return _line(f"{low} 이상" if low else f"{high} 이하") if low or high else ""


def names_of(environment: Environment, node: Node) -> tuple[str, ...]:
    """What else an element is called, Korean first, then English: its display names and those of its concept."""
    concept = environment.concept_of(node) or Concept()
    texts = [*node.display, *concept.preferred, *concept.display, *concept.short]
    order = {"ko": 0, "en": 1}
    ranked = sorted(texts, key=lambda text: order.get(text[0].lower().split("-")[0], 2))
    return tuple(dict.fromkeys(_line(words) for _, words in ranked if words.strip()))


def _all(environment: Environment) -> Iterator[Section]:
    assets = Assets(environment)
    for shell in environment.shells:
        yield from _shell(assets, shell)
    for submodel in environment.submodels:
        yield from _submodel(environment, submodel, assets.name(environment.shell_of(submodel)))
    if environment.concepts and not environment.submodels and not environment.shells:
        rows = [_row((c.id_short, _first(c.preferred, c.display), c.data_type, c.unit, c.id, _first(c.definition)))
                for c in environment.concepts]  # fmt: skip
        columns = "idShort | name | type | unit | id | description"
        yield Section(0, Locator("conceptDescriptions"), "\n".join([columns, *rows]), kind="table")


def _shell(assets: Assets, shell: Shell) -> Iterator[Section]:
    asset, place = assets.name(shell), shell.id_short or shell.id or "AssetAdministrationShell"
    stated = [("globalAssetId", shell.asset), ("assetType", shell.asset_type), *shell.asset_ids]
    for name, value in stated:
        if name and value:
            path = f"{place}/{name}"
            element = Element(path, name, _line(value), asset="" if assets.only_templates(shell) else asset)
            yield Section(
                0, Locator(path), _row((asset, name, _line(value))), (asset,), kind="element", element=element
            )
    about = (
        _first(shell.description) or "" if any(value for _, value in stated) else _first(shell.description) or shell.id
    )
    if about:
        yield Section(0, Locator(place), f"{asset} | {about}", (asset,))


def _submodel(environment: Environment, submodel: Submodel, asset: str) -> Iterator[Section]:
    place = submodel.id_short or submodel.id or "Submodel"
    asset = "" if submodel.template else asset
    owner = _Owner(environment, submodel, asset, tuple(part for part in (asset, place) if part))
    told = [_row(("description", _first(submodel.description))), _row(("semanticId", submodel.semantic_id))]
    about = [row for row in told if not row.endswith("| ")]
    stated = list(_elements(owner, submodel.elements, place, owner.headings))
    if submodel.template or not stated:
        if about or not submodel.elements:
            head = _row(part for part in (asset, words_in(submodel.display, "ko", "en") or place) if part)
            yield Section(0, Locator(place), "\n".join([head, *about]), owner.headings)
        yield from _asked(owner, submodel.elements, place, owner.headings, listed=False)
    yield from stated


def _elements(
    owner: _Owner, nodes: tuple[Node, ...], base: str, headings: tuple[str, ...], within: Node | None = None
) -> Iterator[Section]:
    """A section for each element that states something, in the order of the tree; `within`: the list they are items of."""
    for at, node in enumerate(nodes):
        path = _path(base, node, at, listed=within is not None)
        if value_of(node) or (node.kind == "Capability" and not owner.submodel.template):
            yield _element(owner, node, path, headings, within)
        if node.kind in CONTAINERS:
            name = words_in(node.display, "ko", "en") or node.id_short or f"[{at}]"
            inner = (*headings, name)
            its = node if node.kind == "SubmodelElementList" else None
            yield from _elements(owner, node.children, path, inner, its)


def _element(owner: _Owner, node: Node, path: str, headings: tuple[str, ...], within: Node | None) -> Section:
    environment, value = owner.environment, value_of(node)
    # Items of a list have no name: they go by that of their list.
    called = node if node.id_short or within is None else within
    unit = environment.unit_of(node) or environment.unit_of(called)
    names = names_of(environment, node) or names_of(environment, called)
    element = Element(
        path=path,
        id_short=called.id_short,
        value=value,
        unit=unit if value else "",
        value_type=node.value_type,
        semantic_id=node.semantic_id or called.semantic_id,
        names=names,
        submodel=owner.submodel.id_short,
        asset=owner.asset,
    )
    example = owner.submodel.template and value
    said = f"{_EXAMPLE}: {measured(value, unit)}" if example else measured(value, unit) if value else ""
    unchecked = next((q.value for q in node.qualifiers if q.type == CHECK and value), "")
    rows = [_row(part for part in (owner.asset, _called(node, names, path), said, unchecked) if part)]
    others = [f"{tag}: {_line(words)}" for tag, words in node.texts] if len(node.texts) > 1 else []
    description = _first(node.description, (environment.concept_of(node) or Concept()).definition)
    if others:
        rows.append(_row((_EXAMPLE if example else "value", "; ".join(others))))
    for name, text in (("semanticId", node.semantic_id), ("description", description), ("type", node.content_type)):
        if text:
            rows.append(_row((name, text)))
    return Section(0, Locator(path), "\n".join(rows), headings, kind="element", element=element)


def _asked(
    owner: _Owner, nodes: tuple[Node, ...], base: str, headings: tuple[str, ...], *, listed: bool
) -> Iterator[Section]:
    """A table for each collection of what it is to hold; elements that state something speak for themselves."""
    rows = [_asking(owner.environment, node, at) for at, node in enumerate(nodes) if not value_of(node)]
    if rows:
        yield Section(0, Locator(base), "\n".join([_COLUMNS, *rows]), headings, kind="table")
    for at, node in enumerate(nodes):
        if node.children and node.kind in CONTAINERS:
            inner = (*headings, node.id_short or f"[{at}]")
            path = _path(base, node, at, listed=listed)
            yield from _asked(owner, node.children, path, inner, listed=node.kind == "SubmodelElementList")


def _asking(environment: Environment, node: Node, at: int) -> str:
    concept = environment.concept_of(node) or Concept()
    names = names_of(environment, node)
    often = next((q.value for q in node.qualifiers if q.type.casefold() in _CARDINALITIES), "")
    description = _first(node.description, concept.definition)
    kind = node.value_type or node.kind
    return _row((node.id_short or f"[{at}]", names[0] if names else "", kind, often, node.semantic_id, description))


def _called(node: Node, names: tuple[str, ...], path: str) -> str:
    """`정격전압 / Rated voltage (RatedVoltage)`; items of a list go by their number."""
    own = node.id_short or path.rpartition("/")[2]
    shown = [name for name in names if name.casefold() != own.casefold()][:2]
    return f"{' / '.join(shown)} ({own})" if shown else own


def _path(base: str, node: Node, at: int, *, listed: bool) -> str:
    return f"{base}[{at}]" if listed else f"{base}/{node.id_short or f'[{at}]'}"


def _first(*texts: Texts) -> str:
    return next((_line(words_in(each, "ko", "en")) for each in texts if each), "")


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return " | ".join(_line(cell) for cell in cells)


def _line(text: str) -> str:
    return " ".join(visible(text).split())
