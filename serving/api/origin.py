"""Whether a browser was sent here by somebody else's page."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope

_SAFE = {"GET", "HEAD", "OPTIONS"}


def foreign(scope: Scope) -> bool:
    """Whether a request that changes something (a websocket counts) comes from another site's page.

    For requests that carry a session's cookie, which a browser sends along whoever made it call; a key it does not.
    Browsers state `Sec-Fetch-Site` over https and on loopback and let no script touch it; over plain http only `Origin`
    is there. A program sends neither and is no victim of a foreign page.
    """
    if scope["type"] == "http" and scope["method"] in _SAFE:
        return False
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return False
    host = origin.partition("://")[2].lower()  # nothing in "null", which a page that hides where it is from sends
    return not host or host != headers.get("host", "").lower()
