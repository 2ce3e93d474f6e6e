"""What every command takes, and the settings it works with."""

from __future__ import annotations

from typing import Annotated

import typer

from serving.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="결과를 JSON 하나로 · one JSON object on stdout")]
Lang = Annotated[str | None, typer.Option("--lang", help="ko 또는 en · ko or en", metavar="ko|en")]


def settings_in(lang: str | None) -> Settings:
    """The settings, in the language asked for."""
    return Settings(lang=lang) if lang else Settings()  # type: ignore[arg-type]  # pydantic checks it


Key = Annotated[
    str | None, typer.Option("--key", help="API 키 (또는 GILJABI_KEY) · act as this key's owner", show_default=False)
]
