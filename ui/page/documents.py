"""The documents tab: what answers may rest on, what was added and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote as url_quote

import gradio as gr

from ui.client import Client
from ui.errors import ClientError
from ui.page.live import DIRECT, event_value, live_html, problem
from ui.page.transcript import deletion, moment
from ui.text import Language, sentence

Document = Mapping[str, Any]
Update = dict[Any, Any]

UNDER_WAY = ("queued", "read")
POLL_SECONDS = 0.7


class DocumentsTab:
    """Builds the tab inside the Blocks at hand. `clients` holds one client a language."""

    def __init__(self, clients: Mapping[Language, Client], language: Any) -> None:
        self._clients = clients
        self._language = language
        with gr.Column(elem_classes="gj-documents", min_width=0):
            with gr.Row(elem_classes="gj-adding"):
                self.hint = gr.HTML(elem_id="gj-hint", apply_default_css=False)
                self.upload = gr.UploadButton(
                    "", elem_classes="gj-upload", file_count="multiple", variant="primary", scale=0, min_width=0
                )
            self.progress = gr.HTML(elem_id="gj-progress", apply_default_css=False)
            self.shelf = live_html(shelf((), "ko"), ("discard",), "gj-shelf")
            self.clock = gr.Timer(POLL_SECONDS, active=False)
        self._wire()

    def _wire(self) -> None:
        shown = [self.shelf, self.clock]
        sending = self.upload.upload(self._announce, [self.upload, self._language], [self.progress], **DIRECT)
        sending.then(self._take_in, [self.upload, self._language], [self.progress, *shown], **DIRECT)
        self.shelf.discard(self._discard, [self._language], [self.progress, *shown], **DIRECT)
        self.clock.tick(self._look, [self._language], shown, trigger_mode="once", **DIRECT)

    def shown_by(self, tab: Any) -> None:
        """Refreshes the list when `tab` is chosen."""
        tab.select(self._look, [self._language], [self.shelf, self.clock], **DIRECT)

    def parts(self) -> list[Any]:
        return [self.hint, self.upload, self.shelf, self.clock]

    def labels(self, language: Language) -> Update:
        return {
            self.hint: f"<p>{sentence('upload_hint', language)}</p>",
            self.upload: gr.update(label=sentence("upload", language)),
            **self._look(language),
        }

    def _announce(self, paths: Sequence[str], language: Language) -> Update:
        names = ", ".join(escape(Path(path).name) for path in paths)
        return {
            self.progress: f'<p class="gj-state busy" role="status">{sentence("uploading", language, names=names)}</p>'
        }

    def _take_in(self, paths: Sequence[str], language: Language) -> Update:
        notes = [self._send(Path(path), language) for path in paths]
        return {self.progress: "".join(notes), **self._look(language)}

    def _send(self, path: Path, language: Language) -> str:
        """Hands one file to the server and keeps no copy. What the person must know of it, if anything."""
        try:
            answer = self._clients[language].upload(path)
        except ClientError as error:
            return problem(ClientError(f"{path.name}: {error.title}", error.status))
        finally:
            path.unlink(missing_ok=True)
        if answer.get("status") != "unchanged":
            return ""
        return f'<p class="gj-note plain" role="note">{sentence("unchanged", language, name=escape(path.name))}</p>'

    def _discard(self, language: Language, event: gr.EventData) -> Update:
        trouble = ""
        try:
            self._clients[language].delete_document(event_value(event, "target"))
        except ClientError as error:
            trouble = problem(error)
        return {self.progress: trouble, **self._look(language)}

    def _look(self, language: Language) -> Update:
        """The list as it is now; the clock runs on while something in it is under way."""
        try:
            documents = self._clients[language].documents()
        except ClientError as error:
            return {self.shelf: problem(error), self.clock: gr.Timer(active=False)}
        moving = any(document["status"] in UNDER_WAY for document in documents)
        return {self.shelf: shelf(documents, language), self.clock: gr.Timer(active=moving)}


def shelf(documents: Sequence[Document], language: Language) -> str:
    """The company's own documents, then the library's, as HTML."""
    groups = "".join(
        _group(collection, [item for item in documents if item["collection"] == collection], language)
        for collection in ("company", "library")
    )
    return f'<div class="gj-shelf" lang="{language}">{groups}</div>'


def _group(collection: str, documents: Sequence[Document], language: Language) -> str:
    rows = "".join(_row(document, language) for document in documents)
    listed = f"<ul>{rows}</ul>" if rows else f'<p class="gj-none">{sentence(f"{collection}_none", language)}</p>'
    count = sentence("count", language, count=len(documents))
    return f'<section><h3>{sentence(collection, language)} <span class="gj-count">{count}</span></h3>{listed}</section>'


def _row(document: Document, language: Language) -> str:
    target, title = str(document["document_id"]), str(document["title"] or document["name"])
    status = str(document["status"])
    fictional = (
        f'<span class="gj-badge plain">{sentence("fictional", language)}</span>' if document.get("fictional") else ""
    )
    reason = f'<p class="gj-note error">{escape(str(document["reason"]))}</p>' if document.get("reason") else ""
    delete = ""
    if document["collection"] == "company":
        name, sure = sentence("discard", language, title=title), sentence("discard_sure", language)
        delete = deletion("discard", target, name, sure, language)
    return f"""<li data-status="{escape(status)}"><div class="gj-document">
<a href="/api/documents/{url_quote(target, safe="")}/file" download>{escape(title)}</a>
<p class="gj-facts">{_facts(document, language)}</p>{reason}</div>
<div class="gj-badges">{fictional}{_status(status, language)}</div>{delete}</li>"""


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
