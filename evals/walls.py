"""Do the walls hold? Random calls of every kind of caller for what belongs to others, whose ids they all know.

An installation of its own is made in an empty folder, each company with a word in it that stands nowhere else (its
canary): in a document, its name, a question, the name of a key. Whatever a caller is given is searched for the canaries
of all companies but the one whose place is theirs.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI

from assistant.asof import korea
from assistant.case_entries import Note
from assistant.casefile import CaseFile
from assistant.errors import AssistantError
from evals.errors import EvalError
from knowledge.document import Status
from knowledge.errors import KnowledgeError
from serving import build, web
from serving.accounts.roles import Role
from serving.accounts.secrets import kept
from serving.build import Foundation
from serving.errors import RequestError, ServingError
from serving.gate import Gate, Identity
from serving.home import Home
from serving.places import Opened
from serving.product import Product
from serving.settings import Settings

BY = "eval"
SHARE_OVER_HTTP = 0.01
"""Of the tries, those that go through the whole app."""
_SEED = 20261123
_REFUSALS = (ServingError, KnowledgeError, AssistantError)


@dataclass(frozen=True, slots=True)
class Company:
    """One company, and everything by which somebody else might ask for what it has."""

    company_id: str
    canary: str
    ids: dict[str, str]


@dataclass(frozen=True, slots=True)
class Attacker:
    """Somebody with a key of their own. `home`: the company whose place they may open, if any."""

    secret: str
    role: Role
    home: str | None


@dataclass(slots=True)
class Tally:
    """What came of the tries. `seen` names each that showed another's canary; `own` counts those that showed the
    caller's own: were there none, the look-out would be blind.
    """

    tries: int = 0
    answered: int = 0
    refused: int = 0
    by_way: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)
    own: int = 0


@contextmanager
def installation(settings: Settings) -> Iterator[tuple[Foundation, Product, FastAPI]]:
    """An installation in an empty folder, with the models of this home and no engine: evidence is quoted."""
    nowhere = {"engine": "remote", "llm_url": "http://127.0.0.1:9/v1", "llm_model": "none"}
    generous = {"person_a_minute": 10**9, "company_a_minute": 10**9}
    with TemporaryDirectory(prefix="giljabi-walls-") as folder:
        wanted = settings.model_copy(update={"home": Path(folder), **nowhere, **generous})
        home = Home(wanted.home_path)
        home.acquire()
        try:
            base = build.foundation(wanted, home)
            made = build.product(base, build.model_store(settings, Home(settings.home_path)))
            made.start()
            try:
                yield base, made, web.app(base, made)
            finally:
                made.stop()
        finally:
            home.release()


class Walls:
    """An installation with companies and attackers."""

    def __init__(self, base: Foundation, made: Product, app: FastAPI, companies: int) -> None:
        self._base = base
        self._made = made
        self._app = app
        self._chance = random.Random(_SEED)
        self._companies = [self._company(number) for number in range(companies)]
        self._attackers = [*self._people(), *self._strangers()]
        accounts = base.office.accounts
        self._gate = Gate(accounts.sessions, accounts.keys, accounts.grants, base.machine.known)

    def attack(self, tries: int, progress: Callable[[int], None]) -> dict[str, Any]:
        """So many calls; figures over them. What a company has is the same afterwards, or EvalError is raised."""
        tally, before = Tally(), self._inventory()
        over_http = max(1, int(tries * SHARE_OVER_HTTP))
        for number in range(tries - over_http):
            self._try(tally)
            if number % 1000 == 0:
                progress(number)
        asyncio.run(self._try_over_http(over_http, tally))
        progress(tries)
        if not self._same(before):
            raise EvalError("다른 회사의 것이 바뀌었습니다 · something of another company was changed")
        return {
            "tries": tally.tries, "over_http": over_http, "answered": tally.answered, "refused": tally.refused,
            "canaries_seen": len(tally.seen), "own_canaries_seen": tally.own, "seen": tally.seen[:20], "by_way": dict(tally.by_way.most_common()),
            "companies": len(self._companies), "attackers": len(self._attackers),
        }  # fmt: skip

    def open_all(self) -> dict[str, Any]:
        """Search in every company once, and say what that takes of memory and descriptors."""
        for company in self._companies:
            with self._made.opened(company.company_id) as opened:
                opened.finder.search("점검 주기", 3)
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return {
            "companies": len(self._companies),
            "open_places": self._made.open_places,
            "memory_mb": int(resident.split()[1]) // 1000,
            "descriptors": len(os.listdir("/proc/self/fd")),  # noqa: PTH208  counted, not walked
        }

    def _try(self, tally: Tally) -> None:
        """One call past the routes: the gate's decision, then the stores themselves."""
        attacker, victim = self._chance.choice(self._attackers), self._chance.choice(self._companies)
        way, call = self._chance.choices(_WAYS, _WEIGHTS)[0]
        tally.tries += 1
        tally.by_way[way] += 1
        identity = self._gate.by_key(attacker.secret, victim.company_id)
        try:
            if identity is None or identity.place is None:
                raise RequestError("forbidden", 403)
            with self._made.opened(identity.place) as opened:
                given = repr(call(opened, identity, victim))
        except _REFUSALS as error:
            tally.refused += 1
            given = f"{error} {error.args}"
        else:
            tally.answered += 1
        self._look(given, attacker, f"{attacker.role} {way}", tally)

    async def _try_over_http(self, tries: int, tally: Tally) -> None:
        transport = httpx.ASGITransport(self._app, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            for _ in range(tries):
                attacker, victim = self._chance.choice(self._attackers), self._chance.choice(self._companies)
                method, path, content = self._request(victim)
                headers = {"Authorization": f"Bearer {attacker.secret}", "X-Giljabi-Company": victim.company_id}
                if victim.company_id == attacker.home and method != "GET":
                    continue  # their own, which they may change
                answer = await http.request(method, path, headers=headers, **content)
                tally.tries += 1
                tally.by_way[f"http {method} {'/'.join(path.split('/')[:3])}"] += 1
                tally.answered += answer.is_success
                tally.refused += answer.is_error
                if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                    raise EvalError(f"{method} {path}: {answer.status_code}")
                self._look(answer.text, attacker, f"{attacker.role} {method} {path}", tally)

    def _request(self, victim: Company) -> tuple[str, str, dict[str, Any]]:
        ids, asked = victim.ids, f"{victim.ids['word']} 점검 주기는?"
        document, conversation = f"/api/documents/{ids['document']}", f"/api/conversations/{ids['conversation']}"
        diagnosis = f"/api/diagnoses/{ids['diagnosis']}"
        choices: list[tuple[str, str, dict[str, Any]]] = [
            ("GET", document, {}),
            ("GET", f"{document}/file", {}),
            ("PATCH", document, {"json": {"stays_here": True}}),
            ("DELETE", document, {}),
            ("GET", conversation, {}),
            ("DELETE", conversation, {}),
            ("POST", f"{conversation}/feedback", {"json": {"turn_id": ids["turn"], "rating": 1}}),
            ("GET", "/api/audit", {}),
            ("GET", "/api/documents", {}),
            ("GET", "/api/conversations", {}),
            ("GET", "/api/company", {}),
            ("GET", "/api/company/keys", {}),
            ("DELETE", f"/api/company/keys/{ids['key']}", {}),
            ("GET", "/api/search", {"params": {"q": f"{ids['word']} 점검 주기"}}),
            ("GET", "/api/host/overview", {}),
            ("PUT", "/api/session/company", {"json": {"company_id": victim.company_id}}),
            ("GET", "/api/session", {}),
            ("POST", "/api/company/disclosures/none/decision", {"json": {"step": "refused"}}),
            ("POST", "/api/ask", {"json": {"question": asked, "conversation_id": ids["conversation"]}}),
            ("POST", "/v1/chat/completions", {"json": {"messages": [{"role": "user", "content": asked}]}}),
            ("GET", "/metrics", {}),
            ("GET", "/api/casefile", {}),
            ("GET", "/api/casefile/export", {}),
            ("GET", "/api/casefile/peers", {}),
            ("DELETE", f"/api/casefile/entries/{ids['entry']}", {}),
            ("PUT", f"/api/casefile/entries/{ids['entry']}", {"json": {"kind": "note", "text": "메모"}}),
            ("GET", "/api/diagnoses", {}),
            ("GET", diagnosis, {}),
            ("GET", f"{diagnosis}/report", {}),
            ("POST", f"{diagnosis}/answers", {"json": {"question_id": "records", "value": "unknown"}}),
            ("POST", f"{diagnosis}/say", {"json": {"text": "1번"}}),
            ("POST", f"{diagnosis}/at", {"json": {"question_id": "records"}}),
            ("PUT", f"{diagnosis}/parts", {"json": {"mine": ["data"]}}),
            ("GET", f"{diagnosis}/hints/records", {}),
            ("DELETE", f"{diagnosis}/answers/records/evidence/{ids['document']}", {}),
            ("DELETE", diagnosis, {}),
        ]
        return self._chance.choice(choices)

    def _look(self, given: str, attacker: Attacker, how: str, tally: Tally) -> None:
        for company in self._companies:
            if company.canary in given:
                if company.company_id == attacker.home:
                    tally.own += 1
                else:
                    tally.seen.append(f"{how}: {company.company_id}")

    def _company(self, number: int) -> Company:
        """A company with a canary in everything it can have."""
        office = self._base.office
        company, _ = office.add_company(f"협력사 {number}", BY)
        canary, word = f"canary{self._chance.getrandbits(64):016x}", f"설비{number}호기"
        key, _ = office.make_key(Role.STAFF, company.company_id, canary, BY)
        text = f"# {word} {canary}\n\n{word}의 점검 주기는 {number + 1}개월이다. {canary}\n"
        with self._made.opened(company.company_id) as opened:
            entry, _ = opened.documents.add(text.encode(), f"{canary}.md", BY)
            _await(opened, entry.document_id)
            conversation, turn = opened.records.open_turn(BY, f"{canary} 점검 주기는?", None)
            sections = opened.place.chunks.of_document(entry.document_id)
            noted = CaseFile(opened.place.database).add(Note(text=f"{canary} 금형을 바꿨다"), BY, korea())
            diagnosed = opened.diagnosing.interview.start("first", BY)
            opened.diagnosing.interview.answer(diagnosed, BY, "records", "paper", why=canary, said=canary)
        ids = {
            "document": entry.document_id, "conversation": conversation, "turn": turn, "key": key.key_id, "word": word,
            "chunk": sections[0].chunk_id, "entry": noted.entry_id, "diagnosis": diagnosed.diagnosis_id,
        }  # fmt: skip
        return Company(company.company_id, canary, ids)

    def _people(self) -> Iterator[Attacker]:
        for company in self._companies:
            for role in (Role.STAFF, Role.ADMIN):
                _, secret = self._base.office.make_key(role, company.company_id, "", BY)
                yield Attacker(secret, role, company.company_id)

    def _strangers(self) -> Iterator[Attacker]:
        for role in (Role.TRAINER, Role.HOST, Role.OPERATOR, Role.CONSULTANT):
            _, secret = self._base.office.make_key(role, None, "", BY)
            yield Attacker(secret, role, None)
        consultant, secret = self._base.office.make_key(Role.CONSULTANT, None, "", BY)
        self._base.office.grant(self._companies[0].company_id, consultant.key_id, 1, BY)
        yield Attacker(secret, Role.CONSULTANT, self._companies[0].company_id)
        yield Attacker("gj_unknown", Role.STAFF, None)
        yield Attacker(kept(secret), Role.STAFF, None)  # the hash that is kept, as a thief of the database has it

    def _same(self, before: list[Any]) -> bool:
        try:
            return self._inventory() == before
        except _REFUSALS:  # something of it is gone
            return False

    def _inventory(self) -> list[Any]:
        """What every company has."""
        found: list[Any] = []
        for company in self._companies:
            with self._made.opened(company.company_id) as opened:
                entry = opened.place.registry.get(company.ids["document"])
                turns = opened.records.turns(BY, company.ids["conversation"])
                said = (CaseFile(opened.place.database).entries(), opened.diagnosing.kept.list())
                found.append((entry.status, entry.stays_here, [(turn.question, turn.rating) for turn in turns], said))
        return found


Way = Callable[[Opened, Identity, Company], object]
_WAYS: list[tuple[str, Way]] = [
    ("documents.find", lambda opened, _, victim: opened.documents.find(victim.ids["document"])),
    ("registry.document", lambda opened, _, victim: opened.place.registry.document(victim.ids["document"])),
    ("registry.section", lambda opened, _, victim: opened.place.registry.section(victim.ids["document"], 0)),
    ("registry.file", lambda opened, _, victim: opened.place.registry.file(victim.ids["document"]).read_bytes()),
    ("chunks.get", lambda opened, _, victim: opened.place.chunks.get([victim.ids["chunk"]])),
    ("chunks.of_document", lambda opened, _, victim: opened.place.chunks.of_document(victim.ids["document"])),
    ("records.turns", lambda opened, who, victim: opened.records.turns(who.person, victim.ids["conversation"])),
    ("records.turns as them", lambda opened, _, victim: opened.records.turns(f"{BY}-", victim.ids["conversation"])),
    ("records.heads", lambda opened, who, _: opened.records.heads(who.person)),
    ("records.rate", lambda opened, who, victim: opened.records.rate(
        who.person, victim.ids["conversation"], victim.ids["turn"], 1, None)),
    ("conversation.check", lambda opened, who, victim: opened.conversation.check(
        who.person, "점검 주기는?", victim.ids["conversation"])),
    ("casefile.entries", lambda opened, _, __: CaseFile(opened.place.database).entries()),
    ("diagnoses.get", lambda opened, _, victim: opened.diagnosing.kept.get(victim.ids["diagnosis"])),
    ("diagnoses.list", lambda opened, _, __: opened.diagnosing.kept.list()),
    ("diagnoses.asked", lambda opened, _, victim: opened.diagnosing.kept.asked(victim.ids["diagnosis"], BY)),
    ("search", lambda opened, _, victim: opened.finder.search(f"{victim.ids['word']} 점검 주기", 20)),
]  # fmt: skip
_WEIGHTS = [1 if way == "search" else 20 for way, _ in _WAYS]
"""A search takes fifty times as long as a look-up."""


def _await(opened: Opened, document_id: str) -> None:
    """Until the worker has taken the document in. Raises EvalError where it was not."""
    while (status := opened.place.registry.get(document_id).status) in {Status.QUEUED, Status.READ}:
        time.sleep(0.01)
    if status != Status.INDEXED:
        raise EvalError("자료를 넣지 못했습니다 · a document was not taken in")
