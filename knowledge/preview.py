"""What a document was understood as, for a person to look over before trusting it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.document import Document, Section

SAMPLE_LETTERS = 500
SAMPLE_ROWS = 5
MOST = 500
"""Headings and tables shown at most: a manual of a thousand pages is looked over, not read, here."""
_CELL = " | "


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and where it stands. `level` counts from 1; `section` is the ordinal of the first section under it."""

    level: int
    heading: str
    label: str
    page: int | None
    section: int


@dataclass(frozen=True, slots=True)
class TableSketch:
    """A table: how large, and its first rows."""

    section: int
    label: str
    page: int | None
    rows: int
    columns: int
    sample: list[list[str]]


def outline(document: Document) -> list[Heading]:
    """Headings in reading order, each once where it begins."""
    found: list[Heading] = []
    before: tuple[str, ...] = ()
    for section in document.sections:
        shared = next((at for at, (a, b) in enumerate(zip(before, section.headings, strict=False)) if a != b), None)
        new_from = min(len(before), len(section.headings)) if shared is None else shared
        for level, words in enumerate(section.headings[new_from:], new_from + 1):
            found.append(Heading(level, words, section.locator.label, section.locator.page, section.ordinal))
        before = section.headings
        if len(found) >= MOST:
            break
    return found[:MOST]


def tables(document: Document) -> list[TableSketch]:
    """Tables in reading order."""
    found = [section for section in document.sections if section.kind == "table"][:MOST]
    return [_sketch(section) for section in found]


def rows(section: Section) -> list[list[str]]:
    """Cells of a table's section, row by row; an empty row is an empty list."""
    return [line.split(_CELL) if line.strip() else [] for line in section.text.split("\n")]


def sample(document: Document) -> str:
    """How the text begins."""
    text = "\n".join(section.text for section in document.sections[:8])
    return text[:SAMPLE_LETTERS]


def _sketch(section: Section) -> TableSketch:
    cells = [row for row in rows(section) if row]
    width = max((len(row) for row in cells), default=0)
    label, page = section.locator.label, section.locator.page
    return TableSketch(section.ordinal, label, page, len(cells), width, cells[:SAMPLE_ROWS])
