"""What several people, devices and repeated requests do to one diagnosis: nobody's answer lands where it was not meant."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import event

from assistant.diagnosis.answers import Evidence
from assistant.diagnosis.errors import BadAnswerError, MovedOnError, UnknownEvidenceError
from assistant.diagnosis.hearing import Heard
from assistant.diagnosis.interview import MOST_EVIDENCE
from assistant.diagnosis.turn import Shown
from assistant.text import SENTENCES
from knowledge.instrument import UNKNOWN, Item
from tests.assistant.interviewed import EXCEL, KIM, LEE, SERIES, Firm
from tests.assistant.sheets import FIRST, INSTRUMENT, ITEMS
from tests.databases import Rooms

pytestmark = pytest.mark.proof

VAGUE = "그때그때 달라서 뭐라 하기가"
PART = INSTRUMENT.dimension_of(FIRST[0].id).id


@pytest.fixture
def firm(rooms: Rooms) -> Firm:
    return Firm(rooms.place("acme"))


def papers(*names: str) -> list[Evidence]:
    return [Evidence(name, f"자료 {name}") for name in names]


# What was meant.


async def test_the_same_words_twice_are_one_answer(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    shown = Shown(FIRST[0].id)
    kept = (await firm.interview.say(begun, KIM, "2번", shown)).diagnosis
    with pytest.raises(MovedOnError) as error:
        await firm.interview.say(kept, KIM, "2번", shown)
    assert error.value.reason == "question_changed"
    assert SENTENCES["question_changed"]["ko"].endswith("주세요.")
    assert list(firm.kept.get(begun.diagnosis_id).given) == [FIRST[0].id]
    assert (await firm.interview.say(kept, KIM, "2번", Shown(FIRST[1].id))).outcome == "recorded"


async def test_a_yes_is_to_what_was_shown(firm: Firm) -> None:
    low, high = FIRST[0].values[:2]
    firm.listener.known |= {EXCEL: Heard("value", low), "다른 기기에서": Heard("value", high)}
    begun = firm.interview.start("first", KIM)
    await firm.interview.say(begun, KIM, EXCEL, Shown(FIRST[0].id))
    await firm.interview.say(begun, KIM, "다른 기기에서", Shown(FIRST[0].id, low))
    for shown in (Shown(FIRST[0].id, low), Shown(None, low), Shown(FIRST[0].id)):
        for said in ("네", "아니요"):
            with pytest.raises(MovedOnError):
                await firm.interview.say(begun, KIM, said, shown)
    assert firm.interview.at_hand(begun, KIM) == (FIRST[0], high)
    turn = await firm.interview.say(begun, KIM, "네", Shown(FIRST[0].id, high))
    assert turn.diagnosis.given[FIRST[0].id].answer.value == high


async def test_what_somebody_else_answered_meanwhile_is_not_answered_over(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    assert (await firm.interview.say(begun, KIM, VAGUE)).outcome == "unclear"
    theirs = firm.interview.answer(begun, LEE, FIRST[0].id, FIRST[0].values[-1])
    with pytest.raises(MovedOnError):
        await firm.interview.say(theirs, KIM, "1번")
    found = firm.kept.get(begun.diagnosis_id)
    assert (list(found.given), found.given[FIRST[0].id].by) == ([FIRST[0].id], LEE)
    assert firm.interview.at_hand(found, KIM) == (FIRST[1], None)
    turn = await firm.interview.say(found, KIM, "1번")  # now it is what is shown
    assert turn.diagnosis.given[FIRST[1].id].by == KIM


async def test_who_went_to_a_question_answers_it_over_somebody_elses(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    firm.interview.ask(begun, KIM, FIRST[0].id)
    theirs = firm.interview.answer(begun, LEE, FIRST[0].id, FIRST[0].values[-1])
    assert (await firm.interview.say(theirs, KIM, VAGUE)).outcome == "unclear"
    turn = await firm.interview.say(theirs, KIM, "1번", Shown(FIRST[0].id))
    assert turn.diagnosis.given[FIRST[0].id].answer.value == FIRST[0].values[0]


async def test_words_that_took_long_to_recognise_do_not_bring_an_answered_question_back(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)

    class Slow:
        async def heard(self, item: Item, text: str) -> Heard:
            await asyncio.to_thread(firm.interview.answer, begun, KIM, item.id, item.values[0])
            return Heard("value", item.values[1])

    slow = Firm(firm.engine, Slow())  # type: ignore[arg-type]
    with pytest.raises(MovedOnError):
        await slow.interview.say(begun, KIM, EXCEL)
    found = firm.kept.get(begun.diagnosis_id)
    assert found.given[FIRST[0].id].answer.value == FIRST[0].values[0]
    assert firm.interview.at_hand(found, KIM) == (FIRST[1], None)


async def test_the_loop_does_no_work_of_the_database(firm: Firm) -> None:
    firm.listener.known[EXCEL] = Heard("value", FIRST[0].values[1])
    begun = firm.interview.start("first", KIM)
    threads: set[int] = set()
    event.listen(firm.engine, "before_cursor_execute", lambda *_: threads.add(threading.get_ident()))
    for said in (EXCEL, "네", "1번", VAGUE, "뒤로"):
        await firm.interview.say(begun, KIM, said)
    assert threads
    assert threading.get_ident() not in threads


# Parts.


async def test_a_part_is_alone_its_holders(firm: Firm) -> None:
    begun = firm.interview.start("first", LEE)
    await firm.interview.say(begun, LEE, VAGUE)  # the first question is asked of her, and then taken
    mine = firm.interview.take(begun, KIM, [PART])
    for shown in (None, Shown(FIRST[0].id)):
        with pytest.raises(BadAnswerError) as error:
            await firm.interview.say(mine, LEE, "1번", shown)
        assert error.value.reason == "part_taken"
    for deed in (
        lambda: firm.interview.answer(mine, LEE, FIRST[0].id, FIRST[0].values[0]),
        lambda: firm.interview.ask(mine, LEE, FIRST[0].id),
        lambda: firm.interview.withdraw(mine, LEE, FIRST[0].id, "doc-1"),
    ):
        with pytest.raises(BadAnswerError) as error:
            deed()
        assert error.value.reason == "part_taken"
    assert firm.kept.get(begun.diagnosis_id).given == {}
    at = firm.interview.at_hand(mine, LEE)
    assert at is not None
    assert INSTRUMENT.dimension_of(at[0].id).id != PART
    assert (await firm.interview.say(mine, LEE, "1번")).outcome == "recorded"


def test_who_has_left_holds_no_part(firm: Firm) -> None:
    begun = firm.interview.take(firm.interview.start("first", KIM), KIM, [each.id for each in INSTRUMENT.dimensions])
    assert firm.interview.next(begun, LEE) is None
    firm.left = {KIM}
    found = firm.kept.get(begun.diagnosis_id)
    assert (found.parts, firm.interview.next(found, LEE)) == ({}, FIRST[0])
    assert firm.kept.list() == [found]
    assert firm.interview.take(found, LEE, [PART]).parts == {PART: LEE}


def test_what_is_released_is_nobodys(firm: Firm) -> None:
    begun = firm.interview.take(firm.interview.start("first", KIM), KIM, ["data", "money"])
    assert firm.interview.take(begun, LEE, [], ["data"]).parts == {"money": KIM}
    assert firm.interview.take(begun, LEE, ["money"], ["money"]).parts == {"money": LEE}
    with pytest.raises(BadAnswerError):
        firm.interview.take(begun, LEE, [], ["none"])


# What stands behind an answer.


async def test_the_same_choice_again_keeps_what_was_said_and_shown_for_it(firm: Firm) -> None:
    firm.listener.known[EXCEL] = Heard("value", "spreadsheet")
    begun = firm.interview.start("first", KIM)
    firm.interview.ask(begun, KIM, "records")
    await firm.interview.say(begun, KIM, EXCEL)
    kept = (await firm.interview.say(begun, KIM, "네")).diagnosis
    kept = firm.interview.answer(kept, KIM, "records", "spreadsheet", papers("doc-b"), "올해 바꿨다")
    kept = firm.interview.answer(kept, LEE, "records", "spreadsheet", papers("doc-a"))
    given = kept.given["records"]
    assert [each.document_id for each in given.answer.evidence] == ["doc-a", "doc-b"]
    assert (given.answer.why, given.said, given.origin, given.by) == ("올해 바꿨다", EXCEL, "said", LEE)
    other = firm.interview.answer(kept, KIM, "records", "paper").given["records"]
    assert (other.answer.evidence, other.answer.why, other.said, other.origin) == ((), "", "", "chosen")


def test_the_order_in_which_papers_were_shown_does_not_matter(firm: Firm) -> None:
    firm.shells = [SERIES]
    made = []
    for names in (["doc-a", "doc-b"], ["doc-b", "doc-a", "doc-b"]):
        begun = firm.interview.start("first", KIM)
        for name in names:
            begun = firm.interview.answer(begun, KIM, "collection", "main_live", papers(name))
        made.append(begun.given["collection"].answer)
    assert made[0] == made[1]


def test_evidence_is_taken_away_by_itself(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    kept = firm.interview.answer(begun, KIM, "records", "paper", papers("doc-a", "doc-b"), "까닭")
    kept = firm.interview.withdraw(kept, LEE, "records", "doc-a")
    answer = kept.given["records"].answer
    assert ([each.document_id for each in answer.evidence], answer.value, answer.why) == (["doc-b"], "paper", "까닭")
    for question, document in (("records", "doc-a"), ("plan", "doc-b")):
        with pytest.raises(UnknownEvidenceError):
            firm.interview.withdraw(kept, KIM, question, document)


def test_nothing_stands_behind_what_is_not_known_and_not_too_much_behind_the_rest(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    with pytest.raises(BadAnswerError) as error:
        firm.interview.answer(begun, KIM, "records", UNKNOWN, papers("doc-a"))
    assert error.value.reason == "evidence_unknown"
    many = papers(*(f"doc-{number}" for number in range(MOST_EVIDENCE)))
    kept = firm.interview.answer(begun, KIM, "records", "paper", many)
    with pytest.raises(BadAnswerError) as error:
        firm.interview.answer(kept, KIM, "records", "paper", papers("doc-more"))
    assert error.value.reason == "evidence_many"
    for reason in ("evidence_unknown", "evidence_many"):
        assert SENTENCES[reason]["ko"].endswith("주세요.")


def test_a_first_diagnosis_takes_none_of_the_deeper_questions(firm: Firm) -> None:
    deeper = next(item for item in ITEMS if item.depth == "deep")
    begun = firm.interview.start("first", KIM)
    for deed in (
        lambda: firm.interview.answer(begun, KIM, deeper.id, deeper.values[0]),
        lambda: firm.interview.ask(begun, KIM, deeper.id),
    ):
        with pytest.raises(BadAnswerError) as error:
            deed()
        assert error.value.reason == "no_such_question"
    deep = firm.interview.start("deep", KIM)
    assert deeper.id in firm.interview.answer(deep, KIM, deeper.id, deeper.values[0]).given
