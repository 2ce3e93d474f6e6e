"""The firm's engine: vLLM's OpenAI-compatible server as a child process, its log followed, its troubles named."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from logging import Formatter, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from serving.engines.chat import Endpoint
from serving.engines.deployment import Deployment, State, state_of
from serving.engines.profile import Profile
from serving.engines.trouble import cause
from serving.engines.watchdog import EngineStatus, Patience, Phase, Watchdog, hand_over
from serving.engines.weights import OFFLINE
from serving.errors import EngineError
from serving.secret import foreign_environment

logger = logging.getLogger(__name__)

SERVER = Path(__file__).with_name("vllm_server.py")
LOG_BYTES = 2_000_000
REMEMBERED_LINES = 400
TRIES = 3  # starts that end before vLLM was ready once, until it is given up
PASSING = frozenset({"trouble_unknown", "trouble_gpu_busy", "trouble_killed", "trouble_silent"})
"""Troubles another try may not meet; any other stands until a person changes something."""

STAGES = tuple(
    (stage, re.compile(words))
    for stage, words in (
        ("stage_loading", "Starting to load model|Loading safetensors"),
        ("stage_memory", "Loading weights took|KV cache size"),
        ("stage_compiling", "Capturing CUDA graph|Dynamo bytecode transform|Compiling a graph"),
        ("stage_opening", "Starting vLLM server"),
    )
)
SETTINGS = {
    **OFFLINE,
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "VLLM_LOGGING_LEVEL": "INFO",
    "VLLM_SERVER_DEV_MODE": "0",
}
TALKATIVE = re.compile("^VLLM_.*(LOG|DEBUG|DUMP|TRACE)")
"""Variables that make vLLM write down more, requests and answers among it: the machine's environment may not ask for it."""


class VllmEngine:
    """One vLLM after a profile, watched. What happens is written into the deployment, which must have been taken."""

    def __init__(
        self,
        profile: Profile,
        folder: Path,
        deployment: Deployment,
        command: Sequence[str],
        patience: Patience | None = None,
    ) -> None:
        """`folder` holds the model; `command` is vLLM's Python, in tests a program in its stead."""
        self._profile = profile
        self._folder = folder
        self._deployment = deployment
        self._command = [*command, *profile.flags(str(folder))]
        self._key = deployment.key()
        self._log = _Log(deployment.log, self._key)
        self._stage = "stage_starting"
        self._trouble = ""
        self._was_ready = False
        self._watchdog = Watchdog(
            "vllm",
            self._spawn,
            lambda: f"{profile.origin}/health",
            patience or Patience(start=profile.start_seconds, end=15.0, first_pause=1.0),
            hopeless=self._hopeless,
            changed=self._note,
        )

    @property
    def endpoint(self) -> Endpoint:
        profile = self._profile
        return Endpoint(profile.base_url, self._key, profile.served, "vllm", context=profile.context)

    @property
    def trouble(self) -> str:
        """Why it does not run, a key of `serving.text.SENTENCES`; empty while nothing is known to be wrong."""
        return self._trouble

    @property
    def stage(self) -> str:
        """What it is doing while it starts, a key of `serving.text.SENTENCES`."""
        return self._stage

    @property
    def phase(self) -> Phase:
        return self._watchdog.status.phase

    def start(self) -> None:
        """Starts vLLM and its watchdog. Raises EngineError where somebody listens on its port already."""
        with socket.socket(socket.AF_INET6 if ":" in self._profile.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._profile.host, self._profile.port))
            except OSError as error:
                raise EngineError("trouble_port", **self.details) from error
        self._watchdog.start()

    def stop(self) -> None:
        self._watchdog.stop()
        self._log.close()

    @property
    def details(self) -> dict[str, object]:
        """What a sentence about a trouble may name."""
        profile = self._profile
        return {
            "profile": profile.name,
            "model": profile.served,
            "folder": str(self._folder),
            "log": str(self._deployment.log),
            "port": profile.port,
            "context": profile.context,
            "seqs": profile.max_num_seqs,
            "share": profile.gpu_memory_utilization or "-",
            "kv_gib": profile.kv_cache_gib or "-",
            "seconds": int(profile.start_seconds),
            "dtype": profile.dtype,
        }

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._stage = "stage_starting"
        inherited = {name: value for name, value in foreign_environment().items() if not TALKATIVE.match(name)}
        self._log.begin()
        try:
            child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**inherited, **SETTINGS},
                cwd=self._deployment.log.parent,
                start_new_session=True,
            )
        except OSError as error:
            self._log.write(str(error))
            raise
        hand_over(child, self._key)
        threading.Thread(target=self._follow, args=(child,), name="vllm-log", daemon=True).start()
        return child

    def _follow(self, child: subprocess.Popen[bytes]) -> None:
        if child.stdout is None:
            raise TypeError("the child was started without a pipe")
        with child.stdout:
            for raw in child.stdout:
                self._heard(raw.decode("utf-8", "replace").rstrip())

    def _heard(self, line: str) -> None:
        self._log.write(line)
        stage = next((stage for stage, words in STAGES if words.search(line)), self._stage)
        if stage != self._stage:
            self._stage = stage
            self._note()

    def _hopeless(self, fruitless: int) -> bool:
        """One that has run before is tried for ever; a first start ends where trying again would not help."""
        self._log.settle()
        self._trouble = self._cause()
        return not self._was_ready and (self._trouble not in PASSING or fruitless >= TRIES)

    def _note(self) -> None:
        status = self._watchdog.status
        if status.phase == "ready":
            self._was_ready, self._trouble = True, ""
        elif status.phase == "restarting" and not self._trouble:
            self._trouble = self._cause()
        try:
            self._deployment.write(self._state(status))
        except OSError as error:  # a full disk must not end the watch
            logger.warning("vLLM's state was not written: %s", error)

    def _cause(self) -> str:
        status = self._watchdog.status
        return f"trouble_{status.ending}" if status.ending else cause(self._log.lines, status.exit_code)

    def _state(self, status: EngineStatus) -> State:
        return state_of(
            self._profile,
            status.phase,
            self._stage,
            folder=str(self._folder),
            trouble=self._trouble,
            details=self.details,
            restarts=status.restarts,
            exit_code=status.exit_code,
            pid=status.pid,
        )


class _Log:
    """vLLM's lines in a file that is kept small, and its last ones in memory; the key never among them."""

    def __init__(self, path: Path, key: str) -> None:
        self._key = key
        self._file = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
        self._file.setFormatter(Formatter("%(message)s"))
        self._last: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._changed = threading.Event()

    @property
    def lines(self) -> list[str]:
        """Of the child that runs or ran last."""
        return list(self._last)

    def begin(self) -> None:
        self._last.clear()

    def write(self, line: str) -> None:
        clean = line.replace(self._key, "***")
        self._last.append(clean)
        self._file.emit(LogRecord("vllm", 20, "", 0, clean, None, None))
        self._changed.set()

    def settle(self, seconds: float = 0.3) -> None:
        """Waits until nothing more comes: a child's last words are read after it has ended."""
        self._changed.set()
        while self._changed.is_set():
            self._changed.clear()
            self._changed.wait(seconds)

    def close(self) -> None:
        self._file.close()
