"""What each role finds in the tab for accounts, as HTML: asked of the API as the visitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from ui.client import Client
from ui.company_text import say
from ui.page import form, papers
from ui.page.ledger import PAGE, ledger
from ui.page.members import Scope, companies, consultants, keys, people
from ui.page.overview import overview
from ui.page.signed_in import SignedIn
from ui.text import Language

Json = Mapping[str, Any]


def room(client: Client, who: SignedIn, said: Callable[[str], str]) -> str:
    """Everything of the tab. `said` tells what was asked to be shown: a part of the log, a company. Raises ClientError."""
    rooms = {"staff": _staffs, "admin": _admins, "host": _hosts, "operator": _operators}
    parts = rooms[who.role](client, who, said) if who.role in rooms else []
    shown = "".join([_me(who, client.language), *parts])
    return f'<div class="gj-shelf gj-room" lang="{client.language}">{shown}</div>'


def tab_name(who: SignedIn, language: Language) -> str:
    """What the tab is called for them."""
    if who.role in {"", "staff", "admin"}:
        return say("tab_company", language)
    return say(f"tab_{who.role}" if who.role in {"host", "operator"} else "tab_account", language)


def title_of(who: SignedIn, language: Language) -> str:
    """Their company and role in a few words."""
    role = say(f"role_{who.role}", language) if who.role else ""
    return " · ".join(part for part in (who.company, role) if part)


def _staffs(client: Client, who: SignedIn, said: Callable[[str], str]) -> list[str]:
    language = client.language
    own = client.call("GET", "/api/company")
    names = {**_names(client.documents(), (), ()), who.person_id: say("this_is_me", language)}
    return [
        form.section(say("standing", language), _standing(own, language, may_change=False)),
        papers.asked_of_us(_requests(client), names, None, language),
        _log(client, names, said("before")),
    ]


def _admins(client: Client, who: SignedIn, said: Callable[[str], str]) -> list[str]:
    language = client.language
    own = client.call("GET", "/api/company")
    persons = client.call("GET", "/api/company/people")["people"]
    all_keys = client.call("GET", "/api/company/keys")["keys"]
    documents = [one for one in client.documents() if one["collection"] == "company"]
    names = _names(documents, persons, all_keys)
    return [
        papers.asked_of_us(_requests(client), names, documents, language),
        form.section(say("standing", language), _standing(own, language, may_change=True)),
        people(persons, who.person_id, Scope(), language),
        keys(all_keys, persons, Scope(), language),
        consultants(client.call("GET", "/api/company/grants")["grants"], language),
        _log(client, names, said("before")),
    ]


def _hosts(client: Client, _: SignedIn, __: Callable[[str], str]) -> list[str]:
    requests = client.call("GET", "/api/host/disclosures")["disclosures"]
    counts = client.call("GET", "/api/host/overview")
    return [papers.asked_by_us(requests, {}, client.language), overview(counts, client.language)]


def _operators(client: Client, who: SignedIn, said: Callable[[str], str]) -> list[str]:
    all_companies = client.call("GET", "/api/companies")["companies"]
    chosen = next((one for one in all_companies if one["company_id"] == said("company")), None)
    scope = Scope(machine=True, **({"company": chosen["company_id"], "name": chosen["name"]} if chosen else {}))
    query = f"?{urlencode({'company': scope.company})}" if scope.company else ""
    persons = client.call("GET", f"/api/users{query}")["users"]
    all_keys = client.call("GET", f"/api/keys{query}")["keys"]
    language = client.language
    return [
        companies(all_companies, language),
        people(persons, who.person_id, scope, language),
        keys(all_keys, persons, scope, language),
    ]


def _me(who: SignedIn, language: Language) -> str:
    can = say(_can(who), language, company=who.company or "")
    copy, copied = say("copy", language), say("copied", language)
    person = escape(who.person_id)
    body = f"""<p class="gj-who-am-i"><strong>{escape(title_of(who, language))}</strong> {escape(can)}</p>
<p class="gj-secret">{say("my_id", language)}: <code>{person}</code>
<button type="button" class="gj-plain" data-copy data-copied="{copied}">{copy}</button></p>"""
    return form.section(say("me", language), body) + _choice(who, language)


def _can(who: SignedIn) -> str:
    """The key of the words that say what they may do here."""
    if who.role != "consultant" or who.company:
        return f"can_{who.role}"
    return "can_consultant_choose" if who.granted else "can_consultant_none"


def _choice(who: SignedIn, language: Language) -> str:
    """Of the companies that let a consultant in the one that is open, and the way to the others."""
    if not who.granted:
        return ""
    rows = []
    for company, name in who.granted:
        if company == who.company_id:
            rows.append(form.row(name, [], say("is_open", language)))
            continue
        label = escape(say("open_named", language, company=name))
        opening = (
            f'<button type="button" class="gj-do" data-open-company="{escape(company)}" aria-label="{label}">'
            f"{say('open_company', language)}</button>"
        )
        rows.append(form.row(name, [], end=opening))
    return form.section(say("let_me_in", language), form.listed(rows, ""), say("let_me_in_more", language))


def _standing(own: Json, language: Language, *, may_change: bool) -> str:
    """What leaves the company, as two switches; for who may not change them as two lines."""
    lifting = form.Sure(say("stays_sure", language), say("stays_yes", language), say("no", language))
    agreeing = form.Sure(say("counted_sure", language), say("counted_yes", language), say("no", language))
    stays, counted = bool(own["stays_here"]), bool(own["consents"]["overview"])
    rows = [
        _switch("stay", "stays", on=stays, sure=lifting if stays else None, language=language, may_change=may_change),
        _switch("consent", "counted", on=counted, sure=None if counted else agreeing, language=language,
                may_change=may_change),
    ]  # fmt: skip
    return f"<ul>{''.join(rows)}</ul>"


def _switch(deed: str, key: str, *, on: bool, sure: form.Sure | None, language: Language, may_change: bool) -> str:
    name, state = say(key, language), say("on" if on else "off", language)
    shown = f'<span class="gj-badge {"good" if on else "plain"}">{state}</span>'
    if may_change:
        shown = (
            f'<button type="button" class="gj-switched" role="switch" aria-checked="{str(on).lower()}" data-act="deed"'
            f' data-deed="{deed}" data-on="{str(not on).lower()}" aria-label="{name}"'
            f"{sure.attributes if sure else ''}>{state}</button>"
        )
    return (
        f'<li class="gj-row"><div class="gj-what"><strong>{name}</strong>'
        f'<p class="gj-facts">{say(f"{key}_more", language)}</p></div>{shown}</li>'
    )


def _requests(client: Client) -> Sequence[Json]:
    found: Sequence[Json] = client.call("GET", "/api/company/disclosures")["disclosures"]
    return found


def _log(client: Client, names: Mapping[str, str], before: str) -> str:
    query = urlencode({"limit": PAGE, **({"before": before} if before else {})})
    return ledger(client.call("GET", f"/api/audit?{query}"), names, before, client.language)


def _names(documents: Sequence[Json], persons: Sequence[Json], all_keys: Sequence[Json]) -> dict[str, str]:
    """Words for ids: titles, and the names of people and keys."""
    named = {str(one["document_id"]): str(one["title"] or one["name"]) for one in documents}
    named |= {str(one["person_id"]): str(one["name"]) for one in persons}
    return named | {str(one["key_id"]): str(one["name"]) for one in all_keys if one["name"]}
