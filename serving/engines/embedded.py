"""The embedded engine: a child process that serves a model file on a loopback port, watched and restarted."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from serving.engines.chat import Endpoint
from serving.engines.watchdog import EngineStatus, Patience, Watchdog, free_port, hand_over
from serving.errors import EngineError

PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("llama_server.py")))
LOG_BYTES = 1_000_000


@dataclass(frozen=True)
class Capacity:
    """What the child may use."""

    threads: int
    context: int = 4096  # tokens a slot holds, prompt and answer together
    slots: int = 1


class EmbeddedEngine:
    """One model behind a loopback port that stays the same over restarts. `program` is the child's command line before
    its options.
    """

    def __init__(
        self,
        model_path: Path,
        name: str,
        log_dir: Path,
        capacity: Capacity,
        *,
        program: Sequence[str] = PROGRAM,
        patience: Patience | None = None,
    ) -> None:
        self._model_path = model_path
        self._name = name
        self._log = log_dir / f"{name}.log"
        self._capacity = capacity
        self._program = tuple(program)
        self._key = secrets.token_urlsafe(24)
        self._port = 0
        self._watchdog = Watchdog(name, self._spawn, lambda: f"{self._origin}/health", patience or Patience())

    @property
    def endpoint(self) -> Endpoint:
        """Where it answers, once started."""
        return Endpoint(f"{self._origin}/v1", self._key, self._name, "embedded", context=self._capacity.context)

    @property
    def status(self) -> EngineStatus:
        return self._watchdog.status

    def start(self, *, wait: bool = True, seconds: float = 120.0) -> None:
        """Starts the child and its watchdog; with `wait`, returns when it answers.

        Raises EngineError when the model file is absent, or the child ends or is not ready within `seconds`; it is
        stopped then. Starting a started engine does nothing.
        """
        if not self._model_path.is_file():
            raise EngineError("engine_model_absent", file=str(self._model_path))
        if not self._watchdog.running:
            self._port = free_port()
            self._watchdog.start()
        if wait and self._watchdog.settled(seconds) != "ready":
            self.stop()
            exit_code = self.status.exit_code
            raise EngineError("engine_not_ready", model=self._name, exit_code=exit_code, log=str(self._log))

    def stop(self) -> None:
        """Ends the child and the watchdog. Stopping a stopped engine does nothing."""
        self._watchdog.stop()

    def healthy(self, seconds: float) -> bool:
        """Whether the child answers within `seconds`."""
        return self._watchdog.healthy(seconds)

    @property
    def _origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _spawn(self) -> subprocess.Popen[bytes]:
        capacity = self._capacity
        command = [*self._program, "--model", str(self._model_path), "--name", self._name]
        command += ["--port", str(self._port), "--threads", str(capacity.threads)]
        command += ["--context", str(capacity.context), "--slots", str(capacity.slots)]
        with self._open_log() as log:
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
        hand_over(child, self._key)
        return child

    def _open_log(self) -> IO[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        if self._log.is_file() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        return self._log.open("ab")
