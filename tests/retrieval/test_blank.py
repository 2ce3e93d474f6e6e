"""No file of an index holds what the process had in memory before: another company's text, for one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof
PROGRAM = """
import sys
from pathlib import Path

import numpy as np

from retrieval.vectors import VectorIndex

for number in range(20):
    freed = [b"another company's text" * n for n in list(range(1, 400)) * 40]
    del freed
    index = VectorIndex(Path(sys.argv[1]) / str(number), "words/64")
    index.update([([f"{number}-{i}" for i in range(3)], np.ones((3, 64), np.float32))], [], "1")
    index.close()
"""


def test_an_index_does_not_hold_what_was_in_memory(tmp_path: Path) -> None:
    """Without the remedy, one to three of twelve small indexes did."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 100
    assert [path for path in files if b"another company's text" in path.read_bytes()] == []
