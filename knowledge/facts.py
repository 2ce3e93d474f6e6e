"""What a notice states that decides whether a company applies: its window, amounts, shares and conditions.

Read by rule, never by a model, and each fact with the words and the section that state it. For any other document the
dates alone are of use: a preview shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from knowledge.days import Day, days, until, within
from knowledge.document import Document, Section
from knowledge.money import amounts, shares

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
_ASIDE = re.compile(
    r"설명회|간담회|교육(?!부|청)|평가|심사|보완|발표|협약|이의|질의|문의|정산|보고서|면접|점검|실사|(?:선정|결과)\s{0,4}(?:통보|안내|공지)"
)
"""What has a day of its own beside the window: being told of, coming to, or handing in something else."""
_OTHER_STRETCH = re.compile(r"(?:사업|협약|수행|지원|개발|과제|협의|평가|교육|운영|계약|이행|보존|유효)\s{0,4}기간")
_CLOSING = re.compile(
    r"\s{0,4}(?:[0-2]?\d\s{0,4}:\s{0,4}[0-5]\d|(?:오전|오후)?\s{0,4}\d{1,2}\s{0,4}시(?:\s{0,4}\d+\s{0,4}분)?)?\s{0,4}(?:까지|마감|에\s{0,4}(?:마감|끝|종료)|限|한\b|이내)"
)
_OPENING = re.compile(r"\s{0,4}(?:[0-2]?\d\s{0,4}:\s{0,4}[0-5]\d|\d{1,2}\s{0,4}시)?\s{0,4}(?:부터|~|∼|～|〜)")
_WITHIN = re.compile(r"공고일\s{0,4}(?:로\s{0,4}부터|부터|로부터|이후|후)\s{0,4}(?P<n>\d{1,3})\s{0,4}일")
_OPEN_END = re.compile(
    r"(?:예산|재원|자금)\s{0,4}소진\s{0,4}시\s{0,4}(?:까지|마감)?|선착순\s{0,4}(?:마감)?|상시\s{0,4}(?:접수|모집|신청)?|(?:사업|과제|유형|분야)별\s{0,4}상이"
)
_DAYISH = re.compile(
    r"\d{1,2}\s{0,4}월|\d\s{0,4}[./]\s{0,4}\d{1,2}\s{0,4}\.?\s{0,4}(?:[(（][월화수목금토일]|[~∼～〜]|까지|부터)"
    r"|[~∼～〜]\s{0,4}['’]?\d{1,2}\s{0,4}(?:[./월]|일(?!\s{0,4}간))|(?:부터|로부터)\s{0,4}\d{1,3}\s{0,4}일"
)
"""What looks like a day or a stretch of days, though none was read."""
_OPEN_CONDITIONS = frozenset({"until_spent", "rolling", "varies", "unread"})
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
    window without a last day `until_spent`, `rolling` or `varies`, of one whose days could not be read `unread`. `quote`
    stands in section `section` word for word.
    """

    kind: Kind
    value: str
    quote: str
    section: int
    label: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """A line or a table cell, and the words over or before it that say what it is about, the nearest first."""

    over: tuple[str, ...]
    text: str
    quote: str
    section: int

    @property
    def about(self) -> str:
        return " ".join(reversed(self.over))


@dataclass(frozen=True, slots=True)
class _Since:
    """The day a document was published, or at least the year it is about, for days without a year."""

    published: date | None
    year: date | None


def facts(document: Document) -> tuple[Fact, ...]:
    """Facts in reading order, each once, at most `MOST`."""
    since = _since(document)
    found: dict[tuple[str, ...], Fact] = {}
    for section in document.sections:
        for statement in _statements(section):
            for fact in _read(statement, since):
                found.setdefault((fact.kind, fact.value, fact.label, fact.quote, str(fact.section)), fact)
            if len(found) >= MOST:
                return tuple(found.values())[:MOST]
    return tuple(found.values())


def noted(document: Document) -> Document:
    """A notice with its window in the metadata (`opens`, `closes`: ISO dates), where it has one that is its own.

    Of several windows `closes` is the last day of all. It is left out where any window is open or could not be read: that
    something is closed is said only where it is certain.
    """
    if document.kind not in {"notice", "programme"}:
        return document
    known = facts(document)
    if document.kind == "programme":  # it may tell of other programmes too
        name = re.split(r"[(（]", document.title)[0].strip()
        known = tuple(fact for fact in known if name and name in f"{fact.quote} {_heading(document, fact)}")
    opens = {fact.value for fact in known if fact.kind == "opens"}
    closes = {fact.value for fact in known if fact.kind == "closes"}
    window = {"opens": opens.pop()} if len(opens) == 1 else {}
    if closes and not _is_open_ended(known):
        window["closes"] = max(closes)
    return replace(document, metadata={**document.metadata, **window}) if window else document


def _is_open_ended(known: tuple[Fact, ...]) -> bool:
    """Whether one of the windows has no last day, or one that could not be read."""
    closing = {(fact.section, fact.quote) for fact in known if fact.kind == "closes"}
    return any(
        fact.value == "unread" or (fact.value in _OPEN_CONDITIONS and (fact.section, fact.quote) not in closing)
        for fact in known
        if fact.kind == "condition"
    )


def closing_day(document: Document) -> date | None:
    """The last day to apply, as `noted` put it down."""
    written = document.metadata.get("closes")
    return date.fromisoformat(written) if written else None


def _heading(document: Document, fact: Fact) -> str:
    """A table of one programme's own file is about it, whatever its rows name."""
    section = next(section for section in document.sections if section.ordinal == fact.section)
    return section.headings[0] if section.headings and section.kind == "table" else ""


def _since(document: Document) -> _Since:
    published = document.edition.promulgated if document.edition else None
    published = published or next((source.published for source in document.sources if source.published), None)
    named = re.search(r"(?<!\d)20\d\d(?=\s{0,4}년)", document.title)
    return _Since(published, date(int(named[0]), 1, 1) if named else None)


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
            about = f"{row[0] if column else heading} {named}"
            if cell.strip():
                yield _Statement((about[:_LONGEST_LINE],), cell[:_LONGEST_LINE], _quote(line, cell), section.ordinal)


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
        yield _Statement(("" if is_label else above, heading), bare, bare[:_LONGEST_QUOTE], section.ordinal)


def _quote(line: str, cell: str) -> str:
    return line.strip() if len(line) <= _LONGEST_QUOTE else cell.strip()[:_LONGEST_QUOTE]


def _read(statement: _Statement, since: _Since) -> Iterator[Fact]:
    yield from _window(statement, since) if _is_window(statement) else _dates(statement)
    condition = _condition(statement)
    for won, limits in amounts(statement.text, statement.about, statement.over[0]):
        if not limits:
            yield _fact(statement, "amount", str(won), "금액")
        elif condition is None:  # `매출액 120억원 이하` is about who may apply
            condition = _fact(statement, "condition", "eligible", "지원 대상")
    for share, own in shares(statement.text, statement.about):
        yield _fact(statement, "share", share, "자부담 비율" if own else "지원 비율")
    if condition:
        yield condition


def _dates(statement: _Statement) -> Iterator[Fact]:
    for day, last in _stretches(statement.text, _Since(None, None)):
        yield _fact(statement, "date", day.day.isoformat(), "날짜")
        if last:
            yield _fact(statement, "date", last.day.isoformat(), "날짜")


def _stretches(text: str, since: _Since) -> Iterator[tuple[Day, Day | None]]:
    """Days in reading order, each with the last of the stretch it begins."""
    found = list(days(text))
    reference = since.published or since.year
    if reference:
        found += within(text, reference, since=since.published is not None)
    end = 0
    for day in sorted(found, key=lambda each: each.start):
        if day.start < end:
            continue
        last = until(text, day)
        end = last.end if last else day.end
        yield day, last


def _window(statement: _Statement, since: _Since) -> Iterator[Fact]:
    """When to apply. What looks like a day and could not be read is said to be `unread`, never passed over."""
    text, end = statement.text, 0
    found: list[Fact] = []
    left = ""
    for day, last in _stretches(text, since):
        before = text[end : day.start]
        left += f"{before} "
        end = last.end if last else day.end
        if _ASIDE.search(before):  # `…, 발표평가: 2026. 3. 5.`
            found += [_fact(statement, "date", each.day.isoformat(), "날짜") for each in (day, last) if each]
        else:
            found += _dated(statement, day, last)
    left += text[end:]
    yield from found
    within_days = _WITHIN.search(text)
    open_end = _OPEN_END.search(text)
    if within_days and since.published:
        closes = since.published + timedelta(days=int(within_days["n"]))
        yield _fact(statement, "closes", closes.isoformat(), "접수 마감(공고일에서 셈)")
    elif within_days:
        yield _fact(statement, "condition", f"within_{within_days['n']}_days", "접수 기간(공고일부터)")
    if open_end:
        words = open_end.group()
        value = "varies" if "상이" in words else "rolling" if "상시" in words else "until_spent"
        yield _fact(statement, "condition", value, "접수 마감")
    if not (within_days or open_end) and _is_unread(found, left):
        yield _fact(statement, "condition", "unread", "접수 기간(날짜를 읽지 못함)")


def _is_unread(found: list[Fact], left: str) -> bool:
    """Whether days are `left` that were not read, or a window begins and no end of it is known."""
    kinds = {fact.kind for fact in found}
    return bool(_DAYISH.search(left)) or ("opens" in kinds and "closes" not in kinds)


def _dated(statement: _Statement, day: Day, last: Day | None) -> Iterator[Fact]:
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
    """Whether it tells when to apply; its own words count before those over it, the nearest before the others."""
    text = statement.text
    window, first = _WINDOW.search(text), _OTHER_STRETCH.search(text)
    day = next(days(text), None)
    if _ASIDE.search(text[: day.start if day else window.start() if window else len(text)]):
        return False
    if window:
        return not (first and first.start() < window.start() and "접수" not in text)
    if first:
        return False
    for words in statement.over:
        if _ASIDE.search(words) and not _WINDOW.search(words.strip()):
            return False
        if _WINDOW.search(words.strip()):
            return not _ASIDE.search(words)
    return False


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
