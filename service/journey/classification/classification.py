"""Classification: what the message is about, kept with its version, its scores and its words."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.own_choice import weigh
from service.domain.quality import is_drawn
from service.domain.reading import Circumstances, Reading
from service.domain.recourse import CONTEST_ANSWERED, contest_reason
from service.domain.safety import DANGER_LEVELS
from service.domain.season import is_cold_season
from service.domain.status import Audience, EventKind, Status
from service.domain.submission import MAX_REASON, check_text
from service.domain.taxonomy import categories, urgencies
from service.journey.classification import thresholds
from service.journey.classification.learning import keep_example
from service.journey.clocks import clocks
from service.journey.closing import meanwhile
from service.journey.danger import paging
from service.journey.danger.hearing import danger_in, raised_meanwhile, words_of
from service.journey.danger.letting_go import let_go
from service.journey.events import record
from service.journey.handling.handling import sees_all
from service.journey.news import news
from service.journey.ports import Ports, TextModelDown
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.classification import Correction
from service.models.complaint import Complaint, Event
from service.models.people import Staff

BY_ITSELF = "accompagnement_social"  # the category whose complaints are sensitive without anybody's mark


def classify(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Let the model read the message. A complaint that a person already sorted keeps the person's word.

    A danger that the lexicon sees does not wait for a model that is down: it goes on unsorted, to the people on call.
    """
    if complaint.status != Status.SUBMITTED:
        return
    actor, decided = "model", {}
    try:
        read = ports.text_model.read(words_of(complaint), circumstances_of(complaint))
        if read.category != BY_ITSELF:  # held back, it would be everybody's to sort
            read = thresholds.hold_back(session, read)
        raised = raised_meanwhile(session, complaint, ports)
    except TextModelDown:
        if complaint.danger != "danger":
            raise
        actor = "lexicon"
        complaint.urgency, complaint.abstained = "danger", True
    else:
        reading = weigh(read, complaint.chosen_category)
        keep_reading(complaint, reading, raised)
        if reading != read:
            # What the model says by itself is neither audited nor counted as its own where the tenant decided.
            complaint.audit_due, decided = False, {"chosen_by": "tenant"}
    record(
        session,
        complaint,
        EventKind.CLASSIFIED,
        at=ports.clock.now(),
        actor=actor,
        data={
            "category": complaint.category,
            "urgency": complaint.urgency,
            "confidence": complaint.confidence,
            "abstained": complaint.abstained,
            "model_version": complaint.model_version,
        }
        | decided,
    )
    clocks.set_targets(session, complaint, ports)


def circumstances_of(complaint: Complaint) -> Circumstances:
    """Return what the message cannot say by itself."""
    return Circumstances(cold_season=is_cold_season(complaint.submitted_at.astimezone(PARIS).date()))


def keep_reading(complaint: Complaint, reading: Reading, raised: str = "none") -> None:
    """Put what the model read on a complaint; `raised` is the level of danger that additions call for."""
    complaint.category = reading.category
    complaint.secondary = reading.secondary
    complaint.nature = reading.nature
    complaint.confidence = reading.confidence
    complaint.abstained = reading.abstained
    complaint.alternatives = [{"category": code, "confidence": share} for code, share in reading.alternatives]
    complaint.words = list(reading.words)
    complaint.model_version = reading.model_version
    complaint.family = reading.family
    complaint.unknown_share = reading.unknown_share
    complaint.audit_due = not reading.abstained and is_drawn(complaint.id)
    complaint.danger_types = list(dict.fromkeys([*complaint.danger_types, *reading.danger_types]))
    # Of the message itself the model has heard the lexicon too, and knows better what it is worth.
    complaint.danger = max(raised, reading.danger, key=DANGER_LEVELS.index)
    complaint.urgency = "danger" if complaint.danger == "danger" else reading.urgency


def raise_danger(session: Session, complaint: Complaint, text: str, ports: Ports) -> None:
    """Raise what is said of danger by what a tenant adds. Nothing here lowers it: only a person does."""
    types, level = ports.text_model.danger_types(text), danger_in(text, ports)
    if level == "none":
        return
    complaint.danger_types = list(dict.fromkeys([*complaint.danger_types, *types]))
    complaint.danger = max(complaint.danger, level, key=DANGER_LEVELS.index)
    complaint.danger_is_judged = False
    if level == "danger":
        before, complaint.urgency = complaint.urgency, "danger"
        data = {"from_urgency": before, "types": list(types)}
        record(session, complaint, EventKind.DANGER_RAISED, at=ports.clock.now(), actor="model", data=data)
        let_go(session, complaint, ports)
    clocks.set_targets(session, complaint, ports)  # what is only to check is looked at soon, too


def correct(  # noqa: PLR0913  What a correction is made of.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, category: str, urgency: str, reason: str, ports: Ports,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Take a person's word for the category and the urgency, keep it as a correction, and route again.

    `seen` is the last event of the page on which it was said: who says that there is no danger has read the last words.

    Raises
    ------
    BadInput
        When the category or the urgency is not in the agreed lists, or the reason, if any, is over 300 characters.
    NotFound
        When the member has no such complaint.
    NotAllowed
        When the complaint is closed; `written_meanwhile` when a danger would be set aside and the tenant wrote, or one
        was raised, since the page was shown.

    """
    if category not in categories():
        raise BadInput("unknown_value", "category")
    if urgency not in urgencies():
        raise BadInput("unknown_value", "urgency")
    if reason:
        check_text(reason, "reason", MAX_REASON)
    with member_transaction(member_id) as session:
        complaint = session.get(Complaint, complaint_id, with_for_update=True)
        staff = session.get(Staff, staff_id)
        if complaint is None or staff is None:
            raise NotFound("complaint")
        is_said = complaint.category_by_person and complaint.danger_is_judged
        if is_said and (category, urgency) == (complaint.category, complaint.urgency):
            return  # The same word twice: a double click.
        if urgency != "danger" and (complaint.urgency == "danger" or complaint.danger != "none"):
            meanwhile.check(session, complaint_id, seen, "urgency")
        write_correction(session, complaint, staff, category=category, urgency=urgency, reason=reason, ports=ports)


def write_correction(  # noqa: PLR0913  As above.
    session: Session, complaint: Complaint, staff: Staff, *, category: str, urgency: str, reason: str, ports: Ports
) -> Event:
    """Take a person's word on a complaint that is held; return the event, whose steps route it again."""
    now = ports.clock.now()
    was_contested = complaint.contested_at is not None
    if was_contested:
        reason = contest_reason(reason, MAX_REASON)
        complaint.contested_at = None  # a person has looked
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
    before, urgency_before = complaint.category, complaint.urgency
    is_right = category == before and not complaint.abstained
    if complaint.is_sensitive and category != BY_ITSELF and not sees_all(session):
        complaint.is_marked = True  # whoever may not open it to all does not by its subject either
    complaint.category = category
    complaint.urgency = urgency
    complaint.abstained = False
    complaint.category_by_person = complaint.danger_is_judged = True
    keep_example(session, complaint, staff.id, urgency=urgency, is_right=is_right, at=now)
    if complaint.status == Status.SUBMITTED:
        # The person was quicker than the model: what the model would say no longer matters.
        complaint.status = Status.CLASSIFIED
    event = record(
        session,
        complaint,
        EventKind.CORRECTED,
        at=now,
        actor=staff.name,
        audience=Audience.INTERNAL,
        data={
            "from": before,
            "to": category,
            "from_urgency": urgency_before,
            "urgency": urgency,
            "reason": reason,
        },
    )
    if was_contested:
        news.tell(session, complaint, event, CONTEST_ANSWERED, ports)
    clocks.set_targets(session, complaint, ports)
    if urgency == "danger":
        let_go(session, complaint, ports)
    else:
        paging.stop(session, complaint, staff.name, ports)
    return event


def confirm(member_id: UUID, complaint_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Take a person's word that the category is right, and keep it as an example; nothing is routed again.

    Once a person has decided, it changes nothing: it may come twice, or from a page left open.

    Raises
    ------
    NotFound
        When the member has no such complaint.
    NotAllowed
        When there is no category to confirm (a person must then give one), or the complaint is closed.

    """
    with member_transaction(member_id) as session:
        complaint = session.get(Complaint, complaint_id, with_for_update=True)
        staff = session.get(Staff, staff_id)
        if complaint is None or staff is None:
            raise NotFound("complaint")
        if complaint.category_by_person:
            return
        if complaint.category is None or complaint.abstained:
            raise NotAllowed("no category to confirm")
        now = ports.clock.now()
        complaint.category_by_person = True
        keep_example(session, complaint, staff.id, urgency=None, is_right=True, at=now)
        data = {"category": complaint.category}
        record(session, complaint, EventKind.CONFIRMED, at=now, actor=staff.name, data=data)
        clocks.refresh(session, complaint, ports)
