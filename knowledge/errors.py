"""What can go wrong between bytes and documents."""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of this package's errors. `reason` is a key of `knowledge.text.SENTENCES`."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


class UnreadableError(KnowledgeError):
    """The bytes could not be read as the format they claim to be, or hold no text."""


class UnsupportedError(KnowledgeError):
    """No reader knows this format."""


class TooLargeError(KnowledgeError):
    """The file, or what it unpacks to, is over a limit."""


class CancelledError(KnowledgeError):
    """A person stopped the taking in of a document."""


class UnknownDocumentError(KnowledgeError):
    """No document of this id is registered in this place."""
