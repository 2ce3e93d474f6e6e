"""What a person's words mean for a question: the plain cases by rule, the others by whoever recognises them (`mapping`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from knowledge.instrument import UNKNOWN, Item

Kind = Literal["value", "unclear", "question"]
LONGEST = 1000
"""Characters of one answer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`value`: an anchor's, or `unknown`. Where it is `unclear`, `nearest` are the two likeliest anchors, from worse to
    better; a `question` wants an answer before one is given. `share` is how sure that is, 0 to 1.
    """

    kind: Kind
    value: str | None = None
    nearest: tuple[str, ...] = ()
    share: float = 1.0


class Listener(Protocol):
    """Recognises free text. By examples, or by a language model as well: see `assistant.diagnosis.mapping`."""

    async def heard(self, item: Item, text: str) -> Heard: ...


_YES = re.compile(
    r"(?:네+|넵+|넹|예+|응+|ㅇㅇ+|ㅇㅋ|맞아요?|맞습니다|맞음|그래요?|그렇습니다|좋아요?|yes|y|ok)[\s.!~]*",
    re.IGNORECASE,
)
_NO = re.compile(r"(?:아니[요오]?|아뇨|아닙니다|아닌데요?|틀려요?|틀렸어요?|ㄴㄴ+|no|n)[\s.!~]*", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"(?:(?:그건|저는|전|난|나도|저도|글쎄요?|음|아)[\s,.]*)*(?:잘\s*)?(?:모르겠(?:어요?|습니다|네요?|는데요?|음)?|몰라요?|모릅니다|모름|모르는데요?)[\s.!~ㅠㅜ]*|unknown|don'?t know",
    re.IGNORECASE,
)
_WHY = re.compile(r"(?:그걸?\s*)?(?:왜|무슨 까닭으로)\s*(?:묻|물어|그런|그걸|필요|알아야|요)?[가-힣\s]{0,12}\??")
_BACK = re.compile(r"(?:이전|뒤로|앞(?:의)?\s*질문|전\s*질문|되돌리|다시\s*답)[가-힣\s]{0,12}[.!]*")
_STOP = re.compile(r"(?:그만|나중에|오늘은\s*여기까지|중단|멈춰|이따)[가-힣\s]{0,12}[.!~]*")
_NUMBER = re.compile(r"([1-9])\s*(?:번|번이요|번요|번입니다|번째)?[\s.!]*")

Order = Literal["yes", "no", "why", "back", "stop"]


def order(text: str) -> Order | None:
    """A word about the conversation itself, where the whole text is one."""
    said = text.strip()
    for pattern, meaning in ((_YES, "yes"), (_NO, "no"), (_WHY, "why"), (_BACK, "back"), (_STOP, "stop")):
        if pattern.fullmatch(said):
            return meaning  # type: ignore[return-value]
    return None


def plain(item: Item, text: str) -> Heard | None:
    """What needs no recognising: a choice by number or in its own words, or that nobody knows."""
    said = " ".join(text.split())
    if _UNKNOWN.fullmatch(said):
        return Heard("value", UNKNOWN)
    number = _NUMBER.fullmatch(said)
    if number and int(number[1]) <= len(item.anchors) + 1:
        values = (*item.values, UNKNOWN)
        return Heard("value", values[int(number[1]) - 1])
    for anchor in item.anchors:
        if said.rstrip(".") in {anchor.text.rstrip("."), anchor.value}:
            return Heard("value", anchor.value)
    return None
