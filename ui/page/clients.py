"""The API as each visitor may use it: the page asks with the visitor's own cookie, and has no rights itself."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from ui.client import Client
from ui.text import Language

COOKIES = ("giljabi_session", "giljabi_company")
"""Who the visitor is, and which company a consultant has open."""


class Clients:
    """One client a language, over connections that all visitors share."""

    def __init__(self, base_url: str) -> None:
        languages: tuple[Language, ...] = ("ko", "en")
        self._clients: Mapping[Language, Client] = {
            language: Client(base_url, language=language) for language in languages
        }

    def of(self, request: gr.Request, language: Language) -> Client:
        """The client of whoever sent this request."""
        sent = "; ".join(f"{name}={request.cookies[name]}" for name in COOKIES if name in request.cookies)
        return self._clients[language].acting({"Cookie": sent} if sent else {})
