"""What a newcomer finds under way: the last day of each member, played through the journey itself.

The past is told without a database. What waits for somebody is not: hand-overs, calls in danger, incidents and a mail
that did not arrive are made by the same functions that make them in use, so that nothing here can look otherwise.
"""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain, repeat
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.demo.phrases import phrases
from service.domain.delivery import BACK_OFF
from service.domain.status import EventKind, Status
from service.domain.working_time import WorkingTime
from service.journey import steps
from service.journey.danger import paging
from service.journey.delivery import answers, delivery, handovers, sending
from service.journey.delivery.sending import Outcome
from service.journey.incidents import incident_opening, incidents
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Handover
from service.models.outbox import OutboxStep
from service.models.people import Staff

_BOUNCED = "bounce 5.1.1"
_ROUTINGS = (EventKind.ROUTED, EventKind.TRANSFERRED)
_AS_OFTEN = len(BACK_OFF) + 1  # tries, after which a mail is given up
_A_DAY = timedelta(days=1)
_SOON = timedelta(minutes=2)

Offering = Callable[[Session, Complaint, Event, Ports], object]
Written = Select[Complaint]


@dataclasses.dataclass
class _Standing:
    """A clock that stands where the scene is."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment of the scene."""
        return self.at


def play(now: datetime, ports: Ports) -> None:
    """Play the scenes of every member, `now` being the moment at which the demonstration stands."""
    for member_id in steps.member_ids():
        stage = Stage(member_id, now, ports)
        stage.hand_over()
        stage.call_those_on_duty()
        stage.open_an_incident()
        stage.look_for_incidents()
        stage.work_off()


class Stage:
    """One member at the moment the demonstration begins."""

    def __init__(self, member_id: UUID, now: datetime, ports: Ports) -> None:
        self.member_id = member_id
        self.now = now
        self.clock = _Standing(now)
        self.ports = dataclasses.replace(ports, clock=self.clock)

    def work_off(self) -> None:
        """Take every step that is due, as workers would."""
        while waiting := self._waiting():
            for step_id in waiting:
                steps.run_step(self.member_id, step_id, self.ports)

    def _waiting(self) -> Sequence[UUID]:
        with member_transaction(self.member_id) as session:
            due = select(OutboxStep.id).where(OutboxStep.done_at.is_(None), OutboxStep.run_after <= self.clock.now())
            return session.scalars(due.order_by(OutboxStep.event_id)).all()

    def hand_over(self) -> None:
        """Offer what is at an organisation, then let it answer: the newest wait, one mail did not arrive."""
        with member_transaction(self.member_id) as session:
            found = self._outside(session)
        newest, second = found[:1], found[1:2]
        for complaint_id in (*newest, *second):
            self._offer(complaint_id, delivery.deliver)
        for complaint_id in second:
            self._lose_the_mail(complaint_id)
        self.work_off()
        answers_given = chain((self._plan, self._finish, self._refuse, self._plan), repeat(answers.accept))
        for complaint_id in found[2:]:
            self._offer(complaint_id, handovers.offer)
            token = self._token(complaint_id)
            next(answers_given)(token, self.ports)
        self.clock.at = self.now

    def _outside(self, session: Session) -> list[UUID]:
        rows = select(Complaint.id).where(
            Complaint.organisation_id.is_not(None), Complaint.status != Status.CLOSED, Complaint.urgency != "danger"
        )
        return list(session.scalars(rows.order_by(Complaint.submitted_at.desc())))

    def _offer(self, complaint_id: UUID, offer: Offering) -> None:
        """Offer it at the moment it was routed; what follows comes after all that happened to it since."""
        with member_transaction(self.member_id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            events = session.scalars(select(Event).where(Event.complaint_id == complaint_id).order_by(Event.id)).all()
            routed = next(event for event in reversed(events) if event.kind in _ROUTINGS)
            self.clock.at = routed.at + _SOON
            offer(session, complaint, routed, self.ports)
            self.clock.at = min(self.now, events[-1].at + _SOON)

    def _lose_the_mail(self, complaint_id: UUID) -> None:
        """Let the organisation's address send the mail back."""
        with member_transaction(self.member_id) as session:
            lost = select(OutboxStep, Delivery).join(Delivery, Delivery.id == OutboxStep.delivery_id)
            lost = lost.where(Delivery.complaint_id == complaint_id, Delivery.purpose == "handover")
            for step, mail in session.execute(lost):
                step.attempts = mail.attempts = _AS_OFTEN
                sending.settle(session, step, Outcome(_BOUNCED), self.ports)

    def _token(self, complaint_id: UUID) -> str:
        with member_transaction(self.member_id) as session:
            offered = select(Handover).where(Handover.complaint_id == complaint_id)
            return handovers.token_of(session.scalars(offered).one(), self.ports)

    def _plan(self, token: str, ports: Ports) -> None:
        self.clock.at = self.now  # a visit is planned for a day to come
        time = WorkingTime(ports.calendar.is_holiday)
        answers.plan_visit(token, time.after(self.now.astimezone(PARIS).date(), 2), "morning", ports)

    def _finish(self, token: str, ports: Ports) -> None:
        answers.finish(token, phrases()["partner"]["done"], (), ports)

    def _refuse(self, token: str, ports: Ports) -> None:
        answers.refuse(token, "out_of_contract", "", phrases()["partner"]["refuses"], ports)

    def call_those_on_duty(self) -> None:
        """Call for the danger of the last hours, until the first who is called has it."""
        with member_transaction(self.member_id) as session:
            recent = select(Complaint).where(
                Complaint.urgency == "danger",
                Complaint.status == Status.DELIVERED,
                Complaint.submitted_at > self.now - _A_DAY,
            )
            complaint = session.scalars(recent.order_by(Complaint.submitted_at.desc())).first()
            contact = session.scalars(select(OnCallContact).where(OnCallContact.level == 1)).first()
        if complaint is None or contact is None:
            return
        self._offer(complaint.id, delivery.deliver)
        self.work_off()
        self.clock.at = min(self.now, self.clock.at + 2 * _SOON)
        with member_transaction(self.member_id) as session:
            page = paging.last_page(session, complaint.id)
        if page:
            paging.acknowledge(self.member_id, page.id, f"contact:{contact.id}", contact.name, self.ports)
        self.clock.at = self.now

    def open_an_incident(self) -> None:
        """Let the supervisor open the incident that most neighbours wrote about this week, leaving today's alone."""
        with member_transaction(self.member_id) as session:
            supervisor = session.scalars(select(Staff.id).where(Staff.role == "supervisor")).first()
            written = session.scalars(self._lately(7 * _A_DAY).where(Complaint.submitted_at < self.now - _A_DAY)).all()
        together: dict[tuple[UUID | None, str | None], list[Complaint]] = {}
        for complaint in written:
            together.setdefault((complaint.residence_id, complaint.category), []).append(complaint)
        largest = max(together.values(), key=len, default=[])
        if supervisor and len(largest) > 1:
            incident_opening.open_from(self.member_id, largest[0].id, supervisor, self.ports)

    def look_for_incidents(self) -> None:
        """Look at today's messages as each arrival does: an incident is proposed where neighbours say the same."""
        with member_transaction(self.member_id) as session:
            found = session.scalars(self._lately(_A_DAY)).all()
        for one in found:
            with member_transaction(self.member_id) as session:
                complaint = session.get_one(Complaint, one.id)
                last = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.id.desc()).limit(1)
                incidents.watch(session, complaint, session.scalars(last).one(), self.ports)

    def _lately(self, since: timedelta) -> Written:
        return (
            select(Complaint)
            .where(
                Complaint.submitted_at > self.now - since,
                Complaint.status != Status.CLOSED,
                Complaint.residence_id.is_not(None),
                Complaint.category.is_not(None),
            )
            .order_by(Complaint.submitted_at)
        )
