"""What a notice states that decides whether a company applies: its window, amounts, shares and conditions.

Read by rule, never by a model, and each fact with the words and the section that state it. For any other document the
dates alone are of use: a preview shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from knowledge.days import Day, days, until
from knowledge.document import Document, Section

Kind = Literal["opens", "closes", "amount", "share", "condition", "date"]

MOST = 300
"""Facts of one document: a preview shows no more."""
_LONGEST_QUOTE = 300
_LONGEST_LINE = 4000
"""Of a longer line, which is no statement a person wrote, the rest is not read."""
_WINDOW = re.compile(
    r"(?:신청|접수|모집|공모|제출|참여)\s{0,4}(?:서류\s{0,4})?(?:[·ㆍ/및과]?\s{0,4}(?:신청|접수|제출))?\s{0,4}(?:기간|기한|일정|마감|일시)|접수\s{0,4}(?:는|은|:)|마감일?"
    r"|신청서?\s{0,4}(?:를\s{0,4})?(?:접수|제출)|^접수$|^신청$"
)
_OTHER_STRETCH = re.compile(r"(?:사업|협약|수행|지원|개발|과제|협의|평가|교육|운영|계약|이행|보존|유효)\s{0,4}기간")
_CLOSING = re.compile(
    r"\s{0,4}(?:[0-2]?\d\s{0,4}:\s{0,4}[0-5]\d|(?:오전|오후)?\s{0,4}\d{1,2}\s{0,4}시(?:\s{0,4}\d+\s{0,4}분)?)?\s{0,4}(?:까지|마감|에\s{0,4}(?:마감|끝|종료)|限|한\b|이내)"
)
_OPENING = re.compile(r"\s{0,4}(?:[0-2]?\d\s{0,4}:\s{0,4}[0-5]\d|\d{1,2}\s{0,4}시)?\s{0,4}(?:부터|~|∼|～|〜)")
_WITHIN = re.compile(r"공고일\s{0,4}(?:로\s{0,4}부터|부터|로부터|이후|후)\s{0,4}(?P<n>\d{1,3})\s{0,4}일")
_OPEN_END = re.compile(
    r"(?:예산|재원|자금)\s{0,4}소진\s{0,4}시\s{0,4}(?:까지|마감)?|선착순\s{0,4}(?:마감)?|상시\s{0,4}(?:접수|모집|신청)?|(?:사업|과제|유형|분야)별\s{0,4}상이"
)
_MONEY = re.compile(
    r"(?<![\d.,])(?:\d[\d,]*(?:\.\d+)?\s{0,4}(?:조|억|천만|백만|십만|만|천|백)\s{0,4})+(?:\d[\d,]*\s{0,4})?원|(?<![\d.,])\d[\d,]*(?:\.\d+)?\s{0,4}원"
)
_STEP = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s{0,4}(조|억|천만|백만|십만|만|천|백)?")
_SCALE = {
    "조": 10**12, "억": 10**8, "천만": 10**7, "백만": 10**6, "십만": 10**5, "만": 10**4, "천": 10**3, "백": 10**2,
}  # fmt: skip
_SHARE = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d+)?)\s{0,4}(?:%|％|퍼센트)|100\s{0,4}분의\s{0,4}(\d{1,3}(?:\.\d+)?)")
_SUPPORT = re.compile(r"지원|보조|출연|융자|한도|사업비|부담|국비|지방비|이내|최대|보급|바우처")
_PART = re.compile(r"자부담|자기\s{0,4}부담|기업\s{0,4}부담|민간\s{0,4}부담|도입기업")
_EXCLUDED = re.compile(
    r"(?:지원|신청|참여|사업)?\s{0,4}(?:제외|제한)\s{0,4}(?:대상|기업|요건|사항)?|신청\s{0,4}불가|지원\s{0,4}불가|결격"
)
_ELIGIBLE = re.compile(r"(?:지원|신청|참여|모집|사업)\s{0,4}(?:대상|자격|요건|조건)")
_PREFERRED = re.compile(r"우대|가점")
_BULLET = re.compile(r"^[\s\-*•·▪■□○●◦◇◆▶※☞ㅇ❍➊-➓①-⑳]*(?:\(?(?:\d{1,2}|[가나다라마바사아자차카타파하])[.)]\s)?")
_LABEL = re.compile(
    r"^\W{0,6}(?:\S{1,20}\s{1,4}){0,3}?\S{0,20}(?:대상|자격|요건|조건|내용|금액|한도|비율|규모|기간|기한|일정|마감|방법|개요|절차|서류|사항|제외|우대|가점|문의|분야)"
    r"\W{0,6}$"
)
_LABELLED = re.compile(r"^(?P<label>[^:：|~]{2,40}?)\s{0,4}[:：)]\s{0,4}(?P<rest>.+)$")


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is canonical: an ISO date; whole won; percent; of a condition `eligible`, `excluded` or `preferred`, of a
    window without a last day `until_spent`, `rolling` or `varies`. `quote` stands in section `section` word for word.
    """

    kind: Kind
    value: str
    quote: str
    section: int
    label: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """A line or a table cell, and the words over or before it that say what it is about."""

    about: str
    text: str
    quote: str
    section: int


def facts(document: Document) -> tuple[Fact, ...]:
    """Facts in reading order, each once, at most `MOST`."""
    published = _published(document)
    found: dict[tuple[str, ...], Fact] = {}
    for section in document.sections:
        for statement in _statements(section):
            for fact in _read(statement, published):
                found.setdefault((fact.kind, fact.value, fact.label, fact.quote, str(fact.section)), fact)
            if len(found) >= MOST:
                return tuple(found.values())[:MOST]
    return tuple(found.values())


def noted(document: Document) -> Document:
    """A notice with its window in the metadata (`opens`, `closes`: ISO dates), where it has one that is its own."""
    if document.kind not in {"notice", "programme"}:
        return document
    known = facts(document)
    if document.kind == "programme":  # it may tell of other programmes too
        name = re.split(r"[(（]", document.title)[0].strip()
        known = tuple(fact for fact in known if name and name in f"{fact.quote} {_heading(document, fact)}")
    window = {kind: {fact.value for fact in known if fact.kind == kind} for kind in ("opens", "closes")}
    single = {kind: values.pop() for kind, values in window.items() if len(values) == 1}
    return replace(document, metadata={**document.metadata, **single}) if single else document


def closing_day(document: Document) -> date | None:
    """The last day to apply, as `noted` put it down."""
    written = document.metadata.get("closes")
    return date.fromisoformat(written) if written else None


def _heading(document: Document, fact: Fact) -> str:
    """A table of one programme's own file is about it, whatever its rows name."""
    section = next(section for section in document.sections if section.ordinal == fact.section)
    return section.headings[0] if section.headings and section.kind == "table" else ""


def _published(document: Document) -> date | None:
    if document.edition and document.edition.promulgated:
        return document.edition.promulgated
    return next((source.published for source in document.sources if source.published), None)


def _statements(section: Section) -> Iterator[_Statement]:
    yield from _cells(section) if section.kind == "table" else _lines(section)


def _cells(section: Section) -> Iterator[_Statement]:
    """A cell is about its column and its row."""
    rows = [line.split(" | ") for line in section.text.splitlines()]
    header = rows[0] if section.header_rows and rows else []
    heading = section.headings[-1] if section.headings else ""
    for at, (row, line) in enumerate(zip(rows, section.text.splitlines(), strict=True)):
        for column, cell in enumerate(row):
            named = header[column] if at and column < len(header) else ""
            about = " ".join([named, row[0] if column else "", "" if column else heading])
            if cell.strip():
                yield _Statement(about[:_LONGEST_LINE], cell[:_LONGEST_LINE], _quote(line, cell), section.ordinal)


def _lines(section: Section) -> Iterator[_Statement]:
    """A line is about its heading, its own label, and the label line it stands under."""
    heading = section.headings[-1] if section.headings else ""
    above = ""
    for line in section.text.splitlines():
        bare = _BULLET.sub("", line[:_LONGEST_LINE]).strip()
        if not bare:
            continue
        labelled = _LABELLED.match(bare)
        is_label = bool(_LABEL.match(bare))
        if is_label:
            above = bare
        elif labelled and not re.search(r"\d{4}", labelled["label"]):
            above = labelled["label"]
        yield _Statement(f"{heading} {'' if is_label else above}", bare, bare[:_LONGEST_QUOTE], section.ordinal)


def _quote(line: str, cell: str) -> str:
    return line.strip() if len(line) <= _LONGEST_QUOTE else cell.strip()[:_LONGEST_QUOTE]


def _read(statement: _Statement, published: date | None) -> Iterator[Fact]:
    yield from _window_or_dates(statement, published)
    yield from _money(statement)
    condition = _condition(statement)
    if condition:
        yield condition


def _window_or_dates(statement: _Statement, published: date | None) -> Iterator[Fact]:
    windowed = _is_window(statement)
    used: set[int] = set()
    for day in days(statement.text):
        if day.start in used:
            continue
        last = until(statement.text, day)
        if last:
            used.add(last.start)
        yield from _dated(statement, day, last, windowed)
    if not windowed:
        return
    within = _WITHIN.search(statement.text)
    if within and published:
        closes = published + timedelta(days=int(within["n"]))
        yield _fact(statement, "closes", closes.isoformat(), "접수 마감(공고일에서 셈)")
    elif within:
        yield _fact(statement, "condition", f"within_{within['n']}_days", "접수 기간(공고일부터)")
    open_end = _OPEN_END.search(statement.text)
    if open_end:
        words = open_end.group()
        value = "varies" if "상이" in words else "rolling" if "상시" in words else "until_spent"
        yield _fact(statement, "condition", value, "접수 마감")


def _dated(statement: _Statement, day: Day, last: Day | None, windowed: bool) -> Iterator[Fact]:
    if not windowed:
        yield _fact(statement, "date", day.day.isoformat(), "날짜")
        if last:
            yield _fact(statement, "date", last.day.isoformat(), "날짜")
        return
    if last:
        yield _fact(statement, "opens", day.day.isoformat(), "접수 시작")
        yield _fact(statement, "closes", last.day.isoformat(), "접수 마감")
        return
    before, after = statement.text[: day.start], statement.text[day.end :]
    if _CLOSING.match(after) or re.search(r"[~∼～〜]\s*$", before) or "마감" in f"{statement.about} {before}"[-12:]:
        yield _fact(statement, "closes", day.day.isoformat(), "접수 마감")
    elif _OPENING.match(after):
        yield _fact(statement, "opens", day.day.isoformat(), "접수 시작")
    else:
        yield _fact(statement, "date", day.day.isoformat(), "날짜")


def _is_window(statement: _Statement) -> bool:
    """Whether it tells when to apply; its own words count before those over it."""
    text = statement.text
    if _WINDOW.search(text):
        first = _OTHER_STRETCH.search(text)
        window = _WINDOW.search(text)
        return not (first and window and first.start() < window.start() and "접수" not in text)
    return bool(_WINDOW.search(statement.about.strip())) and not _OTHER_STRETCH.search(text)


def _money(statement: _Statement) -> Iterator[Fact]:
    words = f"{statement.about} {statement.text}"
    if not _SUPPORT.search(words):
        return
    for match in _MONEY.finditer(statement.text):
        won = sum((_won(step) for step in _STEP.finditer(match.group())), Decimal(0))
        if won > 0:
            yield _fact(statement, "amount", str(int(won)), "금액")
    for match in _SHARE.finditer(statement.text):
        value = format(Decimal(match[1] or match[2]).normalize(), "f")
        before = statement.text[max(0, match.start() - 15) : match.start()] + statement.about
        yield _fact(statement, "share", value, "자부담 비율" if _PART.search(before) else "지원 비율")


def _won(step: re.Match[str]) -> Decimal:
    return Decimal(step[1].replace(",", "")) * _SCALE.get(step[2] or "", 1)


def _condition(statement: _Statement) -> Fact | None:
    """Who may apply and who may not. A label alone (`□ 지원대상`) says nothing yet."""
    labelled = _LABELLED.match(statement.text)
    label = labelled["label"] if labelled else ""
    if _LABEL.match(statement.text) and not labelled:
        return None
    for pattern, value, name in (
        (_EXCLUDED, "excluded", "제외 대상"),
        (_ELIGIBLE, "eligible", "지원 대상"),
        (_PREFERRED, "preferred", "우대"),
    ):
        own = pattern.search(label) or (
            value == "excluded" and re.search(r"제외(?:한다|함|됨|합니다)|신청할 수 없", statement.text)
        )
        if own or (
            not _says_who(label) and pattern.search(statement.about) and not pattern.fullmatch(statement.text.strip())
        ):
            return _fact(statement, "condition", value, name)
    return None


def _says_who(label: str) -> bool:
    return any(pattern.search(label) for pattern in (_EXCLUDED, _ELIGIBLE, _PREFERRED))


def _fact(statement: _Statement, kind: Kind, value: str, label: str) -> Fact:
    return Fact(kind, value, statement.quote, statement.section, label)
