"""Documents as JSON: how readings are kept in the database and how they come out of the reading process."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from knowledge.document import Document, Edition, Element
from knowledge.errors import UnreadableError


@cache
def _adapter() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


@cache
def _elements() -> TypeAdapter[Element]:
    return TypeAdapter(Element)


@cache
def _editions() -> TypeAdapter[Edition | None]:
    return TypeAdapter(Edition | None)


def dump(document: Document) -> bytes:
    """The document as JSON, without its attachments."""
    return _adapter().dump_json(replace(document, attachments=()))


def load(data: bytes) -> Document:
    """What `dump` wrote. Raises UnreadableError for anything else."""
    try:
        return _adapter().validate_json(data)
    except ValidationError as error:
        raise UnreadableError("reader_died") from error


def reading(document: Document) -> dict[str, Any]:
    """What is known of the document as a whole, without sections and attachments, in JSON's types."""
    head = replace(document, sections=(), attachments=())
    kept: dict[str, Any] = _adapter().dump_python(head, mode="json")
    return kept


def read(kept: dict[str, Any]) -> Document:
    """What `reading` gave. Fields that former versions wrote and nobody reads now are passed over."""
    return _adapter().validate_python({**kept, "sections": ()})


def edition(kept: dict[str, Any]) -> Edition | None:
    """The edition alone of what `reading` gave: a document may hold thousands of findings beside it."""
    return _editions().validate_python(kept.get("edition"))


def element(kept: dict[str, Any]) -> Element:
    """An element from JSON's types."""
    return _elements().validate_python(kept)
