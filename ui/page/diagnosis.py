"""The tab for the diagnosis: as a conversation or a form, its result, and the case file (성장기록)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ui.client import Client
from ui.diagnosis_text import say
from ui.errors import ClientError
from ui.page import firm
from ui.page.clients import Clients
from ui.page.diagnosis_room import room, shown_now
from ui.page.flow import Flow, Past, answer_of, question_of
from ui.page.live import DIRECT, EVERY, QUIET, event_value, live_html
from ui.page.reason import mended
from ui.page.signed_in import SignedIn
from ui.page.timeline import outcome_of, training_of
from ui.page.turn import Turn
from ui.text import Language

Json = Mapping[str, Any]
Update = dict[Any, Any]
Said = Callable[[str], str]
Deed = Callable[[Client, Flow, Said], Flow]

SCRIPT = Path(__file__).with_name("diagnosis.js")
YES = "네"
"""What confirms a proposal, in the language of the questions."""


class DiagnosisTab:
    """Builds the tab inside the Blocks at hand. Where a visitor is in it belongs to the browser session; every answer is
    the server's at once, so that a reload or another device goes on from there.
    """

    def __init__(self, clients: Clients, language: Any, visitor: Any) -> None:
        self._clients = clients
        self.flow = gr.State(Flow())
        with gr.Column(elem_classes="gj-diagnosis", min_width=0):
            events = (*DEEDS, "set", "say", "halt")
            self.room = live_html("", events, "gj-diagnosis", SCRIPT.read_text(encoding="utf-8"))
        self._session = [self.flow, language, visitor]
        self._wire()

    def _wire(self) -> None:
        shown = [self.room, self.flow]
        for name, deed in DEEDS.items():
            getattr(self.room, name)(self._doing(deed), self._session, shown, **DIRECT)
        self.room.set(self._doing(_choose), self._session, shown, **EVERY)
        saying = self.room.say(self._doing(_say), self._session, shown, **DIRECT)
        looking = saying.then(self._look_up, self._session, shown, concurrency_limit=None, **QUIET)
        looking.then(self._settle, self._session, shown, **DIRECT)
        self.room.halt(None, cancels=[looking])

    def shown_by(self, tab: Any) -> None:
        """Asks anew when `tab` is chosen."""
        tab.select(self._opened, self._session, self.parts(), **DIRECT)

    def parts(self) -> list[Any]:
        return [self.room, self.flow]

    def labels(self, flow: Flow, client: Client, who: SignedIn) -> Update:
        """The tab in the client's language; nothing where it has not been opened yet."""
        return {self.room: room(client, who, flow) if flow.view else ""}

    def _opened(self, flow: Flow, language: Language, who: SignedIn, request: gr.Request) -> Update:
        flow = flow.calm() if flow.view else flow.to("start")
        return self._shown(self._clients.of(request, language), who, flow)

    def _doing(self, deed: Deed) -> Callable[..., Update]:
        """The event handler that does `deed` and shows what came of it, or beside what it went wrong."""

        def do(flow: Flow, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
            client, said = self._clients.of(request, language), partial(event_value, event)
            try:
                flow = deed(client, flow.calm(), said)
            except ClientError as error:
                flow = flow.failed(error.title, said("question") or "room")
            return self._shown(client, who, flow)

        return do

    def _shown(self, client: Client, who: SignedIn, flow: Flow) -> Update:
        return {self.room: room(client, who, flow), self.flow: flow}

    async def _look_up(
        self, flow: Flow, language: Language, who: SignedIn, request: gr.Request
    ) -> AsyncGenerator[Update]:
        """Answers what was asked in between, sentence by sentence; then the same question is asked again."""
        turn = flow.past[-1].turn if flow.past else None
        if turn is None or not turn.live:
            yield {self.room: gr.skip(), self.flow: gr.skip()}
            return
        client = self._clients.of(request, language)
        try:
            # In a thread: this runs on the loop that the API answers on, which must not wait for itself.
            form = await asyncio.to_thread(client.diagnosis, flow.diagnosis_id)
            async with aclosing(client.aask_stream(turn.question)) as events:
                async for name, data in events:
                    turn = turn.after(name, data)
                    flow = _between(flow, turn)
                    yield {self.room: shown_now(client, who, flow, form), self.flow: flow}
        except ClientError as error:
            yield await asyncio.to_thread(self._shown, client, who, _between(flow, turn.failed(error.title)))

    def _settle(self, flow: Flow, language: Language, who: SignedIn, request: gr.Request) -> Update:
        """However the answer in between ended: one that is still live was stopped."""
        turn = flow.past[-1].turn if flow.past else None
        if turn is None or not turn.live:
            return {self.room: gr.skip(), self.flow: gr.skip()}
        return self._shown(self._clients.of(request, language), who, _between(flow, turn.stopped()))


def _between(flow: Flow, turn: Turn) -> Flow:
    return replace(flow, past=(*flow.past[:-1], replace(flow.past[-1], turn=turn)))


def _go(_: Client, flow: Flow, said: Said) -> Flow:
    return flow.to(said("view"), said("diagnosis"))


def _begin(client: Client, flow: Flow, said: Said) -> Flow:
    return flow.to("talk", client.start_diagnosis(said("depth"))["diagnosis_id"])


def _discard(client: Client, flow: Flow, said: Said) -> Flow:
    client.delete_diagnosis(said("target"))
    return Flow(view="start") if said("target") == flow.diagnosis_id else flow


def _firm(client: Client, flow: Flow, said: Said) -> Flow:
    try:
        firm.save(client, said, client.instrument())
    except (ClientError, firm.OddError) as error:
        return replace(flow.failed(str(error), "firm"), open=True)
    return flow.done(say("firm_saved", client.language), "firm")


def _choose(client: Client, flow: Flow, said: Said) -> Flow:
    """An answer from the list: where words of one's own came before it, they were taken otherwise than meant."""
    question_id, value = said("question"), said("value")
    form = client.diagnosis(flow.diagnosis_id)
    question = question_of(form, question_id)
    client.answer(flow.diagnosis_id, question_id, value)
    flow = mended(client, flow, form, question_id, value)
    if question is None or flow.view == "form":
        return replace(flow, proving="")
    words = flow.said if flow.said_of == question_id else ""
    return flow.kept(question, value, "corrected" if words else "chosen", words)


def _say(client: Client, flow: Flow, said: Said) -> Flow:
    """An answer in one's own words, or a question: that one is looked up next."""
    words = said("text").strip()
    if not words:
        return flow
    form = client.diagnosis(flow.diagnosis_id)
    asked = form["next"]
    heard = client.say(flow.diagnosis_id, words, said("question"), said("proposed"))
    if asked is None:
        return flow
    name, outcome = str(asked["question_id"]), heard["outcome"]
    if outcome in {"recorded", "done"}:
        return _kept(client, flow, form, words)
    if outcome == "proposed":
        return replace(flow, said=words, said_of=name, nearest=())
    if outcome == "question":
        turn = Turn(words, created_at=datetime.now(UTC).isoformat())
        return replace(flow, past=(*flow.past, Past("between", name, str(asked["text"]), words, turn=turn)))
    told = Past("told", name, str(asked["text"]), words, note=heard["text"])
    unclear = outcome == "unclear"
    return replace(
        flow, past=(*flow.past, told), said=words if unclear else "", said_of=name if unclear else "",
        nearest=tuple(heard["nearest"]),
    )  # fmt: skip


def _confirm(client: Client, flow: Flow, said: Said) -> Flow:
    """Yes to what was understood, where that is what the visitor has before them."""
    form = client.diagnosis(flow.diagnosis_id)
    client.say(flow.diagnosis_id, YES, said("question"), said("proposed"))
    return _kept(client, flow, form, "") if form["next"] else flow


def _kept(client: Client, flow: Flow, form: Json, words: str) -> Flow:
    """After an answer to what was at hand in `form` was kept of what was said: `words`, or those it was taken from
    before."""
    asked = form["next"]
    name = str(asked["question_id"])
    before = flow.said if flow.said_of == name else ""
    kept = answer_of(client.diagnosis(flow.diagnosis_id), name)
    value, origin = (kept["value"], kept["origin"]) if kept else ("", "chosen")
    said = kept["said"] if kept and origin == "said" else words or before
    flow = mended(client, flow, form, name, value)
    return flow.kept(asked, value, "said" if origin == "said" else "typed", said)


def _at(client: Client, flow: Flow, said: Said) -> Flow:
    client.go_to(flow.diagnosis_id, said("question"))
    return replace(flow, said="", said_of="", nearest=(), proving="", mended="")


def _prove(_: Client, flow: Flow, said: Said) -> Flow:
    return replace(flow, proving=said("question"))


def _attach(client: Client, flow: Flow, said: Said) -> Flow:
    try:
        client.answer(flow.diagnosis_id, said("question"), said("value"), said("document"))
    except ClientError as error:
        return flow.failed(error.title, "proof")
    return replace(flow, proving="")


def _withdraw(client: Client, flow: Flow, said: Said) -> Flow:
    client.withdraw_evidence(flow.diagnosis_id, said("question"), said("document"))
    return flow


def _parts(client: Client, flow: Flow, said: Said) -> Flow:
    dimensions = {each["dimension"] for each in client.diagnosis(flow.diagnosis_id)["questions"]}
    freed = [each for each in dimensions if said("release") == each]
    try:
        client.take_parts(flow.diagnosis_id, sorted(each for each in dimensions if said(f"part_{each}")), freed)
    except ClientError as error:
        return flow.failed(error.title, "parts")
    return flow.done(say("released" if freed else "parts_done", client.language), "parts")


def _reason(client: Client, flow: Flow, said: Said) -> Flow:
    """Why an answer is another than before: it is kept once more with that."""
    why = said("why").strip()
    if not why:
        return replace(flow, mended="")
    try:
        client.answer(flow.diagnosis_id, said("question"), said("value"), why=why)
    except ClientError as error:
        return flow.failed(error.title, "reason")
    return replace(flow, mended="")


def _pick(client: Client, flow: Flow, said: Said) -> Flow:
    entry = {"kind": "use_case", "use_case": said("case"), "state": said("state"), "area": said("area")}
    client.add_entry(entry)
    return flow


def _outcome(client: Client, flow: Flow, said: Said) -> Flow:
    try:
        client.add_entry(outcome_of(said, client.language))
    except (ClientError, firm.OddError) as error:
        return flow.failed(str(error), "outcome")
    return flow.done(say("outcome_done", client.language, month=said("month")), "outcome")


def _training(client: Client, flow: Flow, said: Said) -> Flow:
    try:
        client.add_entry(training_of(said, client.language))
    except (ClientError, firm.OddError) as error:
        return flow.failed(str(error), "training")
    return flow.done(say("training_done", client.language), "training")


def _erase(client: Client, flow: Flow, said: Said) -> Flow:
    client.remove_entry(said("target"))
    return flow


DEEDS: dict[str, Deed] = {
    "go": _go,
    "begin": _begin,
    "discard": _discard,
    "firm": _firm,
    "choose": _choose,
    "confirm": _confirm,
    "at": _at,
    "prove": _prove,
    "attach": _attach,
    "withdraw": _withdraw,
    "parts": _parts,
    "reason": _reason,
    "pick": _pick,
    "outcome": _outcome,
    "training": _training,
    "erase": _erase,
}
"""What the buttons and forms of the tab do, by the name of their event. Each may raise ClientError."""
