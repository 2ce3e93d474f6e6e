"""A draft as an AASX package (metamodel 3.0, XML): valid as it stands, and honest about what nobody has checked.

An element nobody has confirmed carries the qualifier `Giljabi/Check` and extensions with the place its value came from.
What the draft calls open is open in the package as well: a Property stands there without a value, anything else is left
out, and extensions of the submodel name them all. The metamodel allows that, and a check against the template then finds
what is missing; a placeholder, or a text in no language, would pass for a value.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from knowledge.aas import nameplate, technical_data
from knowledge.aas.draft import NEEDS_CHECK, SLOTS, Draft, DraftValue, Origin, State
from knowledge.aas.template import Slot

if TYPE_CHECKING:
    from aas_core3 import types as aas

CHECK = "Giljabi/Check"
ORIGIN = "Giljabi/Origin"
LACKING = "Giljabi/Missing"
MISSING = "값 없음: 사람이 적어야 함"
UNDECIDED = "서로 다른 값이 있음: 사람이 골라야 함"
_SAID: dict[State, str] = {"check": NEEDS_CHECK, "open": MISSING, "conflict": UNDECIDED}
_ENVIRONMENT = "aasx/environment.xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_AASX = "http://admin-shell.io/aasx/relationships"
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The same draft gives the same bytes."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_aasx(made: Draft) -> bytes:
    """The package. Each element says in its qualifier whether a person has confirmed it."""
    from aas_core3 import xmlization

    environment = xmlization.to_str(_Writer(made).environment())
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _parts('<?xml version="1.0" encoding="UTF-8"?>\n' + environment):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text.encode())
    return written.getvalue()


def _parts(environment: str) -> Iterator[tuple[str, str]]:
    """Files of an Open Packaging Conventions package as AAS Part 5 lays it out."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    yield (
        "[Content_Types].xml",
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="{types}">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/aasx/aasx-origin" ContentType="text/plain"/></Types>'
        ),
    )
    yield "_rels/.rels", _relationship(f"{_AASX}/aasx-origin", "/aasx/aasx-origin")
    yield "aasx/aasx-origin", "Intentionally empty."
    yield "aasx/_rels/aasx-origin.rels", _relationship(f"{_AASX}/aas-spec", f"/{_ENVIRONMENT}")
    yield _ENVIRONMENT, environment


def _relationship(kind: str, target: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{_RELATIONSHIPS}">'
        f'<Relationship Type="{kind}" Target="{target}" Id="R1"/></Relationships>'
    )


def concept_id(id_short: str) -> str:
    """Identifier of our concept of a technical property: the same in every package."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"giljabi/concept/{id_short}").urn


class _Writer:
    """Makes the objects of one environment."""

    def __init__(self, made: Draft) -> None:
        self._made = made

    def environment(self) -> aas.Environment:
        from aas_core3 import types

        technical = self._technical_data()
        submodels = [self._nameplate(), technical]
        concepts = [
            self._concept(path) for path in self._made.paths if path not in SLOTS and self._has_own_concept(path)
        ]
        return types.Environment([self._shell(submodels)], submodels, concepts or None)

    def _shell(self, submodels: Iterable[aas.Submodel]) -> aas.AssetAdministrationShell:
        from aas_core3 import types

        serial = self._made.chosen("Nameplate/SerialNumber")
        uri = self._made.chosen("Nameplate/URIOfTheProduct")
        references = [
            types.Reference(types.ReferenceTypes.MODEL_REFERENCE, [types.Key(types.KeyTypes.SUBMODEL, each.id)])
            for each in submodels
        ]
        asset = types.AssetInformation(
            types.AssetKind.INSTANCE if serial else types.AssetKind.TYPE,
            global_asset_id=_xml(uri.value) if uri else self._id("asset"),
            specific_asset_ids=[types.SpecificAssetID("serialNumber", _xml(serial.value))] if serial else None,
        )
        return types.AssetAdministrationShell(
            self._id("shell"), asset, id_short="DraftShell", submodels=references,
            display_name=[types.LangStringNameType("ko", _xml(self._made.name)[:128] or "AAS")],
            description=[types.LangStringTextType("ko", f"길잡이가 자료에서 규칙으로 찾아 만든 초안. {NEEDS_CHECK} 표시는 사람이 확인하기 전의 값이다.")],
        )  # fmt: skip

    def _nameplate(self) -> aas.Submodel:
        parts = [slot for slot in nameplate.SLOTS if slot.path.startswith(nameplate.ADDRESS + "/")]
        elements: list[aas.SubmodelElement] = []
        for slot in nameplate.SLOTS:
            if slot in parts:
                if slot is parts[0] and any(map(self._is_there, parts)):
                    elements.append(self._address(parts))
            elif self._is_there(slot):
                elements.append(self._of_slot(slot))
        return self._submodel(nameplate.ID_SHORT, nameplate.SEMANTIC_ID, nameplate.TEMPLATE_ID,
                              (nameplate.VERSION, nameplate.REVISION), elements)  # fmt: skip

    def _address(self, parts: Iterable[Slot]) -> aas.SubmodelElement:
        from aas_core3 import types

        inside = [self._of_slot(slot) for slot in parts if self._is_there(slot)]
        return types.SubmodelElementCollection(
            id_short="AddressInformation", semantic_id=self._external(nameplate.ADDRESS_SEMANTIC_ID), value=inside
        )

    def _technical_data(self) -> aas.Submodel:
        from aas_core3 import types

        general: list[aas.SubmodelElement] = [
            self._of_slot(slot) for slot in technical_data.SLOTS if self._is_there(slot)
        ]
        elements: list[aas.SubmodelElement] = [
            types.SubmodelElementCollection(
                id_short="GeneralInformation", value=general,
                semantic_id=self._external(technical_data.GENERAL_SEMANTIC_ID),
            )
        ]  # fmt: skip
        properties = [self._property(path) for path in self._made.paths if path not in SLOTS]
        if properties:
            elements.append(self._areas(properties))
        model = types.ReferenceTypes.MODEL_REFERENCE
        made = self._submodel(technical_data.ID_SHORT, technical_data.SEMANTIC_ID, technical_data.TEMPLATE_ID,
                              (technical_data.VERSION, technical_data.REVISION), elements)  # fmt: skip
        made.semantic_id = types.Reference(model, [types.Key(types.KeyTypes.SUBMODEL, technical_data.SEMANTIC_ID)])
        return made

    def _areas(self, properties: list[aas.SubmodelElement]) -> aas.SubmodelElement:
        from aas_core3 import types

        area = types.SubmodelElementCollection(
            value=properties, semantic_id=self._external(technical_data.AREA_SEMANTIC_ID),
            display_name=[types.LangStringNameType("ko", "기술 사양")],
        )  # fmt: skip
        return types.SubmodelElementList(
            types.AASSubmodelElements.SUBMODEL_ELEMENT_COLLECTION, id_short="TechnicalPropertyAreas", value=[area],
            semantic_id=self._external(technical_data.AREAS_SEMANTIC_ID),
            semantic_id_list_element=self._external(technical_data.AREA_SEMANTIC_ID),
        )  # fmt: skip

    def _submodel(
        self,
        id_short: str,
        semantic_id: str,
        template: str,
        version: tuple[str, str],
        elements: list[aas.SubmodelElement],
    ) -> aas.Submodel:
        from aas_core3 import types

        administration = types.AdministrativeInformation(version=version[0], revision=version[1], template_id=template)
        return types.Submodel(
            self._id(id_short), id_short=id_short, administration=administration, kind=types.ModellingKind.INSTANCE,
            semantic_id=self._external(semantic_id), submodel_elements=elements or None,
            extensions=self._lacking(id_short) or None,
        )  # fmt: skip

    def _is_there(self, slot: Slot) -> bool:
        if self._made.chosen(slot.path):
            return True
        return slot.kind == "Property" and (slot.mandatory or bool(self._made.candidates(slot.path)))

    def _lacking(self, id_short: str) -> list[aas.Extension]:
        """What of a submodel is open or undecided, in words."""
        from aas_core3 import types

        open_paths = [path for path in self._made.paths if path.startswith(f"{id_short}/") and self._is_open(path)]
        said = []
        for path in open_paths:
            stated = [_told(value, value.origin) for value in self._made.candidates(path) if value.origin]
            said.append("\n".join([f"{path}: {_SAID[self._made.state(path)]}", *stated]))
        string = types.DataTypeDefXSD.STRING
        return [types.Extension(f"{LACKING}{at}", value_type=string, value=each) for at, each in enumerate(said, 1)]

    def _is_open(self, path: str) -> bool:
        return path in self._made.open or self._made.state(path) == "conflict"

    def _of_slot(self, slot: Slot) -> aas.SubmodelElement:
        from aas_core3 import types

        chosen = self._made.chosen(slot.path)
        semantic = self._external(slot.semantic_id)
        if slot.kind == "MultiLanguageProperty":
            made: aas.SubmodelElement = types.MultiLanguageProperty(
                id_short=slot.id_short, semantic_id=semantic, value=self._words(chosen) if chosen else None
            )
        else:
            made = types.Property(
                self._value_type(slot.value_type), id_short=slot.id_short, semantic_id=semantic,
                value=_xml(chosen.value) if chosen else None,
            )  # fmt: skip
        return self._marked(made, slot.path, slot.name_ko)

    def _property(self, path: str) -> aas.SubmodelElement:
        from aas_core3 import types

        first = self._made.candidates(path)[0]
        chosen = self._made.chosen(path)
        semantic = self._external(concept_id(first.id_short) if self._has_own_concept(path) else first.semantic_id)
        kind = self._value_type((chosen or first).value_type)
        low, _, high = chosen.value.partition("~") if chosen else ("", "", "")
        made: aas.SubmodelElement
        if chosen and high and chosen.value_type == "xs:double":
            made = types.Range(kind, id_short=first.id_short, semantic_id=semantic, min=low, max=high)
        else:
            value = _xml(chosen.value) if chosen else None
            made = types.Property(kind, id_short=first.id_short, semantic_id=semantic, value=value)
        if self._has_own_concept(path):
            made.supplemental_semantic_ids = [self._external(technical_data.ANY_PROPERTY)]
        unit = chosen.unit if chosen else ""
        made.embedded_data_specifications = [self._specification(first.name_ko, first.id_short, unit)] if unit else None
        return self._marked(made, path, first.name_ko)

    def _has_own_concept(self, path: str) -> bool:
        """Properties we have no name for have no concept that two packages could share."""
        return not re.fullmatch(r"Property\d{3}", path.rsplit("/", 1)[-1])

    def _concept(self, path: str) -> aas.ConceptDescription:
        from aas_core3 import types

        first = self._made.candidates(path)[0]
        return types.ConceptDescription(
            concept_id(first.id_short), id_short=first.id_short,
            embedded_data_specifications=[self._specification(first.name_ko, first.id_short, "", defined=True)],
        )  # fmt: skip

    def _specification(
        self, name: str, id_short: str, unit: str, *, defined: bool = False
    ) -> aas.EmbeddedDataSpecification:
        """IEC 61360: what a property is called, and the unit its value is in."""
        from aas_core3 import types

        english = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", id_short)
        content = types.DataSpecificationIEC61360(
            [types.LangStringPreferredNameTypeIEC61360("en", english), types.LangStringPreferredNameTypeIEC61360("ko", _xml(name))],
            unit=_xml(unit) or None,
            definition=[
                types.LangStringDefinitionTypeIEC61360("en", f"{english} as the maker's papers state it"),
                types.LangStringDefinitionTypeIEC61360("ko", f"제조사 자료가 밝힌 {_xml(name)}"),
            ] if defined else None,
        )  # fmt: skip
        named = "https://admin-shell.io/DataSpecificationTemplates/DataSpecificationIec61360/3"
        return types.EmbeddedDataSpecification(
            data_specification_content=content, data_specification=self._external(named)
        )

    def _marked(self, made: aas.SubmodelElement, path: str, name: str) -> aas.SubmodelElement:
        """With its Korean name, and what a person must still do about it."""
        from aas_core3 import types

        state = self._made.state(path)
        made.display_name = [types.LangStringNameType("ko", _xml(name)[:128])]
        if state != "confirmed":
            made.qualifiers = [
                types.Qualifier(CHECK, types.DataTypeDefXSD.STRING, value=_SAID[state], kind=types.QualifierKind.CONCEPT_QUALIFIER)
            ]  # fmt: skip
        told = self._made.candidates(path) if state == "conflict" else (self._made.chosen(path),)
        sources = [(value, value.origin) for value in told if value and value.origin]
        made.extensions = [
            types.Extension(f"{ORIGIN}{at}", value_type=types.DataTypeDefXSD.STRING, value=_told(value, origin))
            for at, (value, origin) in enumerate(sources, 1)
        ] or None
        return made

    def _words(self, value: DraftValue) -> list[aas.LangStringTextType]:
        from aas_core3 import types

        korean = any("가" <= letter <= "힣" for letter in value.value)
        return [types.LangStringTextType("ko" if korean else "en", _xml(value.value)[:1023])]

    def _value_type(self, name: str) -> aas.DataTypeDefXSD:
        from aas_core3 import types

        return types.DataTypeDefXSD(name)

    def _external(self, value: str) -> aas.Reference:
        from aas_core3 import types

        return types.Reference(
            types.ReferenceTypes.EXTERNAL_REFERENCE, [types.Key(types.KeyTypes.GLOBAL_REFERENCE, value)]
        )

    def _id(self, of: str) -> str:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"giljabi/draft/{self._made.draft_id}/{of}").urn


def _told(value: DraftValue, origin: Origin) -> str:
    """`220 V ← 사용설명서, 표 1 2행 (doc-…): “정격전압 | 220 V”`."""
    concluded = ", 아래 문장에서 미루어 앎" if origin.derived else ""
    stated = f"{value.value} {value.unit}".strip()
    return _xml(f"{stated} ← {origin.title}, {origin.locator} ({origin.document_id}{concluded}): “{origin.quote}”")


def _xml(text: str) -> str:
    """Without the characters XML has none of."""
    return _NOT_XML.sub("", text)
