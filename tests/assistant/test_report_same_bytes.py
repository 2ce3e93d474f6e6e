"""The same report makes the same bytes, in whichever process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
MAKES = """
from hashlib import sha256
from assistant.report import docx, html, page, pdf
from tests.assistant.report_material import bare, hostile, report
for make in (report, bare, hostile):
    for language in ("ko", "en"):
        for form in (html, page, pdf, docx):
            made = form(make(), language)
            print(sha256(made.encode() if isinstance(made, str) else made).hexdigest())
"""


def made(seed: str, zone: str) -> list[str]:
    around = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
    run = subprocess.run(
        [sys.executable, "-c", MAKES], cwd=ROOT, env=around, capture_output=True, text=True, check=True
    )
    return run.stdout.split()


def test_two_processes_make_the_same_bytes() -> None:
    once, again = made("1", "Asia/Seoul"), made("2", "America/New_York")
    assert len(once) == 24
    assert once == again
