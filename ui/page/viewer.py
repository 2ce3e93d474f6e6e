"""The evidence viewer: one place of a document, as its page's picture or as its section, the quoted words marked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote as url_quote

import gradio as gr

from ui.client import Client
from ui.document_text import say
from ui.errors import ClientError
from ui.page.clients import Clients
from ui.page.live import EVERY, dialog_html, event_value, problem, sheet, sheet_head
from ui.page.marked import passage, spans, table
from ui.text import Language, sentence

Json = Mapping[str, Any]
NAME = "viewer"
_LONGEST, _MOST_QUOTES = 4000, 4


class Viewer:
    """Builds the dialog inside the Blocks at hand, outside every tab. `opener` makes the buttons that open it."""

    def __init__(self, clients: Clients, language: Any) -> None:
        self._clients = clients
        self.box = dialog_html(NAME, (), "ko")
        self.box.show(self._show, [language], [self.box], **EVERY)

    def parts(self) -> list[Any]:
        return [self.box]

    def labels(self, language: Language) -> dict[Any, Any]:
        return {self.box: sheet("", language, "")}

    def _show(self, language: Language, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        client = self._clients.of(request, language)
        try:
            body = _asked_for(client, event)
        except ClientError as error:
            body = sheet_head(NAME, say("view_title", language), "", language) + problem(error)
        return {self.box: sheet(body, language, event_value(event, "asked"))}


def opener(
    document_id: str, section: int, quotes: Sequence[str], words: str, label: str, *, kind: str = "gj-plain"
) -> str:
    """A button that opens the viewer at a section of a document."""
    sent = json.dumps([quote[:_LONGEST] for quote in quotes[:_MOST_QUOTES]], ensure_ascii=False)
    return (
        f'<button type="button" class="{kind}" data-dialog="{NAME}" data-document="{escape(document_id)}"'
        f' data-section="{section}" data-quotes="{escape(sent)}" aria-haspopup="dialog"'
        f' aria-label="{escape(label)}">{escape(words)}</button>'
    )


def _asked_for(client: Client, event: gr.EventData) -> str:
    """Raises ClientError."""
    document_id = event_value(event, "document")
    section = int(event_value(event, "section"))
    quotes = [str(quote) for quote in json.loads(event_value(event, "quotes") or "[]")][:_MOST_QUOTES]
    views = [client.view(document_id, section, quote) for quote in quotes or [""]]
    marks = list({tuple(mark): None for view in views for mark in view["marks"]})
    return viewed({**views[0], "marks": marks}, document_id, quotes, client.language)


def viewed(view: Json, document_id: str, quotes: Sequence[str], language: Language) -> str:
    """The object of `POST /api/documents/{id}/view` as HTML."""
    section = view["section"]
    page = f"p. {view['page']}" if view["page"] else ""
    place = " · ".join(part for part in (view["locator"], "" if page in view["locator"] else page) if part)
    parts = [sheet_head(NAME, view["title"], place, language)]
    body = _section(section, quotes, language)
    if view["image"]:
        parts.append(_picture(view, language, sought=bool(quotes)))
        is_open = "" if view["marks"] or not quotes else " open"
        words = say("as_text", language)
        parts.append(f'<details class="gj-as-text" id="gj-as-text"{is_open}><summary>{words}</summary>{body}</details>')
    else:
        parts.append(body)
    parts.append(_ways(view, document_id, language))
    return "".join(parts)


def _picture(view: Json, language: Language, *, sought: bool) -> str:
    """The page's picture under the marks, which keep their places at every size."""
    page, marks = view["page"], view["marks"]
    key = "page_marked" if marks else "page_picture"
    label = say(key, language, page=page, count=len(marks))
    boxes = "".join(_box(*mark) for mark in marks)
    missed = (
        f'<p class="gj-note plain" role="note">{say("page_unmarked", language)}</p>' if sought and not marks else ""
    )
    zoom = say("zoom", language)
    return (
        f'<p class="gj-tools"><button type="button" class="gj-plain" data-zoom aria-pressed="false">{zoom}</button></p>'
        f'{missed}<div class="gj-picture" role="group" tabindex="0" aria-label="{label}"><div class="gj-page">'
        f'<img src="{escape(view["image"])}" alt="{say("page_picture", language, page=page)}"'
        f' width="{round(view["width"])}" height="{round(view["height"])}">{boxes}</div></div>'
    )


def _box(left: float, top: float, right: float, bottom: float) -> str:
    place = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    style = ";".join(f"{name}:{100 * float(part):.3f}%" for name, part in place.items())
    return f'<span class="gj-hit" style="{style}"></span>'


def _section(section: Json, quotes: Sequence[str], language: Language) -> str:
    headings = "".join(f"<li>{escape(heading)}</li>" for heading in section["headings"])
    path = f'<ol class="gj-path">{headings}</ol>' if headings else ""
    if section["rows"]:
        text = table(section["rows"], section["header_rows"], section["first_row"], quotes, language)
        label = escape(" › ".join(section["headings"]) or say("view_title", language))
        body = f'<div class="gj-scroll" role="region" tabindex="0" aria-label="{label}">{text}</div>'
    else:
        text = section["text"]
        found = quotes if spans(text, quotes) else [line for quote in quotes for line in quote.split("\n")]
        body = f'<div class="gj-prose {escape(section["kind"])}">{passage(text, found)}</div>'
    missed = "" if not quotes or "<mark>" in body else say("nothing_marked", language)
    note = f'<p class="gj-note plain" role="note">{missed}</p>' if missed else ""
    return f'<div class="gj-section">{path}{note}{body}</div>'


def _ways(view: Json, document_id: str, language: Language) -> str:
    """To the sections before and after, and to the file itself."""
    ways = "".join(
        opener(document_id, view[way], (), words, words) if view[way] is not None else ""
        for way, words in (("previous", say("previous", language)), ("next", say("next", language)))
    )
    return f'<div class="gj-ends">{ways}{original(document_id, language)}</div>'


def original(document_id: str, language: Language) -> str:
    """A link that saves the file as it was added."""
    link = f"/api/documents/{url_quote(document_id, safe='')}/file"
    return f'<a class="gj-original" href="{link}" download>{sentence("original", language)}</a>'
