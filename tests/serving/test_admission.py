"""How much is let in of one person, one company, and at a time."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from serving import text
from serving.admission import Admission, BusyError, Limits, Work
from serving.api import problem
from tests.serving.clock import Clock

WIDE = 10_000


def limits(**narrow: int) -> Limits:
    wide = dict.fromkeys(("per_person_minute", "per_company_minute", "per_person_at_once", "per_company_at_once"), WIDE)
    return Limits(**{**wide, "at_once": 8, **narrow})


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def visit(admission: Admission, person: str = "p", company: str | None = "a", work: Work = Work.SEARCH) -> None:
    with admission.enter(person, company, work) as place:
        await place.begin()


@pytest.mark.parametrize("a_minute", [1, 7, 60])
async def test_a_person_has_a_minutes_worth_and_then_one_at_a_time(clock: Clock, a_minute: int) -> None:
    admission = Admission(limits(per_person_minute=a_minute), clock)
    for _ in range(a_minute):
        await visit(admission)
    with pytest.raises(BusyError) as refused:
        await visit(admission)
    assert (refused.value.reason, refused.value.status) == ("too_often", 429)
    assert refused.value.retry_after == -(-60 // a_minute)
    await visit(admission, "colleague")
    clock.now += refused.value.retry_after
    await visit(admission)
    with pytest.raises(BusyError):
        await visit(admission)
    clock.now += 60
    for _ in range(a_minute):
        await visit(admission)


async def test_a_companys_people_share_its_rate_and_refusals_cost_nothing(clock: Clock) -> None:
    admission = Admission(limits(per_company_minute=2), clock)
    await visit(admission, "p1")
    await visit(admission, "p2")
    for _ in range(50):
        with pytest.raises(BusyError):
            await visit(admission, "p3")
    await visit(admission, "p1", "b")
    clock.now += 30
    await visit(admission, "p3")


async def test_light_requests_have_a_wide_rate_of_their_own_and_need_no_room(clock: Clock) -> None:
    admission = Admission(limits(per_person_minute=3, per_person_at_once=1, at_once=1), clock)
    with admission.enter("p", "a", Work.SEARCH) as place:
        await place.begin()
        for _ in range(60):
            await visit(admission, work=Work.LIGHT)
        with pytest.raises(BusyError):
            await visit(admission, work=Work.LIGHT)
    await visit(admission)


@pytest.mark.parametrize(
    ("narrow", "reason"), [({"per_person_at_once": 2}, "busy_person"), ({"per_company_at_once": 2}, "busy_company")]
)
async def test_a_place_is_held_for_the_body_and_given_back_when_it_fails(
    clock: Clock, narrow: dict[str, int], reason: str
) -> None:
    admission = Admission(limits(**narrow), clock)

    async def fail_in_the_second_place() -> None:
        with admission.enter("p", "a", Work.ANSWER) as place:
            await place.begin()
            with pytest.raises(BusyError) as refused:
                await visit(admission)
            assert (refused.value.reason, refused.value.retry_after) == (reason, 2)
            raise ZeroDivisionError

    with admission.enter("p", "a", Work.SEARCH) as place:
        await place.begin()
        with pytest.raises(ZeroDivisionError):
            await fail_in_the_second_place()
        await visit(admission)


async def test_files_do_not_take_the_room_of_questions(clock: Clock) -> None:
    admission = Admission(limits(at_once=1), clock)
    with admission.enter("p", "a", Work.FILE) as place:
        await place.begin()
        await visit(admission, "q", "b")
        with admission.enter("q", "b", Work.SEARCH) as other:
            await other.begin()
            with pytest.raises(BusyError, match="busy"):
                await visit(admission, "r", "c")


async def test_an_answer_leaves_its_room_once_it_is_computed_and_still_counts_as_its_persons(clock: Clock) -> None:
    admission = Admission(limits(at_once=1, per_person_at_once=1), clock)
    with admission.enter("p", "a", Work.ANSWER) as admitted:
        await admitted.begin()
        admitted.computed()
        admitted.computed()
        await visit(admission, "q", "b")
        with pytest.raises(BusyError) as refused:
            await visit(admission)
        assert refused.value.reason == "busy_person"


async def test_who_has_no_company_shares_with_nobody(clock: Clock) -> None:
    admission = Admission(limits(per_company_at_once=1), clock)
    with admission.enter("trainer", None, Work.SEARCH) as place:
        await place.begin()
        with pytest.raises(BusyError):
            await visit(admission, "trainer", None)
        await visit(admission, "operator", None)
        await visit(admission, "p", "operator")


async def test_who_is_gone_is_forgotten(clock: Clock) -> None:
    admission = Admission(limits(), clock)
    for nth in range(2_000):
        await visit(admission, f"p{nth}", f"c{nth}", Work.SEARCH if nth % 2 else Work.LIGHT)
    assert _remembered(admission) > 2_000
    clock.now += 61
    await visit(admission)
    assert _remembered(admission) == 2


def _remembered(admission: Admission) -> int:
    rates = [rate for both in (admission._heavy, admission._light) for rate in (both._person, both._company)]
    return len(admission._people) + len(admission._houses) + sum(len(rate._full) for rate in rates)


def test_refusals_say_in_words_and_in_a_header_when_to_come_back() -> None:
    app = FastAPI()
    problem.install(app)

    @app.get("/{reason}")
    async def refuse(reason: str) -> None:
        raise BusyError(reason, 6.2)

    with TestClient(app) as http:
        for reason in ("too_often", "busy", "busy_person", "busy_company", "sign_in_slowed"):
            answer = http.get(f"/{reason}")
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
            assert answer.headers["content-type"] == "application/problem+json"
            assert "7초 뒤" in answer.json()["title"]
            assert answer.json()["title"] == text.sentence(reason, "ko", {"seconds": 7})
            assert "in 7 s" in http.get(f"/{reason}", headers={"Accept-Language": "en"}).json()["title"]
