"""The API as each visitor may use it: the page asks with the visitor's own cookie, and has no rights itself."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from ui.client import Client
from ui.text import Language

COOKIE = "giljabi_session"


class Clients:
    """One client a language, over connections that all visitors share."""

    def __init__(self, base_url: str) -> None:
        languages: tuple[Language, ...] = ("ko", "en")
        self._clients: Mapping[Language, Client] = {
            language: Client(base_url, language=language) for language in languages
        }

    def of(self, request: gr.Request, language: Language) -> Client:
        """The client of whoever sent this request."""
        session = request.cookies.get(COOKIE, "")
        return self._clients[language].acting({"Cookie": f"{COOKIE}={session}"} if session else {})
