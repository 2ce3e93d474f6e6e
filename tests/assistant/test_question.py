from __future__ import annotations

from datetime import date

import pytest

from assistant.errors import BadQuestionError
from assistant.question import understand
from retrieval.korean import Tokenizer

TODAY = date(2026, 11, 22)
FIRST = "대기업 LLM을 협력사가 쓸 수 있는 지원은 뭐가 있나요?"


@pytest.mark.parametrize("text", ["그럼 자부담은요?", "자부담은?", "그건 언제까지예요?", "거기 신청 조건이 뭐죠"])
def test_a_follow_up_leans_on_the_question_before_it(text: str, tokenizer: Tokenizer) -> None:
    question = understand(text, [FIRST], tokenizer, TODAY)
    assert question.topic == FIRST
    assert FIRST in question.search
    assert "llm" in question.terms


def test_a_follow_up_of_a_follow_up_leans_on_the_one_with_a_subject(tokenizer: Tokenizer) -> None:
    assert understand("그럼 기간은요?", [FIRST, "그럼 자부담은요?"], tokenizer, TODAY).topic == FIRST


@pytest.mark.parametrize("told", ["제 번호는 010-1234-5678입니다.", "주민등록번호는 900101-1234568이에요."])
def test_what_a_person_tells_of_themselves_is_not_looked_up(told: str, tokenizer: Tokenizer) -> None:
    asked = "자율형공장은 얼마까지 지원하나요?"
    plain = understand(asked, [], tokenizer, TODAY)
    for text in (f"{asked} {told}", f"{told} {asked}"):
        question = understand(text, [], tokenizer, TODAY)
        assert question.text == text
        assert (question.search, question.terms, question.words) == (asked, plain.terms, plain.words)


@pytest.mark.parametrize(
    "text",
    [
        "주민등록번호 900101-1234568 직원의 고용보험 신청 방법을 알려 주세요. 빨리 부탁드려요.",
        "010-1234-5678로 신청한 자율형공장 지원금 한도를 알려 주세요. 감사합니다.",
    ],
)
def test_a_request_with_a_number_in_it_stays_whole(text: str, tokenizer: Tokenizer) -> None:
    assert understand(text, [], tokenizer, TODAY).search == text


def test_a_follow_up_does_not_look_up_what_was_told_either(tokenizer: Tokenizer) -> None:
    first = "제 이름은 김철수이고 번호는 010-1234-5678입니다. 자율형공장은 얼마까지 지원하나요?"
    question = understand("자부담은요?", [first], tokenizer, TODAY)
    assert question.topic == "자율형공장은 얼마까지 지원하나요?"
    assert not {"김철수", "번호"} & set(question.terms)


@pytest.mark.parametrize("text", ["010-1234-5678이 누구 번호예요?", "연락처 010-1234-5678 담당자"])
def test_a_number_that_is_asked_about_is_looked_up(text: str, tokenizer: Tokenizer) -> None:
    assert understand(text, [], tokenizer, TODAY).search == text


@pytest.mark.parametrize(
    "text", ["AAS가 뭐예요?", "자율형공장은 얼마까지 지원하나요?", "산업안전보건법 교육 의무 알려줘"]
)
def test_a_question_with_its_own_subject_stands_alone(text: str, tokenizer: Tokenizer) -> None:
    question = understand(text, [FIRST], tokenizer, TODAY)
    assert question.topic is None
    assert question.search == text


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("얼마까지 지원하나요?", "원"),
        ("몇 퍼센트를 내나요?", "%"),
        ("언제 마감이에요?", "date"),
        ("몇 번 와야 하나요?", "번"),
        ("일주일에 몇시간까지요?", "시간"),
        ("담당자 전화번호 알려줘", "code"),
    ],
)
def test_the_kind_of_value_asked_for_is_seen(text: str, wants: str, tokenizer: Tokenizer) -> None:
    assert wants in understand(text, [], tokenizer, TODAY).wants


@pytest.mark.parametrize(
    ("text", "reason"), [("", "question_empty"), ("  \n", "question_empty"), ("가" * 2001, "question_long")]
)
def test_empty_and_overlong_questions_are_refused(text: str, reason: str, tokenizer: Tokenizer) -> None:
    with pytest.raises(BadQuestionError) as refused:
        understand(text, [], tokenizer, TODAY)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2027년 공고는?", {"2027"}),
        ("내년 27년도 과제 수", {"2027"}),
        ("5년 단위 계획은 2년 동안?", set()),
        ("자율형공장 마감", set()),
    ],
)
def test_the_years_asked_about_are_seen(text: str, years: set[str], tokenizer: Tokenizer) -> None:
    assert understand(text, [], tokenizer, TODAY).years == years


THEN = "2024년 기준 설비점검법에서 사업주는 설비를 연 몇 회 점검해야 하나요?"


@pytest.mark.parametrize(
    "text",
    [
        "지금은요?", "그럼 올해는요?", "오늘 기준으로는?", "현행은요?", "그럼 현재 기준으로는요?", "현재 기준으로 다시 알려줘",
        "And now?",
    ],
)  # fmt: skip
def test_a_follow_up_that_names_today_leaves_the_day_asked_about_before(text: str, tokenizer: Tokenizer) -> None:
    question = understand(text, [THEN], tokenizer, TODAY)
    assert question.topic == THEN.removeprefix("2024년 기준 ")
    assert question.day == TODAY
    assert not {"2024", "지금", "올해", "오늘", "현행", "현재"} & set(question.terms)
    later = understand("그럼 벌금은요?", [THEN, text], tokenizer, TODAY)
    assert later.day == TODAY


def test_a_follow_up_keeps_the_day_named_last(tokenizer: Tokenizer) -> None:
    assert understand("그럼 벌금은요?", [THEN], tokenizer, TODAY).day == date(2024, 12, 31)
    assert understand("그럼 벌금은요?", [THEN, "작년 기준으로는요?"], tokenizer, TODAY).day == date(2025, 12, 31)
    plain = THEN.removeprefix("2024년 기준 ")
    moved = understand("그럼 벌금은요?", [plain, "2024년에는요?"], tokenizer, TODAY)
    assert (moved.topic, moved.day) == (plain, date(2024, 12, 31))


def test_a_day_that_no_calendar_has_is_asked_back(tokenizer: Tokenizer) -> None:
    with pytest.raises(BadQuestionError) as refused:
        understand("2025년 2월 30일 기준 벌금은?", [], tokenizer, TODAY)
    assert refused.value.reason == "day_impossible"
    assert understand("그럼 벌금은요?", ["2025년 2월 30일 기준 과징금은?"], tokenizer, TODAY).day == TODAY
    chosen = understand("2025년 2월 30일 기준 벌금은?", [], tokenizer, TODAY, date(2025, 3, 1))
    assert chosen.day == date(2025, 3, 1)


def test_a_condition_s_year_is_none_that_an_answer_must_speak_of(tokenizer: Tokenizer) -> None:
    question = understand("2024년 기준 매출액이 100억이면 신청 가능한가요?", [], tokenizer, TODAY)
    assert (question.day, question.dated, question.years) == (TODAY, False, frozenset())
    assert understand("2025년 지원사업 예산은?", [], tokenizer, TODAY).years == {"2025"}
    assert understand("재작년 24년도엔 몇 개 뽑았죠", [], tokenizer, TODAY).years == {"2024"}


def test_the_words_of_a_day_of_this_year_are_not_looked_up(tokenizer: Tokenizer) -> None:
    question = understand("2026년 10월 기준 PR-200 설비 점검 횟수는?", [], tokenizer, TODAY)
    assert (question.search, question.day) == ("PR-200 설비 점검 횟수는?", date(2026, 10, 31))
    assert "2026" not in question.terms
