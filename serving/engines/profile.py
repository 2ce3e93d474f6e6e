"""A profile: which model vLLM serves on which machine, and how. YAML files of the same fields lie in `profiles/`."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from serving.errors import EngineError

FOLDER = Path(__file__).with_name("profiles")


def _not_public(host: str) -> str:
    """vLLM has no accounts and one key: only this machine or a private network may reach it."""
    if host == "localhost":
        return host
    address = ipaddress.ip_address(host)
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_unspecified or not address.is_private:
        raise ValueError("a loopback or private address")
    return host


class Profile(BaseModel):
    """One way to run vLLM. Sizes: tokens; memory: GiB; times: seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: dict[Literal["ko", "en"], str]
    device: Literal["cpu", "gpu"]
    model: str = Field(min_length=1)
    served_name: str = ""  # what clients call it; empty: the model's own name
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = "auto"
    quantization: str | None = None
    load_format: Literal["auto", "dummy"] = "auto"  # dummy: weights of chance, to try a machine without a download
    context: int = Field(ge=1024)
    max_num_seqs: int = Field(ge=1)
    max_num_batched_tokens: int = Field(ge=256)
    block_size: int | None = None
    gpu_memory_utilization: float | None = Field(default=None, gt=0, le=1)
    kv_cache_gib: float | None = Field(default=None, gt=0)
    kv_cache_dtype: Literal["auto", "fp8"] = "auto"
    compile: bool = True
    template_arguments: dict[str, Any] = {}
    host: Annotated[str, AfterValidator(_not_public)] = "127.0.0.1"
    port: int = Field(default=8000, ge=1024, le=65535)
    start_seconds: float = Field(default=600, gt=0)
    packages: list[list[str]] = []
    without: list[str] = []

    @property
    def served(self) -> str:
        """The name clients ask for."""
        return self.served_name or Path(self.model).name

    @property
    def digest(self) -> str:
        """Tells profiles apart whose fields differ."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """Where clients ask."""
        return f"{self.origin}/v1"

    def flags(self, model: str) -> list[str]:
        """vLLM's command line for `model` (a folder or a hub repository). The only place where its flags are written.

        The key is not among them: vLLM prints its arguments into the log.
        """
        flags = ["--model", model, "--served-model-name", self.served]
        flags += ["--host", self.host, "--port", str(self.port)]
        flags += ["--dtype", self.dtype, "--load-format", self.load_format, "--generation-config", "vllm"]
        flags += ["--max-model-len", str(self.context), "--max-num-seqs", str(self.max_num_seqs)]
        flags += ["--max-num-batched-tokens", str(self.max_num_batched_tokens)]
        flags += ["--enable-prefix-caching", "--enable-chunked-prefill", "--enable-prompt-tokens-details"]
        flags += self._memory()
        # Nothing of what is asked or answered goes into a log, and nobody chats a template or code in.
        flags += ["--no-enable-log-requests", "--no-enable-log-outputs", "--disable-uvicorn-access-log"]
        flags += ["--max-log-len", "0", "--disable-fastapi-docs", "--no-trust-remote-code"]
        if self.quantization:
            flags += ["--quantization", self.quantization]
        if not self.compile:
            flags += ["--enforce-eager"]
        if self.template_arguments:
            flags += ["--default-chat-template-kwargs", json.dumps(self.template_arguments)]
        return flags

    def _memory(self) -> list[str]:
        flags = ["--kv-cache-dtype", self.kv_cache_dtype]
        if self.block_size:
            flags += ["--block-size", str(self.block_size)]
        if self.gpu_memory_utilization:
            flags += ["--gpu-memory-utilization", str(self.gpu_memory_utilization)]
        if self.kv_cache_gib:
            flags += ["--kv-cache-memory-bytes", str(int(self.kv_cache_gib * 2**30))]
        return flags


def profiles() -> list[str]:
    """Names of the profiles that come with Giljabi."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(named: str) -> Profile:
    """The profile of that name, or of a YAML file of one's own. Raises EngineError saying what is wrong with it."""
    own = Path(named)
    path = own if own.suffix in (".yaml", ".yml") else FOLDER / f"{own.name}.yaml"
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EngineError("unknown_profile", profile=named, known=", ".join(profiles())) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EngineError("profile_unreadable", profile=named) from error
    if not isinstance(fields, dict):
        raise EngineError("profile_unreadable", profile=named)
    try:
        return Profile(name=path.stem, **fields)
    except (ValidationError, TypeError) as error:  # TypeError: a key that is no word, or the name, which is the file's
        raise EngineError("profile_wrong", profile=named, fields=_wrong(error)) from error


def _wrong(error: ValidationError | TypeError) -> str:
    if isinstance(error, TypeError):
        return "name"
    return ", ".join(".".join(str(step) for step in each["loc"]) or "?" for each in error.errors())
