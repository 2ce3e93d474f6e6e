"""Which version of which work a document is, which version stands on a given day, and what a newer one changed.

A law is known by its title and by its 법령ID, since each may change while the other stays: a law enacted anew gets a new
ID under the old title (근로기준법), a renamed one keeps its ID. A notice is known by its title without the words of a
revision, and by who issued it: two issuers never share one, and a later notice takes the place of an earlier one only
where it repeats it, since a correction may state nothing but what it corrects. Anything else has versions only where one
collection holds a file of the same name that says mostly the same: `scan001.pdf` twice is two documents, and so are the
same form filled in for January and for February.
"""

from __future__ import annotations

import hashlib
import heapq
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from knowledge.document import Document, Edition

State = Literal["in_force", "future", "superseded", "repealed", "undated"]

LAW, NOTICE = "법령 ", "공고 "
"""How the name of a work begins."""
KINDRED = 0.5
"""Share of equal lines from which on two notices, or two long files of one name, are versions of one document."""
SHORT_KINDRED = 0.8
"""The same for files of few lines: nine checks of ten unchanged is a version, a form filled in anew is not."""
_SHORT = 40
"""Lines up to which a document is short: then the lines that differ are its content."""
SAMPLE = 128
"""Lines by which two long documents are compared: the share is then right to about four points."""
_SHORTEST = 3
_NEWER = 20
"""Newer files of one name that a file is compared with at most."""
_TELLING, _PLAIN = 1 << 32, 1 << 47
"""Below the first lie the hashes of lines that tell one copy from another; all others bear the second bit."""
_PERIOD = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?=\s?[년./-]|$|[)）_]|\s+[가-힣])|['’]\d{2}\s?[.년]|(?<!\d)\d{1,2}\s?월(?!\s?\d*\s?회)|\d\s?(?:/\s?4)?\s?분기|[상하]반기"
    r"|\d\s?주차|(?<!\d)\d{1,2}[./-]\s?\d{1,2}\.?\s?[(（][월화수목금토일]|(?<!\d)\d{2}\.\s?\d{1,2}\.\s?\d{1,2}"
)
_REVISION = re.compile(r"개정|수정|시행|버전|제\s?\d+\s?판|(?i:\brev|\bver)")
_FIGURE = re.compile(r"^[^:：|]{1,30}[:：|]\s*[^:：]{0,20}?\d")
"""`생산량: 1,200대`, or the row of a table with a number in it."""
DOTS = re.compile(r"[ㆍ·・‧•∙⋅]")
SHORT_TITLE = re.compile(r"\(\s*약칭\s*:[^)]*\)")


@dataclass(frozen=True, slots=True)
class Version:
    """What deciding needs to know of a registered document. `lines`, of a document without an edition, tells whether it
    is a version of another of the same `name` in the same `place`.
    """

    document_id: str
    name: str
    added_at: datetime
    edition: Edition | None = None
    place: str = ""
    lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands on a day, as far as the versions at hand tell. In force from `start` to `end`, both included:
    `end` is the eve of the next version at hand, whose id is `by`; others may lie between. `passed`: a search for that
    day passes over it.

    A future text is passed over only where another version is in force on that day; else it is all there is, and whoever
    shows it says so.
    """

    state: State
    start: date | None = None
    end: date | None = None
    by: str | None = None
    passed: bool = False


UNDATED = Standing("undated")


def law_work(title: str) -> str:
    """Names a law over all its versions: its title without blanks, dots and short title."""
    bare = SHORT_TITLE.sub("", unicodedata.normalize("NFC", title))
    return LAW + re.sub(r"\s+", "", DOTS.sub("", bare))


def lines_of(document: Document) -> list[int]:
    """A sample of the document's lines to compare it by: the `SAMPLE` lowest hashes of them, white space folded, page
    numbers and the like left out. The same line is in the samples of all documents that hold it, or in none.

    Lines that say what this copy is about have hashes below `_TELLING`, so that they are in every sample: a title or
    heading that names a year, a month or a day, and in a short document any line that does, or that fills in a figure.
    """
    headings = {document.title, *(words for section in document.sections for words in section.headings)}
    named = {" ".join(line.split()) for line in headings}
    folded = {" ".join(line.split()) for section in document.sections for line in section.text.splitlines()} - named
    telling = {line for line in named if _dates(line)}
    if len(folded) <= _SHORT:
        telling |= {line for line in folded if _tells(line)}
    plain = {line for line in named | folded if len(line) > _SHORTEST} - telling
    hashes = {_hash(line) % _TELLING for line in telling} | {_hash(line) | _PLAIN for line in plain}
    return heapq.nsmallest(SAMPLE, hashes)


def _tells(line: str) -> bool:
    """Whether a line of a short document is what it was filled in with."""
    return _dates(line) or bool(_FIGURE.search(line))


def _dates(line: str) -> bool:
    """Whether it names the time that the document is about; that of a revision is of the version instead."""
    return bool(_PERIOD.search(line)) and not _REVISION.search(line)


def kinship(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of equal lines, 0 to 1, told from two samples; exact for documents of few lines."""
    lowest = heapq.nsmallest(SAMPLE, one | other)
    if not lowest:
        return 0.0
    both = sum(each in one and each in other for each in lowest) / len(lowest)
    return 2 * both / (1 + both)


def _hash(line: str) -> int:
    return int.from_bytes(hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big")


def standing(versions: Iterable[Version], day: date) -> dict[str, Standing]:
    """How each document stands on `day`, by id. Documents that have no other version and no date are `undated`."""
    found: dict[str, Standing] = {}
    plain: defaultdict[tuple[str, str], list[Version]] = defaultdict(list)
    works: list[Version] = []
    for version in versions:
        found[version.document_id] = UNDATED
        if version.edition is not None:
            works.append(version)
        if version.edition is None or _is_notice(version):
            plain[version.place, unicodedata.normalize("NFC", version.name)].append(version)
    for group in _by_work(works):
        found |= (_of_notices if _is_notice(group[0]) else _of_group)(group, day)
    for namesakes in plain.values():
        if len(namesakes) > 1:
            found |= _of_namesakes(namesakes)
    return found


def _by_work(versions: Sequence[Version]) -> list[list[Version]]:
    """Versions of one work together: joined by any of the names their editions give it.

    A notice is joined by the name without its issuer only to one that names none, and only where a single issuer comes
    into question, so that notices of two issuers never meet.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    issued: defaultdict[str, set[str]] = defaultdict(set)
    for version in versions:
        first, *others = _names(version)
        for name in others:
            if _is_notice(version):
                issued[name].add(first)
            else:
                parent[root(name)] = root(first)
    for name, works in issued.items():
        if len(works) == 1:
            parent[root(name)] = root(next(iter(works)))
    groups: defaultdict[str, list[Version]] = defaultdict(list)
    for version in versions:
        groups[root(_names(version)[0])].append(version)
    return list(groups.values())


def _names(version: Version) -> tuple[str, ...]:
    return (version.edition.work, *version.edition.also) if version.edition else ()


def _is_notice(version: Version) -> bool:
    return version.edition is not None and version.edition.work.startswith(NOTICE)


def _repeals(version: Version) -> bool:
    return version.edition is not None and version.edition.repealed


def _start(version: Version) -> date | None:
    """From when on it holds: a notice from the day it was given, a law from its 시행일."""
    edition = version.edition
    if edition is None:
        return None
    return edition.effective or (edition.promulgated if _is_notice(version) else None)


def _key(version: Version) -> tuple[date, date, int]:
    promulgated = version.edition.promulgated if version.edition else None
    return (_start(version) or date.min, promulgated or date.min, version.edition.revision if version.edition else 0)


def _of_group(group: Sequence[Version], day: date) -> dict[str, Standing]:
    """One law: the last to begin by `day` is in force, and whatever came before it is not."""
    found: dict[str, Standing] = {version.document_id: UNDATED for version in group}
    known = [version for version in group if _start(version)]
    # On the day one law is repealed another may be enacted under its title: that one stands.
    ordered = sorted(known, key=lambda each: (_key(each), not _repeals(each), each.added_at, each.document_id))
    begun = [version for version in ordered if _key(version)[0] <= day]
    current = begun[-1] if begun else None
    ahead = [version for version in ordered if _key(version)[0] > day]
    for version in ordered:
        later = next((other for other in ordered if _key(other) > _key(version)), None)
        found[version.document_id] = _one(version, later, current, ahead[0] if ahead else None, day)
    return found


def _one(
    version: Version, later: Version | None, current: Version | None, nearest: Version | None, day: date
) -> Standing:
    start, end = _start(version), _eve(later)
    by = later.document_id if later else None
    repeals = _repeals(version)
    if start and start > day:
        alone = current is None or _repeals(current)
        first = nearest is not None and _key(version) == _key(nearest)
        return Standing("future", start, end, by, passed=repeals or not (alone and first))
    if repeals:
        return Standing("repealed", start, passed=True)
    if current is not None and _key(version) == _key(current):
        return Standing("in_force", start, end, by)
    gone = later is not None and _repeals(later)
    return Standing("repealed" if gone else "superseded", start, end, by, passed=True)


def _eve(later: Version | None) -> date | None:
    start = _start(later) if later else None
    return start - timedelta(days=1) if start else None


def _of_notices(group: Sequence[Version], day: date) -> dict[str, Standing]:
    """One notice: a later one that mostly repeats it takes its place. One that does not (`(정정)`, only the new window)
    stands beside it, and is named as `by` without an `end`."""
    found: dict[str, Standing] = {}
    ordered = sorted(group, key=lambda each: (_key(each), each.added_at, each.document_id))
    begun = [version for version in ordered if _key(version)[0] <= day]
    for version in ordered:
        start = _start(version)
        later = [other for other in ordered if _key(other) > _key(version)]
        repeating = next((other for other in later if kinship(version.lines, other.lines) >= KINDRED), None)
        by = repeating.document_id if repeating else None
        beside = later[-1].document_id if later and _key(later[-1])[0] <= day else None
        if start and start > day:
            first = not begun and _key(version) == _key(ordered[0])
            state = Standing("future", start, _eve(repeating), by, passed=not first)
        elif _repeals(version):
            state = Standing("repealed", start, passed=True)
        elif repeating is None:
            state = Standing("in_force", start, by=beside)
        elif _key(repeating)[0] <= day:
            state = Standing("superseded", start, _eve(repeating), by, passed=True)
        else:
            state = Standing("in_force", start, _eve(repeating), by)
        found[version.document_id] = state
    return found


def _of_namesakes(versions: Sequence[Version]) -> dict[str, Standing]:
    """Files of one name: one that a newer one mostly repeats is superseded by the next that does."""
    found: dict[str, Standing] = {}
    ordered = sorted(versions, key=lambda version: (version.added_at, version.document_id))
    for at, version in enumerate(ordered):
        newer = next((other for other in ordered[at + 1 : at + 1 + _NEWER] if _repeats(version, other)), None)
        if newer:
            found[version.document_id] = Standing("superseded", by=newer.document_id, passed=True)
    return found


def _repeats(old: Version, new: Version) -> bool:
    """Whether a newer file of the same name is a version of the older.

    Never where each names a year, month or day that the other does not, or a figure in a short form: `월간보고.md` of
    January and of February are two documents, however much of them is the form. A document that keeps what was there and
    adds to it is a version all the same. To leave both standing shows a reader the contradiction; to pass over the older
    one hides what nothing else says, so that few lines need a much larger share than many.
    """
    if old.edition and new.edition and (_key(old) != _key(new) or not set(_names(old)) & set(_names(new))):
        return False  # the notices themselves say which of them stands
    share = kinship(old.lines, new.lines)
    if share == 1.0:
        return True
    telling_old, telling_new = ({line for line in each.lines if line < _TELLING} for each in (old, new))
    if telling_old - telling_new and telling_new - telling_old:
        return False
    is_short = min(len(old.lines), len(new.lines)) <= _SHORT
    return share >= (SHORT_KINDRED if is_short else KINDRED)


def passed_over(standings: Mapping[str, Standing]) -> frozenset[str]:
    """Ids of the documents that a search for the day passes over."""
    return frozenset(identity for identity, each in standings.items() if each.passed)
