"""The documents tab: what answers may rest on, what was added and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote as url_quote

import gradio as gr

from ui.client import Client
from ui.errors import ClientError
from ui.page.live import event_value, live_html
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
        self._wire()

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        self.upload.upload(self._take_in, [self.upload, self._language], [self.progress, self.shelf], **quiet)
        self.shelf.discard(self._discard, [self._language], [self.shelf], **quiet)

    def shown_by(self, tab: Any) -> None:
        """Keeps the list fresh from when `tab` is chosen until nothing is under way."""
        tab.select(
            self._watch,
            [self._language],
            [self.shelf],
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=None,
        )

    def parts(self) -> list[Any]:
        return [self.hint, self.upload, self.shelf]

    def labels(self, language: Language) -> Update:
        return {
            self.hint: f"<p>{sentence('upload_hint', language)}</p>",
            self.upload: gr.update(label=sentence("upload", language)),
            self.shelf: shelf(self._listed(language), language),
        }

    async def _take_in(self, paths: Sequence[str], language: Language) -> AsyncGenerator[Update]:
        notes: list[str] = []
        for at, path in enumerate(map(Path, paths), 1):
            sending = sentence("uploading", language, done=at, total=len(paths), name=escape(path.name))
            yield {self.progress: _progress([*notes, f'<p class="gj-state busy">{sending}</p>'])}
            notes += await asyncio.to_thread(self._send, path, language)
        yield {self.progress: _progress(notes)}
        async for update in self._watch(language):
            yield update

    def _send(self, path: Path, language: Language) -> list[str]:
        """Hands one file to the server and keeps no copy. What the person must know of it, if anything."""
        name = escape(path.name)
        try:
            answer = self._clients[language].upload(path)
        except ClientError as error:
            words = sentence("not_taken", language, name=name, reason=escape(error.title))
            return [f'<p class="gj-note error" role="alert">{words}</p>']
        finally:
            path.unlink(missing_ok=True)
        if answer.get("status") == "unchanged":
            return [f'<p class="gj-note plain" role="note">{sentence("unchanged", language, name=name)}</p>']
        return []

    async def _watch(self, language: Language) -> AsyncGenerator[Update]:
        while True:
            documents = await asyncio.to_thread(self._listed, language)
            yield {self.shelf: shelf(documents, language)}
            if not any(document["status"] in UNDER_WAY for document in documents):
                return
            await asyncio.sleep(POLL_SECONDS)

    def _discard(self, language: Language, event: gr.EventData) -> Update:
        try:
            self._clients[language].delete_document(event_value(event, "target"))
        except ClientError as error:
            gr.Warning(error.title)
        return {self.shelf: shelf(self._listed(language), language)}

    def _listed(self, language: Language) -> Sequence[Document]:
        try:
            return self._clients[language].documents()
        except ClientError as error:
            gr.Warning(error.title)
            return ()


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


def _progress(notes: Sequence[str]) -> str:
    return f'<div aria-live="polite">{"".join(notes)}</div>' if notes else ""
