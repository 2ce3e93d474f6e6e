"""vLLM's own Python environment: its pins clash with the product's, and a server lives by itself anyway."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from serving.engines.profile import Profile
from serving.errors import EngineError
from serving.secret import foreign_environment

STAMP = "giljabi.json"
SAID_LINES = 8
STEP = re.compile(r"(?:Downloading|Processing|Using cached) (?:\S*/)?(?P<what>\S+(?: \([\d.]+ \w+\))?)|Installing")

Told = Callable[[str], None]
"""Hears a key of `serving.text.SENTENCES` as the work goes on."""


class Environment:
    """A virtual environment under `root` with a profile's packages, made once. A killed installation goes on."""

    def __init__(self, root: Path, profile: Profile) -> None:
        wanted = {"python": sys.version_info[:2], "packages": profile.packages, "without": profile.without}
        self._wanted = json.dumps(wanted, sort_keys=True)
        self._profile = profile
        self._folder = root / f"vllm-{profile.device}-{hashlib.sha256(self._wanted.encode()).hexdigest()[:8]}"

    @property
    def python(self) -> Path:
        return self._folder / "bin" / "python"

    @property
    def ready(self) -> bool:
        stamp = self._folder / STAMP
        return stamp.is_file() and stamp.read_text(encoding="utf-8") == self._wanted

    def ensure(self, told: Told) -> Path:
        """Its Python. Takes minutes and gigabytes the first time; how far it is goes to standard error.

        The packages come from the index pip is set up for. Raises EngineError where pip fails.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder.with_suffix(".lock")):
            if not self.ready:
                told("stage_environment")
                self._make()
        return self.python

    def _make(self) -> None:
        if not self.python.exists():
            self._call([sys.executable, "-m", "venv", "--without-pip", str(self._folder)])
        # The product's own pip: the one that comes with Python 3.11 tries versions for an hour.
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "--disable-pip-version-check", "--no-input"]
        for packages in self._profile.packages:
            self._call([*pip, "install", "--progress-bar", "off", *packages])
        if self._profile.without:
            self._call([*pip, "uninstall", "--quiet", "--yes", *self._profile.without])
        (self._folder / STAMP).write_text(self._wanted, encoding="utf-8")

    def _call(self, command: list[str]) -> None:
        """Runs one step. What pip says is kept for the case that it fails; how far it is goes to standard error."""
        from tqdm import tqdm

        said: deque[str] = deque(maxlen=SAID_LINES)
        with (
            subprocess.Popen(
                command,
                env=foreign_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as child,
            tqdm(unit="", bar_format="{desc} {n_fmt} [{elapsed}]{postfix}", desc="pip", file=sys.stderr) as bar,
        ):
            try:
                for line in child.stdout or ():
                    if step := STEP.match(line.strip()):
                        bar.set_postfix_str((step["what"] or "…")[:80], refresh=False)
                        bar.update()
                    elif line.strip():
                        said.append(line.strip())
            except KeyboardInterrupt:
                child.kill()
                raise
        if child.returncode:
            raise _refusal(" ".join(said))


def _refusal(said: str) -> EngineError:
    if "No space left" in said:
        return EngineError("vllm_disk_full")
    if "No matching distribution" in said or "Could not find a version" in said:
        return EngineError("vllm_not_on_index", said=said[-300:])
    return EngineError("vllm_not_installed", said=said[-300:])
