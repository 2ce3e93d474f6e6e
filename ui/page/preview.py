"""무엇으로 읽었나: what a document was read as, for a person to look over before trusting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

import gradio as gr

from ui.client import Client
from ui.document_text import SENTENCES, say
from ui.errors import ClientError
from ui.page.clients import Clients
from ui.page.live import EVERY, dialog_html, event_value, problem, sheet, sheet_head
from ui.page.marked import table
from ui.page.shelf import look
from ui.page.signed_in import SignedIn
from ui.page.standing import badges, standings
from ui.page.transcript import moment
from ui.page.viewer import opener, original
from ui.text import Language, sentence

Json = Mapping[str, Any]
NAME = "preview"
FIRST = 12
"""Entries of a list that are shown at once; the rest is a press away."""
MOST_CHANGES = 200


class Preview:
    """Builds the dialog inside the Blocks at hand, outside every tab. `shelf.look` makes the buttons that open it."""

    def __init__(self, clients: Clients, language: Any, visitor: Any) -> None:
        self._clients = clients
        self.box = dialog_html(NAME, (), "ko")
        self.box.show(self._show, [language, visitor], [self.box], **EVERY)

    def parts(self) -> list[Any]:
        return [self.box]

    def labels(self, language: Language) -> dict[Any, Any]:
        return {self.box: sheet("", language, "")}

    def _show(self, language: Language, who: SignedIn, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        client = self._clients.of(request, language)
        document_id, since = event_value(event, "document"), event_value(event, "since")
        try:
            body = _compared(client, document_id, since) if since else _read(client, document_id, who)
        except ClientError as error:
            body = sheet_head(NAME, say("read_as", language), "", language) + problem(error)
        return {self.box: sheet(body, language, event_value(event, "asked"))}


def _read(client: Client, document_id: str, who: SignedIn) -> str:
    today = datetime.now().astimezone().date()
    return previewed(client.preview(document_id), today, client.language, may_draft=who.writes)


def _compared(client: Client, document_id: str, since: str) -> str:
    found = client.preview(document_id)
    older = next((each["name"] for each in found["versions"] if each["document_id"] == since), since)
    return compared(found, client.changes(document_id, since), str(older), client.language)


def previewed(found: Json, today: date, language: Language, *, may_draft: bool) -> str:
    """The object of `GET /api/documents/{id}/preview` as HTML."""
    document_id = str(found["document_id"])
    parts = [
        sheet_head(NAME, found["title"] or found["name"], say("read_as", language), language),
        _about(found, language),
        _findings(found["findings"], language),
        _facts(document_id, found["facts"], language),
        _versions(document_id, found["versions"], today, language),
        _outline(document_id, found["outline"], language),
        _tables(document_id, found["tables"], language),
        _attachments(found["attachments"], language),
        _sample(found["sample"], language),
        _ends(document_id, language, may_draft=may_draft),
    ]
    return "".join(parts)


def compared(found: Json, changes: Sequence[Json], older: str, language: Language) -> str:
    """What a version says otherwise than the older one of the name `older`, as HTML."""
    title = str(found["title"] or found["name"])
    key = "changes_head" if changes else "changes_none"
    rows = "".join(_change(change, language) for change in changes[:MOST_CHANGES])
    cut = say("goes_on", language, count=MOST_CHANGES) if len(changes) > MOST_CHANGES else ""
    words = escape(say(key, language, name=older, count=len(changes)))
    back = look(str(found["document_id"]), say("look", language), say("look_named", language, title=title))
    return (
        f'{sheet_head(NAME, title, "", language)}<section class="gj-part"><h3>{words}</h3>'
        f"{f'<ul class=gj-changes>{rows}</ul>' if rows else ''}{f'<p>{cut}</p>' if cut else ''}</section>"
        f'<div class="gj-ends">{back}</div>'
    )


def _about(found: Json, language: Language) -> str:
    name = escape(str(found["name"])) if found["name"] != found["title"] else ""
    parts = [
        name,
        _named("kind", found["kind"], language),
        _named("language", found["language"], language),
        sentence("pages", language, pages=f"{found['pages']:,}") if found["pages"] else "",
        say("chunks", language, count=f"{found['chunks']:,}") if found["chunks"] else "",
    ]
    days = [("created", found["created"]), ("modified", found["modified"])]
    parts += [escape(say(key, language, date=day[:10])) for key, day in days if day]
    parts += [escape(sentence("effective", language, date=found["effective"]))] if found["effective"] else []
    return f'<p class="gj-about">{" · ".join(part for part in parts if part)}</p>'


def _named(prefix: str, value: str, language: Language) -> str:
    """Words for a value; one of a later version stands for itself."""
    key = f"{prefix}_{value}"
    return say(key, language) if key in SENTENCES else escape(str(value))


def _part(title: str, body: str, more: str = "") -> str:
    told = f'<p class="gj-more">{more}</p>' if more else ""
    return f'<section class="gj-part"><h3>{title}</h3>{told}{body}</section>'


def _cut(rows: Sequence[str], name: str, language: Language, wrap: str) -> str:
    """A list whose rest a press away. `wrap` holds the rows in place of `{}`; `name` tells the lists apart."""
    shown = wrap.format("".join(rows[:FIRST]))
    if len(rows) <= FIRST:
        return shown
    words = say("more_of_it", language, count=len(rows) - FIRST)
    rest = wrap.format("".join(rows[FIRST:]))
    return f'{shown}<details class="gj-rest" id="gj-rest-{name}"><summary>{words}</summary>{rest}</details>'


def _findings(findings: Sequence[Json], language: Language) -> str:
    if not findings:
        return ""
    rows = []
    for each in findings:
        value = escape(say("finding_value", language, value=each["value"])) if each["value"] else ""
        path = f"<code>{escape(each['path'])}</code>" if each["path"] else ""
        below = " · ".join(part for part in (path, value) if part)
        rows.append(
            f"<li><strong>{escape(each['problem'])}</strong>{f'<p class=gj-facts>{below}</p>' if below else ''}"
            f"<p>{escape(say('remedy', language, remedy=each['remedy']))}</p></li>"
        )
    title = (
        f"{say('findings_head', language)} <span class='gj-count'>{sentence('count', language, count=len(rows))}</span>"
    )
    return _part(
        title, _cut(rows, "findings", language, '<ul class="gj-findings">{}</ul>'), say("findings_more", language)
    )


def _facts(document_id: str, facts: Sequence[Json], language: Language) -> str:
    title = say("facts_head", language)
    if not facts:
        return _part(title, f'<p class="gj-none">{say("facts_none", language)}</p>')
    rows = []
    for fact in facts:
        place = _place(fact["locator"], fact["page"])
        button = opener(
            document_id, fact["section"], (fact["quote"],), place or say("view", language),
            say("view_named", language, place=f"{fact['label']} {place}"), kind="gj-link",
        )  # fmt: skip
        label = f'<span class="gj-facts">{escape(fact["label"])}</span>' if fact["label"] else ""
        rows.append(
            f'<li><span class="gj-badge plain">{_named("fact", fact["kind"], language)}</span><div class="gj-what">'
            f"<strong>{_value(fact, language)}</strong>{label}<q>{escape(fact['quote'])}</q></div>{button}</li>"
        )
    return _part(title, _cut(rows, "facts", language, '<ul class="gj-found">{}</ul>'))


def _value(fact: Json, language: Language) -> str:
    value = str(fact["value"])
    if f"value_{value}" in SENTENCES:
        return say(f"value_{value}", language)
    if fact["kind"] == "amount" and value.isdigit():
        return say("won", language, amount=_amount(int(value), language))
    return escape(f"{value}%" if fact["kind"] == "share" else value)


def _amount(won: int, language: Language) -> str:
    """As people read large sums: 6억 5,000만 in Korean."""
    if language == "en" or won < 10_000:
        return f"{won:,}"
    parts = []
    for unit, name in ((10**12, "조"), (10**8, "억"), (10**4, "만"), (1, "")):
        count, won = divmod(won, unit)
        if count:
            parts.append(f"{count:,}{name}")
    return " ".join(parts)


def _place(locator: str, page: int | None) -> str:
    told = f"p. {page}" if page else ""
    return " · ".join(part for part in (locator, "" if told in locator else told) if part)


def _versions(document_id: str, versions: Sequence[Json], today: date, language: Language) -> str:
    rows = []
    for each in versions:
        name = str(each["name"])
        shown = badges(standings(each["standing"], each["effective"], None, today, language))
        effective = escape(sentence("effective", language, date=each["effective"])) if each["effective"] else ""
        told = say("added_on", language, date="{}").format(moment(str(each["added_at"])))
        facts = " · ".join(part for part in (effective, told) if part)
        compare = (
            f'<button type="button" class="gj-plain" data-dialog="{NAME}" data-document="{escape(document_id)}"'
            f' data-since="{escape(str(each["document_id"]))}"'
            f' aria-label="{escape(say("changes_named", language, name=name))}">{say("changes", language)}</button>'
        )
        seen = look(str(each["document_id"]), name, say("look_named", language, title=name), kind="gj-title-of")
        rows.append(f'<li><div class="gj-what">{seen}<p class="gj-facts">{facts}</p></div>{shown}{compare}</li>')
    return _part(say("versions_head", language), f'<ul class="gj-found">{"".join(rows)}</ul>') if rows else ""


def _outline(document_id: str, outline: Sequence[Json], language: Language) -> str:
    title = say("outline_head", language)
    if not outline:
        return _part(title, f'<p class="gj-none">{say("outline_none", language)}</p>')
    rows = []
    for each in outline:
        label = say("view_named", language, place=each["heading"])
        page = f'<span class="gj-facts">p. {each["page"]}</span>' if each["page"] else ""
        button = opener(document_id, each["section"], (), each["heading"], label, kind="gj-link")
        rows.append(f'<li data-level="{min(int(each["level"]), 6)}">{button}{page}</li>')
    return _part(title, _cut(rows, "outline", language, '<ol class="gj-outline">{}</ol>'))


def _tables(document_id: str, tables: Sequence[Json], language: Language) -> str:
    rows = []
    for each in tables:
        label = _place(each["label"], each["page"])
        size = say("table_size", language, rows=f"{each['rows']:,}", columns=each["columns"])
        whole = say("table_whole_named", language, label=label)
        button = opener(document_id, each["section"], (), say("table_whole", language), whole, kind="gj-link")
        sample = table(each["sample"], 1, 1, (), language, numbered=False)
        rows.append(
            f'<li><p><strong>{escape(label)}</strong> <span class="gj-facts">{size}</span> {button}</p>'
            f'<div class="gj-scroll" role="region" tabindex="0" aria-label="{escape(label)}">{sample}</div></li>'
        )
    if not rows:
        return ""
    title = say("tables_head", language, count=f"{len(rows):,}")
    shown = rows[:3]
    rest = ""
    if len(rows) > len(shown):
        words = say("more_of_it", language, count=len(rows) - len(shown))
        listed = "".join(rows[3:])
        rest = f'<details class="gj-rest" id="gj-rest-tables"><summary>{words}</summary><ul>{listed}</ul></details>'
    return _part(title, f'<ul class="gj-sampled">{"".join(shown)}</ul>{rest}')


def _attachments(attachments: Sequence[Json], language: Language) -> str:
    if not attachments:
        return ""
    rows = []
    for each in attachments:
        name, status = str(each["name"]), str(each["status"])
        seen = escape(name)
        if status in {"indexed", "read"}:
            seen = look(str(each["document_id"]), name, say("look_named", language, title=name), kind="gj-title-of")
        kind = {"indexed": "good", "rejected": "error"}.get(status, "busy")
        shown = badges([(kind, _status(status, language))])
        rows.append(f'<li><div class="gj-what">{seen}</div>{shown}</li>')
    title = say("inside_head", language, count=f"{len(rows):,}")
    return _part(title, _cut(rows, "inside", language, '<ul class="gj-found">{}</ul>'))


def _status(status: str, language: Language) -> str:
    return sentence(status, language) if status in {"queued", "read", "indexed", "rejected"} else escape(status)


def _sample(sample: str, language: Language) -> str:
    return _part(say("sample_head", language), f'<div class="gj-prose">{escape(sample)}</div>') if sample else ""


def _ends(document_id: str, language: Language, *, may_draft: bool) -> str:
    draft = (
        f'<button type="button" class="gj-plain" data-dialog="draft" data-document="{escape(document_id)}"'
        f' aria-haspopup="dialog">{say("aas_make_this", language)}</button>'
        if may_draft
        else ""
    )
    return f'<div class="gj-ends">{draft}{original(document_id, language)}</div>'


def _change(change: Json, language: Language) -> str:
    kind = {"added": "good", "removed": "error"}.get(change["kind"], "warn")
    sides = [("before", change["before"], "del"), ("after", change["after"], "ins")]
    shown = "".join(
        f'<div><span class="gj-facts">{say(side, language)}</span><{tag}>{escape(words)}</{tag}></div>'
        for side, words, tag in sides
        if words
    )
    return (
        f"<li><p>{badges([(kind, _named('change', change['kind'], language))])} <strong>{escape(change['locator'])}"
        f'</strong></p><div class="gj-sides">{shown}</div></li>'
    )
