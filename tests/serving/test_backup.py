"""Backups of one company and of everything: made while serving, put back whole, and refused where they are not whole."""

from __future__ import annotations

import io
import json
import random
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from pydantic import ValidationError

from knowledge import starter
from retrieval.korean import Tokenizer
from serving import backup, build, passphrase, roster, sealed, web
from serving.accounts.tables import companies, keys, people
from serving.audit import Action
from serving.databases.sqlite import SqliteDatabases
from serving.errors import RequestError, ServingError
from serving.home import Home
from serving.restore import Restored, whole
from serving.settings import Settings
from tests.firm import PHRASE, Firm, backed_up, founded, names, quick, restored  # noqa: F401  a fixture
from tests.installation import Installation, installed

LIBRARY = [("공용.md", "# 자율형공장\n\n자율형공장의 정부지원금은 최대 6억 원이다.\n".encode())]
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)]

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("quick", "library")]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "starter_files", lambda: LIBRARY)


@pytest.fixture(params=BOTH)
def kind(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings of the kind of databases."""
    return {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}


@pytest.fixture
def its(tmp_path: Path, tokenizer: Tokenizer) -> Iterator[Installation]:
    with installed(tmp_path / "home", tokenizer, headers=False, person_a_minute=100_000) as its:
        yield its


@pytest.fixture
def firm(its: Installation) -> Firm:
    return founded(its, "한빛정밀", "hanbit")


def log_of(its: Installation, firm: Firm) -> tuple[list[str], bool]:
    """The actions in the company's log, oldest first, and whether it is whole."""
    said = its.http.get("/api/audit?limit=500", headers=firm.key).json()
    return [entry["action"] for entry in said["entries"]][::-1], said["intact"]


def everything(data: bytes, home: Path, phrase: str = PHRASE, **settings: Any) -> Restored:
    target, wanted = Home(home), Settings(home=home, **settings)
    target.acquire()
    try:
        return whole(io.BytesIO(data), phrase, target, lambda made: build.databases(wanted, made), "operator")
    finally:
        target.release()


def test_a_company_moves_to_another_machine(tmp_path: Path, tokenizer: Tokenizer, kind: dict[str, Any]) -> None:
    with installed(tmp_path / "one", tokenizer, headers=False, **kind) as one:
        firm = founded(one, "한빛정밀", "hanbit")
        data = backed_up(one, "한빛정밀")
    with installed(tmp_path / "two", tokenizer, headers=False) as two:
        done = restored(two, data)
        assert done.json()["companies"] == [firm.company_id], done.text
        assert names(two, firm) == ["점검 hanbit.md"]
        document = two.http.get("/api/documents", headers=firm.key).json()["documents"][0]["document_id"]
        original = two.http.get(f"/api/documents/{document}/file", headers=firm.key).content
        assert original == "# 점검\n\nhanbit 설비는 매달 정기점검한다.\n".encode()
        found = two.http.get("/api/search", params={"q": "설비 정기점검"}, headers=firm.key).json()["hits"]
        assert found[0]["document_id"] == document
        assert len(two.http.get("/api/conversations", headers=firm.key).json()["conversations"]) == 1
        assert firm.signed_in(two).get("/api/session").json()["company"] == "한빛정밀"
        actions, intact = log_of(two, firm)
        assert intact
        assert actions[-3:] == ["restored", "document_read", "signed_in"]
        assert restored(two, data).json()["title"].startswith("그 회사가 이미 있습니다")


def test_what_a_company_lets_others_do_stays_behind(its: Installation, firm: Firm) -> None:
    _, glass = its.base.office.break_glass(firm.company_id, "점검", 30, "operator")
    data = backed_up(its, firm.company_id)
    its.http.delete(f"/api/companies/{firm.company_id}?confirm={firm.company_id}", headers=its.operator)
    assert restored(its, data).status_code == 200
    assert len(its.base.office.accounts.keys.of(firm.company_id)) == 1
    assert its.http.get("/api/documents", headers={"Authorization": f"Bearer {glass}"}).status_code == 401
    assert names(its, firm) == ["점검 hanbit.md"]


def test_replacing_keeps_who_may_come_in_and_what_was_logged(its: Installation, firm: Firm) -> None:
    data = backed_up(its, firm.company_id)
    lost, _ = its.base.office.make_key("staff", firm.company_id, "분실", "operator")  # type: ignore[arg-type]
    its.base.office.revoke_key(lost.key_id, firm.company_id, "operator")
    its.add("새것.md", "# 새것\n\n나중에 더한 자료.\n".encode(), firm.key)
    before, _ = log_of(its, firm)
    assert restored(its, data).status_code == 409
    done = restored(its, data, replace="true")
    assert done.status_code == 200, done.text
    assert done.json()["entries_lost"] == 0
    assert names(its, firm) == ["점검 hanbit.md"]
    revoked = {key.key_id: key.revoked_at for key in its.base.office.accounts.keys.of(firm.company_id)}
    assert revoked[lost.key_id]
    after, intact = log_of(its, firm)
    assert intact
    assert after == [*before, "restored"]


def test_one_company_out_of_a_backup_of_everything(its: Installation, firm: Firm) -> None:
    other = founded(its, "두리산업", "duri")
    data = backed_up(its)
    its.add("새것.md", "# 새것\n\n나중에 더한 자료.\n".encode(), firm.key)
    its.add("새것.md", "# 새것\n\n나중에 더한 자료.\n".encode(), other.key)
    assert restored(its, data).status_code == 409
    assert restored(its, data, company="없는회사").status_code == 404
    assert restored(its, data, company="한빛정밀", replace="true").status_code == 200
    assert names(its, firm) == ["점검 hanbit.md"]
    assert names(its, other) == ["점검 duri.md", "새것.md"]


def test_a_log_that_cannot_go_on_says_what_is_missing(its: Installation, firm: Firm) -> None:
    data = backed_up(its, firm.company_id)
    held = len(log_of(its, firm)[0]) - 1  # the entry of the backup itself came after it
    its.add("새것.md", "# 새것\n\n나중에 더한 자료.\n".encode(), firm.key)
    assert its.product.close(firm.company_id)
    its.base.databases.drop(firm.company_id, its.base.home.place(firm.company_id))
    done = restored(its, data, replace="true").json()
    assert done["entries_lost"] == 2
    entries = its.http.get("/api/audit", headers=firm.key).json()
    assert entries["intact"]
    assert len(entries["entries"]) == held + 1
    assert entries["entries"][0]["details"]["entries_lost"] == 2


def test_everything_into_an_empty_home(tmp_path: Path, tokenizer: Tokenizer, kind: dict[str, Any]) -> None:
    with installed(tmp_path / "one", tokenizer, headers=False, **kind) as one:
        firms = [founded(one, "한빛정밀", "hanbit"), founded(one, "두리산업", "duri")]
        _, trainer = one.base.office.make_key("trainer", None, "강사", "operator")  # type: ignore[arg-type]
        teaching = {"Authorization": f"Bearer {trainer}"}
        assert one.http.get("/api/documents", headers=teaching).status_code == 200
        browser = firms[0].signed_in(one)
        assert browser.get("/api/session").status_code == 200
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        one.await_indexed(one.local)
        data = backed_up(one)
        secrets = {file.name: file.read_text() for file in one.base.home.secrets.glob("*")}
        with pytest.raises(RequestError, match="home_not_empty"):
            everything(data, tmp_path / "one" / "..")
    home = tmp_path / "two"
    done = everything(data, home)
    assert set(done.companies) == {"local", *(firm.company_id for firm in firms)}
    assert {file.name: file.read_text() for file in (home / "secrets").glob("*")} == secrets
    with installed(home, tokenizer, headers=False) as two:
        two.await_indexed(two.local)
        for firm, word in zip(firms, ("hanbit", "duri"), strict=True):
            assert names(two, firm) == [f"점검 {word}.md"]
            actions, intact = log_of(two, firm)
            assert (actions[-1], intact) == ("restored", True)
        assert two.http.get("/api/documents", headers=teaching).status_code == 200
        assert two.http.get("/api/session", headers={"Cookie": cookies}).status_code == 401
        assert two.base.office.books.installation.verify() is None
        assert two.base.office.books.installation.entries(limit=1)[0].action == Action.RESTORED
        assert firms[0].signed_in(two).get("/api/session").status_code == 200
    with pytest.raises(RequestError, match="home_not_empty"):
        everything(data, home)


def test_everything_from_sqlite_into_postgresql(
    tmp_path: Path, tokenizer: Tokenizer, request: pytest.FixtureRequest
) -> None:
    with installed(tmp_path / "one", tokenizer, headers=False) as one:
        firm = founded(one, "한빛정밀", "hanbit")
        data = backed_up(one)
    postgres = {"database_url": request.getfixturevalue("postgres_url")}
    everything(data, tmp_path / "two", **postgres)
    with installed(tmp_path / "two", tokenizer, headers=False, **postgres) as two:
        assert names(two, firm) == ["점검 hanbit.md"]
        assert log_of(two, firm)[1]
    with pytest.raises(RequestError, match="home_not_empty"):
        everything(data, tmp_path / "three", **postgres)


test_everything_from_sqlite_into_postgresql.pytestmark = [pytest.mark.e2e]  # type: ignore[attr-defined]


def test_a_backup_of_one_company_is_not_everything(its: Installation, firm: Firm, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="backup_of_company"):
        everything(backed_up(its, firm.company_id), tmp_path / "two")
    assert not [each for each in (tmp_path / "two").iterdir() if each.name not in {".lock", ".vault"}]


def state(its: Installation, firm: Firm) -> list[object]:
    files = sorted(str(path) for path in its.base.home.place(firm.company_id).rglob("*") if "indexes" not in path.parts)
    return [files, names(its, firm), len(log_of(its, firm)[0]), its.base.office.accounts.companies.all()]


def test_what_is_not_whole_is_refused_and_changes_nothing(its: Installation, firm: Firm) -> None:
    data = backed_up(its, firm.company_id)
    before = state(its, firm)
    chance = random.Random(4)
    broken = {
        "wrong": restored(its, data, phrase="다른 낱말을 이은 암호", replace="true"),
        "empty": restored(its, b"", replace="true"),
        "another": restored(its, b"\x1f\x8b" + data, replace="true"),
    }
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        rest = tar.getmember("rest.tar.age")
    start, end = rest.offset_data, rest.offset_data + rest.size
    for cut in [*chance.sample(range(end), 12), end - 1, 512, 1536]:
        broken[f"cut at {cut}"] = restored(its, data[:cut], replace="true")
    for at in [*chance.sample(range(start, end), 15), start + 30, start + 200, end - 1]:
        flipped = bytearray(data)
        flipped[at] ^= 1
        broken[f"flipped at {at}"] = restored(its, bytes(flipped), replace="true")
    for what, answer in broken.items():
        assert answer.status_code == 422, what
        title = answer.json()["title"]
        assert "바뀐 것은 없습니다" in title, what
        assert what != "wrong" or "암호가 맞지 않습니다" in title
    assert state(its, firm) == before


def opens(data: bytes, into: Path) -> bool:
    try:
        sealed.unseal(io.BytesIO(data), PHRASE, into)
    except RequestError:
        return False
    return True


def test_every_byte_of_the_plain_part_counts(its: Installation, firm: Firm, tmp_path: Path) -> None:
    data = backed_up(its, firm.company_id)
    start = data.index(b"age-encryption.org")
    for at in range(0, start, 7):
        flipped = bytearray(data)
        flipped[at] ^= 1
        into = tmp_path / f"at{at}"
        if opens(bytes(flipped), into):  # what fills a block up, says nothing, and is not looked at
            assert data[at] == 0


def test_a_newer_format_is_told_as_one(its: Installation, firm: Firm) -> None:
    data = backed_up(its, firm.company_id)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        said = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        sealed.put(tar, "manifest.json", json.dumps({**said, "format": 2, "shape": "new"}).encode())
    assert restored(its, out.getvalue()).json()["title"].startswith("더 새로운 길잡이")


def test_rows_of_a_newer_database_change_nothing(
    its: Installation, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = backed_up(its, firm.company_id)
    its.add("새것.md", "# 새것\n\n나중에 더한 자료.\n".encode(), firm.key)

    def newer(*_: object) -> None:
        raise ServingError("database_newer", revision="9999")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabases, "load", newer)
        assert restored(its, data, replace="true").status_code == 500
    assert names(its, firm) == ["점검 hanbit.md", "새것.md"]
    assert log_of(its, firm)[1]


def test_a_restore_that_was_killed_is_opened_again(its: Installation, firm: Firm) -> None:
    its.base.office.leaving(firm.company_id)
    assert its.http.get("/api/documents", headers=firm.key).status_code == 401
    web.app(its.base, its.product)
    assert names(its, firm) == ["점검 hanbit.md"]


def test_the_plain_part_has_no_names_and_standard_tools_open_the_rest(its: Installation, firm: Firm) -> None:
    data = backed_up(its)
    for word in (firm.name, "hanbit", "점검"):
        assert word.encode() not in data
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert tar.getnames() == ["manifest.json", "key.age", "rest.tar.age"]
        said, key, rest = (tar.extractfile(name).read() for name in tar.getnames())  # type: ignore[union-attr]
    assert firm.company_id in json.loads(said)["places"]
    identity = pyrage.x25519.Identity.from_str(key[32:].decode())
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(rest, [identity]))) as tar:
        inside = tar.getnames()
    assert f"places/{firm.company_id}/rows.jsonl" in inside
    assert "shared.jsonl" in inside
    assert "secrets/cache_salt" in inside or not (its.base.home.secrets / "cache_salt").exists()
    assert not [name for name in inside if "index" in name or "model" in name or "log" in name]


def test_backups_are_listed_and_in_the_companies_logs(its: Installation, firm: Firm) -> None:
    backed_up(its, firm.company_id)
    backed_up(its)
    listed = its.http.get("/api/backups", headers=its.operator).json()["backups"]
    assert [each["company"] for each in listed] == [None, firm.company_id]
    assert log_of(its, firm)[0][-2:] == ["backup_made", "backup_made"]
    assert its.http.get("/api/backups", headers=firm.key).status_code == 403
    assert its.http.post("/api/backup", json={"passphrase": PHRASE}, headers=firm.key).status_code == 403


def test_a_weak_passphrase_makes_no_backup(its: Installation) -> None:
    answer = its.http.post("/api/backup", json={"passphrase": "짧다"}, headers=its.operator)
    assert answer.status_code == 422
    assert "12자" in answer.json()["title"]
    assert its.http.get("/api/backups", headers=its.operator).json() == {"backups": []}
    assert list((its.base.home.root / ".vault").iterdir()) == []


def test_what_a_killed_backup_left_is_cleared_away(its: Installation) -> None:
    left = its.base.home.root / ".vault" / "tmp1" / "rows.jsonl"
    left.parent.mkdir(parents=True)
    left.write_text("rows")
    web.app(its.base, its.product)
    assert not left.exists()


def test_a_backup_while_everybody_works(its: Installation, firm: Firm, tmp_path: Path) -> None:
    """Documents come and go and questions are asked all the while; what was there before it began is in it."""
    ending = threading.Event()
    failed: list[str] = []

    def work(name: str) -> None:
        number = 0
        while not ending.is_set():
            number += 1
            data = f"# {name} {number}\n\n{name}의 {number}번째 자료.\n".encode()
            answer = its.http.post("/api/documents", files={"file": (f"{name}{number}.md", data)}, headers=firm.key)
            if answer.status_code != 202:
                failed.append(answer.text)
                return
            if number % 2:
                its.http.delete(f"/api/documents/{answer.json()['document_id']}", headers=firm.key)

    workers = [threading.Thread(target=work, args=(name,)) for name in ("가", "나")]
    for worker in workers:
        worker.start()
    try:
        taken = [(names(its, firm), backed_up(its)) for _ in range(4)]
    finally:
        ending.set()
        for worker in workers:
            worker.join()
    assert failed == []
    for number, (before, data) in enumerate(taken):
        home = Home(tmp_path / f"restored{number}")
        everything(data, home.root)
        databases = SqliteDatabases(home.accounts)
        assert databases.check(None, home.root) == []
        assert databases.check(firm.company_id, home.place(firm.company_id)) == []
        stored = {path.name for path in (home.place(firm.company_id) / "files").glob("*/*")}
        engine = databases.open(firm.company_id, home.place(firm.company_id))
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT name, sha256, status FROM documents").all()
        engine.dispose()
        databases.shared().dispose()
        assert {row.sha256 for row in rows if row.status != "deleting"} <= stored
        kept = {row.name for row in rows}
        assert {name for name in before if name == "점검 hanbit.md" or int(name[1:-3]) % 2 == 0} <= kept


def test_a_document_deleted_meanwhile_is_not_put_back(
    its: Installation, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    its.add("새것.md", "# 새것\n\n곧 지울 자료.\n".encode(), firm.key)
    doomed = next(
        each["document_id"]
        for each in its.http.get("/api/documents", headers=firm.key).json()["documents"]
        if each["name"] == "새것.md"
    )
    taken = its.base.databases.snapshot

    def then_deleted(place: str | None, folder: Path, file: Path) -> None:
        taken(place, folder, file)
        its.http.delete(f"/api/documents/{doomed}", headers=firm.key).raise_for_status()

    with monkeypatch.context() as patch:
        patch.setattr(its.base.databases, "snapshot", then_deleted)
        data = backed_up(its, firm.company_id)
    assert restored(its, data, replace="true").status_code == 200
    assert names(its, firm) == ["점검 hanbit.md"]
    found = its.http.get("/api/search", params={"q": "곧 지울 자료"}, headers=firm.key).json()["hits"]
    assert doomed not in {hit["document_id"] for hit in found}
    with its.product.opened(firm.company_id) as opened:
        assert opened.place.chunks.count(doomed) == 0


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_an_original_that_is_damaged_is_told(its: Installation, firm: Firm, damage: str) -> None:
    original = next((its.base.home.place(firm.company_id) / "files").glob("*/*"))
    if damage == "missing":
        original.unlink()
    else:
        original.write_bytes(b"\0" * original.stat().st_size)
    answer = its.http.post("/api/backup", json={"passphrase": PHRASE}, headers=its.operator)
    assert answer.headers["x-giljabi-damaged"] == "1"
    assert restored(its, answer.content, company=firm.company_id, replace="true").status_code == 200
    found = its.http.get("/api/search", params={"q": "설비 정기점검"}, headers=firm.key).json()["hits"]
    assert found[0]["title"] == "점검"


def test_a_backup_from_elsewhere_makes_nobody_an_operator(its: Installation, firm: Firm) -> None:
    good = roster.of(its.base.databases.shared(), firm.company_id).model_dump()
    for table, field, value in (
        ("people", "role", "operator"),
        ("people", "company_id", "local"),
        ("keys", "role", "host"),
        ("keys", "reason", "looking around"),
    ):
        evil = json.loads(json.dumps(good))
        evil[table][0][field] = value
        with pytest.raises(ValidationError):
            roster.Roster.model_validate(evil)
    evil = json.loads(json.dumps(good))
    evil["company"]["company_id"] = "../library"
    with pytest.raises(ValidationError):
        roster.Roster.model_validate(evil)


def test_a_roster_has_every_column() -> None:
    models = {companies: roster._Company, people: roster._Person, keys: roster._Key}
    for table, model in models.items():
        assert set(model.model_fields) == {column.name for column in table.columns}


def test_a_login_taken_meanwhile_stops_the_restore_whole(its: Installation, firm: Firm) -> None:
    data = backed_up(its, firm.company_id)
    its.http.delete(f"/api/companies/{firm.company_id}?confirm={firm.company_id}", headers=its.operator)
    taken = its.base.office.accounts.people
    taken.add("staff", "local", "옮긴 사람", login=firm.login, password="긴 비밀번호 하나 1234")  # type: ignore[arg-type]
    answer = restored(its, data)
    assert answer.status_code == 409
    assert [company.company_id for company in its.base.office.accounts.companies.all()] == ["local"]
    assert not its.base.home.place(firm.company_id).exists()


def test_a_member_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    manifest = sealed.Manifest(giljabi="0", backup_id="backup-1", made_at="2026-01-01", whole=True, places=("library",))
    file = tmp_path / "evil"
    sealed.seal(file, manifest, PHRASE, lambda tar: sealed.put(tar, "../outside", b"gotcha"))
    with file.open("rb") as source, pytest.raises(RequestError, match="backup_broken"):
        sealed.unseal(source, PHRASE, tmp_path / "into")
    assert not (tmp_path / "outside").exists()
    with pytest.raises(ValidationError):
        sealed.Manifest(giljabi="0", backup_id="backup-1", made_at="2026-01-01", whole=True, places=("../x",))


def test_a_sealed_file_is_its_owners_and_never_written_over(tmp_path: Path) -> None:
    manifest = sealed.Manifest(giljabi="0", backup_id="backup-1", made_at="2026-01-01", whole=True, places=("library",))
    file = tmp_path / "sealed"
    sealed.seal(file, manifest, PHRASE, lambda _: None)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        sealed.seal(file, manifest, PHRASE, lambda _: None)


def test_what_goes_wrong_while_filling_is_told(tmp_path: Path) -> None:
    manifest = sealed.Manifest(giljabi="0", backup_id="backup-1", made_at="2026-01-01", whole=True, places=("library",))

    def fails(_: tarfile.TarFile) -> None:
        raise ServingError("snapshot_broken")

    with pytest.raises(ServingError, match="snapshot_broken"):
        sealed.seal(tmp_path / "sealed", manifest, PHRASE, fails)


def test_rows_of_one_table(tmp_path: Path) -> None:
    file = tmp_path / "rows"
    lines = [
        {"giljabi": 1},
        {"table": "audit", "row": {"seq": 1}},
        {"table": "audit_heads", "row": {"seq": 9}},
        {"rows": 2},
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert list(backup.rows_of(file, "audit")) == [{"seq": 1}]


class TestRealPassphrase:
    """Each lock takes seconds."""

    @pytest.fixture
    def quick(self) -> None:
        """Not here."""

    def test_only_the_right_one_opens(self) -> None:
        locked = passphrase.lock(b"key", PHRASE)
        assert pyrage.passphrase.decrypt(locked, PHRASE) == b"key"
        assert passphrase.unlock(locked, PHRASE) == b"key"
        with pytest.raises(RequestError, match="backup_passphrase"):
            passphrase.unlock(locked, PHRASE + "!")

    def test_it_is_on_no_command_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[list[str]] = []
        run = subprocess.run

        def watched(arguments: list[str], **more: Any) -> Any:
            seen.append([*arguments, *more["env"].values()])
            return run(arguments, **more)

        monkeypatch.setattr(passphrase.subprocess, "run", watched)
        passphrase.lock(b"key", PHRASE)
        assert seen
        assert not [word for word in seen[0] if PHRASE in word]
