"""Answers that come back by mail: brought to the complaint they answer, once, and to nobody outside.

The address a mail is sent to says which complaint it answers and in whose name: a tenant's words are added as from the
tracking page, those of a team or an organisation become a note for the staff. Nothing that arrives by mail is ever sent
on to a tenant.
"""

import logging
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON
from service.domain.permissions import LEADERS
from service.domain.replies import ORGANISATION, TENANT, ReplyTo, read_address, shorten, words_of
from service.domain.status import EventKind, Status
from service.domain.submission import MAX_TEXT
from service.journey import steps
from service.journey.closing import closing
from service.journey.danger import forwarding, hearing
from service.journey.delivery import dead_letters
from service.journey.delivery.planning import Channel, plan, plan_alone
from service.journey.events import record
from service.journey.handling import handling
from service.journey.news import mending
from service.journey.parcels import Bounce, Incoming
from service.journey.ports import MailUnreadable, Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction, shared_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.member import Member, Organisation, Team
from service.models.people import Staff

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a mail that arrived."""

    TAKEN = "taken"
    TWICE = "twice"  # it was taken before
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    BLANK = "blank"  # nothing but what it quotes
    UNKNOWN = "unknown"  # no address of ours, a forged one, or a complaint or delivery that is gone or erased
    EXPIRED = "expired"

    @property
    def is_refused(self) -> bool:
        """Whether a person should look at the mail."""
        return self in (Outcome.BLANK, Outcome.UNKNOWN, Outcome.EXPIRED)


def collect(ports: Ports) -> int:
    """Take the mails that wait; return how many were looked at. Harmless when two processes collect."""
    names = ports.mail_in.waiting()
    for name in names:
        try:
            outcome = _collect(name, ports)
        except OperationalError:
            log.warning("mail_waits database_down")
            break
        except Exception:
            log.exception("mail_broke_off %s", name)
            ports.mail_in.refuse(name)
        else:
            log.info("mail_in %s %s", name, outcome)
    return len(names)


def _collect(name: str, ports: Ports) -> str:
    try:
        incoming = ports.mail_in.fetch(name)
    except MailUnreadable as reason:
        ports.mail_in.refuse(name)
        return f"unreadable {reason}"
    if incoming is None:
        return "gone"
    outcome = receive(incoming, ports)
    if outcome.is_refused:
        ports.mail_in.refuse(name)
    else:
        ports.mail_in.forget(name)
    return outcome


def receive(incoming: Incoming, ports: Ports) -> Outcome:
    """Bring one mail to the complaint it answers."""
    if incoming.bounce:
        return _take_bounce(incoming.bounce, ports)
    if incoming.is_automatic:
        return Outcome.AUTOMATIC
    reply = next((found for one in incoming.recipients if (found := read_address(one, ports.secret_key))), None)
    if reply is None:
        return Outcome.UNKNOWN
    if not reply.is_open(ports.clock.now().astimezone(PARIS).date()):
        return Outcome.EXPIRED
    member_id = _member_of(reply.complaint_id)
    if member_id is None:
        return Outcome.UNKNOWN
    with member_transaction(member_id) as session:
        outcome = _take(session, reply, incoming, ports)
    if outcome == Outcome.TAKEN:
        steps.follow(member_id, reply.complaint_id, ports)
    return outcome


def _member_of(complaint_id: UUID) -> UUID | None:
    with shared_transaction() as session:
        found: UUID | None = session.scalar(select(func.seve_member_of_complaint(complaint_id)))
        return found


def _take(session: Session, reply: ReplyTo, incoming: Incoming, ports: Ports) -> Outcome:
    complaint = handling.locked_complaint(session, reply.complaint_id)
    delivery = _delivery_of(session, reply)
    if delivery is None:
        return Outcome.UNKNOWN
    if _was_taken(session, complaint, incoming.key):
        return Outcome.TWICE
    text = _words(session, complaint, incoming, ports)
    if complaint.erased_at:
        if hearing.is_danger(text, ports):
            _warn_of_erased(session, complaint, incoming.key, ports)
        return Outcome.UNKNOWN
    if not text:
        return Outcome.BLANK
    if reply.audience == TENANT:
        _add_from_tenant(session, complaint, text, incoming.key, ports)
    else:
        name = _name_of(session, delivery, reply.audience)
        event = _note(session, complaint, (name, name), text, incoming.key, ports)
        if reply.audience == ORGANISATION:
            tell_team(session, complaint, event, ports)
    return Outcome.TAKEN


def _delivery_of(session: Session, reply: ReplyTo) -> Delivery | None:
    those = session.scalars(select(Delivery).where(Delivery.complaint_id == reply.complaint_id))
    return next((delivery for delivery in those if reply.is_of(delivery.id)), None)


def _was_taken(session: Session, complaint: Complaint, key: str) -> bool:
    taken = select(Event.id).where(Event.complaint_id == complaint.id, Event.data["mail"].astext == key)
    return session.scalars(taken).first() is not None


def _words(session: Session, complaint: Complaint, incoming: Incoming, ports: Ports) -> str:
    """Return what the sender wrote; a line says what was left out."""
    name = session.get_one(Member, complaint.member_id).name
    text = words_of(incoming.text, (complaint.reference, ports.base_url, ports.reply_domain, name))
    count = incoming.attachments
    left = "Une pièce jointe n'a pas été gardée." if count == 1 else f"{count} pièces jointes n'ont pas été gardées."
    note = f"\n\n[{left}]" if count else ""
    return (shorten(text, MAX_TEXT - len(note)) + note).strip()


def _add_from_tenant(session: Session, complaint: Complaint, text: str, key: str, ports: Ports) -> None:
    """Add a tenant's words. To a closed complaint they are a note its team is told of; a danger opens it again.

    What another member has now is told there too when it is a danger: those on duty there are called.

    « Merci, tout va bien » must not open it: the tenant does that with one click, and a person may after reading.
    """
    mending.hold_closing(session, complaint, ports)
    is_danger = complaint.status == Status.CLOSED and hearing.is_danger(text, ports)
    if is_danger and complaint.outcome != PASSED_ON:
        closing.reopen(session, complaint, "", ports)
    if complaint.status == Status.CLOSED:
        event = _note(session, complaint, ("tenant", "le locataire"), text, key, ports)
        tell_team(session, complaint, event, ports)
        if is_danger:
            forwarding.forward_danger(session, complaint, text, ports, mail=key)
    else:
        handling.add_words(session, complaint, text, ports, mail=key)


def _warn_of_erased(session: Session, complaint: Complaint, key: str, ports: Ports) -> None:
    """Tell those who decide that a mail put aside tells of a danger: there is no complaint any more to keep it in."""
    leaders = select(Staff.email).where(Staff.role.in_(LEADERS), Staff.is_active)
    for email in session.scalars(leaders):
        channel = Channel("danger_aside", "email", email, data={"reference": complaint.reference})
        plan_alone(session, complaint.member_id, f"aside:{key}:{email}", channel, ports)


def _name_of(session: Session, delivery: Delivery, audience: str) -> str:
    """Return who answers, by whom the delivery was written to."""
    if audience == ORGANISATION:
        organisations = select(Organisation.name).where(Organisation.email == delivery.recipient)
        return session.scalars(organisations).first() or "organisme"
    teams = select(Team.name).where(Team.email == delivery.recipient)
    people = select(Staff.name).where(Staff.email == delivery.recipient)
    return session.scalars(teams).first() or session.scalars(people).first() or "équipe"


def _note(session: Session, complaint: Complaint, who: tuple[str, str], text: str, key: str, ports: Ports) -> Event:
    """Keep words for the staff only; `who` is the actor, and how people call it."""
    actor, name = who
    data: dict[str, Any] = {"text": text, "by_mail": True, "from": name, "mail": key}
    if actor == "tenant" and hearing.is_danger(text, ports):
        data["danger"] = True
    return record(session, complaint, EventKind.NOTED, at=ports.clock.now(), actor=actor, data=data)


def tell_team(session: Session, complaint: Complaint, event: Event, ports: Ports, *, purpose: str = "note") -> None:
    """Plan the mail that tells of a note: to the team, or to a person by name when it has no address."""
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    assignee = session.get(Staff, complaint.assignee_id) if complaint.assignee_id else None
    supervisors = select(Staff.email).where(Staff.role.in_(LEADERS), Staff.is_active).order_by(Staff.name)
    to = (team and team.email) or (assignee and assignee.email) or session.scalars(supervisors).first()
    if to:
        plan(session, event, Channel(purpose, "email", to), ports)


def _take_bounce(bounce: Bounce, ports: Ports) -> Outcome:
    """Give a mail of ours that reached nobody to a person, as any delivery that is given up."""
    reply = read_address(bounce.reply_to, ports.secret_key)
    members = [_member_of(reply.complaint_id)] if reply else steps.member_ids()
    try:
        delivery_id = UUID(bounce.message_id)
    except ValueError:
        return Outcome.UNKNOWN
    for member_id in members:
        if member_id and _give_up(member_id, delivery_id, bounce.code, ports):
            return Outcome.BOUNCE
    return Outcome.UNKNOWN


def _give_up(member_id: UUID, delivery_id: UUID, code: str, ports: Ports) -> bool:
    """Give the delivery up, once; say whether it is this member's."""
    with member_transaction(member_id) as session:
        complaint_id = session.scalar(select(Delivery.complaint_id).where(Delivery.id == delivery_id))
        is_erased = False
        if complaint_id:  # The complaint first, as everywhere.
            is_erased = handling.locked_complaint(session, complaint_id).erased_at is not None
        delivery = session.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None:
            return False
        if delivery.status == "sent" and not is_erased:
            dead_letters.give_up(session, delivery, f"bounce {code}", ports)
        return True
