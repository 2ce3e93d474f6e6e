"""`giljabi engine plan`: what one card holds of a model, and the settings that follow. It reads files and starts nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from serving.engines.sizing import (
    GIB,
    Card,
    KvType,
    Load,
    Sizing,
    SizingError,
    Weights,
    attention_of,
    size,
    weights_of,
)
from serving.settings import Settings
from serving.text import Language
from ui.options import Json, Lang, settings_in

DOES_NOT_FIT, UNREADABLE = 1, 2
QUESTION_TOKENS: int = Settings.model_fields[
    "llm_context"
].default  # the most that Giljabi sends, unless told otherwise

Model = Annotated[Path, typer.Option(help="모델 폴더 또는 config.json · model folder or its config.json")]
CardGib = Annotated[float, typer.Option(help="카드 메모리 GiB(nvidia-smi의 MiB ÷ 1024) · GiB of the card")]
WeightsGib = Annotated[
    float | None,
    typer.Option(min=0.01, help="가중치 GiB; 없으면 파일에서 · GiB of the weights; default: from the files"),
]
Tokens = Annotated[int, typer.Option(min=16, help="질문 하나의 토큰(프롬프트+답) · tokens a question, answer included")]
Shared = Annotated[
    int,
    typer.Option(min=0, help="그 가운데 늘 같은 앞부분(시스템 프롬프트) · of these, the beginning all prompts share"),
]
Companies = Annotated[int, typer.Option(min=1, help="회사 수; 앞부분은 회사마다 따로 · companies; each keeps its own")]
Kv = Annotated[KvType, typer.Option(help="KV 캐시의 형식 · type of the KV cache")]
Utilization = Annotated[float, typer.Option(min=0.1, max=1.0, help="엔진이 쓸 몫 · gpu_memory_utilization")]
Overhead = Annotated[float, typer.Option(min=0.0, help="계산 중간값·CUDA 그래프 GiB · GiB of activations and graphs")]

SENTENCES: dict[str, dict[Language, str]] = {
    "model": {
        "ko": "모델      {name} · 층 {layers}개{window}, KV 머리 {kv_heads}개, 머리 크기 {head_size}, 최대 {context:,}토큰",
        "en": "Model     {name} · {layers} layers{window}, {kv_heads} KV heads of {head_size}, up to {context:,} tokens",
    },
    "window": {
        "ko": "(그중 {layers}개는 최근 {tokens:,}토큰만 기억)",
        "en": " ({layers} of them keep the last {tokens:,} tokens only)",
    },
    "card": {
        "ko": "카드      {gib:g} GiB의 {percent:g} % − 여유 {overhead:g} GiB = 모델이 쓸 {room:.1f} GiB",
        "en": "Card      {percent:g} % of {gib:g} GiB − {overhead:g} GiB overhead = {room:.1f} GiB for the model",
    },
    "weights": {"ko": "가중치    {gib:.1f} GiB ({origin})", "en": "Weights   {gib:.1f} GiB ({origin})"},
    "files": {"ko": "safetensors 파일의 크기", "en": "size of the safetensors files"},
    "given": {"ko": "적어 주신 값", "en": "as given"},
    "config": {"ko": "config.json에서 셈한 값", "en": "counted from config.json"},
    "cache": {
        "ko": "KV 캐시   {gib:.1f} GiB = 토큰 {tokens:,}개 (토큰 하나에 {kib:g} KiB, {kv})",
        "en": "KV cache  {gib:.1f} GiB = {tokens:,} tokens ({kib:g} KiB a token, {kv})",
    },
    "users": {
        "ko": "결과      {question:,}토큰짜리 질문 {users:,}개를 한꺼번에 답할 자리가 있습니다.",
        "en": "Result    There is room to answer {users:,} questions of {question:,} tokens at the same time.",
    },
    "settings": {
        "ko": "\n적을 값\n  프로필: context: {context} · max_num_seqs: {seqs} · gpu_memory_utilization: {utilization:g}{flag}\n  .env:   GILJABI_LLM_CONTEXT={context}",
        "en": "\nSet\n  profile: context: {context} · max_num_seqs: {seqs} · gpu_memory_utilization: {utilization:g}{flag}\n  .env:    GILJABI_LLM_CONTEXT={context}",
    },
    "flag": {"ko": " · kv_cache_dtype: fp8", "en": " · kv_cache_dtype: fp8"},
    "caveat": {
        "ko": "\n여유 {overhead:g} GiB는 어림한 값입니다. vLLM이 켜질 때 찍는 'GPU KV cache size'가 실제 값입니다.\n자리가 있어도 속도가 모자랄 수 있습니다. `giljabi engine bench`로 재 보세요.",
        "en": "\nThe overhead of {overhead:g} GiB is an estimate; vLLM logs the true 'GPU KV cache size' at start-up.\nRoom is not speed: measure with `giljabi engine bench`.",
    },
    "no_config_key": {
        "ko": "config.json에 {key} 값이 없어 셈할 수 없습니다. 언어 모델의 config.json인지 확인해 주세요.",
        "en": "config.json has no {key}. Check that it belongs to a language model.",
    },
    "unknown_attention": {
        "ko": "이 모델의 캐시 방식({kind})은 셈할 줄 모릅니다. vLLM이 켜질 때 찍는 'GPU KV cache size'를 봐 주세요.",
        "en": "This model's cache ({kind}) cannot be counted this way. See the 'GPU KV cache size' vLLM logs.",
    },
    "experts": {
        "ko": "전문가 혼합(MoE) 모델의 가중치는 셈할 줄 모릅니다. 파일 크기를 --weights-gib로 적어 주세요.",
        "en": "The weights of a mixture of experts cannot be counted. Give their size with --weights-gib.",
    },
    "quantisation": {
        "ko": "이 양자화({kind})의 크기는 셈할 줄 모릅니다. 파일 크기를 --weights-gib로 적어 주세요.",
        "en": "The size of this quantisation ({kind}) cannot be counted. Give it with --weights-gib.",
    },
    "too_long": {
        "ko": "질문 하나가 {asked:,}토큰인데 이 모델은 {most:,}토큰까지 읽습니다. --tokens를 줄여 주세요.",
        "en": "A question takes {asked:,} tokens; this model reads {most:,}. Lower --tokens.",
    },
    "weights_too_big": {
        "ko": "이 카드에 안 들어갑니다. 가중치가 {need:.1f} GiB인데 {card:g} GiB 카드에서 모델이 쓸 자리는 {room:.1f} GiB입니다. 더 작은 모델이나 4비트·8비트 판을 쓰거나, 더 큰 카드를 쓰세요.",
        "en": "It does not fit. The weights take {need:.1f} GiB; a card of {card:g} GiB leaves {room:.1f} GiB for the model. Take a smaller model, its 4-bit or 8-bit files, or a larger card.",
    },
    "cache_too_small": {
        "ko": "가중치는 들어가지만 질문 하나도 답하지 못합니다. {tokens:,}토큰에 {need:.1f} GiB가 필요한데 {room:.1f} GiB가 남습니다. --tokens를 줄이거나 --kv fp8을 쓰세요.",
        "en": "The weights fit, but not one question does. {tokens:,} tokens need {need:.1f} GiB; {room:.1f} GiB remain. Lower --tokens or use --kv fp8.",
    },
    "no_config": {
        "ko": "{path}에 읽을 수 있는 config.json이 없습니다. 모델 폴더를 확인해 주세요.",
        "en": "There is no readable config.json at {path}. Check the model folder.",
    },
    "no_index": {
        "ko": "{path}에서 가중치의 크기를 읽지 못했습니다. 파일을 다시 받거나 --weights-gib로 적어 주세요.",
        "en": "The size of the weights cannot be read from {path}. Fetch it again, or give --weights-gib.",
    },
}  # fmt: skip


def plan(
    *,
    model: Model,
    card: CardGib,
    weights_gib: WeightsGib = None,
    tokens: Tokens = QUESTION_TOKENS,
    shared: Shared = Load.shared_tokens,
    companies: Companies = Load.companies,
    kv: Kv = "bf16",
    utilization: Utilization = Card.utilization,
    overhead_gib: Overhead = Card.overhead_gib,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """카드 한 장에 무엇이 들어가는지 셈하기 · what fits one card."""
    language = _language(lang)
    try:
        config = _config(model)
        attention, weights = attention_of(config), _weights(config, model, weights_gib)
        sizing = size(attention, weights, Card(card, utilization, overhead_gib), Load(tokens, shared, companies), kv)
    except SizingError as error:
        _refuse(error, language, as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"fits": True, **asdict(sizing)}, ensure_ascii=False))
        return
    for line in _lines(_folder(model).name, sizing, language):
        typer.echo(line)


def _lines(name: str, sizing: Sizing, language: Language) -> list[str]:
    """The plan as it is read: the model, where the memory goes, what fits, what to set, what is a guess."""
    attention, card, kib = sizing.attention, sizing.card, sizing.bytes_per_token / 1024
    window = _say("window", language, layers=attention.window_layers, tokens=attention.window_tokens)
    shape = {
        "name": name,
        "layers": attention.full_layers + attention.window_layers,
        "window": window if attention.window_layers else "",
        "kv_heads": attention.kv_heads,
        "head_size": attention.head_size,
        "context": attention.context_tokens,
    }
    share = {"gib": card.gib, "percent": round(100 * card.utilization, 1), "overhead": card.overhead_gib}
    flags = {"context": sizing.context, "seqs": sizing.max_num_seqs, "utilization": card.utilization}
    weights = {"gib": sizing.weights.size / GIB, "origin": _say(sizing.weights.origin, language)}
    return [
        _say("model", language, **shape),
        _say("card", language, **share, room=card.room / GIB),
        _say("weights", language, **weights),
        _say("cache", language, gib=sizing.cache_bytes / GIB, tokens=sizing.tokens, kib=kib, kv=sizing.kv),
        _say("users", language, question=sizing.load.question_tokens, users=sizing.users),
        _say("settings", language, **flags, flag=_say("flag", language) if sizing.kv == "fp8" else ""),
        _say("caveat", language, overhead=card.overhead_gib),
    ]


def _refuse(error: SizingError, language: Language, *, as_json: bool) -> NoReturn:
    """Tells why there is no plan and ends the command: 1 where the answer is no, 2 where there is no answer."""
    said = _say(error.reason, language, **error.details)
    if error.reason not in {"weights_too_big", "cache_too_small", "too_long"}:
        typer.echo(said, err=True)
        raise typer.Exit(UNREADABLE)
    typer.echo(json.dumps({"fits": False, "reason": said}, ensure_ascii=False) if as_json else said)
    raise typer.Exit(DOES_NOT_FIT)


def _config(model: Path) -> Mapping[str, Any]:
    """The model's `config.json`. Raises SizingError (`no_config`) where it is absent or no object."""
    file = model / "config.json" if model.is_dir() else model
    try:
        config = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SizingError("no_config", path=model) from error
    if not isinstance(config, dict):
        raise SizingError("no_config", path=model)
    return config


def _weights(config: Mapping[str, Any], model: Path, given_gib: float | None) -> Weights:
    """As given; else what the safetensors files beside the config hold; else counted from the shapes."""
    if given_gib is not None:
        return Weights(int(given_gib * GIB), "given")
    folder = _folder(model)
    index = folder / "model.safetensors.index.json"
    if index.is_file():  # of the files vLLM loads; a folder may hold the same weights a second time
        return Weights(_indexed(index), "files")
    found = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    return Weights(found, "files") if found else weights_of(config)


def _indexed(index: Path) -> int:
    """Bytes of all tensors, as the index of the safetensors files says. Raises SizingError (`no_index`)."""
    try:
        return int(json.loads(index.read_text("utf-8"))["metadata"]["total_size"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SizingError("no_index", path=index) from error


def _folder(model: Path) -> Path:
    return model.resolve() if model.is_dir() else model.resolve().parent


def _say(key: str, language: Language, /, **blanks: object) -> str:
    return SENTENCES[key][language].format(**blanks)


def _language(lang: str | None) -> Language:
    return settings_in(lang).lang
