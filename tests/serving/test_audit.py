"""The log: what it keeps, that it only grows, and that a change of it is seen."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update

from serving.audit import Action, Anchors, Audit, Broken, Head, anchor_metadata, audit, metadata
from serving.databases.sqlite import open_database


def opened(file: Path) -> Engine:
    engine = open_database(file)
    metadata.create_all(engine)
    anchor_metadata.create_all(engine)
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    engine = opened(tmp_path / "log.db")
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> Audit:
    return Audit(engine)


def filled(log: Audit, count: int) -> Audit:
    for number in range(count):
        log.record("person-1", Action.ASKED, f"turn-{number}", passages=number)
    return log


def test_each_entry_names_the_one_before(log: Audit) -> None:
    first = log.record("person-1", Action.DOCUMENT_ADDED, "doc-1", bytes=12, names=["a", "b"], marked=True, place=None)
    second = log.record("system", Action.DOCUMENT_DELETED, "doc-1")
    assert (first.seq, first.previous) == (1, "")
    assert (second.seq, second.previous) == (2, first.hash)
    assert log.head() == Head(2, second.hash)
    assert log.entries() == [second, first]
    assert log.verify() is None


def test_pages_go_on_where_the_last_ended(log: Audit) -> None:
    filled(log, 7)
    seen: list[int] = []
    before = None
    while page := log.entries(before, limit=3):
        seen += [entry.seq for entry in page]
        before = seen[-1]
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_an_empty_log_is_whole(log: Audit) -> None:
    assert log.head() == Head(0, "")
    assert log.verify() is None
    assert log.verify(Head(0, "")) is None


@pytest.mark.parametrize(
    "details",
    [
        {"question": "가" * 201},
        {"passages": ["가" * 201]},
        {"passages": ["x"] * 201},
        {"passages": [1, 2]},
        {"nested": {"a": "b"}},
        {"score": 0.5},
        {"raw": b"x"},
        {f"n{number}": 1 for number in range(17)},
    ],
)
def test_what_could_carry_contents_is_refused(log: Audit, details: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="audit"):
        log.record("person-1", Action.ASKED, "turn-1", **details)
    assert log.entries() == []


@pytest.mark.parametrize(
    ("actor", "subject"), [("", "x"), ("a" * 81, "x"), ("a", "s" * 121), ("a", "s\0"), ("a\ud800", "s")]
)
def test_ids_fit_their_columns(log: Audit, actor: str, subject: str) -> None:
    with pytest.raises(ValueError, match="audit"):
        log.record(actor, Action.ASKED, subject)


def test_actions_fit_their_column() -> None:
    assert max(len(action) for action in Action) <= 40


TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    details=st.dictionaries(
        st.text("abcdefgh", min_size=1), st.one_of(TEXT, st.integers(), st.none(), st.lists(TEXT)), max_size=5
    )
)
def test_what_was_written_is_what_is_checked(log: Audit, details: dict[str, Any]) -> None:
    """The hash is over the values as they come back from the database."""
    written = log.record("person-1", Action.ASKED, "turn", **details)
    assert log.entries(limit=1) == [written]
    assert log.verify() is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01T00:00:00.000000+00:00"),
        ("actor", "person-2"),
        ("action", "signed_in"),
        ("subject", "turn-99"),
        ("details", {"passages": 99}),
        ("previous", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_an_altered_entry_is_found(engine: Engine, log: Audit, column: str, value: Any) -> None:
    filled(log, 6)
    with engine.begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == 4).values({column: value}))
    assert log.verify() == Broken(4, missing=False)


@pytest.mark.parametrize("seq", [1, 3])
def test_an_entry_taken_out_is_found(engine: Engine, log: Audit, seq: int) -> None:
    filled(log, 5)
    with engine.begin() as connection:
        connection.execute(delete(audit).where(audit.c.seq == seq))
    assert log.verify() == Broken(seq, missing=True)


def test_entries_closed_up_over_a_gap_are_found(engine: Engine, log: Audit) -> None:
    filled(log, 5)
    with engine.begin() as connection:
        connection.execute(delete(audit).where(audit.c.seq == 3))
        connection.execute(update(audit).where(audit.c.seq == 4).values(seq=3))
        connection.execute(update(audit).where(audit.c.seq == 5).values(seq=4))
    assert log.verify() == Broken(3, missing=False)


def cut(engine: Engine, after: int) -> None:
    with engine.begin() as connection:
        connection.execute(delete(audit).where(audit.c.seq > after))


@pytest.mark.parametrize(("altered", "broken"), [(2, None), (4, 4), (5, 5), (6, 6)])
def test_what_was_found_whole_before_is_not_looked_through_again(
    engine: Engine, log: Audit, altered: int, broken: int | None
) -> None:
    filled(log, 4)
    since = log.head()
    filled(log, 2)
    assert log.verify(log.head(), since) is None
    with engine.begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == altered).values(hash="0" * 64))
    assert log.verify(since=since) == (Broken(broken, missing=False) if broken else None)
    assert log.verify() is not None


def test_a_log_cut_before_what_was_found_whole_is_broken(engine: Engine, log: Audit) -> None:
    filled(log, 4)
    since = log.head()
    cut(engine, after=3)
    assert log.verify(since=since) is not None


def test_a_log_cut_at_its_end_is_found_by_its_anchor(engine: Engine, log: Audit, tmp_path: Path) -> None:
    shared = opened(tmp_path / "shared.db")
    anchors = Anchors(shared)
    assert anchors.of("company-1") is None
    anchors.keep("company-1", filled(log, 5))
    assert log.verify(anchors.of("company-1")) is None
    cut(engine, 3)
    assert log.verify() is None
    assert log.verify(anchors.of("company-1")) == Broken(4, missing=True)
    cut(engine, 0)
    assert log.verify(anchors.of("company-1")) == Broken(1, missing=True)
    shared.dispose()


def test_a_log_cut_and_grown_again_does_not_move_its_anchor(engine: Engine, log: Audit, tmp_path: Path) -> None:
    shared = opened(tmp_path / "shared.db")
    anchors = Anchors(shared)
    anchors.keep("company-1", filled(log, 5))
    noted = anchors.of("company-1")
    cut(engine, 2)
    anchors.keep("company-1", filled(log, 1))
    anchors.keep("company-1", filled(log, 9))
    assert anchors.of("company-1") == noted
    assert log.verify() is None
    assert log.verify(noted) == Broken(5, missing=False)
    anchors.forget("company-1")
    anchors.keep("company-1", log)
    assert anchors.of("company-1") == log.head()
    shared.dispose()


def test_an_anchor_follows_its_own_log(engine: Engine, log: Audit) -> None:
    anchors = Anchors(engine)
    anchors.keep("a", log)
    anchors.keep("a", filled(log, 2))
    anchors.keep("b", filled(log, 1))
    assert (anchors.of("a"), anchors.of("b")) == (Head(2, log.entries()[1].hash), log.head())


def test_a_deed_undone_leaves_no_entry(engine: Engine, log: Audit) -> None:
    filled(log, 1)
    with engine.connect() as connection:
        log.record_in(connection, "person-1", Action.KEY_MADE, "key-1")
        connection.rollback()
    assert [entry.seq for entry in log.entries()] == [1]
    with engine.begin() as connection:
        log.record_in(connection, "person-1", Action.KEY_MADE, "key-1")
        log.record_in(connection, "person-1", Action.KEY_REVOKED, "key-1")
    assert log.head().seq == 3
    assert log.verify() is None


def test_threads_write_one_chain(engine: Engine, log: Audit) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: filled(log, 10), range(8)))
    assert log.head().seq == 80
    assert log.verify() is None


def write_some(file: str) -> None:
    engine = open_database(Path(file))
    filled(Audit(engine), 15)
    engine.dispose()


@pytest.mark.proof
def test_processes_write_one_chain(log: Audit, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_some, args=(str(tmp_path / "log.db"),)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert log.head().seq == 45
    assert log.verify() is None


def test_the_hash_is_over_plain_json(log: Audit) -> None:
    """So that anybody can check a log without this program."""
    entry = log.record("person-1", Action.ASKED, "질문-1", b=[], a="가")
    said = [1, entry.at, "person-1", "asked", "질문-1", {"a": "가", "b": []}, ""]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    assert entry.hash == digest


def test_a_whole_chain_forged_is_found_by_its_anchor(engine: Engine, log: Audit, tmp_path: Path) -> None:
    filled(log, 3)
    anchor = log.head()
    other = opened(tmp_path / "forged.db")
    forged = filled(Audit(other), 3)
    with other.connect() as source, engine.begin() as target:
        rows = [row._asdict() for row in source.execute(select(audit))]
        target.execute(delete(audit))
        target.execute(insert(audit), rows)
    assert log.verify() is None
    assert log.verify(anchor) == Broken(3, missing=False)
    assert forged.head() == log.head()
    other.dispose()
