"""`giljabi engine plan`: what it reads, what it says, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from serving.engines.sizing import GIB
from serving.settings import Settings
from ui.plan import SENTENCES, plan

CONFIG: dict[str, Any] = {
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151936,
    "max_position_embeddings": 40960,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tmp_path / "Some-8B"
    model.mkdir()
    (model / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    return model


def _plan(model: Path, *options: str) -> Result:
    app = typer.Typer()
    app.command()(plan)
    return CliRunner().invoke(app, ["--model", str(model), *options])


def test_it_says_in_korean_what_fits_and_what_to_set(folder: Path):
    told = _plan(folder, "--card", "24", "--lang", "ko")
    assert told.exit_code == 0
    assert "Some-8B · 층 36개, KV 머리 8개, 머리 크기 128, 최대 40,960토큰" in told.output
    assert "15.3 GiB (config.json에서 셈한 값)" in told.output
    assert "토큰 31,633개 (토큰 하나에 144 KiB, bf16)" in told.output
    assert "4,096토큰짜리 질문 7개" in told.output
    assert "context: 4096 · max_num_seqs: 7 · gpu_memory_utilization: 0.9" in told.output
    assert "GILJABI_LLM_CONTEXT=4096" in told.output
    assert "어림한 값" in told.output


def test_it_says_so_in_english_and_halves_the_cache_with_fp8(folder: Path):
    told = _plan(folder / "config.json", "--card", "24", "--kv", "fp8", "--lang", "en")
    assert told.exit_code == 0
    assert "63,266 tokens (72 KiB a token, fp8)" in told.output
    assert "answer 15 questions of 4,096 tokens" in told.output
    assert "kv_cache_dtype: fp8" in told.output


def test_layers_with_a_window_are_named(folder: Path):
    windowed = {**CONFIG, "sliding_window": 1024, "sliding_window_pattern": "LLLG"}
    (folder / "config.json").write_text(json.dumps(windowed), "utf-8")
    assert "층 36개(그중 27개는 최근 1,024토큰만 기억)" in _plan(folder, "--card", "24", "--lang", "ko").output


def test_json_carries_the_figures_and_their_assumptions(folder: Path):
    told = json.loads(_plan(folder, "--card", "24", "--tokens", "2048", "--json").stdout)
    assert told["fits"] is True
    assert (told["tokens"], told["users"], told["context"]) == (31633, 15, 2048)
    assert {"name": "overhead_gib", "value": 2.0, "source": "assumed"} in told["assumptions"]


def test_weights_come_from_the_files_before_the_shapes(folder: Path):
    (folder / "model-00001-of-00002.safetensors").write_bytes(b"\0" * 3000)
    (folder / "model-00002-of-00002.safetensors").write_bytes(b"\0" * 1000)
    told = json.loads(_plan(folder, "--card", "24", "--json").stdout)
    assert told["weights"] == {"size": 4000, "origin": "files"}
    index = {"metadata": {"total_size": 3900}, "weight_map": {}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    told = json.loads(_plan(folder, "--card", "24", "--json").stdout)
    assert told["weights"] == {"size": 3900, "origin": "files"}


def test_weights_that_are_given_win(folder: Path):
    (folder / "model.safetensors").write_bytes(b"\0" * 3000)
    told = json.loads(_plan(folder, "--card", "24", "--weights-gib", "9.5", "--json").stdout)
    assert told["weights"] == {"size": int(9.5 * GIB), "origin": "given"}


def test_a_shared_beginning_makes_room_for_more(folder: Path):
    alone = json.loads(_plan(folder, "--card", "24", "--json").stdout)["users"]
    shared = json.loads(_plan(folder, "--card", "24", "--shared", "2048", "--json").stdout)["users"]
    apart = json.loads(_plan(folder, "--card", "24", "--shared", "2048", "--companies", "8", "--json").stdout)["users"]
    assert (alone, shared, apart) == (7, 14, 7)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--card", "16"], "이 카드에 안 들어갑니다. 가중치가 15.3 GiB인데 16 GiB 카드에서 모델이 쓸 자리는 12.4 GiB"),
        (["--card", "1"], "자리는 0.0 GiB"),
        (["--card", "19.4"], "질문 하나도 답하지 못합니다"),
        (["--card", "24", "--tokens", "50000"], "이 모델은 40,960토큰까지 읽습니다"),
    ],
)
def test_what_does_not_fit_is_a_sentence_and_ends_with_one(folder: Path, options: list[str], said: str):
    told = _plan(folder, *options, "--lang", "ko")
    assert told.exit_code == 1
    assert said in told.stdout
    refused = json.loads(_plan(folder, *options, "--lang", "ko", "--json").stdout)
    assert refused["fits"] is False
    assert said in refused["reason"]


@pytest.mark.parametrize("content", [None, "not json", "[]", "{}"])
def test_a_config_that_tells_nothing_is_a_fault(tmp_path: Path, content: str | None):
    if content is not None:
        (tmp_path / "config.json").write_text(content, "utf-8")
    told = _plan(tmp_path, "--card", "24", "--lang", "ko")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "config.json" in told.stderr


def test_an_index_that_cannot_be_read_is_a_fault(folder: Path):
    (folder / "model.safetensors.index.json").write_text('{"metadata": {}}', "utf-8")
    told = _plan(folder, "--card", "24", "--lang", "en")
    assert told.exit_code == 2
    assert "--weights-gib" in told.stderr


def test_weights_that_cannot_be_counted_ask_for_their_size(folder: Path):
    (folder / "config.json").write_text(json.dumps({**CONFIG, "num_experts": 8}), "utf-8")
    assert "--weights-gib" in _plan(folder, "--card", "24", "--lang", "en").stderr
    assert _plan(folder, "--card", "24", "--weights-gib", "8").exit_code == 0


def test_every_reason_has_its_sentence_in_both_languages():
    told = (Path(__file__).parents[2] / "serving" / "engines" / "sizing.py").read_text("utf-8")
    reasons = {line.split('SizingError("')[1].split('"')[0] for line in told.splitlines() if 'SizingError("' in line}
    assert reasons >= {"weights_too_big", "no_config_key"}
    assert reasons <= set(SENTENCES)
    assert all(sentence["ko"] and sentence["en"] for sentence in SENTENCES.values())


def test_the_question_is_as_long_as_giljabi_asks_by_default(folder: Path):
    told = json.loads(_plan(folder, "--card", "80", "--json").stdout)
    assert told["load"]["question_tokens"] == Settings.model_fields["llm_context"].default
