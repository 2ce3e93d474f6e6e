"""People, keys and consultants as HTML, for a company's admin and for the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from ui.company_text import say
from ui.page import form
from ui.page.transcript import moment
from ui.text import Language

Row = Mapping[str, Any]

COMPANY_ROLES = ("staff", "admin")
OTHER_ROLES = ("consultant", "trainer", "host", "operator")
MOST_DAYS = 366
USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose people and keys these are: the admin's own company's, or of the one (None: of no company) that the operator
    looks at. `company` is its id, `name` its name.
    """

    machine: bool = False
    company: str | None = None
    name: str = ""

    @property
    def carried(self) -> dict[str, str]:
        """What a form sends along."""
        return {"machine": "1", "company": self.company or ""} if self.machine else {}

    @property
    def roles(self) -> tuple[str, ...]:
        return COMPANY_ROLES if not self.machine or self.company else OTHER_ROLES

    def title(self, key: str, language: Language) -> str:
        """`people` or `keys`, and whose."""
        if not self.machine:
            return say(key, language)
        return say(f"{key}_of", language, company=self.name) if self.company else say(f"{key}_none", language)


def people(rows: Sequence[Row], me: str, scope: Scope, language: Language) -> str:
    shown = form.listed([_person(row, me, scope, language) for row in rows], say("nobody", language))
    fields = form.line("name", say("name", language), needed=False) + _role(scope, language)
    hint = say("invite_hint", language)
    inviting = form.form("invite", fields, form.submit(say("invite", language)), scope.carried, hint)
    return form.section(scope.title("people", language), shown + inviting, arrive=scope.machine and bool(scope.company))


def keys(rows: Sequence[Row], persons: Sequence[Row], scope: Scope, language: Language) -> str:
    """`persons` are those among whom the makers of the keys are."""
    makers = {person["person_id"]: person for person in persons}
    shown = form.listed(
        [_key(row, makers.get(row["made_by"]), scope, language) for row in rows], say("nobody", language)
    )
    fields = form.line("name", say("key_for", language)) + _role(scope, language)
    making = form.form("make_key", fields, form.submit(say("make_key", language)), scope.carried)
    return form.section(scope.title("keys", language), shown + making)


def consultants(grants: Sequence[Row], language: Language) -> str:
    shown = form.listed([_grant(row, language) for row in grants], say("nobody", language))
    fields = form.line(
        "consultant", say("consultant_id", language), most=40, hint=say("consultant_hint", language)
    ) + form.number("days", say("days", language), USUAL_DAYS, MOST_DAYS)
    letting = form.form("let_in", fields, form.submit(say("let_in", language)))
    return form.section(say("grants", language), shown + letting, say("grants_more", language))


def companies(rows: Sequence[Row], language: Language) -> str:
    """All companies, for the operator, and the way to each one's people."""
    shown = form.listed([_company(row, language) for row in rows], say("nobody", language))
    none = f"<p>{form.look(say('of_none', language), {'company': ''})}</p>"
    fields = form.line("name", say("company_name", language))
    adding = form.form("add_company", fields, form.submit(say("add_company", language)))
    return form.section(say("companies", language), shown + none + adding, say("companies_more", language))


def _person(row: Row, me: str, scope: Scope, language: Language) -> str:
    role = say(f"role_{row['role']}", language)
    login = escape(str(row["login"] or "")) or say("no_login", language)
    if row["revoked_at"]:
        return form.row(row["name"], [role, _since(row, language)], say("gone", language), over=True)
    mine = row["person_id"] == me
    words = say("expel", language)
    sure = form.Sure(say("expel_sure", language, name=row["name"]), words, say("no", language))
    carried = {"target": str(row["person_id"]), **scope.carried}
    end = "" if mine else form.button("expel", words, carried, sure, f"{words}: {row['name']}")
    badge = say("this_is_me", language) if mine else ""
    return form.row(row["name"], [role, login, _since(row, language)], badge, end)


def _key(row: Row, maker: Row | None, scope: Scope, language: Language) -> str:
    reason = row["reason"]
    title = say("glass", language, reason=reason) if reason else row["name"] or row["key_id"]
    facts = [say(f"role_{row['role']}", language), _since(row, language), _until(row["expires_at"], language)]
    if maker is not None:
        facts.append(escape(say("made_by", language, name=maker["name"])))
    ended = "taken_back" if row["revoked_at"] else "expired" if _past(row["expires_at"]) else ""
    if ended:
        return form.row(title, facts, say(ended, language), over=True)
    words = say("revoke", language)
    sure = form.Sure(say("revoke_sure", language, name=title), words, say("no", language))
    carried = {"target": str(row["key_id"]), **scope.carried}
    badge = say("maker_gone", language) if maker is not None and maker["revoked_at"] else ""
    return form.row(title, facts, badge, form.button("revoke_key", words, carried, sure, f"{words}: {title}"))


def _grant(row: Row, language: Language) -> str:
    facts = [_since(row, language), _until(row["expires_at"], language)]
    ended = "taken_back" if row["withdrawn_at"] else "expired" if _past(row["expires_at"]) else ""
    if ended:
        return form.row(row["consultant"], facts, say(ended, language), over=True)
    words = say("shut_out", language)
    sure = form.Sure(say("shut_out_sure", language), words, say("no", language))
    label = f"{words}: {row['consultant']}"
    return form.row(
        row["consultant"], facts, "", form.button("shut_out", words, {"target": str(row["grant_id"])}, sure, label)
    )


def _company(row: Row, language: Language) -> str:
    badge = say("leaving", language) if row["state"] == "leaving" else ""
    label = say("of_company_named", language, company=row["name"])
    end = form.look(say("of_company", language), {"company": str(row["company_id"])}, label)
    return form.row(row["name"], [escape(str(row["company_id"])), _since(row, language)], badge, end)


def _role(scope: Scope, language: Language) -> str:
    return form.choice("role", say("role", language), [(role, say(f"role_{role}", language)) for role in scope.roles])


def _since(row: Row, language: Language) -> str:
    return say("since", language, time=moment(str(row["created_at"])))


def _until(at: str | None, language: Language) -> str:
    return say("until", language, time=moment(at)) if at else ""


def _past(at: str | None) -> bool:
    return at is not None and datetime.fromisoformat(at) <= datetime.now(UTC)
