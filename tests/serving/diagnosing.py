"""A company that diagnoses itself over HTTP: what its people do, as tests want it said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from assistant.asof import korea
from serving.accounts.roles import Role
from tests.installation import Installation


@dataclass
class Day:
    """What day it is in Korea; the real one where none is set."""

    at: date | None = None

    def __call__(self) -> date:
        return self.at or korea()


class Firm:
    """A company with a member of staff, by a key."""

    made = 0

    def __init__(self, its: Installation, name: str = "") -> None:
        Firm.made += 1
        self.its = its
        self.name = name or f"협력사 {Firm.made}"
        self.company = its.company(self.name)
        self.staff = its.key("staff", self.company)

    def person(self, role: Role = Role.STAFF) -> list[dict[str, str]]:
        """The cookies of one person on two devices."""
        office = self.its.base.office
        person = office.accounts.people.add(role, self.company, "김 반장")
        return [{"Cookie": f"giljabi_session={office.signed_in(person, 'link')}"} for _ in range(2)]

    def send(self, method: str, path: str = "", who: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.its.http.request(method, f"/api/diagnoses{path}", headers=who or self.staff, **more)

    def ok(self, method: str, path: str = "", who: dict[str, str] | None = None, **more: Any) -> Any:
        answer = self.send(method, path, who, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def start(self, depth: str = "first", who: dict[str, str] | None = None) -> str:
        return str(self.ok("POST", "", who, json={"depth": depth})["diagnosis_id"])

    def answer(self, diagnosis: str, question: str, value: str, who: dict[str, str] | None = None, **more: Any) -> Any:
        body = {"question_id": question, "value": value, **more}
        return self.ok("POST", f"/{diagnosis}/answers", who, json=body)

    def say(self, diagnosis: str, text: str, who: dict[str, str] | None = None) -> Any:
        return self.ok("POST", f"/{diagnosis}/say", who, json={"text": text})

    def report(self, diagnosis: str, form: str = "json") -> bytes:
        answer = self.send("GET", f"/{diagnosis}/report", params={"format": form})
        assert answer.status_code == 200, answer.text
        return answer.content

    def fill(self, diagnosis: str, at: int = 1) -> None:
        """Every question at the same place of its choices, the last being what nobody knows."""
        for question in self.ok("GET", f"/{diagnosis}")["questions"]:
            self.answer(diagnosis, question["question_id"], question["choices"][at]["value"])

    def case(self) -> Any:
        return self.its.http.get("/api/casefile", headers=self.staff).json()

    def state(self, what: str, body: Any) -> None:
        answer = self.its.http.put(f"/api/casefile/{what}", json=body, headers=self.staff)
        assert answer.is_success, answer.text

    def log(self, subject: str) -> list[str]:
        """What the log says was done to it, the first first."""
        admin = self.its.key("admin", self.company)
        entries = self.its.http.get("/api/audit", headers=admin).json()["entries"]
        return [entry["action"] for entry in reversed(entries) if entry["subject"] == subject]
