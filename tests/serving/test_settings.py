"""Settings from variables and files."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from serving.settings import Settings


def test_a_secret_can_lie_in_a_file_and_a_variable_comes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "giljabi_llm_key").write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("GILJABI_SECRETS_DIR", str(tmp_path))
    assert Settings().llm_key.get_secret_value() == "from a file"
    monkeypatch.setenv("GILJABI_LLM_KEY", "from a variable")
    assert Settings().llm_key.get_secret_value() == "from a variable"


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GILJABI_LLM_KEY", "안보일비밀")
    monkeypatch.setenv("GILJABI_DATABASE_URL", "postgresql+psycopg://u:안보일비밀@h/db")
    assert "안보일비밀" not in repr(Settings())
    monkeypatch.setenv("GILJABI_PORT", "안보일비밀")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "안보일비밀" not in str(refused.value)
