"""AAS drafts from documents, and what the company's AAS still lacks: a part of the documents tab, and a dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import gradio as gr

from ui.client import Client
from ui.document_text import say
from ui.errors import ClientError
from ui.page.clients import Clients
from ui.page.draft import NAME, drafted
from ui.page.live import DIRECT, EVERY, dialog_html, event_value, live_html, problem, sheet, sheet_head
from ui.page.signed_in import SignedIn
from ui.page.transcript import deletion, moment
from ui.text import Language

Json = Mapping[str, Any]
Update = dict[Any, Any]


class Drafts:
    """Builds the part inside the Blocks at hand, and by `box` the dialog of one draft, which stands outside every tab."""

    def __init__(self, clients: Clients, language: Any, visitor: Any) -> None:
        self._clients = clients
        self._session = [language, visitor]
        self.part = live_html("", ("discard_draft",), "gj-aas")
        self.ready = live_html("", ("check",), "gj-ready")
        self.part.discard_draft(self._discard, self._session, [self.part], **DIRECT)
        self.ready.check(self._check, self._session, [self.ready], **DIRECT)

    def add_dialog(self) -> None:
        self.box = dialog_html(NAME, ("decide",), "ko")
        shown = [self.box, self.part]
        self.box.show(self._show, self._session, shown, **EVERY)
        self.box.decide(self._decide, self._session, shown, **DIRECT)

    def parts(self) -> list[Any]:
        return [self.box, self.part, self.ready]

    def labels(self, client: Client, who: SignedIn) -> Update:
        language = client.language
        shown = {self.box: sheet("", language, ""), self.ready: _readiness(who, language)}
        return shown | self.look(client, who)

    def look(self, client: Client, who: SignedIn) -> Update:
        """The part as it is now."""
        return {self.part: _part(client, who)}

    def _discard(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        client, trouble = self._clients.of(request, language), ""
        try:
            client.discard_aas_draft(event_value(event, "target"))
        except ClientError as error:
            trouble = problem(error)
        return {self.part: _part(client, who, trouble)}

    def _check(self, language: Language, who: SignedIn, request: gr.Request) -> Update:
        client = self._clients.of(request, language)
        try:
            found = readiness(client.aas_readiness(), language)
        except ClientError as error:
            found = problem(error)
        return {self.ready: _readiness(who, language, found)}

    def _show(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        """One draft: a new one of a document where a document is named."""
        client = self._clients.of(request, language)
        asked, document_id = event_value(event, "asked"), event_value(event, "document")
        try:
            draft = (
                client.make_aas_draft([document_id]) if document_id else client.aas_draft(event_value(event, "draft"))
            )
        except ClientError as error:
            body = sheet_head(NAME, say("aas_draft", language), "", language) + problem(error)
            return {self.box: sheet(body, language, asked)}
        update = self.look(client, who) if document_id else {}
        return update | {self.box: sheet(drafted(draft, language, may_change=who.writes), language, asked)}

    def _decide(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        client, draft_id = self._clients.of(request, language), event_value(event, "draft")
        path, value = event_value(event, "element"), event_value(event, "value").strip()
        trouble = ""
        try:
            confirmed = event_value(event, "confirmed") != "false"
            draft = client.decide_aas(draft_id, path, value, confirmed=confirmed)
        except ClientError as error:
            trouble = problem(error)
            try:
                draft = client.aas_draft(draft_id)
            except ClientError:
                body = sheet_head(NAME, say("aas_draft", language), "", language) + trouble
                return {self.box: sheet(body, language, "")}
        body = drafted(draft, language, may_change=who.writes, decided=path, trouble=trouble)
        return {self.box: sheet(body, language, ""), **self.look(client, who)}


def _part(client: Client, who: SignedIn, trouble: str = "") -> str:
    language = client.language
    if not who.role:
        return ""
    try:
        papers = [one for one in client.documents() if one["collection"] == "company" and one["status"] == "indexed"]
        body = listed(client.aas_drafts(), papers, language, may_change=who.writes)
    except ClientError as error:
        body = problem(error)
    return _section(say("aas", language), say("aas_more", language), trouble + body, language)


def _readiness(who: SignedIn, language: Language, checked: str = "") -> str:
    """The readiness check; `checked` is what it found, as HTML."""
    if not who.role:
        return ""
    words = say("ready_again" if checked else "ready_do", language)
    button = f'<button type="button" class="gj-plain" data-act="check">{words}</button>'
    return _section(say("ready", language), say("ready_more", language), button + checked, language)


def _section(title: str, more: str, body: str, language: Language) -> str:
    return (
        f'<div class="gj-shelf gj-room gj-aas" lang="{language}"><section><h3>{title}</h3>'
        f'<p class="gj-more">{more}</p>{body}</section></div>'
    )


def listed(drafts: Sequence[Json], papers: Sequence[Json], language: Language, *, may_change: bool) -> str:
    """The drafts there are, and the way to a new one from one of `papers`."""
    rows = "".join(_row(draft, language, may_change=may_change) for draft in drafts)
    shown = f"<ul>{rows}</ul>" if rows else f'<p class="gj-none">{say("aas_none", language)}</p>'
    if not may_change:
        return shown
    if not papers:
        return f'{shown}<p class="gj-none">{say("aas_no_papers", language)}</p>'
    options = "".join(
        f'<option value="{escape(str(one["document_id"]))}">{escape(str(one["title"] or one["name"]))}</option>'
        for one in reversed(papers)
    )
    return (
        f'{shown}<form class="gj-form" data-dialog-form="{NAME}"><label class="gj-field"><span>'
        f'{say("aas_from", language)}</span><select name="document" required>{options}</select></label>'
        f'<div class="gj-submit"><button type="submit" class="gj-do">{say("aas_make", language)}</button></div></form>'
    )


def _row(draft: Json, language: Language, *, may_change: bool) -> str:
    name, target = str(draft["name"]), str(draft["draft_id"])
    state = say("aas_whole", language)
    if draft["open"] or draft["unconfirmed"]:
        state = say("aas_state", language, open=draft["open"], unconfirmed=draft["unconfirmed"])
    label = escape(say("aas_open_named", language, name=name))
    delete = ""
    if may_change:
        sure = say("aas_discard_sure", language)
        delete = deletion("discard_draft", target, say("aas_discard", language, name=name), sure, language)
    return (
        f'<li class="gj-row"><div class="gj-what"><strong>{escape(name)}</strong>'
        f'<p class="gj-facts">{state} · {moment(str(draft["changed_at"]))}</p></div>'
        f'<button type="button" class="gj-plain" data-dialog="{NAME}" data-draft="{escape(target)}"'
        f' aria-haspopup="dialog" aria-label="{label}">{say("aas_open", language)}</button>{delete}</li>'
    )


def readiness(found: Json, language: Language) -> str:
    """The object of `GET /api/aas/readiness` as HTML."""
    count = say("ready_count", language, met=found["met"], unmet=found["unmet"], unknown=found["unknown"])
    items = "".join(_item(item, language) for item in found["items"])
    source = say("ready_source", language, source=found["source"]) if found["source"] else ""
    return (
        f'<div class="gj-ready" role="status"><p class="gj-note plain">{escape(found["notice"])}</p>'
        f'<p><strong>{count}</strong></p></div><ul class="gj-found">{items}</ul>'
        f'<p class="gj-source">{escape(source)}</p>'
    )


def _item(item: Json, language: Language) -> str:
    state = str(item["state"])
    kind = {"met": "good", "unmet": "warn"}.get(state, "plain")
    to_do = "" if state == "met" else f"<p>{escape(say('ready_next', language, next=item['next']))}</p>"
    rows = "".join(_seen(one, language) for one in item["seen"])
    words = say("ready_seen", language, count=len(item["seen"]))
    key = escape(str(item["key"]))
    seen = f'<details id="gj-seen-{key}"><summary>{words}</summary><ul>{rows}</ul></details>' if rows else ""
    return (
        f'<li><span class="gj-badge {kind}">{say(f"ready_{state}", language)}</span>'
        f'<div class="gj-what"><strong>{escape(item["title"])}</strong>{to_do}{seen}</div></li>'
    )


def _seen(one: Json, language: Language) -> str:
    value = say("ready_absent", language) if one["missing"] else str(one["value"])
    told = f" = {escape(value)}" if value else ""
    path = f" <code>{escape(one['path'])}</code>" if one["path"] else ""
    return f"<li>{escape(one['title'])}{path}{told}</li>"
