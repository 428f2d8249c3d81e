"""The order in which steps are taken: desks and calls to people first, the oldest first, then the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.journey import steps
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.outbox import OutboxStep
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


@dataclass
class Sent:
    """What was sent to the workers of each lane, in order; `ahead` what went before all else."""

    ids: list[tuple[UUID, str, bool]] = field(default_factory=list)

    def wake(self, _member_id: UUID, step_ids: Sequence[UUID], lane: str = "steps", *, ahead: bool = False) -> None:
        self.ids.extend((step_id, lane, ahead) for step_id in step_ids)


@dataclass
class Office:
    """One member, three complaints a minute apart that are sorted and routed, and nothing done since."""

    member: MemberWorld
    ports: Ports
    sent: Sent
    complaints: list[UUID]

    def waiting(self) -> list[tuple[UUID, str]]:
        """Return the steps that wait, as the complaint's and their name."""
        with member_transaction(self.member.id) as session:
            rows = select(OutboxStep.complaint_id, OutboxStep.name).where(OutboxStep.done_at.is_(None))
            return [(row.complaint_id, row.name) for row in session.execute(rows.order_by(OutboxStep.event_id))]

    def step(self, complaint_id: UUID, name: str) -> UUID:
        with member_transaction(self.member.id) as session:
            found = select(OutboxStep.id).where(OutboxStep.complaint_id == complaint_id, OutboxStep.name == name)
            return session.scalars(found).one()

    def run(self, complaint_id: UUID, name: str) -> None:
        steps.run_step(self.member.id, self.step(complaint_id, name), self.ports)


@pytest.fixture
def office(app: Flask, client: FlaskClient, ports: Ports, world: World, clock: SetClock) -> Iterator[Office]:
    member, sent, complaints = world.first, Sent(), []
    for _ in range(3):
        body = {
            "text": "Le loyer",
            "dwelling": {"reference": member.collective},
            "tenant": {"email": "a@poste.example"},
        }
        answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
        complaints.append(UUID(answer.json["id"]))
        clock.forward(timedelta(minutes=1))
    with app.app_context():
        yield Office(member, replace(ports, waker=sent), sent, complaints)


def test_after_one_desk_the_other_desks_come_the_oldest_first(office: Office) -> None:
    first, second, third = office.complaints
    office.run(third, "deliver")  # the newest was sent last, and taken first
    assert {name for _, name in office.waiting()} == {"notify", "watch"}
    with member_transaction(office.member.id) as session:
        delivered = select(OutboxStep.complaint_id).where(OutboxStep.name == "deliver", OutboxStep.done_at.is_not(None))
        assert set(session.scalars(delivered)) == {first, second, third}


def test_what_may_wait_is_sent_to_workers_once_for_a_complaint_and_taken_in_a_row(office: Office) -> None:
    first = office.complaints[0]
    office.run(first, "deliver")
    inside = [(step_id, ahead) for step_id, lane, ahead in office.sent.ids if lane == "steps"]
    assert (office.step(first, "notify"), False) in inside
    assert office.step(first, "watch") not in [step_id for step_id, _ in inside]
    office.sent.ids.clear()
    office.run(first, "notify")
    assert [name for complaint_id, name in office.waiting() if complaint_id == first] == ["send"]
    assert (office.step(first, "send"), "mail", False) in office.sent.ids


def test_a_sweep_sends_what_stayed_once_for_a_complaint_and_desks_ahead(office: Office) -> None:
    steps.sweep(office.ports)
    assert [(lane, ahead) for _, lane, ahead in office.sent.ids] == [("steps", True)] * 3
    assert [step_id for step_id, _, _ in office.sent.ids] == [office.step(one, "deliver") for one in office.complaints]
    office.run(office.complaints[0], "deliver")
    office.sent.ids.clear()
    steps.sweep(office.ports)
    assert office.sent.ids == [(office.step(one, "notify"), "steps", False) for one in office.complaints]
