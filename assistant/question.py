"""What a question is about, read in its conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.asof import Doubt, Named, named, names_today, without_today
from assistant.errors import BadQuestionError
from assistant.personal import mask
from assistant.vocabulary import FOLLOW_UP, FORMAL, SUBJECTLESS, asks_for
from retrieval.korean import Tokenizer
from retrieval.sentence import sentences

MAX_LENGTH = 2000
OWN = 4.0
"""How much more a follow-up's own words weigh than those of the topic it leans on."""
_YEAR = re.compile(r"(?<!\d)((?:20)?\d{2})\s*년도?(?!\s*(?:동안|간|이상|이내|이하|차|내|마다|에 한|전|뒤|후))")
_NEXT_YEAR = re.compile(r"내년|다음\s*해|이듬해|next year", re.IGNORECASE)
_ELLIPTIC = re.compile(r"(?:은|는|도|이랑|랑)\s*요?\s*\??\s*$")
"""`자부담은요?`: a topic particle where the predicate should be."""


@dataclass(frozen=True, slots=True)
class Question:
    """`search` is the text looked up: the question, for a follow-up with the topic it leans on before it; `hints` are the
    documents' words for those of the question.

    `terms` are the nouns and codes a passage should cover, `names` those among them
    that name one thing (proper nouns, foreign words, codes), `words` all that carries meaning, `wants` the kinds of value asked
    for, `years` the years named. What it asks is answered as of `day`; `dated` where somebody chose the day. Where it seems
    to mean a day that was not taken, `doubt` says why and `doubted` are its words.
    """

    text: str
    search: str
    hints: str
    topic: str | None
    terms: tuple[str, ...]
    own: tuple[str, ...]
    names: frozenset[str]
    words: tuple[str, ...]
    wants: frozenset[str]
    years: frozenset[str]
    language: Literal["ko", "en"]
    day: date | None = None
    dated: bool = False
    today: date | None = None
    doubt: Doubt | None = None
    doubted: str = ""

    def weighed(self, weights: Mapping[str, float]) -> dict[str, float]:
        """`weights` of the terms, a follow-up's own ones first: what it newly asks decides which sentence answers."""
        lift = OWN if self.topic else 1.0
        return {term: weight * (lift if term in self.own else 1.0) for term, weight in weights.items()}


def understand(
    text: str, earlier: Sequence[str], tokenizer: Tokenizer, today: date, as_of: date | None = None
) -> Question:
    """`earlier`: the conversation's questions, oldest first; `as_of`: the day chosen beside the question, before any that
    it names. Raises BadQuestionError for empty or overlong text, and for a day that no calendar has.
    """
    text = " ".join(text.split())
    if not text:
        raise BadQuestionError("question_empty")
    if len(text) > MAX_LENGTH:
        raise BadQuestionError("question_long")
    said = named(_impersonal(text), today)
    if said.doubt == "day_impossible" and as_of is None:
        raise BadQuestionError("day_impossible")
    years = years_named(_without(_impersonal(text), said.told), today)
    asked, chosen = said.rest, as_of or said.day
    leaned_on = _leaned_on(text, asked, earlier, tokenizer, today)
    topic = (named(leaned_on[0], today).rest or None) if leaned_on else None
    if leaned_on:
        asked = without_today(asked)
        said = _carried(said, leaned_on, today)
        chosen = chosen or said.day
    own = _named(asked, tokenizer)
    terms = tuple(dict.fromkeys([*own, *(_named(topic, tokenizer) if topic else ())]))
    names = frozenset(tokenizer.names(asked)) - SUBJECTLESS
    language: Literal["ko", "en"] = "ko" if re.search(r"[가-힣]", text) else "en"
    search = " ".join(part for part in (topic, asked) if part) or text
    hints = " ".join(_formal(asked, tokenizer))
    return Question(
        text, search, hints, topic, terms, own, names, subject_terms(asked, tokenizer), asks_for(asked), years, language,
        chosen or today, dated=chosen is not None, today=today,
        doubt=None if chosen else said.doubt, doubted=said.words,
    )  # fmt: skip


def subject_terms(text: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """Terms of a sentence that carry meaning, each once, in order."""
    return tuple(term for term in tokenizer.words(text) if term not in SUBJECTLESS)


def years_named(text: str, today: date) -> frozenset[str]:
    """Years a question is about, `내년` included: what is known of one year must not answer for another."""
    years = {match[1] if len(match[1]) == 4 else f"20{match[1]}" for match in _YEAR.finditer(text)}
    if _NEXT_YEAR.search(text):
        years.add(str(today.year + 1))
    return frozenset(years)


def _impersonal(text: str) -> str:
    """What of a question is to be looked up: `제 번호는 010-…입니다` beside it is about the person, not the matter."""
    said = sentences(text)
    kept = [sentence for sentence in said if "?" in sentence or not mask(sentence).kinds]
    asks = any("?" in sentence for sentence in kept)
    return " ".join(kept) if asks and len(kept) < len(said) else text


def _named(text: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """The nouns and codes a question names: its subject, without the way it is asked."""
    return tuple(term for term in tokenizer.nouns(text) if term not in SUBJECTLESS)


def _formal(text: str, tokenizer: Tokenizer) -> list[str]:
    """The documents' words for those of the question."""
    return list(dict.fromkeys(word for term in tokenizer.words(text) for word in FORMAL.get(term, ())))


def _leaned_on(text: str, asked: str, earlier: Sequence[str], tokenizer: Tokenizer, today: date) -> tuple[str, ...]:
    """The questions a follow-up leans on, oldest first: from the latest one that has a subject of its own. `asked` is it
    without the words that name a day.
    """
    if not _leans(text, asked, tokenizer):
        return ()
    found: list[str] = []
    for previous in map(_impersonal, reversed(earlier)):
        found.append(previous)
        if not _leans(previous, named(previous, today).rest, tokenizer):
            break
    return tuple(reversed(found))


def _carried(said: Named, leaned_on: Sequence[str], today: date) -> Named:
    """What a follow-up says of its day, or else the questions it leans on, the latest first, up to one about today."""
    for each in (said, *(named(text, today) for text in reversed(leaned_on))):
        if each.day or each.doubt == "before_amendment" or names_today(each.rest):
            return each
    return said


def _without(text: str, told: Sequence[str]) -> str:
    """`text` without dates that tell of the asker or a thing: no answer needs to speak of those years."""
    for words in told:
        text = text.replace(words, " ")
    return text


def _leans(text: str, asked: str, tokenizer: Tokenizer) -> bool:
    own = _named(without_today(asked), tokenizer)
    return not own or bool(FOLLOW_UP.search(text) or _ELLIPTIC.search(text))
