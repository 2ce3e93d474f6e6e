"""What a newer version of a document says otherwise than the older one, place by place."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Literal

from knowledge.document import Document, Section

Kind = Literal["added", "removed", "changed"]

MOST = 300
"""Changes told of at most."""
LONGEST = 1500
"""Characters of the text before and after."""
MOST_PLACES = 20_000
"""Sections compared of a version."""
_MOST_LINES = 3000
"""Lines compared of a document whose places are pages: the time grows with their square."""
_MOST_PAIRS = _MOST_LINES**2
"""Pairs of lines that may be compared in all to say which lines of changed places differ."""
_OFTEN = 5
"""A line that stands in a version more often, as a row of dashes, is no landmark: it would be tried at all its places."""
_PAGE = re.compile(r"^(?:p\.\s*|슬라이드\s*)\d+")


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is empty for what was added, `after` for what was removed. `locator` is that of the newer version, of the
    older for what was removed."""

    kind: Kind
    locator: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`cut`: there may be more changes than these, for the versions are too long or differ in too many places."""

    changes: tuple[Change, ...]
    cut: bool


def changes(old: Document, new: Document) -> list[Change]:
    """As `compare` finds them."""
    return list(compare(old, new).changes)


def compare(old: Document, new: Document) -> Comparison:
    """In the order of the newer version, what was removed last; at most `MOST`. Moving a place is no change.

    Places that carry a name (an article, a heading) are compared by it. Pages are not: text runs from one to the next, so
    that such documents are compared line by line.
    """
    both = [*old.sections, *new.sections]
    paged = sum(bool(_PAGE.match(section.locator.label)) for section in both) * 2 > len(both)
    found, whole = (_by_line if paged else _by_place)(old, new)
    return Comparison(tuple(found[:MOST]), cut=len(found) > MOST or not whole)


def _by_place(old: Document, new: Document) -> tuple[list[Change], bool]:
    """The changes, one more than `MOST` at most, and whether all places were compared."""
    before, after = _places(old), _places(new)
    gone = _Gone({key: section for key, section in before.items() if key not in after})
    differing = _Differing()
    found: list[Change] = []
    for key, section in after.items():
        if len(found) > MOST:
            break
        former = before.get(key) or gone.moved(section)
        if former is None:
            found.append(Change("added", section.locator.label, "", section.text[:LONGEST]))
        elif _folded(former.text) != _folded(section.text):
            one, other = differing.lines(former.text, section.text)
            found.append(Change("changed", section.locator.label, one, other))
    left = islice(gone.left(), max(0, MOST + 1 - len(found)))
    found += [Change("removed", section.locator.label, section.text[:LONGEST], "") for section in left]
    return found, max(len(old.sections), len(new.sections)) <= MOST_PLACES


def _places(document: Document) -> dict[tuple[str, int], Section]:
    """Sections by their label, and how many of that label came before."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Section] = {}
    for section in document.sections[:MOST_PLACES]:
        label = " ".join(section.locator.label.split())
        found[label, seen[label]] = section
        seen[label] += 1
    return found


class _Gone:
    """Places that the newer version has no name for, found by what they say."""

    def __init__(self, places: dict[tuple[str, int], Section]) -> None:
        self._places = places
        self._said: dict[str, deque[tuple[str, int]]] = {}
        for key, section in places.items():
            self._said.setdefault(_folded(section.text), deque()).append(key)

    def moved(self, section: Section) -> Section | None:
        """The first with the same text, which stood under another name. It is gone no longer."""
        keys = self._said.get(_folded(section.text))
        return self._places.pop(keys.popleft()) if keys else None

    def left(self) -> Iterator[Section]:
        yield from self._places.values()


class _Differing:
    """Says which lines of changed places differ, as long as that takes no longer than a person waits."""

    def __init__(self) -> None:
        self._pairs = _MOST_PAIRS

    def lines(self, before: str, after: str) -> tuple[str, str]:
        """The lines that differ, those between them left out; the whole texts once too much has been compared."""
        one, other = _lines(before), _lines(after)
        if len(one) * len(other) > self._pairs:
            return before[:LONGEST], after[:LONGEST]
        self._pairs -= len(one) * len(other)
        left: list[str] = []
        right: list[str] = []
        for tag, a, b, c, d in _matcher(one, other).get_opcodes():
            if tag != "equal":
                left += one[a:b]
                right += other[c:d]
        return "\n".join(left)[:LONGEST], "\n".join(right)[:LONGEST]


def _matcher(one: Sequence[str], other: Sequence[str]) -> SequenceMatcher[str]:
    """Of lines. Frequent ones are matched beside others alone, so that the time grows with the square, not the cube."""
    often = {line for line, times in Counter(other).items() if times > _OFTEN}
    return SequenceMatcher(often.__contains__, one, other, autojunk=False)


def _by_line(old: Document, new: Document) -> tuple[list[Change], bool]:
    """The changes, and whether all lines were compared."""
    left, right = (list(islice(_placed(each), _MOST_LINES + 1)) for each in (old, new))
    whole = max(len(left), len(right)) <= _MOST_LINES
    left, right = left[:_MOST_LINES], right[:_MOST_LINES]
    added: list[Change] = []
    removed: list[Change] = []
    for tag, a, b, c, d in _matcher([line for line, _ in left], [line for line, _ in right]).get_opcodes():
        before = "\n".join(line for line, _ in left[a:b])[:LONGEST]
        after = "\n".join(line for line, _ in right[c:d])[:LONGEST]
        if tag == "delete":
            removed.append(Change("removed", left[a][1], before, ""))
        elif tag == "insert":
            added.append(Change("added", right[c][1], "", after))
        elif tag == "replace":
            added.append(Change("changed", right[c][1], before, after))
    return [*added, *removed], whole


def _placed(document: Document) -> Iterator[tuple[str, str]]:
    for section in document.sections:
        yield from ((line, section.locator.label) for line in _lines(section.text))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _folded(text: str) -> str:
    return " ".join(text.split())
