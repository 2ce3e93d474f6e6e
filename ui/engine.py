"""`giljabi engine`: vLLM for this home — start, look, check, stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from serving import text as serving_text
from serving.errors import EngineError
from serving.home import Home
from serving.settings import Settings
from ui import cli_text
from ui.bench import bench
from ui.plan import plan

if TYPE_CHECKING:
    from serving.engines.deployment import Deployment, State
    from serving.engines.profile import Profile

app = typer.Typer(no_args_is_help=True, help="대기업 LLM을 내는 vLLM 다루기 · vLLM, which serves the firm's model")
app.command()(bench)
app.command()(plan)

Json = Annotated[bool, typer.Option("--json", help="결과를 JSON 하나로 · one JSON object on stdout")]
Lang = Annotated[str | None, typer.Option("--lang", help="ko 또는 en · ko or en", metavar="ko|en")]
ProfileName = Annotated[
    str, typer.Option("--profile", help="one-gpu, cpu-trial 또는 YAML 파일 · or a YAML file", metavar="NAME|FILE")
]
OfProfile = Annotated[
    str | None, typer.Option("--profile", help="이 프로필만 · only if it runs with this profile", metavar="NAME|FILE")
]
POLL = 0.3  # seconds between two looks at what vLLM does
STOP_SECONDS = 40.0
MARGIN_SECONDS = 30.0


@app.command()
def prepare(profile: ProfileName, lang: Lang = None, as_json: Json = False) -> None:
    """vLLM의 환경과 모델을 미리 마련하기 · install vLLM and bring the model, without starting."""
    from serving.engines.profile import load

    settings = _settings(lang)
    python, folder = _prepare(settings, load(profile))
    if as_json:
        print(json.dumps({"python": str(python), "folder": str(folder)}))
    else:
        print(cli_text.say("engine_prepared", settings.lang, profile=profile))


@app.command()
def start(
    profile: ProfileName,
    foreground: Annotated[
        bool,
        typer.Option(
            "--foreground", help="끝날 때까지 붙어 있기(systemd, 컨테이너) · stay attached, for a service manager"
        ),
    ] = False,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """vLLM 시작하기 · start vLLM and wait until it answers."""
    from serving.engines.deployment import Deployment
    from serving.engines.profile import load

    settings = _settings(lang)
    chosen = load(profile)
    deployment = Deployment(Home(settings.home_path).engine)
    running = deployment.state()
    if running is not None and running.profile != chosen.name:
        raise EngineError("engine_runs_already", profile=running.profile)
    if running is None:
        if foreground:
            _keep(settings, chosen, deployment)
            return
        _prepare(settings, chosen)
        running = _detached(settings, profile, chosen, deployment)
    _show(running, settings, as_json)


@app.command()
def status(profile: OfProfile = None, lang: Lang = None, as_json: Json = False) -> None:
    """vLLM이 무엇을 하고 있는지 보기 · what vLLM is doing."""
    from serving.engines.deployment import Deployment

    settings = _settings(lang)
    state = _running(Deployment(Home(settings.home_path).engine), profile)
    _show(state, settings, as_json)
    if state is None or state.phase != "ready":
        raise typer.Exit(1)


@app.command()
def stop(profile: OfProfile = None, lang: Lang = None, as_json: Json = False) -> None:
    """vLLM 멈추기 · stop vLLM."""
    from serving.engines.deployment import Deployment

    settings = _settings(lang)
    deployment = Deployment(Home(settings.home_path).engine)
    if _running(deployment, profile) and not deployment.stop(STOP_SECONDS):
        raise EngineError("engine_will_not_stop", log=str(deployment.log))
    _show(None, settings, as_json)


@app.command()
def check(lang: Lang = None, as_json: Json = False) -> None:
    """연결한 엔진이 길잡이에 필요한 것을 다 하는지 점검 · whether the engine in use does all that Giljabi needs."""
    import asyncio

    from serving import build
    from serving.engines.acceptance import examine

    settings = _settings(lang)
    endpoint = build.endpoint_of(settings, Home(settings.home_path))
    findings = asyncio.run(examine(endpoint, salt=settings.llm_cache_salt))
    rows = [
        {"what": cli_text.say(f"accept_{one.what}", settings.lang), "ok": one.ok, "seen": one.seen,
         "mend": "" if one.ok else cli_text.say(f"accept_mend_{one.what}", settings.lang)}
        for one in findings
    ]  # fmt: skip
    if as_json:
        print(json.dumps({"checks": rows, "ok": all(row["ok"] for row in rows)}, ensure_ascii=False))
    for row in [] if as_json else rows:
        seen = f" ({row['seen']})" if row["seen"] else ""
        print(f"{'✓' if row['ok'] else '✗'} {row['what']}{seen}" + ("" if row["ok"] else f" → {row['mend']}"))
    if not all(row["ok"] for row in rows):
        raise typer.Exit(1)


def _running(deployment: Deployment, profile: str | None) -> State | None:
    """What runs, if it runs with that profile or none was named."""
    state = deployment.state()
    return state if state and (profile is None or state.profile == Path(profile).stem) else None


def _prepare(settings: Settings, profile: Profile) -> tuple[Path, Path]:
    """vLLM's Python and the model's folder, made where they are not there; what is done is told on standard error."""
    from serving.build import model_store
    from serving.engines.environment import Environment
    from serving.engines.weights import Weights

    home, told = Home(settings.home_path), _teller(settings)
    if settings.vllm_python:
        python = settings.vllm_python.expanduser()
        if not python.is_file():
            raise EngineError("vllm_python", path=str(python))
    else:
        python = Environment(home.environments, profile).ensure(told)
    weights = Weights(home.models, model_store(settings, home), hub=settings.model_source == "hub")
    return python, weights.folder(profile.model, python, told, dummy=profile.load_format == "dummy")


def _keep(settings: Settings, profile: Profile, deployment: Deployment) -> None:
    """Run vLLM and look after it until asked to end. Raises EngineError where it cannot be started."""
    from serving.engines.vllm import SERVER, VllmEngine

    python, folder = _prepare(settings, profile)
    if not deployment.take():
        raise EngineError("engine_runs_already", profile=profile.name)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    engine = VllmEngine(profile, folder, deployment, [str(python), "-P", str(SERVER)])
    try:
        engine.start()
        while not ending.wait(POLL) and engine.phase != "failed":
            pass
        if engine.phase == "failed":
            raise EngineError(engine.trouble, **engine.details)
    finally:
        engine.stop()
        deployment.leave()


def _detached(settings: Settings, named: str, profile: Profile, deployment: Deployment) -> State:
    """Start a process of its own that looks after vLLM, and wait until vLLM answers or is given up."""
    log = Home(settings.home_path).logs / "engine.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ui.cli", "engine", "start", "--foreground", "--profile", named]
    with log.open("wb") as said:
        keeper = subprocess.Popen(
            [*command, "--lang", settings.lang],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            env={**os.environ, "GILJABI_HOME": str(settings.home_path)},
        )
    told, deadline = _teller(settings), time.monotonic() + profile.start_seconds + MARGIN_SECONDS
    try:
        while keeper.poll() is None and time.monotonic() < deadline:
            state = deployment.state()
            if state is not None and state.phase == "ready":
                return state
            if state is not None and state.phase == "starting":
                told(state.stage)
            time.sleep(POLL)
    except KeyboardInterrupt:
        keeper.terminate()
        keeper.wait()
        raise
    if keeper.poll() is None:
        raise EngineError("engine_start_slow")
    raise _EndedError(log.read_text(encoding="utf-8").strip().splitlines()[-1:])


class _EndedError(EngineError):
    """The keeper said in one sentence why it ended: that sentence is what the person gets."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("said", said="".join(lines))


def _teller(settings: Settings) -> Callable[[str], None]:
    """Says each stage once, on standard error."""
    last = ""

    def told(stage: str) -> None:
        nonlocal last
        if stage != last:
            last = stage
            print(f"… {serving_text.sentence(stage, settings.lang, {})}", file=sys.stderr, flush=True)

    return told


def _show(state: State | None, settings: Settings, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_wire(state), ensure_ascii=False))
        return
    phase = serving_text.sentence(f"phase_{state.phase if state else 'stopped'}", settings.lang, {})
    if state is None:
        print(f"vLLM: {phase}")
        return
    print(f"vLLM: {phase} · {state.model} · {state.base_url} · {state.context:,} tokens")
    if state.restarts:
        print(cli_text.say("engine_restarts", settings.lang, restarts=state.restarts))
    if state.phase == "starting":
        print(f"… {serving_text.sentence(state.stage, settings.lang, {})}")
    if state.trouble:
        print(serving_text.sentence(state.trouble, settings.lang, state.details))
    if state.phase == "ready":
        print(cli_text.say("engine_use", settings.lang))


def _wire(state: State | None) -> dict[str, Any]:
    if state is None:
        return {"phase": "stopped"}
    keys = ("phase", "stage", "profile", "model", "base_url", "context", "restarts", "trouble", "pid")
    return {key: getattr(state, key) for key in keys}


def _settings(lang: str | None) -> Settings:
    return Settings(lang=lang) if lang else Settings()  # type: ignore[arg-type]  # pydantic checks it
