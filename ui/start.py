"""Start-up: the API and the page in one process, for people (`serve`) or for one command (`private_server`)."""

from __future__ import annotations

import contextlib
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from serving.errors import ServingError
from serving.gate import LOCAL_COMPANY, is_loopback
from serving.home import Home
from serving.settings import Settings
from ui import cli_text
from ui.client import Client

if TYPE_CHECKING:
    import uvicorn

    from serving.product import Product

LOG_BYTES = 2_000_000


def serve(settings: Settings) -> None:
    """Serve page and API until interrupted. Raises ServingError where it cannot start."""
    if not is_loopback(settings.host):
        raise ServingError("not_loopback", host=settings.host)
    home = Home(settings.home_path)
    home.acquire()
    try:
        listening = _listen(settings.host, settings.port)
        _log_to(home)
        fetch_models(settings, home)
        made, server = _server(settings, home, page_port=settings.port)
        url = f"http://{settings.host}:{settings.port}"
        home.announce(url)
        threading.Thread(target=_greet, args=(server, made, url, settings.lang), daemon=True).start()
        server.run(sockets=[listening])
    finally:
        home.release()


@contextlib.contextmanager
def running_server(settings: Settings) -> Iterator[str]:
    """URL of the server of this home: the one that runs, or one of our own that lives as long as the block.

    Raises ServingError where another process holds the home without serving it.
    """
    home = Home(settings.home_path)
    found = home.server()
    if found:
        yield found.url
        return
    home.acquire()
    try:
        listening = _listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        _log_to(home)
        fetch_models(settings, home)
        _, server = _server(settings, home, page_port=None)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            _await_started(server, thread)
            yield url
        finally:
            server.should_exit = True
            thread.join()
    finally:
        home.release()


@contextlib.contextmanager
def connected(settings: Settings) -> Iterator[Client]:
    """A client of this home's server; one that had to be opened for it ends with the block."""
    with running_server(settings) as url, contextlib.closing(Client(url, language=settings.lang)) as client:
        yield client


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


def _server(settings: Settings, home: Home, page_port: int | None) -> tuple[Product, uvicorn.Server]:
    import uvicorn

    from serving import build

    store = build.model_store(settings, home)
    made = build.product(settings, home, store)
    app = build.app(made, settings)
    made.start((LOCAL_COMPANY,))
    if page_port is not None:
        from ui.page.page import mount

        app = mount(app, f"http://127.0.0.1:{page_port}")
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
    return made, uvicorn.Server(config)


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


def _greet(server: uvicorn.Server, made: Product, url: str, language: cli_text.Language) -> None:
    while not server.started:
        time.sleep(0.05)
    print(cli_text.say("serving", language, url=url), flush=True)
    made.warm()


def _log_to(home: Home) -> None:
    """Warnings to a file under the home. Questions, passages and keys are never logged."""
    home.logs.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(home.logs / "giljabi.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "openai", "chromadb", "sentence_transformers"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if sys.stderr.isatty():
        console = logging.StreamHandler()
        console.setLevel(logging.WARNING)
        logging.getLogger().addHandler(console)
