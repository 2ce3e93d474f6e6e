"""Same answers, same report to the byte: in any order, answered anew, interrupted, by form or in talk, on any device."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from knowledge import starter
from knowledge.instrument import UNKNOWN, Item, instrument
from retrieval.korean import Tokenizer
from tests.installation import Installation, installed
from tests.serving.diagnosing import Firm

pytestmark = pytest.mark.proof
FIRST = list(instrument().items("first"))
ITEMS = list(instrument().items("deep"))
Way = Literal["api", "number", "words"]
SEEDS = st.integers(0, 2**32)
PROFILE = {"sector": "C25", "machines": ["press", "cnc"], "employees": 32}
WISHES = {"goals": ["quality", "delivery"], "losses": {"defects": 3, "downtime": 1}}


@dataclass(frozen=True)
class Step:
    """One answer, and how it is given. Before it the server may drop everything it holds of the company."""

    item: Item
    value: str
    way: Way
    interrupted: bool


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", list)
        home: Path = tmp_path_factory.mktemp("home")
        with installed(home, tokenizer, headers=False, person_a_minute=10**6, company_a_minute=10**6) as its:
            yield its


@pytest.fixture(scope="module")
def firm(its: Installation) -> Firm:
    made = Firm(its)
    made.state("profile", PROFILE)
    made.state("wishes", WISHES)
    return made


def values(item: Item) -> list[str]:
    return [*item.values, UNKNOWN]


def plan(seed: int, items: list[Item]) -> tuple[dict[str, str], list[Step]]:
    """The answers in the end, and a way there: shuffled, some answered otherwise first, by one way or another."""
    chance = Random(seed)
    wanted = {item.id: chance.choice(values(item)) for item in items}
    ways: list[Way] = ["api", "number", "words"]
    firsts = [(item, chance.choice(values(item))) for item in items if chance.random() < 0.2]
    lasts = [(item, wanted[item.id]) for item in items]
    chance.shuffle(firsts)
    chance.shuffle(lasts)
    return wanted, [Step(item, value, chance.choice(ways), chance.random() < 0.05) for item, value in firsts + lasts]


def carried_out(firm: Firm, diagnosis: str, steps: list[Step], devices: list[dict[str, str]]) -> None:
    for number, step in enumerate(steps):
        who = devices[number % len(devices)]
        if step.interrupted:
            firm.its.product.close(firm.company)
        if step.way == "api":
            firm.answer(diagnosis, step.item.id, step.value, who)
            continue
        firm.ok("POST", f"/{diagnosis}/at", who, json={"question_id": step.item.id})
        said = spoken(step)
        turn = firm.say(diagnosis, said, who)
        assert turn["outcome"] in {"recorded", "done"}, (said, turn)


def spoken(step: Step) -> str:
    if step.way == "number":
        return f"{values(step.item).index(step.value) + 1}번"
    return "잘 모르겠어요" if step.value == UNKNOWN else step.item.anchor(step.value).text


def by_form(firm: Firm, answers: dict[str, str], depth: str = "first") -> str:
    diagnosis = firm.start(depth)
    for item, value in answers.items():
        firm.answer(diagnosis, item, value)
    return diagnosis


QUIET = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@QUIET
@given(SEEDS)
def test_any_way_to_the_same_answers_makes_the_same_report(firm: Firm, seed: int) -> None:
    wanted, steps = plan(seed, FIRST)
    straight, wild = by_form(firm, wanted), firm.start()
    carried_out(firm, wild, steps, [firm.staff, *firm.person()])
    assert firm.ok("GET", f"/{wild}")["finished"]
    assert firm.report(wild) == firm.report(straight)


@settings(QUIET, max_examples=4)
@given(SEEDS)
def test_a_deep_one_too(firm: Firm, seed: int) -> None:
    wanted, steps = plan(seed, ITEMS)
    straight, wild = by_form(firm, wanted, "deep"), firm.start("deep")
    carried_out(firm, wild, steps, [firm.staff, *firm.person()])
    assert firm.report(wild) == firm.report(straight)


@settings(QUIET, max_examples=2)
@given(SEEDS)
def test_in_every_format(firm: Firm, seed: int) -> None:
    wanted, steps = plan(seed, FIRST)
    straight, wild = by_form(firm, wanted), firm.start()
    carried_out(firm, wild, steps, [firm.staff])
    for form in ("html", "fragment", "pdf", "docx"):
        made = firm.report(wild, form)
        assert made
        assert made == firm.report(straight, form), form


@settings(QUIET, max_examples=4)
@given(SEEDS)
def test_two_companies_alike_differ_by_their_name_alone(its: Installation, seed: int) -> None:
    _, steps = plan(seed, FIRST)
    reports: list[dict[str, Any]] = []
    firms = [Firm(its), Firm(its)]
    for firm in firms:
        firm.state("profile", PROFILE)
        firm.state("wishes", WISHES)
        diagnosis = firm.start()
        carried_out(firm, diagnosis, steps, [firm.staff])
        reports.append(json.loads(firm.report(diagnosis)))
    one, other = reports
    assert [one["company"], other["company"]] == [each.name for each in firms]
    assert one["company"] != other["company"]
    assert {**other, "company": one["company"]} == one


def test_words_that_were_recognised_and_confirmed_are_that_choice(firm: Firm) -> None:
    """By the recogniser that ships. What it is not sure of, it asks back about, and a number settles it."""
    said = {"records": "종이에 적고 나중에 엑셀에 옮겨요", "collection": "두 시간마다 사람이 계기판 보고 적어요"}
    diagnosis, straight = firm.start(), firm.start()
    for question, text in said.items():
        firm.ok("POST", f"/{diagnosis}/at", json={"question_id": question})
        turn = firm.say(diagnosis, text)
        if turn["outcome"] == "proposed":
            value = turn["proposed"]
            assert firm.say(diagnosis, "네, 맞아요")["outcome"] == "recorded"
        else:
            assert turn["outcome"] == "unclear"
            value = instrument().item(question).values[1]
            assert firm.say(diagnosis, "2번")["outcome"] == "recorded"
        firm.answer(straight, question, value)
    assert firm.report(diagnosis) == firm.report(straight)
