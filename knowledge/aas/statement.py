"""What papers state in label and value: rows of a table, lines like `제조사: 한빛정밀`, each with its verbatim line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.document import Document, Section

Known = Callable[[str], bool]
"""Whether a label, as `plain` gives it, is one we look for."""

UNITS = (
    *("V", "kV", "mV", "A", "mA", "μA", "W", "kW", "MW", "mW", "VA", "kVA", "MVA", "var", "kvar", "Wh", "kWh", "HP"),
    *("Hz", "kHz", "MHz", "GHz", "rpm", "RPM", "r/min", "min-1", "Ω", "kΩ", "MΩ", "F", "μF", "H", "mH"),
    *("mm", "cm", "m", "km", "μm", "nm", "mm2", "mm²", "m2", "m²", "㎡", "m3", "m³", "㎥", "cc", "L", "ℓ", "mL", "㎖"),
    *("kg", "㎏", "g", "mg", "t", "ton", "톤", "N", "kN", "mN", "kgf", "tonf", "N·m", "N.m", "Nm", "kgf·cm", "kgf·m"),
    *("Pa", "kPa", "MPa", "hPa", "bar", "mbar", "psi", "kgf/cm2", "kgf/cm²", "㎏f/㎠", "mmAq", "Torr"),
    *("℃", "°C", "℉", "°F", "K", "%", "%RH", "% RH", "ppm", "dB", "dB(A)", "lx", "lm", "°", "도"),
    *("L/min", "ℓ/min", "L/h", "m3/h", "m³/h", "㎥/h", "m3/min", "m³/min", "㎥/min", "CMM", "CMH", "LPM"),
    *("mm/s", "mm/min", "m/s", "m/min", "km/h", "m/s2", "m/s²", "G", "deg/s", "°/s"),
    *("s", "sec", "초", "ms", "μs", "min", "분", "h", "hr", "시간", "일", "년", "회/분", "회/min", "spm", "SPM"),
    *("J", "kJ", "MJ", "cal", "kcal", "kcal/h", "bit", "byte", "kB", "MB", "GB", "bps", "kbps", "Mbps"),
)  # fmt: skip
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_SIGNED = r"[-−+±]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_MEASURE = re.compile(rf"({_SIGNED})(?:\s*({_UNIT})?\s*([~∼〜–-])\s*({_SIGNED}))?\s*({_UNIT})?")
_IN_BRACKETS = re.compile(r"\s*[(\[（]([^()\[\]（）]*(?:\([^()]*\))?)[)\]）]\s*$")
_BULLET = re.compile(r"^\s*(?:[-–•·▪■□○●◦*※▶]+|\d{1,2}[.)]|[가-하][.)]|[①-⑳])\s*")
_PAIR = re.compile(r"^([^:：=|]{1,40}?)\s*[:：=]\s*(\S.*)$")
_NEXT = re.compile(r"(?:[,;，/]\s+|\s{2,}|\t+)(?=[^:：,;]{1,20}[:：]\s*\S)")
_ITEM_HEADS = {
    "항목",
    "구분",
    "사양",
    "사양항목",
    "명세",
    "특성",
    "파라미터",
    "item",
    "parameter",
    "description",
    "specification",
}
_VALUE_HEADS = {"값", "내용", "사양", "사양값", "수치", "규격", "기준", "정격", "value", "specification", "spec"}
_PRODUCT_HEADS = {"모델", "모델명", "형식", "형명", "제품명", "model", "type"}
_NUMBER_HEADS = {"no", "번호", "순번", "기호", "symbol"}
"""Beside a label, never one."""
_REMARK_HEADS = {"비고", "참고", "조건", "remark", "remarks", "note", "notes"}
_UNIT_HEADS = {"단위", "unit", "units"}
_NOTHING = {"", "-", "–", "—", "/", "n/a", "na", "없음", "해당없음", "미정", "tbd", "○", "●", "x"}
LONGEST_VALUE = 200
_LONGEST_SPOKEN = 60


@dataclass(frozen=True, slots=True)
class Statement:
    """`label` and `value` as written; `unit` where one stands apart from the value. `quote` is the verbatim line."""

    label: str
    value: str
    unit: str
    ordinal: int
    locator: str
    page: int | None
    quote: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A number, or a range of two, with its unit; numbers without grouping commas, as XML Schema writes them."""

    low: str
    high: str
    unit: str


def plain(label: str) -> str:
    """A label for comparison: without bullets, brackets at its end, spaces and case."""
    return re.sub(r"[\s·_.\-]+", "", _IN_BRACKETS.sub("", _BULLET.sub("", label))).casefold().rstrip(":：")


def unit_in(label: str) -> str:
    """The unit a label names in brackets at its end: `정격전압 (V)`."""
    found = _IN_BRACKETS.search(label)
    said = found.group(1).strip() if found else ""
    return said if said in UNITS else ""


def measure(value: str, unit: str = "") -> Measure | None:
    """`value` as a number or range with a unit, None where it is anything else. `unit` stands beside it."""
    found = _MEASURE.fullmatch(value.strip())
    if not found:
        return None
    first, first_unit, between, last, last_unit = found.groups()
    if any(number and number.startswith("±") for number in (first, last)):
        return None
    low, high, said = _number(first), _number(last) if last else "", last_unit or first_unit or unit
    if between == "-" and not (said and float(low) < float(high)):
        return None  # a number of parts, such as a date's, and no range
    return Measure(low, high, said)


def statements(document: Document, known: Known) -> Iterator[Statement]:
    """Everything a document states as label and value, in its order. AAS elements are no paper and are passed over."""
    for section in document.sections:
        if section.kind == "table":
            yield from _of_table(section, known)
        elif section.kind == "prose":
            yield from _of_prose(section, known)


def _number(written: str) -> str:
    return written.replace(",", "").replace("−", "-").lstrip("+")


def _of_prose(section: Section, known: Known) -> Iterator[Statement]:
    for line in section.text.split("\n"):
        for part in _NEXT.split(line):
            found = _PAIR.match(_BULLET.sub("", part).strip())
            pair = (found.group(1), found.group(2)) if found else _spoken(part, known)
            if pair:
                yield from _stated(section, pair[0], pair[1], "", line.strip(), section.locator.label)


def _spoken(line: str, known: Known) -> tuple[str, str] | None:
    """`정격전압 220 V`: a label we know, then a number with its unit, and nothing else."""
    words = _BULLET.sub("", line).strip()
    if len(words) > _LONGEST_SPOKEN or not (words[-1:].isascii() or words.endswith(UNITS)):
        return None
    for at in range(1, min(len(words), 30)):
        if words[at].isspace() and known(plain(words[:at])):
            value = words[at:].strip()
            found = measure(value)
            return (words[:at], value) if found and found.unit else None
    return None


def _of_table(section: Section, known: Known) -> Iterator[Statement]:
    lines = section.text.split("\n")
    rows = [_cells(line) for line in lines]
    layout = _Layout.of([plain(cell) for cell in rows[0]], rows[1:], known)
    for at, cells in enumerate(rows):
        place = f"{section.locator.label} {section.first_row + at}행"
        for label, value, unit in layout.stated(rows[0], cells, first=at == 0):
            yield from _stated(section, label, value, unit, lines[at], place)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a table is to be read, told from its first row and what is known below it: where label, values and unit stand.

    Without any of them its rows are pairs side by side; with `across` its first row holds the labels.
    """

    label: int = -1
    values: tuple[int, ...] = ()
    unit: int = -1
    across: bool = False

    @classmethod
    def of(cls, heads: list[str], rows: list[list[str]], known: Known) -> _Layout:
        if len(heads) > 1 and heads[0] != heads[1] and known(heads[0]) and known(heads[1]):
            return cls(across=True)
        if len(heads) < 3:
            return cls()
        unit = next((at for at, head in enumerate(heads) if head in _UNIT_HEADS), -1)
        label = next((at for at, head in enumerate(heads) if head in _ITEM_HEADS and at != unit), -1)
        value = next((at for at, head in enumerate(heads) if head in _VALUE_HEADS and at not in {unit, label}), -1)
        others = [at for at in range(len(heads)) if at != unit and heads[at] not in _REMARK_HEADS]
        if value >= 0 and label >= 0:
            before = [at for at in others if at < value and heads[at] not in _NUMBER_HEADS]
            near = before[-1] if before else label
            return cls(_labelled([at for at in others if at != value], near, rows, known), (value,), unit)
        products = heads[0] in _PRODUCT_HEADS and not any(map(known, heads[1:]))
        if (unit >= 0 and len(others) > 1) or label == 0 or products:
            # Products side by side, a column each.
            label = _labelled(others[:-1], others[0], rows, known)
            return cls(label, tuple(at for at in others if at > label), unit)
        return cls()

    def stated(self, heads: list[str], cells: list[str], *, first: bool) -> Iterator[tuple[str, str, str]]:
        """(label, value, unit) of each thing a row states."""
        if self.across:
            if not first and len(cells) == len(heads):
                yield from ((label, value, "") for label, value in zip(heads, cells, strict=True))
        elif self.label < 0:
            yield from _side_by_side(cells)
        else:
            for at in dict.fromkeys(self.values):
                if max(at, self.label) < len(cells):
                    yield cells[self.label], cells[at], cells[self.unit] if 0 <= self.unit < len(cells) else ""


def _labelled(columns: list[int], otherwise: int, rows: list[list[str]], known: Known) -> int:
    """The column with the most labels we know, of several the last, which says it most closely: `전기 | 정격전압 | 380`."""
    counts = {at: sum(1 for cells in rows if at < len(cells) and known(plain(cells[at]))) for at in columns}
    most = max(counts.values(), default=0)
    return max(at for at, count in counts.items() if count == most) if most else otherwise


def _side_by_side(cells: list[str]) -> Iterator[tuple[str, str, str]]:
    """`정격전압 | 220 V | 정격전류 | 5 A`, and `정격전압 | 220 | V`. A merged cell stands in every place it covers."""
    apart = [cell for at, cell in enumerate(cells) if at == 0 or cell != cells[at - 1]]
    if len(apart) == 3:
        yield apart[0], apart[1], apart[2] if apart[2] in UNITS else ""
        return
    for at in range(0, len(apart) - 1, 2):
        yield apart[at], apart[at + 1], ""


def _stated(section: Section, label: str, value: str, unit: str, quote: str, place: str) -> Iterator[Statement]:
    words = value.strip()
    if plain(label) and words.casefold() not in _NOTHING and len(words) <= LONGEST_VALUE and words.isprintable():
        unit = unit if unit not in {"-", "–", "—"} else ""
        yield Statement(label.strip(), words, unit, section.ordinal, place, section.locator.page, quote)
