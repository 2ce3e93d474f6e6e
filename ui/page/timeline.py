"""The case file (성장기록) as HTML: what was written, in plain words, and the forms for a month's figures and training."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from ui.diagnosis_text import SENTENCES, say
from ui.page import form
from ui.page.firm import OddError, aas_told, names, number, plain, region_name, sector_name
from ui.page.flow import Flow
from ui.page.notice import notice
from ui.page.transcript import deletion
from ui.text import Language

Json = Mapping[str, Any]
Said = Callable[[str], str]
FIGURES = ("defects_ppm", "downtime_hours", "accidents", "near_misses")
_WHOLE = {"accidents", "near_misses"}
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
MOST = 1_000_000
"""The largest figure of a month that is kept."""
_ADOPTION = ("", "none", "trial", "in_use")
_FIXED = {"correction", "removal", "diagnosis"}
"""Kinds of entries that are not removed from the list: they say what became of others, or what was found."""


def timeline(told: Json, asked: Json, flow: Flow, today: str, language: Language) -> str:
    """The object of `GET /api/casefile`; `asked` is the instrument, `today` an ISO day."""
    entries = told["timeline"]
    about = {each["entry_id"]: each["data"] for each in entries}
    rows = "".join(_entry(each, about, asked, language, may_write=told["may_write"]) for each in entries)
    listed = f'<ol class="gj-dx-line">{rows}</ol>' if rows else f'<p class="gj-none">{say("record_none", language)}</p>'
    export = (
        f'<p class="gj-links"><a href="/api/casefile/export" download>{say("export", language)}</a></p>'
        if told["may_write"] and entries
        else ""
    )
    forms = f"{_outcome(flow, today[:7], language)}{_training(flow, today, language)}"
    return (
        f'<section class="gj-dx-card"><h3>{say("nav_record", language)}</h3><p class="gj-more">{say("record_more", language)}</p>'
        f"{listed}{export}</section>{forms if told['may_write'] else ''}"
    )


def outcome_of(said: Said, language: Language) -> dict[str, Any]:
    """What the form of a month's figures says. Raises OddError."""
    month = plain(said("month"))
    if not _MONTH.fullmatch(month):
        raise OddError(say("month_odd", language))
    stated: dict[str, Any] = {}
    for name in FIGURES:
        odd = say("whole_odd" if name in _WHOLE else "number_odd", language, name=say(name, language))
        value = number(said, name, odd) if name in _WHOLE else decimal(said, name, odd)
        if value is not None and value > MOST:
            raise OddError(say("number_large", language, name=say(name, language), most=f"{MOST:,}"))
        stated |= {name: value} if value is not None else {}
    stated |= {"adoption": said("adoption")} if said("adoption") else {}
    stated |= {"note": said("note").strip()} if said("note").strip() else {}
    if not stated:
        raise OddError(say("outcome_empty", language))
    return {"kind": "outcome", "month": month, **stated}


def training_of(said: Said, language: Language) -> dict[str, Any]:
    """What the form of training says. Raises OddError."""
    kinds = (("people", "whole_odd"), ("hours", "number_odd"))
    odd = {name: say(key, language, name=say(f"training_{name}", language)) for name, key in kinds}
    people, hours = number(said, "people", odd["people"]), decimal(said, "hours", odd["hours"])
    for name, value in (("people", people), ("hours", hours)):
        if not value:
            raise OddError(odd[name])
    day = {"day": said("day")} if said("day") else {}
    return {"kind": "training", "title": said("title").strip(), "people": people, "hours": hours, **day}


def decimal(said: Said, name: str, odd: str) -> float | None:
    """A number that was written, None where nothing was. Raises OddError with the sentence `odd`."""
    written = plain(said(name))
    if not written:
        return None
    if not written.isascii() or not written.replace(".", "", 1).isdigit():
        raise OddError(odd)
    return float(written)


def _outcome(flow: Flow, month: str, language: Language) -> str:
    figures = "".join(
        f'<label class="gj-field"><span>{say(name, language)}</span><input name="{name}" maxlength="10" autocomplete="off"'
        f' inputmode="{"numeric" if name in _WHOLE else "decimal"}"></label>'
        for name in FIGURES
    )
    when = (
        f'<label class="gj-field"><span>{say("month", language)}</span><small>{say("month_hint", language)}</small>'
        f'<input name="month" value="{month}" maxlength="7" required autocomplete="off" inputmode="numeric"></label>'
    )
    fields = when + figures
    fields += form.choice(
        "adoption", say("adoption", language), [(e, say(f"adoption_{e}", language)) for e in _ADOPTION]
    )
    fields = fields.replace('<select name="adoption" required>', '<select name="adoption">')
    fields += form.area("note", say("note", language), needed=False)
    return _form("outcome", fields, say("outcome_more", language), flow, language)


def _training(flow: Flow, today: str, language: Language) -> str:
    fields = form.line("title", say("training_title", language), most=200)
    for name, kind in (("people", "numeric"), ("hours", "decimal")):
        fields += (
            f'<label class="gj-field"><span>{say(f"training_{name}", language)}</span><input name="{name}" maxlength="8"'
            f' inputmode="{kind}" required autocomplete="off"></label>'
        )
    fields += (
        f'<label class="gj-field"><span>{say("training_day", language)}</span><input name="day" type="date"'
        f' value="{today}"></label>'
    )
    return _form("training", fields, "", flow, language)


def _form(act: str, fields: str, more: str, flow: Flow, language: Language) -> str:
    """A form that is emptied once what it held stands in the list, and not before."""
    told = f'<p class="gj-more">{more}</p>' if more else ""
    return (
        f'<section class="gj-dx-card"><h3>{say(act, language)}</h3><form class="gj-form" data-act="{act}" data-element="{act}"'
        f' data-state="{flow.saved.count(act)}">{told}{fields}<div class="gj-submit"><button type="submit" class="gj-do">'
        f"{say(f'{act}_do', language)}</button></div>{notice(flow, act)}</form></section>"
    )


def _entry(entry: Json, about: Mapping[str, Json], asked: Json, language: Language, *, may_write: bool) -> str:
    """`about`: what the entries say, by id: one that removes another names it."""
    title, facts = _words(entry["data"], asked, language)
    removed = about.get(str(entry["data"].get("about"))) if entry["kind"] == "removal" else None
    facts = [_words(removed, asked, language)[0]] if removed else facts
    standing = str(entry["standing"])
    badge = ""
    if standing != "valid":
        badge = f'<span class="gj-badge plain">{say(f"standing_{standing}", language)}</span>'
    delete = ""
    if may_write and standing == "valid" and entry["kind"] not in _FIXED:
        name = say("erase", language, entry=title)
        delete = deletion("erase", str(entry["entry_id"]), name, say("erase_sure", language), language)
    told = "".join(f"<p>{escape(fact)}</p>" for fact in facts if fact)
    over = "" if standing == "valid" else ' class="over"'
    return (
        f'<li{over}><time datetime="{escape(entry["day"])}">{escape(entry["day"])}</time><div class="gj-what"><strong>'
        f"{escape(title)}</strong>{told}</div>{badge}{delete}</li>"
    )


def _words(data: Json, asked: Json, language: Language) -> tuple[str, Sequence[str]]:
    """An entry's title and what it says."""
    kind = str(data["kind"])
    makers: Mapping[str, Callable[[Json, Json, Language], tuple[str, Sequence[str]]]] = {
        "profile": _profile,
        "wishes": _wishes,
        "diagnosis": _diagnosed,
        "use_case": _use_case,
        "programme": _programme,
        "training": _trained,
        "outcome": _figures,
        "note": lambda data, _, language: (say("entry_note", language), [str(data["text"])]),
        "correction": _corrected,
    }
    if kind in makers:
        return makers[kind](data, asked, language)
    return (say(f"entry_{kind}", language) if f"entry_{kind}" in SENTENCES else kind), []


def _profile(data: Json, asked: Json, language: Language) -> tuple[str, Sequence[str]]:
    machines = names(asked["machines"])
    facts = [
        sector_name(data["sector"], language) if data.get("sector") else "",
        region_name(data.get("region") or "", language),
        say("people", language, count=data["employees"]) if data.get("employees") else "",
        ", ".join(machines.get(each, each) for each in data.get("machines") or ()),
        f"AAS: {aas_told(data, language)}" if aas_told(data, language) else "",
    ]
    return say("entry_profile", language), [" · ".join(fact for fact in facts if fact)]


def _wishes(data: Json, asked: Json, language: Language) -> tuple[str, Sequence[str]]:
    goals, losses = names(asked["goals"]), names(asked["losses"])
    hurts = [f"{losses.get(each, each)} ({say(f'loss_{weight}', language)})" for each, weight in data["losses"].items()]
    return say("entry_wishes", language), [", ".join(goals.get(each, each) for each in data["goals"]), ", ".join(hurts)]


def _diagnosed(data: Json, asked: Json, language: Language) -> tuple[str, Sequence[str]]:
    areas = names([area for dimension in asked["dimensions"] for area in dimension["areas"]])
    unknown = say("not_told", language)
    level = say(f"level_{data['system_level']}", language) if data["system_level"] else unknown
    score = unknown if data["overall"] is None else data["overall"]
    gaps = ", ".join(areas.get(each, each) for each in data["top_gaps"])
    return say("entry_diagnosis", language, depth=say(data["depth"], language)), [
        say("system_level", language, level=level),
        say("readiness", language, score=score) if data["overall"] is not None else unknown,
        say("gaps", language, names=gaps) if gaps else "",
    ]


def _use_case(data: Json, asked: Json, language: Language) -> tuple[str, Sequence[str]]:
    name = names(asked["use_cases"]).get(data["use_case"], data["use_case"])
    return say(f"entry_use_case_{data['state']}", language, name=name), []


def _programme(data: Json, _: Json, language: Language) -> tuple[str, Sequence[str]]:
    name = data["name"] or data["programme"]
    return say("entry_programme", language, name=name), [say(f"programme_{data['state']}", language)]


def _trained(data: Json, _: Json, language: Language) -> tuple[str, Sequence[str]]:
    facts = say("training_facts", language, people=data["people"], hours=f"{data['hours']:g}")
    return say("entry_training", language, name=data["title"] or data["lesson"] or ""), [facts]


def _figures(data: Json, _: Json, language: Language) -> tuple[str, Sequence[str]]:
    facts = [f"{say(name, language)}: {data[name]:g}" for name in FIGURES if data.get(name) is not None]
    if data.get("adoption"):
        facts.append(f"{say('adoption', language)} {say('adoption_' + data['adoption'], language)}")
    return say("entry_outcome", language, month=data["month"]), [" · ".join(facts), data.get("note") or ""]


def _corrected(data: Json, asked: Json, language: Language) -> tuple[str, Sequence[str]]:
    title, facts = _words(data["entry"], asked, language)
    return say("entry_correction", language), [title, *facts]
