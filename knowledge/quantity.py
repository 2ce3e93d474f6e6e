"""Measures in text, made comparable: `0.69 kV` and `690 V` are the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_PREFIXES = {"": 0, "k": 3, "M": 6, "G": 9, "m": -3, "µ": -6, "μ": -6, "u": -6}
_BASES = {
    "V": ("", "k", "M", "m", "µ", "μ"),
    "A": ("", "k", "m", "µ", "μ"),
    "W": ("", "k", "M", "G", "m"),
    "VA": ("", "k", "M"),
    "Hz": ("", "k", "M", "G"),
    "Pa": ("", "k", "M"),
    "Ω": ("", "k", "M", "m"),
    "N": ("", "k"),
    "Nm": ("", "k"),
    "s": ("", "m", "µ"),
    "bar": ("", "m"),
    "L": ("", "m"),
}
_OTHERS = {
    "mm": ("m", -3), "cm": ("m", -2), "m": ("m", 0), "km": ("m", 3), "µm": ("m", -6), "μm": ("m", -6),
    "mg": ("g", -3), "g": ("g", 0), "kg": ("g", 3), "℃": ("℃", 0), "°C": ("℃", 0), "%": ("%", 0),
    "rpm": ("rpm", 0), "r/min": ("rpm", 0), "1/min": ("rpm", 0), "min⁻¹": ("rpm", 0), "dB": ("dB", 0),
    "볼트": ("V", 0), "암페어": ("A", 0), "와트": ("W", 0), "킬로와트": ("W", 3), "킬로그램": ("g", 3),
    "밀리미터": ("m", -3), "N·m": ("Nm", 0), "N m": ("Nm", 0),
}  # fmt: skip
_UNITS: dict[str, tuple[str, int]] = {
    **{f"{prefix}{base}": (base, _PREFIXES[prefix]) for base, prefixes in _BASES.items() for prefix in prefixes},
    **_OTHERS,
}
"""Unit as written: (dimension, power of ten of its base)."""
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WRITTEN = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_MEASURE = re.compile(rf"(?<![\d.,A-Za-z])([-−]?)({_NUMBER})\s*({_WRITTEN})(?![A-Za-z0-9/²³])")
_ONE_SIDED = re.compile(r"(\S.*?) (이상|이하)")
_VAGUE = re.compile(
    r"[~∼〜±≤≥<>]|\d\s*[-–—]\s*\d|\d\s*(?:to|bis|and|or)\s*\d|이상|이하|미만|초과|최대|최소|최고|최저|까지|부터|내지|허용|\bmax|\bmin\b|\bup to\b",
    re.IGNORECASE,
)
"""Words of ranges and limits: what is said of them contradicts no single value."""
_AFTER_NAME = re.compile(
    rf"\s*(?:[(\[]\s*(?P<named>{_WRITTEN})\s*[)\]])?\s*(?:은|는|이|가|is\b)?\s*[:：=|]?\s*(?:(?:AC|DC)\s*)?"
    rf"(?P<number>[-−]?(?:{_NUMBER}))\s*(?:\|\s*)?(?P<unit>{_WRITTEN})?"
    r"(?=\s*(?:이며\s|이고\s|(?:이다|입니다|임|이며|이고)?\s*(?:$|\.\s*$|[,;]|\|(?!\s*[-−]?\d))))"
)
"""A value right behind the name of what has it, and nothing behind it that could change what is said."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` in the base unit `dimension` (`V`, `m`, `g` …)."""

    value: Decimal
    dimension: str


def measured(value: str, unit: str) -> str:
    """Value and unit as one says them; the unit belongs to the number, also in `5 ℃ 이상`."""
    one_sided = _ONE_SIDED.fullmatch(value) if unit else None
    return f"{one_sided[1]} {unit} {one_sided[2]}" if one_sided else f"{value} {unit}".strip()


def quantity(value: str, unit: str) -> Quantity | None:
    """The quantity of a single number and its unit; None where it is no plain number or the unit is not known."""
    known = _UNITS.get(unit.strip())
    plain = value.strip().replace("−", "-")
    if known is None or not re.fullmatch(rf"-?(?:{_NUMBER})", plain):
        return None
    try:
        return Quantity((Decimal(plain.replace(",", "")) * Decimal(10) ** known[1]).normalize(), known[0])
    except InvalidOperation:
        return None


def quantities(text: str) -> list[Quantity]:
    """All measures in a text, in order; none where it speaks of a range or a limit."""
    if _VAGUE.search(text):
        return []
    read = (quantity(f"{sign}{number}", unit) for sign, number, unit in _MEASURE.findall(text))
    return [each for each in read if each]


def value_at(text: str, at: int) -> Quantity | None:
    """The quantity that a text gives the name which ends `at`: `: 600 V`, `은 600 V이다.`, `(V) | 600`. None where anything
    else stands between or behind, or it speaks of a range or a limit.
    """
    found = None if _VAGUE.search(text) else _AFTER_NAME.match(text, at)
    return quantity(found["number"], found["unit"] or found["named"] or "") if found else None
