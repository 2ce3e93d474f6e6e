"""How much is let in, and who gets the room there is."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, suppress

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from serving import text
from serving.admission import Admission, BusyError, Limits
from serving.api import problem
from tests.serving.clock import Clock

WIDE = 10_000


def limits(**narrow: int) -> Limits:
    wide = dict.fromkeys(("per_person_minute", "per_company_minute", "per_person_at_once", "per_company_at_once"), WIDE)
    return Limits(**{**wide, "at_once": 8, **narrow})


@pytest.fixture
def clock() -> Clock:
    return Clock()


def hold(admission: Admission, held: ExitStack, company: str | None, count: int = 1, person: str = "p") -> int:
    """How many of `count` heavy requests got in; they stay."""
    got = 0
    for _ in range(count):
        with suppress(BusyError):
            held.enter_context(admission.enter(person, company, heavy=True))
            got += 1
    return got


def visit(admission: Admission, person: str = "p", company: str | None = "a", *, heavy: bool = True) -> None:
    with admission.enter(person, company, heavy=heavy):
        pass


@pytest.mark.parametrize("a_minute", [1, 7, 60])
def test_a_person_has_a_minutes_worth_and_then_one_at_a_time(clock: Clock, a_minute: int) -> None:
    admission = Admission(limits(per_person_minute=a_minute), clock)
    for _ in range(a_minute):
        visit(admission)
    with pytest.raises(BusyError) as refused:
        visit(admission)
    assert (refused.value.reason, refused.value.status) == ("too_often", 429)
    assert refused.value.retry_after == -(-60 // a_minute)
    visit(admission, "colleague")
    clock.now += refused.value.retry_after
    visit(admission)
    with pytest.raises(BusyError):
        visit(admission)
    clock.now += 60
    for _ in range(a_minute):
        visit(admission)


def test_a_companys_people_share_its_rate_and_refusals_cost_nothing(clock: Clock) -> None:
    admission = Admission(limits(per_company_minute=2), clock)
    visit(admission, "p1")
    visit(admission, "p2")
    for _ in range(50):
        with pytest.raises(BusyError):
            visit(admission, "p3")
    visit(admission, "p1", "b")
    clock.now += 30
    visit(admission, "p3")


def test_light_requests_have_a_wide_rate_of_their_own_and_need_no_room(clock: Clock) -> None:
    admission = Admission(limits(per_person_minute=3, per_person_at_once=1), clock)
    with admission.enter("p", "a", heavy=True):
        for _ in range(60):
            visit(admission, heavy=False)
        with pytest.raises(BusyError):
            visit(admission, heavy=False)
    visit(admission)


@pytest.mark.parametrize(
    ("narrow", "reason"), [({"per_person_at_once": 2}, "busy_person"), ({"per_company_at_once": 2}, "busy_company")]
)
def test_a_place_is_held_for_the_body_and_given_back_when_it_fails(
    clock: Clock, narrow: dict[str, int], reason: str
) -> None:
    admission = Admission(limits(**narrow), clock)

    def fail_in_the_second_place() -> None:
        with admission.enter("p", "a", heavy=True):
            with pytest.raises(BusyError) as refused:
                visit(admission)
            assert (refused.value.reason, refused.value.retry_after) == (reason, 2)
            raise ZeroDivisionError

    with admission.enter("p", "a", heavy=True):
        with pytest.raises(ZeroDivisionError):
            fail_in_the_second_place()
        visit(admission)


def test_one_company_leaves_a_place_for_another(clock: Clock) -> None:
    admission = Admission(limits(), clock)
    with ExitStack() as held:
        assert hold(admission, held, "flood", 100) == 7
        assert hold(admission, held, "b") == 1


def test_whom_nobody_keeps_from_room_may_use_it(clock: Clock) -> None:
    admission = Admission(limits(), clock)
    with ExitStack() as held:
        assert hold(admission, held, "b") == 1
        assert hold(admission, held, "a", 6) == 6


def test_who_found_no_room_gets_a_fair_share_of_it_for_a_while(clock: Clock) -> None:
    admission = Admission(limits(), clock)
    with ExitStack() as of_b, ExitStack() as of_flood:
        flood = [ExitStack() for _ in range(7)]
        for one in flood:
            hold(admission, of_flood.enter_context(one), "flood")
        assert hold(admission, of_b, "b", 2) == 1  # the second finds the server full
        for one in flood[:3]:
            one.close()
        assert hold(admission, of_flood, "flood", 20) == 0  # four held: its share of eight
        assert hold(admission, of_b, "b", 20) == 3
        of_b.close()
        assert hold(admission, of_flood, "flood", 20) == 0
        clock.now += 10
        assert hold(admission, of_flood, "flood", 20) == 3


def test_who_has_its_share_and_wants_more_takes_none_from_others(clock: Clock) -> None:
    admission = Admission(limits(), clock)
    with ExitStack() as of_flood, ExitStack() as of_b:
        assert hold(admission, of_flood, "flood", 7) == 7
        assert hold(admission, of_b, "b") == 1
        assert hold(admission, of_flood, "flood", 50) == 0
        of_flood.close()
        assert hold(admission, of_b, "b", 10) == 6


def test_a_flood_does_not_starve_two_polite_companies(clock: Clock) -> None:
    """Each request lasts 5 s. The flood asks twenty times a second, the others when their last is done or 2 s later."""
    admission = Admission(limits(at_once=4), clock)
    running: list[tuple[float, AbstractContextManager[None]]] = []
    served = dict.fromkeys(("flood", "b", "c"), 0)
    due = {"b": 0.0, "c": 0.5}

    def ask(company: str) -> bool:
        place = admission.enter(company, company, heavy=True)
        try:
            place.__enter__()
        except BusyError:
            return False
        running.append((clock.now + 5, place))
        served[company] += 1
        return True

    for _ in range(20 * 300):
        for done in [one for one in running if one[0] <= clock.now]:
            running.remove(done)
            done[1].__exit__(None, None, None)
        ask("flood")
        for company, when in due.items():
            if when <= clock.now:
                due[company] = clock.now + (5 if ask(company) else 2)
        clock.now += 0.05
    # Alone each could have been served 60 times in these 300 s; the flood may have what is left.
    assert min(served["b"], served["c"]) >= 50
    assert 100 <= served["flood"] <= 130


def test_who_has_no_company_shares_with_nobody(clock: Clock) -> None:
    admission = Admission(limits(per_company_at_once=1), clock)
    with ExitStack() as held:
        assert hold(admission, held, None, 2, person="trainer") == 1
        assert hold(admission, held, None, person="operator") == 1
        assert hold(admission, held, "operator") == 1


def test_who_is_gone_is_forgotten(clock: Clock) -> None:
    admission = Admission(limits(), clock)
    for nth in range(2_000):
        visit(admission, f"p{nth}", f"c{nth}", heavy=nth % 2 == 0)
    with ExitStack() as held:
        hold(admission, held, "a", 7)
        for nth in range(100):
            hold(admission, held, f"late{nth}")
    assert _remembered(admission) > 2_000
    clock.now += 61
    visit(admission)
    assert _remembered(admission) == 2


def _remembered(admission: Admission) -> int:
    rates = [rate for both in (admission._heavy, admission._light) for rate in (both._person, both._company)]
    counted = len(admission._people) + len(admission._houses) + len(admission._turned_away)
    return counted + sum(len(rate._full) for rate in rates)


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
