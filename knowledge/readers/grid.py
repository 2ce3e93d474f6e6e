"""Tables with merged cells into plain rows: what spans cells is said in each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_COLUMNS = 512
MAX_SPAN = 2_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the file has it: its words and how many rows and columns it covers."""

    text: str
    rows: int = 1
    columns: int = 1


def resolve(table: Iterable[Sequence[Cell]]) -> list[list[str]]:
    """Rows of equal length. A merged cell's words stand in every place it covers, so that each row is whole by itself."""
    rows = [list(row) for row in table]
    placed: list[dict[int, str]] = [{} for _ in rows]
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in placed[at]:
                column += 1
            for below in range(at, min(at + max(1, min(cell.rows, MAX_SPAN)), len(rows))):
                for right in range(column, min(column + max(1, cell.columns), MAX_COLUMNS)):
                    placed[below].setdefault(right, cell.text)
            column += max(1, cell.columns)
            if column >= MAX_COLUMNS:
                break
    width = max((max(row) + 1 for row in placed if row), default=0)
    return [[row.get(column, "") for column in range(width)] for row in placed]


def columns_named(rows: Sequence[Sequence[str]], header_rows: int) -> list[str]:
    """One name a column from header rows that name it in steps (`지원금` over `정부`, `자부담`): `지원금 / 정부`."""
    names = []
    for column in range(len(rows[0]) if rows else 0):
        parts = dict.fromkeys(rows[at][column] for at in range(min(header_rows, len(rows))) if rows[at][column])
        names.append(" / ".join(parts))
    return names
