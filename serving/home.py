"""The data folder of one installation: where things lie, who may write, and where its server listens."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from serving.errors import HomeLockedError


@dataclass(frozen=True, slots=True)
class Server:
    """A running server of this home, as it announced itself."""

    pid: int
    url: str
    keys: Mapping[str, str]  # secrets of this start, for this home's own command line


class Home:
    """`GILJABI_HOME`. One process writes at a time: it holds the lock, which the system frees when the process ends."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = FileLock(root / ".lock")

    @property
    def library(self) -> Path:
        return self.root / "library"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def engine(self) -> Path:
        """Of the vLLM that was started for this home."""
        return self.root / "engine"

    @property
    def environments(self) -> Path:
        """Python environments of engines, which may be deleted at any time."""
        return self.root / "engines"

    @property
    def secrets(self) -> Path:
        """Secrets of this installation, a file each."""
        return self.root / "secrets"

    def make(self) -> None:
        """The folder, closed to others: what lies in it is the companies' own."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def accounts(self) -> Path:
        """The database all companies share: who there is, never what they have."""
        return self.root / "accounts" / "giljabi.db"

    def place(self, name: str) -> Path:
        """The folder of a place: `library`, a trainer's (`trainer-…`), or a company's."""
        if name == "library":
            return self.library
        return self.root / ("trainers" if name.startswith("trainer-") else "companies") / name

    def acquire(self) -> None:
        """Take the lock. Raises HomeLockedError where another process holds it."""
        self.make()
        try:
            self._lock.acquire(blocking=False)
        except Timeout as error:
            raise HomeLockedError("home_locked") from error
        self._announcement.unlink(missing_ok=True)

    def release(self) -> None:
        self._announcement.unlink(missing_ok=True)
        self._lock.release()

    def announce(self, url: str, keys: Mapping[str, str]) -> None:
        """Say where the server listens and how to come in, for the command line of this home's owner to find."""
        part = self._announcement.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"pid": os.getpid(), "url": url, "keys": dict(keys)}, file)
        part.replace(self._announcement)

    def server(self) -> Server | None:
        """The running server; None where the lock is free, whatever a killed one left behind."""
        try:
            announced = json.loads(self._announcement.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        probe = FileLock(self.root / ".lock", is_singleton=False)
        try:
            probe.acquire(blocking=False)
        except Timeout:
            return Server(int(announced["pid"]), str(announced["url"]), announced.get("keys", {}))
        probe.release()
        return None

    @property
    def _announcement(self) -> Path:
        return self.root / "server.json"
