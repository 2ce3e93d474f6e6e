"""The process that looks after vLLM: it brings what is missing, starts vLLM, and stays with it until asked to end."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from serving.engines.deployment import Deployment, state_of
from serving.engines.environment import Environment, Told
from serving.engines.profile import Profile
from serving.engines.vllm import SERVER, VllmEngine
from serving.engines.weights import Weights
from serving.errors import EngineError
from serving.home import Home
from serving.models import ModelStore

POLL = 0.2


class Keeper:
    """Runs vLLM after a profile. `python` is one that has vLLM; None has an environment of its own made for it."""

    def __init__(self, home: Home, models: ModelStore, profile: Profile, python: Path | None, *, hub: bool) -> None:
        home.make()
        self._home = home
        self._profile = profile
        self._given = python
        self._weights = Weights(home.models, models, hub=hub)
        self._environment = Environment(home.environments, profile)

    def prepare(self, told: Told) -> tuple[Path, Path]:
        """vLLM's Python and the model's folder, made where they are not there: minutes and gigabytes the first time.

        Raises EngineError saying what is missing; a model that cannot be had is said before anything is installed.
        """
        self._weights.check(self._profile.model)
        if self._given is None:
            python = self._environment.ensure(told)
        elif self._given.is_file():
            python = self._given
        else:
            raise EngineError("vllm_python", path=str(self._given))
        dummy = self._profile.load_format == "dummy"
        return python, self._weights.folder(self._profile.model, python, told, dummy=dummy)

    def run(self, deployment: Deployment, told: Told) -> None:
        """Prepares and runs vLLM until a signal asks to end. For the main thread of a process of its own.

        Raises EngineError where it cannot be started, or another process runs one for this home.
        """
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        if not deployment.take():
            running = deployment.state()
            raise EngineError("engine_runs_already", profile=running.profile if running else "?")
        try:
            deployment.write(state_of(self._profile, "starting", "stage_starting"))
            python, folder = self.prepare(self._noting(deployment, told))
            self._look_after(VllmEngine(self._profile, folder, deployment, [str(python), "-P", str(SERVER)]), told)
        except KeyboardInterrupt:
            return
        finally:
            deployment.leave()

    def _look_after(self, engine: VllmEngine, told: Told) -> None:
        try:
            engine.start()
            while engine.phase != "failed":
                if engine.phase == "starting":
                    told(engine.stage)
                time.sleep(POLL)
            raise EngineError(engine.trouble, **engine.details)
        finally:
            engine.stop()

    def _noting(self, deployment: Deployment, told: Told) -> Told:
        def noted(stage: str) -> None:
            told(stage)
            deployment.write(state_of(self._profile, "starting", stage))

        return noted
