"""A member's complaints as a client that speaks Open311 asks for them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from service.domain.closing import OUTCOMES
from service.domain.open311 import CLOSED, MAX_REQUESTS, NOTES, OPEN, state
from service.domain.status import Status
from service.domain.taxonomy import category_label
from service.journey.dates import in_words
from service.journey.news import leaving
from service.journey.news.mending import status_told
from service.journey.people.accounts import Caller
from service.journey.submission import own_key
from service.journey.submission.submission import PARIS
from service.models.complaint import Complaint, Event
from service.models.member import Member, Organisation, Team
from service.models.patrimoine import Dwelling, Residence

RESERVED = "Demande réservée"
UNTOLD = f"{RESERVED} : seules les personnes nommées par le bailleur la lisent."
ENDED = "Demande terminée"


@dataclass(frozen=True)
class Search:
    """What narrows a list; references, when given, override everything else."""

    references: Sequence[str] | None = None
    codes: Sequence[str] = ()
    states: frozenset[str] = frozenset()
    window: tuple[datetime, datetime] | None = None
    page: int = 1
    size: int = MAX_REQUESTS


@dataclass(frozen=True)
class ServiceRequest:
    """One complaint in the terms of the standard."""

    reference: str
    state: str
    notes: str
    code: str | None
    name: str
    text: str
    agency: str | None
    notice: str
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    address: str | None
    dwelling_reference: str | None
    postcode: str | None


@dataclass
class _Around:
    """What stands around the complaints of one list, by id."""

    teams: dict[UUID, str] = field(default_factory=dict)
    organisations: dict[UUID, str] = field(default_factory=dict)
    residences: dict[UUID, Residence] = field(default_factory=dict)
    dwellings: dict[UUID, Dwelling] = field(default_factory=dict)
    changed: dict[UUID, datetime] = field(default_factory=dict)
    told: dict[UUID, str] = field(default_factory=dict)  # the status, where something is still to leave


def find(session: Session, caller: Caller, search: Search, now: datetime) -> list[ServiceRequest]:
    """Return the complaints of the transaction's member, the newest first: seven queries whatever their number.

    A complaint is closed once its tenant was told so. A sensitive one that another key brought is told without a word.
    """
    query = select(Complaint)
    if search.references is not None:
        query = query.where(Complaint.reference.in_(search.references))
    else:
        query = query.where(*_conditions(search, caller, now)).offset((search.page - 1) * search.size)
    newest = query.order_by(Complaint.submitted_at.desc(), Complaint.id.desc()).limit(search.size)
    complaints = session.scalars(newest).all()
    around = _around(session, complaints, now)
    member = session.get_one(Member, caller.member_id)
    return [_told(complaint, caller, member, around) for complaint in complaints]


def _told(complaint: Complaint, caller: Caller, member: Member, around: _Around) -> ServiceRequest:
    """Return a request as its caller reads it: nothing of what it is about, or from where, when it is not theirs."""
    found = _request(complaint, member, around)
    if own_key.is_told(complaint, caller.key_id):
        return found
    return replace(
        found, code=None, name=RESERVED, text=UNTOLD, agency=member.name, address=None, dwelling_reference=None,
        postcode=None, notes=f"{ENDED}." if found.state == CLOSED else found.notes,
    )  # fmt: skip


def _conditions(search: Search, caller: Caller, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.window:
        found += [Complaint.submitted_at >= search.window[0], Complaint.submitted_at <= search.window[1]]
    if search.codes:
        found += [Complaint.category.in_(search.codes), own_key.told_to(caller.key_id)]
    if search.states == {OPEN}:
        found.append(or_(Complaint.status != Status.CLOSED, leaving.end_waits(now)))
    if search.states == {CLOSED}:
        found.append(and_(Complaint.status == Status.CLOSED, ~leaving.end_waits(now)))
    return found


def _around(session: Session, complaints: Sequence[Complaint], now: datetime) -> _Around:
    if not complaints:
        return _Around()
    ids = [complaint.id for complaint in complaints]
    residences = {complaint.residence_id for complaint in complaints if complaint.residence_id}
    dwellings = {complaint.dwelling_id for complaint in complaints if complaint.dwelling_id}
    waiting = leaving.histories(session, now, ids)
    latest = select(Event.complaint_id, func.max(Event.at)).where(Event.complaint_id.in_(ids))
    return _Around(
        teams={team.id: team.name for team in session.scalars(select(Team))},
        organisations={one.id: one.name for one in session.scalars(select(Organisation))},
        residences={one.id: one for one in session.scalars(select(Residence).where(Residence.id.in_(residences)))},
        dwellings={one.id: one for one in session.scalars(select(Dwelling).where(Dwelling.id.in_(dwellings)))},
        changed=dict(session.execute(latest.group_by(Event.complaint_id)).all()),
        told={one.id: status_told(one, waiting[one.id], now) for one in complaints if one.id in waiting},
    )


def _request(complaint: Complaint, member: Member, around: _Around) -> ServiceRequest:
    residence = around.residences.get(complaint.residence_id) if complaint.residence_id else None
    dwelling = around.dwellings.get(complaint.dwelling_id) if complaint.dwelling_id else None
    code = complaint.category or complaint.chosen_category
    status = around.told.get(complaint.id, complaint.status)
    is_closed = state(status) == CLOSED
    return ServiceRequest(
        reference=complaint.reference,
        state=state(status),
        notes=_ending(complaint) if is_closed else NOTES[status],
        code=code,
        name=category_label(code),
        text=complaint.text,
        agency=_agency(complaint, member, around),
        notice="" if is_closed else promise(complaint),
        requested_at=complaint.submitted_at,
        updated_at=(complaint.closed_at if is_closed else None)
        or around.changed.get(complaint.id, complaint.submitted_at),
        expected_at=None if is_closed else _expected(complaint),
        address=_address(complaint, residence, dwelling),
        dwelling_reference=dwelling.reference if dwelling else complaint.place_given.get("reference"),
        postcode=residence.postcode if residence else None,
    )


def promise(complaint: Complaint) -> str:
    """Say by when a person answers."""
    return f"Une personne répond au plus tard le {in_words(complaint.promised_answer_by)}."


def _ending(complaint: Complaint) -> str:
    outcome = OUTCOMES.get(complaint.outcome or "", ENDED)
    return " ".join(part for part in (f"{outcome}.", complaint.closing_sentence) if part)


def _agency(complaint: Complaint, member: Member, around: _Around) -> str | None:
    if complaint.organisation_id:
        return around.organisations.get(complaint.organisation_id)
    team = around.teams.get(complaint.team_id) if complaint.team_id else None
    return f"{team}, {member.name}" if team else member.name


def _expected(complaint: Complaint) -> datetime:
    """Return when the next word is due: by the clock that runs, or by the end of the promised day."""
    return complaint.due_at or datetime.combine(complaint.promised_answer_by, time(23, 59, 59), PARIS)


def _address(complaint: Complaint, residence: Residence | None, dwelling: Dwelling | None) -> str | None:
    """Return the place from the most precise to the least: as found in the patrimoine, or else as typed."""
    if residence:
        return f"{dwelling.address_line if dwelling else residence.name}, {residence.postcode} {residence.city}"
    typed = complaint.place_given.get("address") or {}
    return ", ".join(typed[part] for part in ("line", "postcode", "city") if typed.get(part)) or None
