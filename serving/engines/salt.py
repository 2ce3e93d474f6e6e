"""A secret per company that keeps its cached prefixes apart from every other's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

BYTES = 32


class Salts:
    """Salts derived from one secret of the installation: the same over restarts, told by no company's name."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def kept_in(cls, file: Path) -> Salts:
        """With the secret in `file`, made at first need; only its owner can read it."""
        with suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as made:
                made.write(secrets.token_bytes(BYTES))
        return cls(file.read_bytes())

    def of(self, company: str) -> str:
        """43 characters, as vLLM advises for `cache_salt`: 256 bits."""
        digest = hmac.new(self._secret, f"cache_salt:{company}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
