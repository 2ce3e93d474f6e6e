"""The diagnosis as a conversation, as HTML: what was said, the question at hand, and the ways to answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from ui.diagnosis_text import say
from ui.page import evidence
from ui.page.flow import UNKNOWN, Flow, Past, answer_of, choice
from ui.page.proof import known, proof
from ui.page.reason import reason
from ui.text import Language, sentence

Json = Mapping[str, Any]


def interview(
    form: Json, flow: Flow, papers: Mapping[str, Sequence[Json]], person: str, today: date, language: Language
) -> str:  # fmt: skip
    """The conversation over `form`, a diagnosis as the server has it, with `person`. `papers`: documents for the answer
    that evidence is sought for.
    """
    progress = form["progress"]
    past = "".join(
        _past(each, f"d{at}", form, flow, papers, today, language, newest=at == len(flow.past) - 1)
        for at, each in enumerate(flow.past)
    )
    log = f'<div class="gj-dx-log" role="log" aria-live="polite">{past}</div>'
    now = _question(form, flow, language) if form["next"] else _ended(form, person, language)
    return f"{_answers(form, language)}{log}{now}{_foot(progress, language)}"


def _mine(words: str, language: Language) -> str:
    """What the person said."""
    label = say("you_said", language)
    return f'<div class="gj-dx-mine"><span class="gj-said">{label}</span><p>{escape(words)}</p></div>' if words else ""


def _dots(key: str, language: Language) -> str:
    dots = '<span class="gj-dots" aria-hidden="true"><i></i><i></i><i></i></span>'
    return f'<p class="gj-state busy">{dots}{say(key, language)}</p>'


def _past(
    past: Past, place: str, form: Json, flow: Flow, papers: Mapping[str, Sequence[Json]], today: date,
    language: Language, *, newest: bool,
) -> str:  # fmt: skip
    if past.kind == "between":
        return _mine(past.said, language) + _between(past, place, today, language)
    if past.kind == "told":
        return f'{_mine(past.said, language)}<p class="gj-dx-told">{escape(past.note)}</p>'
    if _replaced(past, form, flow):
        return (
            f'<div class="gj-dx-turn replaced" data-past="{escape(past.question_id)}"><p class="gj-dx-asked" lang="ko">'
            f"{escape(past.question)}</p>{_mine(past.said or past.answer, language)}"
            f'<p class="gj-dx-over">{say("replaced", language)}</p></div>'
        )
    taken = say(f"kept_{past.kind}", language, choice=past.answer)
    more = _more(past, form, flow, papers, language) if newest or flow.proving == past.question_id else ""
    return (
        f'<div class="gj-dx-turn" data-past="{escape(past.question_id)}"><p class="gj-dx-asked" lang="ko">'
        f"{escape(past.question)}</p>{_mine(past.said or past.answer, language)}"
        f'<div class="gj-dx-taken"><p>{escape(taken)}</p>{more}</div></div>'
    )


def _replaced(past: Past, form: Json, flow: Flow) -> bool:
    """Whether what was answered then is not what stands now."""
    kept = answer_of(form, past.question_id)
    later = flow.past[flow.past.index(past) + 1 :]
    again = any(each.question_id == past.question_id and each.kind not in {"told", "between"} for each in later)
    return again or (kept is not None and kept["text"].rstrip(".") != past.answer)


def _more(
    past: Past, form: Json, flow: Flow, papers: Mapping[str, Sequence[Json]], language: Language
) -> str:  # fmt: skip
    """What can be done with an answer that was kept: correct it, show something for it."""
    kept = answer_of(form, past.question_id)
    if kept is None:
        return ""
    named = escape(say("change_named", language, question=past.question))
    change = (
        f'<button type="button" class="gj-link" data-act="at" data-question="{escape(past.question_id)}"'
        f' aria-label="{named}">{say("change", language)}</button>'
    )
    why = reason(kept, past.question, flow, language)
    if kept["value"] == UNKNOWN:
        return change + why
    return change + proof(kept, past.question, flow, papers, language) + why


def _between(past: Past, place: str, today: date, language: Language) -> str:
    """The answer to a question that was asked in between, with its evidence."""
    turn = past.turn
    if turn is None:
        return ""
    if turn.live:
        stop = f'<button type="button" class="gj-plain" data-act="halt">{say("stop_looking", language)}</button>'
        state = _dots("looking", language) + stop
    else:
        state = ""
    if turn.phase == "failed":
        told = say("looked_failed", language, why=turn.error)
        state = f'<p class="gj-note error" role="alert">{escape(told)}</p>'
    elif turn.phase == "stopped":
        state = f'<p class="gj-note plain">{say("looked_stopped", language)}</p>'
    notes = "".join(f'<p class="gj-note warn" role="note">{escape(notice)}</p>' for notice in turn.notices)
    if turn.degraded in {"engine_down", "engine_busy", "engine_cut"}:
        notes += f'<p class="gj-note plain" role="note">{sentence(turn.degraded, language)}</p>'
    words = f'<div class="gj-text">{evidence.answer(turn, place, language)}</div>' if turn.answer else ""
    cards = evidence.cards(turn, place, newest=False, today=today, language=language) if turn.answer else ""
    title = "" if turn.live else f'<p class="gj-dx-found">{say("between", language)}</p>'
    back = f'<p class="gj-dx-told">{say("back_to_it", language)}</p>' if not turn.live else ""
    return f'<div class="gj-dx-between">{title}{words}{state}{notes}{cards}</div>{back}'


def _question(form: Json, flow: Flow, language: Language) -> str:
    """The question at hand. While something is being looked up, it waits."""
    asked, proposed = form["next"], form["proposed"]
    busy = bool(flow.past and flow.past[-1].turn and flow.past[-1].turn.live)
    name = escape(str(asked["question_id"]))
    here = flow.trouble and flow.trouble_at not in {"room", "proof"}
    trouble = f'<p class="gj-note error" role="alert">{escape(flow.trouble)}</p>' if here else ""
    return (
        f'<section class="gj-dx-question" data-now="{name}" data-step="{len(flow.past)}{escape(proposed or "")}" aria-labelledby="gj-dx-now">'
        f"{_where(asked, form)}"
        f'<h3 id="gj-dx-now" lang="ko" tabindex="-1">{escape(asked["text"])}</h3>{_why(asked, language)}'
        f"{_ways(asked, proposed, flow, form, language, busy=busy)}{_own_words(form, flow, trouble, language, busy=busy)}</section>"
    )


def _where(asked: Json, form: Json) -> str:
    """What the question belongs to, and which it is: a phone shows no more than this one question."""
    done, total = int(form["progress"]["answered"]), int(form["progress"]["total"])
    place = [each["question_id"] for each in form["questions"]].index(asked["question_id"]) + 1
    return (
        f'<p class="gj-dx-where" lang="ko"><span>{escape(asked["dimension_name"])} · {escape(asked["area"])}</span>'
        f'<span>{place}/{total}</span></p><progress max="{total}" value="{done}" aria-hidden="true"></progress>'
    )


def _why(asked: Json, language: Language) -> str:
    seen = "".join(
        f"<li><strong>{escape(each['text'])}</strong> {escape(each['seen'])}</li>"
        for each in asked["choices"]
        if each["seen"]
    )
    listed = f'<p>{say("seen", language)}</p><ul lang="ko">{seen}</ul>' if seen else ""
    return (
        f'<details class="gj-dx-fold"><summary>{say("why", language)}</summary><p lang="ko">{escape(asked["why"])}</p>{listed}'
        "</details>"
    )


def _ways(asked: Json, proposed: str | None, flow: Flow, form: Json, language: Language, *, busy: bool) -> str:
    """The choices, from worst to best. What was understood, or is likeliest, comes first; the answer there is, is marked."""
    kept = answer_of(form, asked["question_id"])
    every = [{**each, "now": kept is not None and kept["value"] == each["value"]} for each in asked["choices"]]
    if proposed:
        said = _mine(flow.said, language) if flow.said_of == asked["question_id"] else ""
        told = escape(say("proposed", language, choice=choice(asked, proposed)))
        yes = (
            f'<button type="button" class="gj-do gj-dx-yes" data-act="confirm"'
            f' data-question="{escape(str(asked["question_id"]))}" data-proposed="{escape(proposed)}"{_off(busy)}>'
            f"{say('proposed_yes', language)}</button>"
        )
        rest = [each for each in every if each["value"] != proposed]
        return (
            f'{said}<div class="gj-dx-proposed" role="status"><p>{told}</p>{yes}</div>'
            f'<p class="gj-dx-else">{say("proposed_else", language)}</p>{_choices(asked, rest, language, busy=busy)}'
        )
    near = [each for each in every if each["value"] in flow.nearest] if flow.said_of == asked["question_id"] else []
    if near:
        rest = [each for each in every if each not in near]
        return (
            f'<p class="gj-dx-else near">{say("nearest", language)}</p>{_choices(asked, near, language, busy=busy, near=True)}'
            f'<p class="gj-dx-else">{say("nearest_else", language)}</p>{_choices(asked, rest, language, busy=busy)}'
        )
    return _choices(asked, every, language, busy=busy)


def _choices(asked: Json, choices: Sequence[Json], language: Language, *, busy: bool, near: bool = False) -> str:
    question = escape(str(asked["question_id"]))
    now = f'<span class="gj-badge cited" lang="{language}">{say("answer_now", language)}</span>'
    rows = "".join(
        f'<li><button type="button" class="gj-dx-choice{" unknown" if each["value"] == UNKNOWN else ""}" data-act="choose"'
        f' data-question="{question}" data-value="{escape(each["value"])}"{" aria-current=true" if each["now"] else ""}{_off(busy)}>'
        f"{escape(each['text'])}{now if each['now'] else ''}</button></li>"
        for each in choices
    )
    kind = " near" if near else ""
    return f'<ul class="gj-dx-choices{kind}" lang="ko" aria-label="{say("choices", language)}">{rows}</ul>'


def _own_words(form: Json, flow: Flow, trouble: str, language: Language, *, busy: bool) -> str:
    """Where one writes. It is emptied once what it held was heard: then the number of things said has changed. `trouble`
    comes last: put before the field, it would have a new one made without what was typed."""
    asked, label = form["next"], say("your_words", language)
    state = f"{len(flow.past)}{flow.said if flow.said_of == asked['question_id'] else ''}"
    return (
        f'<form class="gj-dx-say" data-act="say" data-question="{escape(str(asked["question_id"]))}"'
        f' data-proposed="{escape(form["proposed"] or "")}" data-element="say"'
        f' data-state="{escape(state)}"><label for="gj-dx-words">{label}</label><div class="gj-dx-write">'
        f'<input id="gj-dx-words" name="text" maxlength="{int(form["longest"])}" required autocomplete="off" enterkeyhint="send"'
        f' placeholder="{say("your_words_hint", language)}">'
        f'<button type="submit" class="gj-do"{_off(busy)}>{say("send", language)}</button></div>'
        f'<p class="gj-dx-wait" aria-hidden="true">{say("listening", language)}</p>{trouble}</form>'
    )


def _off(busy: bool) -> str:
    return " disabled" if busy else ""


def _answers(form: Json, language: Language) -> str:
    """All answers so far, folded, each with a way to change it; what was known beforehand is told apart."""
    if not form["answers"]:
        return ""
    texts = {each["question_id"]: str(each["text"]) for each in form["questions"]}
    rows = "".join(_answered(each, texts.get(each["question_id"], ""), language) for each in form["answers"])
    count = sum(each["origin"] == "known" for each in form["answers"])
    told = f'<p class="gj-note plain">{say("known_more", language, count=count)}</p>' if count else ""
    words = say("answered", language, count=len(form["answers"]))
    return f'{told}<details class="gj-dx-fold" id="gj-dx-answers"><summary>{words}</summary><ul class="gj-dx-answers">{rows}</ul></details>'


def _answered(kept: Json, question: str, language: Language) -> str:
    named = escape(say("change_named", language, question=question))
    return (
        f'<li><div class="gj-what"><span lang="ko">{escape(question)}</span><strong lang="ko">{escape(kept["text"])}</strong></div>'
        f'<span class="gj-badges">{known(kept, language)}</span><button type="button" class="gj-link" data-act="at"'
        f' data-question="{escape(str(kept["question_id"]))}" aria-label="{named}">{say("change", language)}</button></li>'
    )


def _ended(form: Json, person: str, language: Language) -> str:
    """Nothing is left to ask this person."""
    left = form["progress"]["left_to_others"]
    told = say("mine_answered", language, count=left) if left else say("all_answered", language)
    words = say("so_far" if left else "see_result", language)
    others = left_to_others(form, person, language) if left else ""
    return (
        f'<section class="gj-dx-question gj-dx-done" data-now="done" data-step="{len(form["answers"])}"><h3 tabindex="-1">{told}</h3>{others}'
        f'<button type="button" class="gj-do gj-dx-large" data-act="go" data-view="result"'
        f' data-diagnosis="{escape(str(form["diagnosis_id"]))}">{words}</button></section>'
    )


def left_to_others(form: Json, person: str, language: Language) -> str:
    """The questions without an answer that stand in a part somebody else than `person` has taken."""
    done = {each["question_id"] for each in form["answers"]}
    others = {dimension for dimension, owner in form["parts"].items() if owner != person}
    left = [each for each in form["questions"] if each["question_id"] not in done and each["dimension"] in others]
    rows = "".join(f"<li>{escape(each['dimension_name'])}: {escape(each['text'])}</li>" for each in left)
    words = say("left_to_others", language, count=len(left))
    return f'<details class="gj-dx-fold"><summary>{words}</summary><ul lang="ko">{rows}</ul></details>' if left else ""


def _foot(progress: Json, language: Language) -> str:
    so_far = (
        f'<button type="button" class="gj-link" data-act="go" data-view="result">{say("so_far", language)}</button>'
        if 0 < progress["answered"] < progress["total"]
        else ""
    )
    later = f'<button type="button" class="gj-link" data-act="go" data-view="start">{say("later", language)}</button>'
    return f'<div class="gj-dx-foot"><p>{say("saved_always", language)}</p>{later}{so_far}</div>'
