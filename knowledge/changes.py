"""What a newer version of a document says otherwise than the older one, place by place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from knowledge.document import Document, Section

Kind = Literal["added", "removed", "changed"]

MOST = 300
"""Changes told of at most."""
LONGEST = 1500
"""Characters of the text before and after."""
_MOST_LINES = 3000
"""Lines compared of a document whose places are pages: the time grows with their square."""
_PAGE = re.compile(r"^(?:p\.\s*|슬라이드\s*)\d+")


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is empty for what was added, `after` for what was removed. `locator` is that of the newer version, of the
    older for what was removed."""

    kind: Kind
    locator: str
    before: str
    after: str


def changes(old: Document, new: Document) -> list[Change]:
    """In the order of the newer version, what was removed last; at most `MOST`. Moving a place is no change.

    Places that carry a name (an article, a heading) are compared by it. Pages are not: text runs from one to the next, so
    that such documents are compared line by line.
    """
    both = [*old.sections, *new.sections]
    paged = sum(bool(_PAGE.match(section.locator.label)) for section in both) * 2 > len(both)
    return (_by_line if paged else _by_place)(old, new)[:MOST]


def _by_place(old: Document, new: Document) -> list[Change]:
    before, after = _places(old), _places(new)
    gone = {key: section for key, section in before.items() if key not in after}
    found: list[Change] = []
    for key, section in after.items():
        former = before.get(key) or _moved(section, gone)
        if former is None:
            found.append(Change("added", section.locator.label, "", section.text[:LONGEST]))
        elif _folded(former.text) != _folded(section.text):
            one, other = _differing(former.text, section.text)
            found.append(Change("changed", section.locator.label, one, other))
    found += [Change("removed", section.locator.label, section.text[:LONGEST], "") for section in gone.values()]
    return found


def _places(document: Document) -> dict[tuple[str, int], Section]:
    """Sections by their label, and how many of that label came before."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Section] = {}
    for section in document.sections:
        label = " ".join(section.locator.label.split())
        found[label, seen[label]] = section
        seen[label] += 1
    return found


def _moved(section: Section, gone: dict[tuple[str, int], Section]) -> Section | None:
    """The same text that stood under another name, taken out of `gone`."""
    words = _folded(section.text)
    for key, former in gone.items():
        if _folded(former.text) == words:
            return gone.pop(key)
    return None


def _differing(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, those between them left out."""
    one, other = _lines(before), _lines(after)
    if len(one) + len(other) > _MOST_LINES:
        return before[:LONGEST], after[:LONGEST]
    left: list[str] = []
    right: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            left += one[a:b]
            right += other[c:d]
    return "\n".join(left)[:LONGEST], "\n".join(right)[:LONGEST]


def _by_line(old: Document, new: Document) -> list[Change]:
    left, right = list(_placed(old))[:_MOST_LINES], list(_placed(new))[:_MOST_LINES]
    matcher = SequenceMatcher(None, [line for line, _ in left], [line for line, _ in right], autojunk=False)
    added: list[Change] = []
    removed: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        before = "\n".join(line for line, _ in left[a:b])[:LONGEST]
        after = "\n".join(line for line, _ in right[c:d])[:LONGEST]
        if tag == "delete":
            removed.append(Change("removed", left[a][1], before, ""))
        elif tag == "insert":
            added.append(Change("added", right[c][1], "", after))
        elif tag == "replace":
            added.append(Change("changed", right[c][1], before, after))
    return [*added, *removed]


def _placed(document: Document) -> Iterator[tuple[str, str]]:
    for section in document.sections:
        yield from ((line, section.locator.label) for line in _lines(section.text))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _folded(text: str) -> str:
    return " ".join(text.split())
