"""Markdown (CommonMark with tables): headings make the outline, marks are dropped, words stay as written."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from knowledge.document import Document
from knowledge.encoding import decode
from knowledge.readers import front_matter
from knowledge.readers.concealed import drop_concealed
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.outline import Outline
from knowledge.readers.raised import Height, set_at, set_tags
from knowledge.readers.text import language_of

if TYPE_CHECKING:
    from markdown_it.token import Token

_ATX_HEADING = re.compile(r"^#{1,6} \S", re.M)


def claims(data: bytes, name: str) -> bool:
    """Front matter, two headings, or a name that says so: plain text may look the same otherwise."""
    text = decode(data)
    marked = text.startswith("---\n") or len(_ATX_HEADING.findall(text)) > 1
    return marked or PurePath(name).suffix.lower() in {".md", ".markdown"}


def read(data: bytes, name: str, _progress: Progress = silent) -> Document:
    """Sections under their headings; front matter gives title, source, dates."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    matter, body = front_matter.split(decode(data))
    # `[제조사]: 지멘스` is a statement to whoever wrote it, and a link's address is no text.
    walker = MarkdownIt("commonmark").enable("table").disable("reference").use(footnote_plugin)
    outline = Outline()
    walk = _Walk(outline)
    walk.over(walker.parse(body))
    return Document(
        title=matter.title or walk.first_heading or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=outline.sections(),
        language=matter.language or language_of(body),
        kind=matter.kind,
        sources=matter.sources,
        edition=matter.edition,
        fictional=matter.fictional,
        metadata=matter.metadata,
    )


class _Walk:
    """Feeds the outline; `first_heading` is what the text calls itself."""

    def __init__(self, outline: Outline) -> None:
        self.first_heading: str | None = None
        self._outline = outline
        self._rows: list[list[str]] | None = None
        self._note: list[str] | None = None
        self._mark = ""
        self._level = 0
        self._number = ""
        self._number_line = -1

    def over(self, tokens: list[Token]) -> None:
        for token in tokens:
            if token.type == "inline":
                self._words(_plain(token))
            elif token.type == "heading_open":
                self._level = int(token.tag[1])
            elif token.type in {"fence", "code_block", "html_block"}:
                self._words(_untagged(token.content) if token.type == "html_block" else token.content)
            elif token.type.startswith("footnote_"):
                self._footnote(token)
            elif token.type.startswith("list_item_"):
                self._item(token)
            else:
                self._table(token)

    def _item(self, token: Token) -> None:
        """An item's own number stands before its words: `2026. 3. 5.` looks like three lists, one inside the other."""
        if token.type == "list_item_open" and token.info:
            line = token.map[0] if token.map else -1
            apart = " " if line == self._number_line else "\n"
            self._number = (
                f"{self._number}{apart}{token.info}{token.markup}" if self._number else token.info + token.markup
            )
            self._number_line = line
        elif token.type == "list_item_close" and self._number:
            self._words("")

    def _words(self, words: str) -> None:
        if self._number:
            words, self._number = f"{self._number} {words}".rstrip(), ""
        if self._rows is not None:
            self._rows[-1].append(words)
        elif self._note is not None:
            self._note.append(words)
        elif self._level:
            self.first_heading = self.first_heading or words
            self._outline.heading(self._level, words)
            self._level = 0
        else:
            self._outline.prose(words)

    def _footnote(self, token: Token) -> None:
        if token.type == "footnote_open":
            self._mark, self._note = _mark(token), []
        elif token.type == "footnote_close":
            self._outline.footnote(self._mark, "\n".join(self._note or []))
            self._note = None

    def _table(self, token: Token) -> None:
        if token.type == "table_open":
            if self._number:
                self._words("")
            self._rows = []
        elif token.type == "tr_open" and self._rows is not None:
            self._rows.append([])
        elif token.type == "table_close" and self._rows is not None:
            # A table without column names has an empty first row; it must not make names of its first data.
            self._outline.table(self._rows, header_rows=1 if self._rows and any(self._rows[0]) else 0)
            self._rows = None


def _mark(token: Token) -> str:
    """What the footnote is called: its label as written, else its number."""
    return str(token.meta.get("label") or token.meta.get("id", 0) + 1)


_TAG = re.compile(r"<\s*(/?)\s*([a-zA-Z][\w-]*)")
_STRUCK = {"s", "del", "strike"}


def _plain(inline: Token) -> str:
    """Words of an inline token without the marks; struck words are left out, raised and lowered ones set so."""
    parts: list[str] = []
    children = inline.children or []
    height: Height = ""
    struck = 0
    kept = _multiplications(children)
    for at, child in enumerate(children):
        words = "\n" if child.type in {"softbreak", "hardbreak"} else child.content
        if child.type == "html_inline":
            tag = _TAG.match(child.content)
            name, closing = (tag[2].lower(), bool(tag[1])) if tag else ("", False)
            if name in _STRUCK and (struck if closing else _closed(children[at:], name)):
                struck += -1 if closing else 1
            if name in {"sup", "sub"}:
                height = "" if closing else "sup" if name == "sup" else "sub"
            words = "" if name in {"sup", "sub"} else " "
        elif child.type == "footnote_ref":
            words = f"(각주 {_mark(child)})"
        elif child.type == "text":
            words = set_at(height, words)
        elif at in kept:
            words = child.markup
        if not struck:
            parts.append(words)
    return "".join(parts)


def _closed(children: list[Token], name: str) -> bool:
    """Whether the element that begins here ends in the same stretch of text."""
    tags = (_TAG.match(child.content) for child in children if child.type == "html_inline")
    return any(tag and tag[1] and tag[2].lower() == name for tag in tags)


def _multiplications(children: list[Token]) -> set[int]:
    """Places of `*` that part numbers, `100*200*300`, and emphasise nothing."""
    kept: set[int] = set()
    opened: list[int] = []
    for at, child in enumerate(children):
        if child.type in {"em_open", "strong_open"}:
            opened.append(at)
        elif child.type in {"em_close", "strong_close"} and opened:
            first = opened.pop()
            if all(_between_digits(children, place) for place in (first, at)):
                kept |= {first, at}
    return kept


def _between_digits(children: list[Token], at: int) -> bool:
    before = children[at - 1].content[-1:] if at else ""
    after = children[at + 1].content[:1] if at + 1 < len(children) else ""
    return before.isdigit() and after.isdigit()


def _untagged(fragment: str) -> str:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(fragment, "lxml")
    drop_concealed(page)
    for tag in page.find_all(["script", "style", "template"]):
        tag.decompose()
    set_tags(page)
    page.smooth()
    return page.get_text("\n", strip=True)


FORMAT = Format("Markdown", "text/markdown", claims, read)
