"""The folder vLLM loads: one somebody gave, a repository of a hub, or a model of the store rewritten once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

from serving.engines.environment import Told
from serving.errors import EngineError
from serving.models import ModelStore
from serving.secret import foreign_environment

REWRITE = Path(__file__).with_name("vllm_rewrite.py")
CONFIG = "config.json"
PARAMETERS = ("*.safetensors", "*.bin", "*.pt")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


class Weights:
    """Finds a profile's model. `root` is where the store's models lie; `hub` says whether a hub may be asked."""

    def __init__(self, root: Path, store: ModelStore, *, hub: bool) -> None:
        self._root = root
        self._store = store
        self._hub = hub

    def check(self, model: str) -> None:
        """Raises EngineError where `model` is neither here nor to be had."""
        here = Path(model).expanduser().is_dir() or self._stored(model)
        if not here and not (self._hub and model.count("/") == 1):
            raise EngineError("weights_absent", model=model)

    def folder(self, model: str, python: Path, told: Told, *, dummy: bool = False) -> Path:
        """The folder of `model`, brought or rewritten where it is not here; `python` is vLLM's.

        With `dummy` its configuration and tokenizer are enough. Raises EngineError or ModelError saying what is
        missing and what to set.
        """
        given = Path(model).expanduser()
        if given.is_dir():
            return _checked(given.resolve(), dummy=dummy)
        if self._stored(model):
            return self._rewritten(model, python, told)
        self.check(model)
        told("stage_download")
        return _checked(self._downloaded(model), dummy=dummy)

    def _stored(self, model: str) -> bool:
        return any(state.model.name == model for state in self._store.list())

    def _rewritten(self, name: str, python: Path, told: Told) -> Path:
        target = self._root / f"{name}-bf16"
        with FileLock(self._root / f".{name}-bf16.lock"):
            if not (target / CONFIG).is_file():
                told("stage_rewrite")
                _rewrite(self._store.ensure(name), target, python)
        return target

    def _downloaded(self, repository: str) -> Path:
        from huggingface_hub import snapshot_download

        target = self._root / repository.replace("/", "--")
        patterns = ["*.json", "*.safetensors", "*.jinja", "*.txt", "*.model", "tokenizer*"]
        try:
            snapshot_download(repository, local_dir=target, allow_patterns=patterns)
        except (OSError, ValueError) as error:  # the hub's and the network's errors are OSErrors
            raise EngineError("source_unreachable", source=repository, said=str(error)[:300]) from error
        return target


def _rewrite(source: Path, target: Path, python: Path) -> None:
    """Writes beside the target, then puts it in its place in one rename."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    environment = {**foreign_environment(), **OFFLINE}
    done = subprocess.run(
        [str(python), "-P", str(REWRITE), str(source), str(part)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        said = " ".join(done.stderr.strip().splitlines()[-2:])[-300:]
        raise EngineError("rewrite_failed", model=target.name, said=said or f"exit {done.returncode}")
    part.replace(target)


def _checked(folder: Path, *, dummy: bool) -> Path:
    if not (folder / CONFIG).is_file():
        raise EngineError("weights_incomplete", folder=str(folder), file=CONFIG)
    if not dummy and not any(next(folder.glob(kind), None) for kind in PARAMETERS):
        raise EngineError("weights_incomplete", folder=str(folder), file=PARAMETERS[0])
    return folder
