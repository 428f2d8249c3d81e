"""One complaint told as the journey would have written it: the same rows and events, without a database."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from service.demo.chance import new_id
from service.demo.corpus import Message, Reader
from service.demo.landlord import Landlord
from service.demo.tenants import Where
from service.domain.deadlines import tighten, urgency_heard, usual_promise
from service.domain.desks import Case, find_route
from service.domain.follow_up import told_since, unread_since, unsolved_since
from service.domain.status import Audience, EventKind, Status, is_allowed, status_after
from service.domain.working_time import WorkingTime
from service.journey.classification.classification import circumstances_of, keep_reading
from service.journey.classification.learning import example_of
from service.journey.ports import Calendar
from service.journey.routing.routing import explain, keep
from service.journey.routing.routing_cases import case_of, spot_of
from service.models.classification import Correction
from service.models.complaint import Complaint, Event
from service.models.feedback import Feedback
from service.models.learning import TrainingExample
from service.models.people import Staff

_SECOND = timedelta(seconds=1)


@dataclass
class Story:
    """A complaint and everything that happened to it."""

    complaint: Complaint
    landlord: Landlord
    calendar: Calendar
    where: Where
    message: Message
    events: list[Event] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    example: TrainingExample | None = None  # the latest word only

    @property
    def status(self) -> Status:
        """Where the complaint stands."""
        return Status(self.complaint.status)

    @property
    def last_at(self) -> datetime:
        """When the last thing happened."""
        return self.events[-1].at

    def record(
        self,
        kind: EventKind,
        at: datetime,
        actor: str,
        data: dict[str, Any],
        audience: Audience = Audience.INTERNAL,
    ) -> None:
        """Add an event the status allows, never before the one it follows."""
        if not is_allowed(self.status, kind):
            raise ValueError(f"{kind} after {self.status}")
        self.complaint.status = status_after(self.status, kind)
        at = max(at, self.last_at + _SECOND) if self.events else at
        event = Event(
            member_id=self.complaint.member_id,
            complaint_id=self.complaint.id,
            kind=kind,
            audience=audience,
            actor=actor,
            at=at,
            data=data,
        )
        self.complaint.told_at = told_since(self.complaint.told_at, event)
        self.complaint.unread_at = unread_since(self.complaint.unread_at, event)
        self.complaint.unsolved_at = unsolved_since(self.complaint.unsolved_at, event)
        self.events.append(event)

    def classify(self, reader: Reader) -> None:
        """Let the model's reading decide, as the classification step does."""
        complaint = self.complaint
        keep_reading(complaint, reader.read(complaint.text, circumstances_of(complaint)))
        self._promise()
        data = {
            "category": complaint.category,
            "urgency": complaint.urgency,
            "confidence": complaint.confidence,
            "abstained": complaint.abstained,
            "model_version": complaint.model_version,
        }
        self.record(EventKind.CLASSIFIED, self.last_at + _SECOND, "model", data)

    def _promise(self) -> None:
        promised = self._usual_promise(self.complaint.submitted_at)
        self.complaint.promised_answer_by = tighten(self.complaint.promised_answer_by, promised)

    def _usual_promise(self, at: datetime) -> date:
        complaint = self.complaint
        urgency = urgency_heard(complaint.urgency, complaint.danger)
        return usual_promise(at, complaint.category, urgency, self.calendar.is_holiday)

    def route(self) -> None:
        """Let the tables decide, as the routing step does."""
        landlord = self.landlord
        case = self._case()
        route = find_route(landlord.table, case, landlord.desks)
        keep(self.complaint, route)
        version = landlord.versions[-1].number if landlord.versions else None
        data = explain(route, case, landlord.desks, landlord.names, version)
        self.record(EventKind.ROUTED, self.last_at + _SECOND, "rules", data, Audience.TENANT)

    def _case(self) -> Case:
        member, plot, dwelling = self.landlord.member, self.where.plot, self.where.dwelling
        time = WorkingTime(self.calendar.is_holiday, member.opens_at, member.closes_at)
        own = (dwelling.heating, dwelling.has_lift) if dwelling else (None, None)
        return case_of(self.complaint, spot_of(plot.residence, *own) if plot else None, time)

    def deliver(self, after: timedelta) -> None:
        """Put the complaint in its team's inbox."""
        data = {"team": self.landlord.teams[self._team_id].name}
        self.record(EventKind.DELIVERED, self.last_at + after, "system", data)

    @property
    def _team_id(self) -> UUID:
        if self.complaint.team_id is None:
            raise ValueError("not routed yet")
        return self.complaint.team_id

    def correct(self, random: Random, at: datetime, staff: Staff, *, category: str, urgency: str, reason: str) -> None:
        """Take a person's word, keep it, and route and deliver again."""
        complaint = self.complaint
        before, from_urgency = complaint.category, complaint.urgency
        is_right = category == before and not complaint.abstained
        complaint.category, complaint.urgency = category, urgency
        complaint.abstained = False
        complaint.category_by_person = complaint.danger_is_judged = True
        self._promise()
        self._learn(random, at, staff, urgency=urgency, is_right=is_right)
        data = {"from": before, "to": category, "urgency": urgency, "reason": reason}
        self.record(EventKind.CORRECTED, at, staff.name, data)
        self.corrections.append(
            Correction(
                id=new_id(random),
                member_id=complaint.member_id,
                complaint_id=complaint.id,
                staff_id=staff.id,
                from_category=before,
                to_category=category,
                from_urgency=from_urgency,
                to_urgency=urgency,
                reason=reason,
                model_version=complaint.model_version,
                at=self.last_at,
            )
        )
        self.route()
        self.deliver(timedelta(seconds=random.randint(1, 9)))

    def confirm(self, random: Random, at: datetime, staff: Staff) -> None:
        """Take a person's word that the model read right."""
        self.complaint.category_by_person = True
        self._learn(random, at, staff, urgency=None, is_right=True)
        self.record(EventKind.CONFIRMED, at, staff.name, {"category": self.complaint.category})

    def _learn(self, random: Random, at: datetime, staff: Staff, *, urgency: str | None, is_right: bool) -> None:
        self.example = example_of(
            self.complaint, self.where.dwelling, staff.id, urgency=urgency, is_right=is_right, at=at
        )
        self.example.id = new_id(random)
        self.complaint.audit_due = False

    def answer(self, at: datetime, staff: Staff, text: str) -> None:
        """Answer the tenant."""
        self.record(EventKind.ANSWERED, at, staff.name, {"text": text}, Audience.TENANT)
        self.complaint.first_answered_at = self.complaint.first_answered_at or self.last_at

    def close(self, at: datetime, staff: Staff, outcome: str, sentence: str) -> None:
        """Close the complaint."""
        data = {"outcome": outcome, "sentence": sentence}
        self.record(EventKind.CLOSED, at, staff.name, data, Audience.TENANT)
        complaint = self.complaint
        complaint.first_answered_at = complaint.first_answered_at or self.last_at
        complaint.closed_at = self.last_at
        complaint.outcome, complaint.closing_sentence = outcome, sentence

    def reopen(self, why: str) -> None:
        """Open the complaint again for the tenant."""
        complaint = self.complaint
        complaint.closed_at = complaint.outcome = complaint.closing_sentence = complaint.first_answered_at = None
        complaint.promised_answer_by = self._usual_promise(self.last_at)
        self.record(EventKind.REOPENED, self.last_at, "tenant", {"text": why} if why else {}, Audience.TENANT)
