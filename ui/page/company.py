"""The tab for accounts: who may do what, what leaves the company, and what was done."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from ui.client import Client
from ui.errors import ClientError
from ui.page.clients import Clients
from ui.page.deeds import DEEDS
from ui.page.live import DIRECT, event_value, live_html, problem
from ui.page.rooms import room
from ui.page.signed_in import signed_in
from ui.text import Language

Update = dict[Any, Any]


class CompanyTab:
    """Builds the tab inside the Blocks at hand. `clients` asks as the visitor.

    What was done or went wrong is told above the rest, which is left as it is where something went wrong: a form
    keeps what was written into it.
    """

    def __init__(self, clients: Clients, language: Any) -> None:
        self._clients = clients
        self._language = language
        with gr.Column(elem_classes="gj-company", min_width=0):
            self.told = live_html("", (), "gj-told")
            self.room = live_html("", ("deed", "look"), "gj-room")
        shown = [self.told, self.room]
        self.room.deed(self._do, [language], shown, **DIRECT)
        self.room.look(self._look, [language], shown, **DIRECT)

    def shown_by(self, tab: Any) -> None:
        """Asks anew when `tab` is chosen."""
        tab.select(self._look, [self._language], self.parts(), **DIRECT)

    def parts(self) -> list[Any]:
        return [self.told, self.room]

    def opened(self, client: Client) -> Update:
        """The tab as it is when it is first seen."""
        return self._shown(client, lambda _: "")

    def _look(self, language: Language, event: gr.EventData, request: gr.Request) -> Update:
        return self._shown(self._clients.of(request, language), partial(event_value, event))

    def _do(self, language: Language, event: gr.EventData, request: gr.Request) -> Update:
        client, said = self._clients.of(request, language), partial(event_value, event)
        try:
            told = DEEDS[said("deed")](client, said)
        except ClientError as error:
            return {self.told: _refused(error)}
        return self._shown(client, said) | {self.told: told}

    def _shown(self, client: Client, said: Any) -> Update:
        try:
            return {self.told: "", self.room: room(client, signed_in(client), said)}
        except ClientError as error:
            return {self.told: _refused(error)}


def _refused(error: ClientError) -> str:
    return f'<div class="gj-told" tabindex="-1">{problem(error)}</div>'
