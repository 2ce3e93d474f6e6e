"""What a person may look over: how a document was understood, its pages with the words marked, how far taking in is."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from knowledge import starter
from knowledge.document import Document
from knowledge.errors import CancelledError
from knowledge.picturing import CrowdedError
from knowledge.reading import here
from retrieval.korean import Tokenizer
from serving.admission import Work
from serving.api import look
from serving.gate import Rules
from serving.looked import Looked
from tests.installation import Installation, installed
from tests.pdfs import make_pdf

MANUAL = """# 프레스 설명서

## 알람

| 코드 | 원인 | 조치 |
|---|---|---|
| E-217 | 과열 | 2026년 3월 1일까지 냉각수를 확인한다 |
| E-301 | 저압 | 밸브를 연다 |

## 점검

날마다 기름을 본다.
"""
SHIPPED = [("안내.md", "# 안내\n\n공용 자료이다.\n".encode())]
gate = threading.Event()


def slowly(path: Path, name: str, progress: Any, cancelled: Any) -> Document:
    """Reads a file called slow.md only when it is let, telling a page a moment."""
    if name == "slow.md":
        for page in range(1000):
            progress(page, 1000)
            if gate.wait(0.01):
                break
            if cancelled():
                raise CancelledError("cancelled")
    return here(path, name, progress, cancelled)


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: SHIPPED)
        with installed(tmp_path_factory.mktemp("home"), tokenizer, read=slowly, person_a_minute=10_000) as its:
            its.await_indexed({})
            yield its


@pytest.fixture
def http(its: Installation) -> TestClient:
    return its.http


def test_a_preview_shows_what_was_understood(its: Installation, http: TestClient) -> None:
    document = its.add("프레스.md", MANUAL.encode(), {})
    seen = http.get(f"/api/documents/{document['document_id']}/preview").json()
    assert (seen["title"], seen["name"], seen["language"]) == ("프레스 설명서", "프레스.md", "ko")
    assert [(each["level"], each["heading"]) for each in seen["outline"]] == [
        (1, "프레스 설명서"),
        (2, "알람"),
        (2, "점검"),
    ]
    (table,) = seen["tables"]
    assert (table["rows"], table["columns"], table["sample"][0]) == (3, 3, ["코드", "원인", "조치"])
    (fact,) = [each for each in seen["facts"] if each["value"] == "2026-03-01"]
    assert fact["section"] == table["section"]
    assert "2026년 3월 1일" in fact["quote"]
    assert seen["sample"].startswith("코드 | 원인")


def test_a_section_is_shown_as_rows_with_its_neighbours(its: Installation, http: TestClient) -> None:
    document = its.add("프레스.md", MANUAL.encode(), {})
    answer = http.post(f"/api/documents/{document['document_id']}/view", json={"section": 0, "quote": "저압"}).json()
    assert (answer["image"], answer["page"], answer["marks"]) == (None, None, [])
    assert answer["section"]["rows"][2] == ["E-301", "저압", "밸브를 연다"]
    assert (answer["previous"], answer["next"]) == (None, 1)
    assert http.post(f"/api/documents/{document['document_id']}/view", json={"section": 9}).status_code == 404


def test_a_pdf_page_is_shown_with_the_words_marked(its: Installation, http: TestClient) -> None:
    data = make_pdf(["the spindle turns", "rated voltage 220 V at the main switch"])
    document = its.add("press.pdf", data, {})
    identity = document["document_id"]
    answer = http.post(f"/api/documents/{identity}/view", json={"section": 1, "quote": "220 V"}).json()
    assert (answer["page"], answer["image"]) == (2, f"/api/documents/{identity}/pages/2.png")
    (mark,) = answer["marks"]
    left, top, right, bottom = mark
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    picture = http.get(answer["image"])
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert http.get(f"/api/documents/{identity}/pages/3.png").status_code == 404
    assert http.get(f"/api/documents/{identity}/pages/0.png").status_code == 422
    log = http.get("/api/audit").json()["entries"]
    assert any(each["action"] == "document_read" and each["subject"] == identity for each in log)


def test_another_companys_document_is_not_there_to_look_at(its: Installation, http: TestClient) -> None:
    mine = its.add("press.pdf", make_pdf(["only ours"]), {})["document_id"]
    stranger = its.key("admin", its.company("다른 회사"))
    for method, path in (
        ("GET", "preview"),
        ("GET", "pages/1.png"),
        ("GET", f"changes?since={mine}"),
        ("POST", "view"),
        ("POST", "cancel"),
    ):
        body = {"section": 0} if path == "view" else None
        answer = http.request(method, f"/api/documents/{mine}/{path}", json=body, headers=stranger)
        assert answer.status_code == 404, path


def test_a_newer_version_says_what_changed_and_the_older_stays(its: Installation, http: TestClient) -> None:
    old = its.add("점검표.md", ("# 점검표\n\n" + "\n\n".join(f"{n}번 밸브를 본다." for n in range(9))).encode(), {})
    new = its.add(
        "점검표.md",
        ("# 점검표\n\n" + "\n\n".join(f"{n}번 밸브를 {'잠근다' if n == 4 else '본다'}." for n in range(9))).encode(),
        {},
    )
    listed = {each["document_id"]: each for each in http.get("/api/documents").json()["documents"]}
    assert listed[old["document_id"]]["standing"] == "superseded"
    assert listed[old["document_id"]]["superseded_by"] == new["document_id"]
    seen = http.get(f"/api/documents/{new['document_id']}/preview").json()
    assert [(each["document_id"], each["standing"]) for each in seen["versions"]] == [
        (old["document_id"], "superseded")
    ]
    path = f"/api/documents/{new['document_id']}/changes?since={old['document_id']}"
    changes = http.get(path).json()["changes"]
    assert any("잠근다" in each["after"] and "잠근다" not in each["before"] for each in changes)
    hits = http.get("/api/search", params={"q": "4번 밸브", "k": 10}).json()["hits"]
    assert {each["document_id"] for each in hits} & {old["document_id"], new["document_id"]} == {new["document_id"]}
    assert http.get(f"/api/documents/{old['document_id']}/preview").status_code == 200


def test_files_in_an_archive_are_listed_with_what_holds_them(its: Installation, http: TestClient) -> None:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("선반/점검.md", "# 선반 점검\n\n주축을 본다.\n")
    held = its.add("묶음.zip", box.getvalue(), {})
    deadline = time.monotonic() + 30
    while True:
        documents = {each["name"]: each for each in http.get("/api/documents").json()["documents"]}
        inner = documents.get("선반/점검.md")
        if inner and inner["status"] == "indexed":
            break
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert inner["parents"] == [{"document_id": held["document_id"], "name": "묶음.zip"}]
    seen = http.get(f"/api/documents/{held['document_id']}/preview").json()["attachments"]
    assert [(each["name"], each["status"]) for each in seen] == [("선반/점검.md", "indexed")]
    http.delete(f"/api/documents/{held['document_id']}")
    assert http.get(f"/api/documents/{inner['document_id']}").status_code == 404


def test_a_file_of_a_folder_keeps_its_path(http: TestClient) -> None:
    files = {"file": ("m.md", "# 하나\n\n둘\n".encode())}
    answer = http.post("/api/documents", files=files, data={"path": "1라인/m.md"})
    assert http.get(f"/api/documents/{answer.json()['document_id']}").json()["name"] == "1라인/m.md"


def test_taking_in_is_followed_and_stopped(its: Installation, http: TestClient) -> None:
    slow = http.post("/api/documents", files={"file": ("slow.md", b"# slow\n\none\n")}).json()["document_id"]
    second = http.post("/api/documents", files={"file": ("b.md", b"# later\n\ntwo\n")}).json()["document_id"]
    deadline = time.monotonic() + 30
    while not (now := http.get("/api/ingest").json())["current"] or now["current"]["done"] < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert (now["current"]["document_id"], now["current"]["stage"], now["current"]["all"]) == (slow, "reading", 1000)
    assert now["files"]["waiting"] == 1
    assert now["files"]["all"] >= 2
    progress = {each["document_id"]: each["progress"] for each in http.get("/api/documents").json()["documents"]}
    assert progress[slow]["stage"] == "reading"
    assert progress[second] == {"stage": "waiting", "done": 0, "all": 0}
    stranger = its.key("admin", its.company("남의 회사"))
    assert http.get("/api/ingest", headers=stranger).json()["current"] is None
    assert http.post("/api/ingest/cancel", headers=stranger).json() == {"cancelled": 0}
    assert http.post(f"/api/documents/{second}/cancel").json() == {"cancelled": 1}
    assert http.post("/api/ingest/cancel").json() == {"cancelled": 1}
    while http.get("/api/ingest").json()["current"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    for identity in (slow, second):
        known = http.get(f"/api/documents/{identity}").json()
        assert known["status"] == "rejected"
        assert "취소" in known["reason"]
    gate.set()
    assert its.add("slow.md", b"# slow\n\none\n", {})["status"] == "indexed"


class Crowded:
    """Stands in for the pages while too many are being drawn."""

    def size(self, house: str, path: Path, page: int) -> tuple[float, float]:
        raise CrowdedError

    def render(self, house: str, path: Path, page: int, width: int) -> bytes:
        raise CrowdedError


def test_while_too_many_pages_are_drawn_the_text_is_shown_and_the_picture_said_to_be_late(
    its: Installation, http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = its.add("crowd.pdf", make_pdf(["a page for the crowd"]), {})["document_id"]
    monkeypatch.setattr(its.product, "pages", Crowded())
    shown = http.post(f"/api/documents/{identity}/view", json={"section": 0, "quote": "crowd"})
    assert (shown.status_code, shown.json()["image"], shown.json()["marks"]) == (200, None, [])
    assert "crowd" in shown.json()["section"]["text"]
    late = http.get(f"/api/documents/{identity}/pages/1.png")
    assert (late.status_code, late.headers["retry-after"]) == (503, "2")
    assert "2초 뒤에" in late.json()["title"]


def test_looking_is_no_light_work_and_takes_no_large_body(http: TestClient) -> None:
    works = {route.endpoint: stated.work for route, stated in Rules(http.app.routes).all()}  # type: ignore[attr-defined]
    assert (works[look.view], works[look.picture], works[look.changed]) == (Work.FILE, Work.FILE, Work.SEARCH)
    body = b'{"section": 0, "quote": "' + b" " * 2_000_000 + b'"}'
    headers = {"content-type": "application/json"}
    assert http.post("/api/documents/doc-x/view", content=body, headers=headers).status_code == 413


def test_turning_the_pages_of_a_document_is_one_reading_in_the_log(its: Installation, http: TestClient) -> None:
    def readings(identity: str) -> int:
        log = http.get("/api/audit").json()["entries"]
        return sum(each["action"] == "document_read" and each["subject"] == identity for each in log)

    old, new, other = (its.add(f"{n}.md", f"# 일지 {n}\n\n{n}호기\n".encode(), {})["document_id"] for n in range(3))
    for _ in range(3):
        assert http.post(f"/api/documents/{new}/view", json={"section": 0}).status_code == 200
        assert http.get(f"/api/documents/{new}/preview").status_code == 200
    assert (readings(new), readings(old)) == (1, 0)
    assert http.get(f"/api/documents/{new}/changes?since={old}").json()["cut"] is False
    assert (readings(new), readings(old)) == (1, 1)
    assert http.get(f"/api/documents/{other}/preview").status_code == 200
    assert readings(other) == 1


def test_a_look_counts_again_after_ten_minutes() -> None:
    now = 0.0
    looked = Looked(lambda: now)
    assert [looked.anew("a", "p", "d"), looked.anew("a", "p", "d"), looked.anew("a", "q", "d")] == [True, False, True]
    now = 600.0
    assert looked.anew("a", "p", "d")


def test_a_list_says_when_a_notice_closes(its: Installation, http: TestClient) -> None:
    text = "# 2026년 스마트공장 지원사업 공고\n\n신청기간: 2025년 12월 8일 ~ 2026년 1월 7일\n"
    manual = its.add("닫히지 않는 설명서.md", MANUAL.encode() + b"\nmore\n", {})
    assert manual["closes"] is None
    assert its.add("공고.md", text.encode(), {})["closes"] == "2026-01-07"


def test_a_section_no_database_can_count_is_refused(its: Installation) -> None:
    document = its.http.get("/api/documents").json()["documents"][0]["document_id"]
    answer = its.http.post(f"/api/documents/{document}/view", json={"section": 2**31, "quote": ""})
    assert answer.status_code == 422
