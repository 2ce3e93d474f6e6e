"""What a question is about, read in its conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.errors import BadQuestionError
from assistant.vocabulary import FOLLOW_UP, SUBJECTLESS, asks_for
from retrieval.korean import Tokenizer

MAX_LENGTH = 2000
_ELLIPTIC = re.compile(r"(?:은|는|도|이랑|랑)\s*요?\s*\??\s*$")
"""`자부담은요?`: a topic particle where the predicate should be."""


@dataclass(frozen=True, slots=True)
class Question:
    """`search` is the text looked up: the question itself, and for a follow-up the topic it leans on before it.

    `terms` are the subject terms a passage should cover, `wants` the kinds of value asked for.
    """

    text: str
    search: str
    topic: str | None
    terms: tuple[str, ...]
    wants: frozenset[str]
    language: Literal["ko", "en"]


def understand(text: str, earlier: Sequence[str], tokenizer: Tokenizer) -> Question:
    """`earlier`: the conversation's questions, oldest first. Raises BadQuestionError for empty or overlong text."""
    text = " ".join(text.split())
    if not text:
        raise BadQuestionError("question_empty")
    if len(text) > MAX_LENGTH:
        raise BadQuestionError("question_long")
    own = subject_terms(text, tokenizer)
    topic = _topic(text, own, earlier, tokenizer)
    terms = tuple(dict.fromkeys([*own, *(subject_terms(topic, tokenizer) if topic else ())]))
    language: Literal["ko", "en"] = "ko" if re.search(r"[가-힣]", text) else "en"
    return Question(text, f"{topic} {text}" if topic else text, topic, terms, asks_for(text), language)


def subject_terms(text: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """Terms that carry the subject, each once, in order."""
    return tuple(dict.fromkeys(term for term in tokenizer.words(text) if term not in SUBJECTLESS))


def _topic(text: str, own: tuple[str, ...], earlier: Sequence[str], tokenizer: Tokenizer) -> str | None:
    """The question a follow-up leans on: the latest one that has a subject of its own."""
    if not earlier or not _leans(text, own):
        return None
    for previous in reversed(earlier):
        if not _leans(previous, subject_terms(previous, tokenizer)):
            return previous
    return earlier[0]


def _leans(text: str, own: tuple[str, ...]) -> bool:
    return not own or bool(FOLLOW_UP.search(text) or _ELLIPTIC.search(text))
