"""Asset Administration Shells for tests, built as the standard writes them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

NAMESPACE = "https://admin-shell.io/aas/3/0"
_SPECIFICATION = "http://admin-shell.io/DataSpecificationTemplates/DataSpecificationIEC61360/3/0"


def reference(value: str, kind: str = "GlobalReference") -> dict[str, Any]:
    outer = "ExternalReference" if kind == "GlobalReference" else "ModelReference"
    return {"type": outer, "keys": [{"type": kind, "value": value}]}


def texts(**languages: str) -> list[dict[str, str]]:
    return [{"language": tag, "text": words} for tag, words in languages.items()]


def property_(id_short: str, value: str | None, value_type: str = "xs:string", **more: Any) -> dict[str, Any]:
    it: dict[str, Any] = {"modelType": "Property", "idShort": id_short, "valueType": value_type, **more}
    return it if value is None else {**it, "value": value}


def measured(id_short: str, value: str, concept: str) -> dict[str, Any]:
    return property_(id_short, value, "xs:double", semanticId=reference(concept))


def concept(identity: str, preferred: list[dict[str, str]], unit: str | None = None) -> dict[str, Any]:
    content = {"modelType": "DataSpecificationIec61360", "preferredName": preferred, "definition": texts(en="Meaning")}
    if unit:
        content |= {"unit": unit, "dataType": "REAL_MEASURE"}
    specification = {"dataSpecification": reference(_SPECIFICATION), "dataSpecificationContent": content}
    return {"modelType": "ConceptDescription", "id": identity, "embeddedDataSpecifications": [specification]}


def submodel(id_short: str, *elements: dict[str, Any], kind: str = "Instance", name: str = "") -> dict[str, Any]:
    return {
        "modelType": "Submodel",
        "id": f"urn:example:{name}:{id_short}",
        "idShort": id_short,
        "kind": kind,
        "submodelElements": list(elements),
    }


def shell(id_short: str, *submodels: dict[str, Any]) -> dict[str, Any]:
    return {
        "modelType": "AssetAdministrationShell",
        "id": f"urn:example:{id_short}",
        "idShort": id_short,
        "assetInformation": {"assetKind": "Instance", "globalAssetId": f"urn:example:asset:{id_short}"},
        "submodels": [reference(each["id"], "Submodel") for each in submodels],
    }


def environment(*shells: dict[str, Any], submodels: list[dict[str, Any]], concepts: Any = ()) -> dict[str, Any]:
    said = {"assetAdministrationShells": list(shells), "submodels": submodels, "conceptDescriptions": list(concepts)}
    return {name: items for name, items in said.items() if items}


def meter(
    name: str = "PAC4200", volts: str = "690", maker: str = "지멘스", serial: str = "SN-0042137"
) -> dict[str, Any]:
    """The environment of a power meter with nameplate and technical data."""
    nameplate = submodel(
        "Nameplate",
        {"modelType": "MultiLanguageProperty", "idShort": "ManufacturerName", "value": texts(en="Siemens", ko=maker)},
        {
            "modelType": "MultiLanguageProperty",
            "idShort": "ManufacturerProductDesignation",
            "value": texts(en=f"SENTRON {name}"),
        },
        property_("SerialNumber", serial, semanticId=reference("0173-1#02-AAM556#002")),
        name=name,
    )
    data = submodel(
        "TechnicalData",
        {
            "modelType": "SubmodelElementCollection",
            "idShort": "Ratings",
            "displayName": texts(ko="정격", en="Ratings"),
            "value": [
                measured("RatedVoltage", volts, "urn:example:voltage"),
                measured("Weight", "0.5", "urn:example:mass"),
                {
                    "modelType": "Range",
                    "idShort": "AmbientTemperature",
                    "valueType": "xs:int",
                    "min": "-25",
                    "max": "55",
                },
            ],
        },
        name=name,
    )
    concepts = [
        concept("urn:example:voltage", texts(en="Rated voltage", de="Bemessungsspannung"), "V"),
        concept("urn:example:mass", texts(en="Net weight"), "kg"),
    ]
    return environment(shell(name, nameplate, data), submodels=[nameplate, data], concepts=concepts)


def as_json(it: Mapping[str, Any]) -> bytes:
    return json.dumps(it, ensure_ascii=False).encode()


_SINGULAR = {
    "assetAdministrationShells": "assetAdministrationShell", "submodels": "submodel",
    "conceptDescriptions": "conceptDescription", "keys": "key", "displayName": "langStringNameType",
    "description": "langStringTextType", "embeddedDataSpecifications": "embeddedDataSpecification",
    "preferredName": "langStringPreferredNameTypeIec61360", "definition": "langStringDefinitionTypeIec61360",
    "inputVariables": "operationVariable", "outputVariables": "operationVariable",
    "qualifiers": "qualifier", "specificAssetIds": "specificAssetId",
}  # fmt: skip


def as_xml(it: Mapping[str, Any], namespace: str = NAMESPACE) -> bytes:
    """The same environment in XML."""
    return f'<?xml version="1.0"?><environment xmlns="{namespace}">{_members(it)}</environment>'.encode()


def _members(it: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_inner(name, it[name])}</{name}>" for name in it if name != "modelType")


def _inner(name: str, value: Any) -> str:
    from xml.sax.saxutils import escape

    if isinstance(value, list):
        return "".join(f"<{_tag(name, each)}>{_members(each)}</{_tag(name, each)}>" for each in value)
    if isinstance(value, dict):
        tag = _tag(name, value)
        return f"<{tag}>{_members(value)}</{tag}>" if "modelType" in value else _members(value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _tag(name: str, item: Mapping[str, Any]) -> str:
    if name == "submodels" and "modelType" not in item:
        return "reference"
    kind = item.get("modelType")
    if kind:
        return str(kind[0].lower() + kind[1:])
    return _SINGULAR.get(name, "langStringTextType" if "language" in item else "reference")


def as_aasx(spec: bytes, files: Mapping[str, bytes] | None = None, part: str = "aasx/data.json") -> bytes:
    """A package with one part and further files, related as the standard says."""
    kind = "http://admin-shell.io/aasx/relationships"
    contents = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(f"{kind}/aasx-origin", "/aasx/aasx-origin"),
        "aasx/aasx-origin": b"origin",
        "aasx/_rels/aasx-origin.rels": relations(f"{kind}/aas-spec", f"/{part}"),
        part: spec,
        **(files or {}),
    }
    return zipped(contents)


def relations(kind: str, target: str) -> bytes:
    xmlns = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{xmlns}"><Relationship Type="{kind}" Target="{target}"/></Relationships>'.encode()


def zipped(contents: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        for name, data in contents.items():
            package.writestr(name, data)
    return held.getvalue()
