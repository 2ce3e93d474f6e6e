"""The report of a diagnosis as data: the same answers make the same one, and everything it says follows from them."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.diagnosis.answers import Answer, Evidence, Firm, Sheet, Wishes
from assistant.diagnosis.build import QUICK_DAYS, STRONG, report
from assistant.diagnosis.report import Report
from knowledge.instrument import UNKNOWN
from knowledge.usecases import use_cases
from tests.assistant.sheets import DAY, INSTRUMENT, ITEMS, everywhere, firms, sheet, sheets

CASES = use_cases().cases
LIBRARY = {"data-basics": ("doc-1", "데이터의 기초")}
LATER = date(2027, 5, 23)


def made(of: Sheet, firm: Firm = Firm(), previous: Sheet | None = None) -> Report:  # noqa: B008 - it is frozen
    return report(INSTRUMENT, CASES, LIBRARY, of, firm, previous)


def written(found: Report) -> str:
    return json.dumps(asdict(found), ensure_ascii=False, default=str)


@settings(max_examples=40, deadline=None)
@given(sheets(), firms(), st.randoms(use_true_random=False))
def test_the_same_answers_make_the_same_report_whatever_their_order(of: Sheet, firm: Firm, chance: Random) -> None:
    names = list(of.answers)
    chance.shuffle(names)
    again = replace(of, answers={name: of.answers[name] for name in names})
    assert written(made(again, firm)) == written(made(of, firm))


@settings(max_examples=30, deadline=None)
@given(sheets(), firms())
def test_two_companies_alike_differ_by_their_name_alone(of: Sheet, firm: Firm) -> None:
    one, other = made(of, firm), made(of, replace(firm, name="대성기공"))
    assert one.company != other.company
    assert replace(other, company=one.company) == one


@settings(max_examples=40, deadline=None)
@given(sheets(), firms(), st.booleans())
def test_a_report_holds_together(of: Sheet, firm: Firm, again: bool) -> None:
    found = made(of, firm, sheet(everywhere(0), day=date(2026, 1, 1)) if again else None)
    asked = of.items(INSTRUMENT)
    assert (found.items, found.answered + len(found.unknown)) == (len(asked), len(asked))
    assert [each.item_id for each in found.answers] == [item.id for item in asked if item.id in of.answers]
    assert "공식" in found.notice
    quick = found.roadmap.quick_wins
    assert all(action.days <= QUICK_DAYS for action in quick)
    assert [stage.step for stage in found.roadmap.stages] == ["automation", "intelligence", "autonomy"]
    later = [action for stage in found.roadmap.stages for action in stage.actions]
    assert len({*quick, *later}) == len(quick) + len(later)
    assert len(found.strengths) <= 3
    assert all(each.score >= STRONG for each in found.strengths)
    assert len(found.vendor_questions) == len(set(found.vendor_questions))
    assert (found.previous is not None) == again


def test_the_two_outputs_stand_apart() -> None:
    found = made(sheet(everywhere(2)))
    assert {"system", "readiness"} <= asdict(found).keys()
    assert not any("level" in name for name in asdict(found.readiness))
    assert not any("score" in name or "overall" in name for name in asdict(found.system))


def test_strengths_are_the_best_areas_in_words() -> None:
    values = everywhere(0)
    values |= {name: INSTRUMENT.item(name).values[-1] for name in ("backup", "hazards", "trace", "plan")}
    found = made(sheet(values))
    assert len(found.strengths) == 3
    assert all(each.score == 5 and each.text for each in found.strengths)
    assert made(sheet(everywhere(0))).strengths == ()
    assert made(sheet({})).strengths == ()


def test_answers_that_hardly_stand_together_are_asked_about_politely() -> None:
    for claim in INSTRUMENT.frame.contradictions:
        both = sheet({claim.higher: claim.from_value, claim.lower: claim.upto})
        assert [doubt.items for doubt in made(both).doubts] == [(claim.higher, claim.lower)]
        assert made(both).doubts[0].say.endswith((".", "?"))
        assert "주세요" in claim.say or "수 있습니다" in claim.say
        one, other = sheet({claim.higher: claim.from_value}), sheet({claim.lower: claim.upto})
        unknown = sheet({claim.higher: claim.from_value, claim.lower: UNKNOWN})
        assert made(one).doubts == made(other).doubts == made(unknown).doubts == ()
        above = INSTRUMENT.item(claim.lower).values.index(claim.upto) + 1
        fine = sheet({claim.higher: claim.from_value, claim.lower: INSTRUMENT.item(claim.lower).values[above]})
        assert made(fine).doubts == ()
    assert made(sheet(everywhere(-1))).doubts == made(sheet(everywhere(0))).doubts == ()


def test_evidence_against_an_answer_is_a_doubt_and_evidence_for_it_is_named() -> None:
    against = Evidence("doc-own-1", "온도 일지", state="against", note="간격이 1시간입니다. 확인해 주세요.")
    held = Evidence("doc-own-2", "명판", "TimeSeries/Segments")
    of = Sheet(
        "first",
        DAY,
        {"collection": Answer("collection", "main_live", (against,)), "aas": Answer("aas", "drafted", (held,))},
    )
    found = made(of)
    assert [(doubt.items, doubt.say) for doubt in found.doubts] == [(("collection",), against.note)]
    shown = {each.item_id: each for each in found.answers}
    assert (shown["collection"].held, shown["collection"].evidence) == ("declared", ("온도 일지",))
    assert (shown["aas"].held, shown["aas"].evidence) == ("evidenced", ("명판 TimeSeries/Segments",))
    assert "doc-own" not in written(found)


def test_what_nobody_knows_is_listed_and_has_no_score() -> None:
    found = made(sheet({"records": UNKNOWN, "trace": "lot_lookup"}))
    shown = {each.item_id: each for each in found.answers}
    assert (shown["records"].score, shown["records"].text) == (None, "잘 모름")
    assert (shown["trace"].score, found.answered) == (3, 1)
    assert INSTRUMENT.item("records").text in found.unknown
    assert len(found.unknown) == found.items - 1


def test_goals_and_losses_are_named_in_the_order_of_the_instrument() -> None:
    one = made(sheet({}), Firm(sector="C25", wishes=Wishes(("safety", "quality"), {"turnover": 1, "defects": 3})))
    assert one.goals == ("불량 줄이기", "사고 줄이기")
    assert one.losses == ("불량과 재작업", "퇴사와 숙련자 부족")
    assert (one.sector, made(sheet({}), Firm(sector="99")).sector) == ("금속 가공", "")


def test_before_and_after_with_what_changed_and_why() -> None:
    before = sheet(everywhere(1), day=date(2026, 5, 1))
    answers = {
        **before.answers,
        "records": Answer("records", "at_process", why="태블릿을 들였습니다."),
        "trace": Answer("trace", UNKNOWN),
        "plan": Answer("plan", before.answers["plan"].value, why="그대로입니다."),
    }
    found = made(Sheet("first", LATER, answers), previous=before).previous
    assert found is not None
    assert found.day == before.day
    assert [(each.item_id, each.why) for each in found.changes] == [("records", "태블릿을 들였습니다.")]
    assert found.items == len(before.answers) - 1  # what nobody knows this time is compared with nothing
    record = INSTRUMENT.item("records")
    assert (found.changes[0].before, found.changes[0].after) == (
        record.anchors[1].text,
        record.anchor("at_process").text,
    )
    moved = {each.id: each for each in found.dimensions}
    assert [each.id for each in found.dimensions] == [each.id for each in INSTRUMENT.dimensions]
    assert (moved["data"].before or 0) < (moved["data"].after or 0)
    assert moved["money"].before == moved["money"].after
    assert (found.overall_before or 0) < (found.overall_after or 0)
    assert (found.level_before, found.level_after) == ("none", "basic")


def test_questions_that_were_not_asked_last_time_are_no_change() -> None:
    before, after = sheet(everywhere(1)), sheet(everywhere(2, "deep"), "deep", LATER)
    found = made(after, previous=before).previous
    assert found is not None
    assert {each.item_id for each in found.changes} == {item.id for item in INSTRUMENT.items("first")}


def test_the_roadmap_starts_with_what_is_quick_and_goes_on_by_steps() -> None:
    found = made(sheet(everywhere(0)), Firm(wishes=Wishes(("quality",), {"defects": 3})))
    assert found.roadmap.quick_wins
    assert {action.area for action in found.roadmap.quick_wins} & {gap.area for gap in found.gaps}
    for stage in found.roadmap.stages:
        assert all(action.step == stage.step for action in stage.actions)
        assert [action.days for action in stage.actions] == sorted(action.days for action in stage.actions)


def test_every_text_of_a_report_is_korean_for_people() -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for each in value.values() for text in texts(each)]
        if isinstance(value, list | tuple):
            return [text for each in value for text in texts(each)]
        return [value] if isinstance(value, str) else []

    found = made(sheet(everywhere(1, "deep"), "deep"), Firm("한빛정밀", "C25", machines=("press",)))
    said = [*found.safety, *found.environment, *found.vendor_questions, *found.unknown, found.notice]
    said += [text for gap in found.gaps for text in (*gap.because, gap.text, gap.name)]
    assert all(any("가" <= letter <= "힣" for letter in text) for text in said)
    assert not any("None" in text or "{" in text for text in texts(asdict(found)))
    assert len(ITEMS) >= 60
