"""Entering a message for a tenant who wrote on paper, called or came: what would become of it, then sending it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from service.domain.desks import find_route
from service.domain.errors import BadInput
from service.domain.taxonomy import categories
from service.journey import steps
from service.journey.classification import classification
from service.journey.clocks import clocks
from service.journey.ports import Ports
from service.journey.reading import Sheet, sheet
from service.journey.routing import routing
from service.journey.routing.routing_table import desks_at, table_in_force
from service.journey.submission import submission
from service.journey.submission.rehearsal import rehearse
from service.journey.submission.sent import Submission
from service.journey.submission.submission import Receipt
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint

GUESSES = 3
REASON = "Choisi par l'agent à la saisie"


@dataclass(frozen=True)
class Preview:
    """What would become of a message if it were sent now."""

    guesses: tuple[str, ...]  # categories, the likeliest first
    subject: str | None  # the one it would be routed by; None while nobody knows
    desk: str
    organisation: str | None
    reason: str
    promised: date
    is_danger: bool
    danger_types: tuple[str, ...]
    place: str
    owner_id: UUID  # the member whose dwelling it is
    owner: str


def preview(member_id: UUID, sent: Submission, subject: str | None, ports: Ports) -> Preview:
    """Return what would become of it, routed by the subject that the agent chose when there is one.

    Raises
    ------
    BadInput
        When the text cannot be accepted, or the subject is none of ours.

    """
    _check(subject)
    return rehearse(member_id, sent, lambda found: _look(found, subject, ports), ports)


def enter(member_id: UUID, staff_id: UUID, sent: Submission, subject: str | None, key: str, ports: Ports) -> Receipt:
    """Send it once for each key, and hold it to the subject that the agent chose: a person's word counts.

    Raises
    ------
    BadInput
        When the text cannot be accepted, or the subject is none of ours; nothing is stored.
    ReplayedWithAnotherBody
        When the key came before with another message.

    """
    _check(subject)
    receipt = submission.submit(member_id, sent, key, ports)
    steps.follow(receipt.member_id, receipt.complaint_id, ports)
    # Where it was referred to another member, people there decide.
    if subject and receipt.member_id == member_id:
        _hold_to(member_id, receipt.complaint_id, staff_id, subject, ports)
    return receipt


def _check(subject: str | None) -> None:
    if subject is not None and subject not in categories():
        raise BadInput("unknown_value", "subject")


def _hold_to(member_id: UUID, complaint_id: UUID, staff_id: UUID, subject: str, ports: Ports) -> None:
    with member_transaction(member_id) as session:
        asked = select(Complaint.category, Complaint.urgency, Complaint.abstained, Complaint.category_by_person)
        category, urgency, abstained, is_said = session.execute(asked.where(Complaint.id == complaint_id)).one()
    if is_said or (category == subject and not abstained):
        return
    classification.correct(
        member_id, complaint_id, staff_id, category=subject, urgency=urgency or "normal", reason=REASON, ports=ports
    )
    steps.follow(member_id, complaint_id, ports)


def _look(found: Sheet, subject: str | None, ports: Ports) -> Preview:
    complaint = found.complaint
    guesses = _guesses(complaint)
    session = object_session(complaint)
    if subject and session and (subject != complaint.category or complaint.abstained):
        found = _as_if(session, complaint, subject, ports)
    is_known = complaint.category and (subject or not complaint.abstained)
    return Preview(
        guesses=guesses,
        subject=complaint.category if is_known else None,
        desk=found.team.name if found.team else "",
        organisation=found.organisation.name if found.organisation else None,
        reason=complaint.route_reason or "",
        promised=complaint.promised_answer_by,
        is_danger=complaint.danger == "danger" or complaint.urgency == "danger",
        danger_types=tuple(complaint.danger_types),
        place=found.place,
        owner_id=complaint.member_id,
        owner=found.member.name,
    )


def _guesses(complaint: Complaint) -> tuple[str, ...]:
    first = [complaint.category] if complaint.category else []
    others = [str(other["category"]) for other in complaint.alternatives]
    return tuple(dict.fromkeys([*first, *others]))[:GUESSES]


def _as_if(session: Session, complaint: Complaint, subject: str, ports: Ports) -> Sheet:
    """Return the complaint as a correction would leave it, in a transaction that is undone."""
    complaint.category, complaint.abstained, complaint.urgency = subject, False, complaint.urgency or "normal"
    case = routing.case_for(session, complaint, ports)
    routing.keep(complaint, find_route(table_in_force(session).table, case, desks_at(session, complaint.residence_id)))
    clocks.set_targets(session, complaint, ports)
    session.flush()
    return sheet(session, complaint.id)
