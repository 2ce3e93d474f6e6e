from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import law
from knowledge.readers import markdown

LAWS = Path("../shared/reference/laws").resolve()

ARTICLE = """① 중소기업은 다음 각 호의 요건을 모두 갖춘 기업으로 한다. <개정 2021.2.17>

1. 다음 각 목의 요건을 모두 갖출 것
가. 매출액이 별표 1의 기준에 맞을 것
나. 자산총액이 5천억원 미만일 것
2. 삭제 <2014.4.14>
2의2. 독립되어 있을 것

② 제1항제1호나목에 따른 자산총액은 자산총계로 한다.

③ 삭제 <2016.1.22>
"""
SUPPLEMENT = """부칙 <제16272호,2019.1.15>

제1조(시행일) 이 법은 공포 후 1년이 경과한 날부터 시행한다.

제2조(공표에 관한 적용례) ① 제10조제2항의 개정규정은 적용한다.
② 제3항은 그렇지 아니하다.

부칙(정부조직법) <제21065호, 2025.10.1>

제1조(시행일) 이 법은 공포한 날부터 시행한다.
"""


def cited(text: str, quote: str, label: str = "제3조") -> str:
    start = text.index(quote)
    return law.cited(label, text, start, start + len(quote))


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("자산총액이 5천억원 미만일 것", "제3조제1항제1호나목"),
        ("다음 각 목의 요건을 모두 갖출 것", "제3조제1항제1호"),
        ("독립되어 있을 것", "제3조제1항제2호의2"),
        ("자산총계로 한다.", "제3조제2항"),
        ("중소기업은 다음 각 호의 요건을", "제3조제1항"),
    ],
)
def test_a_quote_is_cited_by_the_finest_place_that_holds_it(quote: str, place: str) -> None:
    assert cited(ARTICLE, quote) == place


def test_a_quote_over_several_places_is_cited_from_the_first_to_the_last() -> None:
    first, second = ARTICLE.index("가. 매출액"), ARTICLE.index("나. 자산총액")
    assert law.cited("제3조", ARTICLE, first, second + 5) == "제3조제1항제1호가목–나목"
    assert law.cited("제3조", ARTICLE, 0, len(ARTICLE)) == "제3조제1항–제3항"
    # From the words of a 항 into one of its 호: the 항 holds both.
    assert law.cited("제12조의3", ARTICLE, 0, first) == "제12조의3제1항"


def test_an_article_without_paragraphs_is_cited_by_itself_and_items_count_without_them() -> None:
    assert cited("이 법은 조건을 정한다.", "조건") == "제3조"
    assert cited("다음과 같다.\n1. 임금\n2. 시간", "시간", "제17조") == "제17조제2호"


def test_a_supplementary_provision_is_cited_by_its_act_and_article() -> None:
    assert cited(SUPPLEMENT, "1년이 경과한 날", "부칙") == "부칙 <제16272호, 2019.1.15> 제1조"
    assert cited(SUPPLEMENT, "그렇지 아니하다", "부칙") == "부칙 <제16272호, 2019.1.15> 제2조제2항"
    assert cited(SUPPLEMENT, "공포한 날부터", "부칙") == "부칙 <제21065호, 2025.10.1> 제1조"
    assert law.cited("부칙", SUPPLEMENT, 0, len(SUPPLEMENT)) == "부칙"


def test_a_law_by_pages_is_cited_by_page_and_article() -> None:
    page = "제5조(협약) ① 협약을 맺는다.\n1. 기간\n제6조(평가) 평가한다."
    assert cited(page, "기간", "p. 3") == "p. 3 제5조제1항제1호"
    assert cited(page, "평가한다", "p. 3") == "p. 3 제6조"
    assert cited("앞쪽에서 이어진 글", "이어진", "p. 4") == "p. 4"
    assert cited(page, "기간", "1–14행") == "제5조제1항제1호"


def test_a_supplementary_article_is_never_taken_for_one_of_the_law_itself() -> None:
    page = "제6조(평가) 평가한다.\n부칙 <제20676호, 2025. 1. 21.>\n제1조(시행일) 공포 후 1년이 지나 시행한다."
    assert cited(page, "공포 후", "p. 9") == "p. 9 부칙 <제20676호, 2025. 1. 21.> 제1조"
    assert cited(page, "평가한다", "p. 9") == "p. 9 제6조"
    # The heading stands on the page before.
    assert cited("제2조(벌칙에 관한 경과조치) 종전에 따른다.", "종전에", "p. 10") == "p. 10 부칙 제2조"


@pytest.mark.parametrize(
    "line",
    [
        "삭제 <2014.4.14>",
        "③ 삭제 <2016.1.22>",
        "6의2. 삭제 <2022.2.15>",
        "가. 삭제 <2020. 6. 9.>",
        "제5조 삭제 <2014.4.14>",
        "제3조(정의) 삭제 <2014. 4. 14.>",
        "제3조의2 (정의 등) 삭제 ‹2014.4.14›",
        "제3조(정의) 삭제 〈2014.4.14>",
    ],
)
def test_what_was_deleted_is_no_rule(line: str) -> None:
    assert law.is_deleted(line)


@pytest.mark.parametrize(
    "line", ["① 기록을 삭제하여야 한다. <개정 2020.3.31>", "제25조제3항을 삭제한다.", "삭제를 요구할 수 있다."]
)
def test_a_rule_about_deleting_is_a_rule(line: str) -> None:
    assert not law.is_deleted(line)


def test_marks_of_later_days_are_found_with_their_words() -> None:
    (one,) = law.starts("[시행일 : 2021.1.26] 제16조\n\n① 정부는 이행하여야 한다.")
    assert one.days == (date(2021, 1, 26),)
    staged = "⑦ 과태료는 부과한다.\n\n[시행일] 제175조제4항제2호의2의 개정규정은 다음 각 호의 구분에 따른 날\n\n1. 50명 이상: 2027년 1월 1일\n2. 50명 미만: 2028년 1월 1일"
    (mark,) = law.starts(staged)
    assert mark.days == (date(2027, 1, 1), date(2028, 1, 1))
    assert mark.quote in " ".join(staged.split())
    assert law.starts(ARTICLE) == ()


@given(st.integers(0, len(ARTICLE)), st.integers(0, len(ARTICLE)))
def test_any_stretch_has_a_place_within_the_article(one: int, other: int) -> None:
    start, end = sorted((one, other))
    place = law.cited("제3조", ARTICLE, start, end)
    assert place.startswith("제3조")
    wider = law.cited("제3조", ARTICLE, 0, len(ARTICLE))
    assert len(wider) <= len("제3조제1항–제3항")


@given(st.text(alphabet="제조항호목의①②③12. 가나\n(삭제<>부칙", max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_no_text_is_too_odd_to_be_cited(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    assert law.cited("부칙", text, start, end).startswith("부칙")
    law.cited("p. 1", text, start, end)
    law.starts(text)


@pytest.mark.skipif(not LAWS.is_dir(), reason="the reference laws are not here")
def test_the_reference_laws_are_cited_as_they_are_counted() -> None:
    path = LAWS / "하도급거래공정화에관한법률" / "법률.md"
    document = markdown.read(path.read_bytes(), path.name)
    section = next(each for each in document.sections if each.locator.label == "제12조의3")
    quote = "요구하여서는 아니 된다"
    start = section.text.index(quote)
    assert law.cited(section.locator.label, section.text, start, start + len(quote)) == "제12조의3제1항"
