"""Hand-overs: what an outside organisation was given, and the signed page on which it answers without an account."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.deadlines import Clock, targets_for, urgency_heard
from service.domain.errors import NotFound
from service.domain.status import EventKind, Status
from service.journey.clocks import clocks
from service.journey.patrimoine.places import place_in_words
from service.journey.ports import Ports
from service.journey.submission import pictures
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Attachment, Handover
from service.models.member import Member, Organisation, Team
from service.models.routing import RoutingRule

# Mails that carry the link.
TO_ORGANISATIONS = frozenset({"handover", "handover_danger", "handover_reminder", "withdrawn", "partner_message"})
_IDS = 2  # a token says whose hand-over it opens, and which


class Door(StrEnum):
    """Whether a page may still be used; what is behind a door that is not open is not shown."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    FINISHED = "finished"  # the member closed the complaint
    EXPIRED = "expired"


@dataclass(frozen=True)
class HandoverSheet:
    """One hand-over with what its page may show."""

    door: Door
    handover: Handover
    organisation: Organisation
    member: Member
    complaint: Complaint
    team: Team | None
    place: str
    messages: tuple[Event, ...] = ()  # what the member's people wrote to the organisation
    files: Mapping[int, Sequence[Attachment]] = field(default_factory=dict)  # what came with it, by message

    @property
    def shows_tenant(self) -> bool:
        """Whether the tenant's name and telephone may be shown: the member let the words go, and it was accepted."""
        return self.handover.with_text and self.handover.status != rules.Handover.OFFERED


def offer(session: Session, complaint: Complaint, event: Event, ports: Ports) -> Handover | None:
    """Write down that the complaint is offered to its organisation, once for each event that brings it there.

    Called with the complaint held. What others were offered before is withdrawn. What rules bring anew to the
    organisation that has it already stays as it is, with the day that was planned: see `told`.
    """
    now, kept = ports.clock.now(), _kept(session, complaint, event)
    withdraw(session, complaint, but=kept.event_id if kept else event.id)
    if complaint.organisation_id is None:
        return None
    if kept:
        kept.answer_due_at = min(kept.answer_due_at, _answer_due(session, complaint, now, ports))
        return kept
    session.execute(
        insert(Handover)
        .values(
            id=uuid4(),
            member_id=complaint.member_id,
            complaint_id=complaint.id,
            event_id=event.id,
            organisation_id=complaint.organisation_id,
            with_text=may_have_text(session, complaint, event),
            status=rules.Handover.OFFERED,
            offered_at=now,
            expires_at=now + rules.KEPT_OPEN,
            answer_due_at=_answer_due(session, complaint, now, ports),
        )
        .on_conflict_do_nothing(index_elements=["event_id"])
    )
    return session.scalars(select(Handover).where(Handover.event_id == event.id)).one()


def _kept(session: Session, complaint: Complaint, event: Event) -> Handover | None:
    """Return the hand-over that an event leaves as it is; a person's transfer and a reopening begin another."""
    if event.kind != EventKind.ROUTED:
        return None
    those = [one for one in live(session, complaint.id) if one.organisation_id == complaint.organisation_id]
    return those[-1] if those else None


def told(session: Session, handover: Handover) -> frozenset[tuple[str, str]]:
    """Return the ways, means and recipient, by which an organisation was told of what it has."""
    sent = select(Delivery.channel, Delivery.recipient).where(
        Delivery.complaint_id == handover.complaint_id,
        Delivery.event_id >= handover.event_id,
        Delivery.purpose == "handover",
        Delivery.status == "sent",
    )
    return frozenset((means, recipient) for means, recipient in session.execute(sent))


def withdraw(session: Session, complaint: Complaint, *, but: int | None = None) -> None:
    """Take back every hand-over the organisation still had something to do for, but the one of an event."""
    for handover in live(session, complaint.id):
        if handover.event_id != but:
            handover.status = rules.Handover.WITHDRAWN
    session.flush()


def live(session: Session, complaint_id: UUID) -> list[Handover]:
    """Return the hand-overs of a complaint that still wait for something, the oldest first."""
    rows = session.scalars(
        select(Handover).where(Handover.complaint_id == complaint_id).order_by(Handover.event_id)
    ).all()
    return [row for row in rows if rules.is_live(row.status)]


def coming_visit(session: Session, complaint: Complaint, today: date) -> date | None:
    """Return the day on which somebody was to come, when it is not over."""
    days = [row.planned_on for row in live(session, complaint.id) if row.planned_on and row.planned_on >= today]
    return days[-1] if days else None


def may_have_text(session: Session, complaint: Complaint, event: Event) -> bool:
    """Say whether the tenant's words may leave with this arrival: a person's choice, the rule's, or before's.

    Never to an organisation that the member lets have none.
    """
    organisation = session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    if organisation and not organisation.takes_words:
        return False
    if event.kind == EventKind.TRANSFERRED:
        return bool(event.data.get("with_text"))
    if not complaint.routed_by_person:
        rule = session.get(RoutingRule, complaint.rule_id) if complaint.rule_id else None
        return bool(rule and rule.forwards_text)
    before = (
        select(Handover.with_text)
        .where(Handover.complaint_id == complaint.id, Handover.organisation_id == complaint.organisation_id)
        .order_by(Handover.event_id.desc())
    )
    return bool(session.scalars(before).first())


def _answer_due(session: Session, complaint: Complaint, now: datetime, ports: Ports) -> datetime:
    """Return when the organisation should have accepted or refused, by the member's delays."""
    ways = clocks.ways_of(session, complaint.member_id, ports)
    urgency = urgency_heard(complaint.urgency, complaint.danger)
    return targets_for(complaint.category, urgency, ways.lines)[Clock.HANDOVER].due(now, ways.time)


def _serializer(ports: Ports) -> URLSafeSerializer:
    # No time is signed: when the page closes is kept with the hand-over, where it can be put off by what happens.
    return URLSafeSerializer(ports.secret_key, salt="partenaire", signer_kwargs={"digest_method": hashlib.sha256})


def token_of(handover: Handover, ports: Ports) -> str:
    """Return the secret part of the address of the page; the same each time."""
    return str(_serializer(ports).dumps([handover.member_id.hex, handover.id.hex]))


def url_of(handover: Handover, ports: Ports) -> str:
    """Return the whole address of the page."""
    return f"{ports.base_url}/partenaire/{token_of(handover, ports)}"


def of_delivery(session: Session, delivery: Delivery) -> Handover | None:
    """Return the hand-over a mail to an organisation is about; None for any other mail."""
    if delivery.purpose not in TO_ORGANISATIONS:
        return None
    mine = select(Handover).join(Organisation).where(Handover.complaint_id == delivery.complaint_id)
    if delivery.purpose == "withdrawn":
        mine = mine.where(Organisation.email == delivery.recipient, Handover.status == rules.Handover.WITHDRAWN)
    else:
        mine = mine.where(Handover.event_id <= delivery.event_id)  # one that is kept is older than what is said of it
    return session.scalars(mine.order_by(Handover.event_id.desc())).first()


def ids_in(token: str, ports: Ports) -> tuple[UUID, UUID]:
    """Return the member and the hand-over of a token; NotFound when it is not one of ours."""
    try:
        found = _serializer(ports).loads(token)
    except BadSignature as forged:
        raise NotFound("handover") from forged
    if not isinstance(found, list) or len(found) != _IDS:
        raise NotFound("handover")
    return UUID(found[0]), UUID(found[1])


def open_page(token: str, ports: Ports) -> HandoverSheet:
    """Return what is behind a token; NotFound when it is forged or of nothing we know. Changes nothing."""
    member_id, handover_id = ids_in(token, ports)
    with member_transaction(member_id) as session:
        handover = session.get(Handover, handover_id)
        if handover is None:
            raise NotFound("handover")
        complaint = session.get_one(Complaint, handover.complaint_id)
        messages, files = _messages(session, handover), pictures.of_complaint(session, complaint.id)
        return HandoverSheet(
            door=door_of(handover, complaint, ports.clock.now()),
            handover=handover,
            organisation=session.get_one(Organisation, handover.organisation_id),
            member=session.get_one(Member, member_id),
            complaint=complaint,
            team=session.get(Team, complaint.team_id) if complaint.team_id else None,
            place=place_in_words(session, complaint),
            messages=messages,
            files={one.id: files[one.id] for one in messages if one.id in files},
        )


def _messages(session: Session, handover: Handover) -> tuple[Event, ...]:
    written = select(Event).where(
        Event.complaint_id == handover.complaint_id,
        Event.kind == EventKind.PARTNER_WRITTEN,
        Event.id > handover.event_id,
        Event.data["organisation_id"].astext == str(handover.organisation_id),
    )
    return tuple(session.scalars(written.order_by(Event.id)))


def door_of(handover: Handover, complaint: Complaint, now: datetime) -> Door:
    """Say whether the page of a hand-over may still be used."""
    if handover.status == rules.Handover.REFUSED:
        return Door.REFUSED
    # Between a transfer and the step that delivers it, the complaint already says whose it is.
    if handover.status == rules.Handover.WITHDRAWN or complaint.organisation_id != handover.organisation_id:
        return Door.WITHDRAWN
    if now >= handover.expires_at:
        return Door.EXPIRED
    return Door.FINISHED if complaint.status == Status.CLOSED else Door.OPEN
