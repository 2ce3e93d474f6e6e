"""The list of documents as HTML: what became of each, how it stands today, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote as url_quote

from ui.document_text import say
from ui.page.signed_in import SignedIn
from ui.page.standing import badges, standings
from ui.page.transcript import deletion, moment
from ui.text import Language, sentence

Document = Mapping[str, Any]

UNDER_WAY = ("queued", "read")
_LOOKED_OVER = ("indexed", "read")


COLLECTIONS = ("company", "library")


def shelf(
    documents: Sequence[Document],
    who: SignedIn,
    today: date,
    language: Language,
    collections: Sequence[str] = COLLECTIONS,
) -> str:
    """The documents of each collection: the company's own, and the library's."""
    groups = "".join(
        _group(collection, [item for item in documents if item["collection"] == collection], who, today, language)
        for collection in collections
    )
    return f'<div class="gj-shelf" lang="{language}">{groups}</div>'


def look(document_id: str, words: str, label: str, *, kind: str = "gj-plain") -> str:
    """A button that opens what a document was read as. `words` may be a title."""
    return (
        f'<button type="button" class="{kind}" data-dialog="preview" data-document="{escape(document_id)}"'
        f' aria-haspopup="dialog" aria-label="{escape(label)}">{escape(words)}</button>'
    )


def _group(collection: str, documents: Sequence[Document], who: SignedIn, today: date, language: Language) -> str:
    own = collection == "company"
    if own and not documents and not who.writes:
        return ""
    rows = "".join(_row(document, today, language, may_change=own and who.writes) for document in documents)
    listed = f"<ul>{rows}</ul>" if rows else f'<p class="gj-none">{sentence(f"{collection}_none", language)}</p>'
    count = sentence("count", language, count=len(documents))
    name = sentence(collection, language)
    if own and not who.writes and who.company:
        name = sentence("company_other", language, company=who.company)
    return f'<section><h3>{escape(name)} <span class="gj-count">{count}</span></h3>{listed}</section>'


def _row(document: Document, today: date, language: Language, *, may_change: bool) -> str:
    target, title = str(document["document_id"]), str(document["title"] or document["name"])
    reason = f'<p class="gj-note error">{escape(str(document["reason"]))}</p>' if document.get("reason") else ""
    stop = mark = delete = ""
    if may_change:
        mark = _mark(document, title, language)
        name, sure = sentence("discard", language, title=title), sentence("discard_sure", language)
        delete = deletion("discard", target, name, sure, language)
        stop = _stop(document, title, language)
    elif document.get("stays_here"):
        mark = f'<span class="gj-badge plain">{sentence("stays", language)}</span>'
    return f"""<li data-status="{escape(str(document["status"]))}"><div class="gj-document">
{_title(document, title, language)}<p class="gj-facts">{_facts(document, language)}</p>
{_inside(document, language)}{_progress(document, title, language)}{reason}</div>
<div class="gj-badges">{_badges(document, today, language)}</div>
<div class="gj-acts">{mark}{stop}{delete}</div></li>"""


def _title(document: Document, title: str, language: Language) -> str:
    """The title opens what was read; of what was not read it saves the file."""
    target = str(document["document_id"])
    if document["status"] in _LOOKED_OVER:
        label = escape(say("look_named", language, title=title))
        return (
            f'<button type="button" class="gj-title-of" data-dialog="preview" data-document="{escape(target)}"'
            f' aria-haspopup="dialog" aria-label="{label}">{escape(title)} <span>{say("look", language)}</span></button>'
        )
    link = f"/api/documents/{url_quote(target, safe='')}/file"
    return f'<a href="{link}" download>{escape(title)}</a>'


def _badges(document: Document, today: date, language: Language) -> str:
    shown = [("plain", sentence("fictional", language))] if document.get("fictional") else []
    shown += standings(document.get("standing"), document.get("effective"), document.get("closes"), today, language)
    if document.get("findings"):
        shown.append(("warn", say("findings", language, count=document["findings"])))
    return badges(shown) + _status(document, language) + _newer(document, language)


def _status(document: Document, language: Language) -> str:
    status = str(document["status"])
    if status not in {*UNDER_WAY, "indexed", "rejected"}:
        return ""
    kind = {"indexed": "good", "rejected": "error"}.get(status, "busy")
    step = document.get("progress")
    words = say(f"stage_{step['stage']}", language) if step else sentence(status, language)
    return f'<span class="gj-badge {kind}" role="status">{words}</span>'


def _newer(document: Document, language: Language) -> str:
    """The way to the version that took its place."""
    if not document.get("superseded_by"):
        return ""
    title = str(document["title"] or document["name"])
    label = say("newer_named", language, title=title)
    return look(str(document["superseded_by"]), say("newer", language), label, kind="gj-link")


def _inside(document: Document, language: Language) -> str:
    names = [say("inside", language, name=parent["name"]) for parent in document.get("parents") or ()]
    return f'<p class="gj-facts">{escape(" · ".join(names))}</p>' if names else ""


def _progress(document: Document, title: str, language: Language) -> str:
    """How far the document in hand is. Those that wait say so by their badge."""
    step = document.get("progress")
    if not step or step["stage"] == "waiting":
        return ""
    return f'<p class="gj-step">{stage(step, title, language)}</p>'


def stage(step: Mapping[str, Any], title: str, language: Language) -> str:
    """A stage of a document as a bar with its words. Where nothing is counted yet the bar has no value."""
    key = str(step["stage"])
    words = say(f"stage_{key}", language)
    counted = ""
    if step["all"]:
        words = say(f"of_{key}", language, done=f"{step['done']:,}", all=f"{step['all']:,}")
        counted = f' max="{step["all"]}" value="{step["done"]}"'
    return f'<progress aria-label="{escape(title)}"{counted}></progress> <span>{words}</span>'


def _stop(document: Document, title: str, language: Language) -> str:
    if document["status"] not in UNDER_WAY:
        return ""
    label = escape(say("cancel_named", language, name=title))
    return (
        f'<button type="button" class="gj-plain gj-cancel" data-act="cancel" data-target="'
        f'{escape(str(document["document_id"]))}" aria-label="{label}">{say("cancel", language)}</button>'
    )


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


def _size(count: int) -> str:
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{max(1, count // 1000)} KB" if count else ""
