"""The documents tab: what answers may rest on, what was added and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote as url_quote

import gradio as gr

from ui.client import Client
from ui.errors import ClientError
from ui.page.clients import Clients
from ui.page.live import DIRECT, event_value, live_html, problem
from ui.page.signed_in import SignedIn
from ui.page.transcript import deletion, moment
from ui.text import Language, sentence

Document = Mapping[str, Any]
Update = dict[Any, Any]

UNDER_WAY = ("queued", "read")
POLL_SECONDS = 0.7


class DocumentsTab:
    """Builds the tab inside the Blocks at hand. `clients` asks as the visitor; `visitor` is the session's SignedIn.

    Files go from the browser to the API itself: Gradio would lay them into a folder all visitors share.
    """

    def __init__(self, clients: Clients, language: Any, visitor: Any) -> None:
        self._clients = clients
        self._session = [language, visitor]
        with gr.Column(elem_classes="gj-documents", min_width=0):
            self.adding = live_html(adding("ko"), ("added",), "gj-adding")
            self.progress = gr.HTML(elem_id="gj-progress", apply_default_css=False)
            self.shelf = live_html(shelf((), SignedIn(), "ko"), ("discard", "mark"), "gj-shelf")
            self.clock = gr.Timer(POLL_SECONDS, active=False)
        self._wire()

    def _wire(self) -> None:
        shown = [self.shelf, self.clock]
        self.adding.added(self._added, self._session, [self.progress, *shown], **DIRECT)
        self.shelf.discard(self._discard, self._session, [self.progress, *shown], **DIRECT)
        self.shelf.mark(self._mark, self._session, [self.progress, *shown], **DIRECT)
        self.clock.tick(self._look_again, self._session, shown, trigger_mode="once", **DIRECT)

    def shown_by(self, tab: Any) -> None:
        """Refreshes the list when `tab` is chosen."""
        tab.select(self._look_again, self._session, [self.shelf, self.clock], **DIRECT)

    def parts(self) -> list[Any]:
        return [self.adding, self.shelf, self.clock]

    def labels(self, client: Client, who: SignedIn) -> Update:
        return {self.adding: adding(client.language) if who.writes else "", **self._look(client, who)}

    def _added(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        """Files have been sent. `results` says of each what the API answered."""
        results = json.loads(event_value(event, "results") or "[]")
        notes = "".join(_note(result, language) for result in results)
        return {self.progress: notes, **self._look(self._clients.of(request, language), who)}

    def _discard(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        client = self._clients.of(request, language)
        return self._done(client, who, lambda: client.delete_document(event_value(event, "target")))

    def _mark(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> Update:
        client = self._clients.of(request, language)
        stays = event_value(event, "stays") == "true"
        return self._done(client, who, lambda: client.mark_document(event_value(event, "target"), stays_here=stays))

    def _done(self, client: Client, who: SignedIn, deed: Callable[[], None]) -> Update:
        trouble = ""
        try:
            deed()
        except ClientError as error:
            trouble = problem(error)
        return {self.progress: trouble, **self._look(client, who)}

    def _look_again(self, language: Language, who: SignedIn, request: gr.Request) -> Update:
        return self._look(self._clients.of(request, language), who)

    def _look(self, client: Client, who: SignedIn) -> Update:
        """The list as it is now; the clock runs on while something in it is under way."""
        try:
            documents = client.documents()
        except ClientError as error:
            return {self.shelf: problem(error), self.clock: gr.Timer(active=False)}
        moving = any(document["status"] in UNDER_WAY for document in documents)
        return {self.shelf: shelf(documents, who, client.language), self.clock: gr.Timer(active=moving)}


def adding(language: Language) -> str:
    """Where files are chosen, as HTML; the page's script sends them."""
    sending = escape(sentence("uploading", language, name="{name}", done="{done}", all="{all}"))
    return f"""<div class="gj-adding" lang="{language}"><p>{sentence("upload_hint", language)}</p>
<label class="gj-upload">{sentence("upload", language)}<input type="file" multiple data-upload="added"
data-sending="{sending}" data-failed="{escape(sentence("cut", language))}"></label>
<p class="gj-state busy" role="status" hidden></p></div>"""


def _note(result: Mapping[str, str], language: Language) -> str:
    """What a person must know of a file that was sent, if anything."""
    name = escape(str(result.get("name", "")))
    if result.get("title"):
        return f'<p class="gj-note error" role="alert">{name}: {escape(str(result["title"]))}</p>'
    if result.get("status") != "unchanged":
        return ""
    return f'<p class="gj-note plain" role="note">{sentence("unchanged", language, name=name)}</p>'


def shelf(documents: Sequence[Document], who: SignedIn, language: Language) -> str:
    """The company's own documents, then the library's, as HTML."""
    groups = "".join(
        _group(collection, [item for item in documents if item["collection"] == collection], who, language)
        for collection in ("company", "library")
    )
    return f'<div class="gj-shelf" lang="{language}">{groups}</div>'


def _group(collection: str, documents: Sequence[Document], who: SignedIn, language: Language) -> str:
    own = collection == "company"
    if own and not documents and not who.writes:
        return ""
    rows = "".join(_row(document, language, may_change=own and who.writes) for document in documents)
    listed = f"<ul>{rows}</ul>" if rows else f'<p class="gj-none">{sentence(f"{collection}_none", language)}</p>'
    count = sentence("count", language, count=len(documents))
    name = sentence(collection, language)
    if own and not who.writes and who.company:
        name = sentence("company_other", language, company=who.company)
    return f'<section><h3>{escape(name)} <span class="gj-count">{count}</span></h3>{listed}</section>'


def _row(document: Document, language: Language, *, may_change: bool) -> str:
    target, title = str(document["document_id"]), str(document["title"] or document["name"])
    fictional = (
        f'<span class="gj-badge plain">{sentence("fictional", language)}</span>' if document.get("fictional") else ""
    )
    reason = f'<p class="gj-note error">{escape(str(document["reason"]))}</p>' if document.get("reason") else ""
    mark = delete = ""
    if may_change:
        mark = _mark(document, title, language)
        name, sure = sentence("discard", language, title=title), sentence("discard_sure", language)
        delete = deletion("discard", target, name, sure, language)
    elif document.get("stays_here"):
        mark = f'<span class="gj-badge plain">{sentence("stays", language)}</span>'
    return f"""<li data-status="{escape(str(document["status"]))}"><div class="gj-document">
<a href="/api/documents/{url_quote(target, safe="")}/file" download>{escape(title)}</a>
<p class="gj-facts">{_facts(document, language)}</p>{reason}</div>
<div class="gj-badges">{fictional}{_status(str(document["status"]), language)}{mark}</div>{delete}</li>"""


def _mark(document: Document, title: str, language: Language) -> str:
    """The switch 주관기업 LLM 전송 금지."""
    stays = bool(document.get("stays_here"))
    words = sentence("stays", language)
    return (
        f'<button type="button" class="gj-switched" role="switch" aria-checked="{str(stays).lower()}" data-act="mark"'
        f' data-target="{escape(str(document["document_id"]))}" data-stays="{str(not stays).lower()}"'
        f' aria-label="{escape(f"{words}: {title}")}">{words}</button>'
    )


def _facts(document: Document, language: Language) -> str:
    pages = sentence("pages", language, pages=document["pages"]) if document.get("pages") else ""
    name = escape(str(document["name"])) if document["name"] != document["title"] else ""
    parts = [name, pages, _size(int(document.get("bytes") or 0)), moment(str(document.get("added_at") or ""))]
    return " · ".join(part for part in parts if part)


def _status(status: str, language: Language) -> str:
    kind = {"indexed": "good", "rejected": "error"}.get(status, "busy")
    return f'<span class="gj-badge {kind}" role="status">{sentence(status, language)}</span>'


def _size(count: int) -> str:
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{max(1, count // 1000)} KB" if count else ""
