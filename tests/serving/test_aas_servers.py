"""AAS servers of companies: connected by the operator, read when it is time, replaced when they change."""

from __future__ import annotations

import io
import socket
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistant.asof import korea
from knowledge import starter
from knowledge.aas.address import AasServerError
from knowledge.aas.server import Fetched, fetch
from knowledge.registry import Entry
from retrieval.korean import Tokenizer
from serving.aas_fetching import PERSON, AasFetching
from serving.aas_servers import AasServer, AasServers
from serving.audit import Action
from serving.disclosure import Disclosures
from serving.documents import Documents
from serving.errors import RequestError
from serving.paper import DisclosureRequest, Granted, Secrecy
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


def test_a_shell_that_changes_at_every_fetch_leaves_one_former_at_most(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("늘바뀌는")
    connected = servers.connect(company, URL, 60, "operator")
    reader = fetching(its, servers, plant)
    for value in range(6):
        plant.submodels[0]["submodelElements"][1]["value"] = str(value)
        noted = reader.fetch(connected.server_id)
        settled(its, company)
        held = [identity for _, _, identity in documents(its, company)]
        assert len(held) == min(value + 1, 2)
        assert set(noted.documents["urn:shell:1"]) == set(held)


def test_what_could_not_be_taken_in_does_not_pile_up_and_takes_nothing_away(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("못읽는")
    connected = servers.connect(company, URL, 60, "operator")
    reader = fetching(its, servers, plant)
    first = reader.fetch(connected.server_id).documents["urn:shell:1"][0]
    settled(its, company)
    for value in range(3):
        plant.submodels[0]["submodelElements"][1]["value"] = str(value)
        newest = reader.fetch(connected.server_id).documents["urn:shell:1"][-1]
        settled(its, company)
        with its.product.opened(company) as opened:
            opened.documents.own.registry.mark_rejected(newest, "damaged", {})
    assert [identity for _, _, identity in documents(its, company)] == [first, newest]
    reader.fetch(connected.server_id)
    settled(its, company)
    reader.fetch(connected.server_id)
    assert [identity for _, _, identity in documents(its, company)] == [newest]


def changed(its: Installation, company: str, servers: AasServers, plant: FakeAasServer, value: object) -> AasServer:
    """The server with another value, fetched from until nothing of it is still to come or to go."""
    plant.submodels[0]["submodelElements"][1]["value"] = value
    [server] = [each for each in servers.all(company) if each.url == URL]
    for _ in range(2):
        server = fetching(its, servers, plant).fetch(server.server_id)
        settled(its, company)
    return server


def test_what_a_person_added_or_another_document_holds_is_never_removed(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("사람의것")
    servers.connect(company, URL, 60, "operator")
    person = its.key("admin", company)
    [first] = changed(its, company, servers, plant, "1").documents["urn:shell:1"]
    with its.product.opened(company) as opened:
        data = opened.documents.own.registry.file(first).read_bytes()
    assert its.add("내 설명서.json", data, person)["document_id"] == first
    [second] = changed(its, company, servers, plant, "2").documents["urn:shell:1"]
    assert {each for _, _, each in documents(its, company)} == {first, second}

    with its.product.opened(company) as opened:
        data = opened.documents.own.registry.file(second).read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("값.json", data)
    holder = its.add("모음.zip", packed.getvalue(), person)["document_id"]
    settled(its, company)
    held = changed(its, company, servers, plant, "3")
    third = held.documents["urn:shell:1"][-1]
    assert {each for _, _, each in documents(its, company)} == {first, second, third, holder}
    its.http.delete(f"/api/documents/{holder}", headers=person)
    assert changed(its, company, servers, plant, "3").documents["urn:shell:1"] == [third]
    assert {each for _, _, each in documents(its, company)} == {first, third}


def test_a_file_two_shells_share_stays_while_one_of_them_has_it(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("같은파일")
    servers.connect(company, URL, 60, "operator")

    def manual(folder: str) -> dict[str, str]:
        return {"modelType": "File", "idShort": "M", "contentType": "text/markdown", "value": f"/{folder}/m.md"}

    for number in ("2", "3"):
        plant.shells.append(shell(f"urn:shell:{number}", f"urn:sm:{number}"))
        plant.submodels.append(submodel(f"urn:sm:{number}", manual(number), id_short=f"Doc{number}"))
        plant.files[f"urn:sm:{number}", "M"] = "# 설명서\n\n같은 것.\n".encode()
    changed(its, company, servers, plant, "1")
    plant.files["urn:sm:2", "M"] = "# 설명서\n\n다른 것.\n".encode()
    after = changed(its, company, servers, plant, "1").documents
    there = {each for _, _, each in documents(its, company)}
    assert {*after["urn:shell:2 m.md"], *after["urn:shell:3 m.md"]} <= there
    assert len(there) == 5


def test_files_of_one_name_in_a_shell_are_told_apart(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("같은이름")
    servers.connect(company, URL, 60, "operator")
    for name in ("A", "B"):
        file = {"modelType": "File", "idShort": name, "contentType": "text/markdown", "value": f"/{name}/m.md"}
        plant.submodels[0]["submodelElements"].append(file)
        plant.files["urn:sm:1", name] = f"# {name}\n\n설명.\n".encode()
    first = changed(its, company, servers, plant, "1").documents
    assert len(documents(its, company)) == 3
    assert changed(its, company, servers, plant, "1").documents == first


def test_what_was_handed_over_before_the_quota_is_remembered_and_the_rest_still_tried(
    its: Installation, servers: AasServers, plant: FakeAasServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = its.company("한도")
    connected = servers.connect(company, URL, 60, "operator")
    for number in ("2", "3"):
        plant.shells.append(shell(f"urn:shell:{number}", f"urn:sm:{number}"))
        plant.submodels.append(submodel(f"urn:sm:{number}", prop("P", "x" * 10 * int(number))))
    add = Documents.add

    def full(self: Documents, data: bytes, name: str, person: str) -> tuple[Entry, bool]:
        if b'"urn:sm:2"' in data:
            raise RequestError("quota", 413, limit_mb=1)
        return add(self, data, name, person)

    monkeypatch.setattr(Documents, "add", full)
    noted = fetching(its, servers, plant).fetch(connected.server_id)
    assert noted.reason == "quota"
    remembered = [identity for ids in noted.documents.values() for identity in ids]
    assert set(remembered) == {each for _, _, each in documents(its, company)}
    assert len(remembered) == 2


def test_a_mark_goes_on_to_the_next_version_and_grants_end_with_the_former(
    its: Installation, servers: AasServers, plant: FakeAasServer
) -> None:
    company = its.company("표시")
    servers.connect(company, URL, 60, "operator")
    [first] = changed(its, company, servers, plant, "1").documents["urn:shell:1"]
    with its.product.opened(company) as opened:
        opened.documents.mark_stays(first, stays=True)
    wiring = its.http.app.state.wiring  # type: ignore[attr-defined]
    disclosures: Disclosures = wiring.disclosures
    asked = disclosures.request(company, "표시", "host", wanted_paper())
    disclosures.grant(company, asked.disclosure_id, "admin", Granted(document_id=first))
    plant.submodels[0]["submodelElements"][1]["value"] = "2"
    reader: AasFetching = wiring.aas_fetching
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_read", partial(fetch, transport=plant.transport, sleep=lambda _: None))
        [server] = servers.all(company)
        reader.fetch(server.server_id)
        settled(its, company)
        assert disclosures.get(asked.disclosure_id).state == "granted"
        [second] = reader.fetch(server.server_id).documents["urn:shell:1"]
    assert second != first
    with its.product.opened(company) as opened:
        assert opened.documents.own.registry.get(second).stays_here
    ended = disclosures.get(asked.disclosure_id)
    assert (ended.state, ended.history[-1].actor) == ("withdrawn", PERSON)


def wanted_paper() -> DisclosureRequest:
    until = korea() + timedelta(days=30)
    secrecy = Secrecy(
        use_until=until, holders=["품질팀 김"], secrecy="지킨다", no_other_use="쓰지 않는다", damages="물어 준다",
        return_method="지운다", return_on=until,
    )  # fmt: skip
    return DisclosureRequest(
        purpose="불량 원인을 함께 찾음", ownership="협력사", price="없음", payment="없음", name="명판", scope="전부",
        deliver_on=korea(), delivery="길잡이", justification="납품한 부품의 불량", secrecy=secrecy,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "file"), [("a/b\\설명서.md", "설명서.md"), ("", "AAS"), ("\0\x1b", "AAS"), ("프레스　1호", "프레스 1호")]
)
def test_a_name_of_the_servers_becomes_one_of_a_file(
    its: Installation, servers: AasServers, name: str, file: str
) -> None:
    company = its.company(f"이름 {name!r}")
    made = servers.connect(company, URL, 60, "operator")
    found = [Fetched("urn:1", name, b'{"submodels": []}')]
    AasFetching(servers, its.product.opened, read=lambda _: found).fetch(made.server_id)
    assert [each for each, _, _ in documents(its, company)] == [f"{file} (aas.example:8081).json"]


def test_only_what_is_due_is_fetched(its: Installation) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    servers = AasServers(its.base.databases.shared(), lambda: at)
    made = servers.connect(its.company("시계"), URL, 30, "operator")
    assert made.due(at)
    noted = servers.note(made.server_id, None, {})
    assert not noted.due(at + timedelta(minutes=29))
    assert noted.due(at + timedelta(minutes=30))
    servers.disconnect(made.server_id)


def test_one_server_keeps_no_other_from_its_turn(its: Installation, servers: AasServers) -> None:
    """The first two fail in ways nobody foresaw, one of them in the database too; the third is asked all the same."""
    company = its.company("차례")
    hosts = ("first", "second", "third")
    made = [servers.connect(company, f"http://{host}.example", 60, "operator") for host in hosts]
    asked: list[str] = []

    def read(url: str) -> list[Fetched]:
        asked.append(url)
        if "third" in url:
            raise AasServerError("aas_server_empty", host="third.example")
        raise RuntimeError("unforeseen")

    class Failing(AasServers):
        def note(self, server_id: str, *rest: Any) -> AasServer:
            if server_id == made[1].server_id:
                raise OSError("the disk is full")
            return super().note(server_id, *rest)

    reader = AasFetching(Failing(its.base.databases.shared()), its.product.opened, read=read)
    reader.run()
    assert {f"http://{host}.example" for host in hosts} <= set(asked)
    reasons = [servers.get(each.server_id).reason for each in made]
    assert reasons == ["aas_server_failed", None, "aas_server_empty"]
    told = its.http.get("/api/aas/servers", headers=its.operator, params={"company": company}).json()["servers"]
    assert "first.example" in told[0]["said"]
    assert not servers.get(made[0].server_id).due(datetime.now(UTC))
    for each in made:
        servers.disconnect(each.server_id)


def test_the_thread_goes_on_after_a_fault_and_stops_when_told(its: Installation, servers: AasServers) -> None:
    company = its.company("스레드")
    made = servers.connect(company, URL, 60, "operator")
    looked: list[int] = []

    class Stumbling(AasServers):
        def all(self, company_id: str | None = None) -> list[AasServer]:
            looked.append(1)
            if len(looked) == 1:
                raise OSError("unforeseen")
            return super().all(company_id)

    def read(_: str) -> list[Fetched]:
        raise AasServerError("aas_server_unreachable", host="aas.example:8081")

    thread = AasFetching(Stumbling(its.base.databases.shared()), its.product.opened, read=read, pause=0.01)
    thread.start()
    deadline = time.monotonic() + 10
    while servers.get(made.server_id).reason != "aas_server_unreachable":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    thread.stop()
    assert len(looked) >= 2
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
