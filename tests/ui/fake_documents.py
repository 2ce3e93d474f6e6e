"""The documents of the scripted server: taken in step by step, looked over, and shown in their places."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, File, Form, Request, UploadFile
from fastapi.responses import Response

from tests.ui.problems import problem

if TYPE_CHECKING:
    from tests.ui.fake_api import FakeApi

PAGES = 40
"""Places of every document here; those from `PICTURED` on lie on pages with a picture, the second is a table."""
PICTURED = 10
ROWS = [
    ["항목", "기준", "주기"],
    ["유압유 온도", "60 °C 이하", "매일"],
    ["척 압력", "2.5 MPa", "매일"],
    ["주축 진동", "2.8 mm/s 이하", "매월"],
]
TEXT = (
    "상생형 AI트랙은 주관기업이 자기 LLM, 인력, 솔루션을 협력사에 나누어 주는 사업이다.\n"
    "2026년에 20개 과제를 뽑고, 정부가 사업비의 50%를 댄다.\n나머지 절반을 누가 대는지는 아직 알려지지 않았다."
)
OUTLINE = ["사업 개요", "지원 내용", "신청 자격", "신청 방법", "선정 절차"]


def listed() -> dict[str, Any]:
    """What a document of the list has besides."""
    return {"progress": None, "parents": [], "standing": "undated", "superseded_by": None, "findings": 0}


def add_documents(app: FastAPI, api: FakeApi) -> None:
    _taking_in(app, api)
    _one_by_one(app, api)
    _looking_over(app, api)


def _taking_in(app: FastAPI, api: FakeApi) -> None:
    @app.get("/api/documents")
    async def documents() -> dict[str, Any]:
        listed = [dict(document) for document in api.documents.values()]
        api.step()
        return {"documents": listed}

    @app.post("/api/documents", status_code=202)
    async def add(file: Annotated[UploadFile, File()], path: Annotated[str, Form()] = "") -> Any:
        name = path or file.filename or "file"
        if api.busy:
            api.busy -= 1
            return problem(429, "요청이 너무 많습니다.", {"Retry-After": "1"})
        if "너무 큰" in name:
            return problem(413, "100 MB보다 큰 파일은 받을 수 없습니다. 나누어 올려 주세요.")
        api.sent.append(name)
        known = next((key for key, document in api.documents.items() if document["name"] == name), None)
        if known:
            return {"document_id": known, "status": "unchanged"}
        progress = {"stage": "waiting", "done": 0, "all": 0}
        return {"document_id": api.add_document(name, "queued", progress=progress), "status": "queued"}

    @app.get("/api/ingest")
    async def intake() -> dict[str, Any]:
        status = [document["status"] for document in api.documents.values() if document["collection"] == "company"]
        hand = next((one for one in api.documents.values() if (one["progress"] or {}).get("done")), None)
        current = {"document_id": hand["document_id"], "name": hand["name"], **hand["progress"]} if hand else None
        return {
            "files": {
                "all": len(status),
                "done": status.count("indexed"),
                "rejected": status.count("rejected"),
                "waiting": max(0, status.count("queued") - bool(current)),
            },
            "current": current,
            "pages_per_second": 63.4 if current else None,
            "seconds_left": 75.0 if current else None,
        }

    @app.post("/api/ingest/cancel")
    async def cancel_all() -> dict[str, Any]:
        return {"cancelled": _cancel(api, *api.documents)}

    @app.post("/api/documents/{key}/cancel")
    async def cancel(key: str) -> dict[str, Any]:
        return {"cancelled": _cancel(api, key)}


def _cancel(api: FakeApi, *keys: str) -> int:
    under_way = [api.documents[key] for key in keys if api.documents[key]["status"] in {"queued", "read"}]
    for document in under_way:
        document |= {
            "status": "rejected",
            "progress": None,
            "reason": "넣기를 취소했습니다. 다시 올리면 처음부터 넣습니다.",
        }
    return len(under_way)


def _one_by_one(app: FastAPI, api: FakeApi) -> None:
    @app.get("/api/documents/{key}")
    async def document(key: str) -> Any:
        return api.documents.get(key) or _gone()

    @app.delete("/api/documents/{key}", status_code=204)
    async def discard(key: str) -> None:
        api.documents.pop(key, None)

    @app.patch("/api/documents/{key}", status_code=204)
    async def mark(key: str, request: Request) -> None:
        api.documents[key] |= await request.json()


def _looking_over(app: FastAPI, api: FakeApi) -> None:
    @app.get("/api/documents/{key}/preview")
    async def preview(key: str) -> Any:
        known = api.documents.get(key)
        return previewed(known) if known else _gone()

    @app.get("/api/documents/{key}/changes")
    async def changes(key: str, since: str) -> Any:
        if key not in api.documents:
            return _gone()
        found = [
            {
                "kind": "changed",
                "locator": "지원 내용",
                "before": "정부지원금 최대 5억 원",
                "after": "정부지원금 최대 6억 원",
            },
            {"kind": "added", "locator": "신청 자격", "before": "", "after": "뿌리기업은 가점 3점을 준다."},
            {"kind": "removed", "locator": "신청 방법", "before": "우편 접수도 받는다.", "after": ""},
        ]
        return {"changes": [] if since == "same" else found}

    @app.post("/api/documents/{key}/view")
    async def view(key: str, request: Request) -> Any:
        asked = await request.json()
        if key == "gone" or asked["section"] >= PAGES:
            return _gone()
        api.viewed.append({"document_id": key, **asked})
        return viewed(key, asked["section"], asked["quote"], api.text)

    @app.get("/api/documents/{key}/pages/{page}.png")
    async def picture(page: int) -> Response:
        return Response(_picture(page), media_type="image/png")


def _gone() -> Response:
    return problem(404, "그런 자료가 없습니다. 자료 목록에서 다시 골라 주세요.")


def previewed(document: dict[str, Any]) -> dict[str, Any]:
    """The preview of a document of the list, made up."""
    place = {"page": 3, "locator": "지원 내용", "section": 2}
    facts = [
        {"kind": "opens", "label": "신청 기간", "value": "2026-03-02", "quote": "2026. 3. 2.(월)부터", **place},
        {"kind": "closes", "label": "신청 기간", "value": "2026-04-10", "quote": "4. 10.(금) 18:00까지", **place},
        {"kind": "amount", "label": "정부지원금", "value": "650000000", "quote": "최대 6.5억 원", **place},
        {"kind": "share", "label": "지원 비율", "value": "50", "quote": "사업비의 50% 이내", **place},
        {"kind": "condition", "label": "지원 제외", "value": "excluded", "quote": "휴·폐업 중인 기업", **place},
    ]
    table = {"section": 1, "label": "표 1", "page": 3, "rows": 4, "columns": 3, "sample": ROWS}
    finding = {
        "path": "Nameplate/ManufacturerName",
        "value": "",
        "problem": "값이 없습니다.",
        "remedy": "제조사 이름을 적어 주세요.",
    }
    return {
        **{key: document[key] for key in ("document_id", "title", "name", "kind", "pages", "chunks")},
        "language": "ko",
        "created": "2026-02-20",
        "modified": "2026-02-27",
        "effective": None,
        "outline": [
            {"level": 1 + at % 2, "heading": f"{heading} {at + 1}", "label": heading, "page": at + 1, "section": at}
            for at, heading in enumerate(OUTLINE * 4)
        ],
        "tables": [table],
        "facts": facts * 3,
        "findings": [finding] * document["findings"],
        "attachments": [{"document_id": "inner", "name": "붙임/신청서.hwpx", "status": "indexed"}],
        "versions": document.get("versions", []),
        "sample": TEXT,
    }


def viewed(key: str, section: int, quote: str, text: str = TEXT) -> dict[str, Any]:
    """The view of a place, made up: see `PAGES`."""
    table, pictured = section == 1, section >= PICTURED
    shown = "\n".join(" | ".join(row) for row in ROWS) if table else text
    return {
        "title": "2026년 상생형 스마트공장 지원사업 공고",
        "locator": "표 1 1–4행" if table else "지원 내용",
        "page": section + 1 if pictured else None,
        "image": f"/api/documents/{key}/pages/{section + 1}.png" if pictured else None,
        "width": 595.0 if pictured else None,
        "height": 842.0 if pictured else None,
        "marks": [[0.12, 0.3, 0.88, 0.325], [0.12, 0.335, 0.5, 0.36]] if pictured and quote else [],
        "section": {
            "kind": "table" if table else "prose",
            "headings": ["공고", "지원 내용"],
            "text": shown,
            "header_rows": 1,
            "first_row": 1,
            "rows": ROWS if table else None,
        },
        "previous": section - 1 if section else None,
        "next": section + 1 if section + 1 < PAGES else None,
    }


def _picture(page: int) -> bytes:
    """A page with grey lines for its text."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (1200, 1698), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((144, 120, 144 + 60 * (page % 10 + 1), 170), fill="#17212b")
    for at in range(24):
        draw.rectangle((144, 260 + at * 55, 1056 if at % 5 else 700, 290 + at * 55), fill="#9aa5ae")
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
