"""Log, requests and overview on the real tables of both databases, from many threads at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from serving.audit import Action, Anchors, Audit, audit
from serving.databases import Databases
from serving.databases.postgres import PostgresDatabases
from serving.databases.sqlite import SqliteDatabases
from serving.disclosure import Disclosures, Step
from serving.errors import RequestError
from serving.overview import Consents, Fact, Overview
from serving.paper import Granted
from tests.serving.test_disclosure import ASKED


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    if request.param == "sqlite":
        (tmp_path / "accounts").mkdir()
        made: Databases = SqliteDatabases(tmp_path / "accounts" / "giljabi.db")
    else:
        made = PostgresDatabases(request.getfixturevalue("postgres_url"), "a secret of the tests")
    yield made
    made.shared().dispose()


@pytest.fixture
def company(databases: Databases, tmp_path: Path) -> Iterator[Audit]:
    folder = tmp_path / "company"
    folder.mkdir()
    engine = databases.open("c-1", folder)
    yield Audit(engine)
    engine.dispose()


def test_many_threads_write_one_chain(company: Audit) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: company.record("person", Action.ASKED, f"turn-{n}", passages=["가"]), range(40)))
    assert [entry.seq for entry in company.entries()] == list(range(40, 0, -1))
    assert company.verify() is None


def test_the_log_only_grows(company: Audit) -> None:
    company.record("person", Action.ASKED)
    for statement in (update(audit).values(actor="nobody"), delete(audit)):
        with pytest.raises(DBAPIError), company._engine.begin() as connection:
            connection.execute(statement)
    assert company.entries()[0].actor == "person"


def test_anchors_of_many_threads(databases: Databases, company: Audit) -> None:
    anchors = Anchors(databases.shared())

    def write(_: int) -> None:
        company.record("person", Action.ASKED)
        anchors.keep("c-1", company)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(20)))
    assert anchors.of("c-1") == company.head()
    assert company.verify(anchors.of("c-1")) is None


def test_a_request_from_asking_to_leaving(databases: Databases, company: Audit) -> None:
    def tell(_: str, actor: str, action: Action, subject: str, **details: Any) -> None:
        company.record(actor, action, subject, **details)

    kept = Disclosures(databases.shared(), tell)
    asked = kept.request("c-1", "한빛정밀", "host", ASKED)

    def grant(document_id: str) -> None:
        with suppress(RequestError):
            kept.grant("c-1", asked.disclosure_id, "admin", Granted(document_id=document_id))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(grant, [f"doc-{n}" for n in range(4)]))
    granted = kept.get(asked.disclosure_id, "c-1")
    assert [taken.step for taken in granted.history] == [Step.REQUESTED, Step.GRANTED]
    kept.disclose("c-1", granted.document_id or "", "host")
    kept.leave("c-1", "operator")
    assert kept.of_host()[0].state == Step.WITHDRAWN
    assert [entry.details["step"] for entry in company.entries()] == [3, 2, 1]
    assert Audit(databases.shared()).verify() is None


def test_an_overview_from_consent_to_withdrawal(databases: Databases) -> None:
    consents, counted = Consents(databases.shared()), Overview(databases.shared())
    regions = ["경기", "경남"] * 10

    def join(number: int) -> None:
        consents.give(f"c-{number}", "admin")
        consents.publish(f"c-{number}", {"region": regions[number]})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(join, range(20)))
        made = list(pool.map(lambda _: counted.snapshot("2026-11"), range(4)))
    assert made == [made[0]] * 4
    assert sorted(made[0].facts[Fact.REGION].cells.values()) == [10, 10]
    consents.withdraw("c-3", "admin")
    latest = counted.of("2026-11")
    assert latest is not None
    assert latest.facts == {}
    assert len(Audit(databases.shared()).entries()) == 21
