"""`giljabi backup`, `restore` and `company delete`: all data of a company, or of everybody, at once."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast
from urllib.parse import quote

import typer

from serving.errors import RequestError, ServingError
from serving.settings import Settings
from ui import cli_text
from ui.options import Json, Lang, settings_in

if TYPE_CHECKING:
    from serving.restore import WireRestored

REFUSED = 1

Of = Annotated[str | None, typer.Option("--company", help="한 회사만: 이름이나 id · one company alone: name or id")]
PhraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="암호가 든 파일 · a file that holds the passphrase")
]


def backup(
    file: Path, company: Of = None, passphrase_file: PhraseFile = None, lang: Lang = None, as_json: Json = False
) -> None:
    """모두, 또는 한 회사를 암호를 건 파일로 백업 · back up everything or one company into an encrypted file."""
    from ui.start import operating

    settings = settings_in(lang)
    if file.exists():
        raise ServingError("file_there", file=file)
    if not file.parent.is_dir():
        raise ServingError("no_path", path=file.parent)
    body = {"company": company, "passphrase": _passphrase(settings, passphrase_file, twice=True)}
    with operating(settings) as client, _written(file) as out:
        headers = client.download("/api/backup", body, out)
    damaged = int(headers["x-giljabi-damaged"])
    made = {"file": str(file), **_told(file), "damaged": damaged}
    typer.echo(json.dumps(made, ensure_ascii=False) if as_json else cli_text.say("backed_up", settings.lang, **made))
    if damaged:
        typer.echo(cli_text.say("backup_damaged", settings.lang, damaged=damaged), err=True)
        raise typer.Exit(REFUSED)


def restore(
    file: Path,
    company: Of = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="있는 회사의 자료를 백업의 것으로 바꿈 · replace the data of a company that is here"
        ),
    ] = False,
    passphrase_file: PhraseFile = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """백업 되돌리기: 한 회사, 또는 빈 데이터 폴더에 모두 · restore one company, or everything into an empty data folder."""
    from serving import sealed

    settings = settings_in(lang)
    try:
        source = file.open("rb")
    except OSError as error:
        raise ServingError("no_path", path=file) from error
    with source:
        whole = sealed.told(source).whole and company is None
        source.seek(0)
        phrase = _passphrase(settings, passphrase_file, twice=False)
        done = (
            _everything(settings, source, phrase) if whole else _one(settings, source, phrase, company, replace=replace)
        )
    shown = {**done, "companies": ", ".join(done["companies"])}
    typer.echo(json.dumps(done, ensure_ascii=False) if as_json else cli_text.say("restored", settings.lang, **shown))
    if done["entries_lost"]:
        typer.echo(cli_text.say("entries_lost", settings.lang, **shown), err=True)


def delete_company(
    company: str,
    yes: Annotated[bool, typer.Option("--yes", help="다시 묻지 않음 · do not ask again")] = False,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """회사의 모든 것을 지우고 확인서 받기 · delete everything of a company; prints the receipt."""
    from ui.start import operating

    settings = settings_in(lang)
    with operating(settings) as client:
        all_of_them = client.call("GET", "/api/companies")["companies"]
        found = next((each for each in all_of_them if company in {each["company_id"], each["name"]}), None)
        if found is None:
            raise RequestError("unknown_company", 404)
        typed = found["company_id"] if yes else _typed(cli_text.say("delete_confirm", settings.lang, **found))
        where = f"/api/companies/{quote(found['company_id'], safe='')}?confirm={quote(typed, safe='')}"
        handed = client.call("DELETE", where)
    typer.echo(json.dumps(handed["receipt"], ensure_ascii=False) if as_json else handed["text"])
    if not handed["receipt"]["proved"]:
        raise typer.Exit(REFUSED)


def _typed(question: str) -> str:
    typer.echo(question, nl=False, err=True)
    try:
        return input().strip()
    except EOFError:
        return ""


def _everything(settings: Settings, source: BinaryIO, phrase: str) -> WireRestored:
    """No server can be running on an empty home, so this is done here."""
    from serving import build
    from serving.home import Home
    from serving.machine import OPERATOR
    from serving.restore import whole

    home = Home(settings.home_path)
    home.acquire()
    try:
        return whole(source, phrase, home, lambda made: build.databases(settings, made), OPERATOR).wire()
    finally:
        home.release()


def _one(settings: Settings, source: BinaryIO, phrase: str, company: str | None, *, replace: bool) -> WireRestored:
    from ui.start import operating

    fields = {"passphrase": phrase, "replace": str(replace).lower()} | ({"company": company} if company else {})
    with operating(settings) as client:
        return cast("WireRestored", client.send("/api/restore", source, fields))


def _passphrase(settings: Settings, file: Path | None, *, twice: bool) -> str:
    """From the file, the settings, or whoever sits there; never from the command line, which others can see."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise ServingError("no_path", path=file) from error
    if said := settings.backup_passphrase.get_secret_value():
        return said
    typed = getpass.getpass(cli_text.say("passphrase", settings.lang))
    if twice and getpass.getpass(cli_text.say("passphrase_again", settings.lang)) != typed:
        raise ServingError("passphrase_differs")
    return typed


@contextlib.contextmanager
def _written(file: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner may read, there once it is whole."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _told(file: Path) -> dict[str, Any]:
    from serving import sealed

    with file.open("rb") as written:
        said = sealed.told(written)
        written.seek(0)
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    size = file.stat().st_size
    return {"backup_id": said.backup_id, "places": len(said.places), "bytes": size, "sha256": sha256}
