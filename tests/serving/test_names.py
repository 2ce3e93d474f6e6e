"""Names: what is shown of them, which read alike, and which could be taken for another's login."""

from __future__ import annotations

import unicodedata

import pytest

from serving.accounts import names
from serving.errors import RequestError

NO_LOGINS = [
    *("ab", "a b", "kim@hanbit.", ".kim", "kim\u200b@hanbit", "kim\0", "kim\ud800", "a" * 121, "ㅁㅁㅁ"),
    *("аdmin@hanbit", "αdmin", "kim@hanbıt", "kim'--", "kim%", "<kim>", "\u3164\u3164\u3164", "ﷺ" * 10),
]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  한빛 \t 정밀\n", "한빛 정밀"),
        (unicodedata.normalize("NFD", "한빛정밀"), "한빛정밀"),
        ("한\u200b빛\u202e정\ufeff밀\u00ad", "한빛정밀"),
        ("한빛\u3164정밀\u115f", "한빛정밀"),
        ("한빛 \u200b 정밀", "한빛 정밀"),
        ("한빛\0정밀\ud800\x1b[31m", "한빛정밀[31m"),
        ("한\u3000빛", "한 빛"),
        ("㈜한빛", "㈜한빛"),
        ("\u3164\u2800", ""),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(typed: str, shown: str) -> None:
    assert names.shown(typed) == shown
    assert names.shown(shown) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("㈜한빛정밀", "(주) 한빛정밀"),
        ("Hanbit", "ＨＡＮＢＩＴ"),
        ("한빛 정밀", "한빛정밀"),
        ("한빛정밀", "한빛\u200b정밀"),
        ("한빛정밀", unicodedata.normalize("NFD", "한빛정밀")),
        ("Straße", "STRASSE"),
    ],
)
def test_names_that_read_alike_are_one(one: str, other: str) -> None:
    assert names.likeness(one) == names.likeness(other)
    assert names.likeness(one) != names.likeness(f"{other}2")


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        (" Kim@Hanbit.co.kr ", "kim@hanbit.co.kr"),
        ("ｋｉｍ@hanbit", "kim@hanbit"),
        ("\u212aim@hanbit", "kim@hanbit"),  # the kelvin sign
        (unicodedata.normalize("NFD", "김반장"), "김반장"),
        ("a+b_c-d.e@x2", "a+b_c-d.e@x2"),
    ],
)
def test_a_login_is_kept_as_it_is_compared(typed: str, login: str) -> None:
    assert names.login(typed) == login == names.login(login) == names.folded(typed)


@pytest.mark.parametrize("typed", NO_LOGINS)
def test_what_could_be_taken_for_another_login_is_none(typed: str) -> None:
    with pytest.raises(RequestError, match="login_malformed"):
        names.login(typed)
