"""`giljabi company|user|key`: accounts, for the operator of the machine."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import quote

import typer

from serving.settings import Settings
from ui import cli_text
from ui.options import Json, Lang, settings_in

companies = typer.Typer(no_args_is_help=True, help="회사 만들기, 보기, 내보내기 · companies")
users = typer.Typer(no_args_is_help=True, help="사람 초대하기, 보기, 내보내기 · people")
keys = typer.Typer(no_args_is_help=True, help="API 키 만들기, 보기, 거두기 · API keys")

Of = Annotated[str | None, typer.Option("--company", help="회사의 이름이나 id · name or id of the company")]
Role = Annotated[str, typer.Option("--role", help="staff, admin, trainer, consultant, host, operator", metavar="ROLE")]
Name = Annotated[str, typer.Option("--name", help="누구의 것인지 · whose it is")]


@companies.command("add")
def add_company(name: str, lang: Lang = None, as_json: Json = False) -> None:
    """회사를 만들고 첫 관리자의 초대 링크 받기 · make a company; prints its first admin's invitation."""
    settings = settings_in(lang)
    made = _call(settings, "POST", "/api/companies", {"name": name})
    _show(settings, {**made, "link": _absolute(settings, made["link"])}, "company_added", as_json=as_json)


@companies.command("list")
def list_companies(lang: Lang = None, as_json: Json = False) -> None:
    """회사 보기 · list companies."""
    found = _call(settings_in(lang), "GET", "/api/companies")
    _table(found, "companies", ("company_id", "name", "state"), as_json=as_json)


@companies.command("open")
def open_company(
    company: str,
    reason: Annotated[str, typer.Option("--reason", help="까닭; 회사의 기록에 남습니다 · stands in the company's log")],
    minutes: Annotated[int, typer.Option("--minutes", min=1, max=240)] = 30,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """비상 열람: 잠시 그 회사를 읽는 키 · break glass: a key that reads the company for a while."""
    settings = settings_in(lang)
    path = f"/api/companies/{quote(company, safe='')}/break-glass"
    made = _call(settings, "POST", path, {"reason": reason, "minutes": minutes})
    _show(settings, made, "glass_broken", as_json=as_json)


@users.command("add")
def add_user(role: Role, company: Of = None, name: Name = "", lang: Lang = None, as_json: Json = False) -> None:
    """초대 링크 만들기 · make an invitation link."""
    settings = settings_in(lang)
    made = _call(settings, "POST", "/api/users", {"role": role, "company": company, "name": name})
    _show(settings, {**made, "link": _absolute(settings, made["link"])}, "invited", as_json=as_json)


@users.command("list")
def list_users(company: Of = None, lang: Lang = None, as_json: Json = False) -> None:
    """한 회사의 사람, 또는 회사 없는 사람 보기 · list the people of a company, or of none."""
    found = _call(settings_in(lang), "GET", _of("/api/users", company))
    _table(found, "users", ("person_id", "role", "name", "login", "revoked_at"), as_json=as_json)


@users.command("link")
def link_user(lang: Lang = None, as_json: Json = False) -> None:
    """이 컴퓨터의 회사로 들어가는 새 링크 · a new one-time sign-in link for this computer's own company."""
    settings = settings_in(lang)
    made = _call(settings, "POST", "/api/users/local/link", {})
    _show(settings, {"link": _absolute(settings, made["link"])}, "entry", as_json=as_json)


@users.command("revoke")
def revoke_user(person: str, lang: Lang = None, as_json: Json = False) -> None:
    """내보내기: 곧바로 끊깁니다 · revoke somebody, at once."""
    settings = settings_in(lang)
    _call(settings, "DELETE", f"/api/users/{quote(person, safe='')}")
    _show(settings, {"revoked": person}, "revoked", as_json=as_json)


@keys.command("create")
def create_key(role: Role, company: Of = None, name: Name = "", lang: Lang = None, as_json: Json = False) -> None:
    """API 키 만들기; 지금 한 번만 보입니다 · make an API key, shown once."""
    settings = settings_in(lang)
    made = _call(settings, "POST", "/api/keys", {"role": role, "company": company, "name": name})
    _show(settings, made, "key_made", as_json=as_json)


@keys.command("list")
def list_keys(company: Of = None, lang: Lang = None, as_json: Json = False) -> None:
    """한 회사의 키, 또는 회사 없는 키 보기 · list the keys of a company, or of none."""
    found = _call(settings_in(lang), "GET", _of("/api/keys", company))
    _table(found, "keys", ("key_id", "role", "name", "created_at", "revoked_at"), as_json=as_json)


@keys.command("revoke")
def revoke_key(key_id: str, company: Of = None, lang: Lang = None, as_json: Json = False) -> None:
    """키 거두기: 곧바로 끊깁니다 · revoke a key, at once."""
    settings = settings_in(lang)
    _call(settings, "DELETE", _of(f"/api/keys/{quote(key_id, safe='')}", company))
    _show(settings, {"revoked": key_id}, "revoked", as_json=as_json)


def _call(settings: Settings, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    from ui.start import operating

    with operating(settings) as client:
        return client.call(method, path, body)


def _of(path: str, company: str | None) -> str:
    return f"{path}?company={quote(company, safe='')}" if company else path


def _absolute(settings: Settings, path: str) -> str:
    return (settings.public_url.rstrip("/") or f"http://127.0.0.1:{settings.port}") + path


def _show(settings: Settings, made: dict[str, Any], key: str, *, as_json: bool) -> None:
    print(json.dumps(made, ensure_ascii=False) if as_json else cli_text.say(key, settings.lang, **made))


def _table(found: dict[str, Any], key: str, columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for row in found[key]:
        print("  ".join(str(row[column] or "-") for column in columns))
