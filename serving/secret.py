"""Secrets of an installation: made once, kept in a file only its owner can read."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from serving.errors import ServingError

BYTES = 32


def secret_in(file: Path) -> str:
    """The secret in `file`, made at first need: 43 URL-safe characters, 256 bits.

    It appears whole or not at all, and whoever comes second gets the first one's. Raises ServingError where the file
    holds no secret, which would make every value derived from it known.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
                written.write(secrets.token_urlsafe(BYTES))
            with suppress(FileExistsError):
                file.hardlink_to(part)
        finally:
            part.unlink(missing_ok=True)
    secret = file.read_bytes()
    if len(secret) < BYTES or not secret.isascii():
        raise ServingError("secret_broken", file=str(file))
    return secret.decode()


def foreign_environment() -> dict[str, str]:
    """The environment for a program that is not ours: our settings, and the keys among them, are none of its business."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GILJABI_")}
