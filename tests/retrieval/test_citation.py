from __future__ import annotations

import pytest

from retrieval.citation import LONGEST, is_verbatim, stretch
from retrieval.errors import NothingToQuoteError

FIRST = "자율형공장의 정부지원금은 최대 6억 원이다."
SECOND = "자율형공장은 약 30개 과제를 뽑는다."
THIRD = "접수는 2026년 1월 7일에 마감되었다."
PASSAGE = f"{FIRST}\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    ("parts", "quote"),
    [
        ((SECOND,), SECOND),
        ((SECOND, FIRST), f"{FIRST} {SECOND}"),
        ((FIRST, THIRD), f"{FIRST} {SECOND} {THIRD}"),
    ],
)
def test_the_shortest_stretch_that_holds_all_parts(parts: tuple[str, ...], quote: str) -> None:
    assert stretch(PASSAGE, parts) == quote
    assert is_verbatim(quote, PASSAGE)


@pytest.mark.parametrize("mark", ["① ", "1. ", "- ", "가. "])
def test_an_item_mark_is_left_off(mark: str) -> None:
    assert stretch(f"{mark}{FIRST}", (f"{mark}{FIRST}",)) == FIRST


def test_parts_too_far_apart_give_the_main_one_alone() -> None:
    passage = f"{FIRST}\n{'가나다 ' * LONGEST}\n{THIRD}"
    assert stretch(passage, (THIRD, FIRST)) == THIRD


def test_nothing_to_quote() -> None:
    with pytest.raises(NothingToQuoteError):
        stretch(PASSAGE, ("없는 문장이다.",))


def test_verbatim_folds_white_space_and_nothing_else() -> None:
    assert is_verbatim("정부지원금은  최대\n6억", PASSAGE)
    assert not is_verbatim("정부지원금은 최대 7억", PASSAGE)
    assert not is_verbatim("", PASSAGE)
