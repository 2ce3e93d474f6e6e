from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from retrieval.korean import FIELD_WORDS, Tokenizer, codes


@pytest.mark.parametrize("spelling", ["E-217", "e217", "E217", "E 217"])
def test_spellings_of_a_code_are_one_term(spelling: str, tokenizer: Tokenizer) -> None:
    assert codes(f"{spelling} 알람") == ["e217"]
    assert "e217" in tokenizer.terms(f"{spelling}이 뜨면?")


def test_codes_and_what_only_looks_like_one() -> None:
    assert codes("AL-1043, PAC4200, 서브모델 02006, 3RT2015-1BB41") == ["al1043", "pac4200", "02006", "3rt20151bb41"]
    assert codes("두께 6.5mm, 24V, 100km/h, 2026-01-07, 1999-2001, 제12조의3, 16GB, 220 V") == []
    assert codes("https://a.kr/x12 와 kim01@a.kr") == []


def test_a_part_of_a_standard_is_found_by_the_standard(tokenizer: Tokenizer) -> None:
    assert codes("KS X 9001-3") == ["ksx90013"]
    assert {"ksx90013", "ksx9001"} <= set(tokenizer.terms("KS X 9001-3에 따른다"))
    assert "ksx9001" in tokenizer.terms("KS X 9001이란?")


def test_the_exact_spelling_stays_a_term(tokenizer: Tokenizer) -> None:
    assert "e-217" in tokenizer.terms("E-217 과열")


def test_numbers_keep_their_units(tokenizer: Tokenizer) -> None:
    assert {"6억", "50%"} <= set(tokenizer.terms("최대 6억 원의 50%를"))
    assert "6억" in tokenizer.terms("6 억")


@pytest.mark.parametrize(
    ("one", "other", "term"),
    [("스마트공장을", "스마트 공장을", "스마트공장"), ("예지보전은", "예지 보전은", "예지보전")],
)
def test_compounds_do_not_depend_on_spacing(one: str, other: str, term: str, tokenizer: Tokenizer) -> None:
    assert term in tokenizer.terms(one)
    assert term in tokenizer.terms(other)


def test_particles_and_endings_are_dropped(tokenizer: Tokenizer) -> None:
    assert tokenizer.terms("협력사는 자부담을 얼마나 내나요?")[:2] == ["협력사", "자부담"]
    assert tokenizer.terms("") == []


@pytest.mark.parametrize("word", FIELD_WORDS)
def test_field_words_stay_whole(word: str, tokenizer: Tokenizer) -> None:
    assert word in tokenizer.words(f"{word}의 뜻")


def test_many_texts_give_what_each_gives_alone(tokenizer: Tokenizer) -> None:
    texts = ["자율형공장 6억", "", "E-217 과열", "원사업자의 기술자료"]
    assert tokenizer.terms_of(texts) == [tokenizer.terms(text) for text in texts]


def test_threads_share_one_tokenizer() -> None:
    fresh = Tokenizer(threads=1)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(fresh.terms, ["스마트공장의 예지보전 E-217"] * 40))
    assert all(result == results[0] for result in results)
