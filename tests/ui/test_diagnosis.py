"""What is written into the tab for the diagnosis: the questions, the company, the result and the case file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from string import Formatter
from typing import Any

import pytest

from assistant import case_entries
from tests.ui.fake_api import ATTACK, EVIDENCE
from tests.ui.fake_diagnosis import GAP, INSTRUMENT, QUESTIONS, answered, case, entry, form, listed
from tests.ui.test_html import Tags
from ui.client import Client
from ui.diagnosis_text import SENTENCES
from ui.errors import ClientError
from ui.page.diagnosis_room import framed
from ui.page.firm import OddError, firm, sent
from ui.page.flow import Flow, Past
from ui.page.interview import interview, left_to_others
from ui.page.opening import opening
from ui.page.outcome import no_peers, peers, result, saving, which
from ui.page.proof import known
from ui.page.questions import parts, questions
from ui.page.reason import mended
from ui.page.regions import REGIONS
from ui.page.timeline import outcome_of, timeline, training_of
from ui.page.turn import Turn
from ui.text import Language

TODAY = date(2026, 11, 22)
BOTH: list[Language] = ["ko", "en"]
KEPT = {"kind", "depth", "held", "origin", "state", "standing", "system_level", "adoption", "fact", "month", "day"}
ENTRIES: list[dict[str, Any]] = [
    {"kind": "profile", "sector": "C25", "employees": 28, "machines": ["press"]},
    {"kind": "wishes", "goals": ["g0"], "losses": {"defects": 3}},
    {"kind": "diagnosis", "diagnosis_id": "diag-1", "version": "1.0", "depth": "first", "system_level": "middle_1",
     "overall": 1.8, "dimensions": {}, "top_gaps": ["production_records"]},
    {"kind": "use_case", "use_case": "vision", "state": "chosen", "area": None},
    {"kind": "programme", "programme": "p1", "name": "자율형공장", "state": "applied"},
    {"kind": "training", "title": "AI 기초", "lesson": None, "people": 3, "hours": 7.5},
    {"kind": "outcome", "month": "2026-10", "defects_ppm": 120.0, "accidents": 0, "adoption": "trial", "note": "좋아짐"},
    {"kind": "note", "text": "현장 회의"},
    {"kind": "removal", "about": "entry-9"},
]  # fmt: skip


def poisoned(value: Any) -> Any:
    """The same JSON with every text replaced but those that the page looks up."""
    if isinstance(value, dict):
        return {key: each if key in KEPT else poisoned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each) for each in value]
    return ATTACK if isinstance(value, str) else value


def known_of(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    profile = {"sector": "C25", "employees": 28, "machines": ["press"], "region": "경기"}
    return {**state, "profile": profile, "wishes": {"goals": ["g0"], "losses": {"defects": 3}}, **more}


def asked_between(**changes: Any) -> Past:
    turn = Turn("그게 뭐예요?").after("evidence", {"evidence": EVIDENCE, "conversation_id": "c", "turn_id": "t"})
    return Past("between", "records", "물음", "그게 뭐예요?", turn=replace(turn, **changes))


def everything(language: Language) -> list[str]:
    """Each piece of the tab, every text of what it shows being an attack."""
    made = poisoned(form([answered("records", "paper", evidence=[
        {"document_id": "d", "title": "일보", "path": "A/B", "state": "supports", "note": "맞음"}
    ])], proposed="paper", parts={"data": "somebody"}))  # fmt: skip
    state = poisoned(known_of(case()["state"], diagnoses=[{}]))
    flow = Flow(
        view="talk", diagnosis_id=ATTACK, said=ATTACK, said_of=ATTACK, nearest=(ATTACK,), proving=ATTACK, told=ATTACK,
        trouble=ATTACK, trouble_at=ATTACK,
        past=(Past("said", ATTACK, ATTACK, ATTACK, ATTACK), Past("told", said=ATTACK, note=ATTACK),
              asked_between(answer=ATTACK, phase="failed", error=ATTACK, notices=(ATTACK,))),
    )  # fmt: skip
    papers = {"hints": [{"document_id": ATTACK, "title": ATTACK, "locator": ATTACK}]}
    head = poisoned(listed(form([])))
    told = {
        **case(),
        "timeline": [entry(poisoned(each), n, entry_id=ATTACK, day=ATTACK) for n, each in enumerate(ENTRIES)],
    }
    spread = {
        "fact": "sector",
        "as_of": ATTACK,
        "n": 7,
        "cells": {ATTACK: 7},
        "own": ATTACK,
        "cell": ATTACK,
        "reason": None,
    }
    return [
        interview(made, flow, papers, "me", TODAY, language),
        interview({**made, "proposed": None}, flow, papers, "me", TODAY, language),
        questions(made, flow, papers, "me", language),
        firm(poisoned(INSTRUMENT), state, language, may_write=True, opened=True, flow=Flow(trouble=ATTACK, trouble_at="firm")),
        opening(poisoned(INSTRUMENT), {"state": state}, [head], flow, language, may_write=True),
        result(head, "", {"gaps": [poisoned(GAP)]}, [], language, may_write=True),
        which([head, head], ATTACK, language),
        timeline(told, INSTRUMENT, Flow(trouble=ATTACK, trouble_at="outcome"), "2026-11-22", language),
        peers({"month": ATTACK, "peers": [spread, {**spread, "cells": None, "reason": ATTACK}]}, language),
        no_peers(ClientError(ATTACK, 409), language),
        framed("", replace(flow, trouble_at="room"), language),
    ]  # fmt: skip


@pytest.mark.parametrize("language", BOTH)
def test_nothing_written_by_somebody_becomes_a_tag_or_a_script(language: Language) -> None:
    for html in everything(language):
        tags = Tags(html)
        assert not tags.open
        assert "script" not in {tag for tag, _ in tags.tags}
        assert not any(name.startswith("on") or name == "style" for _, named in tags.tags for name in named)
        assert "<img" not in html


@pytest.mark.parametrize("language", BOTH)
def test_every_button_says_what_it_does_and_every_field_has_a_label(language: Language) -> None:
    for html in everything(language):
        assert not re.search(r"<button[^>]*></button>", html)
        for field in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
            name = re.search(r'id="([^"]+)"', field)
            inside = re.search(r"<label[^>]*>(?:(?!</label>).)*" + re.escape(field), html, re.DOTALL)
            assert inside or (name and f'for="{name[1]}"' in html), field


def test_the_sentences_are_there_in_both_languages_with_the_same_blanks() -> None:
    for key, both in SENTENCES.items():
        blanks = [{name for _, name, _, _ in Formatter().parse(both[language]) if name} for language in BOTH]
        assert blanks[0] == blanks[1], key
        assert not re.search(r"[가-힣]", both["en"].replace("엑셀로 관리해요", "")), key


def test_a_question_shows_its_choices_from_worst_to_best_and_why_it_is_asked() -> None:
    html = interview(form(), Flow(view="talk"), {}, "me", TODAY, "ko")
    assert re.findall(r'data-value="(\w+)"', html) == ["none", "paper", "system", "unknown"]
    assert "기록이 있어야 배울 것이 있습니다." in html
    assert "화면이 있다." in html
    assert "데이터 · 생산 실적 기록" in html
    assert "지금까지의 결과 보기" not in html  # there is none


def test_what_was_understood_is_put_first_and_the_other_choices_after_it() -> None:
    flow = Flow(view="talk", said="일보에 적어요", said_of="records")
    html = interview(form(proposed="paper"), flow, {}, "me", TODAY, "ko")
    assert "‘종이로 한다’로 알아들었습니다." in html
    assert "일보에 적어요" in html
    assert html.index('data-act="confirm"') < html.index('data-value="none"')
    assert 'data-value="paper"' not in html


def test_words_of_another_question_are_not_shown_beside_this_one() -> None:
    flow = Flow(view="talk", said="일보에 적어요", said_of="trace", nearest=("none", "paper"))
    assert "일보에 적어요" not in interview(form(proposed="paper"), flow, {}, "me", TODAY, "ko")
    assert "이 가운데 하나입니까?" not in interview(form(), flow, {}, "me", TODAY, "ko")


def test_where_it_is_not_clear_the_two_nearest_come_first() -> None:
    flow = Flow(view="talk", said="그냥", said_of="records", nearest=("none", "system"))
    html = interview(form(), flow, {}, "me", TODAY, "ko")
    assert re.findall(r'data-value="(\w+)"', html) == ["none", "system", "paper", "unknown"]


def test_while_something_is_looked_up_no_answer_can_be_given() -> None:
    waiting = Flow(view="talk", past=(asked_between(),))
    html = interview(form(), waiting, {}, "me", TODAY, "ko")
    assert 'data-act="halt"' in html
    assert len(re.findall(r"data-act=\"choose\"[^>]* disabled", html)) == 4
    done = replace(waiting, past=(asked_between(answer="이것입니다. [1]", phase="done"),))
    html = interview(form(), done, {}, "me", TODAY, "ko")
    assert 'data-card="d0-1"' in html
    assert "disabled" not in html
    assert "다시 여쭙습니다." in html


@pytest.mark.parametrize(("kind", "told"), [
    ("chosen", "보기에서 골랐습니다."),
    ("said", "‘종이로 한다’로 적었습니다. (맞다고 하심)"),
    ("corrected", "‘종이로 한다’로 고쳐 적었습니다."),
    ("unknown", "점수를 깎지 않으며"),
])  # fmt: skip
def test_an_answer_says_how_it_was_taken(kind: Any, told: str) -> None:
    value, words = ("unknown", "잘 모르겠습니다") if kind == "unknown" else ("paper", "종이로 한다")
    past = Past(kind, "records", "물음", "일보에 적어요", words)
    html = interview(form([answered("records", value)]), Flow(view="talk", past=(past,)), {}, "me", TODAY, "ko")
    assert told in html
    assert ("근거 붙이기" in html) == (kind != "unknown")


def test_what_was_known_beforehand_is_told_apart_and_can_be_changed() -> None:
    html = interview(form([answered("records", "paper", origin="known")]), Flow(view="talk"), {}, "me", TODAY, "ko")
    assert "지난 진단에서 가져옴" in html
    assert "AAS에서 알게 됨" in known(answered("aas", "paper", origin="known"), "ko")
    assert "답 1개는 다시 묻지 않습니다" in html
    assert 'data-act="at" data-question="records"' in html


def test_evidence_is_chosen_among_the_likely_and_the_other_documents() -> None:
    flow = Flow(view="talk", proving="records", past=(Past("chosen", "records", "물음", "", "종이로 한다"),))
    papers = {"hints": [{"document_id": "d1", "title": "일보", "locator": "p. 1"}], "others": [{"document_id": "d2", "title": "표준"}]}  # fmt: skip
    made = form([answered("records", "paper")])
    html = interview(made, flow, papers, "me", TODAY, "ko")
    assert (
        html.index("있을 것 같은 자료") < html.index('value="d1"') < html.index("다른 자료") < html.index('value="d2"')
    )
    assert "선언" in html
    assert "아직 올린 자료가 없습니다" in interview(made, flow, {}, "me", TODAY, "ko")


def test_evidence_that_speaks_against_an_answer_is_said_to() -> None:
    against = {"document_id": "d", "title": "일보", "path": "", "state": "against", "note": "종이뿐입니다."}
    html = questions(form([answered("records", "system", evidence=[against])]), Flow(view="form"), {}, "me", "ko")
    assert "자료와 다름" in html
    assert "종이뿐입니다." in html


def test_the_form_groups_by_dimension_and_marks_what_has_no_answer() -> None:
    html = questions(form([answered("records", "paper")]), Flow(view="form"), {}, "me", "ko")
    assert re.findall(r'data-dimension="(\w+)"', html) == ["data", "safety"]
    assert html.count("아직 답 없음") == 3
    assert '<input type="radio" name="records" value="paper" data-set checked>' in html
    assert html.count(" checked") == 1
    assert "2개 가운데 1개" in html


def test_an_error_stands_beside_the_question_it_concerns() -> None:
    html = questions(form(), Flow(view="form", trouble="안 됩니다.", trouble_at="trace"), {}, "me", "ko")
    before, after = html.split("안 됩니다.")
    assert before.rindex('data-question="trace"') > before.rindex('data-question="records"')
    assert 'data-question="trace"' not in after.split("</fieldset>")[0]


def test_a_part_of_somebody_else_cannot_be_taken_and_its_questions_are_named() -> None:
    made = form(parts={"data": "other", "safety": "me"})
    html = parts(made, Flow(view="form"), "me", "ko")
    assert 'name="part_data" value="1" disabled' in html
    assert 'name="part_safety" value="1" checked' in html
    assert "other" not in re.sub(r'data-state="[^"]*"', "", html)  # who it is stays unsaid: only an id is known
    left = left_to_others(made, "me", "ko")
    assert [each["text"] in left for each in QUESTIONS] == [True, True, False, False]


def test_the_end_says_what_is_left_to_others() -> None:
    done = [answered(each["question_id"], "paper") for each in QUESTIONS]
    assert "질문이 모두 끝났습니다" in interview(form(done), Flow(view="talk"), {}, "me", TODAY, "ko")
    made = form(done[:2], next=None, parts={"safety": "other"})
    made["progress"]["left_to_others"] = 2
    html = interview(made, Flow(view="talk"), {}, "me", TODAY, "ko")
    assert "다른 분이 맡은 질문이 2개 남았습니다" in html
    assert "위험을 어떻게 찾습니까?" in html


def test_the_company_is_folded_once_it_is_known() -> None:
    empty, known = case()["state"], known_of(case()["state"])
    assert "<details open" not in firm(INSTRUMENT, known, "ko", may_write=True, opened=False).replace(" data-firm", "")
    html = firm(INSTRUMENT, known, "ko", may_write=True, opened=False)
    assert "<dd>금속가공제품</dd>" in html
    assert "<dd>불량과 재작업 (큼)</dd>" in html
    assert "새로 계산됩니다" not in html
    assert "새로 계산됩니다" in firm(INSTRUMENT, {**known, "diagnoses": [{}]}, "ko", may_write=True, opened=False)
    assert "<form" not in firm(INSTRUMENT, known, "ko", may_write=False, opened=False)
    assert "아직 적은 것이 없습니다." in firm(INSTRUMENT, empty, "ko", may_write=False, opened=False)


def test_a_longer_code_of_the_companys_own_stays() -> None:
    state = known_of(case()["state"], profile={"sector": "25913"})
    html = firm(INSTRUMENT, state, "ko", may_write=True, opened=True)
    assert '<option value="25913" selected>금속가공제품 (25913)</option>' in html
    state = known_of(case()["state"], profile={"sector": "G46"})
    assert '<option value="G46" selected>지금대로 (G46)</option>' in firm(INSTRUMENT, state, "ko", may_write=True, opened=True)  # fmt: skip


def said_of(**fields: str) -> Any:
    return lambda name: fields.get(name, "")


def test_what_the_card_does_not_ask_about_stays_as_it_was() -> None:
    kept = {
        "kind": "profile",
        "day": "2026-01-01",
        "region": "경기",
        "small_business": True,
        "sector": "C24",
        "employees": 9,
    }
    said = said_of(
        sector="C25", region="경남", has_aas="no", employees="１,200명", machine_press="1", goal_g1="1", loss_defects="3",
        loss_downtime="0",
    )  # fmt: skip
    profile, wishes = sent(said, INSTRUMENT, kept, "ko")
    assert profile == {
        "small_business": True, "region": "경남", "has_aas": False, "sector": "C25", "employees": 1200, "machines": ["press"],
    }  # fmt: skip
    assert wishes == {"goals": ["g1"], "losses": {"defects": 3}}
    empty = {"sector": None, "region": None, "employees": None, "machines": [], "has_aas": None}
    assert sent(said_of(), INSTRUMENT, None, "ko")[0] == empty


def test_the_card_shows_the_region_and_the_aas_that_are_known() -> None:
    state = known_of(case()["state"], profile={"region": "경남", "has_aas": False})
    html = firm(INSTRUMENT, state, "ko", may_write=True, opened=True)
    assert '<option value="경남" selected>' in html
    assert '<option value="no" selected>' in html
    assert "<dt>지역</dt><dd>경남</dd>" in html
    assert tuple(REGIONS) == case_entries.REGIONS


@pytest.mark.parametrize("fields", [
    {"employees": "많음"}, {"employees": "0"}, {f"goal_g{n}": "1" for n in range(4)},
])  # fmt: skip
def test_what_cannot_be_sent_is_said_before_it_is(fields: dict[str, str]) -> None:
    with pytest.raises(OddError, match="주세요"):
        sent(said_of(**fields), INSTRUMENT, None, "ko")


def test_an_unfinished_diagnosis_is_offered_first() -> None:
    going, done = (
        listed(form([answered("records", "paper")])),
        {**listed(form()), "finished": True, "diagnosis_id": "old"},
    )
    html = opening(INSTRUMENT, case(), [going, done], Flow(view="start"), "ko", may_write=True)
    assert html.index("이어서 하기") < html.index("우리 회사") or html.index("이어서 하기") < html.index(
        'data-act="begin"'
    )
    assert "4개 가운데 1개에 답했습니다." in html
    assert "새로 시작하기" in html
    assert 'data-diagnosis="old"' in html
    assert "공식 수준확인이 아닙니다" in html


def test_a_diagnosis_by_older_questions_can_only_be_deleted() -> None:
    old = {**listed(form()), "current": False}
    html = opening(INSTRUMENT, case(), [old], Flow(view="start"), "ko", may_write=True)
    assert "이어서 하기" not in html
    assert "더 열 수 없습니다" in html
    assert 'data-act="discard"' in html
    assert 'data-act="go"' not in html


def test_who_only_reads_is_offered_results_alone() -> None:
    done = {**listed(form([answered("records", "paper")])), "finished": True}
    html = opening(INSTRUMENT, case(), [done], Flow(view="start"), "ko", may_write=False)
    assert set(re.findall(r'data-act="(\w+)"', html)) == {"go"}
    assert set(re.findall(r'data-view="(\w+)"', html)) == {"result"}
    html = result(done, "<p>보고서</p>", {"gaps": [GAP]}, [], "ko", may_write=False)
    assert "data-act" not in html
    told = {**case(), "may_write": False, "timeline": [entry(ENTRIES[0])]}
    html = timeline(told, INSTRUMENT, Flow(view="record"), "2026-11-22", "ko")
    assert "<form" not in html
    assert "data-act" not in html


def test_the_report_can_be_saved_in_four_ways() -> None:
    html = saving("diag/1", "ko")
    assert re.findall(r'href="([^"]+)" download', html) == [
        f"/api/diagnoses/diag%2F1/report?format={kind}" for kind in ("pdf", "docx", "html", "json")
    ]


def test_a_use_case_is_taken_up_or_let_go() -> None:
    head = {**listed(form()), "answered": 4}
    html = result(head, "", {"gaps": [GAP]}, [], "ko", may_write=True)
    assert 'data-case="vision" data-state="chosen" data-area="production_records"' in html
    assert "다시 진단하기" in html
    html = result(head, "", {"gaps": [GAP]}, [{"use_case": "vision"}], "ko", may_write=True)
    assert 'data-state="dropped"' in html
    assert "아직 3개에 답하지 않은" in result({**head, "answered": 1}, "", {"gaps": []}, [], "ko", may_write=True)


def test_peers_mark_ones_own_place_and_say_why_there_are_none() -> None:
    spread = {"fact": "system_level", "as_of": "2026-11", "n": 12, "cells": {"basic": 7, "middle_1": 5},
              "own": "basic", "cell": "basic", "reason": None}  # fmt: skip
    html = peers({"month": "2026-11", "peers": [spread]}, "ko")
    assert html.count(">우리 회사<") == 1
    assert "12곳" in html
    html = peers({"month": "2026-11", "peers": [{**spread, "cells": None, "reason": "다섯 곳이 안 됩니다."}]}, "ko")
    assert "다섯 곳이 안 됩니다." in html


@pytest.mark.parametrize("language", BOTH)
def test_every_kind_of_entry_is_told_in_words(language: Language) -> None:
    told = {**case(), "timeline": [entry(each, n) for n, each in enumerate(ENTRIES)]}
    html = timeline(told, INSTRUMENT, Flow(view="record"), "2026-11-22", language)
    for kind in ("C25", "g0", "middle_1", "production_records", "vision<"):
        assert kind not in html
    if language == "ko":
        for words in ("28명", "불량 줄이기", "시스템 스마트화 수준: 중간1", "AI 준비도: 1.8 / 5", "먼저 볼 격차: 생산 실적 기록",
                      "활용 과제를 고름: 비전 검사", "신청", "3명, 한 사람당 7.5시간", "사고 (건): 0", "현장 회의"):  # fmt: skip
            assert words in html


def test_only_what_stands_can_be_removed_and_a_correction_is_told() -> None:
    entries = [
        entry(ENTRIES[7], 1), entry(ENTRIES[7], 2, standing="removed"), entry(ENTRIES[2], 3),
        entry({"kind": "correction", "about": "entry-1", "entry": ENTRIES[5]}, 4),
    ]  # fmt: skip
    html = timeline({**case(), "timeline": entries}, INSTRUMENT, Flow(view="record"), "2026-11-22", "ko")
    assert re.findall(r'data-act="erase" data-target="([^"]+)"', html) == ["entry-1"]
    assert html.count(">지움<") == 1
    assert "교육: AI 기초" in html


def test_figures_of_a_month_state_only_what_was_written() -> None:
    said = said_of(month="2026-10", defects_ppm="1,200.5", accidents="0", adoption="trial")
    expected = {"kind": "outcome", "month": "2026-10", "defects_ppm": 1200.5, "accidents": 0, "adoption": "trial"}
    assert outcome_of(said, "ko") == expected
    for wrong in (
        {"month": "10월"},
        {"month": "2026-99", "accidents": "1"},
        {"month": "2026-10", "accidents": "1.5"},
        {"month": "2026-10", "defects_ppm": "2,000,000"},
        {"month": "2026-10"},
        {"month": "2026-10", "defects_ppm": "많음"},
    ):
        with pytest.raises(OddError):
            outcome_of(said_of(**wrong), "ko")


def test_a_figure_is_taken_as_people_write_it() -> None:
    said = said_of(month="２０２６-10", defects_ppm="１２０ ppm", accidents="２건", downtime_hours="3.5시간")
    expected = {"month": "2026-10", "defects_ppm": 120.0, "accidents": 2, "downtime_hours": 3.5}
    assert outcome_of(said, "ko") == {"kind": "outcome", **expected}
    with pytest.raises(OddError, match="정수"):
        outcome_of(said_of(month="2026-10", accidents="1.5"), "ko")


def test_a_form_of_the_case_file_is_emptied_by_its_own_success_alone() -> None:
    def states(flow: Flow) -> list[str]:
        return re.findall(r'data-state="(\d+)"', timeline(case(), INSTRUMENT, flow, "2026-11-22", "ko"))

    saved = Flow(view="record").done("적었습니다.", "training")
    assert states(Flow(view="record")) == ["0", "0"]
    assert states(saved) == states(saved.failed("안 됩니다.", "training")) == ["0", "1"]


def test_what_is_told_stands_in_its_form_and_leaves_the_rest_where_it_was() -> None:
    flow = Flow(view="record")
    pages = [
        framed(timeline(case(), INSTRUMENT, each, "2026-11-22", "ko"), each, "ko")
        for each in (flow, flow.done("교육을 적었습니다.", "training"), flow.failed("안 됩니다.", "training"))
    ]
    shapes = [[tag for tag, _ in Tags(html).tags] for html in pages]
    assert shapes[0] == shapes[1] == shapes[2]
    assert "교육을 적었습니다." in pages[1][pages[1].index('data-act="training"') :]


def test_an_answer_that_was_gone_back_to_is_marked_and_the_older_turn_is_replaced() -> None:
    past = (Past("chosen", "records", "물음", "", "없다"), Past("chosen", "records", "물음", "", "종이로 한다"))
    made = form([answered("records", "paper"), answered("trace", "paper")])
    made["next"] = QUESTIONS[0]
    html = interview(made, Flow(view="talk", past=past), {}, "me", TODAY, "ko")
    assert re.findall(r'data-value="(\w+)" aria-current', html) == ["paper"]
    assert "<span>1/4</span>" in html
    assert html.count("이 답은 쓰이지 않습니다") == 1
    assert html.count("보기에서 골랐습니다") == 1


def test_why_an_answer_changed_is_asked_once_it_has() -> None:
    past = (Past("chosen", "records", "물음", "", "종이로 한다"),)
    made = form([answered("records", "paper", why="새 일보")])
    html = interview(made, Flow(view="talk", past=past, mended="records"), {}, "me", TODAY, "ko")
    assert "왜 바뀌었나요? (안 적어도 됩니다)" in html
    assert 'data-act="reason" data-question="records" data-value="paper"' in html
    html = interview(made, Flow(view="talk", past=past), {}, "me", TODAY, "ko")
    assert "왜 바뀌었나요?" not in html
    assert "바뀐 까닭: 새 일보" in html
    assert "왜 바뀌었나요?" in questions(made, Flow(view="form", mended="records"), {}, "me", "ko")


@pytest.mark.parametrize(("earlier", "answers", "value", "asked"), [
    ({}, [], "paper", False),
    ({"records": "paper"}, [], "paper", False),
    ({"records": "none"}, [], "paper", True),
    ({}, [answered("records", "none")], "paper", True),
    ({"records": "none"}, [answered("records", "paper")], "paper", False),
])  # fmt: skip
def test_an_answer_is_another_than_it_was_here_or_in_the_diagnosis_before(
    earlier: dict[str, str], answers: list[dict[str, Any]], value: str, asked: bool
) -> None:
    flow = mended(Client("http://nowhere"), Flow(earlier=earlier), form(answers), "records", value)
    assert flow.mended == ("records" if asked else "")


def test_a_part_of_somebody_else_cannot_be_answered_and_an_admin_may_release_it() -> None:
    made = form([answered("hazards", "paper")], parts={"data": "other"})
    html = questions(made, Flow(view="form"), {}, "me", "ko")
    assert re.findall(r'<input type="radio" name="(\w+)"[^>]* disabled', html) == ["records"] * 4 + ["trace"] * 4
    assert 'name="release"' not in html
    assert 'name="release" value="data"' in questions(made, Flow(view="form"), {}, "me", "ko", admin=True)


def test_no_result_is_offered_where_nothing_is_answered_and_none_can_be_changed_once_closed() -> None:
    empty = {**listed(form()), "finished": False}
    html = opening(INSTRUMENT, case(), [{**empty, "current": True}, empty], Flow(view="start"), "ko", may_write=True)
    assert 'data-view="result"' not in html
    closed = {**listed(form([answered("records", "paper")])), "finished": True, "closed": True}
    html = opening(INSTRUMENT, case(), [closed], Flow(view="start"), "ko", may_write=True)
    assert 'data-view="result"' in html
    assert 'data-view="form"' not in html
    html = questions(form([answered("records", "paper")], closed=True), Flow(view="form"), {}, "me", "ko")
    assert "새로 진단하세요" in html
    assert html.count('type="radio"') == html.count(" disabled")
    assert "data-act" not in html


def test_a_removal_says_what_it_removed() -> None:
    entries = [entry({"kind": "removal", "about": "entry-1"}, 2), entry(ENTRIES[5], 1, standing="removed")]
    html = timeline({**case(), "timeline": entries}, INSTRUMENT, Flow(view="record"), "2026-11-22", "ko")
    assert html.index("앞의 기록을 지움") < html.index("<p>교육: AI 기초</p>")


def test_training_names_people_and_hours() -> None:
    said = said_of(title=" AI 기초 ", people="3", hours="7.5", day="2026-11-01")
    expected = {"kind": "training", "title": "AI 기초", "people": 3, "hours": 7.5, "day": "2026-11-01"}
    assert training_of(said, "ko") == expected
    with pytest.raises(OddError):
        training_of(said_of(title="AI 기초", people="", hours="2"), "ko")
