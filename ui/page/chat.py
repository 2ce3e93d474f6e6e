"""The chat tab: a question, its evidence, the answer sentence by sentence, and the conversations kept."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, date, datetime
from typing import Any

import gradio as gr

from ui.client import Client
from ui.errors import ClientError
from ui.page.clients import Clients
from ui.page.live import DIRECT, QUIET, event_value, live_html, problem
from ui.page.transcript import history, transcript
from ui.page.turn import Turn, recalled
from ui.text import Language, sentence

Turns = tuple[Turn, ...]
Update = dict[Any, Any]

LONGEST_QUESTION = 2000
GONE = 404


class ChatTab:
    """Builds the tab inside the Blocks at hand. The turns and the conversation's id belong to the browser session;
    `clients` asks as the visitor.
    """

    def __init__(self, clients: Clients, language: Any) -> None:
        self._clients = clients
        self._language = language
        self.turns = gr.State(())
        self.conversation = gr.BrowserState("", storage_key="giljabi-conversation")
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        with gr.Row(elem_classes="gj-chat"):
            self.history = live_html(history((), "", "ko"), ("fresh", "open", "forget"), "gj-history")
            with gr.Column(elem_classes="gj-main", min_width=0):
                self.transcript = live_html(transcript((), _today(), "ko"), ("submit", "rate"), "gj-transcript")
                with gr.Column(elem_classes="gj-dock", min_width=0):
                    self.alert = gr.HTML(elem_id="gj-alert", apply_default_css=False)
                    with gr.Row(elem_classes="gj-composer"):
                        self.box = gr.Textbox(
                            elem_id="gj-box",
                            lines=1,
                            max_lines=6,
                            max_length=LONGEST_QUESTION,
                            container=False,
                            scale=1,
                            min_width=0,
                        )
                        self.send = gr.Button(elem_classes="gj-send", variant="primary", scale=0, min_width=0)
                        self.stop = gr.Button(elem_classes="gj-stop", visible=False, scale=0, min_width=0)
                    self.notice = gr.HTML(elem_id="gj-notice", apply_default_css=False)

    def _wire(self) -> None:
        session = [self.turns, self.conversation, self._language]
        talk = [self.transcript, self.turns, self.conversation, self.history, self.alert, self.send, self.stop]
        asking = gr.on(
            [self.send.click, self.box.submit, self.transcript.submit],
            self._ask,
            [self.box, *session],
            [self.box, *talk],
            trigger_mode="once",
            concurrency_limit=None,
            **QUIET,
        )
        asking.then(self._settle, [self.box, *session], [self.box, *talk], **DIRECT)
        self.stop.click(None, cancels=[asking])
        self.history.fresh(self._fresh, [self._language], talk, **DIRECT)
        self.history.open(self._open, [self.conversation, self._language], talk, **DIRECT)
        self.history.forget(self._forget, [self.conversation, self._language], talk, **DIRECT)
        self.transcript.rate(self._rate, [self.turns, self._language], talk, **DIRECT)

    def parts(self) -> list[Any]:
        """What `labels` and `arrive` may change."""
        return [
            self.box,
            self.send,
            self.stop,
            self.notice,
            self.history,
            self.transcript,
            self.turns,
            self.conversation,
        ]

    def labels(self, turns: Turns, conversation: str, client: Client) -> Update:
        """Everything the tab says, in the client's language."""
        language = client.language
        return {
            self.box: gr.update(
                label=sentence("ask_label", language),
                placeholder=sentence("ask_hint", language),
                html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
            ),
            self.send: gr.update(value=sentence("send", language)),
            self.stop: gr.update(value=sentence("stop", language)),
            self.notice: f'<p class="gj-ai" role="note">{sentence("ai_notice", language)}</p>',
            self.transcript: transcript(turns, _today(), language),
            self.history: _listed(client, conversation),
        }

    def arrive(self, conversation: str, client: Client) -> Update:
        """The page has been opened: go on where this browser left off."""
        turns: Turns = ()
        if conversation:
            try:
                turns = _recall(client, conversation)
            except ClientError:  # deleted meanwhile, or the server is away: the list below says so
                conversation = ""
        return self.labels(turns, conversation, client) | {self.turns: turns, self.conversation: conversation}

    async def _ask(
        self, typed: str, turns: Turns, conversation: str, language: Language, event: gr.EventData, request: gr.Request
    ) -> AsyncGenerator[Update]:
        chosen = event_value(event, "question")
        question = (chosen or typed).strip()
        if not question:
            yield {self.box: ""}
            return
        kept = tuple(turn for turn in turns if turn.phase != "failed" or turn.answer)
        turn = Turn(question, created_at=datetime.now(UTC).isoformat())
        yield {
            self.box: typed if chosen else "",
            self.send: gr.update(visible=False),
            self.stop: gr.update(visible=True),
            self.alert: "",
            **self._shown((*kept, turn), language),
        }
        try:
            events = self._clients.of(request, language).aask_stream(question, conversation)
            async with aclosing(events):
                async for name, data in events:
                    turn = turn.after(name, data)
                    update = self._shown((*kept, turn), language)
                    yield update | ({self.conversation: turn.conversation_id} if name == "evidence" else {})
        except ClientError as error:
            update = self._shown((*kept, turn.failed(error.title)), language)
            yield update | ({self.conversation: ""} if error.status == GONE else {})

    def _settle(self, typed: str, turns: Turns, conversation: str, language: Language, request: gr.Request) -> Update:
        """After a question, however it ended. Nothing writes the turns meanwhile, so a turn that is still live was
        stopped. A question that failed goes back into the box unless another is there.
        """
        settled = (*turns[:-1], *(turn.stopped() for turn in turns[-1:]))
        update = self._begun(conversation, settled, self._clients.of(request, language))
        failed = bool(turns) and turns[-1].phase == "failed" and not typed.strip()
        return update | {self.box: turns[-1].question if failed else gr.skip()}

    def _fresh(self, language: Language, request: gr.Request) -> Update:
        return self._begun("", (), self._clients.of(request, language))

    def _open(self, conversation: str, language: Language, event: gr.EventData, request: gr.Request) -> Update:
        target, client = event_value(event, "target"), self._clients.of(request, language)
        try:
            return self._begun(target, _recall(client, target), client)
        except ClientError as error:
            return {self.alert: problem(error), self.history: _listed(client, conversation)}

    def _forget(self, conversation: str, language: Language, event: gr.EventData, request: gr.Request) -> Update:
        target, client = event_value(event, "target"), self._clients.of(request, language)
        try:
            client.delete_conversation(target)
        except ClientError as error:
            return {self.alert: problem(error), self.history: _listed(client, conversation)}
        if target == conversation:
            return self._begun("", (), client)
        return {self.alert: "", self.history: _listed(client, conversation)}

    def _rate(self, turns: Turns, language: Language, event: gr.EventData, request: gr.Request) -> Update:
        rating = int(event_value(event, "rating"))
        comment = event_value(event, "comment").strip() or None
        at, turn = next((at, turn) for at, turn in enumerate(turns) if turn.turn_id == event_value(event, "turn"))
        try:
            self._clients.of(request, language).feedback(turn.conversation_id, turn.turn_id, rating, comment)
        except ClientError as error:
            return {self.alert: problem(error)}
        rated = (*turns[:at], turn.rated(rating, comment), *turns[at + 1 :])
        return {self.alert: "", **self._shown(rated, language)}

    def _begun(self, conversation: str, turns: Turns, client: Client) -> Update:
        return {
            self.conversation: conversation,
            self.history: _listed(client, conversation),
            self.alert: "",
            self.send: gr.update(visible=True),
            self.stop: gr.update(visible=False),
            **self._shown(turns, client.language),
        }

    def _shown(self, turns: Turns, language: Language) -> Update:
        return {self.transcript: transcript(turns, _today(), language), self.turns: turns}


def _recall(client: Client, conversation: str) -> Turns:
    kept = client.conversation(conversation)
    return tuple(recalled(turn, conversation) for turn in kept["turns"])


def _listed(client: Client, conversation: str) -> str:
    try:
        return history(client.conversations(), conversation, client.language)
    except ClientError as error:
        return history((), conversation, client.language, problem(error))


def _today() -> date:
    return datetime.now().astimezone().date()
