"""Damage to index files, said in one way whatever the library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.errors import BrokenIndexError, RetrievalError


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """Turns what an index library raises over the files in `folder` into BrokenIndexError.

    Both libraries are written in Rust and meet damaged files with half a dozen error types, or with a panic, which
    PyO3 derives from BaseException and gives no importable name.
    """
    try:
        yield
    except RetrievalError:
        raise
    except Exception as error:
        raise BrokenIndexError(folder=folder.name) from error
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        raise BrokenIndexError(folder=folder.name) from panic
