"""A server that runs as a child process: started, watched, ended, and started again when it falls."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import httpx

from serving.engines.chat import NO_KEEPING

POLL = 0.2  # seconds between two looks at the child
CHECK_EVERY = 5.0  # seconds between two health checks of a child that runs
LONGEST_PAUSE = 30.0  # seconds between two restarts, at most

Phase = Literal["stopped", "starting", "ready", "restarting", "failed"]
Ending = Literal["", "slow", "silent"]
"""Why the watchdog itself ended a child: not ready in time, or without an answer for too long."""


@dataclass(frozen=True)
class EngineStatus:
    """What the engine is doing, for the health routes and the operator."""

    phase: Phase
    restarts: int
    exit_code: int | None  # of the child that ended last
    pid: int | None
    ending: Ending = ""  # of that child


@dataclass(frozen=True)
class Patience:
    """Seconds: how long a child that was ready may be silent, how long one may take to become ready, how long one that
    is asked to end may take, and the pause before the first restart.
    """

    silence: float = 60.0
    start: float = 600.0
    end: float = 2.0
    first_pause: float = 0.5


class Watchdog:
    """Keeps one child alive, in a thread of its own.

    A child that ends is started again, after `first_pause` seconds when it had been ready, after twice as long each
    time when it never was; so is one that falls silent. `spawn` makes the child; it must end when its standard input
    is closed, and lead a process group, which is killed when it does not. `hopeless`, asked after each child that never
    was ready with the number of such children in a row, says whether to give up. `changed` hears every new phase.
    """

    def __init__(
        self,
        name: str,
        spawn: Callable[[], subprocess.Popen[bytes]],
        health_url: Callable[[], str],
        patience: Patience,
        *,
        hopeless: Callable[[int], bool] = lambda _: False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._spawn = spawn
        self._health_url = health_url
        self._patience = patience
        self._hopeless = hopeless
        self._told = changed
        self._client = httpx.Client(trust_env=False, limits=NO_KEEPING)
        self._child: subprocess.Popen[bytes] | None = None
        self._phase: Phase = "stopped"
        self._restarts = 0
        self._exit_code: int | None = None
        self._ending: Ending = ""
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def status(self) -> EngineStatus:
        child = self._child
        pid = child.pid if child is not None and child.poll() is None else None
        return EngineStatus(self._phase, self._restarts, self._exit_code, pid, self._ending)

    @property
    def running(self) -> bool:
        """Whether it has been started and not stopped."""
        return self._thread is not None

    def start(self) -> None:
        """Starts the child. Starting a started one does nothing."""
        if self._thread is None:
            self._stop.clear()
            self._enter("starting")
            # The child dies with the thread that started it, so that thread must live as long as the child should.
            self._thread = threading.Thread(target=self._watch, name=f"engine-{self._name}", daemon=True)
            self._thread.start()

    def settled(self, seconds: float) -> Phase:
        """The phase once the first child is ready or has ended, or after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._phase != "starting", seconds)
        return self._phase

    def stop(self) -> None:
        """Ends the child. Stopping a stopped one does nothing."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            if self._phase != "failed":
                self._enter("stopped")

    def healthy(self, seconds: float) -> bool:
        """Whether the child answers its health route within `seconds`."""
        try:
            answer = self._client.get(self._health_url(), timeout=seconds)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def _watch(self) -> None:
        """The thread's life: start the child, look after it, end it; again after a pause."""
        pause, fruitless = 0.0, 0
        while not self._stop.wait(pause):
            was_ready = self._run_child()
            fruitless = 0 if was_ready else fruitless + 1
            if self._stop.is_set():
                return
            if fruitless and self._hopeless(fruitless):
                self._enter("failed")
                return
            self._restarts += 1
            self._enter("restarting")
            pause = self._patience.first_pause if was_ready or not pause else min(pause * 2, LONGEST_PAUSE)

    def _run_child(self) -> bool:
        """One child from start to end: whether it had been ready."""
        try:
            child = self._child = self._spawn()
        except OSError:  # no memory for a process, no room for the log: that may pass
            return False
        was_ready = self._look_after(child)
        self._end(child)
        self._exit_code = child.returncode
        return was_ready

    def _look_after(self, child: subprocess.Popen[bytes]) -> bool:
        """Returns when the child ended, hangs or is to be stopped: whether it had been ready."""
        ready, silence = False, self._patience.silence
        self._ending = ""
        started = answered = checked = time.monotonic()
        while child.poll() is None and not self._stop.wait(POLL):
            now = time.monotonic()
            if ready and now - checked < min(CHECK_EVERY, silence / 4):
                continue
            checked = now
            if self.healthy(min(CHECK_EVERY, silence / 2)):
                answered = now
                if not ready:
                    ready = True
                    self._enter("ready")
            elif now - (answered if ready else started) > (silence if ready else self._patience.start):
                self._ending = "silent" if ready else "slow"
                break
        return ready

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        """Closes the child's standard input, which ends it; kills what is left of its group."""
        with suppress(subprocess.TimeoutExpired, BrokenPipeError):
            if child.stdin is not None:
                child.stdin.close()
            child.wait(self._patience.end)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def _enter(self, phase: Phase) -> None:
        with self._changed:
            self._phase = phase
            self._changed.notify_all()
        self._told()


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hand_over(child: subprocess.Popen[bytes], secret: str) -> None:
    """Writes a secret as the first line of the child's standard input, where no process list shows it."""
    if child.stdin is not None:
        with suppress(BrokenPipeError):  # it has ended already, as its watchdog will see
            child.stdin.write(secret.encode() + b"\n")
            child.stdin.flush()
