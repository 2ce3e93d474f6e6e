"""The starter library that ships with the product, and keeping the library's place in step with it."""

from __future__ import annotations

import re
from importlib.resources import files

from knowledge.document import content_hash, document_id
from knowledge.ingest import Ingest
from knowledge.registry import Registry

SHIPPED_BY = "giljabi"


def starter_files() -> list[tuple[str, bytes]]:
    """(name, bytes) of every shipped document, by name."""
    folder = files("knowledge") / "library"
    return sorted((item.name, item.read_bytes()) for item in folder.iterdir() if item.name.endswith(".md"))


def shipped() -> dict[str, tuple[str, str]]:
    """Document id and title of every shipped document, by the name it is referred to elsewhere (its file's stem)."""
    found = {}
    for name, data in starter_files():
        title = re.search(r'^title: "?(.*?)"?$', data.decode(), re.MULTILINE)
        found[name.removesuffix(".md")] = (document_id(content_hash(data)), title[1] if title else name)
    return found


def sync(registry: Registry, ingest: Ingest) -> None:
    """Register what ships, to be processed, and drop what no longer does.

    Documents that someone other than the product added to the library are left alone.
    """
    files_shipped = {document_id(content_hash(data)): (name, data) for name, data in starter_files()}
    for entry in registry.entries():
        if entry.added_by == SHIPPED_BY and entry.document_id not in files_shipped:
            ingest.delete(entry.document_id)
    for name, data in files_shipped.values():
        registry.add(data, name, SHIPPED_BY)
