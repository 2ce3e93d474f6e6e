"""The whole product with its real models, started as a person starts it: `giljabi serve` on a home of its own.

Models come from `GILJABI_HOME/models` where they have been fetched, so that a test run downloads them once.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from serving.settings import Settings

READY_SECONDS = 400


@dataclass
class Giljabi:
    """A `giljabi serve` process that can be killed and started again on the same home."""

    home: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None)
    http: httpx.Client = field(default_factory=httpx.Client)  # acts as the local company, from each start on

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        """Of the local company's own command line, as the running server made it."""
        return str(json.loads((self.home / "server.json").read_text())["keys"]["local"])

    def sign_in_link(self) -> str:
        """One that works once."""
        return str(json.loads(self.run("user", "link", "--json").stdout)["link"])

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "GILJABI_HOME": str(self.home), "GILJABI_PORT": str(self.port), **self.settings}

    def start(self) -> None:
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ui.cli", "serve"], env=self.environment, stdout=log, stderr=log
            )
        self._await("/health/ready")
        self.http.close()
        self.http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=60)

    def kill(self) -> None:
        """As `kill -9` does: no clean-up of any kind."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.http.close()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def await_indexed(self) -> list[dict[str, object]]:
        """All documents, once none is on its way."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            found: list[dict[str, object]] = self.http.get("/api/documents").json()["documents"]
            if found and all(item["status"] in {"indexed", "rejected"} for item in found):
                return found
            assert time.monotonic() < deadline, "documents were not indexed in time"
            time.sleep(0.5)

    def engine_pid(self) -> int:
        """The embedded engine: the server's child that runs the model."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        pids = [int(pid) for path in children for pid in path.read_text().split()]
        return next(pid for pid in pids if b"llama_server" in Path(f"/proc/{pid}/cmdline").read_bytes())

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of the command line on this home."""
        return subprocess.run(
            [sys.executable, "-m", "ui.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
            check=False,
        )

    def _await(self, path: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (self.home / "serve.log").read_text()
            try:
                if httpx.get(f"{self.url}{path}", timeout=5).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.3)
        raise AssertionError("the server did not become ready")


@pytest.fixture(scope="session")
def shared_models() -> Path:
    """The models of this machine's own home; `make test` has fetched them there."""
    models = Settings().home_path / "models"
    if not models.is_dir():
        pytest.fail("the models are not here: run `giljabi models fetch` first")
    return models


@pytest.fixture(scope="session")
def giljabi(tmp_path_factory: pytest.TempPathFactory, shared_models: Path) -> Iterator[Giljabi]:
    home = tmp_path_factory.mktemp("giljabi-home")
    (home / "models").symlink_to(shared_models)
    served = Giljabi(home, free_port())
    served.start()
    served.await_indexed()
    yield served
    served.stop()


@pytest.fixture
def page_url(giljabi: Giljabi) -> str:
    """Opens the page as the local company, once."""
    return giljabi.sign_in_link()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
