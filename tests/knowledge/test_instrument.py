"""The instrument holds together and keeps its promises: enough of it, all anchored, its sources named, broken ones refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from knowledge.instrument import MOST, SYSTEM_LEVELS, UNKNOWN, Area, Claims, Instrument, Item, instrument
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


ASKING = re.compile("어떻게|얼마나|무엇|누가|누구|어디|언제|어떤")
LETTERS = (
    "MES",
    "POP",
    "ERP",
    "LOT",
    "AAS",
    "PLC",
    "NAS",
    "관리도",
    "시계열",
    "레시피",
    "인터락",
    "예지보전",
    "아차사고",
)
"""Words of the trade that nobody has to know."""
SMALL = 60
"""Characters of a choice that fit on a telephone."""


@items
def test_no_question_can_be_answered_with_yes_or_no(item: Item) -> None:
    assert ASKING.search(item.text)
    assert item.text.count("?") == 1
    assert item.text.endswith("?")


@items
def test_choices_are_short_and_stand_alone(item: Item) -> None:
    for anchor in item.anchors:
        assert len(anchor.text) <= SMALL
        assert not anchor.text.startswith(("거기에", "그리고", "그 위에"))


@items
def test_words_of_the_trade_are_explained_where_they_are_first_read(item: Item) -> None:
    read = (item.text, *(anchor.text for anchor in item.anchors), item.why, *(anchor.seen for anchor in item.anchors))
    assert list(_unexplained(" ".join(read))) == []


@areas
def test_words_of_the_trade_are_explained_in_what_is_said_of_an_area(area: Area) -> None:
    for first in (area.strength, area.gap, " ".join(action.text for action in area.actions)):
        assert list(_unexplained(first)) == []


def _unexplained(text: str) -> Iterator[str]:
    """Words whose first use has no explanation in brackets behind it, or behind the list that it stands in."""
    for word in LETTERS:
        if word in text and not re.match(rf"{word}(?:, [A-Z]+)*(?:\(| 같은 )", text[text.index(word) :]):
            yield word


def test_the_best_of_an_item_holds_what_the_one_below_holds() -> None:
    """The pairs that were once apart: whoever has the first without the second is not at the top."""
    for item, below in (
        ("hazards", "찾아 고치고 아차사고"),
        ("backup", "자동 백업과 나뉜 설비망"),
        ("upkeep", "기록과 상태를 보며"),
        ("aas", "명판과 기술자료"),
        ("energy", "주요 설비마다 재어"),
        ("trace", "설비 조건까지 이어져"),
        ("care", "코드를 지키고 지난 데이터를 바로 꺼내며"),
        ("data_person", "분석하는 담당자"),
        ("ai_skill", "교육받은"),
        ("secrets", "목록과 권한, 규칙"),
        ("allies", "비교해 고르는"),
        ("live_use", "분석으로 조건을 바꾸고"),
        ("problem", "숫자를 꾸준히 재고"),
        ("standard", "지금과 맞고"),
    ):
        assert below in instrument().item(item).anchors[-1].text


MANAGED = {"direction", "leadership", "investment"}
"""Areas that no machine takes over."""
LEFT_TO_MACHINES = {
    "planning_flow",
    "traceability",
    "data_use",
    "machine_control",
    "maintenance",
    "aas",
    "workplace_safety",
    "energy_environment",
}


@areas
def test_an_area_leads_on_to_intelligence_and_where_sensible_to_autonomy(area: Area) -> None:
    steps = {action.step for action in area.actions}
    assert ("intelligence" in steps) == (area.id not in MANAGED)
    assert ("autonomy" in steps) == (area.id in LEFT_TO_MACHINES)
    alone = [action for action in area.actions if action.step == "autonomy"]
    assert all(action.upto == MOST and action.days > 365 for action in alone)
    assert [action.days for action in area.actions] == sorted(action.days for action in area.actions)


def _doubted(**answers: str) -> list[Claims]:
    """The contradictions that two answers raise."""
    held = instrument()
    scores = {name: held.item(name).anchor(value).score for name, value in answers.items()}
    return [
        claim
        for claim in held.frame.contradictions
        if {claim.higher, claim.lower} == set(answers)
        and scores[claim.higher] >= held.item(claim.higher).anchor(claim.from_value).score
        and scores[claim.lower] <= held.item(claim.lower).anchor(claim.upto).score
    ]


@pytest.mark.parametrize(
    "answers",
    [
        {"records": "automatic", "collection": "none"},
        {"trace": "with_conditions", "collection": "none"},
        {"trace": "blocked", "collection": "none"},
        {"upkeep": "predictive", "collection": "by_hand"},
        {"upkeep": "predictive", "live_use": "never"},
        {"planning": "linked", "records": "paper"},
        {"planning": "replanned", "records": "spreadsheet"},
        {"energy": "steered", "collection": "none"},
        {"aas": "key_machines", "collection": "some_logged"},
        {"live_use": "predictive", "collection": "none"},
        {"live_use": "analysed", "records": "paper"},
        {"control": "autonomous", "collection": "by_hand"},
        {"control": "autonomous", "live_use": "monthly"},
        {"care": "watched", "records": "paper"},
        {"collection": "all_live", "backup": "pcs_only"},
        {"plan": "reviewed", "budget": "none"},
        {"budget": "staged", "plan": "none"},
        {"plan": "reviewed", "leader": "nobody"},
        {"ai_skill": "everyday", "secrets": "open"},
    ],
)
def test_answers_that_cannot_both_be_so_are_asked_about(answers: dict[str, str]) -> None:
    assert len(_doubted(**answers)) == 1


@pytest.mark.parametrize(
    "answers",
    [
        {"records": "automatic", "collection": "by_hand"},  # a counter on the press, the temperature on a sheet
        {"live_use": "live", "collection": "none"},  # a board fed by barcodes, no values of machines
        {"live_use": "analysed", "collection": "by_hand"},  # control charts of what people measure
        {"problem": "baseline", "records": "paper"},  # tallies on paper, counted every month
        {"upkeep": "condition", "collection": "none"},  # vibration measured once a quarter by an expert
        {"trace": "lot_lookup", "records": "paper"},  # lots in a program, numbers of pieces on paper
        {"energy": "metered", "collection": "none"},  # a clamp meter went round the machines
        {"control": "downloaded", "collection": "some_logged"},  # recipes go down, nothing comes up
        {"control": "by_sheet", "standard": "in_heads"},  # a sheet of settings, the work itself unwritten
        {"aas": "drafted", "collection": "none"},  # name plates need no signals
        {"plan": "written", "budget": "none"},  # a plan waits for its money
        {"budget": "budgeted", "plan": "talked"},  # the money is there, the paper is not
        {"ai_skill": "tried", "secrets": "open"},
        {"collection": "some_logged", "backup": "pcs_only"},
    ],
)
def test_answers_of_a_firm_that_may_well_exist_are_not_doubted(answers: dict[str, str]) -> None:
    assert _doubted(**answers) == []


def test_a_contradiction_names_two_items_once_quotes_both_and_asks() -> None:
    claims = instrument().frame.contradictions
    assert len({(claim.higher, claim.lower) for claim in claims}) == len(claims)
    for claim in claims:
        first = {each.id for each in instrument().items("first")}
        assert {claim.higher, claim.lower} <= first
        assert claim.say.count("하셨") == 2
        assert claim.say.endswith("확인해 주세요.")
        assert list(_unexplained(claim.say)) == []


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
