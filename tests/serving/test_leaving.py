"""A company that leaves: nothing of it is found afterwards, however it was cut short, and the receipt is honest."""

from __future__ import annotations

import base64
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge import starter
from retrieval.korean import Tokenizer
from serving import leaving, receipt, traces, web
from serving.accounts.companies import Companies
from serving.audit import Action
from serving.databases.sqlite import SqliteDatabases
from serving.errors import RequestError
from serving.leaving import Leaving, emptied
from serving.overview import Consents
from tests.firm import Firm, backed_up, founded, names, quick, restored  # noqa: F401  a fixture
from tests.installation import Installation, installed
from tests.postgres import Server
from tests.serving.test_disclosure import paper

LIBRARY = [("공용.md", "# 자율형공장\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
WORD = "plantedcanaryword7391"
NAME = f"한빛 {WORD}"

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("quick", "library")]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "starter_files", lambda: LIBRARY)


@pytest.fixture
def its(tmp_path: Path, tokenizer: Tokenizer) -> Iterator[Installation]:
    with installed(tmp_path / "home", tokenizer, headers=False, person_a_minute=100_000) as its:
        yield its


@pytest.fixture
def firm(its: Installation) -> Firm:
    return founded(its, NAME, WORD)


def delete(its: Installation, firm: Firm) -> dict[str, Any]:
    where = f"/api/companies/{firm.company_id}?confirm={firm.company_id}"
    answer = its.http.delete(where, headers=its.operator)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def holding(folder: Path, word: str) -> list[str]:
    """Every file that has the word in it or in its name: apart from the search that is tested."""
    forms = [word.encode(), word.encode("utf-16-le"), base64.b64encode(word.encode())[:16]]
    return [
        str(path)
        for path in folder.rglob("*")
        if word in str(path.relative_to(folder))
        or (path.is_file() and any(form in path.read_bytes() for form in forms))
    ]


def receipts(its: Installation) -> list[dict[str, Any]]:
    return [json.loads(file.read_bytes()) for file in (its.base.home.root / "receipts").glob("*.json")]


def test_nothing_is_left_of_a_company_that_was_deleted(its: Installation, firm: Firm) -> None:
    other = founded(its, "두리산업", "duri")
    browser = firm.signed_in(its)
    its.http.put("/api/company/consents", json={"overview": True, "facts": {"region": "서울"}}, headers=firm.key)
    root = its.base.home.root
    assert len(holding(root, WORD)) >= 3
    said = delete(its, firm)
    assert holding(root, WORD) == []
    assert not its.base.home.place(firm.company_id).exists()
    known = said["receipt"]
    assert known["proved"]
    assert known["found"] == known["unread"] == []
    assert known["canary_seen_before"] >= 3
    assert known["removed_files"] > 3
    assert known["searched_bytes"] > 10_000
    assert firm.company_id in said["text"]
    assert receipts(its) == [known]
    assert (root / "receipts").stat().st_mode & 0o777 == 0o700
    assert NAME not in json.dumps(said, ensure_ascii=False)
    assert browser.get("/api/session").status_code == 401
    assert its.http.get("/api/documents", headers=firm.key).status_code == 401
    assert not Consents(its.base.databases.shared()).given(firm.company_id)
    entry = its.base.office.books.installation.entries(limit=1)[0]
    assert (entry.action, entry.subject) == (Action.COMPANY_DELETED, firm.company_id)
    assert its.base.office.books.installation.verify() is None
    assert names(its, other) == ["점검 duri.md"]
    assert its.http.delete(f"/api/companies/{NAME}?confirm=x", headers=its.operator).status_code == 404


@pytest.mark.e2e
def test_nothing_is_left_in_postgresql(
    tmp_path: Path, tokenizer: Tokenizer, postgres: Server, postgres_url: str
) -> None:
    """The receipt speaks of what can be asked; here the server's own files are looked at too."""
    with installed(tmp_path, tokenizer, headers=False, database_url=postgres_url) as its, postgres.superuser() as it:
        firm = founded(its, NAME, WORD)
        it.exec_driver_sql("CHECKPOINT")
        assert holding(postgres.folder / "data" / "base", WORD)
        said = delete(its, firm)["receipt"]
        assert said["proved"]
        assert said["canary_seen_before"] >= 4
        it.exec_driver_sql("CHECKPOINT")
        assert holding(postgres.folder / "data" / "base", WORD) == []
        assert holding(tmp_path, WORD) == []


def test_an_admin_leaves_without_the_operator(its: Installation, firm: Firm) -> None:
    browser = firm.signed_in(its)
    for wrong in ("", "다른 회사", firm.company_id):
        assert browser.post("/api/company/leave", json={"confirm": wrong}).status_code == 422
    staff, secret = its.base.office.make_key("staff", firm.company_id, "", "operator")  # type: ignore[arg-type]
    bearer = {"Authorization": f"Bearer {secret}"}
    assert its.http.post("/api/company/leave", json={"confirm": NAME}, headers=bearer).status_code == 403
    answer = browser.post("/api/company/leave", json={"confirm": NAME})
    assert answer.status_code == 200, answer.text
    assert answer.json()["receipt"]["proved"]
    assert browser.get("/api/session").status_code == 401
    assert holding(its.base.home.root, WORD) == []
    assert staff.key_id not in its.http.get("/api/keys", headers=its.operator).text


def test_the_operator_must_say_which(its: Installation, firm: Firm) -> None:
    where = f"/api/companies/{firm.company_id}"
    assert its.http.delete(where, headers=its.operator).status_code == 422
    assert its.http.delete(f"{where}?confirm=local", headers=its.operator).status_code == 422
    assert its.http.delete(f"{where}?confirm={firm.company_id}", headers=firm.key).status_code == 403
    assert names(its, firm)


def test_the_hosts_own_copies_stay_and_are_counted(its: Installation, firm: Firm) -> None:
    _, secret = its.base.office.make_key("host", None, "", "operator")  # type: ignore[arg-type]
    host = {"Authorization": f"Bearer {secret}"}
    asked = {"company": firm.company_id, "paper": json.loads(json.dumps(paper(), default=str))}
    assert its.http.post("/api/host/disclosures", json=asked, headers=host).status_code == 201
    said = delete(its, firm)["receipt"]
    assert said["proved"]
    assert said["disclosures_kept"] == 1
    kept = its.http.get("/api/host/disclosures", headers=host).json()["disclosures"]
    assert [(each["company_name"], each["state"]) for each in kept] == [(NAME, "withdrawn")]
    root = its.base.home.root
    assert {Path(path).parent.name for path in holding(root, WORD)} <= {"accounts"}


def test_backups_that_still_hold_its_data_are_named(its: Installation, firm: Firm) -> None:
    other = founded(its, "두리산업", "duri")
    for company in (firm.company_id, other.company_id, None):
        backed_up(its, company)
    listed = its.http.get("/api/backups", headers=its.operator).json()["backups"]
    theirs = [each["backup_id"] for each in listed if each["company"] != other.company_id]
    assert set(delete(its, firm)["receipt"]["backups"]) == set(theirs)
    later = founded(its, "세모전자", "semo")
    assert delete(its, later)["receipt"]["backups"] == []


class Killed(BaseException):
    """As if the process had ended there."""


def _fails(*_: object, **__: object) -> None:
    raise Killed


STEPS = {
    "planted": (Leaving, "_write", 2),
    "closed": (Leaving, "_is_here", 1),
    "withdrawn": (Consents, "withdraw", 1),
    "database": (SqliteDatabases, "drop", 1),
    "folder": (shutil, "rmtree", 1),
    "rows": (Companies, "remove", 1),
    "again": (SqliteDatabases, "drop", 2),
    "scrubbed": (leaving, "scrub", 1),
    "searched": (receipt.Receipt, "told", 1),
    "written": (Leaving, "_write", 4),
}


def killed(
    its: Installation, firm: Firm, monkeypatch: pytest.MonkeyPatch, at: tuple[object, str, Callable[..., Any]]
) -> None:
    company = its.base.office.accounts.companies.find(firm.company_id)
    with monkeypatch.context() as patch:
        patch.setattr(*at)
        with pytest.raises(Killed):
            its.http.app.state.wiring.vault.leaving.leave(company, "operator")  # type: ignore[attr-defined]


@pytest.mark.parametrize("step", STEPS)
def test_a_leaving_cut_short_is_finished_at_the_next_start(
    its: Installation, firm: Firm, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, at = STEPS[step]
    whole, calls = getattr(where, name), 0

    def cut(*given: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        return _fails() if calls == at else whole(*given, **more)

    killed(its, firm, monkeypatch, (where, name, cut))
    wired = web.app(its.base, its.product).state.wiring
    assert [company.company_id for company in its.base.office.accounts.companies.all()] == ["local"]
    assert not its.base.home.place(firm.company_id).exists()
    assert holding(its.base.home.root, WORD) == []
    assert [known["proved"] for known in receipts(its)] == [True]
    assert not list((its.base.home.root / "receipts").glob("*.unfinished"))
    wired.vault.settle(its.base.home)
    assert len(receipts(its)) == 1


def test_a_company_comes_back_only_once_it_has_left(
    its: Installation, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next start would remove it again."""
    data = backed_up(its, firm.company_id)
    killed(its, firm, monkeypatch, (leaving, "scrub", _fails))
    assert restored(its, data).status_code == 503
    its.http.app.state.wiring.vault.settle(its.base.home)  # type: ignore[attr-defined]
    assert restored(its, data).status_code == 200
    web.app(its.base, its.product)
    assert names(its, firm) == [f"점검 {WORD}.md"]


def test_a_company_with_a_broken_database_leaves_too(its: Installation, firm: Firm) -> None:
    assert its.product.close(firm.company_id)
    database = its.base.home.place(firm.company_id) / "giljabi.db"
    database.with_name("giljabi.db-wal").unlink(missing_ok=True)
    database.write_bytes(b"no database" * 1000)
    assert delete(its, firm)["receipt"]["log_entries"] == 0
    assert holding(its.base.home.root, WORD) == []


def test_it_waits_for_whoever_is_inside(its: Installation, firm: Firm) -> None:
    inside, out = threading.Event(), threading.Event()

    def stays() -> None:
        with its.product.opened(firm.company_id):
            inside.set()
            out.wait(30)

    visitor = threading.Thread(target=stays)
    visitor.start()
    assert inside.wait(30)
    with pytest.raises(RequestError, match="place_busy"):
        emptied(its.product.close, firm.company_id, patience=0.2)
    ended: list[float] = []
    leaver = threading.Thread(target=lambda: (delete(its, firm), ended.append(time.monotonic())))
    leaver.start()
    while its.base.office.accounts.companies.find(firm.company_id).state == "active":
        time.sleep(0.01)
    assert its.http.get("/api/documents", headers=firm.key).status_code == 401
    assert not ended
    left = time.monotonic()
    out.set()
    leaver.join(60)
    visitor.join()
    assert ended
    assert ended[0] > left
    assert holding(its.base.home.root, WORD) == []


def test_two_who_delete_the_same_company_at_once(its: Installation, firm: Firm) -> None:
    where = f"/api/companies/{firm.company_id}?confirm={firm.company_id}"
    answers: list[int] = []
    both = [
        threading.Thread(target=lambda: answers.append(its.http.delete(where, headers=its.operator).status_code))
        for _ in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(answers) == [200, 404]
    assert not its.base.home.place(firm.company_id).exists()


def test_a_trace_that_stayed_behind_is_told(its: Installation, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, log = Leaving._plant, its.base.home.root / "logs" / "stray.log"

    def leaks(self: Leaving, begun: Any) -> Any:
        log.parent.mkdir(exist_ok=True)
        log.write_bytes(b"x" * 100 + begun.canary.encode("utf-16-le"))
        return plant(self, begun)

    with monkeypatch.context() as patch:
        patch.setattr(Leaving, "_plant", leaks)
        said = delete(its, firm)
    assert not said["receipt"]["proved"]
    assert said["receipt"]["found"] == ["logs/stray.log"]
    assert "logs/stray.log" in said["text"]


# The search itself


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("form", ["utf-8", "utf-16-le", "utf-16-be", "base64"])
def test_a_word_is_seen_in_every_form_and_place(tmp_path: Path, form: str, before: int) -> None:
    text = "가" * before + "." * before + WORD + "나머지"
    data = base64.b64encode(text.encode()) if form == "base64" else text.encode(form)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(data)
    (tmp_path / "other").write_bytes(data.replace(data[len(data) // 2 : len(data) // 2 + 4], b"####"))
    searched = traces.in_files(tmp_path, WORD)
    assert searched.found == ("deep/file",)
    assert searched.files == 2


@pytest.mark.parametrize("shift", [-40, -21, -20, -10, -1, 0, 1])
def test_a_word_is_seen_where_two_windows_meet(tmp_path: Path, shift: int) -> None:
    (tmp_path / "file").write_bytes(b"." * (traces._WINDOW + shift) + WORD.encode() + b"." * 100)
    (tmp_path / "wide").write_bytes(b"." * (traces._WINDOW + shift) + WORD.encode("utf-16-le") + b"." * 100)
    assert set(traces.in_files(tmp_path, WORD).found) == {"file", "wide"}


def test_what_was_not_searched_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "big").write_text(WORD)
    (tmp_path / "closed").write_text(WORD)
    (tmp_path / "link").symlink_to(tmp_path / "models" / "big")
    opened = Path.open

    def refuses(self: Path, *given: Any, **more: Any) -> Any:
        if self.name == "closed":
            raise PermissionError(13, "no")
        return opened(self, *given, **more)

    monkeypatch.setattr(Path, "open", refuses)
    searched = traces.in_files(tmp_path, WORD, {tmp_path / "models"})
    assert (searched.files, searched.found, searched.unread) == (0, (), ("closed",))
