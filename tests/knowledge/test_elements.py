from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knowledge import elements
from knowledge.aas.vocabulary import fold, korean_names, terms
from knowledge.readers.reader import read
from knowledge.registry import Registry
from knowledge.tables import metadata
from serving.databases.sqlite import open_database
from tests.knowledge.shells import as_json, concept, environment, measured, meter, property_, shell, submodel, texts


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    engine = open_database(tmp_path / "place.db")
    metadata.create_all(engine)
    return Registry(engine, tmp_path / "files")


def put(registry: Registry, it: dict[str, Any], name: str = "a.json") -> str:
    entry, _ = registry.add(as_json(it), name, "kim")
    registry.save_reading(entry.document_id, read(as_json(it), name))
    return entry.document_id


def values(registry: Registry, text: str, topic: str = "") -> list[str]:
    return [f"{found.element.value} {found.element.unit}".strip() for found in registry.lookup(text, topic)]


@pytest.mark.parametrize(
    "text",
    ["PAC4200 정격전압", "pac 4200의 정격 전압은?", "SENTRON PAC4200 RatedVoltage", "rated voltage of PAC-4200", "PAC4200 Bemessungsspannung"],
)  # fmt: skip
def test_a_machine_and_a_property_find_the_element(registry: Registry, text: str) -> None:
    document_id = put(registry, meter())
    [found] = registry.lookup(text)
    assert (found.element.value, found.element.unit, found.document_id) == ("690", "V", document_id)
    assert registry.section(document_id, found.ordinal).locator.label == found.element.path


@pytest.mark.parametrize(
    "text",
    ["정격전압", "PAC4200", "PAC42 정격전압", "PAC42001 정격전압", "XPAC4200 정격전압", "PAC4200 최대정격전압", ""],
)
def test_nothing_less_does(registry: Registry, text: str) -> None:
    put(registry, meter())
    assert registry.lookup(text) == []


def test_the_words_asked_with_are_kept(registry: Registry) -> None:
    put(registry, meter())
    [found] = registry.lookup("Pac 4200의 정격 전압은?")
    assert (found.machine, found.name) == ("Pac 4200", "정격 전압")


def test_the_topic_may_name_the_machine(registry: Registry) -> None:
    put(registry, meter())
    assert values(registry, "그럼 무게는?", "PAC4200 정격전압?") == ["0.5 kg"]


def test_what_identifies_a_machine_names_it(registry: Registry) -> None:
    put(registry, meter())
    assert values(registry, "SN-0042137 무게") == ["0.5 kg"]


def test_rows_follow_the_reading_and_go_with_the_document(registry: Registry) -> None:
    first = put(registry, meter())
    registry.save_reading(first, read(as_json(meter(volts="400")), "a.json"))
    assert values(registry, "PAC4200 정격전압") == ["400 V"]
    registry.mark_deleting(first)
    registry.delete(first)
    assert registry.lookup("PAC4200 정격전압") == []


def test_examples_of_a_template_answer_nothing(registry: Registry) -> None:
    plate = submodel(
        "Nameplate", property_("ManufacturerProductType", "XM-200"), property_("SerialNumber", "1"), kind="Template"
    )
    put(registry, environment(shell("Plate", plate), submodels=[plate]))
    assert registry.lookup("XM-200 일련번호") == []
    assert registry.lookup("Plate 일련번호") == []


def test_a_name_of_one_syllable_must_stand_alone(registry: Registry) -> None:
    data = submodel("Data", property_("Width", "96"))
    put(registry, environment(shell("Panel7", data), submodels=[data]))
    assert values(registry, "Panel7 폭은?") == values(registry, "Panel7의 폭") == ["96"]
    assert values(registry, "Panel7 폭발 위험?") == []


def test_a_name_within_a_longer_one_gives_way(registry: Registry) -> None:
    data = submodel(
        "Data",
        property_("RatedVoltage", "1"),
        property_("MaxRatedVoltage", "2", displayName=[{"language": "ko", "text": "최대 정격전압"}]),
    )
    put(registry, environment(shell("Drive7", data), submodels=[data]))
    assert values(registry, "Drive7 최대 정격전압") == ["2"]
    assert values(registry, "Drive7 정격전압") == ["1"]


def test_a_document_of_several_machines_says_so(registry: Registry) -> None:
    one, two = (submodel("Data", property_("Weight", f"{n}"), name=f"{n}") for n in (1, 2))
    put(registry, environment(shell("Robot1A", one), shell("Robot2A", two), submodels=[one, two]))
    [found] = registry.lookup("Robot2A 무게")
    assert (found.element.value, found.alone) == ("2", False)


def test_machines_of_one_make_in_one_file_are_kept_apart(registry: Registry) -> None:
    models = [
        submodel(
            "Data",
            property_("ManufacturerProductType", "XM-200"),
            property_("SerialNumber", f"SN-500000{n}"),
            property_("Weight", f"{n}"),
            name=f"{n}",
        )
        for n in (1, 2)
    ]
    put(registry, environment(*(shell(f"Robot{n}", model) for n, model in enumerate(models)), submodels=models))
    assert values(registry, "SN-5000002 무게") == ["2"]
    assert values(registry, "XM-200 무게") == ["1", "2"]
    assert {found.element.asset for found in registry.lookup("XM-200 무게")} == {"XM-200 (Robot0)", "XM-200 (Robot1)"}


def test_the_vocabulary_is_of_one_mind() -> None:
    assert korean_names("Rated_Voltage")[0] == "정격전압"
    assert korean_names("Anything", "0173-1#02-AAO677#004")[0] == "제조사"
    assert korean_names("Unheard") == ()
    keys = [key for term in terms() for key in (*map(fold, term.id_shorts), *term.semantic_ids)]
    assert len(keys) == len(set(keys))
    assert all(term.ko and term.id_shorts for term in terms())


def test_a_plain_document_has_no_elements(registry: Registry) -> None:
    entry, _ = registry.add("# PAC4200\n\n정격전압은 690 V이다.".encode(), "m.md", "kim")
    registry.save_reading(entry.document_id, read("# PAC4200\n\n정격전압은 690 V이다.".encode(), "m.md"))
    assert registry.lookup("PAC4200 정격전압") == []
    assert not elements.names_in("PAC42000", ["PAC4200"])


def box(*names: str, within: str = "") -> dict[str, Any]:
    """A cabinet that is 1000 wide, 800 deep, 1800 high, as far as it is named."""
    sizes = {"Width": "1000", "Depth": "800", "Height": "1800", "Length": "700"}
    data = submodel("TechnicalData", *(property_(name, sizes[name], displayName=texts(en=name)) for name in names))
    plate = submodel("Nameplate", property_("ManufacturerProductDesignation", "CB-100"))
    return environment(shell("Box", plate, data), submodels=[plate, data])


def test_what_is_called_side_is_the_depth_of_what_has_a_height(registry: Registry) -> None:
    put(registry, box("Width", "Depth", "Height"))
    assert values(registry, "CB-100 세로는?") == ["800"]
    assert values(registry, "CB-100 높이는?") == ["1800"]


@pytest.mark.parametrize("names", [("Width", "Height"), ("Width", "Depth"), ("Length", "Height")])
def test_it_is_nothing_where_that_is_not_sure(registry: Registry, names: tuple[str, ...]) -> None:
    put(registry, box(*names))
    assert values(registry, "CB-100 세로는?") == []


def test_power_lost_is_not_power_consumed(registry: Registry) -> None:
    assert korean_names("PowerLoss") == ("손실전력", "전력손실", "소산전력")
    assert "PowerLoss" not in next(term for term in terms() if "소비전력" in term.ko).id_shorts


def inside(id_short: str, display: str, *held: dict[str, Any]) -> dict[str, Any]:
    return {
        "modelType": "SubmodelElementCollection",
        "idShort": id_short,
        "displayName": texts(ko=display),
        "value": list(held),
    }


def pump(motor: str = "380", control: str = "24") -> dict[str, Any]:
    plate = submodel("Nameplate", property_("ManufacturerProductDesignation", "IM-350"))
    data = submodel(
        "TechnicalData",
        inside("Ratings", "정격", inside("MainMotor", "주전동기", measured("RatedVoltage", motor, "urn:v"))),
        inside("Others", "기타", inside("Control", "제어반", measured("RatedVoltage", control, "urn:v"))),
    )
    voltage = concept("urn:v", texts(en="Rated voltage"), "V")
    return environment(shell("Pump", plate, data), submodels=[plate, data], concepts=[voltage])


def test_elements_of_one_name_say_of_which_part_they_are(registry: Registry) -> None:
    put(registry, pump())
    found = registry.lookup("IM-350 정격전압")
    assert [(each.part, each.sole, each.element.value) for each in found] == [
        ("정격 주전동기", False, "380"),
        ("기타 제어반", False, "24"),
    ]


def test_the_part_a_question_names_selects(registry: Registry) -> None:
    put(registry, pump())
    assert values(registry, "IM-350 제어반 정격전압은?") == ["24 V"]
    assert values(registry, "IM-350 main motor 정격전압은?") == ["380 V"]
    assert len(values(registry, "IM-350 본체 정격전압은?")) == 2  # no part of that name


def test_one_value_in_two_places_needs_no_part(registry: Registry) -> None:
    put(registry, pump(control="380"))
    assert {(each.part, each.sole) for each in registry.lookup("IM-350 정격전압")} == {("", True)}


def test_items_of_a_list_of_parts_go_by_number(registry: Registry) -> None:
    axes = {
        "modelType": "SubmodelElementList",
        "idShort": "Axes",
        "displayName": texts(ko="축"),
        "typeValueListElement": "SubmodelElementCollection",
        "value": [
            {"modelType": "SubmodelElementCollection", "value": [measured("RatedVoltage", volts, "urn:v")]}
            for volts in ("380", "220")
        ],
    }
    plate = submodel("Nameplate", property_("ManufacturerProductDesignation", "IM-350"))
    data = submodel("TechnicalData", axes)
    put(registry, environment(shell("Robot", plate, data), submodels=[plate, data]))
    assert [each.part for each in registry.lookup("IM-350 정격전압")] == ["축 1", "축 2"]
