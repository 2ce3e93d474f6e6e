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
    r"(?:(?:그건|저는|전|난|나도|저도|글쎄요?|음|아)[\s,.]*)*(?:잘\s*)?(?:모르겠(?:어[요여]?|습니다|네요?|는데요?|음)?|몰라[요여]?|모릅니다|모름|모르는데요?|[ㅁᄆ][ㄹᄅ])[\s.!~ㅠㅜ]*|unknown|don'?t know",
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
_SKIP = re.compile(
    r"(?:(?:이건|이거|이\s*(?:질문|문항)은?)\s*)?(?:일단\s*)?(?:스킵|패스|skip|pass|건너\s*뛰(?:기|자|죠|어요|어\s*줘요?|어\s*주세요|고\s*싶어요)|건너\s*뛸(?:게요?|께요?|래요?)"
    r"|넘어\s*가(?:기|자|죠|요|줘요?|\s*주세요|시죠|고\s*싶어요)?|넘어\s*갈(?:게요?|께요?|래요?)|넘(?:길(?:게요?|께요?|래요?)|겨\s*주세요))"
    r"\s*(?:요|이요|할(?:게요?|께요?|래요?)|하자|하죠|해요|해\s*주세요)?[\s.!~]*"
    r"|다음(?:\s*(?:질문|문항|거|것))?(?:요|이요|으로|으로요)?(?:\s*(?:넘어\s*)?(?:가(?:요|자|죠|시죠|\s*주세요)|갈(?:게요?|께요?|래요?)))?[\s.!~]*|next",
    re.IGNORECASE,
)
_TERM = r"(?:그|이|저)?\s*(?!(?:원인|이유|까닭|문제)[이가])[^\s.,!?]{1,20}?(?:이란|란|이라는|라는|이|가|은|는)?"
_NOT_KNOWN = r"(?:저는\s*|전\s*|잘\s*)*(?:모르|몰라|모릅|모름)[^\s.,!?]{0,6}"
_WORD = re.compile(
    # What a word means, the last thing said: "MES가 뭐예요", "LOT이 뭔지 잘 모르겠어요", "POP이 무슨 뜻이죠", "그게 뭔데요".
    rf"(?:^|[.!?,~\n]\s*|^(?:근데|그런데|저기|아|음|도대체|대체|혹시)\s+)(?:{_TERM}\s*(?:[것게건거][이은]?\s*)?)?"
    r"(?<!지\s)(?<!죠\s)(?:(?:도대체|대체|정확히|혹시)\s*)?"
    r"(?:(?:뭐|무엇|머)(?:예요|에요|여요|이에요|야|지요?|죠|냐|니|임|입니까|인가요?|인데요?|인지요|라고요|래요)|[뭔먼](?:가요?|데요?|지요?|지)|뭡니까"
    r"|무슨\s*(?:뜻|말|의미|소리|얘기)(?:이에요|예요|에요|이죠|이지요?|인가요?|입니까|이야|일까요|인데요?|인지요)?"
    rf"|(?:[뭔먼]지|무슨\s*(?:뜻|말|의미|소리|얘기)인?지)(?:도|를|부터)?\s*{_NOT_KNOWN})[\s.?!~ㅠㅜ]*$"
    # Or that it be explained. A machine that tells people something does so in other words ("알려 줘요").
    r"|설명\s*(?:좀\s*)?(?:요|부탁\S{0,8}|해\s*(?:주세요|주실\S{0,5})|(?<=좀\s)해\s*줘요?)?(?<=[요줘다까려])[\s.?!~]*$|(?:알려|가르쳐)\s*(?:주세요|주실래요|주시겠어요|주십시오)[\s.?!~]*$"
    r"|[뭔먼]지부터\s|(?:질문|말)(?:이|을)\s*이해(?:가|를)?\s*(?:잘\s*)?(?:안|못)\s*(?:돼|되|가|했|하)[^\s.,!?]{0,5}[\s.?!~]*$",
)
_TAG = re.compile(
    r"(?<=[요다죠음함임.,])\s*[,.]?\s*(?:그렇지요?|그렇죠|그죠|그쵸|맞지요?|맞죠|맞나요?|안\s*그래요)[\s.?!~]*$"
)
"""Put after an answer to have it agreed with, not to ask: "엑셀로 관리해요, 맞죠?"."""
_ASKS = re.compile(r"(?:^|[.!~\n])[^.!~\n]*(?:요|까|나|죠|가|냐|니|지|뭐|왜|뭔데)\s*\?+\s*$")
"""The last thing said asks something: `지게차 정도?` and the like do not."""
_CHOSEN = r"(?:\s*(?:보기|거|것))?(?:이?요|이?여|이에요|예요|입니다|으?로\s*(?:할게요?|하죠|해\s*주세요)|\s*(?:인\s*[것거]\s*)?같아요?)?[\s.!]*"
_NUMBER = re.compile(rf"([1-9])\s*(?:번(?:째|쨰)?)?\s*{_CHOSEN}")
_ORDINAL = re.compile(rf"(첫|두|둘|세|셋|네|넷|다섯|여섯)\s*(?:번\s*째|번\s*쨰|째|쨰){_CHOSEN}")
_ORDINALS = {"첫": 1, "두": 2, "둘": 2, "세": 3, "셋": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6}

Order = Literal["yes", "no", "why", "back", "stop", "skip"]


def order(text: str) -> Order | None:
    """A word about the conversation itself, where the whole text is one. `skip`: leave the question open and go on."""
    said = text.strip()
    orders: tuple[tuple[re.Pattern[str], Order], ...] = (
        (_YES, "yes"),
        (_NO, "no"),
        (_WHY, "why"),
        (_BACK, "back"),
        (_STOP, "stop"),
        (_SKIP, "skip"),
    )
    return next((meaning for pattern, meaning in orders if pattern.fullmatch(said)), None)


def plain(item: Item, text: str) -> Heard | None:
    """What needs no recognising: a choice by number or in its own words, that nobody knows, a plain question, or no word."""
    said = " ".join(unicodedata.normalize("NFKC", text).split())
    if not any(character.isalnum() for character in said):
        return Heard("unclear")
    if _UNKNOWN.fullmatch(said):
        return Heard("value", UNKNOWN)
    number = _number(said)
    if number and number <= len(item.anchors) + 1:
        return Heard("value", (*item.values, UNKNOWN)[number - 1])
    for anchor in item.anchors:
        if said.rstrip(".") in {anchor.text.rstrip("."), anchor.value}:
            return Heard("value", anchor.value)
    asked = statement(said) == said and (_WORD.search(said) or _ASKS.search(said))
    return Heard("question") if asked else None


def statement(text: str) -> str:
    """What is said, without the "맞죠?" after it."""
    return _TAG.sub("", text)


def _number(said: str) -> int:
    """Of a choice, from 1; 0 where it is none."""
    number, ordinal = _NUMBER.fullmatch(said), _ORDINAL.fullmatch(said)
    if number:
        return int(number[1])
    return _ORDINALS[ordinal[1]] if ordinal else 0
