"""People away: what is given to them goes to their substitute, and comes back with them."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.people import absence
from service.journey.people.absence import Away
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.oversight import AuditEntry
from service.models.people import Staff
from tests.following import Follower
from tests.people import hire
from tests.world import World

pytestmark = pytest.mark.services

TODAY = date(2026, 11, 25)
NEXT_WEEK = TODAY + timedelta(days=7)


def colleague(tenant: Follower, name: str = "Cléo Martin", role: str = "agent", **more: object) -> UUID:
    return hire(tenant.app, tenant.member, role, f"{uuid4().hex}@amont.example", name=name, **more)


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports)


@pytest.fixture
def substitute(tenant: Follower) -> UUID:
    return colleague(tenant)


def go(tenant: Follower, substitute: UUID | None, since: date = TODAY, until: date | None = NEXT_WEEK) -> None:
    agent = tenant.member.agent_id
    with tenant.app.app_context():
        absence.go(tenant.member.id, agent, agent, Away(since, until, substitute), tenant.ports)


def assign(tenant: Follower, to: UUID, by: UUID | None = None) -> None:
    with tenant.app.app_context():
        handling.assign(tenant.member.id, tenant.id, by or tenant.member.supervisor_id, to, tenant.ports)


def test_what_is_given_to_somebody_away_goes_to_their_substitute(tenant: Follower, substitute: UUID) -> None:
    go(tenant, substitute)
    assign(tenant, tenant.member.agent_id)
    assert tenant.complaint().assignee_id == substitute
    assign(tenant, tenant.member.agent_id)  # pressed twice
    (event,) = tenant.events("assigned")
    assert event.data == {"to": "Cléo Martin", "for": "Ana Vidal"}


def test_before_and_after_the_absence_it_is_theirs(tenant: Follower, substitute: UUID, clock: SetClock) -> None:
    go(tenant, substitute, since=TODAY + timedelta(days=1))
    assign(tenant, tenant.member.agent_id)
    assert tenant.complaint().assignee_id == tenant.member.agent_id
    assign(tenant, substitute)
    clock.forward(timedelta(days=8))
    assign(tenant, tenant.member.agent_id)
    assert tenant.complaint().assignee_id == tenant.member.agent_id


def test_whoever_is_away_may_take_work_all_the_same(tenant: Follower, substitute: UUID) -> None:
    go(tenant, substitute)
    assign(tenant, tenant.member.agent_id, by=tenant.member.agent_id)
    assert tenant.complaint().assignee_id == tenant.member.agent_id


def test_a_complaint_that_opens_again_goes_to_the_substitute(tenant: Follower, substitute: UUID) -> None:
    assign(tenant, tenant.member.agent_id)
    tenant.closed()
    go(tenant, substitute)
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        complaint = session.get_one(Complaint, tenant.id, with_for_update=True)
        closing.reopen(session, complaint, "Encore froid", tenant.ports)
    tenant.delivered()
    assert tenant.complaint().assignee_id == substitute


def test_a_sensitive_complaint_goes_only_to_a_substitute_who_may_see_it(
    app: Flask, tenant: Follower, substitute: UUID
) -> None:
    colleague(tenant, "Nora Petit", is_named=True)
    go(tenant, substitute)
    with app.app_context(), member_transaction(tenant.member.id) as session:
        session.get_one(Complaint, tenant.id).is_marked = True
    assign(tenant, tenant.member.agent_id)
    assert tenant.complaint().assignee_id == tenant.member.agent_id
    with app.app_context(), member_transaction(tenant.member.id) as session:
        session.get_one(Staff, substitute).is_named = True
    assign(tenant, tenant.member.supervisor_id)
    assign(tenant, tenant.member.agent_id)
    assert tenant.complaint().assignee_id == substitute


def test_the_substitute_is_told_whose_work_is_theirs(app: Flask, tenant: Follower, substitute: UUID) -> None:
    go(tenant, substitute)
    with app.app_context(), member_transaction(tenant.member.id) as session:
        assert absence.stood_for(session, substitute, TODAY) == {tenant.member.agent_id}
        assert absence.stood_for(session, substitute, NEXT_WEEK + timedelta(days=1)) == set()
        assert absence.stood_for(session, tenant.member.supervisor_id, TODAY) == set()


def test_an_absence_is_written_down_and_ended_once(app: Flask, tenant: Follower, substitute: UUID) -> None:
    go(tenant, substitute)
    agent = tenant.member.agent_id
    with app.app_context():
        absence.come_back(tenant.member.id, agent, tenant.member.supervisor_id, tenant.ports)
        absence.come_back(tenant.member.id, agent, tenant.member.supervisor_id, tenant.ports)
        with member_transaction(tenant.member.id) as session:
            entries = session.query(AuditEntry).order_by(AuditEntry.number).all()
            assert session.get_one(Staff, agent).substitute_id is None
    assert [(one.actor, one.subject) for one in entries] == [
        ("Ana Vidal", "Absence de Ana Vidal"), ("Rémi Sorel", "Absence de Ana Vidal"),
    ]  # fmt: skip
    assert entries[0].after == {"from": "2026-11-25", "until": "2026-12-02", "substitute": "Cléo Martin"}


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (TODAY, TODAY - timedelta(days=1), "ends_before_it_starts"),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=2), "absence_is_over"),
    ],
)
def test_an_absence_must_make_sense(tenant: Follower, since: date, until: date, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        go(tenant, None, since, until)


def test_a_substitute_is_here_may_answer_and_is_of_the_same_member(
    app: Flask, tenant: Follower, substitute: UUID, world: World
) -> None:
    with pytest.raises(BadInput, match="substitute_only_reads"):
        go(tenant, colleague(tenant, role="reader"))
    for nobody in (tenant.member.agent_id, world.second.agent_id, uuid4()):
        with pytest.raises(BadInput, match="staff"):
            go(tenant, nobody)
    with app.app_context():
        absence.go(tenant.member.id, substitute, substitute, Away(TODAY, None, None), tenant.ports)
    with pytest.raises(BadInput, match="substitute_is_away"):
        go(tenant, substitute)


def test_two_people_away_one_after_the_other_do_not_stand_in_for_each_other(
    app: Flask, tenant: Follower, substitute: UUID
) -> None:
    later = TODAY + timedelta(days=30)
    with app.app_context():
        absence.go(tenant.member.id, substitute, substitute, Away(later, None, tenant.member.agent_id), tenant.ports)
    with pytest.raises(BadInput, match="substitutes_in_a_circle"):
        go(tenant, substitute, until=None)


def test_nobody_writes_down_the_absence_of_a_colleague_or_of_another_member(
    app: Flask, tenant: Follower, substitute: UUID, world: World
) -> None:
    away = Away(TODAY, None, None)
    with app.app_context():
        with pytest.raises(NotAllowed, match="not_their_absence"):
            absence.go(tenant.member.id, tenant.member.agent_id, substitute, away, tenant.ports)
        with pytest.raises(NotFound):
            absence.go(tenant.member.id, world.second.agent_id, tenant.member.supervisor_id, away, tenant.ports)
        absence.go(tenant.member.id, substitute, tenant.member.supervisor_id, away, tenant.ports)
