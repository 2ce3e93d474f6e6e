"""What a visitor sees of the diagnosis where they are in it, as HTML: asked of the API as the visitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from ui.client import Client
from ui.diagnosis_text import say
from ui.errors import ClientError
from ui.page.flow import Flow
from ui.page.interview import interview
from ui.page.live import problem
from ui.page.notice import notice
from ui.page.opening import opening
from ui.page.outcome import no_peers, peers, result, which
from ui.page.questions import questions
from ui.page.signed_in import SignedIn
from ui.page.timeline import timeline
from ui.text import Language

Json = Mapping[str, Any]
_KOREA = ZoneInfo("Asia/Seoul")


def room(client: Client, who: SignedIn, flow: Flow, form: Json | None = None) -> str:
    """The tab at `flow`. `form` is the diagnosis where it has just been asked for."""
    views = {"start": _start, "result": _result, "record": _record}
    try:
        if flow.view in {"talk", "form"} and who.writes:
            body = diagnosing(client, who, flow, form or client.diagnosis(flow.diagnosis_id))
        else:
            body = views.get(flow.view, _start)(client, who, flow)
    except ClientError as error:
        again = f'<button type="button" class="gj-plain" data-act="go" data-view="{flow.view}">{say("reload", client.language)}</button>'
        body = problem(error) + again
    return framed(body, flow, client.language)


def korea() -> date:
    """Today where the companies are, wherever the server stands."""
    return datetime.now(_KOREA).date()


def framed(body: str, flow: Flow, language: Language) -> str:
    """With the way to the other parts, and what went wrong with what has no place of its own."""
    return f'<div class="gj-dx" lang="{language}" data-view="{flow.view}">{_nav(flow, language)}{notice(flow, "room")}{body}</div>'


def diagnosing(client: Client, who: SignedIn, flow: Flow, form: Json) -> str:
    """The questions, one at a time or all at once. Raises ClientError."""
    papers = _papers(client, flow) if flow.proving else {}
    if flow.view == "form" or form["closed"]:
        body = questions(form, flow, papers, who.person_id, client.language, admin=who.role == "admin")
    else:
        body = interview(form, flow, papers, who.person_id, korea(), client.language)
    return _head(form, flow, client.language) + body


def shown_now(client: Client, who: SignedIn, flow: Flow, form: Json) -> str:
    """The conversation over a form at hand, while an answer in between is on its way: nothing is asked of the API."""
    return framed(
        _head(form, flow, client.language) + interview(form, flow, {}, who.person_id, korea(), client.language),
        flow,
        client.language,
    )


def _nav(flow: Flow, language: Language) -> str:
    here = {"talk": "start", "form": "start"}.get(flow.view, flow.view)
    buttons = "".join(
        f'<button type="button" data-act="go" data-view="{view}"{" aria-current=page" if view == here else ""}>'
        f"{say(f'nav_{view}', language)}</button>"
        for view in ("start", "result", "record")
    )
    return f'<nav class="gj-dx-nav" aria-label="{say("nav", language)}">{buttons}</nav>'


def _head(form: Json, flow: Flow, language: Language) -> str:
    """How far it is, and the other way to answer the same questions."""
    progress = form["progress"]
    told = say("progress", language, total=progress["total"], answered=progress["answered"])
    ways = "".join(
        f'<button type="button" data-act="go" data-view="{view}" data-diagnosis="{escape(str(form["diagnosis_id"]))}"'
        f' aria-pressed="{str(flow.view == view).lower()}">{say(view, language)}</button>'
        for view in ("talk", "form")
        if not form["closed"]
    )
    return (
        f'<header class="gj-dx-head"><p><strong>{say(form["depth"], language)}</strong> <span>{told}</span></p>'
        f'<progress max="{int(progress["total"])}" value="{int(progress["answered"])}" aria-label="{told}"></progress>'
        f'<div class="gj-dx-ways">{ways}</div></header>'
    )


def _papers(client: Client, flow: Flow) -> dict[str, Sequence[Json]]:
    """The company's own documents: those likely to stand for the answer, and the others."""
    hints = client.hints(flow.diagnosis_id, flow.proving)
    named = {each["document_id"] for each in hints}
    others = [
        {"document_id": each["document_id"], "title": each["title"] or each["name"]}
        for each in client.documents()
        if each["collection"] == "company" and each["status"] == "indexed" and each["document_id"] not in named
    ]
    return {"hints": hints, "others": others}


def _start(client: Client, who: SignedIn, flow: Flow) -> str:
    asked, case = client.instrument(), client.casefile()
    return opening(asked, case, client.diagnoses(), flow, client.language, may_write=who.writes)


def _record(client: Client, who: SignedIn, flow: Flow) -> str:
    today = korea().isoformat()
    told = client.casefile()
    return timeline(
        {**told, "may_write": told["may_write"] and who.writes}, client.instrument(), flow, today, client.language
    )


def _result(client: Client, who: SignedIn, flow: Flow) -> str:
    """Of the diagnosis at hand, else of the newest that is finished, else of the newest. Never of another than was asked
    for."""
    language = client.language
    every = client.diagnoses()
    listed = [each for each in every if each["answered"] and each["current"]]
    chosen = [each for each in listed if each["diagnosis_id"] == flow.diagnosis_id]
    asked = [each for each in every if each["diagnosis_id"] == flow.diagnosis_id]
    if asked and not chosen:
        return _no_result(asked[0], listed, language)
    head = next(iter([*chosen, *(each for each in listed if each["finished"]), *listed]), None)
    if head is None:
        start = (
            f'<button type="button" class="gj-do" data-act="go" data-view="start">{say("nav_start", language)}</button>'
        )
        return (
            f'<section class="gj-dx-card"><p>{say("result_none", language)}</p>{start if who.writes else ""}</section>'
        )
    target = str(head["diagnosis_id"])
    report, fragment = client.report(target), client.report_html(target)
    chosen_cases = client.casefile()["state"]["use_cases"]
    shown = result(head, fragment, report, chosen_cases, language, may_write=who.writes)
    return which(listed, target, language) + shown + (_peers(client) if who.writes else "")


def _no_result(asked: Json, others: Sequence[Json], language: Language) -> str:
    """`asked` has no result: said so, with the way to those that have one."""
    key = "result_empty" if asked["current"] else "older"
    told = say(key, language, day=asked["day"], depth=say(asked["depth"], language))
    buttons = "".join(
        f'<button type="button" class="gj-plain" data-act="go" data-view="result" data-diagnosis="{escape(str(each["diagnosis_id"]))}">'
        f"{escape(say('see_result_of', language, day=each['day'], depth=say(each['depth'], language)))}</button>"
        for each in others
    )
    return f'<section class="gj-dx-card"><p>{escape(told)}</p><div class="gj-acts">{buttons}</div></section>'


def _peers(client: Client) -> str:
    try:
        return peers(client.peers(), client.language)
    except ClientError as error:
        return no_peers(error, client.language)
