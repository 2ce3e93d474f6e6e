"""`giljabi engine bench` as a person runs it, against an engine elsewhere: no home, no model, no retrieval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from evals.errors import EvalError
from tests.evals.fake_openai import FakeOpenAi, served
from ui.bench import bench
from ui.bench_table import WORDS, table

KEY = "sk-very-secret"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_text('{"question": "자부담은 얼마인가요?"}\n{"question": "What is AAS?"}\n', encoding="utf-8")
    return path


def _bench(url: str, log: Path, **options: Any) -> None:
    bench(questions=log, raw=True, url=url, model="tiny", lang="en", max_tokens=8, **options)


def test_a_table_on_standard_output_and_rows_without_text_in_the_file(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GILJABI_HOME", str(tmp_path / "nothing"))
    engine, out = FakeOpenAi(), tmp_path / "out.json"
    with served(engine) as url:
        _bench(url, log, num_prompts=3, slo="ttft:60000", key=KEY, out=out)
    shown = capsys.readouterr()
    assert "3 done, 0 failed, 0 unfinished · 2 distinct" in shown.out
    assert "not told by the engine" in shown.out
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert kept["request_goodput"] == kept["request_throughput"]
    assert [row["n"] for row in kept["requests"]] == [0, 1, 2]
    assert engine.keys == {f"Bearer {KEY}"}
    everything = shown.out + shown.err + out.read_text(encoding="utf-8")
    assert not any(secret in everything for secret in (KEY, "자부담", "AAS", "하나"))
    assert not (tmp_path / "nothing").exists()


def test_one_object_on_standard_output_and_exit_1_where_a_request_failed(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GILJABI_LLM_KEY", KEY)
    engine = FakeOpenAi("status", good=1)
    with served(engine) as url, pytest.raises(typer.Exit) as ended:
        _bench(url, log, as_json=True)
    assert ended.value.exit_code == 1
    result = json.loads(capsys.readouterr().out)
    assert result["failures"] == {"http_503": 2}
    assert result["request_rate"] == "inf"
    assert engine.keys == {f"Bearer {KEY}"}


def test_salts_are_sent_unless_the_settings_say_no(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeOpenAi()
    with served(engine) as url:
        _bench(url, log)
        assert all("cache_salt" in body for body in engine.heard)
        engine.heard.clear()
        monkeypatch.setenv("GILJABI_LLM_CACHE_SALT", "false")
        _bench(url, log)
    assert not any("cache_salt" in body for body in engine.heard)


def test_prompts_are_written_for_the_other_tool_and_no_engine_is_asked(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vllm.jsonl"
    bench(questions=log, raw=True, export_vllm=path, num_prompts=3, max_tokens=8, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"exported": str(path), "prompts": 3, "left_out": 0}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["output_tokens"] for line in lines] == [8, 8, 8]
    assert lines[1]["prompt"].endswith("What is AAS?")


@pytest.mark.parametrize(
    "options",
    [
        {"url": "127.0.0.1:8000/v1", "model": "tiny"},
        {"url": "http://127.0.0.1:8000/v1"},
        {"model": "tiny"},
        {"url": "http:///v1", "model": "tiny"},
        {"url": "http://a:b/v1", "model": "tiny"},
        {"slo": "itl:5"},
        {"out": Path("nowhere/out.json")},
        {"replay_times": True, "request_rate": 2.0},
    ],
)
def test_misuse_is_told_before_anything_is_opened(
    log: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("the product was opened")

    monkeypatch.setattr("ui.bench.opened_product", opened)
    with pytest.raises(EvalError):
        bench(questions=log, **options)


def test_every_word_is_there_in_both_languages() -> None:
    assert all(set(words) == {"ko", "en"} for words in WORDS.values())


def test_columns_end_together_although_korean_letters_are_wide(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(FakeOpenAi()) as url:
        bench(questions=log, raw=True, url=url, model="tiny", max_tokens=8, as_json=True, max_concurrency=1)
    result = json.loads(capsys.readouterr().out)
    times = table(result, "ko").splitlines()[-6:]
    columns = [sum(2 if "가" <= letter <= "힣" else 1 for letter in line) for line in times]
    assert len(set(columns)) == 1
