"""An AAS environment as a neutral tree: the same for metamodels 3.0 and 3.1, for JSON, XML and AASX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Texts = tuple[tuple[str, str], ...]
"""(language tag, words) in the order of the file."""

CONTAINERS = frozenset({"SubmodelElementCollection", "SubmodelElementList", "Entity", "AnnotatedRelationshipElement"})
"""Kinds whose children are addressed by an idShort path through them."""
NAMESPACES = {"3.0": "https://admin-shell.io/aas/3/0", "3.1": "https://admin-shell.io/aas/3/1"}
"""XML namespace of each metamodel that is read."""


@dataclass(frozen=True, slots=True)
class Key:
    """One step of a reference: `type` as the metamodel names it (`Submodel`, `Property`, `GlobalReference`)."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """`kind` is `ExternalReference` or `ModelReference`."""

    keys: tuple[Key, ...] = ()
    kind: str = "ExternalReference"

    @property
    def last(self) -> str:
        """Value of the last key: the thing itself."""
        return self.keys[-1].value if self.keys else ""

    def __str__(self) -> str:
        return " / ".join(key.value for key in self.keys)


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A statement about an element, such as `SMT/Cardinality` = `One`."""

    type: str
    value: str = ""
    value_type: str = ""
    kind: str = ""
    semantic_id: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept description, or a data specification IEC 61360 that stands at an element itself."""

    id: str = ""
    id_short: str = ""
    preferred: Texts = ()
    short: Texts = ()
    definition: Texts = ()
    unit: str = ""
    data_type: str = ""
    symbol: str = ""
    value: str = ""
    display: Texts = ()
    description: Texts = ()
    aliases: tuple[str, ...] = ()
    """Identifiers of the same concept elsewhere (`isCaseOf`)."""


@dataclass(frozen=True, slots=True)
class Node:
    """One submodel element. `kind` is its class in the metamodel (`Property`, `SubmodelElementCollection`, …).

    `value` holds the text of a Property, the path of a File, the entity type of an Entity; `texts` that of a
    MultiLanguageProperty; `low` and `high` those of a Range. `references`: what a ReferenceElement refers to, first and
    second of a relationship, what an event observes. `children`: of a collection or list, statements of an Entity,
    annotations of a relationship, variables of an Operation (their `role` says `in`, `out` or `inout`). A Blob's bytes
    are left out; `size` tells how many base64 characters there were.
    """

    kind: str
    id_short: str = ""
    semantic_id: str = ""
    supplemental: tuple[str, ...] = ()
    display: Texts = ()
    description: Texts = ()
    category: str = ""
    value: str = ""
    value_type: str = ""
    value_id: str = ""
    texts: Texts = ()
    low: str = ""
    high: str = ""
    content_type: str = ""
    size: int = 0
    references: tuple[Reference, ...] = ()
    asset: str = ""
    """Global asset id of an Entity."""
    asset_ids: tuple[tuple[str, str], ...] = ()
    """Specific asset ids of an Entity: (name, value)."""
    details: tuple[tuple[str, str], ...] = ()
    """What else its class states, by the metamodel's name: direction and state of an event, and the like."""
    role: str = ""
    concept: Concept | None = None
    """A data specification that stands at the element itself."""
    qualifiers: tuple[Qualifier, ...] = ()
    children: tuple[Node, ...] = ()

    @property
    def states_value(self) -> bool:
        """Whether the element itself states something, apart from its children."""
        return bool(
            self.value or self.texts or self.low or self.high or self.size or self.asset or self.asset_ids
            or any(reference.keys for reference in self.references)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Submodel:
    """`template`: whether it is of kind Template, so that its values are examples or empty."""

    id: str = ""
    id_short: str = ""
    semantic_id: str = ""
    supplemental: tuple[str, ...] = ()
    display: Texts = ()
    description: Texts = ()
    version: str = ""
    revision: str = ""
    template: bool = False
    qualifiers: tuple[Qualifier, ...] = ()
    elements: tuple[Node, ...] = ()

    def walk(self) -> Iterator[tuple[str, Node]]:
        """Every element with its idShort path, which begins with the submodel's idShort (`Nameplate/Markings[0]/MarkingName`)."""
        return walk(self.elements, self.id_short)


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell and the asset it stands for. `submodels` are ids it refers to; `thumbnail` the path of its picture."""

    id: str = ""
    id_short: str = ""
    display: Texts = ()
    description: Texts = ()
    asset_kind: str = ""
    asset: str = ""
    """Global asset id."""
    asset_ids: tuple[tuple[str, str], ...] = ()
    """Specific asset ids: (name, value)."""
    asset_type: str = ""
    thumbnail: str = ""
    submodels: tuple[str, ...] = ()
    derived_from: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """All that one file holds. `version` is the metamodel, `3.0` or `3.1`, empty where nothing tells."""

    shells: tuple[Shell, ...] = ()
    submodels: tuple[Submodel, ...] = ()
    concepts: tuple[Concept, ...] = ()
    version: str = ""
    _by_id: dict[str, Concept] = field(default_factory=dict, compare=False, repr=False)
    _shells: dict[str, Shell] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for concept in self.concepts:
            for name in (concept.id, *concept.aliases):
                if name:
                    self._by_id.setdefault(name, concept)
        for shell in self.shells:
            for submodel in shell.submodels:
                self._shells.setdefault(submodel, shell)

    def concept_of(self, node: Node) -> Concept | None:
        """What explains an element: the data specification at itself, else the concept its semantic ids name."""
        named = (self._by_id.get(name) for name in (node.semantic_id, *node.supplemental))
        return node.concept or next((concept for concept in named if concept), None)

    def unit_of(self, node: Node) -> str:
        """Unit of an element's value as the file writes it; empty where none is given."""
        own = node.concept.unit if node.concept else ""
        described = self._by_id.get(node.semantic_id)
        return own or (described.unit if described else "")

    def shell_of(self, submodel: Submodel) -> Shell | None:
        """The shell that refers to a submodel, or the only one there is."""
        return self._shells.get(submodel.id) or (self.shells[0] if len(self.shells) == 1 else None)

    def joined(self, other: Environment) -> Environment:
        """Both together, as the parts of one package."""
        return Environment(
            self.shells + other.shells,
            self.submodels + other.submodels,
            self.concepts + other.concepts,
            self.version or other.version,
        )


def walk(nodes: tuple[Node, ...], base: str, listed: bool = False) -> Iterator[tuple[str, Node]]:
    """Elements below `base`, each before its children, with idShort paths; items of a list as `base[0]`."""
    for at, node in enumerate(nodes):
        own = f"{base}[{at}]" if listed else "/".join(part for part in (base, node.id_short or f"[{at}]") if part)
        yield own, node
        yield from walk(node.children, own, node.kind == "SubmodelElementList")


def words_in(texts: Texts, *languages: str) -> str:
    """The text in the first of `languages` there is (`ko` finds `ko-KR`), else the first text."""
    for language in languages:
        for tag, words in texts:
            if tag.lower().split("-")[0] == language:
                return words
    return texts[0][1] if texts else ""
