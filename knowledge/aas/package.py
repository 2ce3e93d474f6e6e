"""AASX packages (IEC 63278, part 5): which parts hold the environment, which files come with it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from knowledge.aas import json_form, xml_form
from knowledge.document import Attachment, Finding
from knowledge.errors import KnowledgeError, UnreadableError
from knowledge.readers.package import Package
from knowledge.readers.xml import local, parse

FORMAT_NAME = "AASX"
MAX_ATTACHED = 1_000
_CONTENT_TYPES = "[Content_Types].xml"
_ROOT = "_rels/.rels"
_PICTURES = re.compile(r"thumbnail", re.IGNORECASE)
_KIND = re.compile(r"^https?://(www\.)?admin-shell\.io/aasx/relationships/(aasx-origin|aas-spec|aas-suppl)$")

Part = tuple[str, dict[str, Any], str]
"""(path, environment in the shape of the JSON form, version of its metamodel or empty)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a package holds. `attachments` are all files that are neither environment nor package plumbing."""

    parts: tuple[Part, ...]
    attachments: tuple[Attachment, ...]
    findings: tuple[Finding, ...]
    refused: KnowledgeError | None = None
    """Why a part that should hold an environment could not be read, if any could not."""


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str
    owner: str
    deprecated: bool


def claims(names: frozenset[str]) -> bool:
    """Whether the files of a ZIP are those of an AASX."""
    return any(name == "aasx/aasx-origin" or name.startswith("aasx/") for name in names) and _ROOT in names


def opened(data: bytes) -> Opened:
    """The package of `data`. Raises UnreadableError where it is no ZIP or encrypted, TooLargeError where it is a bomb.

    Parts are found by relationships from the origin; where those lead nowhere, every .json and .xml that is an
    environment is taken.
    """
    package = Package(data, FORMAT_NAME)
    findings: list[Finding] = []
    relations = list(_relations(package, findings))
    targets = list(dict.fromkeys(_specified(relations)))
    parts, refused = _parts(package, targets, findings)
    if not parts:
        parts, refused = _searched(package, refused)
    taken = {path for path, _, _ in parts} | set(targets)
    return Opened(tuple(parts), tuple(_attached(package, taken)), tuple(findings), refused)


def _parts(package: Package, targets: list[str], findings: list[Finding]) -> tuple[list[Part], KnowledgeError | None]:
    parts: list[Part] = []
    refused: KnowledgeError | None = None
    if not targets:
        findings.append(_found("", "aas_no_part"))
    for path in targets:
        if path not in package:
            continue
        try:
            parts.append(_part(package, path))
        except KnowledgeError as error:
            refused = error
            findings.append(_found(path, "aas_part_unreadable"))
    return parts, refused


def _searched(package: Package, refused: KnowledgeError | None) -> tuple[list[Part], KnowledgeError | None]:
    """Environments that no relationship leads to."""
    parts: list[Part] = []
    for path in package.names:
        if path.lower().endswith((".json", ".xml")) and path != _CONTENT_TYPES:
            try:
                part = _part(package, path)
            except KnowledgeError as error:
                refused = error if error.reason == "aas_version" else refused
            else:
                if any(part[1].get(name) for name in ("assetAdministrationShells", "submodels", "conceptDescriptions")):
                    parts.append(part)
    return parts, refused


def _part(package: Package, path: str) -> Part:
    data = package.read(path)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        jsonable, version = xml_form.to_json(data)
        return path, jsonable, version
    return path, json_form.parse(data), ""


def _specified(relations: list[_Relation]) -> Iterator[str]:
    origins = {relation.target for relation in relations if relation.kind == "aasx-origin" and not relation.owner}
    for relation in relations:
        if relation.kind == "aas-spec" and relation.owner in origins and relation.target not in origins:
            yield relation.target


def _relations(package: Package, findings: list[Finding]) -> Iterator[_Relation]:
    """Every relationship of the package, its root's first; what is wrong with them is told."""
    if _CONTENT_TYPES not in package or not _is(package, _CONTENT_TYPES, "Types"):
        findings.append(_found(_CONTENT_TYPES, "aas_package"))
    if _ROOT not in package:
        findings.append(_found(_ROOT, "aas_package"))
    plumbing = [_ROOT, *(name for name in package.names if name.endswith(".rels") and name != _ROOT)]
    for name in plumbing:
        if name not in package:
            continue
        if not _is(package, name, "Relationships"):
            findings.append(_found(name, "aas_package"))
            continue
        for relation in _read(package, name):
            if relation.target not in package:
                findings.append(_found(relation.target, "aas_target", name))
            if relation.deprecated:
                findings.append(_found(name, "aas_deprecated", relation.kind))
            yield relation


def _read(package: Package, name: str) -> Iterator[_Relation]:
    folder, _, file = name.rpartition("_rels/")
    owner = f"{folder}{file.removesuffix('.rels')}" if file != ".rels" else ""
    for element in parse(package.read(name), FORMAT_NAME):
        kind, target = str(element.get("Type") or ""), str(element.get("Target") or "")
        if local(element) != "Relationship" or not target or element.get("TargetMode") == "External":
            continue
        own = _KIND.match(kind)
        yield _Relation(own[2] if own else kind, _resolved(target, folder), owner, bool(own and own[1]))


def _resolved(target: str, folder: str) -> str:
    """Path in the package of a relationship's target, which is relative to its owner's folder unless it begins with /."""
    path = unquote(target)
    whole = path if path.startswith("/") else posixpath.join("/", folder, path)
    return posixpath.normpath(whole).lstrip("/")


def _is(package: Package, name: str, root: str) -> bool:
    try:
        return local(parse(package.read(name), FORMAT_NAME)) == root
    except UnreadableError:
        return False


def _attached(package: Package, taken: set[str]) -> Iterator[Attachment]:
    names = [
        name
        for name in package.names
        if name not in taken
        and not name.endswith((".rels", "aasx-origin"))
        and name != _CONTENT_TYPES
        and not name.startswith("docProps/")
        and not _PICTURES.search(posixpath.basename(name))
        and package.size(name)
    ]
    for name in names[:MAX_ATTACHED]:
        yield Attachment(name, package.read(name))


def _found(path: str, problem: str, name: str = "") -> Finding:
    return Finding(path, "", problem, {"name": name or path, "limit": "", "reason": ""})
