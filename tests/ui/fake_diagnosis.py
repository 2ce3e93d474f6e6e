"""The diagnosis and the case file of the scripted server: four questions, two dimensions, everything in memory."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tests.ui.problems import problem

if TYPE_CHECKING:
    from tests.ui.fake_api import FakeApi

Json = dict[str, Any]
NOTICE = "이 결과는 스스로 해 본 진단입니다. 공식 수준확인이 아닙니다."
INSTRUMENT: Json = {
    "version": "1.0",
    "notice": NOTICE,
    "dimensions": [
        {"id": "data", "name": "데이터", "about": "기록", "sources": [],
         "areas": [{"id": "production_records", "name": "생산 실적 기록"}]},
        {"id": "safety", "name": "안전과 환경", "about": "안전", "sources": [],
         "areas": [{"id": "workplace_safety", "name": "작업 안전"}]},
    ],
    "goals": [{"id": f"g{n}", "name": name} for n, name in enumerate(("불량 줄이기", "납기", "원가", "안전"))],
    "losses": [{"id": "defects", "name": "불량과 재작업"}, {"id": "downtime", "name": "설비 정지"}],
    "sectors": [{"id": "metal", "name": "금속 가공", "ksic": ["24", "25"]}],
    "machines": [{"id": "press", "name": "프레스"}, {"id": "cnc", "name": "공작기계"}],
    "use_cases": [{"id": "vision", "name": "비전 검사"}],
}  # fmt: skip


def question(name: str, dimension: str, text: str) -> Json:
    named = {"data": "데이터", "safety": "안전과 환경"}
    choices = [("none", "없다.", "아무것도 없다."), ("paper", "종이로 한다.", "종이철이 있다."), ("system", "시스템이 한다.", "화면이 있다.")]  # fmt: skip
    return {
        "question_id": name,
        "text": text,
        "choices": [
            *({"value": value, "text": words, "seen": seen} for value, words, seen in choices),
            {"value": "unknown", "text": "잘 모르겠습니다.", "seen": ""},
        ],
        "why": "기록이 있어야 배울 것이 있습니다.",
        "dimension": dimension,
        "dimension_name": named[dimension],
        "area": "생산 실적 기록",
        "depth": "first",
    }


QUESTIONS = [
    question("records", "data", "생산 실적을 어떻게 남깁니까?"),
    question("trace", "data", "이력을 찾을 수 있습니까?"),
    question("hazards", "safety", "위험을 어떻게 찾습니까?"),
    question("energy", "safety", "전기를 얼마나 압니까?"),
]


def answered(name: str, value: str, **more: Any) -> Json:
    text = next(each["text"] for each in QUESTIONS[0]["choices"] if each["value"] == value)
    return {
        "question_id": name, "value": value, "text": text, "held": "declared", "evidence": [], "why": "",
        "origin": "chosen", "said": "", "by": "person-1", "at": "2026-11-22T01:00:00+00:00", **more,
    }  # fmt: skip


def form(answers: list[Json] | None = None, **more: Any) -> Json:
    """The object of `GET /api/diagnoses/{id}`."""
    given = {each["question_id"]: each for each in answers or []}
    left = [each for each in QUESTIONS if each["question_id"] not in given]
    return {
        "diagnosis_id": "diag-1",
        "version": "1.0",
        "depth": "first",
        "day": "2026-11-22",
        "finished": not left,
        "closed": False,
        "next": left[0] if left else None,
        "proposed": None,
        "progress": {"answered": len(given), "total": len(QUESTIONS), "left_to_others": 0},
        "questions": deepcopy(QUESTIONS),
        "answers": list(given.values()),
        "parts": {},
        "notice": NOTICE,
        "longest": 1000,
        **more,
    }


def listed(made: Json, diagnosis_id: str = "diag-1") -> Json:
    keys = ("version", "depth", "day", "finished", "closed")
    counted = {"answered": made["progress"]["answered"], "total": made["progress"]["total"]}
    times = {"started_at": "2026-11-22T01:00:00+00:00", "touched_at": "2026-11-22T02:00:00+00:00"}
    return {"diagnosis_id": diagnosis_id, "current": True, **{key: made[key] for key in keys}, **times, **counted}


def case() -> Json:
    """An empty case file."""
    lists: Json = {name: [] for name in ("diagnoses", "use_cases", "programmes", "trainings", "outcomes")}
    return {
        "company": "한빛정밀",
        "state": {"profile": None, "wishes": None, **lists},
        "timeline": [],
        "may_write": True,
    }


def entry(data: Json, number: int = 1, **more: Any) -> Json:
    return {
        "entry_id": f"entry-{number}", "at": "2026-11-22T01:00:00+00:00", "by": "person-1", "kind": data["kind"],
        "day": "2026-11-22", "standing": "valid", "data": data, **more,
    }  # fmt: skip


GAP = {
    "area": "production_records",
    "name": "생산 실적 기록",
    "use_cases": [{"id": "vision", "name": "비전 검사", "summary": "사진으로 불량을 찾는다."}],
}


class Diagnosed:
    """What the server holds of the diagnosis. `refuse`: the sentence every write is refused with."""

    def __init__(self) -> None:
        self.answers: dict[str, Json] | None = None
        self.at: str | None = None
        self.proposed: str | None = None
        self.said = ""
        self.parts: dict[str, str] = {}
        self.case = case()
        self.refuse = ""

    def form(self) -> Json:
        made = form(list((self.answers or {}).values()), parts=self.parts, proposed=self.proposed)
        if self.at:
            made["next"] = next(each for each in QUESTIONS if each["question_id"] == self.at)
        return made

    def keep(self, name: str, value: str, **more: Any) -> None:
        assert self.answers is not None
        self.answers[name] = answered(name, value, **more)
        self.at, self.proposed = None, None

    def add(self, data: Json) -> None:
        self.case["timeline"].insert(0, entry(data, len(self.case["timeline"]) + 1))


def add_diagnosis(app: FastAPI, api: FakeApi) -> None:
    _asking(app, api)
    _answering(app, api)
    _moving(app, api)
    _casefile(app, api)
    _writing(app, api)


def _asking(app: FastAPI, api: FakeApi) -> None:
    @app.get("/api/diagnoses/instrument")
    async def instrument() -> Json:
        return INSTRUMENT

    @app.get("/api/diagnoses")
    async def every() -> Json:
        return {"diagnoses": [] if api.diagnosed.answers is None else [listed(api.diagnosed.form())]}

    @app.post("/api/diagnoses")
    async def start() -> Json:
        api.diagnosed.answers = {}
        return api.diagnosed.form()

    @app.get("/api/diagnoses/diag-1")
    async def one() -> Json:
        return api.diagnosed.form()

    @app.get("/api/diagnoses/diag-1/hints/{name}")
    async def hints(name: str) -> Json:
        return {"documents": [{"document_id": "d9", "title": f"{name} 일보", "locator": "p. 1"}]}

    @app.get("/api/diagnoses/diag-1/report")
    async def report(format: str = "json") -> Any:  # noqa: A002 - the parameter's name on the wire
        if format == "fragment":
            return Response('<article class="gj-report"><h2>진단 결과</h2></article>', media_type="text/html")
        return {"gaps": [GAP]}

    @app.delete("/api/diagnoses/diag-1", status_code=204)
    async def discard() -> None:
        api.diagnosed.answers = None


def _answering(app: FastAPI, api: FakeApi) -> None:
    @app.post("/api/diagnoses/diag-1/answers")
    async def answer(request: Request) -> Any:
        body, held = await request.json(), api.diagnosed
        if held.refuse:
            return problem(422, held.refuse)
        paper = body.get("evidence_document_id")
        shown = {"document_id": paper, "title": "생산 일보", "path": "", "state": "supports", "note": ""}
        more: Json = {"why": body.get("why", "")}
        more |= {"evidence": [shown], "held": "evidenced"} if paper else {}
        held.keep(body["question_id"], body["value"], **more)
        return held.form()

    @app.post("/api/diagnoses/diag-1/say")
    async def say(request: Request) -> Any:
        body, held = await request.json(), api.diagnosed
        text = body["text"]
        if body["question_id"] != held.form()["next"]["question_id"] or body["proposed"] != held.proposed:
            return problem(409, "그사이 질문이 바뀌었습니다.")
        if held.refuse:
            return problem(422, held.refuse)
        asked = held.form()["next"]["question_id"]
        outcome, nearest = "unclear", ["none", "paper"]
        if text == "네" and held.proposed:
            held.keep(asked, held.proposed, said=held.said, origin="said")
            outcome, nearest = "recorded", []
        elif "종이" in text:
            held.proposed, held.said, outcome, nearest = "paper", text, "proposed", []
        elif text.endswith("?"):
            outcome, nearest = "question", []
        return {**held.form(), "outcome": outcome, "nearest": nearest, "text": "어느 쪽인지 아직 모르겠습니다."}


def _moving(app: FastAPI, api: FakeApi) -> None:
    @app.delete("/api/diagnoses/diag-1/answers/{name}/evidence/{document_id}", status_code=204)
    async def withdraw(name: str, document_id: str) -> None:
        assert api.diagnosed.answers is not None
        api.diagnosed.answers[name] |= {"evidence": [], "held": "declared"}

    @app.post("/api/diagnoses/diag-1/at")
    async def go_to(request: Request) -> Json:
        api.diagnosed.at = (await request.json())["question_id"]
        return api.diagnosed.form()

    @app.put("/api/diagnoses/diag-1/parts")
    async def parts(request: Request) -> Any:
        mine = (await request.json())["mine"]
        others = {part: who for part, who in api.diagnosed.parts.items() if who != "person-1"}
        if others.keys() & set(mine):
            return problem(422, "다른 분이 맡은 부분입니다.")
        api.diagnosed.parts = others | dict.fromkeys(mine, "person-1")
        return api.diagnosed.form()


def _casefile(app: FastAPI, api: FakeApi) -> None:
    @app.get("/api/casefile")
    async def shown() -> Json:
        return api.diagnosed.case

    @app.get("/api/casefile/peers")
    async def peers() -> Any:
        return problem(409, "다른 협력사와 견주려면 먼저 우리 회사도 현황에 넣겠다고 동의해야 합니다.")

    @app.put("/api/casefile/profile")
    async def profile(request: Request) -> Any:
        if api.diagnosed.refuse:
            return problem(422, api.diagnosed.refuse)
        stated = {"kind": "profile", **await request.json()}
        api.diagnosed.case["state"]["profile"] = stated
        api.diagnosed.add(stated)
        return api.diagnosed.case["state"]

    @app.put("/api/casefile/wishes")
    async def wishes(request: Request) -> Json:
        stated = {"kind": "wishes", **await request.json()}
        api.diagnosed.case["state"]["wishes"] = stated
        api.diagnosed.add(stated)
        return dict(api.diagnosed.case["state"])


def _writing(app: FastAPI, api: FakeApi) -> None:
    @app.post("/api/casefile/entries", status_code=201)
    async def add(request: Request) -> Any:
        if api.diagnosed.refuse:
            return problem(422, api.diagnosed.refuse)
        data = await request.json()
        api.diagnosed.add(data)
        if data["kind"] == "use_case":
            api.diagnosed.case["state"]["use_cases"] = [data] if data["state"] == "chosen" else []
        return api.diagnosed.case["timeline"][0]

    @app.delete("/api/casefile/entries/{entry_id}", status_code=204)
    async def remove(entry_id: str) -> None:
        for each in api.diagnosed.case["timeline"]:
            if each["entry_id"] == entry_id:
                each["standing"] = "removed"
