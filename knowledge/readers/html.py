"""HTML pages: headings, paragraphs, lists and tables; navigation, scripts and styles are left out."""

from __future__ import annotations

import re
from pathlib import PurePath

from bs4 import BeautifulSoup, Tag

from knowledge.document import Document
from knowledge.encoding import decode
from knowledge.errors import UnreadableError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.outline import Outline
from knowledge.readers.text import language_of

_DROPPED = ("script", "style", "nav", "noscript", "template", "svg", "iframe", "form")
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCKS = {"p", "li", "dt", "dd", "pre", "blockquote", "figcaption", "td", "th", "caption", "address", "div"}


_PAGE = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)


def claims(data: bytes, _name: str) -> bool:
    """A page begins with a doctype or one of HTML's outer elements."""
    return _PAGE.match(decode(data)[:4096]) is not None


def read(data: bytes, name: str, _progress: Progress = silent) -> Document:
    """Sections under their headings. The encoding is the page's own declaration, else a guess."""
    try:
        page = BeautifulSoup(data, "lxml")
    except (ValueError, AssertionError) as error:
        raise UnreadableError("broken", format="HTML") from error
    for tag in page.find_all(_DROPPED):
        tag.decompose()
    outline = Outline()
    _walk(page.body or page, outline)
    title = page.title.get_text(" ", strip=True) if page.title else ""
    first = page.find(list(_HEADINGS))
    return Document(
        title=title or (first.get_text(" ", strip=True) if first else "") or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=outline.sections(),
        language=_language(page),
    )


def _walk(parent: Tag, outline: Outline) -> None:
    """Visit the tree without recursion: a page may nest deeper than Python's stack."""
    pending: list[Tag | str] = [parent]
    while pending:
        node = pending.pop()
        if not isinstance(node, Tag):
            outline.prose(" ".join(node.split()))
        elif node.name in _HEADINGS:
            outline.heading(_HEADINGS[node.name], node.get_text(" ", strip=True))
        elif node.name == "table" and not node.find("table"):
            outline.table([_cells(row) for row in node.find_all("tr")])
        elif node.name == "pre" or (node.name in _BLOCKS and not node.find(_holds_blocks)):
            outline.prose(node.get_text("" if node.name == "pre" else " ", strip=node.name != "pre"))
        else:
            pending.extend(
                child if isinstance(child, Tag) else str(child)
                for child in reversed(list(node.children))
                if isinstance(child, Tag) or (str(child).strip() and type(child).__name__ == "NavigableString")
            )


def _holds_blocks(tag: Tag) -> bool:
    return tag.name in _BLOCKS or tag.name in _HEADINGS or tag.name == "table"


def _cells(row: Tag) -> list[str]:
    return [cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])]


def _language(page: BeautifulSoup) -> str:
    declared = str(page.html.get("lang", "")) if page.html else ""
    return declared[:2].lower() if declared[:2].lower() in {"ko", "en"} else language_of(page.get_text(" "))


FORMAT = Format("HTML", "text/html", claims, read)
