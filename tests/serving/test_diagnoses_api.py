"""The self-diagnosis over HTTP: the contract of its routes, who may do what, evidence, the case file, and again later."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.diagnosis.hearing import Heard
from assistant.diagnosis.mapping import Examples
from knowledge import starter
from knowledge.instrument import Item, instrument
from retrieval.korean import Tokenizer
from serving import diagnosing
from serving.accounts.roles import Role
from serving.api import diagnoses
from tests.installation import Installation, bearer, installed
from tests.knowledge.shells import as_json, environment, property_, shell, submodel
from tests.serving.diagnosing import Day, Firm

pytestmark = pytest.mark.proof

LIBRARY = [("공용.md", "# 공용 자료\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
FIRST = [item.id for item in instrument().items("first")]
DEEP = [item.id for item in instrument().items("deep")]
WHEN = Day()
MAY = date(2026, 5, 20)


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: LIBRARY)
        patch.setattr(diagnosing, "korea", WHEN)
        patch.setattr(diagnoses, "korea", WHEN)
        patch.setattr(Examples, "read", heard)
        home: Path = tmp_path_factory.mktemp("home")
        with installed(home, tokenizer, headers=False, person_a_minute=10**6, company_a_minute=10**6) as its:
            yield its


def heard(_: Examples, item: Item, text: str) -> Heard:
    """In place of what takes seconds to train; the real one is in `test_mapping` and `test_diagnoses_proof`."""
    return Heard("value", "spreadsheet") if "엑셀" in text else Heard("unclear", nearest=item.values[:2], share=0.2)


@pytest.fixture
def firm(its: Installation) -> Firm:
    return Firm(its)


@pytest.fixture
def day() -> Iterator[Day]:
    yield WHEN
    WHEN.at = None


def log_file(every: int) -> bytes:
    begin = datetime(2026, 3, 2, 8, 0, 0)  # noqa: DTZ001 - a wall clock
    rows = [f"{begin + timedelta(seconds=every * row)},{20 + row}" for row in range(30)]
    return "\n".join(["시각,온도", *rows]).encode()


def press_shell(*names: str, kind: str = "Instance") -> bytes:
    parts = [submodel(name, property_("Record", "1"), kind=kind, name="PRESS") for name in names]
    return as_json(environment(shell("PRESS", *parts), submodels=parts))


# The contract.


def test_a_diagnosis_begins_with_its_first_question(firm: Firm) -> None:
    begun = firm.ok("POST", json={"depth": "first"})
    assert begun.keys() == {"diagnosis_id", "next", "proposed", "progress"}
    question = begun["next"]
    assert {"question_id", "text", "choices"} <= question.keys()
    assert question["question_id"] == FIRST[0]
    item = instrument().item(FIRST[0])
    assert [choice["value"] for choice in question["choices"]] == [*item.values, "unknown"]
    assert [choice["text"] for choice in question["choices"][:-1]] == [anchor.text for anchor in item.anchors]
    assert question["choices"][-1]["text"]
    assert begun["progress"] == {"answered": 0, "total": len(FIRST), "left_to_others": 0}
    assert begun["proposed"] is None
    assert firm.ok("POST", json={})["progress"]["total"] == len(FIRST)
    assert firm.ok("POST", json={"depth": "deep"})["progress"]["total"] == len(DEEP)


def test_answers_lead_on_until_none_is_left(firm: Firm) -> None:
    diagnosis = firm.start()
    asked = []
    begun = firm.ok("GET", f"/{diagnosis}")
    while begun["next"]:
        asked.append(begun["next"]["question_id"])
        begun = firm.answer(diagnosis, asked[-1], begun["next"]["choices"][1]["value"])
    assert asked == FIRST
    form = firm.ok("GET", f"/{diagnosis}")
    assert (form["finished"], form["next"], len(form["answers"])) == (True, None, len(FIRST))
    assert [question["question_id"] for question in form["questions"]] == FIRST
    assert [answer["question_id"] for answer in form["answers"]] == FIRST
    assert "공식" in form["notice"]
    [row] = firm.ok("GET")["diagnoses"]
    assert (row["diagnosis_id"], row["finished"], row["answered"], row["total"]) == (diagnosis, True, 21, 21)
    assert (row["version"], row["depth"], row["day"]) == ("1.0", "first", WHEN().isoformat())


def test_the_report_has_the_keys_of_the_contract(firm: Firm) -> None:
    diagnosis = firm.start()
    empty = firm.ok("GET", f"/{diagnosis}/report")
    assert (empty["system_level"], empty["readiness"]["overall"], empty["gaps"]) == (None, None, [])
    assert empty["previous"] is None
    firm.fill(diagnosis)
    found = firm.ok("GET", f"/{diagnosis}/report")
    assert found["system_level"] == "none"
    assert found["readiness"].keys() == {"overall", "dimensions"}
    assert 0 < found["readiness"]["overall"] < 5
    assert [each["id"] for each in found["readiness"]["dimensions"]] == [each.id for each in instrument().dimensions]
    for each in found["readiness"]["dimensions"]:
        assert {"id", "name", "score", "evidence"} <= each.keys()
        assert each["evidence"] == "declared"
    assert len(found["gaps"]) == 3
    assert all(len(gap["use_cases"]) == 3 for gap in found["gaps"])
    assert found["roadmap"]["quick_wins"]
    assert [stage["step"] for stage in found["roadmap"]["stages"]] == ["automation", "intelligence", "autonomy"]
    assert "readiness" not in found["system"]
    assert (found["company"], found["previous"]) == (firm.name, None)
    assert found["ai"].keys() == {"ko", "en"}
    assert "공식" in found["notice"]


def test_what_is_not_there_or_cannot_be_is_refused_in_korean(firm: Firm) -> None:
    diagnosis = firm.start()
    answers = f"/{diagnosis}/answers"
    good = {"question_id": "records", "value": "paper"}
    cases: list[tuple[str, str, Any, int]] = [
        ("GET", "/diag-none", None, 404),
        ("GET", "/diag-none/report", None, 404),
        ("GET", "/diag-none/hints/records", None, 404),
        ("DELETE", "/diag-none", None, 404),
        ("POST", "/diag-none/answers", good, 404),
        ("POST", "/diag-none/say", {"text": "1번"}, 404),
        ("POST", "/diag-none/at", {"question_id": "records"}, 404),
        ("PUT", "/diag-none/parts", {"mine": []}, 404),
        ("POST", answers, {**good, "question_id": "none"}, 422),
        ("POST", answers, {**good, "value": "none"}, 422),
        ("POST", answers, {**good, "value": ""}, 422),
        ("POST", answers, {**good, "score": 5}, 422),
        ("POST", answers, {**good, "value": 1}, 422),
        ("POST", answers, {**good, "why": "가" * 1001}, 422),
        ("POST", answers, {**good, "why": "가\0나"}, 422),
        ("POST", answers, {**good, "evidence_path": "TimeSeries/Segments"}, 422),
        ("POST", answers, {"question_id": "records"}, 422),
        ("POST", f"/{diagnosis}/say", {"text": "가" * 1001}, 422),
        ("POST", f"/{diagnosis}/say", {"text": "가\0"}, 422),
        ("POST", f"/{diagnosis}/say", {"text": " \n "}, 422),
        ("POST", f"/{diagnosis}/say", {"text": ""}, 422),
        ("POST", f"/{diagnosis}/at", {"question_id": "none"}, 422),
        ("PUT", f"/{diagnosis}/parts", {"mine": ["none"]}, 422),
        ("PUT", f"/{diagnosis}/parts", {"mine": ["data"] * 21}, 422),
        ("GET", f"/{diagnosis}/hints/none", None, 422),
        ("GET", f"/{diagnosis}/report?format=exe", None, 422),
        ("POST", "", {"depth": "third"}, 422),
    ]
    for method, path, body, status in cases:
        answer = firm.send(method, path, json=body)
        assert answer.status_code == status, (method, path, body, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert any("가" <= letter <= "힣" for letter in answer.json()["title"]), answer.text
    half = b'{"text": "\\ud800"}'
    headers = {**firm.staff, "Content-Type": "application/json"}
    assert firm.send("POST", f"/{diagnosis}/say", headers, content=half).status_code == 422
    assert firm.ok("GET", f"/{diagnosis}")["answers"] == []


def test_a_thousand_characters_are_taken(firm: Firm) -> None:
    diagnosis = firm.start()
    firm.answer(diagnosis, "records", "paper", why="가" * 1000)
    assert firm.ok("GET", f"/{diagnosis}")["answers"][0]["why"] == "가" * 1000
    assert firm.say(diagnosis, "3번".ljust(1000))["outcome"] == "recorded"


# Who may.


def test_another_companys_diagnosis_is_like_none(firm: Firm, its: Installation) -> None:
    other = Firm(its)
    diagnosis = other.start()
    body = {"question_id": "records", "value": "paper"}
    for method, path, sent in (
        ("GET", "", None),
        ("GET", "/report", None),
        ("GET", "/hints/records", None),
        ("POST", "/answers", body),
        ("POST", "/say", {"text": "1번"}),
        ("POST", "/at", {"question_id": "records"}),
        ("PUT", "/parts", {"mine": []}),
        ("DELETE", "", None),
    ):
        theirs, none = (firm.send(method, f"/{name}{path}", json=sent) for name in (diagnosis, "diag-none"))
        assert (theirs.status_code, theirs.content) == (404, none.content), path
    assert firm.ok("GET")["diagnoses"] == []
    assert other.ok("GET", f"/{diagnosis}")["answers"] == []


def test_a_consultant_who_was_let_in_reads_and_does_not_answer(firm: Firm, its: Installation) -> None:
    diagnosis = firm.start()
    key, secret = its.base.office.make_key(Role.CONSULTANT, None, "컨설턴트", "operator")
    headers = {**bearer(secret), "X-Giljabi-Company": firm.company}
    assert firm.send("GET", f"/{diagnosis}", headers).status_code == 403
    its.base.office.grant(firm.company, key.key_id, 7, "admin")
    for path in ("", f"/{diagnosis}", f"/{diagnosis}/report", f"/{diagnosis}/hints/records"):
        assert firm.send("GET", path, headers).status_code == 200, path
    assert firm.send("GET", f"/{diagnosis}/report", headers).content == firm.report(diagnosis)
    answer = firm.send("POST", f"/{diagnosis}/answers", headers, json={"question_id": "records", "value": "paper"})
    assert answer.status_code == 403
    assert firm.send("POST", f"/{diagnosis}/say", headers, json={"text": "1번"}).status_code == 403
    assert firm.send("POST", "", headers, json={}).status_code == 403
    assert firm.send("DELETE", f"/{diagnosis}", headers).status_code == 403
    assert firm.ok("GET", f"/{diagnosis}")["answers"] == []


@pytest.mark.parametrize("role", ["trainer", "host", "operator"])
def test_nobody_else_reads_one(firm: Firm, its: Installation, role: str) -> None:
    diagnosis = firm.start()
    headers = its.key(role)
    for method, path in (
        ("GET", ""),
        ("GET", f"/{diagnosis}"),
        ("GET", f"/{diagnosis}/report"),
        ("POST", ""),
        ("DELETE", f"/{diagnosis}"),
    ):
        assert firm.send(method, path, headers, json={} if method == "POST" else None).status_code == 403, path


def test_the_log_says_who_began_finished_and_deleted(firm: Firm) -> None:
    diagnosis = firm.start()
    firm.fill(diagnosis)
    assert firm.send("DELETE", f"/{diagnosis}").status_code == 204
    assert firm.send("GET", f"/{diagnosis}").status_code == 404
    assert firm.ok("GET")["diagnoses"] == []
    done = firm.log(diagnosis)
    assert (done[0], done[-1], set(done[1:-1])) == ("diagnosis_started", "diagnosis_deleted", {"diagnosis_finished"})


# In one's own words.


def test_own_words_are_shown_as_they_were_understood_and_then_confirmed(firm: Firm) -> None:
    phone, desk = firm.person()
    diagnosis = firm.start(who=phone)
    firm.ok("POST", f"/{diagnosis}/at", phone, json={"question_id": "records"})
    turn = firm.say(diagnosis, "종이에 적은 걸 나중에 엑셀로 옮겨요", phone)
    assert (turn["outcome"], turn["proposed"]) == ("proposed", "spreadsheet")
    assert instrument().item("records").anchor("spreadsheet").text in turn["text"]
    assert turn["next"]["question_id"] == "records"
    there = firm.ok("GET", f"/{diagnosis}", desk)
    assert (there["next"]["question_id"], there["proposed"], there["answers"]) == ("records", "spreadsheet", [])
    assert firm.ok("GET", f"/{diagnosis}")["proposed"] is None  # somebody else's
    turn = firm.say(diagnosis, "아니요", phone)
    assert (turn["outcome"], turn["proposed"], turn["nearest"]) == ("unclear", None, [])
    turn = firm.say(diagnosis, "그때그때 다릅니다", phone)
    assert (turn["outcome"], turn["nearest"]) == ("unclear", ["paper", "spreadsheet"])
    assert firm.say(diagnosis, "종이에 적은 걸 나중에 엑셀로 옮겨요", phone)["proposed"] == "spreadsheet"
    turn = firm.say(diagnosis, "네", desk)
    assert (turn["outcome"], turn["proposed"], turn["next"]["question_id"]) == ("recorded", None, FIRST[0])
    [answer] = firm.ok("GET", f"/{diagnosis}")["answers"]
    assert (answer["value"], answer["origin"], answer["said"]) == (
        "spreadsheet",
        "said",
        "종이에 적은 걸 나중에 엑셀로 옮겨요",
    )


def test_what_is_said_comes_in_the_language_that_is_asked_for(firm: Firm) -> None:
    diagnosis = firm.start()
    english = {**firm.staff, "Accept-Language": "en"}
    assert firm.say(diagnosis, "MES가 뭐예요?")["outcome"] == "question"
    assert firm.say(diagnosis, "왜요?")["text"].startswith("여쭙는 까닭")
    assert firm.say(diagnosis, "why?", english)["text"].startswith("Why this is asked")
    assert firm.say(diagnosis, "나중에 할게요")["outcome"] == "stopped"


# Evidence.


def evidence(firm: Firm, diagnosis: str, question: str, value: str, document: str, path: str = "") -> Any:
    firm.answer(diagnosis, question, value, evidence_document_id=document, evidence_path=path)
    answers = {each["question_id"]: each for each in firm.ok("GET", f"/{diagnosis}")["answers"]}
    return answers[question]


def test_a_log_by_hand_does_not_carry_a_claim_of_collection_and_one_by_the_second_does(firm: Firm) -> None:
    hourly = firm.its.add("점검표.csv", log_file(3600), firm.staff)["document_id"]
    quick = firm.its.add("로거.csv", log_file(1), firm.staff)["document_id"]
    diagnosis = firm.start()
    doubted = evidence(firm, diagnosis, "collection", "main_live", hourly)
    assert (doubted["held"], doubted["evidence"][0]["state"]) == ("declared", "against")
    assert "1시간 간격" in doubted["evidence"][0]["note"]
    assert doubted["evidence"][0]["note"].endswith("확인해 주세요.")
    report = firm.ok("GET", f"/{diagnosis}/report")
    assert [doubt["items"] for doubt in report["doubts"]] == [["collection"]]
    both = evidence(firm, diagnosis, "collection", "main_live", quick)
    assert {each["document_id"]: each["state"] for each in both["evidence"]} == {hourly: "against", quick: "supports"}
    firm.ok("DELETE", f"/{diagnosis}/answers/collection/evidence/{hourly}")
    [held] = firm.ok("GET", f"/{diagnosis}")["answers"]
    assert (held["held"], [each["document_id"] for each in held["evidence"]]) == ("evidenced", [quick])
    report = firm.ok("GET", f"/{diagnosis}/report")
    assert report["doubts"] == []
    equipment = next(each for each in report["readiness"]["dimensions"] if each["id"] == "equipment")
    assert equipment["evidence"] == "evidenced"


def test_an_aas_answers_its_question_and_stands_beside_the_others(firm: Firm) -> None:
    document = firm.its.add("프레스.json", press_shell("TimeSeries", "Nameplate"), firm.staff)["document_id"]
    diagnosis = firm.start()
    [known] = firm.ok("GET", f"/{diagnosis}")["answers"]
    assert (known["question_id"], known["value"], known["origin"], known["held"]) == (
        "aas",
        "drafted",
        "known",
        "evidenced",
    )
    firm.answer(diagnosis, "collection", "main_live")
    pointed = evidence(firm, diagnosis, "collection", "main_live", document, "TimeSeries/Record")
    assert {each["state"] for each in pointed["evidence"]} == {"supports"}
    weak = evidence(firm, diagnosis, "collection", "main_live", document, "Nameplate/Record")
    assert "확인되지 않습니다" in next(each["note"] for each in weak["evidence"] if each["state"] == "against")
    firm.answer(diagnosis, "collection", "by_hand")
    report = firm.ok("GET", f"/{diagnosis}/report")
    assert [doubt["items"] for doubt in report["doubts"]][-1] == ["collection"]
    body = {
        "question_id": "collection",
        "value": "main_live",
        "evidence_document_id": document,
        "evidence_path": "TimeSeries/None",
    }
    refused = firm.send("POST", f"/{diagnosis}/answers", json=body)
    assert (refused.status_code, "idShort" in refused.json()["title"]) == (422, True)


def test_a_template_of_an_aas_tells_nothing_of_this_company(firm: Firm) -> None:
    document = firm.its.add("견본.json", press_shell("TimeSeries", kind="Template"), firm.staff)["document_id"]
    diagnosis = firm.start()
    assert firm.ok("GET", f"/{diagnosis}")["answers"] == []
    assert evidence(firm, diagnosis, "collection", "main_live", document, "TimeSeries/Record")["held"] == "declared"


def test_only_the_companys_own_read_documents_stand_for_an_answer(firm: Firm, its: Installation) -> None:
    other = Firm(its)
    theirs = its.add("남의 일지.csv", log_file(2), other.staff)["document_id"]
    listed = its.http.get("/api/documents", headers=firm.staff).json()["documents"]
    library = next(each["document_id"] for each in listed if each["collection"] == "library")
    with its.product.opened(firm.company) as opened:
        unread = opened.place.registry.add("# 아직\n\n읽지 않음\n".encode(), "아직.md", "시험")[0].document_id
    diagnosis = firm.start()
    titles = {}
    for name, document in (("theirs", theirs), ("library", library), ("none", "doc-none"), ("unread", unread)):
        body = {"question_id": "records", "value": "paper", "evidence_document_id": document}
        answer = firm.send("POST", f"/{diagnosis}/answers", json=body)
        assert answer.status_code == 422, name
        titles[name] = answer.json()["title"]
    assert titles["theirs"] == titles["library"] == titles["none"]
    assert "우리 회사 자료만" in titles["theirs"]
    assert "아직 읽지 못한" in titles["unread"]
    assert firm.ok("GET", f"/{diagnosis}")["answers"] == []


def test_a_report_outlives_the_document_that_an_answer_rests_on(firm: Firm) -> None:
    document = firm.its.add("로거.csv", log_file(5), firm.staff)["document_id"]
    diagnosis = firm.start()
    evidence(firm, diagnosis, "collection", "main_live", document)
    before = firm.ok("GET", f"/{diagnosis}/report")
    assert firm.its.http.delete(f"/api/documents/{document}", headers=firm.staff).status_code == 204
    after = firm.ok("GET", f"/{diagnosis}/report")
    assert [(each["held"], each["score"]) for each in before["answers"]] == [("evidenced", 4)]
    assert [(each["held"], each["score"]) for each in after["answers"]] == [("declared", 4)]  # nothing stands behind it
    assert after["readiness"]["overall"] == before["readiness"]["overall"]
    firm.answer(diagnosis, "records", "paper")
    assert firm.ok("GET", f"/{diagnosis}")["answers"]


def test_hints_are_the_companys_own_documents(firm: Firm) -> None:
    text = "# 작업일보\n\n생산일보와 생산실적을 적는다. 작업일보는 종이로 남긴다.\n".encode()
    document = firm.its.add("작업일보.md", text, firm.staff)["document_id"]
    firm.its.await_indexed(firm.staff)
    found = firm.ok("GET", f"/{firm.start()}/hints/records")["documents"]
    assert [each["document_id"] for each in found] == [document]
    assert found[0].keys() == {"document_id", "title", "locator"}


# Two people, two devices.


def test_two_people_take_parts(firm: Firm) -> None:
    one, two = firm.person()[0], firm.person()[0]
    diagnosis = firm.start(who=one)
    mine = firm.ok("PUT", f"/{diagnosis}/parts", one, json={"mine": ["strategy"]})
    assert mine["next"]["dimension"] == "strategy"
    begun = firm.ok("GET", f"/{diagnosis}", two)
    assert begun["next"]["dimension"] != "strategy"
    assert begun["progress"]["left_to_others"] == 2
    refused = firm.send("PUT", f"/{diagnosis}/parts", two, json={"mine": ["strategy", "data"]})
    assert (refused.status_code, "맡은" in refused.json()["title"]) == (422, True)
    assert list(firm.ok("GET", f"/{diagnosis}")["parts"]) == ["strategy"]
    firm.ok("PUT", f"/{diagnosis}/parts", one, json={"mine": []})
    assert firm.ok("PUT", f"/{diagnosis}/parts", two, json={"mine": ["strategy"]})["next"]["dimension"] == "strategy"


def test_answers_given_at_once_are_all_there(firm: Firm) -> None:
    diagnosis = firm.start()
    people = [firm.staff, firm.person()[0]]

    def give(at: int) -> None:
        firm.answer(diagnosis, FIRST[at], instrument().item(FIRST[at]).values[0], people[at % 2])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(give, range(len(FIRST))))
    assert firm.ok("GET", f"/{diagnosis}")["finished"]
    assert [each["diagnosis_id"] for each in firm.case()["state"]["diagnoses"]] == [diagnosis]


# The case file, and again.


def test_a_finished_diagnosis_stands_in_the_case_file_once(firm: Firm) -> None:
    diagnosis = firm.start()
    firm.fill(diagnosis)
    kinds = [entry["kind"] for entry in firm.case()["timeline"]]
    assert kinds == ["diagnosis"]
    report = firm.ok("GET", f"/{diagnosis}/report")
    [found] = firm.case()["state"]["diagnoses"]
    assert found["diagnosis_id"] == diagnosis
    assert (found["system_level"], found["overall"]) == (report["system_level"], report["readiness"]["overall"])
    assert found["dimensions"] == {each["id"]: each["score"] for each in report["readiness"]["dimensions"]}
    assert found["top_gaps"] == [gap["area"] for gap in report["gaps"]]
    firm.answer(diagnosis, "records", "automatic")
    [again] = firm.case()["state"]["diagnoses"]
    assert again["overall"] > found["overall"]


def test_an_unfinished_diagnosis_does_not(firm: Firm) -> None:
    firm.answer(firm.start(), "records", "paper")
    assert firm.case()["timeline"] == []


def test_a_profile_that_states_an_aas_answers_its_question(firm: Firm) -> None:
    firm.state("profile", {"sector": "C25", "machines": ["press"], "has_aas": True})
    diagnosis = firm.start()
    [known] = firm.ok("GET", f"/{diagnosis}")["answers"]
    assert (known["question_id"], known["origin"], known["held"]) == ("aas", "known", "declared")
    assert firm.ok("GET", f"/{diagnosis}/report")["sector"] == "금속 가공"


def test_new_goals_reorder_the_gaps_of_a_diagnosis_and_say_why(firm: Firm) -> None:
    diagnosis = firm.start()
    firm.fill(diagnosis)
    first = firm.ok("GET", f"/{diagnosis}/report")
    firm.state("wishes", {"goals": ["safety"], "losses": {"accidents": 3}})
    second = firm.ok("GET", f"/{diagnosis}/report")
    assert second["gaps"][0]["area"] == "workplace_safety"
    assert "'사고 줄이기'" in " ".join(second["gaps"][0]["because"])
    assert [gap["area"] for gap in first["gaps"]] != [gap["area"] for gap in second["gaps"]]
    assert second["readiness"] == first["readiness"]
    assert (second["goals"], second["losses"]) == (["사고 줄이기"], ["사고와 아차사고"])


def test_half_a_year_later_the_report_says_what_changed_and_why(firm: Firm, day: Day) -> None:
    day.at = MAY
    before = firm.start()
    firm.fill(before)
    same_day = firm.start()
    firm.fill(same_day, 2)
    assert firm.ok("GET", f"/{same_day}/report")["previous"] is None  # of one day: the same diagnosis made again
    unfinished = firm.start()
    firm.answer(unfinished, "records", "paper")
    day.at = MAY + timedelta(days=184)
    after = firm.start()
    firm.fill(after, 2)
    firm.answer(after, "records", "at_process", why="태블릿을 들였습니다.")
    found = firm.ok("GET", f"/{after}/report")["previous"]
    assert (found["day"], found["level_before"], found["level_after"]) == (MAY.isoformat(), "basic", "basic")
    assert [(each["item_id"], each["why"]) for each in found["changes"]] == [("records", "태블릿을 들였습니다.")]
    assert {each["id"] for each in found["dimensions"]} == {each.id for each in instrument().dimensions}
    assert found["overall_after"] >= found["overall_before"]
    assert firm.ok("GET", f"/{before}/report")["previous"] is None
    days = [entry["day"] for entry in firm.case()["state"]["diagnoses"]]
    assert days == [MAY.isoformat(), MAY.isoformat(), day.at.isoformat()]


def test_what_another_version_of_the_questions_found_is_no_before(firm: Firm, its: Installation, day: Day) -> None:
    day.at = MAY
    with its.product.opened(firm.company) as opened:
        kept, interview = opened.diagnosing.kept, opened.diagnosing.interview
        asked = list(instrument().items("first"))
        old = kept.start("0.9", "first", "person", MAY, asked=[item.id for item in asked])
        for item in asked:
            interview.answer(old, "person", item.id, item.values[1])
    day.at = MAY + timedelta(days=100)
    diagnosis = firm.start()
    firm.fill(diagnosis, 2)
    assert firm.ok("GET", f"/{diagnosis}/report")["previous"] is None
    assert [each["version"] for each in firm.ok("GET")["diagnoses"]] == ["1.0", "0.9"]


def test_a_deep_diagnosis_within_a_month_asks_only_what_is_new(firm: Firm, day: Day) -> None:
    day.at = MAY
    firm.fill(firm.start())
    day.at = MAY + timedelta(days=30)
    begun = firm.ok("POST", json={"depth": "deep"})
    assert begun["progress"] == {"answered": len(FIRST), "total": len(DEEP), "left_to_others": 0}
    assert begun["next"]["depth"] == "deep"
    day.at = MAY + timedelta(days=31)
    assert firm.ok("POST", json={"depth": "deep"})["progress"]["answered"] == 0
    assert [each["closed"] for each in firm.ok("GET")["diagnoses"]] == [False, False, True]
