"""The catalogue of use cases: for every gap of every sector there is something to do, and nothing in it is made up."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from knowledge import usecases
from knowledge.instrument import Area, Choice, instrument
from knowledge.starter import shipped
from knowledge.text import Language, sentence
from knowledge.usecases import UseCase, UseCases, UseCasesError, use_cases

AREAS = instrument().areas
SECTORS = instrument().frame.sectors
CASES = use_cases().cases
LITTLE = 2
"""Anchors up to this score ask next to nothing of a firm."""
MONEY_OR_SHARE = re.compile(r"\d[\d,.]*\s*(?:천만|백만|만|억|조)|\d[\d,.]*\s*원\b|[%％]|퍼센트|프로\b")
HOW_LONG = re.compile(r"\d+\s*(?:일|주|개월|달|년|시간)")


def ids(parts: tuple[Area, ...] | tuple[Choice, ...] | tuple[UseCase, ...]) -> list[str]:
    return [part.id for part in parts]


def helping(area: str, sector: str) -> list[UseCase]:
    return [case for case in CASES if area in case.areas and (not case.sectors or sector in case.sectors)]


def little(case: UseCase) -> bool:
    asked = instrument()
    return all(asked.item(need.item).anchor(need.from_value).score <= LITTLE for need in case.needs)


def texts(case: UseCase) -> Iterator[str]:
    """Everything a person reads of a case, but public data, whose sizes are their source's."""
    yield from (case.name, case.summary, case.effort_text, case.safety, case.environment, *case.ask_vendor)
    yield from (need.text for need in case.needs)
    yield from (pitfall.text for pitfall in case.pitfalls)


@pytest.mark.parametrize("sector", ids(SECTORS))
@pytest.mark.parametrize("area", ids(AREAS))
def test_every_gap_of_every_sector_has_three_cases(area: str, sector: str) -> None:
    assert len(helping(area, sector)) >= 3


@pytest.mark.parametrize("area", ids(AREAS))
def test_every_gap_has_a_case_that_needs_little_and_is_small(area: str) -> None:
    assert any(little(case) and case.effort == "small" for case in helping(area, SECTORS[0].id) if not case.sectors)


@pytest.mark.parametrize("sector", ids(SECTORS))
def test_every_sector_has_cases_of_its_own(sector: str) -> None:
    assert len([case for case in CASES if sector in case.sectors]) >= 3


@pytest.mark.parametrize("machine", ids(instrument().frame.machines))
def test_every_kind_of_machine_has_cases(machine: str) -> None:
    assert len([case for case in CASES if machine in case.machines]) >= 3


def test_every_goal_and_loss_has_cases_and_every_step_is_there() -> None:
    frame = instrument().frame
    assert {goal for case in CASES for goal in case.goals} == set(ids(frame.goals))
    assert {loss for case in CASES for loss in case.losses} == set(ids(frame.losses))
    assert {case.step for case in CASES} == {"automation", "intelligence", "autonomy"}


def test_names_and_texts_are_each_their_own() -> None:
    assert len({case.name for case in CASES}) == len({case.summary for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_no_money_shares_or_durations_are_made_up(case: UseCase) -> None:
    assert not [text for text in texts(case) if MONEY_OR_SHARE.search(text)]
    assert not HOW_LONG.search(case.effort_text)
    assert case.effort_text.startswith("저희 추정: ")


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_a_vendor_is_asked_two_to_four_things(case: UseCase) -> None:
    assert 2 <= len(case.ask_vendor) <= 4
    assert all(question.endswith("?") for question in case.ask_vendor)
    assert "협력사" not in " ".join(case.ask_vendor)


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_needs_are_asked_in_the_first_pass_and_once_each(case: UseCase) -> None:
    asked = [need.item for need in case.needs]
    assert set(asked) <= {item.id for item in instrument().items("first")}
    assert len(set(asked)) == len(asked)
    for need in case.needs:
        assert instrument().item(need.item).anchor(need.from_value).score > 0, "a need that everybody meets is none"


def test_documents_to_read_on_are_in_the_library() -> None:
    assert {name for case in CASES for name in case.library} <= shipped().keys()
    assert all(case.library for case in CASES)


def test_public_data_names_its_place_its_terms_and_who_says_so() -> None:
    sets = [each for case in CASES for each in case.datasets]
    assert sets
    for each in sets:
        assert re.match(r"https://[\w.-]+/\S+$", each.url)
        assert re.search(r"CC BY|CC0|이용 조건을 확인하지 못함 \(받기 전에 확인\)", each.terms)
        assert ("NC" in each.terms) == ("비영리" in each.terms)
        assert each.source


def test_one_public_set_is_described_by_one_licence() -> None:
    terms: dict[str, set[str]] = {}
    for each in (each for case in CASES for each in case.datasets):
        terms.setdefault(each.url, set()).add(each.terms)
    assert [url for url, said in terms.items() if len(said) > 1] == []


def test_no_case_that_may_stand_for_a_guard_keeps_silent_about_it() -> None:
    watching = [case for case in CASES if case.kind == "safety" and case.step != "automation"]
    assert watching
    assert all("대신하지 않습니다" in case.safety for case in watching)


def test_what_changes_machines_by_itself_asks_for_more_than_what_only_tells() -> None:
    alone = [case for case in CASES if case.step == "autonomy"]
    assert alone
    assert all(case.effort == "large" and not little(case) for case in alone)


def plain(**changes: Any) -> dict[str, Any]:
    return {**use_cases().get("loss_data_sorting").model_dump(), **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"areas": ["nowhere"]}, "no such areas"),
        ({"areas": ["nowhere"], "sectors": ["moon"]}, "loss_data_sorting"),
        ({"sectors": ["moon"]}, "no such sectors"),
        ({"machines": ["loom", "oven"]}, "no such machines"),
        ({"goals": ["fame"]}, "no such goals"),
        ({"losses": ["hair"]}, "no such losses"),
        ({"needs": [{"text": "없는 답", "item": "records", "from_value": "golden"}]}, "no such answer"),
        ({"needs": [{"text": "없는 물음", "item": "golden", "from_value": "paper"}]}, "no such answer"),
        ({"needs": []}, "at least 1"),
        ({"areas": []}, "at least 1"),
        ({"pitfalls": []}, "at least 1"),
        ({"ask_vendor": []}, "at least 1"),
        ({"kind": "magic"}, "kind"),
        ({"step": "later"}, "step"),
        ({"price": "싸다"}, "Extra inputs"),
        ({"datasets": [{"name": "가", "about": "나", "terms": "다", "source": "라", "url": "http://a.b/c"}]}, "url"),
    ],
)
def test_a_broken_case_is_refused_with_its_reason(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        UseCases.model_validate({"cases": [plain(**changes)]})


def test_an_item_of_the_deep_pass_is_no_requirement() -> None:
    deep = next((item for item in instrument().items() if item.depth == "deep"), None)
    if deep is None:
        pytest.skip("the instrument has no deep items yet")
    need = {"text": "깊은 물음", "item": deep.id, "from_value": deep.values[-1]}
    with pytest.raises(ValidationError, match="first pass"):
        UseCases.model_validate({"cases": [plain(needs=[need])]})


def test_a_case_named_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="named twice: loss_data_sorting"):
        UseCases.model_validate({"cases": [plain(), plain()]})


def test_a_case_is_found_by_its_id() -> None:
    assert use_cases().get("air_leak").kind == "energy"
    with pytest.raises(KeyError):
        use_cases().get("nothing")


@pytest.mark.parametrize(
    "written",
    ["cases: [", "- a list", "cases: {}", "other: []", yaml.safe_dump({"cases": [plain(areas=["nowhere"])]})],
)
def test_a_broken_file_is_told_with_its_name(written: str, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(UseCasesError) as caught:
        usecases.read(tmp_path)
    languages: tuple[Language, ...] = ("ko", "en")
    for language in languages:
        told = sentence(caught.value.reason, language, caught.value.details)
        assert "broken.yaml" in told or "nowhere" in told


def test_an_empty_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(UseCasesError):
        usecases.read(tmp_path)
