"""The company's log as HTML: each entry a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ui.company_text import SENTENCES, say
from ui.page import form
from ui.page.papers import HOSTS_OWN_STEPS
from ui.page.transcript import moment
from ui.text import Language

Entry = Mapping[str, Any]
Names = Mapping[str, str]

PAGE = 30


def ledger(told: Mapping[str, Any], names: Names, before: str, language: Language) -> str:
    """The object of `GET /api/audit`. `names` are words for the ids in it; `before` says that a later page was asked for."""
    entries: Sequence[Entry] = told["entries"]
    whole = bool(told["intact"])
    state = f'<p class="gj-note {"good" if whole else "error"}" role="{"status" if whole else "alert"}">'
    state += f"{say('intact' if whole else 'broken', language)}</p>"
    rows = "".join(_row(entry, names, language) for entry in entries)
    shown = f'<ol class="gj-log">{rows}</ol>' if rows else f'<p class="gj-none">{say("log_none", language)}</p>'
    ways = form.look(say("newest", language), {"before": ""}) if before else ""
    if entries and int(entries[-1]["seq"]) > 1:
        ways += form.look(say("older", language), {"before": str(entries[-1]["seq"])})
    title, more = say("log", language), say("log_more", language)
    return form.section(title, f'{state}{shown}<p class="gj-ways">{ways}</p>', more, arrive=bool(before))


def sentence_of(entry: Entry, names: Names, language: Language) -> str:
    """What was done, in words; an action of a later version by its own name."""
    details: Mapping[str, Any] = entry["details"]
    key = f"did_{entry['action']}"
    if "stays_here" in details:
        key += "_on" if details["stays_here"] else "_off"
    if key not in SENTENCES:
        return str(entry["action"])
    blanks = {name: names.get(str(value), str(value)) for name, value in details.items() if not isinstance(value, list)}
    blanks |= {
        "subject": names.get(str(entry["subject"]), str(entry["subject"])),
        "role": _worded("role", details, language),
        "way": _worded("way", details, language),
        "count": str(len(details.get("passages") or ())),
    }
    return SENTENCES[key][language].format_map(_Blanks(blanks))


class _Blanks(dict[str, str]):
    """An entry may lack a detail; its sentence then says nothing there."""

    def __missing__(self, key: str) -> str:
        return ""


def _row(entry: Entry, names: Names, language: Language) -> str:
    passages = entry["details"].get("passages") or ()
    sent = "".join(f"<li>{escape(_passage(str(passage), names))}</li>" for passage in passages)
    more = say("sent_what", language, count=len(passages))
    shown = f"<details><summary>{more}</summary><ul>{sent}</ul></details>" if sent else ""
    return (
        f'<li><span class="gj-when">{moment(str(entry["at"]))}</span> <b>{escape(_actor(entry, names, language))}</b> '
        f"{escape(sentence_of(entry, names, language))}{shown}</li>"
    )


def _actor(entry: Entry, names: Names, language: Language) -> str:
    if entry["action"] in {f"disclosure_{step}" for step in HOSTS_OWN_STEPS}:
        return say("actor_host", language)
    key = f"actor_{entry['actor']}"
    return say(key, language) if key in SENTENCES else names.get(str(entry["actor"]), str(entry["actor"]))


def _passage(passage: str, names: Names) -> str:
    """A document's id and a place in it."""
    document, _, place = passage.partition(" ")
    return f"{names.get(document, document)} {place}".strip()


def _worded(kind: str, details: Mapping[str, Any], language: Language) -> str:
    word = str(details.get(kind, ""))
    key = f"{kind}_{word}"
    return say(key, language) if key in SENTENCES else word
