from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asof import day_named
from assistant.conversation import Conversation
from assistant.evidence import analyse
from assistant.passages import Finder
from assistant.question import understand
from assistant.records import Records
from assistant.reply import EvidenceShown, Reply, citation
from assistant.timeliness import opening, warnings
from knowledge.editions import Standing
from knowledge.readers.reader import read
from knowledge.registry import Registry
from retrieval.index import PlaceIndex
from retrieval.korean import Tokenizer
from retrieval.search import Fusion, Place, Searcher
from retrieval.store import ChunkStore
from serving.databases.sqlite import open_database
from tests.assistant.material import passage
from tests.fakes import ScriptedModel, WordEmbedder, engine
from tests.places import made

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("2025년 3월 기준으로 근로시간은?", date(2025, 3, 31)),
        ("2025. 3. 1. 현재 벌금은 얼마인가요?", date(2025, 3, 1)),
        ("2025-03-01 기준 벌금은?", date(2025, 3, 1)),
        ("작년에는 어땠나요?", date(2025, 12, 31)),
        ("2027년부터는 어떻게 바뀌나요?", date(2027, 1, 1)),
        ("내년 1월 1일 기준 중소기업 범위는?", date(2027, 1, 1)),
        ("올해 기준으로는?", TODAY),
        ("What held as of 2025-03-01?", date(2025, 3, 1)),
        ("2026년 지원사업 한도는 얼마인가요?", None),
        ("2020년부터 시행된 법인가요?", None),
        ("2024년에 신설된 조항은?", None),
        ("상시 50명 기준인가요?", None),
        ("모델 E-2025 기준 압력은?", None),
        ("2026년 2월 30일 기준은?", None),
    ],
)
def test_the_day_a_question_names(question: str, day: date | None) -> None:
    assert day_named(question, TODAY) == day


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_day_written_out_is_that_day_whenever_it_is_asked(day: date, today: date) -> None:
    assert day_named(f"{day.year}년 {day.month}월 {day.day}일 기준 벌금은?", today) == day


@given(st.integers(1990, 2060), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_year_stands_for_its_day_nearest_to_today(year: int, today: date) -> None:
    found = day_named(f"{year}년 기준 벌금은?", today)
    assert found is not None
    assert found.year == year
    assert abs(found - today) <= min(abs(date(year, 1, 1) - today), abs(date(year, 12, 31) - today))


def test_the_words_that_name_another_year_are_not_looked_up(tokenizer: Tokenizer) -> None:
    question = understand("2025년 3월 기준으로 하도급법 과징금은 얼마인가요?", [], tokenizer, TODAY)
    assert (question.day, question.dated) == (date(2025, 3, 31), True)
    assert "2025" not in question.search
    assert "2025" in question.years
    follow = understand("그럼 벌금은요?", ["2025년 3월 기준으로 하도급법 과징금은 얼마인가요?"], tokenizer, TODAY)
    assert follow.day == date(2025, 3, 31)
    plain = understand("하도급법 과징금은 얼마인가요?", [], tokenizer, TODAY)
    assert (plain.day, plain.dated) == (TODAY, False)
    chosen = understand("2025년 기준 벌금은?", [], tokenizer, TODAY, date(2024, 1, 1))
    assert chosen.day == date(2024, 1, 1)


def law(title: str, identity: str, effective: str, rule: str) -> bytes:
    head = f"---\n제목: {title}\n법령ID: '{identity}'\n공포일자: {effective}\n시행일자: {effective}\n---\n"
    return f"{head}\n# {title}\n\n##### 제3조 (점검)\n\n{rule}\n".encode()


FILES = {
    "old.md": law("설비점검법", "1", "2020-01-01", "**①** 사업주는 설비를 연 3회 점검하여야 한다."),
    "now.md": law(
        "설비점검법",
        "1",
        "2026-01-01",
        "**①** 사업주는 설비를 연 5회 점검하여야 한다.\n\n**②** 점검표에는 다음 각 호의 사항을 적는다.\n\n"
        "  1\\. 점검 날짜\n  2\\. 삭제 <2025.12.1>\n  3\\. 점검한 사람의 이름",
    ),
    "next.md": law("설비점검법", "1", "2027-01-01", "**①** 사업주는 설비를 연 7회 점검하여야 한다."),
    "only.md": law("용접안전법", "2", "2027-07-01", "**①** 용접 작업자는 보호구 4종을 착용하여야 한다."),
    "notice.txt": (
        "중소벤처기업부 공고 제2025-567호\n2026년 용접로봇 지원사업 모집 공고\n2025년 12월 8일\n"
        "신청기간: 2025. 12. 8. ~ 2026. 1. 7.\n용접로봇 지원금액은 최대 2억원이다.\n"
    ).encode(),
    "manual.md": "# PR-200 사용 설명서\n\n## 정기 점검\n\nPR-200 설비의 점검 횟수는 월 2회이다.\n".encode(),
}


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer
) -> Iterator[tuple[Finder, Records, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("laws")
    database = made(open_database(folder / "place.db"))
    registry, index = (
        Registry(database, folder / "files"),
        PlaceIndex(folder / "indexes", ChunkStore(database), WordEmbedder(), tokenizer),
    )
    ids = {}
    for name, data in FILES.items():
        entry, _ = registry.add(data, name, "kim")
        registry.save_reading(entry.document_id, read(data, name))
        index.put({entry.document_id: registry.document(entry.document_id)})
        ids[name] = entry.document_id
    searcher = Searcher([Place("library", index)], WordEmbedder(), tokenizer, Fusion(similarity=2.0))
    yield Finder(searcher, {"library": registry}, today=lambda: TODAY), Records(database), ids
    index.close()


def conversation(shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer) -> Conversation:
    silent = engine(ScriptedModel(script=lambda _: "없음"))
    return Conversation("acme", shelf[0], shelf[1], silent, tokenizer, today=lambda: TODAY)


async def asked(talk: Conversation, question: str, as_of: date | None = None) -> tuple[Reply, EvidenceShown]:
    events = [event async for event in talk.once("kim", question, [], as_of=as_of)]
    assert isinstance(events[0], EvidenceShown)
    assert isinstance(events[-1], Reply)
    return events[-1], events[0]


QUESTION = "설비점검법에서 사업주는 설비를 연 몇 회 점검해야 하나요?"


@pytest.mark.parametrize(
    ("question", "as_of", "name", "times"),
    [
        (QUESTION, None, "now.md", "5회"),
        (f"2025년 3월 기준으로 {QUESTION}", None, "old.md", "3회"),
        (f"2027년부터는 {QUESTION}", None, "next.md", "7회"),
        (QUESTION, date(2025, 3, 1), "old.md", "3회"),
    ],
)
async def test_the_version_in_force_on_the_day_answers_and_no_other_is_cited(
    shelf: tuple[Finder, Records, dict[str, str]],
    tokenizer: Tokenizer,
    question: str,
    as_of: date | None,
    name: str,
    times: str,
) -> None:
    reply, evidence = await asked(conversation(shelf, tokenizer), question, as_of)
    assert not reply.abstained
    assert times in reply.answer
    assert {cited.document_id for cited in reply.citations} == {shelf[2][name]}
    others = {shelf[2][other] for other in ("old.md", "now.md", "next.md") if other != name}
    assert not others & {each.document_id for each in evidence.passages}
    assert reply.citations[0].locator == "제3조제1항"
    assert reply.unsupported == 0
    dated = question != QUESTION or as_of is not None
    assert (reply.as_of is not None) == dated
    assert ("기준으로" in reply.answer.split("자료에 이렇게")[0]) == dated


async def test_a_law_that_is_only_to_come_is_said_to_be_so_before_it_is_quoted(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer
) -> None:
    question = "용접안전법에서 용접 작업자는 보호구를 몇 종 착용해야 하나요?"
    reply, evidence = await asked(conversation(shelf, tokenizer), question)
    assert reply.answer.startswith("지금 시행 중인 조문은 자료실에 없습니다.")
    assert "2027-07-01" in reply.answer.split("자료에 이렇게")[0]
    assert reply.unsupported == 0
    card = next(each.wire() for each in evidence.passages if each.document_id == shelf[2]["only.md"])
    assert (card["standing"], card["in_force_from"], card["in_force_until"]) == ("future", "2027-07-01", None)
    then, _ = await asked(conversation(shelf, tokenizer), question, date(2028, 1, 1))
    assert "2028-01-01 기준으로" in then.answer
    before, _ = await asked(conversation(shelf, tokenizer), question, date(2020, 1, 1))
    assert before.answer.startswith("2020-01-01에 시행 중이던 조문은 자료실에 없습니다.")


async def test_a_closed_notice_says_so(shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer) -> None:
    question = "용접로봇 지원사업의 지원금액은 최대 얼마인가요?"
    reply, evidence = await asked(conversation(shelf, tokenizer), question)
    assert "2억원" in reply.answer
    assert "접수 마감 2026-01-07" in reply.answer.split("자료에 이렇게")[0]
    assert evidence.passages[0].wire()["closes"] == "2026-01-07"
    open_then, _ = await asked(conversation(shelf, tokenizer), question, date(2026, 1, 7))
    assert "마감되었습니다" in open_then.answer  # it was open on that day, and is not to who asks today


def test_what_was_deleted_is_neither_quoted_nor_cited(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer
) -> None:
    _, passages = shelf[0].search("점검표에 적는 사항", 4)
    readings = analyse(passages, tokenizer)
    assert any("삭제" in reading.passage.text for reading in readings)
    assert not any("삭제" in line.text for reading in readings for line in reading.lines)
    line = next(line for reading in readings for line in reading.lines if "사람의 이름" in line.text)
    assert citation((line,)).locator == "제3조제2항제3호"


def test_a_passage_shows_the_stretch_of_the_article_it_is(shelf: tuple[Finder, Records, dict[str, str]]) -> None:
    _, passages = shelf[0].search("설비 점검 사업주", 4)
    found = next(each for each in passages if each.document_id == shelf[2]["now.md"])
    assert (found.locator, found.wire()["locator"]) == ("제3조", "제3조제1항–제2항")
    assert (found.wire()["standing"], found.wire()["in_force_until"]) == ("in_force", "2026-12-31")


async def test_a_superseded_text_that_is_cited_all_the_same_is_said_not_to_hold(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer
) -> None:
    old = replace(
        passage(1, "설비점검법", "사업주는 설비를 연 3회 점검하여야 한다."),
        effective=date(2020, 1, 1),
        standing=Standing("superseded", date(2020, 1, 1), passed=True),
    )

    class Only:
        def find(self, question: object) -> tuple[list[object], object]:
            return [old], lambda terms: dict.fromkeys(terms, 1.0)

    silent = engine(ScriptedModel(script=lambda _: "없음"))
    talk = Conversation("acme", Only(), shelf[1], silent, tokenizer, today=lambda: TODAY)  # type: ignore[arg-type]
    reply, _ = await asked(talk, QUESTION)
    assert "시행 중인 조문이 아닙니다" in reply.answer.split("자료에 이렇게")[0]


@pytest.mark.parametrize(
    "question",
    [
        "작년 기준 매출액 80억인데 용접로봇 지원사업의 지원금액은 최대 얼마인가요?",
        "작년에는 용접로봇 지원사업의 지원금액이 최대 얼마였나요?",
        "2026년 1월 5일 기준 용접로봇 지원사업의 지원금액은 최대 얼마인가요?",
    ],
)
async def test_no_day_that_is_named_opens_a_closed_notice_again(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer, question: str
) -> None:
    reply, _ = await asked(conversation(shelf, tokenizer), question)
    assert "2억원" in reply.answer
    assert "마감" in reply.answer.split("자료에 이렇게")[0]
    assert any("마감되었습니다" in said for said in reply.notices)
    assert reply.unsupported == 0


@pytest.mark.parametrize("when", ["2026년 10월 기준", "2025년 3월 기준", "작년에는", "2027년부터는"])
async def test_what_carries_no_date_answers_for_a_day_and_says_so(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer, when: str
) -> None:
    reply, _ = await asked(conversation(shelf, tokenizer), f"{when} PR-200 설비 점검 횟수는?")
    assert not reply.abstained
    assert "월 2회" in reply.answer
    assert "날짜가 없어" in reply.answer.split("자료에 이렇게")[0]
    assert reply.as_of is None
    assert reply.unsupported == 0


async def test_what_carries_no_date_but_speaks_of_another_year_does_not_answer_for_a_year(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer
) -> None:
    other = passage(1, "2026년 용접로봇 안내", "2026년 용접로봇 지원금액은 최대 2억 원이다.")

    class Only:
        def find(self, question: object) -> tuple[list[object], object]:
            return [other], lambda terms: dict.fromkeys(terms, 1.0)

    silent = engine(ScriptedModel(script=lambda _: "없음"))
    talk = Conversation("acme", Only(), shelf[1], silent, tokenizer, today=lambda: TODAY)  # type: ignore[arg-type]
    reply, _ = await asked(talk, "2024년 기준 용접로봇 지원금액은 최대 얼마인가요?")
    assert reply.abstained


async def test_the_present_text_is_not_given_for_before_an_amendment_without_a_word(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer
) -> None:
    reply, _ = await asked(conversation(shelf, tokenizer), f"개정 전에는 {QUESTION}")
    assert reply.answer.startswith("‘개정 전’이 언제를 말하는지 정할 수 없어, 오늘(2026-11-23) 기준으로 찾았습니다.")
    assert "5회" in reply.answer
    assert reply.unsupported == 0
    chosen, _ = await asked(conversation(shelf, tokenizer), f"개정 전에는 {QUESTION}", date(2025, 3, 1))
    assert "3회" in chosen.answer
    assert "정할 수 없어" not in chosen.answer


async def test_a_condition_s_date_leaves_the_answer_today_s_and_is_told(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer
) -> None:
    question = "2025년 12월 기준 상시근로자 30명인 사업주는 설비점검법에서 설비를 연 몇 회 점검해야 하나요?"
    reply, _ = await asked(conversation(shelf, tokenizer), question)
    assert "연 5회" in reply.answer
    assert (reply.as_of, reply.abstained) == (None, False)
    assert "2025년 12월 기준" in reply.notices[0]


async def test_a_follow_up_about_now_leaves_the_earlier_day(
    shelf: tuple[Finder, Records, dict[str, str]], tokenizer: Tokenizer
) -> None:
    talk = conversation(shelf, tokenizer)
    first = f"2024년 기준 {QUESTION}"
    for text, times in (("지금은요?", "5회"), ("현행은요?", "5회"), ("2027년에는요?", "7회"), ("다시 알려줘", "3회")):
        events = [event async for event in talk.once("kim", text, [first])]
        reply = events[-1]
        assert isinstance(reply, Reply)
        assert times in reply.answer, text


@pytest.mark.parametrize(
    ("standing", "says"),
    [
        (Standing("future", date(2027, 3, 1)), "2027-03-01 자 공고로, 2026-11-23에는 아직 나오지 않은"),
        (Standing("superseded", date(2026, 1, 1), date(2026, 2, 1), "other", passed=True), "새 문서를 확인해 주세요"),
        (Standing("in_force", date(2026, 1, 1), by="other"), "정정·재공고가 따로 있으니"),
    ],
)
def test_a_notice_is_never_spoken_of_as_a_law(standing: Standing, says: str, tokenizer: Tokenizer) -> None:
    notice = replace(passage(1, "모집 공고", "신청한다."), standing=standing, closes=date(2026, 2, 6))
    question = understand("언제까지 신청하나요?", [], tokenizer, TODAY)
    said = opening(notice, question, "ko")
    assert said is not None
    assert says in said
    assert not re.search(r"조문|시행|국가법령정보센터", said)
    # What corrects it or takes its place may give more time.
    assert "마감되었습니다" not in said
    if standing.state != "future":
        assert not any("마감" in each for each in warnings([notice], question, TODAY, "ko"))
