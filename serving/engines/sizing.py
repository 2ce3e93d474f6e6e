"""How many questions one card answers at once: arithmetic over a model's `config.json`, nothing loaded or measured.

Weights and the KV cache share the card's memory. For every token of a question and its answer the cache keeps one key
and one value vector a layer and KV head, so a token costs 2 · layers · KV heads · head size · bytes an element.
Bytes are bytes, GiB are 1024³ bytes; GB of a model page are 1000³.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from serving.errors import ServingError

GIB = 1024**3
BLOCK_TOKENS = 16  # vLLM hands the cache out in blocks of this many tokens, and shares whole blocks only
MOST_SEQUENCES = 256  # vLLM's own limit of sequences on cards under 70 GiB; more would want more room for activations

KvType = Literal["bf16", "fp8"]
Origin = Literal["files", "given", "config"]
ELEMENT_BYTES: Mapping[KvType, int] = {"bf16": 2, "fp8": 1}


class SizingError(ServingError):
    """No figure can be given. `reason`: the answer is no (`weights_too_big`, `cache_too_small` for one question,
    `too_long` for the model), or the files say too little (`no_config_key`, `unknown_attention`, `experts`,
    `quantisation`, and for those who read them `no_config`, `no_index`)."""


@dataclass(frozen=True)
class Attention:
    """What decides the size of the cache. Window layers keep the last `window_tokens` tokens, full layers all."""

    full_layers: int
    window_layers: int
    window_tokens: int  # 0 where no layer has a window
    kv_heads: int
    head_size: int
    context_tokens: int  # the longest prompt and answer the model was made for

    def bytes_per_token(self, kv: KvType) -> int:
        """Cache a token takes while it is inside every window."""
        return (self.full_layers + self.window_layers) * self._layer_bytes(kv)

    def sequence_bytes(self, load: Load, kv: KvType) -> int:
        """Cache one sequence takes at most, as vLLM reckons it before it lets a sequence in."""
        kept = self.full_layers * load.whole + self.window_layers * self._in_window(load)
        return kept * self._layer_bytes(kv)

    def shared_bytes(self, load: Load, kv: KvType) -> int:
        """What of that is the shared beginning. A window that moves on from the beginning has nothing to share."""
        moves_on = load.whole > self.window_tokens
        layers = self.full_layers + (0 if moves_on else self.window_layers)
        return layers * load.shared * self._layer_bytes(kv)

    def _in_window(self, load: Load) -> int:
        """Tokens of a window layer: the window and the chunk being read, beginning somewhere within a block."""
        return _blocks(min(load.whole, self.window_tokens - 1 + load.chunk_tokens)) + BLOCK_TOKENS

    def _layer_bytes(self, kv: KvType) -> int:
        return 2 * self.kv_heads * self.head_size * ELEMENT_BYTES[kv]


@dataclass(frozen=True)
class Weights:
    """Bytes of the weights on the card, and where the figure is from: the safetensors files, the caller, or
    `weights_of`."""

    size: int
    origin: Origin


@dataclass(frozen=True)
class Card:
    """One GPU. `gib`: total memory as `nvidia-smi` shows it, MiB / 1024. `utilization`: vLLM's
    `gpu_memory_utilization`. `overhead_gib`: activations, CUDA graphs and the CUDA context; 2 GiB is our assumption,
    to be replaced by what vLLM logs at start-up."""

    gib: float
    utilization: float = 0.90
    overhead_gib: float = 2.0

    @property
    def room(self) -> int:
        """Bytes for weights and cache together."""
        return int((self.gib * self.utilization - self.overhead_gib) * GIB)


@dataclass(frozen=True)
class Load:
    """What one question takes. `shared_tokens` of `question_tokens` begin every prompt alike (the system prompt); they
    are kept once a company, since each company has its own `cache_salt`."""

    question_tokens: int  # prompt and answer
    shared_tokens: int = 0
    companies: int = 1
    chunk_tokens: int = 4096  # vLLM's max_num_batched_tokens; counts where a window is shorter than the question

    @property
    def whole(self) -> int:
        """Tokens one question takes, in whole blocks."""
        return _blocks(self.question_tokens)

    @property
    def shared(self) -> int:
        """Tokens that are really shared: whole blocks, and never the last one."""
        return min(self.shared_tokens, self.whole - 1) // BLOCK_TOKENS * BLOCK_TOKENS


@dataclass(frozen=True)
class Assumption:
    """A number the result stands on that was not read from the model. `source`: whose it is."""

    name: Literal["utilization", "overhead_gib", "block_tokens", "weight_bytes"]
    value: float
    source: Literal["setting", "assumed", "vllm", "computed"]


@dataclass(frozen=True)
class Sizing:
    """What fits, and what that was worked out from. Memory sets these limits; speed is measured, not computed."""

    attention: Attention
    weights: Weights
    card: Card
    load: Load
    kv: KvType
    cache_bytes: int
    bytes_per_token: int
    tokens: int  # that the cache holds while they are inside every window; more of long questions
    users: int  # questions answered at the same time
    context: int  # for vLLM's max_model_len and GILJABI_LLM_CONTEXT, tokens
    max_num_seqs: int
    assumptions: tuple[Assumption, ...]


def attention_of(config: Mapping[str, Any]) -> Attention:
    """What a Hugging Face `config.json` says of the cache.

    Without `num_key_value_heads` every head has its own cache; without `head_dim` it is hidden size / heads. A window
    the config does not place layer by layer is left out: the result then promises too little rather than too much.
    Raises SizingError for compressed (MLA) and state-space layers, whose cache is not counted this way.
    """
    config = _text_part(config)
    if config.get("kv_lora_rank"):
        raise SizingError("unknown_attention", kind="MLA")
    layers = _whole(config, "num_hidden_layers", "num_layers", "n_layer")
    heads = _whole(config, "num_attention_heads", "n_head")
    window_layers = _window_layers(config, layers)
    return Attention(
        full_layers=layers - window_layers,
        window_layers=window_layers,
        window_tokens=_whole(config, "sliding_window") if window_layers else 0,
        kv_heads=int(config.get("num_key_value_heads") or heads),
        head_size=int(config.get("head_dim") or _whole(config, "hidden_size", "n_embd") // heads),
        context_tokens=_whole(config, "max_position_embeddings", "n_positions"),
    )


def weights_of(config: Mapping[str, Any]) -> Weights:
    """Weights counted from the shapes: a decoder whose MLP has three matrices (Llama, Qwen, EXAONE 4).

    Biases and norms are left out (under 0.1 %), embeddings stay at two bytes, 4-bit files carry a scale and a zero
    point a group. Raises SizingError for mixtures of experts and for quantisations it cannot read.
    """
    config = _text_part(config)
    if any(config.get(key) for key in ("num_experts", "n_routed_experts", "num_local_experts")):
        raise SizingError("experts")
    hidden, layers = _whole(config, "hidden_size"), _whole(config, "num_hidden_layers")
    attention = attention_of(config)
    of_queries = _whole(config, "num_attention_heads") * attention.head_size
    of_keys = attention.kv_heads * attention.head_size
    matrices = layers * hidden * (2 * of_queries + 2 * of_keys + 3 * _whole(config, "intermediate_size"))
    embeddings = _whole(config, "vocab_size") * hidden * (1 if config.get("tie_word_embeddings") else 2)
    return Weights(math.ceil(matrices * _bits(config) / 8) + embeddings * 2, "config")


def size(attention: Attention, weights: Weights, card: Card, load: Load, kv: KvType = "bf16") -> Sizing:
    """What `card` holds. Raises SizingError when the question is longer than the model reads, when the weights leave
    no room, or when not one question fits."""
    if load.question_tokens > attention.context_tokens:
        raise SizingError("too_long", asked=load.question_tokens, most=attention.context_tokens)
    cache = card.room - weights.size
    if cache <= 0:
        raise SizingError("weights_too_big", need=weights.size / GIB, room=max(card.room, 0) / GIB, card=card.gib)
    need, shared = attention.sequence_bytes(load, kv), attention.shared_bytes(load, kv)
    users = (cache - load.companies * shared) // (need - shared)
    if users < 1:
        raise SizingError("cache_too_small", need=need / GIB, room=cache / GIB, tokens=load.whole)
    per_token = attention.bytes_per_token(kv)
    return Sizing(
        attention=attention,
        weights=weights,
        card=card,
        load=load,
        kv=kv,
        cache_bytes=cache,
        bytes_per_token=per_token,
        tokens=cache // per_token,
        users=users,
        context=min(load.whole, attention.context_tokens),
        max_num_seqs=min(users, MOST_SEQUENCES),
        assumptions=_assumptions(card, weights),
    )


def _blocks(tokens: int) -> int:
    return math.ceil(tokens / BLOCK_TOKENS) * BLOCK_TOKENS


def _assumptions(card: Card, weights: Weights) -> tuple[Assumption, ...]:
    known = (
        Assumption("utilization", card.utilization, "setting"),
        Assumption("overhead_gib", card.overhead_gib, "assumed"),
        Assumption("block_tokens", BLOCK_TOKENS, "vllm"),
    )
    counted = (Assumption("weight_bytes", weights.size, "computed"),) if weights.origin == "config" else ()
    return known + counted


def _text_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The language model's part of the config of a model that also sees."""
    for key in ("text_config", "language_config"):
        if isinstance(config.get(key), Mapping):
            return dict(config[key])
    return config


def _window_layers(config: Mapping[str, Any], layers: int) -> int:
    window, pattern = config.get("sliding_window"), config.get("sliding_window_pattern")
    kinds = config.get("layer_types")
    if kinds:
        strange = sorted(set(kinds) - {"full_attention", "sliding_attention"})
        if strange:
            raise SizingError("unknown_attention", kind=", ".join(strange))
        return int(list(kinds).count("sliding_attention"))
    if not window or not pattern or config.get("use_sliding_window") is False:
        return 0
    if isinstance(pattern, int):  # every so many layers one looks at everything
        return layers - layers // pattern
    # Letters, repeated: L looks at the window, G at everything; the last layer always does.
    return sum(pattern[layer % len(pattern)] == "L" for layer in range(layers - 1))


def _bits(config: Mapping[str, Any]) -> float:
    """Bits a weight of the matrices takes in the files."""
    scheme = config.get("quantization_config")
    if not scheme:
        return 16
    if scheme.get("quant_method") == "fp8":
        return 8
    if scheme.get("quant_method") in {"awq", "gptq"} and scheme.get("bits"):
        bits, group = scheme["bits"], scheme.get("group_size") or 0
        return float(bits + ((16 + bits) / group if group > 0 else 0))
    raise SizingError("quantisation", kind=str(scheme.get("quant_method")))


def _whole(config: Mapping[str, Any], *names: str) -> int:
    """The first of `names` the config has, as a positive whole number."""
    for name in names:
        value = config.get(name)
        if isinstance(value, int) and value > 0:
            return value
    raise SizingError("no_config_key", key=names[0])
