"""AAS environments in JSON: read tolerantly, so that one wrong attribute does not hide the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge.aas.environment import Concept, Environment, Key, Node, Qualifier, Reference, Shell, Submodel, Texts
from knowledge.encoding import decode
from knowledge.errors import UnreadableError

FORMAT_NAME = "AAS JSON"
MAX_DEPTH = 150
"""Brackets within brackets; the deepest template has 40."""
_LISTS = {
    "AssetAdministrationShell": "assetAdministrationShells",
    "Submodel": "submodels",
    "ConceptDescription": "conceptDescriptions",
}
_VARIABLES = {"inputVariables": "in", "outputVariables": "out", "inoutputVariables": "inout"}
_REFERENCES = ("first", "second", "observed", "messageBroker")
_DETAILS = (
    "direction", "state", "messageTopic", "lastUpdate", "minInterval", "maxInterval", "typeValueListElement",
    "valueTypeListElement", "orderRelevant",
)  # fmt: skip


def parse(data: bytes) -> dict[str, Any]:
    """The environment object of a file's bytes; a single identifiable or a list of them is put into one.

    Raises UnreadableError where it is no JSON, nested too deep, or nothing of an AAS.
    """
    try:
        parsed = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("broken", format=FORMAT_NAME) from error
    if nested(parsed) > MAX_DEPTH:
        raise UnreadableError("broken", format=FORMAT_NAME)
    return enclosed(parsed)


def enclosed(parsed: object) -> dict[str, Any]:
    """An environment object around whatever identifiables `parsed` is: an environment, a page of a server, one, several."""
    if isinstance(parsed, dict) and isinstance(parsed.get("result"), list):
        parsed = parsed["result"]
    if isinstance(parsed, dict) and not _listed(parsed):
        return parsed
    gathered: dict[str, Any] = {}
    for item in parsed if isinstance(parsed, list) else [parsed]:
        if not isinstance(item, dict) or not _listed(item):
            raise UnreadableError("broken", format=FORMAT_NAME)
        gathered.setdefault(_listed(item), []).append(item)
    return gathered


def environment(jsonable: Mapping[str, Any], version: str = "") -> Environment:
    """What of an environment object can be read; parts of the wrong type are passed over. `version`: its metamodel."""
    return Environment(
        tuple(_shell(each) for each in _objects(jsonable, "assetAdministrationShells")),
        tuple(_submodel(each) for each in _objects(jsonable, "submodels")),
        tuple(_concept(each) for each in _objects(jsonable, "conceptDescriptions")),
        version,
    )


def _listed(it: Mapping[str, Any]) -> str:
    """The list of an environment in which an identifiable belongs; empty for whatever is none."""
    return _LISTS.get(_text(it, "modelType"), "")


def nested(parsed: object) -> int:
    """How deep lists and objects lie within one another."""
    depth, level = 0, [parsed]
    while level:
        depth += 1
        inside = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [item for items in inside for item in items]
    return depth


def _shell(it: Mapping[str, Any]) -> Shell:
    asset = _object(it, "assetInformation")
    return Shell(
        id=_text(it, "id"),
        id_short=_text(it, "idShort"),
        display=_texts(it, "displayName"),
        description=_texts(it, "description"),
        asset_kind=_text(asset, "assetKind"),
        asset=_text(asset, "globalAssetId"),
        asset_ids=_asset_ids(asset),
        asset_type=_text(asset, "assetType"),
        thumbnail=_text(_object(asset, "defaultThumbnail"), "path"),
        submodels=tuple(_reference(each).last for each in _objects(it, "submodels")),
        derived_from=_reference(_object(it, "derivedFrom")).last,
    )


def _submodel(it: Mapping[str, Any]) -> Submodel:
    administration = _object(it, "administration")
    return Submodel(
        id=_text(it, "id"),
        id_short=_text(it, "idShort"),
        semantic_id=_reference(_object(it, "semanticId")).last,
        supplemental=_supplemental(it),
        display=_texts(it, "displayName"),
        description=_texts(it, "description"),
        version=_text(administration, "version"),
        revision=_text(administration, "revision"),
        template=_text(it, "kind") == "Template",
        qualifiers=_qualifiers(it),
        elements=tuple(_node(each) for each in _objects(it, "submodelElements")),
    )


def _node(it: Mapping[str, Any], role: str = "") -> Node:
    value = it.get("value")
    kind = _text(it, "modelType")
    blob = kind == "Blob"
    return Node(
        kind=kind,
        id_short=_text(it, "idShort"),
        semantic_id=_reference(_object(it, "semanticId")).last,
        supplemental=_supplemental(it),
        display=_texts(it, "displayName"),
        description=_texts(it, "description"),
        category=_text(it, "category"),
        value=_text(it, "entityType") if kind == "Entity" else "" if blob else _text(it, "value"),
        value_type=_text(it, "valueType"),
        value_id=_reference(_object(it, "valueId")).last,
        texts=_texts(it, "value") if kind == "MultiLanguageProperty" else (),
        low=_text(it, "min"),
        high=_text(it, "max"),
        content_type=_text(it, "contentType"),
        size=len(value) if blob and isinstance(value, str) else 0,
        references=_references(it),
        asset=_text(it, "globalAssetId"),
        asset_ids=_asset_ids(it),
        details=tuple((name, _text(it, name)) for name in _DETAILS if _text(it, name)),
        role=role,
        concept=_specification(it),
        qualifiers=_qualifiers(it),
        children=tuple(_children(it)),
    )


def _children(it: Mapping[str, Any]) -> Iterator[Node]:
    for name in ("statements", "annotations", "value"):
        yield from (_node(each) for each in _objects(it, name) if "modelType" in each)
    for name, role in _VARIABLES.items():
        for variable in _objects(it, name):
            if inner := _object(variable, "value"):
                yield _node(inner, role)


def _references(it: Mapping[str, Any]) -> tuple[Reference, ...]:
    own = [it[name] for name in _REFERENCES if isinstance(it.get(name), dict)]
    if _text(it, "modelType") == "ReferenceElement" and isinstance(it.get("value"), dict):
        own.append(it["value"])
    return tuple(_reference(each) for each in own)


def _reference(it: Mapping[str, Any]) -> Reference:
    keys = tuple(Key(_text(key, "type"), _text(key, "value")) for key in _objects(it, "keys"))
    return Reference(keys, _text(it, "type") or "ExternalReference")


def _supplemental(it: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_reference(each).last for each in _objects(it, "supplementalSemanticIds"))


def _qualifiers(it: Mapping[str, Any]) -> tuple[Qualifier, ...]:
    return tuple(
        Qualifier(
            _text(each, "type"),
            _text(each, "value"),
            _text(each, "valueType"),
            _text(each, "kind"),
            _reference(_object(each, "semanticId")).last,
        )
        for each in _objects(it, "qualifiers")
    )


def _asset_ids(it: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(each, "name"), _text(each, "value")) for each in _objects(it, "specificAssetIds"))


def _concept(it: Mapping[str, Any]) -> Concept:
    content = next(_contents(it), {})
    return Concept(
        id=_text(it, "id"),
        id_short=_text(it, "idShort"),
        display=_texts(it, "displayName"),
        description=_texts(it, "description"),
        aliases=tuple(_reference(each).last for each in _objects(it, "isCaseOf")),
        **_explained(content),
    )


def _specification(it: Mapping[str, Any]) -> Concept | None:
    content = next(_contents(it), None)
    return Concept(**_explained(content)) if content else None


def _explained(content: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a Concept from a data specification IEC 61360."""
    return {
        "preferred": _texts(content, "preferredName"),
        "short": _texts(content, "shortName"),
        "definition": _texts(content, "definition"),
        "unit": _text(content, "unit"),
        "data_type": _text(content, "dataType"),
        "symbol": _text(content, "symbol"),
        "value": _text(content, "value"),
    }


def _contents(it: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for specification in _objects(it, "embeddedDataSpecifications"):
        content = _object(specification, "dataSpecificationContent")
        if content:
            yield content


def _objects(it: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    items = it.get(name)
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _object(it: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    item = it.get(name)
    return item if isinstance(item, dict) else {}


def _text(it: Mapping[str, Any], name: str) -> str:
    """A string; a number or truth value that stands where a string belongs is read as it is written."""
    item = it.get(name)
    if isinstance(item, bool):
        return "true" if item else "false"
    return item if isinstance(item, str) else str(item) if isinstance(item, int | float) else ""


def _texts(it: Mapping[str, Any], name: str) -> Texts:
    return tuple((_text(each, "language"), _text(each, "text")) for each in _objects(it, name) if _text(each, "text"))
