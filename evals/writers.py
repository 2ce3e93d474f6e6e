"""A company that writes without pause, and knows of each thing whether the server said that it was done."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from evals.server import bearer, expected

_PAUSE = 0.15
"""Seconds between two writes, at most."""


@dataclass(slots=True)
class Document:
    """What was acknowledged of a document. `here` and `stays` are None while nobody knows: the answer did not come."""

    text: bytes
    word: str
    here: bool | None = True
    stays: bool | None = False


@dataclass(slots=True)
class Turn:
    conversation: str
    answer: str
    rating: int | None = None
    sure: bool = True


@dataclass(slots=True)
class Ledger:
    """Everything one company had acknowledged, by id; keys by secret, with whether they work. `counted`: its consent."""

    documents: dict[str, Document] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    keys: dict[str, tuple[str, bool | None]] = field(default_factory=dict)
    counted: bool | None = False
    acknowledged: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)


class Writer(threading.Thread):
    """Writes as one company's admin, whose key outlives the server. `at_rest` is held between two writes."""

    def __init__(self, url: str, name: str, secret: str, seed: int, go: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.ledger = Ledger()
        self.at_rest = threading.Lock()
        self.failure: Exception | None = None
        self.http = httpx.Client(base_url=url, headers=bearer(secret), timeout=60)
        self._chance = random.Random(seed)
        self._go = go
        self._over = False

    def run(self) -> None:
        """Until `finish`. What is no answer is remembered as such; an answer that ought not to be is a failure."""
        while not self._over:
            self._go.wait()
            with self.at_rest:
                if self._go.is_set() and not self._over:
                    self._write()
            time.sleep(self._chance.uniform(0, _PAUSE))

    def finish(self) -> None:
        self._over = True
        self._go.set()
        self.join()

    def close(self) -> None:
        self.http.close()

    def _write(self) -> None:
        kinds = {
            self._add: 6, self._delete: 2, self._mark: 2, self._ask: 4, self._rate: 2, self._key: 1, self._revoke: 1,
            self._consent: 1,
        }  # fmt: skip
        kind = self._chance.choices(list(kinds), list(kinds.values()))[0]
        name = kind.__name__.removeprefix("_")
        try:
            if kind():
                self.ledger.acknowledged[name] += 1
        except httpx.TransportError:
            self.ledger.unanswered[name] += 1
        except Exception as error:  # noqa: BLE001  told in the report
            self.failure = error
            self._over = True

    def _add(self) -> bool:
        word = f"부품{self._chance.getrandbits(48):012x}"
        text = f"# {word}\n\n{word}의 점검 주기는 {self._chance.randint(1, 90)}일이다.\n".encode()
        answer = self.http.post("/api/documents", files={"file": (f"{word}.md", text)})
        taken = expected(answer, 202)
        self.ledger.documents[taken["document_id"]] = Document(text, word)
        return True

    def _delete(self) -> bool:
        chosen = self._chosen()
        if chosen is None:
            return False
        identity, document = chosen
        document.here = None
        expected(self.http.delete(f"/api/documents/{identity}"), 204)
        document.here = False
        return True

    def _mark(self) -> bool:
        chosen = self._chosen()
        if chosen is None:
            return False
        identity, document = chosen
        wanted = self._chance.random() < 0.5
        document.stays = None
        expected(self.http.patch(f"/api/documents/{identity}", json={"stays_here": wanted}), 204)
        document.stays = wanted
        return True

    def _ask(self) -> bool:
        asked = {"question": "점검 주기는 며칠인가요?"}
        if self.ledger.turns and self._chance.random() < 0.5:
            asked["conversation_id"] = self._chance.choice(list(self.ledger.turns.values())).conversation
        told = expected(self.http.post("/api/ask", json=asked), 200)
        self.ledger.turns[told["turn_id"]] = Turn(told["conversation_id"], told["answer"])
        return True

    def _rate(self) -> bool:
        if not self.ledger.turns:
            return False
        identity, turn = self._chance.choice(list(self.ledger.turns.items()))
        rating = self._chance.choice([1, -1])
        turn.sure = False
        path = f"/api/conversations/{turn.conversation}/feedback"
        expected(self.http.post(path, json={"turn_id": identity, "rating": rating}), 204)
        turn.rating, turn.sure = rating, True
        return True

    def _key(self) -> bool:
        made = expected(self.http.post("/api/company/keys", json={"name": "ERP"}), 201)
        self.ledger.keys[made["key"]] = (made["key_id"], True)
        return True

    def _revoke(self) -> bool:
        working = [(secret, key) for secret, (key, works) in self.ledger.keys.items() if works]
        if not working:
            return False
        secret, key = self._chance.choice(working)
        self.ledger.keys[secret] = (key, None)
        expected(self.http.delete(f"/api/company/keys/{key}"), 204)
        self.ledger.keys[secret] = (key, False)
        return True

    def _consent(self) -> bool:
        given = self._chance.random() < 0.5
        facts = {"region": "경남"} if given else {}
        self.ledger.counted = None
        expected(self.http.put("/api/company/consents", json={"overview": given, "facts": facts}), 204)
        self.ledger.counted = given
        return True

    def _chosen(self) -> tuple[str, Document] | None:
        here = [(identity, document) for identity, document in self.ledger.documents.items() if document.here]
        return self._chance.choice(here) if here else None


def differences(writer: Writer, sample: random.Random | None) -> list[str]:
    """What the server has otherwise than it acknowledged. With a `sample` not every file and key is looked at."""
    http, ledger = writer.http, writer.ledger
    wrong: list[str] = []
    listed = {item["document_id"]: item for item in _get(http, "/api/documents")["documents"]}
    for identity, document in ledger.documents.items():
        found = listed.get(identity)
        if document.here is not None and (found is not None) != document.here:
            wrong.append(f"{identity}: {'lost' if document.here else 'back'}")
        elif found is not None and document.here:
            wrong += _marks(identity, document, found)
    present = [identity for identity, document in ledger.documents.items() if document.here and identity in listed]
    for identity in _some(present, sample):
        if http.get(f"/api/documents/{identity}/file").content != ledger.documents[identity].text:
            wrong.append(f"{identity}: not its bytes")
    wrong += _turns(http, ledger)
    for secret in _some(list(ledger.keys), sample):
        key, works = ledger.keys[secret]
        status = http.get("/api/session", headers=bearer(secret)).status_code
        if works is not None and (status == httpx.codes.OK) != works:
            wrong.append(f"{key}: {status} where it {'works' if works else 'is revoked'}")
    consent = _get(http, "/api/company")["consents"]["overview"]
    if ledger.counted is not None and consent != ledger.counted:
        wrong.append(f"consent: {consent} where it is {ledger.counted}")
    return wrong


def _marks(identity: str, document: Document, found: dict[str, Any]) -> list[str]:
    wrong = []
    if document.stays is not None and found["stays_here"] != document.stays:
        wrong.append(f"{identity}: marked otherwise")
    if found["status"] == "rejected":
        wrong.append(f"{identity}: rejected: {found['reason']}")
    return wrong


def _turns(http: httpx.Client, ledger: Ledger) -> list[str]:
    kept = {
        turn["turn_id"]: turn
        for conversation in {turn.conversation for turn in ledger.turns.values()}
        for turn in _get(http, f"/api/conversations/{conversation}")["turns"]
    }
    wrong = []
    for identity, turn in ledger.turns.items():
        found = kept.get(identity)
        if found is None or (found["answer"], found["state"]) != (turn.answer, "done"):
            wrong.append(f"{identity}: {'lost' if found is None else 'another answer'}")
        elif turn.sure and found["rating"] != turn.rating:
            wrong.append(f"{identity}: rated otherwise")
    return wrong


def _some(all_of_them: list[str], sample: random.Random | None) -> list[str]:
    return sample.sample(all_of_them, min(5, len(all_of_them))) if sample else all_of_them


def _get(http: httpx.Client, path: str) -> Any:
    return expected(http.get(path), 200)
