"""Why an answer is another than before, as HTML: asked once it is kept, and never insisted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from ui.client import Client
from ui.diagnosis_text import say
from ui.page.flow import Flow, answer_of
from ui.page.notice import notice
from ui.text import Language

Json = Mapping[str, Any]


def mended(client: Client, flow: Flow, form: Json, question_id: str, value: str) -> Flow:
    """After `value` was kept where `form` was before: whether it is another than stood there, or than was answered in the
    diagnosis before. Raises ClientError."""
    stood = answer_of(form, question_id)
    earlier = flow.earlier if flow.earlier is not None else _earlier(client, form)
    before = stood["value"] if stood else earlier.get(question_id, value)
    return replace(flow, earlier=earlier, mended=question_id if before != value else "")


def _earlier(client: Client, form: Json) -> dict[str, str]:
    """The answers of the newest diagnosis that was finished on a day before `form`."""
    every = client.diagnoses()
    begun = next((each["started_at"] for each in every if each["diagnosis_id"] == form["diagnosis_id"]), "")
    for each in every:
        if each["finished"] and each["current"] and each["started_at"] < begun and each["day"] < form["day"]:
            return {one["question_id"]: one["value"] for one in client.diagnosis(str(each["diagnosis_id"]))["answers"]}
    return {}


def reason(kept: Json, question: str, flow: Flow, language: Language) -> str:
    """The field for it, where `kept` was changed just now; else what was written there."""
    name = str(kept["question_id"])
    if flow.mended != name:
        was = escape(say("reason_was", language, why=kept["why"]))
        return f'<div class="gj-dx-reason">{was}</div>' if kept["why"] else ""
    label = escape(say("reason_named", language, question=question))
    return (
        f'<form class="gj-dx-reason" data-act="reason" data-question="{escape(name)}" data-value="{escape(str(kept["value"]))}"'
        f' data-element="reason{escape(name)}" data-state="{escape(kept["why"])}"><label><span>{say("reason", language)}</span>'
        f'<input name="why" maxlength="1000" autocomplete="off" aria-label="{label}" value="{escape(kept["why"])}"></label>'
        f'<button type="submit" class="gj-plain">{say("reason_do", language)}</button>{notice(flow, "reason")}</form>'
    )
