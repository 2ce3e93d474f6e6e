"""Which of Gradio's routes are open, and to whom. Whatever is not named here does not exist."""

from __future__ import annotations

import re
from typing import Literal

Access = Literal["open", "known"]

# Gradio has many more: files of the machine (`/file=`), uploads into a folder that all visitors share, a proxy, streams
# known by an event's id alone, developer tools. The page needs none of them: it sends files to the API itself.
_KNOWN = {
    "GET": re.compile(
        r"/|/config/?|/theme\.css|/(assets|static|svelte)/.+|/gradio_api/(startup-events|app_id/?|queue/data|heartbeat/[\w-]+)"
        r"|/manifest\.json"
    ),
    "POST": re.compile(r"/gradio_api/(queue/join|run/predict|cancel|reset/?)"),
}
_OPEN = {"GET": re.compile(r"/favicon\.ico|/robots\.txt")}


def access(method: str, path: str) -> Access | None:
    """Who may call it: anybody, whoever is signed in, or (None) nobody."""
    method = "GET" if method == "HEAD" else method
    if method in _OPEN and _OPEN[method].fullmatch(path):
        return "open"
    return "known" if method in _KNOWN and _KNOWN[method].fullmatch(path) else None
