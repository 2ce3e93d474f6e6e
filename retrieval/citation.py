"""Quotations: the words of a passage that carry a claim, and whether words really stand in a passage."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from retrieval.errors import NothingToQuoteError
from retrieval.sentence import sentences, spans

__all__ = ["Quote", "is_verbatim", "quote_of", "sentences"]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[가-힣]+|[A-Za-z]+")
_NUMBER_SHARE = 0.4
"""What the numbers of a claim count against its words: a sentence with the same figure is the better evidence."""


@dataclass(frozen=True, slots=True)
class Quote:
    """`text` is `passage[start:end]`; `score` (0 to 1) is how much of the claim it covers."""

    text: str
    start: int
    end: int
    score: float


def is_verbatim(quote: str, text: str) -> bool:
    """Whether the quote stands in the text word for word, white space folded. An empty quote does not."""
    folded = _fold(quote)
    return bool(folded) and folded in _fold(text)


def quote_of(passage: str, claim: str) -> Quote:
    """The one sentence (or table row, or bullet) of the passage that covers most of the claim; the first of equals.

    Raises NothingToQuoteError when the passage has no sentence.
    """
    places = spans(passage)
    if not places:
        raise NothingToQuoteError
    features = [_pairs(passage[start:end]) for start, end in places]
    # What every sentence of the passage says tells them apart no more than what none says.
    spread = Counter(pair for pairs in features for pair in pairs)
    wanted = {pair: 1 / spread[pair] for pair in _pairs(claim) if pair in spread}
    total = sum(wanted.values()) + sum(pair not in spread for pair in _pairs(claim))
    figures = _numbers(claim)
    best = Quote("", 0, 0, -1.0)
    for (start, end), pairs in zip(places, features, strict=True):
        words = sum(weight for pair, weight in wanted.items() if pair in pairs) / total if total else 0.0
        score = words
        if figures:
            shared = len(figures & _numbers(passage[start:end])) / len(figures)
            score = (1 - _NUMBER_SHARE) * words + _NUMBER_SHARE * shared
        if score > best.score:
            best = Quote(passage[start:end], start, end, score)
    return best


def _fold(text: str) -> str:
    return " ".join(text.split())


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring letters: Korean stems without knowing where their endings begin."""
    return {word[i : i + 2].lower() for word in _WORD.findall(text) for i in range(max(1, len(word) - 1))}


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}
