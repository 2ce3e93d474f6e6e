"""Numbers and dates of a spreadsheet as a person sees them, by the cell's format code (ISO/IEC 29500-1, 18.8.31)."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BUILTIN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00",
    9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
    37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00",
    44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss", 48: "0.0E+0", 49: "@",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy-mm-dd"),  # dates of East Asian programs
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip
"""Codes that a file names by number alone."""
_TOKEN = re.compile(
    r'"(?P<words>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<sign>[^\]-]*)[^\]]*\]|\[(?P<elapsed>[hms]+)\]|\[[^\]]*\]'
    r"|_.|\*.|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)|(?P<power>[Ee][+-]0+)|(?P<general>General)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d{1,20}(?:\.\d{1,20})?)\]")
_QUOTED = re.compile(r'"[^"]*"')
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_GENERAL = "General"
_REMEMBERED = 512
_LARGEST_DAY = 2_958_465  # 9999-12-31


def shown(value: str, code: str, *, since_1904: bool = False) -> str:
    """What stands in the cell. `value` is the number as the file has it; what is no number comes back as it is.

    Empty where the code hides the number, as `;;;` does. A code that is not understood shows the number as it is.
    Dates are written `2026-11-23` and times `14:30`, whatever order the code has, so that they can be found.
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return value
    if not code or code == _GENERAL:
        return _general(number)
    part, signed = _chosen(number, code)
    if not part.replace('""', "").strip() and ";" in code:
        return ""
    if _is_date(part):
        return _moment(number, part, since_1904) or _general(number)
    return _number(number if signed else abs(number), part)


def hides_text(code: str) -> bool:
    """Whether words in a cell of this code are not shown: its fourth section is there and empty."""
    parts = _sections(code)
    return len(parts) == 4 and not parts[3].strip()


def _chosen(number: Decimal, code: str) -> tuple[str, bool]:
    """The section of the code that is for this number, General where that is not clear, and whether the sign is shown."""
    parts = _sections(code)[:3]
    conditions = [_condition(part) for part in parts]
    if not any(conditions):
        if number < 0 and len(parts) > 1:
            return parts[1], False
        return parts[2] if number == 0 and len(parts) > 2 else parts[0], True
    for part, condition in zip(parts, conditions, strict=True):
        if condition is None:
            # The last section is for what is left; what one without a condition in between is for, programs disagree on.
            return (part if part is parts[-1] and len(parts) > 1 else _GENERAL), True
        sign, limit = condition
        if _HOLDS[sign](number, limit):
            return part, not (number < 0 and sign in {"<", "<="} and limit <= 0)
    return _GENERAL, True


@functools.lru_cache(_REMEMBERED)
def _condition(part: str) -> tuple[str, Decimal] | None:
    found = _CONDITION.search(_QUOTED.sub("", part))
    return (found[1], Decimal(found[2])) if found else None


@functools.lru_cache(_REMEMBERED)
def _sections(code: str) -> list[str]:
    parts, quoted, start = [], False, 0
    for at, letter in enumerate(code):
        quoted ^= letter == '"'
        if letter == ";" and not quoted:
            parts.append(code[start:at])
            start = at + 1
    return [*parts, code[start:]]


@functools.lru_cache(_REMEMBERED)
def _tokens(part: str) -> list[re.Match[str]]:
    return list(_TOKEN.finditer(part))


@functools.lru_cache(_REMEMBERED)
def _is_date(part: str) -> bool:
    tokens = _tokens(part)
    if any(token["general"] for token in tokens):
        return False
    return any(token["elapsed"] or (token["other"] and _DATE_LETTERS.match(token["other"])) for token in tokens)


def _moment(number: Decimal, part: str, since_1904: bool) -> str:
    """Empty where there is no such day."""
    letters = "".join(t["other"] or t["elapsed"] or "" for t in _tokens(part)).lower()
    seconds = int((number * 86400).to_integral_value(ROUND_HALF_UP))
    clock = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if "s" in letters else "")
    if re.search(r"\[[hms]+\]", part, re.IGNORECASE):
        return f"{'-' if seconds < 0 else ''}{abs(seconds) // 3600}{clock[2:]}" if seconds >= 0 else ""
    if not 0 <= number <= _LARGEST_DAY:
        return ""
    if not {"y", "d"} & set(letters) and {"h", "s"} & set(letters):
        return clock
    # Day 60 is 29 February 1900, which never was: days before it lie one later than the count says.
    first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 31 if number < 60 else 30)  # noqa: DTZ001
    try:
        day = (first + timedelta(seconds=seconds)).strftime("%Y-%m-%d")
    except OverflowError:
        return ""
    return f"{day} {clock}" if "h" in letters else day


def _number(number: Decimal, part: str) -> str:
    tokens = _tokens(part)
    if any(token["power"] for token in tokens):
        decimals = next((t["digits"].partition(".")[2] for t in tokens if t["digits"]), "")
        return f"{number:.{len(decimals)}E}"
    if part.strip() in {"", "@"} or any(token["other"] == "/" for token in tokens):
        return _general(number)
    percent = any(token["other"] == "%" for token in tokens)
    number = number * 100 if percent else number
    places = [token["digits"] or token["general"] for token in tokens if token["digits"] or token["general"]]
    words = _placed(number, places)
    if words is None:
        return _general(number / 100 if percent else number)
    filled = iter(words)
    out = "".join(
        next(filled)
        if token["digits"] or token["general"]
        else token["words"] or token["escaped"] or token["sign"] or token["other"] or ""
        for token in tokens
    ).strip()
    if places:
        return f"-{out}" if number < 0 and len(places) > 1 else out
    # A code without a place for digits shows words or a dash alone; the number stays, or nobody could find it.
    return f"{out} {_general(number)}" if any(map(str.isalnum, out)) else _general(number)


def _placed(number: Decimal, places: list[str]) -> list[str] | None:
    """What stands in each place for digits; none where the code cannot be followed.

    Several places share the digits from the right on, and the first takes those that are left: `000-00-00000`.
    """
    if any(place.count(".") > 1 for place in places):
        return None
    if len(places) < 2:
        return [_general(number) if place.lower() == "general" else _digits(number, place) for place in places]
    pattern = "".join(places)
    if re.search(r"general|,|\.[0#?.]*\.", pattern, re.IGNORECASE) or any("." in place for place in places[:-1]):
        return None
    whole, _, decimals = _digits(abs(number), pattern).partition(".")
    if not whole.isdecimal():
        return None
    sizes = [len(place.partition(".")[0]) for place in places]
    # Left of the first 0 nothing is filled up; from there on every place is.
    whole = whole.zfill(len(pattern.partition(".")[0].lstrip("#?")))
    shares: list[str] = []
    for size in reversed(sizes[1:]):
        at = max(len(whole) - size, 0)
        shares.append(whole[at:])
        whole = whole[:at]
    shares = [whole, *reversed(shares)]
    if not whole:
        return None
    shares[-1] += f".{decimals}" if decimals else ""
    return shares


def _digits(number: Decimal, pattern: str) -> str:
    whole, _, decimals = pattern.partition(".")
    scaled = len(whole) - len(whole.rstrip(","))
    number = number.scaleb(-3 * scaled)
    fixed = sum(letter == "0" for letter in decimals)
    places = sum(letter in "0#?" for letter in decimals)
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if number.adjusted() < 20 else number
    text = f"{rounded:,f}" if "," in whole.rstrip(",") else f"{rounded:f}"
    if "." in text:
        head, _, tail = text.partition(".")
        tail = tail[:fixed] + tail[fixed:].rstrip("0")
        text = f"{head}.{tail}" if tail else head
    least = sum(letter == "0" for letter in whole)
    return text.zfill(least) if least > 1 and "," not in text and "." not in text else text


def _general(number: Decimal) -> str:
    """Up to eleven digits, as programs show a number nobody formatted; `0.1 + 0.2` is shown as 0.3."""
    if number == number.to_integral_value() and number.adjusted() < 15:
        return (
            f"{number.to_integral_value():f}".replace("-0", "0") if number == 0 else f"{number.to_integral_value():f}"
        )
    rounded = (
        number.quantize(Decimal(1).scaleb(max(number.adjusted(), 0) - 10)) if -10 < number.adjusted() < 11 else number
    )
    return f"{rounded.normalize():f}" if abs(rounded.adjusted()) < 15 else f"{rounded.normalize():E}"
