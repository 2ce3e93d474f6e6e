"""What a card of evidence says of the days its document holds on."""

from __future__ import annotations

from datetime import date

from ui.page import evidence
from ui.page.turn import Card, Turn


def badges(card: Card, today: date) -> str:
    return evidence.cards(Turn("q", cards=(card,)), "t", newest=False, today=today, language="ko")


def test_a_closed_notice_says_so_from_the_day_after_its_last() -> None:
    notice = Card(1, "d", "공고", None, "신청기간", "접수기간", closes="2026-01-07")
    assert "접수 마감(2026-01-07)" in badges(notice, date(2026, 1, 8))
    assert "접수 마감" not in badges(notice, date(2026, 1, 7))


def test_a_text_that_is_gone_says_so() -> None:
    old = Card(1, "e", "시행령", None, "제1조", "목적", effective="2017-07-26", standing="superseded")
    assert "지난 판" in badges(old, date(2026, 11, 23))
