"""Start-up: the API and the page in one process, for people (`serve`) or for one command (`private_server`)."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from serving.errors import ServingError
from serving.gate import is_loopback
from serving.home import Home, Server
from serving.logfilter import PersonalFilter
from serving.machine import OPERATOR
from serving.settings import Settings
from ui import cli_text
from ui.client import Client

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from serving.build import Foundation
    from serving.product import Product
    from serving.web import Page

LOG_BYTES = 2_000_000


def serve(settings: Settings) -> None:
    """Serve page and API until interrupted. Raises ServingError where it cannot start."""
    home = Home(settings.home_path)
    home.acquire()
    try:
        listening = _listen(settings.host, settings.port)
        _log_to(home)
        from serving import build, web

        base = build.foundation(settings, home)
        if not is_loopback(settings.host) and not base.office.open_to_others():
            raise ServingError("not_loopback", host=settings.host)
        fetch_models(settings, home)
        made = build.product(base, build.model_store(settings, home))
        inside = f"http://{_near(settings.host)}:{settings.port}"
        api = web.app(base, made, _page(inside))
        server = _server(api, settings.proxies)
        made.start()
        api.state.wiring.aas_fetching.start()
        home.announce(inside, base.machine.keys)
        greeting = threading.Thread(target=_greet, args=(server, made, base, settings), daemon=True)
        greeting.start()
        server.run(sockets=[listening])
    finally:
        home.release()


@contextlib.contextmanager
def running_server(settings: Settings, *, accounts_alone: bool = False) -> Iterator[Server]:
    """The server of this home: the one that runs, or one of our own that lives as long as the block.

    `accounts_alone`: one of our own needs no models then, and answers about accounts only. Raises ServingError where
    another process holds the home without serving it.
    """
    home = Home(settings.home_path)
    found = home.server()
    if found:
        yield found
        return
    home.acquire()
    try:
        listening = _listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        _log_to(home)
        base, server = _private(settings, home, accounts_alone=accounts_alone)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            _await_started(server, thread)
            yield Server(os.getpid(), url, base.machine.keys)
        finally:
            server.should_exit = True
            thread.join()
    finally:
        home.release()


@contextlib.contextmanager
def connected(settings: Settings, key: str | None = None) -> Iterator[Client]:
    """A client of this home's server, as the owner of `key` or of `GILJABI_KEY`, or else as the local company."""
    key = key or settings.key.get_secret_value() or None
    with (
        running_server(settings) as server,
        contextlib.closing(Client(server.url, key or server.keys["local"], settings.lang)) as client,
    ):
        yield client


@contextlib.contextmanager
def operating(settings: Settings) -> Iterator[Client]:
    """A client of this home's server, as the operator of the machine."""
    with (
        running_server(settings, accounts_alone=True) as server,
        contextlib.closing(Client(server.url, server.keys["operator"], settings.lang)) as client,
    ):
        yield client


def _private(settings: Settings, home: Home, *, accounts_alone: bool) -> tuple[Foundation, uvicorn.Server]:
    from serving import build, web

    base = build.foundation(settings, home)
    if accounts_alone:
        return base, _server(web.app(base, None), settings.proxies)
    fetch_models(settings, home)
    made = build.product(base, build.model_store(settings, home))
    made.start()
    return base, _server(web.app(base, made), settings.proxies)


def fetch_models(settings: Settings, home: Home) -> None:
    """Fetch what is missing of the models, with a progress bar on standard error."""
    from serving.build import model_store, needed_models

    store = model_store(settings, home)
    names = needed_models(settings)
    if all(state.state == "ready" for state in store.list() if state.model.name in names):
        return
    fetch_with_bar(settings, home, names)


def fetch_with_bar(settings: Settings, home: Home, names: list[str]) -> None:
    from tqdm import tqdm

    from serving.build import model_store

    with tqdm(unit="B", unit_scale=True, unit_divisor=1000, desc=cli_text.say("fetching", settings.lang)) as bar:

        def progress(done: int, total: int, name: str) -> None:
            bar.total = total
            bar.set_postfix_str(name, refresh=False)
            bar.update(done - bar.n)

        model_store(settings, home).fetch_all(names, progress)


def _page(url: str) -> Page:
    """The page, a client of the API at `url`, with the rules of its own routes."""
    from assistant.report.as_html import style_sheet
    from serving.gate import Rule, Stated
    from serving.web import Page
    from ui import sign_in
    from ui.page.live import SCRIPT
    from ui.page.page import mount
    from ui.page.routes import access

    rules = {"open": Stated(Rule.PUBLIC), "known": Stated(Rule.KNOWN), None: None}
    return Page(
        [sign_in.router],
        lambda app: mount(app, url, style_sheet()),
        lambda method, path: rules[access(method, path)],
        [SCRIPT.read_text(encoding="utf-8")],
    )


def _server(app: FastAPI, proxies: str) -> uvicorn.Server:
    import uvicorn

    # Who calls matters to limits alone: nobody is let in for where they come from.
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        server_header=False,
    )
    return uvicorn.Server(config)


def _near(host: str) -> str:
    """Where the server reaches itself."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104  compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ServingError("port_taken", port=port) from error
    return listening


def _await_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    while not server.started:
        if not thread.is_alive():
            raise ServingError("internal")
        time.sleep(0.02)


def _greet(server: uvicorn.Server, made: Product, base: Foundation, settings: Settings) -> None:
    while not server.started:
        time.sleep(0.05)
    url = settings.public_url.rstrip("/") or f"http://{_near(settings.host)}:{settings.port}"
    secret = base.office.entry(OPERATOR)
    link = f"{url}/enter?token={secret}" if secret else url
    print(cli_text.say("serving", settings.lang, url=url, link=link), flush=True)
    made.warm()


def _log_to(home: Home) -> None:
    """Warnings to a file under the home. Questions, passages and keys are never logged."""
    home.logs.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(home.logs / "giljabi.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(PersonalFilter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("alembic", "httpx", "httpx2", "httpcore", "openai", "mcp", "chromadb", "sentence_transformers"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if sys.stderr.isatty():
        console = logging.StreamHandler()
        console.setLevel(logging.WARNING)
        console.addFilter(PersonalFilter())
        logging.getLogger().addHandler(console)
