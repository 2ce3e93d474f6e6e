"""Secrets handed out once and kept as their hash: links, sessions, keys."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def issue(prefix: str = "") -> tuple[str, str]:
    """A new secret of 256 bits and what is kept of it. Nothing slower than SHA-256 is needed for that much chance."""
    secret = prefix + secrets.token_urlsafe(BYTES)
    return secret, kept(secret)


def kept(secret: str) -> str:
    """What is stored for a secret: 64 hexadecimal digits. Any text has one, also one that is no secret of ours."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def identifier(kind: str) -> str:
    """A new id, told apart by its kind: `person-4f…`."""
    return f"{kind}-{secrets.token_hex(12)}"
