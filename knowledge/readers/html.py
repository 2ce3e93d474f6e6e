"""HTML pages: headings, paragraphs, lists, tables and footnotes of what a person sees; the rest is left out."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import PurePath
from typing import Any

from bs4 import BeautifulSoup, Tag

from knowledge.document import Document, Section
from knowledge.encoding import decode, head
from knowledge.errors import UnreadableError
from knowledge.readers.concealed import drop_concealed
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.markup import HEADINGS, walk
from knowledge.readers.outline import Outline
from knowledge.readers.raised import set_tags
from knowledge.readers.text import language_of

_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_PIECE = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:meta|title|link|style|table|center|font|div|p|h[1-6]|span|form|article|main|section)\b",
    re.I | re.S,
)
_PIECE_NAMES = {".htm", ".html", ".xhtml", ".xls", ".do", ".jsp", ".asp", ".aspx", ".php"}
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,30})""", re.I)
_DROPPED = (
    "script",
    "style",
    "nav",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "canvas",
    "audio",
    "video",
    "input",
    "select",
    "button",
    "textarea",
    "datalist",
    "rp",
    "dialog",
)
_MOST_NESTING = 8_000_000
_LEAST_MAIN = 50
_LEAST_ARTICLE = 0.4
_DAY = re.compile(r"(\d{4})[-./년]\s?(\d{1,2})[-./월]\s?(\d{1,2})")
_CREATED = {
    "article:published_time",
    "datepublished",
    "dc.date",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "date",
    "pubdate",
    "publishdate",
    "og:published_time",
    "datecreated",
    "dcterms.issued",
}
_MODIFIED = {
    "article:modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "og:updated_time",
    "revised",
}


def claims(data: bytes, name: str) -> bool:
    """A page begins with a doctype or an outer element; a piece of one only counts with a name of the web or `.xls`, as
    which many an ERP exports its tables."""
    start = head(data, _declared(data))[:4096]
    if _PAGE.match(start):
        return True
    return PurePath(name).suffix.lower() in _PIECE_NAMES and _PIECE.match(start) is not None


def read(data: bytes, name: str, _progress: Progress = silent, charset: str = "") -> Document:
    """Sections under their headings. `charset` is what came with the page; a declaration in it comes next, then a guess."""
    page = _parsed(data, charset)
    metadata = _dates(page)
    title = page.title.get_text(" ", strip=True) if page.title else ""
    outline = _outlined(page)
    first = page.find(list(HEADINGS))
    sections = outline.sections()
    return Document(
        title=title or (first.get_text(" ", strip=True) if first else "") or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=sections,
        language=_language(page, sections),
        metadata=metadata,
    )


def sections_of(data: bytes, charset: str) -> tuple[Section, ...]:
    """What a page says, for files that hold one beside other things, such as mails."""
    return _outlined(_parsed(data, charset)).sections()


def _parsed(data: bytes, charset: str) -> BeautifulSoup:
    text = decode(data, charset or _declared(data))
    if _nesting(text) > _MOST_NESTING:
        raise UnreadableError("broken", format="HTML")
    try:
        return BeautifulSoup(text, "lxml")
    except (ValueError, AssertionError) as error:
        raise UnreadableError("broken", format="HTML") from error


class _Depths:
    """A parser's target that adds up how deep each element lies."""

    def __init__(self) -> None:
        self.total = self._depth = 0

    def start(self, _tag: str, _attributes: object) -> None:
        self._depth += 1
        self.total += self._depth

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def close(self) -> int:
        return self.total


def _nesting(text: str) -> int:
    """Sum of the depths of all elements: what building the tree costs, which is the square for unclosed tags."""
    from lxml import etree

    depths = _Depths()
    parser = etree.HTMLParser(target=depths)
    try:
        parser.feed(text)
        parser.close()
    except (etree.LxmlError, ValueError):
        pass  # what cannot be parsed is refused where the tree is built
    return depths.total


def _declared(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    return found.group(1).decode("ascii") if found else ""


def _outlined(page: BeautifulSoup) -> Outline:
    drop_concealed(page)  # before the styles go: they say what is concealed
    for tag in page.find_all(_DROPPED):
        tag.decompose()
    set_tags(page)
    outline = Outline()
    walk(_root(page), outline)
    return outline


def _root(page: BeautifulSoup) -> Tag:
    """The part of the page that is the text: its one `main`, or an `article` that is most of it."""
    body = page.body or page
    mains = body.find_all("main") or body.find_all(role="main")
    if len(mains) == 1 and len(mains[0].get_text(strip=True)) >= _LEAST_MAIN:
        return mains[0]
    for tag in body.find_all(role=["navigation", "search"]):
        tag.decompose()
    articles = body.find_all("article")
    if len(articles) == 1:
        inside, whole = len(articles[0].get_text(strip=True)), len(body.get_text(strip=True))
        if inside >= _LEAST_MAIN and inside >= _LEAST_ARTICLE * whole:
            return articles[0]
    _drop_frame(body)
    return body


def _drop_frame(body: Tag) -> None:
    """The site's own head and foot, which are the same on every page of it; one with a heading may name this page."""
    frame = [tag for tag in body.find_all(["header", "footer"], recursive=False) if tag.find(list(HEADINGS)) is None]
    if sum(len(tag.get_text(strip=True)) for tag in frame) < len(body.get_text(strip=True)):
        for tag in frame:
            tag.decompose()


def _dates(page: BeautifulSoup) -> dict[str, str]:
    """When the page says it was published and changed: in its `meta` elements, else in its JSON-LD."""
    said: dict[str, str] = {}
    for tag in page.find_all("meta"):
        key = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv") or "").lower()
        kind = "created" if key in _CREATED else "modified" if key in _MODIFIED else ""
        if kind and (day := _iso(tag.get("content"))):
            said.setdefault(kind, day)
    for script in page.find_all("script", attrs={"type": "application/ld+json"}):
        for kind, day in _linked_dates(script.get_text()):
            said.setdefault(kind, day)
    return said


def _linked_dates(text: str) -> list[tuple[str, str]]:
    try:
        pending: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return []
    found: list[tuple[str, str]] = []
    while pending and len(found) < 10:
        node = pending.pop(0)
        if isinstance(node, list):
            pending.extend(node[:50])
        elif isinstance(node, dict):
            found += [("created", day) for day in [_iso(node.get("datePublished"))] if day]
            found += [("modified", day) for day in [_iso(node.get("dateModified"))] if day]
            pending.append(node.get("@graph"))
    return found


def _iso(words: object) -> str:
    found = _DAY.search(str(words or ""))
    try:
        return date(*(int(part) for part in found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def _language(page: BeautifulSoup, sections: tuple[Section, ...]) -> str:
    """What the page declares, unless its text is in the other script: templates keep the `lang` they came with."""
    declared = str(page.html.get("lang", "")) if page.html else ""
    seen = language_of("\n".join(section.text for section in sections))
    return declared[:2].lower() if declared[:2].lower() in {"ko", "en"} and seen != "ko" else seen


FORMAT = Format("HTML", "text/html", claims, read)
