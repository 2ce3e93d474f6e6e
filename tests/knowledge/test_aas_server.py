"""Reading from a live AAS server: paging, identifiers, files, limits, and faults told in a sentence."""

from __future__ import annotations

import ipaddress
import json
import socket
import subprocess
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.aas import address
from knowledge.aas.address import AasServerError, checked
from knowledge.aas.server import Fetched, Limits, encoded, fetch
from knowledge.text import sentence
from tests.aas_server import FakeAasServer, Streamed, decoded, prop, shell, submodel

URL = "http://aas.example:8081"


@pytest.fixture(autouse=True)
def no_names_are_looked_up(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if not request.node.get_closest_marker("proof"):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])


def full() -> FakeAasServer:
    manual = {"modelType": "File", "idShort": "Manual", "contentType": "text/markdown", "value": "/aasx/m.md"}
    documents = {
        "modelType": "SubmodelElementList",
        "idShort": "Documents",
        "value": [{"modelType": "SubmodelElementCollection", "value": [manual]}],
    }
    return FakeAasServer(
        shells=[shell("urn:셸:2", "urn:sm:2"), shell("urn:셸:1", "urn:sm:1", id_short="Robot")],
        submodels=[
            submodel("urn:sm:1", prop("ManufacturerName", "한빛정밀", "urn:c:name")),
            submodel("urn:sm:2", documents),
            submodel("urn:sm:3", prop("X", "1")),
        ],
        concepts=[{"modelType": "ConceptDescription", "id": each} for each in ("urn:c:name", "urn:c:unused")],
        files={("urn:sm:2", "Documents[0].Manual"): b"# manual"},
    )


def fetched(server: FakeAasServer, limits: Limits | None = None, url: str = URL) -> list[Fetched]:
    return fetch(url, limits, transport=server.transport, sleep=lambda _: None)


def refused(server: FakeAasServer, limits: Limits | None = None) -> AasServerError:
    with pytest.raises(AasServerError) as error:
        fetched(server, limits)
    for language in ("ko", "en"):
        assert sentence(error.value.reason, language, error.value.details)  # type: ignore[arg-type]
    return error.value


def ids(found: Fetched, kind: str) -> list[str]:
    environment: dict[str, Any] = json.loads(found.environment)
    return [each["id"] for each in environment.get(kind, [])]


def test_each_shell_comes_with_its_submodels_concepts_and_files() -> None:
    rest, robot, press = fetched(full())
    assert (robot.shell_id, robot.name) == ("urn:셸:1", "Robot")
    assert ids(robot, "submodels") == ["urn:sm:1"]
    assert ids(robot, "conceptDescriptions") == ["urn:c:name"]
    assert press.files == (("m.md", b"# manual"),)
    assert (rest.shell_id, ids(rest, "submodels")) == ("", ["urn:sm:3"])


@pytest.mark.parametrize("page", [1, 2, 7])
def test_all_pages_are_read(page: int) -> None:
    server = FakeAasServer(
        shells=[shell(f"urn:{n:02}", f"urn:sm:{n}") for n in range(7)],
        submodels=[submodel(f"urn:sm:{n}", prop("P", str(n))) for n in range(7)],
    )
    found = fetched(server, Limits(page=page))
    assert [each.shell_id for each in found] == [f"urn:{n:02}" for n in range(7)]
    assert all(not each.missing for each in found)


def test_nothing_new_is_the_same_bytes_in_whatever_order_it_is_listed() -> None:
    server, other = full(), full()
    other.shells.reverse()
    other.submodels.reverse()
    other.submodels = [dict(reversed(each.items())) for each in other.submodels]
    assert fetched(server) == fetched(other)
    other.submodels[0]["submodelElements"] = [prop("X", "2")]
    assert fetched(server) != fetched(other)


@pytest.mark.parametrize("below", ["", "/api/v3.0", "/api/v3.1"])
def test_the_interface_is_found_below_the_address(below: str) -> None:
    server = full()
    server.below = below
    assert len(fetched(server)) == 3
    assert len(fetched(server, url=f"{URL}{below}/")) == 3


def test_a_repository_of_submodels_alone_is_one_environment() -> None:
    server = full()
    server.hidden = {"shells", "concept-descriptions"}
    [found] = fetched(server)
    assert (found.shell_id, found.name) == ("", "aas.example:8081")
    assert ids(found, "submodels") == ["urn:sm:1", "urn:sm:2", "urn:sm:3"]


def test_a_submodel_the_server_does_not_have_is_named() -> None:
    server = full()
    server.shells.append(shell("urn:셸:3", "urn:sm:none"))
    assert next(each for each in fetched(server) if each.shell_id == "urn:셸:3").missing == ("urn:sm:none",)


def test_a_server_that_stumbles_is_asked_again() -> None:
    server = full()
    server.faults = [503, 503]
    assert len(fetched(server)) == 3
    server.faults = [503] * 9
    assert (refused(server).reason, refused(server).details["status"]) == ("aas_server_status", 503)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "aas_server_refused"), (403, "aas_server_refused"), (302, "aas_server_status"), (418, "aas_server_status")],
)
def test_other_answers_are_told_at_once(status: int, reason: str) -> None:
    server = full()
    server.faults = [status, status]
    assert refused(server).reason == reason


def test_pages_that_never_end_and_overlap_end() -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        items = [shell("urn:1")] if request.url.path.endswith("/shells") else []
        return httpx.Response(200, json={"result": items, "paging_metadata": {"cursor": "again"}})

    [found] = fetch(URL, transport=Streamed(endless))
    assert found.shell_id == "urn:1"

    def growing(request: httpx.Request) -> httpx.Response:
        at = int(request.url.params.get("cursor", "0"))
        return httpx.Response(200, json={"result": [shell(f"urn:{at}")], "paging_metadata": {"cursor": str(at + 1)}})

    with pytest.raises(AasServerError) as error:
        fetch(URL, Limits(pages=20), transport=Streamed(growing))
    assert error.value.reason == "aas_server_too_large"


def test_a_server_that_holds_too_much_or_takes_too_long_is_given_up() -> None:
    server = full()
    server.files = {("urn:sm:2", "Documents[0].Manual"): b"x" * 1_100_000}
    assert refused(server, Limits(megabytes=1)).reason == "aas_server_too_large"
    assert refused(full(), Limits(seconds=-1)).reason == "aas_server_slow"


@pytest.mark.parametrize("body", [b"<html>", b'"x"', b"{}", b'{"result": 3}', b"[" * 5000])
def test_answers_of_another_shape_are_told(body: bytes) -> None:
    transport = Streamed(lambda _: httpx.Response(200, content=body))
    with pytest.raises(AasServerError) as error:
        fetch(URL, transport=transport)
    assert error.value.reason == "aas_server_answer"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (httpx.ConnectError("x"), "aas_server_unreachable"),
        (httpx.ReadTimeout("x"), "aas_server_slow"),
        (httpx.ReadError("x"), "aas_server_unreachable"),
    ],
)
def test_what_the_network_does_is_told(fault: Exception, reason: str) -> None:
    def failing(_: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(AasServerError) as error:
        fetch(URL, transport=Streamed(failing), sleep=lambda _: None)
    assert error.value.reason == reason


def test_an_empty_server_says_so() -> None:
    assert refused(FakeAasServer()).reason == "aas_server_empty"


def test_only_the_address_given_is_asked() -> None:
    """A file's value and a redirection name other places; neither is followed."""
    server = full()
    server.submodels[1]["submodelElements"] = [
        {"modelType": "File", "idShort": "F", "contentType": "text/plain", "value": "http://169.254.169.254/secret"}
    ]
    fetched(server)
    assert all(path.startswith(("/api/v3.0/", "/shells", "/submodels")) for path in server.asked)


@pytest.mark.parametrize(
    "url",
    ["", "aas.example", "ftp://x", "http://", "http://u:p@x", "http://x?a=1", "http://x#a", "http://x:99999", "file:///etc/passwd",
     "http://169.254.169.254", "http://[fe80::1]", "http://[::ffff:169.254.169.254]", "http://[fd00:ec2::254]", "http://[::1",
     "http://2852039166", "http://0xa9fea9fe/x", "http://[64:ff9b::a9fe:a9fe]", "http://[2002:a9fe:a9fe::1]",
     "http://[::169.254.169.254]", "http://100.100.100.200", "http://[::ffff:168.63.129.16]"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(AasServerError) as error:
        checked(url)
    assert error.value.reason == "aas_server_address"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://[::1]/", "http://10.0.0.5", "http://[::ffff:10.0.0.5]", "http://plc"]
)
def test_addresses_inside_a_plant_are_taken(url: str) -> None:
    assert checked(url) == url.rstrip("/")


@pytest.mark.parametrize("found", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "fe80::1%eth0"])
def test_a_name_of_a_forbidden_address_is_refused(monkeypatch: pytest.MonkeyPatch, found: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (found, 80))])
    assert refused(full()).reason == "aas_server_address"


def test_a_name_that_can_be_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(AasServerError) as error:
        fetch(f"http://{'a' * 64}.example")
    assert error.value.reason == "aas_server_address"


def test_nothing_is_sent_where_a_name_leads_elsewhere_when_it_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is that of a harmless address when it is checked, and of a forbidden one a moment later."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))] for host in ("10.1.2.3", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.pop(0) if len(answers) > 1 else answers[0])
        monkeypatch.setattr(address, "METADATA", {ipaddress.ip_address("127.0.0.1")})
        with pytest.raises(AasServerError) as error:
            fetch(f"http://rebinding.example:{port}", sleep=lambda _: None)
        assert error.value.reason == "aas_server_address"
        connection, _ = listening.accept()
        with connection:
            heard.append(connection.recv(1))
    assert heard == [b""]


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "br", "x" * 99])
def test_compressed_answers_are_refused_unread(encoding: str) -> None:
    def pieces() -> Iterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    asked: list[str] = []

    def packed(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Accept-Encoding"])
        return httpx.Response(200, headers={"Content-Encoding": encoding}, content=pieces())

    with pytest.raises(AasServerError) as error:
        fetch(URL, transport=Streamed(packed))
    assert error.value.reason == "aas_server_compressed"
    assert asked == ["identity"]
    assert encoding[:40] in sentence(error.value.reason, "ko", error.value.details)


def test_one_answer_in_json_is_read_no_further_than_its_limit() -> None:
    sent: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            sent.append(number)
            yield b" " * 100_000

    with pytest.raises(AasServerError) as error:
        fetch(URL, Limits(answer_mb=1), transport=Streamed(lambda _: httpx.Response(200, content=pieces())))
    assert (error.value.reason, error.value.details["limit_mb"], len(sent)) == ("aas_server_answer_large", 1, 11)
    server = full()
    server.files = {("urn:sm:2", "Documents[0].Manual"): b"x" * 1_100_000}
    assert [len(data) for each in fetched(server, Limits(answer_mb=1)) for _, data in each.files] == [1_100_000]


def test_halves_of_characters_keep_nothing_from_being_read() -> None:
    half = "\ud800"
    manual = {"modelType": "File", "idShort": half, "contentType": "text/plain", "value": f"/a/{half}.txt"}
    server = full()
    server.shells.append(shell(f"urn:{half}", f"urn:sm:{half}", "urn:sm:4", id_short=half))
    server.submodels.append(submodel("urn:sm:4", manual))
    server.files["urn:sm:4", "?"] = b"text"
    found = {each.shell_id: each for each in fetched(server)}
    assert set(found) == {"", "urn:?", "urn:셸:1", "urn:셸:2"}
    broken = found["urn:?"]
    assert (broken.name, broken.missing, broken.files) == ("?", ("urn:sm:?",), (("?.txt", b"text"),))


@pytest.mark.parametrize("identity", ["x" * 70_000, "urn:1"])
def test_what_cannot_be_asked_for_is_told(identity: str) -> None:
    """An id longer than an address may be; a cursor no address can hold."""

    def odd(request: httpx.Request) -> httpx.Response:
        made = {"id": identity, "submodels": [{"keys": [{"value": identity}]}]}
        items = [made] if request.url.path.endswith("/shells") else []
        return Streamed(lambda _: httpx.Response(200, content=json.dumps(body(items)))).handle_request(request)

    def body(items: list[Any]) -> dict[str, Any]:
        return {"result": items, "paging_metadata": {"cursor": "\ud800"} if identity == "urn:1" else {}}

    with pytest.raises(AasServerError) as error:
        fetch(URL, transport=Streamed(odd), sleep=lambda _: None)
    assert error.value.reason == "aas_server_answer"


def test_a_reference_to_nothing_is_not_asked_for() -> None:
    server = full()
    server.shells[0]["submodels"] = [{"keys": [{"type": "Submodel"}]}, {"keys": [{"value": ""}]}]
    assert [each.missing for each in fetched(server)] == [(), (), ()]
    assert "/api/v3.0/submodels/" not in server.asked


@pytest.mark.parametrize("keys", [5, "x", None, [5], {"value": 1}])
def test_keys_of_another_shape_are_no_concepts(keys: object) -> None:
    server = full()
    server.submodels[0]["semanticId"] = {"keys": keys}
    assert len(fetched(server)) == 3


@given(st.text())
def test_identifiers_go_into_paths_unpadded(identifier: str) -> None:
    part = encoded(identifier)
    assert decoded(part) == identifier.encode(errors="replace").decode()
    assert part.isascii()
    assert "/" not in part


SERVER = """
import io, sys
from basyx.aas import model
from basyx.aas.adapter.aasx import DictSupplementaryFileContainer
from basyx.aas.adapter.http import WSGIApp
from werkzeug.serving import run_simple
files, store = DictSupplementaryFileContainer(), model.DictObjectStore()
name = files.add_file("/aasx/files/manual.md", io.BytesIO(b"# manual"), "text/markdown")
for n in range(230):
    elements = [model.Property("P", model.datatypes.String, str(n))]
    if n == 5:
        elements.append(model.SubmodelElementCollection("Documents", value=[model.File("Manual", "text/markdown", name)]))
    made = model.Submodel(f"urn:sm:{n:03}", id_short=f"Doc{n}", submodel_element=elements)
    store.add(made)
    asset = model.AssetInformation(model.AssetKind.INSTANCE, f"urn:asset:{n}")
    references = {model.ModelReference.from_referable(made)}
    store.add(model.AssetAdministrationShell(asset, f"urn:shell:{n:03}", id_short=f"Shell{n}", submodel=references))
run_simple("127.0.0.1", int(sys.argv[1]), WSGIApp(store, files, base_path="/api/v3.0"), threaded=True)
"""


@pytest.fixture
def basyx(tmp_path: Path) -> Iterator[str]:
    """The address of the server that came with the BaSyx Python SDK until 1.2, in an environment of its own."""
    folder = tmp_path / "basyx"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "basyx-python-sdk==1.2.1"]
    if subprocess.run(pip, check=False, capture_output=True, timeout=300).returncode:
        pytest.skip("basyx-python-sdk 1.2.1 cannot be installed: no package index is reached")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    server = subprocess.Popen(
        [str(python), str(script), str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@pytest.mark.proof
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_real_server_is_read_whole(basyx: str) -> None:
    found = fetch(basyx)
    assert len(found) == 230
    assert not any(each.missing for each in found)
    assert found[5].files == (("manual.md", b"# manual"),)
    assert fetch(basyx) == found
