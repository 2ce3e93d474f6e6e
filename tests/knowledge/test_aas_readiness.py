"""AAS 준비 점검: each item met, unmet or unknown, with what it was judged by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.aas import nameplate, technical_data
from knowledge.aas.draft import Draft, decide, draft
from knowledge.aas.readiness import METAMODEL, Item, readiness
from knowledge.aas.readiness_text import ITEMS, NOTICE, worded
from knowledge.aas.template import Slot
from knowledge.aas.writer import write_aasx
from knowledge.document import Document, Element, Finding, Locator, Section
from knowledge.readers.aas import read as read_aas
from knowledge.readers.markdown import read

ASSET = "https://hanbit.example/hb-200"


def stating(*slots: Slot) -> list[Element]:
    return [
        Element(
            slot.path, slot.id_short, "값", semantic_id=slot.semantic_id, asset=ASSET, submodel=slot.path.split("/")[0]
        )
        for slot in slots
    ]


def aas(*elements: Element, version: str = "3.0", asset: str = ASSET) -> Document:
    sections = tuple(
        Section(at, Locator(element.path), f"{element.path}: {element.value}", kind="element", element=element)
        for at, element in enumerate(elements)
    )
    return Document(
        "프레스 AAS", "application/json", sections, kind="aas", metadata={METAMODEL: version, "asset_id": asset}
    )


def items(*documents: Document, drafts: tuple[Draft, ...] = ()) -> dict[str, Item]:
    found = readiness([(f"doc-{at}", document) for at, document in enumerate(documents)], drafts)
    return {item.key: item for item in found}


MANDATORY = [slot for slot in (*nameplate.SLOTS, *technical_data.SLOTS) if slot.mandatory]


def test_a_company_without_an_aas_is_told_to_begin() -> None:
    found = items()
    assert found["aas"].state == "unmet"
    assert "초안" in worded(found["aas"], "ko")[1]
    assert {key for key, item in found.items() if item.state == "unknown"} == {
        "metamodel",
        "asset",
        "semantics",
        "findings",
        "system_level",
    }


def test_a_whole_aas_meets_all_but_what_documents_cannot_tell() -> None:
    more = [
        Element(f"{name}/Some", "Some", "x", semantic_id="urn:s", submodel=name, asset=ASSET)
        for name in ("HandoverDocumentation", "AssetInterfacesDescription", "TimeSeries")
    ]
    found = items(aas(*stating(*MANDATORY), *more))
    assert {key for key, item in found.items() if item.state != "met"} == {"system_level"}
    assert found["handover"].seen[0].path == "HandoverDocumentation/Some"
    assert found["asset"].seen[0].value == ASSET


def test_what_is_missing_is_named_by_its_path() -> None:
    slots = [slot for slot in MANDATORY if slot.id_short not in {"URIOfTheProduct", "Street"}]
    found = items(aas(*stating(*slots)))
    assert [one.path for one in found["nameplate"].seen] == ["Nameplate/URIOfTheProduct", nameplate.ADDRESS]
    assert all(one.missing for one in found["nameplate"].seen)
    assert found["technical_data"].state == "met"


def test_an_empty_element_is_no_value() -> None:
    elements = [
        replace(element, value="") if element.id_short == "OrderCodeOfManufacturer" else element
        for element in stating(*MANDATORY)
    ]
    found = items(aas(*elements))
    assert [one.path for one in found["nameplate"].seen] == ["Nameplate/OrderCodeOfManufacturer"]


def test_the_most_complete_of_several_is_what_counts() -> None:
    found = items(aas(*stating(MANDATORY[0])), aas(*stating(*MANDATORY)))
    assert found["nameplate"].state == "met"


def test_an_older_metamodel_findings_and_bare_values_are_unmet() -> None:
    bare = Element("Nameplate/X", "X", "1", submodel="Nameplate")
    document = replace(aas(bare, version="2.0", asset=""), findings=(Finding("Nameplate/X", "1", "aas_constraint"),))
    found = items(document)
    assert {found[key].state for key in ("metamodel", "asset", "semantics", "findings")} == {"unmet"}
    assert found["findings"].seen[0].path == "Nameplate/X"


def test_drafts_count_until_a_person_has_looked_at_each_value() -> None:
    made = draft("draft-1", "초안", [("doc-1", read("# 명판\n\n제조사: 한빛\n".encode(), "m.md"))])
    assert items(drafts=(made,))["drafts"].state == "unmet"
    for path in [*made.open]:
        if made.chosen(path) is None:
            made = decide(made, path, "https://hanbit.example/1", confirmed=True)
    for path in made.unconfirmed:
        made = decide(made, path, None, confirmed=True)
    assert (made.open, made.unconfirmed) == ((), ())
    assert items(drafts=(made,))["drafts"].state == "met"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_item_says_what_it_is_and_what_to_do(language: str) -> None:
    for item in readiness([], []):
        title, following = worded(item, language)  # type: ignore[arg-type]
        assert title
        assert following
    assert set(ITEMS) == {item.key for item in readiness([], [])}
    assert "공식" in NOTICE["ko"]


def test_a_template_is_no_ones_aas() -> None:
    examples = [replace(element, asset="") for element in stating(*MANDATORY)]
    assert items(aas(*examples))["nameplate"].state == "unmet"


def test_a_finished_draft_is_read_back_and_meets_its_items() -> None:
    plate = "# 명판\n\n제조사: 한빛\n제품명: 프레스\n주문코드: A\n품번: B\n주소: 서울 1\n정격전압: 220 V\n"
    made = draft("draft-1", "초안", [("doc-1", read(plate.encode(), "m.md"))])
    made = decide(made, "Nameplate/URIOfTheProduct", "https://hanbit.example/1", confirmed=True)
    document = read_aas(write_aasx(made), "초안.aasx")
    stated = {section.element.path: section.element for section in document.sections if section.element}
    assert {value.path for value in made.values} <= set(stated)
    voltage = stated["TechnicalData/TechnicalPropertyAreas[0]/RatedVoltage"]
    assert (voltage.value, voltage.unit, "정격전압" in voltage.names) == ("220", "V", True)
    assert document.findings == ()
    found = items(document)
    assert {key for key, item in found.items() if item.state == "unmet"} == {"handover", "interfaces", "time_series"}
