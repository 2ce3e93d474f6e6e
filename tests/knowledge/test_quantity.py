from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.quantity import Quantity, quantities, quantity


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
