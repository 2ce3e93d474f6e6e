"""What the API says of itself is so: made-up requests of every kind, from every role, over the schema it serves."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.case_entries import Note
from assistant.casefile import CaseFile
from knowledge import starter
from knowledge.aas.drafts import Drafts
from knowledge.aas.server import Limits, fetch
from knowledge.document import Document, Locator, Section
from retrieval.korean import Tokenizer
from serving.aas_servers import AasServers
from serving.accounts.roles import OF_A_COMPANY, Role
from serving.disclosure import Disclosures
from serving.product import Engines
from tests.e2e.conftest import free_port
from tests.fakes import ScriptedModel, engine
from tests.installation import BY, Installation, bearer, control, installed
from tests.serving.test_disclosure import ASKED

pytestmark = pytest.mark.e2e

LIBRARY = [("공용.md", "# 공용 자료\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SEED = 20261123
EXAMPLES = int(os.environ.get("EX", "4"))
NOBODY, GLASS = "nobody", "break glass"


@dataclass(frozen=True)
class Site:
    """An installation with a company, served on loopback; headers by who calls."""

    its: Installation
    url: str
    company: str
    admin: str
    callers: dict[str, dict[str, str]]
    serial: Iterator[int]

    def ids(self) -> dict[str, str]:
        """Of things the company has now. They are made for one operation, which may delete them."""
        office, number = self.its.base.office, next(self.serial)
        text = f"# 설비 {number}\n\n설비 {number}의 점검 주기는 {number}개월이다.\n"
        key, _ = office.make_key(Role.STAFF, self.company, "", BY)
        consultant, _ = office.make_key(Role.CONSULTANT, None, "", BY)
        person = office.accounts.people.add(Role.STAFF, self.company, "누구")
        asked = Disclosures(self.its.base.databases.shared(), lambda *_, **__: None).request(
            self.company, "협력사", BY, ASKED
        )
        with self.its.product.opened(self.company) as opened:
            document, _ = opened.documents.add(text.encode(), f"{number}.md", BY)
            conversation, _ = opened.records.open_turn(self.admin, "점검 주기는?", None)
            plate = Document("명판", "text/plain", (Section(0, Locator("1행"), f"제조사: 한빛 {number}"),))
            draft = Drafts(opened.place.database).create("초안", [("doc-1", plate)], BY).draft
            entry = CaseFile(opened.place.database).add(Note(text="메모"), BY, date(2026, 11, 23))
        server = AasServers(self.its.base.databases.shared()).connect(
            self.company, f"http://127.0.0.1:9/{number}", 60, BY
        )
        return {
            "document_id": document.document_id,
            "conversation_id": conversation,
            "disclosure_id": asked.disclosure_id,
            "key_id": key.key_id,
            "grant_id": office.grant(self.company, consultant.key_id, 3, BY).grant_id,
            "person_id": person.person_id,
            "draft_id": draft.draft_id,
            "entry_id": entry.entry_id,
            "server_id": server.server_id,
            "company": self.company,
            "token": office.invite(Role.STAFF, self.company, "", BY),
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def site(tmp_path: Path, tokenizer: Tokenizer, request: pytest.FixtureRequest) -> Iterator[Site]:
    engines = Engines(control(engine(ScriptedModel(script=lambda prompt: prompt[-300:]))))
    unhurried = {"person_a_minute": 10**6, "company_a_minute": 10**6}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: LIBRARY)
        url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
        home = tmp_path / "home"
        with (
            installed(home, tokenizer, engines=engines, headers=False, database_url=url, **unhurried) as its,
            served(its) as url,
        ):
            app: Any = its.http.app
            app.state.wiring.aas_fetching._read = partial(fetch, limits=Limits(tries=1))  # nobody listens there
            yield made(its, url)


@contextmanager
def served(its: Installation) -> Iterator[str]:
    port = free_port()
    app: Any = its.http.app
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def made(its: Installation, url: str) -> Site:
    """Somebody of every role, all of one company or let in by it."""
    office, company = its.base.office, its.company("협력사")
    callers = {str(role): its.key(role, company if role in OF_A_COMPANY else None) for role in Role}
    consultant, secret = office.make_key(Role.CONSULTANT, None, "", BY)
    office.grant(company, consultant.key_id, 7, BY)
    _, glass = office.break_glass(company, "시험", 200, BY)
    callers |= {"consultant": bearer(secret), GLASS: bearer(glass), NOBODY: {}}
    admin = office.accounts.keys.find(callers[Role.ADMIN]["Authorization"].removeprefix("Bearer "))
    assert admin
    return Site(its, url, company, admin.key_id, callers, itertools.count())


def test_what_the_schema_says_is_so(site: Site) -> None:
    schema = schemathesis.openapi.from_url(f"{site.url}/openapi.json", headers=site.callers["admin"], timeout=60)
    otherwise: list[str] = []
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for ids in ({}, site.ids()):
                known = {name: ids[name] for name in ids if f"{{{name}}}" in operation.path}
                if known or not ids:
                    cases = operation.as_strategy(mode, path_parameters=known or None)
                    tried += attempt(cases, list(site.callers.items()), otherwise)
    assert not otherwise, "\n\n".join(otherwise)
    assert tried > 1000


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\udfff\\ud800"])
def test_text_that_no_database_keeps_is_refused(site: Site, bad: str) -> None:
    """A NUL and halves of characters, as JSON can spell them, wherever a text is taken."""
    bodies = {
        ("admin", "POST", "/api/ask"): '{"question": "점검 %s 주기"}',
        ("staff", "POST", "/v1/chat/completions"): '{"messages": [{"role": "user", "content": "%s 주기"}]}',
        ("staff", "POST", "/v1/chat/completions "): '{"messages": [{"role": "user", "content": "a", "x": {"%s": 1}}]}',
        ("admin", "POST", "/api/company/keys"): '{"name": "a%s"}',
        ("staff", "POST", "/api/casefile/entries"): '{"kind": "note", "text": "a%s"}',
        ("staff", "POST", "/api/casefile/entries "): '{"kind": "note", "text": "a", "%s": 1}',
        ("staff", "PUT", "/api/casefile/wishes"): '{"losses": {"%s": 1}}',
        ("admin", "PUT", "/api/company/consents"): '{"overview": true, "facts": {"sector": "%s"}}',
        ("operator", "POST", "/api/companies"): '{"name": "회사%s"}',
        ("operator", "POST", "/api/users"): '{"role": "staff", "company": "%s"}',
        (NOBODY, "POST", "/api/session"): '{"login": "abc%s", "password": "a long password 1"}',
        (
            NOBODY,
            "POST",
            "/api/invitations",
        ): '{"token": "t", "name": "%s", "login": "abc", "password": "a long password"}',
    }
    with requests.Session() as session:
        for (who, method, path), body in bodies.items():
            headers = {**site.callers[who], "Content-Type": "application/json"}
            answer = session.request(method, site.url + path.strip(), headers=headers, data=(body % bad).encode())
            assert answer.status_code == 422, (path, answer.status_code, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("depth", [100, 900, 950, 990, 100_000])
def test_what_is_nested_too_deep_is_refused(site: Site, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    headers = {**site.callers["staff"], "Content-Type": "application/json"}
    for path, body in {
        "/v1/chat/completions": '{"messages": [{"role": "user", "content": "a", "x": %s}]}',
        "/api/ask": '{"question": %s}',
    }.items():
        answer = requests.post(site.url + path, headers=headers, data=body % deep, timeout=60)
        assert answer.status_code in {200, 400, 422}, answer.text


def test_addresses_that_no_database_keeps_are_refused(site: Site) -> None:
    admin, operator = site.callers["admin"], site.callers["operator"]
    with requests.Session() as session:
        for who, path in [
            (admin, "/api/documents/%00"),
            (admin, "/api/conversations/a%00b"),
            (admin, "/api/search?q=%00"),
            (admin, "/api/search?q=%ED%A0%80"),
            (admin, "/api/audit?before=99999999999999999999"),
            (operator, "/api/users?company=%00"),
            (operator, "/api/keys?company=" + "x" * 5000),
            ({}, "/api/invitations/%00"),
        ]:
            answer = session.get(site.url + path, headers=who)
            assert answer.status_code in {200, 404, 410, 422}, (path, answer.status_code, answer.text)
        upload = {"file": ("a\0b\n.md", "# 제목\n\n점검 주기는 석 달이다.\n".encode() + b"\0")}
        assert session.post(f"{site.url}/api/documents", headers=admin, files=upload).status_code in {202, 400, 422}


def attempt(cases: SearchStrategy[Case], callers: list[tuple[str, dict[str, str]]], otherwise: list[str]) -> int:
    """Each of some made-up requests from each of the callers: how many. What is wrong is added to `otherwise`.

    Each caller is the first once in a while: what one deletes, the others find gone.
    """
    tried = 0

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def each(case: Case) -> None:
        nonlocal tried
        callers.append(callers.pop(0))
        for name, headers in callers:
            tried += 1
            try:
                case.call_and_validate(headers=headers, checks=CHECKS, session=session, timeout=60)
            except* Failure as failures:
                otherwise.extend(f"{name}: {case.operation.label}: {one}" for one in failures.exceptions)

    with requests.Session() as session, suppress(Unsatisfiable):  # not every operation can be asked wrongly
        each()
    return tried
