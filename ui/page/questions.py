"""The diagnosis as a form, as HTML: every question under its dimension, saved at each choice, and who answers which part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from ui.diagnosis_text import say
from ui.page.flow import UNKNOWN, Flow
from ui.page.interview import left_to_others
from ui.page.notice import notice
from ui.page.proof import known, proof
from ui.page.reason import reason
from ui.text import Language

Json = Mapping[str, Any]
Papers = Mapping[str, Sequence[Json]]


def questions(
    form: Json, flow: Flow, papers: Papers, person: str, language: Language, *, admin: bool = False
) -> str:  # fmt: skip
    """All of `form`. `person` is who looks at it; an `admin` may release what others have taken."""
    answers = {each["question_id"]: each for each in form["answers"]}
    by_dimension = sorted(form["questions"], key=_order(form["questions"]))
    shown = "".join(
        _dimension(list(asked), answers, form, flow, papers, person, language)
        for _, asked in groupby(by_dimension, key=lambda each: each["dimension"])
    )
    done = ""
    if not form["progress"]["total"] - form["progress"]["answered"]:
        done = (
            f'<section class="gj-dx-question gj-dx-done"><h3>{say("all_answered", language)}</h3><button type="button"'
            f' class="gj-do gj-dx-large" data-act="go" data-view="result">{say("see_result", language)}</button></section>'
        )
    if form["closed"]:
        return f'<p class="gj-note plain">{say("closed", language)}</p>{shown}{done}'
    return f"{parts(form, flow, person, language, admin=admin)}{left_to_others(form, person, language)}{shown}{done}"


def parts(form: Json, flow: Flow, person: str, language: Language, *, admin: bool = False) -> str:
    """Which dimensions one answers alone. Those of somebody else cannot be taken."""
    named = {each["dimension"]: str(each["dimension_name"]) for each in form["questions"]}
    rows, free = [], ""
    for dimension, name in named.items():
        owner = form["parts"].get(dimension)
        other = owner not in {None, person}
        state = " disabled" if other else " checked" if owner else ""
        told = f" ({say('parts_other', language)})" if other else ""
        rows.append(
            f'<label class="gj-dx-chip"><input type="checkbox" name="part_{escape(dimension)}" value="1"{state}>'
            f"{escape(name)}{told}</label>"
        )
        if other and admin:
            words = escape(say("release", language, name=name))
            free += (
                f'<button type="submit" class="gj-plain" name="release" value="{escape(dimension)}">{words}</button>'
            )
    is_open = " open" if "parts" in {flow.trouble_at, flow.told_at} else ""
    taken = escape("".join(f"{part}{who}" for part, who in sorted(form["parts"].items())))
    return (
        f'<details class="gj-dx-fold gj-dx-parts"{is_open}><summary>{say("parts", language)}</summary>'
        f'<form data-act="parts" data-element="parts" data-state="{taken}"><p class="gj-more">{say("parts_more", language)}</p>'
        f'<div class="gj-dx-chips" lang="ko">{"".join(rows)}</div><div class="gj-submit">'
        f'<button type="submit" class="gj-plain">{say("parts_do", language)}</button>{free}</div>'
        f"{notice(flow, 'parts')}</form></details>"
    )


def _order(asked: Sequence[Json]) -> Any:
    """Dimensions as they first come, and their questions as they are asked."""
    first: dict[str, int] = {}
    for at, each in enumerate(asked):
        first.setdefault(each["dimension"], at)
    place = {each["question_id"]: at for at, each in enumerate(asked)}
    return lambda each: (first[each["dimension"]], place[each["question_id"]])


def _dimension(
    asked: Sequence[Json], answers: Mapping[str, Json], form: Json, flow: Flow, papers: Papers, person: str,
    language: Language,
) -> str:  # fmt: skip
    first = asked[0]
    done = sum(each["question_id"] in answers for each in asked)
    count = say("dimension_count", language, total=len(asked), answered=done)
    owner = form["parts"].get(first["dimension"])
    taken = owner not in {None, person}
    other = f'<p class="gj-note plain">{say("parts_other", language)}</p>' if taken else ""
    rows = "".join(
        _question(each, answers.get(each["question_id"]), flow, papers, language, off=taken or form["closed"])
        for each in asked
    )
    return (
        f'<section class="gj-dx-card" data-dimension="{escape(first["dimension"])}"><h3><span lang="ko">'
        f"{escape(first['dimension_name'])}</span> <small>{count}</small></h3>{other}{rows}</section>"
    )


def _question(
    asked: Json, kept: Json | None, flow: Flow, papers: Papers, language: Language, *, off: bool
) -> str:  # fmt: skip
    """`off`: not for this person to answer."""
    name = escape(str(asked["question_id"]))
    rows = "".join(
        _choice(each, name, chosen=kept is not None and kept["value"] == each["value"], off=off)
        for each in asked["choices"]
    )
    return (
        f'<fieldset class="gj-dx-item{"" if kept else " open"}" data-question="{name}"><legend lang="ko">{escape(asked["text"])}'
        f'</legend>{_state(kept, language)}<div class="gj-dx-radios" lang="ko">{rows}</div>{notice(flow, str(asked["question_id"]))}'
        f'<details class="gj-dx-fold"><summary>{say("why", language)}</summary><p lang="ko">{escape(asked["why"])}</p></details>'
        f"{'' if off else _end(asked, kept, flow, papers, language)}</fieldset>"
    )


def _state(kept: Json | None, language: Language) -> str:
    if kept is None:
        return f'<span class="gj-badge warn">{say("not_answered", language)}</span>'
    return known(kept, language)


def _choice(each: Json, name: str, *, chosen: bool, off: bool) -> str:
    checked = (" checked" if chosen else "") + (" disabled" if off else "")
    return (
        f'<label class="gj-dx-radio"><input type="radio" name="{name}" value="{escape(each["value"])}" data-set{checked}>'
        f"<span>{escape(each['text'])}</span></label>"
    )


def _end(asked: Json, kept: Json | None, flow: Flow, papers: Papers, language: Language) -> str:
    if kept is None:
        return ""
    why = reason(kept, str(asked["text"]), flow, language)
    shown = "" if kept["value"] == UNKNOWN else proof(kept, str(asked["text"]), flow, papers, language)
    return f'<div class="gj-dx-taken">{shown}{why}</div>' if shown or why else ""
