"""Passing a complaint on: to another desk, an organisation, another member. What the panel shows."""

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.status import EventKind, Status, is_allowed
from service.journey import reading, referrals, transfers
from service.journey.reading import Sheet
from service.models.handover import Handover
from service.models.member import Organisation
from service.models.people import Staff

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
        "handover": _handover(session, sheet),
        "handovers": HANDOVERS,
        "teams": [team for team in reading.teams(session) if team.id != complaint.team_id or sheet.organisation],
        "organisations": session.scalars(select(Organisation).order_by(Organisation.name)).all(),
        "members": referrals.takers(session, complaint.member_id),
        "reasons": rules.TRANSFERS,
        "refusals": rules.REFUSALS,
        "passages": rules.PASSAGES,
    }


def _handover(session: Session, sheet: Sheet) -> Handover | None:
    """Return the last hand-over to the organisation that has the complaint now."""
    if sheet.organisation is None:
        return None
    mine = select(Handover).where(
        Handover.complaint_id == sheet.complaint.id, Handover.organisation_id == sheet.organisation.id
    )
    return session.scalars(mine.order_by(Handover.event_id.desc())).first()
