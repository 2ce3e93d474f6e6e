"""`giljabi`: the command line. It goes through the running server of the home, or opens a private one for the command."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from evals.errors import EvalError
from retrieval import text as retrieval_text
from retrieval.errors import RetrievalError
from serving import text as serving_text
from serving.errors import ServingError
from serving.home import Home
from serving.settings import Settings
from ui import aas, accounts, cli_text, diagnosis, engine, evaluate, knowledge, proofs, vault
from ui.errors import ClientError
from ui.options import Json, Key, Lang, settings_in

DONE, REFUSED, FAULT = 0, 1, 2
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="어느 날 기준으로 · the day to answer for, e.g. 2026-01-22"),
]

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
models_app = typer.Typer(no_args_is_help=True, help="모델 받기, 보기, 검사 · fetch, list and verify models")
app.add_typer(models_app, name="models")
app.add_typer(engine.app, name="engine")
app.add_typer(evaluate.app, name="eval")
for proof in (
    proofs.walls,
    proofs.injections,
    proofs.overload,
    proofs.durability,
    knowledge.knowledge,
    diagnosis.diagnosis,
):
    evaluate.app.command()(proof)
app.add_typer(aas.app, name="aas")
app.add_typer(accounts.companies, name="company")
app.add_typer(accounts.users, name="user")
app.add_typer(accounts.keys, name="key")
app.command("backup")(vault.backup)
app.command("restore")(vault.restore)
accounts.companies.command("delete")(vault.delete_company)


@app.callback()
def giljabi() -> None:
    """길잡이: 협력사를 위한 AI 길잡이 · cited answers for small manufacturers."""


@app.command()
def serve(lang: Lang = None, as_json: Json = False) -> None:
    """화면과 API 열기 · serve the page and the API."""
    from ui.start import serve as serve_forever

    serve_forever(settings_in(lang))
    if as_json:
        _print_json({"stopped": True})


@app.command()
def ask(question: str, as_of: AsOf = None, key: Key = None, lang: Lang = None, as_json: Json = False) -> None:
    """질문하고 근거와 함께 답 받기 · ask a question, get a cited answer."""
    settings = settings_in(lang)
    day = as_of.date().isoformat() if as_of else None
    with _client(settings, key) as client:
        if as_json:
            _print_json(client.ask(question, as_of=day))
            return
        for event, data in client.ask_stream(question, as_of=day):
            _show_event(event, data, settings.lang)


@app.command()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="몇 개 · how many")] = 5,
    as_of: AsOf = None,
    key: Key = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """자료에서 찾기 · search the documents."""
    settings = settings_in(lang)
    with _client(settings, key) as client:
        found = client.search(query, k, as_of.date().isoformat() if as_of else None)
    if as_json:
        _print_json(found)
    elif not found["hits"]:
        print(cli_text.say("no_hits", settings.lang))
    for hit in [] if as_json else found["hits"]:
        print(f"{hit['rank']}. {hit['title']} · {hit['locator']}\n   {' '.join(hit['text'].split())}\n")


@app.command()
def ingest(
    paths: list[Path],
    watch: Annotated[
        bool, typer.Option("--watch", help="바뀌는 파일을 계속 넣기 · go on with files that are added or changed")
    ] = False,
    key: Key = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """파일이나 폴더를 우리 회사 자료로 넣기 · take files and folders in."""
    from ui.ingest import changed, files_of, ingest_files

    settings = settings_in(lang)
    files = files_of(paths)
    with _client(settings, key) as client:
        results = ingest_files(client, files, settings.lang)
        _show_taken(results, settings.lang, as_json)
        for more in changed(paths) if watch else ():
            _show_taken(ingest_files(client, more, settings.lang), settings.lang, as_json)
    if any(item["status"] == "rejected" for item in results):
        raise typer.Exit(REFUSED)


@app.command()
def doctor(lang: Lang = None, as_json: Json = False) -> None:
    """빠진 것과 고치는 명령 보기 · what is missing and how to mend it."""
    from ui.doctor import examine

    settings = settings_in(lang)
    findings = examine(settings)
    if as_json:
        _print_json({"checks": findings, "ok": all(item["ok"] for item in findings)})
    for item in [] if as_json else findings:
        print(f"{'✓' if item['ok'] else '✗'} {item['what']}" + ("" if item["ok"] else f" → {item['mend']}"))
    if not all(item["ok"] for item in findings):
        raise typer.Exit(REFUSED)


@models_app.command("fetch")
def models_fetch(
    names: Annotated[list[str] | None, typer.Argument(help="이름 · names; default: what is needed")] = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """모델 받기 (끊기면 이어서) · fetch models, resuming where it stopped."""
    from serving.build import needed_models
    from ui.start import fetch_with_bar

    settings = settings_in(lang)
    wanted = names or needed_models(settings)
    fetch_with_bar(settings, Home(settings.home_path), wanted)
    if as_json:
        _print_json({"fetched": wanted})


@models_app.command("list")
def models_list(lang: Lang = None, as_json: Json = False) -> None:
    """모델 보기 · list models."""
    from serving.build import model_store

    settings = settings_in(lang)
    states = model_store(settings, Home(settings.home_path)).list()
    rows = [
        {
            "name": s.model.name,
            "title": s.model.title,
            "licence": s.model.licence,
            "bytes": s.model.size,
            "state": s.state,
        }
        for s in states
    ]
    if as_json:
        _print_json({"models": rows})
    for row in [] if as_json else rows:
        print(
            f"{row['name']:<22} {cli_text.say(str(row['state']), settings.lang):<8} {row['title']} ({row['licence']})"
        )


@models_app.command("verify")
def models_verify(lang: Lang = None, as_json: Json = False) -> None:
    """받은 모델의 SHA-256 다시 검사 · check the models' SHA-256 again."""
    from serving.build import model_store

    settings = settings_in(lang)
    store = model_store(settings, Home(settings.home_path))
    names = [state.model.name for state in store.list() if state.state == "ready"]
    for name in names:
        store.verify(name)
    if as_json:
        _print_json({"verified": names})
    else:
        print(cli_text.say("verified", settings.lang))


def main() -> NoReturn:
    """Entry point: every fault becomes one plain sentence and an exit code."""
    logging.getLogger().addHandler(logging.NullHandler())  # what is logged goes to the home's log, never to the person
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    language = _language(arguments)
    try:
        code = app(arguments, prog_name="giljabi", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except BaseException as error:  # noqa: BLE001 - the last edge: a person gets a sentence, the log the rest
        print(_sentence(error, arguments, language), file=sys.stderr)
        return FAULT
    return code if isinstance(code, int) else DONE


def _sentence(  # noqa: PLR0911 - one return an error type reads best
    error: BaseException, arguments: list[str], language: cli_text.Language
) -> str:
    """What went wrong, for the person at the command line."""
    if isinstance(error, typer.TyperException):
        command = next((word for word in arguments if not word.startswith("-")), "")
        return cli_text.say("misuse", language, detail=error.format_message(), command=command).replace("  ", " ")
    if isinstance(error, ClientError):
        return error.title
    if isinstance(error, EvalError):
        return str(error)
    if isinstance(error, ServingError):
        return _serving_sentence(error, language)
    if isinstance(error, RetrievalError):
        return retrieval_text.SENTENCES[error.reason][language]
    if isinstance(error, ValidationError):
        names = ", ".join(f"GILJABI_{item['loc'][0]}".upper() for item in error.errors() if item["loc"])
        return serving_text.sentence("settings", language, {"names": names})
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return cli_text.say("stopped", language)
    logging.getLogger(__name__).error("command failed", exc_info=error)
    return cli_text.say("fault", language, log=Settings().home_path / "logs" / "giljabi.log")


def _serving_sentence(error: ServingError, language: cli_text.Language) -> str:
    if error.reason in serving_text.SENTENCES:
        return serving_text.sentence(error.reason, language, error.details)
    return cli_text.say(error.reason, language, **error.details)


def _language(arguments: list[str]) -> cli_text.Language:
    """The language asked for, read early so that even a misuse is told in it."""
    joined = " ".join(arguments)
    return "en" if "--lang en" in joined or "--lang=en" in joined else "ko"


def _client(settings: Settings, key: str | None) -> Any:
    from ui.start import connected

    return connected(settings, key)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _show_taken(results: list[dict[str, Any]], language: cli_text.Language, as_json: bool) -> None:
    if as_json:
        _print_json({"files": results})
    for item in [] if as_json else results:
        reason = f" — {item['reason']}" if item["reason"] else ""
        print(f"{cli_text.say(item['status'], language)}: {item['path']}{reason}")


def _show_event(event: str, data: dict[str, Any], language: cli_text.Language) -> None:
    shown: dict[str, Callable[[], None]] = {
        "evidence": lambda: _show_evidence(data, language),
        "token": lambda: print(data["text"], end="", flush=True),
        "answer": lambda: print("".join(f"\n※ {notice}" for notice in data["notices"])),
    }
    if event == "error":
        raise ClientError(data["title"], data.get("status", 500))
    shown.get(event, lambda: None)()


def _show_evidence(data: dict[str, Any], language: cli_text.Language) -> None:
    print(f"[{cli_text.say('evidence', language)}]")
    for passage in data["evidence"]:
        print(f"[{passage['n']}] {passage['title']} · {passage['locator']}")
    print()


if __name__ == "__main__":
    main()
