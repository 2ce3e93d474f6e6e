"""`giljabi doctor`: what this installation lacks, and the command that mends it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from typing import Any

import httpx

from serving.errors import EngineError
from serving.home import Home
from serving.settings import Settings
from ui.cli_text import say

ENOUGH_DISK = 4_000_000_000
REACH_SECONDS = 3.0


def examine(settings: Settings) -> list[dict[str, Any]]:
    """Checks in the order to mend them: {"what", "ok", "mend"}."""
    from serving.build import model_store, needed_models

    language, home = settings.lang, Home(settings.home_path)
    folder = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    checks: list[tuple[str, bool, dict[str, object]]] = [
        ("python", sys.version_info[:2] == (3, 11), {}),
        ("home", os.access(folder, os.W_OK), {"path": home.root}),
        ("disk", free >= ENOUGH_DISK, {"free_gb": round(free / 1e9, 1)}),
    ]
    needed = needed_models(settings)
    for state in model_store(settings, home).list():
        if state.model.name in needed:
            checks.append(("model", state.state == "ready", {"name": state.model.name}))
    if settings.engine != "embedded":
        checks.append(("llm", _reached(settings, home), {"engine": settings.engine}))
    server = home.server()
    if server:
        checks.append(("engine", _ready(server.url), {}))
    return [
        {
            "what": say(f"check_{name}", language, **details),
            "ok": ok,
            "mend": "" if ok else say(f"mend_{name}", language),
        }
        for name, ok, details in checks
    ]


def _reached(settings: Settings, home: Home) -> bool:
    """Whether the engine that runs by itself answers where the settings say."""
    from serving.build import endpoint_of
    from serving.engines.chat import Probe

    try:
        endpoint = endpoint_of(settings, home)
    except EngineError:
        return False
    return asyncio.run(Probe().alive(endpoint, REACH_SECONDS))


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=3.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
