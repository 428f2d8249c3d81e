"""Passing a complaint on: to another desk, an organisation, another member. What the panel shows."""

from datetime import timedelta

from flask import g
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.status import EventKind, Status, is_allowed
from service.journey import reading
from service.journey.reading import Sheet
from service.journey.routing import referrals, transfers
from service.models.complaint import Complaint
from service.models.handover import Handover
from service.models.member import Organisation
from service.models.people import Staff
from service.staff.request_context import now

LATELY = timedelta(days=365)
MOST_USUAL = 3  # organisations offered in one press
HANDOVERS = {
    rules.Handover.OFFERED: "Pas encore de réponse",
    rules.Handover.ACCEPTED: "Acceptée",
    rules.Handover.REFUSED: "Refusée",
    rules.Handover.PLANNED: "Passage prévu",
    rules.Handover.DONE: "Travail fait, d'après l'organisme",
    rules.Handover.WITHDRAWN: "Reprise",
}


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/transfers.html` shows beside a complaint."""
    complaint = sheet.complaint
    is_open = is_allowed(Status(complaint.status), EventKind.TRANSFERRED)
    me = session.get_one(Staff, g.staff.id)
    proposed_id = complaint.proposed_organisation_id
    return {
        "is_open": is_open,
        "may_pass": is_open and transfers.may_pass(session, complaint, me),
        "may_refuse": is_open and transfers.may_refuse(session, complaint, me),
        "is_at_limit": rules.stops(complaint.hops),
        "hops": complaint.hops,
        "proposed": session.get(Organisation, proposed_id) if proposed_id else None,
        "usual": _usual(session, sheet),
        "handover": _handover(session, sheet),
        "handovers": HANDOVERS,
        "teams": [team for team in reading.teams(session) if team.id != complaint.team_id or sheet.organisation],
        "organisations": reading.organisations(session),
        "members": referrals.takers(session, complaint.member_id),
        "reasons": rules.TRANSFERS,
        "refusals": rules.REFUSALS,
        "passages": rules.PASSAGES,
    }


def _usual(session: Session, sheet: Sheet) -> list[Organisation]:
    """Return the organisations that were most often given this subject lately: one press gives it to one of them."""
    complaint = sheet.complaint
    given = (
        select(Organisation)
        .join(Handover, Handover.organisation_id == Organisation.id)
        .join(Complaint, Complaint.id == Handover.complaint_id)
        .where(
            Complaint.category == complaint.category,
            Handover.offered_at >= now() - LATELY,
            Organisation.id != complaint.organisation_id if complaint.organisation_id else true(),
            Organisation.id != complaint.proposed_organisation_id if complaint.proposed_organisation_id else true(),
        )
        .group_by(Organisation.id)
        .order_by(func.count().desc(), Organisation.name)
        .limit(MOST_USUAL)
    )
    return list(session.scalars(given)) if complaint.category else []


def _handover(session: Session, sheet: Sheet) -> Handover | None:
    """Return the last hand-over to the organisation that has the complaint now."""
    if sheet.organisation is None:
        return None
    mine = select(Handover).where(
        Handover.complaint_id == sheet.complaint.id, Handover.organisation_id == sheet.organisation.id
    )
    return session.scalars(mine.order_by(Handover.event_id.desc())).first()
