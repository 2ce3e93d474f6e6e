"""Which words of an answer are only denied, planned or doubted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.diagnosis.clauses import only_denied, words
from retrieval.korean import Tokenizer


def marked(tokenizer: Tokenizer, said: str) -> list[str]:
    return words(tokenizer.morphemes_of([said])[0])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("압력은 자동으로 기록돼요", {"압력", "자동", "기록"}),
        ("압력은 자동으로 기록되지 않아요", {"¬압력", "¬자동", "¬기록"}),
        ("도면 서버 없습니다", {"¬도면", "¬서버"}),
        ("그런 거 업어요", {"¬거"}),
        ("라벨은 못 붙여요", {"¬라벨", "¬붙이"}),
        ("태블릿은 아닙니다", {"¬태블릿"}),
        ("장부는 안 쓰고 태블릿을 씁니다", {"¬장부", "¬쓰", "태블릿", "쓰"}),
        ("로봇이 없어서 사람이 옮겨요", {"¬로봇", "사람", "옮기"}),
        ("프로그램 쓰다가 말았어요", {"¬프로그램"}),
        ("라벨이 없는 건 아니에요", {"±라벨"}),
        ("카메라를 달려고 합니다", {"~카메라", "~달"}),
        ("카메라를 달 예정이에요", {"~카메라", "~달"}),
        ("카메라를 달고 싶어요", {"~카메라", "~달"}),
        ("카메라가 있으면 좋겠어요", {"~카메라"}),
        ("카메라를 달기로 했어요", {"~카메라", "~달"}),
        ("카메라를 검토하는 중입니다", {"~카메라"}),
        ("카메라인지 센서인지 모르겠어요", {"?카메라", "?센서"}),
    ],
)
def test_a_word_stands_as_its_clause_has_it(tokenizer: Tokenizer, said: str, expected: set[str]) -> None:
    found = marked(tokenizer, said)
    assert expected <= set(found)
    assert len(found) == len(set(found))


def test_the_same_words_denied_share_none_with_the_plain(tokenizer: Tokenizer) -> None:
    plain, denied = marked(tokenizer, "자동 알림이 와요"), marked(tokenizer, "자동 알림이 안 와요")
    assert not set(plain) & set(denied)


@pytest.mark.parametrize(
    ("said", "only"),
    [
        ("라벨 없어요", True),
        ("라벨은 안 붙여요", True),
        ("카메라를 달 예정이에요", True),
        ("카메라를 달고 싶어요", True),
        ("라벨은 안 붙이고 손으로 적어요", False),
        ("라벨을 붙여요", False),
        ("라벨인지 몰라요", False),
    ],
)
def test_whether_anything_is_said_of_what_is(tokenizer: Tokenizer, said: str, only: bool) -> None:
    assert only_denied(marked(tokenizer, said)) == only


def test_nothing_said_has_no_words() -> None:
    assert words([]) == []
    assert not only_denied([])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_words(tokenizer: Tokenizer, said: str) -> None:
    assert all(isinstance(word, str) and word for word in marked(tokenizer, said))
