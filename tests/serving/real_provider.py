"""oidc-provider-mock as a process of its own. It knows registered clients only and insists on a nonce; of PKCE it knows nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic import SecretStr


@contextmanager
def real_provider(host: str = "127.0.0.1") -> Iterator[str]:
    """Its issuer: it takes the name it is called by."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "-r", "true", "-n", "true"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        issuer = f"http://{host}:{port}"
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    httpx.get(f"{issuer}/jwks")
                    break
                except httpx.ConnectError:
                    assert process.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield issuer
        finally:
            process.kill()


def registered(issuer: str, giljabi: str) -> dict[str, Any]:
    """The settings of a Giljabi at this address, once the provider knows it."""
    body = {"redirect_uris": [f"{giljabi}/oidc/callback"], "token_endpoint_auth_method": "client_secret_basic"}
    known = httpx.post(f"{issuer}/oauth2/clients", json=body).raise_for_status().json()
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": known["client_id"],
        "oidc_client_secret": SecretStr(known["client_secret"]),
    }
