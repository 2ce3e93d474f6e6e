"""The result of a diagnosis, as HTML: the report as the server words it, what to keep of it, what to try, and peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote as url_quote

from ui.company_text import SENTENCES as COMPANY
from ui.company_text import say as company_say
from ui.diagnosis_text import say
from ui.errors import ClientError
from ui.page.overview import worded
from ui.text import Language

Json = Mapping[str, Any]
_DETAIL = '<section class="gj-report-detail">'
"""Where the report's one page ends and its detail begins."""
KINDS = ("pdf", "docx", "html", "json")


def saving(diagnosis_id: str, language: Language) -> str:
    """The report as files."""
    path = f"/api/diagnoses/{url_quote(diagnosis_id, safe='')}/report"
    links = "".join(
        f'<a class="gj-plain gj-dx-file" href="{path}?format={kind}" download'
        f' aria-label="{say("save_as", language, kind=say(f"kind_{kind}", language))}">{say(f"kind_{kind}", language)}</a>'
        for kind in KINDS
    )
    return f'<div class="gj-dx-files" role="group" aria-label="{say("save", language)}"><span>{say("save", language)}</span>{links}</div>'


def which(listed: Sequence[Json], shown: str, language: Language) -> str:
    """The way to other diagnoses, where there are several with an answer."""
    if len(listed) < 2:
        return ""
    options = "".join(
        f'<option value="{escape(each["diagnosis_id"])}"{" selected" if each["diagnosis_id"] == shown else ""}>'
        f"{escape(each['day'])} · {say(each['depth'], language)}</option>"
        for each in listed
    )
    return (
        f'<form class="gj-dx-which" data-act="go" data-view="result"><label><span class="gj-said">{say("result_which", language)}'
        f'</span><select name="diagnosis">{options}</select></label><button type="submit" class="gj-plain">'
        f"{say('result_show', language)}</button></form>"
    )


def result(
    head: Json, fragment: str, report: Json, chosen: Sequence[Json], language: Language, *, may_write: bool
) -> str:
    """`head` is the diagnosis as it is listed, `fragment` the report as HTML from the server, `report` the same as data,
    `chosen` the use cases taken up."""
    left = head["total"] - head["answered"]
    note = f'<p class="gj-note warn" role="note">{say("unfinished", language, count=left)}</p>' if left else ""
    again = (
        f'<button type="button" class="gj-plain" data-act="begin" data-depth="{escape(head["depth"])}">'
        f"{say('again', language)}</button>"
        if may_write and not left
        else ""
    )
    picks = picking(report["gaps"], chosen, language) if may_write else ""
    jumps = _jumps(("picks", "peers") if picks else (), language)
    files = saving(str(head["diagnosis_id"]), language)
    return f'{note}<div class="gj-dx-tools">{files}{again}</div>{jumps}{_with(picks, fragment)}'


def _with(picks: str, fragment: str) -> str:
    """The report with `picks` right after its one page, where the detail does not hide them."""
    first, found, detail = fragment.partition(_DETAIL)
    if not picks or not found:
        return fragment + picks
    article = fragment[: fragment.index(">") + 1]
    return f"{first}</article>{picks}{article}{found}{detail}"


def _jumps(parts: Sequence[str], language: Language) -> str:
    """Ways to what stands further down, for the report is long."""
    buttons = "".join(
        f'<button type="button" class="gj-link" data-jump="gj-dx-{part}">{say(part, language)}</button>'
        for part in parts
    )
    return f'<div class="gj-dx-jumps">{buttons}</div>' if buttons else ""


def picking(gaps: Sequence[Json], chosen: Sequence[Json], language: Language) -> str:
    """For each gap its use cases, to take up or let go."""
    taken = {each["use_case"] for each in chosen}
    shown = "".join(
        f'<h4 lang="ko">{escape(gap["name"])}</h4><ul class="gj-dx-picks">'
        f"{''.join(_pick(case, gap, case['id'] in taken, language) for case in gap['use_cases'])}</ul>"
        for gap in gaps
        if gap["use_cases"]
    )
    if not shown:
        return ""
    return (
        f'<section class="gj-dx-card" id="gj-dx-picks" tabindex="-1"><h3>{say("picks", language)}</h3><p class="gj-more">{say("picks_more", language)}</p>'
        f"{shown}</section>"
    )


def _pick(case: Json, gap: Json, taken: bool, language: Language) -> str:
    key, state = ("drop", "dropped") if taken else ("pick", "chosen")
    named = escape(say(f"{key}_named", language, name=case["name"]))
    badge = f'<span class="gj-badge good">{say("picked", language)}</span>' if taken else ""
    return (
        f'<li><div class="gj-what" lang="ko"><strong>{escape(case["name"])}</strong><p>{escape(case["summary"])}</p></div>{badge}'
        f'<button type="button" class="gj-plain" data-act="pick" data-case="{escape(case["id"])}" data-state="{state}"'
        f' data-area="{escape(gap["area"])}" aria-label="{named}">{say(key, language)}</button></li>'
    )


def peers(told: Json, language: Language) -> str:
    """The object of `GET /api/casefile/peers`."""
    tables = "".join(_peers(each, language) for each in told["peers"])
    more = say("peers_more", language)
    return _section(f'<p class="gj-more">{escape(more)}</p><div class="gj-tables">{tables}</div>', language)


def no_peers(error: ClientError, language: Language) -> str:
    """Why there is nobody to compare with, as the server says it."""
    return _section(f"<p>{escape(error.title)}</p>", language)


def _section(body: str, language: Language) -> str:
    return (
        f'<section class="gj-dx-card" id="gj-dx-peers" tabindex="-1"><h3>{say("peers", language)}</h3>{body}</section>'
    )


def _peers(one: Json, language: Language) -> str:
    key = f"fact_{one['fact']}"
    title = company_say(key, language) if key in COMPANY else str(one["fact"])
    if one["cells"] is None:
        return f"<div><h4>{escape(title)}</h4><p>{escape(one['reason'] or '')}</p></div>"
    ours = f' <span class="gj-badge cited">{say("peers_ours", language)}</span>'
    when = company_say("as_of", language, month=one["as_of"])
    rows = "".join(
        f'<tr><th scope="row">{escape(worded(value, language, one["fact"]))}{ours if value == one["cell"] else ""}</th><td>{int(count)}</td></tr>'
        for value, count in one["cells"].items()
    )
    count = say("peers_n", language, count=one["n"])
    return f"<table><caption>{escape(title)} <small>{count} · {escape(when)}</small></caption><tbody>{rows}</tbody></table>"
