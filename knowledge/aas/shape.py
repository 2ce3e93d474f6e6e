"""Environments of the wrong shape: each part that is wrong is told and taken out, so that the rest can be checked."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

MOST = 50
"""Parts taken out one after another; an environment with more is given up."""
_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_EXTRA = re.compile(r"Unexpected property: (.+)", re.DOTALL)
_MISSING = re.compile(r"required property [\"']?(\w+)[\"']? is missing")
_FILLERS = {
    "id": "urn:x",
    "valueType": "xs:string",
    "type": "x",
    "name": "x",
    "contentType": "application/octet-stream",
}
"""What stands in for a missing property, so that its owner stays and is checked."""
_IDENTIFIABLES = frozenset({"AssetAdministrationShell", "Submodel", "ConceptDescription", "Capability"})

Misfit = tuple[str, str]
"""(path, what `aas-core` says of it)."""


def shaped(jsonable: Mapping[str, Any], form: ModuleType) -> tuple[list[Misfit], Any]:
    """Misfits, and the environment of `form` (`aas_core….jsonization`) that is left; None where nothing could be left.

    Where the right shape is only missing an attribute, something stands in for it.
    """
    left: Any = copy.deepcopy(dict(jsonable))
    found: list[Misfit] = []
    for _ in range(MOST):
        try:
            return found, form.environment_from_jsonable(left)
        except form.DeserializationException as error:
            misfit = (str(error.path), error.cause)
            again = misfit in found
            if not again:
                found.append(misfit)
            if not _mended(left, *misfit, again=again):
                return found, None
        except RecursionError:
            return [*found, ("", "Expected fewer levels of nesting")], None
        except ValueError:  # of `base64`, which `aas-core` lets through without a path
            path = next(_undecodable(left, ""), "")
            found.append((path, "Expected base64"))
            if not _without(left, _steps(path)):
                return found, None
    return found, None


def at(whole: Any, path: str) -> Any:
    """What stands at a path such as `submodels[0].idShort`; None where nothing does."""
    return _follow(whole, _steps(path))


def readable(whole: Mapping[str, Any], path: str) -> str:
    """A path by index as one by names: `submodels[0].submodelElements[2].value` is `Nameplate/SerialNumber.value`."""
    place, here, rest = "", whole, ""
    for step in _steps(path):
        listed = isinstance(here, list)
        here = _follow(here, [step])
        name = here.get("idShort") if isinstance(here, dict) else None
        if listed and isinstance(name, str) and name:
            place, rest = f"{place}/{name}" if place else name, ""
        elif listed and isinstance(here, dict) and "modelType" in here and place:
            place, rest = f"{place}[{step}]", ""
        else:
            rest += f"[{step}]" if isinstance(step, int) else f".{step}"
    return f"{place}{rest}".lstrip(".")


def _mended(left: Any, path: str, cause: str, *, again: bool) -> bool:
    """Take the smallest part that is wrong out of `left`, or put in what is missing: whether that could be done."""
    owner = at(left, path)
    extra, missing = _EXTRA.match(cause), _MISSING.search(cause)
    if extra and isinstance(owner, dict) and extra[1] in owner:
        del owner[extra[1]]
        return True
    if missing and isinstance(owner, dict) and missing[1] in _FILLERS and not again:
        owner[missing[1]] = _FILLERS[missing[1]]
        return True
    return _without(left, _steps(path))


def _undecodable(whole: Any, path: str) -> Iterator[str]:
    """Paths of the values of Blobs that are no base64."""
    if isinstance(whole, dict):
        value = whole.get("value")
        if whole.get("modelType") == "Blob" and isinstance(value, str):
            try:
                base64.b64decode(value.encode("ascii"))
            except ValueError:
                yield f"{path}.value"
        for name, inner in whole.items():
            yield from _undecodable(inner, f"{path}.{name}")
    elif isinstance(whole, list):
        for at_, inner in enumerate(whole):
            yield from _undecodable(inner, f"{path}[{at_}]")


def _without(left: Any, steps: list[str | int]) -> bool:
    if not steps:
        return False
    owner, last = _follow(left, steps[:-1]), steps[-1]
    if isinstance(owner, dict) and last in owner:
        del owner[last]
        return True
    if isinstance(owner, list) and isinstance(last, int) and last < len(owner):
        item = owner[last]
        kind = item.get("modelType") if isinstance(item, dict) else None
        if isinstance(kind, str) and kind not in _IDENTIFIABLES:
            # The others keep their numbers, under which what is wrong with them is told.
            owner[last] = {"modelType": "Capability", "idShort": f"x{last}"}
        else:
            del owner[last]
        return True
    return False


def _steps(path: str) -> list[str | int]:
    return [int(match[1]) if match[1] else match[2] for match in _STEP.finditer(path)]


def _follow(whole: Any, steps: list[str | int]) -> Any:
    for step in steps:
        if isinstance(whole, dict):
            whole = whole.get(str(step))
        elif isinstance(whole, list) and isinstance(step, int) and step < len(whole):
            whole = whole[step]
        else:
            return None
    return whole
