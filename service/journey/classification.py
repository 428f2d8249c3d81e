"""Classification: what the message is about, kept with its version, its scores and its words."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.deadlines import promised_answer_by, tighten
from service.domain.errors import BadInput, NotFound
from service.domain.status import Audience, EventKind, Status
from service.domain.submission import MAX_REASON, check_text
from service.domain.taxonomy import categories, urgencies
from service.journey.events import record
from service.journey.ports import Ports, Reading, TextModelDown
from service.journey.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.classification import Correction
from service.models.complaint import Complaint
from service.models.people import Staff

DANGER_LEVELS = ("none", "check", "danger")


def classify(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Let the model read the message. A complaint that a person already sorted keeps the person's word."""
    if complaint.status != Status.SUBMITTED:
        return
    reading = ports.text_model.read(complaint.text)
    _keep(complaint, reading)
    _promise(complaint, ports)
    record(
        session,
        complaint,
        EventKind.CLASSIFIED,
        at=ports.clock.now(),
        actor="model",
        data={
            "category": complaint.category,
            "urgency": complaint.urgency,
            "confidence": complaint.confidence,
            "abstained": complaint.abstained,
            "model_version": complaint.model_version,
        },
    )


def _keep(complaint: Complaint, reading: Reading) -> None:
    complaint.secondary = reading.secondary
    complaint.nature = reading.nature
    complaint.confidence = reading.confidence
    complaint.alternatives = [{"category": code, "confidence": share} for code, share in reading.alternatives]
    complaint.words = list(reading.words)
    complaint.model_version = reading.model_version
    complaint.danger = reading.danger
    complaint.danger_types = list(dict.fromkeys([*complaint.danger_types, *reading.danger_types]))
    if complaint.category_by_person:
        return
    complaint.category = reading.category
    complaint.urgency = "danger" if reading.danger == "danger" else reading.urgency
    complaint.abstained = reading.abstained


def raise_danger(complaint: Complaint, text: str, ports: Ports) -> str:
    """Raise what is said of danger by what a tenant adds, and return the level of the addition.

    Nothing here lowers it: only a person does.
    """
    types = ports.text_model.danger_types(text)
    try:
        level = ports.text_model.read(text).danger
    except TextModelDown:
        level = "check" if types else "none"
    complaint.danger_types = list(dict.fromkeys([*complaint.danger_types, *types]))
    complaint.danger = max(complaint.danger, level, key=DANGER_LEVELS.index)
    if level == "danger":
        complaint.urgency = "danger"
        _promise(complaint, ports)
    return level


def _promise(complaint: Complaint, ports: Ports) -> None:
    received_on = complaint.submitted_at.astimezone(PARIS).date()
    promised = promised_answer_by(received_on, complaint.urgency, ports.calendar.is_holiday)
    # A calm message may be promised later only before any promise was made: tighten, never loosen.
    complaint.promised_answer_by = tighten(complaint.promised_answer_by, promised)


def correct(  # noqa: PLR0913  What a correction is made of.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, category: str, urgency: str, reason: str, ports: Ports
) -> None:
    """Take a person's word for the category and the urgency, keep it as a correction, and route again.

    Raises
    ------
    BadInput
        When the category or the urgency is not in the agreed lists, or the reason is blank or over 300 characters.
    NotFound
        When the member has no such complaint.
    NotAllowed
        When the complaint is closed.

    """
    if category not in categories():
        raise BadInput("unknown_value", "category")
    if urgency not in urgencies():
        raise BadInput("unknown_value", "urgency")
    check_text(reason, "reason", MAX_REASON)
    with member_transaction(member_id) as session:
        complaint = session.get(Complaint, complaint_id, with_for_update=True)
        staff = session.get(Staff, staff_id)
        if complaint is None or staff is None:
            raise NotFound("complaint")
        if (category, urgency) == (complaint.category, complaint.urgency) and complaint.category_by_person:
            return  # The same word twice: a double click.
        _write_correction(session, complaint, staff, category=category, urgency=urgency, reason=reason, ports=ports)


def _write_correction(  # noqa: PLR0913
    session: Session, complaint: Complaint, staff: Staff, *, category: str, urgency: str, reason: str, ports: Ports
) -> None:
    now = ports.clock.now()
    session.add(
        Correction(
            member_id=complaint.member_id,
            complaint_id=complaint.id,
            staff_id=staff.id,
            from_category=complaint.category,
            to_category=category,
            from_urgency=complaint.urgency,
            to_urgency=urgency,
            reason=reason,
            model_version=complaint.model_version,
            at=now,
        )
    )
    before = complaint.category
    complaint.category = category
    complaint.urgency = urgency
    complaint.abstained = False
    complaint.category_by_person = True
    _promise(complaint, ports)
    if complaint.status == Status.SUBMITTED:
        # The person was quicker than the model: what the model would say no longer matters.
        complaint.status = Status.CLASSIFIED
    record(
        session,
        complaint,
        EventKind.CORRECTED,
        at=now,
        actor=staff.name,
        audience=Audience.INTERNAL,
        data={"from": before, "to": category, "urgency": urgency, "reason": reason},
    )
