"""`/api/casefile`: the case file (성장기록) of the caller's company, and how it stands among its peers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from assistant import case_entries, case_state
from assistant.asof import korea
from assistant.case_state import CaseState, Entry, Export
from assistant.casefile import CaseFile
from serving import case_facts, text
from serving.accounts.roles import Role
from serving.admission import Work
from serving.api.body import Body
from serving.api.company import mine as company_of
from serving.api.documents import as_download
from serving.api.problem import language_of, problems
from serving.audit import Action
from serving.errors import RequestError
from serving.gate import Identity, Rule, identity, may
from serving.office import Office
from serving.overview import OTHER, Fact, this_month
from serving.places import Opened
from serving.wiring import Desk, Wired, Wiring, opened

router = APIRouter(prefix="/api/casefile", tags=["casefile"])
Who = Annotated[Identity, Depends(identity)]
PEERS = (Fact.SYSTEM_LEVEL, Fact.READINESS_BAND, Fact.TOP_GAP)


class ProfileWanted(Body, case_entries.Profile):
    pass


class WishesWanted(Body, case_entries.Wishes):
    pass


class UseCaseChosen(Body, case_entries.UseCaseChoice):
    pass


class ProgrammeStated(Body, case_entries.Programme):
    pass


class TrainingStated(Body, case_entries.Training):
    pass


class OutcomeStated(Body, case_entries.Outcome):
    pass


class NoteStated(Body, case_entries.Note):
    pass


Stated = Annotated[
    UseCaseChosen | ProgrammeStated | TrainingStated | OutcomeStated | NoteStated, Field(discriminator="kind")
]
Restated = Annotated[
    ProfileWanted | WishesWanted | UseCaseChosen | ProgrammeStated | TrainingStated | OutcomeStated | NoteStated,
    Field(discriminator="kind"),
]


class CaseShown(TypedDict):
    """`timeline`: every entry, newest first; those corrected or removed say so. `may_write`: whether the caller may."""

    company: str
    state: CaseState
    timeline: list[Entry]
    may_write: bool


class Peers(TypedDict):
    """How companies that agreed to be counted are spread over the values of one fact. `cells` is null where that may not
    be shown, and `reason` says why. `n`: companies counted. `own`: what the caller's company publishes now, `cell` the
    cell that value falls into.
    """

    fact: Fact
    as_of: str | None
    n: int | None
    cells: dict[str, int] | None
    own: str | None
    cell: str | None
    reason: str | None


class PeersShown(TypedDict):
    month: str
    peers: list[Peers]


Mine = Annotated[Opened, Depends(opened)]
_BEARING = {"profile", "wishes", "correction", "removal"}
"""Kinds of entries by which the gaps of a diagnosis may stand in another order."""


def casefile(mine: Mine) -> CaseFile:
    return CaseFile(mine.place.database)


Kept = Annotated[CaseFile, Depends(casefile)]


@router.get("")
@may(Rule.CASE)
def shown(who: Who, kept: Kept, desk: Desk) -> CaseShown:
    """Where the company stands, and all that was ever written."""
    writes = who.role in {Role.STAFF, Role.ADMIN} and not who.read_only
    return {"company": _name(who, desk), "state": kept.state(), "timeline": list(kept.timeline()), "may_write": writes}


@router.get("/export")
@may(Rule.COMPANY, Work.FILE)
def export(who: Who, kept: Kept, desk: Desk, response: Response) -> Export:
    """The whole case file, to take away; `/api/casefile/schema` describes it. It stands in the company's log."""
    made = kept.export(_name(who, desk), korea())
    desk.books.record(who.place, who.person, Action.CASE_TAKEN, entries=len(made.entries))
    response.headers.update(as_download(f"성장기록 {made.company} {made.exported_on}.json"))
    return made


@router.get("/schema")
@may(Rule.KNOWN)
def schema() -> dict[str, Any]:
    """The JSON Schema of an exported case file."""
    return case_state.schema()


@router.put("/profile")
@may(Rule.WRITE)
def profile(body: ProfileWanted, who: Who, kept: Kept, mine: Mine, wired: Wired) -> CaseState:
    """What the company is. It takes the place of the profile before; what is left out is unknown. The same as before is
    no new entry."""
    return _stated(body, who, kept, mine, wired)


@router.put("/wishes")
@may(Rule.WRITE)
def wishes(body: WishesWanted, who: Who, kept: Kept, mine: Mine, wired: Wired) -> CaseState:
    """What the company wants and what hurts it, in the place of what it said before. The same is no new entry."""
    return _stated(body, who, kept, mine, wired)


@router.post("/entries", status_code=201)
@may(Rule.WRITE)
def add(body: Stated, who: Who, kept: Kept, mine: Mine, wired: Wired) -> Entry:
    """Write an entry: a use case chosen or dropped, a programme, training, a month's outcome, a note."""
    made = kept.add(body, who.person, korea())
    _after(mine, made, Action.CASE_WRITTEN, who, wired)
    return made


@router.put("/entries/{entry_id}")
@may(Rule.WRITE)
def correct(entry_id: str, body: Restated, who: Who, kept: Kept, mine: Mine, wired: Wired) -> CaseState:
    """Say what an entry should have read. What it read before stays in the timeline."""
    return _after(mine, kept.correct(entry_id, body, who.person, korea()), Action.CASE_CORRECTED, who, wired)


@router.delete("/entries/{entry_id}", status_code=204)
@may(Rule.WRITE)
def remove(entry_id: str, who: Who, kept: Kept, mine: Mine, wired: Wired) -> None:
    """Have an entry count no longer. What it read stays in the timeline."""
    _after(mine, kept.remove(entry_id, who.person, korea()), Action.CASE_REMOVED, who, wired)


@router.get("/peers", responses=problems(409))
@may(Rule.COMPANY)
def peers(request: Request, who: Who, wired: Wired) -> PeersShown:
    """The same monthly tables that the host sees, for a company that agreed to be counted itself."""
    company, language = company_of(who), language_of(request)
    covered = wired.consents.covers(company)
    if not covered:
        raise RequestError("peers_not_consented", 409)
    own, snapshot = wired.consents.published(company), wired.overview.snapshot(this_month())
    made = []
    for fact in PEERS:
        table = snapshot.facts.get(fact) if fact in covered else None
        reason = None if table else "peers_too_few" if fact in covered else "consent_older"
        made.append(
            Peers(
                fact=fact,
                as_of=table.as_of if table else None,
                n=sum(table.cells.values()) if table else None,
                cells=table.cells if table else None,
                own=own.get(fact),
                cell=_cell(own.get(fact), table.cells) if table else None,
                reason=text.sentence(reason, language, {}) if reason else None,
            )
        )
    return {"month": snapshot.month, "peers": made}


def _cell(own: str | None, cells: dict[str, int]) -> str | None:
    return own if own is None or own in cells else OTHER


def _stated(
    body: ProfileWanted | WishesWanted, who: Identity, kept: CaseFile, mine: Opened, wired: Wiring
) -> CaseState:
    """Write what the company says of itself, unless it says so already. What follows from it is brought up either way."""
    if not kept.says(body):
        return _after(mine, kept.add(body, who.person, korea()), Action.CASE_WRITTEN, who, wired)
    return _renewed(mine, body.kind, who, wired)


def _after(mine: Opened, made: Entry, action: Action, who: Identity, wired: Wiring) -> CaseState:
    """Log what was written, and bring up what follows from it."""
    wired.office.books.record(company_of(who), who.person, action, made.entry_id, kind=made.kind)
    return _renewed(mine, made.kind, who, wired)


def _renewed(mine: Opened, kind: str, who: Identity, wired: Wiring) -> CaseState:
    """Bring the newest diagnosis up to what was written, and publish what follows where the company has agreed."""
    if kind in _BEARING:
        mine.diagnosing.renew(_name(who, wired.office), who.person, korea())
    return case_facts.publish(wired.consents, company_of(who), mine.diagnosing.case, korea())


def _name(who: Identity, desk: Office) -> str:
    return desk.accounts.companies.find(company_of(who)).name
