"""What can go wrong between a face and the server."""

from __future__ import annotations


class UiError(Exception):
    """Base of this package's errors."""


class ClientError(UiError):
    """The server refused, failed or could not be reached.

    `title` is a plain sentence for the person, in the client's language. `status` is the HTTP status, 0 where no
    answer came.
    """

    def __init__(self, title: str, status: int) -> None:
        super().__init__(title)
        self.title = title
        self.status = status
