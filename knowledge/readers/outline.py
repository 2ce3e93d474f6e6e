"""Builds sections from headings, prose and tables in reading order, whatever format they came from."""

from __future__ import annotations

import re

from knowledge.document import Locator, Section, SectionKind

_ARTICLE = re.compile(r"^(제\d+조(?:의\d+)*)(?=[\s(（]|$)")


class Outline:
    """Collects blocks; prose under one heading becomes one section, each table a section of its own.

    A heading that names a law's article (`제2조 (정의)`) is cited by the article, other headings by their words.
    """

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._headings: list[tuple[int, str]] = []
        self._prose: list[str] = []
        self._tables = 0

    def heading(self, level: int, words: str) -> None:
        self._close()
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        if words:
            self._headings.append((level, words))

    def prose(self, text: str) -> None:
        if text.strip():
            self._prose.append(text.strip("\n"))

    def table(self, rows: list[list[str]]) -> None:
        """`rows`: cells of each row, the header row first."""
        self._close()
        lines = [" | ".join(" ".join(cell.split()) for cell in row) for row in rows if any(c.strip() for c in row)]
        if lines:
            self._tables += 1
            self._add("\n".join(lines), "table", f"표 {self._tables}")

    def sections(self) -> tuple[Section, ...]:
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._prose:
            self._add("\n\n".join(self._prose), "prose", self._place())
            self._prose = []

    def _place(self) -> str:
        if not self._headings:
            return "첫머리"
        words = self._headings[-1][1]
        article = _ARTICLE.match(words)
        return article.group(1) if article else words

    def _add(self, text: str, kind: SectionKind, label: str) -> None:
        headings = tuple(words for _, words in self._headings)
        self._sections.append(Section(len(self._sections), Locator(label), text, headings, kind))
