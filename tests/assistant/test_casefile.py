"""The case file: entries in, the present out; nothing is lost; hostile values are refused; the export fits its schema."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine, create_engine, select, update

from assistant import casefile
from assistant.case_entries import (
    Correction,
    Diagnosed,
    Note,
    Outcome,
    Profile,
    Programme,
    Said,
    Training,
    UseCaseChoice,
    Wishes,
    section_of,
)
from assistant.case_state import Entry, Export, folded, schema, standing
from assistant.casefile import CaseFile, CaseFileError, UnknownEntryError, case_entries
from assistant.diagnosis.answers import Firm
from assistant.text import SENTENCES
from knowledge.usecases import use_cases
from tests.databases import Rooms

pytestmark = pytest.mark.proof

BY = "person-1"
TODAY = date(2026, 11, 23)
PROFILE = Profile(employees=32, sector="C25", region="경기", machines=("press", "cnc"), has_aas=False)
SAID: TypeAdapter[Any] = TypeAdapter(Said)


def diagnosed(number: int, **more: Any) -> Diagnosed:
    values: dict[str, Any] = {"system_level": "basic", "overall": 1.8, "dimensions": {"data": 2.1, "money": None}}
    values |= {"version": "1.0", "depth": "first", "top_gaps": ("literacy", "machine_data"), **more}
    return Diagnosed(diagnosis_id=f"diagnosis-{number}", **values)


@pytest.fixture
def engine(rooms: Rooms) -> Engine:
    return rooms.place("acme")


@pytest.fixture
def kept(engine: Engine) -> CaseFile:
    return CaseFile(engine)


def test_an_empty_case_file_is_said_to_be_empty(kept: CaseFile) -> None:
    assert kept.entries() == kept.timeline() == ()
    assert kept.state().model_dump(exclude_defaults=True) == {}
    assert kept.firm("한빛정밀") == Firm("한빛정밀")


def test_the_present_follows_from_all_that_was_written(kept: CaseFile) -> None:
    case = use_cases().cases[0]
    kept.add(Profile(employees=30), BY, TODAY)
    kept.add(PROFILE, BY, TODAY)
    kept.add(Wishes(goals=("quality",), losses={"defects": 3, "downtime": 1}), BY, TODAY)
    kept.add(diagnosed(2, day=date(2026, 11, 20)), BY, TODAY)
    kept.add(diagnosed(1, day=date(2026, 5, 1), overall=1.1), BY, TODAY)
    kept.add(UseCaseChoice(use_case=case.id, area="machine_data"), BY, TODAY)
    kept.add(UseCaseChoice(use_case=use_cases().cases[1].id), BY, TODAY)
    kept.add(UseCaseChoice(use_case=use_cases().cases[1].id, state="dropped"), BY, TODAY)
    kept.add(Programme(programme="programme-2026", state="interested"), BY, TODAY)
    kept.add(Programme(programme="programme-2026", state="applied"), BY, TODAY)
    kept.add(Training(title="엑셀에서 데이터로", people=4, hours=6, day=date(2026, 10, 2)), BY, TODAY)
    kept.add(Outcome(month="2026-10", defects_ppm=320, note="야간조"), BY, TODAY)
    kept.add(Outcome(month="2026-09", accidents=0), BY, TODAY)
    kept.add(Outcome(month="2026-10", downtime_hours=4.5, adoption="trial"), BY, TODAY)
    state = kept.state()
    assert state.profile == PROFILE.model_copy(update={"day": TODAY})
    assert [each.diagnosis_id for each in state.diagnoses] == ["diagnosis-1", "diagnosis-2"]
    assert [each.use_case for each in state.use_cases] == [case.id]
    assert [(each.programme, each.state) for each in state.programmes] == [("programme-2026", "applied")]
    assert [each.month for each in state.outcomes] == ["2026-09", "2026-10"]
    assert state.outcomes[1].stated() == {"defects_ppm": 320, "downtime_hours": 4.5, "adoption": "trial"}
    assert state.outcomes[1].note == "야간조"
    firm = kept.firm("한빛정밀")
    assert (firm.sector, firm.employees, firm.machines) == ("C25", 32, ("press", "cnc"))
    assert (firm.wishes.goals, firm.wishes.losses) == (("quality",), {"defects": 3, "downtime": 1})


def test_the_timeline_is_newest_first(kept: CaseFile) -> None:
    kept.add(Note(text="오늘 하나"), BY, TODAY)
    kept.add(Note(text="지난달", day=date(2026, 10, 1)), BY, TODAY)
    kept.add(Note(text="오늘 둘"), BY, TODAY)
    assert [each.data.text for each in kept.timeline() if isinstance(each.data, Note)] == [
        "오늘 둘",
        "오늘 하나",
        "지난달",
    ]


def test_a_correction_counts_and_what_was_written_stays(kept: CaseFile, engine: Engine) -> None:
    wrong = kept.add(Profile(employees=320), BY, TODAY - timedelta(3))
    kept.add(Outcome(month="2026-10", accidents=1), BY, TODAY)
    with engine.connect() as connection:
        before = connection.execute(select(case_entries).order_by(case_entries.c.seq)).all()
    said = kept.correct(wrong.entry_id, Profile(employees=32), "person-2", TODAY)
    assert isinstance(said.data, Correction)
    assert (said.kind, said.by, said.day) == ("correction", "person-2", TODAY)
    assert kept.state().profile == Profile(employees=32, day=TODAY - timedelta(3))
    first = kept.entries()[0]
    assert (first.standing, first.data) == ("corrected", wrong.data)
    kept.correct(wrong.entry_id, Profile(employees=33), BY, TODAY)
    assert kept.firm("").employees == 33
    with engine.connect() as connection:
        assert connection.execute(select(case_entries).order_by(case_entries.c.seq)).all()[:2] == before


def test_an_old_entry_that_is_corrected_does_not_become_the_latest(kept: CaseFile) -> None:
    old = kept.add(Profile(employees=3), BY, TODAY)
    kept.add(Profile(employees=40), BY, TODAY)
    kept.correct(old.entry_id, Profile(employees=4), BY, TODAY)
    assert kept.firm("").employees == 40


def test_what_is_removed_counts_no_longer_and_is_still_there(kept: CaseFile) -> None:
    first = kept.add(Wishes(goals=("quality",)), BY, TODAY)
    second = kept.add(Wishes(goals=("energy",)), BY, TODAY)
    removed = kept.remove(second.entry_id, BY, TODAY)
    assert kept.firm("").wishes.goals == ("quality",)
    assert [each.standing for each in kept.entries()] == ["valid", "removed", "valid"]
    for gone in (second.entry_id, removed.entry_id, "entry-none"):
        with pytest.raises(UnknownEntryError, match="case_unknown_entry"):
            kept.remove(gone, BY, TODAY)
        with pytest.raises(UnknownEntryError):
            kept.correct(gone, Wishes(), BY, TODAY)
    kept.remove(first.entry_id, BY, TODAY)
    assert kept.state().wishes is None


def test_an_entry_is_corrected_by_its_own_kind(kept: CaseFile) -> None:
    made = kept.add(Note(text="메모"), BY, TODAY)
    with pytest.raises(CaseFileError, match="case_other_kind"):
        kept.correct(made.entry_id, PROFILE, BY, TODAY)


@pytest.mark.parametrize(
    "said",
    [
        Note(text="내일", day=TODAY + timedelta(1)),
        Outcome(month="2026-12", accidents=0),
        Training(title="교육", people=1, hours=1, day=date(2027, 1, 1)),
    ],
)
def test_nothing_is_kept_of_days_to_come(kept: CaseFile, said: Said) -> None:
    with pytest.raises(CaseFileError, match="case_day_to_come"):
        kept.add(said, BY, TODAY)
    assert kept.entries() == ()


def test_it_does_not_grow_without_end(kept: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casefile, "MOST", 2)
    for _ in range(2):
        kept.add(Note(text="메모"), BY, TODAY)
    with pytest.raises(CaseFileError, match="case_full"):
        kept.add(Note(text="메모"), BY, TODAY)
    assert len(kept.entries()) == 2


def test_every_reason_is_a_sentence() -> None:
    reasons = ("day_to_come", "other_kind", "unknown_entry", "full", "busy")
    assert all(SENTENCES[f"case_{reason}"].keys() == {"ko", "en"} for reason in reasons)


def test_many_at_once_are_all_kept_in_one_order(kept: CaseFile, engine: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: kept.add(Note(text=str(n)), f"person-{n % 2}", TODAY), range(24)))
    with engine.connect() as connection:
        assert list(connection.scalars(select(case_entries.c.seq).order_by(case_entries.c.seq))) == list(range(1, 25))
    assert {each.entry_id for each in kept.entries()} == {each.entry_id for each in made}


def test_entries_name_what_a_later_version_does_not_know(kept: CaseFile, engine: Engine) -> None:
    """An id that was good when it was written does not make the case file unreadable."""
    kept.add(PROFILE, BY, TODAY)
    with engine.begin() as connection:
        connection.execute(update(case_entries).values(data={"machines": ["steam_engine"]}))
    assert kept.firm("").machines == ("steam_engine",)


HOSTILE: list[dict[str, Any]] = [
    {"kind": "profile", "employees": 0},
    {"kind": "profile", "employees": True},
    {"kind": "profile", "employees": "12"},
    {"kind": "profile", "employees": 3.5},
    {"kind": "profile", "sales_krw": -1},
    {"kind": "profile", "region": "수원"},
    {"kind": "profile", "sector": "C99"},
    {"kind": "profile", "sector": "A25"},
    {"kind": "profile", "sector": "04"},
    {"kind": "profile", "sector": "25<script>"},
    {"kind": "profile", "machines": ["../press"]},
    {"kind": "profile", "machines": ["steam_engine"]},
    {"kind": "profile", "machines": ["press", "press"]},
    {"kind": "profile", "founded": "1500-01-01"},
    {"kind": "profile", "past_awards": [""]},
    {"kind": "profile", "name": "한빛"},
    {"kind": "wishes", "goals": ["riches"]},
    {"kind": "wishes", "losses": {"defects": 4}},
    {"kind": "wishes", "losses": {"defects": True}},
    {"kind": "wishes", "losses": {"none": 1}},
    {"kind": "use_case", "use_case": "no_such_case"},
    {"kind": "use_case", "use_case": "x' OR 1=1"},
    {"kind": "programme", "programme": "../../etc", "state": "applied"},
    {"kind": "programme", "programme": "p-1", "state": "won"},
    {"kind": "training", "people": 1, "hours": 1},
    {"kind": "training", "title": " ", "people": 1, "hours": 1},
    {"kind": "training", "title": "교육", "people": 0, "hours": 1},
    {"kind": "training", "title": "교육", "people": 1, "hours": float("inf")},
    {"kind": "outcome", "month": "2026-13", "accidents": 1},
    {"kind": "outcome", "month": "2026-11"},
    {"kind": "outcome", "month": "2026-11", "note": " "},
    {"kind": "outcome", "month": "2026-11", "accidents": -1},
    {"kind": "outcome", "month": "2026-11", "accidents": True},
    {"kind": "outcome", "month": "2026-11", "defects_ppm": float("nan")},
    {"kind": "outcome", "month": "2026-11", "adoption": "yes"},
    {"kind": "note", "text": ""},
    {"kind": "note", "text": "x" * 2001},
    {"kind": "note", "text": "\ud800"},
    {"kind": "removal", "about": "entry-1"},
    {"kind": "nothing"},
    {},
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: str(value).encode("ascii", "replace").decode()[:60])
def test_hostile_values_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SAID.validate_python(value)


@pytest.mark.parametrize(
    ("ksic", "section"),
    [("C25", "C"), ("25", "C"), ("25913", "C"), ("34", "C"), ("G", "G"), ("46", "G"), ("U99", "U"), ("35", "D")],
)
def test_a_ksic_code_is_of_a_section(ksic: str, section: str) -> None:
    assert section_of(ksic) == section


@pytest.mark.parametrize("ksic", ["", "C", "Z", "C46", "2", "C2", "²⁵", "٢٥", "c25", "25C", "44"])
def test_what_is_no_ksic_code_is_of_none(ksic: str) -> None:
    assert section_of(ksic) == ("C" if ksic == "C" else None)


def test_the_export_is_whole_marked_and_as_its_schema_says(kept: CaseFile) -> None:
    made = kept.add(PROFILE, BY, TODAY)
    kept.add(diagnosed(1), BY, TODAY)
    kept.add(Wishes(goals=("quality",), losses={"defects": 2}), BY, TODAY)
    kept.add(UseCaseChoice(use_case=use_cases().cases[0].id), BY, TODAY)
    kept.add(Outcome(month="2026-11", accidents=0), BY, TODAY)
    kept.correct(made.entry_id, Profile(employees=31), BY, TODAY)
    kept.remove(kept.add(Note(text="지울 것"), BY, TODAY).entry_id, BY, TODAY)
    export = kept.export("한빛정밀", TODAY)
    told = json.loads(export.model_dump_json())
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(told, schema(), cls=jsonschema.Draft202012Validator)
    assert (told["schema"], told["company"], told["exported_on"]) == ("giljabi/case-file/1", "한빛정밀", "2026-11-23")
    assert "제31조" in told["ai"]["ko"]
    assert "Article 31" in told["ai"]["en"]
    assert len(told["entries"]) == 8
    assert told["state"]["profile"]["employees"] == 31
    again = Export.model_validate(told)
    assert again == export
    assert folded(again.entries) == again.state
    told["entries"][0]["data"]["kind"] = "removal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, schema(), cls=jsonschema.Draft202012Validator)


SOME = st.one_of(
    st.builds(Note, text=st.sampled_from(["하나", "둘"])),
    st.builds(Profile, employees=st.integers(1, 9)),
    st.builds(Wishes, losses=st.dictionaries(st.sampled_from(["defects", "delays"]), st.integers(1, 3))),
    st.builds(Outcome, month=st.sampled_from(["2026-09", "2026-10"]), accidents=st.integers(0, 2)),
    st.builds(Programme, programme=st.sampled_from(["p-1", "p-2"]), state=st.sampled_from(["interested", "done"])),
)


@given(
    written=st.lists(SOME, max_size=8), deeds=st.lists(st.tuples(st.booleans(), st.integers(0, 7), SOME), max_size=6)
)
def test_what_is_corrected_and_removed_reads_as_if_it_had_been_so_from_the_start(
    written: list[Any], deeds: list[tuple[bool, int, Any]]
) -> None:
    entries = [_entry(number, said) for number, said in enumerate(written)]
    meant: list[Any] = list(written)
    for keeps, at, said in deeds:
        if at >= len(written) or meant[at] is None or (keeps and said.kind != meant[at].kind):
            continue
        deed = {"kind": "correction", "entry": said} if keeps else {"kind": "removal"}
        entries.append(Entry.model_validate(_wire(len(entries), {**deed, "about": f"entry-{at}"})))
        meant[at] = said if keeps else None
    straight = [_entry(number, said) for number, said in enumerate(meant) if said is not None]
    assert folded(entries) == folded(straight)
    assert [each.standing == "removed" for each in standing(entries)][: len(meant)] == [each is None for each in meant]


def _entry(number: int, said: Any) -> Entry:
    return Entry.model_validate(_wire(number, said))


def _wire(number: int, said: Any) -> dict[str, Any]:
    kind = said["kind"] if isinstance(said, dict) else said.kind
    values = {"entry_id": f"entry-{number}", "at": "2026-11-23T00:00:00+00:00", "by": BY, "kind": kind}
    return {**values, "day": TODAY, "standing": "valid", "data": said}


def test_it_needs_no_more_than_its_table() -> None:
    engine: Engine = create_engine("sqlite://")
    casefile.metadata.create_all(engine)
    CaseFile(engine).add(Note(text="메모"), BY, TODAY)
    assert len(CaseFile(engine).timeline()) == 1
    engine.dispose()
