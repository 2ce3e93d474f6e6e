"""The host's written requests as HTML: the paper (하도급법 제12조의3), what became of it, and how it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal
from urllib.parse import quote as url_quote

from ui.page import form
from ui.page.transcript import moment
from ui.paper_text import say
from ui.text import Language

Request = Mapping[str, Any]
Names = Mapping[str, str]
Kind = Literal["line", "area", "date"]

PAPER: tuple[tuple[str, Kind], ...] = (
    ("name", "line"),
    ("scope", "area"),
    ("purpose", "area"),
    ("justification", "area"),
    ("ownership", "area"),
    ("price", "line"),
    ("payment", "line"),
    ("deliver_on", "date"),
    ("delivery", "line"),
)
SECRECY: tuple[tuple[str, Kind], ...] = (
    ("use_until", "date"),
    ("holders", "area"),
    ("secrecy", "area"),
    ("no_other_use", "area"),
    ("damages", "area"),
    ("return_method", "area"),
    ("return_on", "date"),
)
LINE, PARAGRAPH, COMPANY, NOTE = 200, 2000, 80, 1000
HOSTS_OWN_STEPS = ("requested", "disclosed")
_OPEN = ("granted", "narrowed")
_BADGE = {"requested": "warn", "granted": "good", "narrowed": "good"}


def asked_of_us(requests: Sequence[Request], names: Names, documents: Sequence[Mapping[str, Any]] | None,
                language: Language) -> str:  # fmt: skip
    """For the company that is asked. `documents` are its own, for who may answer; None for who may only read."""
    cards = [
        _card(request, names, "" if documents is None else _answer(request, documents, language), language)
        for request in requests
    ]
    return form.section(say("requests", language), _list(cards, language), say("requests_more", language))


def asked_by_us(requests: Sequence[Request], names: Names, language: Language) -> str:
    """For the host: its requests, and the form of a new one."""
    cards = [_card(request, names, _fetch(request, language), language, to=True) for request in requests]
    shown = f"{_list(cards, language)}{_form(language)}"
    return form.section(say("mine", language), shown, say("mine_more", language))


def paper_of(said: Mapping[str, str]) -> dict[str, Any]:
    """A filled form as the API takes it."""
    secrecy: dict[str, Any] = {name: said[name] for name, _ in SECRECY}
    secrecy["holders"] = [holder.strip() for holder in said["holders"].splitlines() if holder.strip()]
    return {**{name: said[name] for name, _ in PAPER}, "secrecy": secrecy}


def _list(cards: Sequence[str], language: Language) -> str:
    return "".join(cards) or f'<p class="gj-none">{say("requests_none", language)}</p>'


def _card(request: Request, names: Names, end: str, language: Language, *, to: bool = False) -> str:
    paper, state, company = request["paper"], str(request["state"]), str(request["company_name"])
    told = [escape(company)] if to else []
    told.append(say("asked_at", language, time=moment(str(request["requested_at"]))))
    history = "".join(_step(one, names, company, language) for one in request["history"])
    badge = f'<span class="gj-badge {_BADGE.get(state, "plain")}">{say(f"state_{state}", language)}</span>'
    return f"""<details class="gj-paper" data-state="{escape(state)}"><summary><span class="gj-what">
<strong>{escape(str(paper["name"]))}</strong><span class="gj-facts">{" · ".join(told)}</span></span>{badge}</summary>
<h4>{say("paper", language)}</h4>{_terms(PAPER, paper, language)}
<h4>{say("secrecy_paper", language)}</h4>{_terms(SECRECY, paper["secrecy"], language)}
<h4>{say("history", language)}</h4><ol class="gj-log">{history}</ol>
{end}</details>"""


def _terms(fields: Sequence[tuple[str, Kind]], paper: Mapping[str, Any], language: Language) -> str:
    pairs = ((say(name, language), paper[name]) for name, _ in fields)
    shown = ((label, ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for label, value in pairs)
    return "<dl>" + "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in shown) + "</dl>"


def _step(taken: Mapping[str, Any], names: Names, company: str, language: Language) -> str:
    """`company` is who answers, where its people are not known by name."""
    terms: Mapping[str, Any] = taken["terms"]
    document, step = str(terms.get("document_id", "")), str(taken["step"])
    actor = say("host", language) if step in HOSTS_OWN_STEPS else names.get(str(taken["actor"]), company)
    said = [
        names.get(document, document),
        say("granted_scope", language, scope=terms["scope"]) if "scope" in terms else "",
        say("granted_until", language, day=terms["use_until"]) if "use_until" in terms else "",
        str(taken["note"]),
    ]
    told = "".join(f"<br>{escape(part)}" for part in said if part)
    return (
        f'<li><span class="gj-when">{moment(str(taken["at"]))}</span> <b>{escape(actor)}</b> '
        f"{say(f'step_{step}', language)}{told}</li>"
    )


def _answer(request: Request, documents: Sequence[Mapping[str, Any]], language: Language) -> str:
    """What the admin can do now."""
    carried = {"target": str(request["disclosure_id"])}
    note = form.area("note", say("note", language), most=NOTE, needed=False)
    if request["state"] in _OPEN:
        return form.form("decide", note, _button("withdraw", "withdrawn", language, fields_needed=False), carried)
    if request["state"] != "requested":
        return ""
    offered = [("", say("choose" if documents else "no_document", language))]
    offered += [(str(one["document_id"]), str(one["title"] or one["name"])) for one in documents]
    fields = (
        form.choice("document_id", say("document", language), offered)
        + form.area("scope", say("narrow_scope", language), most=PARAGRAPH, needed=False)
        + form.line("use_until", say("narrow_until", language), kind="date", needed=False)
        + note
    )
    buttons = (
        _button("grant", "granted", language)
        + _button("narrow", "narrowed", language)
        + _button("refuse", "refused", language, fields_needed=False)
    )
    return f"<h4>{say('answer', language)}</h4>{form.form('decide', fields, buttons, carried)}"


def _button(key: str, step: str, language: Language, *, fields_needed: bool = True) -> str:
    words = say(key, language)
    sure = form.Sure(say(f"{key}_sure", language), words, say("no", language))
    return form.submit(words, step, sure, fields_needed=fields_needed)


def _fetch(request: Request, language: Language) -> str:
    if request["state"] not in _OPEN:
        return ""
    there = f"/api/host/disclosures/{url_quote(str(request['disclosure_id']), safe='')}/document"
    return f'<p class="gj-links"><a href="{there}" download>{say("fetch", language)}</a></p>'


def _form(language: Language) -> str:
    groups = (("paper", PAPER), ("secrecy_paper", SECRECY))
    fields = form.line("company", say("company", language), most=COMPANY)
    for title, names in groups:
        inside = "".join(_field(name, kind, language) for name, kind in names)
        fields += f"<fieldset><legend>{say(title, language)}</legend>{inside}</fieldset>"
    sure = form.Sure(say("ask_sure", language), say("ask_yes", language), say("no", language))
    sending = form.form("request", fields, form.submit(say("ask", language), sure=sure))
    return f'<details class="gj-paper new"><summary>{say("write", language)}</summary>{sending}</details>'


def _field(name: str, kind: Kind, language: Language) -> str:
    label = say(name, language)
    if kind == "area":
        return form.area(name, label, most=PARAGRAPH)
    return form.line(name, label, most=LINE, kind="date" if kind == "date" else "text")
