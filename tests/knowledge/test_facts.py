from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.days import day_of, days
from knowledge.document import Document, Edition, Locator, Section
from knowledge.facts import MOST, Fact, closing_day, facts, noted


def notice(text: str, *, kind: str = "notice", table: bool = False, title: str = "모집 공고") -> Document:
    section = Section(3, Locator("본문"), text, (title,), "table" if table else "prose")
    edition = Edition("공고 시험", promulgated=date(2025, 12, 8))
    return Document(title, "text/plain", (section,), kind=kind, edition=edition)


def told(text: str, kind: str, *, table: bool = False) -> list[str]:
    return [fact.value for fact in facts(notice(text, table=table)) if fact.kind == kind]


@pytest.mark.parametrize(
    ("line", "opens", "closes"),
    [
        ("신청기간 : 2025. 12. 8.(월) ~ 2026. 1. 7.(수) 18:00까지", "2025-12-08", "2026-01-07"),
        ("접수기간: '26.1.7. ~ 2.6.", "2026-01-07", "2026-02-06"),
        ("○ 접수기간: ’26. 1. 7(수) 09:00 ~ ’26. 2. 6(금) 17:00", "2026-01-07", "2026-02-06"),
        ("신청·접수 기간은 2025년 12월 20일부터 2026년 1월 7일까지", "2025-12-20", "2026-01-07"),
        ("모집기간 2025-12-20 ∼ 2026-01-07", "2025-12-20", "2026-01-07"),
        ("접수기간: 2025. 12. 20. ~ 1. 7.", "2025-12-20", "2026-01-07"),
        ("신청기간: 2026년 1월 7일 10시부터 2월 6일 18시까지", "2026-01-07", "2026-02-06"),
    ],
)
def test_a_window_is_read_in_the_spellings_of_notices(line: str, opens: str, closes: str) -> None:
    assert (told(line, "opens"), told(line, "closes")) == ([opens], [closes])


@pytest.mark.parametrize(
    "line",
    [
        "접수마감: 2026. 1. 7.(수) 18:00까지",
        "신청서는 2026년 1월 7일(수) 18:00까지 제출한다. 접수기간을 지킨다.",
        "신청기간: ~ 2026. 1. 7.",
        "2026년 회차 접수는 2026년 1월 7일에 끝났다.",
        "접수기간: 공고일로부터 30일",
    ],
)
def test_a_last_day_alone_closes_the_window(line: str) -> None:
    assert told(line, "closes") == ["2026-01-07"]
    assert told(line, "opens") == []


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("신청기간: 예산 소진 시까지", "until_spent"),
        ("접수기간 : 사업별 상이", "varies"),
        ("모집기간: 상시 접수", "rolling"),
    ],
)
def test_a_window_without_a_last_day_says_so(line: str, value: str) -> None:
    assert told(line, "condition") == [value]
    assert told(line, "closes") == []


def test_the_label_line_above_and_the_column_of_a_table_tell_what_a_day_is() -> None:
    assert told("□ 신청기간\n ○ 2025. 12. 8. ~ 2026. 1. 7.", "closes") == ["2026-01-07"]
    rows = "구분 | 접수기간 | 지원한도\n제조AI | 2026.1.7.~2.6. | 2억원\n로봇 | 사업별 상이 | 1.5억원"
    assert told(rows, "closes", table=True) == ["2026-02-06"]
    assert told(rows, "amount", table=True) == ["200000000", "150000000"]


def test_the_time_of_the_project_is_no_window() -> None:
    line = "사업기간 : 협약일로부터 9개월 (2026. 3. 1. ~ 2026. 11. 30.)"
    assert told(line, "closes") == []
    assert told(line, "date") == ["2026-03-01", "2026-11-30"]


def test_amounts_and_shares_are_canonical_and_say_whose_share() -> None:
    found = facts(notice("지원금액 : 총사업비의 50% 이내, 최대 1억 5,000만원 (자부담 50%)"))
    assert [(fact.kind, fact.value, fact.label) for fact in found] == [
        ("amount", "150000000", "금액"),
        ("share", "50", "지원 비율"),
        ("share", "50", "자부담 비율"),
    ]
    assert told("사업비의 100분의 70 이내를 보조한다", "share") == ["70"]
    assert told("지난해 매출은 3억원이었다", "amount") == []


def test_conditions_say_who_may_apply_and_who_may_not() -> None:
    text = "□ 지원대상\n ○ 중소 제조기업\n□ 지원제외 대상\n ○ 국세 체납 기업\n우대사항: 뿌리기업"
    found = [(fact.value, fact.quote) for fact in facts(notice(text)) if fact.kind == "condition"]
    assert found == [("eligible", "중소 제조기업"), ("excluded", "국세 체납 기업"), ("preferred", "우대사항: 뿌리기업")]


def test_a_notice_keeps_the_last_day_of_its_windows() -> None:
    one = noted(notice("신청기간: 2025. 12. 8. ~ 2026. 1. 7."))
    assert (one.metadata["opens"], closing_day(one)) == ("2025-12-08", date(2026, 1, 7))
    two = noted(notice("1차 접수기간: 2026. 1. 7.까지\n2차 접수기간: 2026. 3. 7.까지"))
    assert closing_day(two) == date(2026, 3, 7)
    manual = notice("접수기간: 2026. 1. 7.까지", kind="document")
    assert noted(manual) == manual


def test_a_programme_is_not_closed_by_the_day_of_another() -> None:
    line = "자율형공장의 2026년 회차 접수는 2026년 1월 7일에 끝났다."
    own = notice(line, kind="programme", title="자율형공장 (2026년 회차)")
    overview = notice(line, kind="programme", title="2026년 지원사업 한눈에 보기")
    assert closing_day(noted(own)) == date(2026, 1, 7)
    assert closing_day(noted(overview)) is None


def test_days_of_no_calendar_are_none() -> None:
    assert list(days("2026. 2. 30. 그리고 2026-13-01")) == []
    assert day_of("버전 1.2.3은 2026. 2. 3. 나왔다") == date(2026, 2, 3)


SPELLINGS = (
    "{d.year}. {d.month}. {d.day}.",
    "{d.year}년 {d.month}월 {d.day}일",
    "{d.year}.{d.month:02d}.{d.day:02d}",
    "{d:%Y-%m-%d}",
    "'{d:%y}. {d.month}. {d.day}.",
    "{d.year}/{d.month}/{d.day}",
)
DATES = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@given(DATES, st.sampled_from(SPELLINGS), st.sampled_from(["", "(수)", "(목요일)"]))
def test_a_day_is_the_same_however_it_is_written(day: date, spelling: str, weekday: str) -> None:
    text = f"제출은 {spelling.format(d=day)}{weekday} 기준"
    (found,) = days(text)
    assert found.day == day
    assert text[found.start : found.end].startswith(spelling.format(d=day)[:2])


@given(DATES, DATES, st.sampled_from(SPELLINGS), st.sampled_from([" ~ ", "~", " ∼ ", "부터 ", " – "]))
def test_a_window_opens_and_closes_on_the_days_written(one: date, other: date, spelling: str, mark: str) -> None:
    opens, closes = sorted((one, other))
    line = f"접수기간: {spelling.format(d=opens)}{mark}{spelling.format(d=closes)}까지"
    assert (told(line, "opens"), told(line, "closes")) == ([opens.isoformat()], [closes.isoformat()])


@given(
    st.text(alphabet="신청접수기간지원대상제외금액: |~.'()0123456789년월일억만원%□○\n\t", max_size=200), st.booleans()
)
def test_facts_quote_what_stands_there_whatever_stands_there(text: str, table: bool) -> None:
    section = Section(0, Locator("본문"), text, (), "table" if table else "prose")
    for fact in facts(Document("t", "text/plain", (section,))):
        assert isinstance(fact, Fact)
        assert fact.quote in text
        if fact.kind in {"opens", "closes", "date"}:
            date.fromisoformat(fact.value)
        if fact.kind == "amount":
            assert int(fact.value) > 0


def test_a_document_full_of_days_gives_a_bounded_number_of_facts() -> None:
    many = replace(
        notice(""), sections=(Section(0, Locator("본문"), "\n".join(f"{y}. 1. 1. 개정" for y in range(1000, 3000))),)
    )
    assert len(facts(many)) <= MOST


@pytest.mark.parametrize(
    ("line", "opens", "closes"),
    [
        ("신청기간: 26.11.07.~26.12.26.", "2026-11-07", "2026-12-26"),
        ("신청기간: 26. 11. 7.(토) 09:00 ~ 12. 26.(토) 18:00", "2026-11-07", "2026-12-26"),
        ("접수기간: 1.7.(수)~2.6.(금)", "2026-01-07", "2026-02-06"),
        ("접수기간: 12.20.(토) ~ 1.7.(수) 18:00까지", "2025-12-20", "2026-01-07"),
        ("신청기간: 1월 7일부터 30일까지", "2026-01-07", "2026-01-30"),
        ("신청기간: 2026. 1. 7. ~ 20.", "2026-01-07", "2026-01-20"),
        ("신청기간: 2026. 1. 7.(수) ~ 20.(화) 18:00까지", "2026-01-07", "2026-01-20"),
        ("신청기간: 2026년 1월 7일 ~ 20일", "2026-01-07", "2026-01-20"),
        ("접수기간: 2026. 1. 7. ~ 2. 6., 발표평가: 2026. 3. 5.까지", "2026-01-07", "2026-02-06"),
    ],
)
def test_a_window_may_leave_out_what_is_plain(line: str, opens: str, closes: str) -> None:
    assert (told(line, "opens"), told(line, "closes")) == ([opens], [closes])
    assert noted(notice(line)).metadata == {"opens": opens, "closes": closes}


def test_a_day_without_a_year_is_that_of_the_title_where_nothing_else_tells() -> None:
    undated = replace(notice("접수기간: 1.7.(수)~2.6.(금)", title="2026년 모집 공고"), edition=None)
    assert closing_day(noted(undated)) == date(2026, 2, 6)
    contradicted = replace(undated, title="2025년 모집 공고")
    assert closing_day(noted(contradicted)) is None
    assert closing_day(noted(replace(undated, title="모집 공고"))) is None


@pytest.mark.parametrize(
    "line",
    [
        "사업설명회 참가신청 접수: 2026. 11. 10.까지",
        "교육 신청 접수: 2026. 11. 10.까지",
        "서류 보완 제출기한: 2026. 11. 10.까지",
        "발표평가 자료 제출기한: 2026. 11. 10.까지",
        "이의신청 접수기간: 2026. 11. 1. ~ 11. 10.",
        "협약서류 제출기한: 2026. 11. 10.까지",
    ],
)
def test_what_else_has_a_last_day_does_not_close_the_window(line: str) -> None:
    assert told(line, "closes") == []
    both = noted(notice(f"신청기간: 26.11.07.~26.12.26.\n{line}"))
    assert closing_day(both) == date(2026, 12, 26)
    rows = f"구분 | 접수기간\n사업설명회 | {line.partition(': ')[2]}"
    assert told(rows, "closes", table=True) == []


@pytest.mark.parametrize(
    "line",
    [
        "신청기간: 2026. 1. 7.부터 30일간",
        "2차 접수기간: 26.2.30.~26.3.40.",
        "신청기간: 11월 중 ~ 12월 초",
        "신청기간: 예산 소진 시까지",
        "신청기간: 2026. 1. 7.부터",
    ],
)
def test_no_last_day_is_told_where_a_window_could_not_be_read_or_stays_open(line: str) -> None:
    assert closing_day(noted(notice(f"1차 접수기간: 2025. 12. 10. ~ 12. 20.\n{line}"))) is None


def test_of_several_windows_the_last_closes() -> None:
    found = noted(notice("1차 접수기간: 2026. 1. 7. ~ 1. 20.\n2차 접수기간: 2026. 3. 7. ~ 3. 20."))
    assert closing_day(found) == date(2026, 3, 20)
    assert "opens" not in found.metadata
    spent = noted(notice("접수기간: 2026. 1. 7. ~ 1. 20. (예산 소진 시 조기 마감)"))
    assert closing_day(spent) == date(2026, 1, 20)


@pytest.mark.parametrize(
    ("line", "won"),
    [
        ("지원한도: 3천 5백만원", ["35000000"]),
        ("지원한도: 2천500만 원", ["25000000"]),
        ("지원금액: 최대 6억(2년)", ["600000000"]),
        ("지원금액: 최대 1억 5천 이내", ["150000000"]),
        ("지원금액: 1조 2천억원 규모", ["1200000000000"]),
        ("지원금: 150백만원", ["150000000"]),
        ("지원금: 5천만원 ~ 1.5억원", ["50000000", "150000000"]),
        ("지원대상: 매출액 120억원 이하 중소기업", []),
        ("지원대상: 매출액 10억원 ~ 120억원 이하", []),
        ("매출액 120억원 이하 기업에 최대 2억원 지원", ["200000000"]),
        ("자본금 80억 미만 기업 지원", []),
        ("국민 6억명 지원", []),
        ("최대 3억 달러 지원", []),
    ],
)
def test_an_amount_is_what_is_given_however_it_is_written(line: str, won: list[str]) -> None:
    assert told(line, "amount") == won


def test_an_amount_that_limits_who_may_apply_is_a_condition() -> None:
    assert told("매출액 120억원 이하 기업에 최대 2억원 지원", "condition") == ["eligible"]
    rows = "구분 | 매출액 | 지원한도\n소기업 | 120억원 이하 | 2억원"
    assert told(rows, "amount", table=True) == ["200000000"]
