"""The page as a whole: its frame, its language, its look, and how it is put beside the API."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from ui.client import Client
from ui.page.chat import ChatTab, Turns
from ui.page.documents import DocumentsTab
from ui.page.live import DIRECT
from ui.text import Language, sentence

STYLE = Path(__file__).with_name("page.css")
# Fonts a Korean phone, Windows, macOS or Linux has; nothing is fetched.
FONTS = ("Pretendard", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "NanumGothic", "system-ui", "sans-serif")
LARGEST_UPLOAD = "200mb"
"""What Gradio takes in before it passes the file on; the API has its own, smaller limit and says so in words."""


def build(base_url: str) -> gr.Blocks:
    """The page, a client of the API at `base_url`. `mount` puts it beside that API."""
    languages: tuple[Language, ...] = ("ko", "en")
    return _Page({language: Client(base_url, language=language) for language in languages}).blocks


def mount(app: Any, base_url: str) -> Any:
    """The FastAPI `app` with the page at `/`, whose server is to be reached at `base_url`."""
    return gr.mount_gradio_app(
        app,
        build(base_url),
        path="/",
        theme=_theme(),
        css_paths=STYLE,
        footer_links=[],
        run_history=False,
        max_file_size=LARGEST_UPLOAD,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )


class _Page:
    """The frame round the tabs. The language is the browser's own choice and survives a reload."""

    def __init__(self, clients: Mapping[Language, Client]) -> None:
        with gr.Blocks(title="길잡이", analytics_enabled=False, fill_width=True) as self.blocks:
            self._language = gr.BrowserState("ko", storage_key="giljabi-language")
            with gr.Row(elem_classes="gj-header"):
                self._brand = gr.HTML(_brand("ko"), elem_id="gj-brand", apply_default_css=False)
                self._switch = gr.Button(elem_classes="gj-switch", scale=0, min_width=0)
            with gr.Tabs(elem_classes="gj-tabs"):
                with gr.Tab(sentence("tab_chat", "ko"), id="chat") as self._chat_tab:
                    self._chat = ChatTab(clients, self._language)
                with gr.Tab(sentence("tab_documents", "ko"), id="documents") as self._documents_tab:
                    self._documents = DocumentsTab(clients, self._language)
            self._documents.shown_by(self._documents_tab)
            self._wire()
        # After every event Gradio would sum up all events so far with pandas, for a page that we have switched off.
        self.blocks._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize

    def _wire(self) -> None:
        frame = [self._brand, self._switch, self._chat_tab, self._documents_tab]
        every = [*frame, *self._chat.parts(), *self._documents.parts(), self._language]
        self.blocks.load(self._arrive, [self._chat.conversation, self._language], every, **DIRECT)
        session = [self._chat.turns, self._chat.conversation, self._language]
        self._switch.click(self._speak_other, session, every, **DIRECT)

    def _arrive(self, conversation: str, language: Language) -> dict[Any, Any]:
        return self._frame(language) | self._chat.arrive(conversation, language)

    def _speak_other(self, turns: Turns, conversation: str, language: Language) -> dict[Any, Any]:
        other: Language = "en" if language == "ko" else "ko"
        return self._frame(other) | self._chat.labels(turns, conversation, other) | {self._language: other}

    def _frame(self, language: Language) -> dict[Any, Any]:
        return {
            self._brand: _brand(language),
            self._switch: gr.update(value=sentence("switch", language)),
            self._chat_tab: gr.update(label=sentence("tab_chat", language)),
            self._documents_tab: gr.update(label=sentence("tab_documents", language)),
            **self._documents.labels(language),
        }


def _brand(language: Language) -> str:
    return f"""<div class="gj-brand"><h1>{sentence("brand", language)}</h1>
<p>{sentence("tagline", language)}</p></div>"""


def _theme() -> gr.Theme:
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", radius_size="md", font=FONTS, font_mono=FONTS)
