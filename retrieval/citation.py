"""Quotations: one verbatim stretch of a passage, and whether words really stand in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.errors import NothingToQuoteError
from retrieval.sentence import MARKER

LONGEST = 700
"""Characters of a quote at most; where the parts lie further apart, the first of them is quoted alone."""


def stretch(passage: str, parts: Sequence[str]) -> str:
    """The shortest stretch of `passage` that holds all `parts` (sentences of it, the main one first).

    White space is folded, and an item mark (a bullet, `1.`, `①`) is left off its start. Raises NothingToQuoteError
    where the passage does not hold the main part.
    """
    places = [(start, start + len(part)) for part in parts if part and (start := passage.find(part)) >= 0]
    if not places or not parts[0] or parts[0] not in passage:
        raise NothingToQuoteError
    start, end = min(start for start, _ in places), max(end for _, end in places)
    if end - start > LONGEST:
        start, end = places[0]
    text = passage[start:end]
    while (mark := MARKER.match(text)) and text[mark.end() :].strip():
        text = text[mark.end() :]
    return fold(text)


def is_verbatim(quote: str, text: str) -> bool:
    """Whether the quote stands in the text word for word, white space folded. An empty quote does not."""
    folded = fold(quote)
    return bool(folded) and folded in fold(text)


def located(text: str, quote: str) -> tuple[int, int] | None:
    """Where in the text the quote stands, white space folded on both sides; None where it does not."""
    words = quote.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    return found.span() if found else None


def fold(text: str) -> str:
    """The text with every run of white space made one blank."""
    return " ".join(text.split())
