"""AAS environments in XML: turned into the objects of the JSON form, which has the same names, and read as those."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from knowledge.aas.environment import NAMESPACES
from knowledge.errors import UnreadableError, UnsupportedError
from knowledge.readers.xml import local, parse

FORMAT_NAME = "AAS XML"
MAX_DEPTH = 150
"""Elements within elements; the deepest template has 30."""
NAMESPACE = re.compile(r"https?://(?:www\.)?admin-shell\.io/aas/(\d+)/(\d+)")
_LISTS = frozenset(
    """
    assetAdministrationShells submodels conceptDescriptions submodelElements extensions embeddedDataSpecifications
    displayName description keys qualifiers supplementalSemanticIds specificAssetIds statements annotations
    inputVariables outputVariables inoutputVariables isCaseOf refersTo preferredName shortName definition
    valueReferencePairs
    """.split()  # noqa: SIM905 - a list of names reads better as text
)
"""Properties that hold several of a class, each in an element named after the class."""
_LISTED_VALUE = frozenset({"submodelElementCollection", "submodelElementList", "multiLanguageProperty"})
_SOLE = {"value": "operationVariable", "dataSpecificationContent": "embeddedDataSpecification"}
"""Properties that hold one element named after its class, and the class they are of."""
_TYPED = frozenset(
    {"assetAdministrationShells", "submodels", "conceptDescriptions", "submodelElements", "statements", "annotations"}
)
"""Lists whose items say in JSON which class they are."""
_TRUTHS = frozenset({"orderRelevant", "min", "max", "nom", "typ"})


def version_of(data: bytes) -> str:
    """Metamodel of an XML file's first namespace of the AAS (`3.0`, `2.0`), empty where it names none."""
    found = NAMESPACE.search(data[:4096].decode("ascii", "ignore"))
    return f"{found[1]}.{found[2]}" if found else ""


def to_json(data: bytes) -> tuple[dict[str, Any], str]:
    """(environment in the shape of the JSON form, version of its metamodel).

    What does not fit the metamodel is kept under its name, so that checking finds it. Raises UnreadableError where the
    XML is damaged or no environment, UnsupportedError for a metamodel before 3.0.
    """
    root = parse(data, FORMAT_NAME)
    found = NAMESPACE.match(etree.QName(root).namespace or "")
    if found and int(found[1]) < 3:
        raise UnsupportedError("aas_version", version=f"{found[1]}.{found[2]}")
    if not found or local(root) != "environment":
        raise UnreadableError("broken", format=FORMAT_NAME)
    if max(sum(1 for _ in each.iterancestors()) for each in root.iter()) > MAX_DEPTH:
        raise UnreadableError("broken", format=FORMAT_NAME)
    version = f"{found[1]}.{found[2]}"
    return _members(root), version if version in NAMESPACES else ""


def _members(element: etree._Element) -> dict[str, Any]:
    """Properties of an object. One that stands twice is kept under a name that no class has."""
    members: dict[str, Any] = {}
    stray = _own_text(element).strip()
    if stray:
        members["#text"] = stray
    for attribute, value in element.attrib.items():
        if not str(attribute).startswith("{"):
            members[f"@{attribute}"] = str(value)
    for child in element:
        name = local(child)
        if name:
            members[name if name not in members else f"{name}#2"] = _value(child, name, local(element))
    return members


def _value(element: etree._Element, name: str, owner: str) -> Any:
    listed = name in _LISTS or (name == "value" and owner in _LISTED_VALUE)
    inner = [child for child in element if local(child)]
    if listed and (inner or not _own_text(element).strip()):
        typed = (name in _TYPED and not _are_references(inner)) or (
            name == "value" and owner != "multiLanguageProperty"
        )
        return [_item(child, typed=typed) for child in inner]
    if _SOLE.get(name) == owner and len(inner) == 1:
        return _item(inner[0], typed=True)
    if inner or name in {"levelType", "administration", "assetInformation"}:
        return _members(element)
    text = _own_text(element)
    truth = name == "orderRelevant" or (name in _TRUTHS and owner == "levelType")
    return _truth(text) if truth else text


def _item(element: etree._Element, *, typed: bool) -> dict[str, Any]:
    members = _members(element)
    name = local(element)
    return {"modelType": name[:1].upper() + name[1:], **members} if typed else members


def _are_references(items: list[etree._Element]) -> bool:
    return bool(items) and all(local(item) == "reference" for item in items)


def _truth(text: str) -> bool | str:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip(), text)


def _own_text(element: etree._Element) -> str:
    """Text directly in an element, comments passed over."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])
