"""What the forms of the tab for accounts do: each a call of the API, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from ui import paper_text
from ui.client import Client
from ui.company_text import say
from ui.page.papers import PAPER, SECRECY, paper_of

Said = Callable[[str], str]
"""A value of the form that was sent, by its field's name; empty where there is none."""


def told(words: str) -> str:
    return f'<div class="gj-told" role="status" tabindex="-1"><p>{escape(words)}</p></div>'


def _once(words: str, secret: str, client: Client, *, link: bool) -> str:
    """A secret that is shown now alone. A link is made whole by the page's script, which knows where the page is."""
    whole = f' data-link="{escape(secret)}"' if link else ""
    copy, copied = say("copy", client.language), say("copied", client.language)
    return f"""<div class="gj-told once" role="status" tabindex="-1"><p>{escape(words)}</p>
<p class="gj-secret"><code{whole}>{escape(secret)}</code>
<button type="button" class="gj-do" data-copy data-copied="{copied}">{copy}</button></p></div>"""


def _invite(client: Client, said: Said) -> str:
    path = "/api/users" if said("machine") else "/api/company/people"
    made = client.call("POST", path, _wanted(said))
    return _once(say("invited", client.language), made["link"], client, link=True)


def _expel(client: Client, said: Said) -> str:
    path = "/api/users" if said("machine") else "/api/company/people"
    client.call("DELETE", f"{path}/{_part(said('target'))}")
    return told(say("expelled", client.language))


def _make_key(client: Client, said: Said) -> str:
    path = "/api/keys" if said("machine") else "/api/company/keys"
    made = client.call("POST", path, _wanted(said))
    return _once(say("key_made", client.language), made["key"], client, link=False)


def _revoke_key(client: Client, said: Said) -> str:
    if said("machine"):
        path = f"/api/keys/{_part(said('target'))}" + (f"?company={_part(said('company'))}" if said("company") else "")
    else:
        path = f"/api/company/keys/{_part(said('target'))}"
    client.call("DELETE", path)
    return told(say("revoked", client.language))


def _let_in(client: Client, said: Said) -> str:
    client.call("POST", "/api/company/grants", {"consultant": said("consultant").strip(), "days": said("days")})
    return told(say("let_in_done", client.language))


def _shut_out(client: Client, said: Said) -> str:
    client.call("DELETE", f"/api/company/grants/{_part(said('target'))}")
    return told(say("shut_out_done", client.language))


def _stay(client: Client, said: Said) -> str:
    client.call("PATCH", "/api/company", {"stays_here": said("on") == "true"})
    return ""


def _consent(client: Client, said: Said) -> str:
    client.call("PUT", "/api/company/consents", {"overview": said("on") == "true"})
    return ""


def _decide(client: Client, said: Said) -> str:
    step = said("step")
    decision = {"step": step, "note": said("note")}
    if step in {"granted", "narrowed"}:
        decision["document_id"] = said("document_id")
    if step == "narrowed":
        decision |= {name: said(name) for name in ("scope", "use_until") if said(name).strip()}
    client.call("POST", f"/api/company/disclosures/{_part(said('target'))}/decision", decision)
    return told(paper_text.say("decided", client.language))


def _request(client: Client, said: Said) -> str:
    paper = paper_of({name: said(name) for name, _ in (*PAPER, *SECRECY)})
    client.call("POST", "/api/host/disclosures", {"company": said("company"), "paper": paper})
    return told(paper_text.say("asked", client.language))


def _add_company(client: Client, said: Said) -> str:
    made = client.call("POST", "/api/companies", {"name": said("name")})
    return _once(say("company_added", client.language, name=made["name"]), made["link"], client, link=True)


DEEDS: Mapping[str, Callable[[Client, Said], str]] = {
    "invite": _invite,
    "expel": _expel,
    "make_key": _make_key,
    "revoke_key": _revoke_key,
    "let_in": _let_in,
    "shut_out": _shut_out,
    "stay": _stay,
    "consent": _consent,
    "decide": _decide,
    "request": _request,
    "add_company": _add_company,
}
"""Each raises ClientError, and returns HTML: what is told."""


def _wanted(said: Said) -> dict[str, Any]:
    wanted: dict[str, Any] = {"role": said("role"), "name": said("name").strip()}
    return wanted | ({"company": said("company") or None} if said("machine") else {})


def _part(value: str) -> str:
    """A value as one part of a path."""
    return quote(value, safe="")
