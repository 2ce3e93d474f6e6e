"""Consent to be counted, what it publishes, and the monthly tables made of it."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from serving import clock, overview
from serving.audit import Audit, metadata
from serving.databases.schema import Chain, config, lock, upgrade
from serving.databases.sqlite import open_database
from serving.errors import RequestError
from serving.floor import FLOOR
from serving.overview import OTHER, UNKNOWN, VALUES, Consents, Counts, Fact, Overview, Snapshot, snapshots
from serving.text import SENTENCES
from tests.databases import Rooms
from tests.serving.test_floor import check_pair

ADMIN = "person-admin"


def made(file: Path) -> Engine:
    engine = open_database(file)
    overview.metadata.create_all(engine)
    metadata.create_all(engine)
    return engine


@pytest.fixture
def shared(rooms: Rooms) -> Engine:
    return rooms.shared()


@pytest.fixture
def consents(shared: Engine) -> Consents:
    return Consents(shared)


@pytest.fixture
def counted(shared: Engine) -> Overview:
    return Overview(shared, random.Random(1).sample)


def join(consents: Consents, region: str, count: int, prefix: str = "") -> list[str]:
    names = [f"{prefix}{region}-{number}" for number in range(count)]
    for name in names:
        consents.give(name, ADMIN)
        consents.publish(name, {"region": region})
    return names


def regions(snapshot: Snapshot | None) -> dict[str, int]:
    assert snapshot is not None
    return snapshot.facts[Fact.REGION].cells


def refused(error: pytest.ExceptionInfo[RequestError]) -> tuple[str, int]:
    SENTENCES[error.value.reason]["ko"].format(**error.value.details)
    return error.value.reason, error.value.status


# Consent


def test_nobody_is_counted_who_has_not_agreed(consents: Consents) -> None:
    assert not consents.given("c-1")
    with pytest.raises(RequestError) as error:
        consents.publish("c-1", {"region": "경기"})
    assert refused(error) == ("not_consented", 409)
    assert consents.published("c-1") == {}


def test_consent_is_given_and_withdrawn_with_its_entry(consents: Consents, shared: Engine) -> None:
    consents.give("c-1", ADMIN)
    consents.give("c-1", ADMIN)
    assert consents.given("c-1")
    assert not consents.given("c-2")
    consents.publish("c-1", {"region": "경기", "size_class": "5_49"})
    consents.publish("c-1", {"region": "경남"})
    assert consents.published("c-1") == {Fact.REGION: "경남", Fact.SIZE_CLASS: "5_49"}
    consents.withdraw("c-1", ADMIN)
    consents.withdraw("c-1", ADMIN)
    assert not consents.given("c-1")
    assert consents.published("c-1") == {}
    assert [(entry.action, entry.subject) for entry in Audit(shared).entries()] == [
        ("consent_withdrawn", "c-1"),
        ("consent_given", "c-1"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "한빛정밀"),
        ("region", "수원"),
        ("region", "unknown"),
        ("sector", "C"),
        ("sector", "101"),
        ("size_class", ""),
    ],
)
def test_only_agreed_fields_and_values_are_published(consents: Consents, field: str, value: str) -> None:
    consents.give("c-1", ADMIN)
    with pytest.raises(RequestError) as error:
        consents.publish("c-1", {"size_class": "5_49", field: value})
    assert refused(error) == ("unknown_fact", 422)
    assert consents.published("c-1") == {}


def test_values_fit_their_column_and_none_is_taken_twice() -> None:
    for values in VALUES.values():
        assert len(set(values)) == len(values)
        assert max(len(value) for value in values) <= 40
        assert not {UNKNOWN, OTHER} & set(values)


def test_consent_covers_what_was_named_when_it_was_given(consents: Consents, shared: Engine) -> None:
    with shared.begin() as connection:
        connection.execute(overview.consents.insert().values(company_id="c-1", given_by=ADMIN, given_at="2026-01-01"))
    assert consents.covers("c-1") == {fact for fact, since in overview.SINCE.items() if since == 1}
    with pytest.raises(RequestError) as error:
        consents.publish("c-1", {"adoption": "in_use"})
    assert refused(error) == ("consent_older", 409)
    consents.renew("c-1", {Fact.ADOPTION: "in_use", Fact.REGION: "경기"})
    assert consents.published("c-1") == {Fact.REGION: "경기"}
    consents.give("c-1", "person-later", {"adoption": "in_use"})
    assert consents.covers("c-1") == set(Fact)
    assert consents.published("c-1") == {Fact.REGION: "경기", Fact.ADOPTION: "in_use"}
    assert [(entry.action, entry.actor) for entry in Audit(shared).entries()] == [("consent_given", "person-later")]


def test_what_was_published_before_case_files_was_stated(shared: Engine) -> None:
    """The way of a database that an older version leaves."""
    from alembic import command

    before = [
        "INSERT INTO consents VALUES ('c-1', 'a', '2026-01-01'), ('c-2', 'a', '2026-01-01')",
        "INSERT INTO published VALUES ('c-1', 'region', '경남', '2026-01-01')",
    ]
    with shared.begin() as connection:
        lock(connection)
        command.downgrade(config(connection, Chain.SHARED), "0002_aas_servers")
        for statement in before:
            connection.exec_driver_sql(statement)
        upgrade(connection, Chain.SHARED)
    consents = Consents(shared)
    for company in ("c-1", "c-2"):
        consents.renew(company, {Fact.REGION: None, Fact.SIZE_CLASS: "5_49"})
    assert consents.published("c-1") == {Fact.REGION: "경남", Fact.SIZE_CLASS: "5_49"}
    assert consents.published("c-2") == {Fact.SIZE_CLASS: "5_49"}


def test_every_fact_was_named_at_some_time_and_has_values() -> None:
    assert set(overview.SINCE) == set(VALUES) == set(Fact)
    assert max(overview.SINCE.values()) == overview.TERMS


def test_a_fact_is_taken_back_and_nothing_is_renewed_without_consent(consents: Consents) -> None:
    consents.renew("c-1", {Fact.REGION: "경기"})
    assert consents.published("c-1") == {}
    consents.give("c-1", ADMIN)
    consents.publish("c-1", {"region": "경기", "adoption": "trial"})
    consents.renew("c-1", {Fact.REGION: None, Fact.ACCIDENTS: "fewer"})
    assert consents.published("c-1") == {Fact.ADOPTION: "trial", Fact.ACCIDENTS: "fewer"}
    with pytest.raises(RequestError) as error:
        consents.renew("c-1", {Fact.ACCIDENTS: "none at all"})
    assert refused(error) == ("unknown_fact", 422)


def test_what_was_stated_counts_where_nothing_else_is_known(consents: Consents, shared: Engine) -> None:
    assert consents.give("c-1", ADMIN, {"region": "경남", "size_class": "5_49"})
    consents.renew("c-1", {Fact.REGION: "부산", Fact.SIZE_CLASS: None, Fact.SECTOR: None})
    assert consents.published("c-1") == {Fact.REGION: "부산", Fact.SIZE_CLASS: "5_49"}
    assert not consents.give("c-1", ADMIN)
    assert not consents.give("c-1", ADMIN, {"region": "경남"})
    assert consents.give("c-1", ADMIN, {"sector": "25"})
    consents.renew("c-1", dict.fromkeys((Fact.REGION, Fact.SIZE_CLASS, Fact.SECTOR)))
    assert consents.published("c-1") == {Fact.REGION: "경남", Fact.SIZE_CLASS: "5_49", Fact.SECTOR: "25"}
    assert consents.withdraw("c-1", ADMIN)
    assert not consents.withdraw("c-1", ADMIN)
    assert consents.give("c-1", ADMIN)
    consents.renew("c-1", {Fact.REGION: None})
    assert consents.published("c-1") == {}
    actions = [entry.action for entry in Audit(shared).entries()]
    assert actions == ["consent_given", "consent_withdrawn", "consent_given", "consent_given"]


def test_a_fact_counts_until_its_last_day_and_is_unknown_after_it(
    consents: Consents, counted: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(15):
        consents.give(f"c-{number}", ADMIN)
        value = "none" if number < 5 else "in_use"
        until = date(2026, 11, 30) if number >= 10 else None
        consents.renew(f"c-{number}", {Fact.ADOPTION: value}, {Fact.ADOPTION: until} if until else None)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 30, 14, 59, tzinfo=UTC))  # a minute before December
    assert consents.published("c-12") == {Fact.ADOPTION: "in_use"}
    assert counted.snapshot("2026-11").facts[Fact.ADOPTION].cells == {"in_use": 10, OTHER: 5}
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    assert (consents.published("c-12"), consents.published("c-0")) == ({}, {Fact.ADOPTION: "none"})
    assert counted.snapshot("2026-12").facts[Fact.ADOPTION] == Counts("2026-12", {"in_use": 5, UNKNOWN: 5, OTHER: 5})
    consents.renew("c-12", {Fact.ADOPTION: "trial"})
    assert consents.published("c-12") == {Fact.ADOPTION: "trial"}


# Snapshots


@pytest.mark.parametrize(
    "fact", [Fact.TOP_GAP, Fact.FUNDING_DEMAND, Fact.TRAINING_DEMAND, Fact.ADOPTION, Fact.ACCIDENTS]
)
def test_what_is_of_the_case_file_has_the_same_floor(consents: Consents, counted: Overview, fact: Fact) -> None:
    first, second, *_ = VALUES[fact]
    for value, count in ((first, 6), (second, 4)):
        for number in range(count):
            consents.give(f"{value}-{number}", ADMIN, {fact: value})
    for number in range(5):
        consents.give(f"silent-{number}", ADMIN)
    assert counted.snapshot("2026-11").facts[fact].cells == {first: 6, OTHER: 9}
    consents.withdraw(f"{second}-0", ADMIN)
    made = counted.of("2026-11")
    assert made is not None
    assert fact not in made.facts


def test_four_of_a_new_fact_are_not_shown(consents: Consents, counted: Overview) -> None:
    for number in range(9):
        consents.give(f"c-{number}", ADMIN, {"adoption": "in_use" if number < 4 else "none"})
    assert counted.snapshot("2026-11").facts == {}


def test_a_fact_that_came_later_is_counted_beside_older_months(
    consents: Consents, counted: Overview, shared: Engine
) -> None:
    """As where a newer version goes on with the snapshots of an older one."""
    ours = join(consents, "경기", 9) + join(consents, "경남", 9)
    counted.snapshot("2026-10")
    with shared.begin() as connection:
        kept = connection.execute(select(snapshots.c.members)).scalar_one()
        connection.execute(snapshots.update().values(members={"region": kept["region"]}))
    for number, name in enumerate(ours):
        consents.publish(name, {"adoption": "none" if number < 9 else "in_use"})
    assert counted.snapshot("2026-11").facts[Fact.ADOPTION] == Counts("2026-11", {"none": 9, OTHER: 9})


def test_a_month_is_counted_once(consents: Consents, counted: Overview) -> None:
    join(consents, "경기", 9)
    join(consents, "경남", 7)
    join(consents, "제주", 2)
    made = counted.snapshot("2026-11")
    assert regions(made) == {"경기": 9, OTHER: 9}
    join(consents, "경남", 20, "later-")
    assert counted.snapshot("2026-11") == made == counted.of("2026-11")
    assert counted.of("2026-10") is None


def test_a_month_counted_by_many_at_once_is_counted_once(consents: Consents, shared: Engine) -> None:
    join(consents, "경기", 9)
    join(consents, "경남", 7)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: Overview(shared).snapshot("2026-11"), range(6)))
    assert made == made[:1] * 6
    assert regions(made[0]) == {"경기": 9, OTHER: 7}


def test_consent_given_by_many_at_once_is_given_once(consents: Consents, shared: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: consents.give("c-1", ADMIN), range(6)))
        list(pool.map(lambda region: consents.publish("c-1", {"region": region}), ["경기", "경남", "서울"] * 2))
        list(pool.map(lambda _: consents.withdraw("c-1", ADMIN), range(6)))
    assert [entry.action for entry in Audit(shared).entries()] == ["consent_withdrawn", "consent_given"]
    assert Audit(shared).verify() is None
    assert consents.published("c-1") == {}


def test_those_that_agreed_and_published_nothing_are_counted_too(consents: Consents, counted: Overview) -> None:
    """Else the tables' sums would differ by those that have not been diagnosed."""
    join(consents, "경기", 9)
    join(consents, "경남", 7)
    for number in range(6):
        consents.give(f"silent-{number}", ADMIN)
    made = counted.snapshot("2026-11")
    assert regions(made) == {"경기": 9, "경남": 7, OTHER: 6}
    assert Fact.SYSTEM_LEVEL not in made.facts  # all of one cell


def test_a_month_that_shows_nothing_yet_is_made_anew(consents: Consents, counted: Overview) -> None:
    join(consents, "경기", 9)
    assert counted.snapshot("2026-11").facts == {}
    assert counted.of("2026-11") is None
    join(consents, "경남", 7)
    made = counted.snapshot("2026-11")
    assert regions(made) == {"경기": 9, OTHER: 7}
    join(consents, "부산", 20)
    assert counted.snapshot("2026-11") == made


def test_nothing_of_too_few(consents: Consents, counted: Overview) -> None:
    join(consents, "경기", 4)
    join(consents, "경남", 4)
    assert counted.snapshot("2026-11").facts == {}


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-11", "2026-11-01", ""])
def test_a_month_is_a_month(counted: Overview, month: str) -> None:
    with pytest.raises(ValueError, match="no month"):
        counted.snapshot(month)


def test_months_go_on(consents: Consents, counted: Overview) -> None:
    join(consents, "경기", 5)
    join(consents, "경남", 5)
    counted.snapshot("2026-11")
    with pytest.raises(ValueError, match="before the last"):
        counted.snapshot("2026-10")


def test_a_table_with_too_few_newcomers_stays_that_of_its_month(consents: Consents, counted: Overview) -> None:
    join(consents, "경기", 9)
    join(consents, "경남", 7)
    counted.snapshot("2026-11")
    join(consents, "경기", 1, "new-")
    assert counted.snapshot("2026-12").facts[Fact.REGION] == Counts("2026-11", {"경기": 9, OTHER: 7})
    join(consents, "경기", 4, "newer-")
    join(consents, "경남", 5, "newer-")
    assert counted.snapshot("2027-01").facts[Fact.REGION] == Counts("2027-01", {"경기": 14, OTHER: 12})


def test_withdrawing_hides_every_table_that_counts_the_company_at_once(
    consents: Consents, counted: Overview, shared: Engine
) -> None:
    ours = join(consents, "경기", 20) + join(consents, "경남", 20)
    counted.snapshot("2026-10")
    counted.snapshot("2026-11")
    consents.withdraw(ours[3], ADMIN)
    for month in ("2026-10", "2026-11"):
        snapshot = counted.of(month)
        assert snapshot is not None
        assert snapshot.facts == {}
    assert counted.snapshot("2026-11").facts == {}
    with shared.connect() as connection:
        rows = [list(row) for table in overview.metadata.sorted_tables for row in connection.execute(select(table))]
    kept = json.dumps(rows, ensure_ascii=False)
    assert ours[4] in kept
    assert ours[3] not in kept


def test_the_next_month_does_not_tell_what_the_withdrawn_company_was(consents: Consents, counted: Overview) -> None:
    ours = join(consents, "경기", 20) + join(consents, "경남", 20)
    before = regions(counted.snapshot("2026-11"))
    consents.withdraw(ours[3], ADMIN)
    after = regions(counted.snapshot("2026-12"))
    assert before.keys() == after.keys()
    assert {before[value] - after[value] for value in before} == {5}


def test_a_company_that_withdraws_and_agrees_again_stays_unseen(consents: Consents, counted: Overview) -> None:
    ours = join(consents, "경기", 9) + join(consents, "경남", 9)
    counted.snapshot("2026-11")
    consents.withdraw(ours[0], ADMIN)
    consents.give(ours[0], ADMIN)
    consents.publish(ours[0], {"region": "경남"})
    assert Fact.REGION not in counted.snapshot("2026-12").facts


def test_a_withdrawal_that_is_none_hides_nothing(consents: Consents, counted: Overview) -> None:
    join(consents, "경기", 9)
    join(consents, "경남", 9)
    made = counted.snapshot("2026-11")
    consents.withdraw("c-stranger", ADMIN)
    consents.give("c-late", ADMIN)
    consents.withdraw("c-late", ADMIN)
    assert counted.of("2026-11") == made


def counting(folder: Path, companies: int, seed: int) -> tuple[Engine, Consents, Overview]:
    """So many that agreed, of two regions."""
    shared = made(folder / "shared.db")
    consents = Consents(shared)
    for number in range(companies):
        consents.give(f"c-{number}", ADMIN)
        consents.publish(f"c-{number}", {"region": ["경기", "경남"][number % 2], "system_level": "basic"})
    return shared, consents, Overview(shared, random.Random(seed).sample)


CHANGE = st.tuples(
    st.integers(0, 24), st.sampled_from(["경기", "경남", "부산"]), st.sampled_from(["basic", "none"]), st.booleans()
)


@pytest.mark.proof
@settings(max_examples=25, deadline=None)
@given(months=st.lists(st.lists(CHANGE, max_size=10), min_size=1, max_size=4), seed=st.integers(0, 2**32))
def test_no_output_tells_of_fewer_than_five(
    tmp_path_factory: pytest.TempPathFactory, months: list[list[tuple[int, str, str, bool]]], seed: int
) -> None:
    shared, consents, counted = counting(tmp_path_factory.mktemp("months"), 16, seed)
    outputs: list[Snapshot | None] = []
    for month, changes in enumerate(months, 1):
        outputs.append(counted.snapshot(f"2026-{month:02}"))
        for company, region, level, stays in changes:
            if stays:
                consents.give(f"c-{company}", ADMIN)
                consents.publish(f"c-{company}", {"region": region, "system_level": level})
            else:
                consents.withdraw(f"c-{company}", ADMIN)
            outputs.append(counted.of(f"2026-{month:02}"))
    shared.dispose()
    for snapshot in outputs:
        for table in snapshot.facts.values() if snapshot else ():
            whole = sum(table.cells.values())
            assert len(table.cells) > 1
            assert all(FLOOR <= count <= whole - FLOOR for count in table.cells.values())


@pytest.mark.proof
@settings(max_examples=25, deadline=None)
@given(months=st.lists(st.lists(CHANGE, max_size=10), min_size=2, max_size=5), seed=st.integers(0, 2**32))
def test_no_two_outputs_isolate_fewer_than_five(
    tmp_path_factory: pytest.TempPathFactory, months: list[list[tuple[int, str, str, bool]]], seed: int
) -> None:
    """Held against what each counted, written down when it was first shown."""
    shared, consents, counted = counting(tmp_path_factory.mktemp("months"), 25, seed)
    truths: list[tuple[tuple[frozenset[str], ...], dict[str, str]]] = []
    for month, changes in enumerate(months, 1):
        shown = counted.snapshot(f"2026-{month:02}").facts.get(Fact.REGION)
        with shared.connect() as connection:
            members = connection.execute(select(snapshots.c.members).where(snapshots.c.month == f"2026-{month:02}"))
            kept = (members.scalar_one_or_none() or {}).get(Fact.REGION)
        if kept:
            truths.append((tuple(frozenset(cell) for cell in kept["cells"]), kept["members"]))
            assert shown is not None
            assert sum(shown.cells.values()) == len(kept["members"])
        for company, region, level, stays in changes:
            if stays:
                consents.give(f"c-{company}", ADMIN)
                consents.publish(f"c-{company}", {"region": region, "system_level": level})
            else:
                consents.withdraw(f"c-{company}", ADMIN)
    shared.dispose()
    for before, after in combinations(truths, 2):
        check_pair(before, after)
