"""AAS drafts and the readiness check over HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aas_test_engines import file as engines

from knowledge import starter
from retrieval.korean import Tokenizer
from tests.installation import Installation, installed

PLATE = """# HB-200 사용설명서

제조사: (주)한빛정밀
제품명: 서보 프레스

| 항목 | 사양 | 단위 |
|---|---|---|
| 정격전압 | 220 | V |
"""
VOLTAGE = "TechnicalData/TechnicalPropertyAreas[0]/RatedVoltage"


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: [("공용.md", PLATE.replace("220", "380").encode())])
        home: Path = tmp_path_factory.mktemp("home")
        with installed(home, tokenizer) as its:
            yield its


@pytest.fixture(scope="module")
def plate(its: Installation) -> str:
    return str(its.add("명판.md", PLATE.encode(), its.local)["document_id"])


def drafted(its: Installation, *documents: str) -> dict[str, Any]:
    answer = its.http.post("/api/aas/drafts", json={"document_ids": list(documents)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def element(draft: dict[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in draft["elements"] if each["path"] == path)
    return found


def test_a_draft_names_the_place_of_every_value_and_what_is_open(its: Installation, plate: str) -> None:
    made = drafted(its, plate)
    assert made["name"] == "HB-200 사용설명서"
    voltage = element(made, VOLTAGE)
    assert (voltage["state"], voltage["mandatory"]) == ("check", False)
    [candidate] = voltage["candidates"]
    assert (candidate["value"], candidate["unit"]) == ("220", "V")
    assert candidate["origin"]["quote"] == "정격전압 | 220 | V"
    assert candidate["origin"]["document_id"] == plate
    assert "Nameplate/URIOfTheProduct" in made["open"]
    assert element(made, "Nameplate/URIOfTheProduct") == {
        **element(made, "Nameplate/URIOfTheProduct"),
        "state": "open",
        "mandatory": True,
        "candidates": [],
    }
    listed = its.http.get("/api/aas/drafts").json()["drafts"][0]
    assert (listed["draft_id"], listed["open"]) == (made["draft_id"], len(made["open"]))


def test_a_person_confirms_chooses_and_writes(its: Installation, plate: str) -> None:
    library = next(
        each["document_id"]
        for each in its.http.get("/api/documents").json()["documents"]
        if each["collection"] == "library"
    )
    made = drafted(its, plate, library)
    where = f"/api/aas/drafts/{made['draft_id']}"
    assert element(made, VOLTAGE)["state"] == "conflict"
    answer = its.http.post(f"{where}/values", json={"path": VOLTAGE, "value": "380 V"})
    assert answer.status_code == 200
    assert element(answer.json(), VOLTAGE)["state"] == "confirmed"
    uri = {"path": "Nameplate/URIOfTheProduct", "value": "https://hanbit.example/1", "confirmed": True}
    its.http.post(f"{where}/values", json=uri)
    kept = its.http.get(where).json()
    assert element(kept, "Nameplate/URIOfTheProduct")["candidates"][0]["origin"] is None
    assert "Nameplate/URIOfTheProduct" not in kept["open"]


def test_the_file_is_a_valid_package_saved_under_the_drafts_name(its: Installation, plate: str) -> None:
    made = drafted(its, plate)
    answer = its.http.get(f"/api/aas/drafts/{made['draft_id']}/file")
    assert answer.headers["content-type"] == "application/asset-administration-shell-package"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert engines.check_aasx_file(io.BytesIO(answer.content)).ok()


def test_what_cannot_be_is_told_in_a_sentence(its: Installation, plate: str) -> None:
    made = drafted(its, plate)
    where = f"/api/aas/drafts/{made['draft_id']}"
    bad = its.http.post(f"{where}/values", json={"path": "Nameplate/URIOfTheProduct", "value": "어딘가"})
    assert (bad.status_code, bad.headers["content-type"]) == (422, "application/problem+json")
    assert "어딘가" in bad.json()["title"]
    assert its.http.post(f"{where}/values", json={"path": "Nope"}).status_code == 422
    assert its.http.post("/api/aas/drafts", json={"document_ids": ["doc-none"]}).status_code == 404
    assert its.http.post("/api/aas/drafts", json={"document_ids": []}).status_code == 422
    empty = its.add("글.md", "# 글\n\n오늘은 맑다.\n".encode(), its.local)["document_id"]
    nothing = its.http.post("/api/aas/drafts", json={"document_ids": [empty]})
    assert (nothing.status_code, "찾지 못했습니다" in nothing.json()["title"]) == (422, True)


def test_a_deleted_draft_is_gone_and_the_log_says_who_did_what(its: Installation, plate: str) -> None:
    made = drafted(its, plate)
    where = f"/api/aas/drafts/{made['draft_id']}"
    assert its.http.delete(where).status_code == 204
    for method, path in (("GET", where), ("GET", f"{where}/file"), ("DELETE", where)):
        answer = its.http.request(method, path)
        assert (answer.status_code, "초안" in answer.json()["title"]) == (404, True)
    log = its.http.get("/api/audit").json()
    done = [entry["action"] for entry in log["entries"] if entry["subject"] == made["draft_id"]]
    assert done == ["aas_draft_deleted", "aas_drafted"]


def test_readiness_says_what_is_missing_and_that_it_is_no_review(its: Installation, plate: str) -> None:
    drafted(its, plate)
    found = its.http.get("/api/aas/readiness").json()
    states = {item["key"]: item["state"] for item in found["items"]}
    assert (states["aas"], states["drafts"], states["system_level"]) == ("unmet", "unmet", "unknown")
    assert found["met"] + found["unmet"] + found["unknown"] == len(found["items"])
    assert "공식 심사" in found["notice"]
    assert "smartcalc" in found["source"]
    english = its.http.get("/api/aas/readiness", headers={"Accept-Language": "en"}).json()
    assert english["items"][0]["title"] == "There is an AAS"
