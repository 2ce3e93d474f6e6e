"""`giljabi engine`: vLLM for this home — start, look, check, stop."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from serving import text as serving_text
from serving.errors import EngineError
from serving.home import Home
from serving.settings import Settings
from ui import cli_text
from ui.bench import bench
from ui.options import Json, Lang, settings_in
from ui.plan import plan

if TYPE_CHECKING:
    from serving.engines.deployment import Deployment, State
    from serving.engines.keeper import Keeper
    from serving.engines.profile import Profile

app = typer.Typer(no_args_is_help=True, help="대기업 LLM을 내는 vLLM 다루기 · vLLM, which serves the firm's model")
app.command()(bench)
app.command()(plan)

ProfileName = Annotated[
    str, typer.Option("--profile", help="one-gpu, cpu-trial 또는 YAML 파일 · or a YAML file", metavar="NAME|FILE")
]
OfProfile = Annotated[
    str | None, typer.Option("--profile", help="이 프로필로 돌 때만 · only if it runs with it", metavar="NAME|FILE")
]
Foreground = Annotated[
    bool,
    typer.Option("--foreground", help="끝날 때까지 붙어 있기(systemd, 컨테이너) · stay, for a service manager"),
]
NOT_READY, FAULT = 1, 2
POLL = 0.3  # seconds between two looks at what vLLM does
STOP_SECONDS = 40.0


@app.command()
def prepare(profile: ProfileName, lang: Lang = None, as_json: Json = False) -> None:
    """vLLM의 환경과 모델을 미리 마련하기 · install vLLM and bring the model, without starting."""
    from serving.engines.profile import load

    settings = settings_in(lang)
    python, folder = _keeper(settings, load(profile)).prepare(_teller(settings))
    if as_json:
        print(json.dumps({"python": str(python), "folder": str(folder)}))
    else:
        print(cli_text.say("engine_prepared", settings.lang, profile=profile))


@app.command()
def start(profile: ProfileName, foreground: Foreground = False, lang: Lang = None, as_json: Json = False) -> None:
    """vLLM 시작하기 · start vLLM and wait until it answers."""
    from serving.engines.profile import load

    settings = settings_in(lang)
    chosen = load(profile)
    Home(settings.home_path).make()
    deployment = _deployment(settings)
    if foreground:
        _keeper(settings, chosen).run(deployment, _teller(settings))
        return
    with deployment.starting():
        running = deployment.state()
        if running is not None and running.digest != chosen.digest:
            raise EngineError("engine_runs_already", profile=running.profile)
        if running is None:
            _detached(settings, profile, deployment)
        _show(_ready(deployment, settings), settings, as_json)


@app.command()
def status(profile: OfProfile = None, lang: Lang = None, as_json: Json = False) -> None:
    """vLLM이 무엇을 하고 있는지 보기 · what vLLM is doing."""
    settings = settings_in(lang)
    state = _running(_deployment(settings), profile)
    _show(state, settings, as_json)
    if state is None or state.phase != "ready":
        raise typer.Exit(NOT_READY)


@app.command()
def stop(profile: OfProfile = None, lang: Lang = None, as_json: Json = False) -> None:
    """vLLM 멈추기 · stop vLLM."""
    settings = settings_in(lang)
    deployment = _deployment(settings)
    if (profile is None or _running(deployment, profile)) and not deployment.stop(STOP_SECONDS):
        raise EngineError("engine_will_not_stop", log=str(deployment.log))
    _show(deployment.state(), settings, as_json)


@app.command()
def check(lang: Lang = None, as_json: Json = False) -> None:
    """연결한 엔진이 길잡이에 필요한 것을 다 하는지 점검 · whether the engine in use does all that Giljabi needs."""
    import asyncio

    from serving import build
    from serving.engines.acceptance import examine

    settings = settings_in(lang)
    if settings.engine == "embedded":
        raise EngineError("check_embedded")
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
        raise typer.Exit(NOT_READY)


def _deployment(settings: Settings) -> Deployment:
    from serving.engines.deployment import Deployment

    return Deployment(Home(settings.home_path).engine)


def _keeper(settings: Settings, profile: Profile) -> Keeper:
    from serving.build import model_store
    from serving.engines.keeper import Keeper

    home = Home(settings.home_path)
    python = settings.vllm_python.expanduser().absolute() if settings.vllm_python else None
    return Keeper(home, model_store(settings, home), profile, python, hub=settings.model_source == "hub")


def _running(deployment: Deployment, profile: str | None) -> State | None:
    """What runs, if it runs with that profile or none was named."""
    state = deployment.state()
    return state if state and (profile is None or state.profile == Path(profile).stem) else None


def _detached(settings: Settings, profile: str, deployment: Deployment) -> None:
    """Start the keeper as a process of its own and show what it says, until vLLM answers or it has ended."""
    log = Home(settings.home_path).engine / "start.log"
    command = [sys.executable, "-m", "ui.cli", "engine", "start", "--foreground", "--profile", profile]
    with log.open("wb") as said, log.open("rb") as heard:
        keeper = subprocess.Popen(
            [*command, "--lang", settings.lang],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            env={**os.environ, "GILJABI_HOME": str(settings.home_path)},
        )
        with _ended_with_us(keeper):
            while keeper.poll() is None:
                state = deployment.state()
                _pass_on(heard)
                if state is not None and state.keeper.pid == keeper.pid and state.phase == "ready":
                    return
                time.sleep(POLL)
        _pass_on(heard)
        if keeper.returncode == FAULT:  # it has said why
            raise typer.Exit(FAULT)
        raise EngineError("engine_stopped_starting", log=str(deployment.log))


@contextlib.contextmanager
def _ended_with_us(keeper: subprocess.Popen[bytes]) -> Iterator[None]:
    """A start that is broken off starts nothing."""
    try:
        yield
    except KeyboardInterrupt:
        keeper.terminate()
        keeper.wait()
        raise


def _pass_on(heard: BinaryIO) -> None:
    """What the keeper has said since, on standard error."""
    sys.stderr.buffer.write(heard.read())
    sys.stderr.flush()


def _ready(deployment: Deployment, settings: Settings) -> State:
    """What runs, once it answers. Raises EngineError where it ends before."""
    told = _teller(settings)
    while (state := deployment.state()) is not None:
        if state.phase == "ready":
            return state
        told(state.stage)
        time.sleep(POLL)
    raise EngineError("engine_stopped_starting", log=str(deployment.log))


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
    print(f"vLLM: {phase} · {state.model} · {state.base_url} · {state.context:,} tokens · {state.profile}")
    if state.restarts:
        print(cli_text.say("engine_restarts", settings.lang, restarts=state.restarts))
    if state.phase == "starting":
        print(f"… {serving_text.sentence(state.stage, settings.lang, {})}")
    if state.trouble:
        print(serving_text.sentence(state.trouble, settings.lang, state.details))
    if state.phase == "ready" and settings.engine != "vllm":
        print(cli_text.say("engine_use", settings.lang))


def _wire(state: State | None) -> dict[str, Any]:
    if state is None:
        return {"phase": "stopped"}
    keys = ("phase", "stage", "profile", "model", "base_url", "context", "restarts", "trouble", "pid")
    return {key: getattr(state, key) for key in keys}
