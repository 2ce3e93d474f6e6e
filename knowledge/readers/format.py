"""What a reader is: the format it reads, how its bytes look, and the function that reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.document import Document

Progress = Callable[[int, int], None]
"""Called with (pages done, pages in all) while a long file is read."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `name` is what people call it (`HWP`, `PDF`).

    `claims(data, name)` tells from the bytes whether a file is of this format; the name decides only where bytes
    cannot, as between Markdown and plain text. `read(data, name, progress)` raises a KnowledgeError with its reason, and
    never returns a Document without text unless it has attachments.
    """

    name: str
    media_type: str
    claims: Callable[[bytes, str], bool]
    read: Callable[[bytes, str, Progress], Document]


def silent(_done: int, _all: int) -> None:
    """Progress that nobody follows."""
