"""A piece of the page that we write as HTML ourselves, and whose buttons call Python."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ui.errors import ClientError

SCRIPT = Path(__file__).with_name("page.js")

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""Options of every event: no veil over the page, no entry in an API of Gradio's own."""
DIRECT: dict[str, Any] = {**QUIET, "queue": False}
"""Options of an event that answers at once. Only the long ones go through Gradio's queue: an event that joins it just as
another ends can lose its answer. Outside the queue `gr.Warning` shows nothing, so what went wrong is part of the page.
"""


def live_html(value: str, events: tuple[str, ...], elem_id: str) -> Any:
    """A gr.HTML whose buttons with `data-act="<event>"` trigger that event; their data-… values are its event data."""
    # Gradio binds only events that it finds quoted in this script.
    named = ", ".join(f"'{event}'" for event in events)
    return gr.HTML(
        value,
        elem_id=elem_id,
        head=f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>",
        js_on_load=f"/* {named} */ giljabi.listen(element, trigger, watch);",
        apply_default_css=False,
    )


def event_value(event: Any, name: str) -> str:
    """A value that the pressed button carried; empty where the event came from elsewhere."""
    data = event._data
    return str(data.get(name, "")) if isinstance(data, dict) else ""


def problem(error: ClientError) -> str:
    """What went wrong, in the page itself."""
    return f'<p class="gj-note error" role="alert">{escape(error.title)}</p>'
