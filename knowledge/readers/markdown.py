"""Markdown (CommonMark with tables): headings make the outline, marks are dropped, words stay as written."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from knowledge.document import Document
from knowledge.encoding import decode
from knowledge.readers import front_matter
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

    matter, body = front_matter.split(decode(data))
    outline, walker = Outline(), MarkdownIt("commonmark").enable("table")
    first_heading = _walk(walker.parse(body), outline)
    return Document(
        title=matter.title or first_heading or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=outline.sections(),
        language=matter.language or language_of(body),
        kind=matter.kind,
        sources=matter.sources,
        edition=matter.edition,
        fictional=matter.fictional,
        metadata=matter.metadata,
    )


def _walk(tokens: list[Token], outline: Outline) -> str | None:
    """Feed the outline; the answer is the first heading's words."""
    first_heading: str | None = None
    rows: list[list[str]] = []
    heading_level, in_table = 0, False
    for token in tokens:
        if token.type == "heading_open":
            heading_level = int(token.tag[1])
        elif token.type == "inline":
            words = _plain(token)
            if in_table:
                rows[-1].append(words)
            elif heading_level:
                first_heading = first_heading or words
                outline.heading(heading_level, words)
                heading_level = 0
            else:
                outline.prose(words)
        elif token.type in {"fence", "code_block", "html_block"}:
            outline.prose(_untagged(token.content) if token.type == "html_block" else token.content)
        elif token.type == "table_open":
            in_table, rows = True, []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            in_table = False
            outline.table(rows)
    return first_heading


def _plain(inline: Token) -> str:
    """Words of an inline token without the marks."""
    parts: list[str] = []
    for child in inline.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "html_inline":
            parts.append(" ")
        else:
            parts.append(child.content)
    return "".join(parts)


def _untagged(fragment: str) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(fragment, "lxml").get_text("\n", strip=True)


FORMAT = Format("Markdown", "text/markdown", claims, read)
