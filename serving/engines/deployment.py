"""What a home keeps of its vLLM: the key, what it is doing now, its log."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout

from serving.engines.chat import Endpoint
from serving.engines.profile import Profile
from serving.engines.watchdog import Phase
from serving.errors import EngineError
from serving.secret import secret_in

STOP_POLL = 0.1
LOOK_SECONDS = 1.0  # others hold the lock for a moment while they look whether it is held


@dataclass(frozen=True)
class Process:
    """A process, told from any other that gets its number later: `started` is the system's clock ticks since its boot."""

    pid: int
    started: int


@dataclass(frozen=True)
class State:
    """What the process that looks after vLLM last wrote. `stage` and `trouble` are keys of `serving.text.SENTENCES`;
    `details` fill the blanks of the trouble's sentence.
    """

    profile: str
    digest: str  # of the profile's fields
    model: str
    base_url: str
    context: int  # tokens
    folder: str  # the model's
    phase: Phase
    stage: str
    trouble: str
    details: dict[str, object]
    restarts: int
    exit_code: int | None
    pid: int | None  # vLLM's
    keeper: Process  # the process that looks after it


def state_of(profile: Profile, phase: Phase, stage: str, **more: Any) -> State:
    """What this process has to say of a vLLM after `profile`; without `more`, of one that is not there yet."""
    unknown = {"folder": "", "trouble": "", "details": {}, "restarts": 0, "exit_code": None, "pid": None}
    return State(
        profile=profile.name,
        digest=profile.digest,
        model=profile.served,
        base_url=profile.base_url,
        context=profile.context,
        phase=phase,
        stage=stage,
        keeper=this_process(),
        **{**unknown, **more},
    )


class Deployment:
    """The folder of one home's vLLM. One process looks after it at a time: it holds the lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.log = folder / "vllm.log"
        self._lock = FileLock(folder / ".lock", is_singleton=False)
        self._writing = Lock()

    def key(self) -> str:
        """The API key of this home's vLLM, made at first need."""
        return secret_in(self._folder / "key")

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Held by the one who starts it, until it answers. Raises EngineError where another one does."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(self._folder / ".starting", is_singleton=False)
        try:
            lock.acquire(timeout=LOOK_SECONDS)
        except Timeout:
            raise EngineError("engine_starts_already") from None
        try:
            yield
        finally:
            lock.release()

    def take(self) -> bool:
        """Become the one that looks after it; False where another process does."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._lock.acquire(timeout=LOOK_SECONDS)
        except Timeout:
            return False
        self._state_file.unlink(missing_ok=True)  # of one that was killed
        return True

    def leave(self) -> None:
        self._state_file.unlink(missing_ok=True)
        self._lock.release()

    def write(self, state: State) -> None:
        """Any thread of the process that looks after it may call this."""
        with self._writing:
            part = self._state_file.with_suffix(".part")
            part.write_text(json.dumps(asdict(state)), encoding="utf-8")
            part.replace(self._state_file)

    def state(self) -> State | None:
        """What runs now; None where nothing does, whatever a killed process left behind."""
        if not self._folder.is_dir():
            return None
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            state = self._read()
            # Another one may just be looking, as we are, and a process of the same number may be a stranger.
            return state if state and state.keeper == process(state.keeper.pid) else None
        self._lock.release()
        return None

    def endpoint(self) -> Endpoint | None:
        """Where this home's vLLM answers, or will; None where none has been started."""
        state = self.state()
        if state is None:
            return None
        return Endpoint(state.base_url, self.key(), state.model, "vllm", context=state.context)

    def stop(self, seconds: float) -> bool:
        """Ask the process that looks after vLLM to end both, and wait; False where it still runs after `seconds`."""
        deadline = time.monotonic() + seconds
        state = self.state()
        while state is None and self._is_being_started() and time.monotonic() < deadline:
            time.sleep(STOP_POLL)
            state = self.state()
        if state is not None:
            with suppress(ProcessLookupError):
                os.kill(state.keeper.pid, signal.SIGTERM)
        while state is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(STOP_POLL)
            state = self.state()
        return True

    def _is_being_started(self) -> bool:
        try:
            with self.starting():
                return False
        except EngineError:
            return True

    def _read(self) -> State | None:
        try:
            fields = json.loads(self._state_file.read_text(encoding="utf-8"))
            return State(**{**fields, "keeper": Process(**fields["keeper"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None  # it has the lock and has not written yet

    @property
    def _state_file(self) -> Path:
        return self._folder / "state.json"


def process(pid: int) -> Process | None:
    """The process of that number; None where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return None
    return Process(pid, int(fields[19]))


def this_process() -> Process:
    found = process(os.getpid())
    if found is None:
        raise EngineError("no_proc")
    return found
