"""`/api/backup`, `/api/restore` and leaving: what is done with all of a company's data, or of everybody's."""

from __future__ import annotations

import errno
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import Field, SecretStr
from typing_extensions import TypedDict

from serving.accounts import names
from serving.api.body import Body
from serving.api.company import mine
from serving.api.documents import ORIGINAL
from serving.api.problem import problems
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.office import Office
from serving.receipt import Receipt
from serving.restore import WireRestored
from serving.wiring import Desk, Wired

RESTORE = "/api/restore"
_PIECE = 1 << 20

router = APIRouter(tags=["vault"])
Who = Annotated[Identity, Depends(identity)]
Phrase = Annotated[SecretStr, Field(min_length=1, max_length=1000)]


class BackupWanted(Body):
    company: str | None = Field(default=None, max_length=80, description="Id or name; everything where none is named")
    passphrase: Phrase


class Leave(Body):
    confirm: str = Field(max_length=120, description="The company's name once more")


class MadeBackup(TypedDict):
    """`company` is null for one of everything."""

    backup_id: str
    at: str
    company: str | None
    sha256: str
    bytes: int


class MadeBackups(TypedDict):
    backups: list[MadeBackup]


class Handed(TypedDict):
    """`text` is the receipt for people."""

    receipt: Receipt
    text: str


@router.post("/api/backup", response_class=StreamingResponse, responses=ORIGINAL | problems(507))
@may(Rule.OPERATOR)
def backup(body: BackupWanted, who: Who, desk: Desk, wired: Wired) -> StreamingResponse:
    """An encrypted backup of one company or of everything, as a file. The companies' logs say that it was made."""
    company = desk.accounts.companies.find(body.company).company_id if body.company else None
    with _enough_room():
        made, file = wired.vault.backups.lent(body.passphrase.get_secret_value(), who.person, company)
    headers = {
        "Content-Length": str(made.bytes),
        "Content-Disposition": f'attachment; filename="{made.manifest.backup_id}.giljabi"',
        "X-Giljabi-Damaged": str(len(made.damaged)),
    }
    return StreamingResponse(_pieces(file), media_type="application/octet-stream", headers=headers)


@router.get("/api/backups")
@may(Rule.OPERATOR)
def backups(wired: Wired) -> MadeBackups:
    """All backups that were ever made, newest first; of one company, or of everything where none is named."""
    made = wired.vault.backups.all()
    return {"backups": [{"backup_id": entry.subject, "at": entry.at, **entry.details} for entry in made]}  # type: ignore[typeddict-item]


@router.post(RESTORE, responses=problems(409, 503, 507))
@may(Rule.OPERATOR)
def restore(
    file: Annotated[UploadFile, File()],
    passphrase: Annotated[SecretStr, Form(min_length=1, max_length=1000)],
    who: Who,
    desk: Desk,
    wired: Wired,
    company: Annotated[str | None, Form(max_length=80, description="Which one, out of a backup of everything")] = None,
    replace: Annotated[bool, Form(description="Put it in the place of what the company has now")] = False,
) -> WireRestored:
    """Put one company back from a backup. Everything at once is put back by the command line, into an empty home."""
    chosen = _id(desk, company) if company else None
    with _enough_room():
        done = wired.vault.restores.company(
            file.file, passphrase.get_secret_value(), who.person, chosen, replace=replace
        )
        return done.wire()


@router.delete("/api/companies/{company}", responses=problems(503))
@may(Rule.OPERATOR)
def delete(
    company: str,
    confirm: Annotated[str, Query(max_length=80, description="The company's id once more")],
    who: Who,
    desk: Desk,
    wired: Wired,
) -> Handed:
    """Remove every byte of a company, search for what is left, and hand out the receipt."""
    found = desk.accounts.companies.find(company)
    if confirm != found.company_id:
        raise RequestError("leave_confirm", 422)
    return _handed(wired.vault.leaving.leave(found, who.person))


@router.post("/api/company/leave", responses=problems(503))
@may(Rule.ADMIN)
def leave(body: Leave, who: Who, desk: Desk, wired: Wired) -> Handed:
    """The company leaves by its own admin's word; no operator is needed. Its receipt is handed out now alone."""
    found = desk.accounts.companies.find(mine(who))
    if names.likeness(body.confirm) != names.likeness(found.name):
        raise RequestError("leave_confirm", 422)
    return _handed(wired.vault.leaving.leave(found, who.person, sparing=who))


def _handed(receipt: Receipt) -> Handed:
    return {"receipt": receipt, "text": receipt.told()}


def _id(desk: Office, named: str) -> str:
    """One that is not here any more is known by its id alone."""
    try:
        return desk.accounts.companies.find(named).company_id
    except RequestError:
        return named


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


@contextmanager
def _enough_room() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise RequestError("disk_full", 507) from error
        raise
