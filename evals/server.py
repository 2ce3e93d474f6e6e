"""A `giljabi serve` process on a folder of its own, to be loaded and killed from outside."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from evals.errors import EvalError
from serving.secret import foreign_environment
from serving.settings import Settings

NOWHERE = {"GILJABI_ENGINE": "remote", "GILJABI_LLM_URL": "http://127.0.0.1:9/v1", "GILJABI_LLM_MODEL": "none"}
"""Settings of an engine that is away: answers quote."""
UNBOUNDED = {"GILJABI_PERSON_A_MINUTE": "1000000", "GILJABI_COMPANY_A_MINUTE": "1000000"}
"""Settings without a bound by the minute."""
_STARTED_SECONDS = 300.0


class Server:
    """May be killed and started again, on the same folder and port."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        """`environment`: the settings, by variable; those of whoever runs this are not heeded."""
        self.home = home
        self.port = _free_port()
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def keys(self) -> dict[str, str]:
        """Secrets of this start: `operator`'s and `local`'s."""
        found: dict[str, str] = json.loads((self.home / "server.json").read_text(encoding="utf-8"))["keys"]
        return found

    def start(self) -> None:
        """Returns once it answers. Raises EvalError."""
        self.launch()
        deadline = time.monotonic() + _STARTED_SECONDS
        while not self._answers():
            if not self.alive or time.monotonic() > deadline:
                raise EvalError(f"서버가 시작되지 않았습니다 · the server did not start: {self.home / 'serve.log'}")
            time.sleep(0.1)

    def launch(self) -> None:
        """Begin to start."""
        mine = {"GILJABI_HOME": str(self.home), "GILJABI_PORT": str(self.port)}
        with (self.home / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ui.cli", "serve"],
                cwd=self.home,  # no `.env` of somebody else's
                env={**foreign_environment(), **mine, **self._environment},
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """As `kill -9` does: no clean-up of any kind."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """As Ctrl+C does."""
        if self._process is not None and self.alive:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/live", timeout=5).is_success
        except httpx.TransportError:
            return False


@contextmanager
def server(settings: Settings, environment: dict[str, str]) -> Iterator[Server]:
    """In an empty folder, with the models of this home; stopped and removed at the end."""
    with TemporaryDirectory(prefix="giljabi-eval-") as folder:
        home = Path(folder)
        (home / "models").symlink_to(settings.home_path / "models")
        made = Server(home, environment)
        try:
            made.start()
            yield made
        finally:
            made.stop()


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def expected(answer: httpx.Response, *statuses: int) -> Any:
    """The answer's object. Raises EvalError where the status is another."""
    if answer.status_code not in statuses:
        raise EvalError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:200]}")
    return answer.json() if answer.content else None


def indexing(http: httpx.Client, secret: str | None = None) -> bool:
    """Whether a document of the key's company, or of the library, still waits; None: the client's own key."""
    listed = expected(http.get("/api/documents", headers=bearer(secret) if secret else None), 200)["documents"]
    return any(item["status"] in {"queued", "read"} for item in listed)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
