"""Where the tab for the diagnosis begins, as HTML: what can be gone on with, the company, and the two diagnoses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ui.diagnosis_text import say
from ui.page.firm import firm, stated
from ui.page.flow import Flow
from ui.page.transcript import deletion, moment
from ui.text import Language

Json = Mapping[str, Any]
DEPTHS = ("first", "deep")


def opening(
    asked: Json, case: Json, diagnoses: Sequence[Json], flow: Flow, language: Language, *, may_write: bool
) -> str:
    """`asked` is the instrument, `case` the object of `GET /api/casefile`, `diagnoses` the newest first."""
    lead = (
        f'<section class="gj-dx-lead"><h2>{say("title", language)}</h2><p>{say("lead", language)}</p>'
        f'<p class="gj-note plain" role="note" lang="ko">{escape(asked["notice"])}</p></section>'
    )
    going = next((each for each in diagnoses if each["current"] and not each["finished"]), None) if may_write else None
    fresh = not diagnoses and not stated(case["state"])
    card = firm(asked, case["state"], language, may_write=may_write, opened=fresh or flow.open, flow=flow)
    begin = _begin(language, again=going is not None) if may_write else ""
    others = [each for each in diagnoses if each is not going]
    return f"{lead}{_going_on(going, language) if going else ''}{card}{begin}{_earlier(others, language, may_write=may_write)}"


def _going_on(going: Json, language: Language) -> str:
    told = say("go_on_more", language, total=going["total"], answered=going["answered"])
    bar = f'<progress max="{int(going["total"])}" value="{int(going["answered"])}" aria-label="{told}"></progress>'
    target = escape(str(going["diagnosis_id"]))
    return (
        f'<section class="gj-dx-card gj-dx-going"><h3>{say("go_on", language)}</h3><p>{say(going["depth"], language)} · {told} '
        f"{say('touched', language)} {moment(str(going['touched_at']))}</p>{bar}"
        f'<button type="button" class="gj-do gj-dx-large" data-act="go" data-view="talk" data-diagnosis="{target}">'
        f"{say('go_on_do', language)}</button></section>"
    )


def _begin(language: Language, *, again: bool) -> str:
    title = say("begin_anew" if again else "begin", language)
    ways = "".join(
        f'<button type="button" class="gj-dx-depth{" plain" if again or depth == "deep" else ""}" data-act="begin"'
        f' data-depth="{depth}"><strong>{say(depth, language)}</strong><span>{say(f"{depth}_more", language)}</span></button>'
        for depth in DEPTHS
    )
    return f'<section class="gj-dx-card gj-dx-begin" tabindex="-1"><h3>{title}</h3><div class="gj-dx-depths">{ways}</div></section>'


def _earlier(diagnoses: Sequence[Json], language: Language, *, may_write: bool) -> str:
    if not diagnoses:
        return "" if may_write else f'<p class="gj-none">{say("earlier_none", language)}</p>'
    rows = "".join(_row(each, language, may_write=may_write) for each in diagnoses)
    return f'<section class="gj-dx-card"><h3>{say("earlier", language)}</h3><ul class="gj-dx-earlier">{rows}</ul></section>'


def _row(one: Json, language: Language, *, may_write: bool) -> str:
    named = {"day": one["day"], "depth": say(one["depth"], language)}
    target = escape(str(one["diagnosis_id"]))
    told = say("progress", language, total=one["total"], answered=one["answered"])
    told = told if one["current"] else say("older", language)
    see = (
        ""
        if not one["current"] or not one["answered"]
        else (
            f'<button type="button" class="gj-plain" data-act="go" data-view="result" data-diagnosis="{target}"'
            f' aria-label="{escape(say("see_result_of", language, **named))}">{say("see_result", language)}</button>'
        )
    )
    if may_write and one["current"] and not one["closed"]:
        see += (
            f'<button type="button" class="gj-plain" data-act="go" data-view="form" data-diagnosis="{target}"'
            f' aria-label="{escape(say("see_answers_of", language, **named))}">{say("see_answers", language)}</button>'
        )
    if may_write:
        name, sure = say("discard", language, **named), say("discard_sure", language)
        see += deletion("discard", str(one["diagnosis_id"]), name, sure, language)
    return (
        f'<li><div class="gj-what"><strong>{escape(one["day"])} · {named["depth"]}</strong><p class="gj-facts">{told}</p></div>'
        f'<div class="gj-acts">{see}</div></li>'
    )
