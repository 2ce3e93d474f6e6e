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
    outline, walker = Outline(), MarkdownIt("commonmark").enable("table").use(footnote_plugin)
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

    def over(self, tokens: list[Token]) -> None:
        for token in tokens:
            if token.type == "inline":
                self._words(_plain(token))
            elif token.type == "heading_open":
                self._level = int(token.tag[1])
            elif token.type in {"fence", "code_block", "html_block"}:
                self._outline.prose(_untagged(token.content) if token.type == "html_block" else token.content)
            elif token.type.startswith("footnote_"):
                self._footnote(token)
            else:
                self._table(token)

    def _words(self, words: str) -> None:
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


def _plain(inline: Token) -> str:
    """Words of an inline token without the marks."""
    parts: list[str] = []
    for child in inline.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "html_inline":
            parts.append(" ")
        elif child.type == "footnote_ref":
            parts.append(f"(각주 {_mark(child)})")
        else:
            parts.append(child.content)
    return "".join(parts)


def _untagged(fragment: str) -> str:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(fragment, "lxml")
    drop_concealed(page)
    for tag in page.find_all(["script", "style", "template"]):
        tag.decompose()
    return page.get_text("\n", strip=True)


FORMAT = Format("Markdown", "text/markdown", claims, read)
