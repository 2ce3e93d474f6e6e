"""The 4-bit file read back: a tiny model written here in the same layout."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from serving.e5 import BLOCK, EMBEDDINGS, LAYER_TENSORS, MAX_TOKENS, STAND_IN, convert
from serving.errors import BrokenModelError

HIDDEN, LAYERS, HEADS, FEED_FORWARD = 32, 1, 2, 64
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁가나", "다", "～", "ABC", "1", "<mask>")
Array = NDArray[np.float32]


def _q4_0(weights: Array) -> tuple[bytes, Array]:
    """Packs, and what comes out again."""
    blocks = weights.reshape(-1, BLOCK)
    scale = (np.abs(blocks).max(1) / 7).astype("<f2")
    steps = np.clip(np.rint(blocks / scale[:, None].astype(np.float32)), -8, 7)
    nibbles = (steps + 8).astype(np.uint8)
    half = BLOCK // 2
    packed = b"".join(s.tobytes() + (n[:half] | (n[half:] << 4)).tobytes() for s, n in zip(scale, nibbles, strict=True))
    return packed, (steps * scale[:, None].astype(np.float32)).astype(np.float32).reshape(weights.shape)


def _tensors() -> dict[str, Array]:
    draw = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(PIECES), HIDDEN),
        "emb.pos": (16, HIDDEN),
        "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    for name in LAYER_TENSORS:
        width = FEED_FORWARD if name == "fi" else HIDDEN
        depth = FEED_FORWARD if name == "fo" else HIDDEN
        shapes[f"l0.{name}.w"] = (width,) if name.endswith("ln") else (width, depth)
        shapes[f"l0.{name}.b"] = (width,)
    return {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def _is_packed(name: str, weights: Array) -> bool:
    return name == "emb.word" or (weights.ndim == 2 and not name.startswith("emb"))


def _file(tensors: dict[str, Array]) -> tuple[bytes, dict[str, Array]]:
    words = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, words)])
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(PIECES), 16, 2, 1e-12, BLOCK)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(b"".join(words)))
    head += offsets.astype("<u4").tobytes() + np.linspace(0, -9, len(PIECES)).astype("<f4").tobytes() + b"".join(words)
    head += struct.pack("<iIIBI", 1, 9, ord("ａ"), 1, ord("a"))  # the normalisation map, one entry
    packed, expected = {}, {}
    for name, weights in tensors.items():
        is_packed = _is_packed(name, weights)
        packed[name], expected[name] = _q4_0(weights) if is_packed else (weights.tobytes(), weights)
    start = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory = struct.pack("<i", len(tensors))
    for name, data in packed.items():
        dtype = int(_is_packed(name, tensors[name]))
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", dtype, tensors[name].size, start, len(data))
        start += len(data)
    return head + directory + b"".join(packed.values()), expected


@pytest.fixture
def converted(tmp_path: Path) -> tuple[Path, dict[str, Array]]:
    data, expected = _file(_tensors())
    (tmp_path / "e5.bin").write_bytes(data)
    convert(tmp_path / "e5.bin", tmp_path / "e5")
    return tmp_path / "e5", expected


def test_weights_come_out_under_their_bert_names(converted: tuple[Path, dict[str, Array]]) -> None:
    from safetensors.numpy import load_file

    folder, expected = converted
    weights = load_file(folder / "model.safetensors")
    assert len(weights) == len(EMBEDDINGS) + 2 * len(LAYER_TENSORS)
    assert weights["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, FEED_FORWARD)
    np.testing.assert_array_equal(weights["embeddings.word_embeddings.weight"], expected["emb.word"])
    np.testing.assert_array_equal(weights["encoder.layer.0.intermediate.dense.weight"], expected["l0.fi.w"])
    np.testing.assert_array_equal(weights["encoder.layer.0.attention.output.LayerNorm.bias"], expected["l0.aln.b"])


def test_the_tokenizer_normalises_as_sentencepiece_does(converted: tuple[Path, dict[str, Array]]) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(converted[0] / "tokenizer.json"))
    assert tokenizer.encode("가나다").tokens == ["<s>", "▁가나", "다", "</s>"]
    assert tokenizer.encode("가나다").ids == [0, 5, 6, 2]
    assert tokenizer.encode("  ＡＢＣ１\t\n 가나\u200b").tokens == ["<s>", "▁", "ABC", "1", "▁가나", "</s>"]
    assert tokenizer.encode("1～1").tokens == ["<s>", "▁", "1", "～", "1", "</s>"]  # NFKC alone would make it ~
    assert tokenizer.encode("\u1100\u1161\u1102\u1161다").tokens == ["<s>", "▁가나", "다", "</s>"]  # macOS file names
    assert STAND_IN not in json.dumps(tokenizer.encode("～").tokens, ensure_ascii=False)


def test_sentence_transformers_is_told_the_rest(converted: tuple[Path, dict[str, Array]]) -> None:
    folder = converted[0]
    kinds = [module["type"].rsplit(".", 1)[1] for module in json.loads((folder / "modules.json").read_text())]
    assert kinds == ["Transformer", "Pooling", "Normalize"]
    assert json.loads((folder / "1_Pooling/config.json").read_text())["pooling_mode_mean_tokens"] is True
    assert json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"] == MAX_TOKENS
    config = json.loads((folder / "config.json").read_text())
    assert (config["hidden_size"], config["num_attention_heads"], config["vocab_size"]) == (HIDDEN, HEADS, len(PIECES))


@pytest.mark.parametrize("cut", [3, 30, 200, 4000])
def test_a_file_cut_short_is_broken(tmp_path: Path, cut: int) -> None:
    data, _ = _file(_tensors())
    (tmp_path / "e5.bin").write_bytes(data[:cut])
    with pytest.raises(BrokenModelError) as refused:
        convert(tmp_path / "e5.bin", tmp_path / "e5")
    assert refused.value.reason == "broken_layout"
    assert not (tmp_path / "e5").exists()
