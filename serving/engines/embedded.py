"""The embedded engine: a child process that serves a model file on a loopback port, watched and restarted."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import httpx

from serving.engines.chat import NO_KEEPING, Endpoint
from serving.errors import EngineError

PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("llama_server.py")))
POLL = 0.2  # seconds between two looks at the child
CHECK_EVERY = 5.0  # seconds between two health checks of a child that runs
LONGEST_PAUSE = 30.0  # seconds between two restarts, at most
LOG_BYTES = 1_000_000

Phase = Literal["stopped", "starting", "ready", "restarting"]


@dataclass(frozen=True)
class EngineStatus:
    """What the engine is doing, for the health routes and the operator."""

    phase: Phase
    restarts: int
    exit_code: int | None  # of the child that ended last
    pid: int | None


@dataclass(frozen=True)
class Capacity:
    """What the child may use."""

    threads: int
    context: int = 4096  # tokens a slot holds, prompt and answer together
    slots: int = 1


class EmbeddedEngine:
    """One model behind a loopback port that stays the same over restarts.

    A child that ends is started again, after `first_pause` seconds when it had been ready, after twice as long each
    time when it never was; so is one that has not answered for `patience` seconds. `program` is the child's command
    line before its options.
    """

    def __init__(
        self,
        model_path: Path,
        name: str,
        log_dir: Path,
        capacity: Capacity,
        *,
        program: Sequence[str] = PROGRAM,
        patience: float = 60.0,
        first_pause: float = 0.5,
    ) -> None:
        self._model_path = model_path
        self._name = name
        self._log = log_dir / f"{name}.log"
        self._capacity = capacity
        self._program = tuple(program)
        self._patience = patience
        self._first_pause = first_pause
        self._key = secrets.token_urlsafe(24)
        self._port = 0
        self._client = httpx.Client(trust_env=False, limits=NO_KEEPING)
        self._child: subprocess.Popen[bytes] | None = None
        self._phase: Phase = "stopped"
        self._restarts = 0
        self._exit_code: int | None = None
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._watchdog: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def api_key(self) -> str:
        return self._key

    @property
    def endpoint(self) -> Endpoint:
        """Where it answers, once started."""
        return Endpoint(self.base_url, self._key, self._name, "embedded")

    @property
    def status(self) -> EngineStatus:
        child = self._child
        pid = child.pid if child is not None and child.poll() is None else None
        return EngineStatus(self._phase, self._restarts, self._exit_code, pid)

    def start(self, *, wait: bool = True, seconds: float = 120.0) -> None:
        """Starts the child and its watchdog; with `wait`, returns when it answers.

        Raises EngineError when the model file is absent, or the child ends or is not ready within `seconds`; it is
        stopped then. Starting a started engine does nothing.
        """
        if not self._model_path.is_file():
            raise EngineError("engine_model_absent", file=str(self._model_path))
        if self._watchdog is None:
            self._port = _free_port()
            self._stop.clear()
            self._enter("starting")
            # The child dies with the thread that started it, so that thread must live as long as the engine.
            self._watchdog = threading.Thread(target=self._watch, name=f"engine-{self._name}", daemon=True)
            self._watchdog.start()
        if wait:
            self._await_ready(seconds)

    def stop(self) -> None:
        """Ends the child and the watchdog. Stopping a stopped engine does nothing."""
        self._stop.set()
        if self._watchdog is not None:
            self._watchdog.join()
            self._watchdog = None
            self._enter("stopped")

    def healthy(self, seconds: float) -> bool:
        """Whether the child answers within `seconds`."""
        try:
            answer = self._client.get(f"http://127.0.0.1:{self._port}/health", timeout=seconds)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def _await_ready(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._phase != "starting", seconds)
        if self._phase == "ready":
            return
        self.stop()
        raise EngineError("engine_not_ready", model=self._name, exit_code=self._exit_code, log=str(self._log))

    def _watch(self) -> None:
        """The watchdog's life: start the child, look after it, end it; again after a pause."""
        pause = 0.0
        while not self._stop.wait(pause):
            was_ready = self._run_child()
            if not self._stop.is_set():
                self._restarts += 1
                self._enter("restarting")
            pause = self._first_pause if was_ready or not pause else min(pause * 2, LONGEST_PAUSE)

    def _run_child(self) -> bool:
        """One child from start to end: whether it had been ready."""
        try:
            child = self._child = self._spawn()
        except OSError:  # no memory for a process, no room for the log: that may pass
            return False
        was_ready = self._look_after(child)
        _end(child)
        self._exit_code = child.returncode
        return was_ready

    def _look_after(self, child: subprocess.Popen[bytes]) -> bool:
        """Returns when the child ended, hangs or is to be stopped: whether it had been ready."""
        ready = False
        answered = checked = time.monotonic()
        while child.poll() is None and not self._stop.wait(POLL):
            now = time.monotonic()
            if ready and now - checked < min(CHECK_EVERY, self._patience / 4):
                continue
            checked = now
            if self.healthy(min(CHECK_EVERY, self._patience / 2)):
                answered = now
                if not ready:
                    ready = True
                    self._enter("ready")
            elif ready and now - answered > self._patience:
                break
        return ready

    def _spawn(self) -> subprocess.Popen[bytes]:
        capacity = self._capacity
        command = [*self._program, "--model", str(self._model_path), "--name", self._name]
        command += ["--port", str(self._port), "--threads", str(capacity.threads)]
        command += ["--context", str(capacity.context), "--slots", str(capacity.slots)]
        with self._open_log() as log:
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
        if child.stdin is not None:
            with suppress(BrokenPipeError):  # it has ended already, as its watchdog will see
                child.stdin.write(self._key.encode() + b"\n")
                child.stdin.flush()
        return child

    def _open_log(self) -> IO[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        if self._log.is_file() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        return self._log.open("ab")

    def _enter(self, phase: Phase) -> None:
        with self._changed:
            self._phase = phase
            self._changed.notify_all()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(child: subprocess.Popen[bytes]) -> None:
    """Closes the child's standard input, which ends it; kills it when it does not listen."""
    try:
        if child.stdin is not None:
            child.stdin.close()
        child.wait(2.0)
    except (subprocess.TimeoutExpired, BrokenPipeError):
        child.kill()
        child.wait()
