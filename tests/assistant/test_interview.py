"""The diagnosis as a conversation, over rows: confirmed before it counts, and gone on with by anybody on any device."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from assistant.diagnosis.errors import BadAnswerError, UnknownDiagnosisError
from assistant.diagnosis.evidence import Shell, as_it_stands
from assistant.diagnosis.hearing import LONGEST, Heard
from assistant.diagnosis.interview import CARRIED_DAYS
from assistant.diagnosis.tables import diagnosis_answers, diagnosis_asked
from assistant.diagnosis.wording import worded
from assistant.text import SENTENCES
from knowledge.instrument import UNKNOWN, Item
from tests.assistant.interviewed import EXCEL, KIM, LEE, SERIES, Firm
from tests.assistant.sheets import DAY, FIRST, INSTRUMENT, ITEMS
from tests.databases import Rooms

pytestmark = pytest.mark.proof


@pytest.fixture
def firm(rooms: Rooms) -> Firm:
    return Firm(rooms.place("acme"))


async def test_what_was_recognised_is_an_answer_only_once_it_is_confirmed(firm: Firm) -> None:
    firm.listener.known[EXCEL] = Heard("value", FIRST[0].values[1], share=0.9)
    begun = firm.interview.start("first", KIM)
    turn = await firm.interview.say(begun, KIM, EXCEL)
    assert (turn.outcome, turn.item, turn.value) == ("proposed", FIRST[0], FIRST[0].values[1])
    assert FIRST[0].anchors[1].text in worded(turn, "ko")
    assert firm.kept.get(begun.diagnosis_id).given == {}
    assert firm.interview.at_hand(begun, KIM) == (FIRST[0], FIRST[0].values[1])
    turn = await firm.interview.say(begun, KIM, "네, 맞아요")
    assert (turn.outcome, turn.value) == ("recorded", FIRST[0].values[1])
    given = turn.diagnosis.given[FIRST[0].id]
    assert (given.answer.value, given.origin, given.by, given.said) == (FIRST[0].values[1], "said", KIM, EXCEL)
    assert firm.interview.at_hand(turn.diagnosis, KIM) == (FIRST[1], None)
    assert [text for _, text in firm.listener.asked] == [EXCEL]


async def test_a_no_asks_back_and_what_was_proposed_is_forgotten(firm: Firm) -> None:
    firm.listener.known[EXCEL] = Heard("value", FIRST[0].values[1])
    begun = firm.interview.start("first", KIM)
    await firm.interview.say(begun, KIM, EXCEL)
    turn = await firm.interview.say(begun, KIM, "아니요")
    assert (turn.outcome, turn.item, turn.nearest) == ("unclear", FIRST[0], ())
    assert "골라 주세요" in worded(turn, "ko")
    turn = await firm.interview.say(begun, KIM, "네")
    assert turn.outcome == "unclear"
    assert firm.kept.get(begun.diagnosis_id).given == {}


async def test_other_words_replace_what_was_proposed(firm: Firm) -> None:
    low, high = FIRST[0].values[1], FIRST[0].values[2]
    firm.listener.known |= {EXCEL: Heard("value", low), "다시 보니 달라요, 찍어요": Heard("value", high)}
    begun = firm.interview.start("first", KIM)
    await firm.interview.say(begun, KIM, EXCEL)
    await firm.interview.say(begun, KIM, "다시 보니 달라요, 찍어요")
    turn = await firm.interview.say(begun, KIM, "네")
    assert turn.diagnosis.given[FIRST[0].id].answer.value == high
    assert turn.diagnosis.given[FIRST[0].id].said == "다시 보니 달라요, 찍어요"


async def test_what_is_not_clear_names_the_two_nearest(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    turn = await firm.interview.say(begun, KIM, "그때그때 달라서 뭐라 하기가")
    assert (turn.outcome, turn.nearest) == ("unclear", FIRST[0].values[:2])
    said = worded(turn, "ko")
    assert FIRST[0].anchors[0].text in said
    assert FIRST[0].anchors[1].text in said
    assert firm.kept.get(begun.diagnosis_id).given == {}


@pytest.mark.parametrize("said", ["2번", "2", FIRST[0].anchors[1].text])
async def test_a_choice_needs_no_confirming(firm: Firm, said: str) -> None:
    begun = firm.interview.start("first", KIM)
    turn = await firm.interview.say(begun, KIM, said)
    assert (turn.outcome, turn.diagnosis.given[FIRST[0].id].answer.value) == ("recorded", FIRST[0].values[1])
    assert turn.diagnosis.given[FIRST[0].id].origin == "chosen"
    assert firm.listener.asked == []


async def test_not_knowing_is_kept_and_said_to_cost_nothing(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    turn = await firm.interview.say(begun, KIM, "잘 모르겠어요")
    assert turn.diagnosis.given[FIRST[0].id].answer.value == UNKNOWN
    assert "깎지 않으며" in worded(turn, "ko")
    firm.listener.known["담당이 아니라서요"] = Heard("value", UNKNOWN)
    turn = await firm.interview.say(turn.diagnosis, KIM, "담당이 아니라서요")
    assert (turn.outcome, turn.value) == ("proposed", UNKNOWN)  # what was only recognised is confirmed, this too
    assert "잘 모르겠다" in worded(turn, "ko")
    turn = await firm.interview.say(turn.diagnosis, KIM, "네")
    assert turn.diagnosis.given[FIRST[1].id].answer.value == UNKNOWN


async def test_a_question_in_between_keeps_the_place_and_what_was_proposed(firm: Firm) -> None:
    firm.listener.known |= {EXCEL: Heard("value", FIRST[0].values[1]), "그 단어를 몰라서 그런데": Heard("question")}
    begun = firm.interview.start("first", KIM)
    await firm.interview.say(begun, KIM, EXCEL)
    for said, outcome in (("MES가 뭐예요?", "question"), ("그 단어를 몰라서 그런데", "question"), ("왜 물어요?", "why"), ("나중에 할게요", "stopped")):  # fmt: skip
        turn = await firm.interview.say(begun, KIM, said)
        assert (turn.outcome, turn.item) == (outcome, FIRST[0])
        assert worded(turn, "ko")
        assert worded(turn, "en")
        assert firm.interview.at_hand(begun, KIM) == (FIRST[0], FIRST[0].values[1])
    assert FIRST[0].why in worded(await firm.interview.say(begun, KIM, "왜요?"), "ko")
    assert (await firm.interview.say(begun, KIM, "네")).outcome == "recorded"


async def test_what_holds_no_word_is_asked_about_again(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    turn = await firm.interview.say(begun, KIM, "...")
    assert (turn.outcome, turn.nearest, firm.listener.asked) == ("unclear", (), [])
    assert worded(turn, "ko")
    assert firm.kept.get(begun.diagnosis_id).given == {}


async def test_another_device_goes_on_with_what_was_proposed(firm: Firm) -> None:
    firm.listener.known[EXCEL] = Heard("value", FIRST[0].values[1])
    begun = firm.interview.start("first", KIM)
    await firm.interview.say(begun, KIM, EXCEL)
    other = Firm(firm.engine)
    found = other.kept.get(begun.diagnosis_id)
    assert other.interview.at_hand(found, KIM) == (FIRST[0], FIRST[0].values[1])
    assert other.interview.at_hand(found, LEE) == (FIRST[0], None)  # somebody else's words are not hers
    assert (await other.interview.say(found, LEE, "네")).outcome == "unclear"
    turn = await other.interview.say(found, KIM, "네")
    assert turn.diagnosis.given[FIRST[0].id].said == EXCEL


async def test_back_goes_to_the_question_before_and_then_on_where_one_was(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    turn = await firm.interview.say(begun, KIM, "이전")
    assert (turn.outcome, turn.item) == ("first", FIRST[0])
    assert "첫 질문" in worded(turn, "ko")
    for _ in range(3):
        turn = await firm.interview.say(turn.diagnosis, KIM, "1번")
    for at in (2, 1):
        turn = await firm.interview.say(turn.diagnosis, KIM, "이전 질문으로")
        assert turn.item == FIRST[at]
    turn = await firm.interview.say(turn.diagnosis, KIM, "3번")
    assert turn.diagnosis.given[FIRST[1].id].answer.value == FIRST[1].values[2]
    assert firm.interview.at_hand(turn.diagnosis, KIM) == (FIRST[3], None)


async def test_what_is_skipped_comes_back_at_the_end(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    for at in (0, 1):
        turn = await firm.interview.say(begun, KIM, "건너뛰기")
        assert (turn.outcome, turn.item) == ("skipped", FIRST[at + 1])
        assert "끝에 다시" in worded(turn, "ko")
    assert firm.kept.get(begun.diagnosis_id).given == {}
    assert firm.interview.at_hand(turn.diagnosis, LEE) == (FIRST[0], None)  # somebody else skipped nothing
    for item in FIRST[2:]:
        assert firm.interview.at_hand(turn.diagnosis, KIM) == (item, None)
        turn = await firm.interview.say(begun, KIM, "1번")
    assert (turn.outcome, firm.interview.at_hand(turn.diagnosis, KIM)) == ("recorded", (FIRST[0], None))
    turn = await firm.interview.say(begun, KIM, "다음")
    assert (turn.outcome, turn.item) == ("skipped", FIRST[1])
    await firm.interview.say(begun, KIM, "1번")
    turn = await firm.interview.say(begun, KIM, "패스")
    assert (turn.outcome, turn.item) == ("only", FIRST[0])
    assert "이것뿐" in worded(turn, "ko")
    assert (await firm.interview.say(begun, KIM, "1번")).outcome == "done"


async def test_to_skip_what_has_an_answer_leaves_it(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    await firm.interview.say(begun, KIM, "2번")
    await firm.interview.say(begun, KIM, "뒤로")
    turn = await firm.interview.say(begun, KIM, "건너뛰기")
    assert turn.item == FIRST[1]
    assert turn.diagnosis.given[FIRST[0].id].answer.value == FIRST[0].values[1]


async def test_one_can_go_to_any_question_and_no_other(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    firm.interview.ask(begun, KIM, "energy")
    turn = await firm.interview.say(begun, KIM, "1번")
    assert list(turn.diagnosis.given) == ["energy"]
    with pytest.raises(BadAnswerError) as error:
        firm.interview.ask(begun, KIM, "none")
    assert error.value.reason == "no_such_question"


@pytest.mark.parametrize(
    ("item", "value", "reason"), [("none", "paper", "no_such_question"), ("records", "none", "no_such_choice")]
)
def test_what_is_no_question_or_no_choice_is_refused(firm: Firm, item: str, value: str, reason: str) -> None:
    begun = firm.interview.start("first", KIM)
    with pytest.raises(BadAnswerError) as error:
        firm.interview.answer(begun, KIM, item, value)
    assert error.value.reason == reason
    assert SENTENCES[reason]["ko"].endswith("주세요.")
    assert firm.kept.get(begun.diagnosis_id) == begun


@pytest.mark.parametrize(("said", "reason"), [(" \n ", "answer_empty"), ("가" * (LONGEST + 1), "answer_long")])
async def test_what_cannot_be_an_answer_is_refused(firm: Firm, said: str, reason: str) -> None:
    begun = firm.interview.start("first", KIM)
    with pytest.raises(BadAnswerError) as error:
        await firm.interview.say(begun, KIM, said)
    assert error.value.reason == reason
    assert (await firm.interview.say(begun, KIM, "가" * LONGEST)).outcome == "unclear"


async def test_the_last_answer_says_so(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    for item in FIRST[:-1]:
        begun = firm.interview.answer(begun, KIM, item.id, UNKNOWN)
    assert not begun.finished(INSTRUMENT)
    turn = await firm.interview.say(begun, KIM, "1번")
    assert (turn.outcome, turn.diagnosis.finished(INSTRUMENT)) == ("done", True)
    assert FIRST[-1].anchors[0].text in worded(turn, "ko")
    assert "결과를 볼 수 있습니다" in worded(turn, "ko")
    again = await firm.interview.say(turn.diagnosis, KIM, "또 뭐 있어요")
    assert (again.outcome, again.item) == ("done", None)
    assert firm.interview.at_hand(turn.diagnosis, KIM) is None


async def test_after_the_end_one_may_ask_and_go_back(firm: Firm) -> None:
    done = firm.finished()
    asked = await firm.interview.say(done, KIM, "이 결과는 어디에 쓰나요?")
    assert (asked.outcome, asked.item) == ("question", None)
    assert "찾아보겠습니다" in worded(asked, "ko")
    assert "끝났습니다" not in worded(asked, "ko")
    assert (await firm.interview.say(done, KIM, "나중에 할게요")).outcome == "stopped"
    back = await firm.interview.say(done, KIM, "뒤로")
    assert (back.outcome, back.item) == ("back", FIRST[-1])
    mended = await firm.interview.say(done, KIM, "1번")
    assert mended.diagnosis.given[FIRST[-1].id].answer.value == FIRST[-1].values[0]


async def test_two_people_answer_their_parts(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    mine = firm.interview.take(begun, KIM, ["strategy", "money"])
    both = firm.interview.take(mine, LEE, ["data"])
    assert both.parts == {"strategy": KIM, "money": KIM, "data": LEE}
    of = {item.id: INSTRUMENT.dimension_of(item.id).id for item in FIRST}
    asked: list[str] = []
    now = both
    while item := firm.interview.next(now, LEE):
        asked.append(item.id)
        now = (await firm.interview.say(now, LEE, "1번")).diagnosis
    assert {of[name] for name in asked} == set(of.values()) - {"strategy", "money"}
    left = sum(part in {"strategy", "money"} for part in of.values())
    assert firm.interview.left_to_others(now, LEE) == left
    turn = await firm.interview.say(now, LEE, "1번")
    assert (turn.outcome, turn.left_to_others) == ("done", left)
    assert f"{left}개 남았습니다" in worded(turn, "ko")
    assert INSTRUMENT.dimension_of(getattr(firm.interview.next(now, KIM), "id", "")).id == "strategy"
    while firm.interview.next(now, KIM):
        now = (await firm.interview.say(now, KIM, "2번")).diagnosis
    assert now.finished(INSTRUMENT)
    assert {now.given[name].by for name, part in of.items() if part == "money"} == {KIM}
    assert {now.given[name].by for name, part in of.items() if part == "data"} == {LEE}


def test_a_part_that_is_taken_is_not_taken_again_and_can_be_given_back(firm: Firm) -> None:
    begun = firm.interview.take(firm.interview.start("first", KIM), KIM, ["data"])
    for wanted, reason in ((["data"], "part_taken"), (["money", "data"], "part_taken"), (["none"], "no_such_part")):
        with pytest.raises(BadAnswerError) as error:
            firm.interview.take(begun, LEE, wanted)
        assert error.value.reason == reason
        assert SENTENCES[reason]["ko"].endswith("주세요.")
    assert firm.kept.get(begun.diagnosis_id).parts == {"data": KIM}
    given_back = firm.interview.take(begun, KIM, [])
    assert firm.interview.take(given_back, LEE, ["data"]).parts == {"data": LEE}


def test_back_stays_among_ones_own_questions(firm: Firm) -> None:
    begun = firm.interview.take(firm.interview.start("first", KIM), KIM, ["strategy"])
    item = firm.interview.next(begun, LEE)
    assert item is not None
    assert INSTRUMENT.dimension_of(item.id).id != "strategy"


def test_answers_given_at_once_are_all_kept(firm: Firm) -> None:
    begun = firm.interview.start("deep", KIM)

    def give(work: tuple[str, Sequence[Item]]) -> None:
        device = Firm(firm.engine).interview
        for item in work[1]:
            device.answer(begun, work[0], item.id, item.values[0])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(give, [(KIM, ITEMS[0::3]), (LEE, ITEMS[1::3]), (KIM, ITEMS[2::3]), (LEE, ITEMS[0::3])]))
    found = firm.kept.get(begun.diagnosis_id)
    assert found.finished(INSTRUMENT)
    with firm.engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(diagnosis_answers)).scalar_one()
        ordinals = list(connection.execute(select(diagnosis_answers.c.ordinal)).scalars())
    assert count == len(ITEMS) + len(ITEMS[0::3])
    assert sorted(ordinals) == list(range(1, count + 1))


def test_of_many_who_take_a_part_at_once_one_has_it(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)

    def taken(person: str) -> bool:
        try:
            Firm(firm.engine).interview.take(begun, person, ["data"])
        except BadAnswerError:
            return False
        return True

    people = [f"person-{number}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        got = [person for person, mine in zip(people, pool.map(taken, people), strict=True) if mine]
    assert [*firm.kept.get(begun.diagnosis_id).parts.values()] == got
    assert len(got) == 1


def test_what_a_device_knew_of_before_takes_no_part_from_anybody(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    stale = firm.kept.get(begun.diagnosis_id)
    firm.interview.take(begun, KIM, ["data"])
    with pytest.raises(BadAnswerError):
        firm.interview.take(stale, LEE, ["data"])  # what this device knew was of before
    firm.interview.take(stale, LEE, ["money"])
    assert firm.kept.get(begun.diagnosis_id).parts == {"data": KIM, "money": LEE}


def test_the_latest_answer_counts_and_the_others_stay(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    for value in ("paper", "at_process", "paper"):
        begun = firm.interview.answer(begun, KIM, "records", value, why=f" {value} ")
    assert (begun.given["records"].answer.value, begun.given["records"].answer.why) == ("paper", "paper")
    assert len(begun.given) == 1


def test_a_deep_diagnosis_soon_after_asks_only_what_is_new(firm: Firm) -> None:
    first = firm.finished()
    first = firm.interview.answer(first, KIM, "energy", UNKNOWN)
    firm.today = DAY + timedelta(days=CARRIED_DAYS)
    deep = firm.interview.start("deep", LEE)
    assert deep.given.keys() == first.given.keys() - {"energy"}
    assert {given.origin for given in deep.given.values()} == {"known"}
    assert {given.by for given in deep.given.values()} == {KIM}
    assert getattr(firm.interview.next(deep, LEE), "id", "") == "energy"
    assert firm.interview.start("first", KIM).given == {}


@pytest.mark.parametrize("what", ["late", "unfinished", "other version", "from a deep one"])
def test_answers_are_not_carried_over(firm: Firm, what: str) -> None:
    if what == "unfinished":
        firm.interview.answer(firm.interview.start("first", KIM), KIM, "records", "paper")
    elif what == "other version":
        old = firm.kept.start("0.9", "first", KIM, DAY)
        firm.kept.answer(old.diagnosis_id, list(firm.finished().given.values()), DAY)
        firm.kept.delete(next(each.diagnosis_id for each in firm.kept.list() if each.version != "0.9"))
    elif what == "from a deep one":
        firm.finished("deep")
    else:
        firm.finished()
        firm.today = DAY + timedelta(days=CARRIED_DAYS + 1)
    assert firm.interview.start("deep", KIM).given == {}


@pytest.mark.parametrize(
    ("shells", "profile", "value", "held"),
    [
        ([SERIES], False, "key_machines", "declared"),
        ([Shell("doc-2", "명판", "Nameplate")], True, "drafted", "declared"),
        ([], True, "drafted", "declared"),
        ([], False, None, ""),
    ],
)
def test_what_the_aas_or_the_profile_tells_is_not_asked(
    firm: Firm, shells: list[Shell], profile: bool, value: str | None, held: str
) -> None:
    firm.shells, firm.has_aas = shells, profile
    begun = firm.interview.start("first", KIM)
    assert set(begun.given) == ({"aas"} if value else set())
    if value:
        assert (begun.given["aas"].answer.value, begun.given["aas"].answer.held) == (value, held)
        assert begun.given["aas"].origin == "known"
        changed = firm.interview.answer(begun, KIM, "aas", INSTRUMENT.item("aas").values[0])
        assert changed.given["aas"].answer.value == INSTRUMENT.item("aas").values[0]


def test_only_what_people_point_at_is_kept_with_an_answer(firm: Firm) -> None:
    firm.shells = [SERIES]
    begun = firm.interview.start("first", KIM)
    assert firm.interview.answer(begun, KIM, "collection", "main_live").given["collection"].answer.evidence == ()
    said = as_it_stands(INSTRUMENT, firm.kept.get(begun.diagnosis_id).sheet, firm.shells, {"doc-1"})
    assert said.answers["collection"].held == "evidenced"


def test_a_deleted_diagnosis_is_gone_with_all_that_was_said(firm: Firm) -> None:
    begun = firm.interview.answer(firm.interview.start("first", KIM), KIM, "records", "paper")
    other = firm.interview.answer(firm.interview.start("first", KIM), KIM, "records", "paper")
    firm.interview.ask(begun, KIM, "energy")
    firm.kept.delete(begun.diagnosis_id)
    with firm.engine.connect() as connection:
        ids = set(connection.execute(select(diagnosis_answers.c.diagnosis_id)).scalars())
        asked = list(connection.execute(select(diagnosis_asked)))
    assert (ids, asked) == ({other.diagnosis_id}, [])
    for late in (
        lambda: firm.kept.get(begun.diagnosis_id),
        lambda: firm.kept.delete(begun.diagnosis_id),
        lambda: firm.interview.answer(begun, KIM, "records", "paper"),
        lambda: firm.interview.ask(begun, KIM, "records"),
        lambda: firm.interview.take(begun, KIM, ["data"]),
    ):
        with pytest.raises(UnknownDiagnosisError):
            late()


async def test_what_is_said_of_a_deleted_diagnosis_is_refused(firm: Firm) -> None:
    begun = firm.interview.start("first", KIM)
    firm.kept.delete(begun.diagnosis_id)
    for said in ("1번", "그때그때 달라서"):
        with pytest.raises(UnknownDiagnosisError):
            await firm.interview.say(begun, KIM, said)


def test_how_long_it_may_be_mended_counts_from_its_end(firm: Firm) -> None:
    done = firm.finished()
    assert done.finished_day == DAY
    firm.today = DAY + timedelta(days=CARRIED_DAYS)
    mended = firm.interview.answer(done, KIM, "records", "paper")
    assert (mended.day, mended.finished_day) == (firm.today, DAY)
    assert not firm.interview.closed(mended)
    firm.today = DAY + timedelta(days=CARRIED_DAYS + 1)
    assert firm.interview.closed(mended)
    with pytest.raises(BadAnswerError) as error:
        firm.interview.answer(mended, KIM, "records", "at_process")
    assert error.value.reason == "diagnosis_closed"


def test_what_was_before_goes_by_the_beginning(firm: Firm) -> None:
    one = firm.finished()
    firm.today = DAY + timedelta(days=9)
    two = firm.finished()
    firm.today = DAY + timedelta(days=19)
    one = firm.interview.answer(one, KIM, "records", "automatic")
    assert firm.kept.before(one) is None
    assert getattr(firm.kept.before(two), "diagnosis_id", "") == one.diagnosis_id
    three = firm.interview.start("first", KIM)
    assert getattr(firm.kept.before(three), "diagnosis_id", "") == two.diagnosis_id


def test_a_list_of_many_asks_the_database_twice(firm: Firm) -> None:
    for _ in range(5):
        firm.interview.answer(firm.interview.start("first", KIM), KIM, "records", "paper")
    said: list[str] = []
    event.listen(firm.engine, "before_cursor_execute", lambda *found: said.append(found[2]))
    found = firm.kept.list()
    assert len([each for each in said if each.lstrip().upper().startswith("SELECT")]) == 2
    assert found == [firm.kept.get(each.diagnosis_id) for each in found]


def test_the_day_is_when_it_was_last_answered_and_the_newest_comes_first(firm: Firm) -> None:
    old = firm.interview.start("first", KIM)
    new = firm.interview.start("deep", KIM)
    firm.today = DAY + timedelta(days=2)
    assert firm.interview.answer(old, KIM, "records", "paper").day == firm.today
    assert [each.diagnosis_id for each in firm.kept.list()] == [new.diagnosis_id, old.diagnosis_id]
