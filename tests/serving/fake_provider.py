"""An OpenID provider on loopback that keeps the rules until a test tells it to break one."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "giljabi & co", "a/secret+of=the:client"
Signing = Callable[[dict[str, Any]], str]


@dataclass
class Provider:
    """`claims` are laid over those of the next ID token (None takes one away), `said` over its description of itself.
    `instead` answers a path in place of the provider, `sign` makes the token.
    """

    issuer: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    claims: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    instead: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    sign: Signing | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """What must be in no log and in no answer of ours: codes and tokens."""

    def behave(self) -> None:
        """Keep the rules again, and forget what was."""
        for kept in (self.claims, self.said, self.instead, self.codes, self.asked, self.sent):
            kept.clear()
        self.sign = None

    def visited(self, url: str, subject: str, **claims: Any) -> str:
        """Somebody signs in on the page a browser was sent to; where the browser is sent next."""
        assert url.startswith(f"{self.issuer}/authorize?")
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        code = f"code-{secrets.token_urlsafe(16)}"
        self.codes[code] = asked | {"claims": json.dumps({"sub": subject} | claims)}
        self.sent.append(code)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, path: str, body: str, authorization: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self._description() | self.said).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": [self.key.as_dict(private=False, use="sig", alg="RS256")]}).encode()
        if path == "/token":
            return self._token({name: values[0] for name, values in parse_qs(body).items()}, authorization)
        return 404, b""

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "service_documentation": "https://elsewhere.example",
        }

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        asked = self.codes.pop(form["code"], None)
        plain = base64.b64encode(f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}".encode()).decode()
        known = authorization == f"Basic {plain}" or (form.get("client_id"), form.get("client_secret")) == (
            CLIENT,
            SECRET,
        )
        if not known:
            return 401, json.dumps(
                {"error": "invalid_client", "error_description": f"{form['code']} of nobody"}
            ).encode()
        fits = (
            asked
            and form["grant_type"] == "authorization_code"
            and form["redirect_uri"] == asked["redirect_uri"]
            and create_s256_code_challenge(form["code_verifier"]) == asked["code_challenge"]
        )
        if not fits or asked is None:
            return 400, json.dumps({"error": "invalid_grant", "error_description": form["code"]}).encode()
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        } | json.loads(asked["claims"]) | self.claims  # fmt: skip
        token = (self.sign or self.signed)({name: value for name, value in claims.items() if value is not None})
        access = f"access-{secrets.token_urlsafe(16)}"
        self.sent += [token, access]
        return 200, json.dumps({"token_type": "Bearer", "access_token": access, "id_token": token}).encode()

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


@contextmanager
def provider() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    made = Provider(f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, answer = made.answer(self.path, body, self.headers.get("Authorization", ""))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", answer.decode())
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _answer  # noqa: N815  http.server's names

        def log_message(self, *said: object) -> None:
            """Silent."""

    server.RequestHandlerClass = Handler
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
