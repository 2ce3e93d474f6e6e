"""`giljabi ingest`: files to the server one by one, and what became of each."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from serving.errors import ServingError
from ui import cli_text
from ui.client import Client
from ui.errors import ClientError

POLL_SECONDS = 0.2


def files_of(paths: list[Path]) -> list[Path]:
    """Files named, and those under folders named, hidden ones left out. Raises ServingError where a path is not there."""
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ServingError("no_path", path=path)
        inside = [path] if path.is_file() else sorted(item for item in path.rglob("*") if item.is_file())
        files.extend(item for item in inside if path.is_file() or not item.name.startswith("."))
    if not files:
        raise ServingError("no_file")
    return files


def ingest_files(client: Client, files: list[Path], language: cli_text.Language) -> list[dict[str, Any]]:
    """What became of each file, in order: `indexed`, `unchanged`, or `rejected` with its reason."""
    from tqdm import tqdm

    sent = [
        _send(client, path, language) for path in tqdm(files, desc=cli_text.say("indexing", language), file=sys.stderr)
    ]
    with tqdm(total=len(files), desc=cli_text.say("indexing", language), file=sys.stderr) as bar:
        for item in sent:
            if item["status"] == "queued":
                _await(client, item)
            bar.update()
    return sent


def _send(client: Client, path: Path, language: cli_text.Language) -> dict[str, Any]:
    item: dict[str, Any] = {
        "path": str(path), "status": "rejected", "document_id": None, "pages": 0, "chunks": 0, "reason": None,
    }  # fmt: skip
    try:
        answer = client.upload(path)
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


def _await(client: Client, item: dict[str, Any]) -> None:
    while True:
        known = client.document(item["document_id"])
        if known["status"] in {"indexed", "rejected"}:
            item.update({key: known[key] for key in ("status", "pages", "chunks", "reason")})
            return
        time.sleep(POLL_SECONDS)
