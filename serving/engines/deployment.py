"""What a home keeps of its vLLM: the key, what it is doing now, its log."""

from __future__ import annotations

import json
import os
import secrets
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from serving.engines.chat import Endpoint
from serving.engines.watchdog import Phase

STOP_POLL = 0.1
LOOK_SECONDS = 1.0  # others hold the lock for a moment while they look whether it is held


@dataclass(frozen=True)
class State:
    """What the process that looks after vLLM last wrote. `stage` and `trouble` are keys of `serving.text.SENTENCES`;
    `details` fill the blanks of the trouble's sentence.
    """

    profile: str
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
    keeper: int  # the process that looks after it


class Deployment:
    """The folder of one home's vLLM. One process looks after it at a time: it holds the lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.log = folder / "vllm.log"
        self._lock = FileLock(folder / ".lock", is_singleton=False)

    def key(self) -> str:
        """The API key of this home's vLLM, made at first need; only its owner can read the file."""
        path = self._folder / "key"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            part = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            try:
                path.hardlink_to(part)  # whoever comes second keeps the first one's
            finally:
                part.unlink()
        return path.read_text(encoding="utf-8")

    def take(self) -> bool:
        """Become the one that looks after it; False where another process does."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._lock.acquire(timeout=LOOK_SECONDS)
        except Timeout:
            return False
        return True

    def leave(self) -> None:
        self._state_file.unlink(missing_ok=True)
        self._lock.release()

    def write(self, state: State) -> None:
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
            return state if state and _runs(state.keeper) else None  # else another one is just looking, as we are
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
        if state is not None:
            with suppress(ProcessLookupError):
                os.kill(state.keeper, signal.SIGTERM)
        while state is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(STOP_POLL)
            state = self.state()
        return True

    def _read(self) -> State | None:
        try:
            return State(**json.loads(self._state_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None  # it has the lock and has not written yet

    @property
    def _state_file(self) -> Path:
        return self._folder / "state.json"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
