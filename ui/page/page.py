"""The page as a whole: its frame, its language, its look, and how it is put beside the API."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ui.client import Client
from ui.diagnosis_text import say as say_of_diagnosis
from ui.errors import ClientError
from ui.page.chat import ChatTab, Turns
from ui.page.clients import Clients
from ui.page.company import CompanyTab
from ui.page.diagnosis import DiagnosisTab
from ui.page.documents import DocumentsTab
from ui.page.flow import Flow
from ui.page.live import DIRECT, live_html
from ui.page.preview import Preview
from ui.page.rooms import tab_name, title_of
from ui.page.signed_in import SignedIn, signed_in
from ui.page.viewer import Viewer
from ui.page.visitors import OwnSessions
from ui.text import Language, sentence

_SHEETS = ("colours.css", "page.css", "documents.css", "dialog.css", "diagnosis.css")
STYLES = [Path(__file__).with_name(name) for name in _SHEETS]
CHAT, DOCUMENTS, DIAGNOSIS, COMPANY = "chat", "documents", "diagnosis", "company"
# Fonts a Korean phone, Windows, macOS or Linux has; nothing is fetched.
FONTS = ("Pretendard", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "NanumGothic", "system-ui", "sans-serif")


def build(base_url: str) -> gr.Blocks:
    """The page, a client of the API at `base_url`. `mount` puts it beside that API."""
    return _Page(Clients(base_url)).blocks


def mount(app: Any, base_url: str, styles: str = "") -> Any:
    """The FastAPI `app` with the page at `/`, whose server is to be reached at `base_url`. `styles`: the sheet of
    what the server sends as HTML."""
    app.add_middleware(OwnSessions)
    return gr.mount_gradio_app(
        app,
        build(base_url),
        path="/",
        theme=_theme(),
        css=styles,
        css_paths=STYLES,
        footer_links=[],
        run_history=False,
        max_file_size=0,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )


class _Page:
    """The frame round the tabs. The language is the browser's own choice and survives a reload."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        with gr.Blocks(title="길잡이", analytics_enabled=False, fill_width=True) as self.blocks:
            self._language = gr.BrowserState("ko", storage_key="giljabi-language")
            self._visitor = gr.State(SignedIn())
            with gr.Row(elem_classes="gj-header"):
                self._brand = gr.HTML(_brand("ko"), elem_id="gj-brand", apply_default_css=False)
                self._account = live_html("", (), "gj-account")
                self._switch = gr.Button(elem_classes="gj-switch", scale=0, min_width=0)
            with gr.Tabs(elem_classes="gj-tabs") as self._tabs:
                with gr.Tab(sentence("tab_chat", "ko"), id=CHAT) as self._chat_tab:
                    self._chat = ChatTab(clients, self._language)
                with gr.Tab(sentence("tab_documents", "ko"), id=DOCUMENTS) as self._documents_tab:
                    self._documents = DocumentsTab(clients, self._language, self._visitor)
                with gr.Tab(say_of_diagnosis("tab", "ko"), id=DIAGNOSIS) as self._diagnosis_tab:
                    self._diagnosis = DiagnosisTab(clients, self._language, self._visitor)
                with gr.Tab(tab_name(SignedIn(), "ko"), id=COMPANY) as self._company_tab:
                    self._company = CompanyTab(clients, self._language)
            # After what opens them, and outside the tabs: they lie above all of it. The last one opened lies on top.
            self._preview = Preview(clients, self._language, self._visitor)
            self._documents.drafts.add_dialog()
            self._viewer = Viewer(clients, self._language)
            self._documents.shown_by(self._documents_tab)
            self._diagnosis.shown_by(self._diagnosis_tab)
            self._company.shown_by(self._company_tab)
            self._wire()
        # After every event Gradio would sum up all events so far with pandas, for a page that we have switched off.
        self.blocks._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize

    def _wire(self) -> None:
        tabs = [self._tabs, self._chat_tab, self._documents_tab, self._diagnosis_tab, self._company_tab]
        frame = [self._brand, self._account, self._switch, self._visitor, *tabs]
        rooms = [*self._chat.parts(), *self._documents.parts(), *self._company.parts()]
        rooms += [*self._diagnosis.parts(), *self._preview.parts(), *self._viewer.parts()]
        every = [*frame, *rooms, self._language]
        self.blocks.load(self._arrive, [self._chat.conversation, self._language], every, **DIRECT)
        session = [self._chat.turns, self._chat.conversation, self._diagnosis.flow, self._language]
        self._switch.click(self._speak_other, session, every, **DIRECT)

    def _arrive(self, conversation: str, language: Language, request: gr.Request) -> dict[Any, Any]:
        client = self._clients.of(request, language)
        who = _known(client)
        update = self._frame(client, who) | self._tabs_for(who)
        if not who.reads:
            return update  # choosing the tab fills it
        return update | self._chat.arrive(conversation, client) | self._documents_in(client, who)

    def _speak_other(
        self, turns: Turns, conversation: str, flow: Flow, language: Language, request: gr.Request
    ) -> dict[Any, Any]:
        other: Language = "en" if language == "ko" else "ko"
        client = self._clients.of(request, other)
        who = _known(client)
        update = self._frame(client, who) | self._company.opened(client) | {self._language: other}
        if not who.reads:
            return update
        update |= self._diagnosis.labels(flow, client, who) if who.has_case else {}
        return update | self._chat.labels(turns, conversation, client) | self._documents_in(client, who)

    def _documents_in(self, client: Client, who: SignedIn) -> dict[Any, Any]:
        language = client.language
        return self._documents.labels(client, who) | self._preview.labels(language) | self._viewer.labels(language)

    def _frame(self, client: Client, who: SignedIn) -> dict[Any, Any]:
        language = client.language
        return {
            self._brand: _brand(language),
            self._account: _account(who, language),
            self._switch: gr.update(value=sentence("switch", language)),
            self._visitor: who,
            self._chat_tab: gr.update(label=sentence("tab_chat", language)),
            self._documents_tab: gr.update(label=sentence("tab_documents", language)),
            self._diagnosis_tab: gr.update(label=say_of_diagnosis("tab", language)),
            self._company_tab: gr.update(label=tab_name(who, language)),
        }

    def _tabs_for(self, who: SignedIn) -> dict[Any, Any]:
        """Without documents of their own there is nothing to ask over, and without a company nothing to diagnose."""
        if who.has_case:
            return {}
        hidden = {self._diagnosis_tab: gr.update(visible="hidden")}
        if who.reads:
            return hidden
        return hidden | {
            self._chat_tab: gr.update(visible="hidden"),
            self._documents_tab: gr.update(visible="hidden"),
            self._tabs: gr.update(selected=COMPANY),
        }


def _known(client: Client) -> SignedIn:
    """Who is signed in; nobody known where the server does not say, and each tab then says why."""
    try:
        return signed_in(client)
    except ClientError:
        return SignedIn()


def _brand(language: Language) -> str:
    return f"""<div class="gj-brand"><h1>{sentence("brand", language)}</h1>
<p>{sentence("tagline", language)}</p></div>"""


def _account(who: SignedIn, language: Language) -> str:
    return f"""<div class="gj-account" lang="{language}"><span class="gj-name">{escape(title_of(who, language))}</span>
<button type="button" class="gj-out" data-sign-out data-ended="{sentence("signed_out", language)}"
data-sign-in="{sentence("sign_in", language)}">{sentence("sign_out", language)}</button></div>"""


def _theme() -> gr.Theme:
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", radius_size="md", font=FONTS, font_mono=FONTS)
