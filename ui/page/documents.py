"""The documents tab: what answers may rest on, what was added and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import gradio as gr

from ui.client import Client
from ui.document_text import say
from ui.errors import ClientError
from ui.page import intake
from ui.page.clients import Clients
from ui.page.drafts import Drafts
from ui.page.live import DIRECT, EVERY, event_value, live_html, problem
from ui.page.shelf import UNDER_WAY, Document, shelf
from ui.page.signed_in import SignedIn
from ui.text import Language

Update = dict[Any, Any]

POLL_SECONDS = 0.7
_LONG_LIST = 100
_NEVER_LESS_OFTEN = 5.0


class DocumentsTab:
    """Builds the tab inside the Blocks at hand. `clients` asks as the visitor; `visitor` is the session's SignedIn.

    Files go from the browser to the API itself: Gradio would lay them into a folder all visitors share. While something
    is under way a clock asks how far it is, and no longer.
    """

    def __init__(self, clients: Clients, language: Any, visitor: Any) -> None:
        self._clients = clients
        self._session = [language, visitor]
        with gr.Column(elem_classes="gj-documents", min_width=0):
            script = intake.SCRIPT.read_text(encoding="utf-8")
            self.adding = live_html(intake.adding("ko"), ("added",), "gj-adding", script)
            self.progress = live_html("", ("cancel",), "gj-progress")
            self.shelf = live_html("", ("discard", "mark", "cancel"), "gj-shelf")
            self.drafts = Drafts(clients, language, visitor)
            self.library = live_html("", (), "gj-library")
            self.clock = gr.Timer(POLL_SECONDS, active=False)
        self._wire()

    def _wire(self) -> None:
        shown = [self.progress, self.shelf, self.library, self.clock]
        self.adding.added(self._look_again, self._session, shown, **EVERY)
        self.shelf.discard(self._discard, self._session, shown, **DIRECT)
        self.shelf.mark(self._mark, self._session, shown, **DIRECT)
        self.shelf.cancel(self._cancel, self._session, shown, **DIRECT)
        self.progress.cancel(self._cancel, self._session, shown, **DIRECT)
        ticked = [*shown, self.drafts.part]
        self.clock.tick(self._tick, self._session, ticked, trigger_mode="once", **DIRECT)

    def shown_by(self, tab: Any) -> None:
        """Refreshes the list when `tab` is chosen."""
        shown = [self.progress, self.shelf, self.library, self.clock, self.drafts.part]
        tab.select(self._opened, self._session, shown, **DIRECT)

    def parts(self) -> list[Any]:
        return [self.adding, self.progress, self.shelf, self.library, self.clock, *self.drafts.parts()]

    def labels(self, client: Client, who: SignedIn) -> Update:
        adding = intake.adding(client.language) if who.writes else ""
        return {self.adding: adding, **self.drafts.labels(client, who), **self._look(client, who)}

    def _opened(self, language: Language, who: SignedIn, request: gr.Request) -> Update:
        client = self._clients.of(request, language)
        return self._look(client, who) | self.drafts.look(client, who)

    def _look_again(self, language: Language, who: SignedIn, request: gr.Request) -> Update:
        return self._look(self._clients.of(request, language), who)

    def _tick(self, language: Language, who: SignedIn, request: gr.Request) -> Update:
        """The clock runs only while something is under way: where nothing is any more, it has just ended."""
        client = self._clients.of(request, language)
        update, moving = self._looked(client, who, ended=True)
        return update if moving else update | self.drafts.look(client, who)

    def _discard(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        client = self._clients.of(request, language)
        return self._done(client, who, lambda: client.delete_document(event_value(event, "target")))

    def _mark(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        client = self._clients.of(request, language)
        stays = event_value(event, "stays") == "true"
        return self._done(client, who, lambda: client.mark_document(event_value(event, "target"), stays_here=stays))

    def _cancel(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        client = self._clients.of(request, language)

        def cancel() -> str:
            count = client.cancel_intake(event_value(event, "target") or None)
            return f'<p class="gj-note plain" role="status">{say("cancelled", language, count=count)}</p>'

        return self._done(client, who, cancel)

    def _done(self, client: Client, who: SignedIn, deed: Callable[[], str | None]) -> Update:
        try:
            told = deed() or ""
        except ClientError as error:
            told = problem(error)
        return self._looked(client, who, told)[0]

    def _look(self, client: Client, who: SignedIn) -> Update:
        return self._looked(client, who)[0]

    def _looked(self, client: Client, who: SignedIn, told: str = "", *, ended: bool = False) -> tuple[Update, bool]:
        """The list and how far it is, with what is `told` above; and whether something is under way. The clock runs on
        while it is.
        """
        language = client.language
        try:
            documents = client.documents()
            busy = [document for document in documents if document["status"] in UNDER_WAY]
            own = any(document["collection"] == "company" for document in busy)
            now = client.intake() if own or (ended and not busy) else None
        except ClientError as error:
            return {self.progress: problem(error), self.clock: gr.Timer(active=False)}, False
        if now and own:
            told += intake.under_way(now, language, may_change=who.writes)
        elif now:
            told += intake.finished(now, language)
        today = datetime.now().astimezone().date()
        update = {
            self.progress: told,
            self.shelf: shelf(documents, who, today, language, ("company",)),
            self.clock: gr.Timer(_pause(documents), active=bool(busy)),
        }
        if not ended or any(document["collection"] == "library" for document in busy):
            update[self.library] = shelf(documents, who, today, language, ("library",))
        return update, bool(busy)


def _pause(documents: Sequence[Document]) -> float:
    """Seconds until the next look: a long list is sent less often."""
    return min(POLL_SECONDS * max(1.0, len(documents) / _LONG_LIST), _NEVER_LESS_OFTEN)
