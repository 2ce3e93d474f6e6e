"""`giljabi backup`, `restore` and `company delete` as an operator types them, with no server running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e
PHRASE = "네 낱말을 이어 쓴 긴 암호"


def run(home: Path, *words: str, said: str = "", phrase: str = PHRASE) -> subprocess.CompletedProcess[str]:
    settings = {"GILJABI_HOME": str(home), "GILJABI_BACKUP_PASSPHRASE": phrase}
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *words], env={**os.environ, **settings}, input=said, capture_output=True,
        text=True, check=False, cwd=home.parent,
    )  # fmt: skip


def told(done: subprocess.CompletedProcess[str], status: int = 0) -> Any:
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def test_an_operator_backs_up_deletes_and_restores(tmp_path: Path) -> None:
    home, file, only = tmp_path / "home", tmp_path / "all.giljabi", tmp_path / "one.giljabi"
    company = told(run(home, "company", "add", "한빛정밀", "--json"))["company_id"]
    key = told(run(home, "key", "create", "--company", company, "--role", "admin", "--json"))["key_id"]

    made = told(run(home, "backup", str(file), "--json"))
    assert (made["file"], made["bytes"], made["damaged"]) == (str(file), file.stat().st_size, 0)
    assert file.stat().st_mode & 0o777 == 0o600
    again = run(home, "backup", str(file))
    assert (again.returncode, again.stdout) == (2, "")
    assert "이미 있습니다" in again.stderr
    phrases = tmp_path / "phrase"
    phrases.write_text(f"{PHRASE}\n", encoding="utf-8")
    told(
        run(home, "backup", str(only), "--company", "한빛정밀", "--passphrase-file", str(phrases), "--json", phrase="")
    )
    weak = run(home, "backup", str(tmp_path / "weak"), phrase="짧다")
    assert (weak.returncode, (tmp_path / "weak").exists()) == (2, False)

    refused = run(home, "company", "delete", "한빛정밀", said="local\n")
    assert (refused.returncode, "지운 것은 없습니다" in refused.stderr) == (2, True)
    assert company in run(home, "company", "list").stdout
    receipt = told(run(home, "company", "delete", "한빛정밀", "--json", said=f"{company}\n"))
    assert receipt["proved"]
    assert len(receipt["backups"]) == 2
    assert company not in run(home, "company", "list").stdout

    wrong = run(home, "restore", str(only), phrase="다른 낱말을 이은 긴 암호")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert "백업 암호가 맞지 않습니다" in wrong.stderr
    assert told(run(home, "restore", str(only), "--json"))["companies"] == [company]
    assert key in run(home, "key", "list", "--company", company).stdout
    assert "이미 있습니다" in run(home, "restore", str(only)).stderr
    assert "비어 있지 않아" in run(home, "restore", str(file)).stderr

    assert told(run(tmp_path / "new", "restore", str(file), "--json"))["companies"] == ["local", company]
    assert company in run(tmp_path / "new", "company", "list").stdout
    assert told(run(home, "company", "delete", company, "--yes", "--json"))["proved"]
