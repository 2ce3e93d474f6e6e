"""AAS servers of companies: connected by the operator, read when it is time, replaced when they change."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from knowledge import starter
from knowledge.aas.server import AasServerError, Fetched, fetch
from retrieval.korean import Tokenizer
from serving.aas_fetching import PERSON, AasFetching
from serving.aas_servers import AasServers
from serving.audit import Action
from serving.errors import RequestError
from tests.aas_server import FakeAasServer, prop, shell, submodel
from tests.installation import Installation, installed

URL = "http://aas.example:8081"


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: [("공용.md", "# 공용\n\n자율형공장.\n".encode())])
        patch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
        home: Path = tmp_path_factory.mktemp("home")
        with installed(home, tokenizer) as its:
            yield its


@pytest.fixture
def servers(its: Installation) -> AasServers:
    return AasServers(its.base.databases.shared())


@pytest.fixture
def plant() -> FakeAasServer:
    made = submodel("urn:sm:1", prop("ManufacturerName", "한빛정밀"), prop("RatedVoltage", "220"))
    return FakeAasServer(shells=[shell("urn:shell:1", "urn:sm:1")], submodels=[made])


def fetching(its: Installation, servers: AasServers, plant: FakeAasServer) -> AasFetching:
    read = partial(fetch, transport=plant.transport, sleep=lambda _: None)
    books = its.base.office.books

    def record(company: str, action: Action, document_id: str) -> None:
        books.record(company, PERSON, action, document_id)

    return AasFetching(servers, its.product.opened, record, read, pause=0.05)


def documents(its: Installation, company: str) -> list[tuple[str, str, str]]:
    """(name, who added it, id) of what a company has."""
    with its.product.opened(company) as opened:
        entries = opened.documents.own.registry.entries()
    return [(entry.name, entry.added_by, entry.document_id) for entry in entries]


def settled(its: Installation, company: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        with its.product.opened(company) as opened:
            if all(entry.status in {"indexed", "rejected"} for entry in opened.documents.own.registry.entries()):
                return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_a_server_holds_becomes_the_companys_documents(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("한빛정밀")
    connected = servers.connect(company, f"{URL}/", 60, "operator")
    reader = fetching(its, servers, plant)
    done = reader.fetch(connected.server_id)
    assert (done.reason, dict(done.details)) == (None, {"shells": 1, "missing": 0})
    [(name, person, first)] = documents(its, company)
    assert (name, person) == ("Press (aas.example:8081).json", PERSON)
    settled(its, company)
    with its.product.opened(company) as opened:
        document = opened.documents.own.registry.document(first)
    stated = {section.element.path: section.element.value for section in document.sections if section.element}
    assert (document.kind, stated["Nameplate/RatedVoltage"]) == ("aas", "220")
    again = reader.fetch(connected.server_id)
    assert again.documents == done.documents
    assert len(documents(its, company)) == 1

    plant.submodels[0]["submodelElements"][1]["value"] = "380"
    changed = reader.fetch(connected.server_id)
    settled(its, company)
    reader.fetch(connected.server_id)
    [(_, _, second)] = documents(its, company)
    assert second != first
    assert changed.documents["urn:shell:1"][-1] == second
    log = its.http.get("/api/audit", headers=its.key("admin", company)).json()["entries"]
    done = [(entry["action"], entry["subject"]) for entry in log if entry["actor"] == PERSON]
    assert done == [("document_deleted", first), ("document_added", second), ("document_added", first)]


def test_a_server_that_fails_says_so_and_keeps_what_it_gave(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("멈춘서버")
    connected = servers.connect(company, URL, 60, "operator")
    reader = fetching(its, servers, plant)
    before = reader.fetch(connected.server_id)
    plant.faults = [503] * 3
    after = reader.fetch(connected.server_id)
    assert (after.reason, after.details["status"]) == ("aas_server_status", 503)
    assert after.documents == before.documents
    assert len(documents(its, company)) == 1
    told = its.http.get("/api/aas/servers", headers=its.operator, params={"company": company}).json()["servers"]
    assert (told[0]["state"], "503" in told[0]["said"]) == ("failed", True)


def test_a_shell_that_is_gone_stays_as_it_was_last_seen(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("줄어든서버")
    connected = servers.connect(company, URL, 60, "operator")
    reader = fetching(its, servers, plant)
    plant.shells.append(shell("urn:shell:2", "urn:sm:1", id_short="Robot"))
    reader.fetch(connected.server_id)
    plant.shells.pop()
    assert set(reader.fetch(connected.server_id).documents) == {"urn:shell:1", "urn:shell:2"}
    assert len(documents(its, company)) == 2


def test_only_what_is_due_is_fetched(its: Installation) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    servers = AasServers(its.base.databases.shared(), lambda: at)
    made = servers.connect(its.company("시계"), URL, 30, "operator")
    assert made.due(at)
    noted = servers.note(made.server_id, None, {})
    assert not noted.due(at + timedelta(minutes=29))
    assert noted.due(at + timedelta(minutes=30))
    servers.disconnect(made.server_id)


def test_the_thread_goes_on_after_a_fault_and_stops_when_told(its: Installation, servers: AasServers) -> None:
    company = its.company("스레드")
    made = servers.connect(company, URL, 60, "operator")
    asked: list[str] = []

    def read(url: str) -> list[Fetched]:
        asked.append(url)
        if len(asked) == 1:
            raise RuntimeError("unforeseen")
        raise AasServerError("aas_server_unreachable", host="aas.example:8081")

    thread = AasFetching(servers, its.product.opened, read=read, pause=0.01)
    thread.start()
    deadline = time.monotonic() + 10
    while servers.get(made.server_id).reason != "aas_server_unreachable":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    thread.stop()
    assert len(asked) >= 2
    servers.disconnect(made.server_id)


def test_a_thread_never_started_stops_too(its: Installation, servers: AasServers) -> None:
    AasFetching(servers, its.product.opened).stop()


def test_the_operator_connects_lists_and_disconnects(its: Installation) -> None:
    company = its.company("연결")
    wanted = {"company": "연결", "url": URL, "every_minutes": 10}
    made = its.http.post("/api/aas/servers", json=wanted, headers=its.operator)
    assert (made.status_code, made.json()["company_id"], made.json()["state"]) == (201, company, "new")
    assert its.http.post("/api/aas/servers", json=wanted, headers=its.operator).status_code == 409
    identity = made.json()["server_id"]
    admin = its.key("admin", company)
    seen = its.http.get("/api/aas/connections", headers=admin).json()["servers"]
    assert [each["server_id"] for each in seen] == [identity]
    assert its.http.get("/api/aas/connections", headers=its.local).json()["servers"] == []
    assert its.http.post("/api/aas/servers", json=wanted, headers=admin).status_code == 403
    assert its.http.delete(f"/api/aas/servers/{identity}", headers=its.operator).status_code == 204
    gone = its.http.delete(f"/api/aas/servers/{identity}", headers=its.operator)
    assert (gone.status_code, "AAS 서버" in gone.json()["title"]) == (404, True)
    log = its.http.get("/api/audit", headers=admin).json()["entries"]
    assert [entry["action"] for entry in log if entry["subject"] == identity] == ["aas_disconnected", "aas_connected"]


def test_fetching_by_hand_tells_how_it_went(its: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    its.company("손으로")
    wanted = {"company": "손으로", "url": "http://127.0.0.1:9"}
    identity = its.http.post("/api/aas/servers", json=wanted, headers=its.operator).json()["server_id"]
    reader = its.http.app.state.wiring.aas_fetching  # type: ignore[attr-defined]
    monkeypatch.setattr(reader, "_read", partial(fetch, sleep=lambda _: None))
    told = its.http.post(f"/api/aas/servers/{identity}/fetch", headers=its.operator).json()
    assert (told["state"], "127.0.0.1:9" in told["said"]) == ("failed", True)


@pytest.mark.parametrize("url", ["ftp://x", "http://u:p@x", "http://169.254.169.254", "x"])
def test_what_is_no_address_is_refused_in_a_sentence(its: Installation, url: str) -> None:
    its.company(f"주소 {url}")
    answer = its.http.post("/api/aas/servers", json={"company": f"주소 {url}", "url": url}, headers=its.operator)
    assert (answer.status_code, answer.json()["title"][:7]) == (422, "AAS 서버 ")


def test_a_company_that_leaves_takes_its_servers_along(its: Installation, servers: AasServers) -> None:
    company = its.company("떠나는")
    made = servers.connect(company, URL, 60, "operator")
    its.base.office.accounts.companies.remove(company)
    with pytest.raises(RequestError):
        servers.get(made.server_id)
