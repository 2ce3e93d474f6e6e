"""Which day a question names: a table of how people write one, and of dates that are none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asof import day_named, named, names_today, without_today

TODAY = date(2026, 11, 23)
LAW = "설비점검법에서 사업주는 설비를 연 몇 회 점검해야 하나요?"


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("2025. 3. 1. 기준 벌금은?", date(2025, 3, 1)),
        ("2025.03.01. 현재 벌금은?", date(2025, 3, 1)),
        ("2025.3.1 현재 벌금은?", date(2025, 3, 1)),
        ("2025/3/1 기준 벌금은?", date(2025, 3, 1)),
        ("2025년 3월 1일자 기준 벌금은?", date(2025, 3, 1)),
        (f"2024.6 기준 {LAW}", date(2024, 6, 30)),
        (f"2024-06 기준 {LAW}", date(2024, 6, 30)),
        (f"24.6.1 현재 {LAW}", date(2024, 6, 1)),
        (f"'24.6 기준 {LAW}", date(2024, 6, 30)),
        (f"'24년 기준 {LAW}", date(2024, 12, 31)),
        (f"’24년 기준 {LAW}", date(2024, 12, 31)),
        (f"24년 12월 기준 {LAW}", date(2024, 12, 31)),
        (f"24년 기준 {LAW}", date(2024, 12, 31)),
        (f"2024년 4분기 기준 {LAW}", date(2024, 12, 31)),
        (f"2024년 1/4분기 기준 {LAW}", date(2024, 3, 31)),
        (f"2024년 상반기 기준 {LAW}", date(2024, 6, 30)),
        (f"3년 전 기준으로 {LAW}", date(2023, 11, 23)),
        (f"6개월 전 기준으로 {LAW}", date(2026, 5, 23)),
        (f"2024년 12월 말 기준 {LAW}", date(2024, 12, 31)),
        (f"작년 기준 {LAW}", date(2025, 12, 31)),
        ("작년 말 기준 과태료는?", date(2025, 12, 31)),
        ("작년 기준으로는요?", date(2025, 12, 31)),
        ("작년엔 공고가 언제 떴죠", date(2025, 12, 31)),
        ("과태료는 얼마였어요 작년 기준", date(2025, 12, 31)),
        ("2024년에는요?", date(2024, 12, 31)),
        ("2024년 기준이면 벌금은 얼마인가요?", date(2024, 12, 31)),
        ("내년에는 위반하면 벌금이 얼마인가요?", date(2027, 1, 1)),
        ("내년 기준 하도급법 벌금은?", date(2027, 1, 1)),
        ("2027년 3월에는 무엇이 바뀌나요?", date(2027, 3, 1)),
        ("2027년 이후 시행되는 벌금은?", date(2027, 1, 1)),
        ("What was the fine as of 2024?", date(2024, 12, 31)),
        ("What was the fine as of March 2025?", date(2025, 3, 31)),
        ("What was the fine as of March 1, 2025?", date(2025, 3, 1)),
        ("What was the fine as of 1 March 2025?", date(2025, 3, 1)),
        ("What was the fine as of last year?", date(2025, 12, 31)),
        # What a rule says of workers or sales is asked of the law, not told of the asker.
        ("2024년 기준 근로기준법에서 상시 근로자 30명인 사업장의 의무는?", date(2024, 12, 31)),
        ("2024년 기준 과징금은 매출액의 몇 %인가요?", date(2024, 12, 31)),
        ("2024년 기준 중소기업 매출액 요건은 얼마였나요?", date(2024, 12, 31)),
        ("2025년 3월 기준 근로자에게 주는 유급휴가는 며칠인가요?", date(2025, 3, 31)),
        ("2020년 기준 지능형 로봇투자회사의 자산운용회사는 자문을 할 수 있나요?", date(2020, 12, 31)),
    ],
)
def test_a_day_is_seen_however_it_is_written(question: str, day: date) -> None:
    assert day_named(question, TODAY) == day


@pytest.mark.parametrize(
    "question",
    [
        f"작년 기준 상시근로자 30명인 사업주는 {LAW}",
        f"작년 말 기준 상시근로자 30명인 사업주는 {LAW}",
        f"2025년 12월 기준 상시근로자 30명인 사업주는 {LAW}",
        f"작년에는 상시근로자가 30명이었습니다. {LAW}",
        "2024년 기준 매출액이 100억이면 신청 가능?",
        "2023년 당시 산 설비도 지원되나요?",
        "2023년 당시 구입한 설비도 지원되나요?",
        "전년 기준 매출액 50억이면 중소기업인가요?",
        "전년 기준 매출액 50억",
        "작년 기준 매출액 80억인데 자율형공장 지원금은 얼마인가요?",
        "2025년 결산 기준 자산 100억이면 되나요?",
        "2024년 기준으로 우리 회사는 소기업이었는데, 과태료는 얼마인가요?",
        "매출액이 2024년 기준 100억이면 신청 가능한가요?",
        "제조일자 2023년 3월 기준으로 보증기간은?",
        "2027년 이후 제조된 설비의 보증기간은?",
        "as of 2024 revenue of 10 billion won, may we apply?",
        "2025년 지원사업 예산은?",
        "2026년 자율형공장 지원금은?",
        "제조일자 2023년 3월인 설비의 점검 주기는?",
        "2020년부터 시행된 법인가요?",
        "ISO 9001:2015 기준 심사 주기는?",
        "MX-2024 기준 압력은?",
        "모델 MX-2024.6 기준 압력은?",
        "제2025-12 기준은?",
        "근속 20년 기준 퇴직금은?",
        "펌웨어 24.6.1 기준 설정은?",
        "점도 24.6 기준 온도는?",
        "재작년 24년도엔 몇 개 뽑았죠",
    ],
)
def test_a_date_of_something_else_is_no_day(question: str) -> None:
    found = named(question, TODAY)
    assert (found.day, found.rest) == (None, question)


def test_where_a_date_is_read_as_a_condition_s_its_words_are_told() -> None:
    found = named("2025년 12월 기준 상시근로자 30명인 사업주는 몇 회 점검하나요?", TODAY)
    assert (found.doubt, found.words) == ("day_of_fact", "2025년 12월 기준")
    assert named("2020년부터 시행된 법인가요?", TODAY).doubt is None
    assert named("2025년 지원사업 예산은?", TODAY).doubt is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("2025년 2월 30일 기준 벌금은?", "2025년 2월 30일 기준"),
        ("2025.2.30 기준 벌금은?", "2025.2.30 기준"),
        ("2025년 13월 기준 벌금은?", "2025년 13월 기준"),
        ("The fine as of February 30, 2025?", "as of February 30, 2025"),
    ],
)
def test_a_day_that_no_calendar_has_is_noticed(question: str, words: str) -> None:
    found = named(question, TODAY)
    assert (found.day, found.doubt, found.words) == (None, "day_impossible", words)


@pytest.mark.parametrize(
    "question", ["개정 전에는 벌금이 얼마였나요?", "법이 개정되기 전 벌금은?", "바뀌기 전 벌금은?"]
)
def test_before_an_amendment_is_noticed_as_no_day(question: str) -> None:
    assert (named(question, TODAY).day, named(question, TODAY).doubt) == (None, "before_amendment")
    assert named(f"2024년 기준 {question}", TODAY).doubt is None


@pytest.mark.parametrize(
    "text", ["지금은요?", "그럼 올해는요?", "오늘 기준으로는?", "현행은요?", "그럼 현재 기준으로는요?", "And now?"]
)
def test_words_for_today_are_seen_and_taken_out(text: str) -> None:
    assert names_today(text)
    assert not names_today(without_today(text))


@pytest.mark.parametrize("text", ["2024년 6월 1일 현재 벌금은?", "작년 말 현재 벌금은?", "Do you know?"])
def test_other_words_do_not_name_today(text: str) -> None:
    assert not names_today(text)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("2025년 3월 기준으로 벌금은?", "벌금은?"),
        ("2026년 10월 기준 PR-200 설비 점검 횟수는?", "PR-200 설비 점검 횟수는?"),
        ("작년 기준으로는요?", ""),
    ],
)
def test_the_words_that_name_a_day_are_left_out_of_the_rest(question: str, rest: str) -> None:
    assert named(question, TODAY).rest == rest


@given(
    st.text(max_size=60),
    st.sampled_from(["99년 99월 99일", "2024.99.99", "24.0.0", "99개월 전", "as of foo 2024", "내년 0월"]),
    st.sampled_from([" 기준 벌금은?", "에는요?", " 이후", " 현재"]),
)
def test_nothing_asked_is_too_odd(text: str, when: str, mark: str) -> None:
    for asked in (text, f"{text} {when}{mark}"):
        named(asked, TODAY)
        without_today(asked)
