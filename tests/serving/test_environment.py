"""vLLM's environment and the folder it loads, with tiny packages and a tiny stand-in for the rewriting."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from serving.engines import weights as weights_module
from serving.engines.environment import Environment
from serving.engines.profile import Profile, load
from serving.engines.weights import Weights
from serving.errors import EngineError
from serving.models import ModelStore
from serving.sources import LocalFolder, Model


def _wheel(index: Path, name: str) -> None:
    with zipfile.ZipFile(index / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "HERE = True\n")
        wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(
            f"{name}-1.0.dist-info/RECORD",
            f"{name}.py,,\n" + "".join(f"{name}-1.0.dist-info/{f},,\n" for f in ("METADATA", "WHEEL", "RECORD")),
        )


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("engine_one", "engine_two", "unwanted"):
        _wheel(folder, name)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def _profile(**fields: Any) -> Profile:
    packages = [["engine-one==1.0"], ["engine-two==1.0", "unwanted==1.0"]]
    changed = {"packages": packages, "without": ["unwanted"], **fields}
    return Profile.model_validate({**load("cpu-trial").model_dump(), **changed})


def _has(python: Path, module: str) -> bool:
    found = f"import importlib.util as u; raise SystemExit(u.find_spec({module!r}) is None)"
    return subprocess.run([str(python), "-c", found], check=False).returncode == 0


@pytest.mark.proof
def test_an_environment_is_made_once_and_without_what_breaks_it(
    tmp_path: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    environment = Environment(tmp_path / "engines", _profile())
    python = environment.ensure(told.append)
    assert environment.ready
    assert [_has(python, name) for name in ("engine_one", "engine_two", "unwanted")] == [True, True, False]
    assert not _has(python, "fastapi")  # nothing of the product's own
    assert "engine_one-1.0" in capsys.readouterr().err
    assert Environment(tmp_path / "engines", _profile()).ensure(told.append) == python
    assert told == ["stage_environment"]
    other = Environment(tmp_path / "engines", _profile(packages=[["engine-one==1.0"]]))
    assert other.python != python
    assert not other.ready


@pytest.mark.proof
def test_an_installation_cut_short_goes_on(tmp_path: Path, index: Path) -> None:
    (index / "engine_two-1.0-py3-none-any.whl").unlink()
    environment = Environment(tmp_path / "engines", _profile())
    with pytest.raises(EngineError) as refused:
        environment.ensure(lambda _: None)
    assert refused.value.reason == "vllm_not_on_index"
    assert not environment.ready
    _wheel(index, "engine_two")
    assert _has(environment.ensure(lambda _: None), "engine_two")


REWRITE = """
import sys
from pathlib import Path
source, target = map(Path, sys.argv[1:])
if b"broken" in source.read_bytes():
    sys.exit("ValueError: not a GGUF file")
target.mkdir()
(target / "config.json").write_text("{}")
(target / "model.safetensors").write_bytes(source.read_bytes())
"""


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    carried = tmp_path / "carried"
    carried.mkdir()
    models = []
    for name, content in (("tiny", b"weights"), ("bad", b"broken")):
        (carried / f"{name}.gguf").write_bytes(content)
        digest = __import__("hashlib").sha256(content).hexdigest()
        models.append(Model(name, name, "MIT", f"{name}.gguf", len(content), digest, ()))
    return ModelStore(tmp_path / "models", LocalFolder(carried), models)


@pytest.fixture
def weights(tmp_path: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> Weights:
    program = tmp_path / "rewrite.py"
    program.write_text(REWRITE)
    monkeypatch.setattr(weights_module, "REWRITE", program)
    return Weights(tmp_path / "models", store, hub=False)


def test_a_model_of_the_store_is_rewritten_once(weights: Weights, tmp_path: Path) -> None:
    told: list[str] = []
    folder = weights.folder("tiny", Path(sys.executable), told.append)
    assert folder == tmp_path / "models" / "tiny-bf16"
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert weights.folder("tiny", Path("/nowhere"), told.append) == folder
    assert told == ["stage_rewrite"]


def test_a_rewriting_that_fails_leaves_nothing_and_says_why(weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as refused:
        weights.folder("bad", Path(sys.executable), lambda _: None)
    assert refused.value.reason == "rewrite_failed"
    assert "not a GGUF file" in str(refused.value.details["said"])
    assert not list((tmp_path / "models").glob("bad-bf16*"))


def test_a_folder_is_looked_into_before_anything_starts(weights: Weights, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()

    def refused(*, dummy: bool = False) -> str:
        with pytest.raises(EngineError) as error:
            weights.folder(str(given), Path(sys.executable), lambda _: None, dummy=dummy)
        assert error.value.reason == "weights_incomplete"
        return str(error.value.details["file"])

    assert refused() == "config.json"
    (given / "config.json").write_text(json.dumps({}))
    assert refused() == "*.safetensors"
    assert weights.folder(str(given), Path(sys.executable), lambda _: None, dummy=True) == given
    (given / "model-00001-of-00002.safetensors").write_bytes(b"")
    assert weights.folder(str(given), Path(sys.executable), lambda _: None) == given


def test_a_hub_is_asked_only_where_somebody_said_so(weights: Weights) -> None:
    with pytest.raises(EngineError) as refused:
        weights.folder("Qwen/Qwen3-8B", Path(sys.executable), lambda _: None)
    assert refused.value.reason == "weights_absent"
