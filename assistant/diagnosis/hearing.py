"""What a person's words mean for a question: the plain cases by rule, the others by whoever recognises them (`mapping`)."""

from __future__ import annotations

import re
import unicodedata
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


# An order is the whole of what is said. These words also begin ordinary answers ("나중에 엑셀로 옮겨요", "그만두는 사람이 많아요"), so each
# pattern says how an order may end. No group repeats without end around another that could match the same
# letters: a long text takes no longer than a short one.
_YES = re.compile(
    r"(?:(?:네+|넵+|넹+|예+|응+|어|ㅇㅇ+|ㅇㅋ|yes|y|ok)(?:[\s,.!~]*{agreed})?|{agreed})[\s.!~]*".format(
        agreed=r"(?:맞(?:아요?|네요?|습니다|는\s*것?\s*같아요|음|지요?|죠)|그래요?|그렇(?:죠|지요?|습니다|네요)|좋(?:아요?|습니다))"
    ),
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:(?:아니[요오여]?|아뇨|ㄴㄴ+|no|n)(?:[\s,.!~]*{denied})?|{denied})[\s.!~]*".format(
        denied=r"(?:(?:그건|그게|그거)\s*)?(?:아니(?:에요|예요|야|죠|거든요)|아닙니다|아닌데요?|틀려요?|틀렸(?:어요?|습니다)|틀립니다|달라요|다릅니다)"
    ),
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(?:(?:그건|저는|전|난|나도|저도|글쎄요?|음|아)[\s,.]*)*(?:잘\s*)?(?:모르겠(?:어[요여]?|습니다|네요?|는데요?|음)?|몰라[요여]?|모릅니다|모름|모르는데요?)[\s.!~ㅠㅜ]*|unknown|don'?t know",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"(?:(?:근데|그런데)\s*)?(?:{this}\s*)?(?:왜|무슨\s*(?:까닭|이유)로|why)\s*(?:{this}\s*)?(?:요|죠|{asks})?[\s.?!~]*".format(
        this=r"(?:그걸?|이걸?|그건|이건|그거|이거|그런\s*[걸거]|이런\s*[걸거])",
        asks=r"묻(?:나요?|습니까|는데요?|죠|지요?|냐|는\s*[거건](?:예요|에요|죠|지요|가요|야)?)"
        r"|물어(?:요|봐요?|보(?:나요?|세요|시나요|십니까|는데요?|시?는\s*[거건](?:예요|에요|죠|지요|가요|야)?))?"
        r"|물으(?:세요|시나요|십니까|시는\s*[거건](?:예요|에요|죠|가요)?)"
        r"|필요(?:해요?|하죠|하세요|하신가요|한가요?|합니까|한데요?|한\s*[거건](?:예요|에요|죠|가요|야)?)"
        r"|알아야\s*(?:해요?|하나요?|하죠|합니까|돼요|되나요|하는\s*[거건](?:예요|에요|죠|가요|야)?)"
        r"|궁금(?:해요?|하세요|하신가요|한가요?|합니까|하신데요)",
    ),
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(?:이전|(?:이전|앞의?|전|아까|방금)\s*(?:질문|문항|답|거|것)|뒤로)(?:으?로|을|를|에)?\s*(?:다시\s*)?{go}?[\s.!~]*"
    r"|이전으로\s*{go}?[\s.!~]*|되돌(?:려|아가|리)(?:요|자|기|줘요?|\s*주세요)?[\s.!~]*"
    r"|다시\s*(?:대?답할(?:게요?|래요?|께요?)|대?답하(?:기|고\s*싶어요))[\s.!~]*|(?:go )?back|previous".format(
        go=r"(?:(?:돌아)?(?:가(?:요|자|기|줘요?|\s*주세요|고\s*싶어요)?|갈(?:게요?|께요?|래요?|까요))|볼(?:게요?|래요?)|보(?:자|여\s*줘요?|여\s*주세요)"
        r"|(?:고칠|바꿀|대?답할)(?:게요?|께요?|래요?)|(?:고치|바꾸)(?:자|기|고\s*싶어요))"
    ),
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?:오늘은\s*)?(?:그만|중단|여기까지)(?:\s*(?:요|이요|만|해요?|하자|하죠|합시다|하고\s*싶어요|해\s*줘요?|해\s*주세요|물어요?|{will})){{0,3}}[\s.!~]*"
    r"|(?:나중에|다음에|내일|이따가?)(?:요|\s*(?:다시|또|마저|이어서|계속)){{0,3}}\s*(?:하자|하죠|합시다|하고\s*싶어요|{will}|대?답{will})?[\s.!~]*"
    r"|멈(?:춰\s*(?:줘요?|주세요)|출게요?)[\s.!~]*|stop|later".format(
        will=r"(?:할(?:게요?|께요?|래요?)|하겠습니다|해야겠(?:어요|네요|습니다))"
    ),
    re.IGNORECASE,
)
_ASKS = re.compile(r"(?:^|[.!~\n])[^.!~\n]*(?:요|까|나|죠|가|냐|니|지|뭐|왜|뭔데)\s*\?+\s*$")
"""The last thing said asks something: `지게차 정도?` and the like do not."""
_NUMBER = re.compile(
    r"([1-9])\s*(?:번(?:째|쨰)?(?:\s*(?:거|것))?)?\s*(?:이?요|이?여|이에요|예요|입니다|으로\s*(?:할게요?|하죠|해\s*주세요))?[\s.!]*"
)

Order = Literal["yes", "no", "why", "back", "stop"]


def order(text: str) -> Order | None:
    """A word about the conversation itself, where the whole text is one."""
    said = text.strip()
    for pattern, meaning in ((_YES, "yes"), (_NO, "no"), (_WHY, "why"), (_BACK, "back"), (_STOP, "stop")):
        if pattern.fullmatch(said):
            return meaning  # type: ignore[return-value]
    return None


def plain(item: Item, text: str) -> Heard | None:
    """What needs no recognising: a choice by number or in its own words, that nobody knows, a plain question, or no word."""
    said = " ".join(unicodedata.normalize("NFKC", text).split())
    if not any(character.isalnum() for character in said):
        return Heard("unclear")
    if _UNKNOWN.fullmatch(said):
        return Heard("value", UNKNOWN)
    number = _NUMBER.fullmatch(said)
    if number and int(number[1]) <= len(item.anchors) + 1:
        values = (*item.values, UNKNOWN)
        return Heard("value", values[int(number[1]) - 1])
    for anchor in item.anchors:
        if said.rstrip(".") in {anchor.text.rstrip("."), anchor.value}:
            return Heard("value", anchor.value)
    return Heard("question") if _ASKS.search(said) else None
