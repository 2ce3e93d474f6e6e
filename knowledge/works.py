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
    r"(?m)^\W{0,4}(?P<issuer>[가-힣A-Za-z·ㆍ ]{2,40}?)\s*공고\s*제?\s*\d{2,4}\s*[-–]\s*\d{1,5}\s*호"
)
_NOTICE_TITLE = re.compile(r"(?:공고|공모)(?:문|\(안\))?\s*(?:[(\[〈<].{0,20}[)\]〉>])?\s*$")
_REVISED = re.compile(
    r"[(\[〈<]?\s*(?:제?\s*(\d)\s*차\s*)?(수정|변경|정정|재|연장)\s*(?:공고|공모)?\s*[)\]〉>]?(?=$|[\s)\]〉>]|공고|공모)"
)
_LONGEST_TITLE = 100
_NOTICE_WORDS = re.compile(r"\s*(?:공고|공모)\s*(?:문|\(안\))?\s*$")


def dated(document: Document) -> Document:
    """The document with its edition: as its reader found it, or as its text and title tell."""
    edition = document.edition
    if edition is None and document.kind in {"document", "law", "notice"}:
        edition = _of_law(document) or _of_notice(document)
    if edition is None:
        return document
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


def _of_notice(document: Document) -> Edition | None:
    """From its number (`중소벤처기업부 공고 제2026-12호`) or a title that calls itself one."""
    head = _head(document)
    numbered = _NOTICE_NUMBER.search(head)
    title = _notice_title(document)
    if numbered is None and not _NOTICE_TITLE.search(title):
        return None
    revisions = list(_REVISED.finditer(title))
    bare = _NOTICE_WORDS.sub("", _REVISED.sub(" ", title))
    bare = re.sub(r"[\s\W_]+", "", DOTS.sub("", unicodedata.normalize("NFC", bare)))
    issuer = re.sub(r"\s+", "", numbered["issuer"]) if numbered else ""
    published = next((found.day for found in days(head) if _alone(head, found.start, found.end)), None)
    return Edition(
        work=f"{NOTICE}{bare}" + (f" ({issuer})" if issuer else ""),
        also=(f"{NOTICE}{bare}",) if issuer else (),
        promulgated=published,
        revision=max((int(match[1] or 1) for match in revisions), default=0),
    )


def _notice_title(document: Document) -> str:
    """The line that calls itself a notice, where the document's title is its number or its file's name."""
    title = document.title.strip()
    if _NOTICE_TITLE.search(title):
        return title
    lines = (line.strip() for line in _head(document).splitlines())
    return next((line for line in lines if len(line) < _LONGEST_TITLE and _NOTICE_TITLE.search(line)), title)


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a date stands on a line of its own, as that of a notice does."""
    before, after = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    rest = text[before:start] + text[end : after if after >= 0 else len(text)]
    return not re.sub(r"[\W_]|공고일?|일자", "", rest)


def _is_repealed(document: Document) -> bool:
    """A text that does nothing but repeal the law whose title it bears."""
    body = [section for section in document.sections if not section.locator.label.startswith("부칙")]
    return 0 < len(body) <= 2 and any(_REPEALS_ITSELF.match(section.text.strip()) for section in body)
