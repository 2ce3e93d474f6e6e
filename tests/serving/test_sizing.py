"""Cache, weights and users of one card. Shapes and totals are those published; `docs/serving.md` names the sources."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from serving.engines.sizing import (
    BLOCK_TOKENS,
    GIB,
    MOST_SEQUENCES,
    Attention,
    Card,
    Load,
    SizingError,
    Weights,
    attention_of,
    size,
    weights_of,
)

DOC = Path(__file__).parents[2] / "docs" / "serving.md"
QUESTION = 4096

EXAONE_32B = {
    "model_type": "exaone4",
    "hidden_size": 5120,
    "intermediate_size": 27392,
    "num_hidden_layers": 64,
    "num_attention_heads": 40,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 102400,
    "tie_word_embeddings": False,
    "max_position_embeddings": 131072,
    "sliding_window": 4096,
    "sliding_window_pattern": "LLLG",
}
EXAONE_1B = {
    "model_type": "exaone4",
    "hidden_size": 2048,
    "intermediate_size": 4096,
    "num_hidden_layers": 30,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "vocab_size": 102400,
    "tie_word_embeddings": True,
    "max_position_embeddings": 65536,
    "sliding_window": None,
    "layer_types": ["full_attention"] * 30,
}


def _qwen3(hidden: int, inner: int, layers: int, heads: int, *, tied: bool = False) -> dict[str, Any]:
    return {
        "model_type": "qwen3",
        "hidden_size": hidden,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 151936,
        "tie_word_embeddings": tied,
        "max_position_embeddings": 40960,
        "sliding_window": None,
        "use_sliding_window": False,
        "max_window_layers": layers,
    }


AWQ = {"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}}
FP8 = {"quantization_config": {"quant_method": "fp8"}}
QWEN_4B = _qwen3(2560, 9728, 36, 32, tied=True)
QWEN_8B = _qwen3(4096, 12288, 36, 32)
QWEN_14B = _qwen3(5120, 17408, 40, 40)
QWEN_32B = _qwen3(5120, 25600, 64, 64)

DOCUMENTED: dict[str, dict[str, Any]] = {
    "EXAONE-4.0-1.2B": EXAONE_1B,
    "EXAONE-4.0-32B": EXAONE_32B,
    "EXAONE-4.0-32B-AWQ": EXAONE_32B | AWQ,
    "Qwen3-4B": QWEN_4B,
    "Qwen3-8B": QWEN_8B,
    "Qwen3-8B-FP8": QWEN_8B | FP8,
    "Qwen3-14B": QWEN_14B,
    "Qwen3-14B-FP8": QWEN_14B | FP8,
    "Qwen3-14B-AWQ": QWEN_14B | AWQ,
    "Qwen3-32B": QWEN_32B,
    "Qwen3-32B-FP8": QWEN_32B | FP8,
    "Qwen3-32B-AWQ": QWEN_32B | AWQ,
}


# The cache


def test_a_token_keeps_a_key_and_a_value_a_layer_and_head():
    assert attention_of(QWEN_8B).bytes_per_token("bf16") == 2 * 36 * 8 * 128 * 2 == 144 * 1024
    assert attention_of(QWEN_8B).bytes_per_token("fp8") == 72 * 1024


def test_without_grouped_heads_every_head_has_its_own_cache():
    config = {"hidden_size": 5120, "num_attention_heads": 40, "num_hidden_layers": 40, "max_position_embeddings": 4096}
    attention = attention_of(config)
    assert (attention.kv_heads, attention.head_size) == (40, 128)
    assert attention.bytes_per_token("bf16") == 800 * 1024


def test_head_size_is_hidden_size_by_heads_unless_given():
    assert attention_of({**QWEN_8B, "head_dim": None}).head_size == 4096 // 32
    assert attention_of({**QWEN_32B, "head_dim": None}).head_size == 80  # why the given one must win
    assert attention_of(QWEN_32B).head_size == 128


@pytest.mark.parametrize(
    "placed",
    [
        {"sliding_window_pattern": "LLLG"},
        {"sliding_window_pattern": 4},
        {"layer_types": (["sliding_attention"] * 3 + ["full_attention"]) * 16},
    ],
)
def test_three_of_four_layers_of_exaone_keep_a_window(placed: dict[str, Any]):
    bare = {key: value for key, value in EXAONE_32B.items() if key != "sliding_window_pattern"}
    attention = attention_of({**bare, **placed})
    assert (attention.full_layers, attention.window_layers, attention.window_tokens) == (16, 48, 4096)


@pytest.mark.parametrize(("tokens", "mebibytes"), [(4096, 1027), (8192, 1667), (131072, 9347)])
def test_a_windowed_question_takes_what_vllm_reckons(tokens: int, mebibytes: int):
    # vLLM 0.32.0's get_kv_cache_capacity for these layers, chunks of 2,048 and 10,639 (40,960) blocks of 1 MiB:
    # room for 10.359, 6.382 and 4.382 questions of these lengths.
    load = Load(tokens, chunk_tokens=2048)
    assert attention_of(EXAONE_32B).sequence_bytes(load, "bf16") == mebibytes * 2**20


def test_windows_save_most_of_a_long_question():
    attention = attention_of(EXAONE_32B)
    windowed = attention.sequence_bytes(Load(131072, chunk_tokens=2048), "bf16")
    assert windowed < 0.3 * attention.bytes_per_token("bf16") * 131072


def test_the_last_layer_of_a_lettered_pattern_sees_everything():
    config = {**EXAONE_32B, "num_hidden_layers": 6, "sliding_window_pattern": "LLLG"}
    assert attention_of(config).window_layers == 4


@pytest.mark.parametrize(
    "config", [QWEN_8B, EXAONE_1B, {**QWEN_8B, "sliding_window": 4096, "use_sliding_window": True}]
)
def test_a_window_that_is_off_or_not_placed_saves_nothing(config: dict[str, Any]):
    assert attention_of(config).window_layers == 0


def test_a_model_that_also_sees_is_sized_by_its_language_part():
    assert attention_of({"text_config": EXAONE_32B, "vision_config": {"depth": 28}}) == attention_of(EXAONE_32B)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({**QWEN_8B, "kv_lora_rank": 512}, "unknown_attention"),
        ({**QWEN_8B, "layer_types": ["linear_attention", "full_attention"] * 18}, "unknown_attention"),
        ({key: value for key, value in QWEN_8B.items() if key != "num_hidden_layers"}, "no_config_key"),
        ({}, "no_config_key"),
    ],
)
def test_what_cannot_be_counted_is_not_guessed(config: dict[str, Any], reason: str):
    with pytest.raises(SizingError) as refused:
        attention_of(config)
    assert refused.value.reason == reason


# Weights


@pytest.mark.parametrize(
    ("config", "parameters"),
    [(EXAONE_32B, 32_003_216_384), (QWEN_14B, 14.8e9), (QWEN_32B, 32.8e9), (QWEN_8B, 8.2e9), (EXAONE_1B, 1.28e9)],
)
def test_counted_weights_agree_with_the_published_number_of_parameters(config: dict[str, Any], parameters: float):
    assert weights_of(config).size / 2 == pytest.approx(parameters, rel=0.005)


def test_exaone_is_counted_but_for_its_norms():
    assert 0 < 32_003_216_384 - weights_of(EXAONE_32B).size // 2 < 1_000_000


def test_quantised_matrices_shrink_and_embeddings_do_not():
    embeddings = 2 * 2 * 151936 * 5120
    whole = weights_of(QWEN_14B).size - embeddings
    assert weights_of(QWEN_14B | FP8).size - embeddings == whole // 2
    assert weights_of(QWEN_14B | AWQ).size - embeddings == pytest.approx(whole * (4 + 20 / 128) / 16, abs=1)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({**QWEN_8B, "num_experts": 128}, "experts"),
        ({**QWEN_8B, "quantization_config": {"quant_method": "compressed-tensors"}}, "quantisation"),
    ],
)
def test_weights_that_cannot_be_counted_must_be_given(config: dict[str, Any], reason: str):
    with pytest.raises(SizingError) as refused:
        weights_of(config)
    assert refused.value.reason == reason


# A card

SMALL = Attention(full_layers=1, window_layers=0, window_tokens=0, kv_heads=1, head_size=256, context_tokens=4096)
"""One KiB a token."""
ROOM = Card(gib=1.0, utilization=1.0, overhead_gib=0.0)


def _left(kib: int) -> Weights:
    """Weights that leave so much of `ROOM`."""
    return Weights(GIB - kib * 1024, "given")


def test_what_is_left_of_the_card_is_divided_among_questions():
    sizing = size(SMALL, _left(1000), ROOM, Load(100))
    assert (sizing.bytes_per_token, sizing.tokens) == (1024, 1000)
    assert sizing.users == 1000 // 112  # 100 tokens are seven blocks of 16
    assert sizing.context == 112


def test_a_shared_beginning_is_kept_once_a_company_and_in_whole_blocks():
    alone = size(SMALL, _left(1000), ROOM, Load(96, shared_tokens=47))
    assert alone.users == (1000 - 32) // (96 - 32)
    assert size(SMALL, _left(1000), ROOM, Load(96, shared_tokens=47, companies=10)).users == (1000 - 320) // 64
    assert size(SMALL, _left(1000), ROOM, Load(96, shared_tokens=96)).users == (1000 - 80) // 16


def test_a_window_that_has_moved_on_shares_nothing():
    attention = Attention(1, 1, 64, kv_heads=1, head_size=256, context_tokens=4096)
    assert attention.shared_bytes(Load(64, shared_tokens=32), "bf16") == (32 + 32) * 1024
    assert attention.shared_bytes(Load(96, shared_tokens=32), "bf16") == 32 * 1024


def test_no_more_sequences_are_advised_than_vllm_takes_by_itself():
    sizing = size(SMALL, _left(100_000), ROOM, Load(16))
    assert (sizing.users, sizing.max_num_seqs) == (6250, MOST_SEQUENCES)


def test_every_result_says_what_it_stands_on():
    card = Card(24.0, overhead_gib=1.5)
    counted = size(attention_of(QWEN_8B), weights_of(QWEN_8B), card, Load(QUESTION))
    said = {item.name: (item.value, item.source) for item in counted.assumptions}
    assert said["utilization"] == (0.90, "setting")
    assert said["overhead_gib"] == (1.5, "assumed")
    assert said["block_tokens"] == (BLOCK_TOKENS, "vllm")
    assert said["weight_bytes"] == (weights_of(QWEN_8B).size, "computed")
    read = size(attention_of(QWEN_8B), Weights(GIB, "files"), card, Load(QUESTION))
    assert "weight_bytes" not in {item.name for item in read.assumptions}


@pytest.mark.parametrize(
    ("weights", "card", "load", "reason"),
    [
        (_left(1000), ROOM, Load(5000), "too_long"),
        (Weights(2 * GIB, "given"), ROOM, Load(100), "weights_too_big"),
        (_left(1000), Card(1.0), Load(100), "weights_too_big"),
        (_left(100), ROOM, Load(101), "cache_too_small"),
    ],
)
def test_what_does_not_fit_is_refused(weights: Weights, card: Card, load: Load, reason: str):
    with pytest.raises(SizingError) as refused:
        size(SMALL, weights, card, load)
    assert refused.value.reason == reason


# The tables of docs/serving.md


def _table(mark: str) -> dict[str, list[str]]:
    """Rows of the table under `<!-- mark -->`, by their first cell without its backticks."""
    text = DOC.read_text("utf-8").split(f"<!-- {mark} -->", 1)[1]
    rows = re.match(r"\s*((?:\|.*\n)+)", text)
    assert rows, f"no table under {mark}"
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows.group(1).splitlines()[2:]]
    return {row[0].strip("`"): row[1:] for row in cells}


def _held(attention: Attention, weights: Weights, gib: int) -> str:
    try:
        sizing = size(attention, weights, Card(gib), Load(QUESTION))
    except SizingError as error:
        return {"weights_too_big": "안 들어감", "cache_too_small": "질문 하나도 안 됨"}[error.reason]
    return f"{sizing.tokens:,} · **{sizing.users}**"


def _row(config: dict[str, Any]) -> list[str]:
    attention, weights = attention_of(config), weights_of(config)
    layers = str(attention.full_layers + attention.window_layers)
    return [
        f"{layers} (창 {attention.window_layers})" if attention.window_layers else layers,
        f"{attention.kv_heads} × {attention.head_size}",
        f"{weights.size / GIB:.1f}",
        f"{attention.bytes_per_token('bf16') / 1024:g}",
        _held(attention, weights, 24),
        _held(attention, weights, 80),
    ]


def test_the_documented_models_are_those_tested():
    assert set(_table("sizing")) == set(DOCUMENTED)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_documented_figures_are_the_computed_ones(name: str):
    assert _table("sizing")[name] == _row(DOCUMENTED[name])


def test_where_only_the_weights_are_known_they_are_set_against_the_card():
    rows = _table("weights")
    assert rows
    for gigabytes, gib, small, large in rows.values():
        weights = float(gigabytes) * 1e9
        assert gib == f"{weights / GIB:.1f}"
        for cell, card in ((small, Card(24)), (large, Card(80))):
            left = (card.room - weights) / GIB
            assert cell == (f"{left:.1f} GiB 남음" if left > 0 else "안 들어감")
