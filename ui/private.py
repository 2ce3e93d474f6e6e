"""A client of this home's server, whether one is running or has to be opened for the moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from serving.settings import Settings
from ui.client import Client
from ui.start import running_server


@contextlib.contextmanager
def connected(settings: Settings) -> Iterator[Client]:
    """The server's client; a server opened for it ends with the block."""
    with running_server(settings) as url, contextlib.closing(Client(url, language=settings.lang)) as client:
        yield client
