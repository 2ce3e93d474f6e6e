"""Personal data in a text: resident, phone, card, account, passport and driving licence numbers, found and masked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.text import Language, sentence

Kind = Literal["resident", "phone", "card", "account", "passport", "licence"]


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with each personal number replaced by its kind in brackets, and the kinds that were replaced now."""

    text: str
    kinds: frozenset[Kind]


def mask(text: str) -> Masked:
    """`text` without personal numbers, in time linear in its length; masking what was masked changes nothing.

    Where a number could be a person's or a thing's, it is masked, unless the words before it name the thing.
    """
    kinds: set[Kind] = set()
    for _ in range(_PASSES):
        spans = _spans(text)
        if not spans:
            break
        kinds.update(kind for _, _, kind in spans)
        text = _replaced(text, spans)
    return Masked(text, frozenset(kinds))


def notice(kinds: frozenset[Kind], language: Language) -> str:
    """What the person is told; empty when nothing was masked."""
    named = [sentence(f"personal_{kind}", language) for kind in get_args(Kind) if kind in kinds]
    return sentence("personal_masked", language, kinds=", ".join(named)) if named else ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A number of some shape, with the text around it that may say what it is."""

    text: str
    before: str
    after: str

    @property
    def digits(self) -> str:
        return re.sub(r"[^0-9]", "", self.text)

    @property
    def bare(self) -> bool:
        return self.text.isdigit()

    def follows(self, label: re.Pattern[str], within: int) -> bool:
        return label.search(self.before[-within:]) is not None

    def is_part_of_code(self) -> bool:
        """A fraction (0.0101…), glued to letters (SN0101…), or named as a thing (품번, S/N, 송장번호)."""
        return bool(_GLUED.search(self.before) or _THING.search(self.before))


# The words around a number. Each looks at a few characters only, so that the whole stays linear.
_GLUED = re.compile(r"(?:(?<![0-9.\-])[0-9]{1,3}\.|[A-Za-z]-?|[_#])$")
_THING = re.compile(
    r"(?:(?:주문|발주|공고|과제|접수|관리|문서|사업자|사업자 ?등록|고유|승인|특허|출원|자재|부품|도면|제품|설비|자산|일련|제조|시험|성적서|인증|거래|처리|로트) ?번호"
    r"|품번|도번|시리얼|시리얼 ?번호|바코드|로트|송장|송장 ?번호|(?<![A-Za-z])(?:S/?N|serial|serial n(?:umber|o\.?)|LOT|LOT ?NO\.?|P/?N|part no\.?|EAN|EAN-13|GTIN|IMEI|barcode|tracking))"
    r"(?:은|는|이|가)?[^0-9A-Za-z가-힣]{0,4}$",
    re.I,
)
_RESIDENT_LABEL = re.compile(r"주민|외국인 ?등록|거소 ?신고")
_CORPORATE_LABEL = re.compile(
    r"(?:법인 ?(?:등록)? ?번호|corporate registration (?:number|no\.?))(?:은|는|이|가)?[^0-9A-Za-z가-힣]{0,6}$", re.I
)
_PHONE_LABEL = re.compile(
    r"전화|연락|휴대|핸드폰|폰|팩스|문자|카톡|(?<![a-z])(?:tel|phone|mobile|cell|fax|hp|h\.p|c\.p)(?![a-z])", re.I
)
_CARD_LABEL = re.compile(r"카드|(?<![a-z0-9])(?:card|visa|master|amex|jcb)", re.I)
_PASSPORT_LABEL = re.compile(r"여권|passport", re.I)
_LICENCE_LABEL = re.compile(r"면허|driver'?s? licen[cs]e|driving licen[cs]e", re.I)
_BANKS = r"은행|뱅크|농협|수협|신협|새마을금고|우체국|계좌|예금|입금|송금|이체|통장|(?<![a-z])(?:bank|account|acct|a/c)(?![a-z])"
_BANK = re.compile(_BANKS, re.I)
_BANK_JUST_BEFORE = re.compile(rf"(?:{_BANKS})[^0-9]{{0,10}}$", re.I)
_BANK_SHORT = re.compile(
    r"(?:(?<![가-힣])(?:국민|신한|우리|하나|기업|씨티|제일|산업|카카오|토스|케이)|(?<![A-Za-z])(?:KB|NH|IBK|SC|KDB))[ :(]{0,2}$"
)
_DATE = re.compile(  # 2026-11-22-001, or 20261122 and a time
    r"(?:19|20)[0-9]{2}(?:([-. ])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4}|[0-9]{6})$)"
)
_QUANTITY = re.compile(r" ?(?:원|만 ?원|억|달러|건|개)(?![가-힣]{2})|호")

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COMPANY_TYPES = frozenset({"11", "12", "13", "14", "15", "21", "22"})  # where a birth number has the day


def _resident(found: _Found) -> bool:
    """A birth date and a sex digit. No check digit is asked: numbers issued since 2020-10 have none.

    A 법인등록번호 has the same 6-7 shape: most are no birth date or have no sex digit; the others stay when named so.
    """
    if found.follows(_RESIDENT_LABEL, 20):
        return True
    if found.bare and (found.is_part_of_code() or found.follows(_BANK_JUST_BEFORE, 20)):
        return False  # a barcode or a serial number; an account number is looked for later
    digits = found.digits
    year, month, day, sex = int(digits[:2]), int(digits[2:4]), int(digits[4:6]), digits[6]
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return False
    if sex not in "12345678" or (found.bare and sex in "3478" and year > 50):  # 3, 4, 7 and 8 are born in 20YY
        return False
    return not (digits[4:6] in _COMPANY_TYPES and found.follows(_CORPORATE_LABEL, 40))


def _mobile(found: _Found) -> bool:
    if not found.bare:
        last = found.before[-1:]
        return not (found.after.startswith("-") and last.isascii() and last.isalpha())  # inside a UUID
    certain = len(found.text) == 11 and found.text.startswith("010") and not found.is_part_of_code()
    return certain or found.follows(_PHONE_LABEL, 15)


def _landline(found: _Found) -> bool:
    if found.follows(_PHONE_LABEL, 15):
        return True
    separated = found.text.startswith("+") or len(re.findall(r"[-.)]", found.text)) >= 2
    return separated and not found.is_part_of_code()


_ISSUERS = {
    14: re.compile(r"3(?:0[0-5]|[68])"),
    15: re.compile(r"3[47]"),
    16: re.compile(r"4|5[1-5]|22[2-9]|2[3-6]|27[01]|2720|35[2-8]|6(?:0|2|4[4-9]|5)|9"),
    17: re.compile(r"62"),
    18: re.compile(r"62"),
    19: re.compile(r"62"),
}
_FOURS_BEFORE = re.compile(r"(?:^|\s)[0-9]{4} $")
_FOURS_AFTER = re.compile(r" [0-9]{4}(?:\s|$)")


def _card(found: _Found) -> bool:
    digits = found.digits
    if not _ISSUERS[len(digits)].match(digits):
        return False
    if found.follows(_CARD_LABEL, 20):
        return True  # a mistyped number is still most of a number
    if " " in found.text and (_FOURS_BEFORE.search(found.before) or _FOURS_AFTER.match(found.after)):
        return False  # a row of readings
    return _luhn(digits) and not found.is_part_of_code()


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _account(found: _Found) -> bool:
    """Banks share no shape, so a number counts only beside a bank's name or a word of paying."""
    groups = [len(group) for group in re.findall(r"[0-9]+", found.text)]
    if not 10 <= sum(groups) <= 16 or found.is_part_of_code() or _DATE.match(found.text):
        return False
    if _QUANTITY.match(found.after) and (found.bare or found.after.startswith("호")):
        return False
    if groups == [6, 7]:
        return False  # 법인등록번호
    just_before = found.follows(_BANK_JUST_BEFORE, 20)
    if groups == [3, 2, 5]:
        return just_before and not _business(found.digits)
    if just_before or (len(groups) > 2 and found.follows(_BANK_SHORT, 8)):
        return True
    return " " not in found.text and (found.follows(_BANK, 30) or _BANK.search(found.after[:15]) is not None)


def _business(digits: str) -> bool:
    """Whether the check digit of a 사업자등록번호 holds."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True))
    return (10 - (total + int(digits[8]) * 5 // 10) % 10) % 10 == int(digits[9])


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    shape: re.Pattern[str]
    holds: Callable[[_Found], bool]


_GAP = r"(?: ?[-./)_] ?\n? ?| {0,2})"
_CARD_GAP = r"(?: ?[-.] ?\n?| )?"
_SPELLED = "0-9공영일이삼사오육칠팔구"
_COUNTRY = r"(?:\(?\+ ?82\)?[-. ]?|82[-. ])(?:\(0\)|0)?"
_AREA = r"(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[2-8]?)"
_NO_CODE_BEFORE = r"(?<![0-9_#])(?<![0-9][-.])"
_NO_CODE_AFTER = r"(?![0-9A-Za-z_])(?![-.][0-9])"

# Every repetition is bounded, so each place is looked at a fixed number of times.
_RULES: Sequence[_Rule] = (
    _Rule(
        "resident",
        re.compile(
            r"(?<![0-9])[0-9]{6}(?: ?[-./] ?\n? ?| )?[0-9][0-9*●○•xX]{6}(?![0-9])"
            r"|(?<![0-9])(?<![0-9] )(?:[0-9] ){5}[0-9] ?-? ?(?:[0-9] ){6}[0-9](?! ?[0-9])"  # boxes of a form
        ),
        _resident,
    ),
    _Rule(
        "phone",
        re.compile(
            rf"(?<![0-9])(?:{_COUNTRY}1[016789]|\([0공영][1일][016789]\)|[0공영][1일][016789공영일육칠팔구])"
            rf"{_GAP}[{_SPELLED}]{{3,4}}{_GAP}[{_SPELLED}]{{4}}(?![0-9])"
        ),
        _mobile,
    ),
    _Rule(
        "card",
        re.compile(
            rf"(?<![0-9_#])(?:(?:[0-9]{{4}}{_CARD_GAP}){{3}}[0-9]{{4}}(?:{_CARD_GAP}[0-9]{{1,3}})?"
            rf"|3[0-9]{{3}}{_CARD_GAP}[0-9]{{6}}{_CARD_GAP}[0-9]{{4,5}})(?![0-9A-Za-z_])"
        ),
        _card,
    ),
    _Rule(
        "phone",
        re.compile(
            rf"{_NO_CODE_BEFORE}(?:\(0{_AREA}\)|(?:{_COUNTRY}|0){_AREA})"
            rf"{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}(?:[-~][0-9]{{1,2}})?{_NO_CODE_AFTER}"
        ),
        _landline,
    ),
    _Rule(
        "passport",
        re.compile(
            r"(?<![0-9A-Za-z])(?:[A-Za-z]{1,2} ?[0-9]{7,8}|[A-Za-z][0-9]{3}[A-Za-z][0-9]{4})(?![0-9A-Za-z])", re.ASCII
        ),
        lambda found: found.follows(_PASSPORT_LABEL, 20),
    ),
    _Rule(
        "licence",
        re.compile(
            rf"{_NO_CODE_BEFORE}(?:[0-9]{{2}}|[가-힣]{{2}})[- ]?[0-9]{{2}}[- ]?[0-9]{{6}}[- ]?[0-9]{{2}}{_NO_CODE_AFTER}"
        ),
        lambda found: found.follows(_LICENCE_LABEL, 20),
    ),
    _Rule(
        "account",
        re.compile(
            rf"{_NO_CODE_BEFORE}(?:[0-9]{{2,6}}(?P<gap> ?- ?|\.| )[0-9]{{1,8}}(?:(?P=gap)[0-9]{{1,8}}){{0,3}}|[0-9]{{10,16}})"
            rf"{_NO_CODE_AFTER}"
        ),
        _account,
    ),
)
_PASSES = 4  # a masked number may free its neighbour; more than this would no longer be linear
_PLACEHOLDERS = {kind: f"[{sentence(f'personal_{kind}', 'ko')} 가림]" for kind in get_args(Kind)}
_PLACEHOLDER = re.compile("|".join(re.escape(placeholder) for placeholder in _PLACEHOLDERS.values()))


def _spans(text: str) -> list[tuple[int, int, Kind]]:
    """Where the personal numbers are, in order: start, end, kind."""
    plain, places = _plain(text)
    spans: list[tuple[int, int, Kind]] = []
    for rule in _RULES:
        found = _matches(rule, plain)
        plain = _blanked(plain, found)
        spans += [(places[start], places[end - 1] + 1, rule.kind) for start, end in found]
    return sorted(spans)


def _matches(rule: _Rule, plain: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = 0
    while match := rule.shape.search(plain, at):
        start, end = match.span()
        before = unicodedata.normalize("NFC", plain[max(0, start - 40) : start])
        after = unicodedata.normalize("NFC", plain[end : end + 20])
        holds = rule.holds(_Found(match[0], before, after))
        if holds:
            found.append((start, end))
        at = end if holds else start + 1
    return found


_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u20e3]+")
_SPACE = re.compile(r"[^\S\n\t]")  # a tab parts two cells
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_PUNCTUATION = str.maketrans("‐‑‒–—―−－﹣﹘ー─．・·／（）＋：＿", "------------.../()+:_")


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The text as a reader sees it, one plain character for each, and where each stood: full-width and other
    digits, dashes and spaces become ASCII, invisible characters go, earlier placeholders say nothing."""
    places: Sequence[int] = range(len(text))
    if _UNSEEN.search(text):
        places = [at for at, character in enumerate(text) if not _UNSEEN.match(character)]
        text = "".join(text[at] for at in places)
    text = _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
    text = _SPACE.sub(" ", text).translate(_PUNCTUATION)
    return _blanked(text, [match.span() for match in _PLACEHOLDER.finditer(text)]), places


def _blanked(plain: str, spans: Sequence[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += [plain[at:start], "\0" * (end - start)]
        at = end
    return "".join([*pieces, plain[at:]])


def _replaced(text: str, spans: Sequence[tuple[int, int, Kind]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, kind in spans:
        pieces += [text[at:start], _PLACEHOLDERS[kind]]
        at = end
    return "".join([*pieces, text[at:]])
