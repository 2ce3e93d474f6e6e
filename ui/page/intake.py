"""Taking documents in, as HTML: where files and folders are chosen or dropped, and how far the server is with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ui.document_text import SENTENCES, say
from ui.page.form import Sure
from ui.page.shelf import stage
from ui.text import Language, sentence

SCRIPT = Path(__file__).with_name("intake.js")
_MINUTE = 60
_WORDS = (
    "sending", "sending_waits", "sending_stop", "sent", "sent_here", "sent_not", "sent_hidden", "sent_none", "refused",
    "retry", "retry_named", "dismiss",
)  # fmt: skip


def adding(language: Language) -> str:
    """Where files are chosen or dropped. The page's script sends them, and says what became of that."""
    words = {key: SENTENCES[key][language] for key in _WORDS} | {"failed": sentence("cut", language)}
    told = escape(json.dumps(words, ensure_ascii=False))
    return f"""<div class="gj-adding" lang="{language}" data-words="{told}"><div class="gj-hint">
<p>{say("hint", language)}</p><p class="gj-drop">{say("drop", language)}</p></div>
<div class="gj-choose"><label class="gj-upload">{sentence("upload", language)}<input type="file" multiple data-upload></label>
<button type="button" class="gj-plain gj-folder" data-folder>{say("add_folder", language)}</button></div></div>
<div class="gj-sending" lang="{language}"></div>"""


def under_way(now: Mapping[str, Any], language: Language, *, may_change: bool) -> str:
    """The object of `GET /api/ingest` while something is under way."""
    files, current = now["files"], now["current"]
    ended = files["done"] + files["rejected"]
    counts = [say("intake_files", language, all=f"{files['all']:,}", done=f"{ended:,}")]
    counts += [say("intake_rejected", language, count=files["rejected"])] if files["rejected"] else []
    counts += [say("intake_waiting", language, count=f"{files['waiting']:,}")] if files["waiting"] else []
    counted = f' max="{files["all"]}" value="{ended}"' if files["all"] else ""
    name = say("intake", language)
    stop = _stop(language) if may_change else ""
    return f"""<section class="gj-intake" lang="{language}" aria-label="{name}"><div class="gj-whole">
<p><strong>{name}</strong> <span>{" · ".join(counts)}</span></p>
<progress aria-label="{name}"{counted}></progress></div>{stop}{_current(current, now, language)}</section>"""


def finished(now: Mapping[str, Any], language: Language) -> str:
    """What became of all, once nothing is under way."""
    done, rejected = now["files"]["done"], now["files"]["rejected"]
    if not done + rejected:
        return ""
    if rejected:
        words, kind = say("finished_but", language, count=f"{done + rejected:,}", rejected=rejected), "warn"
    else:
        words, kind = say("finished", language, count=f"{done:,}"), "good"
    return f'<p class="gj-note {kind}" role="status" lang="{language}">{words}</p>'


def _current(current: Mapping[str, Any] | None, now: Mapping[str, Any], language: Language) -> str:
    """The document in hand, at which pace it is read, and how long it takes."""
    if not current:
        return ""
    pace, left = now["pages_per_second"], now["seconds_left"]
    parts = [say("pace", language, pages=f"{pace:,}")] if pace else []
    if left is not None:
        minutes = left >= _MINUTE
        count = -(-int(left) // _MINUTE) if minutes else int(left)
        parts.append(say("left_minutes" if minutes else "left_seconds", language, count=count))
    told = f'<span class="gj-pace">{" · ".join(parts)}</span>' if parts else ""
    return (
        f'<div class="gj-now"><span class="gj-name-of">{escape(current["name"])}</span>'
        f'<p class="gj-step">{stage(current, current["name"], language)}</p>{told}</div>'
    )


def _stop(language: Language) -> str:
    sure = Sure(say("cancel_sure", language), say("cancel_yes", language), say("cancel_no", language))
    words = say("cancel_all", language)
    return f'<button type="button" class="gj-plain" data-act="cancel"{sure.attributes}>{words}</button>'
