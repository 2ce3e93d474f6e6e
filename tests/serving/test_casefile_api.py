"""The case file over HTTP: who reads and writes it, what is published of it, and how peers are shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assistant.asof import korea
from assistant.case_entries import Diagnosed, Outcome, Profile, Programme, Training
from assistant.case_state import CaseState
from assistant.casefile import CaseFile
from knowledge import starter
from knowledge.instrument import instrument
from knowledge.usecases import use_cases
from retrieval.korean import Tokenizer
from serving.accounts.roles import Role
from serving.case_facts import accidents, facts, sector, until
from serving.overview import VALUES, Counts, Fact, Snapshot, consents
from serving.targets import targets
from tests.installation import BY, Installation, bearer, installed

pytestmark = pytest.mark.proof

PROFILE = {"employees": 32, "sector": "C25", "region": "경기", "machines": ["press"]}
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", list)
        home: Path = tmp_path_factory.mktemp("home")
        with installed(home, tokenizer, headers=False, person_a_minute=10**6, company_a_minute=10**6) as its:
            yield its


class Firm:
    """A company and its people."""

    made = 0

    def __init__(self, its: Installation) -> None:
        Firm.made += 1
        self.its = its
        self.name = f"협력사 {Firm.made}"
        self.company = its.company(self.name)
        self.staff, self.admin = its.key("staff", self.company), its.key("admin", self.company)

    def put(self, what: str, body: Any) -> Any:
        return self.its.http.put(f"/api/casefile/{what}", json=body, headers=self.staff)

    def write(self, **entry: Any) -> Any:
        return self.its.http.post("/api/casefile/entries", json=entry, headers=self.staff)

    def get(self, path: str = "") -> Any:
        return self.its.http.get(f"/api/casefile{path}", headers=self.staff)

    def consent(self, *, overview: bool = True, **stated: str) -> None:
        body = {"overview": overview, "facts": stated}
        assert self.its.http.put("/api/company/consents", json=body, headers=self.admin).status_code == 204

    def own(self) -> dict[str, Any]:
        found: dict[str, Any] = self.its.http.get("/api/company", headers=self.admin).json()
        return found

    def diagnosed(self, **more: Any) -> None:
        """As a diagnosis writes it; what follows is published with the next entry."""
        values: dict[str, Any] = {"system_level": "basic", "overall": 1.8, "dimensions": {"data": 2.1}}
        values |= {"diagnosis_id": "diagnosis-1", "version": "1.0", "depth": "first", "top_gaps": ("literacy",), **more}
        with self.its.product.opened(self.company) as opened:
            CaseFile(opened.place.database).add(Diagnosed(**values), BY, korea())


@pytest.fixture
def firm(site: Installation) -> Firm:
    return Firm(site)


# Writing and reading


def test_what_is_written_is_read_and_stands_in_the_log(firm: Firm) -> None:
    assert firm.put("profile", PROFILE).json()["profile"]["employees"] == 32
    assert firm.put("wishes", {"goals": ["quality"], "losses": {"defects": 3}}).status_code == 200
    made = [
        firm.write(kind="use_case", use_case=use_cases().cases[0].id),
        firm.write(kind="programme", programme="programme-2026", state="interested"),
        firm.write(kind="training", title="AI 첫걸음", people=3, hours=2.5, day="2026-10-01"),
        firm.write(kind="outcome", month="2026-10", defects_ppm=310, adoption="trial"),
        firm.write(kind="note", text="금형을 바꿨다"),
    ]
    assert [answer.status_code for answer in made] == [201] * 5
    shown = firm.get().json()
    assert (shown["company"], shown["may_write"]) == (firm.name, True)
    state, timeline = shown["state"], shown["timeline"]
    assert state["wishes"]["losses"] == {"defects": 3}
    assert [each["month"] for each in state["outcomes"]] == ["2026-10"]
    assert [each["kind"] for each in timeline][:2] == ["note", "outcome"]
    assert timeline[-1]["kind"] == "training"
    note = made[-1].json()["entry_id"]
    corrected = firm.put(f"entries/{note}", {"kind": "note", "text": "금형을 고쳤다"})
    assert corrected.status_code == 200
    assert firm.its.http.delete(f"/api/casefile/entries/{note}", headers=firm.staff).status_code == 204
    kinds = {each["kind"]: each["standing"] for each in firm.get().json()["timeline"]}
    assert (kinds["note"], kinds["correction"], kinds["removal"]) == ("removed", "valid", "valid")
    log = firm.its.http.get("/api/audit", headers=firm.staff).json()["entries"]
    assert [each["action"] for each in log][:3] == ["case_removed", "case_corrected", "case_written"]
    assert "금형" not in json.dumps(log, ensure_ascii=False)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "profile", {"employees": 0}),
        ("PUT", "profile", {"machines": ["steam_engine"]}),
        ("PUT", "wishes", {"losses": {"defects": 9}}),
        ("POST", "entries", {"kind": "diagnosis", "overall": 5}),
        ("POST", "entries", {"kind": "profile", **PROFILE}),
        ("POST", "entries", {"kind": "removal", "about": "entry-1"}),
        ("POST", "entries", {"kind": "note", "text": "a\0b"}),
        ("POST", "entries", {"kind": "note", "text": "메모", "by": "operator"}),
        ("POST", "entries", {"kind": "outcome", "month": "2099-01", "accidents": 0}),
        ("POST", "entries", ["note"]),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(firm: Firm, method: str, path: str, body: Any) -> None:
    answer = firm.its.http.request(method, f"/api/casefile/{path}", json=body, headers=firm.staff)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert firm.get().json()["timeline"] == []


def test_half_a_character_is_refused(firm: Firm) -> None:
    for body in (
        '{"kind": "note", "text": "a\\ud800"}',
        '{"kind": "note", "text": "a", "\\udfff": 1}',
        '{"kind": "\\ud800"}',
    ):
        headers = {**firm.staff, "Content-Type": "application/json"}
        answer = firm.its.http.post("/api/casefile/entries", content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_the_export_fits_the_schema_that_is_served(firm: Firm) -> None:
    firm.put("profile", PROFILE)
    firm.diagnosed()
    answer = firm.get("/export")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    jsonschema.validate(told, firm.get("/schema").json(), cls=jsonschema.Draft202012Validator)
    assert (told["schema"], told["company"]) == ("giljabi/case-file/1", firm.name)
    assert "제31조" in told["ai"]["ko"]
    assert told["state"]["diagnoses"][0]["overall"] == 1.8
    [taken] = [each for each in _log(firm) if each["action"] == "case_taken"]
    assert taken["details"] == {"entries": 2}


def _log(firm: Firm) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = firm.its.http.get("/api/audit", headers=firm.staff).json()["entries"]
    return entries


# Walls


def test_another_company_sees_and_changes_nothing(firm: Firm, site: Installation) -> None:
    other = Firm(site)
    made = firm.write(kind="note", text="우리만 아는 일").json()["entry_id"]
    assert "우리만" not in other.get().text
    assert "우리만" not in other.get("/export").text
    gone = site.http.delete(f"/api/casefile/entries/{made}", headers=other.admin)
    none = site.http.delete("/api/casefile/entries/entry-none", headers=other.admin)
    assert (gone.status_code, gone.content) == (none.status_code, none.content) == (404, none.content)
    again = other.put(f"entries/{made}", {"kind": "note", "text": "남의 것"})
    assert again.status_code == 404
    assert firm.get().json()["timeline"][0]["standing"] == "valid"


def test_a_consultant_who_was_let_in_reads_alone(firm: Firm, site: Installation) -> None:
    firm.put("profile", PROFILE)
    consultant, secret = site.base.office.make_key(Role.CONSULTANT, None, "", BY)
    unplaced = site.http.get("/api/casefile", headers=bearer(secret))
    assert (unplaced.status_code, "고르지 않았" in unplaced.json()["title"]) == (403, True)
    site.base.office.grant(firm.company, consultant.key_id, 3, BY)
    headers = {**bearer(secret), "X-Giljabi-Company": firm.company}
    shown = site.http.get("/api/casefile", headers=headers).json()
    assert (shown["state"]["profile"]["employees"], shown["may_write"]) == (32, False)
    for method, path in (("PUT", "/profile"), ("POST", "/entries"), ("GET", "/export"), ("GET", "/peers")):
        assert site.http.request(method, f"/api/casefile{path}", json={}, headers=headers).status_code == 403


def test_who_is_of_no_company_has_no_case_file(site: Installation) -> None:
    refused = site.http.get("/api/casefile", headers=site.key("trainer"))
    assert (refused.status_code, "회사의 것" in refused.json()["title"]) == (403, True)
    for role in ("trainer", "host", "operator"):
        headers = site.key(role)
        for method, path in (
            ("GET", ""),
            ("GET", "/export"),
            ("PUT", "/wishes"),
            ("POST", "/entries"),
            ("GET", "/peers"),
        ):
            assert site.http.request(method, f"/api/casefile{path}", json={}, headers=headers).status_code == 403
        assert site.http.get("/api/casefile/schema", headers=headers).status_code == 200


# What is published


def test_nothing_is_published_without_consent(firm: Firm) -> None:
    firm.put("profile", PROFILE)
    assert firm.own()["published"] == {}
    assert firm.own()["consents"] == {"overview": False, "covers": []}


def test_what_is_published_follows_the_case_file_from_consent_on(firm: Firm) -> None:
    firm.put("profile", PROFILE)
    firm.diagnosed()
    firm.consent()
    own = firm.own()
    assert set(own["consents"]["covers"]) == set(Fact)
    assert own["published"] == {
        "size_class": "5_49", "sector": "25", "region": "경기", "system_level": "basic", "readiness_band": "25_49",
        "top_gap": "literacy", "training_demand": "wanted",
    }  # fmt: skip
    firm.write(kind="programme", programme="p-1", state="applied")
    firm.write(kind="outcome", month="2026-10", adoption="in_use")
    firm.put("profile", {"employees": 3})
    published = firm.own()["published"]
    assert (published["funding_demand"], published["adoption"]) == ("applied", "in_use")
    assert (published["size_class"], "sector" in published, "region" in published) == ("under_5", False, False)
    firm.consent(overview=False)
    firm.write(kind="note", text="동의를 거둔 뒤")
    assert firm.own()["published"] == {}


def test_what_was_stated_at_consent_stays_until_there_is_a_profile(firm: Firm) -> None:
    firm.consent(region="경남")
    firm.write(kind="note", text="메모")
    assert firm.own()["published"] == {"region": "경남"}
    firm.put("profile", {"region": "부산"})
    assert firm.own()["published"]["region"] == "부산"


def test_a_profile_that_leaves_a_field_out_keeps_what_was_stated_at_consent(firm: Firm) -> None:
    firm.consent(region="경남", size_class="5_49")
    firm.put("profile", {"sector": "C25"})
    assert firm.own()["published"] == {"region": "경남", "size_class": "5_49", "sector": "25"}
    firm.put("profile", {"region": "부산", "employees": 300})
    assert firm.own()["published"] == {"region": "부산", "size_class": "300_up"}
    firm.put("profile", {})
    assert firm.own()["published"] == {"region": "경남", "size_class": "5_49"}


@pytest.mark.parametrize("overview", [True, False])
def test_what_follows_from_the_case_file_cannot_be_stated(firm: Firm, overview: bool) -> None:
    for fact, value in (("adoption", "in_use"), ("system_level", "basic"), ("name", "한빛정밀")):
        body = {"overview": overview, "facts": {"region": "경남", fact: value}}
        answer = firm.its.http.put("/api/company/consents", json=body, headers=firm.admin)
        assert (answer.status_code, fact in answer.json()["title"]) == (422, True)
    assert firm.own()["consents"] == {"overview": False, "covers": []}


def test_a_consent_said_twice_stands_in_the_log_once(firm: Firm) -> None:
    firm.consent(overview=False)
    for _ in range(2):
        firm.consent()
        firm.consent(region="경남")
    for _ in range(2):
        firm.consent(overview=False)
    said = [each["action"] for each in _log(firm) if each["action"].startswith("consent")]
    assert said == ["consent_withdrawn", "consent_given", "consent_given"]


def test_what_is_said_already_is_no_new_entry(firm: Firm) -> None:
    wishes = {"goals": ["quality"], "losses": {"defects": 3}}
    for _ in range(2):
        assert firm.put("profile", PROFILE).json()["profile"]["employees"] == 32
        assert firm.put("wishes", wishes).json()["wishes"]["losses"] == {"defects": 3}
    assert [each["kind"] for each in firm.get().json()["timeline"]] == ["wishes", "profile"]
    assert [each["action"] for each in _log(firm)].count("case_written") == 2
    firm.put("profile", {**PROFILE, "employees": 33})
    firm.put("profile", PROFILE)
    firm.put("wishes", {**wishes, "day": "2026-01-01"})
    assert len(firm.get().json()["timeline"]) == 5


def test_a_consent_from_before_is_about_what_was_named_then(firm: Firm) -> None:
    firm.put("profile", PROFILE)
    shared = firm.its.base.databases.shared()
    with shared.begin() as connection:
        values = {"company_id": firm.company, "given_by": BY, "given_at": "2026-01-01T00:00:00+00:00"}
        connection.execute(consents.insert().values(**values))
    firm.write(kind="programme", programme="p-1", state="applied")
    assert firm.own()["published"] == {"size_class": "5_49", "sector": "25", "region": "경기"}
    assert set(firm.own()["consents"]["covers"]) == {
        "size_class", "sector", "region", "system_level", "readiness_band",
    }  # fmt: skip
    peers = {each["fact"]: each for each in firm.get("/peers").json()["peers"]}
    assert "예전에 한 동의" in peers["top_gap"]["reason"]
    firm.consent()
    assert firm.own()["published"]["funding_demand"] == "applied"


def month(back: int, accidents: int | None = 0) -> Outcome:
    """The month so many before November 2026."""
    number = 2026 * 12 + 10 - back
    return Outcome(month=f"{number // 12}-{number % 12 + 1:02}", accidents=accidents, note=".")


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], None),
        ([month(back) for back in range(24)], "same"),
        ([month(back, int(back < 12)) for back in range(24)], "more"),
        ([month(back, int(back >= 12)) for back in range(30)], "fewer"),
        ([month(back) for back in range(23)], None),
        ([month(back, None if back == 7 else 0) for back in range(24)], None),
        ([month(back) for back in range(6, 30)], "same"),
        ([month(back) for back in range(7, 31)], None),  # too long ago
    ],
)
def test_accidents_are_compared_over_two_whole_years(outcomes: list[Outcome], said: str | None) -> None:
    assert accidents(tuple(outcomes), TODAY) == said


@pytest.mark.parametrize(
    ("ksic", "fact"), [("C25", "25"), ("25913", "25"), ("C", None), ("G", "G"), ("46", "G"), ("U99", "U"), ("", None)]
)
def test_a_sector_is_a_division_of_manufacturing_or_a_section(ksic: str, fact: str | None) -> None:
    assert sector(ksic) == fact
    assert fact is None or fact in VALUES[Fact.SECTOR]


@pytest.mark.parametrize(
    ("overall", "band"),
    [(0.0, "0_24"), (1.2, "0_24"), (1.3, "25_49"), (2.4, "25_49"), (2.5, "50_74"), (3.7, "50_74"), (3.8, "75_100"), (5, "75_100")],
)  # fmt: skip
def test_readiness_is_a_band_of_percent(overall: float, band: str) -> None:
    said = Diagnosed(
        diagnosis_id="d", version="1.0", depth="first", system_level=None, overall=overall, dimensions={}, top_gaps=()
    )
    assert facts(CaseState(diagnoses=(said,)), TODAY)[Fact.READINESS_BAND] == band


def test_demand_is_read_from_what_was_done() -> None:
    def programmes(*states: Any) -> str | None:
        named = tuple(Programme(programme=f"p-{n}", state=state) for n, state in enumerate(states))
        return facts(CaseState(programmes=named), TODAY)[Fact.FUNDING_DEMAND]

    assert programmes() is None
    assert facts(CaseState(profile=Profile(employees=28)), TODAY)[Fact.FUNDING_DEMAND] is None
    assert programmes("interested", "applied") == "applied"
    assert programmes("rejected") == "applied"  # that it was rejected is nobody's business
    assert programmes("done", "interested") == "selected"

    def trained(day: date, gaps: tuple[str, ...] = ()) -> str | None:
        said = Diagnosed(
            diagnosis_id="d",
            version="1.0",
            depth="first",
            system_level=None,
            overall=None,
            dimensions={},
            top_gaps=gaps,
        )
        training = Training(title="교육", people=1, hours=1, day=day)
        return facts(CaseState(diagnoses=(said,), trainings=(training,)), TODAY)[Fact.TRAINING_DEMAND]

    assert trained(TODAY - timedelta(364)) == "done"
    assert trained(date(2025, 11, 23)) is None
    assert trained(date(2025, 11, 23), ("digital_staff",)) == "wanted"
    assert facts(CaseState(), TODAY) == dict.fromkeys(facts(CaseState(), TODAY))


def test_what_ages_counts_until_its_last_day() -> None:
    trained = Training(title="교육", people=1, hours=1, day=date(2024, 2, 29))
    used = Outcome(month="2026-03", adoption="trial")
    state = CaseState(
        trainings=(trained,), outcomes=(month(24, None), used, *(month(back) for back in range(23, -1, -1)))
    )
    assert until(state, date(2024, 3, 1)) == {
        Fact.TRAINING_DEMAND: date(2025, 2, 28), Fact.ADOPTION: date(2027, 2, 28), Fact.ACCIDENTS: date(2027, 5, 31),
    }  # fmt: skip
    for fact, last in until(state, date(2024, 3, 1)).items():
        assert facts(state, last)[fact] is not None
        assert facts(state, last + timedelta(1))[fact] is None
        assert fact not in until(state, last + timedelta(1))
    assert until(CaseState(), TODAY) == {}


def test_the_values_of_the_greatest_gap_are_the_areas_of_the_instrument() -> None:
    assert VALUES[Fact.TOP_GAP] == tuple(area.id for area in instrument().areas)


# Peers and targets


@pytest.fixture
def fresh(tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(starter, "starter_files", list)
    with installed(tmp_path, tokenizer, headers=False) as its:
        yield its


def others(its: Installation, level: str, count: int, **more: str) -> None:
    """Companies that agreed, as far as the overview knows them."""
    wired: Any = its.http.app
    for number in range(count):
        wired.state.wiring.consents.give(f"{level}-{number}", BY, {"system_level": level, **more})


def test_peers_are_for_those_that_are_counted_themselves(firm: Firm) -> None:
    refused = firm.get("/peers")
    assert (refused.status_code, "동의해야" in refused.json()["title"]) == (409, True)


@pytest.mark.parametrize(("more", "shown"), [(3, False), (4, True)])
def test_peers_are_shown_from_five_of_each_on(fresh: Installation, more: int, shown: bool) -> None:
    """With our own company four or five are at the basic level."""
    others(fresh, "none", 5)
    others(fresh, "basic", more)
    firm = Firm(fresh)
    firm.diagnosed()
    firm.consent()
    peers = {each["fact"]: each for each in firm.get("/peers").json()["peers"]}
    level = peers["system_level"]
    assert level["own"] == "basic"
    if shown:
        assert (level["cells"], level["n"], level["cell"], level["reason"]) == (
            {"none": 5, "other": 5}, 10, "other", None,
        )  # fmt: skip
        assert level["as_of"] == f"{korea():%Y-%m}"
        host = fresh.http.get("/api/host/overview", headers=fresh.key("host")).json()
        assert host["facts"]["system_level"]["cells"] == level["cells"]
    else:
        assert (level["cells"], level["n"], level["cell"]) == (None, None, None)
        assert "아직 적습니다" in level["reason"]
    assert peers["top_gap"]["cells"] is None


def test_the_host_sees_the_strategys_targets_beside_what_may_be_shown(fresh: Installation) -> None:
    others(fresh, "none", 6, adoption="in_use")
    others(fresh, "basic", 7, adoption="none")
    others(fresh, "middle_1", 5, adoption="trial")
    told = fresh.http.get("/api/host/overview", headers=fresh.key("host")).json()
    adoption, fell = told["targets"]
    assert (adoption["fact"], adoption["percent"]) == ("adoption", 10)
    assert (adoption["counted"], adoption["reached"]) == (18, 6)
    assert told["facts"]["adoption"]["cells"] == {"none": 7, "in_use": 6, "other": 5}
    assert "2025-10-24" in adoption["source"]
    assert "10%" in adoption["about"]
    assert (fell["percent"], fell["counted"], fell["reached"], fell["as_of"]) == (-20, None, None, None)


def test_targets_take_nothing_from_tables_that_are_not_shown() -> None:
    merged = Counts("2026-11", {"none": 7, "other": 6})  # those in use are under `other`
    for shown in ({}, {Fact.ADOPTION: merged, Fact.ACCIDENTS: merged}):
        assert all(
            (each.counted, each.reached) == (None, None) for each in targets(Snapshot("2026-11", "", shown), "ko")
        )


def test_many_who_write_at_once_publish_the_latest(firm: Firm) -> None:
    firm.consent()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: firm.put("profile", {"employees": 1 + 60 * number}), range(8)))
    assert [answer.status_code for answer in made] == [200] * 8
    employees = firm.get().json()["state"]["profile"]["employees"]
    assert firm.own()["published"]["size_class"] == (
        "under_5" if employees < 5 else "50_299" if employees < 300 else "300_up"
    )
