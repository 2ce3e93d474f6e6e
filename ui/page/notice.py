"""What was done last or went wrong, said where it happened."""

from __future__ import annotations

from html import escape

from ui.page.flow import Flow


def notice(flow: Flow, at: str) -> str:
    """What `flow` tells of `at`, in an element that is there also when nothing is told: were it to come and go, what
    stands after it would be made anew, without what has been typed there. What is told is brought into sight.
    """
    if flow.trouble and flow.trouble_at == at:
        return f'<p class="gj-note error" role="alert">{escape(flow.trouble)}</p>'
    if flow.told and flow.told_at == at:
        return f'<p class="gj-note good" role="status" tabindex="-1" data-told>{escape(flow.told)}</p>'
    return '<p class="gj-note none"></p>'
