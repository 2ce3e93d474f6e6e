"""Does an environment follow its metamodel? Checked by `aas-core`; what does not is told, and nothing is held back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any

from knowledge.aas import shape
from knowledge.document import Finding

MOST = 200
"""Findings told of one file; that there are more is told by a last one."""
NOTES = frozenset({"aas_deprecated", "aas_no_part", "aas_file_absent"})
"""Problems that leave a file valid."""
_RULES: tuple[tuple[str, str], ...] = (
    (r"required property|Expected the property", "aas_missing"),
    (r"Unexpected property", "aas_unknown_property"),
    (r"[Uu]nexpected model type|Invalid modelType|valid string representation of a literal|AASd-090", "aas_not_listed"),
    (r"AASd-117", "aas_no_id_short"),
    (r"AASd-120", "aas_listed_name"),
    (r"AASd-022|AASd-021|AASd-077|AASd-134|must be unique", "aas_twice"),
    (r"AASd-12[1-8]|AASd-133|must be a? ?model reference", "aas_reference"),
    (r"AASd-107|AASd-108|AASd-109|AASd-114", "aas_list"),
    (r"AASd-020|consistent with the value type|match the value type", "aas_value_type"),
    (r"AASd-130", "aas_characters"),
    (r"AASd-119|AASd-129", "aas_template"),
    (r"AASd-131|AASd-014|AASd-116", "aas_asset_id"),
    (r"AASc-", "aas_concept"),
    (r"AASd-", "aas_constraint"),
    (r"unique languages", "aas_language_twice"),
    (r"BCP 47", "aas_language"),
    (r"maximum length", "aas_too_long"),
    (r"at least one item|must not be empty", "aas_empty"),
    (r"ID-short of Referables shall", "aas_id_short"),
    (r"pattern|xs:|MIME|URI", "aas_pattern"),
    (r"^Expected", "aas_wrong_type"),
)
"""What `aas-core` says, and the problem that is; the first that fits."""
_CONSTRAINT = re.compile(r"AAS[a-z]+-(?:3a-)?\d+")
_NAMED = re.compile(r"(?:required property|the property|Unexpected property:|literal of) [\"']?([^\s\"',]+)")
_LIMIT = re.compile(r"maximum length of (\d+)")


def check(jsonable: Mapping[str, Any], version: str = "") -> tuple[tuple[Finding, ...], str]:
    """(findings, version of the metamodel) of an environment in the shape of the JSON form.

    Where `version` is empty, as JSON does not tell it, the metamodel is the one with less to say against it; 3.0 where
    neither has.
    """
    if version:
        return _checked(jsonable, version), version
    older = _checked(jsonable, "3.0")
    newer = _checked(jsonable, "3.1") if older else ()
    return (newer, "3.1") if len(newer) < len(older) else (older, "3.0")


def valid(findings: tuple[Finding, ...]) -> bool:
    """Whether a file with these findings follows its standard."""
    return all(finding.problem in NOTES for finding in findings)


def _checked(jsonable: Mapping[str, Any], version: str) -> tuple[Finding, ...]:
    found = tuple(islice(_found(jsonable, version), MOST + 1))
    if len(found) <= MOST:
        return found
    return (*found[:MOST], Finding("", "", "aas_more", {"name": "", "limit": str(MOST), "reason": ""}))


def _found(jsonable: Mapping[str, Any], version: str) -> Iterator[Finding]:
    core = "aas_core3_1" if version == "3.1" else "aas_core3"
    form, rules = import_module(f"{core}.jsonization"), import_module(f"{core}.verification")
    misfits, environment = shape.shaped(jsonable, form)
    for path, cause in misfits:
        yield _finding(jsonable, path, cause)
    if environment is None:
        return
    try:
        for error in rules.verify(environment):
            yield _finding(jsonable, _as_written(str(error.path)), error.cause)
    except RecursionError:
        yield _finding(jsonable, "", "Expected fewer levels of nesting")


def _finding(jsonable: Mapping[str, Any], path: str, cause: str) -> Finding:
    cause = " ".join(cause.split())
    problem = next((problem for pattern, problem in _RULES if re.search(pattern, cause)), "aas_rule")
    constraint, named, limit = _CONSTRAINT.search(cause), _NAMED.search(cause), _LIMIT.search(cause)
    details = {
        "name": constraint[0] if constraint else named[1] if named else "",
        "limit": limit[1] if limit else "",
        "reason": cause,
    }
    return Finding(shape.readable(jsonable, path), _shown(shape.at(jsonable, path)), problem, details)


def _shown(value: object) -> str:
    """A value as one short line; of an object its name."""
    if isinstance(value, dict):
        value = value.get("idShort") or value.get("value") or value.get("id")
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
    return text if len(text) <= 120 else f"{text[:119]}…"


def _as_written(path: str) -> str:
    """A path of Python names in those of the metamodel: `submodel_elements[0].id_short` is `submodelElements[0].idShort`."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), path)
