from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.aas import json_form, xml_form
from knowledge.aas.environment import Environment, Reference, words_in
from knowledge.errors import UnreadableError, UnsupportedError
from tests.knowledge.shells import (
    as_json,
    as_xml,
    environment,
    meter,
    property_,
    reference,
    submodel,
    texts,
)


def read_json(data: bytes) -> Environment:
    return json_form.environment(json_form.parse(data))


def read_xml(data: bytes) -> Environment:
    return json_form.environment(*xml_form.to_json(data))


EVERYTHING = submodel(
    "Everything",
    property_("Speed", "1500", "xs:int", description=texts(ko="회전수"), qualifiers=[{"type": "SMT/Cardinality", "valueType": "xs:string", "value": "One"}]),
    {"modelType": "MultiLanguageProperty", "idShort": "Name", "value": texts(de="Motor", ko="전동기")},
    {"modelType": "Range", "idShort": "Temperature", "valueType": "xs:int", "min": "-20", "max": "60"},
    {"modelType": "ReferenceElement", "idShort": "Points", "value": reference("urn:other")},
    {"modelType": "RelationshipElement", "idShort": "Joins", "first": reference("urn:a"), "second": reference("urn:b")},
    {"modelType": "File", "idShort": "Manual", "value": "/aasx/files/manual.pdf", "contentType": "application/pdf"},
    {"modelType": "Blob", "idShort": "Picture", "value": "aGVsbG8=", "contentType": "image/png"},
    {"modelType": "SubmodelElementList", "idShort": "Materials", "typeValueListElement": "Property", "valueTypeListElement": "xs:string", "orderRelevant": True, "value": [
        {"modelType": "Property", "valueType": "xs:string", "value": "steel"}, {"modelType": "Property", "valueType": "xs:string", "value": "brass"}]},
    {"modelType": "Entity", "idShort": "Gear", "entityType": "SelfManagedEntity", "globalAssetId": "urn:gear", "statements": [property_("Ratio", "3")]},
    {"modelType": "Operation", "idShort": "Start", "inputVariables": [{"value": property_("Ramp", None)}], "outputVariables": [{"value": property_("Done", None)}]},
    {"modelType": "BasicEventElement", "idShort": "Alarm", "observed": reference("urn:watched", "Submodel"), "direction": "output", "state": "on"},
    {"modelType": "AnnotatedRelationshipElement", "idShort": "Wired", "first": reference("urn:a"), "second": reference("urn:b"), "annotations": [property_("Length", "3")]},
    {"modelType": "Capability", "idShort": "Drill"},
)  # fmt: skip


@pytest.mark.parametrize("read", [lambda it: read_json(as_json(it)), lambda it: read_xml(as_xml(it))])
def test_every_kind_of_element_is_read_with_its_path(read: Callable[[dict[str, Any]], Environment]) -> None:
    [model] = read({"submodels": [EVERYTHING]}).submodels
    nodes = dict(model.walk())
    assert (nodes["Everything/Speed"].value, nodes["Everything/Speed"].value_type) == ("1500", "xs:int")
    assert nodes["Everything/Speed"].qualifiers[0].value == "One"
    assert words_in(nodes["Everything/Name"].texts, "ko") == "전동기"
    assert (nodes["Everything/Temperature"].low, nodes["Everything/Temperature"].high) == ("-20", "60")
    assert nodes["Everything/Points"].references[0].last == "urn:other"
    assert [str(each) for each in nodes["Everything/Joins"].references] == ["urn:a", "urn:b"]
    assert nodes["Everything/Manual"].content_type == "application/pdf"
    assert (nodes["Everything/Picture"].value, nodes["Everything/Picture"].size) == ("", 8)
    assert [nodes[f"Everything/Materials[{at}]"].value for at in (0, 1)] == ["steel", "brass"]
    assert nodes["Everything/Gear"].asset == "urn:gear"
    assert nodes["Everything/Gear/Ratio"].value == "3"
    assert (nodes["Everything/Start/Ramp"].role, nodes["Everything/Start/Done"].role) == ("in", "out")
    assert ("state", "on") in nodes["Everything/Alarm"].details
    assert nodes["Everything/Wired/Length"].value == "3"
    assert nodes["Everything/Drill"].kind == "Capability"


def test_json_and_xml_of_one_environment_are_the_same() -> None:
    it = meter()
    assert read_xml(as_xml(it)).submodels == read_json(as_json(it)).submodels
    assert read_xml(as_xml(it)).shells == read_json(as_json(it)).shells


def test_the_metamodel_is_told_by_the_namespace() -> None:
    assert read_xml(as_xml(meter())).version == "3.0"
    assert read_xml(as_xml(meter(), "https://admin-shell.io/aas/3/1")).version == "3.1"


def test_a_byte_order_mark_makes_no_difference() -> None:
    for mark in (b"", codecs.BOM_UTF8):
        assert len(read_json(mark + as_json(meter())).submodels) == 2
        assert len(read_xml(mark + as_xml(meter())).submodels) == 2
    wide = json.dumps(meter()).encode("utf-16")
    assert len(read_json(wide).submodels) == 2


def test_units_and_names_come_from_the_concept() -> None:
    read = read_json(as_json(meter()))
    node = dict(read.submodels[1].walk())["TechnicalData/Ratings/RatedVoltage"]
    concept = read.concept_of(node)
    assert read.unit_of(node) == "V"
    assert concept is not None
    assert words_in(concept.preferred, "en") == "Rated voltage"
    assert read.shell_of(read.submodels[1]) == read.shells[0]


def test_a_single_submodel_a_list_and_a_server_s_page_are_environments_too() -> None:
    it = submodel("Data", property_("A", "1"))
    for form in (it, [it], {"result": [it], "paging_metadata": {}}):
        assert read_json(as_json(form)).submodels[0].id_short == "Data"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [b"{", b"[1, 2]", b'{"modelType": "Submodel"', b"7", b"[" * 400 + b"]" * 400, b'{"a":' * 200 + b"1" + b"}" * 200],
)
def test_what_is_no_environment_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        json_form.parse(data)


@pytest.mark.parametrize("data", [b"<environment/>", b"<a xmlns='https://admin-shell.io/aas/3/0'/>", b"<environment", b"<!DOCTYPE x [<!ENTITY a 'b'>]><environment xmlns='https://admin-shell.io/aas/3/0'/>"])  # fmt: skip
def test_xml_that_is_no_environment_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        xml_form.to_json(data)


def test_a_metamodel_before_3_is_refused_by_its_version() -> None:
    with pytest.raises(UnsupportedError) as refused:
        xml_form.to_json(b'<aasenv xmlns="http://www.admin-shell.io/aas/2/0"/>')
    assert (refused.value.reason, refused.value.details["version"]) == ("aas_version", "2.0")


def test_xml_nested_without_end_is_refused() -> None:
    deep = as_xml({}).replace(b"</environment>", b"<a>" * 180 + b"</a>" * 180 + b"</environment>")
    with pytest.raises(UnreadableError):
        xml_form.to_json(deep)


def test_wrong_types_do_not_hide_the_rest() -> None:
    it = {"submodels": [submodel("Data", property_("A", "1")), 7, {"idShort": ["x"], "submodelElements": "no"}]}
    it["submodels"][0]["submodelElements"].append({"modelType": "Property", "idShort": 4, "value": 690})  # type: ignore[index]
    read = read_json(as_json(it))
    assert [node.value for _, node in read.submodels[0].walk()] == ["1", "690"]
    assert read.submodels[1].id_short == ""


_LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_NAMES = st.sampled_from(
    ["submodels", "submodelElements", "value", "idShort", "modelType", "semanticId", "keys", "min", "first", "statements", "displayName"]
)  # fmt: skip
_VALUES = st.sampled_from(["Property", "SubmodelElementList", "Operation", "Entity", "Blob"])
_TREES = st.recursive(
    _LEAF | _VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=15
)  # fmt: skip


@given(st.dictionaries(_NAMES, _TREES, max_size=4))
def test_any_json_object_is_read_as_far_as_it_goes(tree: dict[str, Any]) -> None:
    read = json_form.environment(tree)
    assert all(isinstance(path, str) for model in read.submodels for path, _ in model.walk())


def test_a_reference_reads_as_the_chain_of_its_keys() -> None:
    read = read_json(as_json({"submodels": [submodel("D", {"modelType": "ReferenceElement", "idShort": "R", "value": {
        "type": "ModelReference", "keys": [{"type": "Submodel", "value": "urn:s"}, {"type": "Property", "value": "P"}]}})]}))  # fmt: skip
    [(_, node)] = read.submodels[0].walk()
    assert str(node.references[0]) == "urn:s / P"
    assert str(Reference()) == Reference().last == ""


def test_environments_of_two_parts_join() -> None:
    one, two = read_json(as_json(meter())), read_json(as_json(environment(submodels=[submodel("More")])))
    assert len(one.joined(two).submodels) == 3
