"""Asset Administration Shells (IEC 63278) as AASX, JSON and XML, metamodels 3.0 and 3.1: elements cited by idShort path."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from knowledge.aas import json_form, xml_form
from knowledge.aas.environment import Environment
from knowledge.aas.findings import check
from knowledge.aas.package import claims as is_aasx
from knowledge.aas.package import opened
from knowledge.aas.sections import sections_of, title_of
from knowledge.document import Attachment, Document, Finding
from knowledge.encoding import decode
from knowledge.errors import KnowledgeError, UnreadableError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.package import names_of
from knowledge.readers.text import language_of

_MARK = re.compile(rb'"(?:assetAdministrationShells|submodels|conceptDescriptions|submodelElements|modelType)"\s*:')
_LISTS = ("assetAdministrationShells", "submodels", "conceptDescriptions")
_IDENTIFIABLES = ("AssetAdministrationShell", "Submodel", "ConceptDescription")
_OPENING = re.compile(r"[\ufeff\s]*[{\[]")
_INSIDE = re.compile(r"^(?!\w+:)(?:/|\.{0,2}/|aasx/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file holds, and whether it follows its standard. `refused`: why a part of a package could not be read."""

    environment: Environment
    findings: tuple[Finding, ...]
    attachments: tuple[Attachment, ...] = ()
    refused: KnowledgeError | None = None


def examined(data: bytes, version: str = "") -> Examined:
    """The environment of an AASX, JSON or XML, whatever of it can be read, with all findings.

    `version` names the metamodel of JSON, which does not tell. Raises a KnowledgeError where it is none of the three or
    damaged; an environment without content is no error here.
    """
    if data[:4] == b"PK\x03\x04":
        return _package(data, version)
    if _is_xml(data):
        jsonable, told = xml_form.to_json(data)
    else:
        jsonable, told = json_form.parse(data), version
    return _environment(jsonable, told)


def _package(data: bytes, version: str) -> Examined:
    package = opened(data)
    environment, findings = Environment(), list(package.findings)
    for _, jsonable, told in package.parts:
        part = _environment(jsonable, told or version)
        environment = environment.joined(part.environment)
        findings += part.findings
    held = {attachment.name.casefold() for attachment in package.attachments}
    findings += [
        Finding(path, node.value, "aas_file_absent", {"name": node.value, "limit": "", "reason": ""})
        for submodel in environment.submodels
        for path, node in submodel.walk()
        if node.kind == "File" and _INSIDE.match(node.value) and node.value.lstrip("./").casefold() not in held
    ]
    return Examined(environment, tuple(findings), package.attachments, package.refused)


def _environment(jsonable: dict[str, Any], version: str) -> Examined:
    findings, told = check(jsonable, version)
    return Examined(json_form.environment(jsonable, told), findings)


def read(data: bytes, name: str, _progress: Progress = silent) -> Document:
    """Each element that states a value as a section of its own; files of an AASX as attachments.

    Raises UnsupportedError for metamodels before 3.0, unless the package holds files that can be read by themselves.
    """
    found = examined(data)
    sections = sections_of(found.environment)
    if not sections and found.refused:
        if not found.attachments:
            raise found.refused
    elif not sections and not found.attachments:
        raise UnreadableError("no_text")
    shells = found.environment.shells
    metadata = {"aas_version": found.environment.version} if found.environment.version else {}
    if shells and shells[0].asset:
        metadata["asset_id"] = shells[0].asset
    return Document(
        title=title_of(found.environment) or PurePath(name).stem,
        media_type=_media_type(data),
        sections=sections,
        language=language_of("\n".join(section.text for section in sections[:200])),
        kind="aas",
        metadata=metadata,
        findings=found.findings,
        attachments=found.attachments,
    )


def claims_package(data: bytes, name: str) -> bool:
    """A ZIP with the folder or relationships of an AASX; a name that says so decides where its parts are missing."""
    if data[:4] != b"PK\x03\x04":
        return False
    return is_aasx(names_of(data)) or PurePath(name).suffix.lower() == ".aasx"


def claims_json(data: bytes, _name: str) -> bool:
    """An environment, an identifiable, or a list of those."""
    if not _MARK.search(data.replace(b"\x00", b"")):
        return False
    try:
        text = decode(data)
        if not _OPENING.match(text):
            return False
        parsed = json.loads(text)
    except (ValueError, RecursionError, KnowledgeError):
        # Damaged, and still no text for people: its reader says what is wrong with it.
        return b'"modelType"' in data and bool(re.match(rb"(?:\xef\xbb\xbf)?\s*[{\[]", data))
    if isinstance(parsed, dict) and any(isinstance(parsed.get(name), list) for name in _LISTS):
        return True
    items = parsed if isinstance(parsed, list) else [parsed]
    return bool(items) and all(isinstance(item, dict) and item.get("modelType") in _IDENTIFIABLES for item in items)


def claims_xml(data: bytes, _name: str) -> bool:
    """XML whose root is in a namespace of the AAS."""
    return _is_xml(data) and bool(xml_form.version_of(data))


def _is_xml(data: bytes) -> bool:
    return data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _media_type(data: bytes) -> str:
    if data[:4] == b"PK\x03\x04":
        return AASX.media_type
    return XML.media_type if _is_xml(data) else JSON.media_type


AASX = Format("AASX", "application/asset-administration-shell-package+xml", claims_package, read)
XML = Format("AAS XML", "application/asset-administration-shell+xml", claims_xml, read)
JSON = Format("AAS JSON", "application/asset-administration-shell+json", claims_json, read)
