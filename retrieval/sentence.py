"""Where sentences begin and end in Korean (and English) business text, law, bullets and table rows."""

from __future__ import annotations

import re
from itertools import pairwise

Span = tuple[int, int]

MARKER = re.compile(r"\s*(?:[-*•·▪■□○●◦◇◆▶※☞]|\*{0,2}[①-⑳]|\(?\d{1,2}\\?[.)]\s|[가-하]\\?[.)]\s|#{1,6}\s|\|)")
"""What a line starts with when it is an item of its own: a bullet, ①, `1.`, `가.`, a heading, a table row."""

_NOTE = r"(?:\s*[(\[<]\s*(?:출처|자료|참고|근거|개정|신설|전문개정|본조신설|[Ss]ource)[^)\]>\n]{0,200}[)\]>]\.?)*"
_END = re.compile(
    rf"(?:[.!?]+|[。…]+)(?:[\"'”’」』)\]]*+(?=\s|$)(?!\s+(?:라고|라는|이라고|이라는|하고|고)\s){_NOTE}"
    rf"|(?<=[다요]\.)(?=[가-힣“‘「<(①-⑳]){_NOTE})"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:No|Nos|Fig|Tab|Vol|Co|Ltd|Inc|Corp|Dr|Mr|Mrs|Ms|St|vs|cf|pp|e\.g|i\.e|approx)|\b[A-Za-z])$"
)
_DATE = re.compile(r"(?:\d{4}|['’]\d{2})\.\s*\d{1,2}(?:\.\s*\d{1,2})?$")
_LIST_NUMBER = re.compile(r"(?:(?:^|[\n;,:(])\s*(?:\d{1,3}|[가-하])|\s[가나다라마바사아자차카타파하])\\?$")
_SOFT_WRAP = 25
"""A shorter line without a full stop is a heading or an item; a longer one is prose wrapped by its layout."""
_LONGEST_ASIDE = 200
"""A bracket left open longer than this is a misprint, not an aside."""


def spans(text: str) -> list[Span]:
    """Sentences of `text` in order as (start, end), without surrounding white space; they cover all other characters."""
    found: list[Span] = []
    for start, end in _blocks(text):
        found.extend(_in_block(text, start, end))
    return found


def sentences(text: str) -> list[str]:
    """The sentences themselves, verbatim. A table row and a bullet count as one each."""
    return [text[start:end] for start, end in spans(text)]


def _blocks(text: str) -> list[Span]:
    """Runs of lines in which a sentence may go on over a line break."""
    blocks: list[Span] = []
    position = 0
    open_line = False
    for line in text.splitlines(keepends=True):
        start, end = position, position + len(line)
        position = end
        bare = line.strip()
        if open_line and bare and not MARKER.match(line) and " | " not in line:
            blocks[-1] = (blocks[-1][0], end)
        elif bare:
            blocks.append((start, end))
        open_line = len(bare) >= _SOFT_WRAP and " | " not in line and not _END.search(bare[-4:])
    return blocks


def _in_block(text: str, start: int, end: int) -> list[Span]:
    block = text[start:end]
    if " | " in block:
        return [_trim(text, start, end)]
    cuts = [match.end() for match in _END.finditer(block) if _ends_here(block, match.start(), match.end())]
    edges = [0, *cuts, len(block)]
    pieces = [_trim(text, start + a, start + b) for a, b in pairwise(edges)]
    return [piece for piece in pieces if piece[0] < piece[1]]


def _ends_here(block: str, stop: int, after: int) -> bool:
    """Whether the full stop at `stop` (with its closers up to `after`) ends a sentence."""
    before = block[max(0, stop - 24) : stop]
    rest = block[after:]
    if _within_aside(block, stop, after):
        return False
    if block[stop] != ".":
        return True
    numbered = before[-1:].isdigit() and rest.lstrip()[:1].isdigit()
    return not (numbered or _DATE.search(before) or _LIST_NUMBER.search(before) or _ABBREVIATION.search(before))


def _within_aside(block: str, stop: int, after: int) -> bool:
    opened = max(block.rfind("(", 0, stop), block.rfind("[", 0, stop))
    if opened < 0 or stop - opened > _LONGEST_ASIDE:
        return False
    closer = ")" if block[opened] == "(" else "]"
    return closer not in block[opened:after] and closer in block[after : opened + _LONGEST_ASIDE]


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
