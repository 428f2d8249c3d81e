"""One complaint told as the journey would have written it: the same rows and events, without a database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from service.demo.chance import new_id
from service.demo.corpus import Message, Reader
from service.demo.landlord import Landlord
from service.demo.tenants import Where
from service.domain import routing
from service.domain.deadlines import promised_answer_by, tighten
from service.domain.status import Audience, EventKind, Status, is_allowed, status_after
from service.domain.taxonomy import categories_of, family_of
from service.journey.classification import circumstances_of, keep_reading
from service.journey.learning import example_of
from service.journey.ports import Calendar
from service.journey.routing import keep, situation_of
from service.journey.submission import PARIS
from service.models.classification import Correction
from service.models.complaint import Complaint, Event
from service.models.feedback import Feedback
from service.models.learning import TrainingExample
from service.models.member import Team
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
        self.events.append(
            Event(
                member_id=self.complaint.member_id,
                complaint_id=self.complaint.id,
                kind=kind,
                audience=audience,
                actor=actor,
                at=max(at, self.last_at + _SECOND) if self.events else at,
                data=data,
            )
        )

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
        complaint = self.complaint
        day = complaint.submitted_at.astimezone(PARIS).date()
        promised = promised_answer_by(day, complaint.urgency, self.calendar.is_holiday)
        complaint.promised_answer_by = tighten(complaint.promised_answer_by, promised)

    def route(self) -> None:
        """Let the member's table decide, as the routing step does."""
        complaint = self.complaint
        residence = self.where.plot.residence if self.where.plot else None
        situation = situation_of(complaint, residence)
        decision = routing.choose(self.landlord.table, situation, family_of(complaint.category))
        team = self._team(decision)
        if team.kind == "sorting":
            decision, team = self._by_family(situation) or (
                routing.Decision(routing.TargetKind.SORTING, decision.rule, decision.reason),
                team,
            )
        keep(complaint, decision, team)
        organisation = self.landlord.organisation(complaint.organisation_id)
        data = {
            "target": decision.target,
            "team": team.name,
            "organisation": organisation.name if organisation else None,
            "rule": str(decision.rule.id) if decision.rule else None,
            "reason": decision.reason,
        }
        self.record(EventKind.ROUTED, self.last_at + _SECOND, "rules", data, Audience.TENANT)

    def _by_family(self, situation: routing.Situation) -> tuple[routing.Decision, Team] | None:
        family = self.complaint.family
        if not family or not situation.abstained:
            return None

        def team_of(decision: routing.Decision) -> UUID | None:
            team = self._team(decision)
            return None if team.kind == "sorting" else team.id

        table = self.landlord.table
        team_id = routing.choose_for_family(table, situation, family, categories_of(family), team_of)
        by_family = routing.Decision(routing.TargetKind.TEAM, None, routing.REASON_FAMILY)
        return (by_family, self.landlord.teams[team_id]) if team_id else None

    def _team(self, decision: routing.Decision) -> Team:
        rule = decision.rule
        if rule and rule.use_agency_team and self.where.plot:
            return self.landlord.agency_team(self.where.plot.residence.agency_id)
        return self.landlord.teams[rule.team_id] if rule and rule.team_id else self.landlord.desk("sorting")

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
        complaint.promised_answer_by = promised_answer_by(
            self.last_at.astimezone(PARIS).date(), complaint.urgency, self.calendar.is_holiday
        )
        self.record(EventKind.REOPENED, self.last_at, "tenant", {"text": why} if why else {}, Audience.TENANT)
