"""Passing a complaint on: to another desk, an organisation, another member. What the panel shows, and its photos."""

from uuid import UUID

from flask import Response, g, make_response
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.status import EventKind, Status, is_allowed
from service.journey import pictures, reading, referrals, transfers
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
        "photos": pictures.of_complaint(session, complaint.id),
    }


def _handover(session: Session, sheet: Sheet) -> Handover | None:
    """Return the last hand-over to the organisation that has the complaint now."""
    if sheet.organisation is None:
        return None
    mine = select(Handover).where(
        Handover.complaint_id == sheet.complaint.id, Handover.organisation_id == sheet.organisation.id
    )
    return session.scalars(mine.order_by(Handover.event_id.desc())).first()


def photo(complaint_id: UUID, attachment_id: UUID) -> Response:
    """Give one picture of a complaint of the member, as a picture and nothing else."""
    found = pictures.read(g.staff.member_id, complaint_id, attachment_id)
    response = make_response(found.content)
    response.headers["Content-Type"] = found.media_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response
