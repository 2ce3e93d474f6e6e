"""vLLM kept alive, with a stand-in for vLLM; what its last words mean; the guard in front of it."""

from __future__ import annotations

import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from serving import build, text
from serving.engines.deployment import Deployment, Process, state_of
from serving.engines.profile import Profile, load
from serving.engines.trouble import SIGNS, cause
from serving.engines.vllm import VllmEngine
from serving.engines.vllm_server import Guard, Scope
from serving.engines.watchdog import Patience, free_port
from serving.errors import EngineError
from serving.home import Home
from serving.settings import Settings

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

FAKE = Path(__file__).with_name("fake_vllm.py")
QUICK = Patience(silence=2.0, start=20.0, end=2.0, first_pause=0.05)


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    path.mkdir()
    (path / "behaviour").write_text("serve")
    return path


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    made = Deployment(tmp_path / "engine")
    assert made.take()
    yield made
    made.leave()


@pytest.fixture
def engine(folder: Path, deployment: Deployment) -> Iterator[VllmEngine]:
    profile = load("cpu-trial").model_copy(update={"port": free_port()})
    made = VllmEngine(profile, folder, deployment, [sys.executable, str(FAKE)], QUICK)
    yield made
    made.stop()


def _state_of(deployment: Deployment) -> str:
    state = Deployment(deployment.log.parent).state()  # as another process sees it
    return state.phase if state else "none"


def test_started_it_is_known_to_others_and_stopped_it_is_gone(engine: VllmEngine, deployment: Deployment) -> None:
    engine.start()
    _until(lambda: _state_of(deployment) == "ready")
    found = Deployment(deployment.log.parent).endpoint()
    assert found == engine.endpoint
    assert found.api_key == deployment.key()
    assert found.context == 4096
    engine.stop()
    deployment.leave()
    assert Deployment(deployment.log.parent).endpoint() is None


def test_the_key_is_secret(engine: VllmEngine, deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GILJABI_LLM_KEY", "ours")
    monkeypatch.setenv("VLLM_LOGGING_LEVEL", "DEBUG")
    monkeypatch.setenv("VLLM_DEBUG_DUMP_PATH", "/somewhere")
    monkeypatch.setenv("VLLM_CPU_OMP_THREADS_BIND", "0")
    engine.start()
    _until(lambda: engine.phase == "ready")
    state = deployment.log.parent / "key"
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert stat.S_IMODE(deployment.log.parent.stat().st_mode) == 0o700
    log = deployment.log.read_text()
    assert "the key is ***" in log
    assert deployment.key() not in log
    pid = Deployment(deployment.log.parent).state().pid  # type: ignore[union-attr]
    assert deployment.key() not in Path(f"/proc/{pid}/cmdline").read_text()
    environment = httpx.get(engine.endpoint.base_url.replace("/v1", "/environment")).text
    assert "GILJABI" not in environment
    assert "'VLLM_LOGGING_LEVEL': 'INFO'" in environment
    assert "DUMP" not in environment
    assert "'VLLM_CPU_OMP_THREADS_BIND': '0'" in environment


def test_one_that_falls_is_started_again(engine: VllmEngine, deployment: Deployment) -> None:
    engine.start()
    _until(lambda: engine.phase == "ready")
    with suppress(httpx.HTTPError):
        httpx.post(engine.endpoint.base_url, timeout=1)
    _until(lambda: Deployment(deployment.log.parent).state().restarts == 1 and engine.phase == "ready")  # type: ignore[union-attr]
    assert engine.trouble == ""


@pytest.mark.proof
def test_one_that_ran_before_is_never_given_up(engine: VllmEngine, deployment: Deployment, folder: Path) -> None:
    engine.start()
    _until(lambda: engine.phase == "ready")
    (folder / "behaviour").write_text("torch.OutOfMemoryError: CUDA out of memory")
    with suppress(httpx.HTTPError):
        httpx.post(engine.endpoint.base_url, timeout=1)
    _until(lambda: Deployment(deployment.log.parent).state().restarts >= 4)  # type: ignore[union-attr]
    assert engine.phase == "restarting"
    assert engine.trouble == "trouble_gpu_memory"
    (folder / "behaviour").write_text("serve")
    _until(lambda: engine.phase == "ready")
    assert engine.trouble == ""


@pytest.mark.parametrize(
    ("said", "reason", "setting"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate", "trouble_gpu_memory", "max_num_seqs"),
        ("RuntimeError: Found no NVIDIA driver on your system.", "trouble_driver", "cpu-trial"),
        (
            "ValueError: To serve at least one request with the model's max seq len (8192)",
            "trouble_kv_cache",
            "context",
        ),
        ("Free memory on device cuda:0 is less than desired GPU memory utilization", "trouble_gpu_busy", "gpu_memory"),
        ("huggingface_hub.errors.LocalEntryNotFoundError: Cannot find", "trouble_files", "/model"),
        ("api_server.py: error: unrecognized arguments: --block-size", "trouble_flags", "packages"),
    ],
)
def test_a_first_start_that_cannot_work_is_given_up_and_explained(
    engine: VllmEngine, folder: Path, said: str, reason: str, setting: str
) -> None:
    (folder / "behaviour").write_text(said)
    engine.start()
    _until(lambda: engine.phase == "failed")
    assert engine.trouble == reason
    for language in ("ko", "en"):
        assert setting in text.sentence(reason, language, engine.details)  # type: ignore[arg-type]


@pytest.mark.proof
def test_a_riddle_is_tried_three_times(engine: VllmEngine, deployment: Deployment, folder: Path) -> None:
    (folder / "behaviour").write_text("RuntimeError: something nobody has seen")
    engine.start()
    _until(lambda: engine.phase == "failed")
    assert engine.trouble == "trouble_unknown"
    assert deployment.log.read_text().count("nobody has seen") == 3


def test_a_taken_port_is_said_before_anything_starts(engine: VllmEngine, deployment: Deployment) -> None:
    engine.start()
    _until(lambda: engine.phase == "ready")
    profile = load("cpu-trial").model_copy(update={"port": engine.details["port"]})
    second = VllmEngine(profile, deployment.log.parent, deployment, [sys.executable, str(FAKE)], QUICK)
    with pytest.raises(EngineError) as refused:
        second.start()
    assert refused.value.reason == "trouble_port"
    second.stop()


@pytest.mark.proof
def test_one_that_is_never_ready_is_said_to_be_slow(folder: Path, deployment: Deployment) -> None:
    sleeper = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    profile = load("cpu-trial").model_copy(update={"port": free_port()})
    engine = VllmEngine(profile, folder, deployment, sleeper, Patience(start=0.5, end=1.0, first_pause=0.05))
    engine.start()
    _until(lambda: engine.phase == "failed")
    assert engine.trouble == "trouble_slow"
    assert "start_seconds" in text.sentence(engine.trouble, "ko", engine.details)
    engine.stop()


def test_a_full_disk_does_not_end_the_watch(
    engine: VllmEngine, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.start()
    _until(lambda: engine.phase == "ready")
    with monkeypatch.context() as full:
        full.setattr(Deployment, "write", _no_room)
        with suppress(httpx.HTTPError):
            httpx.post(engine.endpoint.base_url, timeout=1)
        _until(lambda: engine.phase == "restarting")
    _until(lambda: engine.phase == "ready")
    _until(lambda: _state_of(deployment) != "restarting")  # written once the phase has changed
    assert _state_of(deployment) == "ready"


def _no_room(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_stranger_with_the_number_of_a_killed_keeper_is_left_alone(
    deployment: Deployment, engine: VllmEngine
) -> None:
    engine.start()
    _until(lambda: engine.phase == "ready")
    looking = Deployment(deployment.log.parent)
    state = looking.state()
    assert state is not None
    deployment.write(replace(state, keeper=Process(state.keeper.pid, state.keeper.started + 1)))
    assert looking.state() is None
    assert looking.endpoint() is None


def test_whoever_takes_over_forgets_what_a_killed_one_left(deployment: Deployment, engine: VllmEngine) -> None:
    engine.start()
    _until(lambda: engine.phase == "ready")
    left = (deployment.log.parent / "state.json").read_bytes()
    engine.stop()
    deployment.leave()
    (deployment.log.parent / "state.json").write_bytes(left)
    assert deployment.take()
    assert Deployment(deployment.log.parent).state() is None


def test_one_start_at_a_time(deployment: Deployment) -> None:
    with deployment.starting(), pytest.raises(EngineError) as refused, Deployment(deployment.log.parent).starting():
        pass
    assert refused.value.reason == "engine_starts_already"


def test_one_process_looks_after_it(deployment: Deployment) -> None:
    assert not Deployment(deployment.log.parent).take()


def test_every_trouble_has_its_sentence() -> None:
    assert {reason for reason, _ in SIGNS} | {"trouble_killed", "trouble_unknown"} <= set(text.SENTENCES)


def test_the_system_s_kill_is_told_from_an_end() -> None:
    assert cause(["loading"], -9) == "trouble_killed"
    assert cause(["loading"], 1) == "trouble_unknown"
    assert cause(["CUDA out of memory", "Address already in use"], -9) == "trouble_port"
    warned = "WARNING Failed to import from vllm._C: ModuleNotFoundError(\"No module named 'vllm._C'\")"
    assert cause([warned, "torch.OutOfMemoryError: CUDA out of memory"], 1) == "trouble_gpu_memory"
    assert cause(["ModuleNotFoundError: No module named 'vllm'"], 1) == "trouble_environment"


async def _asked(path: str, key: str | None, kind: str = "http", headers: tuple[tuple[bytes, bytes], ...] = ()) -> int:
    """The status the guard lets through (200) or answers itself."""
    seen: list[int] = []

    async def app(scope: Scope, receive: object, send: Callable) -> None:  # type: ignore[type-arg]
        await send({"type": "http.response.start", "status": 200})

    async def send(message: dict) -> None:  # type: ignore[type-arg]
        if "status" in message or "code" in message:
            seen.append(message.get("status") or message["code"])

    given = [(b"authorization", f"Bearer {key}".encode())] if key is not None else []
    await Guard(app)({"type": kind, "path": path, "headers": [*given, *headers]}, None, send)  # type: ignore[arg-type]
    return seen[0]


async def test_the_guard_asks_for_the_key_everywhere_but_for_health(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_API_KEY", "right")
    for path in ("/v1/models", "/invocations", "/tokenize", "/metrics", "/docs", "/v1/../health", "/health/x", "//v1"):
        assert await _asked(path, None) == 401
        assert await _asked(path, "wrong") == 401
        assert await _asked(path, "") == 401
        assert await _asked(path, "right") == 200
    assert await _asked("/health", None) == 200
    assert await _asked("/ws", None, kind="websocket") == 1008
    # A forged Host, which had older servers skip the key (CVE-2026-48746), is not looked at; two keys are one too many.
    assert await _asked("/v1/models", None, headers=((b"host", b"x/health?"),)) == 401
    assert await _asked("/v1/models", "right", headers=((b"authorization", b"Bearer other"),)) == 401


async def test_a_guard_without_a_key_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VLLM_API_KEY", raising=False)
    assert await _asked("/v1/models", "") == 401
    assert await _asked("/v1/models", None) == 401


def test_profiles_that_come_along_are_sound() -> None:
    for name in ("one-gpu", "cpu-trial"):
        flags = load(name).flags("/model")
        for wanted in ("--enable-prefix-caching", "--enable-chunked-prefill", "--no-enable-log-requests"):
            assert wanted in flags
        for wanted in ("--disable-uvicorn-access-log", "--no-enable-log-outputs", "--no-trust-remote-code"):
            assert wanted in flags
        assert "--api-key" not in flags
        assert flags[flags.index("--host") + 1] == "127.0.0.1"


def _profile(**fields: object) -> Profile:
    return Profile.model_validate({**load("cpu-trial").model_dump(), **fields})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "8.8.8.8", "example.com", "", "::ffff:0.0.0.0"])
def test_a_public_address_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="host"):
        _profile(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.7", "::1"])
def test_a_private_address_is_taken(host: str) -> None:
    assert _profile(host=host).origin.startswith("http://")


def test_a_profile_of_one_s_own(tmp_path: Path) -> None:
    own = tmp_path / "plant.yaml"
    own.write_text((load.__globals__["FOLDER"] / "one-gpu.yaml").read_text().replace("8192", "4096"))
    assert (load(str(own)).name, load(str(own)).context) == ("plant", 4096)
    own.write_text("device: gpu\nmodell: x\n")
    with pytest.raises(EngineError) as refused:
        load(str(own))
    assert refused.value.reason == "profile_wrong"
    assert "modell" in str(refused.value.details["fields"])
    for broken in ("[", "- a", "\xff"):
        own.write_bytes(broken.encode("latin-1"))
        with pytest.raises(EngineError) as refused:
            load(str(own))
        assert refused.value.reason == "profile_unreadable"
    with pytest.raises(EngineError) as refused:
        load("two-gpus")
    assert "cpu-trial, one-gpu" in text.sentence(refused.value.reason, "ko", refused.value.details)


def test_giljabi_can_be_opened_while_the_model_is_still_being_brought(tmp_path: Path) -> None:
    home, settings = Home(tmp_path), Settings(home=tmp_path, engine="vllm")
    deployment = Deployment(home.engine)
    assert deployment.take()
    deployment.write(state_of(load("cpu-trial"), "starting", "stage_environment"))
    made = build._engines(settings, home, build.model_store(settings, home)).usual
    assert made.endpoint.base_url == "http://127.0.0.1:8000/v1"
    assert made.of("a").budget.count("사출성형기") == 5
    deployment.leave()
