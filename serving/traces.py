"""Looks for what should be gone: one random word, in every file of a folder and in the shared database."""

from __future__ import annotations

import base64
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, text

FORMS = ("UTF-8", "UTF-16", "base64")
"""How the word is looked for. Not in compressed data: nothing here writes any outside of a place's own folder."""
_WINDOW = 1 << 20


@dataclass(frozen=True, slots=True)
class Searched:
    """`found` and `unread` are paths below the folder; `unread` could not be opened."""

    files: int
    bytes: int
    found: tuple[str, ...]
    unread: tuple[str, ...]


def in_files(root: Path, word: str, leave_out: Collection[Path] = ()) -> Searched:
    """Read every file below `root` but those below `leave_out`. `word` is ASCII, and some twenty letters or more."""
    forms = _forms(word)
    files, size = 0, 0
    found: list[str] = []
    unread: list[str] = []
    for path in _files(root, leave_out):
        try:
            read, there = _read(path, forms)
        except FileNotFoundError:
            continue  # others go on working
        except OSError:
            unread.append(str(path.relative_to(root)))
            continue
        files, size = files + 1, size + read
        if there:
            found.append(str(path.relative_to(root)))
    return Searched(files, size, tuple(found), tuple(unread))


def in_postgres(engine: Engine, role: str, word: str) -> list[str]:
    """What is left of a place in a PostgreSQL: its schema, its role, and tables of the shared schema that hold the word."""
    found = []
    with engine.connect() as connection:
        for kind, query in (
            ("schema", "SELECT count(*) FROM pg_namespace WHERE nspname = :name"),
            ("role", "SELECT count(*) FROM pg_roles WHERE rolname = :name"),
        ):
            if connection.scalar(text(query), {"name": role}):
                found.append(f"PostgreSQL {kind} {role}")
        for table in inspect(connection).get_table_names():
            query = f"SELECT count(*) FROM {table} WHERE strpos({table}::text, :word) > 0"  # noqa: S608  our own tables
            if connection.scalar(text(query), {"word": word}):
                found.append(f"PostgreSQL table {table}")
    return found


def _files(root: Path, leave_out: Collection[Path]) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if Path(folder, name) not in leave_out]
        for name in names:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _read(path: Path, forms: list[bytes]) -> tuple[int, bool]:
    """How many bytes were read, and whether the word is among them; the rest is not read then."""
    overlap = max(map(len, forms)) - 1
    size, kept = 0, b""
    with path.open("rb") as source:
        while data := source.read(_WINDOW):
            size += len(data)
            window = kept + data
            if any(form in window for form in forms):
                return size, True
            kept = window[-overlap:]
    return size, False


def _forms(word: str) -> list[bytes]:
    """In base64 a word looks threefold, by where it begins; its edges, which depend on what stands beside it, are cut."""
    plain = word.encode("ascii")
    coded = [base64.b64encode(bytes(shift) + plain)[4:-4] for shift in range(3)]
    return [plain, word.encode("utf-16-le"), word.encode("utf-16-be"), *coded]
