"""A piece of the page that we write as HTML ourselves, and whose buttons call Python."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ui.errors import ClientError
from ui.text import Language, sentence

SCRIPT = Path(__file__).with_name("page.js")

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""Options of every event: no veil over the page, no entry in an API of Gradio's own."""
DIRECT: dict[str, Any] = {**QUIET, "queue": False}
"""Options of an event that answers at once. Only the long ones go through Gradio's queue: an event that joins it just as
another ends can lose its answer. Outside the queue `gr.Warning` shows nothing, so what went wrong is part of the page.
"""
EVERY: dict[str, Any] = {**DIRECT, "trigger_mode": "multiple"}
"""DIRECT, and none is dropped because one before it has not been answered."""


def live_html(value: str, events: tuple[str, ...], elem_id: str, script: str = "") -> Any:
    """A gr.HTML whose buttons with `data-act="<event>"` trigger that event; their data-… values are its event data.

    `script` runs once the piece is there, with `element`, `trigger` and `watch` at hand.
    """
    # Gradio binds only events that it finds quoted in this script.
    named = ", ".join(f"'{event}'" for event in events)
    return gr.HTML(
        value,
        elem_id=elem_id,
        head=f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>",
        js_on_load=f"/* {named} */ giljabi.listen(element, trigger, watch);{script}",
        apply_default_css=False,
    )


def dialog_html(name: str, events: tuple[str, ...], language: Language) -> Any:
    """A live piece in a box above the page, opened by any button with `data-dialog="<name>"`: its event `show` then asks
    for the content, which is a `sheet` each time.
    """
    script = f'giljabi.dialog(element, trigger, watch, "{name}");'
    return live_html(sheet("", language, ""), ("show", *events), f"gj-{name}", script)


def sheet(body: str, language: Language, asked: str) -> str:
    """What a dialog shows. `asked` is the value of that name that its event brought."""
    words = {"loading": sentence("loading", language), "failed": sentence("cut", language)}
    words |= {"close": sentence("close", language), "asked": asked}
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in words.items())
    return f'<div class="gj-sheet" lang="{language}"{data}>{body}</div>'


def sheet_head(name: str, title: str, place: str, language: Language) -> str:
    """A sheet's heading, which names the dialog `name`, and the button that closes it. `place` is shown under it."""
    shut = sentence("close", language)
    below = f'<p class="gj-place">{escape(place)}</p>' if place else ""
    return (
        f'<header class="gj-sheet-head"><div><h2 id="gj-{name}-title" tabindex="-1">{escape(title)}</h2>{below}</div>'
        f'<button type="button" class="gj-close" data-close aria-label="{shut}" title="{shut}"><svg viewBox="0 0 24 24"'
        ' width="22" height="22" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round"/></svg></button></header>'
    )


def event_value(event: Any, name: str) -> str:
    """A value that the pressed button carried; empty where the event came from elsewhere."""
    data = event._data
    return str(data.get(name, "")) if isinstance(data, dict) else ""


def problem(error: ClientError) -> str:
    """What went wrong, in the page itself."""
    return f'<p class="gj-note error" role="alert">{escape(error.title)}</p>'
