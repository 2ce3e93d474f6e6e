"""The instrument holds together and keeps its promises: enough of it, all anchored, its sources named, broken ones refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from knowledge.instrument import MOST, SYSTEM_LEVELS, UNKNOWN, Area, Instrument, Item, instrument
from knowledge.starter import starter_files

AREAS = instrument().areas
ITEMS = tuple(instrument().items())
LIBRARY = {
    name.removesuffix(".md"): yaml.safe_load(data.decode().split("---")[1])["id"] for name, data in starter_files()
}
"""The id in the front matter of every document of the library, by its file's stem."""

areas = pytest.mark.parametrize("area", AREAS, ids=[area.id for area in AREAS])
items = pytest.mark.parametrize("item", ITEMS, ids=[item.id for item in ITEMS])


def test_a_first_pass_asks_about_twenty_and_a_deep_one_about_sixty() -> None:
    assert 18 <= len(list(instrument().items("first"))) <= 22
    assert 55 <= len(ITEMS) <= 66


def test_the_first_pass_is_asked_first_and_whole() -> None:
    first = list(instrument().items("first"))
    assert list(ITEMS[: len(first)]) == first
    assert {item.depth for item in ITEMS[len(first) :]} == {"deep"}


def test_there_are_the_eight_dimensions() -> None:
    named = [dimension.id for dimension in instrument().dimensions]
    assert named == ["strategy", "process", "data", "equipment", "people", "security", "safety", "money"]


def test_the_notice_says_that_it_is_no_official_check() -> None:
    notice = instrument().frame.notice
    assert "공식 스마트공장 수준확인이 아니며" in notice
    assert "스스로 해 본 진단" in notice


@items
def test_every_anchor_says_what_is_chosen_what_is_seen_and_how_people_put_it(item: Item) -> None:
    for anchor in item.anchors:
        assert anchor.text.strip()
        assert anchor.seen.strip() not in {"", anchor.text}
        assert len(anchor.said) >= (8 if item.depth == "first" else 3)
    assert item.papers


@items
def test_no_words_stand_under_two_anchors(item: Item) -> None:
    counted = Counter("".join(words.split()).rstrip(".") for anchor in item.anchors for words in anchor.said)
    assert [words for words, times in counted.items() if times > 1] == []


@items
def test_only_the_first_pass_speaks_for_system_levels(item: Item) -> None:
    assert item.depth == "first" or all(anchor.system is None for anchor in item.anchors)


@items
def test_aas_content_supports_answers_of_its_item(item: Item) -> None:
    assert {support.value for support in item.supported_by} <= set(item.values)


def test_every_system_level_above_none_is_spoken_for() -> None:
    spoken = {anchor.system for item in ITEMS for anchor in item.anchors if anchor.system}
    assert spoken == set(SYSTEM_LEVELS)


@areas
def test_what_an_area_links_to_is_in_the_library(area: Area) -> None:
    assert area.funding
    assert area.training
    for linked in (*area.funding, *area.training):
        assert LIBRARY[linked] == linked


@areas
def test_every_area_can_be_begun_within_ninety_days(area: Area) -> None:
    assert any(action.days <= 90 for action in area.actions)


@areas
def test_the_lowest_and_the_middle_of_an_area_have_something_to_do(area: Area) -> None:
    assert all(action.upto > 0 for action in area.actions)
    assert any(action.upto >= 4 for action in area.actions)


def test_every_dimension_names_where_it_comes_from() -> None:
    for dimension in instrument().dimensions:
        assert all(source.trust in {"S", "S2"} and source.title for source in dimension.sources)


def test_words_of_a_goal_a_loss_a_sector_and_a_machine_are_there() -> None:
    frame = instrument().frame
    for choices in (frame.goals, frame.losses, frame.sectors, frame.machines):
        assert all(choice.name and choice.said for choice in choices)
        assert len({choice.id for choice in choices}) == len(choices)


def test_each_division_of_manufacturing_is_in_one_sector() -> None:
    divisions = [division for sector in instrument().frame.sectors for division in sector.ksic]
    assert sorted(divisions) == [str(number) for number in range(10, 35)]


@pytest.mark.parametrize(
    ("ksic", "sector"),
    [("C25", "metal"), ("25913", "metal"), ("25", "metal"), ("C10", "food"), ("22", "plastics"), ("26", "electronics")],
)
def test_a_ksic_code_has_its_sector(ksic: str, sector: str) -> None:
    found = instrument().sector(ksic)
    assert found is not None
    assert found.id == sector


@pytest.mark.parametrize("ksic", ["", "C", "99", "1", "금속"])
def test_a_code_outside_manufacturing_has_none(ksic: str) -> None:
    assert instrument().sector(ksic) is None


def test_an_item_knows_its_area_and_dimension() -> None:
    held = instrument()
    assert held.area_of("upkeep").id == "maintenance"
    assert held.dimension_of("upkeep").id == "equipment"
    assert held.item("upkeep").anchor("predictive").score == MOST


@pytest.mark.parametrize("named", ["", "nothing_like_it"])
def test_what_is_not_there_is_an_error(named: str) -> None:
    held = instrument()
    for look in (held.item, held.area_of, held.dimension_of, held.item("upkeep").anchor):
        with pytest.raises(KeyError):
            look(named)


Broken = Callable[[dict[str, Any]], None]


def _area(loaded: dict[str, Any], area_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(a for d in loaded["dimensions"] for a in d["areas"] if a["id"] == area_id)
    return found


def _anchors(loaded: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the first item on maintenance, which names no system level."""
    found: list[dict[str, Any]] = _area(loaded, "maintenance")["items"][0]["anchors"]
    return found


def _item_twice(loaded: dict[str, Any]) -> None:
    _area(loaded, "aas")["items"][1]["id"] = "upkeep"


def _area_twice(loaded: dict[str, Any]) -> None:
    _area(loaded, "aas")["id"] = "maintenance"


def _turned_round(loaded: dict[str, Any]) -> None:
    _anchors(loaded).reverse()


def _same_score(loaded: dict[str, Any]) -> None:
    _anchors(loaded)[1]["score"] = _anchors(loaded)[2]["score"]


def _no_top(loaded: dict[str, Any]) -> None:
    _anchors(loaded).pop()


def _same_value(loaded: dict[str, Any]) -> None:
    _anchors(loaded)[1]["value"] = _anchors(loaded)[2]["value"]


def _unknown_as_an_anchor(loaded: dict[str, Any]) -> None:
    _anchors(loaded)[0]["value"] = UNKNOWN


def _half_the_system(loaded: dict[str, Any]) -> None:
    _anchors(loaded)[0]["system"] = "none"


def _system_falls(loaded: dict[str, Any]) -> None:
    for anchor, level in zip(_anchors(loaded), reversed(SYSTEM_LEVELS), strict=True):
        anchor["system"] = level


def _unknown_need(loaded: dict[str, Any]) -> None:
    _area(loaded, "maintenance")["needs"] = ["nothing_like_it"]


def _unknown_goal(loaded: dict[str, Any]) -> None:
    _area(loaded, "maintenance")["goals"] = {"nothing_like_it": 1}


def _unknown_loss(loaded: dict[str, Any]) -> None:
    _area(loaded, "maintenance")["losses"] = {"nothing_like_it": 1}


def _unknown_claim(loaded: dict[str, Any]) -> None:
    loaded["frame"]["contradictions"][0]["from_value"] = "nothing_like_it"


def _claim_of_no_item(loaded: dict[str, Any]) -> None:
    loaded["frame"]["contradictions"][0]["lower"] = "nothing_like_it"


def _levels_turned_round(loaded: dict[str, Any]) -> None:
    loaded["frame"]["levels"] = list(reversed(loaded["frame"]["levels"]))


def _level_left_out(loaded: dict[str, Any]) -> None:
    loaded["frame"]["levels"] = loaded["frame"]["levels"][:-1]


def _level_by_a_silent_item(loaded: dict[str, Any]) -> None:
    loaded["frame"]["levels"] = [
        *loaded["frame"]["levels"][:-1],
        {**loaded["frame"]["levels"][-1], "clauses": [{"items": ["upkeep"], "at_least": 1}]},
    ]


def _two_first_items(loaded: dict[str, Any]) -> None:
    _area(loaded, "aas")["items"][1]["depth"] = "first"


def _a_key_too_many(loaded: dict[str, Any]) -> None:
    _area(loaded, "aas")["colour"] = "red"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (_item_twice, "item named twice"),
        (_area_twice, "area named twice"),
        (_turned_round, "anchors go from 0"),
        (_same_score, "anchors go from 0"),
        (_no_top, "anchors go from 0"),
        (_same_value, "values are its own"),
        (_unknown_as_an_anchor, "values are its own"),
        (_half_the_system, "either no anchor or every one"),
        (_system_falls, "either no anchor or every one"),
        (_unknown_need, "no such area"),
        (_unknown_goal, "no such goal"),
        (_unknown_loss, "no such loss"),
        (_unknown_claim, "no such value"),
        (_claim_of_no_item, "no such item"),
        (_levels_turned_round, "levels stand from none to advanced"),
        (_level_left_out, "levels stand from none to advanced"),
        (_level_by_a_silent_item, "no such item"),
        (_two_first_items, "belongs to the first pass"),
        (_a_key_too_many, "Extra inputs"),
    ],
)
def test_a_broken_instrument_is_refused(broken: Broken, said: str) -> None:
    loaded = instrument().model_dump(mode="json")
    broken(loaded)
    with pytest.raises(ValidationError, match=said):
        Instrument.model_validate(loaded)


def test_the_whole_one_reads_back_as_itself() -> None:
    held = instrument()
    assert Instrument.model_validate(held.model_dump(mode="json")) == held
