"""Holding and erasing a sensitive complaint: what all who lead read says neither which it is nor why."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.domain.errors import NotAllowed
from service.journey.administration import audit, four_eyes, holds, retention_table
from service.journey.administration.proposals import KINDS, complaints_of
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint, Event
from service.models.oversight import AuditEntry, Proposal
from service.models.people import Staff
from service.models.upkeep import Hold
from tests.following import Follower
from tests.people import hire
from tests.world import World

pytestmark = pytest.mark.services

WHY = "Elle a porté plainte contre son mari"


@pytest.fixture
def ended(app: Flask, world: World, ports: Ports) -> Follower:
    """A sensitive complaint that is over; the first member's supervisor is named for them all."""
    tenant = Follower(app, world.first, ports, email="josiane@poste.example")
    tenant.closed()
    tenant.delivered()
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Staff, world.first.supervisor_id).is_named = True
        session.get_one(Complaint, tenant.id).is_marked = True
    return tenant


def told(member_id: UUID) -> str:
    """Return all that the log and the proposals say."""
    with member_transaction(member_id) as session:
        log = [(one.subject, one.before, one.after) for one in session.scalars(select(AuditEntry))]
        asked = [(one.subject, one.reason) for one in session.scalars(select(Proposal))]
        assert audit.entries(session, member_id, audit.Query())
    return str([log, asked])


def test_a_hold_on_it_is_told_without_which_or_why(app: Flask, world: World, ports: Ports, ended: Follower) -> None:
    first, reference = world.first, ended.complaint().reference
    with app.app_context(), looking_as(first.supervisor_id):
        holds.hold(first.id, first.supervisor_id, reference, WHY, ports)
        with member_transaction(first.id) as session:
            kept = session.scalars(select(Hold)).one()
        assert kept.reason == WHY
        holds.lift(first.id, first.supervisor_id, kept.id, ports)
        said = told(first.id)
    assert said.count("Demande réservée : à garder") == 2
    assert not [word for word in (reference, WHY) if word in said]


def test_erasing_it_is_asked_and_told_without_which_or_why(
    app: Flask, world: World, ports: Ports, ended: Follower
) -> None:
    first, reference = world.first, ended.complaint().reference
    second = hire(app, first, "supervisor", "seconde@amont.example", is_named=True)
    stranger = hire(app, first, "administrator", "autre@amont.example")

    def seen() -> list[str]:
        """Return the references that whoever looks reads beside what waits."""
        with member_transaction(first.id) as session:
            asked = four_eyes.waiting(session, ports.clock.now())
            return [one.reference for one in complaints_of(session, asked).values()]

    with app.app_context():
        with looking_as(first.supervisor_id):
            retention_table.ask_to_erase(first.id, first.supervisor_id, reference, WHY, ports)
            with member_transaction(first.id) as session:
                proposal = session.scalars(select(Proposal)).one()
                noted = session.scalars(select(Event).where(Event.kind == "noted")).one()
            assert WHY in noted.data["text"]
            assert seen() == [reference]
        with looking_as(stranger):
            assert seen() == []
            with pytest.raises(NotAllowed, match="not_seen"), member_transaction(first.id) as session:
                four_eyes.agree(session, proposal.id, stranger, KINDS, ports)
        with looking_as(second), member_transaction(first.id) as session:
            four_eyes.agree(session, proposal.id, second, KINDS, ports)
        with member_transaction(first.id) as session:
            assert session.get_one(Complaint, ended.id).erased_at
        said = told(first.id)
    assert "réservée" in said
    assert not [word for word in (reference, WHY) if word in said]
