"""What every answer tells a browser: what it may load, keep, frame and pass on."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Links carry tokens. Not `no-referrer`: with it a browser hides from us, too, where a form was filled in (`Origin`).
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HTTPS_ONLY = "max-age=31536000"
_PAGE = "/"
_KEPT = ("/assets/", "/static/", "/svelte/", "/docs/", "/theme.css", "/favicon.ico")
"""Paths of files that are the same for everybody: a browser may keep them."""
_INLINE = re.compile(rb"<script(?:\s[^>]*)?>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_FILE = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page: should a browser be brought to show it as one, it loads nothing."""


class SecurityHeaders:
    """ASGI middleware, for the outside of everything: the framework's own errors leave through it too.

    The page is Gradio's: it needs `eval` for its HTML components and has scripts written into its HTML. These are
    allowed by their hashes, so a script that comes in with somebody's text does not run. No image, style, font, frame
    or request reaches another host. Answers for other origins (CORS) are taken out, whoever put them in.
    """

    def __init__(self, app: ASGIApp, *, secure: bool, page_scripts: Collection[str] = ()) -> None:
        """`secure`: served over https. `page_scripts`: inline scripts that the page adds to itself once it runs."""
        self._app = app
        self._secure = secure
        self._page_scripts = [script.encode() for script in page_scripts]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: Message | None = None  # of the page, kept back until its scripts are known
        page = b""

        async def guarded(message: Message) -> None:
            nonlocal start, page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._mark(headers, scope["path"], message["status"])
                if scope["path"] == _PAGE and _is_html(headers):
                    start = message
                    return
            elif start is not None:
                page += message.get("body", b"")
                if message.get("more_body"):
                    return
                MutableHeaders(scope=start)["Content-Security-Policy"] = self._page_policy(page)
                await send(start)
                message, start = {"type": "http.response.body", "body": page}, None
            await send(message)

        await self._app(scope, receive, guarded)

    def _mark(self, headers: MutableHeaders, path: str, status: int) -> None:
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]
        headers.update(_ALWAYS)
        headers["Content-Security-Policy"] = _policy("'self'") if _is_html(headers) else _FILE
        if self._secure:
            headers["Strict-Transport-Security"] = _HTTPS_ONLY
        if not path.startswith(_KEPT) or status >= 400:
            headers["Cache-Control"] = "no-store"

    def _page_policy(self, page: bytes) -> str:
        scripts = [script for script in _INLINE.findall(page) if script] + self._page_scripts
        hashes = " ".join(f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)
        return _policy(f"'self' 'unsafe-eval' {hashes}")


def _policy(scripts: str) -> str:
    """What a page of ours may do. Styles may be inline: Gradio and the API's documentation set them from scripts."""
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'self'; "
        "frame-ancestors 'none'"
    )


def _is_html(headers: Headers) -> bool:
    return headers.get("content-type", "").startswith("text/html")
