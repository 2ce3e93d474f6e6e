"""The conversation as HTML: the welcome, the turns, and the list of earlier conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from ui.page import evidence
from ui.page.turn import Turn
from ui.text import Language, sentence

EXAMPLES = ("example_llm", "example_factory", "example_drawing")
_THUMB = (
    '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M7 10v11H4a1 1 0 0 1-1-1v-9a1 1 0 0 1'
    ' 1-1zm2 0 4.2-7.3a1.6 1.6 0 0 1 2.9 1.2L15.2 9H20a2 2 0 0 1 2 2.4l-1.5 8A2 2 0 0 1 18.5 21H9z" fill="none"'
    ' stroke="currentColor" stroke-width="1.7" stroke-linejoin="round"/></svg>'
)


def transcript(turns: Sequence[Turn], today: date, language: Language) -> str:
    if not turns:
        return f'<div class="gj-transcript" lang="{language}">{_welcome(language)}</div>'
    last = len(turns) - 1
    shown = "".join(_turn(turn, f"e{at}", at == last, today, language) for at, turn in enumerate(turns))
    return f'<div class="gj-transcript" lang="{language}">{shown}</div>'


def history(conversations: Sequence[Mapping[str, Any]], current: str, language: Language, trouble: str = "") -> str:
    """The list of conversations; on a phone a drawer that the button opens. `trouble` is HTML shown in its place."""
    name = sentence("history", language)
    rows = "".join(_conversation(head, current, language) for head in conversations)
    none = trouble or f'<p class="gj-none">{sentence("history_none", language)}</p>'
    listed = f"<ul>{rows}</ul>" if rows else none
    return f"""<nav class="gj-history" aria-label="{name}">
<button type="button" class="gj-fresh" data-act="fresh">{sentence("fresh", language)}</button>
<button type="button" class="gj-drawer" data-drawer>{name} <span class="gj-count">{len(conversations)}</span></button>
<h3>{name}</h3>{listed}</nav>"""


def moment(iso: str) -> str:
    """A time that the browser shows in its own zone, short."""
    return f'<time datetime="{escape(iso)}" data-local>{escape(iso[:16].replace("T", " "))}</time>' if iso else ""


def deletion(act: str, target: str, name: str, sure: str, language: Language) -> str:
    """A delete button that asks first. `name` and `sure` are sentences, `target` the id of what goes."""
    return (
        f'<button type="button" class="gj-delete" data-act="{act}" data-target="{escape(target)}"'
        f' aria-label="{escape(name)}" title="{escape(name)}" data-sure="{sure}"'
        f' data-yes="{sentence("yes_delete", language)}" data-no="{sentence("no_keep", language)}">'
        '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13'
        'M10 11v5M14 11v5" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"'
        ' stroke-linejoin="round"/></svg></button>'
    )


def _welcome(language: Language) -> str:
    questions = (sentence(key, language) for key in EXAMPLES)
    buttons = "".join(_asking(escape(question), escape(question), "gj-example") for question in questions)
    return f"""<section class="gj-welcome"><h2>{sentence("welcome", language)}</h2>
<p>{sentence("welcome_more", language)}</p>{buttons}</section>"""


def _asking(question: str, words: str, kind: str) -> str:
    return f'<button type="button" class="{kind}" data-act="submit" data-question="{question}">{words}</button>'


def _conversation(head: Mapping[str, Any], current: str, language: Language) -> str:
    target, title = str(head["conversation_id"]), str(head["title"])
    here = ' aria-current="true"' if target == current else ""
    count = sentence("turns", language, turns=head["turns"])
    name = sentence("forget", language, title=title)
    return f"""<li><button type="button" class="gj-open" data-act="open" data-target="{escape(target)}"{here}>
<span class="gj-title">{escape(title)}</span>
<span class="gj-when">{moment(str(head["updated_at"]))} · {count}</span></button>
{deletion("forget", target, name, sentence("forget_sure", language), language)}</li>"""


def _turn(turn: Turn, place: str, newest: bool, today: date, language: Language) -> str:
    kind = "abstained" if turn.abstained else turn.phase
    return f"""<article class="gj-turn {kind}" id="{place}"><div class="gj-talk">
<div class="gj-question"><span class="gj-said">{sentence("you", language)}</span><p>{escape(turn.question)}</p></div>
<div class="gj-answer"><div class="gj-spoken" aria-live="polite" aria-busy="{str(turn.live).lower()}">
{_status(turn, language)}{_said(turn, place, language)}</div>{_notes(turn, language)}{_end(turn, language)}</div>
</div>{evidence.cards(turn, place, newest, today, language)}</article>"""


def _said(turn: Turn, place: str, language: Language) -> str:
    return f'<div class="gj-text">{evidence.answer(turn, place, language)}</div>' if turn.answer else ""


def _status(turn: Turn, language: Language) -> str:
    """Where the answer stands, while that is not plain from the answer itself."""
    if turn.abstained:
        upload = sentence("abstained_next", language)
        return f"""<p class="gj-state quiet">{sentence("abstained", language)}
<button type="button" class="gj-link" data-tab="1">{upload}</button></p>"""
    if not turn.live:
        return ""
    if turn.place:
        words = sentence("place", language, place=turn.place)
    else:
        key = turn.phase if not turn.answer else "writing_on"
        words = sentence(key, language)
    return f'<p class="gj-state busy"><span class="gj-dots" aria-hidden="true"><i></i><i></i><i></i></span>{words}</p>'


def _notes(turn: Turn, language: Language) -> str:
    """What the reader must know about the answer: warnings, how it was made, why it ended early."""
    notes = [("warn", escape(notice)) for notice in turn.notices]
    if turn.degraded in {"engine_down", "engine_busy", "engine_cut"}:
        notes.append(("plain", sentence(turn.degraded, language)))
    if turn.phase in {"open", "stopped", "interrupted"}:
        notes.append(("plain", sentence(turn.phase, language)))
    if turn.phase == "failed":
        notes.append(("error", escape(turn.error)))
    shown = "".join(f'<p class="gj-note {kind}" role="note">{words}</p>' for kind, words in notes)
    if turn.phase in {"stopped", "interrupted", "failed"}:
        shown += _asking(escape(turn.question), sentence("again", language), "gj-again")
    return shown


def _end(turn: Turn, language: Language) -> str:
    """The line under a finished answer: how it was made, and the two thumbs."""
    if turn.phase != "done":
        return ""
    parts = [] if turn.abstained else [sentence("quotation", language) if turn.model == "quotation" else turn.model]
    if turn.seconds:
        parts.append(sentence("seconds", language, seconds=f"{turn.seconds:.1f}"))
    if turn.removed:
        parts.append(sentence("removed", language, removed=turn.removed))
    made = escape(" · ".join(part for part in parts if part))
    thumbs = _thumb(turn, 1, "good", language) + _thumb(turn, -1, "bad", language)
    return f'<div class="gj-end"><span class="gj-made">{made}</span>{thumbs}</div>{_comment(turn, language)}'


def _thumb(turn: Turn, rating: int, key: str, language: Language) -> str:
    pressed = str(turn.rating == rating).lower()
    words = sentence(key, language)
    return (
        f'<button type="button" class="gj-thumb {key}" data-act="rate" data-turn="{escape(turn.turn_id)}"'
        f' data-rating="{rating}" aria-pressed="{pressed}" aria-label="{words}" title="{words}">{_THUMB}</button>'
    )


def _comment(turn: Turn, language: Language) -> str:
    if turn.rating is None:
        return ""
    if turn.rating > 0 or turn.comment:
        return f'<p class="gj-thanks" role="status">{sentence("thanks", language)}</p>'
    hint = sentence("comment_hint", language)
    return f"""<form class="gj-comment" data-act="rate" data-turn="{escape(turn.turn_id)}" data-rating="-1">
<input name="comment" maxlength="2000" placeholder="{hint}" aria-label="{hint}" autocomplete="off">
<button type="submit">{sentence("comment_send", language)}</button></form>"""
