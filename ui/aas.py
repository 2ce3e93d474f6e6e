"""`giljabi aas`: drafts of an AAS, the AAS 준비 점검, and (for the operator of the machine) live AAS servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from serving.errors import ServingError
from serving.settings import Settings
from ui import cli_text
from ui.options import Json, Key, Lang, settings_in

app = typer.Typer(no_args_is_help=True, help="AAS 초안, 준비 점검, AAS 서버 · AAS drafts, readiness, live servers")
REFUSED = 1

Of = Annotated[str | None, typer.Option("--company", help="회사의 이름이나 id · name or id of the company")]
_MARKS = {"confirmed": "✓", "check": "·", "conflict": "!", "open": " "}


@app.command()
def draft(
    documents: Annotated[list[str], typer.Argument(help="자료의 id나 파일 · ids of documents, or files")],
    name: Annotated[str | None, typer.Option("--name", help="초안의 이름 · name of the draft")] = None,
    key: Key = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """자료에서 디지털 명판과 기술 데이터의 초안 만들기 · draft a nameplate and technical data from documents."""
    from ui.start import connected

    settings = settings_in(lang)
    with connected(settings, key) as client:
        ids = [_taken_in(client, each, settings) if Path(each).is_file() else each for each in documents]
        body: dict[str, Any] = {"document_ids": ids} | ({"name": name} if name else {})
        made = client.call("POST", "/api/aas/drafts", body)
    _show_draft(made, settings, as_json=as_json)


@app.command()
def drafts(
    draft_id: Annotated[
        str | None, typer.Argument(help="초안의 id: 모두 보기 · id of a draft, to see all of it")
    ] = None,
    key: Key = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """초안 보기 · list drafts, or show one."""
    settings = settings_in(lang)
    if draft_id is not None:
        _show_draft(_call(settings, key, "GET", _path(draft_id)), settings, as_json=as_json)
        return
    found = _call(settings, key, "GET", "/api/aas/drafts")
    if as_json:
        _print_json(found)
        return
    for each in found["drafts"]:
        typer.echo(cli_text.say("aas_draft", settings.lang, **each))
    if not found["drafts"]:
        typer.echo(cli_text.say("aas_none", settings.lang))


@app.command()
def confirm(
    draft_id: str,
    path: Annotated[str, typer.Argument(help="항목의 경로 · path of the element")],
    value: Annotated[str | None, typer.Argument(help="고르거나 적을 값 · value to choose or write")] = None,
    unsure: Annotated[bool, typer.Option("--unsure", help="적되 확인은 나중에 · to be checked later")] = False,
    key: Key = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """초안의 값 확인하거나 적기 · confirm a value of a draft, or write one."""
    settings = settings_in(lang)
    body: dict[str, Any] = {"path": path, "confirmed": not unsure} | ({"value": value} if value is not None else {})
    _show_draft(_call(settings, key, "POST", f"{_path(draft_id)}/values", body), settings, as_json=as_json)


@app.command()
def export(draft_id: str, file: Path, key: Key = None, lang: Lang = None, as_json: Json = False) -> None:
    """초안을 AASX 파일로 저장 · save a draft as an AASX file."""
    from ui.start import connected

    settings = settings_in(lang)
    if file.exists():
        raise ServingError("file_there", file=file)
    if not file.parent.is_dir():
        raise ServingError("no_path", path=file.parent)
    part = file.with_name(f".{file.name}.part")
    try:
        with connected(settings, key) as client, part.open("wb") as out:
            client.download(f"{_path(draft_id)}/file", None, out)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    _show(settings, {"file": str(file), "bytes": file.stat().st_size}, "aas_exported", as_json=as_json)


@app.command("delete")
def delete(draft_id: str, key: Key = None, lang: Lang = None, as_json: Json = False) -> None:
    """초안 지우기 · delete a draft."""
    settings = settings_in(lang)
    _call(settings, key, "DELETE", _path(draft_id))
    _show(settings, {"draft_id": draft_id}, "aas_deleted", as_json=as_json)


@app.command()
def check(key: Key = None, lang: Lang = None, as_json: Json = False) -> None:
    """AAS 준비 점검: 자율형공장에 더 필요한 것 · what the company's AAS still lacks."""
    settings = settings_in(lang)
    found = _call(settings, key, "GET", "/api/aas/readiness")
    if as_json:
        _print_json(found)
    for item in [] if as_json else found["items"]:
        typer.echo(f"{cli_text.say('aas_' + item['state'], settings.lang)} {item['title']}")
        for one in item["seen"]:
            typer.echo(f"    {_seen(one, settings)}")
        if item["state"] != "met":
            typer.echo(f"    → {item['next']}")
    if not as_json:
        typer.echo(f"\n※ {found['notice']}\n※ {found['source']}")
    if found["unmet"]:
        raise typer.Exit(REFUSED)


@app.command()
def connect(
    url: Annotated[str, typer.Argument(help="http(s)://…")],
    company: Annotated[str, typer.Option("--company", help="회사의 이름이나 id · name or id of the company")],
    every: Annotated[int, typer.Option("--every", min=1, max=7 * 24 * 60, help="몇 분마다 · minutes")] = 60,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """AAS 서버를 회사에 연결 · connect a live AAS server to a company."""
    settings = settings_in(lang)
    body = {"company": company, "url": url, "every_minutes": every}
    _show(settings, _operate(settings, "POST", "/api/aas/servers", body), "aas_connected", as_json=as_json)


@app.command("list")
def list_servers(company: Of = None, lang: Lang = None, as_json: Json = False) -> None:
    """연결된 AAS 서버와 마지막 결과 보기 · list the connected servers and how the last reading went."""
    settings = settings_in(lang)
    path = "/api/aas/servers" + (f"?company={quote(company, safe='')}" if company else "")
    found = _operate(settings, "GET", path)
    if as_json:
        _print_json(found)
        return
    for each in found["servers"]:
        typer.echo(cli_text.say("aas_server", settings.lang, **{**each, "fetched_at": each["fetched_at"] or "-"}))
    if not found["servers"]:
        typer.echo(cli_text.say("aas_no_server", settings.lang))


@app.command()
def disconnect(server_id: str, lang: Lang = None, as_json: Json = False) -> None:
    """AAS 서버의 연결 끊기 · disconnect a live AAS server."""
    settings = settings_in(lang)
    _operate(settings, "DELETE", f"/api/aas/servers/{quote(server_id, safe='')}")
    _show(settings, {"server_id": server_id}, "aas_disconnected", as_json=as_json)


@app.command()
def fetch(server_id: str, lang: Lang = None, as_json: Json = False) -> None:
    """AAS 서버를 지금 읽기 · read a live AAS server now."""
    from contextlib import closing

    from ui.client import Client
    from ui.start import running_server

    settings = settings_in(lang)
    with (
        running_server(settings) as server,  # with the product: what is read becomes documents
        closing(Client(server.url, server.keys["operator"], settings.lang)) as client,
    ):
        found = client.call("POST", f"/api/aas/servers/{quote(server_id, safe='')}/fetch", {})
    if as_json:
        _print_json(found)
    else:
        typer.echo(found["said"], err=found["state"] == "failed")
    if found["state"] == "failed":
        raise typer.Exit(REFUSED)


def _taken_in(client: Any, path: str, settings: Settings) -> str:
    """The id of a file's document, once it has been read."""
    from ui.errors import ClientError
    from ui.ingest import files_of, ingest_files

    [taken] = ingest_files(client, files_of([Path(path)]), settings.lang)
    if taken["status"] == "rejected":
        raise ClientError(str(taken["reason"]), 422)
    return str(taken["document_id"])


def _show_draft(made: dict[str, Any], settings: Settings, *, as_json: bool) -> None:
    if as_json:
        _print_json(made)
        return
    counted = {**made, "open": len(made["open"]), "unconfirmed": len(made["unconfirmed"])}
    typer.echo(cli_text.say("aas_draft", settings.lang, **counted))
    for element in made["elements"]:
        if not element["candidates"] and not element["mandatory"]:
            continue
        mandatory = f" ({cli_text.say('aas_mandatory', settings.lang)})" if element["mandatory"] else ""
        state = cli_text.say(f"aas_{element['state']}", settings.lang)
        typer.echo(f"{_MARKS[element['state']]} {element['name_ko']}{mandatory}  {element['path']}  [{state}]")
        for value in element["candidates"]:
            typer.echo(f"    {_valued(value, settings)}")


def _valued(value: dict[str, Any], settings: Settings) -> str:
    stated, origin = f"{value['value']} {value['unit']}".strip(), value["origin"]
    place = f"{origin['title']}, {origin['locator']}: “{origin['quote']}”" if origin else None
    return f"{stated}  ← {place or cli_text.say('aas_by_hand', settings.lang)}"


def _seen(one: dict[str, Any], settings: Settings) -> str:
    missing = cli_text.say("aas_missing", settings.lang) if one["missing"] else ""
    return "  ".join(part for part in (missing, one["path"], one["value"], f"({one['title']})") if part)


def _path(draft_id: str) -> str:
    return f"/api/aas/drafts/{quote(draft_id, safe='')}"


def _call(
    settings: Settings, key: str | None, method: str, path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    from ui.start import connected

    with connected(settings, key) as client:
        return client.call(method, path, body)


def _operate(settings: Settings, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    from ui.start import operating

    with operating(settings) as client:
        return client.call(method, path, body)


def _show(settings: Settings, made: dict[str, Any], key: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(made, ensure_ascii=False) if as_json else cli_text.say(key, settings.lang, **made))


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
