"""Amounts and shares as Korean notices write them: `3천 5백만원`, `최대 6억(2년)`, `총사업비의 50%`, `100분의 70`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_MONEY = re.compile(
    rf"(?<![\d.,])(?P<words>{_NUMBER}(?:\s{{0,4}}(?:[십백천만억조]|{_NUMBER}(?=\s{{0,4}}[십백천만억조원])))*)(?P<won>\s{{0,4}}원)?"
)
_PART = re.compile(rf"({_NUMBER})|([십백천만억조])")
_SMALL = {"십": 10, "백": 10**2, "천": 10**3}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}
_WITHOUT_WON = re.compile(
    r"\s{0,4}(?:$|[^\s가-힣A-Za-z0-9$€￦%]|이내|이하|이상|한도|까지|내외|씩|정도|수준|규모|지원|미만|초과|(?:을|를|의|이|은)(?=\s|$))"
)
"""What follows an amount that leaves out 원: never what else may be counted by the 억 (people, dollars, years)."""
_LIMIT = re.compile(r"\s{0,4}(?:이하|미만|이상|초과)(?:의|인)?(?P<who>\s{0,4}\S{0,6}(?:기업|사업자|업체|회사|법인))?")
_OF_COMPANY = re.compile(
    r"매출|자산|자본금|수출액|수출\s{0,4}실적|부채|투자\s{0,4}유치|수주|체납|보증금|임금|벌금|과태료"
)
_OF_SUPPORT = re.compile(r"지원\s{0,4}(?:금|한도|규모|내용)|보조금|국비|한도|융자|출연|바우처")
_LIMIT_WITHIN = 30
"""Characters after `10억원` in which `~ 120억원 이하` says that it is a limit."""
_GOES_ON = re.compile(r"\s{0,4}(?:이상|초과|부터|에서)?[\s,~∼～〜–—-]{0,6}")
_SUPPORT = re.compile(r"지원|보조|출연|융자|한도|사업비|부담|국비|지방비|이내|최대|보급|바우처")
_SHARE = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d+)?)\s{0,4}(?:%|％|퍼센트)|100\s{0,4}분의\s{0,4}(\d{1,3}(?:\.\d+)?)")
_OWN_PART = re.compile(r"자부담|자기\s{0,4}부담|기업\s{0,4}부담|민간\s{0,4}부담|도입기업")


def amounts(text: str, about: str, label: str) -> Iterator[tuple[int, bool]]:
    """Whole won in reading order, and whether the amount limits who may apply (`매출액 120억원 이하`) instead of being given.

    `about`: the words over the text, `label` the nearest of them. A text about no support has none.
    """
    if not _SUPPORT.search(f"{about} {text}") and not _OF_COMPANY.search(f"{label} {text}"):
        return
    end, limits = 0, bool(_OF_COMPANY.search(label) and not _OF_SUPPORT.search(label))
    by_label = limits
    for match in _MONEY.finditer(text):
        if not _is_money(match, text):
            continue
        before, after = text[end : match.start()], _LIMIT.match(text, match.end())
        if not (end and _GOES_ON.fullmatch(before)):  # both ends of `10억원 ~ 120억원` are about the same
            limits = bool(_OF_COMPANY.search(before)) or (by_label and not _OF_SUPPORT.search(before))
        end = match.end()
        won = int(won_of(match["words"], bare=not match["won"]))
        if won <= 0:
            continue
        if limits or (after and after["who"]):
            if re.search(r"이하|미만|이상|초과", text[end : end + _LIMIT_WITHIN]):
                yield won, True
        elif _SUPPORT.search(f"{about} {text}"):
            yield won, False


def shares(text: str, about: str) -> Iterator[tuple[str, bool]]:
    """Percent, and whether it is the part that a company bears itself."""
    if not _SUPPORT.search(f"{about} {text}"):
        return
    for match in _SHARE.finditer(text):
        before = text[max(0, match.start() - 15) : match.start()] + about
        yield format(Decimal(match[1] or match[2]).normalize(), "f"), bool(_OWN_PART.search(before))


def won_of(words: str, *, bare: bool = False) -> Decimal:
    """`3천 5백만` is 35,000,000: 천 and 백 multiply before 만 does. `bare`: 원 is left out, and after 억 then 만 may be too
    (`1억 5천`)."""
    total = section = Decimal(0)
    number: Decimal | None = None
    last = ""
    for digits, unit in _PART.findall(words):
        if digits:
            section += number or 0
            number = Decimal(digits.replace(",", ""))
        elif unit in _SMALL:
            section += (1 if number is None else number) * _SMALL[unit]
            number = None
        else:
            section += number or 0
            total += section * _LARGE[unit]
            section, number = Decimal(0), None
        last = unit or last
    rest = section + (number or 0)
    return total + rest * (10**4 if bare and total >= 10**8 and last in _SMALL else 1)


def _is_money(match: re.Match[str], text: str) -> bool:
    if match["won"]:
        return True
    words = match["words"].rstrip()
    return bool(re.search(r"[억조]|[천백]\s{0,4}만$", words) and re.search(r"[십백천만억조]$", words)) and bool(
        _WITHOUT_WON.match(text, match.end())
    )
