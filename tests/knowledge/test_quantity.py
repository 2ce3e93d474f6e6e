from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.quantity import Quantity, measured, quantities, quantity, value_at


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("690", "V"), ("0.69", "kV")),
        (("1,500", "mm"), ("1.5", "m")),
        (("2.5", "kW"), ("2500", "W")),
        (("0.5", "kg"), ("500", "g")),
        (("1500", "rpm"), ("1500", "1/min")),
        (("400", "볼트"), ("0.4", "kV")),
    ],
)
def test_prefixes_make_no_difference(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert quantity(*one) == quantity(*other) is not None


def test_kinds_are_kept_apart() -> None:
    assert quantity("5", "V") != quantity("5", "A")
    assert quantity("5", "mW") != quantity("5", "MW")


@pytest.mark.parametrize(
    ("value", "unit"), [("100 ~ 690", "V"), ("about 5", "V"), ("5", "V²"), ("5", ""), ("", "V"), ("1e5", "V")]
)
def test_what_is_no_plain_measure_is_none(value: str, unit: str) -> None:
    assert quantity(value, unit) is None


def test_measures_are_found_in_text() -> None:
    assert quantities("정격전압은 690 V이고 무게는 0.5kg이다.") == [
        Quantity(Decimal(690).normalize(), "V"),
        Quantity(Decimal(500).normalize(), "g"),
    ]
    assert quantities("영하 -20 ℃에서") == [Quantity(Decimal(-20).normalize(), "℃")]
    assert quantities("모델 PAC4200, 제3조, 5 m²") == []


@pytest.mark.parametrize(
    "text", ["100~690 V", "최대 690 V", "690 V 이하", "up to 690 V", "10 - 20 V", "±5 V", "10 to 20 V"]
)
def test_ranges_and_limits_say_no_single_value(text: str) -> None:
    assert quantities(text) == []


@given(st.integers(0, 10**6), st.sampled_from(["V", "kW", "mm", "℃"]))
def test_whatever_is_written_is_found(value: int, unit: str) -> None:
    assert quantities(f"값은 {value:,} {unit}이다") == [quantity(f"{value:,}", unit)]


@pytest.mark.parametrize(
    "text",
    [
        "전압: 600 V",
        "전압 600V",
        "전압은 600 V이다.",
        "전압 (V) | 600",
        "전압 | 0.6 | kV",
        "전압 = AC 600 V, 전류 5 A",
        "전압이 600 V이며 좋다",
    ],
)
def test_the_value_right_behind_a_name_is_given_to_it(text: str) -> None:
    assert value_at(text, 2) == quantity("600", "V")


@pytest.mark.parametrize(
    "text",
    ["전압의 2배인 600 V", "전압 측정 오차는 5 V", "전압과 600 V", "전압은 600 V가 아니다", "전압 600 V에서", "전압 (V) | 600 | 480", "전압 600", "전압 최대 600 V"],
)  # fmt: skip
def test_anything_between_or_behind_makes_it_doubtful(text: str) -> None:
    assert value_at(text, 2) is None


def test_the_unit_stands_with_the_number() -> None:
    assert measured("690", "V") == "690 V"
    assert measured("5 이상", "℃") == "5 ℃ 이상"
    assert (measured("5 이상", ""), measured("IP54", "")) == ("5 이상", "IP54")
