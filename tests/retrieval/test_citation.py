from __future__ import annotations

import pytest

from retrieval.citation import is_verbatim, quote_of
from retrieval.errors import NothingToQuoteError
from tests.retrieval.material import ALARMS

PASSAGE = (
    "자율형공장의 정부지원금은 최대 6억 원이다. 자율형공장은 약 30개 과제를 뽑는다. 접수는 2026년 1월 7일에 마감되었다."
)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("정부는 6억 원까지 지원합니다.", "자율형공장의 정부지원금은 최대 6억 원이다."),
        ("과제는 30개쯤 선정합니다.", "자율형공장은 약 30개 과제를 뽑는다."),
        ("1월 7일에 접수가 끝났습니다.", "접수는 2026년 1월 7일에 마감되었다."),
    ],
)
def test_the_sentence_that_carries_the_claim(claim: str, quote: str) -> None:
    found = quote_of(PASSAGE, claim)
    assert found.text == quote == PASSAGE[found.start : found.end]
    assert 0 < found.score <= 1


def test_a_row_is_quoted_by_its_figures() -> None:
    assert quote_of(ALARMS, "E-217은 과열 알람입니다.").text.startswith("E-217 | ")


def test_a_claim_without_words_takes_the_first_sentence() -> None:
    assert quote_of(PASSAGE, "???").text == "자율형공장의 정부지원금은 최대 6억 원이다."


def test_nothing_to_quote() -> None:
    with pytest.raises(NothingToQuoteError):
        quote_of("  \n", "무엇이든")


def test_verbatim_folds_white_space_and_nothing_else() -> None:
    assert is_verbatim("정부지원금은  최대\n6억", PASSAGE)
    assert not is_verbatim("정부지원금은 최대 7억", PASSAGE)
    assert not is_verbatim("", PASSAGE)
