"""Answers of suppliers and authorities, from the signed page of a hand-over: accept, refuse, plan, done.

Each may be sent twice with the effect of once. What an organisation says is its word: the member's people close.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.status import Audience, EventKind
from service.domain.submission import check_text
from service.journey.clocks import clocks
from service.journey.delivery import handovers
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.handling.handling import locked_complaint
from service.journey.ports import Picture, Ports
from service.journey.routing import passages
from service.journey.submission import pictures
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.handover import Handover
from service.models.member import Organisation, Team

SLOTS = frozenset({"morning", "afternoon", "day"})


@dataclass(frozen=True)
class Answering:
    """One organisation at its page, the complaint and the hand-over held."""

    session: Session
    complaint: Complaint
    handover: Handover
    organisation: Organisation
    ports: Ports

    def note(self, kind: EventKind, *, audience: Audience = Audience.INTERNAL, **data: object) -> Event:
        """Write down what the organisation says; its page stays open that much longer."""
        now = self.ports.clock.now()
        self.handover.answered_at = self.handover.answered_at or now
        self.handover.expires_at = now + rules.KEPT_OPEN
        name = self.organisation.name
        event = record(self.session, self.complaint, kind, at=now, actor=name, audience=audience, data=data)
        clocks.refresh(self.session, self.complaint, self.ports)
        return event

    def tell_team(self, event: Event) -> None:
        """Plan the mail that tells the team that follows the complaint."""
        team = self.session.get(Team, self.complaint.team_id) if self.complaint.team_id else None
        if team and team.email:
            plan(self.session, event, Channel("team_told", "email", team.email), self.ports)


@contextmanager
def _at_the_page(token: str, answer: rules.Handover, ports: Ports) -> Iterator[Answering]:
    """Open the transaction in which one answer is given.

    Raises
    ------
    NotFound
        When the token is forged.
    NotAllowed
        When the page is no longer open, or the answer no longer makes sense; the code says which.

    """
    member_id, handover_id = handovers.ids_in(token, ports)
    with member_transaction(member_id) as session:
        complaint_id = session.scalar(select(Handover.complaint_id).where(Handover.id == handover_id))
        if complaint_id is None:
            raise NotFound("handover")
        # The complaint first, as everywhere: whoever transfers it meanwhile waits, or is waited for.
        complaint = locked_complaint(session, complaint_id)
        handover = session.get_one(Handover, handover_id, with_for_update=True)
        door = handovers.door_of(handover, complaint, ports.clock.now())
        is_said_again = handover.status == answer
        if door != handovers.Door.OPEN and not (is_said_again and door == handovers.Door.REFUSED):
            raise NotAllowed(door)
        if not is_said_again and not rules.may_answer(handover.status, answer):
            raise NotAllowed(f"{answer} after {handover.status}")
        organisation = session.get_one(Organisation, handover.organisation_id)
        yield Answering(session, complaint, handover, organisation, ports)


def accept(token: str, ports: Ports) -> tuple[UUID, UUID]:
    """Take the complaint on; return the member and the complaint, whose steps may now be followed."""
    with _at_the_page(token, rules.Handover.ACCEPTED, ports) as here:
        if here.handover.status != rules.Handover.ACCEPTED:
            here.handover.status = rules.Handover.ACCEPTED
            here.note(EventKind.ACCEPTED, organisation=here.organisation.name)
        return here.complaint.member_id, here.complaint.id


def plan_visit(token: str, on: date, slot: str, ports: Ports) -> tuple[UUID, UUID]:
    """Give the day of a visit, or another one; the tenant is told.

    Raises
    ------
    BadInput
        When the day is over or more than a year away, or the slot is none of `SLOTS`.

    """
    today = ports.clock.now().astimezone(PARIS).date()
    if on < today:
        raise BadInput("past_day", "on")
    if on > today + rules.FARTHEST_PLAN:
        raise BadInput("far_day", "on")
    if slot not in SLOTS:
        raise BadInput("unknown_value", "slot")
    with _at_the_page(token, rules.Handover.PLANNED, ports) as here:
        handover = here.handover
        if (handover.status, handover.planned_on, handover.planned_slot) != (rules.Handover.PLANNED, on, slot):
            before = handover.planned_on
            handover.status, handover.planned_on, handover.planned_slot = rules.Handover.PLANNED, on, slot
            here.note(
                EventKind.PLANNED,
                audience=Audience.TENANT,
                organisation=here.organisation.name,
                on=on.isoformat(),
                slot=slot,
                instead_of=before.isoformat() if before else None,
            )
        return here.complaint.member_id, here.complaint.id


def finish(token: str, words: str, photos: Sequence[Picture], ports: Ports) -> tuple[UUID, UUID]:
    """Say that the work is done, with words and pictures already made clean. A person of the member closes.

    Raises
    ------
    BadInput
        When the words are blank or too long.

    """
    check_text(words, "words")
    with _at_the_page(token, rules.Handover.DONE, ports) as here:
        if here.handover.status == rules.Handover.DONE:
            _check_same(here, words)
        else:
            here.handover.status = rules.Handover.DONE
            here.handover.done_at = ports.clock.now()
            fresh = pictures.unlike(photos)
            event = here.note(EventKind.WORK_DONE, organisation=here.organisation.name, text=words, photos=len(fresh))
            pictures.keep(here.session, here.complaint, event, fresh)
            here.tell_team(event)
        return here.complaint.member_id, here.complaint.id


def refuse(token: str, reason: str, recipient: str, words: str, ports: Ports) -> tuple[UUID, UUID]:
    """Hand the complaint back. `recipient` says in words who should have it; blank when nobody knows.

    A team of the member so named has it at once. An outside organisation so named is proposed to the person who
    sorts: only the member's people give a complaint to somebody outside.

    Raises
    ------
    BadInput
        When the reason is not in the list, or "other" without words.

    """
    reason_in = rules.REFUSALS.get(reason)
    if reason_in is None:
        raise BadInput("unknown_value", "reason")
    for text, field in ((recipient, "recipient"), (words, "words")):
        if text or (field == "words" and reason == rules.OTHER):
            check_text(text, field)
    with _at_the_page(token, rules.Handover.REFUSED, ports) as here:
        if here.handover.status == rules.Handover.REFUSED:
            return here.complaint.member_id, here.complaint.id
        here.handover.status = rules.Handover.REFUSED
        here.handover.refusal = reason
        here.handover.named_recipient = recipient or None
        here.note(
            EventKind.REFUSED,
            by=here.organisation.name,
            code=reason,
            reason=reason_in.label,
            recipient=recipient or None,
            text=words,
        )
        _send_back(here, recipient, reason_in.because)
        return here.complaint.member_id, here.complaint.id


def _send_back(here: Answering, recipient: str, because: str) -> None:
    named = _named(here.session, recipient)
    desk = named if isinstance(named, Team) else passages.sorting_desk(here.session)
    name = here.organisation.name
    passages.move_on(
        here.session, here.complaint, passages.Move(name, passages.kind_of(desk), desk, None, because), here.ports
    )
    if isinstance(named, Organisation) and named.id != here.organisation.id:
        here.complaint.proposed_organisation_id = named.id


def _named(session: Session, recipient: str) -> Team | Organisation | None:
    """Return the one team or organisation of the member that bears this very name, whatever the capitals."""
    typed = " ".join(recipient.split()).casefold()
    known: list[Team | Organisation] = [
        *session.scalars(select(Team)).all(),
        *session.scalars(select(Organisation)).all(),
    ]
    found = [one for one in known if one.name.casefold() == typed]
    return found[0] if len(found) == 1 else None


def _check_same(here: Answering, words: str) -> None:
    """Let a double click pass; other words about work already said to be done are not lost in silence."""
    said = select(Event.data).where(
        Event.complaint_id == here.complaint.id, Event.kind == EventKind.WORK_DONE, Event.id > here.handover.event_id
    )
    last = here.session.scalars(said.order_by(Event.id.desc())).first()
    if last is None or last.get("text") != words:
        raise NotAllowed("already_done")
