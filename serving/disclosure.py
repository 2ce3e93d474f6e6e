"""Written requests of the host for a named document of a company, and what the company answered.

하도급법 제12조의3 forbids a 원사업자 to ask for a supplier's technical data unless it proves a justified reason (①); it
then agrees the matters of 시행령 제7조의3 beforehand and hands them over in writing (②), with a secrecy agreement that has
the matters of 제7조의4 by the day it gets the data (③). The paper of a request is that writing; granting it agrees to it.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from serving import clock
from serving.audit import Action, Audit
from serving.errors import RequestError, ServingError
from serving.paper import DisclosureRequest, Granted, Narrowed

logger = logging.getLogger(__name__)
metadata = MetaData()
disclosures = Table(
    "disclosures",
    metadata,
    Column("disclosure_id", String(40), primary_key=True),
    # No foreign key: the host's copy of what it asked for stays when the company leaves.
    Column("company_id", String(40), nullable=False, index=True),
    Column("company_name", String(120), nullable=False),
    Column("state", String(12), nullable=False),
    Column("paper", JSON, nullable=False),
    Column("document_id", String(80), index=True),  # named by the company's admin, never by the host
    Column("scope", Text),
    Column("opens_at", String(32)),
    Column("closes_at", String(32)),
    Column("requested_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
)
steps = Table(
    "disclosure_steps",
    metadata,
    Column("disclosure_id", ForeignKey("disclosures.disclosure_id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("step", String(12), nullable=False),
    Column("note", Text, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("told", Boolean, nullable=False),  # whether the company's own log has it too
)
KEPT_YEARS = 7
"""시행령 제6조②: papers under 제6조① 5의3, 5의4 are kept seven years from the end of the deal."""


class Step(StrEnum):
    """What happened to a request. All but `disclosed` are also its state from then on."""

    REQUESTED = "requested"
    GRANTED = "granted"
    NARROWED = "narrowed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DISCLOSED = "disclosed"


_OPEN = (Step.GRANTED, Step.NARROWED)
_FROM: dict[Step, tuple[Step, ...]] = {
    Step.GRANTED: (Step.REQUESTED,),
    Step.NARROWED: (Step.REQUESTED,),
    Step.REFUSED: (Step.REQUESTED,),
    Step.WITHDRAWN: _OPEN,
    Step.DISCLOSED: _OPEN,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """One step: who took it and when, the words beside it, and the terms agreed with it."""

    ordinal: int
    at: str
    actor: str
    step: Step
    note: str
    terms: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A request with its whole history. `document_id`, `scope`, `opens_at` and `closes_at` are set once granted."""

    disclosure_id: str
    company_id: str
    company_name: str
    state: Step
    paper: dict[str, Any]
    document_id: str | None
    scope: str | None
    opens_at: str | None
    closes_at: str | None
    requested_at: str
    changed_at: str
    history: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class _Deed:
    """A step about to be taken. `leaving`: because the company goes, whose log goes with it."""

    actor: str
    step: Step
    note: str = ""
    terms: dict[str, Any] = field(default_factory=dict)
    leaving: bool = False

    @property
    def allowed(self) -> tuple[Step, ...]:
        """The states it may be taken in."""
        return (Step.REQUESTED, *_OPEN) if self.leaving else _FROM[self.step]


class Disclosures:
    """The requests of this installation's host. Each step is kept with its entry in the installation's log, and then
    told to the company's log; where that fails it stays owed until `settle`.
    """

    def __init__(self, engine: Engine, tell: Callable[..., None]) -> None:
        """`tell(company, actor, action, subject, **details)` writes into a company's own log (`Books.record`)."""
        self._engine = engine
        self._log = Audit(engine)
        self._tell = tell
        self._telling = threading.Lock()

    def request(self, company_id: str, company_name: str, by: str, paper: DisclosureRequest) -> Request:
        """The host asks. The caller has checked that there is such a company."""
        disclosure_id, asked_at = f"disc-{uuid.uuid4().hex}", clock.moment(clock.now())
        with self._engine.begin() as connection:
            connection.execute(
                insert(disclosures).values(
                    disclosure_id=disclosure_id,
                    company_id=company_id,
                    company_name=company_name,
                    state=Step.REQUESTED,
                    paper=paper.model_dump(mode="json"),
                    requested_at=asked_at,
                    changed_at=asked_at,
                )
            )
            self._keep(connection, company_id, disclosure_id, _Deed(by, Step.REQUESTED))
        self.settle(company_id)
        return self.get(disclosure_id)

    def grant(self, company_id: str, disclosure_id: str, by: str, granted: Granted) -> Request:
        """The company's admin agrees to the paper as it is, and names the document."""
        paper = self._paper(company_id, disclosure_id)
        terms = _terms(granted.document_id, paper.scope, paper.secrecy.use_until)
        return self._answer(company_id, disclosure_id, _Deed(by, Step.GRANTED, granted.note, terms))

    def narrow(self, company_id: str, disclosure_id: str, by: str, narrowed: Narrowed) -> Request:
        """Agree to less: another scope, fewer days, or both. Raises RequestError 422 where nothing is less."""
        paper = self._paper(company_id, disclosure_id)
        scope = narrowed.scope or paper.scope
        until = narrowed.use_until or paper.secrecy.use_until
        if until > paper.secrecy.use_until or (scope == paper.scope and until == paper.secrecy.use_until):
            raise RequestError("disclosure_not_narrower", 422)
        terms = _terms(narrowed.document_id, scope, until)
        return self._answer(company_id, disclosure_id, _Deed(by, Step.NARROWED, narrowed.note, terms))

    def refuse(self, company_id: str, disclosure_id: str, by: str, note: str = "") -> Request:
        return self._answer(company_id, disclosure_id, _Deed(by, Step.REFUSED, note))

    def withdraw(self, company_id: str, disclosure_id: str, by: str, note: str = "") -> Request:
        """The host can read the document no longer, at once."""
        return self._answer(company_id, disclosure_id, _Deed(by, Step.WITHDRAWN, note))

    def end_for(self, company_id: str, document_id: str, by: str) -> None:
        """Withdraw what is granted for a document, because its company takes it away."""
        for disclosure_id in self._ids(company_id, disclosures.c.document_id == document_id, _OPEN):
            self._answer(company_id, disclosure_id, _Deed(by, Step.WITHDRAWN))

    def leave(self, company_id: str, by: str) -> None:
        """Withdraw all that is open or unanswered, before the company's place is removed; its log is told no more."""
        mine = select(disclosures.c.disclosure_id).where(disclosures.c.company_id == company_id)
        with self._telling, self._engine.begin() as connection:
            connection.execute(update(steps).where(steps.c.disclosure_id.in_(mine)).values(told=True))
        for disclosure_id in self._ids(company_id, true(), (Step.REQUESTED, *_OPEN)):
            self._take(company_id, disclosure_id, _Deed(by, Step.WITHDRAWN, terms={"left": True}, leaving=True))

    def disclose(self, company_id: str, document_id: str, by: str, now: datetime | None = None) -> Request:
        """Before the host is shown the document: keep that it was. Raises RequestError 404 where it may not be."""
        disclosure_id = self._live(company_id, document_id, now)
        if disclosure_id is None:
            raise RequestError("not_disclosed", 404)
        return self._answer(company_id, disclosure_id, _Deed(by, Step.DISCLOSED, terms={"document_id": document_id}))

    def of_company(self, company_id: str) -> list[Request]:
        """Newest first."""
        return self._all(disclosures.c.company_id == company_id)

    def of_host(self) -> list[Request]:
        """Newest first; those of companies that have left too."""
        return self._all(true())

    def get(self, disclosure_id: str, company_id: str | None = None) -> Request:
        """One request; with `company_id` only that company's. Raises RequestError 404."""
        wanted = disclosures.c.disclosure_id == disclosure_id
        if company_id is not None:
            wanted &= disclosures.c.company_id == company_id
        found = self._all(wanted)
        if not found:
            raise RequestError("unknown_disclosure", 404)
        return found[0]

    def keep_until(self, disclosure_id: str, deal_ended: date) -> date:
        """The first day the host's copy may be erased. The law counts from the end of the deal, which the host knows;
        never from before the last step or the last day of use."""
        found = self.get(disclosure_id)
        last = max(found.changed_at, found.closes_at or "")
        return _years_on(max(deal_ended, _korean_day(datetime.fromisoformat(last))), KEPT_YEARS)

    def erase(self, disclosure_id: str, by: str, deal_ended: date, now: datetime | None = None) -> None:
        """Remove a request and its history for good. Raises RequestError 409 while the law has it kept."""
        until = self.keep_until(disclosure_id, deal_ended)
        if _korean_day(now or clock.now()) < until:
            raise RequestError("disclosure_kept", 409, until=until.isoformat())
        with self._engine.begin() as connection:
            connection.execute(steps.delete().where(steps.c.disclosure_id == disclosure_id))
            connection.execute(disclosures.delete().where(disclosures.c.disclosure_id == disclosure_id))
            self._log.record_in(
                connection, by, Action.DISCLOSURE_ERASED, disclosure_id, deal_ended=deal_ended.isoformat()
            )

    def settle(self, company_id: str | None = None) -> None:
        """Tell companies' logs the steps they have not been told of: after each step, and at the start for all.

        After a kill in between a step may be told twice; its number shows it.
        """
        owed = select(steps, disclosures.c.company_id).join(disclosures).where(steps.c.told.is_(False))
        if company_id is not None:
            owed = owed.where(disclosures.c.company_id == company_id)
        with self._telling:
            with self._engine.connect() as connection:
                rows = connection.execute(owed.order_by(steps.c.at, steps.c.ordinal)).all()
            for row in rows:
                self._settle(row)

    def _settle(self, row: Row[Any]) -> None:
        try:
            self._tell(row.company_id, row.actor, _action(row.step), row.disclosure_id, **_details(row._asdict()))
        except (SQLAlchemyError, OSError, ServingError) as error:
            logger.warning("step %d of %s is not in its company's log: %s", row.ordinal, row.disclosure_id, error)
            return
        told = (steps.c.disclosure_id == row.disclosure_id) & (steps.c.ordinal == row.ordinal)
        with self._engine.begin() as connection:
            connection.execute(update(steps).where(told).values(told=True))

    def _paper(self, company_id: str, disclosure_id: str) -> DisclosureRequest:
        return DisclosureRequest.model_validate(self.get(disclosure_id, company_id).paper)

    def _answer(self, company_id: str, disclosure_id: str, deed: _Deed) -> Request:
        self._take(company_id, disclosure_id, deed)
        self.settle(company_id)
        return self.get(disclosure_id, company_id)

    def _take(self, company_id: str, disclosure_id: str, deed: _Deed) -> None:
        """Raises RequestError: 404 for no such request of the company's, 409 where its state does not allow the step."""
        found = self.get(disclosure_id, company_id)
        values: dict[str, Any] = {"changed_at": clock.moment(clock.now())}
        if deed.step != Step.DISCLOSED:
            values["state"] = deed.step
        if deed.step in {Step.GRANTED, Step.NARROWED}:
            values |= _term(found, deed.terms)
        at_hand = (disclosures.c.disclosure_id == disclosure_id) & disclosures.c.state.in_(deed.allowed)
        with self._engine.begin() as connection:
            if not connection.execute(update(disclosures).where(at_hand).values(**values)).rowcount:
                raise RequestError("disclosure_answered", 409)
            self._keep(connection, company_id, disclosure_id, deed)

    def _keep(self, connection: Connection, company_id: str, disclosure_id: str, deed: _Deed) -> None:
        """The step and its entry in the installation's log."""
        last = select(func.coalesce(func.max(steps.c.ordinal), 0)).where(steps.c.disclosure_id == disclosure_id)
        taken = {
            "disclosure_id": disclosure_id,
            "ordinal": connection.execute(last).scalar_one() + 1,
            "at": clock.moment(clock.now()),
            "actor": deed.actor,
            "step": deed.step,
            "note": deed.note,
            "terms": deed.terms,
            "told": deed.leaving,
        }
        connection.execute(insert(steps).values(**taken))
        self._log.record_in(
            connection, deed.actor, _action(deed.step), disclosure_id, company=company_id, **_details(taken)
        )

    def _live(self, company_id: str, document_id: str, now: datetime | None) -> str | None:
        at = clock.moment(now or clock.now())
        begun = (disclosures.c.opens_at <= at) & (disclosures.c.closes_at > at)
        return next(iter(self._ids(company_id, (disclosures.c.document_id == document_id) & begun, _OPEN)), None)

    def _ids(self, company_id: str, wanted: ColumnElement[bool], states: tuple[Step, ...]) -> list[str]:
        mine = (disclosures.c.company_id == company_id) & disclosures.c.state.in_(states)
        query = select(disclosures.c.disclosure_id).where(mine & wanted).order_by(disclosures.c.requested_at)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def _all(self, wanted: ColumnElement[bool]) -> list[Request]:
        found = select(disclosures).where(wanted).order_by(disclosures.c.requested_at.desc())
        history = select(steps).join(disclosures).where(wanted).order_by(steps.c.ordinal)
        with self._engine.connect() as connection:
            taken: dict[str, list[Taken]] = {}
            for row in connection.execute(history):
                entry = Taken(row.ordinal, row.at, row.actor, Step(row.step), row.note, row.terms)
                taken.setdefault(row.disclosure_id, []).append(entry)
            return [_request(row, tuple(taken.get(row.disclosure_id, ()))) for row in connection.execute(found)]


def _request(row: Row[Any], history: tuple[Taken, ...]) -> Request:
    values = row._asdict()
    return Request(**{**values, "state": Step(values["state"])}, history=history)


def _terms(document_id: str, scope: str, until: date) -> dict[str, Any]:
    return {"document_id": document_id, "scope": scope, "use_until": until.isoformat()}


def _term(found: Request, terms: dict[str, Any]) -> dict[str, Any]:
    """From when to when the document may be read: whole days in Korea. Raises RequestError 409 where that is over."""
    opens = _midnight(date.fromisoformat(found.paper["deliver_on"]))
    closes = _midnight(date.fromisoformat(terms["use_until"]) + timedelta(days=1))
    if closes <= clock.moment(clock.now()):
        raise RequestError("disclosure_over", 409)
    return {"document_id": terms["document_id"], "scope": terms["scope"], "opens_at": opens, "closes_at": closes}


def _action(step: str) -> Action:
    return Action(f"disclosure_{step}")


def _details(taken: dict[str, Any]) -> dict[str, Any]:
    """What logs say of a step: which it was and of which document. Words and terms stay with the request."""
    document_id = taken["terms"].get("document_id")
    return {"step": taken["ordinal"]} | ({"document_id": document_id} if document_id else {})


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


def _midnight(day: date) -> str:
    return clock.moment(datetime.combine(day, time(), clock.KOREA))


def _korean_day(at: datetime) -> date:
    return at.astimezone(clock.KOREA).date()
