"""`giljabi engine start|status|stop` from outside, with a stand-in for vLLM."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from serving.engines.profile import load
from serving.engines.watchdog import free_port

pytestmark = pytest.mark.e2e

FAKE = Path(__file__).parents[1] / "serving" / "fake_vllm.py"


@dataclass
class Plant:
    """A home with a model folder, a profile, and a "Python with vLLM" that runs the stand-in whatever it is told."""

    home: Path
    profile: Path
    model: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "GILJABI_HOME": str(self.home),
            "GILJABI_VLLM_PYTHON": str(self.home / "python"),
        }
        command = [sys.executable, "-m", "ui.cli", "engine", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    model = tmp_path / "our-model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_bytes(b"")
    (model / "behaviour").write_text("serve")
    home = tmp_path / "home"
    home.mkdir()
    python = home / "python"
    python.write_text(f'#!/bin/sh\nshift 2\nexec {sys.executable} {FAKE} "$@"\n')
    python.chmod(0o755)
    profile = tmp_path / "plant.yaml"
    fields = load("cpu-trial").model_dump(exclude={"name"}) | {"model": str(model), "port": free_port()}
    profile.write_text(yaml.safe_dump(fields))
    made = Plant(home, profile, model)
    yield made
    made.run("stop")


def test_start_look_and_stop(plant: Plant) -> None:
    done = plant.run("start", "--profile", str(plant.profile))
    assert done.returncode == 0, done.stderr
    assert "답변 가능 · our-model" in done.stdout
    assert "GILJABI_ENGINE=vllm" in done.stdout
    assert "vLLM을 시작합니다" in done.stderr or "모델을 메모리에 올립니다" in done.stderr
    state = json.loads(plant.run("status", "--json").stdout)
    assert (state["phase"], state["model"], state["restarts"]) == ("ready", "our-model", 0)
    again = plant.run("start", "--profile", str(plant.profile), "--json")
    assert json.loads(again.stdout)["pid"] == state["pid"]
    other = plant.run("start", "--profile", "cpu-trial")
    assert other.returncode == 2
    assert "이미 plant 프로필로" in other.stderr
    assert json.loads(plant.run("stop", "--profile", "cpu-trial", "--json").stdout)["profile"] == "plant"  # it runs on
    assert plant.run("stop", "--profile", str(plant.profile)).returncode == 0
    assert plant.run("status").returncode == 1


def test_what_is_wrong_is_said_where_the_person_is(plant: Plant) -> None:
    (plant.model / "behaviour").write_text("RuntimeError: Found no NVIDIA driver on your system")
    done = plant.run("start", "--profile", str(plant.profile))
    assert done.returncode == 2
    assert "nvidia-smi" in done.stderr
    assert "Traceback" not in done.stderr
    assert plant.run("status").returncode == 1
    english = plant.run("start", "--profile", str(plant.profile), "--lang", "en")
    assert "No NVIDIA driver" in english.stderr


def test_mistakes_are_told_before_anything_starts(plant: Plant) -> None:
    for words, said in (
        (("start", "--profile", "nothing"), "‘nothing’ 프로필이 없습니다"),
        (("start",), "명령을 이해하지 못했습니다"),
    ):
        done = plant.run(*words)
        assert done.returncode == 2
        assert said in done.stderr
    (plant.model / "model.safetensors").unlink()
    done = plant.run("start", "--profile", str(plant.profile))
    assert done.returncode == 2
    assert "safetensors" in done.stderr
    (plant.home / "python").unlink()
    done = plant.run("prepare", "--profile", str(plant.profile))
    assert "GILJABI_VLLM_PYTHON" in done.stderr
