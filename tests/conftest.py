"""What tests share. Real models and browsers are for tests/e2e alone."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from retrieval.korean import Tokenizer
from tests.databases import empty_databases, rooms  # noqa: F401  fixtures
from tests.postgres import postgres, postgres_url  # noqa: F401  fixtures

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again would be a good part of a run's time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer(threads=1)


@pytest.fixture(scope="session")
def reference() -> Path:
    """Real files that nobody on the project wrote; tests that want them are skipped where they are not at hand."""
    if not REFERENCE.is_dir():
        pytest.skip(f"reference files are not at {REFERENCE}")
    return REFERENCE


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The developer's own settings and `.env` must not reach a unit test."""
    if request.node.get_closest_marker("e2e"):
        return
    for name in [name for name in os.environ if name.startswith("GILJABI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
