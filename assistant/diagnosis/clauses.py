"""What is only denied, planned or doubted, clause by clause: "종이는 안 쓰고 엑셀로 해요" speaks for the spreadsheet, not for paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.korean import Morpheme

DENIED, DENIED_TWICE, PLANNED, DOUBTED = "¬", "±", "~", "?"
"""Put before a word: "자동 백업 안 돼요" gives ¬자동 ¬백업 ¬안 ¬되, "서버를 사려고요" ~서버 ~사, "서버인지 몰라요" ?서버 모르."""
_TELLING = frozenset(("NNG", "NNP", "NNB", "NR", "XR", "VV", "VA", "VX", "VCN", "MM", "MAG", "SL", "SH", "SN"))
_VERBS = frozenset(("VV", "VA", "XSV", "XSA"))
_DENY_BEFORE = frozenset(
    [("않", "VX"), ("말", "VX"), ("말", "VV"), ("못하", "VX"), ("아니하", "VX"), ("없", "VA"), ("없이", "MAG"), ("아니", "VCN"), ("업", "VV")]
)  # fmt: skip
"""What denies all of its clause that comes before. 업다 is how many write 없다."""
_DENY_AFTER = frozenset([("안", "MAG"), ("못", "MAG")])
"""What denies the next verb as well."""
_INTENDING = re.compile(r"(?:으|ᆯ)?려|고자|[을ᆯ][까게]")
_WHETHER = re.compile(r"(?:는|[은을ᆫᆯ])지")
_INTENTS = frozenset(("계획", "생각", "작정", "마음", "준비", "참", "거", "것"))
_UNDER_WAY = frozenset(("검토", "견적", "논의", "준비", "상담", "협의", "계획"))

_LIGHT = frozenset(
    ("없", "않", "안", "못", "아니", "하", "되", "말", "보", "거", "있", "것", "그런", "예정", "싶", "좋", "모르")
)
"""Words that tell nothing where all beside them is denied or planned: what denies or plans, and what carries an ending."""


def words(morphemes: Sequence[Morpheme]) -> list[str]:
    """Telling words of a text, each once, in order, marked as their clause has it."""
    marked: list[str] = []
    for clause in _clauses(morphemes):
        denied, planned = _denied(clause), _planned(clause)
        doubt = DOUBTED if any(each.tag == "EC" and _WHETHER.match(each.form) for each in clause) else ""
        for at, (morpheme, times) in enumerate(zip(clause, denied, strict=True)):
            if _kind(morpheme) in _TELLING:
                mark = ("", DENIED, DENIED_TWICE)[min(times, 2)] + (PLANNED if at < planned else "")
                marked.append(mark + doubt + morpheme.form.lower())
    return list(dict.fromkeys(marked))


def only_denied(marked: Sequence[str]) -> bool:
    """Whether words as `words` gives them say what is not, or not yet, and nothing of what is."""
    away = (DENIED, DENIED_TWICE, PLANNED)
    outright = (word for word in marked if not word.startswith((*away, DOUBTED)) and word not in _LIGHT)
    return any(word.startswith(away) for word in marked) and not any(outright)


def _clauses(morphemes: Sequence[Morpheme]) -> list[list[Morpheme]]:
    """A clause ends where its verb does: at a connecting ending that leads to no auxiliary, a final one, a comma."""
    clauses: list[list[Morpheme]] = [[]]
    for at, morpheme in enumerate(morphemes):
        clauses[-1].append(morpheme)
        if _ends(morpheme, morphemes[at + 1 :]):
            clauses.append([])
    return clauses


def _ends(morpheme: Morpheme, after: Sequence[Morpheme]) -> bool:
    if morpheme.tag in {"SF", "SP", "SE", "EF"}:
        return True
    if morpheme.tag != "EC" or morpheme.form.startswith("지"):
        return False
    following = next((each for each in after if each.tag != "JX"), None)
    if following is None:
        return True
    leads_on = following.form == "말" or (following.form == "좋" and morpheme.form.endswith("면"))
    return _kind(following) != "VX" and not leads_on


def _denied(clause: Sequence[Morpheme]) -> list[int]:
    """How many times each morpheme is denied."""
    times = [0] * len(clause)
    for at, morpheme in enumerate(clause):
        named = (morpheme.form, _kind(morpheme))
        upto = at + 1
        if named in _DENY_AFTER:
            verbs = (each for each in range(at + 1, len(clause)) if _kind(clause[each]) in _VERBS)
            upto = next(verbs, at) + 1
        elif named not in _DENY_BEFORE:
            continue
        times[:upto] = [each + 1 for each in times[:upto]]
    return times


def _planned(clause: Sequence[Morpheme]) -> int:
    """How many morphemes of the clause are only wished for or planned."""
    return max((at for at in range(1, len(clause)) if _intends(clause, at)), default=0)


def _intends(clause: Sequence[Morpheme], at: int) -> bool:
    morpheme, before = clause[at], clause[at - 1]
    if morpheme.tag in {"EC", "EF"}:
        return _INTENDING.match(morpheme.form) is not None
    if morpheme.form in _INTENTS and before.tag == "ETM" and before.form in {"ᆯ", "을"}:
        return True
    if morpheme.form in _UNDER_WAY:
        return any(each.form == "중" for each in clause[at + 1 : at + 4])
    if morpheme.form == "좋":
        return any(each.tag == "EC" and each.form.endswith("면") for each in clause[:at])
    if morpheme.tag == "ETN":
        return morpheme.form == "기" and at + 1 < len(clause) and clause[at + 1].form == "로"
    return morpheme.form in {"예정", "싶"}


def _kind(morpheme: Morpheme) -> str:
    return morpheme.tag.partition("-")[0]
