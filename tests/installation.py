"""A whole installation on real stores, with a fake embedder and a scripted model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from assistant.engine import Engine
from knowledge.ingest import Read
from knowledge.reading import here
from retrieval.embedding import TextEmbedder
from retrieval.korean import Tokenizer
from serving import build, web
from serving.accounts.roles import Role
from serving.build import Foundation
from serving.engines.chat import Endpoint
from serving.engines.control import EngineControl
from serving.home import Home
from serving.product import Engines, Product
from serving.settings import Settings
from tests.fakes import ScriptedModel, WordEmbedder, engine

NOWHERE = Endpoint("http://127.0.0.1:9/v1", "none", "scripted", "embedded")
OUTSIDE = Endpoint("http://127.0.0.1:9/v1", "none", "host", "vllm")
BY = "operator"


def control(of: Engine, endpoint: Endpoint = NOWHERE) -> EngineControl:
    return EngineControl(endpoint, of, None, lambda: None)


@dataclass(frozen=True)
class Installation:
    """What a test does to one: through the same doors as everybody, with keys it makes as the operator would."""

    base: Foundation
    product: Product
    http: TestClient

    def key(self, role: str, company: str | None = None) -> dict[str, str]:
        """Headers of a new key."""
        _, secret = self.base.office.make_key(Role(role), company, "", BY)
        return bearer(secret)

    def company(self, name: str) -> str:
        company, _ = self.base.office.add_company(name, BY)
        return company.company_id

    @property
    def operator(self) -> dict[str, str]:
        return bearer(self.base.machine.keys["operator"])

    @property
    def local(self) -> dict[str, str]:
        return bearer(self.base.machine.keys["local"])

    def add(self, name: str, data: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """A document added and waited for."""
        answer = self.http.post("/api/documents", files={"file": (name, data)}, headers=headers)
        assert answer.status_code == 202, answer.text
        identity = answer.json()["document_id"]
        deadline = time.monotonic() + 60
        known: dict[str, Any]
        while (known := self.http.get(f"/api/documents/{identity}", headers=headers).json())["status"] in {
            "queued",
            "read",
        }:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return known

    def await_indexed(self, headers: dict[str, str]) -> None:
        deadline = time.monotonic() + 60
        while any(
            item["status"] != "indexed" for item in self.http.get("/api/documents", headers=headers).json()["documents"]
        ):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@contextmanager
def installed(
    folder: Path,
    tokenizer: Tokenizer,
    *,
    engines: Engines | None = None,
    embedder: TextEmbedder | None = None,
    headers: bool = True,
    read: Read | None = here,
    **settings: Any,
) -> Iterator[Installation]:
    """An installation in `folder`. Its client acts as the local company unless `headers` is false. Files are read in this
    process, which is quicker to start, unless `read` is None.
    """
    wanted = Settings(home=folder, **settings)
    base = build.foundation(wanted, Home(wanted.home_path))
    silent = Engines(control(engine(ScriptedModel(script=lambda _: ""))))
    product = Product(wanted, base.stores, embedder or WordEmbedder(), tokenizer, engines or silent, read=read)
    product.start()
    with TestClient(
        web.app(base, product),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        raise_server_exceptions=False,
        headers=bearer(base.machine.keys["local"]) if headers else None,
    ) as http:
        yield Installation(base, product, http)
    base.databases.shared().dispose()
