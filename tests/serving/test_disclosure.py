"""Written requests: what they must say, who may answer how, and that every step is in both logs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from serving import disclosure
from serving.audit import Action, Audit
from serving.clock import KOREA
from serving.disclosure import Disclosures, Request, Step
from serving.errors import RequestError, ServingError
from serving.paper import DisclosureRequest, Granted, Narrowed
from serving.text import SENTENCES
from tests.databases import Rooms

TODAY = datetime.now(UTC).astimezone(KOREA).date()
UNTIL = TODAY + timedelta(days=30)
COMPANY, OTHER, HOST, ADMIN = "c-1", "c-2", "person-host", "person-admin"


def paper(**changed: Any) -> dict[str, Any]:
    secrecy = {
        "use_until": UNTIL.isoformat(),
        "holders": ["구매팀 김민수", "품질팀 이영희"],
        "secrecy": "받은 자료를 제3자에게 알리지 않는다.",
        "no_other_use": "불량 원인을 함께 찾는 일에만 쓴다.",
        "damages": "어기면 손해를 배상한다.",
        "return_method": "파일을 지우고 확인서를 보낸다.",
        "return_on": (UNTIL + timedelta(days=7)).isoformat(),
    }
    return {
        "purpose": "도장 불량의 원인을 함께 찾기 위해",
        "ownership": "협력사에 있다.",
        "price": "1,000,000원",
        "payment": "제공일부터 10일 안에 계좌로",
        "name": "도장 공정 조건표",
        "scope": "2026년 3월 도장 2호기의 온도와 점도",
        "deliver_on": TODAY.isoformat(),
        "delivery": "길잡이에서 열람",
        "justification": "최종 제품의 도막이 벗겨져 협력사도 원인을 함께 찾자고 했다.",
        "secrecy": secrecy,
    } | changed


ASKED = DisclosureRequest.model_validate(paper())


class Company:
    """A company's own log, which may be out of reach."""

    def __init__(self, engine: Engine) -> None:
        self.log = Audit(engine)
        self.away = False
        self.told: list[str] = []

    def record(self, company: str, actor: str, action: Action, subject: str, **details: Any) -> None:
        if self.away:
            raise ServingError("internal")
        self.told.append(company)
        self.log.record(actor, action, subject, **details)


def may_read(disclosures: Disclosures, company: str, document: str, at: datetime | None = None) -> bool:
    """Whether the host is given the document at that time."""
    return disclosures._live(company, document, at) is not None


@pytest.fixture
def shared(rooms: Rooms) -> Engine:
    return rooms.shared()


@pytest.fixture
def company(rooms: Rooms) -> Company:
    return Company(rooms.place(COMPANY))


@pytest.fixture
def disclosures(shared: Engine, company: Company) -> Disclosures:
    return Disclosures(shared, company.record)


@pytest.fixture
def asked(disclosures: Disclosures) -> Request:
    return disclosures.request(COMPANY, "한빛정밀", HOST, ASKED)


def refused(error: pytest.ExceptionInfo[RequestError]) -> tuple[str, int]:
    """The reason, which has a sentence that can be said."""
    SENTENCES[error.value.reason]["ko"].format(**error.value.details)
    return error.value.reason, error.value.status


# The paper


def leaves() -> list[tuple[str, ...]]:
    whole = paper()
    return [(name,) for name in whole] + [("secrecy", name) for name in whole["secrecy"]]


@pytest.mark.parametrize("path", leaves(), ids="/".join)
def test_the_paper_lacks_nothing_the_law_asks_for(path: tuple[str, ...]) -> None:
    whole = paper()
    part = whole if len(path) == 1 else whole["secrecy"]
    del part[path[-1]]
    with pytest.raises(ValidationError):
        DisclosureRequest.model_validate(whole)


@pytest.mark.parametrize(
    "changed",
    [
        {"more": "x"},
        {"purpose": " "},
        {"purpose": "가" * 2001},
        {"name": "가" * 201},
        {"deliver_on": (UNTIL + timedelta(days=1)).isoformat()},
        {"secrecy": paper()["secrecy"] | {"holders": []}},
        {"secrecy": paper()["secrecy"] | {"holders": ["가"] * 51}},
        {"secrecy": paper()["secrecy"] | {"return_on": TODAY.isoformat()}},
        {"secrecy": paper()["secrecy"] | {"more": 1}},
    ],
)
def test_a_paper_that_is_none_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DisclosureRequest.model_validate(paper(**changed))


# Asking and answering


def test_a_request_waits_with_its_paper(disclosures: Disclosures, asked: Request) -> None:
    assert asked.state == Step.REQUESTED
    assert asked.paper == paper()
    assert asked.document_id is None
    assert [(taken.ordinal, taken.actor, taken.step) for taken in asked.history] == [(1, HOST, Step.REQUESTED)]
    assert disclosures.of_company(COMPANY) == disclosures.of_host() == [asked]
    assert disclosures.of_company(OTHER) == []


def test_granting_opens_the_named_document_alone(disclosures: Disclosures, asked: Request) -> None:
    assert not may_read(disclosures, COMPANY, "doc-1")
    granted = disclosures.grant(COMPANY, asked.disclosure_id, ADMIN, Granted(document_id="doc-1", note="확인함"))
    assert (granted.state, granted.scope, granted.document_id) == (Step.GRANTED, ASKED.scope, "doc-1")
    assert granted.history[1].note == "확인함"
    assert granted.history[1].terms["use_until"] == UNTIL.isoformat()
    assert may_read(disclosures, COMPANY, "doc-1")
    assert not may_read(disclosures, COMPANY, "doc-2")
    assert not may_read(disclosures, OTHER, "doc-1")


def at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=KOREA)


def test_days_of_use_are_whole_days_in_korea(disclosures: Disclosures) -> None:
    tomorrow = TODAY + timedelta(days=1)
    wanted = DisclosureRequest.model_validate(paper(deliver_on=tomorrow.isoformat()))
    asked = disclosures.request(COMPANY, "한빛정밀", HOST, wanted)
    disclosures.grant(COMPANY, asked.disclosure_id, ADMIN, Granted(document_id="doc-1"))
    moments = [at(TODAY, 23, 59), at(tomorrow, 0, 0), at(UNTIL, 23, 59), at(UNTIL + timedelta(days=1), 0, 0)]
    assert [may_read(disclosures, COMPANY, "doc-1", moment) for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("less", "until"),
    [
        ({"scope": "온도만"}, UNTIL),
        ({"use_until": TODAY + timedelta(days=3)}, TODAY + timedelta(days=3)),
        ({"scope": "온도만", "use_until": TODAY + timedelta(days=1)}, TODAY + timedelta(days=1)),
    ],
)
def test_narrowing_gives_less(disclosures: Disclosures, asked: Request, less: dict[str, Any], until: date) -> None:
    narrowed = disclosures.narrow(COMPANY, asked.disclosure_id, ADMIN, Narrowed(document_id="doc-1", **less))
    assert (narrowed.state, narrowed.scope) == (Step.NARROWED, less.get("scope", ASKED.scope))
    assert may_read(disclosures, COMPANY, "doc-1", at(until, 23, 59))
    assert not may_read(disclosures, COMPANY, "doc-1", at(until + timedelta(days=1), 0, 0))


@pytest.mark.parametrize(
    "not_less", [{}, {"scope": ASKED.scope}, {"use_until": UNTIL + timedelta(days=1), "scope": "x"}]
)
def test_narrowing_to_no_less_is_refused(disclosures: Disclosures, asked: Request, not_less: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as error:
        disclosures.narrow(COMPANY, asked.disclosure_id, ADMIN, Narrowed(document_id="doc-1", **not_less))
    assert refused(error) == ("disclosure_not_narrower", 422)
    assert disclosures.get(asked.disclosure_id).state == Step.REQUESTED


def test_what_would_be_over_already_is_not_granted(disclosures: Disclosures, asked: Request) -> None:
    over = Narrowed(document_id="doc-1", use_until=TODAY - timedelta(days=1))
    with pytest.raises(RequestError) as error:
        disclosures.narrow(COMPANY, asked.disclosure_id, ADMIN, over)
    assert refused(error) == ("disclosure_over", 409)


def take(disclosures: Disclosures, disclosure_id: str, step: Step, company: str = COMPANY) -> None:
    match step:
        case Step.GRANTED:
            disclosures.grant(company, disclosure_id, ADMIN, Granted(document_id="doc-1"))
        case Step.NARROWED:
            disclosures.narrow(company, disclosure_id, ADMIN, Narrowed(document_id="doc-1", scope="온도만"))
        case Step.REFUSED:
            disclosures.refuse(company, disclosure_id, ADMIN, "지금은 어렵습니다")
        case Step.WITHDRAWN:
            disclosures.withdraw(company, disclosure_id, ADMIN)
        case Step.DISCLOSED:
            disclosures.disclose(company, "doc-1", HOST)


ANSWERS = [Step.GRANTED, Step.NARROWED, Step.REFUSED, Step.WITHDRAWN]
PATHS: dict[tuple[Step, ...], set[Step]] = {
    (): {Step.GRANTED, Step.NARROWED, Step.REFUSED},
    (Step.GRANTED,): {Step.WITHDRAWN},
    (Step.NARROWED,): {Step.WITHDRAWN},
    (Step.REFUSED,): set(),
    (Step.GRANTED, Step.WITHDRAWN): set(),
    (Step.NARROWED, Step.WITHDRAWN): set(),
}


@pytest.mark.parametrize(("path", "step"), list(product(PATHS, ANSWERS)))
def test_only_the_steps_a_state_allows(
    disclosures: Disclosures, company: Company, asked: Request, path: tuple[Step, ...], step: Step
) -> None:
    for taken in path:
        take(disclosures, asked.disclosure_id, taken)
    before = disclosures.get(asked.disclosure_id)
    if step in PATHS[path]:
        take(disclosures, asked.disclosure_id, step)
        assert disclosures.get(asked.disclosure_id).state == step
        assert len(company.log.entries()) == len(path) + 2
    else:
        with pytest.raises(RequestError) as error:
            take(disclosures, asked.disclosure_id, step)
        assert refused(error) == ("disclosure_answered", 409)
        assert disclosures.get(asked.disclosure_id) == before
        assert len(company.log.entries()) == len(path) + 1


@pytest.mark.parametrize("step", ANSWERS)
def test_another_company_cannot_answer(disclosures: Disclosures, asked: Request, step: Step) -> None:
    with pytest.raises(RequestError) as error:
        take(disclosures, asked.disclosure_id, step, OTHER)
    assert refused(error) == ("unknown_disclosure", 404)
    assert disclosures.get(asked.disclosure_id) == asked
    with pytest.raises(RequestError):
        disclosures.get(asked.disclosure_id, OTHER)


def test_withdrawing_closes_at_once(disclosures: Disclosures, asked: Request) -> None:
    take(disclosures, asked.disclosure_id, Step.GRANTED)
    disclosures.disclose(COMPANY, "doc-1", HOST)
    take(disclosures, asked.disclosure_id, Step.WITHDRAWN)
    assert not may_read(disclosures, COMPANY, "doc-1")
    with pytest.raises(RequestError) as error:
        disclosures.disclose(COMPANY, "doc-1", HOST)
    assert refused(error) == ("not_disclosed", 404)


def test_one_grant_goes_on_when_another_of_the_document_ends(disclosures: Disclosures, asked: Request) -> None:
    again = disclosures.request(COMPANY, "한빛정밀", HOST, ASKED)
    for each in (asked, again):
        take(disclosures, each.disclosure_id, Step.GRANTED)
    take(disclosures, asked.disclosure_id, Step.WITHDRAWN)
    assert disclosures.disclose(COMPANY, "doc-1", HOST).disclosure_id == again.disclosure_id


def test_a_deleted_document_is_granted_no_more(disclosures: Disclosures, asked: Request) -> None:
    take(disclosures, asked.disclosure_id, Step.GRANTED)
    disclosures.end_for(COMPANY, "doc-2", ADMIN)
    assert may_read(disclosures, COMPANY, "doc-1")
    disclosures.end_for(COMPANY, "doc-1", ADMIN)
    assert disclosures.get(asked.disclosure_id).state == Step.WITHDRAWN


# Both logs


def said(log: Audit) -> list[tuple[str, str, Any]]:
    return [(entry.action, entry.actor, entry.details["step"]) for entry in reversed(log.entries())]


def test_every_step_is_in_both_logs_without_its_words(
    disclosures: Disclosures, shared: Engine, company: Company, asked: Request
) -> None:
    take(disclosures, asked.disclosure_id, Step.NARROWED)
    disclosures.disclose(COMPANY, "doc-1", HOST)
    take(disclosures, asked.disclosure_id, Step.WITHDRAWN)
    refusing = disclosures.request(COMPANY, "한빛정밀", HOST, ASKED)
    take(disclosures, refusing.disclosure_id, Step.REFUSED)
    expected = [
        ("disclosure_requested", HOST, 1),
        ("disclosure_narrowed", ADMIN, 2),
        ("disclosure_disclosed", HOST, 3),
        ("disclosure_withdrawn", ADMIN, 4),
        ("disclosure_requested", HOST, 1),
        ("disclosure_refused", ADMIN, 2),
    ]
    assert said(Audit(shared)) == said(company.log) == expected
    assert company.log.verify() is None
    assert Audit(shared).verify() is None
    for entry in company.log.entries() + Audit(shared).entries():
        assert entry.subject in {asked.disclosure_id, refusing.disclosure_id}
        assert entry.details.keys() <= {"step", "document_id", "company"}
    assert [taken.step for taken in disclosures.get(asked.disclosure_id).history] == [
        Step.REQUESTED,
        Step.NARROWED,
        Step.DISCLOSED,
        Step.WITHDRAWN,
    ]


def test_a_log_out_of_reach_is_told_later(
    disclosures: Disclosures, shared: Engine, company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    company.away = True
    asked = disclosures.request(COMPANY, "한빛정밀", HOST, ASKED)
    take(disclosures, asked.disclosure_id, Step.GRANTED)
    assert company.log.entries() == []
    assert "is not in its company's log" in caplog.text
    assert len(Audit(shared).entries()) == 2
    company.away = False
    disclosures.settle()
    disclosures.settle()
    assert said(company.log) == [("disclosure_requested", HOST, 1), ("disclosure_granted", ADMIN, 2)]


# Leaving and keeping


def test_leaving_ends_all_and_keeps_the_hosts_copy(disclosures: Disclosures, company: Company, asked: Request) -> None:
    granted = disclosures.request(COMPANY, "한빛정밀", HOST, ASKED)
    take(disclosures, granted.disclosure_id, Step.GRANTED)
    other = disclosures.request(OTHER, "다른정밀", HOST, ASKED)
    company.away = True
    late = disclosures.request(COMPANY, "한빛정밀", HOST, ASKED)
    company.away = False
    company.told.clear()
    disclosures.leave(COMPANY, "operator")
    disclosures.settle()
    assert company.told == []  # telling it would make its place anew
    assert not may_read(disclosures, COMPANY, "doc-1")
    for each in (asked, granted, late):
        kept = disclosures.get(each.disclosure_id)
        assert (kept.state, kept.paper, kept.company_name) == (Step.WITHDRAWN, paper(), "한빛정밀")
        assert kept.history[-1].terms == {"left": True}
    assert disclosures.get(other.disclosure_id).state == Step.REQUESTED


def test_the_hosts_copy_is_kept_seven_years_from_the_end_of_the_deal(
    disclosures: Disclosures, shared: Engine, asked: Request
) -> None:
    take(disclosures, asked.disclosure_id, Step.REFUSED)
    ended = TODAY + timedelta(days=200)
    until = date(ended.year + 7, ended.month, ended.day) if (ended.month, ended.day) != (2, 29) else None
    until = until or date(ended.year + 7, 3, 1)
    assert disclosures.keep_until(asked.disclosure_id, ended) == until
    with pytest.raises(RequestError) as error:
        disclosures.erase(asked.disclosure_id, "operator", ended, at(until - timedelta(days=1), 23, 59))
    assert refused(error) == ("disclosure_kept", 409)
    disclosures.erase(asked.disclosure_id, "operator", ended, at(until, 0, 0))
    assert disclosures.of_host() == []
    assert Audit(shared).entries(limit=1)[0].action == "disclosure_erased"


def test_an_early_end_of_the_deal_does_not_shorten_it(disclosures: Disclosures, asked: Request) -> None:
    take(disclosures, asked.disclosure_id, Step.GRANTED)
    assert disclosures.keep_until(asked.disclosure_id, date(2001, 1, 1)) > UNTIL.replace(day=1, year=UNTIL.year + 7)


@pytest.mark.parametrize(("day", "then"), [(date(2028, 2, 29), date(2035, 3, 1)), (date(2027, 3, 1), date(2034, 3, 1))])
def test_seven_years_on(day: date, then: date) -> None:
    assert disclosure._years_on(day, 7) == then


def test_a_step_raced_is_taken_once(disclosures: Disclosures, asked: Request) -> None:

    def answer(step: Step) -> None:
        with suppress(RequestError):
            take(disclosures, asked.disclosure_id, step)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(answer, [Step.GRANTED, Step.REFUSED, Step.NARROWED] * 2))
    assert len(disclosures.get(asked.disclosure_id).history) == 2
