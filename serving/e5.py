"""multilingual-e5-small out of its 4-bit file, as a folder sentence-transformers opens.

The file (magic ``E5S1``, little-endian) holds, one after another: the model's sizes, a SentencePiece-unigram
vocabulary, a per-character normalisation map (not needed here: it is NFKC with SentencePiece's own additions, which
`tokenizers` has built in), a directory of tensors and the tensors. dtype 0 is float32, dtype 1 is Q4_0: blocks of 32
weights, a float16 scale and 16 bytes of which the low nibbles are weights 0-15 and the high nibbles 16-31.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from serving.errors import BrokenModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

BLOCK = 32
Q4_0 = 1
MAX_TOKENS = 512
FULLWIDTH_TILDE = "～"
STAND_IN = "\ue000"  # private use: carries the full-width tilde, which SentencePiece keeps, past NFKC
LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Sizes:
    """The encoder's dimensions, in the file's order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    block: int


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces with their log-probabilities, in id order, and the ids of the special ones."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unknown: int


class _Reader:
    """Reads little-endian fields one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def skip(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def convert(source: Path, folder: Path) -> None:
    """Writes the model in the 4-bit file `source` into `folder` (made if absent).

    Raises BrokenModelError when the file is not in the layout above.
    """
    try:
        reader = _Reader(source.read_bytes())
        if reader.skip(4) != b"E5S1":
            raise BrokenModelError("broken_layout", file=source.name)
        reader.take("I")  # the layout's version
        sizes = Sizes(*reader.take("7ifi"))
        vocabulary = _read_vocabulary(reader)
        _, map_bytes = reader.take("iI")
        reader.skip(map_bytes)
        weights = _read_weights(reader, sizes)
    except (struct.error, ValueError, KeyError) as error:
        raise BrokenModelError("broken_layout", file=source.name) from error
    folder.mkdir(parents=True, exist_ok=True)
    _write_weights(weights, folder / "model.safetensors")
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(sizes, vocabulary).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _read_vocabulary(reader: _Reader) -> Vocabulary:
    count, bos, eos, pad, unknown = reader.take("5i")
    (text_bytes,) = reader.take("Q")
    offsets = reader.take(f"{count + 1}I")
    scores = reader.take(f"{count}f")
    text = reader.skip(text_bytes)
    words = (text[start:end].decode() for start, end in pairwise(offsets))
    return Vocabulary(tuple(zip(words, scores, strict=True)), bos, eos, pad, unknown)


def _read_weights(reader: _Reader, sizes: Sizes) -> dict[str, NDArray[np.float32]]:
    """The tensors under their BERT names, float32, matrices as (outputs, inputs)."""
    (count,) = reader.take("i")
    weights = {}
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.skip(length).decode()
        dtype, numbers, offset, _ = reader.take("BIQQ")
        values = _q4_0(reader.data, numbers, offset) if dtype == Q4_0 else _float32(reader.data, numbers, offset)
        weights[_bert_name(name)] = values.reshape(_shape(name, sizes))
    return weights


def _float32(data: bytes, numbers: int, offset: int) -> NDArray[np.float32]:
    import numpy as np

    return np.frombuffer(data, "<f4", numbers, offset)


def _q4_0(data: bytes, numbers: int, offset: int) -> NDArray[np.float32]:
    import numpy as np

    layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
    blocks = np.frombuffer(data, layout, numbers // BLOCK, offset)
    values = np.empty((len(blocks), BLOCK), np.float32)
    values[:, : BLOCK // 2] = blocks["nibbles"] & 0x0F
    values[:, BLOCK // 2 :] = blocks["nibbles"] >> 4
    values -= 8
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values


def _bert_name(name: str) -> str:
    if name in EMBEDDINGS:
        return EMBEDDINGS[name]
    layer, part, kind = name.removeprefix("l").split(".")
    return f"encoder.layer.{layer}.{LAYER_TENSORS[part]}.{'weight' if kind == 'w' else 'bias'}"


def _shape(name: str, sizes: Sizes) -> tuple[int, ...]:
    if name in ("emb.word", "emb.pos", "emb.type"):
        return (-1, sizes.hidden)
    part, kind = name.split(".")[-2:]
    if kind == "b" or part.endswith("ln"):
        return (-1,)
    return (-1, sizes.feed_forward if part == "fo" else sizes.hidden)


def _write_weights(weights: dict[str, NDArray[np.float32]], path: Path) -> None:
    from safetensors.numpy import save_file

    save_file(weights, path, metadata={"format": "pt"})


def _tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """XLM-RoBERTa's: SentencePiece's nmt_nfkc, white space to ▁, unigram pieces, <s> … </s>."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces = list(vocabulary.pieces)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(FULLWIDTH_TILDE, STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(STAND_IN, FULLWIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    bos, eos = pieces[vocabulary.bos][0], pieces[vocabulary.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer.add_special_tokens([*special, AddedToken("<mask>", lstrip=True)])
    return tokenizer


def _configuration(sizes: Sizes, vocabulary: Vocabulary) -> dict[str, object]:
    modules = [("0", "", "Transformer"), ("1", "1_Pooling", "Pooling"), ("2", "2_Normalize", "Normalize")]
    return {
        "config.json": _bert_configuration(sizes, vocabulary),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": int(name), "name": name, "path": path, "type": f"sentence_transformers.models.{kind}"}
            for name, path, kind in modules
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "model_args": {"add_pooling_layer": False}},
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine"},
    }


def _bert_configuration(sizes: Sizes, vocabulary: Vocabulary) -> dict[str, object]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "torch_dtype": "float32",
        "hidden_act": "gelu",
        "hidden_size": sizes.hidden,
        "intermediate_size": sizes.feed_forward,
        "layer_norm_eps": sizes.epsilon,
        "max_position_embeddings": sizes.positions,
        "num_attention_heads": sizes.heads,
        "num_hidden_layers": sizes.layers,
        "pad_token_id": vocabulary.pad,
        "type_vocab_size": sizes.types,
        "vocab_size": sizes.vocabulary,
    }
