"""`giljabi ingest`: files and folders to the server one by one, and what became of each; `--watch` goes on with what changes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving.errors import ServingError
from ui import cli_text
from ui.client import Client
from ui.errors import ClientError

POLL_SECONDS = 0.2
SETTLED_SECONDS = 2.0
"""A watched file that was written to a moment ago is still being copied."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file, and what the document is called: its path in the folder that was named, or its own name."""

    path: Path
    name: str


def files_of(paths: list[Path]) -> list[Found]:
    """Files named, and those under folders named, hidden ones left out. Raises ServingError where a path is not there."""
    found: list[Found] = []
    for path in paths:
        if not path.exists():
            raise ServingError("no_path", path=path)
        if path.is_file():
            found.append(Found(path, path.name))
        else:
            found.extend(_inside(path))
    if not found:
        raise ServingError("no_file")
    return found


def ingest_files(client: Client, files: list[Found], language: cli_text.Language) -> list[dict[str, Any]]:
    """What became of each file, in order: `indexed`, `unchanged`, or `rejected` with its reason."""
    from tqdm import tqdm

    words = cli_text.say("indexing", language)
    sent = [_send(client, each, language) for each in tqdm(files, desc=words, file=sys.stderr)]
    with tqdm(total=len(files), desc=words, file=sys.stderr) as bar:
        for item in sent:
            if item["status"] == "queued":
                _await(client, item, bar.set_postfix_str)
            bar.update()
    return sent


def changed(paths: list[Path], stop: Any = None) -> Iterator[list[Found]]:
    """Files that are added or changed under the paths, as they settle, until `stop` (an event) is set or a person
    interrupts. Files that are deleted there stay taken in.
    """
    from watchfiles import Change, watch

    for changes in watch(*paths, stop_event=stop, raise_interrupt=True):
        touched = {Path(name) for change, name in changes if change != Change.deleted}
        files = [each for each in _known(paths) if each.path.resolve() in {path.resolve() for path in touched}]
        while any(_moving(each.path) for each in files):
            time.sleep(POLL_SECONDS)
        if files:
            yield files


def _known(paths: list[Path]) -> list[Found]:
    found: list[Found] = []
    for path in paths:
        found.extend(_inside(path) if path.is_dir() else [Found(path, path.name)] if path.is_file() else [])
    return found


def _inside(folder: Path) -> list[Found]:
    """Files under a folder, by path; what is hidden, or under a hidden folder, is left out."""
    files = (item for item in sorted(folder.rglob("*")) if item.is_file())
    named = ((item, item.relative_to(folder)) for item in files)
    return [Found(item, its.as_posix()) for item, its in named if not any(part.startswith(".") for part in its.parts)]


def _moving(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < SETTLED_SECONDS
    except OSError:
        return False


def _send(client: Client, found: Found, language: cli_text.Language) -> dict[str, Any]:
    item: dict[str, Any] = {
        "path": str(found.path), "status": "rejected", "document_id": None, "pages": 0, "chunks": 0, "reason": None,
    }  # fmt: skip
    try:
        answer = client.upload(found.path, found.name)
    except ClientError as error:
        return item | {"reason": error.title}
    except OSError:
        return item | {"reason": cli_text.say("unreadable", language)}
    item |= {"document_id": answer["document_id"], "status": answer["status"]}
    if item["status"] == "unchanged":
        known = client.document(item["document_id"])
        item |= {"pages": known["pages"], "chunks": known["chunks"]}
        if known["status"] in {"queued", "read"}:  # an earlier run was cut short, and this one sees it through
            item["status"] = "queued"
    return item


def _await(client: Client, item: dict[str, Any], say: Callable[[str], object]) -> None:
    while True:
        known = client.document(item["document_id"])
        if known["status"] in {"indexed", "rejected"}:
            item.update({key: known[key] for key in ("status", "pages", "chunks", "reason")})
            return
        say(_pace(client.intake()))
        time.sleep(POLL_SECONDS)


def _pace(intake: dict[str, Any]) -> str:
    """How far the document in hand is: `reading 120/1000 · 63.1 p/s`."""
    current = intake["current"]
    if not current or not current["all"]:
        return ""
    pace = f" · {intake['pages_per_second']} p/s" if intake["pages_per_second"] else ""
    return f"{current['stage']} {current['done']}/{current['all']}{pace}"
