"""AAS drafts of the scripted server, and its readiness check."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tests.ui.problems import problem

if TYPE_CHECKING:
    from tests.ui.fake_api import FakeApi


def add_drafts(app: FastAPI, api: FakeApi) -> None:
    _drafts(app, api)

    @app.get("/api/aas/readiness")
    async def readiness() -> dict[str, Any]:
        seen = {
            "document_id": "d",
            "title": "선반 사양표",
            "path": "Nameplate/SerialNumber",
            "value": "",
            "missing": True,
        }
        items = [
            {"key": "aas", "title": "AAS(자산관리쉘)가 있는가", "state": "met", "seen": [], "next": ""},
            {"key": "nameplate", "title": "디지털 명판 필수 항목", "state": "unmet", "seen": [seen],
             "next": "빠진 항목을 제조사 명판에서 찾아 적어 주세요."},
            {"key": "system_level", "title": "시스템 스마트화 수준 중간1 이상", "state": "unknown", "seen": [],
             "next": "수준확인 결과를 보거나 길잡이의 자가 진단을 해 보세요."},
        ]  # fmt: skip
        notice = "길잡이가 올려 주신 자료만 보고 하는 자가 점검입니다. 공식 심사나 수준확인이 아닙니다."
        return {"items": items, "met": 1, "unmet": 1, "unknown": 1, "notice": notice, "source": "2026년 통합공고"}


def _drafts(app: FastAPI, api: FakeApi) -> None:
    @app.post("/api/aas/drafts", status_code=201)
    async def make(request: Request) -> Any:
        document_id = (await request.json())["document_ids"][0]
        document = api.documents[document_id]
        if "빈" in document["name"]:
            return problem(
                422, "이 자료에서 AAS에 적을 값을 찾지 못했습니다. 명판이나 사양표가 있는 자료를 골라 주세요."
            )
        draft_id = f"a{next(api.numbers)}"
        api.drafts[draft_id] = drafted(draft_id, document["title"], document_id)
        return api.drafts[draft_id]

    @app.get("/api/aas/drafts")
    async def drafts() -> dict[str, Any]:
        counted = [
            {**draft, "open": len(draft["open"]), "unconfirmed": len(draft["unconfirmed"])}
            for draft in api.drafts.values()
        ]
        return {"drafts": counted}

    @app.get("/api/aas/drafts/{key}")
    async def draft(key: str) -> Any:
        return api.drafts.get(key) or problem(404, "그런 초안이 없습니다.")

    @app.post("/api/aas/drafts/{key}/values")
    async def decide(key: str, request: Request) -> Any:
        word = await request.json()
        if word["value"] == "틀림":
            return problem(422, "이 항목에는 날짜만 적을 수 있습니다. 예: 2026-03-02")
        _decide(api.drafts[key], word)
        return api.drafts[key]

    @app.get("/api/aas/drafts/{key}/file")
    async def file(key: str) -> Response:
        return Response(key.encode(), headers={"Content-Disposition": "attachment; filename*=UTF-8''draft.aasx"})

    @app.delete("/api/aas/drafts/{key}", status_code=204)
    async def discard(key: str) -> None:
        api.drafts.pop(key, None)


def _decide(draft: dict[str, Any], word: dict[str, Any]) -> None:
    element = next(each for each in draft["elements"] if each["path"] == word["path"])
    chosen = next((each for each in element["candidates"] if each["value"] == word["value"]), None)
    if chosen is None:
        chosen = {"value": word["value"], "unit": "", "value_type": "xs:string", "confirmed": False, "origin": None}
        element["candidates"].append(chosen)
    for each in element["candidates"]:
        each["confirmed"] = each is chosen and word["confirmed"]
    element["state"] = "confirmed" if word["confirmed"] else "check"
    _count(draft)


def _count(draft: dict[str, Any]) -> None:
    elements = draft["elements"]
    draft["open"] = [each["path"] for each in elements if each["mandatory"] and each["state"] in {"open", "conflict"}]
    draft["unconfirmed"] = [each["path"] for each in elements if each["state"] in {"check", "conflict"}]


def drafted(draft_id: str, name: str, document_id: str) -> dict[str, Any]:
    """A draft in which one value is sure, one is stated twice, and one is missing."""

    def found(value: str, quote: str, unit: str = "") -> dict[str, Any]:
        origin = {"document_id": document_id, "title": name, "ordinal": 1, "locator": "표 1 2행", "page": 3,
                  "quote": quote, "derived": False}  # fmt: skip
        return {"value": value, "unit": unit, "value_type": "xs:string", "confirmed": False, "origin": origin}

    def element(path: str, name_ko: str, state: str, *candidates: dict[str, Any], must: bool = True) -> dict[str, Any]:
        return {"path": path, "id_short": path.rsplit("/", maxsplit=1)[-1], "name_ko": name_ko, "semantic_id": "", "mandatory": must,
                "state": state, "candidates": list(candidates)}  # fmt: skip

    now = datetime.now(UTC).isoformat()
    draft = {
        "draft_id": draft_id,
        "name": name,
        "document_ids": [document_id],
        "made_by": "person-1",
        "made_at": now,
        "changed_at": now,
        "open": [],
        "unconfirmed": [],
        "elements": [
            element("Nameplate/ManufacturerName", "제조사", "check", found("예시정밀", "제조사 | 예시정밀")),
            element("Nameplate/OrderCode", "주문 코드", "conflict", found("CL200", "주문 코드: CL200"),
                    found("CL-200A", "형번 CL-200A")),
            element("Nameplate/URIOfTheProduct", "제품 고유 주소(URI)", "open"),
            element("TechnicalData/RatedPressure", "척 압력", "check", found("2.5", "척 압력 | 2.5 MPa | 매일", "MPa"),
                    must=False),
            element("Nameplate/SerialNumber", "제조번호", "open", must=False),
        ],
    }  # fmt: skip
    _count(draft)
    return draft
