"""One AAS draft as HTML: every element with the values found for it, where each stands, and a person's word on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote as url_quote

from ui.document_text import say
from ui.page.live import sheet_head
from ui.page.standing import badges
from ui.page.viewer import opener
from ui.text import Language

Json = Mapping[str, Any]
# Gradio takes event data with a `path` for a file: elements are named by `element`.
NAME = "draft"
_KINDS = {"confirmed": "good", "check": "warn", "conflict": "error", "open": "plain"}
_LONGEST = 1000


def drafted(draft: Json, language: Language, *, may_change: bool, decided: str = "", trouble: str = "") -> str:
    """The object of `GET /api/aas/drafts/{id}` as HTML. `trouble` is HTML shown at the element `decided`.

    Elements keep their order: what is being written into one must not move to another.
    """
    draft_id = str(draft["draft_id"])

    def shown(element: Json) -> str:
        told = trouble if element["path"] == decided else ""
        return _element(element, draft_id, language, told, may_change=may_change)

    needed = [each for each in draft["elements"] if each["mandatory"] or each["candidates"]]
    optional = [each for each in draft["elements"] if not (each["mandatory"] or each["candidates"])]
    listed = "".join(map(shown, needed))
    more = ""
    if optional and may_change:
        words = say("aas_optional", language, count=len(optional))
        rows = "".join(map(shown, optional))
        more = f'<details class="gj-rest" id="gj-rest-aas"><summary>{words}</summary><ul class="gj-elements">{rows}</ul></details>'
    return (
        f"{sheet_head(NAME, draft['name'], say('aas_draft', language), language)}{_standing(draft, language)}"
        f'<ul class="gj-elements">{listed}</ul>{more}'
    )


def _standing(draft: Json, language: Language) -> str:
    """What is still to be done, and the file."""
    empty, unconfirmed = draft["open"], draft["unconfirmed"]
    names = {each["path"]: each["name_ko"] or each["id_short"] for each in draft["elements"]}
    state = say("aas_whole", language)
    if empty or unconfirmed:
        state = say("aas_state", language, open=len(empty), unconfirmed=len(unconfirmed))
    missing = ""
    if empty:
        listed = escape(", ".join(str(names.get(path, path)) for path in empty))
        missing = f'<p class="gj-note warn" role="note">{say("aas_missing", language)}: {listed}</p>'
    unsure = f'<p class="gj-facts">{say("aas_unsure", language)}</p>' if unconfirmed else ""
    link = f"/api/aas/drafts/{url_quote(str(draft['draft_id']), safe='')}/file"
    return (
        f'<div class="gj-draft-state"><p role="status"><strong>{state}</strong></p>{missing}'
        f'<p class="gj-links"><a href="{link}" download>{say("aas_file", language)}</a></p>{unsure}</div>'
    )


def _element(element: Json, draft_id: str, language: Language, trouble: str, *, may_change: bool) -> str:
    name, state = str(element["name_ko"] or element["id_short"]), str(element["state"])
    must = f' <span class="gj-must">{say("aas_must", language)}</span>' if element["mandatory"] else ""
    found = "".join(
        _candidate(each, element, draft_id, language, may_change=may_change) for each in element["candidates"]
    )
    badge = badges([(_KINDS.get(state, "plain"), say(f"state_{state}", language))])
    written = _form(element, name, draft_id, language) if may_change else ""
    return (
        f'<li data-state="{escape(state)}"><div class="gj-element"><p class="gj-element-name"><strong>{escape(name)}'
        f"</strong>{must} <code>{escape(element['id_short'])}</code></p>{badge}</div>{found}{written}{trouble}</li>"
    )


def _candidate(found: Json, element: Json, draft_id: str, language: Language, *, may_change: bool) -> str:
    name, unit = str(element["name_ko"] or element["id_short"]), str(found["unit"] or "")
    value = f"{found['value']} {unit}".strip()
    return (
        f'<div class="gj-candidate"><div class="gj-what"><strong class="gj-value">{escape(value)}</strong>'
        f"{_origin(found['origin'], name, language)}</div>"
        f"{_word(found, element, name, value, draft_id, language) if may_change else ''}</div>"
    )


def _origin(origin: Json | None, name: str, language: Language) -> str:
    if origin is None:
        return f'<p class="gj-facts">{say("aas_by_hand", language)}</p>'
    page = f"p. {origin['page']}" if origin["page"] else ""
    locator = str(origin["locator"])
    place = " · ".join(part for part in (origin["title"], locator, "" if page in locator else page) if part)
    label = say("view_named", language, place=f"{name}, {place}")
    button = opener(
        str(origin["document_id"]), int(origin["ordinal"]), (str(origin["quote"]),), place, label, kind="gj-link"
    )
    derived = f'<span class="gj-facts">{say("aas_derived", language)}</span>' if origin["derived"] else ""
    return f"{derived}<q>{escape(str(origin['quote']))}</q>{button}"


def _word(found: Json, element: Json, name: str, shown: str, draft_id: str, language: Language) -> str:
    """The button that confirms a value, or takes that back."""
    key = "aas_unconfirm" if found["confirmed"] else "aas_confirm"
    label = escape(say(f"{key}_named", language, name=name, value=shown))
    kind = "gj-plain" if found["confirmed"] else "gj-do"
    return (
        f'<button type="button" class="{kind}" data-act="decide" data-draft="{escape(draft_id)}"'
        f' data-element="{escape(str(element["path"]))}" data-value="{escape(str(found["value"]))}"'
        f' data-confirmed="{str(not found["confirmed"]).lower()}" aria-label="{label}">{say(key, language)}</button>'
    )


def _form(element: Json, name: str, draft_id: str, language: Language) -> str:
    """Where a person writes the value; there at once where a mandatory one is missing."""
    candidates: Sequence[Json] = element["candidates"]
    path = str(element["path"])
    state = f"{element['state']}{len(candidates)}"
    written = next((str(each["value"]) for each in candidates if each["confirmed"]), "")
    label = escape(say("aas_value_of", language, name=name))
    form = (
        f'<form class="gj-write" data-act="decide" data-draft="{escape(draft_id)}" data-element="{escape(path)}"'
        f' data-state="{escape(state)}"><input name="value" maxlength="{_LONGEST}" required autocomplete="off"'
        f' value="{escape(written)}" aria-label="{label}"><button type="submit" class="gj-plain">'
        f"{say('aas_save', language)}</button></form>"
    )
    if not candidates and element["mandatory"]:
        return form
    words = say("aas_edit" if candidates else "aas_write", language)
    told = escape(f"{words}: {name}")
    return (
        f'<details class="gj-edit" id="gj-edit-{escape(path)}"><summary aria-label="{told}">{words}</summary>{form}'
        "</details>"
    )
