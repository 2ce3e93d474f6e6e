"""What stands behind an answer, as HTML: its state, and the way to show a document for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ui.diagnosis_text import say
from ui.page.flow import Flow
from ui.text import Language

Json = Mapping[str, Any]


def proof(kept: Json, question: str, flow: Flow, papers: Mapping[str, Sequence[Json]], language: Language) -> str:
    """선언 or 근거 있음, with what was shown; and the company's documents where evidence is being sought."""
    shown = held(kept, language)
    name = str(kept["question_id"])
    if flow.proving == name:
        return shown + _seeking(kept, papers, flow, language)
    named = escape(say("prove_named", language, question=question))
    return (
        f'{shown}<button type="button" class="gj-link" data-act="prove" data-question="{escape(name)}"'
        f' aria-label="{named}">{say("prove", language)}</button>'
    )


def known(kept: Json, language: Language) -> str:
    """Where an answer is from that nobody gave here: the company's AAS or profile tell one, the rest is carried over."""
    if kept["origin"] != "known":
        return ""
    key = "known_aas" if kept["question_id"] == "aas" else "known"
    return f'<span class="gj-badge cited">{say(key, language)}</span>'


def held(kept: Json, language: Language) -> str:
    """The badge of an answer, and its evidence."""
    against = any(each["state"] == "against" for each in kept["evidence"])
    kind = "good" if kept["held"] == "evidenced" else "warn" if against else "plain"
    words = say("against" if against and kept["held"] == "declared" else str(kept["held"]), language)
    rows = "".join(_evidence(each, kept, language) for each in kept["evidence"])
    listed = f'<ul class="gj-dx-proofs">{rows}</ul>' if rows else ""
    return f'<span class="gj-badge {kind}">{words}</span>{listed}'


def _evidence(one: Json, kept: Json, language: Language) -> str:
    path = f" <code>{escape(one['path'])}</code>" if one["path"] else ""
    note = f" <span>{escape(one['note'])}</span>" if one["note"] else ""
    named = escape(say("withdraw_named", language, title=one["title"]))
    withdraw = (
        f'<button type="button" class="gj-link" data-act="withdraw" data-question="{escape(str(kept["question_id"]))}"'
        f' data-document="{escape(str(one["document_id"]))}" aria-label="{named}">{say("withdraw", language)}</button>'
    )
    return f"<li>{escape(one['title'])}{path}{note} {withdraw}</li>"


def _seeking(kept: Json, papers: Mapping[str, Sequence[Json]], flow: Flow, language: Language) -> str:
    hints, others = papers.get("hints", ()), papers.get("others", ())
    cancel = (
        f'<button type="button" class="gj-plain" data-act="prove" data-question="">{say("prove_no", language)}</button>'
    )
    trouble = f'<p class="gj-note error" role="alert">{escape(flow.trouble)}</p>' if flow.trouble_at == "proof" else ""
    if not hints and not others:
        return f'<div class="gj-dx-prove"><p>{say("prove_none", language)}</p>{trouble}{cancel}</div>'
    groups = "".join(
        f'<optgroup label="{say(key, language)}">{"".join(_option(each) for each in listed)}</optgroup>'
        for key, listed in (("prove_hints", hints), ("prove_all", others))
        if listed
    )
    name = escape(str(kept["question_id"]))
    return (
        f'<form class="gj-dx-prove" data-act="attach" data-question="{name}" data-value="{escape(str(kept["value"]))}">'
        f'<label class="gj-field"><span>{say("prove_which", language)}</span><select name="document" required>{groups}</select>'
        f'</label>{trouble}<div class="gj-submit"><button type="submit" class="gj-do">{say("prove_do", language)}</button>'
        f"{cancel}</div></form>"
    )


def _option(paper: Json) -> str:
    where = f" · {paper['locator']}" if paper.get("locator") else ""
    return f'<option value="{escape(str(paper["document_id"]))}">{escape(str(paper["title"]))}{escape(where)}</option>'
