"""Tells what work a document is a version of, from its text and title where its reader found nothing of the kind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from knowledge.days import day_of, days
from knowledge.document import Document, Edition
from knowledge.editions import DOTS, NOTICE, SHORT_TITLE, law_work

_HEAD = 3000
"""Characters of a text in which a law or a notice says what it is."""
_LAW_HEADER = re.compile(
    r"\[\s*시행\s*(?P<from>[^\]]{6,20})\]\s*\[\s*(?P<form>[가-힣·ㆍ ]{2,30}?)\s*제?\s*(?P<number>[\d-]+)\s*호\s*,"
    r"\s*(?P<day>\d{4}\s*\.\s*\d{1,2}\s*\.\s*\d{1,2})\s*\.?\s*(?:,\s*(?P<act>[가-힣]{2,8}))?\s*\]"
)
_FILE_NAME = re.compile(r"^(?P<title>.{2,80}?)\s*\((?:법률|[가-힣]{2,12}(?:령|규칙|고시|훈령|예규))\)\s*\(제[\d-]+호\)")
_REPEALS_ITSELF = re.compile(r"^[^.\n]{2,80}?(?:은|는)\s*이를\s*폐지한다\.?$")
_REPEALING_ACTS = frozenset({"폐지", "타법폐지"})
_NOTICE_NUMBER = re.compile(
    r"(?m)^\W{0,4}(?P<issuer>[가-힣A-Za-z·ㆍ ]{2,40}?)\s*공고\s*(?P<number>제?\s*\d{2,4}\s*[-–]\s*\d{1,5}\s*호)"
)
_NOTICE_TITLE = re.compile(r"(?:공고|공모)(?:문|\(안\))?\s*(?:[(\[〈<].{0,20}[)\]〉>])?\s*$")
_REVISED = re.compile(
    r"[(\[〈<]?\s*(?:제?\s*(\d)\s*차\s*)?(수정|변경|정정|재|연장)\s*(?:공고|공모)?\s*[)\]〉>]?(?=$|[\s)\]〉>]|공고|공모)"
)
_LONGEST_TITLE = 100
_SHORTEST_TITLE = 4
"""Letters that a notice's title must have beside `공고` to tell it from others."""
_NOTICE_WORDS = re.compile(r"\s*(?:공고|공모)\s*(?:문|\(안\))?\s*$")


def dated(document: Document) -> Document:
    """The document with its edition: as its reader found it, or as its text and title tell."""
    edition = document.edition
    if edition is None and document.kind in {"document", "law", "notice"}:
        edition = _of_law(document) or _of_notice(document)
    if edition is None:
        unnamed = document.kind == "document" and _is_notice(document)
        return replace(document, kind="notice") if unnamed else document
    repealed = edition.repealed or _is_repealed(document)
    kind = document.kind
    if kind == "document":
        kind = "notice" if edition.work.startswith(NOTICE) else "law"
    title = _notice_title(document) if kind == "notice" else document.title
    return replace(document, title=title, kind=kind, edition=replace(edition, repealed=repealed))


def _head(document: Document) -> str:
    head = ""
    for section in document.sections[:8]:
        head += section.text + "\n"
        if len(head) > _HEAD:
            break
    return head[:_HEAD]


def _of_law(document: Document) -> Edition | None:
    """From the header the National Law Information Center prints over every text, in whatever format it was saved."""
    head = "\n".join([document.title, *(words for section in document.sections[:1] for words in section.headings)])
    text = f"{head}\n{_head(document)}"
    header = _LAW_HEADER.search(text)
    if header is None:
        return None
    return Edition(
        work=law_work(_law_title(document.title, text[: header.start()])),
        promulgated=day_of(header["day"]),
        effective=day_of(header["from"]),
        repealed=(header["act"] or "") in _REPEALING_ACTS,
    )


def _law_title(title: str, before: str) -> str:
    """The line over the header, unless the document's title is that of a downloaded law."""
    named = _FILE_NAME.match(title)
    if named:
        return named["title"]
    candidates = [SHORT_TITLE.sub("", line).strip() for line in before.splitlines()]
    laws = [line for line in candidates if re.search(r"(?:법|법률|령|규칙|규정|고시|훈령|예규|지침|기준)$", line)]
    return laws[-1] if laws else title.partition("[")[0].strip()


def _is_notice(document: Document) -> bool:
    """By its number (`중소벤처기업부 공고 제2026-12호`) or a line that calls itself one."""
    return bool(_NOTICE_NUMBER.search(_head(document)) or _NOTICE_TITLE.search(_notice_title(document)))


def _of_notice(document: Document) -> Edition | None:
    """From its title and who issued it. One whose title says nothing (`공고문`) is known by its number, if it bears one:
    else nothing tells it from any other."""
    head = _head(document)
    numbered = _NOTICE_NUMBER.search(head)
    title = _notice_title(document)
    if numbered is None and not _NOTICE_TITLE.search(title):
        return None
    revisions = list(_REVISED.finditer(title))
    issuer = re.sub(r"\s+", "", numbered["issuer"]) if numbered else ""
    bare = _bare(title)
    if len(bare) < _SHORTEST_TITLE:
        if numbered is None:
            return None
        bare = "제" + re.sub(r"[\s제호]", "", numbered["number"].replace("–", "-")) + "호"
    published = next((found.day for found in days(head) if _alone(head, found.start, found.end)), None)
    return Edition(
        work=f"{NOTICE}{bare}" + (f" ({issuer})" if issuer else ""),
        also=(f"{NOTICE}{bare}",) if issuer else (),
        promulgated=published,
        revision=max((int(match[1] or 1) for match in revisions), default=0),
    )


def _bare(title: str) -> str:
    """What a title says beside being that of a notice and of a revised one."""
    words = _NOTICE_WORDS.sub("", _REVISED.sub(" ", title))
    return re.sub(r"[\s\W_]+", "", DOTS.sub("", unicodedata.normalize("NFC", words)))


def _notice_title(document: Document) -> str:
    """The line that calls itself a notice, where the document's title is its number or its file's name; rather one that
    says what for than a mere `공고문`."""
    title = document.title.strip()
    lines = [title, *(line.strip() for line in _head(document).splitlines() if len(line.strip()) < _LONGEST_TITLE)]
    named = [line for line in lines if _NOTICE_TITLE.search(line)]
    return next((line for line in named if len(_bare(line)) >= _SHORTEST_TITLE), named[0] if named else title)


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a date stands on a line of its own, as that of a notice does."""
    before, after = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    rest = text[before:start] + text[end : after if after >= 0 else len(text)]
    return not re.sub(r"[\W_]|공고일?|일자", "", rest)


def _is_repealed(document: Document) -> bool:
    """A text that does nothing but repeal the law whose title it bears."""
    body = [section for section in document.sections if not section.locator.label.startswith("부칙")]
    return 0 < len(body) <= 2 and any(_REPEALS_ITSELF.match(section.text.strip()) for section in body)
