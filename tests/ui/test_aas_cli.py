"""`giljabi aas` against a whole installation that listens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from knowledge import starter
from knowledge.aas.server import fetch
from retrieval.korean import Tokenizer
from serving import web
from serving.home import Server
from tests.installation import Installation, installed
from tests.ui.server import serving
from ui import aas, start
from ui.client import Client
from ui.errors import ClientError

PLATE = "# HB-200 사용설명서\n\n제조사: (주)한빛정밀\n제품명: 서보 프레스\n정격전압: 220 V\n"
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[tuple[Installation, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: [("공용.md", "# 공용\n\n자율형공장.\n".encode())])
        home: Path = tmp_path_factory.mktemp("home")
        with installed(home, tokenizer) as its:
            app = web.app(its.base, its.product)
            app.state.wiring.aas_fetching._read = partial(fetch, sleep=lambda _: None)
            with serving(lambda _: app) as url:
                yield its, url


@pytest.fixture
def run(house: tuple[Installation, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command through the running server: (exit code, what it printed)."""
    its, url = house
    server = Server(1, url, its.base.machine.keys)

    class Running:
        def __init__(self, *_: Any, **__: Any) -> None: ...

        def __enter__(self) -> Server:
            return server

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(start, "running_server", Running)

    def ran(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(aas.app, [str(each) for each in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return ran


@pytest.fixture
def plate(tmp_path: Path) -> str:
    path = tmp_path / "명판.md"
    path.write_text(PLATE, encoding="utf-8")
    return str(path)


def test_a_file_becomes_a_draft_that_is_confirmed_and_saved(run: Run, plate: str, tmp_path: Path) -> None:
    code, said = run("draft", plate, "--name", "프레스 초안")
    assert (code, "프레스 초안" in said, "사람 확인 필요" in said) == (0, True, True)
    assert "220 V  ← HB-200 사용설명서" in said
    assert "값 없음" in said
    [listed] = json.loads(run("drafts", "--json")[1])["drafts"]
    identity = listed["draft_id"]
    assert identity in run("drafts")[1]

    code, said = run("confirm", identity, "Nameplate/ManufacturerName")
    assert (code, "✓ 제조사 (필수)  Nameplate/ManufacturerName  [확인함]" in said) == (0, True)
    run("confirm", identity, "Nameplate/URIOfTheProduct", "https://hanbit.example/1", "--unsure")
    shown = json.loads(run("drafts", identity, "--json")[1])
    uri = next(each for each in shown["elements"] if each["id_short"] == "URIOfTheProduct")
    assert (uri["state"], uri["candidates"][0]["origin"]) == ("check", None)
    assert "사람이 적음" in run("drafts", identity)[1]

    file = tmp_path / "초안.aasx"
    code, said = run("export", identity, file)
    assert (code, file.read_bytes()[:2]) == (0, b"PK")
    assert list(tmp_path.glob("*.part")) == []
    assert run("delete", identity)[0] == 0
    assert "없습니다" in run("drafts")[1]


def test_a_draft_that_is_not_there_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    for arguments in (("drafts", "draft-none"), ("export", "draft-none", tmp_path / "x.aasx"), ("draft", "doc-none")):
        with pytest.raises(ClientError) as error:
            run(*arguments)
        assert error.value.status == 404
    assert not (tmp_path / "x.aasx").exists()


def test_the_check_says_what_is_missing_and_that_it_is_no_review(run: Run) -> None:
    code, said = run("check")
    assert (code, "✗ AAS(자산관리쉘)가 있는가" in said, "공식 심사" in said) == (1, True, True)
    assert json.loads(run("check", "--json")[1])["items"]
    assert "There is an AAS" in run("check", "--lang", "en")[1]


def test_the_operator_connects_reads_and_disconnects_a_server(run: Run) -> None:
    assert "없습니다" in run("list")[1]
    code, said = run("connect", "http://127.0.0.1:9", "--company", "우리 회사", "--every", "5")
    assert (code, "5분마다" in said) == (0, True)
    [server] = json.loads(run("list", "--company", "우리 회사", "--json")[1])["servers"]
    assert "아직 읽지 않았습니다" in run("list")[1]
    code, said = run("fetch", server["server_id"])
    assert (code, "연결하지 못했습니다" in said) == (1, True)
    assert "연결하지 못했습니다" in run("list")[1]
    assert run("disconnect", server["server_id"])[0] == 0
    assert json.loads(run("list", "--json")[1])["servers"] == []


def test_client_reads_a_file_with_get(house: tuple[Installation, str], tmp_path: Path) -> None:
    its, url = house
    client = Client(url, its.base.machine.keys["local"])
    with (tmp_path / "x").open("wb") as out, pytest.raises(ClientError):
        client.download("/api/aas/drafts/none/file", None, out)
    client.close()
