"""Diagnoses over HTTP where several people, kills, goals and versions of the questions come between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.casefile import CaseFile, CaseFileError
from assistant.diagnosis.hearing import LONGEST, Heard
from assistant.diagnosis.mapping import Examples
from knowledge import starter
from knowledge.instrument import Item, instrument
from retrieval.korean import Tokenizer
from serving import diagnosing
from serving.accounts.roles import Role
from serving.api import casefile, diagnoses
from serving.diagnosing import Diagnosing
from serving.overview import Fact
from tests.installation import Installation, installed
from tests.serving.diagnosing import Day, Firm

pytestmark = pytest.mark.proof

FIRST = [item.id for item in instrument().items("first")]
WHEN = Day()
MAY = date(2026, 5, 20)


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", list)
        for module in (diagnosing, diagnoses, casefile):
            patch.setattr(module, "korea", WHEN)
        patch.setattr(Examples, "read", heard)
        home: Path = tmp_path_factory.mktemp("home")
        with installed(home, tokenizer, headers=False, person_a_minute=10**6, company_a_minute=10**6) as its:
            yield its


def heard(_: Examples, item: Item, text: str) -> Heard:
    return Heard("value", "spreadsheet") if "엑셀" in text else Heard("unclear", nearest=item.values[:2], share=0.2)


@pytest.fixture
def firm(its: Installation) -> Firm:
    return Firm(its)


@pytest.fixture
def day() -> Iterator[Day]:
    yield WHEN
    WHEN.at = None


def answers(firm: Firm, diagnosis: str) -> dict[str, Any]:
    return {each["question_id"]: each for each in firm.ok("GET", f"/{diagnosis}")["answers"]}


def counted(firm: Firm) -> list[Any]:
    found: list[Any] = firm.case()["state"]["diagnoses"]
    return found


def without_closing(patch: pytest.MonkeyPatch) -> None:
    """As if the server were killed between an answer and the case file."""
    patch.setattr(Diagnosing, "close", lambda *_: False)


# What was meant.


def test_a_body_is_not_needed_to_begin(firm: Firm) -> None:
    assert firm.ok("POST")["progress"]["total"] == len(FIRST)


def test_what_is_said_to_another_question_than_is_at_hand_is_refused(firm: Firm) -> None:
    diagnosis = firm.start()
    body = {"text": "2", "question_id": FIRST[0], "proposed": None}
    assert firm.ok("POST", f"/{diagnosis}/say", json=body)["outcome"] == "recorded"
    again = firm.send("POST", f"/{diagnosis}/say", json=body)
    assert (again.status_code, "질문이 바뀌어" in again.json()["title"]) == (409, True)
    assert list(answers(firm, diagnosis)) == [FIRST[0]]
    firm.ok("POST", f"/{diagnosis}/at", json={"question_id": "records"})
    body = {"text": "엑셀로 관리해요", "question_id": "records"}
    assert firm.ok("POST", f"/{diagnosis}/say", json=body)["proposed"] == "spreadsheet"
    for proposed, status in (("paper", 409), (None, 409), ("spreadsheet", 200)):
        said = {"text": "네", "question_id": "records", "proposed": proposed}
        assert firm.send("POST", f"/{diagnosis}/say", json=said).status_code == status
    assert firm.ok("GET", f"/{diagnosis}")["longest"] == LONGEST


def test_what_a_colleague_answered_meanwhile_stays(firm: Firm) -> None:
    other = firm.person()[0]
    diagnosis = firm.start()
    assert firm.say(diagnosis, "음 그게")["outcome"] == "unclear"
    firm.answer(diagnosis, FIRST[0], "reviewed", other)
    assert firm.send("POST", f"/{diagnosis}/say", json={"text": "1"}).status_code == 409
    assert answers(firm, diagnosis)[FIRST[0]]["value"] == "reviewed"
    assert firm.ok("GET", f"/{diagnosis}")["next"]["question_id"] == FIRST[1]


def test_questions_of_a_deep_diagnosis_are_none_of_a_first_one(firm: Firm) -> None:
    deeper = next(item for item in instrument().items() if item.depth == "deep")
    diagnosis = firm.start()
    for method, path, body in (
        ("POST", "/answers", {"question_id": deeper.id, "value": deeper.values[0]}),
        ("POST", "/at", {"question_id": deeper.id}),
        ("GET", f"/hints/{deeper.id}", None),
    ):
        assert firm.send(method, f"/{diagnosis}{path}", json=body).status_code == 422, path


# Parts.


def test_a_part_is_nobody_elses_to_answer_until_an_admin_releases_it_or_its_holder_leaves(firm: Firm) -> None:
    office = firm.its.base.office
    holder = office.accounts.people.add(Role.STAFF, firm.company, "이 과장")
    one = {"Cookie": f"giljabi_session={office.signed_in(holder, 'link')}"}
    diagnosis = firm.start()
    firm.ok("PUT", f"/{diagnosis}/parts", one, json={"mine": ["strategy", "data"]})
    body = {"question_id": FIRST[0], "value": "none"}
    for path, sent in (("answers", body), ("at", {"question_id": FIRST[0]})):
        refused = firm.send("POST", f"/{diagnosis}/{path}", json=sent)
        assert (refused.status_code, "맡은" in refused.json()["title"]) == (422, True), path
    releasing = {"mine": [], "release": ["data"]}
    assert firm.send("PUT", f"/{diagnosis}/parts", json=releasing).status_code == 403
    admin = firm.its.key("admin", firm.company)
    firm.ok("PUT", f"/{diagnosis}/parts", admin, json=releasing)
    assert list(firm.ok("GET", f"/{diagnosis}")["parts"]) == ["strategy"]
    office.revoke_person(holder.person_id, firm.company, "admin")
    assert firm.ok("GET", f"/{diagnosis}")["parts"] == {}
    firm.answer(diagnosis, FIRST[0], "none")
    firm.ok("PUT", f"/{diagnosis}/parts", json={"mine": ["strategy"]})


# Evidence.


def test_evidence_is_added_and_taken_away_piece_by_piece(firm: Firm) -> None:
    one, two = (
        firm.its.add(f"{name}.md", f"# {name}\n\n본문\n".encode(), firm.staff)["document_id"] for name in "가나"
    )
    diagnosis = firm.start()
    firm.answer(diagnosis, "records", "paper", evidence_document_id=one, why="올해 시작했다")
    firm.answer(diagnosis, "records", "paper", evidence_document_id=two)
    kept = answers(firm, diagnosis)["records"]
    assert ([each["document_id"] for each in kept["evidence"]], kept["why"]) == ([one, two], "올해 시작했다")
    path = f"/{diagnosis}/answers/records/evidence"
    assert firm.send("DELETE", f"{path}/{one}").status_code == 204
    assert firm.send("DELETE", f"{path}/{one}").status_code == 404
    kept = answers(firm, diagnosis)["records"]
    assert ([each["document_id"] for each in kept["evidence"]], kept["why"]) == ([two], "올해 시작했다")
    unknown = {"question_id": "records", "value": "unknown", "evidence_document_id": one}
    assert firm.send("POST", f"/{diagnosis}/answers", json=unknown).status_code == 422
    firm.answer(diagnosis, "records", "spreadsheet")
    assert answers(firm, diagnosis)["records"]["evidence"] == []


def test_documents_to_read_have_names_in_the_report(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = {name: (f"doc-{name}", name) for area in instrument().areas for name in (*area.funding, *area.training)}
    monkeypatch.setattr(diagnosing, "shipped", lambda: shipped)
    diagnosis = firm.start()
    firm.fill(diagnosis)
    gaps = firm.ok("GET", f"/{diagnosis}/report")["gaps"]
    linked = [each for gap in gaps for each in (*gap["funding"], *gap["training"])]
    assert linked
    assert all(each == {"document_id": f"doc-{each['title']}", "title": each["title"]} for each in linked)


# The case file.


def test_new_goals_and_another_profile_reach_the_case_file_and_what_is_published(firm: Firm) -> None:
    diagnosis = firm.start()
    firm.fill(diagnosis)
    consents: Any = firm.its.http.app.state.wiring.consents  # type: ignore[attr-defined]
    admin = firm.its.key("admin", firm.company)
    agreed = firm.its.http.put("/api/company/consents", json={"overview": True}, headers=admin)
    assert agreed.is_success, agreed.text
    for what, body in (
        ("wishes", {"goals": ["safety"], "losses": {"accidents": 3}}),
        ("profile", {"sector": "C25", "machines": ["press"]}),
        ("wishes", {"goals": ["energy"], "losses": {}}),
    ):
        firm.state(what, body)
        gaps = [gap["area"] for gap in firm.ok("GET", f"/{diagnosis}/report")["gaps"]]
        assert counted(firm)[-1]["top_gaps"] == gaps
        assert consents.published(firm.company)[Fact.TOP_GAP] == gaps[0]
    entries = len(firm.case()["timeline"])
    firm.state("wishes", {"goals": ["energy"], "losses": {}})
    assert len(firm.case()["timeline"]) == entries  # what says the same is no new entry


def test_mending_an_old_diagnosis_makes_it_neither_newest_nor_before_the_newer(firm: Firm, day: Day) -> None:
    made = []
    for at, since in enumerate((0, 9)):
        day.at = MAY + timedelta(days=since)
        made.append(firm.start())
        firm.fill(made[-1], at + 1)
    day.at = MAY + timedelta(days=19)
    firm.answer(made[0], "plan", "talked")
    assert [each["diagnosis_id"] for each in counted(firm)] == made
    assert [each["day"] for each in counted(firm)] == [str(MAY), str(MAY + timedelta(days=9))]
    assert firm.ok("GET", f"/{made[0]}/report")["previous"] is None
    before = firm.ok("GET", f"/{made[1]}/report")["previous"]
    assert before is not None
    assert before["day"] == str(MAY)


def test_goals_reach_what_was_finished_last_though_another_was_begun_after_it(firm: Firm, day: Day) -> None:
    day.at = MAY
    slow = firm.start()
    firm.fill(firm.start())
    day.at = MAY + timedelta(days=5)
    firm.fill(slow)
    firm.state("wishes", {"goals": ["safety"], "losses": {"accidents": 3}})
    assert [each["diagnosis_id"] for each in counted(firm)][-1] == slow
    gaps = [gap["area"] for gap in firm.ok("GET", f"/{slow}/report")["gaps"]]
    assert "workplace_safety" in gaps
    assert counted(firm)[-1]["top_gaps"] == gaps


def test_what_a_kill_kept_out_of_the_case_file_is_written_when_the_place_is_opened(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnosis, mended = firm.start(), firm.start()
    firm.fill(mended)
    with monkeypatch.context() as patch:
        without_closing(patch)
        firm.fill(diagnosis)
        firm.answer(mended, "records", "automatic")
    [stale] = counted(firm)
    assert firm.its.product.close(firm.company)
    found = {each["diagnosis_id"]: each for each in counted(firm)}
    assert found.keys() == {diagnosis, mended}
    assert found[mended]["overall"] > stale["overall"]
    entries = len(firm.case()["timeline"])
    assert firm.its.product.close(firm.company)
    assert len(firm.case()["timeline"]) == entries


def test_it_is_written_with_the_next_diagnosis_too(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis = firm.start()
    with monkeypatch.context() as patch:
        without_closing(patch)
        firm.fill(diagnosis)
    assert counted(firm) == []
    firm.start()
    assert [each["diagnosis_id"] for each in counted(firm)] == [diagnosis]


def test_what_somebody_took_out_of_the_case_file_stays_out(firm: Firm) -> None:
    firm.fill(firm.start())
    [entry] = [each for each in firm.case()["timeline"] if each["kind"] == "diagnosis"]
    path = f"/api/casefile/entries/{entry['entry_id']}"
    assert firm.its.http.delete(path, headers=firm.staff).status_code == 204
    assert firm.its.product.close(firm.company)
    firm.state("wishes", {"goals": ["safety"], "losses": {}})
    firm.start()
    assert counted(firm) == []


def test_the_slower_of_two_answers_leaves_nothing_older(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis = firm.start()
    firm.fill(diagnosis)
    add, raced = CaseFile.add, []

    def slow(self: CaseFile, *said: Any) -> Any:
        """Before what the one found is written, the other has answered and written it."""
        if not raced:
            raced.append(True)
            firm.answer(diagnosis, "collection", "all_live")
        return add(self, *said)

    monkeypatch.setattr(CaseFile, "add", slow)
    firm.answer(diagnosis, "records", "automatic")
    report = firm.ok("GET", f"/{diagnosis}/report")
    assert [each["overall"] for each in counted(firm)] == [report["readiness"]["overall"]]


def test_a_diagnosis_is_deleted_from_the_case_file_first(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis = firm.start()
    firm.fill(diagnosis)
    firm.answer(diagnosis, "records", "automatic")

    def fails(*_: Any) -> Any:
        raise CaseFileError("case_full")

    with monkeypatch.context() as patch:
        patch.setattr(CaseFile, "remove", fails)
        assert firm.send("DELETE", f"/{diagnosis}").status_code == 422
    assert firm.send("DELETE", f"/{diagnosis}").status_code == 204
    assert counted(firm) == []
    assert firm.its.product.close(firm.company)
    assert counted(firm) == []


def test_corrected_entries_of_a_deleted_diagnosis_count_no_longer(firm: Firm) -> None:
    diagnosis = firm.start()
    firm.fill(diagnosis)
    with firm.its.product.opened(firm.company) as opened:
        case = opened.diagnosing.case
        [entry] = case.entries()
        case.correct(entry.entry_id, entry.data, "person", WHEN())  # type: ignore[arg-type]
    assert firm.send("DELETE", f"/{diagnosis}").status_code == 204
    assert counted(firm) == []


# Versions.


@pytest.mark.parametrize("what", ["version", "value"])
def test_a_diagnosis_of_other_questions_is_listed_and_deleted_and_no_more(firm: Firm, what: str) -> None:
    with firm.its.product.opened(firm.company) as opened:
        kept, interview = opened.diagnosing.kept, opened.diagnosing.interview
        begun = kept.start("0.9" if what == "version" else "1.0", "first", "person", MAY, asked=["records", "plan"])
        answered = interview.answer(begun, "person", "records", "paper")
        given = answered.given["records"]
        gone = given.answer.__class__("records", "gone")
        kept.answer(begun.diagnosis_id, [given.__class__(gone, "chosen", "person", given.at)], MAY)
    diagnosis = begun.diagnosis_id
    refused = [
        firm.send(method, f"/{diagnosis}{path}", json=body)
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/report", None),
            ("GET", "/hints/records", None),
            ("POST", "/answers", {"question_id": "records", "value": "paper"}),
            ("POST", "/say", {"text": "1번"}),
            ("POST", "/at", {"question_id": "records"}),
            ("PUT", "/parts", {"mine": []}),
            ("DELETE", "/answers/records/evidence/doc-1", None),
        )
    ]
    assert {answer.status_code for answer in refused} == {409}
    assert all("예전 판" in answer.json()["title"] for answer in refused)
    [row] = firm.ok("GET")["diagnoses"]
    assert (row["current"], row["finished"], row["answered"], row["total"]) == (False, False, 1, 2)
    assert firm.its.product.close(firm.company)
    assert firm.ok("GET")["diagnoses"]
    assert firm.send("DELETE", f"/{diagnosis}").status_code == 204
