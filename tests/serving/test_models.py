"""The model store, against a package index made of handmade wheels."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from serving.errors import BrokenModelError, ModelError
from serving.models import CATALOGUE, ModelStore
from serving.sources import Hub, LocalFolder, Model, Report, Wheel, WheelIndex, _bytes_had

PARTS = (b"first " * 3000, b"second " * 3000, b"third")
WHOLE = b"".join(PARTS)


def _model(content: bytes = WHOLE, name: str = "tiny") -> Model:
    return Model(
        name=name,
        title="Tiny",
        licence="MIT",
        file="tiny.gguf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        wheels=tuple(Wheel(f"tiny-part{n}", "1.0", f"tiny_part{n}/data/part{n:02}.bin") for n in (1, 2, 3)),
    )


def _wheel(index: Path, number: int, data: bytes) -> None:
    name = f"tiny_part{number}"
    with zipfile.ZipFile(index / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        wheel.writestr(f"{name}/data/part{number:02}.bin", data)
        wheel.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n"
        )
        wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    for number, data in enumerate(PARTS, 1):
        _wheel(folder, number, data)
    return folder


def _offline(index: Path) -> tuple[str, ...]:
    return ("--isolated", "--no-index", "--find-links", str(index))


def _store(root: Path, index: Path) -> ModelStore:
    return ModelStore(root, WheelIndex(_offline(index)), (_model(),))


class _Given:
    """A source that hands over these bytes."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.calls = 0

    def bring(self, model: Model, workspace: Path, joined: Path, report: Report) -> None:
        self.calls += 1
        joined.write_bytes(self.content)
        report(len(self.content))


def test_parts_are_joined_checked_and_put_in_place(tmp_path: Path, index: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    path = _store(tmp_path / "models", index).ensure("tiny", lambda *step: seen.append(step))
    assert path == tmp_path / "models/tiny/tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert seen[0] == (0, len(WHOLE), "tiny")
    assert seen[-1] == (len(WHOLE), len(WHOLE), "tiny")
    assert all(done <= total for done, total, _ in seen)
    assert list((tmp_path / "models/.partial").iterdir()) == []


def test_a_model_that_is_here_is_not_fetched_again(tmp_path: Path) -> None:
    source = _Given(WHOLE)
    store = ModelStore(tmp_path, source, (_model(),))
    assert store.ensure("tiny") == store.ensure("tiny")
    assert source.calls == 1


@pytest.mark.proof
def test_a_fetch_goes_on_with_the_parts_that_are_missing(tmp_path: Path, index: Path) -> None:
    (index / "tiny_part3-1.0-py3-none-any.whl").unlink()
    store = ModelStore(tmp_path / "models", WheelIndex(_offline(index), at_once=1), (_model(),))
    with pytest.raises(ModelError) as refused:
        store.ensure("tiny")
    assert refused.value.reason == "not_on_index"
    assert store.list()[0].state == "partial"
    for wheel in index.iterdir():
        wheel.unlink()
    _wheel(index, 3, PARTS[2])
    assert store.ensure("tiny").read_bytes() == WHOLE


KILLED = """
import os, signal, sys
from pathlib import Path
from serving.models import ModelStore
from serving.sources import WheelIndex
sys.path.insert(0, {tests!r})
from test_models import PARTS, _model, _offline

def die(done, total, name):
    if done >= len(PARTS[0]):
        os.kill(os.getpid(), signal.SIGKILL)

root, index = map(Path, sys.argv[1:])
ModelStore(root, WheelIndex(_offline(index), at_once=1), (_model(),)).ensure("tiny", die)
"""


def test_a_part_cleared_away_while_it_is_measured_counts_as_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "01").write_bytes(b"done")
    (tmp_path / "02.fetching").mkdir()
    listing = os.scandir

    def cleared(folder: Path) -> object:
        if Path(folder).suffix == ".fetching":
            Path(folder).rmdir()
        return listing(folder)

    monkeypatch.setattr(os, "scandir", cleared)
    assert sum(_bytes_had(tmp_path, 10)) == len(b"done")


@pytest.mark.proof
def test_a_killed_fetch_goes_on_and_fetches_half_a_part_again(tmp_path: Path, index: Path) -> None:
    root = tmp_path / "models"
    program = KILLED.format(tests=str(Path(__file__).parent))
    code = subprocess.run(
        [sys.executable, "-c", program, str(root), str(index)], cwd=Path.cwd(), check=False
    ).returncode
    assert code == -signal.SIGKILL
    parts = root / ".partial/tiny/parts"
    assert (parts / "01").read_bytes() == PARTS[0]
    (parts / "03-x.fetching").mkdir(exist_ok=True)
    (parts / "03-x.fetching/data").write_bytes(b"thi")
    (index / "tiny_part1-1.0-py3-none-any.whl").unlink()
    assert _store(root, index).ensure("tiny").read_bytes() == WHOLE


def test_a_wrong_hash_is_said_and_the_file_thrown_away(tmp_path: Path) -> None:
    source = _Given(WHOLE.replace(b"third", b"THIRD"))
    store = ModelStore(tmp_path, source, (_model(),))
    with pytest.raises(BrokenModelError) as refused:
        store.ensure("tiny")
    assert refused.value.reason == "wrong_hash"
    assert store.list()[0].state == "absent"
    source.content = WHOLE
    assert store.ensure("tiny").read_bytes() == WHOLE


def test_a_wheel_without_the_file_is_broken(tmp_path: Path, index: Path) -> None:
    with zipfile.ZipFile(index / "tiny_part2-1.0-py3-none-any.whl") as wheel:
        names = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith(".bin")}
    with zipfile.ZipFile(index / "tiny_part2-1.0-py3-none-any.whl", "w") as wheel:
        for name, data in names.items():
            wheel.writestr(name, data)
    with pytest.raises(BrokenModelError) as refused:
        _store(tmp_path / "models", index).ensure("tiny")
    assert refused.value.reason == "broken_wheel"


@pytest.mark.proof
def test_a_wheel_that_unpacks_to_more_than_the_model_is_refused(tmp_path: Path, index: Path) -> None:
    _wheel(index, 2, WHOLE + b"and more")
    with pytest.raises(BrokenModelError) as refused:
        _store(tmp_path / "models", index).ensure("tiny")
    assert refused.value.reason == "broken_wheel"


def test_no_network_is_said_as_that(tmp_path: Path) -> None:
    dead = ("--isolated", "--index-url", "http://127.0.0.1:9/simple", "--retries", "1")
    store = ModelStore(tmp_path, WheelIndex(dead, attempts=1), (_model(),))
    with pytest.raises(ModelError) as refused:
        store.ensure("tiny")
    assert refused.value.reason == "source_unreachable"


def test_no_room_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(100, 0, 2 * len(WHOLE) - 1))
    source = _Given(WHOLE)
    with pytest.raises(ModelError) as refused:
        ModelStore(tmp_path, source, (_model(),)).ensure("tiny")
    assert refused.value.reason == "no_room"
    assert refused.value.details["needed"] == 2 * len(WHOLE)
    assert source.calls == 0


def test_a_full_disk_is_said_as_that(tmp_path: Path) -> None:
    class Full:
        def bring(self, model: Model, workspace: Path, joined: Path, report: Report) -> None:
            LocalFolder(tmp_path / "carried").bring(model, workspace, Path("/dev/full"), report)

    (tmp_path / "carried").mkdir()
    (tmp_path / "carried/tiny.gguf").write_bytes(WHOLE)
    with pytest.raises(ModelError) as refused:
        ModelStore(tmp_path / "models", Full(), (_model(),)).ensure("tiny")
    assert refused.value.reason == "model_disk_full"


def test_a_local_folder_is_copied_and_checked(tmp_path: Path) -> None:
    carried = tmp_path / "carried"
    carried.mkdir()
    store = ModelStore(tmp_path / "models", LocalFolder(carried), (_model(),))
    with pytest.raises(ModelError) as refused:
        store.ensure("tiny")
    assert refused.value.reason == "source_lacks_model"
    (carried / "tiny.gguf").write_bytes(WHOLE)
    assert store.ensure("tiny").read_bytes() == WHOLE
    assert (carried / "tiny.gguf").exists()


def test_a_hub_is_asked_only_for_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        ModelStore(tmp_path, Hub(), (_model(),)).ensure("tiny")
    assert refused.value.reason == "source_lacks_model"


def test_verify_reads_the_files_again(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, _Given(WHOLE), (_model(),))
    with pytest.raises(ModelError) as refused:
        store.verify("tiny")
    assert refused.value.reason == "model_absent"
    path = store.ensure("tiny")
    store.verify("tiny")
    path.write_bytes(WHOLE.replace(b"third", b"THIRD"))
    with pytest.raises(BrokenModelError) as broken:
        store.verify("tiny")
    assert broken.value.details["files"] == ["tiny.gguf"]
    assert store.list()[0].state == "absent"


def test_a_file_cut_short_is_fetched_again(tmp_path: Path) -> None:
    source = _Given(WHOLE)
    store = ModelStore(tmp_path, source, (_model(),))
    store.ensure("tiny").write_bytes(WHOLE[:-1])
    assert store.ensure("tiny").read_bytes() == WHOLE
    assert source.calls == 2


def test_another_edition_of_the_model_replaces_the_old_one(tmp_path: Path) -> None:
    ModelStore(tmp_path, _Given(WHOLE), (_model(),)).ensure("tiny")
    store = ModelStore(tmp_path, _Given(b"new"), (_model(b"new"),))
    assert store.list()[0].state == "absent"
    assert store.ensure("tiny").read_bytes() == b"new"


def test_all_of_them_with_one_progress(tmp_path: Path) -> None:
    catalogue = (_model(name="one"), _model(name="two"))
    seen: list[tuple[int, int, str]] = []
    paths = ModelStore(tmp_path, _Given(WHOLE), catalogue).fetch_all(("one", "two"), lambda *step: seen.append(step))
    assert sorted(paths) == ["one", "two"]
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1] == (2 * len(WHOLE), 2 * len(WHOLE), "two")


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        _store(tmp_path, tmp_path).ensure("gpt")
    assert refused.value.details == {"model": "gpt", "known": ["tiny"]}


def test_the_catalogue_is_whole() -> None:
    assert [model.name for model in CATALOGUE] == ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "e5-small"]
    for model in CATALOGUE:
        assert len(model.sha256) == 64
        assert model.wheels
        assert model.licence in ("Apache-2.0", "MIT")


def test_the_marker_says_what_the_model_is(tmp_path: Path) -> None:
    ModelStore(tmp_path, _Given(WHOLE), (_model(),)).ensure("tiny")
    marker = json.loads((tmp_path / "tiny/model.json").read_text())
    assert marker["files"] == {"tiny.gguf": [len(WHOLE), _model().sha256]}
