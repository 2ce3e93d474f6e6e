"""The starter library that ships with the product, and keeping the library's place in step with it."""

from __future__ import annotations

from importlib.resources import files

from knowledge.document import content_hash, document_id
from knowledge.ingest import Ingest
from knowledge.registry import Registry

SHIPPED_BY = "giljabi"


def starter_files() -> list[tuple[str, bytes]]:
    """(name, bytes) of every shipped document, by name."""
    folder = files("knowledge") / "library"
    return sorted((item.name, item.read_bytes()) for item in folder.iterdir() if item.name.endswith(".md"))


def sync(registry: Registry, ingest: Ingest) -> None:
    """Register what ships, to be processed, and drop what no longer does.

    Documents that someone other than the product added to the library are left alone.
    """
    shipped = {document_id(content_hash(data)): (name, data) for name, data in starter_files()}
    for entry in registry.entries():
        if entry.added_by == SHIPPED_BY and entry.document_id not in shipped:
            ingest.delete(entry.document_id)
    for name, data in shipped.values():
        registry.add(data, name, SHIPPED_BY)
