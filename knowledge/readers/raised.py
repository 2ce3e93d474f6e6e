"""Raised and lowered characters as text that keeps their sense: 10³ is not 103, and H₂O not H20."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bs4 import Tag

Height = Literal["", "sup", "sub"]
"""Where characters stand: on the line, above it, below it. The names are HTML's."""
_SIGNS: dict[Height, dict[int, int]] = {
    "sup": str.maketrans("0123456789+-−–=n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼ⁿ"),
    "sub": str.maketrans("0123456789+-−–=", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌"),
}
_WHOLE: dict[Height, re.Pattern[str]] = {"sup": re.compile(r"[\d+\-−–=n\s]+"), "sub": re.compile(r"[\d+\-−–=\s]+")}
_FRACTION = re.compile(r"\s*[+\-−–]?\d+\s*[./]\s*\d+\s*")


def set_at(height: Height, words: str) -> str:
    """`words` as characters of that height where there are such; other words, and marks of notes such as `1)`, stay.

    A power that has no characters of its own is marked: `10^0.5`.
    """
    if not height or not words.strip():
        return words
    if _WHOLE[height].fullmatch(words) and words.isprintable():
        return words.translate(_SIGNS[height])
    return f"^{words.strip()}" if height == "sup" and _FRACTION.fullmatch(words) else words


def set_tags(page: Tag) -> None:
    """Put the characters themselves in the place of a page's `sup` and `sub`, links to notes left as they are."""
    for tag in page.find_all(["sup", "sub"]):
        words = tag.get_text()
        height: Height = "sup" if tag.name == "sup" else "sub"
        if tag.find("a") is None and tag.find_parent("a") is None and (text := set_at(height, words)) != words:
            tag.replace_with(text)
