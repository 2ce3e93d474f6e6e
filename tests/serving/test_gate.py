"""Every route for every role, made from the app itself: a new route is in it without anybody's doing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount, Route

from assistant.casefile import CaseFile
from assistant.diagnosis.records import Diagnoses
from knowledge import starter
from knowledge.aas.drafts import Drafts
from retrieval.korean import Tokenizer
from serving.accounts.roles import Role
from serving.gate import Rule, Rules, UngatedRouteError, may
from serving.product import Engines
from tests.fakes import ScriptedModel, engine
from tests.installation import Installation, bearer, control, installed
from tests.pdfs import make_pdf
from tests.serving.test_disclosure import paper

LIBRARY = [("공용.md", "# 공용 자료\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
CANARY = "카나리아비밀도면"
SECRET = f"# 사출기 {CANARY}\n\n사출기 {CANARY} 알람 E-999의 조치는 밸브를 잠그는 것이다.\n".encode()
FREE = {"/health/live", "/health/ready", "/enter", "/api/session", "/api/invitations", "/api/invitations/{token}"}
"""What nobody need sign in for. It is short, and written here by hand on purpose."""


@dataclass(frozen=True)
class Caller:
    """Somebody with a key. `reads`: the company whose place is theirs to open, if any."""

    name: str
    headers: dict[str, str]
    rules: frozenset[Rule]
    reads: str | None


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Installation]:
    engines = Engines(control(engine(ScriptedModel(script=lambda prompt: prompt[-300:]))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", lambda: LIBRARY)
        home = tmp_path_factory.mktemp("home")
        with installed(
            home, tokenizer, engines=engines, headers=False, person_a_minute=100_000, company_a_minute=100_000
        ) as its:
            yield its


@dataclass(frozen=True)
class Theirs:
    """What a company has, by the name of the path or body parameter its id goes into."""

    company: str
    ids: dict[str, str]


@pytest.fixture(scope="module")
def theirs(its: Installation) -> Theirs:
    """The other company, whose ids everybody knows."""
    return having_everything(its, "남의회사", CANARY, SECRET)


@pytest.fixture(scope="module")
def ours(its: Installation) -> Theirs:
    text = "# 프레스\n\n프레스 알람 E-999의 조치는 전원을 끄는 것이다.\n".encode()
    return having_everything(its, "한빛정밀", "프레스", text)


def having_everything(its: Installation, name: str, word: str, text: bytes) -> Theirs:
    """A company with something of everything."""
    company = its.company(name)
    admin = its.key("admin", company)
    document = its.add(f"{word}.md", text, admin)
    asked = its.http.post("/api/ask", json={"question": f"{word} 알람 E-999 조치는?"}, headers=admin).json()
    assert word in asked["answer"]
    key = its.http.post("/api/company/keys", json={"name": word}, headers=admin).json()
    consultant, _ = its.base.office.make_key(Role.CONSULTANT, None, word, "operator")
    body = {"consultant": consultant.key_id, "days": 3}
    grant = its.http.post("/api/company/grants", json=body, headers=admin).json()
    person = its.base.office.accounts.people.add(Role.STAFF, company, word)
    plate = its.add(f"{word} 명판.md", f"# 명판\n\n제조사: {word}\n".encode(), admin)
    drafting = {"document_ids": [plate["document_id"]]}
    draft = its.http.post("/api/aas/drafts", json=drafting, headers=admin).json()
    noted = {"kind": "note", "text": f"{word} 금형을 바꿨다"}
    entry = its.http.post("/api/casefile/entries", json=noted, headers=admin).json()
    begun = its.http.post("/api/diagnoses", json={}, headers=admin).json()
    known = {"question_id": begun["next"]["question_id"], "value": "unknown", "why": word}
    its.http.post(f"/api/diagnoses/{begun['diagnosis_id']}/answers", json=known, headers=admin)
    asking = {"company": company, "paper": paper()}
    request = its.http.post("/api/host/disclosures", json=asking, headers=its.key("host")).json()
    return Theirs(
        company,
        {
            "document_id": document["document_id"],
            "pdf_id": its.add(f"{word}.pdf", make_pdf([company]), admin)["document_id"],
            "page": "1",
            "conversation_id": asked["conversation_id"],
            "turn_id": asked["turn_id"],
            "key_id": key["key_id"],
            "grant_id": grant["grant_id"],
            "person_id": person.person_id,
            "disclosure_id": request["disclosure_id"],
            "consultant": consultant.key_id,
            "draft_id": draft["draft_id"],
            "entry_id": entry["entry_id"],
            "diagnosis_id": begun["diagnosis_id"],
            "question_id": begun["next"]["question_id"],
            "server_id": "no-server",
            "company": company,
            "token": "no-invitation",
            "name": "none.js",  # of a script of the documentation
        },
    )


@pytest.fixture(scope="module")
def callers(its: Installation, ours: Theirs) -> list[Caller]:
    """One of each role, by a key and by a session; none of them has anything to do with the other company."""
    own = ours.company
    office = its.base.office
    consultant, consultants = office.make_key(Role.CONSULTANT, None, "", "operator")
    office.grant(own, consultant.key_id, 7, "admin")
    chosen = {"X-Giljabi-Company": own}
    _, glass = office.break_glass(own, "시험", 30, "operator")
    base = {Rule.PUBLIC}
    known = {*base, Rule.KNOWN}
    case = {*known, Rule.READ, Rule.CASE}
    people = {*case, Rule.WRITE, Rule.COMPANY}
    return [
        Caller("nobody", {}, frozenset(base), None),
        Caller("wrong key", bearer("gj_wrong"), frozenset(base), None),
        Caller("staff", its.key("staff", own), frozenset(people), own),
        Caller("admin", its.key("admin", own), frozenset({*people, Rule.ADMIN}), own),
        Caller("consultant", {**bearer(consultants), **chosen}, frozenset(case), own),
        Caller("consultant of nobody", its.key("consultant"), frozenset(known), None),
        Caller("trainer", its.key("trainer"), frozenset({*known, Rule.READ}), None),
        Caller("host", its.key("host"), frozenset({*known, Rule.HOST}), None),
        Caller("operator", its.key("operator"), frozenset({*known, Rule.OPERATOR}), None),
        Caller("break glass", bearer(glass), frozenset(case), own),
        Caller("staff's browser", session(its, Role.STAFF, own), frozenset(people), own),
        Caller("admin's browser", session(its, Role.ADMIN, own), frozenset({*people, Rule.ADMIN}), own),
        Caller("consultant's browser", session(its, Role.CONSULTANT, None), frozenset(known), None),
        Caller("trainer's browser", session(its, Role.TRAINER, None), frozenset({*known, Rule.READ}), None),
        Caller("host's browser", session(its, Role.HOST, None), frozenset({*known, Rule.HOST}), None),
        Caller("operator's browser", session(its, Role.OPERATOR, None), frozenset({*known, Rule.OPERATOR}), None),
    ]


def session(its: Installation, role: Role, company: str | None) -> dict[str, str]:
    office = its.base.office
    person = office.accounts.people.add(role, company, str(role))
    return {"Cookie": f"giljabi_session={office.signed_in(person, 'link')}"}


def routes(its: Installation) -> list[tuple[Route, Rule]]:
    app: Any = its.http.app
    return [(route, stated.rule) for route, stated in Rules(api_routes(app)).all()]


def api_routes(app: FastAPI) -> list[Any]:
    return [route for route in app.routes if not isinstance(route, Mount)]


def call(its: Installation, method: str, route: str, ids: Mapping[str, str], headers: dict[str, str]) -> httpx.Response:
    """The request for what these ids name, with a body that the route takes where one of ours can do no harm."""
    named = route.replace("{document_id}/pages", "{pdf_id}/pages")
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: ids[found[1]], named)
    if path == "/api/documents" and method == "POST":
        return its.http.request(method, path, headers=headers, files={"file": ("x.md", b"# x\n\ny\n")})
    question = f"{CANARY} 알람 E-999 조치는?"
    bodies: dict[str, Any] = {
        "/api/ask": {"question": question, "conversation_id": ids["conversation_id"]},
        "/v1/chat/completions": {"messages": [{"role": "user", "content": question}]},
        "/api/aas/drafts": {"document_ids": [ids["document_id"]]},
        "/api/aas/drafts/{draft_id}/values": {"path": "Nameplate/ManufacturerName", "confirmed": True},
        "/api/session/company": {"company_id": ids["company"]},
        "/api/documents/{document_id}": {"stays_here": True},
        "/api/documents/{document_id}/view": {"section": 0, "quote": CANARY},
        "/api/conversations/{conversation_id}/feedback": {"turn_id": ids["turn_id"], "rating": 1},
        "/api/casefile/entries": {"kind": "note", "text": "메모"},
        "/api/casefile/entries/{entry_id}": {"kind": "note", "text": "메모"},
        "/api/diagnoses/{diagnosis_id}/answers": {"question_id": ids["question_id"], "value": "unknown"},
        "/api/diagnoses/{diagnosis_id}/say": {"text": "1번"},
        "/api/diagnoses/{diagnosis_id}/at": {"question_id": ids["question_id"]},
        "/api/diagnoses/{diagnosis_id}/parts": {"mine": ["data"]},
        "/api/company/grants": {"consultant": ids["consultant"], "days": 1},
        "/api/company/consents": {"overview": False},
        "/api/company/disclosures/{disclosure_id}/decision": {"step": "refused"},
        "/api/host/disclosures": {"company": ids["company"], "paper": paper()},
    }
    params = {"q": CANARY} if path == "/api/search" else None
    params = {"since": ids["document_id"]} if path.endswith("/changes") else params
    body = bodies.get(route, {"stays_here": True, "rating": 1}) if method not in {"GET", "HEAD"} else None
    return its.http.request(method, path, headers=headers, json=body, params=params, follow_redirects=False)


class Nothing(dict[str, str]):
    """Ids of what is not there."""

    def __missing__(self, _: str) -> str:
        return "none"


def methods(route: Route) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD", "OPTIONS"})


def test_what_needs_no_sign_in_is_what_is_written_here(its: Installation) -> None:
    free = {route.path for route, rule in routes(its) if rule == Rule.PUBLIC}
    known = {"/api/sign-in-ways", "/oidc/start", "/oidc/callback"}
    assert free - known == FREE


def test_every_route_for_every_role_and_the_other_companys_ids(
    its: Installation, theirs: Theirs, callers: list[Caller]
) -> None:
    """401 without proof, 403 without the right, and never a byte of the other company's in what comes back."""
    before = snapshot(its, theirs)
    checked = 0
    for route, rule in routes(its):
        for method in methods(route):
            for caller in callers:
                if (method, route.path) == ("DELETE", "/api/session"):
                    continue  # it would sign them out
                # The operator may revoke and remove, and would.
                removing = method == "DELETE" and rule == Rule.OPERATOR and rule in caller.rules
                answer = call(its, method, route.path, Nothing() if removing else theirs.ids, caller.headers)
                said = f"{caller.name}: {method} {route.path} → {answer.status_code}"
                if rule not in caller.rules:
                    wanted = 401 if caller.rules == {Rule.PUBLIC} else 403
                    assert answer.status_code == wanted, said
                else:
                    assert answer.status_code not in {401, 403} or rule == Rule.PUBLIC, said
                    assert answer.status_code < 500, said
                if rule != Rule.OPERATOR:
                    assert CANARY.encode() not in scrubbed(answer.content), said
                checked += 1
    assert checked >= len(callers) * (len(routes(its)) - 1)
    assert snapshot(its, theirs) == before


def scrubbed(content: bytes) -> bytes:
    """The answer without the question, which says the canary itself."""
    return content.replace(f"{CANARY} 알람 E-999 조치는?".encode(), b"")


def snapshot(its: Installation, theirs: Theirs) -> dict[str, Any]:
    """What the other company has, as it sees it itself."""
    with its.product.opened(theirs.company) as opened:
        documents = [(entry.document_id, entry.status, entry.stays_here) for entry in opened.place.registry.entries()]
        drafts = Drafts(opened.place.database).list()
        entries = CaseFile(opened.place.database).entries()
        diagnoses = Diagnoses(opened.place.database).list()
    accounts = its.base.office.accounts
    return {
        "documents": documents,
        "drafts": drafts,
        "entries": entries,
        "diagnoses": diagnoses,
        "people": accounts.people.of(theirs.company),
        "keys": [key for key in accounts.keys.of(theirs.company) if key.name == CANARY],
        "grants": accounts.grants.of(theirs.company),
        "company": accounts.companies.find(theirs.company),
    }


def test_an_id_of_another_company_is_like_one_that_is_not(
    its: Installation, theirs: Theirs, callers: list[Caller]
) -> None:
    staff = next(caller for caller in callers if caller.name == "admin")
    for route, rule in routes(its):
        if "{" not in route.path or rule not in staff.rules or rule == Rule.PUBLIC:
            continue
        for method in methods(route):
            other = call(its, method, route.path, theirs.ids, staff.headers)
            none = call(its, method, route.path, Nothing(page="1"), staff.headers)
            assert (other.status_code, other.content) == (none.status_code, none.content), f"{method} {route.path}"


def test_what_is_ones_own_is_there(its: Installation, ours: Theirs, callers: list[Caller]) -> None:
    """Else the others' not being there would prove nothing."""
    seen = set()
    for route, rule in routes(its):
        reading = {Rule.READ, Rule.CASE, Rule.COMPANY, Rule.ADMIN}
        if "{" not in route.path or "GET" not in methods(route) or rule not in reading:
            continue
        for caller in callers:
            if rule in caller.rules and caller.reads and "conversation" not in route.path:
                answer = call(its, "GET", route.path, ours.ids, caller.headers)
                assert answer.status_code == 200, f"{caller.name}: {route.path}"
                seen.add((route.path, caller.name))
    assert {path for path, _ in seen} == {
        "/api/documents/{document_id}",
        "/api/documents/{document_id}/file",
        "/api/documents/{document_id}/preview",
        "/api/documents/{document_id}/changes",
        "/api/documents/{document_id}/pages/{page}.png",
        "/api/aas/drafts/{draft_id}",
        "/api/aas/drafts/{draft_id}/file",
        "/api/diagnoses/{diagnosis_id}",
        "/api/diagnoses/{diagnosis_id}/report",
        "/api/diagnoses/{diagnosis_id}/hints/{question_id}",
    }


def test_a_conversation_is_its_persons_alone(its: Installation, callers: list[Caller]) -> None:
    readers = [caller for caller in callers if Rule.READ in caller.rules]
    kept = {}
    for caller in readers:
        asked = its.http.post("/api/ask", json={"question": "프레스 알람 E-999 조치는?"}, headers=caller.headers).json()
        kept[caller.name] = asked["conversation_id"]
    for caller in readers:
        for owner, conversation in kept.items():
            status = its.http.get(f"/api/conversations/{conversation}", headers=caller.headers).status_code
            assert status == (200 if owner == caller.name else 404), f"{caller.name} reads {owner}'s"


def test_a_consultant_cannot_choose_a_company_that_did_not_let_them_in(
    its: Installation, theirs: Theirs, callers: list[Caller]
) -> None:
    consultant = next(caller for caller in callers if caller.name == "consultant")
    chosen = {**consultant.headers, "X-Giljabi-Company": theirs.company}
    assert its.http.get("/api/documents", headers=chosen).status_code == 403
    chosen = {**consultant.headers, "X-Giljabi-Company": consultant.reads or ""}
    assert its.http.get("/api/documents", headers=chosen).status_code == 200


def test_a_route_without_a_rule_keeps_the_app_from_being_built() -> None:
    router = APIRouter()

    @router.get("/leak")
    def leak() -> str:
        return ""

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(router)
    with pytest.raises(UngatedRouteError):
        Rules(app.routes)

    @app.get("/stated")
    @may(Rule.KNOWN)
    def stated() -> str:
        return ""

    alone = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    alone.add_api_route("/stated", stated)
    assert [found.rule for _, found in Rules(alone.routes).all()] == [Rule.KNOWN]
    alone.mount("/files", FastAPI())
    with pytest.raises(UngatedRouteError):
        Rules(alone.routes)


@pytest.mark.parametrize("path", ["/nothing", "/../etc/passwd", "/api/documents/"])
def test_what_is_not_there_tells_a_stranger_nothing(its: Installation, path: str) -> None:
    assert its.http.get(path).status_code == 401
