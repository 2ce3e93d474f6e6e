"""The data folder of one installation: where things lie, who may write, and where its server listens."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from serving.errors import HomeLockedError


@dataclass(frozen=True, slots=True)
class Server:
    """A running server of this home, as it announced itself."""

    pid: int
    url: str


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

    def company(self, company: str) -> Path:
        return self.root / "companies" / company

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

    def announce(self, url: str) -> None:
        """Say where the server listens, for the command line to find."""
        part = self._announcement.with_suffix(".part")
        part.write_text(json.dumps({"pid": os.getpid(), "url": url}), encoding="utf-8")
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
            return Server(int(announced["pid"]), str(announced["url"]))
        probe.release()
        return None

    @property
    def _announcement(self) -> Path:
        return self.root / "server.json"
