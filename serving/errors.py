"""What can go wrong behind the port."""

from __future__ import annotations


class ServingError(Exception):
    """Base of this package's errors. `reason` is a key of `serving.text.SENTENCES`."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.reason} ({said})" if said else self.reason


class ModelError(ServingError):
    """A model could not be had: unknown name, no source answers, no room on the disk."""


class BrokenModelError(ModelError):
    """What came is not the model: wrong hash, or not in the layout it should have."""


class EngineError(ServingError):
    """The embedded engine does not start or does not answer."""


class HomeLockedError(ServingError):
    """Another process writes to this data folder."""


class RequestError(ServingError):
    """A request that cannot be served; `status` is its HTTP status."""

    def __init__(self, reason: str, status: int, **details: object) -> None:
        super().__init__(reason, **details)
        self.status = status
