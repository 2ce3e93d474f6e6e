from __future__ import annotations

import random
from pathlib import Path

import pytest

from knowledge.aas.findings import _RULES, NOTES, check, valid
from knowledge.document import Document, Section
from knowledge.errors import KnowledgeError, UnreadableError, UnsupportedError
from knowledge.readers import aas
from knowledge.readers.reader import format_of, read
from knowledge.text import FINDINGS, finding, sentence
from tests.knowledge.shells import (
    as_aasx,
    as_json,
    as_xml,
    concept,
    environment,
    measured,
    meter,
    property_,
    reference,
    relations,
    shell,
    submodel,
    texts,
    zipped,
)

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "aas"


def by_label(document: Document) -> dict[str, Section]:
    return {section.locator.label: section for section in document.sections}


def test_each_element_that_states_a_value_is_a_section_cited_by_its_path() -> None:
    document = read(as_json(meter()), "meter.json")
    section = by_label(document)["TechnicalData/Ratings/RatedVoltage"]
    assert section.text.splitlines()[0] == "SENTRON PAC4200 | Rated voltage / Bemessungsspannung (RatedVoltage) | 690 V"
    assert "semanticId | urn:example:voltage" in section.text
    assert section.headings == ("SENTRON PAC4200", "TechnicalData", "정격")
    element = section.element
    assert element is not None
    assert (element.value, element.unit, element.asset) == ("690", "V", "SENTRON PAC4200")
    assert element.names == ("Rated voltage", "Bemessungsspannung")
    assert (document.kind, document.title) == ("aas", "지멘스 SENTRON PAC4200")
    assert all(section.text.strip() for section in document.sections)


def test_all_three_forms_say_the_same() -> None:
    forms = (as_json(meter()), as_xml(meter()), as_aasx(as_json(meter())), as_aasx(as_xml(meter()), part="aasx/a.xml"))
    first, *others = ([(s.locator, s.text) for s in read(data, "meter").sections] for data in forms)
    assert all(each == first for each in others)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (as_json(meter()), "AAS JSON"),
        (as_xml(meter()), "AAS XML"),
        (as_aasx(as_json(meter())), "AASX"),
        (b"\xef\xbb\xbf" + as_xml(meter()), "AAS XML"),
    ],
)
def test_the_format_is_told_from_the_bytes(data: bytes, name: str) -> None:
    assert format_of(data, "no-name").name == name


@pytest.mark.parametrize(
    "data",
    [
        b'{"submodels": "many"}',
        b'{"a": 1}',
        b'"modelType": x',
        "그냥 글".encode(),
        b"<html><p>admin-shell.io/aas/3/0</p></html>",
    ],
)
def test_other_files_are_not_taken_for_shells(data: bytes) -> None:
    assert not any(known.claims(data, "x.json") for known in (aas.AASX, aas.JSON, aas.XML))


def test_files_in_a_package_become_attachments() -> None:
    files = {
        "aasx/files/manual.pdf": b"%PDF-1.7",
        "docs/guide.md": b"# Guide",
        "thumbnail.png": b"png",
        "empty.txt": b"",
    }
    document = read(as_aasx(as_json(meter()), files), "meter.aasx")
    assert {each.name: each.data for each in document.attachments} == {
        "aasx/files/manual.pdf": b"%PDF-1.7",
        "docs/guide.md": b"# Guide",
    }


def test_an_environment_no_relationship_leads_to_is_found_all_the_same() -> None:
    document = read(zipped({"some/where.json": as_json(meter()), "a.txt": b"x"}), "meter.aasx")
    assert "TechnicalData/Ratings/RatedVoltage" in by_label(document)
    assert {found.problem for found in document.findings} == {"aas_package", "aas_no_part"}


def test_relative_targets_and_former_relationship_names_are_followed() -> None:
    kind = "http://www.admin-shell.io/aasx/relationships"
    data = zipped({
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(f"{kind}/aasx-origin", "aasx/aasx-origin"),
        "aasx/aasx-origin": b"",
        "aasx/_rels/aasx-origin.rels": relations(f"{kind}/aas-spec", "../aasx/my%20data.json"),
        "aasx/my data.json": as_json(meter()),
    })  # fmt: skip
    document = read(data, "meter.aasx")
    assert len(document.sections) > 4
    assert {found.problem for found in document.findings} == {"aas_deprecated"}


def test_a_file_element_without_its_file_is_told() -> None:
    files = submodel(
        "Docs", {"modelType": "File", "idShort": "F", "value": "/aasx/manual.pdf", "contentType": "application/pdf"}
    )
    document = read(as_aasx(as_json(environment(submodels=[files]))), "x.aasx")
    assert [(found.path, found.problem) for found in document.findings] == [("Docs/F", "aas_file_absent")]


def test_a_template_says_what_it_asks_for() -> None:
    asked = submodel(
        "Nameplate",
        property_("ManufacturerName", None, semanticId=reference("urn:maker"), description=texts(en="Who made it")),
        {"modelType": "SubmodelElementCollection", "idShort": "Address", "value": [property_("City", None)]},
        property_("Example", "Muster AG"),
        kind="Template",
    )
    document = read(as_json(environment(shell("Plate", asked), submodels=[asked])), "t.json")
    found = by_label(document)
    assert "ManufacturerName |  | xs:string |  | urn:maker | Who made it" in found["Nameplate"].text or any(
        "Who made it" in section.text for section in document.sections if section.kind == "table"
    )
    assert "City" in found["Nameplate/Address"].text
    example = found["Nameplate/Example"].element
    assert example is not None
    assert example.asset == ""  # an example describes no machine
    assert found["Nameplate/Example"].text == "Example | 예시 값: Muster AG"
    assert found["Nameplate/Example"].headings == ("Nameplate",)
    assert not any(
        "Plate" in (*section.headings[:1], section.text.split(" | ")[0])
        for section in found.values()
        if section.kind == "table"
    )


def test_structure_without_values_adds_no_sections_to_a_filled_submodel() -> None:
    data = submodel("Data", property_("Filled", "1"), property_("Empty", None), property_("Blank", ""))
    document = read(as_json(environment(submodels=[data])), "d.json")
    assert list(by_label(document)) == ["Data/Filled"]


def test_items_of_a_list_go_by_its_name() -> None:
    item = {"modelType": "Property", "valueType": "xs:string"}
    materials = {
        "modelType": "SubmodelElementList",
        "idShort": "Materials",
        "displayName": texts(ko="재질"),
        "typeValueListElement": "Property",
        "valueTypeListElement": "xs:string",
        "value": [{**item, "value": "steel"}, {**item, "value": "brass"}],
    }
    found = by_label(read(as_json(environment(submodels=[submodel("Data", materials)])), "d.json"))
    assert found["Data/Materials[1]"].text == "재질 (Materials[1]) | brass"
    element = found["Data/Materials[1]"].element
    assert element is not None
    assert (element.id_short, element.names) == ("Materials", ("재질",))


def test_concepts_alone_are_a_table() -> None:
    document = read(
        as_json(environment(submodels=[], concepts=[concept("urn:v", texts(en="Rated voltage"), "V")])), "c.json"
    )
    assert "Rated voltage | REAL_MEASURE | V | urn:v" in document.sections[0].text


def test_an_empty_environment_is_refused_as_one_without_text() -> None:
    for data in (as_aasx(b"{}"), as_xml({})):
        with pytest.raises(UnreadableError) as refused:
            read(data, "empty")
        assert refused.value.reason == "no_text"


def test_an_old_metamodel_is_refused_unless_files_come_with_it() -> None:
    old = b'<aasenv xmlns="http://www.admin-shell.io/aas/2/0"/>'
    with pytest.raises(UnsupportedError) as refused:
        read(old, "old.xml")
    assert "2.0" in sentence(refused.value.reason, "ko", refused.value.details)
    with pytest.raises(UnsupportedError):
        read(as_aasx(old, part="aasx/old.xml"), "old.aasx")
    document = read(as_aasx(old, {"manual.md": b"# M"}, part="aasx/old.xml"), "old.aasx")
    assert [each.name for each in document.attachments] == ["manual.md"]
    assert document.findings[0].problem == "aas_part_unreadable"


@pytest.mark.parametrize("data", [as_json(meter())[:300], as_xml(meter())[:300], as_aasx(as_json(meter()))[:300]])
def test_damaged_files_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableError) as refused:
        read(data, "x.aasx")
    assert "AAS" in sentence(refused.value.reason, "ko", refused.value.details)


def test_mutated_files_end_in_a_document_or_a_refusal() -> None:
    chance = random.Random(7)
    seeds = [as_json(meter()), as_xml(meter()), as_aasx(as_json(meter()))]
    for turn in range(300):
        data = bytearray(seeds[turn % 3])
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(0, 4)] = bytes(chance.randrange(256) for _ in range(chance.randrange(0, 4)))
        try:
            document = aas.read(bytes(data), "x")
            outcome = document.sections or document.attachments
        except KnowledgeError as refused:
            outcome = sentence(refused.reason, "ko", refused.details)
        assert outcome


def test_a_valid_environment_has_no_findings() -> None:
    assert check(meter()) == ((), "3.0")
    assert read(as_aasx(as_xml(meter()), part="a.xml"), "m.aasx").findings == ()


def test_each_finding_has_place_value_problem_and_remedy() -> None:
    it = meter()
    elements = it["submodels"][0]["submodelElements"]
    elements[2]["idShort"] = "Serial Number"
    elements.append({"modelType": "Property", "idShort": "Broken", "value": "x"})
    it["submodels"][1]["submodelElements"][0]["value"][0]["value"] = "hot"
    it["submodels"][1]["colour"] = "red"
    found = {each.problem: each for each in check(it)[0]}
    assert set(found) == {"aas_id_short", "aas_missing", "aas_value_type", "aas_unknown_property"}
    assert (found["aas_id_short"].path, found["aas_id_short"].value) == (
        "Nameplate/Serial Number.idShort",
        "Serial Number",
    )
    assert found["aas_missing"].path == "Nameplate/Broken"
    assert found["aas_value_type"].path == "TechnicalData/Ratings/RatedVoltage"
    assert found["aas_unknown_property"].details["name"] == "colour"
    for each in found.values():
        for language in ("ko", "en"):
            problem, remedy = finding(each.problem, language, each.details)
            assert problem
            assert remedy


def test_a_blob_that_is_no_base64_is_told() -> None:
    blob = {"modelType": "Blob", "idShort": "Picture", "value": "a", "contentType": "image/png"}
    [found] = check(environment(submodels=[submodel("Data", blob)]))[0]
    assert (found.path, found.problem) == ("Data/Picture.value", "aas_wrong_type")


@pytest.mark.parametrize("kind", [["Submodel"], {"a": 1}, None, 7])
def test_a_class_that_is_no_name_is_no_crash(kind: object) -> None:
    assert read(as_json({**meter(), "modelType": kind}), "m.json").sections


def test_findings_do_not_keep_the_rest_from_being_read() -> None:
    it = meter()
    it["submodels"][0]["submodelElements"].append({"modelType": "Nonsense", "idShort": "N"})
    document = read(as_json(it), "m.json")
    assert not valid(document.findings)
    assert "TechnicalData/Ratings/RatedVoltage" in by_label(document)


def test_a_broken_constraint_is_named() -> None:
    it = meter()
    first = it["submodels"][0]["submodelElements"][2]
    it["submodels"][0]["submodelElements"].append(dict(first))
    [found] = check(it, "3.0")[0]
    assert (found.problem, found.details["name"]) == ("aas_twice", "AASd-022")


def test_too_many_findings_are_cut_and_say_so() -> None:
    many = [property_(f"bad {n}", "1") for n in range(300)]
    found, _ = check(environment(submodels=[submodel("Data", *many)]))
    assert (len(found), found[-1].problem) == (201, "aas_more")
    assert finding("aas_more", "ko", found[-1].details)[0] == "지적할 점이 200건보다 많습니다."


def test_notes_leave_a_file_valid() -> None:
    assert set(FINDINGS) >= NOTES
    assert valid(())


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference files are not on this machine")
def test_a_real_template_is_read_from_both_forms() -> None:
    folder = REFERENCE / "templates" / "Digital nameplate" / "3" / "0" / "1"
    read_in = [read(path.read_bytes(), path.name) for path in sorted(folder.iterdir())]
    assert len({tuple(s.text for s in document.sections) for document in read_in}) == 1
    assert "Nameplate/ManufacturerName" in by_label(read_in[0])


def test_every_problem_has_its_sentences() -> None:
    problems = (
        {problem for _, problem in _RULES}
        | NOTES
        | {"aas_rule", "aas_more", "aas_package", "aas_target", "aas_part_unreadable"}
    )
    for problem in problems:
        for language in ("ko", "en"):
            wrong, remedy = finding(problem, language, {"name": "AASd-000", "limit": "9", "reason": "?"})  # type: ignore[arg-type]
            assert wrong
            assert remedy


def test_examples_in_several_languages_are_marked_as_examples_too() -> None:
    name = {"modelType": "MultiLanguageProperty", "idShort": "Name", "value": texts(en="Pump", ko="펌프")}
    asked = submodel("Nameplate", name, measured("Volts", "230", "urn:v"), kind="Template")
    voltage = concept("urn:v", texts(ko="정격전압"), "V")
    document = read(as_json(environment(shell("PR200", asked), submodels=[asked], concepts=[voltage])), "t.json")
    found = by_label(document)
    assert found["Nameplate/Name"].text == "Name | 예시 값: 펌프\n예시 값 | en: Pump; ko: 펌프"
    assert found["Nameplate/Volts"].text.splitlines()[0] == "정격전압 (Volts) | 예시 값: 230 V"
    assert not any(
        "PR200" in f"{section.headings} {section.text}"
        for path, section in found.items()
        if path.startswith("Nameplate")
    )


@pytest.mark.parametrize(
    ("ends", "said"),
    [({"min": "5"}, "5 이상"), ({"max": "40"}, "40 이하"), ({"min": "5", "max": "40"}, "5 ~ 40")],
)
def test_ranges_are_told_in_words_where_they_are_open(ends: dict[str, str], said: str) -> None:
    span = {"modelType": "Range", "idShort": "Temperature", "valueType": "xs:int", **ends}
    found = by_label(read(as_json(environment(submodels=[submodel("Data", span)])), "d.json"))
    assert found["Data/Temperature"].text == f"Temperature | {said}"


def test_what_nobody_has_confirmed_says_so_in_its_line() -> None:
    check = {"type": "Giljabi/Check", "valueType": "xs:string", "value": "사람 확인 필요"}
    other = {"type": "SMT/Cardinality", "valueType": "xs:string", "value": "One"}
    data = submodel(
        "Data",
        property_("Volts", "380", qualifiers=[check]),
        property_("Watts", "5", qualifiers=[other]),
        property_("Open", None, qualifiers=[{**check, "value": "값 없음"}]),
    )
    found = by_label(read(as_json(environment(submodels=[data])), "d.json"))
    assert {path: section.text for path, section in found.items()} == {
        "Data/Volts": "Volts | 380 | 사람 확인 필요",
        "Data/Watts": "Watts | 5",
    }
