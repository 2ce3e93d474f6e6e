"""What an AAS server serves, as JSON: put together into an environment, and searched for the files it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def environment(shells: list[Json], submodels: Mapping[str, Json], concepts: Mapping[str, Json]) -> bytes:
    """JSON with names in order, submodels and concepts by id: the same bytes while the server says the same."""
    used = {key for submodel in submodels.values() for key in _semantic_ids(submodel)}
    whole = {
        "assetAdministrationShells": shells,
        "submodels": [submodels[identity] for identity in sorted(submodels)],
        "conceptDescriptions": [concepts[identity] for identity in sorted(concepts) if identity in used],
    }
    filled = {name: items for name, items in whole.items() if items}
    return json.dumps(filled, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(errors="replace")


def _semantic_ids(part: Any) -> Iterator[str]:
    """Values of every key of every semantic id below a part, however deep it lies."""
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            reference = one.get("semanticId")
            keys = reference.get("keys") if isinstance(reference, dict) else None
            yield from (str(key.get("value")) for key in _dicts(keys))
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def files_in(elements: Any) -> Iterator[tuple[str, str]]:
    """(idShort path, value) of File elements, in order; items of a list as `Documents[0].File`."""
    waiting = [(str(each.get("idShort") or ""), each) for each in _dicts(elements)]
    waiting.reverse()
    while waiting:
        path, one = waiting.pop()
        kind, value = one.get("modelType"), one.get("value")
        if kind == "File" and isinstance(value, str) and value:
            yield path, value
        elif kind == "SubmodelElementList":
            waiting += [(f"{path}[{at}]", each) for at, each in reversed(list(enumerate(_dicts(value))))]
        elif kind in {"SubmodelElementCollection", "Entity"}:
            below = _dicts(value if kind != "Entity" else one.get("statements"))
            waiting += [(f"{path}.{each.get('idShort') or ''}", each) for each in reversed(below)]


def _dicts(items: Any) -> list[Json]:
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
