"""Checkable claims in Korean text: amounts, percentages, counts, dates, codes and addresses, in a form that can be compared.

`8천만 원`, `80,000,000원` and `0.8억 원` are one claim; so are `2026년 1월 7일`, `2026-01-07` and `'26.1.7`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MULTIPLE = {
    "조": 10**12,
    "억": 10**8,
    "천만": 10**7,
    "백만": 10**6,
    "십만": 10**5,
    "만": 10**4,
    "천": 10**3,
    "백": 10**2,
}
_STEP = rf"(?:{_DIGITS})\s*(?:조|억|천만|백만|십만|만|천|백)(?![가-힣]*조)"
_NUMBER = re.compile(
    rf"(?P<scaled>{_STEP}(?:\s*{_STEP})*(?:\s*(?:{_DIGITS})(?=\s*(?:원|명|개|건|대|곳)))?)|(?P<plain>{_DIGITS})"
)
_PART = re.compile(rf"({_DIGITS})\s*(조|억|천만|백만|십만|만|천|백)?")
_UNIT = re.compile(
    r"\s*(?P<unit>퍼센트|프로(?![가-힣])|%p?|％|달러|개월|시간|주일|주간|영업일|일|년|월|분기|분|초|원|명|인|개|건|대|곳|회|번|차례|가지|단계|점|배|호|조|항|쪽|세"
    r"|mm|cm|kg|kW|kN|rpm|bar|MPa|℃|°C|dB|Hz|kHz|GB|MB|TB|m|t|V|A|W|L)?"
)
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d{2})\s*(?:년\s*|[-./]\s*)(?P<m>1[0-2]|0?[1-9])\s*(?:월(?:\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*일)?|[-./]\s*(?P<d2>3[01]|[12]\d|0?[1-9])(?!\d))"
    r"|(?P<y3>['’]\d{2})\s*\.\s*(?P<m3>1[0-2]|0?[1-9])\s*\.\s*(?P<d3>3[01]|[12]\d|0?[1-9])(?!\d)"
    r"|(?P<m4>1[0-2]|0?[1-9])\s*월\s*(?P<d4>3[01]|[12]\d|0?[1-9])\s*일"
)
_ARTICLE = re.compile(r"제\s*(\d+)\s*조(?:\s*의\s*(\d+))?|제\s*(\d+)\s*([항호장절편])")
_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{1,5}(?:\s[A-Z])?[-\s]?\d{1,6}(?:-\d{1,4})*|[A-Z]{2,}[-_][A-Z0-9]{2,}(?:-\d+)*|0\d{4})(?![A-Za-z0-9])"
)
_HALF = re.compile(r"절반|반반")
_NATIVE = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_NATIVE_COUNT = re.compile(
    r"(?<![가-힣])(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(번|차례|가지|명|곳|개|달|해|단계|배|사람|군데)(?=[가-힣\s.,)]|$)"
)
_HOST = r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?![a-z0-9])|\d{1,3}(?:\.\d{1,3}){3}(?!\d)"
_ADDRESS = re.compile(
    rf"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:[/\\]{{2,}}(?:[^\s<>\"'`“”‘’()\[\]{{}}가-힣]+|\S+)"
    rf"|(?<![a-z0-9._%+-])[a-z0-9._%+-]+@(?:{_HOST})|(?<![a-z0-9.-])(?:{_HOST})(?::\d+)?(?:[/?#][^\s<>\"'`“”‘’()\[\]{{}}가-힣]*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![A-Za-z0-9-])(?:(?:\+?82[-. ]?\(?0?\)?|\(?0)\d{1,2}\)?[-. ]{0,2}\d{3,4}|1[568]\d{2})[-. ]\d{4}(?!\d|-\d)"
)
_OPAQUE = re.compile(r"(?<![A-Za-z0-9+/=_-])(?=[A-Za-z+/=_-]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+/=_-]{20,}")
"""A key, a hash, an encoded message: nothing of it can be checked but that it stands there just so."""
_WIDE = {ord(wide): ord(wide) - 0xFEE0 for wide in map(chr, range(0xFF01, 0xFF5F))} | {ord("。"): ord(".")}
_MARK = re.compile(r"\[\d+\]")
_LIST_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s+", re.M)


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement. `kind` is number, date, code or address; `value` is canonical; `unit` may be empty."""

    kind: str
    value: str
    unit: str
    text: str

    def carried_by(self, other: Claim) -> bool:
        """Whether `other`, found in the cited text, states the same thing."""
        if self.kind != other.kind:
            return False
        if self.kind == "date":
            return _date_within(self.value, other.value)
        if self.kind == "address":
            return self.value in {other.value, other.value.partition("/")[0]}
        return self.value == other.value and (self.unit == other.unit or not self.unit or not other.unit)


def claims(text: str) -> list[Claim]:
    """Claims in reading order. Citation marks such as `[1]` and the numbers of a list are not claims."""
    plain = text.translate(_WIDE)
    rest = _LIST_NUMBER.sub(lambda m: " " * len(m.group()), _MARK.sub(lambda m: " " * len(m.group()), plain))
    found: list[tuple[int, Claim]] = []
    for pattern, make in _KINDS:
        for match in pattern.finditer(rest):
            found.append((match.start(), make(match)))
        rest = pattern.sub(lambda m: " " * len(m.group()), rest)
    for match in _HALF.finditer(rest):
        found.append((match.start(), Claim("number", "50", "%", match.group())))
    for match in _NATIVE_COUNT.finditer(rest):
        found.append((match.start(), Claim("number", str(_NATIVE[match[1]]), _unit(match[2]), match.group())))
    found.extend(_numbers(rest))
    return [claim for _, claim in sorted(found, key=lambda pair: pair[0])]


def unsupported(text: str, evidence: list[Claim]) -> list[Claim]:
    """Claims of `text` that none of `evidence` states."""
    return [claim for claim in claims(text) if not any(claim.carried_by(other) for other in evidence)]


def _numbers(text: str) -> list[tuple[int, Claim]]:
    found = []
    for match in _NUMBER.finditer(text):
        unit_match = _UNIT.match(text, match.end())
        unit = (unit_match.group("unit") if unit_match else None) or ""
        value = sum((_part(part) for part in _PART.finditer(match.group())), Decimal(0))
        if match.group("scaled") and unit in {"조", ""}:
            unit = ""
        words = text[match.start() : match.end() + (len(unit_match.group()) if unit_match else 0)]
        found.append((match.start(), Claim("number", _canonical(value), _unit(unit), words.strip())))
    return found


def _part(match: re.Match[str]) -> Decimal:
    return Decimal(match[1].replace(",", "")) * _MULTIPLE.get(match[2] or "", 1)


def _canonical(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _unit(unit: str) -> str:
    same = {
        "퍼센트": "%", "프로": "%", "％": "%", "인": "명", "사람": "명", "차례": "번", "회": "번", "군데": "개", "달": "개월",
        "주간": "주", "주일": "주", "해": "년", "°C": "℃", "건": "개", "곳": "개",
    }  # fmt: skip
    return same.get(unit, unit)


def _date(match: re.Match[str]) -> Claim:
    g = match.groupdict()
    year = g["y"] or ("20" + g["y3"][1:] if g["y3"] else "")
    month = g["m"] or g["m3"] or g["m4"] or ""
    day = g["d"] or g["d2"] or g["d3"] or g["d4"] or ""
    value = f"{year}-{int(month):02d}-{int(day):02d}" if day else f"{year}-{int(month):02d}"
    return Claim("date", value, "", match.group().strip())


def _date_within(stated: str, known: str) -> bool:
    """`2026-01` is carried by `2026-01-07`, and `-01-07` (no year) by any year's."""
    return known.startswith(stated) if not stated.startswith("-") else known.endswith(stated)


def _article(match: re.Match[str]) -> Claim:
    branch = f"의{match[2]}" if match[2] else ""
    value = f"제{match[1]}조{branch}" if match[1] else f"제{match[3]}{match[4]}"
    return Claim("code", value, "", match.group().strip())


def _code(match: re.Match[str]) -> Claim:
    return Claim("code", re.sub(r"[\s_-]", "", match.group()).upper(), "", match.group().strip())


def _opaque(match: re.Match[str]) -> Claim:
    return Claim("code", match.group(), "", match.group())


def _address(match: re.Match[str]) -> Claim:
    """A scheme, `www.` and what a sentence puts behind an address are no part of it."""
    value = re.sub(r"^[a-z][a-z0-9+.-]*:[/\\]+", "", match.group().lower()).removeprefix("www.").rstrip(".,;:!?/")
    return Claim("address", value, "", match.group().strip())


def _phone(match: re.Match[str]) -> Claim:
    digits = re.sub(r"\D", "", match.group())
    return Claim(
        "address", "0" + digits.removeprefix("82").lstrip("0") if digits[:2] == "82" else digits, "", match.group()
    )


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Claim]], ...] = (
    (_ADDRESS, _address),
    (_DATE, _date),
    (_PHONE, _phone),
    (_OPAQUE, _opaque),
    (_ARTICLE, _article),
    (_CODE, _code),
)
"""In this order: what one has claimed is nothing to the next."""
