"""Builds sections from headings, prose and tables in reading order, whatever format they came from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.document import Locator, Section, SectionKind
from knowledge.readers.grid import columns_named
from knowledge.readers.labelled import is_labelled

_ARTICLE = re.compile(r"^(제\d+조(?:의\d+)*)(?=[\s(（]|$)")


class Outline:
    """Collects blocks; prose under one heading becomes one section, each table a section of its own.

    A heading that names a law's article (`제2조 (정의)`) is cited by the article, other headings by their words.
    Where a format has pages or slides, everything after `page` is cited by it.
    """

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._headings: list[tuple[int, str]] = []
        self._prose: list[str] = []
        self._notes: list[tuple[str, str, tuple[str, ...], int | None]] = []
        self._tables = 0
        self._page: int | None = None
        self._page_label = ""

    def page(self, number: int, label: str) -> None:
        """A new page or slide begins, cited as `label` (`슬라이드 3`)."""
        self._close()
        self._page, self._page_label = number, label

    def heading(self, level: int, words: str) -> None:
        self._close()
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        if words:
            self._headings.append((level, words))

    def prose(self, text: str) -> None:
        if text.strip():
            self._prose.append(text.strip("\n"))

    def table(self, rows: Sequence[Sequence[str]], header_rows: int = 1, *, marked: bool = False) -> None:
        """`rows`: cells of each row, merged cells resolved (`grid.resolve`), the rows that name the columns first.

        `marked`: the file itself says which rows do. Where it does not, labels with their values have none.
        """
        self._close()
        header_rows = 0 if header_rows == 1 and not marked and is_labelled(rows) else header_rows
        named = [columns_named(rows, header_rows), *rows[header_rows:]] if header_rows > 1 else rows
        lines = [_row(row) for row in named]
        filled = [at for at, line in enumerate(lines) if line]
        if not filled:
            return
        # Rows are cited by their number in the file: empty ones count, and so do those joined into one that names the columns.
        first = filled[0] + (header_rows if header_rows > 1 else 1)
        self._tables += 1
        text = "\n".join(lines[filled[0] : filled[-1] + 1])
        self._add(text, "table", f"표 {self._tables}", min(header_rows, 1), first)

    def footnote(self, mark: str, words: str, kind: str = "각주") -> None:
        """A footnote under the present headings. The text refers to it as `(각주 3)`; it is cited as `각주 3`. `kind` may be 미주."""
        if words.strip():
            self._notes.append(
                (f"{kind} {mark}", words.strip(), tuple(words for _, words in self._headings), self._page)
            )

    def sections(self) -> tuple[Section, ...]:
        self._close()
        for mark, words, headings, page in self._notes:
            self._sections.append(Section(len(self._sections), Locator(mark, page), words, headings))
        self._notes = []
        return tuple(self._sections)

    def _close(self) -> None:
        if self._prose:
            self._add("\n\n".join(self._prose), "prose", self._place())
            self._prose = []

    def _place(self) -> str:
        if self._page_label:
            return self._page_label
        if not self._headings:
            return "첫머리"
        words = self._headings[-1][1]
        article = _ARTICLE.match(words)
        return article.group(1) if article else words

    def _add(self, text: str, kind: SectionKind, label: str, header_rows: int = 1, first_row: int = 1) -> None:
        headings = tuple(words for _, words in self._headings)
        place = f"{self._page_label} {label}" if self._page_label and kind == "table" else label
        locator = Locator(place, self._page)
        self._sections.append(Section(len(self._sections), locator, text, headings, kind, header_rows, first_row))


def _row(cells: Sequence[str]) -> str:
    """One row as a line; empty where no cell says anything."""
    return " | ".join(" ".join(cell.split()) for cell in cells) if any(cell.strip() for cell in cells) else ""
